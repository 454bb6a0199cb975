//! Live audio: packets in; scores, events and audio out.

mod frames;
mod kept;
mod line;
mod track;

use std::ops::Range;

use crate::audio::Sample;
use crate::detector::{AnyDetector, Detector};
use crate::error::Error;
use crate::frame::FrameSpec;
use crate::segment::{Event, Segment, SegmentConfig};

pub(crate) use line::{Keep, Line};
pub use track::Update;

/// Finds speech in audio as it arrives: scores, events and the audio itself, in samples of the caller's audio.
///
/// ```
/// use voiced::{Event, Kind, SegmentConfig, Stream};
///
/// # #[cfg(not(feature = "embedded"))]
/// # fn main() {}
/// # #[cfg(feature = "embedded")]
/// # fn main() -> Result<(), voiced::Error> {
/// # let microphone = vec![vec![0_i16; 882]; 10];
/// let silero = Kind::Silero.load(44_100)?; // once: all streams share it
/// let mut stream = Stream::new(silero.detector(), 44_100, &SegmentConfig::default())?.with_audio(300.0)?;
/// for packet in &microphone {
///     let mut rest = packet.as_slice();
///     while let Some(update) = stream.push(&mut rest) {
///         for event in update.events {
///             match event {
///                 Event::Start { at } => {
///                     let before = stream.audio(at.saturating_sub(13_230)..at); // 300 ms of pre-roll
///                     println!("speech from sample {at}; {before:?} is what was before");
///                 }
///                 Event::End(segment) => println!("speech was {segment:?}"),
///                 Event::Continue { .. } | Event::Misfire { .. } => {}
///             }
///         }
///     }
/// }
/// while let Some(update) = stream.finish() {
///     println!("at the end: {:?}", update.events);
/// }
/// # Ok(())
/// # }
/// ```
///
/// Packets of any length give the same updates, to the bit, and a recording that comes in packets the same as one that comes at
/// once. Nothing is allocated after construction. A clone goes on by itself.
///
/// # When a `Start` comes, and when it is late
/// With the first frame that reaches the threshold, which is a frame's length after that frame's first sample; its time lies the
/// padding and the delay before that. Where it must wait for its padding, [`SegmentConfig`] tells how long and why.
/// [`Update::speech`] waits for nothing.
#[derive(Clone, Debug)]
pub struct Stream<D = AnyDetector, S = f32> {
    detector: D,
    line: Line<S>,
    /// Scores of frames that were scored together, and which of them are still to be told.
    scores: Vec<f32>,
    waiting: Range<usize>,
}

impl<D: Detector, S: Sample> Stream<D, S> {
    /// A stream of audio at `rate` Hz.
    ///
    /// # Errors
    /// [`Error::Rate`] where `rate` is neither the detector's nor one that can be resampled, and [`Error::Config`]
    /// where a field of `config` is out of its range, or the detector's hop is not from 1 sample to its frame.
    pub fn new(detector: D, rate: u32, config: &SegmentConfig) -> Result<Self, Error> {
        let line = Line::new(detector.spec(), rate, config, 1, None)?;
        Ok(Self { detector, line, scores: vec![0.0], waiting: 0..0 })
    }

    /// The same for recordings that are at hand: up to `frames` frames of a long packet are scored together, which is faster
    /// for networks; [`BATCH`] is a good number. The updates are the same. More than 4,096 count as that many.
    ///
    /// For a new stream: what was pushed before is forgotten.
    ///
    /// # Errors
    /// [`Error::Audio`] where audio is kept, and so much cannot be.
    pub fn with_batches(mut self, frames: usize) -> Result<Self, Error> {
        let together = frames.clamp(1, MOST_TOGETHER);
        self.line = self.line.batched(together)?;
        self.scores = vec![0.0; together];
        self.detector.reserve(together);
        self.reset();
        Ok(self)
    }

    /// The same, which keeps the audio that a live caller may ask for: back to where a `Start` may lie, and `pre_roll_ms`
    /// more.
    ///
    /// For a new stream: what was pushed before is forgotten.
    ///
    /// # Errors
    /// [`Error::Config`] where a `Start` may lie any time back ([`SegmentConfig::look_back`]), or `pre_roll_ms` is negative or
    /// not finite; [`Error::Audio`] where it comes to more than ten minutes.
    pub fn with_audio(mut self, pre_roll_ms: f64) -> Result<Self, Error> {
        self.line = self.line.keeping(Keep { whole: false, pre_roll_ms })?;
        self.reset();
        Ok(self)
    }

