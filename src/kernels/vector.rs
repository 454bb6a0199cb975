//! The kernels, written once for every kind of vector.
//!
//! A *tile* is what one run over the inputs computes: `V` vectors of outputs, at all output times of `B` frames, all of
//! them in registers. Each weight is loaded once for the whole tile and each input once for `V` vectors, so a tile is
//! as large as the registers allow; which size is best differs between instruction sets, and each set names its own.
//! In a tile, as in the reference, every output is one chain of multiply-adds in the order (input, tap). What it comes
//! to is therefore the same to the bit whatever the tile and the vector, where there is a fused multiply-add.

#![allow(unsafe_op_in_unsafe_fn, reason = "whole functions are unsafe, under the conditions that each states")]

use std::mem::MaybeUninit;

use super::scalar::{EXP_LIMIT, EXP_POLYNOMIAL, LN_2_HIGH, LN_2_LOW, ROUNDER};
use super::simd::Simd;
use super::weights::strides;
use super::{DOT_LANES, End, Inputs, Shape, Weights};

/// The most inputs of which the live ones are listed; layers with more are computed in full.
const MOST_LISTED: usize = 256;

/// The most lanes that a vector has.
const MOST_LANES: usize = 16;

/// Room for a list of inputs.
type List = [u16; MOST_LISTED];

/// Frames whose lists are made at a time.
const LISTS: usize = 16;

