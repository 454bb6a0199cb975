//! The convolution, written once for every kind of vector.
//!
//! A *tile* is what one run over the inputs computes: `V` vectors of outputs, at all output times of `B` frames, all of
//! them in registers. Each weight is loaded once for the whole tile and each input once for `V` vectors, so a tile is
//! as large as the registers allow; which size is best differs between instruction sets, and each set names its own.
//! In a tile, as in the reference, every output is one chain of multiply-adds in the order (input, tap). What it comes
//! to is therefore the same to the bit whatever the tile and the vector, where there is a fused multiply-add.

#![allow(unsafe_op_in_unsafe_fn, reason = "whole functions are unsafe, under the conditions that each states")]

use std::hint::black_box;
use std::mem::MaybeUninit;

use super::simd::{MOST_LANES, Simd, load, store};
use super::weights::strides;
use super::{End, Inputs, Weights};

/// The most inputs of which the live ones are listed; layers with more are computed in full.
const MOST_LISTED: usize = 128;

/// Room for a list of inputs, and for what a vector writes beyond its end.
type List = [u32; MOST_LISTED + MOST_LANES];

/// Frames whose lists are made at a time.
const LISTS: usize = 16;

/// See [`Set::convolve`](super::Set::convolve).
///
/// Tiles have `V` vectors, and `B` frames where the inputs are dense and there are as many.
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
    let (x_start, y_start) = (x.as_ptr(), y.as_mut_ptr());
    let tile = |frame: usize, output: usize| Tile::<TIMES, TAPS, STRIDE, OUT> {
        weights,
        x: x_start.wrapping_add(frame * x_frame),
        y: y_start.wrapping_add(frame * y_frame),
        end,
        output,
    };
    let side_by_side = strides(STRIDE, TIMES, shape.inputs).1 == 1;
    let listed = weights.inputs == Inputs::Rectified && shape.inputs <= MOST_LISTED && side_by_side;
    let blocked = if listed { 0 } else { frames / B * B };

    // The weights of a block of outputs stay in the cache while all frames go by.
    let tiles =
        || (0..shape.outputs).step_by(V * S::LANES).map(|output| (output, output + V * S::LANES <= shape.outputs));
    for (output, full) in tiles().take_while(|_| blocked > 0) {
        for frame in (0..blocked).step_by(B) {
            if full {
                tile(frame, output).run::<S, V, B, true>(0..shape.inputs);
            } else {
                tile(frame, output).run::<S, V, B, false>(0..shape.inputs);
            }
        }
    }
    let mut lists = [const { MaybeUninit::<List>::uninit() }; LISTS];
    for first in (blocked..frames).step_by(LISTS) {
        let count = LISTS.min(frames - first);
        let mut live = [&[][..]; LISTS];
        if listed {
            for (i, (live, list)) in live.iter_mut().zip(&mut lists).take(count).enumerate() {
                *live = live_inputs::<S, TIMES>(tile(first + i, 0).x, shape.inputs, list);
            }
        }
        for (output, full) in tiles() {
            for (i, live) in live.iter().take(count).enumerate() {
                let tile = tile(first + i, output);
                match (full, listed) {
                    (true, true) => tile.run::<S, V, 1, true>(Listed(live)),
                    (true, false) => tile.run::<S, V, 1, true>(0..shape.inputs),
                    (false, true) => tile.run::<S, V, 1, false>(Listed(live)),
                    (false, false) => tile.run::<S, V, 1, false>(0..shape.inputs),
                }
            }
        }
    }
}

/// The numbers of a list, one after the other: an iterator that is sure to be inlined, as a closure would not be.
struct Listed<'a>(&'a [u32]);

impl Iterator for Listed<'_> {
    type Item = usize;

    #[inline(always)]
    fn next(&mut self) -> Option<usize> {
        let (&first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(first as usize)
    }
}

/// The inputs, of shape (times, inputs), that are not zero at all times.
///
/// After a ReLU a third to three quarters of them are zero, and a product with zero changes no sum.
#[inline(always)]
unsafe fn live_inputs<S: Simd, const TIMES: usize>(
    x: *const f32,
    inputs: usize,
    list: &mut MaybeUninit<List>,
) -> &[u32] {
    let list = list.as_mut_ptr().cast::<u32>();
    let zero = S::splat(0.0);
    let mut count = 0;
    for input in (0..inputs).step_by(S::LANES) {
        let mut magnitude = zero;
        for time in 0..TIMES {
            let x = load::<S, false>(x.add(time * inputs + input), inputs - input);
            magnitude = magnitude.max(x).max(zero.sub(x));
        }
        count += magnitude.list_positive(input as u32, list.add(count));
    }
    std::slice::from_raw_parts(list, count)
}

