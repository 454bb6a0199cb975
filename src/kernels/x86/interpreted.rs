//! The few instructions of AVX-512 that Miri does not know, lane by lane: so it can run that set's kernels too.

#![allow(unsafe_op_in_unsafe_fn, reason = "each function stands for an instruction, under its conditions")]

use core::arch::x86_64::{__m256, __m512, __m512d, __m512i, __mmask16, _CMP_GT_OQ};
use std::mem::transmute;

/// The second one where either is NaN, as the instruction has it.
pub(super) unsafe fn _mm512_max_ps(a: __m512, b: __m512) -> __m512 {
    lanes(a, b, |a, b| if a > b { a } else { b })
}

pub(super) unsafe fn _mm512_min_ps(a: __m512, b: __m512) -> __m512 {
    lanes(a, b, |a, b| if a < b { a } else { b })
}

unsafe fn lanes(a: __m512, b: __m512, of: fn(f32, f32) -> f32) -> __m512 {
    let (a, b): ([f32; 16], [f32; 16]) = (transmute(a), transmute(b));
    transmute::<[f32; 16], _>(std::array::from_fn(|lane| of(a[lane], b[lane])))
}

pub(super) unsafe fn _mm512_cvtpd_ps(a: __m512d) -> __m256 {
    transmute::<[f32; 8], _>(transmute::<_, [f64; 8]>(a).map(|x| x as f32))
}

/// Of the predicates only the one that is used.
pub(super) unsafe fn _mm512_cmp_ps_mask<const PREDICATE: i32>(a: __m512, b: __m512) -> __mmask16 {
    const { assert!(PREDICATE == _CMP_GT_OQ) };
    let (a, b): ([f32; 16], [f32; 16]) = (transmute(a), transmute(b));
    (0..16).filter(|&lane| a[lane] > b[lane]).fold(0, |mask, lane| mask | 1 << lane)
}

pub(super) unsafe fn _mm512_maskz_compress_epi32(mask: __mmask16, a: __m512i) -> __m512i {
    let a: [i32; 16] = transmute(a);
    let mut compressed = [0; 16];
    for (to, lane) in (0..16).filter(|lane| mask & 1 << lane != 0).enumerate() {
        compressed[to] = a[lane];
    }
    transmute(compressed)
}
