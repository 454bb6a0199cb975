//! One recording through all systems, as it was recorded and with noise.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use voiced::metrics::{Confusion, Matches, Reference, ScoredSteps};
use voiced::{AnyDetector, BATCH, Detector, FrameSpec, Segment, segments_from_scores};

use super::audio::{Audio, read};
use super::clock;
use super::noise::{Mix, Noises, mix};
use super::outsiders::{self, Scores};
use super::recordings::Labelled;
use super::systems::{Setting, Source, System};
use crate::args::Delay;
use crate::ending;
use crate::fault::Fault;
use crate::resampled::resampled;

/// Peaks of the waveform in a second.
pub(super) const PEAKS_PER_SECOND: u32 = 50;

/// What every recording is measured with.
pub(super) struct Plan {
    pub(super) delay: Delay,
    pub(super) systems: Vec<System>,
    pub(super) settings: Vec<Setting>,
    pub(super) noises: Option<Noises>,
    /// In dB; empty without noises.
    pub(super) snrs: Vec<f64>,
    pub(super) tier: Option<String>,
    pub(super) collar_ms: u32,
    /// Of the bootstrap; 0 for no intervals.
    pub(super) replicas: usize,
}

/// What all systems made of one recording.
pub(super) struct Heard {
    pub(super) reference: Reference,
    /// First as it was recorded; then, where there is speech, at each signal-to-noise ratio.
    pub(super) takes: Vec<Take>,
    /// The waveform's peaks, 0 to 1, [`PEAKS_PER_SECOND`].
    pub(super) peaks: Vec<f32>,
    pub(super) warnings: Vec<Fault>,
}

/// One way in which a recording was heard.
pub(super) struct Take {
    /// What each system made of it; `None` for those that are known by files, which heard no noise.
    pub(super) answers: Vec<Option<Answer>>,
    /// Whether it was made quieter so that noise would not take it beyond full scale.
    pub(super) quieter: bool,
}

/// What a system made of one take.
pub(super) struct Answer {
    /// `None` where there are segments only.
    pub(super) steps: Option<ScoredSteps>,
    /// Kept of the recording as it is, for its delay and for timelines.
    pub(super) scores: Option<Scores>,
    /// One for each setting.
    pub(super) found: Vec<Found>,
    pub(super) cost: Option<Cost>,
}

/// The segments of one setting, and how they compare.
pub(super) struct Found {
    /// At the recording's rate.
    pub(super) segments: Vec<Segment>,
    /// Of segments, with the collar.
    pub(super) confusion: Confusion,
    pub(super) matches: Matches,
    /// Of the scores at the setting's threshold.
    pub(super) frames: Option<Confusion>,
}

/// What scoring took.
#[derive(Clone, Copy)]
pub(super) struct Cost {
    /// Processor time of scoring alone.
    pub(super) worked: Duration,
    pub(super) frames: u64,
    /// Seconds of audio.
    pub(super) audio: f64,
    pub(super) spec: FrameSpec,
}

/// The samples of one take at every rate that a detector asked for.
struct Rates<'a> {
    rate: u32,
    samples: Cow<'a, [f32]>,
    others: BTreeMap<u32, Vec<f32>>,
}

impl Rates<'_> {
    fn at(&mut self, rate: u32) -> Result<&[f32], voiced::Error> {
        if rate == self.rate {
            return Ok(&self.samples);
        }
        if !self.others.contains_key(&rate) {
            self.others.insert(rate, resampled(&self.samples, self.rate, rate)?);
        }
        Ok(&self.others[&rate])
    }
}

/// Plays a recording to all systems; `None` where the work was interrupted. `reach` is told the share that is done.
pub(super) fn hear(plan: &Plan, recording: &Labelled, mut reach: impl FnMut(f64)) -> Result<Option<Heard>, Fault> {
    let Audio { samples, rate, warning } = read(&recording.path)?;
    let length = samples.len() as u64;
    let (reference, odd) = recording.reference(plan.tier.as_deref(), rate, length)?;
    let peaks = samples.chunks((rate / PEAKS_PER_SECOND).max(1) as usize).map(peak).collect();
    let takes = 1 + if reference.speech().is_empty() { 0 } else { plan.snrs.len() };
    let mut heard = Heard { reference, takes: Vec::new(), peaks, warnings: warning.into_iter().chain(odd).collect() };
    let noise = match &plan.noises {
        Some(noises) if takes > 1 => Some(noises.draw(&recording.below, rate, samples.len())?),
        _ => None,
    };
    for take in 0..takes {
        let (samples, quieter) = match (&noise, take.checked_sub(1).map(|take| plan.snrs[take])) {
            (Some((noise, from)), Some(snr)) => {
                mixed(&samples, noise, heard.reference.speech(), snr, recording, from)?
            }
            _ => (Cow::Borrowed(&samples[..]), false),
        };
        let mut rates = Rates { rate, samples, others: BTreeMap::new() };
        let mut answers = Vec::new();
        for (index, system) in plan.systems.iter().enumerate() {
            if ending::asked() {
                return Ok(None);
            }
            answers.push(answer(plan, system, recording, &heard.reference, take, &mut rates)?);
            reach((take * plan.systems.len() + index + 1) as f64 / (takes * plan.systems.len()) as f64);
        }
        heard.takes.push(Take { answers, quieter });
    }
    Ok(Some(heard))
}

