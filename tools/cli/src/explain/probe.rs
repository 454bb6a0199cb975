//! Detectors that write down what their scores are made of.

use std::cell::RefCell;
use std::rc::Rc;

use voiced::classic::Logistic;
use voiced::classic::combined::{Combined, CombinedConfig};
use voiced::classic::energy::{Energy, EnergyConfig};
use voiced::classic::entropy::{Entropy, EntropyConfig};
use voiced::classic::flatness::{Flatness, FlatnessConfig};
use voiced::classic::ltsd::{Ltsd, LtsdConfig};
use voiced::classic::sohn::{Sohn, SohnConfig};
use voiced::classic::zcr::{self, Zcr, ZcrConfig};
use voiced::webrtc::WebRtc;
use voiced::{Detector, FrameSpec, Kind};

use crate::args::Detection;
use crate::detectors::{Detectors, webrtc};
use crate::each::Each;
use crate::fault::{Fault, Stop};

/// What is learned of a detector besides its scores.
pub(super) struct Observation {
    /// From its measure to its score, where there is such a curve.
    pub(super) curve: Option<Logistic>,
    /// A number that the page's words need besides the score.
    pub(super) constant: Option<f32>,
    /// What is written down for each frame, by name, in the order of `notes`.
    pub(super) tracks: &'static [&'static str],
    pub(super) notes: Notes,
}

/// What a detector wrote down: shape (frames, tracks).
pub(super) type Notes = Rc<RefCell<Vec<f32>>>;

/// What the pieces of evidence of [`Combined`] are about.
const KINDS: [&str; 5] = ["snr", "periodicity", "flatness", "modulation", "level"];

/// The kind of each of the last ten pieces of evidence, by its place in [`KINDS`]; those before are bands' SNR.
const OTHERS: [usize; 10] = [1, 2, 0, 1, 2, 3, 3, 4, 4, 4];

/// A detector under observation: its scores are what they are without.
type Observed = (Box<dyn Detector>, Observation);

/// What there is to observe of a kind of detector besides its scores.
enum How {
    /// Nothing.
    Scores,
    /// The curve, which leads from a score back to the measure; for a rate in Hz that the detector hears.
    Curve(fn(u32) -> Result<Logistic, voiced::Error>),
    /// What it writes down; for a rate in Hz that the detector hears.
    Notes(fn(&Detection, u32) -> Result<Observed, voiced::Error>),
}

const HOW: Each<How> = Each::new([
    (Kind::Silero, How::Scores),
    (Kind::Gru, How::Scores),
    (Kind::WebRtc, How::Notes(observe_webrtc)),
    (Kind::Energy, How::Notes(observe_energy)),
    (Kind::Zcr, How::Notes(observe_zcr)),
    (Kind::Entropy, How::Curve(|rate| Ok(Entropy::new(rate, EntropyConfig::default())?.mapping()))),
    (Kind::Flatness, How::Curve(|rate| Ok(Flatness::new(rate, FlatnessConfig::default())?.mapping()))),
    (Kind::Ltsd, How::Curve(|rate| Ok(Ltsd::new(rate, LtsdConfig::default())?.mapping()))),
    (Kind::Sohn, How::Curve(|rate| Ok(Sohn::new(rate, SohnConfig::default())?.mapping()))),
    (Kind::Combined, How::Notes(observe_combined)),
]);

/// The detector of a choice for audio at `rate` Hz, under observation.
pub(super) fn observe(choice: &Detection, rate: u32) -> Result<Observed, Stop> {
    let detector = Detectors::new(choice)?.make(rate)?;
    let fault = |error: voiced::Error| Fault::new("the detector", error);
    let seen = |curve| Observation { curve, constant: None, tracks: &[], notes: Notes::default() };
    Ok(match HOW.of(choice.detector) {
        How::Scores => (Box::new(detector), seen(None)),
        How::Curve(curve) => {
            let curve = curve(detector.spec().rate).map_err(fault)?;
            (Box::new(detector), seen(Some(curve)))
        }
        How::Notes(observe) => observe(choice, detector.spec().rate).map_err(fault)?,
    })
}

fn observe_webrtc(choice: &Detection, rate: u32) -> Result<Observed, voiced::Error> {
    let detector = WebRtc::new(rate, &webrtc(choice.mode, choice.frame_ms, false))?;
    Ok(noting(detector, None, &["decision"], |webrtc, frame, notes| {
        let verdict = webrtc.judge(frame);
        notes.push(f32::from(u8::from(verdict.speech)));
        verdict.score
    }))
}

