//! NEON, for 64-bit Arm processors: all of them in practice, and looked for at run time all the same.
//!
//! A register holds four numbers and there are 32, which leaves room for 16 sums in a tile: as many as it takes to keep
//! four multiply-add units busy that each need four cycles for a result.

#[allow(clippy::wildcard_imports, reason = "every second line names one of its instructions")]
use core::arch::aarch64::*;

use super::entry_points;
use super::simd::{ALL_BUT_FRACTION, Double, Four, ROOT_HALF, Simd, Vector};

/// Four numbers in a NEON register.
#[derive(Clone, Copy)]
pub(super) struct F32x4(float32x4_t);

// SAFETY, for all of these: the trait's callers have made sure of the instructions and of the pointers.
#[allow(unsafe_op_in_unsafe_fn, reason = "each function is one instruction, under the trait's conditions")]
impl Vector for F32x4 {
    type Number = f32;
    const LANES: usize = 4;

    #[inline(always)]
    unsafe fn splat(x: f32) -> Self {
        Self(vdupq_n_f32(x))
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        Self(vld1q_f32(from))
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        vst1q_f32(to, self.0);
    }
    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        Self(vaddq_f32(self.0, other.0))
    }
    #[inline(always)]
    unsafe fn sub(self, other: Self) -> Self {
        Self(vsubq_f32(self.0, other.0))
    }
    #[inline(always)]
    unsafe fn mul(self, other: Self) -> Self {
        Self(vmulq_f32(self.0, other.0))
    }
    #[inline(always)]
    unsafe fn mul_add(self, factor: Self, addend: Self) -> Self {
        Self(vfmaq_f32(addend.0, self.0, factor.0))
    }
    #[inline(always)]
    unsafe fn neg_mul_add(self, factor: Self, addend: Self) -> Self {
        Self(vfmsq_f32(addend.0, self.0, factor.0))
    }
}

// SAFETY, for all of these: as above.
#[allow(unsafe_op_in_unsafe_fn, reason = "each function is a few instructions, under the trait's conditions")]
impl Simd for F32x4 {
    #[inline(always)]
    unsafe fn div(self, other: Self) -> Self {
        Self(vdivq_f32(self.0, other.0))
    }
    #[inline(always)]
    unsafe fn max(self, other: Self) -> Self {
        Self(vmaxnmq_f32(self.0, other.0))
    }
    #[inline(always)]
    unsafe fn min(self, other: Self) -> Self {
        Self(vminnmq_f32(self.0, other.0))
    }
    #[inline(always)]
    unsafe fn sqrt(self) -> Self {
        Self(vsqrtq_f32(self.0))
    }
    #[inline(always)]
    unsafe fn exponent_of_low_bits(self) -> Self {
        let one = vdupq_n_u32(1.0_f32.to_bits());
        Self(vreinterpretq_f32_u32(vaddq_u32(vshlq_n_u32::<23>(vreinterpretq_u32_f32(self.0)), one)))
    }
    #[inline(always)]
    unsafe fn exponent_and_fraction(self) -> (Self, Self) {
        let bits = vreinterpretq_s32_f32(self.0);
        let above = vsubq_s32(bits, vdupq_n_s32(ROOT_HALF.to_bits().cast_signed()));
        let fraction = vsubq_s32(bits, vandq_s32(above, vdupq_n_s32(ALL_BUT_FRACTION)));
        (Self(vcvtq_f32_s32(vshrq_n_s32::<23>(above))), Self(vreinterpretq_f32_s32(fraction)))
    }
}

/// Four numbers of double precision in two NEON registers.
#[derive(Clone, Copy)]
pub(super) struct F64x4(float64x2_t, float64x2_t);

// SAFETY, for all of these: as above.
#[allow(unsafe_op_in_unsafe_fn, reason = "each function is one instruction twice, under the trait's conditions")]
impl Vector for F64x4 {
    type Number = f64;
    const LANES: usize = 4;

    #[inline(always)]
    unsafe fn splat(x: f64) -> Self {
        Self(vdupq_n_f64(x), vdupq_n_f64(x))
    }
    #[inline(always)]
    unsafe fn load(from: *const f64) -> Self {
        Self(vld1q_f64(from), vld1q_f64(from.add(2)))
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut f64) {
        vst1q_f64(to, self.0);
        vst1q_f64(to.add(2), self.1);
    }
    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        Self(vaddq_f64(self.0, other.0), vaddq_f64(self.1, other.1))
    }
    #[inline(always)]
    unsafe fn sub(self, other: Self) -> Self {
        Self(vsubq_f64(self.0, other.0), vsubq_f64(self.1, other.1))
    }
    #[inline(always)]
    unsafe fn mul(self, other: Self) -> Self {
        Self(vmulq_f64(self.0, other.0), vmulq_f64(self.1, other.1))
    }
    #[inline(always)]
    unsafe fn mul_add(self, factor: Self, addend: Self) -> Self {
        Self(vfmaq_f64(addend.0, self.0, factor.0), vfmaq_f64(addend.1, self.1, factor.1))
    }
    #[inline(always)]
    unsafe fn neg_mul_add(self, factor: Self, addend: Self) -> Self {
        Self(vfmsq_f64(addend.0, self.0, factor.0), vfmsq_f64(addend.1, self.1, factor.1))
    }
}

impl Double for F64x4 {
    type Single = F32x4;

    #[inline(always)]
    unsafe fn narrow(self) -> F32x4 {
        // SAFETY: the trait's callers have made sure of the instructions.
        F32x4(unsafe { vcvt_high_f32_f64(vcvt_f32_f64(self.0), self.1) })
    }
}

impl Four for F32x4 {
    type Double = F64x4;

    #[inline(always)]
    unsafe fn widen(self) -> F64x4 {
        // SAFETY: the trait's callers have made sure of the instructions.
        unsafe { F64x4(vcvt_f64_f32(vget_low_f32(self.0)), vcvt_high_f64_f32(self.0)) }
    }
    #[inline(always)]
    unsafe fn transpose(rows: [Self; 4]) -> [Self; 4] {
        // SAFETY: the trait's callers have made sure of the instructions.
        unsafe {
            let [a, b, c, d] = rows.map(|row| row.0);
            let pairs = |x, y| (vreinterpretq_f64_f32(x), vreinterpretq_f64_f32(y));
            let (even_of_ab, odd_of_ab) = pairs(vtrn1q_f32(a, b), vtrn2q_f32(a, b)); // a0 b0 a2 b2, a1 b1 a3 b3
            let (even_of_cd, odd_of_cd) = pairs(vtrn1q_f32(c, d), vtrn2q_f32(c, d));
            [
                vtrn1q_f64(even_of_ab, even_of_cd),
                vtrn1q_f64(odd_of_ab, odd_of_cd),
                vtrn2q_f64(even_of_ab, even_of_cd),
                vtrn2q_f64(odd_of_ab, odd_of_cd),
            ]
            .map(|column| Self(vreinterpretq_f32_f64(column)))
        }
    }

    #[inline(always)]
    unsafe fn reverse(self) -> Self {
        // SAFETY: the trait's callers have made sure of the instructions.
        unsafe {
            let pairs = vrev64q_f32(self.0); // b a d c
            Self(vextq_f32::<2>(pairs, pairs))
        }
    }
}

entry_points!(
    F32x4,
    F32x4,
    F64x4,
    #[target_feature(enable = "neon")],
    conv1: 4, conv2: 8, rectified: 8, dense: 4, beside: 4
);
