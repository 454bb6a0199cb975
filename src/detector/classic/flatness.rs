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

use crate::detector::classic::{Classic, ClassicConfig, Logistic, Measure, SPECTRUM_MS, Setup, fitted};
use crate::dsp::smooth::MovingAverage;
use crate::dsp::spectrum::unflatness;
use crate::dsp::whiten::WhitenedSpectrum;

/// The band in Hz that is looked at: the first three formants.
pub const BAND_HZ: [f32; 2] = [250.0, 4000.0];

/// What is added to each ratio, so that a bin that stands out of the noise by less than this counts little.
pub const OFFSET: f32 = 10.0;

/// The flatness detector; see the [module](self).
pub type Flatness = Classic<Unflatness>;

/// The parameters of [`Flatness`]. Their mapping is from dB.
pub type FlatnessConfig = ClassicConfig;

/// The measure of [`Flatness`]: the mean of how far the whitened spectrum is from flat around the hop, in dB.
#[derive(Clone, Debug)]
pub struct Unflatness {
    whitened: WhitenedSpectrum,
    average: MovingAverage,
}

impl Measure for Unflatness {
    type Config = FlatnessConfig;
    const WINDOW_MS: u32 = SPECTRUM_MS;

    fn mapping(_rate: u32) -> Logistic {
        fitted::FLATNESS
    }

    fn new(setup: &Setup, _config: FlatnessConfig) -> Self {
        Self { whitened: setup.whitened(BAND_HZ), average: MovingAverage::new(setup.average) }
    }

    fn push(&mut self, window: &[f32]) -> f32 {
        let ratios = self.whitened.of(window);
        self.average.push(unflatness(ratios.iter().map(|ratio| ratio + OFFSET)))
    }

    fn reset(&mut self) {
        self.whitened.reset();
        self.average.reset();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detector::Detector;
    use crate::frame::FrameSpec;

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
