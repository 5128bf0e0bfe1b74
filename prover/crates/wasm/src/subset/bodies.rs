use crate::locals::Locals;
use crate::module::{Constant, Module};
use crate::operator::Operator;
use crate::reader::Reader;
use crate::signature;
use crate::types::{BlockType, FuncType, ValType};
use crate::validate::Valid;
use crate::{Error, decode};

/// The functions that can run: `roots`, the start function, those in the table, and what they call.
pub(super) fn reachable(valid: &Valid<'_>, roots: &[u32]) -> Result<Vec<bool>, Error> {
    let module = &valid.module;
    let mut reachable = vec![false; module.functions.len()];
    let mut open: Vec<u32> = roots.to_vec();
    open.extend(module.start.map(|(function, _)| function));
    open.extend(valid.elements.iter().flat_map(|(_, items)| items).filter_map(|item| match *item {
        Constant::Function(function) => Some(function),
        _ => None,
    }));
    while let Some(function) = open.pop() {
        if std::mem::replace(&mut reachable[function as usize], true) || (function as usize) < module.imported_functions {
            continue;
        }
        for_each(module, function, |_, operator| {
            if let Operator::Call(callee) = operator
                && !reachable[callee as usize]
            {
                open.push(callee);
            }
            Ok(())
        })?;
    }
    Ok(reachable)
}

/// Checks every body: floats in those that can run, everything else in all of them.
pub(super) fn check(valid: &Valid<'_>, reachable: &[bool]) -> Result<(), Error> {
    let module = &valid.module;
    for index in 0..module.bodies.len() {
        let function = (module.imported_functions + index) as u32;
        let runs = reachable[function as usize];
        if runs {
            check_types(module, function)?;
        }
        for_each(module, function, |offset, operator| {
            let opcode = operator.name();
            match operator {
                Operator::TableSet(_)
                | Operator::TableGrow(_)
                | Operator::TableFill(_)
                | Operator::TableCopy { .. }
                | Operator::TableInit { .. } => Err(Error::TableWrite { function, offset, opcode }),
                Operator::MemoryInit(_) | Operator::DataDrop(_) | Operator::ElemDrop(_) => {
                    Err(Error::PassiveSegment { function: Some(function), offset, opcode })
                }
                Operator::RefNull(_) | Operator::RefIsNull | Operator::RefFunc(_) | Operator::TableGet(_) | Operator::TableSize(_) => {
                    Err(Error::ReferenceNotSupported { function, offset, opcode })
                }
                other => match types_of(module, &other) {
                    Types { reference: true, .. } => Err(Error::ReferenceNotSupported { function, offset, opcode }),
                    Types { float: true, .. } if runs => Err(Error::FloatNotSupported { function, offset, opcode }),
                    _ => Ok(()),
                },
            }
        })?;
    }
    Ok(())
}

/// The function's own types.
fn check_types(module: &Module<'_>, function: u32) -> Result<(), Error> {
    let ty = module.type_of(function);
    let body = module.bodies[function as usize - module.imported_functions];
    let mut reader = Reader::new(module.bytes, body.start, body.end);
    let locals = Locals::read(&ty.params, &mut reader)?;
    let mut declared = Types::default();
    locals.declared().for_each(|ty| declared.add(ty));
    let mut signature = Types::default();
    signature.add_all(ty);
    let offset = body.start;
    for (types, opcode) in [(signature, "the type of the function"), (declared, "the type of a local")] {
        if types.float {
            return Err(Error::FloatNotSupported { function, offset, opcode });
        }
        if types.reference {
            return Err(Error::ReferenceNotSupported { function, offset, opcode });
        }
    }
    Ok(())
}

#[derive(Clone, Copy, Default)]
struct Types {
    float: bool,
    reference: bool,
}

impl Types {
    fn add(&mut self, ty: ValType) {
        self.float |= ty.is_float();
        self.reference |= ty.is_reference();
    }

    fn add_all(&mut self, ty: &FuncType) {
        ty.params.iter().chain(&ty.results).for_each(|&ty| self.add(ty));
    }
}

/// The types that an instruction names or works on.
fn types_of(module: &Module<'_>, operator: &Operator<'_>) -> Types {
    let mut types = Types::default();
    match *operator {
        Operator::Block(ty) | Operator::Loop(ty) | Operator::If(ty) => match ty {
            BlockType::Empty => {}
            BlockType::Value(ty) => types.add(ty),
            BlockType::Type(index) => types.add_all(&module.types[index as usize]),
        },
        Operator::CallIndirect { ty, .. } => types.add_all(&module.types[ty as usize]),
        Operator::GlobalGet(index) | Operator::GlobalSet(index) => types.add(module.globals[index as usize].ty.value),
        Operator::SelectTyped(Some(ty)) => types.add(ty),
        Operator::Load(code, _) | Operator::Store(code, _) => types.add(signature::access(code).0),
        Operator::F32Const | Operator::F64Const | Operator::TruncSat(_) => types.float = true,
        Operator::Numeric(code) => {
            let signature = signature::numeric(code);
            types.add(signature.operand);
            types.add(signature.result);
        }
        _ => {}
    }
    types
}

/// Gives every instruction of a validated body to `visit`.
fn for_each<'a>(module: &Module<'a>, function: u32, mut visit: impl FnMut(usize, Operator<'a>) -> Result<(), Error>) -> Result<(), Error> {
    let body = module.bodies[function as usize - module.imported_functions];
    let mut reader = Reader::new(module.bytes, body.start, body.end);
    Locals::read(&module.type_of(function).params, &mut reader)?;
    while !reader.is_empty() {
        let offset = reader.offset();
        visit(offset, decode::operator(&mut reader)?)?;
    }
    Ok(())
}
