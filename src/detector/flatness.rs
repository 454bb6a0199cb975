//! Spectral flatness, or Wiener entropy, over the speech band, above the noise.
//!
//! The ratio of the geometric to the arithmetic mean of a power spectrum is 1 where it is flat and small where few bins
//! hold the power, as in a vowel. With `q[k]` the power of bin `k` over its noise floor in a window of 32 ms, and `c` =
//! [`OFFSET`],
//!
//! ```text
//! F = (prod (q[k] + c))^(1/N) / (1/N sum (q[k] + c))      Gray and Markel 1974, equation 9
//! measure = mean of -10 log10 F                           dB, around the hop
//! score = 1 / (1 + exp(-(measure - centre) / width))
//! ```
//!
//! Source: A. H. Gray and J. D. Markel, "A spectral-flatness measure for studying the autocorrelation method of linear
//! prediction of speech analysis", *IEEE Transactions on Acoustics, Speech, and Signal Processing* 22 (3), 1974; as a
//! detector of speech, M. H. Moattar and M. M. Homayounpour, "A simple but efficient real-time voice activity
//! detection algorithm", EUSIPCO 2009. Dividing by the noise first, and the offset, are as in
//! [`entropy`](super::entropy).
//!
//! Good at: voiced speech in steady noise of any colour, at any level; the geometric mean also sees how deep the valleys
//! between formants are, so it does better than the entropy. Blind to fricatives; taken in by music, birds and alarms.

use crate::detector::Detector;
use crate::detector::fitted;
use crate::detector::mapping::{Logistic, QUIETEST_DBFS, Timing, hop_at, quietest, window_at};
use crate::dsp::smooth::MovingAverage;
use crate::dsp::spectrum::unflatness;
use crate::dsp::steps::Steps;
use crate::dsp::whiten::WhitenedSpectrum;
use crate::error::Error;
use crate::frame::FrameSpec;

/// The band in Hz that is looked at: the first three formants.
pub const BAND_HZ: [f32; 2] = [250.0, 4000.0];

/// What is added to each ratio, so that a bin that stands out of the noise by less than this counts little.
pub const OFFSET: f32 = 10.0;

/// The parameters of [`Flatness`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FlatnessConfig {
    /// Averaging and memory. Defaults to [`Timing::default`].
    pub timing: Timing,
    /// A level in dB over full scale below which all is silence. -160 to 0. Defaults to -110, below the rounding
    /// noise of 16-bit audio, which is at -101.
    pub quietest_dbfs: f32,
    /// From dB to a score. Defaults to the curve that `tools/fit` fitted.
    pub mapping: Logistic,
}

impl Default for FlatnessConfig {
    fn default() -> Self {
        Self { timing: Timing::default(), quietest_dbfs: QUIETEST_DBFS, mapping: fitted::FLATNESS }
    }
}

/// The flatness detector; see the [module](self).
#[derive(Clone, Debug)]
pub struct Flatness {
    spec: FrameSpec,
    mapping: Logistic,
    steps: Steps,
    whitened: WhitenedSpectrum,
    average: MovingAverage,
}

impl Flatness {
    /// A detector for audio at 8,000 or 16,000 Hz.
    ///
    /// # Errors
    /// [`Error::Config`] for any other rate, and where a field of `config` is out of its range.
    pub fn new(rate: u32, config: FlatnessConfig) -> Result<Self, Error> {
        let (hop, window) = (hop_at(rate)?, window_at(rate)?);
        let spans = config.timing.check()?;
        let steps = Steps::new(window, hop, spans.lookahead + 1);
        let [low, high] = BAND_HZ;
        let quietest = quietest(config.quietest_dbfs)?;
        Ok(Self {
            spec: FrameSpec::overlapping(rate, steps.frame(), hop),
            mapping: config.mapping.check()?,
            steps,
            whitened: WhitenedSpectrum::new(window, rate, low, high, spans.memory, quietest),
            average: MovingAverage::new(spans.average),
        })
    }

    /// What the score is made of: the mean of how far the whitened spectrum is from flat around the hop, in dB.
    pub fn measure(&mut self, frame: &[f32]) -> f32 {
        let mut mean = 0.0;
        for window in self.steps.unseen(frame) {
            let ratios = self.whitened.of(window);
            mean = self.average.push(unflatness(ratios.iter().map(|ratio| ratio + OFFSET)));
        }
        mean
    }
}

impl Detector for Flatness {
    fn spec(&self) -> FrameSpec {
        self.spec
    }

    fn score(&mut self, frame: &[f32]) -> f32 {
        let measure = self.measure(frame);
        self.mapping.score(measure)
    }

    fn reset(&mut self) {
        self.steps.reset();
        self.whitened.reset();
        self.average.reset();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_that_begins_stands_out_and_steady_noise_does_not() {
        for rate in [8000, 16_000] {
            let mut detector = Flatness::new(rate, FlatnessConfig::default()).unwrap();
            let FrameSpec { frame, hop, .. } = detector.spec();
            let mut state = 1_u32;
            let samples: Vec<f32> = (0..3 * rate)
                .map(|n| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    let noise = state as i32 as f32 / 2_147_483_648.0 * 0.01;
                    let tone = (std::f32::consts::TAU * 1000.0 * n as f32 / rate as f32).sin() * 0.3;
                    if n < 2 * rate { noise } else { noise + tone }
                })
                .collect();
            let measures: Vec<f32> =
                samples.windows(frame).step_by(hop).map(|frame| detector.measure(frame)).collect();
            // Ratios of steady noise are exponential with mean 1; with the offset their shape is all but flat.
            assert!(measures[100..180].iter().all(|measure| (0.0..0.1).contains(measure)), "noise: {measures:?}");
            // In the tone's three bins the ratio is 10^5 and more.
            assert!(measures[230] > 20.0, "tone: {}", measures[230]);
        }
    }
}
