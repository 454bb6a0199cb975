//! Vectors of the `wide` crate: the instructions are those that the build was compiled for.
//!
//! A default x86-64 build has SSE2 and no fused multiply-add: each product is rounded before it is added. The order is
//! the reference's all the same, one chain of sums for each output; it keeps the rounding close to ONNX Runtime's, and
//! several chains with a sum over them at the end come out further from it.

use wide::bytemuck::cast;
use wide::{f32x8, i32x8};

use super::Panels;
use super::scalar::{EXP_LIMIT, EXP_POLYNOMIAL, LN_2_HIGH, LN_2_LOW};

const WIDTH: usize = 8;

/// See [`super::scalar::accumulate`].
pub(super) fn accumulate(weights: &Panels, x: &[f32], sums: &mut [f32]) {
    for (block, sums) in sums.chunks_mut(Panels::LANES).enumerate() {
        let mut lanes = [0.0; Panels::LANES];
        lanes[..sums.len()].copy_from_slice(sums);
        let [mut low, mut high]: [f32x8; Panels::LANES / WIDTH] = cast(lanes);
        for (&x, row) in x.iter().zip(weights.block(block)) {
            let row: [f32x8; Panels::LANES / WIDTH] = cast(*row);
            low = row[0].mul_add(f32x8::splat(x), low);
            high = row[1].mul_add(f32x8::splat(x), high);
        }
        let lanes: [f32; Panels::LANES] = cast([low, high]);
        sums.copy_from_slice(&lanes[..sums.len()]);
    }
}

/// See [`super::scalar::sigmoid`].
pub(super) fn sigmoid(x: &mut [f32]) {
    map(x, |x| 1.0 / (1.0 + exp(-x)));
}

/// See [`super::scalar::tanh`].
pub(super) fn tanh(x: &mut [f32]) {
    map(x, |x| 2.0 / (1.0 + exp(-2.0 * x)) - 1.0);
}

#[inline(always)]
fn map(x: &mut [f32], f: impl Fn(f32x8) -> f32x8) {
    let (vectors, rest) = x.as_chunks_mut::<WIDTH>();
    for x in vectors {
        *x = f(f32x8::new(*x)).to_array();
    }
    let mut last = [0.0; WIDTH];
    last[..rest.len()].copy_from_slice(rest);
    rest.copy_from_slice(&f(f32x8::new(last)).to_array()[..rest.len()]);
}

/// See [`super::scalar`]'s `exp`.
#[inline(always)]
fn exp(x: f32x8) -> f32x8 {
    let x = x.fast_max(f32x8::splat(-EXP_LIMIT)).fast_min(f32x8::splat(EXP_LIMIT));
    let n = (x * std::f32::consts::LOG2_E).round_int();
    let whole = f32x8::from_i32x8(n);
    let r = x - whole * LN_2_HIGH - whole * LN_2_LOW;
    let p = EXP_POLYNOMIAL.iter().fold(f32x8::ZERO, |p, &coefficient| p.mul_add(r, f32x8::splat(coefficient)));
    let power_of_two: f32x8 = cast::<i32x8, f32x8>((n + i32x8::splat(127)) << 23);
    p.mul_add(r * r, r + 1.0) * power_of_two
}
