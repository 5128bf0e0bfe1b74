use super::graph::{Graph, Node, Symbol};
use field::Goldilocks;

/// One operation on slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// a + b.
    Add(u16, u16),
    /// a - b.
    Sub(u16, u16),
    /// a b.
    Mul(u16, u16),
    /// a + constant.
    AddConstant(u16, Goldilocks),
    /// constant - a.
    SubtractFrom(Goldilocks, u16),
    /// a times constant.
    Scale(u16, Goldilocks),
    /// The constant.
    Set(Goldilocks),
}

/// Operations over slots: slot i holds input i at the start, the outputs at the end in the slots named.
pub struct Program {
    /// (slot of the result, operation), in order.
    pub ops: Vec<(u16, Op)>,
    /// How many slots are used.
    pub slots: usize,
    /// Where the outputs are.
    pub outputs: Vec<usize>,
}

impl Program {
    /// What computes `outputs` of a graph with `inputs` inputs.
    pub fn new(graph: &Graph, inputs: usize, outputs: &[Symbol]) -> Self {
        let nodes = &graph.nodes;
        // The last node that reads each value; outputs are read after the end.
        let mut last_use = vec![0usize; nodes.len()];
        outputs.iter().for_each(|output| last_use[output.0 as usize] = nodes.len());
        for (index, node) in nodes.iter().enumerate().rev() {
            if last_use[index] > 0 {
                operands(node).for_each(|operand| last_use[operand.0 as usize] = last_use[operand.0 as usize].max(index));
            }
        }
        let mut slot_of = vec![0u16; nodes.len()];
        let (mut free, mut slots) = (Vec::new(), inputs);
        let mut ops = Vec::new();
        for (index, node) in nodes.iter().enumerate() {
            if let Node::Input(input) = node {
                slot_of[index] = *input as u16;
                if last_use[index] == 0 {
                    free.push(*input as u16);
                }
                continue;
            }
            if last_use[index] == 0 {
                continue;
            }
            let slot = |symbol: &Symbol| slot_of[symbol.0 as usize];
            let op = match node {
                Node::Constant(value) => Op::Set(*value),
                Node::Input(_) => continue,
                Node::Add(a, b) => Op::Add(slot(a), slot(b)),
                Node::Sub(a, b) => Op::Sub(slot(a), slot(b)),
                Node::Mul(a, b) => Op::Mul(slot(a), slot(b)),
                Node::AddConstant(a, c) => Op::AddConstant(slot(a), *c),
                Node::SubtractFrom(c, a) => Op::SubtractFrom(*c, slot(a)),
                Node::Scale(a, c) => Op::Scale(slot(a), *c),
            };
            // A result may take the place of an operand that is read here for the last time: operations read before they write.
            let mut dying: Vec<Symbol> = operands(node).filter(|operand| last_use[operand.0 as usize] == index).collect();
            dying.dedup();
            free.extend(dying.iter().map(slot));
            let target = free.pop().unwrap_or_else(|| {
                slots += 1;
                u16::try_from(slots - 1).expect("a table has fewer than 2^16 live values")
            });
            slot_of[index] = target;
            ops.push((target, op));
        }
        let outputs = outputs.iter().map(|output| usize::from(slot_of[output.0 as usize])).collect();
        Self { ops, slots, outputs }
    }
}

fn operands(node: &Node) -> impl Iterator<Item = Symbol> + use<> {
    let (a, b) = match *node {
        Node::Constant(_) | Node::Input(_) => (None, None),
        Node::Add(a, b) | Node::Sub(a, b) | Node::Mul(a, b) => (Some(a), Some(b)),
        Node::AddConstant(a, _) | Node::SubtractFrom(_, a) | Node::Scale(a, _) => (Some(a), None),
    };
    a.into_iter().chain(b)
}
