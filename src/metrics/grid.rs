//! Scores and labels, brought together on a grid of 10 ms.

use super::Confusion;
use super::intervals;
use super::reference::Reference;
use crate::error::Error;
use crate::frame::FrameSpec;
use crate::segment::Segment;

/// Steps of the grid in a second.
const STEPS_PER_SECOND: u32 = 100;

/// The scored steps of a recording: how many have each score, with speech and without.
///
/// Step `i` is about the middle of its 10 ms: it is there if that middle, at `(i + 1/2) * 10 ms`, lies in the recording and
/// in no ignored stretch; it is speech if the middle lies in speech, and has the score of the hop that the middle lies in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScoredSteps {
    runs: Vec<Run>,
}

/// Steps with one score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Run {
    pub(super) score: f32,
    pub(super) speech: u64,     // steps
    pub(super) non_speech: u64, // steps
}

/// A score of another system, and the samples that it is about, at the recording's rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScoredSegment {
    /// What the score is about.
    pub segment: Segment,
    /// Any number but NaN; higher is more like speech.
    pub score: f32,
}

impl ScoredSteps {
    /// The steps of a recording from a detector's scores, one a hop, of which score `i` is about the hop that begins at sample
    /// `i * spec.hop` at `spec.rate` Hz: that rate need not be the recording's.
    ///
    /// # Errors
    /// [`Error::Scores`] where there are not as many scores as the recording has hops, give or take one, as resampling may;
    /// a last hop without a score has the one before. [`Error::Config`] where a score is NaN, or where hop or rate is 0.
    pub fn from_scores(reference: &Reference, scores: &[f32], spec: FrameSpec) -> Result<Self, Error> {
        for (field, given) in [("hop", spec.hop as f64), ("rate of the scores", f64::from(spec.rate))] {
            if given == 0.0 {
                return Err(Error::Config { field, given, legal: "at least 1" });
            }
        }
        let length = u128::from(reference.length()) * u128::from(spec.rate);
        let hops = length.div_ceil(u128::from(reference.rate()) * spec.hop as u128);
        let wanted = usize::try_from(hops).unwrap_or(usize::MAX);
        if scores.len().abs_diff(wanted) > 1 || scores.is_empty() && wanted > 0 {
            return Err(Error::Scores { given: scores.len(), wanted });
        }
        let start = |index: usize| (index as u64).saturating_mul(spec.hop as u64);
        let starts = (0..scores.len()).map(|index| steps_before(start(index), spec.rate));
        Self::from_starts(reference, scores.iter().copied().zip(starts))
    }

    /// The steps of a recording from scores that another system gave, in the order of time.
    ///
    /// A score holds until the next begins, or the recording ends, so that of overlapping ones each counts from its own start.
    ///
    /// # Errors
    /// [`Error::Interval`] where a segment is empty or reversed, or starts no later than the one before it, and where a
    /// score would have to hold for longer than its segment beyond its end, to the next one or the end of the recording; the
    /// first may begin as late as it is long. [`Error::Scores`] where there is none, [`Error::Config`] where one is NaN.
    pub fn from_segments(reference: &Reference, scores: &[ScoredSegment]) -> Result<Self, Error> {
        if scores.is_empty() && reference.length() > 0 {
            return Err(Error::Scores { given: 0, wanted: 1 });
        }
        let mut reached =
            (0, scores.first().map_or(0, |first| first.segment.end.saturating_sub(first.segment.start)));
        let mut last = None;
        for &ScoredSegment { segment, .. } in scores {
            check_segment(segment, last, reached)?;
            reached = (segment.end, segment.end - segment.start);
            last = Some(segment);
        }
        if let Some(segment) = last
            && reference.length().saturating_sub(segment.end) > segment.end - segment.start
        {
            return Err(refused(
                segment,
                format!("the recording goes on to sample {}, without a score", reference.length()),
            ));
        }
        let first = scores.first().map(|first| (first.score, 0));
        let rest = scores.iter().skip(1).map(|next| (next.score, steps_before(next.segment.start, reference.rate())));
        Self::from_starts(reference, first.into_iter().chain(rest))
    }

