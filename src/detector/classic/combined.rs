//! All of the classic evidence, weighed together.
//!
//! Each measure of the other detectors is fooled by something; seldom are all fooled by the same. This detector takes
//! them in a finer form, bends each with a curve of its own, and adds:
//!
//! ```text
//! log-odds = b + sum over i of f_i(x_i)                                   a generalised additive model
//! f_i(x) = w_i0 x + sum over j of w_ij max(x - k_ij, 0)                   piecewise linear, three knots
//! score = 1 / (1 + exp(-(log-odds - centre) / width))
//! ```
//!
//! where the evidence `x` of a hop, about which it hears [`Timing`](super::Timing)'s look-ahead, is, in this order,
//!
//! | evidence | unit | over |
//! |---|---|---|
//! | SNR in each mel band, limited to 0 to 30: its level over its noise floor | dB | 140 ms around |
//! | periodicity: the highest autocorrelation of a pitch | 0 to 1 | 140 ms around |
//! | how far the whitened spectrum is from flat, see [`flatness`](super::flatness) | dB | 140 ms around |
//! | the mean SNR, the periodicity and the distance from flat once more | | 300 ms, decaying |
//! | modulation: the standard deviation of the bands' levels, mean of all and of the first nine | dB | 250 ms, decaying |
//! | the level less its own mean | dB | 1 s, decaying |
//! | the highest level less the level | dB | 3 s |
//! | the level less the lowest level | dB | 3 s |
//!
//! No number of it knows the recording's level. The curves are those of a logistic regression over speech mixed with
//! noise in rooms and through telephones, none of it from the recordings that detectors are measured on; `tools/fit`
//! makes the mixtures, has this very code compute the evidence, and writes `fitted/`.
//!
//! Source: T. Hastie and R. Tibshirani, *Generalized Additive Models*, 1990, equation 1.1 and, for the link, section 6.2;
//! modulation as evidence: P. K. Ghosh, A. Tsiartas and S. Narayanan, "Robust voice activity detection using long-term
//! signal variability", 2011.
//!
//! Good at: what it was made for, ahead of each of its parts in noise. Blind to who speaks: voices in the background are
//! speech, and music with a voice's rhythm can pass for it.

use crate::detector::classic::fitted::{self, Additive};
use crate::detector::classic::{Classic, ClassicConfig, Logistic, Measure, SPECTRUM_MS, Setup};
use crate::dsp::autocorrelation::Periodicity;
use crate::dsp::bank::MelBank;
use crate::dsp::noise::NoiseFloor;
use crate::dsp::smooth::{DecayingMeans, MovingAverage, MovingAverages, MovingMaximum};
use crate::dsp::spectrum::{decibels, unflatness};
use crate::dsp::whiten::WhitenedSpectrum;

/// Distance in Hz of the bins of a window of 32 ms.
const SPACING: f32 = 31.25;
/// The lower edge in Hz of the first mel band, and of all that is looked at.
const LOW_HZ: f32 = 80.0;
/// The upper edge in Hz of the band whose flatness and level are taken.
const HIGH_HZ: f32 = 4000.0;
/// Distance in mel of the bands.
const MEL_STEP: f32 = 140.0;
/// Bands, from the lowest, that the second figure of modulation takes in: up to about 1 kHz.
const LOW_BANDS: usize = 9;
/// The SNR in dB beyond which a band tells no more.
const LARGEST_SNR: f32 = 30.0;
/// What is added to each ratio before the flatness is taken; see [`flatness`](super::flatness).
const OFFSET: f32 = 10.0;
/// Points of the autocorrelation, bins that take part (up to 3.5 kHz) and periods searched: pitches of 73 to 400 Hz.
const PITCH: (usize, std::ops::Range<usize>, std::ops::Range<usize>) = (256, 3..112, 20..110);
/// Pieces of evidence besides the bands' SNR.
const OTHERS: usize = 10;

/// The detector of all evidence; see the [module](self).
pub type Combined = Classic<Evidence>;

/// The parameters of [`Combined`]. Their mapping is from log-odds. The curves were fitted with the default timing, which
/// makes scores 92 ms late: other values work, less well.
pub type CombinedConfig = ClassicConfig;

/// The measure of [`Combined`]: the logarithm of the odds for speech, as the curves have it.
#[derive(Clone, Debug)]
pub struct Evidence {
    model: &'static Additive,
    quietest: f32,
    whitened: WhitenedSpectrum,
    bank: MelBank,
    powers: Vec<f32>, // (bands)
    levels: Vec<f32>, // (2 bands): dB, then their squares
    floor: NoiseFloor,
    periodicity: Periodicity,
    now: Vec<f32>, // (bands + 2): SNR, periodicity and distance from flat of a window
    around: MovingAverages,
    lately: DecayingMeans,
    mean_levels: DecayingMeans, // (2 bands): of levels and squares
    level: MovingAverage,
    mean_level: DecayingMeans,
    highest: MovingMaximum,
    lowest: MovingMaximum, // of the level with its sign changed
    evidence: Vec<f32>,    // (bands + OTHERS)
}

impl Evidence {
    /// What each piece of evidence adds to the log-odds: (bands + OTHERS) terms.
    fn terms(&self) -> impl Iterator<Item = f32> {
        self.evidence.iter().zip(self.model.curves).map(|(&x, curve)| curve.at(x))
    }

