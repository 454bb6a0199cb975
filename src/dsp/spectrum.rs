//! The power spectrum of a short window, and two measures of its shape.

use std::ops::Range;

use crate::audio::sample::clean;
use crate::dsp::fft::RealFft;
use crate::dsp::window::hann;

/// The windowed power spectrum, `|FFT(w x)|^2 / sum(w^2)`.
///
/// With this scale white noise of variance `v` has a mean power of `v` in every bin.
#[derive(Clone, Debug)]
pub struct PowerSpectrum {
    window: Vec<f32>, // (length), scaled so that its squares sum to one
    fft: RealFft,
    powers: Vec<f32>, // (bins)
}

impl PowerSpectrum {
    /// The spectrum of `length` samples under a Hann window; `length` is even.
    pub fn new(length: usize) -> Self {
        let fft = RealFft::new(length);
        let mut window = hann(length);
        let norm = window.iter().map(|w| w * w).sum::<f32>().sqrt();
        for w in &mut window {
            *w /= norm;
        }
        let powers = vec![0.0; fft.bins()];
        Self { window, fft, powers }
    }

    /// The spectrum of `samples`, from 0 Hz to half of the sample rate: shape (bins).
    ///
    /// Missing samples count as zeros; bad ones are mended by [`clean`].
    pub fn of(&mut self, samples: &[f32]) -> &[f32] {
        let tapered = samples.iter().zip(&self.window).map(|(&x, w)| clean(x) * w);
        self.fft.powers(tapered, &mut self.powers);
        &self.powers
    }

    /// The spectrum that was computed last; zeros before.
    pub fn powers(&self) -> &[f32] {
        &self.powers
    }

    /// How many bins there are.
    pub fn bins(&self) -> usize {
        self.powers.len()
    }

    /// The bins from `low` to `high` Hz, both included as far as they exist, at a sample rate of `rate` Hz.
    pub fn band(&self, low: f32, high: f32, rate: u32) -> Range<usize> {
        let spacing = rate as f32 / self.window.len() as f32;
        let end = ((high / spacing).floor() as usize + 1).min(self.bins());
        ((low / spacing).ceil() as usize).min(end)..end
    }
}

/// How far the entropy of a spectrum lies below that of a flat one, in nats: `ln N + sum p ln p`, `p = P / sum P`.
///
/// 0 for a flat spectrum (and an empty or silent one), `ln N` where one bin holds all power.
/// Source: C. E. Shannon, 1948; as a feature of speech, J.-L. Shen, J.-W. Hung and L.-S. Lee, 1998, equation 2.
pub fn negentropy(powers: impl Iterator<Item = f32>) -> f32 {
    // With S the sum of powers, sum p ln p = (sum P ln P) / S - ln S: one pass, no division a bin.
    let (mut count, mut sum, mut weighted) = (0, 0.0_f32, 0.0_f32);
    for power in powers {
        count += 1;
        sum += power;
        weighted += power * ln(power.max(f32::MIN_POSITIVE));
    }
    if sum > 0.0 { ((count as f32).ln() + weighted / sum - sum.ln()).max(0.0) } else { 0.0 }
}

/// How far the geometric mean of a spectrum lies below its arithmetic mean, in dB: minus ten times the logarithm of
/// its flatness.
///
/// 0 for a flat spectrum (and an empty or silent one), and without limit where a bin is empty and another is not.
/// Source: A. H. Gray and J. D. Markel, "A spectral-flatness measure for studying the autocorrelation method of
/// linear prediction of speech analysis", 1974, equation 9.
pub fn unflatness(powers: impl Iterator<Item = f32>) -> f32 {
    let (mut count, mut sum, mut logs) = (0, 0.0_f32, 0.0_f32);
    for power in powers {
        count += 1;
        sum += power;
        logs += ln(power.max(f32::MIN_POSITIVE));
    }
    let count = count.max(1) as f32;
    if sum > 0.0 { (10.0 / std::f32::consts::LN_10 * ((sum / count).ln() - logs / count)).max(0.0) } else { 0.0 }
}

/// The natural logarithm of a positive, normal number, to 1e-5 in absolute terms; branchless, so that loops over
/// bins run several at a time.
///
/// `x = 2^e m` with `m` in [`sqrt(1/2)`, `sqrt(2)`), and `ln m = 2 atanh((m - 1) / (m + 1))` as the first four terms
/// of its series (Abramowitz and Stegun, 4.1.27): what is left out is below `2/9 * 0.172^9 = 3e-8`.
#[inline]
pub fn ln(x: f32) -> f32 {
    let shifted = x.to_bits().wrapping_sub(0x3f35_04f3); // the bits of sqrt(1/2)
    let exponent = (shifted as i32) >> 23;
    let mantissa = f32::from_bits((shifted & 0x007f_ffff) + 0x3f35_04f3);
    let t = (mantissa - 1.0) / (mantissa + 1.0);
    let s = t * t;
    let series = 2.0 * t * (1.0 + s * (1.0 / 3.0 + s * (1.0 / 5.0 + s * (1.0 / 7.0))));
    exponent as f32 * std::f32::consts::LN_2 + series
}

