use field::{Goldilocks, Ring};
use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::{Add, AddAssign, Mul, MulAssign, Neg, Sub, SubAssign};

/// A value in the graph that this thread is recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Symbol(pub(super) u32);

/// How a value comes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Node {
    /// A constant.
    Constant(Goldilocks),
    /// Column number i of the row.
    Input(u32),
    /// a + b.
    Add(Symbol, Symbol),
    /// a - b.
    Sub(Symbol, Symbol),
    /// a b.
    Mul(Symbol, Symbol),
    /// a + constant.
    AddConstant(Symbol, Goldilocks),
    /// constant - a.
    SubtractFrom(Goldilocks, Symbol),
    /// a times constant.
    Scale(Symbol, Goldilocks),
}

/// Values in the order in which they were computed, none twice.
#[derive(Default)]
pub struct Graph {
    pub(super) nodes: Vec<Node>,
    known: HashMap<Node, Symbol>,
}

thread_local! {
    static GRAPH: RefCell<Graph> = RefCell::default();
}

/// Runs `build` over `inputs` symbols and gives back the graph and what `build` answered.
pub fn record<R>(inputs: usize, build: impl FnOnce(&[Symbol]) -> R) -> (Graph, R) {
    GRAPH.with_borrow_mut(|graph| {
        *graph = Graph::default();
        graph.put(Node::Constant(Goldilocks::ZERO));
        graph.put(Node::Constant(Goldilocks::ONE));
    });
    let symbols: Vec<Symbol> = (0..inputs as u32).map(|i| put(Node::Input(i))).collect();
    let result = build(&symbols);
    (GRAPH.take(), result)
}

impl Graph {
    fn put(&mut self, node: Node) -> Symbol {
        if let Some(symbol) = self.known.get(&node) {
            return *symbol;
        }
        let symbol = Symbol(self.nodes.len() as u32);
        self.nodes.push(node);
        self.known.insert(node, symbol);
        symbol
    }
}

fn put(node: Node) -> Symbol {
    GRAPH.with_borrow_mut(|graph| graph.put(node))
}

fn node(symbol: Symbol) -> Node {
    GRAPH.with_borrow(|graph| graph.nodes[symbol.0 as usize])
}

fn constant(symbol: Symbol) -> Option<Goldilocks> {
    match node(symbol) {
        Node::Constant(value) => Some(value),
        _ => None,
    }
}

// Operations stay calls: chips make thousands of them, and recording takes no time that matters.
impl Ring for Symbol {
    // `record` puts these two first.
    const ZERO: Self = Symbol(0);
    const ONE: Self = Symbol(1);
}

impl From<Goldilocks> for Symbol {
    #[inline(never)]
    fn from(value: Goldilocks) -> Self {
        put(Node::Constant(value))
    }
}

impl Add for Symbol {
    type Output = Self;
    #[inline(never)]
    fn add(self, other: Self) -> Self {
        match (constant(self), constant(other)) {
            (Some(a), Some(b)) => Symbol::from(a + b),
            (Some(Goldilocks::ZERO), None) => other,
            (None, Some(Goldilocks::ZERO)) => self,
            (Some(c), None) => put(Node::AddConstant(other, c)),
            (None, Some(c)) => put(Node::AddConstant(self, c)),
            (None, None) => put(Node::Add(self.min(other), self.max(other))),
        }
    }
}

impl Sub for Symbol {
    type Output = Self;
    #[inline(never)]
    fn sub(self, other: Self) -> Self {
        match (constant(self), constant(other)) {
            (Some(a), Some(b)) => Symbol::from(a - b),
            (None, Some(Goldilocks::ZERO)) => self,
            (Some(c), None) => put(Node::SubtractFrom(c, other)),
            (None, Some(c)) => put(Node::AddConstant(self, -c)),
            (None, None) if self == other => Symbol::ZERO,
            (None, None) => put(Node::Sub(self, other)),
        }
    }
}

impl Mul for Symbol {
    type Output = Self;
    #[inline(never)]
    fn mul(self, other: Self) -> Self {
        let scale = |symbol: Symbol, factor: Goldilocks| match factor {
            Goldilocks::ZERO => Symbol::ZERO,
            Goldilocks::ONE => symbol,
            _ => put(Node::Scale(symbol, factor)),
        };
        match (constant(self), constant(other)) {
            (Some(a), Some(b)) => Symbol::from(a * b),
            (Some(c), None) => scale(other, c),
            (None, Some(c)) => scale(self, c),
            (None, None) => put(Node::Mul(self.min(other), self.max(other))),
        }
    }
}

impl Mul<Goldilocks> for Symbol {
    type Output = Self;
    #[inline(never)]
    fn mul(self, other: Goldilocks) -> Self {
        self * Symbol::from(other)
    }
}

impl Neg for Symbol {
    type Output = Self;
    #[inline(never)]
    fn neg(self) -> Self {
        Symbol::ZERO - self
    }
}

impl AddAssign for Symbol {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl SubAssign for Symbol {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl MulAssign for Symbol {
    fn mul_assign(&mut self, other: Self) {
        *self = *self * other;
    }
}
