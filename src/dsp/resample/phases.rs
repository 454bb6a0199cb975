//! The resampler's low-pass filter: its design, and its table of phases.
//!
//! An ideal low-pass with its edge at `c` (as a fraction of the Nyquist frequency) has the impulse
//! response `c * sinc(c * t)`. It never ends, so it is multiplied by a window that does: Kaiser's,
//! whose shape `beta` trades the ripple against the width of the transition band. His formulas
//! give `beta` from the attenuation `A` in dB, and the filter's order from `A` and the width `w` of
//! the transition band in radians per sample:
//!
//! ```text
//! beta  = 0.1102 * (A - 8.7)                 for A > 50
//! order = (A - 7.95) / (2.285 * w)
//! ```
//!
//! (J. F. Kaiser, "Nonrecursive digital filter design using the I0-sinh window function", Proc.
//! IEEE ISCAS 1974, pages 20-23; Oppenheim and Schafer, *Discrete-Time Signal Processing*, section
//! on Kaiser's design method.) The pass and the stop band ripple alike, `10^(-A / 20)`, so one
//! number settles both.

use std::f64::consts::PI;
use std::sync::Arc;

/// Stop-band attenuation that the filter is designed for, in dB: the 80 that are promised, and a
/// margin because Kaiser's formulas are fits.
const ATTENUATION: f64 = 84.0;

/// Kaiser's `beta` for [`ATTENUATION`].
const BETA: f64 = 0.1102 * (ATTENUATION - 8.7);

/// Where the pass band ends, as a fraction of the lower Nyquist frequency. The stop band starts at
/// 1.0, so that nothing at all aliases.
const PASS: f64 = 0.9;

/// Partial sums that run side by side in [`dot`]: four SSE registers of them, or two of AVX. The
/// taps of a phase are a multiple of it.
const LANES: usize = 16;

/// Most coefficients that the table holds, but for its last row: 256 KiB. It suffices to hold
/// every phase between the usual rates (44.1 to 16 kHz has 160 phases of 320 taps).
const TABLE: usize = 1 << 16;

/// The filter, tabled at equal steps of the fraction of a sample that an output lies at.
///
/// Row `r` holds the taps for the fraction `r / steps`. Mostly there is a row for each of the `L`
/// fractions. Where these would not fit into [`TABLE`], the taps between two rows are taken on the
/// line through them. For a sine of `w` radians per sample such a line is off by at most
/// `(w / steps)^2 / 8`. The higher `w` may be, the shorter the filter and the more rows there is
/// room for, at least 530 times `w / pi`: so the images that this makes are 107 dB down.
#[derive(Clone, Debug)]
pub(super) struct Phases {
    rows: Arc<[f32]>, // (steps + 1, taps)
    taps: usize,
    steps: u32,
    denominator: u32, // L
}

impl Phases {
    /// The filter for the rate ratio `from / to` in lowest terms; without taps if that is 1.
    pub(super) fn new(from: u32, to: u32) -> Self {
        if from == to {
            return Self { rows: [].into(), taps: 0, steps: 1, denominator: 1 };
        }
        let lower_nyquist = (f64::from(to) / f64::from(from)).min(1.0); // of the input's
        let taps = taps(lower_nyquist);
        let steps = (to as usize).min(TABLE / taps);
        let prototype = Prototype { edge: lower_nyquist * f64::midpoint(PASS, 1.0), reach: taps as f64 / 2.0 };

        let mut rows = vec![0.0; (steps + 1) * taps];
        for (row, out) in rows.chunks_exact_mut(taps).take(steps / 2 + 1).enumerate() {
            let exact = prototype.taps_at(row as f64 / steps as f64);
            for (tap, exact) in out.iter_mut().zip(exact) {
                *tap = exact as f32;
            }
        }
        // The response is symmetric, so row `steps - r` is row `r` backwards.
        let (first, second) = rows.split_at_mut((steps + 1) * taps / 2);
        for (later, earlier) in second.iter_mut().rev().zip(first) {
            *later = *earlier;
        }
        Self { rows: rows.into(), taps, steps: steps as u32, denominator: to }
    }

    /// Samples in a window.
    pub(super) fn taps(&self) -> usize {
        self.taps
    }

    /// The signal in `window` at `phase / L` samples past the window's sample `taps / 2 - 1`.
    pub(super) fn filter(&self, window: &[f32], phase: u32) -> f32 {
        let position = phase * self.steps; // < 384_000 * 586
        let (row, between) = (position / self.denominator, position % self.denominator);
        let rows = &self.rows[row as usize * self.taps..];
        let here = dot(window, &rows[..self.taps]);
        if between == 0 {
            return here;
        }
        let next = dot(window, &rows[self.taps..2 * self.taps]);
        here + (next - here) * (between as f32 / self.denominator as f32)
    }
}

/// Length in input samples of the filter that stops from `lower_nyquist` on, a fraction of the
/// input's Nyquist frequency, and passes up to [`PASS`] of it.
fn taps(lower_nyquist: f64) -> usize {
    let transition = PI * (1.0 - PASS) * lower_nyquist;
    let order = (ATTENUATION - 7.95) / (2.285 * transition);
    (order.ceil() as usize).next_multiple_of(LANES)
}

/// The filter's impulse response, in continuous time.
struct Prototype {
    edge: f64,  // as a fraction of the input's Nyquist frequency
    reach: f64, // zero from here on, in input samples
}

impl Prototype {
    /// The response at `t` input samples, up to a factor.
    fn at(&self, t: f64) -> f64 {
        if t.abs() >= self.reach {
            return 0.0;
        }
        let x = PI * self.edge * t;
        let sinc = if x == 0.0 { 1.0 } else { x.sin() / x };
        sinc * bessel_i0_of_root(BETA * BETA * (1.0 - (t / self.reach).powi(2)))
    }

