//! The transforms of Winograd's convolution F(4, 3), with which many frames take less arithmetic.
//!
//! Four outputs `y` of a convolution with three taps `w` take 12 products, or 10 where the edges are padding. They also
//! come of six numbers made from the inputs `d`, times six made from the taps (which is done when the weights are packed):
//!
//! ```text
//! y = A^T [(G w) (B^T d)]       product by product; d = (0, x0, x1, x2, x3, 0)
//!
//!       | 4  0 -5  0  1  0 |         | 1/4    0    0   |         | 1  1  1  1  1  0 |
//!       | 0 -4 -4  1  1  0 |         | -1/6 -1/6  -1/6 |         | 0  1 -1  2 -2  0 |
//! B^T = | 0  4 -4 -1  1  0 |     G = | -1/6  1/6  -1/6 |   A^T = | 0  1  1  4  4  0 |
//!       | 0 -2 -1  2  1  0 |         | 1/24  1/12  1/6 |         | 0  1 -1  8 -8  1 |
//!       | 0  2 -1 -2  1  0 |         | 1/24 -1/12  1/6 |
//!       | 0  4  0 -5  0  1 |         | 0     0     1   |
//! ```
//!
//! Sums over many inputs are taken before `A^T`, so that the convolution becomes six products of a matrix with the frames.
//! It rounds a little more coarsely than the sums it replaces, and otherwise: [`Pool`](crate::Pool) says how far Silero's scores
//! are from those of single frames.
//!
//! Source: A. Lavin and S. Gray, "Fast algorithms for convolutional neural networks", CVPR 2016, equations 8 to 14.

#![allow(unsafe_op_in_unsafe_fn, reason = "whole functions are unsafe, under the conditions that each states")]

use super::simd::{Four, Simd, load, store};

/// Products that the four outputs come of.
pub(crate) const POINTS: usize = 6;

/// `G w`.
pub(crate) fn transform_taps([a, b, c]: [f32; 3]) -> [f32; POINTS] {
    let [a, b, c] = [a, b, c].map(f64::from);
    let points = [
        a / 4.0,
        -(a + b + c) / 6.0,
        -(a - b + c) / 6.0,
        a / 24.0 + b / 12.0 + c / 6.0,
        a / 24.0 - b / 12.0 + c / 6.0,
        c,
    ];
    points.map(|point| point as f32)
}

/// See [`Set::winograd_inputs`](super::Set::winograd_inputs).
///
/// # Safety
/// The processor must have the instructions of `F`; the lengths must fit.
#[inline(always)]
pub(super) unsafe fn inputs<F: Four>(x: &[f32], inputs: usize, points: &mut [f32]) {
    let frames = x.len() / (4 * inputs);
    for frame in 0..frames {
        let x = x.as_ptr().add(frame * 4 * inputs);
        for input in (0..inputs).step_by(F::LANES) {
            let left = inputs - input;
            let mut rows = [F::splat(0.0); 4];
            for i in 0..F::LANES.min(left) {
                rows[i] = F::load(x.add(4 * (input + i)));
            }
            let made = transform_inputs(F::transpose(rows));
            for point in 0..POINTS {
                let to = points.as_mut_ptr().add((point * frames + frame) * inputs + input);
                store::<F, false>(made[point], to, left);
            }
        }
    }
}

/// `B^T d`.
#[inline(always)]
unsafe fn transform_inputs<S: Simd>([x0, x1, x2, x3]: [S; 4]) -> [S; POINTS] {
    let (two, four, minus_five) = (S::splat(2.0), S::splat(4.0), S::splat(-5.0));
    let a = four.mul(x1).sub(x3); // -4 x1 + x3, with its sign changed
    let b = four.mul(x0).sub(x2);
    let c = x3.sub(x1);
    let d = two.mul(x2.sub(x0));
    let zero = S::splat(0.0);
    [
        minus_five.mul_add(x1, x3),
        zero.sub(a).sub(b),
        b.sub(a),
        c.add(d),
        c.sub(d),
        minus_five.mul_add(x2, four.mul(x0)),
    ]
}

/// See [`Set::winograd_outputs`](super::Set::winograd_outputs).
///
/// # Safety
/// The processor must have the instructions of `S`; the lengths must fit.
#[inline(always)]
pub(super) unsafe fn outputs<S: Simd>(products: &[f32], bias: &[f32], y: &mut [f32]) {
    let outputs = bias.len();
    let frames = y.len() / (4 * outputs);
    for frame in 0..frames {
        for output in (0..outputs).step_by(S::LANES) {
            let left = outputs - output;
            let mut m = [S::splat(0.0); POINTS];
            for point in 0..POINTS {
                m[point] = load::<S, false>(products.as_ptr().add((point * frames + frame) * outputs + output), left);
            }
            let bias = load::<S, false>(bias.as_ptr().add(output), left);
            let y = y.as_mut_ptr().add(frame * 4 * outputs + output);
            let made = transform_outputs(m);
            for time in 0..4 {
                store::<S, false>(made[time].add(bias).max(S::splat(0.0)), y.add(time * outputs), left);
            }
        }
    }
}

/// `A^T m`.
#[inline(always)]
unsafe fn transform_outputs<S: Simd>([m0, m1, m2, m3, m4, m5]: [S; POINTS]) -> [S; 4] {
    let (sum_12, difference_12) = (m1.add(m2), m1.sub(m2));
    let (sum_34, difference_34) = (m3.add(m4), m3.sub(m4));
    [
        m0.add(sum_12).add(sum_34),
        difference_34.mul_add(S::splat(2.0), difference_12),
        sum_34.mul_add(S::splat(4.0), sum_12),
        difference_34.mul_add(S::splat(8.0), difference_12).add(m5),
    ]
}
