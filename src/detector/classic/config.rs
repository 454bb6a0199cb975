//! How a classic detector is set, and what that is in samples, hops and powers.

use crate::detector::classic::{Logistic, Parameters};
use crate::dsp::noise::{NoiseFloor, SMOOTHING};
use crate::dsp::whiten::WhitenedSpectrum;
use crate::error::Error;

/// Milliseconds from one score of a classic detector to the next.
pub const HOP_MS: u32 = 10;

/// Milliseconds under the window of a spectrum, whose bins of 31 Hz resolve a low voice's harmonics.
pub const SPECTRUM_MS: u32 = 32;

/// The level in dB over full scale that the classic detectors take for silence, and add to what they hear.
///
/// White noise of 16-bit rounding has 1/12 of a squared step, -101 dBFS. Digital silence must not lie so far below it that
/// the rounding noise after it stands out as speech does, and quiet recordings not so close above it that turning them down
/// changes their scores: at -100 a gain of -20 dB moves those of `ltsd` and `sohn` by 0.034 and 0.037 on the average over
/// the development recordings, at -110 by 0.013 and 0.014, and at -115 `energy` and `ltsd` fire on rounding noise.
pub(super) const QUIETEST_DBFS: f32 = -110.0;

/// The parameters that the classic detectors share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClassicConfig {
    /// Averaging and memory. Defaults to [`Timing::default`].
    pub timing: Timing,
    /// A level in dB over full scale below which all is silence. -160 to 0. Defaults to -110, below the rounding
    /// noise of 16-bit audio, which is at -101.
    pub quietest_dbfs: f32,
    /// From the measure, in its unit, to a score. Defaults to the curve that `tools/fit` fitted for the measure and the
    /// rate, `None`.
    pub mapping: Option<Logistic>,
}

impl Default for ClassicConfig {
    fn default() -> Self {
        Self { timing: Timing::default(), quietest_dbfs: QUIETEST_DBFS, mapping: None }
    }
}

impl Parameters for ClassicConfig {
    fn shared(self) -> Result<ClassicConfig, Error> {
        Ok(self)
    }
}

/// Over what time a classic detector averages, and how long it remembers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// Milliseconds that the detector hears beyond the hop that it scores, in steps of 10. 0 to 500. Defaults to 60.
    pub lookahead_ms: u32,
    /// Milliseconds over which its measure is averaged, in steps of 10; they end with the look-ahead.
    /// 10 to 1000. Defaults to 140.
    pub average_ms: u32,
    /// Milliseconds over which the noise's level is taken to be the lowest that occurred, in steps of 10. 500 to 30,000.
    /// Defaults to 3000: longer, and noise that begins counts as speech for longer; shorter, and so does a long
    /// sentence count as noise.
    pub memory_ms: u32,
}

impl Default for Timing {
    fn default() -> Self {
        Self { lookahead_ms: 60, average_ms: 140, memory_ms: 3000 }
    }
}

/// A [`ClassicConfig`] that was checked, in the units that a measure works in.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Setup {
    /// The sample rate, 8,000 or 16,000 Hz.
    pub rate: u32,
    /// Samples in a hop, from one window to the next.
    pub hop: usize,
    /// Samples under a window.
    pub window: usize,
    /// Hops that the detector hears beyond the one that it scores.
    pub lookahead: usize,
    /// Hops over which the measure is averaged; they end with the look-ahead.
    pub average: usize,
    /// Hops over which the noise's level is taken to be the lowest that occurred.
    pub memory: usize,
    /// The power below which all is silence, where a full-scale constant has 1.
    pub quietest: f32,
}

impl Setup {
    pub(super) fn new(rate: u32, window_ms: u32, config: &ClassicConfig) -> Result<Self, Error> {
        if !matches!(rate, 8000 | 16_000) {
            let legal = "8000 or 16000 Hz; a stream resamples other rates";
            return Err(Error::Config { field: "rate of a classic detector", given: f64::from(rate), legal });
        }
        let ClassicConfig { timing, quietest_dbfs, .. } = *config;
        let hops = |field, given: u32, least, most, legal| {
            let legal_value = given.is_multiple_of(HOP_MS) && (least..=most).contains(&given);
            let error = Error::Config { field, given: f64::from(given), legal };
            if legal_value { Ok((given / HOP_MS) as usize) } else { Err(error) }
        };
        let lookahead = hops("timing.lookahead_ms", timing.lookahead_ms, 0, 500, "0 to 500 in steps of 10")?;
        let average = hops("timing.average_ms", timing.average_ms, 10, 1000, "10 to 1000 in steps of 10")?;
        let memory = hops("timing.memory_ms", timing.memory_ms, 500, 30_000, "500 to 30000 in steps of 10")?;
        if !(-160.0..=0.0).contains(&quietest_dbfs) {
            let given = f64::from(quietest_dbfs);
            return Err(Error::Config { field: "quietest_dbfs", given, legal: "-160 to 0 dBFS" });
        }
        let quietest = 10.0_f32.powf(quietest_dbfs / 10.0);
        let samples = |ms| (rate / 1000 * ms) as usize;
        Ok(Self { rate, hop: samples(HOP_MS), window: samples(window_ms), lookahead, average, memory, quietest })
    }

    /// The noise floor of `channels` powers: the smallest of each that occurred.
    pub fn noise_floor(&self, channels: usize) -> NoiseFloor {
        NoiseFloor::new(channels, self.memory as f32, SMOOTHING, f32::INFINITY)
    }

    /// The spectrum of a window over its noise, in a band in Hz, both ends included.
    pub fn whitened(&self, band: [f32; 2]) -> WhitenedSpectrum {
        let [low, high] = band;
        WhitenedSpectrum::new(self.window, self.rate, low, high, self.memory as f32, self.quietest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setup(rate: u32, config: ClassicConfig) -> Result<Setup, Error> {
        Setup::new(rate, SPECTRUM_MS, &config)
    }

    #[test]
    fn illegal_settings_are_named() {
        let named = |rate, config| match setup(rate, config) {
            Err(Error::Config { field, .. }) => field,
            other => panic!("{other:?}"),
        };
        let timing = Timing::default();
        for (timing, field) in [
            (Timing { lookahead_ms: 510, ..timing }, "timing.lookahead_ms"),
            (Timing { lookahead_ms: 15, ..timing }, "timing.lookahead_ms"),
            (Timing { average_ms: 0, ..timing }, "timing.average_ms"),
            (Timing { memory_ms: 100, ..timing }, "timing.memory_ms"),
        ] {
            assert_eq!(named(8000, ClassicConfig { timing, ..Default::default() }), field);
        }
        for quietest_dbfs in [f32::NAN, 1.0] {
            assert_eq!(named(8000, ClassicConfig { quietest_dbfs, ..Default::default() }), "quietest_dbfs");
        }
        assert_eq!(named(44_100, ClassicConfig::default()), "rate of a classic detector");
    }

    #[test]
    fn settings_become_samples_hops_and_powers() {
        for (rate, hop, window) in [(8000, 80, 256), (16_000, 160, 512)] {
            let config = ClassicConfig { quietest_dbfs: -30.0, ..Default::default() };
            let setup = setup(rate, config).unwrap();
            assert_eq!((setup.rate, setup.hop, setup.window), (rate, hop, window));
            assert_eq!((setup.lookahead, setup.average, setup.memory), (6, 14, 300));
            assert!((setup.quietest - 1e-3).abs() < 1e-9);
        }
    }
}
