use crate::{Bus, Public, Sign, Sink, Table, Witness};
use field::{Goldilocks, P, Ring};
use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasherDefault, Hasher};

/// One constraint or interaction that is not looked at: for tests that a chip's own tests notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mask {
    /// Constraint number `.1` (from 0, written order) of a table.
    Constraint(Table, usize),
    /// Interaction number `.1` of a table.
    Interaction(Table, usize),
}

impl Mask {
    /// The table that it is of.
    pub fn table(self) -> Table {
        match self {
            Self::Constraint(table, _) | Self::Interaction(table, _) => table,
        }
    }
}

/// What is wrong with a witness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Violation {
    /// A constraint does not hold in a row.
    Constraint {
        /// The table.
        table: Table,
        /// The row, padding included.
        row: usize,
        /// The constraint, from 0 in written order.
        index: usize,
    },
    /// More of a tuple is sent than received, or the other way round.
    Bus {
        /// The bus.
        bus: Bus,
        /// The tuple.
        tuple: Vec<u64>,
        /// Sent minus received.
        net: i128,
        /// Who sends it; the public terms are called PUBLIC.
        senders: Vec<&'static str>,
        /// Who receives it.
        receivers: Vec<&'static str>,
    },
    /// A height that is no power of two, or columns of unlike length.
    Shape {
        /// The table.
        table: Table,
    },
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Violation::Constraint { table, row, index } => write!(f, "constraint {index} of {} does not hold in row {row}", table.name()),
            Violation::Bus { bus, tuple, net, senders, receivers } => {
                write!(f, "{bus:?}{tuple:?} is unbalanced by {net}: sent by {senders:?}, received by {receivers:?}")
            }
            Violation::Shape { table } => write!(f, "the trace of {} has no even height of a power of two", table.name()),
        }
    }
}

impl std::error::Error for Violation {}

/// Checks every constraint on every row, padding included, and every bus exactly as a multiset, with the public terms (section 6.5).
///
/// # Errors
/// The first violated constraint by table and row, or else the smallest unbalanced tuple.
pub fn check(witness: &Witness, public: &Public) -> Result<(), Violation> {
    check_without(witness, public, &[])
}

/// [`check`] with some constraints and interactions left out.
///
/// # Errors
/// As [`check`].
pub fn check_without(witness: &Witness, public: &Public, masks: &[Mask]) -> Result<(), Violation> {
    let mut buses = Buses::default();
    public.terms(|sign, bus, tuple| buses.put(PUBLIC, sign, Goldilocks::ONE, bus, tuple));
    for trace in &witness.traces {
        let (table, height) = (trace.table, trace.height());
        let even = trace.columns.iter().chain(&trace.prep).all(|column| column.len() == height);
        if !even || !height.is_power_of_two() || trace.columns.len() != table.main_width() || trace.prep.len() != table.prep_width() {
            return Err(Violation::Shape { table });
        }
        let mut sink = Checker { table, buses: &mut buses, constraint: 0, interaction: 0, violated: None, masks };
        let (mut main, mut prep) = (Vec::new(), Vec::new());
        for row in 0..height {
            main.clear();
            main.extend(trace.columns.iter().map(|column| column[row]));
            prep.clear();
            prep.extend(trace.prep.iter().map(|column| column[row]));
            (sink.constraint, sink.interaction) = (0, 0);
            table.eval(&main, &prep, &mut sink);
            if let Some(index) = sink.violated {
                return Err(Violation::Constraint { table, row, index });
            }
        }
    }
    buses.balanced()
}

/// The number under which the public terms are accounted.
const PUBLIC: u8 = 15;

type Tuple = (Bus, u8, [Goldilocks; 7]);

#[derive(Clone, Copy, Default)]
struct Account {
    net: Goldilocks,
    senders: u16,
    receivers: u16,
}

#[derive(Default)]
struct Buses(HashMap<Tuple, Account, BuildHasherDefault<TupleHasher>>);

/// Multiply and rotate, a word at a time: the tuples are the checker's own, nobody chooses them to collide.
#[derive(Default)]
struct TupleHasher(u64);

impl Hasher for TupleHasher {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }

    // The table takes its slot from the low bits, which a product mixes least.
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}

impl Buses {
    fn put(&mut self, table: u8, sign: Sign, multiplicity: Goldilocks, bus: Bus, tuple: &[Goldilocks]) {
        if multiplicity == Goldilocks::ZERO {
            return;
        }
        let mut entries = [Goldilocks::ZERO; 7];
        entries[..tuple.len()].copy_from_slice(tuple);
        let account = self.0.entry((bus, tuple.len() as u8, entries)).or_default();
        match sign {
            Sign::Send => {
                account.net += multiplicity;
                account.senders |= 1 << table;
            }
            Sign::Recv => {
                account.net -= multiplicity;
                account.receivers |= 1 << table;
            }
        }
    }

    fn balanced(&self) -> Result<(), Violation> {
        let unbalanced = self.0.iter().filter(|(_, account)| account.net != Goldilocks::ZERO).min_by_key(|(tuple, _)| **tuple);
        let Some(((bus, len, entries), account)) = unbalanced else { return Ok(()) };
        let names = |set: u16| {
            (0..16u8).filter(|id| set >> id & 1 == 1).map(|id| Table::from_id(id).map_or("PUBLIC", Table::name)).collect::<Vec<_>>()
        };
        Err(Violation::Bus {
            bus: *bus,
            tuple: entries[..usize::from(*len)].iter().map(|entry| entry.value()).collect(),
            net: signed(account.net),
            senders: names(account.senders),
            receivers: names(account.receivers),
        })
    }
}

/// The representative of least absolute value.
fn signed(value: Goldilocks) -> i128 {
    let value = i128::from(value.value());
    if value > i128::from(P / 2) { value - i128::from(P) } else { value }
}

struct Checker<'a> {
    table: Table,
    buses: &'a mut Buses,
    constraint: usize,
    interaction: usize,
    violated: Option<usize>,
    masks: &'a [Mask],
}

impl Sink for Checker<'_> {
    type E = Goldilocks;

    #[inline(always)]
    fn constraint(&mut self, value: Goldilocks) {
        if value != Goldilocks::ZERO && !self.masks.contains(&Mask::Constraint(self.table, self.constraint)) {
            self.violated.get_or_insert(self.constraint);
        }
        self.constraint += 1;
    }

    #[inline(always)]
    fn interaction(&mut self, sign: Sign, multiplicity: Goldilocks, bus: Bus, tuple: &[Goldilocks]) {
        if !self.masks.contains(&Mask::Interaction(self.table, self.interaction)) {
            self.buses.put(self.table.id(), sign, multiplicity, bus, tuple);
        }
        self.interaction += 1;
    }
}
