//! Short-time energy over a tracked noise floor.
//!
//! The oldest of all detectors: speech is louder than what was there before. With `x` the samples above
//! [`HIGH_PASS_HZ`] and `h` the samples in a hop of 10 ms,
//!
//! ```text
//! P[n] = 1/h sum x^2                   power of hop n
//! L[n] = mean of 10 log10 P            over the hops around n
//! measure = L[n] - 10 log10 floor[n]   dB; floor: the minimum statistics of P, see NoiseFloor
//! score = 1 / (1 + exp(-(measure - centre) / width))
//! ```
//!
//! Source: L. R. Rabiner and M. R. Sambur, "An algorithm for determining the endpoints of isolated utterances", *Bell
//! System Technical Journal* 54 (2), 1975, who set the threshold by the quietest part of the recording; the floor that
//! moves along is R. Martin's, 2001.
//!
//! Good at: quiet rooms, close microphones, any level, steady noise. Blind to what a sound is: a door, music, a cough
//! and a voice are alike; noise that becomes louder counts as speech until the floor has followed.

use crate::audio::sample::clean;
use crate::detector::Detector;
use crate::detector::fitted;
use crate::detector::mapping::{Logistic, QUIETEST_DBFS, Timing, decibels, hop_at, quietest};
use crate::dsp::biquad::HighPass;
use crate::dsp::noise::{NoiseFloor, SMOOTHING};
use crate::dsp::smooth::MovingAverage;
use crate::dsp::steps::Steps;
use crate::error::Error;
use crate::frame::FrameSpec;

/// Hum, rumble and offset lie below this frequency, a voice's energy above it.
pub const HIGH_PASS_HZ: f64 = 100.0;

/// The parameters of [`Energy`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EnergyConfig {
    /// Averaging and memory. Defaults to [`Timing::default`].
    pub timing: Timing,
    /// A level in dB over full scale below which all is silence. -160 to 0. Defaults to -110, below the rounding
    /// noise of 16-bit audio, which is at -101.
    pub quietest_dbfs: f32,
    /// From dB over the floor to a score. Defaults to the curve that `tools/fit` fitted.
    pub mapping: Logistic,
}

impl Default for EnergyConfig {
    fn default() -> Self {
        Self { timing: Timing::default(), quietest_dbfs: QUIETEST_DBFS, mapping: fitted::ENERGY }
    }
}

/// A frame's level and the noise floor below it, in dB over full scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Levels {
    /// The mean level around the hop.
    pub level: f32,
    /// The noise floor.
    pub floor: f32,
}

impl Levels {
    /// The measure: how far the level lies above the floor, in dB.
    pub fn above(self) -> f32 {
        self.level - self.floor
    }
}

/// The energy detector; see the [module](self).
#[derive(Clone, Debug)]
pub struct Energy {
    spec: FrameSpec,
    mapping: Logistic,
    quietest: f32,
    steps: Steps,
    high_pass: HighPass,
    begun: bool,
    average: MovingAverage,
    floor: NoiseFloor,
}

impl Energy {
    /// A detector for audio at 8,000 or 16,000 Hz.
    ///
    /// # Errors
    /// [`Error::Config`] for any other rate, and where a field of `config` is out of its range.
    pub fn new(rate: u32, config: EnergyConfig) -> Result<Self, Error> {
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
            average: MovingAverage::new(spans.average),
            floor: NoiseFloor::new(1, spans.memory, SMOOTHING, f32::INFINITY),
        })
    }

    /// What the score is made of: how far the level of the next frame lies above the noise floor, in dB.
    pub fn measure(&mut self, frame: &[f32]) -> f32 {
        self.levels(frame).above()
    }

    /// What the [measure](Self::measure) is the difference of: the level of the next frame and the noise floor.
    pub fn levels(&mut self, frame: &[f32]) -> Levels {
        let mut levels = Levels { level: 0.0, floor: 0.0 };
        for hop in self.steps.unseen(frame) {
            let power = self.power(hop) + self.quietest;
            let level = self.average.push(decibels(power));
            levels = Levels { level, floor: decibels(self.floor.push(&[power])[0]) };
        }
        levels
    }

    /// The mean power of a hop above the high-pass filter's edge; samples that it lacks are zeros.
    fn power(&mut self, hop: &[f32]) -> f32 {
        let samples = hop.iter().copied().chain(std::iter::repeat(0.0)).take(self.spec.hop);
        let mut sum = 0.0;
        for sample in samples.map(clean) {
            if !self.begun {
                self.high_pass.settle(sample);
                self.begun = true;
            }
            sum += self.high_pass.push(sample).powi(2);
        }
        sum / self.spec.hop as f32
    }
}

impl Detector for Energy {
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
        self.average.reset();
        self.floor.reset();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_ten_times_as_strong_as_before_is_20_db_over_the_floor() {
        for rate in [8000, 16_000] {
            let mut energy = Energy::new(rate, EnergyConfig::default()).unwrap();
            let FrameSpec { frame, hop, .. } = energy.spec();
            let tone: Vec<f32> = (0..2 * rate)
                .map(|n| {
                    let amplitude = if n < rate { 0.01 } else { 0.1 };
                    amplitude * (std::f32::consts::TAU * 1000.0 * n as f32 / rate as f32).sin()
                })
                .collect();
            let measures: Vec<f32> = tone.windows(frame).step_by(hop).map(|frame| energy.measure(frame)).collect();
            assert!(measures[..90].iter().all(|above| above.abs() < 0.1), "steady: {measures:?}");
            assert!((measures[150] - 20.0).abs() < 0.1, "louder: {}", measures[150]);

            // A sine's power is half of its squared amplitude: -43 and -23 dBFS.
            energy.reset();
            let levels: Vec<Levels> = tone.windows(frame).step_by(hop).map(|frame| energy.levels(frame)).collect();
            assert!((levels[150].level + 23.01).abs() < 0.1, "louder: {:?}", levels[150]);
            assert!((levels[150].floor + 43.01).abs() < 0.1, "louder: {:?}", levels[150]);
            let differences: Vec<f32> = levels.iter().map(|levels| levels.above()).collect();
            assert_eq!(differences, measures);
        }
    }
}
