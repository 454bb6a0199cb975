//! AVX2 with FMA, and AVX-512, for x86-64 processors that have them: found out at run time.

#[cfg(miri)]
mod interpreted;

#[cfg(not(miri))]
use core::arch::asm;
#[allow(clippy::wildcard_imports, reason = "every second line names one of its instructions")]
use core::arch::x86_64::*;

#[cfg(miri)]
use interpreted::{_mm512_cmp_ps_mask, _mm512_cvtpd_ps, _mm512_maskz_compress_epi32, _mm512_max_ps, _mm512_min_ps};

use super::simd::{ALL_BUT_FRACTION, Double, Four, ROOT_HALF, Simd, Vector};

macro_rules! x86_vector {
    ($name:ident, $register:ty, $number:ty, $lanes:literal, $doc:literal,
     $splat:ident $load:ident $store:ident $add:ident $sub:ident $mul:ident $mul_add:ident $neg_mul_add:ident
     $(, fours: |$x:ident, $four:ident| $store_four:ident $take_four:expr, reversed: $reversed:expr)?) => {
        #[doc = $doc]
        #[derive(Clone, Copy)]
        pub(super) struct $name($register);

        // SAFETY, for all of these: the trait's callers have made sure of the instructions and of the pointers.
        #[allow(unsafe_op_in_unsafe_fn, reason = "each function is one instruction, under the trait's conditions")]
        impl Vector for $name {
            type Number = $number;
            const LANES: usize = $lanes;

            #[inline(always)]
            unsafe fn splat(x: $number) -> Self {
                Self($splat(x))
            }
            #[inline(always)]
            unsafe fn load(from: *const $number) -> Self {
                Self($load(from))
            }
            #[inline(always)]
            unsafe fn store(self, to: *mut $number) {
                $store(to, self.0);
            }
            #[inline(always)]
            unsafe fn add(self, other: Self) -> Self {
                Self($add(self.0, other.0))
            }
            #[inline(always)]
            unsafe fn sub(self, other: Self) -> Self {
                Self($sub(self.0, other.0))
            }
            #[inline(always)]
            unsafe fn mul(self, other: Self) -> Self {
                Self($mul(self.0, other.0))
            }
            #[inline(always)]
            unsafe fn mul_add(self, factor: Self, addend: Self) -> Self {
                Self($mul_add(self.0, factor.0, addend.0))
            }
            #[inline(always)]
            unsafe fn neg_mul_add(self, factor: Self, addend: Self) -> Self {
                Self($neg_mul_add(self.0, factor.0, addend.0))
            }
            $(
            #[inline(always)]
            unsafe fn store_fours(self, to: *mut $number, stride: usize) {
                let $x = self.0;
                for $four in 0..$lanes / 4 {
                    $store_four(to.add($four * stride), $take_four);
                }
            }
            #[inline(always)]
            unsafe fn reverse_fours(self) -> Self {
                let $x = self.0;
                Self($reversed)
            }
            )?
        }
    };
}

