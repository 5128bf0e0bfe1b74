//! The compression function by the SHA extensions of x86, for one message or for two interleaved ones (the instructions' latency is
//! twice what one message can use).
use crate::State;
use crate::constants::K;
use std::arch::x86_64::*;

/// Takes 64-byte blocks into the state.
///
/// # Safety
/// The processor has SHA, SSSE3 and SSE4.1.
#[target_feature(enable = "sha,sse2,ssse3,sse4.1")]
pub(crate) unsafe fn compress(state: &mut State, blocks: &[u8]) {
    for block in blocks.chunks_exact(64) {
        let block = block.try_into().expect("chunks_exact(64) gives 64 bytes");
        rounds([state], [block]);
    }
}

/// Takes one block each into two states.
///
/// # Safety
/// The processor has SHA, SSSE3 and SSE4.1.
#[target_feature(enable = "sha,sse2,ssse3,sse4.1")]
pub(crate) unsafe fn compress2(states: [&mut State; 2], blocks: [&[u8; 64]; 2]) {
    rounds(states, blocks);
}

/// Clears the upper halves of the vector registers. SHA instructions have no VEX form: behind AVX code that left these halves dirty they
/// run tens of times slower on some processors (section 6.2).
///
/// # Safety
/// The processor has AVX.
#[target_feature(enable = "avx")]
pub(crate) unsafe fn clear_upper_halves() {
    _mm256_zeroupper();
}

#[inline]
#[target_feature(enable = "sha,sse2,ssse3,sse4.1")]
fn rounds<const N: usize>(states: [&mut State; N], blocks: [&[u8; 64]; N]) {
    // The instructions want the state as (A B E F) and (C D G H), highest word first.
    let zero = _mm_setzero_si128();
    let (mut abef, mut cdgh) = ([zero; N], [zero; N]);
    let mut w = [[zero; 4]; N];
    let big_endian = _mm_set_epi64x(0x0c0d_0e0f_0809_0a0b, 0x0405_0607_0001_0203);
    for n in 0..N {
        let abcd = _mm_shuffle_epi32(load(&states[n][..4]), 0xB1);
        let efgh = _mm_shuffle_epi32(load(&states[n][4..]), 0x1B);
        abef[n] = _mm_alignr_epi8(abcd, efgh, 8);
        cdgh[n] = _mm_blend_epi16(efgh, abcd, 0xF0);
        for i in 0..4 {
            // SAFETY: 16 bytes at 16 i, i < 4, lie in the block of 64; the load needs no alignment.
            let bytes = unsafe { _mm_loadu_si128(blocks[n].as_ptr().add(16 * i).cast()) };
            w[n][i] = _mm_shuffle_epi8(bytes, big_endian);
        }
    }
    let (abef_before, cdgh_before) = (abef, cdgh);
    for i in 0..16 {
        let k = load(&K[4 * i..4 * i + 4]);
        for n in 0..N {
            let [w0, w1, w2, w3] = w[n];
            let message = _mm_add_epi32(w0, k);
            cdgh[n] = _mm_sha256rnds2_epu32(cdgh[n], abef[n], message);
            abef[n] = _mm_sha256rnds2_epu32(abef[n], cdgh[n], _mm_shuffle_epi32(message, 0x0E));
            // The words of the last rounds need no successors; computing them anyway keeps the loop uniform.
            let sum = _mm_add_epi32(_mm_sha256msg1_epu32(w0, w1), _mm_alignr_epi8(w3, w2, 4));
            w[n] = [w1, w2, w3, _mm_sha256msg2_epu32(sum, w3)];
        }
    }
    for (n, state) in states.into_iter().enumerate() {
        let abef = _mm_shuffle_epi32(_mm_add_epi32(abef[n], abef_before[n]), 0x1B);
        let cdgh = _mm_shuffle_epi32(_mm_add_epi32(cdgh[n], cdgh_before[n]), 0xB1);
        let [abcd, efgh] = [_mm_blend_epi16(abef, cdgh, 0xF0), _mm_alignr_epi8(cdgh, abef, 8)];
        // SAFETY: a state is 32 bytes, two unaligned stores of 16.
        unsafe {
            _mm_storeu_si128(state.as_mut_ptr().cast(), abcd);
            _mm_storeu_si128(state.as_mut_ptr().add(4).cast(), efgh);
        }
    }
}

/// Four words.
#[inline]
#[target_feature(enable = "sse2")]
fn load(words: &[u32]) -> __m128i {
    assert!(words.len() == 4);
    // SAFETY: the slice holds 16 bytes; the load needs no alignment.
    unsafe { _mm_loadu_si128(words.as_ptr().cast()) }
}
