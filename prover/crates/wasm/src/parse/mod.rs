//! Bytes to a [`Module`]: sections in their order, each exactly as long as it says. Memory is in proportion to the bytes.

mod sections;
mod segments;

use crate::module::{Expression, Module};
use crate::operator::Operator;
use crate::reader::Reader;
use crate::{Error, decode, limits};

/// Decodes a module. Bodies are only measured; they are decoded when they are validated.
pub(crate) fn parse(bytes: &[u8]) -> Result<Module<'_>, Error> {
    if bytes.len() > limits::MAX_MODULE_BYTES {
        let limit = limits::MAX_MODULE_BYTES;
        return Err(Error::TooLarge {
            function: None,
            offset: limit,
            what: "bytes of the module",
            size: bytes.len() as u64,
            limit: limit as u64,
        });
    }
    let mut reader = Reader::new(bytes, 0, bytes.len());
    if reader.take(4).map_err(|_| magic())? != b"\0asm" {
        return Err(magic());
    }
    let version = Error::Malformed { offset: 4, reason: "unknown binary version" };
    if reader.take(4).map_err(|_| version.clone())? != [1, 0, 0, 0] {
        return Err(version);
    }
    let mut module = Module { bytes, ..Module::default() };
    let mut last = 0;
    let mut functions = 0;
    while !reader.is_empty() {
        let offset = reader.offset();
        let id = reader.byte()?;
        let len = reader.u32()? as usize;
        let mut section = reader.part(len, "length out of bounds")?;
        if id == 0 {
            section.name()?;
            continue;
        }
        let order = order(id).ok_or(Error::Malformed { offset, reason: "malformed section id" })?;
        if order <= last {
            return Err(Error::Malformed { offset, reason: "unexpected content after last section: a section comes twice or too late" });
        }
        last = order;
        match id {
            1 => sections::types(&mut module, &mut section)?,
            2 => sections::imports(&mut module, &mut section)?,
            3 => {
                sections::functions(&mut module, &mut section)?;
                functions = module.functions.len() - module.imported_functions;
            }
            4 => sections::tables(&mut module, &mut section)?,
            5 => sections::memories(&mut module, &mut section)?,
            6 => sections::globals(&mut module, &mut section)?,
            7 => sections::exports(&mut module, &mut section)?,
            8 => module.start = Some((section.u32()?, offset)),
            9 => segments::elements(&mut module, &mut section)?,
            10 => sections::bodies(&mut module, &mut section)?,
            11 => segments::data(&mut module, &mut section)?,
            _ => module.data_count = Some(section.u32()?),
        }
        if !section.is_empty() {
            return Err(Error::Malformed { offset: section.offset(), reason: "section size mismatch" });
        }
    }
    if module.bodies.len() != functions {
        return Err(Error::Malformed { offset: bytes.len(), reason: "function and code section have inconsistent lengths" });
    }
    if module.data_count.is_some_and(|count| count as usize != module.data.len()) {
        return Err(Error::Malformed { offset: bytes.len(), reason: "data count and data section have inconsistent lengths" });
    }
    Ok(module)
}

fn magic() -> Error {
    Error::Malformed { offset: 0, reason: "magic header not detected" }
}

/// Where a section stands in a module; the data count comes before the code.
fn order(id: u8) -> Option<u8> {
    match id {
        1..=9 => Some(id),
        12 => Some(10),
        10 => Some(11),
        11 => Some(12),
        _ => None,
    }
}

/// Passes a constant expression.
fn expression(reader: &mut Reader<'_>) -> Result<Expression, Error> {
    let start = reader.offset();
    let mut depth = 0usize;
    loop {
        match decode::operator(reader)? {
            Operator::Block(_) | Operator::Loop(_) | Operator::If(_) => depth += 1,
            Operator::End if depth == 0 => return Ok(Expression { start, end: reader.offset() }),
            Operator::End => depth -= 1,
            _ => {}
        }
    }
}
