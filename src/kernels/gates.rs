//! What recurrent cells do with their sums, for vectors of any kind, and the scalar product that ends a network.

#![allow(unsafe_op_in_unsafe_fn, reason = "whole functions are unsafe, under the conditions that each states")]

use super::DOT_LANES;
use super::scalar::{EXP_LIMIT, EXP_POLYNOMIAL, LN_2_HIGH, LN_2_LOW, LN_POLYNOMIAL, ROUNDER};
use super::simd::{Simd, load, store};

/// See [`Set::lstm_gates`](super::Set::lstm_gates).
///
/// # Safety
/// The processor must have the instructions of `S`; `c` must be as long as `h`, and
/// `from_input`, `from_hidden` and `bias` four times that.
#[inline(always)]
pub(super) unsafe fn lstm_gates<S: Simd>(
    from_input: &[f32],
    from_hidden: &[f32],
    bias: &[f32],
    h: &mut [f32],
    c: &mut [f32],
) {
    // Each unit is a long chain of operations, so the processor must have many units at hand: two short loops give it more
    // of them than a long one.
    let hidden = h.len();
    for unit in (0..hidden).step_by(S::LANES) {
        if hidden - unit >= S::LANES {
            lstm_cells::<S, true>(unit, from_input, from_hidden, bias, c);
        } else {
            lstm_cells::<S, false>(unit, from_input, from_hidden, bias, c);
        }
    }
    for unit in (0..hidden).step_by(S::LANES) {
        let (left, at) = (hidden - unit, 3 * hidden + unit);
        let output = sum::<S, false>(at, left, from_input, from_hidden, bias);
        let cell = load::<S, false>(c.as_ptr().add(unit), left);
        store::<S, false>(sigmoid_tanh(output, cell), h.as_mut_ptr().add(unit), left);
    }
}

/// The new `c` of a vector of units, from `unit` on.
#[inline(always)]
unsafe fn lstm_cells<S: Simd, const FULL: bool>(
    unit: usize,
    from_input: &[f32],
    from_hidden: &[f32],
    bias: &[f32],
    c: &mut [f32],
) {
    let hidden = c.len();
    let left = hidden - unit;
    let input = sum::<S, FULL>(unit, left, from_input, from_hidden, bias);
    let forget = sum::<S, FULL>(hidden + unit, left, from_input, from_hidden, bias);
    let new = sum::<S, FULL>(2 * hidden + unit, left, from_input, from_hidden, bias);
    let c = c.as_mut_ptr().add(unit);
    let cell = sigmoid(forget).mul_add(load::<S, FULL>(c, left), sigmoid_tanh(input, new));
    store::<S, FULL>(cell, c, left);
}

/// What a gate gets from all sides, from `at` on.
#[inline(always)]
unsafe fn sum<S: Simd, const FULL: bool>(
    at: usize,
    left: usize,
    from_input: &[f32],
    from_hidden: &[f32],
    bias: &[f32],
) -> S {
    let x = load::<S, FULL>(from_input.as_ptr().add(at), left);
    let y = load::<S, FULL>(from_hidden.as_ptr().add(at), left);
    x.add(y).add(load::<S, FULL>(bias.as_ptr().add(at), left))
}

/// See [`Set::gru_gates`](super::Set::gru_gates).
///
/// # Safety
/// The processor must have the instructions of `S`; both inputs must be three times as long as `h`.
#[inline(always)]
pub(super) unsafe fn gru_gates<S: Simd>(from_input: &[f32], from_hidden: &[f32], h: &mut [f32]) {
    let hidden = h.len();
    for u in (0..hidden).step_by(S::LANES) {
        let left = hidden - u;
        let (x, y) = (from_input.as_ptr().add(u), from_hidden.as_ptr().add(u));
        let reset = sigmoid(load::<S, false>(x, left).add(load::<S, false>(y, left)));
        let update = sigmoid(load::<S, false>(x.add(hidden), left).add(load::<S, false>(y.add(hidden), left)));
        let new =
            tanh(reset.mul_add(load::<S, false>(y.add(2 * hidden), left), load::<S, false>(x.add(2 * hidden), left)));
        let h = h.as_mut_ptr().add(u);
        store::<S, false>(update.mul_add(load::<S, false>(h, left).sub(new), new), h, left);
    }
}