    /// Takes in the next window.
    fn hear(&mut self, window: &[f32]) {
        let bands = self.powers.len();
        let unflat = unflatness(self.whitened.of(window).iter().map(|ratio| ratio + OFFSET));
        let powers = self.whitened.powers();
        let periodicity = self.periodicity.of(powers);
        let heard = &powers[(LOW_HZ / SPACING).ceil() as usize..=(HIGH_HZ / SPACING) as usize];
        let power = heard.iter().sum::<f32>() / heard.len() as f32;
        let level = self.level.push(decibels(power + self.quietest));

        self.bank.apply(powers, &mut self.powers);
        self.powers.iter_mut().for_each(|power| *power += self.quietest);
        let floor = self.floor.push(&self.powers);
        let (levels, squares) = self.levels.split_at_mut(bands);
        let mut mean_snr = 0.0;
        for band in 0..bands {
            levels[band] = decibels(self.powers[band]);
            squares[band] = levels[band] * levels[band];
            self.now[band] = (levels[band] - decibels(floor[band])).clamp(0.0, LARGEST_SNR);
            mean_snr += self.now[band] / bands as f32;
        }
        self.now[bands..].copy_from_slice(&[periodicity, unflat]);
        let lately = self.lately.push(&[mean_snr, periodicity, unflat]);
        let (means, mean_squares) = self.mean_levels.push(&self.levels).split_at(bands);
        let deviation = |band: usize| (mean_squares[band] - means[band] * means[band]).max(0.0).sqrt();
        let low = (0..LOW_BANDS).map(deviation).sum::<f32>();
        let all = low + (LOW_BANDS..bands).map(deviation).sum::<f32>();

        let (around, others) = self.evidence.split_at_mut(bands + 2);
        around.copy_from_slice(self.around.push(&self.now));
        others[..3].copy_from_slice(lately);
        others[3..].copy_from_slice(&[
            all / bands as f32,
            low / LOW_BANDS as f32,
            level - self.mean_level.push(&[level])[0],
            self.highest.push(level) - level,
            level + self.lowest.push(-level),
        ]);
    }
}

/// The model that was fitted for a rate.
fn model(rate: u32) -> &'static Additive {
    if rate == 8000 { &fitted::COMBINED_8K } else { &fitted::COMBINED_16K }
}

impl Measure for Evidence {
    type Config = CombinedConfig;
    const WINDOW_MS: u32 = SPECTRUM_MS;

    fn mapping(rate: u32) -> Logistic {
        model(rate).mapping
    }

    fn new(setup: &Setup, _config: CombinedConfig) -> Self {
        let model = model(setup.rate);
        let bank = MelBank::new(LOW_HZ, MEL_STEP, setup.rate as f32 / 2.0, SPACING);
        let bands = bank.len();
        debug_assert_eq!(model.curves.len(), bands + OTHERS);
        let (points, bins, lags) = PITCH;
        Self {
            model,
            quietest: setup.quietest,
            whitened: setup.whitened([LOW_HZ, HIGH_HZ]),
            bank,
            powers: vec![0.0; bands],
            levels: vec![0.0; 2 * bands],
            floor: setup.noise_floor(bands),
            periodicity: Periodicity::new(points, bins, lags),
            now: vec![0.0; bands + 2],
            around: MovingAverages::new(setup.average, bands + 2),
            lately: DecayingMeans::new(30.0, 3),
            mean_levels: DecayingMeans::new(25.0, 2 * bands),
            level: MovingAverage::new(setup.average),
            mean_level: DecayingMeans::new(100.0, 1),
            highest: MovingMaximum::new(setup.memory),
            lowest: MovingMaximum::new(setup.memory),
            evidence: vec![0.0; bands + OTHERS],
        }
    }

    fn push(&mut self, window: &[f32]) -> f32 {
        self.hear(window);
        self.model.bias + self.terms().sum::<f32>()
    }

    fn reset(&mut self) {
        self.whitened.reset();
        self.floor.reset();
        self.around.reset();
        self.lately.reset();
        self.mean_levels.reset();
        self.level.reset();
        self.mean_level.reset();
        self.highest.reset();
        self.lowest.reset();
    }
}

impl Combined {
    /// What each piece of evidence of the next frame adds to the [measure](Classic::measure), `f_i(x_i)`, in the order
    /// of the table above: (bands + 10) terms.
    pub fn terms(&mut self, frame: &[f32]) -> impl Iterator<Item = f32> {
        self.measure(frame);
        self.measure.terms()
    }

    /// The log-odds without any evidence, `b`: the measure is this and the sum of the [terms](Self::terms).
    pub fn bias(&self) -> f32 {
        self.measure.model.bias
    }

    /// The evidence of the next frame, in the order of the table above: shape (bands + 10), with 18 bands at 16 kHz and
    /// 13 at 8 kHz.
    pub fn evidence(&mut self, frame: &[f32]) -> &[f32] {
        self.measure(frame);
        &self.measure.evidence
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detector::Detector;
    use crate::frame::FrameSpec;

    #[test]
    fn the_measure_is_the_bias_and_the_terms() {
        for rate in [8000, 16_000] {
            let mut combined = Combined::new(rate, CombinedConfig::default()).unwrap();
            let (mut twin, mut scorer) = (combined.clone(), combined.clone());
            let FrameSpec { frame, hop, .. } = combined.spec();
            let sweep: Vec<f32> = (0..2 * rate)
                .map(|n| {
                    let time = n as f32 / rate as f32;
                    (time * time * 1500.0).sin() * if n % rate < rate / 2 { 0.3 } else { 0.001 }
                })
                .collect();
            for frame in sweep.windows(frame).step_by(hop) {
                let measure = combined.measure(frame);
                let terms: Vec<f32> = twin.terms(frame).collect();
                assert_eq!(terms.len(), if rate == 8000 { 23 } else { 28 });
                assert_eq!(measure, twin.bias() + terms.iter().sum::<f32>());
                assert_eq!(twin.mapping().score(measure), scorer.score(frame));
            }
        }
    }
}
