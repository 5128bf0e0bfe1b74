use super::asm::B;
use super::function::Function;
use super::layout;
use super::values::Value;
use crate::routines::Routine;
use crate::subset::Host;
use crate::types::FuncType;
use isa::{Op, Trap};

impl Function<'_, '_> {
    pub(super) fn call(&mut self, index: u32) {
        if let Some(&host) = self.b.provable.hosts.get(index as usize) {
            return self.call_host(host);
        }
        let label = self.b.functions[index as usize];
        let ty = self.module.type_of(index);
        self.call_routine(label, ty.params.len(), ty.results.len());
    }

    /// Arguments are in the slots of the callee's parameters already: its frame starts at the first of them.
    pub(super) fn call_indirect(&mut self, ty: u32) {
        let canonical = self.b.provable.valid.canonical[ty as usize];
        let FuncType { params, results } = &self.module.types[ty as usize];
        let index = self.pop_slot();
        let (entry, test) = (self.top_slot() + 1, self.top_slot() + 2);
        self.home_top(params.len());
        let trap = self.b.traps.at(Trap::IndirectCall);
        let (cell, len) = (self.b.table_cell(), self.b.provable.table.len() as u64);
        let asm = &mut self.b.asm;
        asm.alu(Op::Ltu, index, B::Imm(len), test);
        asm.jump_if_zero(test, trap);
        asm.global_at(cell, index, entry);
        asm.alu(Op::Shru64, entry, B::Imm(32), test);
        asm.alu(Op::Eq, test, B::Imm(u64::from(canonical) + 1), test);
        asm.jump_if_zero(test, trap);
        self.values.truncate(self.values.len() - params.len());
        let base = self.top_slot();
        self.b.asm.call_slot(entry, base, base + params.len().max(results.len()) as u32);
        results.iter().for_each(|_| self.push());
    }

    fn call_host(&mut self, host: Host) {
        let (routine, params) = match host {
            Host::InputSize => {
                let to = self.top_slot();
                self.b.asm.constant(0, to);
                self.b.asm.input(to, to);
                return self.push();
            }
            Host::EnvAbort => {
                let trap = self.b.traps.at(Trap::Abort);
                self.b.asm.jump(trap);
                return self.die();
            }
            Host::InputRead => (Routine::InputRead, 3),
            Host::Output => (Routine::Output, 2),
            Host::Abort => (Routine::Abort, 1),
            Host::Sha256 => (Routine::Sha256, 3),
        };
        let label = self.b.routine(routine);
        self.call_routine(label, params, 0);
        if host == Host::Abort {
            self.die();
        }
    }

    pub(super) fn global_get(&mut self, index: u32) {
        let to = self.top_slot();
        let at = self.b.asm.global_get(layout::GLOBALS + index, to);
        self.push_produced(at);
    }

    pub(super) fn global_set(&mut self, index: u32) {
        let value = self.pop_slot();
        self.b.asm.global_set(value, layout::GLOBALS + index);
    }

    pub(super) fn constant(&mut self, value: u64) {
        self.values.push(Value::Const(value));
    }
}
