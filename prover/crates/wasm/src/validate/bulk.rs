use super::body::Validator;
use crate::Error;
use crate::operator::Operator;
use crate::types::ValType;
use ValType::I32;

/// Bulk memory, tables and references.
impl<'m> Validator<'m> {
    pub(super) fn bulk_or_reference(&mut self, operator: Operator<'m>) -> Result<(), Error> {
        match operator {
            Operator::MemoryInit(segment) => {
                self.memory()?;
                self.data(segment)?;
                self.pop_all(&[I32; 3])
            }
            Operator::DataDrop(segment) => self.data(segment),
            Operator::MemoryCopy | Operator::MemoryFill => {
                self.memory()?;
                self.pop_all(&[I32; 3])
            }
            Operator::TableInit { element, table } => {
                if self.table(table)? != self.element(element)? {
                    return Err(self.invalid("type mismatch: the table holds another type"));
                }
                self.pop_all(&[I32; 3])
            }
            Operator::ElemDrop(segment) => self.element(segment).map(|_| ()),
            Operator::TableCopy { to, from } => {
                if self.table(to)? != self.table(from)? {
                    return Err(self.invalid("type mismatch: the tables hold different types"));
                }
                self.pop_all(&[I32; 3])
            }
            Operator::TableGet(table) => {
                let ty = self.table(table)?;
                self.pop_type(I32)?;
                self.push(Some(ty))
            }
            Operator::TableSet(table) => {
                let ty = self.table(table)?;
                self.pop_all(&[I32, ty])
            }
            Operator::TableGrow(table) => {
                let ty = self.table(table)?;
                self.pop_all(&[ty, I32])?;
                self.push(Some(I32))
            }
            Operator::TableSize(table) => {
                self.table(table)?;
                self.push(Some(I32))
            }
            Operator::TableFill(table) => {
                let ty = self.table(table)?;
                self.pop_all(&[I32, ty, I32])
            }
            Operator::RefNull(ty) => self.push(Some(ty)),
            Operator::RefIsNull => match self.pop()? {
                Some(ty) if !ty.is_reference() => Err(self.invalid("type mismatch: not a reference")),
                _ => self.push(Some(I32)),
            },
            Operator::RefFunc(index) => {
                if index as usize >= self.module.functions.len() {
                    return Err(self.invalid("unknown function"));
                }
                if !self.declared.contains(&index) {
                    return Err(self.invalid("undeclared function reference"));
                }
                self.push(Some(ValType::FuncRef))
            }
            _ => Err(self.invalid("unknown instruction")),
        }
    }

    pub(super) fn memory(&self) -> Result<(), Error> {
        if self.module.memories.is_empty() { Err(self.invalid("unknown memory 0")) } else { Ok(()) }
    }

    pub(super) fn table(&self, index: u32) -> Result<ValType, Error> {
        self.module.tables.get(index as usize).map(|t| t.element).ok_or(self.invalid("unknown table"))
    }

    fn element(&self, index: u32) -> Result<ValType, Error> {
        self.module.elements.get(index as usize).map(|e| e.ty).ok_or(self.invalid("unknown elem segment"))
    }

    fn data(&self, index: u32) -> Result<(), Error> {
        if self.module.data_count.is_some_and(|count| index < count) { Ok(()) } else { Err(self.invalid("unknown data segment")) }
    }
}
