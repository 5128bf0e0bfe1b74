use super::function::Function;
use crate::operator::Operator;
use isa::Trap;

impl Function<'_, '_> {
    /// Translates one instruction; in code that cannot be reached, only the blocks are followed.
    pub(super) fn operator(&mut self, operator: Operator<'_>) {
        if let Some(depth) = self.dead {
            match operator {
                Operator::Block(_) | Operator::Loop(_) | Operator::If(_) => self.dead = Some(depth + 1),
                Operator::End if depth > 0 => self.dead = Some(depth - 1),
                Operator::Else if depth == 0 => self.else_(),
                Operator::End => self.end(),
                _ => {}
            }
            return;
        }
        match operator {
            Operator::Unreachable => {
                let trap = self.b.traps.at(Trap::Unreachable);
                self.b.asm.jump(trap);
                self.die();
            }
            Operator::Nop => {}
            Operator::Block(ty) => self.block(ty),
            Operator::Loop(ty) => self.loop_(ty),
            Operator::If(ty) => self.if_(ty),
            Operator::Else => self.else_(),
            Operator::End => self.end(),
            Operator::Br(depth) => self.br(depth),
            Operator::BrIf(depth) => self.br_if(depth),
            Operator::BrTable(targets) => self.br_table(targets),
            Operator::Return => {
                self.return_();
                self.die();
            }
            Operator::Call(index) => self.call(index),
            Operator::CallIndirect { ty, .. } => self.call_indirect(ty),
            Operator::Drop => {
                self.values.pop();
            }
            Operator::Select | Operator::SelectTyped(_) => self.select(),
            Operator::LocalGet(index) => self.local_get(index),
            Operator::LocalSet(index) => self.local_set(index, false),
            Operator::LocalTee(index) => self.local_set(index, true),
            Operator::GlobalGet(index) => self.global_get(index),
            Operator::GlobalSet(index) => self.global_set(index),
            Operator::Load(code, arg) => self.load(code, arg),
            Operator::Store(code, arg) => self.store(code, arg),
            Operator::MemorySize => self.memory_size(),
            Operator::MemoryGrow => self.memory_grow(),
            Operator::MemoryCopy => self.memory_copy(),
            Operator::MemoryFill => self.memory_fill(),
            Operator::I32Const(value) => self.constant(u64::from(value as u32)),
            Operator::I64Const(value) => self.constant(value as u64),
            Operator::Numeric(code) => self.numeric(code),
            Operator::F32Const
            | Operator::F64Const
            | Operator::TruncSat(_)
            | Operator::TableGet(_)
            | Operator::TableSet(_)
            | Operator::TableInit { .. }
            | Operator::TableCopy { .. }
            | Operator::TableGrow(_)
            | Operator::TableSize(_)
            | Operator::TableFill(_)
            | Operator::MemoryInit(_)
            | Operator::DataDrop(_)
            | Operator::ElemDrop(_)
            | Operator::RefNull(_)
            | Operator::RefIsNull
            | Operator::RefFunc(_) => unreachable!("refused by the subset"),
        }
    }
}
