//! The reference: what each kernel computes, one number at a time.

use super::simd::{ALL_BUT_FRACTION, ROOT_HALF};
use super::weights::strides;
use super::{DOT_LANES, End, Inputs, Shape, Weights, Window, Windows};

/// `y[f, p, o] = sum over i, k of W[o, i, k] x[f, p * stride + k - taps / 2, i]`, in that order; see
/// [`Set::convolve`](super::Set::convolve).
pub(super) fn convolve(weights: &Weights, x: &[f32], y: &mut [f32], end: End) {
    let shape = weights.shape;
    let (next_time, next_input) = strides(shape.stride, shape.times, shape.inputs);
    let frames = x.chunks_exact(shape.times * shape.inputs);
    let outputs = y.chunks_exact_mut(shape.output_times() * shape.outputs);
    for (x, y) in frames.zip(outputs) {
        for (p, y) in y.chunks_exact_mut(shape.outputs).enumerate() {
            for (o, y) in y.iter_mut().enumerate() {
                let row = &weights.numbers()[o / weights.lanes * weights.panel() + o % weights.lanes..];
                let mut sum = 0.0;
                for i in 0..shape.inputs {
                    for k in 0..shape.taps {
                        let time = (p * shape.stride + k).checked_sub(shape.taps / 2);
                        if let Some(time) = time.filter(|&time| time < shape.times) {
                            let weight: f32 = row[(i * shape.taps + k) * weights.lanes];
                            sum = weight.mul_add(x[time * next_time + i * next_input], sum);
                        }
                    }
                }
                *y = match end {
                    End::Sum => sum,
                    End::Bias => sum + weights.bias[o],
                    End::BiasRelu => (sum + weights.bias[o]).max(0.0),
                };
            }
        }
    }
}

/// See [`Set::convolve_beside`](super::Set::convolve_beside): one after the other.
pub(super) fn convolve_beside(
    weights: &Weights,
    x: &[f32],
    y: &mut [f32],
    matrix: &Weights,
    h: &[f32],
    product: &mut [f32],
) {
    convolve(weights, x, y, End::BiasRelu);
    convolve(matrix, h, product, End::Sum);
}

/// Outputs in a panel of weights: they lie row by row.
pub(super) fn panel(_: Shape, _: Inputs) -> usize {
    1
}

/// See [`Set::spectra`](super::Set::spectra).
pub(super) fn spectra(windows: &Windows, samples: &[f32], spectra: &mut [f32], scratch: &mut [f64]) {
    // SAFETY: four numbers in an array need no instructions of their own; `Set::spectra` has checked the lengths.
    unsafe { super::spectra::spectra::<[f32; 4], [f64; 4]>(windows, samples, spectra, scratch) }
}

/// See [`Set::power`](super::Set::power).
pub(super) fn power(window: &Window, samples: &[f32], powers: &mut [f32], scratch: &mut [f32]) {
    // SAFETY: four numbers in an array need no instructions of their own; `Set::power` has checked the lengths.
    unsafe { super::power::power::<[f32; 4], [f32; 4]>(window, samples, powers, scratch) }
}

/// See [`Set::winograd_inputs`](super::Set::winograd_inputs).
pub(super) fn winograd_inputs(x: &[f32], inputs: usize, points: &mut [f32]) {
    // SAFETY: four numbers in an array need no instructions of their own; `Set::winograd_inputs` has checked the lengths.
    unsafe { super::winograd::inputs::<[f32; 4]>(x, inputs, points) }
}

/// See [`Set::winograd_outputs`](super::Set::winograd_outputs).
pub(super) fn winograd_outputs(products: &[f32], bias: &[f32], y: &mut [f32]) {
    // SAFETY: as above.
    unsafe { super::winograd::outputs::<[f32; 4]>(products, bias, y) }
}

/// See [`Set::dot_relu`](super::Set::dot_relu).
pub(super) fn dot_relu(w: &[f32], x: &[f32]) -> [f32; DOT_LANES] {
    let mut sums = [0.0; DOT_LANES];
    for (n, (&w, &x)) in w.iter().zip(x).enumerate() {
        let sum = &mut sums[n % DOT_LANES];
        *sum = w.mul_add(x.max(0.0), *sum);
    }
    sums
}

/// See [`Set::lstm_gates`](super::Set::lstm_gates).
pub(super) fn lstm_gates(from_input: &[f32], from_hidden: &[f32], bias: &[f32], h: &mut [f32], c: &mut [f32]) {
    let hidden = h.len();
    for u in 0..hidden {
        let [i, f, g, o] = [0, 1, 2, 3].map(|gate| {
            let n = gate * hidden + u;
            from_input[n] + from_hidden[n] + bias[n]
        });
        c[u] = sigmoid(f).mul_add(c[u], sigmoid_tanh(i, g));
        h[u] = sigmoid_tanh(o, c[u]);
    }
}

