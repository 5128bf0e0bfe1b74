//! The compression function for eight messages, one in each 32-bit lane of AVX2 vectors.
use crate::batch::Block;
use crate::constants::K;
use std::arch::x86_64::*;

macro_rules! rotate {
    ($x:expr, $n:literal) => {
        _mm256_or_si256(_mm256_srli_epi32($x, $n), _mm256_slli_epi32($x, 32 - $n))
    };
}

macro_rules! xor {
    ($x:expr, $y:expr, $z:expr) => {
        _mm256_xor_si256(_mm256_xor_si256($x, $y), $z)
    };
}

/// Takes one block of each message into the states; `states[i][lane]` is word i of the message in `lane`.
///
/// # Safety
/// The processor has AVX2.
#[target_feature(enable = "avx2")]
pub(crate) unsafe fn compress8(states: &mut [[u32; 8]; 8], block: &Block) {
    let mut s = [_mm256_setzero_si256(); 8];
    for (vector, words) in s.iter_mut().zip(&*states) {
        *vector = load(words.as_ptr());
    }
    let before = s;
    let mut w = message_words(block);
    for quarter in 0..4 {
        if quarter > 0 {
            for t in 0..16 {
                w[t] = next_word(&w, t);
            }
        }
        for t in 0..16 {
            round(&mut s, _mm256_add_epi32(w[t], _mm256_set1_epi32(K[16 * quarter + t] as i32)));
        }
    }
    for ((words, vector), old) in states.iter_mut().zip(s).zip(before) {
        // SAFETY: the eight words are 32 bytes; the store needs no alignment.
        unsafe { _mm256_storeu_si256(words.as_mut_ptr().cast(), _mm256_add_epi32(vector, old)) };
    }
}

/// w(t) from the 16 words before it, which `w` holds as a ring.
#[inline]
#[target_feature(enable = "avx2")]
fn next_word(w: &[__m256i; 16], t: usize) -> __m256i {
    let (w15, w2) = (w[(t + 1) % 16], w[(t + 14) % 16]);
    let s0 = xor!(rotate!(w15, 7), rotate!(w15, 18), _mm256_srli_epi32(w15, 3));
    let s1 = xor!(rotate!(w2, 17), rotate!(w2, 19), _mm256_srli_epi32(w2, 10));
    _mm256_add_epi32(_mm256_add_epi32(w[t], s0), _mm256_add_epi32(w[(t + 9) % 16], s1))
}

/// One round with the sum of message word and round constant.
#[inline]
#[target_feature(enable = "avx2")]
fn round(s: &mut [__m256i; 8], word: __m256i) {
    let [a, b, c, d, e, f, g, h] = *s;
    let s1 = xor!(rotate!(e, 6), rotate!(e, 11), rotate!(e, 25));
    let choice = _mm256_xor_si256(g, _mm256_and_si256(e, _mm256_xor_si256(f, g)));
    let t1 = _mm256_add_epi32(_mm256_add_epi32(h, s1), _mm256_add_epi32(choice, word));
    let s0 = xor!(rotate!(a, 2), rotate!(a, 13), rotate!(a, 22));
    let majority = _mm256_or_si256(_mm256_and_si256(a, b), _mm256_and_si256(c, _mm256_or_si256(a, b)));
    *s = [_mm256_add_epi32(t1, _mm256_add_epi32(s0, majority)), a, b, c, _mm256_add_epi32(d, t1), e, f, g];
}

/// The 16 message words: the halves of the 8-byte words, big-endian.
#[inline]
#[target_feature(enable = "avx2")]
fn message_words(block: &Block) -> [__m256i; 16] {
    let half = _mm_set_epi64x(0x0c0d_0e0f_0809_0a0b, 0x0405_0607_0001_0203);
    let big_endian = _mm256_broadcastsi128_si256(half);
    let mut w = [_mm256_setzero_si256(); 16];
    for (i, lanes) in block.iter().enumerate() {
        let a = _mm256_castsi256_ps(_mm256_shuffle_epi8(load(lanes.as_ptr()), big_endian));
        let b = _mm256_castsi256_ps(_mm256_shuffle_epi8(load(lanes[4..].as_ptr()), big_endian));
        // shuffle_ps works in halves of 128 bits and gives lanes 0 1 4 5 2 3 6 7; the permutation puts them in order.
        w[2 * i] = _mm256_permute4x64_epi64(_mm256_castps_si256(_mm256_shuffle_ps(a, b, 0x88)), 0xD8);
        w[2 * i + 1] = _mm256_permute4x64_epi64(_mm256_castps_si256(_mm256_shuffle_ps(a, b, 0xDD)), 0xD8);
    }
    w
}

/// 32 bytes; every caller points at that many.
#[inline]
#[target_feature(enable = "avx2")]
fn load<T>(words: *const T) -> __m256i {
    // SAFETY: the callers in this file point at four u64 or eight u32; the load needs no alignment.
    unsafe { _mm256_loadu_si256(words.cast()) }
}
