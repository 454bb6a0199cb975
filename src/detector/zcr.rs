//! Zero-crossing rate.
//!
//! A voiced sound crosses zero about twice in a period of its strongest formant, 200 to 1500 times a second; most
//! noise does so more often. With `Z` the crossings a second above [`HIGH_PASS_HZ`], averaged around the hop,
//!
//! ```text
//! measure = log2 (max Z + c) / (Z + c)     octaves below the highest rate of the last seconds; c = OFFSET
//! score = 1 / (1 + exp(-(measure - centre) / width))
//! ```
//!
//! Source: L. R. Rabiner and M. R. Sambur, "An algorithm for determining the endpoints of isolated utterances", *Bell
//! System Technical Journal* 54 (2), 1975. They use the rate to move the endpoints that energy has found, never alone,
//! and with the opposite sign: weak fricatives at a word's edge cross more often than the silence before. Alone, the
//! fall of the rate in vowels says more than its rise in fricatives.
//!
//! Good at: little. It costs almost nothing, knows no level, and in quiet recordings finds vowels. Blind to fricatives,
//! to speech in noise whose own rate is low (traffic, hum, music), and to everything that a level tells: alone, it is
//! weak, and its scores lie close to 0.5.

use crate::audio::sample::clean;
use crate::detector::Detector;
use crate::detector::fitted;
use crate::detector::mapping::{HOP_MS, Logistic, QUIETEST_DBFS, Timing, hop_at, quietest};
use crate::dsp::biquad::HighPass;
use crate::dsp::crossings::Crossings;
use crate::dsp::smooth::{MovingAverage, MovingMaximum};
use crate::dsp::steps::Steps;
use crate::error::Error;
use crate::frame::FrameSpec;

/// Hum, rumble and offset, which would hide the crossings, lie below this frequency.
pub const HIGH_PASS_HZ: f64 = 100.0;

/// Crossings a second that are added to both rates, so that a few more or less of very few weigh little.
pub const OFFSET: f32 = 160.0;

/// The parameters of [`Zcr`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ZcrConfig {
    /// Averaging and memory, here of the highest rate. Defaults to [`Timing::default`].
    pub timing: Timing,
    /// A level in dB over full scale below which crossings mean nothing, and count as the highest rate.
    /// -160 to 0. Defaults to -110, below the rounding noise of 16-bit audio, which is at -101.
    pub quietest_dbfs: f32,
    /// From octaves to a score. Defaults to the curve that `tools/fit` fitted.
    pub mapping: Logistic,
}

impl Default for ZcrConfig {
    fn default() -> Self {
        Self { timing: Timing::default(), quietest_dbfs: QUIETEST_DBFS, mapping: fitted::ZCR }
    }
}

/// Zero-crossing rates, in crossings a second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rates {
    /// The mean rate around the hop.
    pub rate: f32,
    /// The highest of the last seconds.
    pub highest: f32,
}

impl Rates {
    /// The measure: by how many octaves the rate lies below the highest, with [`OFFSET`] added to both.
    pub fn octaves(self) -> f32 {
        ((self.highest + OFFSET) / (self.rate + OFFSET)).log2()
    }
}

/// The zero-crossing detector; see the [module](self).
#[derive(Clone, Debug)]
pub struct Zcr {
    spec: FrameSpec,
    mapping: Logistic,
    quietest: f32,
    steps: Steps,
    high_pass: HighPass,
    begun: bool,
    crossings: Crossings,
    average: MovingAverage,
    maximum: MovingMaximum,
    highest: f32,
}

impl Zcr {
    /// A detector for audio at 8,000 or 16,000 Hz.
    ///
    /// # Errors
    /// [`Error::Config`] for any other rate, and where a field of `config` is out of its range.
    pub fn new(rate: u32, config: ZcrConfig) -> Result<Self, Error> {
        let hop = hop_at(rate)?;
        let spans = config.timing.check()?;
        let steps = Steps::new(hop, hop, spans.lookahead + 1);
        Ok(Self {
            spec: FrameSpec::overlapping(rate, steps.frame(), hop),
            mapping: config.mapping.check()?,
            quietest: quietest(config.quietest_dbfs)?,
            steps,
            high_pass: HighPass::new(HIGH_PASS_HZ, rate),
            begun: false,
            crossings: Crossings::default(),
            average: MovingAverage::new(spans.average),
            maximum: MovingMaximum::new(spans.memory as usize),
            highest: 0.0,
        })
    }

