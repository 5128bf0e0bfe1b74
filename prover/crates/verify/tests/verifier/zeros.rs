//! A prover that commits to zeros.
use field::{F3, Goldilocks, Ring};
use loom_verify::widths;
use proto::merkle::{Shape, leaf};
use proto::{
    Attachments, Claim, Commitment, Digest, Heights, Image, Layout, Opening, ParameterSet, Receipt, SegmentProof, Transcript, Tree, Widths,
    encode_digests, encode_elements, encode_proof, proof_len,
};

/// The input of every claim.
pub const INPUT: &[u8] = b"eleven byte";

/// The output of every claim.
pub const OUTPUT: &[u8] = b"output";

/// log2 of the rows of ROM.
const ROM: u8 = 3;

/// The tree of a matrix whose rows are all the same: `value` again and again.
fn tree(shape: &Shape, value: F3) -> Tree {
    let mut digest: Option<Digest> = None;
    for class in &shape.classes {
        let row: Vec<u8> = (0..class.width()).flat_map(|i| value.0[i % 3].value().to_le_bytes()).collect();
        digest = Some(leaf(digest.as_ref(), &row));
    }
    Tree::from_leaves(vec![digest.expect("a class"); 1 << shape.height()])
}

/// An image whose program is zeros.
pub fn image() -> Image {
    let cap = |params: ParameterSet| tree(&Shape::single(u32::from(ROM) + params.log_blowup, 7), F3::ZERO).cap().to_vec();
    Image {
        isa_version: 1,
        translator_version: 1,
        init_pages: 1,
        max_pages: 2,
        instructions: 8,
        rom_log_height: ROM,
        module_sha256: [3; 32],
        rom_caps: ParameterSet::ALL.map(|params| (params.id, cap(params))).to_vec(),
    }
}

/// A receipt over zeros, and what may be done wrongly in it.
#[derive(Clone)]
pub struct Forgery {
    params: ParameterSet,
    /// The image.
    pub image: Image,
    /// The claim.
    pub claim: Claim,
    /// The binding values.
    pub bound: Vec<F3>,
    /// The sums.
    pub sums: Vec<F3>,
    /// The out-of-domain values.
    pub ood: Vec<F3>,
    /// What every value of each FRI layer is.
    pub layers: Vec<F3>,
    /// The constant that is sent as the final polynomial.
    pub final_value: F3,
    /// Whether the proof of work is done: else the nonce is 0, and changed until it is no proof of work.
    pub work: bool,
}

impl Forgery {
    /// Zeros.
    pub fn new(params: ParameterSet) -> Self {
        let image = image();
        let bytes = image.to_bytes();
        Self::with_image(params, image, &bytes)
    }

    /// Zeros for the claim about these bytes of an image; `image` is what the transcript takes.
    pub fn with_image(params: ParameterSet, image: Image, bytes: &[u8]) -> Self {
        let claim = Claim::of(proto::image_id(bytes), INPUT, OUTPUT, 0, 1000);
        let layout = layout(params);
        let zeros = |count| vec![F3::ZERO; count];
        Self {
            params,
            image,
            claim,
            bound: zeros(layout.bound),
            sums: zeros(layout.tables.len()),
            ood: zeros(layout.ood),
            layers: zeros(layout.folds()),
            final_value: F3::ZERO,
            work: true,
        }
    }

    /// The lengths of the proof.
    pub fn layout(&self) -> Layout {
        layout(self.params)
    }

    /// The length of the proof.
    pub fn proof_len(&self) -> usize {
        proof_len(&[self.layout()]).expect("small")
    }