    /// The same, which keeps segments whole until their `End`, and `pre_roll_ms` of what was before them: twice the longest
    /// segment.
    ///
    /// For a new stream: what was pushed before is forgotten.
    ///
    /// # Errors
    /// [`Error::Config`] where `max_speech_s` is infinite, or `pre_roll_ms` is negative or not finite; [`Error::Audio`] where it
    /// comes to more than ten minutes.
    pub fn with_segments(mut self, pre_roll_ms: f64) -> Result<Self, Error> {
        self.line = self.line.keeping(Keep { whole: true, pre_roll_ms })?;
        self.reset();
        Ok(self)
    }

    /// Takes samples from the front of `packet` until a frame is scored, and returns what it brought; `None` once all are
    /// taken. So call it until then: `while let Some(update) = stream.push(&mut rest)`.
    ///
    /// After [`finish`](Self::finish) has begun, a packet is the first of the next recording.
    #[must_use = "each call tells of one frame: call it until it returns None"]
    pub fn push(&mut self, packet: &mut &[S]) -> Option<Update> {
        if self.line.is_finishing() {
            self.reset();
        }
        if self.waiting.is_empty() && self.line.take(packet) {
            self.score();
        }
        self.waiting.next().map(|i| self.line.update(self.scores[i]))
    }

    /// Ends the recording: returns what each of the frames that are left brings, the last one completed with zeros, and then
    /// what the end itself brings, as an update without a score. Then `None`, and the stream is as new.
    #[must_use = "each call tells of one frame: call it until it returns None"]
    pub fn finish(&mut self) -> Option<Update> {
        self.line.finishing();
        if self.waiting.is_empty() && self.line.complete() {
            self.score();
        }
        let update = match self.waiting.next() {
            Some(i) => Some(self.line.update(self.scores[i])),
            None => self.line.end(),
        };
        if update.is_none() {
            self.reset();
        }
        update
    }

    /// Scores the frames that are whole.
    fn score(&mut self) {
        let FrameSpec { frame, hop, .. } = self.detector.spec();
        let samples = self.line.whole();
        let count = (samples.len() - frame) / hop + 1;
        self.detector.score_frames(samples, &mut self.scores[..count]);
        self.waiting = 0..count;
    }

    /// The caller's own samples, to the bit; `None` where not all of them have been taken, or are still kept. A range that
    /// ends where it starts, or before, is of no samples, which are always there.
    ///
    /// What [`with_audio`](Self::with_audio) or [`with_segments`](Self::with_segments) promises is there from the update that
    /// tells of it to the next. Without either nothing is kept.
    pub fn audio(&self, range: Range<u64>) -> Option<&[S]> {
        self.line.audio(range)
    }

    /// Replaces the settings from the next update on; see [`Segmenter::set_config`](crate::Segmenter::set_config).
    ///
    /// # Errors
    /// As there, and as those of the method by which audio is kept; [`Error::Audio`] too where these settings look back further
    /// than is kept. Then nothing has changed.
    pub fn set_config(&mut self, config: &SegmentConfig) -> Result<(), Error> {
        self.line.set_config(config)
    }

    /// The settings that are in force.
    pub fn config(&self) -> &SegmentConfig {
        self.line.config()
    }

    /// The detector's rate, frame and hop.
    pub fn spec(&self) -> FrameSpec {
        self.detector.spec()
    }

    /// How many samples were taken so far.
    pub fn received(&self) -> u64 {
        self.line.received()
    }

    /// Forgets all audio: the next packet is the first of a new recording. Settings stay.
    pub fn reset(&mut self) {
        self.line.reset();
        self.detector.reset();
        self.waiting = 0..0;
    }
}

/// Frames of a long packet that a stream takes in together at most.
const MOST_TOGETHER: usize = 4096;

/// Frames to take in together where a whole recording is at hand: more gain little, and take memory.
pub const BATCH: usize = 96;

/// The speech in a whole recording, in samples at its own rate.
///
/// ```
/// # #[cfg(not(feature = "embedded"))]
/// # fn main() {}
/// # #[cfg(feature = "embedded")]
/// # fn main() -> Result<(), voiced::Error> {
/// # let samples = vec![0_i16; 16_000];
/// let silero = voiced::Kind::Silero.load(16_000)?; // once, for any number of recordings
/// let segments = voiced::segments(silero.detector(), &samples, 16_000, &voiced::SegmentConfig::default())?;
/// for segment in segments {
///     println!("{} .. {}", segment.start, segment.end);
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// As those of [`Stream::new`].
pub fn segments<D: Detector, S: Sample>(
    detector: D,
    samples: &[S],
    rate: u32,
    config: &SegmentConfig,
) -> Result<Vec<Segment>, Error> {
    let mut stream = Stream::new(detector, rate, config)?.with_batches(BATCH)?;
    let mut segments = Vec::new();
    let mut keep = |update: Update| segments.extend(update.events.into_iter().filter_map(Event::segment));
    let mut rest = samples;
    while let Some(update) = stream.push(&mut rest) {
        keep(update);
    }
    while let Some(update) = stream.finish() {
        keep(update);
    }
    Ok(segments)
}
