//! Long-term spectral divergence.
//!
//! Speech changes within a tenth of a second, steady noise does not. So each bin is compared with its noise not in one
//! window but at its loudest in the windows around: that bridges the short gaps in speech, and noise gains little by
//! it. With `X` the magnitudes of windows of 32 ms, 10 ms apart, `M` the order and `N` the noise magnitudes,
//!
//! ```text
//! LTSE[k, n] = max { X[k, n + j] : j = -M .. M }                       Ramirez et al. 2004, equation 1
//! LTSD[n] = 10 log10 ( 1/K sum over k of LTSE^2[k, n] / N^2[k] )       Ramirez et al. 2004, equation 2; dB
//! score = 1 / (1 + exp(-(LTSD - centre) / width))
//! ```
//!
//! Source: J. Ramirez, J. C. Segura, C. Benitez, A. de la Torre and A. Rubio, "Efficient voice activity detection
//! algorithms using long-term speech information", *Speech Communication* 42 (3-4), 2004. They learn `N` from windows
//! that they decided to be noise (equation 5), and cannot unlearn a wrong decision; here it is the noise floor of
//! minimum statistics (R. Martin, 2001), which needs none. Their threshold that falls with the noise level (equation 4)
//! would make the score depend on the recording's level, and is left out. Each ratio is limited to 30 dB, which ranks
//! noisy speech better: 0.790 in place of 0.770 AUC at 5 dB on the development recordings.
//!
//! Good at: speech in steady noise, its weak beginnings and ends, with scores that do not flutter. Blind to pauses
//! shorter than its reach; taken in by noise that comes and goes, of which it also takes the loudest moment.

use std::ops::Range;

use crate::detector::classic::config::QUIETEST_DBFS;
use crate::detector::classic::{
    Classic, ClassicConfig, HOP_MS, Logistic, Measure, Parameters, SPECTRUM_MS, Setup, Timing, fitted,
};
use crate::dsp::noise::NoiseFloor;
use crate::dsp::spectrum::{PowerSpectrum, decibels};
use crate::error::Error;

/// The band in Hz that is looked at: hum and offset lie below.
pub const BAND_HZ: [f32; 2] = [100.0, 8000.0];

/// The largest ratio of a bin's power to its noise, 30 dB: without a limit one line of a hum or a bell is the mean.
const LARGEST_RATIO: f32 = 1e3;

/// The long-term spectral divergence detector; see the [module](self).
pub type Ltsd = Classic<Divergence>;

/// The parameters of [`Ltsd`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LtsdConfig {
    /// How many windows before and after the one scored take part, 10 ms apart: also the look-ahead. 0 to 30.
    /// Defaults to 6, as in the paper.
    pub order: usize,
    /// Milliseconds over which the noise's level is taken to be the lowest that occurred. 500 to 30,000.
    /// Defaults to 3000.
    pub memory_ms: u32,
    /// A level in dB over full scale below which all is silence. -160 to 0. Defaults to -110, below the rounding
    /// noise of 16-bit audio, which is at -101.
    pub quietest_dbfs: f32,
    /// From dB to a score. Defaults to the curve that `tools/fit` fitted, `None`.
    pub mapping: Option<Logistic>,
}

impl Default for LtsdConfig {
    fn default() -> Self {
        Self { order: 6, memory_ms: 3000, quietest_dbfs: QUIETEST_DBFS, mapping: None }
    }
}

impl Parameters for LtsdConfig {
    fn shared(self) -> Result<ClassicConfig, Error> {
        let Self { order, memory_ms, quietest_dbfs, mapping } = self;
        if order > 30 {
            return Err(Error::Config { field: "order", given: order as f64, legal: "0 to 30" });
        }
        if !(500..=30_000).contains(&memory_ms) {
            let given = f64::from(memory_ms);
            return Err(Error::Config { field: "memory_ms", given, legal: "500 to 30000" });
        }
        let lookahead_ms = order as u32 * HOP_MS;
        let timing = Timing {
            lookahead_ms,
            average_ms: 2 * lookahead_ms + HOP_MS, // 2 order + 1 hops, whose largest power is taken in place of a mean
            memory_ms: memory_ms / HOP_MS * HOP_MS,
        };
        Ok(ClassicConfig { timing, quietest_dbfs, mapping })
    }
}

