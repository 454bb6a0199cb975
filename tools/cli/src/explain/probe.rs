//! Detectors that write down what their scores are made of.

use std::cell::RefCell;
use std::rc::Rc;

use voiced::detector::classic::combined::{Combined, CombinedConfig};
use voiced::detector::classic::energy::{Energy, EnergyConfig};
use voiced::detector::classic::entropy::{Entropy, EntropyConfig};
use voiced::detector::classic::flatness::{Flatness, FlatnessConfig};
use voiced::detector::classic::ltsd::{Ltsd, LtsdConfig};
use voiced::detector::classic::sohn::{Sohn, SohnConfig};
use voiced::detector::classic::zcr::{self, Zcr, ZcrConfig};
use voiced::detector::classic::{Classic, Logistic, Measure};
use voiced::detector::native_rate;
use voiced::{Detector, FrameSpec, WebRtc, WebRtcConfig};

use crate::args::Detection;
use crate::detectors::Detectors;
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

/// The detector of a choice for audio at `rate` Hz, under observation: its scores are what they are without.
pub(super) fn observe(choice: &Detection, rate: u32) -> Result<(Box<dyn Detector>, Observation), Stop> {
    let notes = Notes::default();
    let native = native_rate(rate);
    let name = choice.detector.as_str();
    let fault = |error: voiced::Error| Fault::new("the detector", error);
    let noted = |detector: Box<dyn Detector>, curve, constant, tracks| {
        (detector, Observation { curve, constant, tracks, notes: notes.clone() })
    };
    Ok(match name {
        "energy" => {
            let energy = Energy::new(native, EnergyConfig::default()).map_err(fault)?;
            let curve = energy.mapping();
            let score = move |energy: &mut Energy, frame: &[f32], notes: &mut Vec<f32>| {
                let levels = energy.levels(frame);
                notes.push(levels.level);
                curve.score(levels.above())
            };
            noted(observed(energy, &notes, score), Some(curve), None, &["level"])
        }
        "zcr" => {
            let detector = Zcr::new(native, ZcrConfig::default()).map_err(fault)?;
            let curve = detector.mapping();
            let score = move |detector: &mut Zcr, frame: &[f32], notes: &mut Vec<f32>| {
                let rates = detector.rates(frame);
                notes.push(rates.rate);
                curve.score(rates.octaves())
            };
            noted(observed(detector, &notes, score), Some(curve), Some(zcr::OFFSET), &["rate"])
        }
        "combined" => {
            let combined = Combined::new(native, CombinedConfig::default()).map_err(fault)?;
            let (curve, bias) = (combined.mapping(), combined.bias());
            let score = move |combined: &mut Combined, frame: &[f32], notes: &mut Vec<f32>| {
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
            };
            noted(observed(combined, &notes, score), Some(curve), None, &KINDS)
        }
        "webrtc" => {
            let default = WebRtcConfig::default();
            let config = WebRtcConfig {
                mode: choice.mode.unwrap_or(default.mode),
                frame_ms: choice.frame_ms.unwrap_or(default.frame_ms),
            };
            let spec = Detectors::new(choice)?.make(rate)?.spec();
            let webrtc = WebRtc::new(spec.rate, &config).map_err(fault)?;
            let score = |webrtc: &mut WebRtc, frame: &[f32], notes: &mut Vec<f32>| {
                let verdict = webrtc.judge(frame);
                notes.push(f32::from(u8::from(verdict.speech)));
                verdict.score
            };
            noted(observed(webrtc, &notes, score), None, None, &["decision"])
        }
        "entropy" => curved(Entropy::new(native, EntropyConfig::default()).map_err(fault)?, notes),
        "flatness" => curved(Flatness::new(native, FlatnessConfig::default()).map_err(fault)?, notes),
        "ltsd" => curved(Ltsd::new(native, LtsdConfig::default()).map_err(fault)?, notes),
        "sohn" => curved(Sohn::new(native, SohnConfig::default()).map_err(fault)?, notes),
        _ => noted(Detectors::new(choice)?.make(rate)?, None, None, &[]),
    })
}

/// A detector that has a curve and writes nothing down.
fn curved<M: Measure + 'static>(detector: Classic<M>, notes: Notes) -> (Box<dyn Detector>, Observation) {
    let curve = Some(detector.mapping());
    (Box::new(detector), Observation { curve, constant: None, tracks: &[], notes })
}

/// A detector whose scores come from `score`, which also notes what they are made of.
fn observed<D: Detector + 'static>(
    detector: D,
    notes: &Notes,
    mut score: impl FnMut(&mut D, &[f32], &mut Vec<f32>) -> f32 + 'static,
) -> Box<dyn Detector> {
    let notes = notes.clone();
    Box::new(Observed {
        detector,
        score: move |detector: &mut D, frame: &[f32]| score(detector, frame, &mut notes.borrow_mut()),
    })
}

struct Observed<D, S> {
    detector: D,
    score: S,
}

impl<D: Detector, S: FnMut(&mut D, &[f32]) -> f32> Detector for Observed<D, S> {
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
    use crate::detectors::names;

    /// A second of noise and a second of a voice's buzz in it, at 16 kHz.
    fn buzz() -> Vec<f32> {
        let noise = |n: u32| (n.wrapping_mul(2_654_435_761) >> 8) as f32 / 8_388_608.0 - 1.0;
        (0..32_000_u32).map(|n| noise(n) * 0.01 + if n > 16_000 && n % 133 < 9 { 0.5 } else { 0.0 }).collect()
    }

    #[test]
    fn observation_changes_no_score() {
        let samples = buzz();
        for name in names() {
            let choice = Detection::of(name);
            let (mut plain, mut seen) = (Vec::new(), Vec::new());
            Detectors::new(&choice).unwrap().make(16_000).unwrap().score_all(&samples, &mut plain);
            let (mut detector, observation) = observe(&choice, 16_000).unwrap();
            detector.score_all(&samples, &mut seen);
            assert_eq!(plain, seen, "{name}");
            assert_eq!(observation.notes.borrow().len(), seen.len() * observation.tracks.len(), "{name}");
        }
    }

    #[test]
    fn the_curve_and_the_notes_give_the_score() {
        let samples = buzz();
        let (mut detector, observation) = observe(&Detection::of("combined"), 16_000).unwrap();
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
