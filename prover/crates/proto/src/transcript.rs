use crate::domain::is_outside;
use crate::wire::encode_digests;
use crate::{BACKEND, Claim, Heights, ParameterSet, VERSION};
use field::{Cubic, F3, Goldilocks, Ring};
use hash::{Digest, Sha256, digest};

/// The state of the Fiat-Shamir transform (section 4.4). Challenges depend on everything absorbed before them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transcript {
    state: Digest,
}

impl Transcript {
    /// st0.
    pub fn new() -> Self {
        Self { state: digest(b"loom/stark/v1") }
    }

    /// The state, for known answers.
    pub fn state(&self) -> Digest {
        self.state
    }

    /// Takes bytes into the state, under a label.
    pub fn absorb(&mut self, label: u32, bytes: &[u8]) {
        let mut hash = Sha256::new();
        hash.update(b"loom/fs/abs");
        hash.update(&self.state);
        hash.update(&label.to_le_bytes());
        hash.update(&(bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
        self.state = hash.finish();
    }

    /// A challenge: three words below the modulus; the state moves on.
    pub fn challenge(&mut self) -> F3 {
        let mut accepted = self.words().filter_map(Goldilocks::from_canonical);
        let mut next = || accepted.next().unwrap_or(Goldilocks::ZERO);
        let challenge = Cubic([next(), next(), next()]);
        self.advance();
        challenge
    }

    /// A challenge outside the domains of a segment, drawn again until it is: zeta and zeta0.
    pub fn challenge_outside(&mut self, log_height: u32, log_blowup: u32) -> F3 {
        loop {
            let challenge = self.challenge();
            if is_outside(challenge, log_height, log_blowup) {
                return challenge;
            }
        }
    }

    /// The positions to open: the low `bits` bits of one word each, from one running stream.
    pub fn positions(&self, count: usize, bits: u32) -> Vec<usize> {
        let mask = (1u64 << bits) - 1;
        self.words().take(count).map(|word| (word & mask) as usize).collect()
    }

    /// Whether a nonce is a proof of work of `bits` leading zero bits.
    pub fn accepts_work(&self, bits: u32, nonce: u64) -> bool {
        let mut message = [0; 51];
        message[..11].copy_from_slice(b"loom/fs/pow");
        message[11..43].copy_from_slice(&self.state);
        message[43..].copy_from_slice(&nonce.to_le_bytes());
        let value = digest(&message);
        let [first, ..] = value.as_chunks::<8>().0 else { return false };
        u64::from_be_bytes(*first).leading_zeros() >= bits
    }

    /// The 8-byte words of squeezed blocks 0, 1, ..; endless.
    fn words(&self) -> impl Iterator<Item = u64> + use<> {
        let state = self.state;
        (0u32..=u32::MAX).flat_map(move |block| {
            let mut hash = Sha256::new();
            hash.update(b"loom/fs/sqz");
            hash.update(&state);
            hash.update(&block.to_le_bytes());
            let block = hash.finish();
            let (words, _) = block.as_chunks::<8>();
            <[u64; 4]>::try_from(words.iter().map(|word| u64::from_le_bytes(*word)).collect::<Vec<_>>()).unwrap_or_default()
        })
    }

    fn advance(&mut self) {
        let mut hash = Sha256::new();
        hash.update(b"loom/fs/adv");
        hash.update(&self.state);
        self.state = hash.finish();
    }
}

/// The order of section 4.4, one function for each step, so that prover and verifier cannot differ in labels or encodings.
impl Transcript {
    /// Steps 1 to 3.
    pub fn begin(params: &ParameterSet, segments: u16, claim: &Claim, heights: &[Heights], rom_cap: &[Digest], lut_cap: &[Digest]) -> Self {
        let mut transcript = Self::new();
        let mut first = Vec::new();
        first.extend(VERSION.to_le_bytes());
        first.extend(BACKEND.to_le_bytes());
        first.extend(0u32.to_le_bytes());
        first.extend(params.id.to_le_bytes());
        first.extend(segments.to_le_bytes());
        first.extend(claim.image_id);
        first.extend(claim.to_bytes());
        transcript.absorb(1, &first);
        let heights: Vec<u8> = heights.iter().flat_map(|heights| heights.0).collect();
        transcript.absorb(2, &heights);
        transcript.absorb(3, &[encode_digests(rom_cap), encode_digests(lut_cap)].concat());
        transcript
    }

    /// Step 4, first half: the encoded cap of MAIN of a segment gives its zeta0.
    pub fn main(&mut self, params: &ParameterSet, log_height: u32, main_cap: &[u8]) -> F3 {
        self.absorb(4, main_cap);
        self.challenge_outside(log_height, params.log_blowup)
    }

    /// Step 4, second half: the encoded binding values U.
    pub fn bind(&mut self, bound: &[u8]) {
        self.absorb(0x20, bound);
    }

    /// The end of step 4: alpha, then beta.
    pub fn bus_challenges(&mut self) -> (F3, F3) {
        (self.challenge(), self.challenge())
    }

    /// A copy for segment t.
    pub fn segment(&self, t: u32) -> Self {
        let mut copy = self.clone();
        copy.absorb(0x40, &t.to_le_bytes());
        copy
    }

    /// Step 5: the encoded cap of AUX and the encoded sums give lambda.
    pub fn aux(&mut self, aux_cap: &[u8], sums: &[u8]) -> F3 {
        self.absorb(5, &[aux_cap, sums].concat());
        self.challenge()
    }

    /// Step 6: the encoded cap of QUOT gives zeta.
    pub fn quotient(&mut self, params: &ParameterSet, log_height: u32, quotient_cap: &[u8]) -> F3 {
        self.absorb(6, quotient_cap);
        self.challenge_outside(log_height, params.log_blowup)
    }

    /// Step 7: the encoded out-of-domain values give delta.
    pub fn out_of_domain(&mut self, ood: &[u8]) -> F3 {
        self.absorb(7, ood);
        self.challenge()
    }

    /// Step 8: the encoded cap of FRI layer `layer` gives its phi.
    pub fn fri(&mut self, layer: usize, cap: &[u8]) -> F3 {
        self.absorb(0x80 + layer as u32, cap);
        self.challenge()
    }

    /// Step 9: the encoded final polynomial.
    pub fn final_poly(&mut self, coefficients: &[u8]) {
        self.absorb(9, coefficients);
    }

    /// Step 10 (the proof of work has been checked or done) and step 11: the positions.
    pub fn queries(&mut self, params: &ParameterSet, log_height: u32, nonce: u64) -> Vec<usize> {
        self.absorb(10, &nonce.to_le_bytes());
        self.positions(params.queries, log_height + params.log_blowup)
    }
}

impl Default for Transcript {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{PROVEN, STD, encode_elements};

    fn hex(digest: Digest) -> String {
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn the_first_state_is_the_one_of_appendix_a() {
        assert_eq!(hex(Transcript::new().state()), "e05f9e343e97a71b0bee48fe82d2cedc38c6b2158bf3aaea9857501b6c510b99");
    }

    /// Each message written out by hand from section 4.4.
    #[test]
    fn the_messages_of_the_specification() {
        let st0 = digest(b"loom/stark/v1");
        let mut transcript = Transcript::new();
        transcript.absorb(7, b"xyz");
        let message = [&b"loom/fs/abs"[..], &st0, &7u32.to_le_bytes(), &3u64.to_le_bytes(), b"xyz"].concat();
        let st1 = digest(&message);
        assert_eq!(transcript.state(), st1);
        let block = |i: u32| digest(&[&b"loom/fs/sqz"[..], &st1, &i.to_le_bytes()].concat());
        let word = |i: usize| u64::from_le_bytes(block(i as u32 / 4)[8 * (i % 4)..8 * (i % 4) + 8].try_into().expect("8 bytes"));
        let positions: Vec<usize> = (0..9).map(|i| (word(i) & 0x3FF) as usize).collect();
        assert_eq!(transcript.positions(9, 10), positions);
        let challenge = transcript.challenge();
        assert_eq!(challenge, Cubic([word(0), word(1), word(2)].map(Goldilocks::new)), "these three words are below the modulus");
        assert_eq!(transcript.state(), digest(&[&b"loom/fs/adv"[..], &st1].concat()));
    }

    #[test]
    fn work_is_counted_in_leading_zero_bits() {
        let transcript = Transcript::new();
        let nonce = (0..).find(|nonce| transcript.accepts_work(10, *nonce)).expect("one in 1024");
        let value = digest(&[&b"loom/fs/pow"[..], &transcript.state(), &nonce.to_le_bytes()].concat());
        assert_eq!((value[0], value[1] >> 6), (0, 0));
        assert!((0..nonce).all(|nonce| !transcript.accepts_work(10, nonce)));
    }

    /// Runs the whole order of section 4.4 over `items`, one flat list of what is absorbed, and returns every challenge.
    fn challenges(items: &[Vec<u8>]) -> Vec<Vec<u8>> {
        let params = if items[0][0] == 0 { PROVEN } else { STD };
        let claim = Claim { exit_code: u32::from(items[2][0]), ..Claim::of([items[1][0]; 32], b"", b"", 0, 1) };
        let heights = [Heights([items[3][0]; 16])];
        let cap = |item: &Vec<u8>| vec![[item[0]; 32]; 2];
        let mut out = Vec::new();
        let mut transcript = Transcript::begin(&params, 1, &claim, &heights, &cap(&items[4]), &cap(&items[5]));
        let mut named = |challenge: F3| out.push(encode_elements(&[challenge]));
        named(transcript.main(&STD, 8, &items[6]));
        transcript.bind(&items[7]);
        let (alpha, beta) = transcript.bus_challenges();
        named(alpha);
        named(beta);
        let mut transcript = transcript.segment(u32::from(items[8][0]));
        named(transcript.aux(&items[9], &items[10]));
        named(transcript.quotient(&STD, 8, &items[11]));
        named(transcript.out_of_domain(&items[12]));
        named(transcript.fri(0, &items[13]));
        named(transcript.fri(1, &items[14]));
        transcript.final_poly(&items[15]);
        let nonce = u64::from(items[16][0]);
        let positions = transcript.queries(&STD, 20, nonce);
        out.push(positions.iter().flat_map(|position| position.to_le_bytes()).collect());
        out
    }

    /// How many challenges (zeta0, alpha, beta, lambda, zeta, delta, phi_0, phi_1, positions) come before each absorbed item.
    const BEFORE: [usize; 17] = [0, 0, 0, 0, 0, 0, 0, 1, 3, 3, 3, 4, 5, 6, 7, 8, 8];

    #[test]
    fn every_absorbed_item_changes_every_challenge_behind_it() {
        let items: Vec<Vec<u8>> = (0..17u8).map(|i| vec![i; 24]).collect();
        let honest = challenges(&items);
        assert_eq!(honest.len(), 9);
        for (item, before) in BEFORE.into_iter().enumerate() {
            let mut other = items.clone();
            other[item][0] ^= 0x40;
            let challenges = challenges(&other);
            for (i, (now, then)) in challenges.iter().zip(&honest).enumerate() {
                assert_eq!(now == then, i < before, "item {item}, challenge {i}");
            }
        }
    }

    #[test]
    fn lengths_and_labels_separate() {
        let state = |calls: &[(u32, &[u8])]| {
            let mut transcript = Transcript::new();
            calls.iter().for_each(|(label, bytes)| transcript.absorb(*label, bytes));
            transcript.state()
        };
        assert_ne!(state(&[(1, b"ab")]), state(&[(1, b"a"), (1, b"b")]));
        assert_ne!(state(&[(1, b"ab")]), state(&[(2, b"ab")]));
        assert_ne!(state(&[(1, b"")]), state(&[]));
    }
}
