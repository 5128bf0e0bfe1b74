use super::control::{Block, Opener};
use crate::locals::Locals;
use crate::module::Module;
use crate::operator::Operator;
use crate::reader::Reader;
use crate::types::{BlockType, ValType};
use crate::{Error, decode, limits};
use std::collections::BTreeSet;

/// Validates one body: the algorithm of the specification's appendix. An operand of type `None` is one that unreachable code was given.
pub(super) struct Validator<'m> {
    pub module: &'m Module<'m>,
    pub declared: &'m BTreeSet<u32>,
    pub locals: Locals<'m>,
    pub stack: Vec<Option<ValType>>,
    pub blocks: Vec<Block>,
    /// The instruction at hand.
    pub opcode: &'static str,
    pub offset: usize,
    /// `br_table`s so far.
    pub tables: u32,
    highest: usize,
    work: &'m mut u64,
}

/// Validates body `index`. `work` is what validation has taken so far.
pub(super) fn validate(module: &Module<'_>, declared: &BTreeSet<u32>, index: usize, work: &mut u64) -> Result<(), Error> {
    let body = module.bodies[index];
    let ty = module.functions[module.imported_functions + index];
    let mut reader = Reader::new(module.bytes, body.start, body.end);
    let locals = Locals::read(&module.types[ty as usize].params, &mut reader)?;
    let mut validator = Validator {
        module,
        declared,
        locals,
        stack: Vec::new(),
        blocks: Vec::new(),
        opcode: "",
        offset: body.start,
        tables: 0,
        highest: 0,
        work,
    };
    validator.run(ty, &mut reader)?;
    let record = &module.types[ty as usize];
    let params = record.params.len();
    let slots = params.max(record.results.len()) + 1 + validator.locals.count() as usize - params + validator.highest;
    if slots > limits::MAX_SLOTS {
        let function = Some((module.imported_functions + index) as u32);
        let (size, limit) = (slots as u64, limits::MAX_SLOTS as u64);
        return Err(Error::TooLarge { function, offset: body.start, what: "slots of one function", size, limit });
    }
    Ok(())
}

impl<'m> Validator<'m> {
    fn run(&mut self, ty: u32, reader: &mut Reader<'m>) -> Result<(), Error> {
        self.open(Opener::Function, BlockType::Type(ty))?;
        while !self.blocks.is_empty() {
            self.offset = reader.offset();
            if reader.is_empty() {
                return Err(Error::Malformed { offset: self.offset, reason: "unexpected end: END opcode expected" });
            }
            let operator = decode::operator(reader)?;
            self.opcode = operator.name();
            self.spend(1)?;
            if matches!(operator, Operator::MemoryInit(_) | Operator::DataDrop(_)) && self.module.data_count.is_none() {
                return Err(Error::Malformed { offset: self.offset, reason: "data count section required" });
            }
            self.operator(operator)?;
        }
        if reader.is_empty() { Ok(()) } else { Err(Error::Malformed { offset: reader.offset(), reason: "a body goes on after its end" }) }
    }

    pub(super) fn invalid(&self, reason: &'static str) -> Error {
        let opcode = if self.opcode.is_empty() { None } else { Some(self.opcode) };
        Error::Invalid { function: None, offset: self.offset, opcode, reason }
    }

    /// Counts steps, so that a few bytes cannot keep validation busy for long.
    pub(super) fn spend(&mut self, steps: usize) -> Result<(), Error> {
        *self.work += steps as u64;
        if *self.work <= limits::MAX_WORK {
            return Ok(());
        }
        let (what, limit) = ("steps that validation takes", limits::MAX_WORK);
        Err(Error::TooLarge { function: None, offset: self.offset, what, size: *self.work, limit })
    }

    pub(super) fn push(&mut self, ty: Option<ValType>) -> Result<(), Error> {
        self.stack.push(ty);
        self.highest = self.highest.max(self.stack.len());
        if self.highest > limits::MAX_SLOTS {
            let (what, limit) = ("slots of one function", limits::MAX_SLOTS as u64);
            return Err(Error::TooLarge { function: None, offset: self.offset, what, size: self.highest as u64, limit });
        }
        Ok(())
    }

    pub(super) fn push_all(&mut self, types: &[ValType]) -> Result<(), Error> {
        self.spend(types.len())?;
        types.iter().try_for_each(|&ty| self.push(Some(ty)))
    }

    /// Takes an operand of whatever type.
    pub(super) fn pop(&mut self) -> Result<Option<ValType>, Error> {
        let block = *self.innermost();
        if self.stack.len() > block.height {
            return Ok(self.stack.pop().flatten());
        }
        if block.unreachable { Ok(None) } else { Err(self.invalid("type mismatch: an operand is missing")) }
    }

    pub(super) fn pop_type(&mut self, expected: ValType) -> Result<(), Error> {
        match self.pop()? {
            Some(ty) if ty != expected => Err(self.invalid("type mismatch")),
            _ => Ok(()),
        }
    }

    pub(super) fn pop_all(&mut self, types: &[ValType]) -> Result<(), Error> {
        self.spend(types.len())?;
        types.iter().rev().try_for_each(|&ty| self.pop_type(ty))
    }

    /// Whether `types` could be taken; nothing is.
    pub(super) fn check_top(&mut self, types: &[ValType]) -> Result<(), Error> {
        self.spend(types.len())?;
        let block = *self.innermost();
        for (below, &expected) in types.iter().rev().enumerate() {
            let at = self.stack.len().checked_sub(below + 1).filter(|&at| at >= block.height);
            match at.map(|at| self.stack[at]) {
                Some(Some(ty)) if ty != expected => return Err(self.invalid("type mismatch")),
                Some(_) => {}
                None if block.unreachable => {}
                None => return Err(self.invalid("type mismatch: an operand is missing")),
            }
        }
        Ok(())
    }
}
