use crate::Error;
use crate::locals::Locals;
use crate::operator::Operator;
use crate::reader::Reader;
use crate::{decode, module::Body, module::Module};

/// Finds the locals that must be zeroed at entry: those whose first access in program order is not a write outside of every block, loop and if
/// (section 2.4). Such a write dominates all later reads; a write inside of a block does not.
#[derive(Debug, Default)]
pub(super) struct FirstAccess {
    /// The function (plus one) that accessed the local last.
    seen: Vec<u32>,
}

impl FirstAccess {
    /// The locals (not parameters) of `function` to zero, ascending.
    pub(super) fn find(&mut self, module: &Module<'_>, function: u32, body: Body) -> Result<Vec<u32>, Error> {
        let params = &module.type_of(function).params;
        let mut reader = Reader::new(module.bytes, body.start, body.end);
        let locals = Locals::read(params, &mut reader)?;
        if self.seen.len() < locals.count() as usize {
            self.seen.resize(locals.count() as usize, 0);
        }
        let mut zero = Vec::new();
        let mut depth = 0usize;
        while !reader.is_empty() {
            let (local, write) = match decode::operator(&mut reader)? {
                Operator::Block(_) | Operator::Loop(_) | Operator::If(_) => {
                    depth += 1;
                    continue;
                }
                Operator::End => {
                    depth = depth.saturating_sub(1);
                    continue;
                }
                Operator::LocalGet(local) => (local, false),
                Operator::LocalSet(local) | Operator::LocalTee(local) => (local, true),
                _ => continue,
            };
            let first = std::mem::replace(&mut self.seen[local as usize], function + 1) != function + 1;
            if first && !(write && depth == 0) && local as usize >= params.len() {
                zero.push(local);
            }
        }
        zero.sort_unstable();
        Ok(zero)
    }
}