/// See [`Set::convolve`](super::Set::convolve).
///
/// Where the inputs are dense, tiles are of `VB` vectors and `B` frames; else, and for what is left, of `V` vectors.
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
    end: End,
) {
    let shape = weights.shape;
    let frames = x.len() / (TIMES * shape.inputs);
    let (x_frame, y_frame) = (TIMES * shape.inputs, OUT * shape.outputs);
    debug_assert!(x.len() == frames * x_frame && y.len() == frames * y_frame && shape.output_times() == OUT);
    let tile = |frame: usize, output: usize| Tile::<TIMES, TAPS, STRIDE, OUT> {
        weights,
        x: x.as_ptr().wrapping_add(frame * x_frame),
        y: y.as_ptr().cast_mut().wrapping_add(frame * y_frame),
        end,
        output,
    };
    let listed = weights.inputs == Inputs::Rectified && shape.inputs <= MOST_LISTED;
    let blocked = if listed { 0 } else { frames / B * B };

    // The weights of a block of outputs stay in the cache while all frames go by.
    let mut output = 0;
    while blocked > 0 && output < shape.outputs {
        let full = output + VB * S::LANES <= shape.outputs;
        for frame in (0..blocked).step_by(B) {
            if full {
                tile(frame, output).run::<S, VB, B, true>(0..shape.inputs, &mut ());
            } else {
                tile(frame, output).run::<S, 1, B, false>(0..shape.inputs, &mut ());
            }
        }
        output += S::LANES * if full { VB } else { 1 };
    }
    let mut lists = [const { MaybeUninit::<List>::uninit() }; LISTS];
    for first in (blocked..frames).step_by(LISTS) {
        let count = LISTS.min(frames - first);
        let mut live = [&[][..]; LISTS];
        if listed {
            for (i, (live, list)) in live.iter_mut().zip(&mut lists).take(count).enumerate() {
                *live = live_inputs::<TIMES>(shape, tile(first + i, 0).x, list);
            }
        }
        let mut output = 0;
        while output < shape.outputs {
            let full = output + V * S::LANES <= shape.outputs;
            for (i, live) in live.iter().take(count).enumerate() {
                let tile = tile(first + i, output);
                match (full, listed) {
                    (true, true) => tile.run::<S, V, 1, true>(Listed(live), &mut ()),
                    (true, false) => tile.run::<S, V, 1, true>(0..shape.inputs, &mut ()),
                    (false, _) => tile.run::<S, 1, 1, false>(0..shape.inputs, &mut ()),
                }
            }
            output += S::LANES * if full { V } else { 1 };
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

/// The inputs that are not zero at all times.
///
/// After a ReLU a third to three quarters of the inputs are zero, and a product with zero changes no sum.
#[inline(always)]
unsafe fn live_inputs<const TIMES: usize>(shape: Shape, x: *const f32, list: &mut MaybeUninit<List>) -> &[u16] {
    let list = list.as_mut_ptr().cast::<u16>();
    let (next_time, next_input) = strides(shape.stride, TIMES, shape.inputs);
    let mut count = 0;
    for input in 0..shape.inputs {
        let mut any = 0;
        for time in 0..TIMES {
            any |= (*x.add(time * next_time + input * next_input)).to_bits();
        }
        list.add(count).write(input as u16);
        count += usize::from(any != 0);
    }
    std::slice::from_raw_parts(list, count)
}

/// Where a tile lies: from `output` on, in the frames from `x` and `y` on.
#[derive(Clone, Copy)]
struct Tile<'a, const TIMES: usize, const TAPS: usize, const STRIDE: usize, const OUT: usize> {
    weights: &'a Weights,
    x: *const f32, // (B, TIMES, inputs), or with a stride of 1 (B, inputs, TIMES)
    y: *mut f32,   // (B, OUT, outputs)
    end: End,
    output: usize,
}

impl<const TIMES: usize, const TAPS: usize, const STRIDE: usize, const OUT: usize>
    Tile<'_, TIMES, TAPS, STRIDE, OUT>
{
    /// Computes `V` vectors of outputs for `B` frames from the `inputs` given, and for each vector and input takes a step of
    /// `beside`.
    ///
    /// # Safety
    /// As for [`convolve`]; `inputs` must lie below the shape's.
    #[inline(always)]
    unsafe fn run<S: Simd, const V: usize, const B: usize, const FULL: bool>(
        self,
        inputs: impl Iterator<Item = usize>,
        beside: &mut impl Beside,
    ) {
        let shape = self.weights.shape;
        let panel = panel(self.weights, self.output, V * S::LANES);
        let left = shape.outputs - self.output;
        let (next_time, next_input) = strides(STRIDE, TIMES, shape.inputs);

        let mut sums = [[[S::splat(0.0); OUT]; V]; B];
        for input in inputs {
            let column = panel.add(input * TAPS * self.weights.lanes);
            let x = self.x.add(input * next_input);
            for v in 0..V {
                let mut taps = [S::splat(0.0); TAPS];
                for tap in 0..TAPS {
                    taps[tap] = S::load(column.add(tap * self.weights.lanes + v * S::LANES));
                }
                for b in 0..B {
                    for time in 0..TIMES {
                        let x = S::splat(*x.add(b * TIMES * shape.inputs + time * next_time));
                        for tap in 0..TAPS {
                            // The output p for which p * STRIDE + tap - TAPS / 2 is this time.
                            let p = (time + TAPS / 2).wrapping_sub(tap);
                            if p % STRIDE == 0 && p / STRIDE < OUT {
                                sums[b][v][p / STRIDE] = taps[tap].mul_add(x, sums[b][v][p / STRIDE]);
                            }
                        }
                    }
                }
                beside.step();
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
                    let y = self.y.add((b * OUT + p) * shape.outputs + self.output + v * S::LANES);
                    store::<S, FULL>(sums[b][v][p].add(bias).max(floor), y, left);
                }
            }
        }
    }
}

/// Where the weights of a tile of `count` outputs from `output` on begin; a tile lies in one panel.
#[inline(always)]
unsafe fn panel(weights: &Weights, output: usize, count: usize) -> *const f32 {
    debug_assert!(output % weights.lanes + count <= weights.lanes);
    weights.numbers().as_ptr().add(output / weights.lanes * weights.panel() + output % weights.lanes)
}

/// Other work that is done in turns with a tile's.
trait Beside {
    /// Does the next piece of it.
    ///
    /// # Safety
    /// As for [`convolve`].
    unsafe fn step(&mut self);
}

impl Beside for () {
    #[inline(always)]
    unsafe fn step(&mut self) {}
}

/// How many inputs a step of [`Product`] takes in, by which their number must be divisible.
pub(super) const INPUTS_A_STEP: usize = 2;

/// A matrix times a vector, in tiles of `V` vectors: [`INPUTS_A_STEP`] of a tile's inputs a step.
struct Product<'a, S, const V: usize> {
    weights: &'a Weights,
    x: &'a [f32], // (inputs)
    y: *mut f32,  // (outputs)
    output: usize,
    input: usize,
    column: *const f32, // the weights of that input to the tile
    sums: [S; V],
}