fn observe_energy(_: &Detection, rate: u32) -> Result<Observed, voiced::Error> {
    let detector = Energy::new(rate, EnergyConfig::default())?;
    let curve = detector.mapping();
    Ok(noting(detector, Some(curve), &["level"], move |energy, frame, notes| {
        let levels = energy.levels(frame);
        notes.push(levels.level);
        curve.score(levels.above())
    }))
}

fn observe_zcr(_: &Detection, rate: u32) -> Result<Observed, voiced::Error> {
    let detector = Zcr::new(rate, ZcrConfig::default())?;
    let curve = detector.mapping();
    let (detector, observation) = noting(detector, Some(curve), &["rate"], move |zcr, frame, notes| {
        let rates = zcr.rates(frame);
        notes.push(rates.rate);
        curve.score(rates.octaves())
    });
    Ok((detector, Observation { constant: Some(zcr::OFFSET), ..observation }))
}

fn observe_combined(_: &Detection, rate: u32) -> Result<Observed, voiced::Error> {
    let detector = Combined::new(rate, CombinedConfig::default())?;
    let (curve, bias) = (detector.mapping(), detector.bias());
    Ok(noting(detector, Some(curve), &KINDS, move |combined, frame, notes| {
        let first = notes.len();
        notes.resize(first + KINDS.len(), 0.0);
        let mut sum = 0.0;
        let terms: Vec<f32> = combined.terms(frame).collect();
        for (i, term) in terms.iter().enumerate() {
            let other = (i + OTHERS.len()).checked_sub(terms.len());
            notes[first + other.map_or(0, |other| OTHERS[other])] += term;
            sum += term;
        }
        curve.score(bias + sum)
    }))
}

/// A detector whose scores come from `score`, which also notes what they are made of.
fn noting<D: Detector + 'static>(
    detector: D,
    curve: Option<Logistic>,
    tracks: &'static [&'static str],
    mut score: impl FnMut(&mut D, &[f32], &mut Vec<f32>) -> f32 + 'static,
) -> Observed {
    let observation = Observation { curve, constant: None, tracks, notes: Notes::default() };
    let notes = observation.notes.clone();
    let score = move |detector: &mut D, frame: &[f32]| score(detector, frame, &mut notes.borrow_mut());
    (Box::new(Noting { detector, score }), observation)
}

struct Noting<D, S> {
    detector: D,
    score: S,
}

impl<D: Detector, S: FnMut(&mut D, &[f32]) -> f32> Detector for Noting<D, S> {
    fn spec(&self) -> FrameSpec {
        self.detector.spec()
    }

    fn score(&mut self, frame: &[f32]) -> f32 {
        (self.score)(&mut self.detector, frame)
    }

    fn reset(&mut self) {
        self.detector.reset();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A second of noise and a second of a voice's buzz in it, at 16 kHz.
    fn buzz() -> Vec<f32> {
        let noise = |n: u32| (n.wrapping_mul(2_654_435_761) >> 8) as f32 / 8_388_608.0 - 1.0;
        (0..32_000_u32).map(|n| noise(n) * 0.01 + if n > 16_000 && n % 133 < 9 { 0.5 } else { 0.0 }).collect()
    }

    #[test]
    fn observation_changes_no_score() {
        let samples = buzz();
        for &kind in Kind::ALL {
            let choice = Detection::of(kind);
            let (mut plain, mut seen) = (Vec::new(), Vec::new());
            Detectors::new(&choice).unwrap().make(16_000).unwrap().score_all(&samples, &mut plain);
            let (mut detector, observation) = observe(&choice, 16_000).unwrap();
            detector.score_all(&samples, &mut seen);
            assert_eq!(plain, seen, "{kind}");
            assert_eq!(observation.notes.borrow().len(), seen.len() * observation.tracks.len(), "{kind}");
        }
    }

    #[test]
    fn the_curve_and_the_notes_give_the_score() {
        let samples = buzz();
        let (mut detector, observation) = observe(&Detection::of(Kind::Combined), 16_000).unwrap();
        let mut scores = Vec::new();
        detector.score_all(&samples, &mut scores);
        let notes = observation.notes.borrow();
        let curve = observation.curve.unwrap();
        let bias = Combined::new(16_000, CombinedConfig::default()).unwrap().bias();
        for (terms, score) in notes.chunks(KINDS.len()).zip(&scores) {
            assert!((curve.score(bias + terms.iter().sum::<f32>()) - score).abs() < 1e-5, "{terms:?} {score}");
        }
        assert!(scores.iter().any(|&score| score > 0.5) && scores.iter().any(|&score| score < 0.5));
    }
}
