use super::invalid;
use crate::module::{Constant, Expression, Module};
use crate::operator::Operator;
use crate::reader::Reader;
use crate::types::ValType;
use crate::{Error, decode};
use std::collections::BTreeSet;

/// Validates a constant expression of type `expected` and gives its value. Globals are the imported ones.
pub(super) fn evaluate(module: &Module<'_>, expression: Expression, expected: ValType, offset: usize) -> Result<Constant, Error> {
    let mut reader = Reader::new(module.bytes, expression.start, expression.end);
    let mut value = None;
    loop {
        let at = reader.offset();
        let (ty, constant) = match decode::operator(&mut reader)? {
            Operator::End => break,
            Operator::I32Const(v) => (ValType::I32, Constant::Number(u64::from(v as u32))),
            Operator::I64Const(v) => (ValType::I64, Constant::Number(v as u64)),
            Operator::F32Const => (ValType::F32, Constant::Float),
            Operator::F64Const => (ValType::F64, Constant::Float),
            Operator::RefNull(ty) => (ty, Constant::Null),
            Operator::RefFunc(index) if (index as usize) < module.functions.len() => (ValType::FuncRef, Constant::Function(index)),
            Operator::RefFunc(_) => return Err(invalid(at, "unknown function")),
            Operator::GlobalGet(index) => match module.globals.get(index as usize) {
                Some(global) if (index as usize) < module.imported_globals => {
                    if global.ty.mutable {
                        return Err(invalid(at, "constant expression required: the global is mutable"));
                    }
                    (global.ty.value, Constant::Global(index))
                }
                _ => return Err(invalid(at, "unknown global")),
            },
            _ => return Err(invalid(at, "constant expression required")),
        };
        if ty != expected || value.replace(constant).is_some() {
            return Err(invalid(at, "type mismatch"));
        }
    }
    value.ok_or(invalid(offset, "type mismatch: the constant expression gives nothing"))
}

/// Adds the functions that `ref.func` names in a constant expression.
pub(super) fn named_functions(module: &Module<'_>, expression: Expression, named: &mut BTreeSet<u32>) -> Result<(), Error> {
    let mut reader = Reader::new(module.bytes, expression.start, expression.end);
    while !reader.is_empty() {
        if let Operator::RefFunc(index) = decode::operator(&mut reader)? {
            named.insert(index);
        }
    }
    Ok(())
}