/// A power in dB; the smallest normal number stands for all below it.
#[inline]
pub fn decibels(power: f32) -> f32 {
    10.0 / std::f32::consts::LN_10 * ln(power.max(f32::MIN_POSITIVE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f32::consts::{LN_2, TAU};

    /// White noise of variance 1/3, from a fixed seed.
    fn noise(count: usize) -> Vec<f32> {
        let mut state = 1_u32;
        let next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state as i32 as f32 / 2_147_483_648.0
        };
        std::iter::repeat_with(next).take(count).collect()
    }

    #[test]
    fn white_noise_has_its_variance_in_every_bin() {
        let mut spectrum = PowerSpectrum::new(512);
        let mut mean = vec![0.0; spectrum.bins()];
        let samples = noise(512 * 2000);
        for window in samples.chunks_exact(512) {
            mean.iter_mut().zip(spectrum.of(window)).for_each(|(mean, power)| *mean += power / 2000.0);
        }
        for power in &mean[2..255] {
            assert!((power * 3.0 - 1.0).abs() < 0.15, "{power}");
        }
    }

    #[test]
    fn a_sine_has_three_bins_in_known_proportions() {
        // The Hann window's transform is 1/2 at the centre and 1/4 on each side: powers 4 : 1 : 1.
        let mut spectrum = PowerSpectrum::new(320);
        let sine: Vec<f32> = (0..320).map(|n| (TAU * 40.0 * n as f32 / 320.0).sin()).collect();
        let powers = spectrum.of(&sine);
        assert!((powers[40] / powers[41] - 4.0).abs() < 1e-3);
        assert!((powers[40] / powers[39] - 4.0).abs() < 1e-3);
        assert!(powers[44] < 1e-6 * powers[40]);
        let p = [2.0_f32 / 3.0, 1.0 / 6.0, 1.0 / 6.0];
        let exact = 161.0_f32.ln() + p.iter().map(|p| p * p.ln()).sum::<f32>();
        assert!((negentropy(powers.iter().copied()) - exact).abs() < 1e-3);
    }

    #[test]
    fn known_entropies_and_flatnesses() {
        assert_eq!(negentropy([0.3; 10].into_iter()).abs() < 1e-5, unflatness([0.3; 10].into_iter()) < 1e-4);
        assert!(negentropy([1.0, 0.0, 0.0, 0.0].into_iter()) - 4.0_f32.ln() < 1e-5);
        assert!((negentropy([0.5, 0.5, 0.0, 0.0].into_iter()) - LN_2).abs() < 1e-5);
        // Means of 1 and 100: 50.5 and 10.
        assert!((unflatness([1.0, 100.0].into_iter()) - 10.0 * 5.05_f32.log10()).abs() < 1e-4);
        for measure in
            [negentropy([0.0; 4].into_iter()), unflatness([0.0; 4].into_iter()), negentropy([].into_iter())]
        {
            assert_eq!(measure, 0.0);
        }
    }

    #[test]
    fn white_noise_has_the_entropy_and_flatness_of_exponential_powers() {
        // Powers of noise are exponential: E[ln P] = -gamma, E[P ln P] = 1 - gamma, with Euler's gamma.
        let mut spectrum = PowerSpectrum::new(512);
        let samples = noise(512 * 400);
        let (mut entropy, mut flatness) = (0.0, 0.0);
        for window in samples.chunks_exact(512) {
            let powers = spectrum.of(window);
            entropy += negentropy(powers[8..200].iter().copied()) / 400.0;
            flatness += unflatness(powers[8..200].iter().copied()) / 400.0;
        }
        let gamma = 0.577_215_7;
        assert!((entropy - (1.0 - gamma)).abs() < 0.02, "{entropy}");
        assert!((flatness - 10.0 / std::f32::consts::LN_10 * gamma).abs() < 0.05, "{flatness}");
    }

    #[test]
    fn the_fast_logarithm_is_close() {
        for step in -300..300 {
            let x = (step as f32 * 0.2).exp();
            assert!((ln(x) - x.ln()).abs() < 1e-5 * x.ln().abs().max(1.0), "{x}");
        }
        assert!((ln(f32::MIN_POSITIVE) - f32::MIN_POSITIVE.ln()).abs() < 1e-3);
    }

    #[test]
    fn bands_are_whole_bins() {
        let spectrum = PowerSpectrum::new(512);
        assert_eq!(spectrum.band(250.0, 4000.0, 16_000), 8..129);
        assert_eq!(spectrum.band(0.0, 9000.0, 16_000), 0..257);
        assert!(spectrum.band(9000.0, 9500.0, 16_000).is_empty());
    }
}
