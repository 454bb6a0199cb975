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

use crate::detector::classic::high_pass::HopHighPass;
use crate::detector::classic::{Classic, ClassicConfig, HOP_MS, Logistic, Measure, Setup, fitted};
use crate::dsp::noise::NoiseFloor;
use crate::dsp::smooth::MovingAverage;
use crate::dsp::spectrum::decibels;

/// Hum, rumble and offset lie below this frequency, a voice's energy above it.
pub const HIGH_PASS_HZ: f64 = 100.0;

/// The energy detector; see the [module](self).
pub type Energy = Classic<AboveFloor>;

/// The parameters of [`Energy`]. Their mapping is from dB over the floor.
pub type EnergyConfig = ClassicConfig;

/// A frame's level and the noise floor below it, in dB over full scale.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
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

/// The measure of [`Energy`]: how far the level lies above the noise floor, in dB.
#[derive(Clone, Debug)]
pub struct AboveFloor {
    high_pass: HopHighPass,
    quietest: f32,
    average: MovingAverage,
    floor: NoiseFloor,
    levels: Levels, // of the hop heard last
}

impl AboveFloor {
    /// The mean power of a hop above the high-pass filter's edge.
    fn power(&mut self, hop: &[f32]) -> f32 {
        let sum: f32 = self.high_pass.of(hop).map(|sample| sample * sample).sum();
        sum / self.high_pass.hop() as f32
    }
}

impl Measure for AboveFloor {
    type Config = EnergyConfig;
    const WINDOW_MS: u32 = HOP_MS;

    fn mapping(_rate: u32) -> Logistic {
        fitted::ENERGY
    }

    fn new(setup: &Setup, _config: EnergyConfig) -> Self {
        Self {
            high_pass: HopHighPass::new(HIGH_PASS_HZ, setup),
            quietest: setup.quietest,
            average: MovingAverage::new(setup.average),
            floor: setup.noise_floor(1),
            levels: Levels::default(),
        }
    }

    fn push(&mut self, hop: &[f32]) -> f32 {
        let power = self.power(hop) + self.quietest;
        let level = self.average.push(decibels(power));
        self.levels = Levels { level, floor: decibels(self.floor.push(&[power])[0]) };
        self.levels.above()
    }

    fn reset(&mut self) {
        self.high_pass.reset();
        self.average.reset();
        self.floor.reset();
    }
}

impl Energy {
    /// What the [measure](Classic::measure) is the difference of: the level of the next frame and the noise floor.
    pub fn levels(&mut self, frame: &[f32]) -> Levels {
        self.measure(frame);
        self.measure.levels
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detector::Detector;
    use crate::frame::FrameSpec;

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
