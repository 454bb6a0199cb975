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

use crate::detector::classic::high_pass::HopHighPass;
use crate::detector::classic::{Classic, ClassicConfig, HOP_MS, Logistic, Measure, Setup, fitted};
use crate::dsp::crossings::Crossings;
use crate::dsp::smooth::{MovingAverage, MovingMaximum};

/// Hum, rumble and offset, which would hide the crossings, lie below this frequency.
pub const HIGH_PASS_HZ: f64 = 100.0;

/// Crossings a second that are added to both rates, so that a few more or less of very few weigh little.
pub const OFFSET: f32 = 160.0;

/// The zero-crossing detector; see the [module](self).
pub type Zcr = Classic<BelowHighest>;

/// The parameters of [`Zcr`]. Their mapping is from octaves; the memory is of the highest rate; below the quietest level
/// crossings mean nothing, and count as the highest rate.
pub type ZcrConfig = ClassicConfig;

/// Zero-crossing rates, in crossings a second.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
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

/// The measure of [`Zcr`]: by how many octaves the rate of crossings lies below the highest of the last seconds.
#[derive(Clone, Debug)]
pub struct BelowHighest {
    high_pass: HopHighPass,
    quietest: f32, // the energy of a hop, a sum of squares
    crossings: Crossings,
    average: MovingAverage,
    maximum: MovingMaximum,
    rates: Rates, // of the hop heard last
}

impl BelowHighest {
    /// Crossings a second in a hop.
    fn rate(&mut self, hop: &[f32]) -> f32 {
        let mut energy = 0.0;
        let filtered = self.high_pass.of(hop).inspect(|sample| energy += sample * sample);
        let crossings = self.crossings.count(filtered);
        if energy > self.quietest { crossings as f32 * (1000 / HOP_MS) as f32 } else { self.rates.highest }
    }
}

impl Measure for BelowHighest {
    type Config = ZcrConfig;
    const WINDOW_MS: u32 = HOP_MS;

    fn mapping(_rate: u32) -> Logistic {
        fitted::ZCR
    }

    fn new(setup: &Setup, _config: ZcrConfig) -> Self {
        Self {
            high_pass: HopHighPass::new(HIGH_PASS_HZ, setup),
            quietest: setup.quietest * setup.hop as f32,
            crossings: Crossings::default(),
            average: MovingAverage::new(setup.average),
            maximum: MovingMaximum::new(setup.memory),
            rates: Rates::default(),
        }
    }

    fn push(&mut self, hop: &[f32]) -> f32 {
        let rate = self.rate(hop);
        let rate = self.average.push(rate);
        self.rates = Rates { rate, highest: self.maximum.push(rate) };
        self.rates.octaves()
    }

    fn reset(&mut self) {
        self.high_pass.reset();
        self.crossings.reset();
        self.average.reset();
        self.maximum.reset();
        self.rates = Rates::default();
    }
}

impl Zcr {
    /// What the [measure](Classic::measure) compares: the crossing rate of the next frame and the highest of the last
    /// seconds.
    pub fn rates(&mut self, frame: &[f32]) -> Rates {
        self.measure(frame);
        self.measure.rates
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detector::Detector;
    use crate::frame::FrameSpec;

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
