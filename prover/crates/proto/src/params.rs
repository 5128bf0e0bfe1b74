/// The logarithm of the most nodes a Merkle cap has (section 4.1).
pub const CAP_LOG: u32 = 5;

/// A row of the table of section 4.1. There are four, compiled in; a proof only names one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ParameterSet {
    /// The number that proofs and images name it by.
    pub id: u16,
    /// The name people use.
    pub name: &'static str,
    /// b: the evaluation domain is 2^b times the trace domain.
    pub log_blowup: u32,
    /// q: positions opened.
    pub queries: usize,
    /// g: leading zero bits of the proof of work before the positions are drawn.
    pub grinding: u32,
}

/// Blowup 4, 41 queries: 100.9 bits by the conjecture that survives 2025.
pub const STD: ParameterSet = ParameterSet { id: 1, name: "std", log_blowup: 2, queries: 41, grinding: 20 };

/// Blowup 4, 88 queries: 100 bits by published theorems alone. The platform's default.
pub const PROVEN: ParameterSet = ParameterSet { id: 2, name: "proven", log_blowup: 2, queries: 88, grinding: 20 };

/// Blowup 16, 21 queries: the smallest proofs, about four times the proving time of `std`.
pub const COMPACT: ParameterSet = ParameterSet { id: 3, name: "compact", log_blowup: 4, queries: 21, grinding: 20 };

/// Blowup 2, 83 queries: about half the proving time of `std`.
pub const FAST: ParameterSet = ParameterSet { id: 4, name: "fast", log_blowup: 1, queries: 83, grinding: 20 };

impl ParameterSet {
    /// All sets by ascending id.
    pub const ALL: [Self; 4] = [STD, PROVEN, COMPACT, FAST];

    /// The set of an id.
    pub fn by_id(id: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|set| set.id == id)
    }

    /// The set of a name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|set| set.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_ascend_and_find_their_set() {
        assert_eq!(ParameterSet::ALL.map(|set| set.id), [1, 2, 3, 4]);
        for set in ParameterSet::ALL {
            assert_eq!(ParameterSet::by_id(set.id), Some(set));
            assert_eq!(ParameterSet::by_name(set.name), Some(set));
        }
        assert_eq!(ParameterSet::by_id(0), None);
        assert_eq!(ParameterSet::by_id(5), None);
        assert_eq!(ParameterSet::by_name("unsafe"), None);
    }
}
