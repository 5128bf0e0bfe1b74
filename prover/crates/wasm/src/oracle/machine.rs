use super::{Ended, numeric};
use crate::locals::Locals;
use crate::module::{Constant, Module};
use crate::operator::Operator;
use crate::reader::Reader;
use crate::signature;
use crate::subset::{self, Host, Provable};
use crate::types::BlockType;
use crate::{decode, parse, validate};
use isa::PAGE_BYTES;

/// Runs the machine in `bytes` on `input`.
pub(super) fn run(bytes: &[u8], input: &[u8]) -> Ended {
    let valid = validate::validate(parse::parse(bytes).expect("it decodes")).expect("it validates");
    let entry = subset::entry(&valid).expect("it has an entry");
    let provable = subset::check(valid, &[entry], 1024).expect("it can be proven");
    let mut memory = vec![0; provable.init_pages as usize * PAGE_BYTES as usize];
    for (data, offset) in provable.valid.module.data.iter().zip(&provable.valid.data) {
        let Some(Constant::Number(start)) = *offset else { panic!("all segments are active") };
        memory[start as usize..][..data.bytes.len()].copy_from_slice(data.bytes);
    }
    let number = |c: &Constant| if let Constant::Number(n) = *c { n } else { 0 };
    let globals = provable.valid.globals.iter().map(number).collect();
    let mut machine = Machine { provable: &provable, input, memory, globals, output: (0, 0) };
    let start = provable.valid.module.start.map(|(function, _)| function);
    let ended = start.into_iter().chain([entry]).try_for_each(|function| machine.call(function, vec![]).map(|_| ()));
    let exit_code = ended.err().unwrap_or(0);
    let output = if exit_code == 0 { machine.memory[machine.output.0..][..machine.output.1].to_vec() } else { vec![] };
    Ended { exit_code, output, memory: machine.memory }
}

struct Machine<'a> {
    provable: &'a Provable<'a>,
    input: &'a [u8],
    memory: Vec<u8>,
    globals: Vec<u64>,
    output: (usize, usize),
}

/// A body decoded, with the index behind the `end` (or `else`) of each block.
struct Body<'a> {
    code: Vec<Operator<'a>>,
    ends: Vec<usize>,
    elses: Vec<usize>,
    locals: u32,
}

fn body<'a>(module: &Module<'a>, function: u32) -> Body<'a> {
    let range = module.bodies[function as usize - module.imported_functions];
    let mut reader = Reader::new(module.bytes, range.start, range.end);
    let locals = Locals::read(&module.type_of(function).params, &mut reader).expect("validated").count();
    let mut body = Body { code: vec![], ends: vec![], elses: vec![], locals };
    let mut open = vec![];
    while !reader.is_empty() {
        let at = body.code.len();
        let operator = decode::operator(&mut reader).expect("validated");
        body.ends.push(0);
        body.elses.push(0);
        match operator {
            Operator::Block(_) | Operator::Loop(_) | Operator::If(_) => open.push(at),
            Operator::Else => body.elses[*open.last().expect("validated")] = at + 1,
            Operator::End => {
                if let Some(start) = open.pop() {
                    body.ends[start] = at + 1;
                }
            }
            _ => {}
        }
        body.code.push(operator);
    }
    body
}

/// An open block: its start, where a branch to it goes, what a branch takes, and the operands below.
struct Block {
    start: usize,
    to: usize,
    arity: usize,
    height: usize,
}