impl<'a, S: Simd, const V: usize> Product<'a, S, V> {
    #[inline(always)]
    unsafe fn new(weights: &'a Weights, x: &'a [f32], y: &'a mut [f32]) -> Self {
        let column = panel(weights, 0, V * S::LANES);
        Self { weights, x, y: y.as_mut_ptr(), output: 0, input: 0, column, sums: [S::splat(0.0); V] }
    }

    /// Takes the steps that are left.
    #[inline(always)]
    unsafe fn finish(mut self) {
        while self.output < self.weights.shape.outputs {
            self.step();
        }
    }
}

impl<S: Simd, const V: usize> Beside for Product<'_, S, V> {
    #[inline(always)]
    unsafe fn step(&mut self) {
        if self.input < self.x.len() {
            for _ in 0..INPUTS_A_STEP {
                let x = S::splat(*self.x.get_unchecked(self.input));
                for v in 0..V {
                    self.sums[v] = S::load(self.column.add(v * S::LANES)).mul_add(x, self.sums[v]);
                }
                self.input += 1;
                self.column = self.column.add(self.weights.lanes);
            }
        } else if self.output < self.weights.shape.outputs {
            for v in 0..V {
                self.sums[v].store(self.y.add(self.output + v * S::LANES));
                self.sums[v] = S::splat(0.0);
            }
            self.output += V * S::LANES;
            if self.output < self.weights.shape.outputs {
                self.input = 0;
                self.column = panel(self.weights, self.output, V * S::LANES);
            }
        }
    }
}

/// See [`Set::convolve_beside`](super::Set::convolve_beside): for each vector and input of a tile of `V` vectors of the
/// convolution, a step of the product, whose tiles have `VM` vectors.
///
/// # Safety
/// As for [`convolve`]; `product` and `h` must have the matrix' outputs and inputs, the outputs of both be whole tiles, and
/// the matrix' inputs whole steps.
#[inline(always)]
pub(super) unsafe fn convolve_beside<S: Simd, const V: usize, const VM: usize>(
    weights: &Weights,
    x: &[f32],
    y: &mut [f32],
    matrix: &Weights,
    h: &[f32],
    product: &mut [f32],
) {
    let mut product = Product::<S, VM>::new(matrix, h, product);
    for output in (0..weights.shape.outputs).step_by(V * S::LANES) {
        let tile = Tile::<4, 3, 1, 4> { weights, x: x.as_ptr(), y: y.as_mut_ptr(), end: End::BiasRelu, output };
        tile.run::<S, V, 1, true>(0..weights.shape.inputs, &mut product);
    }
    product.finish();
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
    let mut lanes = [0.0; MOST_LANES];
    from.copy_to_nonoverlapping(lanes.as_mut_ptr(), count);
    S::load(lanes.as_ptr())
}

/// Writes `vector` to `to`; unless it is `FULL`, only its first `count` numbers.
#[inline(always)]
unsafe fn store<S: Simd, const FULL: bool>(vector: S, to: *mut f32, count: usize) {
    if FULL || count >= S::LANES {
        return vector.store(to);
    }
    let mut lanes = [0.0; MOST_LANES];
    vector.store(lanes.as_mut_ptr());
    to.copy_from_nonoverlapping(lanes.as_ptr(), count);
}

/// See [`Set::lstm_gates`](super::Set::lstm_gates).
///
/// # Safety
/// The processor must have the instructions of `S`; `c` must be as long as `h`, and `gates` four times that.
#[inline(always)]
pub(super) unsafe fn lstm_gates<S: Simd>(
    from_input: &[f32],
    from_hidden: &[f32],
    bias: &[f32],
    h: &mut [f32],
    c: &mut [f32],
) {
    let hidden = h.len();
    for u in (0..hidden).step_by(S::LANES) {
        let left = hidden - u;
        let mut gates = [S::splat(0.0); 4];
        for (gate, sum) in gates.iter_mut().enumerate() {
            let at = gate * hidden + u;
            let x = load::<S, false>(from_input.as_ptr().add(at), left);
            let y = load::<S, false>(from_hidden.as_ptr().add(at), left);
            *sum = x.add(y).add(load::<S, false>(bias.as_ptr().add(at), left));
        }
        let [input, forget, new, output] = gates;
        let (input, forget, new, output) = (sigmoid(input), sigmoid(forget), tanh(new), sigmoid(output));
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
