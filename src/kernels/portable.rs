//! Vectors of the `wide` crate: the instructions are those that the build was compiled for.
//!
//! A default x86-64 build has SSE2 and no fused multiply-add: each product is rounded before it is added. The order is
//! the reference's all the same, one chain of sums for each output; it keeps the rounding close to ONNX Runtime's, and
//! several chains with a sum over them at the end come out further from it.

use wide::bytemuck::cast;
use wide::{f32x4, f64x4, i32x4};

use super::entry_points;
use super::simd::{ALL_BUT_FRACTION, Double, Four, ROOT_HALF, Simd, Vector};

/// Four numbers: what SSE2, NEON and wasm's simd128 have in a register.
#[derive(Clone, Copy)]
pub(super) struct Wide(f32x4);

/// Four numbers of double precision: two registers, or one of AVX.
#[derive(Clone, Copy)]
pub(super) struct WideDouble(f64x4);

macro_rules! wide_vector {
    ($name:ident, $wide:ident, $number:ty) => {
        impl Vector for $name {
            type Number = $number;
            const LANES: usize = 4;

            #[inline(always)]
            unsafe fn splat(x: $number) -> Self {
                Self($wide::splat(x))
            }
            #[inline(always)]
            unsafe fn load(from: *const $number) -> Self {
                // SAFETY: the caller's pointer is good for four numbers.
                Self($wide::new(unsafe { from.cast::<[$number; 4]>().read() }))
            }
            #[inline(always)]
            unsafe fn store(self, to: *mut $number) {
                // SAFETY: the caller's pointer is good for four numbers.
                unsafe { to.cast::<[$number; 4]>().write(self.0.to_array()) }
            }
            #[inline(always)]
            unsafe fn add(self, other: Self) -> Self {
                Self(self.0 + other.0)
            }
            #[inline(always)]
            unsafe fn sub(self, other: Self) -> Self {
                Self(self.0 - other.0)
            }
            #[inline(always)]
            unsafe fn mul(self, other: Self) -> Self {
                Self(self.0 * other.0)
            }
            #[inline(always)]
            unsafe fn mul_add(self, factor: Self, addend: Self) -> Self {
                Self(self.0.mul_add(factor.0, addend.0))
            }
            #[inline(always)]
            unsafe fn neg_mul_add(self, factor: Self, addend: Self) -> Self {
                Self(self.0.mul_neg_add(factor.0, addend.0))
            }
        }
    };
}

wide_vector!(Wide, f32x4, f32);
wide_vector!(WideDouble, f64x4, f64);

impl Simd for Wide {
    #[inline(always)]
    unsafe fn div(self, other: Self) -> Self {
        Self(self.0 / other.0)
    }
    #[inline(always)]
    unsafe fn max(self, other: Self) -> Self {
        // SSE's instruction gives the second where one is NaN; what others have for `fast_max` may give the first.
        Self(if cfg!(target_feature = "sse") { self.0.fast_max(other.0) } else { self.0.max(other.0) })
    }
    #[inline(always)]
    unsafe fn min(self, other: Self) -> Self {
        Self(self.0.fast_min(other.0))
    }
    #[inline(always)]
    unsafe fn sqrt(self) -> Self {
        Self(self.0.sqrt())
    }
    #[inline(always)]
    unsafe fn exponent_of_low_bits(self) -> Self {
        let bits: i32x4 = cast(self.0);
        Self(cast((bits << 23) + i32x4::splat(1.0_f32.to_bits().cast_signed())))
    }
    #[inline(always)]
    unsafe fn exponent_and_fraction(self) -> (Self, Self) {
        let bits: i32x4 = cast(self.0);
        let above = bits - i32x4::splat(ROOT_HALF.to_bits().cast_signed());
        let exponent: i32x4 = above >> 23;
        (Self(exponent.round_float()), Self(cast(bits - (above & i32x4::splat(ALL_BUT_FRACTION)))))
    }
}

impl Double for WideDouble {
    type Single = Wide;

    #[inline(always)]
    unsafe fn narrow(self) -> Wide {
        Wide(f32x4::new(self.0.to_array().map(|x| x as f32)))
    }
}

impl Four for Wide {
    type Double = WideDouble;

    #[inline(always)]
    unsafe fn widen(self) -> WideDouble {
        WideDouble(f64x4::new(self.0.to_array().map(f64::from)))
    }
    #[inline(always)]
    unsafe fn transpose(rows: [Self; 4]) -> [Self; 4] {
        f32x4::transpose(rows.map(|row| row.0)).map(Self)
    }
    #[inline(always)]
    unsafe fn reverse(self) -> Self {
        let [a, b, c, d] = self.0.to_array();
        Self(f32x4::new([d, c, b, a]))
    }
}

entry_points!(Wide, Wide, WideDouble, , conv1: 2, conv2: 4, rectified: 8, dense: 8, beside: 8);
