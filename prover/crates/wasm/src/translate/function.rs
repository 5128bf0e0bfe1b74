use super::asm::{B, Label};
use super::control::Block;
use super::locals::FirstAccess;
use super::values::{Value, Values};
use super::{Builder, too_long};
use crate::locals::Locals;
use crate::module::Module;
use crate::reader::Reader;
use crate::{Error, decode};
use isa::Op;

/// The instruction that put an operand into its own slot: it can still be told to put it elsewhere.
#[derive(Clone, Copy, Debug)]
pub(super) struct Produced {
    /// The instruction.
    pub at: usize,
    /// The operand's height.
    pub height: usize,
    /// It tests an i32 for zero (`EQ` with 0): a jump can do that itself.
    pub zero_test: bool,
}

/// A function that is being translated. Slots of its frame: parameters, the return record (after the results, too), locals, operands.
pub(super) struct Function<'f, 'a> {
    pub b: &'f mut Builder<'a>,
    pub module: &'a Module<'a>,
    pub params: u32,
    pub results: u32,
    /// The slot of the return record.
    pub record: u32,
    /// The slot of operand 0.
    pub base: u32,
    pub values: &'f mut Values,
    pub blocks: Vec<Block>,
    /// The blocks that were opened in code that cannot be reached, while such code is passed.
    pub dead: Option<usize>,
    pub produced: Option<Produced>,
}

/// Translates function `index`.
pub(super) fn translate(builder: &mut Builder<'_>, index: u32, values: &mut Values, first: &mut FirstAccess) -> Result<(), Error> {
    let module = &builder.provable.valid.module;
    let body = module.bodies[index as usize - module.imported_functions];
    let ty = module.type_of(index);
    let zero = first.find(module, index, body)?;
    let mut reader = Reader::new(module.bytes, body.start, body.end);
    let locals = Locals::read(&ty.params, &mut reader)?;
    let (params, results) = (ty.params.len() as u32, ty.results.len() as u32);
    let record = params.max(results);
    let base = record + 1 + locals.count() - params;
    values.start(locals.count());
    builder.asm.bind(builder.functions[index as usize]);
    let mut function =
        Function { b: builder, module, params, results, record, base, values, blocks: Vec::new(), dead: None, produced: None };
    for local in zero {
        let slot = function.local_slot(local);
        function.b.asm.constant(0, slot);
    }
    function.blocks.push(Block::function(results as usize));
    while !function.blocks.is_empty() {
        let offset = reader.offset();
        let operator = decode::operator(&mut reader)?;
        function.operator(operator);
        if function.b.asm.is_full() {
            return Err(too_long(Some(index), offset));
        }
    }
    Ok(())
}

impl Function<'_, '_> {
    /// The slot of a local.
    pub(super) fn local_slot(&self, index: u32) -> u32 {
        if index < self.params { index } else { self.record + 1 + index - self.params }
    }

    pub(super) fn local_get(&mut self, index: u32) {
        self.values.push_local(index);
    }

    /// `local.set`, and `local.tee` with `keep`.
    pub(super) fn local_set(&mut self, index: u32, keep: bool) {
        let to = self.local_slot(index);
        let producer = self.producer();
        let value = self.values.pop();
        let own = self.top_slot();
        match value {
            Value::Home => match producer.filter(|_| !self.values.has(index)).and_then(|p| self.b.asm.last_mut(p.at)) {
                Some(instruction) => {
                    instruction.oc = to;
                    if keep {
                        self.values.push_local(index);
                    }
                    return;
                }
                None => {
                    self.release(index);
                    self.b.asm.copy(own, to);
                }
            },
            Value::Local { index: from, .. } if from == index => {}
            Value::Local { index: from, .. } => {
                self.release(index);
                self.b.asm.copy(self.local_slot(from), to);
            }
            Value::Const(value) => {
                self.release(index);
                self.b.asm.constant(value, to);
            }
        }
        if keep {
            self.values.push(value);
        }
    }

    pub(super) fn binary(&mut self, op: Op, commutes: bool) {
        let (mut b, mut a) = (self.pop(), self.pop());
        if commutes && matches!(a, B::Imm(_)) {
            std::mem::swap(&mut a, &mut b);
        }
        let to = self.top_slot();
        let a = self.slot(a, to);
        let at = self.b.asm.alu(op, a, b, to);
        self.push_produced(at);
    }

    /// C = A op constant, for the topmost operand.
    pub(super) fn unary(&mut self, op: Op, constant: u64) {
        let a = self.pop_slot();
        let to = self.top_slot();
        let at = self.b.asm.alu(op, a, B::Imm(constant), to);
        self.push_produced(at);
    }

    /// Calls a routine of `params` parameters and `results` results, all operands.
    pub(super) fn call_routine(&mut self, label: Label, params: usize, results: usize) {
        self.home_top(params);
        self.values.truncate(self.values.len() - params);
        let base = self.top_slot();
        self.b.asm.call(label, base, base + params.max(results) as u32);
        (0..results).for_each(|_| self.push());
    }
}
