//! The settings of the post-processing, and the same in samples.

use crate::error::Error;
use crate::frame::FrameSpec;

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
///
/// ```
/// let mut config = voiced::SegmentConfig::default();
/// config.min_silence_ms = 500.0; // a pause for breath ends no turn
/// ```
///
/// Milliseconds may have fractions, which are never cut: a silence of 100.01 ms is one that reaches 100.01 ms.
///
/// # Padding is not pre-roll
/// `speech_pad_ms` moves the boundaries of segments, and where two come closer than twice the padding they share the gap.
/// How much of it belongs to either is known only once the second is sure to become a segment, so its `Start` waits until
/// then: until it is longer than `min_speech_ms`, and for as long as its scores hover between the thresholds. (With a padding of 300
/// and a `min_silence_ms` of 500 a `Start` was seen 64 s late.) Nothing waits where `speech_pad_ms` is at most half of
/// `min_silence_ms`; [`look_back`](Self::look_back) tells.
///
/// Who only wants to hear what was said before a start needs no padding: [`Stream::audio`](crate::Stream::audio) gives it, and
/// changes no segment. Who wants to act at once reads [`Update::speech`](crate::Update::speech), which waits for nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct SegmentConfig {
    /// Onset threshold: a score from here on is speech. 0 to 1. Defaults to 0.5.
    pub threshold: f64,
    /// Offset threshold: in speech, a score below is silence. 0 to 1.
    /// Defaults to `None`: 0.15 below `threshold`, and at least 0.01.
    pub neg_threshold: Option<f64>,
    /// Speech that is not longer than this many milliseconds is dropped. Defaults to 250.
    pub min_speech_ms: f64,
    /// Milliseconds of silence that end a segment. Defaults to 100.
    pub min_silence_ms: f64,
    /// Milliseconds by which a segment is widened on each side. Defaults to 30.
    pub speech_pad_ms: f64,
    /// Seconds, padding included, after which a segment is cut; above 0. Defaults to infinity: never.
    pub max_speech_s: f64,
    /// Where it is cut. Defaults to [`Cut::LongestSilence`].
    pub cut: Cut,
    /// A silence must be longer than this many milliseconds to be cut at. Defaults to 98.
    pub min_silence_at_max_speech_ms: f64,
    /// Milliseconds by which the scores lag what they are about: all boundaries move to earlier by as much. A score is then
    /// about the audio this long before its frame, and those about the time before the recording do not count.
    /// Defaults to 0, as in the official package; [`Info::delay_ms`](crate::Info::delay_ms) is the detector's.
    pub delay_ms: f64,
}

impl Default for SegmentConfig {
    fn default() -> Self {
        Self {
            threshold: 0.5,
            neg_threshold: None,
            min_speech_ms: 250.0,
            min_silence_ms: 100.0,
            speech_pad_ms: 30.0,
            max_speech_s: f64::INFINITY,
            cut: Cut::default(),
            min_silence_at_max_speech_ms: 98.0,
            delay_ms: 0.0,
        }
    }
}

/// Settings that were checked, in samples at one rate, as the official package computes them and compares with them: in `f64`.
///
/// A span that was cut to whole samples would take in a silence that the package leaves out, and so would a threshold of 0.3
/// that was rounded to `f32` with a score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Limits {
    pub(super) onset: f64,
    pub(super) offset: f64,
    /// Speech must be longer.
    pub(super) min_speech: f64,
    /// Silence must be as long.
    pub(super) min_silence: f64,
    pub(super) pad: f64,
    /// Speech before padding must not be longer; below 0, even nothing is too long.
    pub(super) max_speech: f64,
    pub(super) cut: Cut,
    /// A silence to be cut at must be longer.
    pub(super) min_silence_at_cut: f64,
    pub(super) delay: u64,
}

impl SegmentConfig {
    /// How far a `Start` may lie in the past: the most samples, at the detector's rate, from its time to the end of the frame
    /// that brought it. `None` where there is no bound, see [above](Self#padding-is-not-pre-roll).
    ///
    /// # Errors
    /// [`Error::Config`] where a field is out of its range, and where the rate or the hop of `spec` is 0.
    pub fn look_back(&self, spec: FrameSpec) -> Result<Option<u64>, Error> {
        Ok(self.limits(spec)?.look_back(spec))
    }

    /// The most samples, at the detector's rate, from a segment's start to the end of the frame that brings its `End`; `None`
    /// where segments have no longest.
    ///
    /// # Errors
    /// As [`look_back`](Self::look_back).
    pub(crate) fn whole(&self, spec: FrameSpec) -> Result<Option<u64>, Error> {
        Ok(self.limits(spec)?.whole(spec))
    }

