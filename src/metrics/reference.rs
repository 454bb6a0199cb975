//! What a recording holds by its labels.

use super::intervals;
use crate::error::Error;
use crate::segment::Segment;

/// By how many milliseconds labels may reach beyond the end of a recording: tools that work frame by frame end theirs
/// with the last frame, which may be incomplete, and 32 ms is the longest hop of the engine's detectors.
const FORGIVEN_MS: u64 = 32;

/// A labelled recording: where there is speech, and which stretches are not to be scored.
///
/// Times are in samples at the recording's own rate. Segments are sorted, and neither overlap nor touch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    rate: u32,
    length: u64,
    speech: Vec<Segment>,
    scored: Vec<Segment>,
}

impl Reference {
    /// The labels of a recording of `length` samples at `rate` Hz.
    ///
    /// `speech` and `ignored` come in any order. Segments that overlap, as those of two speakers may, or that touch are
    /// united, and empty ones are dropped. What reaches up to 32 ms beyond the end is cut off: labels that were made
    /// frame by frame end with the last frame.
    ///
    /// # Errors
    /// [`Error::Interval`] where a segment ends before it starts, or reaches further beyond the end; [`Error::Config`]
    /// where `rate` is 0.
    pub fn new(rate: u32, length: u64, speech: &[Segment], ignored: &[Segment]) -> Result<Self, Error> {
        let mut reference = Self { rate, length, speech: Vec::new(), scored: Vec::new() };
        if rate == 0 {
            let legal = "at least 1 Hz";
            return Err(Error::Config { field: "rate of the reference", given: 0.0, legal });
        }
        reference.speech = reference.united("speech", speech)?;
        let ignored = reference.united("ignored stretch", ignored)?;
        reference.scored = intervals::complement(&ignored, length);
        Ok(reference)
    }

    /// The labels of a recording of which only the stretches `scored` count: a UEM, whose complement is ignored.
    ///
    /// # Errors
    /// As [`Reference::new`].
    pub fn with_uem(rate: u32, length: u64, speech: &[Segment], scored: &[Segment]) -> Result<Self, Error> {
        let mut reference = Self::new(rate, length, speech, &[])?;
        reference.scored = reference.united("scored stretch", scored)?;
        Ok(reference)
    }

    /// Sample rate in Hz.
    pub fn rate(&self) -> u32 {
        self.rate
    }

    /// Samples in the recording.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Where there is speech, in ignored stretches too.
    pub fn speech(&self) -> &[Segment] {
        &self.speech
    }

    /// The stretches that count: all but the ignored ones.
    pub fn scored(&self) -> &[Segment] {
        &self.scored
    }

    /// The stretches that do not count.
    pub fn ignored(&self) -> Vec<Segment> {
        intervals::complement(&self.scored, self.length)
    }

    /// Seconds of speech that count.
    pub fn speech_s(&self) -> f64 {
        self.seconds(intervals::samples(&intervals::intersection(&self.speech, &self.scored)))
    }

    /// Seconds that count.
    pub fn scored_s(&self) -> f64 {
        self.seconds(intervals::samples(&self.scored))
    }

    /// Checks segments of this recording, and unites them.
    pub(super) fn united(&self, what: &'static str, segments: &[Segment]) -> Result<Vec<Segment>, Error> {
        intervals::united(what, segments, self.length, u64::from(self.rate) * FORGIVEN_MS / 1000)
    }

    pub(super) fn seconds(&self, samples: u64) -> f64 {
        samples as f64 / f64::from(self.rate)
    }
}