    /// The steps of a recording from scores and the steps that each begins with.
    fn from_starts(reference: &Reference, scores: impl Iterator<Item = (f32, u64)>) -> Result<Self, Error> {
        let on_grid = |segments: &[Segment]| -> Vec<Segment> {
            let step = |sample| steps_before(sample, reference.rate());
            intervals::union(segments.iter().map(|s| Segment { start: step(s.start), end: step(s.end) }))
        };
        let scored = on_grid(reference.scored());
        let speech = intervals::intersection(&on_grid(reference.speech()), &scored);
        let mut scored = Cursor::new(&scored);
        let mut speech = Cursor::new(&speech);

        let mut runs: Vec<Run> = Vec::new();
        let mut scores = scores.peekable();
        while let Some((score, _)) = scores.next() {
            if score.is_nan() {
                return Err(Error::Config { field: "score", given: f64::NAN, legal: "a number" });
            }
            let end = scores.peek().map_or(u64::MAX, |&(_, start)| start);
            let with_speech = speech.advance(end);
            let run = Run { score, speech: with_speech, non_speech: scored.advance(end) - with_speech };
            match runs.last_mut() {
                Some(last) if last.score == score => {
                    last.speech += run.speech;
                    last.non_speech += run.non_speech;
                }
                _ if run.speech + run.non_speech > 0 => runs.push(run),
                _ => {}
            }
        }
        Ok(Self { runs })
    }

    /// Adds the steps of another recording, which then counts with this one as a single part: what belongs together, such as
    /// one take at several noise levels, should be drawn together by a [`Bootstrap`](super::Bootstrap).
    pub fn append(&mut self, other: &Self) {
        self.runs.extend_from_slice(&other.runs);
    }

    /// How many steps count.
    pub fn len(&self) -> u64 {
        self.runs.iter().map(|run| run.speech + run.non_speech).sum()
    }

    /// Whether no step counts.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How long a detector is right and wrong that takes a score of `threshold` or more for speech.
    pub fn confusion(&self, threshold: f64) -> Confusion {
        let mut steps = [0; 4]; // hit, miss, false alarm, rejected
        for run in &self.runs {
            let left_out = usize::from(f64::from(run.score) < threshold);
            steps[left_out] += run.speech;
            steps[2 + left_out] += run.non_speech;
        }
        confusion(steps.map(|steps| steps as f64))
    }

    pub(super) fn runs(&self) -> &[Run] {
        &self.runs
    }
}

/// Numbers of steps (hit, miss, false alarm, rejected) in seconds.
pub(super) fn confusion(steps: [f64; 4]) -> Confusion {
    let [hit, miss, false_alarm, rejected] = steps.map(|steps| steps / f64::from(STEPS_PER_SECOND));
    Confusion { hit, miss, false_alarm, rejected }
}

/// How many steps of the grid have their middle before a sample: the `i` for which `(2 i + 1) * rate < 200 * sample`, at most
/// as many as a `u64` counts.
fn steps_before(sample: u64, rate: u32) -> u64 {
    let half_steps = u128::from(sample) * 2 * u128::from(STEPS_PER_SECOND);
    u64::try_from(half_steps.div_ceil(u128::from(rate)) / 2).unwrap_or(u64::MAX)
}

fn check_segment(segment: Segment, last: Option<Segment>, (end, slack): (u64, u64)) -> Result<(), Error> {
    if segment.end <= segment.start {
        return Err(refused(segment, "it must have at least one sample".to_owned()));
    }
    if let Some(last) = last.filter(|last| segment.start <= last.start) {
        let legal = format!("it must start after sample {}, where the one before it starts", last.start);
        return Err(refused(segment, legal));
    }
    if segment.start.saturating_sub(end) > slack {
        return Err(refused(segment, format!("there is no score from sample {end} on until it starts")));
    }
    Ok(())
}

fn refused(Segment { start, end }: Segment, legal: String) -> Error {
    Error::Interval { what: "score of samples", start, end, legal }
}

/// Counts the steps of a united set, from left to right.
struct Cursor<'a> {
    rest: &'a [Segment], // in steps
    at: u64,             // steps before it are counted
}

impl<'a> Cursor<'a> {
    fn new(rest: &'a [Segment]) -> Self {
        Self { rest, at: 0 }
    }

    /// How many steps of the set lie before `end` that were not counted yet.
    fn advance(&mut self, end: u64) -> u64 {
        let mut counted = 0;
        while let Some(&segment) = self.rest.first() {
            let start = segment.start.max(self.at);
            counted += segment.end.min(end).saturating_sub(start);
            if segment.end > end {
                break;
            }
            self.rest = &self.rest[1..];
        }
        self.at = self.at.max(end);
        counted
    }
}
