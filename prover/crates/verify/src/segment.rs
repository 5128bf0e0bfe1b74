use crate::VerifyError;
use crate::identity::{Claimed, holds};
use crate::queries::{Queries, QueryError};
use air::Challenges;
use field::F3;
use proto::{Commitment, Digest, Digests, Layout, SegmentView, Transcript, Widths, domain};

/// One segment with what has been drawn before it.
pub(crate) struct Segment<'a> {
    /// Its number.
    pub number: usize,
    /// Its lengths.
    pub layout: &'a Layout,
    /// Its part of the proof.
    pub view: &'a SegmentView<'a>,
    /// The widths of the tables.
    pub widths: &'a Widths,
    /// The ROM cap of the image for the parameter set.
    pub rom_cap: &'a [Digest],
    /// The LUT cap of the parameter set.
    pub lut_cap: &'a [Digest],
    /// alpha and beta.
    pub challenges: &'a Challenges,
    /// zeta0 of the segment.
    pub zeta0: F3,
}

impl Segment<'_> {
    /// Transcript steps 5 to 11 and the checks of section 4.7 step 8. Gives the sum of the segment's tables.
    pub fn verify(&self, mut transcript: Transcript) -> Result<F3, VerifyError> {
        let (layout, view) = (self.layout, self.view);
        let (params, log_height) = (&layout.params, layout.log_height);
        let lambda = transcript.aux(view.aux_cap.bytes(), view.sums.bytes());
        let zeta = transcript.quotient(params, log_height, view.quotient_cap.bytes());
        let delta = transcript.out_of_domain(view.ood.bytes());
        let phis: Vec<F3> = view.fri_caps.iter().enumerate().map(|(layer, cap)| transcript.fri(layer, cap.bytes())).collect();
        transcript.final_poly(view.final_poly.bytes());

        let (ood, sums): (Vec<F3>, Vec<F3>) = (view.ood.iter().collect(), view.sums.iter().collect());
        let claimed = Claimed { ood: &ood, sums: &sums, challenges: self.challenges, lambda, zeta };
        if !holds(layout, self.widths, &claimed) {
            return Err(VerifyError::ConstraintIdentity { segment: self.number });
        }
        if !transcript.accepts_work(params.grinding, view.nonce) {
            return Err(VerifyError::Grinding { segment: self.number, expected: params.grinding, nonce: view.nonce });
        }
        let positions = transcript.queries(params, log_height, view.nonce);
        let points = [zeta, zeta * domain::omega(log_height), self.zeta0];
        let values = ood.iter().copied().chain(view.bound.iter());
        let queries = Queries::new(layout, view, self.caps(), points, values, delta, &phis);
        for (query, position) in positions.into_iter().enumerate() {
            queries.check(query, position).map_err(|error| self.error(query, error))?;
        }
        Ok(sums.into_iter().fold(F3::default(), |sum, table| sum + table))
    }

    /// The caps of the trees in the order of the layout.
    fn caps(&self) -> Vec<Digests<'_>> {
        let cap = |commitment: &Commitment| match *commitment {
            Commitment::Rom => Digests::from(self.rom_cap),
            Commitment::Lut => Digests::from(self.lut_cap),
            Commitment::Main => self.view.main_cap,
            Commitment::Aux => self.view.aux_cap,
            Commitment::Quotient => self.view.quotient_cap,
            Commitment::Fri(layer) => self.view.fri_caps.get(usize::from(layer)).copied().unwrap_or(Digests::from(&[][..])),
        };
        self.layout.trees.iter().map(|(commitment, _)| cap(commitment)).collect()
    }

    fn error(&self, query: usize, error: QueryError) -> VerifyError {
        let segment = self.number;
        match error {
            QueryError::Path(commitment) => VerifyError::MerklePath { segment, query, commitment },
            QueryError::Deep => VerifyError::DeepValue { segment, query },
            QueryError::Fold(layer) => VerifyError::FriFold { segment, query, layer },
            QueryError::Final => VerifyError::FinalPolynomial { segment, query },
        }
    }
}