    /// What the score is made of: by how many octaves the crossing rate of the next frame lies below its maximum.
    pub fn measure(&mut self, frame: &[f32]) -> f32 {
        self.rates(frame).octaves()
    }

    /// What the [measure](Self::measure) compares: the crossing rate of the next frame and the highest of the last
    /// seconds.
    pub fn rates(&mut self, frame: &[f32]) -> Rates {
        let mut rates = Rates { rate: 0.0, highest: 0.0 };
        for hop in self.steps.unseen(frame) {
            let rate = self.rate(hop);
            let rate = self.average.push(rate);
            self.highest = self.maximum.push(rate);
            rates = Rates { rate, highest: self.highest };
        }
        rates
    }

    /// Crossings a second in a hop; samples that it lacks are zeros.
    fn rate(&mut self, hop: &[f32]) -> f32 {
        let mut energy = 0.0;
        let samples = hop.iter().copied().chain(std::iter::repeat(0.0)).take(self.spec.hop);
        let filtered = samples.map(clean).map(|sample| {
            if !self.begun {
                self.high_pass.settle(sample);
                self.begun = true;
            }
            let filtered = self.high_pass.push(sample);
            energy += filtered * filtered;
            filtered
        });
        let crossings = self.crossings.count(filtered);
        if energy > self.quietest * self.spec.hop as f32 {
            crossings as f32 * (1000 / HOP_MS) as f32
        } else {
            self.highest
        }
    }
}

impl Detector for Zcr {
    fn spec(&self) -> FrameSpec {
        self.spec
    }

    fn score(&mut self, frame: &[f32]) -> f32 {
        let measure = self.measure(frame);
        self.mapping.score(measure)
    }

    fn reset(&mut self) {
        self.steps.reset();
        self.high_pass.reset();
        self.begun = false;
        self.crossings.reset();
        self.average.reset();
        self.maximum.reset();
        self.highest = 0.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_two_octaves_lower_measures_two_octaves() {
        for rate in [8000, 16_000] {
            let mut zcr = Zcr::new(rate, ZcrConfig::default()).unwrap();
            let FrameSpec { frame, hop, .. } = zcr.spec();
            let mut phase = 0.0_f64;
            let tone: Vec<f32> = (0..2 * rate)
                .map(|n| {
                    phase += std::f64::consts::TAU * if n < rate { 2000.0 } else { 500.0 } / f64::from(rate);
                    (phase.sin() * 0.1) as f32
                })
                .collect();
            let measures: Vec<f32> = tone.windows(frame).step_by(hop).map(|frame| zcr.measure(frame)).collect();
            let exact = ((4000.0 + OFFSET) / (1000.0 + OFFSET)).log2();
            assert!(measures[20..90].iter().all(|octaves| octaves.abs() < 0.02), "steady: {measures:?}");
            assert!((measures[150] - exact).abs() < 0.02, "lower: {} {exact}", measures[150]);

            // A tone crosses zero twice in a period.
            zcr.reset();
            let rates: Vec<Rates> = tone.windows(frame).step_by(hop).map(|frame| zcr.rates(frame)).collect();
            let Rates { rate, highest } = rates[150];
            assert!((rate - 1000.0).abs() < 20.0 && (highest - 4000.0).abs() < 20.0, "{rate} {highest}");
        }
    }

    #[test]
    fn digital_silence_after_noise_is_not_speech() {
        let mut zcr = Zcr::new(16_000, ZcrConfig::default()).unwrap();
        let FrameSpec { frame, hop, .. } = zcr.spec();
        let mut samples: Vec<f32> = (0..8000).map(|n| if (n * n) % 7 < 3 { 0.1 } else { -0.1 }).collect();
        samples.resize(24_000, 0.0);
        let scores: Vec<f32> = samples.windows(frame).step_by(hop).map(|frame| zcr.score(frame)).collect();
        assert!(scores[80..].iter().all(|&score| score < 0.5));
    }
}
