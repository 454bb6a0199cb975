//! Spectral entropy over the speech band, above the noise.
//!
//! A voice puts its power into few bins, the harmonics of its formants; noise spreads it over all. With `q[k]` the power
//! of bin `k` over its noise floor in a window of 32 ms, and `c` = [`OFFSET`],
//!
//! ```text
//! p[k] = (q[k] + c) / sum (q + c)            Shen et al. 1998, equation 1, on the whitened spectrum
//! H = -sum p[k] ln p[k]                      Shen et al. 1998, equation 2
//! measure = mean of ln N - H                 nats below the entropy of a flat spectrum of N bins, around the hop
//! score = 1 / (1 + exp(-(measure - centre) / width))
//! ```
//!
//! Source: J.-L. Shen, J.-W. Hung and L.-S. Lee, "Robust entropy-based endpoint detection for speech recognition in
//! noisy environments", ICSLP 1998. They take the entropy of the spectrum as it is, and coloured noise, hum and music
//! then pass for voices; dividing by the noise first is P. Renevey and A. Drygajlo's, Eurospeech 2001. The offset is
//! ours (Shen's equation 4 has one for the power): without it the fluctuations of noise alone have a large say.
//!
//! Good at: voiced speech in steady noise of any colour, at any level. Blind to fricatives, which are as flat as noise;
//! taken in by whatever else is tonal and comes and goes: music, birds, alarms.

use crate::detector::classic::{Classic, ClassicConfig, Logistic, Measure, SPECTRUM_MS, Setup, fitted};
use crate::dsp::smooth::MovingAverage;
use crate::dsp::spectrum::negentropy;
use crate::dsp::whiten::WhitenedSpectrum;

/// The band in Hz that is looked at: the first three formants.
pub const BAND_HZ: [f32; 2] = [250.0, 4000.0];

/// What is added to each ratio, so that a bin that stands out of the noise by less than this counts little.
pub const OFFSET: f32 = 10.0;

/// The entropy detector; see the [module](self).
pub type Entropy = Classic<Negentropy>;

/// The parameters of [`Entropy`]. Their mapping is from nats.
pub type EntropyConfig = ClassicConfig;

/// The measure of [`Entropy`]: the mean negentropy of the whitened spectrum around the hop, in nats.
#[derive(Clone, Debug)]
pub struct Negentropy {
    whitened: WhitenedSpectrum,
    average: MovingAverage,
}

impl Measure for Negentropy {
    type Config = EntropyConfig;
    const WINDOW_MS: u32 = SPECTRUM_MS;

    fn mapping(_rate: u32) -> Logistic {
        fitted::ENTROPY
    }

    fn new(setup: &Setup, _config: EntropyConfig) -> Self {
        Self { whitened: setup.whitened(BAND_HZ), average: MovingAverage::new(setup.average) }
    }

    fn push(&mut self, window: &[f32]) -> f32 {
        let ratios = self.whitened.of(window);
        self.average.push(negentropy(ratios.iter().map(|ratio| ratio + OFFSET)))
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
            let mut detector = Entropy::new(rate, EntropyConfig::default()).unwrap();
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
            assert!(measures[100..180].iter().all(|measure| (0.0..0.05).contains(measure)), "noise: {measures:?}");
            // In the tone's three bins the ratio is 10^5 and more.
            assert!(measures[230] > 2.0, "tone: {}", measures[230]);
        }
    }
}
