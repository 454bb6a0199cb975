//! The reference: what each kernel computes, one number at a time.

use super::Panels;

/// `sums[o] += W[o, k] * x[k]`, one fused multiply-add after the other in the order of `k`.
pub(super) fn accumulate(weights: &Panels, x: &[f32], sums: &mut [f32]) {
    for (block, sums) in sums.chunks_mut(Panels::LANES).enumerate() {
        let rows = weights.block(block); // (inputs, lanes)
        for (lane, sum) in sums.iter_mut().enumerate() {
            for (&x, row) in x.iter().zip(rows) {
                *sum = x.mul_add(row[lane], *sum);
            }
        }
    }
}

/// `1 / (1 + e^-x)`.
pub(super) fn sigmoid(x: &mut [f32]) {
    for x in x {
        *x = 1.0 / (1.0 + exp(-*x));
    }
}

/// `tanh x = 2 sigmoid(2x) - 1`: exact enough near 0, where the absolute error counts and not the relative one.
pub(super) fn tanh(x: &mut [f32]) {
    for x in x {
        *x = 2.0 / (1.0 + exp(-2.0 * *x)) - 1.0;
    }
}

/// `e^x` to 2e-7 of its value; `x` beyond ±[`EXP_LIMIT`] counts as the limit.
///
/// With `n` the integer nearest to `x / ln 2` and `r` the rest, `e^x = 2^n e^r`. The power of two goes into the
/// exponent bits, and `e^r = 1 + r + r² p(r)` on the small interval that is left.
fn exp(x: f32) -> f32 {
    let x = x.clamp(-EXP_LIMIT, EXP_LIMIT);
    let n = (x * std::f32::consts::LOG2_E).round_ties_even();
    let r = n.mul_add(-LN_2_LOW, n.mul_add(-LN_2_HIGH, x));
    let p = EXP_POLYNOMIAL.iter().fold(0.0_f32, |p, &coefficient| p.mul_add(r, coefficient));
    let power_of_two = f32::from_bits(((n as i32 + 127) << 23) as u32);
    p.mul_add(r * r, r + 1.0) * power_of_two
}

/// Beyond it `e^x` would leave the normal numbers; the sigmoid is 0 or 1 long before.
pub(super) const EXP_LIMIT: f32 = 87.0;

/// ln 2 in two parts, the first with so few bits that its product with `n` is exact.
pub(super) const LN_2_HIGH: f32 = 355.0 / 512.0;
pub(super) const LN_2_LOW: f32 = -2.121_944_4e-4;

/// `p(r)`, the highest power first; minimax on |r| <= ln 2 / 2, from the Cephes library's `expf` (S. L. Moshier).
pub(super) const EXP_POLYNOMIAL: [f32; 6] =
    [1.987_569_1e-4, 1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 5.000_000_1e-1];
