use air::{Bus, Sign, Sink, Table};
use field::{Goldilocks, Ring};
use std::collections::BTreeMap;

/// One interaction of a row, with values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Send or receive.
    pub sign: Sign,
    /// How often.
    pub multiplicity: Goldilocks,
    /// Where.
    pub bus: Bus,
    /// What.
    pub tuple: Vec<Goldilocks>,
}

/// What a table says of one row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// The values of the constraints.
    pub constraints: Vec<Goldilocks>,
    /// The interactions.
    pub interactions: Vec<Statement>,
}

impl Sink for Said {
    type E = Goldilocks;

    fn constraint(&mut self, value: Goldilocks) {
        self.constraints.push(value);
    }

    fn interaction(&mut self, sign: Sign, multiplicity: Goldilocks, bus: Bus, tuple: &[Goldilocks]) {
        self.interactions.push(Statement { sign, multiplicity, bus, tuple: tuple.to_vec() });
    }
}

/// What a table says of a row.
pub fn said(table: Table, main: &[Goldilocks], prep: &[Goldilocks]) -> Said {
    let mut said = Said::default();
    table.eval(main, prep, &mut said);
    said
}

/// Whether a bus is answered by ROM or LUT, whose counts a prover adjusts as it likes: there only membership matters.
pub fn is_lookup(bus: Bus) -> bool {
    matches!(bus, Bus::Rom | Bus::R16 | Bus::Sgn | Bus::And | Bus::Pair | Bus::Pow)
}

impl Said {
    /// What the row adds to the buses that are no lookups (and to those it answers): net counts by tuple.
    pub fn net(&self) -> BTreeMap<(Bus, Vec<Goldilocks>), Goldilocks> {
        let mut net = BTreeMap::new();
        for Statement { sign, multiplicity, bus, tuple } in &self.interactions {
            if is_lookup(*bus) && *sign == Sign::Send {
                continue;
            }
            let count: &mut Goldilocks = net.entry((*bus, tuple.clone())).or_default();
            match sign {
                Sign::Send => *count += *multiplicity,
                Sign::Recv => *count -= *multiplicity,
            }
        }
        net.retain(|_, count| *count != Goldilocks::ZERO);
        net
    }

    /// Whether all lookups that the row makes are answered; `rom` says which instructions there are.
    pub fn lookups_hold(&self, rom: impl Fn(&[Goldilocks]) -> bool) -> bool {
        self.interactions.iter().all(|statement| {
            let Statement { sign, multiplicity, bus, tuple } = statement;
            if !is_lookup(*bus) || *sign == Sign::Recv || *multiplicity == Goldilocks::ZERO {
                return true;
            }
            if *bus == Bus::Rom { rom(tuple) } else { air::chips::lut::row_of(*bus, tuple).is_some() }
        })
    }
}