    /// The taps for a position `fraction` of a sample past the tap `taps / 2 - 1`.
    ///
    /// Their sum is 1, so that a constant stays one, without a ripple from phase to phase.
    fn taps_at(&self, fraction: f64) -> Vec<f64> {
        let centre = self.reach - 1.0 + fraction;
        let count = 2 * self.reach as usize;
        let response: Vec<f64> = (0..count).map(|tap| self.at(centre - tap as f64)).collect();
        let sum: f64 = response.iter().sum();
        response.into_iter().map(|tap| tap / sum).collect()
    }
}

/// The modified Bessel function of order 0, `I0(sqrt(square))`, for `square` up to [`BETA`]
/// squared; within 1e-12 of its largest value there.
///
/// The sum over `k` of `(square / 4)^k / (k!)^2` (Abramowitz and Stegun, 9.6.12), innermost first.
fn bessel_i0_of_root(square: f64) -> f64 {
    const TERMS: usize = 22;
    const FACTORS: [f64; TERMS] = {
        let mut factors = [0.0; TERMS]; // 1 / k^2, from the last k to the first
        let mut k = TERMS;
        while k > 0 {
            factors[TERMS - k] = 1.0 / (k * k) as f64;
            k -= 1;
        }
        factors
    };
    let z = square / 4.0;
    FACTORS.iter().fold(1.0, |sum, factor| 1.0 + z * factor * sum)
}

/// The inner product of two slices whose length is a multiple of [`LANES`].
///
/// Sums `LANES` interleaved partial sums, always in the same order.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0; LANES];
    for (a, b) in a.as_chunks::<LANES>().0.iter().zip(b.as_chunks::<LANES>().0) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    sums.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rate ratios in lowest terms whose fractions are all tabled, or mostly interpolated.
    const TABLED: [(u32, u32); 4] = [(3, 1), (441, 160), (1, 2), (96, 1)];
    const INTERPOLATED: [(u32, u32); 3] = [(47_999, 16_000), (441, 640), (383_999, 4_000)];

    fn design(from: u32, to: u32) -> (Prototype, Phases) {
        let lower_nyquist = (f64::from(to) / f64::from(from)).min(1.0);
        let phases = Phases::new(from, to);
        let reach = phases.taps() as f64 / 2.0;
        (Prototype { edge: 0.95 * lower_nyquist, reach }, phases)
    }

    #[test]
    fn bessel_function_has_its_tabled_values() {
        // Abramowitz and Stegun, table 9.8 (which holds exp(-x) * I0(x)), to its 10 decimals.
        for (x, scaled) in [(0.0_f64, 1.0), (1.0, 0.465_759_607_6), (5.0, 0.183_540_812_6), (8.0, 0.143_431_781_9)] {
            let value = bessel_i0_of_root(x * x) * (-x).exp();
            assert!((value - scaled).abs() < 1e-10, "{x}: {value} {scaled}");
        }
    }

    #[test]
    fn every_fraction_has_its_exact_taps() {
        for (from, to) in TABLED {
            let (prototype, phases) = design(from, to);
            assert_eq!(phases.steps, to);
            for phase in 0..to {
                let exact = prototype.taps_at(f64::from(phase) / f64::from(to));
                assert_eq!(exact.len(), phases.taps());
                let row = &phases.rows[phase as usize * phases.taps()..][..phases.taps()];
                for (tap, exact) in row.iter().zip(exact) {
                    assert!((f64::from(*tap) - exact).abs() < 1e-7, "{from} {to} {phase}: {tap} {exact}");
                }
            }
        }
    }

    #[test]
    fn interpolated_taps_are_near_the_exact_ones() {
        for (from, to) in INTERPOLATED {
            let (prototype, phases) = design(from, to);
            assert!(phases.steps < to);
            let mut impulse = vec![0.0; phases.taps()];
            for phase in (0..to).step_by(97) {
                let exact = prototype.taps_at(f64::from(phase) / f64::from(to));
                let largest = exact.iter().copied().fold(0.0, f64::max);
                for k in (0..phases.taps()).step_by(13) {
                    impulse[k] = 1.0;
                    let tap = f64::from(phases.filter(&impulse, phase));
                    impulse[k] = 0.0;
                    assert!((tap - exact[k]).abs() < 1e-5 * largest, "{from} {to} {phase} {k}: {tap} {}", exact[k]);
                }
            }
        }
    }

    #[test]
    fn every_row_sums_to_one() {
        for (from, to) in TABLED.into_iter().chain(INTERPOLATED) {
            let phases = Phases::new(from, to);
            for row in phases.rows.chunks_exact(phases.taps()) {
                let sum: f64 = row.iter().map(|tap| f64::from(*tap)).sum();
                assert!((sum - 1.0).abs() < 1e-7, "{from} {to}: {sum}");
            }
        }
    }

    #[test]
    fn table_stays_small() {
        for (from, to) in [(47_999, 16_000), (383_999, 384_000), (383_999, 4_000), (4_001, 383_999), (96, 1)] {
            let phases = Phases::new(from, to);
            assert!(phases.rows.len() <= TABLE + phases.taps(), "{from} {to}");
        }
    }

    #[test]
    fn dot_is_the_inner_product() {
        let a: Vec<f32> = (0..5 * LANES as i32).map(|k| ((k * 37) % 19 - 9) as f32).collect();
        let b: Vec<f32> = (0..5 * LANES as i32).map(|k| ((k * 53) % 23 - 11) as f32).collect();
        let exact: f32 = a.iter().zip(&b).map(|(a, b)| a * b).sum(); // whole numbers: no rounding
        assert_eq!(dot(&a, &b).to_bits(), exact.to_bits());
    }
}
