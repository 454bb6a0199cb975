//! Vectors of the `wide` crate: the instructions are those that the build was compiled for.
//!
//! A default x86-64 build has SSE2 and no fused multiply-add: each product is rounded before it is added. To keep
//! that from adding up, the even and the odd inputs are summed apart.

use wide::bytemuck::cast;
use wide::{f32x8, i32x8};

use super::Panels;
use super::scalar::{EXP_LIMIT, EXP_POLYNOMIAL, LN_2_HIGH, LN_2_LOW};

const WIDTH: usize = 8;

/// See [`super::scalar::accumulate`].
pub(super) fn accumulate(weights: &Panels, first: usize, x: &[f32], sums: &mut [f32]) {
    for (block, sums) in sums.chunks_mut(Panels::LANES).enumerate() {
        let rows = weights.block(block, first, x.len()); // (x.len(), lanes)
        let mut even = load(sums);
        let mut odd = [f32x8::ZERO; 2];
        let (pairs, last) = x.as_chunks::<2>();
        let (row_pairs, last_row) = rows.as_chunks::<2>();
        for (&[x0, x1], [row0, row1]) in pairs.iter().zip(row_pairs) {
            add_product(&mut even, x0, row0);
            add_product(&mut odd, x1, row1);
        }
        for (&x, row) in last.iter().zip(last_row) {
            add_product(&mut even, x, row);
        }
        let total: [[f32; WIDTH]; 2] = cast([even[0] + odd[0], even[1] + odd[1]]);
        sums.copy_from_slice(&total.as_flattened()[..sums.len()]);
    }
}

/// `sums += x * row`.
#[inline(always)]
fn add_product(sums: &mut [f32x8; 2], x: f32, row: &[f32; Panels::LANES]) {
    let row: [f32x8; 2] = cast(*row);
    let x = f32x8::splat(x);
    sums[0] = x.mul_add(row[0], sums[0]);
    sums[1] = x.mul_add(row[1], sums[1]);
}

/// A block's sums, filled up with zeros where it is the last and incomplete.
#[inline(always)]
fn load(sums: &[f32]) -> [f32x8; 2] {
    let mut lanes = [0.0; Panels::LANES];
    lanes[..sums.len()].copy_from_slice(sums);
    cast(lanes)
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
