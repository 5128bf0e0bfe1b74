use super::Dice;
use super::body::body;
use crate::encode::{self, HEADER, I32, I64};

/// Functions imported from `loom`, in this order, before the module's own.
const IMPORTS: [(&str, usize, usize); 6] =
    [("input_size", 0, 1), ("input_read", 3, 0), ("output", 2, 0), ("abort", 1, 0), ("sha256", 3, 0), ("abort", 4, 0)];

/// Where the numbers of [`IMPORTS`] end and the module's functions begin.
pub(crate) const IMPORTED: u32 = IMPORTS.len() as u32;

/// A module and an input for it.
#[derive(Clone, Debug)]
pub struct Generated {
    /// The binary.
    pub module: Vec<u8>,
    /// Bytes for its input.
    pub input: Vec<u8>,
}

/// What the bodies of a module refer to. Types are flags: `true` is i64.
pub(crate) struct Plan {
    /// Parameters and results of function types; blocks add theirs.
    pub(crate) types: Vec<(Vec<bool>, Vec<bool>)>,
    /// The type of every function of the module itself.
    pub(crate) functions: Vec<u32>,
    /// The mutable globals after the counter, which is global 0.
    pub(crate) globals: Vec<bool>,
    /// Elements of the table; each is a function or null.
    pub(crate) table: Vec<Option<u32>>,
}

impl Plan {
    /// The index of a type, added if new.
    pub(crate) fn type_index(&mut self, parameters: &[bool], results: &[bool]) -> u32 {
        let found = self.types.iter().position(|(p, r)| p == parameters && r == results);
        found.unwrap_or_else(|| {
            self.types.push((parameters.to_vec(), results.to_vec()));
            self.types.len() - 1
        }) as u32
    }
}

/// A module from a source of random numbers: the same numbers, the same module.
pub fn generate(source: &mut dyn FnMut() -> u64) -> Generated {
    let mut dice = Dice(source);
    let mut plan = Plan { types: Vec::new(), functions: Vec::new(), globals: Vec::new(), table: Vec::new() };
    let imports: Vec<u32> = IMPORTS.iter().map(|&(_, takes, gives)| plan.type_index(&vec![false; takes], &vec![false; gives])).collect();
    let count = 2 + dice.below(5);
    for _ in 0..count {
        let (parameters, results) = (some_types(&mut dice, 4), some_types(&mut dice, 3));
        let function = plan.type_index(&parameters, &results);
        plan.functions.push(function);
    }
    plan.globals = (0..1 + dice.below(4)).map(|_| dice.chance(50)).collect();
    plan.table = (0..1 + dice.below(6)).map(|_| if dice.chance(85) { Some(IMPORTED + dice.below(count)) } else { None }).collect();
    let main = plan.type_index(&[], &[]);
    plan.functions.push(main);

    let fuel = u64::from(20 + dice.below(300));
    let bodies: Vec<Vec<u8>> = (0..=count).map(|index| body(&mut dice, &mut plan, index)).collect();
    let data: Vec<(u32, Vec<u8>)> = (0..dice.below(3))
        .map(|_| {
            let bytes = (0..dice.below(40)).map(|_| dice.number() as u8).collect();
            (dice.below(2000), bytes)
        })
        .collect();
    let pages = 1 + dice.below(2);
    let module = assemble(&plan, &imports, &bodies, &data, pages, fuel, &mut dice);
    let input = (0..dice.below(100)).map(|_| dice.number() as u8).collect();
    Generated { module, input }
}

/// Up to `most` value types.
pub(crate) fn some_types(dice: &mut Dice<'_>, most: u32) -> Vec<bool> {
    (0..dice.below(most)).map(|_| dice.chance(40)).collect()
}

pub(crate) fn value_type(wide: bool) -> u8 {
    if wide { I64 } else { I32 }
}

fn assemble(
    plan: &Plan,
    imports: &[u32],
    bodies: &[Vec<u8>],
    data: &[(u32, Vec<u8>)],
    pages: u32,
    fuel: u64,
    dice: &mut Dice<'_>,
) -> Vec<u8> {
    let mut out = HEADER.to_vec();
    let bytes = |types: &[bool]| types.iter().map(|&wide| value_type(wide)).collect::<Vec<_>>();
    let types = encode::vector(&plan.types, |out, (p, r)| encode::function_type(out, &(bytes(p), bytes(r))));
    encode::section(&mut out, 1, &types);
    let mut number = 0;
    let imports = encode::vector(imports, |out, &function| {
        let last = number == IMPORTS.len() - 1;
        encode::sized(out, if last { b"env" } else { b"loom" });
        encode::sized(out, IMPORTS[number].0.as_bytes());
        out.push(0);
        encode::unsigned(out, u64::from(function));
        number += 1;
    });
    encode::section(&mut out, 2, &imports);
    encode::section(&mut out, 3, &encode::vector(&plan.functions, |out, &f| encode::unsigned(out, u64::from(f))));
    let size = plan.table.len() as u8;
    encode::section(&mut out, 4, &[1, 0x70, 1, size, size]);
    encode::section(&mut out, 5, &[1, 1, pages as u8, pages as u8 + 2]);
    let globals: Vec<(bool, u64)> = std::iter::once((false, fuel)).chain(plan.globals.iter().map(|&wide| (wide, dice.number()))).collect();
    let globals = encode::vector(&globals, |out, &(wide, value)| {
        out.extend_from_slice(&[value_type(wide), 1]);
        let mut code = super::code::Code::default();
        code.constant(wide, value);
        code.op(0x0B);
        out.extend(code.0);
    });
    encode::section(&mut out, 6, &globals);
    let exports =
        encode::vector(&[("loom_main", 0, IMPORTED + plan.functions.len() as u32 - 1), ("memory", 2, 0)], |out, &(name, kind, index)| {
            encode::sized(out, name.as_bytes());
            out.push(kind);
            encode::unsigned(out, u64::from(index));
        });
    encode::section(&mut out, 7, &exports);
    // One segment for each element that is not null.
    let present: Vec<(u32, u32)> = plan.table.iter().enumerate().filter_map(|(i, f)| f.map(|f| (i as u32, f))).collect();
    let elements = encode::vector(&present, |out, &(at, function)| {
        out.push(0);
        offset(out, at);
        out.push(1);
        encode::unsigned(out, u64::from(function));
    });
    encode::section(&mut out, 9, &elements);
    encode::section(&mut out, 10, &encode::vector(bodies, |out, body| encode::sized(out, body)));
    let data = encode::vector(data, |out, (at, bytes)| {
        out.push(0);
        offset(out, *at);
        encode::sized(out, bytes);
    });
    encode::section(&mut out, 11, &data);
    out
}

fn offset(out: &mut Vec<u8>, at: u32) {
    out.push(0x41);
    encode::signed(out, i64::from(at));
    out.push(0x0B);
}