/// See [`Set::dot_relu`](super::Set::dot_relu).
///
/// # Safety
/// The processor must have the instructions of `S`; `w` must be as long as `x`.
#[inline(always)]
pub(super) unsafe fn dot_relu<S: Simd>(w: &[f32], x: &[f32]) -> [f32; DOT_LANES] {
    let mut sums = [0.0; DOT_LANES];
    for lane in (0..DOT_LANES).step_by(S::LANES) {
        let mut sum = S::splat(0.0);
        for n in (lane..x.len()).step_by(DOT_LANES) {
            let left = x.len() - n;
            let x = load::<S, false>(x.as_ptr().add(n), left).max(S::splat(0.0));
            sum = load::<S, false>(w.as_ptr().add(n), left).mul_add(x, sum);
        }
        sum.store(sums.as_mut_ptr().add(lane));
    }
    sums
}

/// See [`Set::ln`](super::Set::ln).
///
/// # Safety
/// The processor must have the instructions of `S`; the numbers must be positive and normal.
#[inline(always)]
pub(super) unsafe fn ln<S: Simd>(x: &mut [f32]) {
    let one = S::splat(1.0);
    for at in (0..x.len()).step_by(S::LANES) {
        let (left, x) = (x.len() - at, x.as_mut_ptr().add(at));
        let (n, m) = load::<S, false>(x, left).exponent_and_fraction();
        let s = m.sub(one).div(m.add(one));
        let z = s.mul(s);
        let [first, rest @ ..] = LN_POLYNOMIAL;
        let mut p = S::splat(first);
        for coefficient in rest {
            p = p.mul_add(z, S::splat(coefficient));
        }
        let fraction = s.mul(z).mul_add(p, s.add(s));
        let low = n.mul_add(S::splat(LN_2_LOW), fraction);
        store::<S, false>(n.mul_add(S::splat(LN_2_HIGH), low), x, left);
    }
}

/// See [`super::scalar::sigmoid`].
#[inline(always)]
unsafe fn sigmoid<S: Simd>(x: S) -> S {
    let one = S::splat(1.0);
    one.div(one.add(exp(S::splat(0.0).sub(x))))
}

/// See [`super::scalar::sigmoid_tanh`].
#[inline(always)]
unsafe fn sigmoid_tanh<S: Simd>(x: S, y: S) -> S {
    let one = S::splat(1.0);
    let (a, b) = (exp(S::splat(0.0).sub(x)), exp(S::splat(-2.0).mul(y)));
    one.sub(b).div(one.add(a).mul(one.add(b)))
}

/// See [`super::scalar::tanh`].
#[inline(always)]
unsafe fn tanh<S: Simd>(x: S) -> S {
    let one = S::splat(1.0);
    S::splat(2.0).div(one.add(exp(S::splat(-2.0).mul(x)))).sub(one)
}

/// See [`super::scalar`]'s `exp`.
#[inline(always)]
unsafe fn exp<S: Simd>(x: S) -> S {
    let x = x.max(S::splat(-EXP_LIMIT)).min(S::splat(EXP_LIMIT));
    let rounded = x.mul_add(S::splat(std::f32::consts::LOG2_E), S::splat(ROUNDER));
    let n = rounded.sub(S::splat(ROUNDER));
    let r = n.mul_add(S::splat(-LN_2_LOW), n.mul_add(S::splat(-LN_2_HIGH), x));
    let [first, rest @ ..] = EXP_POLYNOMIAL;
    let mut p = S::splat(first);
    for coefficient in rest {
        p = p.mul_add(r, S::splat(coefficient));
    }
    p.mul_add(r.mul(r), r.add(S::splat(1.0))).mul(rounded.exponent_of_low_bits())
}
