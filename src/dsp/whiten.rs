//! The spectrum as it stands out of the noise.

use std::ops::Range;

use crate::dsp::noise::{NoiseFloor, SMOOTHING};
use crate::dsp::spectrum::PowerSpectrum;

/// Equivalent degrees of freedom of the power in a bin of a Hann window, smoothed over [`SMOOTHING`] steps.
///
/// `2 (1 + a) / (1 - a)`, as for independent windows; windows of 32 ms that begin 10 ms apart share two thirds
/// of their samples, and are smoother for it, but then dip less often: the two make up for each other, see the test.
const FREEDOM: f32 = 12.0;

/// A band of a power spectrum divided, bin by bin, by its noise floor: steady noise of any colour becomes white.
///
/// Source of the idea: P. Renevey and A. Drygajlo, "Entropy based voice activity detection in very noisy conditions",
/// Eurospeech 2001.
#[derive(Clone, Debug)]
pub struct WhitenedSpectrum {
    spectrum: PowerSpectrum,
    band: Range<usize>,
    floor: NoiseFloor,
    quietest: f32,
    ratios: Vec<f32>, // (bins of the band)
}

impl WhitenedSpectrum {
    /// The whitened spectrum from `low` to `high` Hz of `window` samples at `rate` Hz.
    ///
    /// The floor is the minimum over `memory` steps; `quietest` is the power of a bin that counts as silence, and is
    /// added to all powers.
    pub fn new(window: usize, rate: u32, low: f32, high: f32, memory: f32, quietest: f32) -> Self {
        let spectrum = PowerSpectrum::new(window);
        let band = spectrum.band(low, high, rate);
        let floor = NoiseFloor::new(band.len(), memory, SMOOTHING, FREEDOM);
        Self { spectrum, floor, quietest, ratios: vec![0.0; band.len()], band }
    }

    /// The power of each bin of the band in `samples` over its noise floor: shape (bins of the band), mean 1 in noise.
    pub fn of(&mut self, samples: &[f32]) -> &[f32] {
        let powers = &self.spectrum.of(samples)[self.band.clone()];
        for (ratio, power) in self.ratios.iter_mut().zip(powers) {
            *ratio = power + self.quietest;
        }
        let floor = self.floor.push(&self.ratios);
        self.ratios.iter_mut().zip(floor).for_each(|(ratio, floor)| *ratio /= floor);
        &self.ratios
    }

    /// The power of every bin of the window seen last, from 0 Hz to half of the sample rate, as it was heard.
    pub fn powers(&self) -> &[f32] {
        self.spectrum.powers()
    }

    /// How many bins the band has.
    pub fn bins(&self) -> usize {
        self.ratios.len()
    }

    /// Forgets the noise floor.
    pub fn reset(&mut self) {
        self.floor.reset();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steady_noise_of_any_colour_becomes_white_with_mean_one() {
        for (rate, window, hop) in [(16_000, 512, 160), (8000, 256, 80)] {
            let mut whitened = WhitenedSpectrum::new(window, rate, 250.0, 4000.0, 300.0, 1e-10);
            let mut state = 5_u32;
            let mut brown = 0.0;
            let samples: Vec<f32> = (0..20 * rate)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    brown = 0.9 * brown + state as i32 as f32 / 2_147_483_648.0;
                    brown * 0.1
                })
                .collect();
            let mut sums = vec![0.0; whitened.bins()];
            let mut count = 0.0;
            for (step, samples) in samples.windows(window).step_by(hop).enumerate() {
                let ratios = whitened.of(samples);
                if step >= 300 {
                    sums.iter_mut().zip(ratios).for_each(|(sum, ratio)| *sum += ratio);
                    count += 1.0;
                }
            }
            let mean = sums.iter().sum::<f32>() / count / sums.len() as f32;
            assert!((0.8..1.25).contains(&mean), "{rate}: {mean}");
            let (low, high) = sums.split_at(sums.len() / 2);
            let slope = low.iter().sum::<f32>() / high.iter().sum::<f32>() * high.len() as f32 / low.len() as f32;
            assert!((0.9..1.1).contains(&slope), "{rate}: {slope}");
        }
    }
}
