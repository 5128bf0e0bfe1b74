use crate::wire::{DIGEST, Digests, ELEMENT, Elements, Reader, first_non_canonical, word};
use crate::{Commitment, Heights, Layout, proof_len};
use field::{Cubic, F3, Goldilocks};
use std::fmt;

/// The beginning of a proof: what all lengths follow from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofHeader<'a> {
    /// The parameter set it names.
    pub param_id: u16,
    /// How many segments it says it has.
    pub segments: u16,
    rest: &'a [u8],
}

impl<'a> ProofHeader<'a> {
    /// The first four bytes of a proof; `None` when it is shorter.
    pub fn read(proof: &'a [u8]) -> Option<Self> {
        let mut reader = Reader::new(proof);
        let (param_id, segments) = (reader.u16()?, reader.u16()?);
        Some(Self { param_id, segments, rest: reader.rest() })
    }

    /// The heights of the segments; `None` when the proof ends before.
    pub fn heights(&self) -> Option<Vec<Heights>> {
        let heights = self.rest.get(..16 * usize::from(self.segments))?;
        Some(heights.as_chunks::<16>().0.iter().map(|heights| Heights(*heights)).collect())
    }
}

/// A proof as it lies in memory: right in length, every field element canonical. Nothing is copied.
#[derive(Clone, Debug)]
pub struct ProofView<'a> {
    /// The segments.
    pub segments: Vec<SegmentView<'a>>,
}

/// One segment of a proof.
#[derive(Clone, Debug)]
pub struct SegmentView<'a> {
    /// The cap of MAIN.
    pub main_cap: Digests<'a>,
    /// U.
    pub bound: Elements<'a>,
    /// The cap of AUX.
    pub aux_cap: Digests<'a>,
    /// The sums of the present tables, by id.
    pub sums: Elements<'a>,
    /// The cap of QUOT.
    pub quotient_cap: Digests<'a>,
    /// The out-of-domain values.
    pub ood: Elements<'a>,
    /// The caps of the layers of FRI.
    pub fri_caps: Vec<Digests<'a>>,
    /// The final polynomial.
    pub final_poly: Elements<'a>,
    /// The proof of work.
    pub nonce: u64,
    queries: &'a [u8],
}

/// One tree opened at one position.
#[derive(Clone, Copy, Debug)]
pub struct OpeningView<'a> {
    /// The rows as they are hashed: numbers of the tree's matrices in hash order.
    pub rows: &'a [u8],
    /// The path.
    pub path: Digests<'a>,
}

impl OpeningView<'_> {
    /// Number `index` of the rows; 0 behind the last.
    pub fn value(&self, index: usize) -> Goldilocks {
        word(self.rows, index)
    }

    /// F3 value `index` of a leaf of FRI.
    pub fn element(&self, index: usize) -> F3 {
        Cubic([0, 1, 2].map(|i| self.value(3 * index + i)))
    }
}

impl<'a> ProofView<'a> {
    /// Takes a proof apart by its layouts, one for each segment (section 4.7 step 5).
    ///
    /// # Errors
    /// A length other than the layouts', or the first number that is not below the modulus.
    pub fn decode(proof: &'a [u8], layouts: &[Layout]) -> Result<Self, DecodeError> {
        let got = proof.len();
        let expected = proof_len(layouts);
        if expected != Some(got) {
            return Err(DecodeError::LengthMismatch { expected, got });
        }
        let mismatch = DecodeError::LengthMismatch { expected, got };
        let mut reader = Checked(Reader::new(proof));
        reader.0.take(4 + 16 * layouts.len()).ok_or(mismatch)?;
        let mut first = Vec::with_capacity(layouts.len());
        for layout in layouts {
            first.push((reader.cap(layout, Commitment::Main)?, reader.elements(layout.bound)?));
        }
        let mut segments = Vec::with_capacity(layouts.len());
        for (layout, (main_cap, bound)) in layouts.iter().zip(first) {
            let (aux_cap, sums) = (reader.cap(layout, Commitment::Aux)?, reader.elements(layout.tables.len())?);
            let (quotient_cap, ood) = (reader.cap(layout, Commitment::Quotient)?, reader.elements(layout.ood)?);
            let fri_caps = (0..layout.folds()).map(|layer| reader.cap(layout, Commitment::Fri(layer as u8))).collect::<Result<_, _>>()?;
            let final_poly = reader.elements(layout.final_len())?;
            let nonce = reader.0.u64().ok_or(DecodeError::LengthMismatch { expected, got })?;
            let queries = reader.queries(layout)?;
            segments.push(SegmentView { main_cap, bound, aux_cap, sums, quotient_cap, ood, fri_caps, final_poly, nonce, queries });
        }
        Ok(Self { segments })
    }
}