fn mixed(
    samples: &[f32],
    noise: &[f32],
    speech: &[Segment],
    snr: f64,
    recording: &Labelled,
    from: &Path,
) -> Result<(Cow<'static, [f32]>, bool), Fault> {
    let Mix { samples, gain } = mix(samples, noise, speech, snr).map_err(|reason| {
        let (recording, from) = (recording.path.display(), from.display());
        Fault::new(format!("{recording} with {from}"), reason)
    })?;
    Ok((samples.into(), gain < 1.0))
}

fn peak(samples: &[f32]) -> f32 {
    samples.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs())).min(1.0)
}

fn answer(
    plan: &Plan,
    system: &System,
    recording: &Labelled,
    reference: &Reference,
    take: usize,
    rates: &mut Rates<'_>,
) -> Result<Option<Answer>, Fault> {
    let fault = |error| Fault::new(format!("{}: {}", recording.path.display(), system.name), error);
    let (scores, framed, cost) = match &system.source {
        Source::Detector(detectors) => {
            let detector = detectors.make(reference.rate())?;
            let samples = rates.at(detector.spec().rate).map_err(fault)?;
            let (scores, cost) = score(detector, samples);
            (scores, samples.len() as u64, Some(cost))
        }
        Source::Scores(_) | Source::Segments(_) if take > 0 => return Ok(None),
        Source::Scores(folder) => {
            let scores = outsiders::scores(&outsiders::scores_file(folder, recording)?)?;
            let framed = nearest(reference.length(), reference.rate(), scores.spec.rate);
            (scores, framed, None)
        }
        Source::Segments(place) => {
            let path = outsiders::segments_file(place, recording)?;
            let (rate, length) = (reference.rate(), reference.length());
            let segments = outsiders::segments(&path, recording, plan.tier.as_deref(), rate, length)?;
            let found = found(reference, segments, plan.collar_ms, None).map_err(fault)?;
            return Ok(Some(Answer { steps: None, scores: None, found: vec![found], cost: None }));
        }
    };
    let steps = ScoredSteps::from_scores(reference, &scores.scores, scores.spec).map_err(fault)?;
    let one = |setting: &Setting| {
        let config = match &system.source {
            Source::Detector(detectors) => plan.delay.compensated(setting.config, detectors.kind()),
            _ => setting.config,
        };
        let segments = segments_from_scores(&scores.scores, scores.spec, framed, &config)?;
        let (from, to) = (scores.spec.rate, reference.rate());
        let place = |position: u64| nearest(position, from, to).min(reference.length());
        let place = |Segment { start, end }: Segment| Segment { start: place(start), end: place(end) };
        let frames = steps.confusion(setting.config.threshold);
        found(reference, segments.into_iter().map(place).collect(), plan.collar_ms, Some(frames))
    };
    let found = plan.settings.iter().map(one).collect::<Result<_, _>>().map_err(fault)?;
    Ok(Some(Answer { steps: Some(steps), scores: (take == 0).then_some(scores), found, cost }))
}

/// The scores of samples at the detector's own rate, and what they took.
fn score(mut detector: AnyDetector, samples: &[f32]) -> (Scores, Cost) {
    let spec = detector.spec();
    let mut scores = Vec::with_capacity(spec.frames(samples.len()));
    detector.reserve(BATCH);
    let before = clock::worked();
    detector.score_all(samples, &mut scores);
    let worked = clock::worked().saturating_sub(before);
    let audio = samples.len() as f64 / f64::from(spec.rate);
    let cost = Cost { worked, frames: scores.len() as u64, audio, spec };
    (Scores { scores, spec }, cost)
}

fn found(
    reference: &Reference,
    segments: Vec<Segment>,
    collar_ms: u32,
    frames: Option<Confusion>,
) -> Result<Found, voiced::Error> {
    let confusion = reference.confusion(&segments, collar_ms)?;
    let matches = reference.matches(&segments)?;
    Ok(Found { segments, confusion, matches, frames })
}

/// A position at one rate as the nearest at another, as a stream tells it.
fn nearest(position: u64, from: u32, to: u32) -> u64 {
    let (from, to) = (u128::from(from), u128::from(to));
    ((u128::from(position) * to + from / 2) / from) as u64
}