/// The measure of [`Ltsd`]: the divergence of the windows around from the noise, in dB.
#[derive(Clone, Debug)]
pub struct Divergence {
    quietest: f32,
    spectrum: PowerSpectrum,
    band: Range<usize>,
    recent: Vec<f32>, // (2 order + 1, bins), a ring of power spectra
    next: usize,
    filled: usize,
    envelope: Vec<f32>, // (bins): the largest of `recent`, the square of LTSE
    floor: NoiseFloor,
}

impl Divergence {
    /// Puts a window's spectrum in the place of the oldest.
    fn remember(&mut self, window: &[f32]) {
        let bins = self.envelope.len();
        let powers = &self.spectrum.of(window)[self.band.clone()];
        let slot = &mut self.recent[self.next * bins..][..bins];
        slot.iter_mut().zip(powers).for_each(|(slot, power)| *slot = power + self.quietest);
        self.floor.push(slot);
        let spectra = self.recent.len() / bins;
        self.next = (self.next + 1) % spectra;
        self.filled = spectra.min(self.filled + 1);
    }
}

impl Measure for Divergence {
    type Config = LtsdConfig;
    const WINDOW_MS: u32 = SPECTRUM_MS;

    fn mapping(_rate: u32) -> Logistic {
        fitted::LTSD
    }

    fn new(setup: &Setup, _config: LtsdConfig) -> Self {
        let spectrum = PowerSpectrum::new(setup.window);
        let band = spectrum.band(BAND_HZ[0], BAND_HZ[1], setup.rate);
        Self {
            quietest: setup.quietest,
            spectrum,
            recent: vec![0.0; setup.average * band.len()],
            next: 0,
            filled: 0,
            envelope: vec![0.0; band.len()],
            floor: setup.noise_floor(band.len()),
            band,
        }
    }

    fn push(&mut self, window: &[f32]) -> f32 {
        self.remember(window);
        let bins = self.envelope.len();
        self.envelope.fill(0.0);
        for powers in self.recent.chunks_exact(bins).take(self.filled) {
            self.envelope.iter_mut().zip(powers).for_each(|(largest, power)| *largest = largest.max(*power));
        }
        let ratios =
            self.envelope.iter().zip(self.floor.floor()).map(|(power, floor)| (power / floor).min(LARGEST_RATIO));
        decibels(ratios.sum::<f32>() / bins as f32)
    }

    fn reset(&mut self) {
        self.floor.reset();
        (self.next, self.filled) = (0, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detector::Detector;
    use crate::frame::FrameSpec;

    #[test]
    fn the_envelope_reaches_as_far_as_the_order_both_ways() {
        for order in [0, 2, 6] {
            let mut ltsd = Ltsd::new(16_000, LtsdConfig { order, ..LtsdConfig::default() }).unwrap();
            let FrameSpec { frame, hop, .. } = ltsd.spec();
            // A click in one hop of faint noise: windows of 512 samples whose taper does not
            // hide it begin at hops 98 to 100.
            let mut state = 1_u32;
            let mut samples: Vec<f32> = (0..32_000)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    state as i32 as f32 / 2_147_483_648.0 * 0.001
                })
                .collect();
            samples[100 * hop + 80] = 1.0;
            let measures: Vec<f32> = samples.windows(frame).step_by(hop).map(|frame| ltsd.measure(frame)).collect();
            let loud: Vec<usize> = (50..150).filter(|&n| measures[n] > 20.0).collect();
            assert_eq!(loud, (98 - order..=100 + order).collect::<Vec<_>>());
        }
    }
}
