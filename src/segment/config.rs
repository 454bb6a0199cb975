//! The parameters of the post-processing, and what they come to in samples.

use crate::error::Error;

/// Where a segment that reached `max_speech` is cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cut {
    /// At the longest silence in it.
    #[default]
    LongestSilence,
    /// At the last silence in it.
    LastSilence,
}

/// How scores become segments; the defaults are the official Silero package's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SegmentConfig {
    /// Onset threshold: a score from here on is speech. 0 to 1. Defaults to 0.5.
    pub threshold: f64,
    /// Offset threshold: in speech, a score below is silence. 0 to 1.
    /// Defaults to `None`: 0.15 below `threshold`, and at least 0.01.
    pub neg_threshold: Option<f64>,
    /// Speech that is not longer than this many milliseconds is dropped. Defaults to 250.
    pub min_speech_ms: u32,
    /// Milliseconds of silence that end a segment. Defaults to 100.
    pub min_silence_ms: u32,
    /// Milliseconds by which a segment is widened on each side. Defaults to 30.
    pub speech_pad_ms: u32,
    /// Seconds, padding included, after which a segment is cut; above 0. Defaults to infinity: never.
    pub max_speech_s: f64,
    /// Where it is cut. Defaults to [`Cut::LongestSilence`].
    pub cut: Cut,
    /// A silence must be longer than this many milliseconds to be cut at. Defaults to 98.
    pub min_silence_at_max_speech_ms: u32,
    /// Milliseconds by which the scores lag what they are about: all boundaries move to earlier by as much. A score is then
    /// about the audio this long before its frame, and those about the time before the recording do not count.
    /// Defaults to 0, as in the official package; [`silero::DELAY_MS`](crate::silero::DELAY_MS) is Silero's.
    pub delay_ms: u32,
}

impl Default for SegmentConfig {
    fn default() -> Self {
        Self {
            threshold: 0.5,
            neg_threshold: None,
            min_speech_ms: 250,
            min_silence_ms: 100,
            speech_pad_ms: 30,
            max_speech_s: f64::INFINITY,
            cut: Cut::default(),
            min_silence_at_max_speech_ms: 98,
            delay_ms: 0,
        }
    }
}

/// A configuration that was checked, at one sample rate.
///
/// Thresholds stay `f64`, for the official package compares `f32` scores with Python's numbers: a threshold of 0.3
/// that was rounded to `f32` would take in a score that the package leaves out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) onset: f64,
    pub(super) offset: f64,
    pub(super) min_speech: u64,
    pub(super) min_silence: u64,
    pub(super) pad: u64,
    /// The longest that a segment may be before padding; `None` where even an empty one is too long.
    pub(super) max_speech: Option<u64>,
    pub(super) cut: Cut,
    pub(super) min_silence_at_cut: u64,
    pub(super) delay: u64,
}

impl SegmentConfig {
    /// Checks the fields, and counts them in samples at `rate` Hz for frames that are `hop` samples apart.
    pub(super) fn limits(&self, rate: u32, hop: usize) -> Result<Limits, Error> {
        let share = |field, given: f64| match given {
            0.0..=1.0 => Ok(given),
            _ => Err(Error::Config { field, given, legal: "from 0 to 1" }),
        };
        if rate == 0 {
            return Err(Error::Config { field: "rate of the detector", given: 0.0, legal: "at least 1 Hz" });
        }
        if hop == 0 {
            return Err(Error::Config { field: "hop of the detector", given: 0.0, legal: "at least 1 sample" });
        }
        let onset = share("threshold", self.threshold)?;
        let offset = match self.neg_threshold {
            Some(given) => share("neg_threshold", given)?,
            None => (onset - 0.15).max(0.01),
        };
        if self.max_speech_s.is_nan() || self.max_speech_s <= 0.0 {
            let legal = "above 0 seconds; infinity is no limit";
            return Err(Error::Config { field: "max_speech_s", given: self.max_speech_s, legal });
        }
        let samples = |ms: u32| u64::from(rate) * u64::from(ms) / 1000;
        let pad = samples(self.speech_pad_ms);
        let max_speech = f64::from(rate) * self.max_speech_s - hop as f64 - 2.0 * pad as f64;
        Ok(Limits {
            onset,
            offset,
            min_speech: samples(self.min_speech_ms),
            min_silence: samples(self.min_silence_ms),
            pad,
            max_speech: (max_speech >= 0.0).then_some(max_speech as u64),
            cut: self.cut,
            min_silence_at_cut: samples(self.min_silence_at_max_speech_ms),
            delay: samples(self.delay_ms),
        })
    }
}
