//! The kernels, written once for every kind of vector.
//!
//! A *tile* is what one run over the inputs computes: `V` vectors of outputs, at all output times of `B` frames, all of
//! them in registers. Each weight is loaded once for the whole tile and each input once for `V` vectors, so a tile is
//! as large as the registers allow; which size is best differs between instruction sets, and each set names its own.
//! In a tile, as in the reference, every output is one chain of multiply-adds in the order (input, tap). What it comes
//! to is therefore the same to the bit whatever the tile and the vector, where there is a fused multiply-add.

#![allow(unsafe_op_in_unsafe_fn, reason = "whole functions are unsafe, under the conditions that each states")]

use super::scalar::{EXP_LIMIT, EXP_POLYNOMIAL, LN_2_HIGH, LN_2_LOW, ROUNDER};
use super::simd::Simd;
use super::{Begin, End, Weights};

/// The most inputs of which the live ones are listed; layers with more are computed in full.
const MOST_LISTED: usize = 512;

/// See [`Set::convolve`](super::Set::convolve).
///
/// One frame alone is computed with tiles of `V` vectors, and many with tiles of `VB` vectors and `B` frames.
///
/// # Safety
/// The processor must have the instructions of `S`. `TIMES`, `TAPS` and `STRIDE` must be those of the weights' shape,
/// `OUT` its output times, and `x` and `y` must have `frames` frames of it.
#[inline(always)]
pub(super) unsafe fn convolve<
    S: Simd,
    const TIMES: usize,
    const TAPS: usize,
    const STRIDE: usize,
    const OUT: usize,
    const V: usize,
    const VB: usize,
    const B: usize,
>(
    weights: &Weights,
    x: &[f32],
    y: &mut [f32],
    begin: Begin,
    end: End,
) {
    let shape = weights.shape;
    let frames = x.len() / (TIMES * shape.inputs);
    let (x_frame, y_frame) = (TIMES * shape.inputs, OUT * shape.outputs);
    debug_assert!(x.len() == frames * x_frame && y.len() == frames * y_frame && shape.output_times() == OUT);
    let whole = frames / B * B;

    // The weights of a block of outputs stay in the cache while all frames go by.
    let mut output = 0;
    while whole > 0 && output < shape.outputs {
        let full = output + VB * S::LANES <= shape.outputs;
        for frame in (0..whole).step_by(B) {
            let (x, y) = (x.as_ptr().add(frame * x_frame), y.as_mut_ptr().add(frame * y_frame));
            let tile = Tile { weights, x, y, begin, end, output };
            if full {
                tile.run::<S, TIMES, TAPS, STRIDE, OUT, VB, B, true>(0..shape.inputs);
            } else {
                tile.run::<S, TIMES, TAPS, STRIDE, OUT, 1, B, false>(0..shape.inputs);
            }
        }
        output += S::LANES * if full { VB } else { 1 };
    }
    for frame in whole..frames {
        let (x, y) = (x.as_ptr().add(frame * x_frame), y.as_mut_ptr().add(frame * y_frame));
        let mut list = [0; MOST_LISTED];
        let live = live_inputs::<TIMES>(x, shape.inputs, &mut list);
        let mut output = 0;
        while output < shape.outputs {
            let tile = Tile { weights, x, y, begin, end, output };
            if output + V * S::LANES <= shape.outputs {
                match live {
                    Some(live) => tile.run::<S, TIMES, TAPS, STRIDE, OUT, V, 1, true>(Listed(live)),
                    None => tile.run::<S, TIMES, TAPS, STRIDE, OUT, V, 1, true>(0..shape.inputs),
                }
                output += V * S::LANES;
            } else {
                tile.run::<S, TIMES, TAPS, STRIDE, OUT, 1, 1, false>(0..shape.inputs);
                output += S::LANES;
            }
        }
    }
}

/// The numbers of a list, one after the other: an iterator that is sure to be inlined, as a closure would not be.
struct Listed<'a>(&'a [u16]);

impl Iterator for Listed<'_> {
    type Item = usize;

    #[inline(always)]
    fn next(&mut self) -> Option<usize> {
        let (&first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(usize::from(first))
    }
}

/// The inputs that are not zero at all times, or `None` where it is not worth to leave any out.
///
/// After a ReLU a third to three quarters of the inputs are zero, and a product with zero changes no sum.
#[inline(always)]
unsafe fn live_inputs<const TIMES: usize>(
    x: *const f32,
    inputs: usize,
    list: &mut [u16; MOST_LISTED],
) -> Option<&[u16]> {
    if inputs > MOST_LISTED {
        return None;
    }
    let mut count = 0;
    for input in 0..inputs {
        let mut any = 0;
        for time in 0..TIMES {
            any |= (*x.add(time * inputs + input)).to_bits();
        }
        *list.get_unchecked_mut(count) = input as u16;
        count += usize::from(any != 0);
    }
    Some(&list[..count])
}

/// Where a tile lies: from `output` on, in the frames from `x` and `y` on.
#[derive(Clone, Copy)]
struct Tile<'a> {
    weights: &'a Weights,
    x: *const f32, // (B, TIMES, inputs)
    y: *mut f32,   // (B, OUT, outputs)
    begin: Begin,
    end: End,
    output: usize,
}

