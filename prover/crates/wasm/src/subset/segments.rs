use crate::module::{Constant, Mode};
use crate::validate::Valid;
use crate::{Error, limits};
use isa::PAGE_BYTES;

/// The function table that the element segments make, up to its last entry that is not null.
pub(super) fn table(valid: &Valid<'_>) -> Result<Vec<Option<u32>>, Error> {
    let size = valid.module.tables.first().map_or(0, |t| u64::from(t.limits.min));
    let mut table = Vec::new();
    for (index, (element, (offset, items))) in valid.module.elements.iter().zip(&valid.elements).enumerate() {
        let start = start(element.mode, *offset, element.offset, "element", index)?;
        let end = start + items.len() as u64;
        if end > size {
            return Err(Error::SegmentOutOfBounds { offset: element.offset, kind: "element", index: index as u32, end, size });
        }
        for (at, item) in (start..).zip(items) {
            let function = match *item {
                Constant::Function(function) => function,
                // What is not there is null already; a null over a function takes it out.
                _ => {
                    if let Some(entry) = table.get_mut(at as usize) {
                        *entry = None;
                    }
                    continue;
                }
            };
            if (function as usize) < valid.module.imported_functions {
                return Err(Error::ImportAsValue { function, offset: element.offset, place: "stands in a table" });
            }
            if at >= limits::MAX_TABLE {
                let (what, limit) = ("entries of the function table", limits::MAX_TABLE);
                return Err(Error::TooLarge { function: None, offset: element.offset, what, size: at + 1, limit });
            }
            if table.len() as u64 <= at {
                table.resize(at as usize + 1, None);
            }
            table[at as usize] = Some(function);
        }
    }
    while table.last() == Some(&None) {
        table.pop();
    }
    Ok(table)
}

/// Checks that the data segments fit the initial memory.
pub(super) fn check_data(valid: &Valid<'_>) -> Result<(), Error> {
    let size = valid.module.memories.first().map_or(0, |m| u64::from(m.limits.min) * PAGE_BYTES);
    for (index, (data, offset)) in valid.module.data.iter().zip(&valid.data).enumerate() {
        let end = start(data.mode, *offset, data.offset, "data", index)? + data.bytes.len() as u64;
        if end > size {
            return Err(Error::SegmentOutOfBounds { offset: data.offset, kind: "data", index: index as u32, end, size });
        }
    }
    Ok(())
}

fn start(mode: Mode, value: Option<Constant>, offset: usize, kind: &'static str, index: usize) -> Result<u64, Error> {
    match (mode, value) {
        (Mode::Active { .. }, Some(Constant::Number(start))) => Ok(start),
        // An imported global: there are none that can be proven.
        (Mode::Active { .. }, _) => Err(Error::SegmentOutOfBounds { offset, kind, index: index as u32, end: u64::MAX, size: 0 }),
        (Mode::Passive, _) => Err(Error::PassiveSegment { function: None, offset, opcode: "a passive segment" }),
        (Mode::Declarative, _) => Err(Error::PassiveSegment { function: None, offset, opcode: "a declarative segment" }),
    }
}