macro_rules! x86_simd {
    ($name:ident, $div:ident $max:ident $min:ident $sqrt:ident
     $to_bits:ident $from_bits:ident $shift:ident $add_bits:ident $splat_bits:ident
     $sub_bits:ident $and_bits:ident $shift_down:ident $to_float:ident $(, list_positive: $list_positive:ident)?) => {
        // SAFETY, for all of these: as above.
        #[allow(unsafe_op_in_unsafe_fn, reason = "each function is a few instructions, under the trait's conditions")]
        impl Simd for $name {
            #[inline(always)]
            unsafe fn div(self, other: Self) -> Self {
                Self($div(self.0, other.0))
            }
            #[inline(always)]
            unsafe fn max(self, other: Self) -> Self {
                Self($max(self.0, other.0))
            }
            #[inline(always)]
            unsafe fn min(self, other: Self) -> Self {
                Self($min(self.0, other.0))
            }
            #[inline(always)]
            unsafe fn sqrt(self) -> Self {
                Self($sqrt(self.0))
            }
            #[inline(always)]
            unsafe fn exponent_of_low_bits(self) -> Self {
                let one = $splat_bits(1.0_f32.to_bits().cast_signed());
                Self($from_bits($add_bits($shift::<23>($to_bits(self.0)), one)))
            }
            #[inline(always)]
            unsafe fn exponent_and_fraction(self) -> (Self, Self) {
                let bits = $to_bits(self.0);
                let above = $sub_bits(bits, $splat_bits(ROOT_HALF.to_bits().cast_signed()));
                let fraction = $sub_bits(bits, $and_bits(above, $splat_bits(ALL_BUT_FRACTION)));
                (Self($to_float($shift_down::<23>(above))), Self($from_bits(fraction)))
            }
            $(
            #[inline(always)]
            unsafe fn list_positive(self, first: u32, to: *mut u32) -> usize {
                $list_positive(self.0, first, to)
            }
            )?
            #[cfg(not(miri))]
            #[inline(always)]
            unsafe fn opaque(mut x: *const f32, mut column: *const f32) -> (*const f32, *const f32) {
                asm!("/* {0} {1} */", inout(reg) x, inout(reg) column, options(nostack, preserves_flags));
                (x, column)
            }
        }
    };
}

x86_vector!(
    F32x4, __m128, f32, 4, "Four numbers, on a processor that has FMA.",
    _mm_set1_ps _mm_loadu_ps _mm_storeu_ps _mm_add_ps _mm_sub_ps _mm_mul_ps _mm_fmadd_ps _mm_fnmadd_ps
);
x86_vector!(
    F32x8, __m256, f32, 8, "Eight numbers in an AVX register.",
    _mm256_set1_ps _mm256_loadu_ps _mm256_storeu_ps _mm256_add_ps _mm256_sub_ps _mm256_mul_ps _mm256_fmadd_ps _mm256_fnmadd_ps,
    fours: |x, four| _mm_storeu_ps if four == 0 { _mm256_castps256_ps128(x) } else { _mm256_extractf128_ps::<1>(x) },
    reversed: _mm256_permute2f128_ps::<1>(x, x)
);
x86_vector!(
    F32x16, __m512, f32, 16, "Sixteen numbers in an AVX-512 register.",
    _mm512_set1_ps _mm512_loadu_ps _mm512_storeu_ps _mm512_add_ps _mm512_sub_ps _mm512_mul_ps _mm512_fmadd_ps _mm512_fnmadd_ps,
    fours: |x, four| _mm_storeu_ps match four {
        0 => _mm512_castps512_ps128(x),
        1 => _mm512_extractf32x4_ps::<1>(x),
        2 => _mm512_extractf32x4_ps::<2>(x),
        _ => _mm512_extractf32x4_ps::<3>(x),
    },
    reversed: _mm512_shuffle_f32x4::<0b00_01_10_11>(x, x)
);
x86_vector!(
    F64x4, __m256d, f64, 4, "Four numbers of double precision in an AVX register.",
    _mm256_set1_pd _mm256_loadu_pd _mm256_storeu_pd _mm256_add_pd _mm256_sub_pd _mm256_mul_pd _mm256_fmadd_pd _mm256_fnmadd_pd
);
x86_vector!(
    F64x8, __m512d, f64, 8, "Eight numbers of double precision in an AVX-512 register.",
    _mm512_set1_pd _mm512_loadu_pd _mm512_storeu_pd _mm512_add_pd _mm512_sub_pd _mm512_mul_pd _mm512_fmadd_pd _mm512_fnmadd_pd,
    fours: |x, four| _mm256_storeu_pd if four == 0 { _mm512_castpd512_pd256(x) } else { _mm512_extractf64x4_pd::<1>(x) },
    reversed: _mm512_shuffle_f64x2::<0b01_00_11_10>(x, x)
);
x86_simd!(
    F32x4, _mm_div_ps _mm_max_ps _mm_min_ps _mm_sqrt_ps
    _mm_castps_si128 _mm_castsi128_ps _mm_slli_epi32 _mm_add_epi32 _mm_set1_epi32
    _mm_sub_epi32 _mm_and_si128 _mm_srai_epi32 _mm_cvtepi32_ps
);
x86_simd!(
    F32x8, _mm256_div_ps _mm256_max_ps _mm256_min_ps _mm256_sqrt_ps
    _mm256_castps_si256 _mm256_castsi256_ps _mm256_slli_epi32 _mm256_add_epi32 _mm256_set1_epi32
    _mm256_sub_epi32 _mm256_and_si256 _mm256_srai_epi32 _mm256_cvtepi32_ps
);
x86_simd!(
    F32x16, _mm512_div_ps _mm512_max_ps _mm512_min_ps _mm512_sqrt_ps
    _mm512_castps_si512 _mm512_castsi512_ps _mm512_slli_epi32 _mm512_add_epi32 _mm512_set1_epi32
    _mm512_sub_epi32 _mm512_and_si512 _mm512_srai_epi32 _mm512_cvtepi32_ps, list_positive: list_positive
);