impl Tile<'_> {
    /// # Safety
    /// As for [`convolve`]; `inputs` must lie below the shape's.
    #[inline(always)]
    unsafe fn run<
        S: Simd,
        const TIMES: usize,
        const TAPS: usize,
        const STRIDE: usize,
        const OUT: usize,
        const V: usize,
        const B: usize,
        const FULL: bool,
    >(
        self,
        inputs: impl Iterator<Item = usize>,
    ) {
        let shape = self.weights.shape;
        let lines = self.weights.lines.as_ptr().cast::<f32>();
        let panel = self.weights.panel_lines() * Weights::LANES;
        let left = shape.outputs - self.output;
        let mut vectors = [lines; V];
        for v in 0..V {
            let output = self.output + v * S::LANES;
            vectors[v] = lines.add(output / Weights::LANES * panel + output % Weights::LANES);
        }

        let mut sums = [[[S::splat(0.0); OUT]; V]; B];
        if self.begin == Begin::FromY {
            for b in 0..B {
                for v in 0..V {
                    for p in 0..OUT {
                        sums[b][v][p] = load::<S, FULL>(self.at(b * OUT + p, v * S::LANES), left);
                    }
                }
            }
        }
        for input in inputs {
            let mut x = [[S::splat(0.0); TIMES]; B];
            for b in 0..B {
                for time in 0..TIMES {
                    x[b][time] = S::splat(*self.x.add((b * TIMES + time) * shape.inputs + input));
                }
            }
            for v in 0..V {
                for tap in 0..TAPS {
                    let weight = S::load(vectors[v].add((input * TAPS + tap) * Weights::LANES));
                    for b in 0..B {
                        for p in 0..OUT {
                            let time = (p * STRIDE + tap).wrapping_sub(TAPS / 2);
                            if time < TIMES {
                                sums[b][v][p] = weight.mul_add(x[b][time], sums[b][v][p]);
                            }
                        }
                    }
                }
            }
        }
        let floor = S::splat(if self.end == End::BiasRelu { 0.0 } else { f32::NEG_INFINITY });
        for v in 0..V {
            let mut bias = S::splat(0.0);
            if self.end != End::Sum {
                bias = load::<S, FULL>(self.weights.bias.as_ptr().add(self.output + v * S::LANES), left);
            }
            for b in 0..B {
                for p in 0..OUT {
                    let y = sums[b][v][p].add(bias).max(floor);
                    store::<S, FULL>(y, self.at(b * OUT + p, v * S::LANES), left);
                }
            }
        }
    }

    /// Where the tile's outputs of a frame and time lie, from its `output`th on.
    #[inline(always)]
    unsafe fn at(self, frame_and_time: usize, output: usize) -> *mut f32 {
        self.y.add(frame_and_time * self.weights.shape.outputs + self.output + output)
    }
}

/// The vector at `from`; unless it is `FULL`, only its first `count` numbers are there.
///
/// A tile's loops over its registers must be short enough to be unrolled, or else it is kept in memory: so whether it
/// is full is settled at compile time.
#[inline(always)]
unsafe fn load<S: Simd, const FULL: bool>(from: *const f32, count: usize) -> S {
    if FULL || count >= S::LANES {
        return S::load(from);
    }
    let mut lanes = [0.0; Weights::LANES];
    from.copy_to_nonoverlapping(lanes.as_mut_ptr(), count);
    S::load(lanes.as_ptr())
}

/// Writes `vector` to `to`; unless it is `FULL`, only its first `count` numbers.
#[inline(always)]
unsafe fn store<S: Simd, const FULL: bool>(vector: S, to: *mut f32, count: usize) {
    if FULL || count >= S::LANES {
        return vector.store(to);
    }
    let mut lanes = [0.0; Weights::LANES];
    vector.store(lanes.as_mut_ptr());
    to.copy_from_nonoverlapping(lanes.as_ptr(), count);
}

/// See [`Set::lstm_gates`](super::Set::lstm_gates).
///
/// # Safety
/// The processor must have the instructions of `S`; `c` must be as long as `h`, and `gates` four times that.
#[inline(always)]
pub(super) unsafe fn lstm_gates<S: Simd>(gates: &[f32], h: &mut [f32], c: &mut [f32]) {
    let hidden = h.len();
    for u in (0..hidden).step_by(S::LANES) {
        let left = hidden - u;
        let gates = gates.as_ptr().add(u);
        let input = sigmoid(load::<S, false>(gates, left));
        let forget = sigmoid(load::<S, false>(gates.add(hidden), left));
        let new = tanh(load::<S, false>(gates.add(2 * hidden), left));
        let output = sigmoid(load::<S, false>(gates.add(3 * hidden), left));
        let (c, h) = (c.as_mut_ptr().add(u), h.as_mut_ptr().add(u));
        let cell = forget.mul_add(load::<S, false>(c, left), input.mul(new));
        store::<S, false>(cell, c, left);
        store::<S, false>(output.mul(tanh(cell)), h, left);
    }
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

/// See [`super::scalar::sigmoid`].
#[inline(always)]
unsafe fn sigmoid<S: Simd>(x: S) -> S {
    let one = S::splat(1.0);
    one.div(one.add(exp(S::splat(0.0).sub(x))))
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