impl<'a> SegmentView<'a> {
    /// The openings of a query, in the order of [`Layout::trees`].
    pub fn query<'l>(&self, layout: &'l Layout, query: usize) -> impl Iterator<Item = OpeningView<'a>> + use<'a, 'l> {
        let bytes = layout.query_bytes();
        let mut reader = Reader::new(self.queries.get(query * bytes..).unwrap_or_default());
        layout.trees.iter().map_while(move |(_, shape)| {
            let rows = reader.take(8 * shape.width())?;
            Some(OpeningView { rows, path: Digests(reader.take(DIGEST * shape.path_nodes())?) })
        })
    }
}

/// A reader that lets no number at or above the modulus pass.
struct Checked<'a>(Reader<'a>);

impl<'a> Checked<'a> {
    fn bytes(&mut self, count: usize) -> Result<&'a [u8], DecodeError> {
        let expected = self.0.offset().checked_add(count);
        self.0.take(count).ok_or(DecodeError::LengthMismatch { expected, got: self.0.offset() + self.0.rest().len() })
    }

    fn numbers(&mut self, count: usize) -> Result<&'a [u8], DecodeError> {
        let offset = self.0.offset();
        let bytes = self.bytes(count)?;
        match first_non_canonical(bytes) {
            None => Ok(bytes),
            Some(index) => Err(DecodeError::NonCanonical { offset: offset + 8 * index }),
        }
    }

    fn elements(&mut self, count: usize) -> Result<Elements<'a>, DecodeError> {
        self.numbers(ELEMENT * count).map(Elements)
    }

    fn cap(&mut self, layout: &Layout, commitment: Commitment) -> Result<Digests<'a>, DecodeError> {
        self.bytes(layout.cap_bytes(commitment)).map(Digests)
    }

    fn queries(&mut self, layout: &Layout) -> Result<&'a [u8], DecodeError> {
        let all = self.0.rest();
        let start = self.0.offset();
        for _ in 0..layout.params.queries {
            for (_, shape) in &layout.trees {
                self.numbers(8 * shape.width())?;
                self.bytes(DIGEST * shape.path_nodes())?;
            }
        }
        Ok(&all[..self.0.offset() - start])
    }
}