    /// Checks the fields, and counts them in samples at the detector's rate.
    pub(super) fn limits(&self, spec: FrameSpec) -> Result<Limits, Error> {
        if spec.rate == 0 {
            return Err(Error::Config { field: "rate of the detector", given: 0.0, legal: "at least 1 Hz" });
        }
        if spec.hop == 0 {
            return Err(Error::Config { field: "hop of the detector", given: 0.0, legal: "at least 1 sample" });
        }
        let share = |field, given: f64| match given {
            0.0..=1.0 => Ok(given),
            _ => Err(Error::Config { field, given, legal: "from 0 to 1" }),
        };
        let onset = share("threshold", self.threshold)?;
        let offset = match self.neg_threshold {
            Some(given) => share("neg_threshold", given)?,
            None => (onset - 0.15).max(0.01),
        };
        if self.max_speech_s.is_nan() || self.max_speech_s <= 0.0 {
            let legal = "above 0 seconds; infinity is no limit";
            return Err(Error::Config { field: "max_speech_s", given: self.max_speech_s, legal });
        }
        let rate = f64::from(spec.rate);
        let samples = |field, ms: f64| match ms {
            0.0..=f64::MAX => Ok(rate * ms / 1000.0), // in the order of the official package
            _ => Err(Error::Config { field, given: ms, legal: "from 0 milliseconds, and finite" }),
        };
        let pad = samples("speech_pad_ms", self.speech_pad_ms)?;
        Ok(Limits {
            onset,
            offset,
            min_speech: samples("min_speech_ms", self.min_speech_ms)?,
            min_silence: samples("min_silence_ms", self.min_silence_ms)?,
            pad,
            max_speech: rate * self.max_speech_s - spec.hop as f64 - 2.0 * pad,
            cut: self.cut,
            min_silence_at_cut: samples("min_silence_at_max_speech_ms", self.min_silence_at_max_speech_ms)?,
            delay: samples("delay_ms", self.delay_ms)?.round() as u64,
        })
    }
}

impl Limits {
    /// Whether speech of this many samples is too long.
    pub(super) fn outgrown(&self, length: u64) -> bool {
        length as f64 > self.max_speech
    }

    /// Whether a gap of this many samples has room for the padding of both sides.
    pub(super) fn room_for_both(&self, gap: u64) -> bool {
        gap as f64 >= 2.0 * self.pad
    }

    /// Where a segment begins whose speech begins at `start`.
    pub(super) fn padded_start(&self, start: u64) -> u64 {
        (start as f64 - self.pad) as u64 // a negative number becomes 0
    }

    /// Where a segment ends whose speech ends at `end`.
    pub(super) fn padded_end(&self, end: u64) -> u64 {
        (end as f64 + self.pad) as u64
    }

    /// See [`SegmentConfig::look_back`].
    ///
    /// Speech that begins with room for both paddings is reported by the frame that brings it. Without a cut it always has that
    /// room where the silence that ended the speech before, and the hop after, are as long. Held back, it is reported at
    /// the latest when it is cut.
    fn look_back(&self, spec: FrameSpec) -> Option<u64> {
        let hop = spec.hop as u64;
        let at_once = (spec.frame as u64).saturating_add(self.pad.ceil() as u64).saturating_add(self.delay);
        let quiet_hops = (self.min_silence.ceil() as u64).div_ceil(hop);
        let least_gap = hop.saturating_mul(quiet_hops.saturating_add(1));
        match self.longest_speech() {
            Some(longest) => Some(at_once.saturating_add(hop.saturating_mul(longest / hop + 1))),
            None => self.room_for_both(least_gap).then_some(at_once),
        }
    }

    /// The longest that speech may be before padding; `None` where it has no limit.
    fn longest_speech(&self) -> Option<u64> {
        self.max_speech.is_finite().then_some(self.max_speech as u64)
    }

    /// See [`SegmentConfig::whole`]. The end of a segment that was cut waits for what follows, which may be cut as well.
    fn whole(&self, spec: FrameSpec) -> Option<u64> {
        let hop = spec.hop as u64;
        let speech = self.longest_speech()?.saturating_add(hop).saturating_mul(2);
        let padding = (3.0 * self.pad).ceil() as u64;
        Some(
            speech
                .saturating_add(padding)
                .saturating_add(spec.frame as u64)
                .saturating_add(self.delay)
                .saturating_add(hop),
        )
    }
}
