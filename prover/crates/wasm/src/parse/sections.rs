use super::expression;
use crate::module::{Body, Export, Global, Import, Kind, Module};
use crate::reader::Reader;
use crate::types::{MemoryType, TableType};
use crate::{Error, decode, limits};

pub(super) fn types<'a>(module: &mut Module<'a>, section: &mut Reader<'a>) -> Result<(), Error> {
    for _ in 0..section.count()? {
        module.types.push(decode::func_type(section)?);
    }
    Ok(())
}

pub(super) fn imports<'a>(module: &mut Module<'a>, section: &mut Reader<'a>) -> Result<(), Error> {
    for _ in 0..section.count()? {
        let offset = section.offset();
        let (from, name) = (section.name()?, section.name()?);
        let at = section.offset();
        let kind = match section.byte()? {
            0 => {
                module.functions.push(section.u32()?);
                module.function_offsets.push(offset);
                Kind::Function
            }
            1 => {
                module.tables.push(table(section)?);
                Kind::Table
            }
            2 => {
                module.memories.push(MemoryType { offset, limits: decode::limits(section)? });
                Kind::Memory
            }
            3 => {
                module.globals.push(Global { ty: decode::global_type(section)?, init: None });
                module.global_offsets.push(offset);
                Kind::Global
            }
            4 => return Err(Error::Unsupported { function: None, offset: at, feature: "exception handling" }),
            _ => return Err(Error::Malformed { offset: at, reason: "malformed import kind" }),
        };
        module.imports.push(Import { module: from, name, kind, offset });
    }
    module.imported_functions = module.functions.len();
    module.imported_globals = module.globals.len();
    Ok(())
}

pub(super) fn functions<'a>(module: &mut Module<'a>, section: &mut Reader<'a>) -> Result<(), Error> {
    let offset = section.offset();
    let count = section.count()? as usize;
    if module.functions.len() + count > limits::MAX_FUNCTIONS {
        let size = (module.functions.len() + count) as u64;
        return Err(Error::TooLarge { function: None, offset, what: "functions of the module", size, limit: limits::MAX_FUNCTIONS as u64 });
    }
    for _ in 0..count {
        module.function_offsets.push(section.offset());
        module.functions.push(section.u32()?);
    }
    Ok(())
}

fn table(section: &mut Reader<'_>) -> Result<TableType, Error> {
    let offset = section.offset();
    Ok(TableType { element: decode::ref_type(section)?, limits: decode::limits(section)?, offset })
}

pub(super) fn tables<'a>(module: &mut Module<'a>, section: &mut Reader<'a>) -> Result<(), Error> {
    for _ in 0..section.count()? {
        module.tables.push(table(section)?);
    }
    Ok(())
}

pub(super) fn memories<'a>(module: &mut Module<'a>, section: &mut Reader<'a>) -> Result<(), Error> {
    for _ in 0..section.count()? {
        module.memories.push(MemoryType { offset: section.offset(), limits: decode::limits(section)? });
    }
    Ok(())
}

pub(super) fn globals<'a>(module: &mut Module<'a>, section: &mut Reader<'a>) -> Result<(), Error> {
    for _ in 0..section.count()? {
        module.global_offsets.push(section.offset());
        let ty = decode::global_type(section)?;
        module.globals.push(Global { ty, init: Some(expression(section)?) });
    }
    Ok(())
}

pub(super) fn exports<'a>(module: &mut Module<'a>, section: &mut Reader<'a>) -> Result<(), Error> {
    for _ in 0..section.count()? {
        let offset = section.offset();
        let name = section.name()?;
        let at = section.offset();
        let kind = match section.byte()? {
            0 => Kind::Function,
            1 => Kind::Table,
            2 => Kind::Memory,
            3 => Kind::Global,
            4 => return Err(Error::Unsupported { function: None, offset: at, feature: "exception handling" }),
            _ => return Err(Error::Malformed { offset: at, reason: "malformed export kind" }),
        };
        module.exports.push(Export { name, kind, index: section.u32()?, offset });
    }
    Ok(())
}

pub(super) fn bodies<'a>(module: &mut Module<'a>, section: &mut Reader<'a>) -> Result<(), Error> {
    for _ in 0..section.count()? {
        let len = section.u32()? as usize;
        let start = section.offset();
        section.part(len, "unexpected end: a body is longer than its section")?;
        module.bodies.push(Body { start, end: start + len });
    }
    Ok(())
}