    /// The proof.
    pub fn proof(&self) -> Vec<u8> {
        let layout = self.layout();
        let value = |commitment: &Commitment| match commitment {
            Commitment::Fri(layer) => self.layers[usize::from(*layer)],
            _ => F3::ZERO,
        };
        let trees: Vec<Tree> = layout.trees.iter().map(|(commitment, shape)| tree(shape, value(commitment))).collect();
        let cap = |commitment: Commitment| {
            let index = layout.trees.iter().position(|(name, _)| *name == commitment).expect("a tree of the layout");
            trees[index].cap().to_vec()
        };
        let mut segment = SegmentProof {
            heights: layout.heights,
            main_cap: cap(Commitment::Main),
            bound: self.bound.clone(),
            aux_cap: cap(Commitment::Aux),
            sums: self.sums.clone(),
            quotient_cap: cap(Commitment::Quotient),
            ood: self.ood.clone(),
            fri_caps: (0..layout.folds()).map(|layer| cap(Commitment::Fri(layer as u8))).collect(),
            final_poly: [vec![self.final_value], vec![F3::ZERO; layout.final_len() - 1]].concat(),
            nonce: 0,
            queries: Vec::new(),
        };
        let positions = self.transcript(&layout, &mut segment);
        let open = |position: usize| {
            let opening = |((commitment, shape), tree): (&(Commitment, Shape), &Tree)| {
                let (value, columns) = (value(commitment), 0..shape.width());
                let path = tree.path(position >> (layout.log_domain() - shape.height()));
                Opening { rows: columns.map(|column| value.0[column % 3]).collect::<Vec<Goldilocks>>(), path }
            };
            layout.trees.iter().zip(&trees).map(opening).collect()
        };
        segment.queries = positions.into_iter().map(open).collect();
        encode_proof(&self.params, &[segment])
    }

    /// The order of section 4.4; fills in the nonce and gives the positions.
    fn transcript(&self, layout: &Layout, segment: &mut SegmentProof) -> Vec<usize> {
        let (params, log_height) = (&self.params, layout.log_height);
        let rom_cap = self.image.rom_cap(params.id).unwrap_or(&[]);
        let mut transcript = Transcript::begin(params, 1, &self.claim, &[layout.heights], rom_cap, proto::lut_cap(params));
        transcript.main(params, log_height, &encode_digests(&segment.main_cap));
        transcript.bind(&encode_elements(&segment.bound));
        transcript.bus_challenges();
        let mut transcript = transcript.segment(0);
        transcript.aux(&encode_digests(&segment.aux_cap), &encode_elements(&segment.sums));
        transcript.quotient(params, log_height, &encode_digests(&segment.quotient_cap));
        transcript.out_of_domain(&encode_elements(&segment.ood));
        for (layer, cap) in segment.fri_caps.iter().enumerate() {
            transcript.fri(layer, &encode_digests(cap));
        }
        transcript.final_poly(&encode_elements(&segment.final_poly));
        segment.nonce = (0..).find(|nonce| transcript.accepts_work(params.grinding, *nonce) == self.work).expect("a nonce");
        transcript.queries(params, log_height, segment.nonce)
    }

    /// The receipt.
    pub fn receipt(&self) -> Vec<u8> {
        self.receipt_of(&self.proof())
    }

    /// The receipt of a proof.
    pub fn receipt_of(&self, proof: &[u8]) -> Vec<u8> {
        self.receipt_with(proof, &Attachments::default())
    }

    /// The receipt of a proof with attachments.
    pub fn receipt_with(&self, proof: &[u8], attachments: &Attachments<'_>) -> Vec<u8> {
        Receipt { claim: self.claim, proof: proof.to_vec() }.to_bytes(attachments).expect("small attachments")
    }
}

/// CPU of 2^9 rows (so that FRI folds twice), MEMB, INTAB and ROM; no LUT, whose columns are not zeros.
fn layout(params: ParameterSet) -> Layout {
    let mut heights = Heights::NONE;
    (heights.0[0], heights.0[4], heights.0[5], heights.0[Widths::ROM]) = (9, 3, 0, ROM);
    Layout::new(params, heights, &widths()).expect("good heights")
}