impl Machine<'_> {
    fn range(&self, start: u64, len: u64) -> Result<usize, u32> {
        if start + len <= self.memory.len() as u64 { Ok(start as usize) } else { Err(6) }
    }

    fn host(&mut self, host: Host, args: &[u64]) -> Result<Vec<u64>, u32> {
        match host {
            Host::InputSize => return Ok(vec![self.input.len() as u64]),
            Host::InputRead => {
                let (to, len) = (self.range(args[0], args[2])?, args[2] as usize);
                if args[1] + args[2] > self.input.len() as u64 {
                    return Err(6);
                }
                self.memory[to..to + len].copy_from_slice(&self.input[args[1] as usize..][..len]);
            }
            Host::Output => self.output = (self.range(args[0], args[1])?, args[1] as usize),
            Host::Abort => return Err(0x10000 + (args[0] as u32 & 0xffff)),
            Host::Sha256 => {
                let (from, to) = (self.range(args[0], args[1])?, self.range(args[2], 32)?);
                let digest = hash::digest(&self.memory[from..][..args[1] as usize]);
                self.memory[to..to + 32].copy_from_slice(&digest);
            }
            Host::EnvAbort => return Err(1),
        }
        Ok(vec![])
    }

    fn call(&mut self, function: u32, args: Vec<u64>) -> Result<Vec<u64>, u32> {
        if let Some(&host) = self.provable.hosts.get(function as usize) {
            return self.host(host, &args);
        }
        let module = &self.provable.valid.module;
        let ty = module.type_of(function);
        let body = body(module, function);
        let mut locals = args;
        locals.resize(body.locals as usize, 0);
        let arities = |ty: BlockType| match ty {
            BlockType::Empty => (0, 0),
            BlockType::Value(_) => (0, 1),
            BlockType::Type(index) => (module.types[index as usize].params.len(), module.types[index as usize].results.len()),
        };
        let mut stack: Vec<u64> = vec![];
        let mut blocks = vec![Block { start: usize::MAX, to: body.code.len(), arity: ty.results.len(), height: 0 }];
        let mut pc = 0;
        while pc < body.code.len() {
            let operator = body.code[pc].clone();
            pc += 1;
            let mut branch = None;
            macro_rules! pop {
                () => {
                    stack.pop().expect("validated")
                };
            }
            match operator {
                Operator::Unreachable => return Err(2),
                Operator::Nop => {}
                Operator::Block(ty) | Operator::Loop(ty) | Operator::If(ty) => {
                    let start = pc - 1;
                    let taken = !matches!(operator, Operator::If(_)) || pop!() != 0;
                    let (params, results) = arities(ty);
                    let height = stack.len() - params;
                    let is_loop = matches!(operator, Operator::Loop(_));
                    let (to, arity) = if is_loop { (start + 1, params) } else { (body.ends[start], results) };
                    if taken || body.elses[start] != 0 {
                        blocks.push(Block { start, to, arity, height });
                    }
                    if !taken {
                        pc = if body.elses[start] != 0 { body.elses[start] } else { body.ends[start] };
                    }
                }
                Operator::Else => {
                    let block = blocks.pop().expect("validated");
                    pc = body.ends[block.start];
                }
                Operator::End => {
                    blocks.pop();
                }
                Operator::Br(depth) => branch = Some(depth),
                Operator::BrIf(depth) => branch = (pop!() != 0).then_some(depth),
                Operator::BrTable(targets) => {
                    let at = pop!().min(targets.table_len().into());
                    branch = targets.clone().nth(at as usize);
                }
                Operator::Return => branch = Some(blocks.len() as u32 - 1),
                Operator::Call(callee) => {
                    let at = stack.len() - module.type_of(callee).params.len();
                    let args = stack.split_off(at);
                    stack.extend(self.call(callee, args)?);
                }
                Operator::CallIndirect { ty, .. } => {
                    let entry = self.provable.table.get(pop!() as usize).copied().flatten().ok_or(5u32)?;
                    if *module.type_of(entry) != module.types[ty as usize] {
                        return Err(5);
                    }
                    let at = stack.len() - module.types[ty as usize].params.len();
                    let args = stack.split_off(at);
                    stack.extend(self.call(entry, args)?);
                }
                Operator::Drop => {
                    pop!();
                }
                Operator::Select | Operator::SelectTyped(_) => {
                    let (c, b, a) = (pop!(), pop!(), pop!());
                    stack.push(if c != 0 { a } else { b });
                }
                Operator::LocalGet(i) => stack.push(locals[i as usize]),
                Operator::LocalSet(i) => locals[i as usize] = pop!(),
                Operator::LocalTee(i) => locals[i as usize] = *stack.last().expect("validated"),
                Operator::GlobalGet(i) => stack.push(self.globals[i as usize]),
                Operator::GlobalSet(i) => self.globals[i as usize] = pop!(),
                Operator::Load(code, arg) => {
                    let bytes = 1usize << signature::access(code).1;
                    let at = self.range(pop!() + u64::from(arg.offset), bytes as u64)?;
                    let mut raw = [0; 8];
                    raw[..bytes].copy_from_slice(&self.memory[at..at + bytes]);
                    let raw = u64::from_le_bytes(raw);
                    stack.push(match code {
                        0x2c => numeric::compute(0xc0, raw, 0)?,
                        0x2e => numeric::compute(0xc1, raw, 0)?,
                        0x30 => numeric::compute(0xc2, raw, 0)?,
                        0x32 => numeric::compute(0xc3, raw, 0)?,
                        0x34 => numeric::compute(0xc4, raw, 0)?,
                        _ => raw,
                    });
                }
                Operator::Store(code, arg) => {
                    let bytes = 1usize << signature::access(code).1;
                    let value = pop!();
                    let at = self.range(pop!() + u64::from(arg.offset), bytes as u64)?;
                    self.memory[at..at + bytes].copy_from_slice(&value.to_le_bytes()[..bytes]);
                }
                Operator::MemorySize => stack.push(self.memory.len() as u64 / PAGE_BYTES),
                Operator::MemoryGrow => {
                    let (before, delta) = (self.memory.len() as u64 / PAGE_BYTES, pop!());
                    let fits = before + delta <= self.provable.max_pages.into();
                    if fits {
                        self.memory.resize(((before + delta) * PAGE_BYTES) as usize, 0);
                    }
                    stack.push(if fits { before } else { u64::from(u32::MAX) });
                }
                Operator::MemoryCopy => {
                    let (len, from, to) = (pop!(), pop!(), pop!());
                    let (from, to) = (self.range(from, len)?, self.range(to, len)?);
                    self.memory.copy_within(from..from + len as usize, to);
                }
                Operator::MemoryFill => {
                    let (len, value, to) = (pop!(), pop!(), pop!());
                    let to = self.range(to, len)?;
                    self.memory[to..to + len as usize].fill(value as u8);
                }
                Operator::I32Const(value) => stack.push(u64::from(value as u32)),
                Operator::I64Const(value) => stack.push(value as u64),
                Operator::Numeric(code) => {
                    let b = pop!();
                    let (a, b) = if signature::numeric(code).operands == 2 { (pop!(), b) } else { (b, 0) };
                    stack.push(numeric::compute(code, a, b)?);
                }
                other => panic!("{} cannot be proven", other.name()),
            }
            if let Some(depth) = branch {
                let block = blocks.len() - 1 - depth as usize;
                let Block { to, arity, height, start } = blocks[block];
                let kept = stack.split_off(stack.len() - arity);
                stack.truncate(height);
                stack.extend(kept);
                pc = to;
                // A loop stays open; a block is left.
                let stays = start != usize::MAX && matches!(body.code[start], Operator::Loop(_));
                blocks.truncate(block + usize::from(stays));
            }
        }
        Ok(stack.split_off(stack.len() - ty.results.len()))
    }
}
