use crate::VerifyError;
use air::{Bus, Challenges};
use field::{F3, Goldilocks, Ring};
use proto::Claim;

/// 4 W, the key behind every address (section 3.8).
const KEY_END: u64 = 4 << 32;

/// What the verifier itself puts on the buses (section 4.7 step 9). One fraction is kept, so that there is one inversion and no list.
struct Fraction<'a> {
    challenges: &'a Challenges,
    numerator: F3,
    denominator: F3,
}

impl Fraction<'_> {
    /// + 1/d, or - 1/d when it is received.
    fn add(&mut self, sent: bool, bus: Bus, tuple: &[Goldilocks]) {
        let d = self.challenges.fingerprint(bus, tuple);
        let numerator = self.numerator * d;
        self.numerator = if sent { numerator + self.denominator } else { numerator - self.denominator };
        self.denominator *= d;
    }

    /// A tape: its header, then its bytes, eight at a time (section 1.4).
    fn tape(&mut self, sent: bool, bus: Bus, header: (u32, u32), bytes: &[u8]) {
        self.add(sent, bus, &[Goldilocks::ZERO, header.0.into(), header.1.into()]);
        for (index, chunk) in (1u64..).zip(bytes.chunks(8)) {
            let mut word = [0; 8];
            for (byte, value) in word.iter_mut().zip(chunk) {
                *byte = *value;
            }
            let word = u64::from_le_bytes(word);
            self.add(sent, bus, &[Goldilocks::new(index), (word as u32).into(), ((word >> 32) as u32).into()]);
        }
    }
}

/// PUB: start, end, the ends of the order of keys, input and output.
///
/// # Errors
/// [`VerifyError::ZeroFingerprint`] if a fingerprint is 0.
pub(crate) fn public_sum(challenges: &Challenges, claim: &Claim, init_pages: u32, input: &[u8], output: &[u8]) -> Result<F3, VerifyError> {
    let number = Goldilocks::new;
    let mut sum = Fraction { challenges, numerator: F3::ZERO, denominator: F3::ONE };
    sum.add(true, Bus::Exec, &[number(0), number(0), number(4), init_pages.into()]);
    sum.add(false, Bus::Halt, &[number(4) * number(claim.cycles)]);
    sum.add(true, Bus::Mord, &[number(0)]);
    sum.add(false, Bus::Mord, &[number(KEY_END)]);
    // Both lengths have been found to be below 2^32.
    sum.tape(true, Bus::Pin, (claim.input_len as u32, 0), input);
    sum.tape(false, Bus::Pout, (claim.output_len as u32, claim.exit_code), output);
    if sum.denominator == F3::ZERO { Err(VerifyError::ZeroFingerprint) } else { Ok(sum.numerator * sum.denominator.inverse()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use air::Public;
    use proto::Transcript;

    /// The arithmetisation's own list of public terms, which the checker of traces uses.
    #[test]
    fn the_sum_is_that_of_the_arithmetisation() {
        let mut transcript = Transcript::new();
        let challenges = Challenges::new(transcript.challenge(), transcript.challenge());
        for (input, output, exit_code) in [(&b""[..], &b""[..], 0), (b"12345678", b"1", 0), (b"123456789", b"", 6)] {
            let claim = Claim::of([1; 32], input, output, exit_code, 1000);
            let words = |len: usize, second: u32, bytes: &[u8]| {
                let word = |chunk: &[u8], from: usize| (0..4).map(|i| u32::from(*chunk.get(from + i).unwrap_or(&0)) << (8 * i)).sum();
                let rest = bytes.chunks(8).map(move |chunk| (word(chunk, 0), word(chunk, 4)));
                [(len as u32, second)].into_iter().chain(rest).collect::<Vec<(u32, u32)>>()
            };
            let public =
                Public { init_pages: 3, cycles: 1000, input: words(input.len(), 0, input), output: words(output.len(), exit_code, output) };
            assert_eq!(public_sum(&challenges, &claim, 3, input, output).ok(), public.sum(&challenges));
        }
    }

    #[test]
    fn a_fingerprint_of_zero_is_refused() {
        let mut transcript = Transcript::new();
        let claim = Claim::of([1; 32], b"", b"", 0, 1);
        let beta = transcript.challenge();
        // alpha chosen so that MORD(0) has fingerprint alpha + 13 = 0.
        let challenges = Challenges::new(-F3::of(Bus::Mord as u64), beta);
        assert_eq!(public_sum(&challenges, &claim, 1, b"", b""), Err(VerifyError::ZeroFingerprint));
    }
}