/// See [`Simd::list_positive`]: the numbers of all lanes, compressed to those whose mask is set.
#[inline(always)]
#[allow(unsafe_op_in_unsafe_fn, reason = "under the conditions of the trait")]
unsafe fn list_positive(x: __m512, first: u32, to: *mut u32) -> usize {
    let lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    let positive = _mm512_cmp_ps_mask::<_CMP_GT_OQ>(x, _mm512_setzero_ps());
    let numbers = _mm512_add_epi32(lanes, _mm512_set1_epi32(first.cast_signed()));
    _mm512_storeu_si512(to.cast(), _mm512_maskz_compress_epi32(positive, numbers));
    positive.count_ones() as usize
}

impl Double for F64x4 {
    type Single = F32x4;

    #[inline(always)]
    unsafe fn narrow(self) -> F32x4 {
        // SAFETY: the trait's callers have made sure of the instructions.
        F32x4(unsafe { _mm256_cvtpd_ps(self.0) })
    }
}

impl Double for F64x8 {
    type Single = F32x8;

    #[inline(always)]
    unsafe fn narrow(self) -> F32x8 {
        // SAFETY: the trait's callers have made sure of the instructions.
        F32x8(unsafe { _mm512_cvtpd_ps(self.0) })
    }
}

impl Four for F32x4 {
    type Double = F64x4;

    #[inline(always)]
    unsafe fn widen(self) -> F64x4 {
        // SAFETY: the trait's callers have made sure of the instructions.
        F64x4(unsafe { _mm256_cvtps_pd(self.0) })
    }
    #[inline(always)]
    unsafe fn transpose(rows: [Self; 4]) -> [Self; 4] {
        let [mut a, mut b, mut c, mut d] = rows.map(|row| row.0);
        // SAFETY: every x86-64 processor has SSE.
        unsafe { _MM_TRANSPOSE4_PS(&mut a, &mut b, &mut c, &mut d) };
        [a, b, c, d].map(Self)
    }
    #[inline(always)]
    unsafe fn reverse(self) -> Self {
        // SAFETY: every x86-64 processor has SSE.
        Self(unsafe { _mm_shuffle_ps::<0b00_01_10_11>(self.0, self.0) })
    }
}

/// Kernels for processors with AVX2 and FMA.
pub(super) mod avx2 {
    use super::{F32x4, F32x8, F64x4};
    use crate::kernels::entry_points;

    entry_points!(
        F32x8,
        F32x4,
        F64x4,
        #[target_feature(enable = "avx2,fma")],
        conv1: 2, conv2: 4, rectified: 8, dense: 2, beside: 4
    );
}

/// Kernels for processors with AVX-512 (F and VL).
pub(super) mod avx512 {
    use super::{F32x4, F32x16, F64x8};
    use crate::kernels::entry_points;

    entry_points!(
        F32x16,
        F32x4,
        F64x8,
        #[target_feature(enable = "avx512f,avx512vl,avx2,fma,popcnt")],
        conv1: 4, conv2: 4, rectified: 8, dense: 2, beside: 4
    );
}