/// Where a tile lies: from `output` on, in the frames from `x` and `y` on.
#[derive(Clone, Copy)]
pub(super) struct Tile<'a, const TIMES: usize, const TAPS: usize, const STRIDE: usize, const OUT: usize> {
    pub(super) weights: &'a Weights,
    pub(super) x: *const f32, // (B, TIMES, inputs), or with a stride of 1 (B, inputs, TIMES)
    pub(super) y: *mut f32,   // (B, OUT, outputs)
    pub(super) end: End,
    pub(super) output: usize,
}

impl<const TIMES: usize, const TAPS: usize, const STRIDE: usize, const OUT: usize>
    Tile<'_, TIMES, TAPS, STRIDE, OUT>
{
    /// Computes `V` vectors of outputs for `B` frames from the `inputs` given.
    ///
    /// # Safety
    /// As for [`convolve`]; `inputs` must lie below the shape's.
    #[inline(always)]
    unsafe fn run<S: Simd, const V: usize, const B: usize, const FULL: bool>(
        self,
        inputs: impl Iterator<Item = usize>,
    ) {
        let panel = panel(self.weights, self.output, V * S::LANES);
        let mut sums = [[[S::splat(0.0); OUT]; V]; B];
        for input in inputs {
            let (x, column) = self.of_input(panel, input);
            for v in 0..V {
                self.add(x, column, v, &mut sums);
            }
        }
        self.write::<S, V, B, FULL>(sums);
    }

    /// Where an input, and its weights to the tile of that panel, begin.
    #[inline(always)]
    pub(super) unsafe fn of_input(self, panel: *const f32, input: usize) -> (*const f32, *const f32) {
        let next_input = strides(STRIDE, TIMES, self.weights.shape.inputs).1;
        (self.x.add(input * next_input), panel.add(input * TAPS * self.weights.lanes))
    }

    /// Adds to the sums of vector `v` what an input brings to them.
    #[inline(always)]
    pub(super) unsafe fn add<S: Simd, const V: usize, const B: usize>(
        self,
        x: *const f32,
        column: *const f32,
        v: usize,
        sums: &mut [[[S; OUT]; V]; B],
    ) {
        let inputs = self.weights.shape.inputs;
        let next_time = strides(STRIDE, TIMES, inputs).0;
        let mut taps = [S::splat(0.0); TAPS];
        for tap in 0..TAPS {
            taps[tap] = S::load(column.add(tap * self.weights.lanes + v * S::LANES));
        }
        for b in 0..B {
            for time in 0..TIMES {
                let x = S::splat(*x.add(b * TIMES * inputs + time * next_time));
                for tap in 0..TAPS {
                    // The output p for which p * STRIDE + tap - TAPS / 2 is this time.
                    let p = (time + TAPS / 2).wrapping_sub(tap);
                    if p % STRIDE == 0 && p / STRIDE < OUT {
                        sums[b][v][p / STRIDE] = taps[tap].mul_add(x, sums[b][v][p / STRIDE]);
                    }
                }
            }
        }
    }

    /// Ends the sums and writes them.
    #[inline(always)]
    pub(super) unsafe fn write<S: Simd, const V: usize, const B: usize, const FULL: bool>(
        self,
        sums: [[[S; OUT]; V]; B],
    ) {
        let outputs = self.weights.shape.outputs;
        let floor = S::splat(if self.end == End::BiasRelu { 0.0 } else { f32::NEG_INFINITY });
        for v in 0..V {
            let left = (outputs - self.output).saturating_sub(v * S::LANES);
            let mut bias = S::splat(0.0);
            if self.end != End::Sum {
                bias = load::<S, FULL>(self.weights.bias.as_ptr().wrapping_add(self.output + v * S::LANES), left);
            }
            for b in 0..B {
                for p in 0..OUT {
                    let y = self.y.wrapping_add((b * OUT + p) * outputs + self.output + v * S::LANES);
                    store::<S, FULL>(sums[b][v][p].add(bias).max(floor), y, left);
                }
            }
        }
    }
}

/// Where the weights of a tile of `count` outputs from `output` on begin; a tile lies in one panel.
#[inline(always)]
pub(super) unsafe fn panel(weights: &Weights, output: usize, count: usize) -> *const f32 {
    debug_assert!(output % weights.lanes + count <= weights.lanes);
    weights.numbers().as_ptr().add(output / weights.lanes * weights.panel() + output % weights.lanes)
}

/// Makes the function that it becomes part of begin its stack on a cache line.
///
/// Where a tile has more vectors than there are registers, the compiler keeps some on the stack, by itself at any multiple
/// of 16 bytes. In about one of 40 processes such a place lay across two pages, and a frame took AVX2 2.5 times as long.
#[inline(always)]
pub(super) fn align_stack() {
    #[repr(align(64))]
    struct Line {
        _bytes: [u8; 64],
    }
    black_box(&MaybeUninit::<Line>::uninit());
}