/// See [`Set::gru_gates`](super::Set::gru_gates).
pub(super) fn gru_gates(from_input: &[f32], from_hidden: &[f32], h: &mut [f32]) {
    let hidden = h.len();
    for u in 0..hidden {
        let [r, z] = [0, 1].map(|gate| sigmoid(from_input[gate * hidden + u] + from_hidden[gate * hidden + u]));
        let n = tanh(r.mul_add(from_hidden[2 * hidden + u], from_input[2 * hidden + u]));
        h[u] = z.mul_add(h[u] - n, n);
    }
}

/// `1 / (1 + e^-x)`.
pub(super) fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(0.0 - x))
}

/// `tanh x = 2 sigmoid(2x) - 1`: exact enough near 0, where the absolute error counts and not the relative one.
pub(super) fn tanh(x: f32) -> f32 {
    2.0 / (1.0 + exp(-2.0 * x)) - 1.0
}

/// `sigmoid(x) tanh(y)` with a single division, which takes as long as the rest.
pub(super) fn sigmoid_tanh(x: f32, y: f32) -> f32 {
    let (a, b) = (exp(0.0 - x), exp(-2.0 * y));
    (1.0 - b) / ((1.0 + a) * (1.0 + b))
}

/// `e^x` to 3e-7 of its value; `x` beyond ±[`EXP_LIMIT`] counts as the limit, and what is no number, as where weights of any
/// size make infinite sums, as the lower one: a score is a number.
///
/// With `n` the integer nearest to `x / ln 2` and `r` the rest, `e^x = 2^n e^r`. Adding [`ROUNDER`] leaves `n` in the
/// low bits of the sum, from where it goes into the exponent; and `e^r = 1 + r + r² p(r)` on the small interval that
/// is left.
fn exp(x: f32) -> f32 {
    #[expect(clippy::manual_clamp, reason = "which would leave NaN as it is")]
    let x = x.max(-EXP_LIMIT).min(EXP_LIMIT);
    let rounded = x.mul_add(std::f32::consts::LOG2_E, ROUNDER);
    let n = rounded - ROUNDER;
    let r = n.mul_add(-LN_2_LOW, n.mul_add(-LN_2_HIGH, x));
    let [first, rest @ ..] = EXP_POLYNOMIAL;
    let p = rest.iter().fold(first, |p, &coefficient| p.mul_add(r, coefficient));
    let power_of_two = f32::from_bits((rounded.to_bits() << 23).wrapping_add(1.0_f32.to_bits()));
    p.mul_add(r * r, r + 1.0) * power_of_two
}

/// `ln x` to 1e-7 of its magnitude or of 1, of an `x` that is positive and normal.
///
/// With `x = m 2^n` and `s = (m - 1) / (m + 1)`, `ln x = n ln 2 + ln m` and `ln m = 2 atanh s = 2s + s³ p(s²)`, where `|s|` is at
/// most 0.1716.
pub(super) fn ln(x: &mut [f32]) {
    for x in x {
        let (n, m) = exponent_and_fraction(*x);
        let s = (m - 1.0) / (m + 1.0);
        let z = s * s;
        let [first, rest @ ..] = LN_POLYNOMIAL;
        let p = rest.iter().fold(first, |p, &coefficient| p.mul_add(z, coefficient));
        *x = n.mul_add(LN_2_HIGH, n.mul_add(LN_2_LOW, (s * z).mul_add(p, s + s)));
    }
}

/// See [`Simd::exponent_and_fraction`](super::simd::Simd::exponent_and_fraction).
pub(super) fn exponent_and_fraction(x: f32) -> (f32, f32) {
    let bits = x.to_bits().cast_signed();
    let above = bits.wrapping_sub(ROOT_HALF.to_bits().cast_signed());
    ((above >> 23) as f32, f32::from_bits(bits.wrapping_sub(above & ALL_BUT_FRACTION).cast_unsigned()))
}

/// Far below what would leave the normal numbers, so that a product of two still does not; the sigmoid is within 4e-18 of 0
/// or 1 there.
pub(super) const EXP_LIMIT: f32 = 40.0;

/// 1.5 * 2^23: a number this large has no bits for fractions, so that adding a small one rounds it.
pub(super) const ROUNDER: f32 = 12_582_912.0;

/// ln 2 in two parts, the first with so few bits that its product with `n` is exact.
pub(super) const LN_2_HIGH: f32 = 355.0 / 512.0;
pub(super) const LN_2_LOW: f32 = -2.121_944_4e-4;

/// `p(z)`, the highest power first: the series of `2 atanh s` from its second term on, whose sixth is below 3e-9.
pub(super) const LN_POLYNOMIAL: [f32; 4] = [2.0 / 9.0, 2.0 / 7.0, 2.0 / 5.0, 2.0 / 3.0];

/// `p(r)`, the highest power first; minimax on |r| <= ln 2 / 2, by `tools/fit/exponential.py`.
pub(super) const EXP_POLYNOMIAL: [f32; 4] = [8.369_151e-3, 4.191_753e-2, 0.166_665_23, 0.499_989_96];
