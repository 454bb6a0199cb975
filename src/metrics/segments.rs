//! Segments against labels: how long they are right and wrong, and which they find, miss, split and make up.

use std::iter::Sum;
use std::ops::{Add, Mul};

use super::reference::Reference;
use super::{Confusion, intervals};
use crate::error::Error;
use crate::segment::Segment;

impl Reference {
    /// How long segments of this recording, in samples at its rate, are right and wrong.
    ///
    /// Nothing counts that is less than half of `collar_ms` away from where speech starts or ends, counted in whole samples
    /// rounded down: pyannote's `collar`, which NIST's is twice. Speech here is united, so that there is no collar where one
    /// speaker takes over from another: pyannote's classes do the same for `reference.get_timeline().support()`.
    ///
    /// # Errors
    /// [`Error::Interval`] where a segment ends before it starts, or more than 32 ms beyond the end of the recording.
    pub fn confusion(&self, found: &[Segment], collar_ms: u32) -> Result<Confusion, Error> {
        let found = self.united("found segment", found)?;
        let half = u64::from(self.rate()) * u64::from(collar_ms) / 2000;
        let boundaries = self.speech().iter().flat_map(|segment| [segment.start, segment.end]);
        let collars = boundaries.map(|at| Segment { start: at.saturating_sub(half), end: at.saturating_add(half) });
        let outside = intervals::complement(&intervals::union(collars), self.length());
        let scored = intervals::intersection(self.scored(), &outside);
        let speech = intervals::intersection(self.speech(), &scored);
        let found = intervals::intersection(&found, &scored);

        let [all, speech_samples, found_samples] = [&scored, &speech, &found].map(|set| intervals::samples(set));
        let hit = intervals::samples(&intervals::intersection(&speech, &found));
        let false_alarm = found_samples - hit;
        Ok(Confusion {
            hit: self.seconds(hit),
            miss: self.seconds(speech_samples - hit),
            false_alarm: self.seconds(false_alarm),
            rejected: self.seconds(all - speech_samples - false_alarm),
        })
    }

    /// Which segments were found, missed, split and made up, and how late their edges are.
    ///
    /// A segment of speech and a found one match where they share a scored sample; one may match several. Found segments that
    /// overlap or touch are one.
    ///
    /// # Errors
    /// As [`Reference::confusion`].
    pub fn matches(&self, found: &[Segment]) -> Result<Matches, Error> {
        let found = self.united("found segment", found)?;
        let (speech, scored) = (self.speech(), self.scored());
        let mut pairs: Vec<(usize, usize)> = intervals::overlaps(speech, &found).collect();
        pairs.retain(|&(i, j)| intervals::touches(scored, intervals::common(speech[i], found[j])));

        let late = |at: u64, edge: u64| (at as f64 - edge as f64) / f64::from(self.rate());
        let mut matches = Matches::default();
        let mut missed: Vec<bool> = speech.iter().map(|&segment| intervals::touches(scored, segment)).collect();
        let mut unmatched: Vec<bool> = found.iter().map(|&segment| intervals::covers(scored, segment)).collect();
        matches.counts.speech = count(&missed);
        for (place, &(i, j)) in pairs.iter().enumerate() {
            missed[i] = false;
            unmatched[j] = false;
            let first = place.checked_sub(1).is_none_or(|before| pairs[before].0 != i && pairs[before].1 != j);
            if first && self.is_edge(speech[i].start) {
                matches.onsets.push(late(found[j].start, speech[i].start));
            }
            let last = pairs.get(place + 1).is_none_or(|next| next.0 != i && next.1 != j);
            if last && self.is_edge(speech[i].end) {
                matches.offsets.push(late(found[j].end, speech[i].end));
            }
        }
        matches.counts.missed = count(&missed);
        matches.counts.pairs = pairs.len() as u64;
        matches.counts.false_alarms = count(&unmatched);
        matches.counts.non_speech_s = self.scored_s() - self.speech_s();
        Ok(matches)
    }

    /// Whether the samples before and after `at` are in the recording and scored.
    fn is_edge(&self, at: u64) -> bool {
        at > 0 && intervals::covers(self.scored(), Segment { start: at - 1, end: at.saturating_add(1) })
    }
}

fn count(which: &[bool]) -> u64 {
    which.iter().filter(|&&is| is).count() as u64
}

/// How the segments of a recording match those of its labels.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matches {
    /// How many there are of each kind.
    pub counts: MatchCounts,
    /// Seconds from where speech starts to where it was found to start, one for each segment of speech that has such a start;
    /// negative where it was found early.
    ///
    /// It has one if the first found segment that matches it matches no earlier speech, and if the samples on both sides of where
    /// the speech starts are in the recording and scored.
    pub onsets: Vec<f64>,
    /// Seconds from where speech ends to where it was found to end; the mirror image of `onsets`.
    pub offsets: Vec<f64>,
}

/// Counts of segments. Those of many recordings are the sum of theirs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MatchCounts {
    /// Segments of speech that have a scored sample.
    pub speech: u64,
    /// Those among them that match no found segment.
    pub missed: u64,
    /// Pairs of segments that match.
    pub pairs: u64,
    /// Found segments that match no speech, and lie in scored stretches as a whole.
    pub false_alarms: u64,
    /// Seconds of non-speech that are scored.
    pub non_speech_s: f64,
}

impl MatchCounts {
    /// The share of segments that were missed, 0 to 1: missed / speech. `None` without speech.
    pub fn missed_rate(&self) -> Option<f64> {
        (self.speech > 0).then(|| self.missed as f64 / self.speech as f64)
    }

    /// Found segments for each segment of speech that was found, at least 1: pairs / (speech - missed). More than 1
    /// means that speech was split. `None` where none was found.
    pub fn fragmentation(&self) -> Option<f64> {
        let detected = self.speech - self.missed;
        (detected > 0).then(|| self.pairs as f64 / detected as f64)
    }

    /// False segments in an hour of non-speech, so that it does not depend on how much the recordings speak. `None` without
    /// non-speech.
    pub fn false_alarms_per_hour(&self) -> Option<f64> {
        (self.non_speech_s > 0.0).then(|| self.false_alarms as f64 / self.non_speech_s * 3600.0)
    }
}

impl Add for MatchCounts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            speech: self.speech + other.speech,
            missed: self.missed + other.missed,
            pairs: self.pairs + other.pairs,
            false_alarms: self.false_alarms + other.false_alarms,
            non_speech_s: self.non_speech_s + other.non_speech_s,
        }
    }
}

impl Mul<u32> for MatchCounts {
    type Output = Self;

    fn mul(self, weight: u32) -> Self {
        Self {
            speech: self.speech * u64::from(weight),
            missed: self.missed * u64::from(weight),
            pairs: self.pairs * u64::from(weight),
            false_alarms: self.false_alarms * u64::from(weight),
            non_speech_s: self.non_speech_s * f64::from(weight),
        }
    }
}

impl Sum for MatchCounts {
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        parts.fold(Self::default(), Add::add)
    }
}
