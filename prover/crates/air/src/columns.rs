/// Declares a chip's main columns in their order: a struct `Columns<E>` with one field for each (or for each array of them), `WIDTH`,
/// reading from a row, writing to one, and names. `name[3] from 1` declares name1, name2, name3; without `from` they count from 0.
macro_rules! columns {
    ($($(#[$doc:meta])* $field:ident $([$count:literal])? $(from $start:literal)?),* $(,)?) => {
        /// The main columns of this chip, in order, by their names in the specification.
        #[allow(missing_docs)]
        pub struct Columns<E> {
            $($(#[$doc])* pub $field: $crate::columns::columns!(@type $($count)?),)*
        }

        /// How many main columns there are.
        pub const WIDTH: usize = 0 $(+ $crate::columns::columns!(@count $($count)?))*;

        impl<E: Copy> Clone for Columns<E> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<E: Copy> Copy for Columns<E> {}

        impl<E: Copy + Default> Default for Columns<E> {
            fn default() -> Self {
                Self::of(&[E::default(); WIDTH])
            }
        }

        impl<E: Copy> Columns<E> {
            /// The columns of a row of [`WIDTH`] values.
            #[inline(always)]
            pub fn of(row: &[E]) -> Self {
                let row: &[E; WIDTH] = row.first_chunk().expect("a row has all columns");
                let mut next = 0;
                let mut take = || {
                    next += 1;
                    row[next - 1]
                };
                Self { $($field: $crate::columns::columns!(@read take $($count)?),)* }
            }

            /// The row of these columns.
            pub fn row(&self) -> [E; WIDTH] where E: Default {
                let mut row = [E::default(); WIDTH];
                let mut next = 0;
                let mut put = |value| {
                    row[next] = value;
                    next += 1;
                };
                $($crate::columns::columns!(@write put, self.$field $(, $count)?);)*
                row
            }
        }

        /// The names of the columns, in order.
        pub fn names() -> Vec<String> {
            let mut names = Vec::with_capacity(WIDTH);
            $($crate::columns::columns!(@name names, $field $([$count])? $(from $start)?);)*
            names
        }
    };
    (@type) => { E };
    (@type $count:literal) => { [E; $count] };
    (@count) => { 1 };
    (@count $count:literal) => { $count };
    (@read $take:ident) => { $take() };
    (@read $take:ident $count:literal) => { std::array::from_fn::<E, $count, _>(|_| $take()) };
    (@write $put:ident, $value:expr) => { $put($value) };
    (@write $put:ident, $value:expr, $count:literal) => { $value.iter().for_each(|value| $put(*value)) };
    (@name $names:ident, $field:ident) => { $names.push(stringify!($field).to_owned()) };
    (@name $names:ident, $field:ident [$count:literal]) => { $crate::columns::columns!(@name $names, $field [$count] from 0) };
    (@name $names:ident, $field:ident [$count:literal] from $start:literal) => {
        $names.extend(($start..$start + $count).map(|i| format!("{}{i}", stringify!($field))))
    };
}
pub(crate) use columns;
