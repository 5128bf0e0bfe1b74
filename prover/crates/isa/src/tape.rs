/// Words of the tape of `len` bytes: the header, then 8 bytes a word.
pub fn words_of(len: u64) -> u64 {
    1 + len.div_ceil(8)
}

/// The input tape: header (len, 0), then the bytes, zero padded, as (lo, hi) pairs (section 1.4).
pub fn input_tape(input: &[u8]) -> Vec<(u32, u32)> {
    tape(input, 0)
}

/// The output tape: header (len, exit code), then the bytes.
pub fn output_tape(output: &[u8], exit_code: u32) -> Vec<(u32, u32)> {
    tape(output, exit_code)
}

fn tape(bytes: &[u8], second: u32) -> Vec<(u32, u32)> {
    let len = u32::try_from(bytes.len()).expect("tapes hold less than 4 GiB");
    let mut words = Vec::with_capacity(1 + bytes.len().div_ceil(8));
    words.push((len, second));
    for chunk in bytes.chunks(8) {
        let mut word = [0u8; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        let value = u64::from_le_bytes(word);
        words.push((value as u32, (value >> 32) as u32));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tape_is_a_header_and_padded_words() {
        assert_eq!(input_tape(&[]), [(0, 0)]);
        assert_eq!(output_tape(&[1, 2, 3, 4, 5, 6, 7, 8, 9], 6), [(9, 6), (0x0403_0201, 0x0807_0605), (9, 0)]);
        assert_eq!(words_of(9), 3);
    }
}
