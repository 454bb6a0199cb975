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
//! where the evidence `x` of a hop, about which it hears [`CombinedConfig`]'s look-ahead, is, in this order,
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

use crate::detector::Detector;
use crate::detector::fitted::{self, Curve};
use crate::detector::mapping::{Logistic, QUIETEST_DBFS, Timing, decibels, hop_at, quietest, window_at};
use crate::dsp::autocorrelation::Periodicity;
use crate::dsp::bank::MelBank;
use crate::dsp::noise::{NoiseFloor, SMOOTHING};
use crate::dsp::smooth::{DecayingMeans, MovingAverage, MovingAverages, MovingMaximum};
use crate::dsp::spectrum::unflatness;
use crate::dsp::steps::Steps;
use crate::dsp::whiten::WhitenedSpectrum;
use crate::error::Error;
use crate::frame::FrameSpec;

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

/// The parameters of [`Combined`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CombinedConfig {
    /// Averaging and memory. The curves were fitted with the default: other values work, less well.
    /// Defaults to [`Timing::default`], which makes scores 92 ms late.
    pub timing: Timing,
    /// A level in dB over full scale below which all is silence. -160 to 0. Defaults to -110, below the rounding
    /// noise of 16-bit audio, which is at -101.
    pub quietest_dbfs: f32,
    /// From log-odds to a score. Defaults to the curve that `tools/fit` fitted for the rate, `None`.
    pub mapping: Option<Logistic>,
}

impl Default for CombinedConfig {
    fn default() -> Self {
        Self { timing: Timing::default(), quietest_dbfs: QUIETEST_DBFS, mapping: None }
    }
}

/// The detector of all evidence; see the [module](self).
#[derive(Clone, Debug)]
pub struct Combined {
    spec: FrameSpec,
    mapping: Logistic,
    bias: f32,
    curves: &'static [Curve], // (evidence)
    quietest: f32,
    steps: Steps,
    whitened: WhitenedSpectrum,
    bank: MelBank,
    powers: Vec<f32>, // (bands)
    levels: Vec<f32>, // (bands): dB, then their squares
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

impl Combined {
    /// A detector for audio at 8,000 or 16,000 Hz.
    ///
    /// # Errors
    /// [`Error::Config`] for any other rate, and where a field of `config` is out of its range.
    pub fn new(rate: u32, config: CombinedConfig) -> Result<Self, Error> {
        let (hop, window) = (hop_at(rate)?, window_at(rate)?);
        let spans = config.timing.check()?;
        let quietest = quietest(config.quietest_dbfs)?;
        let steps = Steps::new(window, hop, spans.lookahead + 1);
        let model = if rate == 8000 { &fitted::COMBINED_8K } else { &fitted::COMBINED_16K };
        let bank = MelBank::new(LOW_HZ, MEL_STEP, rate as f32 / 2.0, SPACING);
        let bands = bank.len();
        debug_assert_eq!(model.curves.len(), bands + OTHERS);
        let (points, bins, lags) = PITCH;
        Ok(Self {
            spec: FrameSpec::overlapping(rate, steps.frame(), hop),
            mapping: config.mapping.unwrap_or(model.mapping).check()?,
            bias: model.bias,
            curves: model.curves,
            quietest,
            steps,
            whitened: WhitenedSpectrum::new(window, rate, LOW_HZ, HIGH_HZ, spans.memory, quietest),
            bank,
            powers: vec![0.0; bands],
            levels: vec![0.0; 2 * bands],
            floor: NoiseFloor::new(bands, spans.memory, SMOOTHING, f32::INFINITY),
            periodicity: Periodicity::new(points, bins, lags),
            now: vec![0.0; bands + 2],
            around: MovingAverages::new(spans.average, bands + 2),
            lately: DecayingMeans::new(30.0, 3),
            mean_levels: DecayingMeans::new(25.0, 2 * bands),
            level: MovingAverage::new(spans.average),
            mean_level: DecayingMeans::new(100.0, 1),
            highest: MovingMaximum::new(spans.memory as usize),
            lowest: MovingMaximum::new(spans.memory as usize),
            evidence: vec![0.0; bands + OTHERS],
        })
    }

    /// What the score is made of: the logarithm of the odds for speech in the next frame, as the curves have it.
    pub fn measure(&mut self, frame: &[f32]) -> f32 {
        let bias = self.bias;
        bias + self.terms(frame).sum::<f32>()
    }

    /// What each piece of evidence of the next frame adds to the [measure](Self::measure), `f_i(x_i)`, in the order of
    /// the table above: (bands + 10) terms.
    pub fn terms(&mut self, frame: &[f32]) -> impl Iterator<Item = f32> {
        let curves = self.curves;
        self.evidence(frame).iter().zip(curves).map(|(&x, curve)| curve.at(x))
    }

    /// The log-odds without any evidence, `b`: the measure is this and the sum of the [terms](Self::terms).
    pub fn bias(&self) -> f32 {
        self.bias
    }

    /// The curve from the measure to the score; without one in the configuration, the one fitted for the rate.
    pub fn mapping(&self) -> Logistic {
        self.mapping
    }

    /// The evidence of the next frame, in the order of the table above: shape (bands + 10), with 18 bands at 16 kHz and
    /// 13 at 8 kHz.
    pub fn evidence(&mut self, frame: &[f32]) -> &[f32] {
        for window in self.steps.unseen(frame) {
            self.hear(window);
        }
        &self.evidence
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

impl Detector for Combined {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_measure_is_the_bias_and_the_terms() {
        for rate in [8000, 16_000] {
            let mut combined = Combined::new(rate, CombinedConfig::default()).unwrap();
            let mut twin = combined.clone();
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
                assert_eq!(twin.mapping().score(measure), twin.mapping.score(measure));
            }
        }
    }
}
