use super::body::Validator;
use crate::Error;
use crate::types::{BlockType, ValType};

/// What opened a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opener {
    Function,
    Block,
    Loop,
    If,
    Else,
}

/// A block that is open.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block {
    pub opener: Opener,
    pub ty: BlockType,
    pub height: usize,
    pub unreachable: bool,
    /// The last `br_table` that named it.
    pub seen: u32,
}

const SINGLE: [[ValType; 1]; 6] =
    [[ValType::I32], [ValType::I64], [ValType::F32], [ValType::F64], [ValType::FuncRef], [ValType::ExternRef]];

impl<'m> Validator<'m> {
    /// What the block of a type takes.
    pub(super) fn params(&self, opener: Opener, ty: BlockType) -> &'m [ValType] {
        match ty {
            BlockType::Type(index) if opener != Opener::Function => &self.module.types[index as usize].params,
            _ => &[],
        }
    }

    /// What it gives.
    pub(super) fn results(&self, ty: BlockType) -> &'m [ValType] {
        match ty {
            BlockType::Empty => &[],
            BlockType::Value(ty) => &SINGLE[ty as usize],
            BlockType::Type(index) => &self.module.types[index as usize].results,
        }
    }

    /// What a branch to a block takes.
    pub(super) fn label(&self, block: &Block) -> &'m [ValType] {
        if block.opener == Opener::Loop { self.params(block.opener, block.ty) } else { self.results(block.ty) }
    }

    /// The block that a branch of `depth` goes to.
    pub(super) fn target(&self, depth: u32) -> Result<usize, Error> {
        (self.blocks.len() - 1).checked_sub(depth as usize).ok_or(self.invalid("unknown label"))
    }

    pub(super) fn open(&mut self, opener: Opener, ty: BlockType) -> Result<(), Error> {
        if let BlockType::Type(index) = ty
            && index as usize >= self.module.types.len()
        {
            return Err(self.invalid("unknown type"));
        }
        let params = self.params(opener, ty);
        self.pop_all(params)?;
        self.blocks.push(Block { opener, ty, height: self.stack.len(), unreachable: false, seen: 0 });
        self.push_all(params)
    }

    /// Ends the innermost block: exactly its results are on the stack. They are taken.
    pub(super) fn close(&mut self) -> Result<Block, Error> {
        let block = *self.innermost();
        self.pop_all(self.results(block.ty))?;
        if self.stack.len() != block.height {
            return Err(self.invalid("type mismatch: values remain on the stack"));
        }
        self.blocks.pop();
        Ok(block)
    }

    pub(super) fn innermost(&mut self) -> &mut Block {
        self.blocks.last_mut().expect("the body's reading ends with its outermost block")
    }

    /// What follows cannot be reached.
    pub(super) fn unreachable(&mut self) {
        let height = self.innermost().height;
        self.stack.truncate(height);
        self.innermost().unreachable = true;
    }

    /// `br_table`: the default's types are taken; the other targets must take as many, and fit.
    pub(super) fn br_table(&mut self, targets: crate::operator::Targets<'m>) -> Result<(), Error> {
        self.pop_type(ValType::I32)?;
        self.tables += 1;
        let table = self.tables;
        let last = targets.clone().last().unwrap_or(0);
        let default = self.target(last)?;
        let arity = self.label(&self.blocks[default]).len();
        for depth in targets {
            let target = self.target(depth)?;
            self.spend(1)?;
            if std::mem::replace(&mut self.blocks[target].seen, table) == table {
                continue;
            }
            let types = self.label(&self.blocks[target]);
            if types.len() != arity {
                return Err(self.invalid("type mismatch: the targets take different numbers of values"));
            }
            self.check_top(types)?;
        }
        self.pop_all(self.label(&self.blocks[default]))?;
        self.unreachable();
        Ok(())
    }
}