/// Why bytes are no proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// Not as long as parameter set and heights say.
    LengthMismatch {
        /// What they say; `None` when it is too much to count.
        expected: Option<usize>,
        /// How long it is.
        got: usize,
    },
    /// A number of a field element that is not below the modulus.
    NonCanonical {
        /// Where it begins in the proof.
        offset: usize,
    },
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LengthMismatch { expected: Some(expected), got } => {
                write!(f, "the proof has {got} bytes; its parameter set and heights ask for {expected}")
            }
            Self::LengthMismatch { expected: None, got } => {
                write!(f, "the proof has {got} bytes; its parameter set and heights ask for more than can be counted")
            }
            Self::NonCanonical { offset } => write!(f, "the number at byte {offset} of the proof is not below the modulus"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Opening, PROVEN, ParameterSet, SegmentProof, Widths, encode_proof};
    use field::P;

    /// A proof of the right lengths, all numbers different.
    fn segment(layout: &Layout) -> SegmentProof {
        let mut counter = 0u64;
        let mut number = || {
            counter += 1;
            Goldilocks::new(counter)
        };
        let mut elements = |count: usize| (0..count).map(|_| Cubic([number(), number(), number()])).collect::<Vec<_>>();
        let (bound, sums, ood, final_poly) =
            (elements(layout.bound), elements(layout.tables.len()), elements(layout.ood), elements(layout.final_len()));
        let cap = |commitment, byte| vec![[byte; 32]; layout.cap_bytes(commitment) / 32];
        let opening = |shape: &crate::merkle::Shape| Opening {
            rows: (0..shape.width() as u64).map(Goldilocks::new).collect(),
            path: vec![[5; 32]; shape.path_nodes()],
        };
        let query = || layout.trees.iter().map(|(_, shape)| opening(shape)).collect::<Vec<_>>();
        SegmentProof {
            heights: layout.heights,
            main_cap: cap(Commitment::Main, 1),
            bound,
            aux_cap: cap(Commitment::Aux, 2),
            sums,
            quotient_cap: cap(Commitment::Quotient, 3),
            ood,
            fri_caps: (0..layout.folds()).map(|layer| cap(Commitment::Fri(layer as u8), 4)).collect(),
            final_poly,
            nonce: u64::MAX,
            queries: (0..layout.params.queries).map(|_| query()).collect(),
        }
    }

    fn layout(params: ParameterSet) -> Layout {
        let mut heights = Heights::NONE;
        (heights.0[0], heights.0[4], heights.0[6], heights.0[7]) = (9, 3, 2, 16);
        Layout::new(params, heights, &Widths::of_the_specification()).expect("good heights")
    }

    #[test]
    fn proofs_go_there_and_back() {
        for params in ParameterSet::ALL {
            let layout = layout(params);
            let (one, two) = (segment(&layout), segment(&layout));
            let bytes = encode_proof(&params, &[one.clone(), two]);
            let header = ProofHeader::read(&bytes).expect("a header");
            assert_eq!((header.param_id, header.segments), (params.id, 2));
            assert_eq!(header.heights(), Some(vec![layout.heights; 2]));
            let layouts = [layout.clone(), layout];
            let proof = ProofView::decode(&bytes, &layouts).expect("a proof");
            let view = &proof.segments[1];
            assert_eq!(view.bound.iter().collect::<Vec<_>>(), one.bound);
            assert_eq!(view.ood.iter().collect::<Vec<_>>(), one.ood);
            assert_eq!(view.sums.iter().collect::<Vec<_>>(), one.sums);
            assert_eq!(view.final_poly.iter().collect::<Vec<_>>(), one.final_poly);
            assert_eq!((view.nonce, view.fri_caps.len()), (u64::MAX, one.fri_caps.len()));
            assert!(view.aux_cap.iter().all(|digest| *digest == [2; 32]));
            for (opening, expected) in view.query(&layouts[0], params.queries - 1).zip(&one.queries[0]) {
                let rows: Vec<Goldilocks> = (0..expected.rows.len()).map(|i| opening.value(i)).collect();
                assert_eq!((rows, opening.path.len()), (expected.rows.clone(), expected.path.len()));
            }
            assert_eq!(view.query(&layouts[0], params.queries).count(), 0);
        }
    }

    #[test]
    fn other_lengths_and_numbers_are_refused() {
        let layout = layout(PROVEN);
        let bytes = encode_proof(&PROVEN, &[segment(&layout)]);
        let decode = |bytes: &[u8]| ProofView::decode(bytes, std::slice::from_ref(&layout)).map(|_| ());
        assert_eq!(decode(&bytes), Ok(()));
        for len in [0, 3, 4, 19, 20, bytes.len() / 2, bytes.len() - 1] {
            assert_eq!(decode(&bytes[..len]), Err(DecodeError::LengthMismatch { expected: Some(bytes.len()), got: len }));
        }
        let longer = [&bytes[..], &[0]].concat();
        assert_eq!(decode(&longer), Err(DecodeError::LengthMismatch { expected: Some(bytes.len()), got: longer.len() }));
        // U, a sum, an out-of-domain value, a coefficient and a row of the first and of the last query.
        let first = 20 + layout.cap_bytes(Commitment::Main);
        let second = 20 + layout.first_bytes();
        let sums = second + layout.cap_bytes(Commitment::Aux);
        let ood = sums + 24 * layout.tables.len() + layout.cap_bytes(Commitment::Quotient);
        let queries = bytes.len() - PROVEN.queries * layout.query_bytes();
        let coefficients = queries - 8 - 24 * layout.final_len();
        for offset in [first, first + 16, sums, ood, coefficients, queries, bytes.len() - layout.query_bytes()] {
            let mut other = bytes.clone();
            other[offset..offset + 8].copy_from_slice(&P.to_le_bytes());
            assert_eq!(decode(&other), Err(DecodeError::NonCanonical { offset }));
            other[offset..offset + 8].copy_from_slice(&(P - 1).to_le_bytes());
            assert_eq!(decode(&other), Ok(()));
        }
        assert_eq!(ProofHeader::read(&bytes[..3]), None);
        assert_eq!(ProofHeader::read(&bytes[..19]).and_then(|header| header.heights()), None);
    }
}
