//! The virtual operand stack (section 2.4): where each operand is, so that copying a local or a constant costs nothing until it must.

/// Where an operand is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// In its own slot, the one of its height.
    Home,
    /// In a local that has not been written since; `below` is the next lower operand (plus one) that is the same local, 0 for none.
    Local { index: u32, below: u32 },
    /// A constant, zero-extended.
    Const(u64),
}

/// The operands of one function, from the bottom. Operands that are the same local are chained, so that finding them costs as much as there are.
#[derive(Debug, Default)]
pub(crate) struct Values {
    stack: Vec<Value>,
    /// For each local, one more than the topmost operand that is it.
    heads: Vec<u32>,
    /// No operand below this one is a local.
    clean: usize,
}

impl Values {
    /// Starts a function of `locals` locals. The operands of the one before have all been taken.
    pub(crate) fn start(&mut self, locals: u32) {
        debug_assert!(self.stack.is_empty());
        if self.heads.len() < locals as usize {
            self.heads.resize(locals as usize, 0);
        }
        self.clean = 0;
    }

    pub(crate) fn len(&self) -> usize {
        self.stack.len()
    }

    pub(crate) fn get(&self, at: usize) -> Value {
        self.stack[at]
    }

    pub(crate) fn push(&mut self, value: Value) {
        self.stack.push(match value {
            Value::Local { index, .. } => {
                let below = std::mem::replace(&mut self.heads[index as usize], self.stack.len() as u32 + 1);
                Value::Local { index, below }
            }
            other => other,
        });
    }

    pub(crate) fn push_local(&mut self, index: u32) {
        self.push(Value::Local { index, below: 0 });
    }

    pub(crate) fn pop(&mut self) -> Value {
        let value = self.stack.pop().expect("a validated body has its operands");
        if let Value::Local { index, below } = value {
            self.heads[index as usize] = below;
        }
        self.clean = self.clean.min(self.stack.len());
        value
    }

    pub(crate) fn truncate(&mut self, len: usize) {
        while self.stack.len() > len {
            self.pop();
        }
    }

    /// The operand is in its own slot now. It must be no local.
    pub(crate) fn set_home(&mut self, at: usize) {
        debug_assert!(!matches!(self.stack[at], Value::Local { .. }));
        self.stack[at] = Value::Home;
    }

    /// Whether some operand is the local.
    pub(crate) fn has(&self, local: u32) -> bool {
        self.heads[local as usize] != 0
    }

    /// Makes every operand that is `local` one that is in its own slot, and gives their heights, topmost first.
    pub(crate) fn release(&mut self, local: u32) -> Vec<usize> {
        let mut released = Vec::new();
        let mut next = std::mem::take(&mut self.heads[local as usize]);
        while next != 0 {
            let at = next as usize - 1;
            let Value::Local { below, .. } = self.stack[at] else { unreachable!("the chain goes through operands that are the local") };
            self.stack[at] = Value::Home;
            released.push(at);
            next = below;
        }
        released
    }

    /// Makes every operand that is a local one that is in its own slot, and gives heights and locals, lowest first.
    pub(crate) fn release_all(&mut self) -> Vec<(usize, u32)> {
        let mut released = Vec::new();
        for at in self.clean..self.stack.len() {
            if let Value::Local { index, .. } = self.stack[at] {
                self.heads[index as usize] = 0;
                self.stack[at] = Value::Home;
                released.push((at, index));
            }
        }
        self.clean = self.stack.len();
        released
    }

    /// Makes the operand at `at` one that is in its own slot: the local that it was, if it was one.
    pub(crate) fn release_one(&mut self, at: usize) -> Option<u32> {
        let Value::Local { index, below } = self.stack[at] else { return None };
        let mut link = self.heads[index as usize];
        if link as usize == at + 1 {
            self.heads[index as usize] = below;
        } else {
            // Somebody above points here.
            while link != 0 {
                let above = link as usize - 1;
                let Value::Local { below: next, .. } = self.stack[above] else { break };
                if next as usize == at + 1 {
                    self.stack[above] = Value::Local { index, below };
                    break;
                }
                link = next;
            }
        }
        self.stack[at] = Value::Home;
        Some(index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn locals(values: &Values) -> Vec<Option<u32>> {
        (0..values.len())
            .map(|at| match values.get(at) {
                Value::Local { index, .. } => Some(index),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn operands_that_are_a_local_are_found_wherever_they_are() {
        let mut values = Values::default();
        values.start(3);
        for local in [1, 2, 1, 1, 0] {
            values.push_local(local);
        }
        assert_eq!(values.release_one(2), Some(1));
        assert_eq!(values.release(1), [3, 0]);
        assert!(!values.has(1));
        assert_eq!(locals(&values), [None, Some(2), None, None, Some(0)]);
        assert_eq!(values.release_all(), [(1, 2), (4, 0)]);
        values.push_local(2);
        assert_eq!(values.release_all(), [(5, 2)]);
        values.truncate(1);
        values.push_local(2);
        assert!(values.has(2));
        assert_eq!(values.release_all(), [(1, 2)]);
    }
}
