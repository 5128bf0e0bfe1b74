use super::body::Validator;
use super::control::Opener;
use crate::Error;
use crate::operator::{MemArg, Operator};
use crate::signature;
use crate::types::ValType;
use ValType::I32;

impl<'m> Validator<'m> {
    pub(super) fn operator(&mut self, operator: Operator<'m>) -> Result<(), Error> {
        match operator {
            Operator::Unreachable => self.unreachable(),
            Operator::Nop => {}
            Operator::Block(ty) => self.open(Opener::Block, ty)?,
            Operator::Loop(ty) => self.open(Opener::Loop, ty)?,
            Operator::If(ty) => {
                self.pop_type(I32)?;
                self.open(Opener::If, ty)?;
            }
            Operator::Else => self.or_else()?,
            Operator::End => self.end()?,
            Operator::Br(depth) => {
                let target = self.target(depth)?;
                self.pop_all(self.label(&self.blocks[target]))?;
                self.unreachable();
            }
            Operator::BrIf(depth) => {
                self.pop_type(I32)?;
                let target = self.target(depth)?;
                let types = self.label(&self.blocks[target]);
                self.pop_all(types)?;
                self.push_all(types)?;
            }
            Operator::BrTable(targets) => self.br_table(targets)?,
            Operator::Return => {
                self.pop_all(self.label(&self.blocks[0]))?;
                self.unreachable();
            }
            Operator::Call(index) => {
                let ty = *self.module.functions.get(index as usize).ok_or(self.invalid("unknown function"))?;
                self.call(ty)?;
            }
            Operator::CallIndirect { ty, table } => {
                if self.table(table)? != ValType::FuncRef {
                    return Err(self.invalid("type mismatch: the table does not hold functions"));
                }
                if ty as usize >= self.module.types.len() {
                    return Err(self.invalid("unknown type"));
                }
                self.pop_type(I32)?;
                self.call(ty)?;
            }
            Operator::Drop => self.pop().map(|_| ())?,
            Operator::Select => self.select()?,
            Operator::SelectTyped(ty) => {
                let ty = ty.ok_or(self.invalid("invalid result arity"))?;
                self.pop_type(I32)?;
                self.pop_all(&[ty, ty])?;
                self.push(Some(ty))?;
            }
            Operator::LocalGet(index) => {
                let ty = self.local(index)?;
                self.push(Some(ty))?;
            }
            Operator::LocalSet(index) => {
                let ty = self.local(index)?;
                self.pop_type(ty)?;
            }
            Operator::LocalTee(index) => {
                let ty = self.local(index)?;
                self.pop_type(ty)?;
                self.push(Some(ty))?;
            }
            Operator::GlobalGet(index) => {
                let global = self.module.globals.get(index as usize).ok_or(self.invalid("unknown global"))?;
                self.push(Some(global.ty.value))?;
            }
            Operator::GlobalSet(index) => {
                let global = self.module.globals.get(index as usize).ok_or(self.invalid("unknown global"))?;
                if !global.ty.mutable {
                    return Err(self.invalid("global is immutable"));
                }
                self.pop_type(global.ty.value)?;
            }
            Operator::Load(code, arg) => {
                let ty = self.access(code, arg)?;
                self.pop_type(I32)?;
                self.push(Some(ty))?;
            }
            Operator::Store(code, arg) => {
                let ty = self.access(code, arg)?;
                self.pop_all(&[I32, ty])?;
            }
            Operator::MemorySize => {
                self.memory()?;
                self.push(Some(I32))?;
            }
            Operator::MemoryGrow => {
                self.memory()?;
                self.pop_type(I32)?;
                self.push(Some(I32))?;
            }
            Operator::I32Const(_) => self.push(Some(I32))?,
            Operator::I64Const(_) => self.push(Some(ValType::I64))?,
            Operator::F32Const => self.push(Some(ValType::F32))?,
            Operator::F64Const => self.push(Some(ValType::F64))?,
            Operator::Numeric(code) => {
                let signature = signature::numeric(code);
                for _ in 0..signature.operands {
                    self.pop_type(signature.operand)?;
                }
                self.push(Some(signature.result))?;
            }
            Operator::TruncSat(code) => {
                let (operand, result) = signature::trunc_sat(code);
                self.pop_type(operand)?;
                self.push(Some(result))?;
            }
            other => self.bulk_or_reference(other)?,
        }
        Ok(())
    }

    fn or_else(&mut self) -> Result<(), Error> {
        if self.innermost().opener != Opener::If {
            return Err(Error::Malformed { offset: self.offset, reason: "else without if" });
        }
        let ty = self.close()?.ty;
        let params = self.params(Opener::Else, ty);
        self.blocks.push(super::control::Block { opener: Opener::Else, ty, height: self.stack.len(), unreachable: false, seen: 0 });
        self.push_all(params)
    }

    fn end(&mut self) -> Result<(), Error> {
        let block = self.close()?;
        let results = self.results(block.ty);
        if block.opener == Opener::If && self.params(block.opener, block.ty) != results {
            return Err(self.invalid("type mismatch: an if without else gives what it takes"));
        }
        if block.opener == Opener::Function { Ok(()) } else { self.push_all(results) }
    }

    fn call(&mut self, ty: u32) -> Result<(), Error> {
        let module = self.module;
        let ty = &module.types[ty as usize];
        self.pop_all(&ty.params)?;
        self.push_all(&ty.results)
    }

    fn select(&mut self) -> Result<(), Error> {
        self.pop_type(I32)?;
        let (second, first) = (self.pop()?, self.pop()?);
        let ty = first.or(second);
        if ty.is_some_and(ValType::is_reference) || second.is_some_and(ValType::is_reference) {
            return Err(self.invalid("type mismatch: a select of references states its type"));
        }
        if first.is_some() && second.is_some() && first != second {
            return Err(self.invalid("type mismatch"));
        }
        self.push(ty)
    }

    fn access(&mut self, code: u8, arg: MemArg) -> Result<ValType, Error> {
        self.memory()?;
        let (ty, width) = signature::access(code);
        if arg.align > width {
            return Err(self.invalid("alignment must not be larger than natural"));
        }
        Ok(ty)
    }

    fn local(&self, index: u32) -> Result<ValType, Error> {
        self.locals.get(index).ok_or(self.invalid("unknown local"))
    }
}
