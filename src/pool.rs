//! Many streams at a time.

mod streams;

use std::fmt;
use std::ops::Range;

use crate::audio::Sample;
use crate::detector::{Alone, Any, AnyDetector, gru, silero};
use crate::error::Error;
use crate::segment::SegmentConfig;
use crate::stream::{Keep, Update};
use streams::Streams;

pub use streams::StreamId;

/// Milliseconds of audio that may wait in a stream where nothing else is said.
const WAITING_MS: f64 = 250.0;

/// Many streams of audio, each with its own rate and settings, whose frames go through one network together.
///
/// Together, streams of Silero's network take about three quarters of the time that they take one by one (a little more with
/// the portable set). Each gets the same scores, to the bit, whatever the others do; they are within 1e-5 of those that a
/// [`Stream`](crate::Stream) gets, and of the official ones. (Of speech at half its speed, whose upper half of the band is
/// empty, 5 minutes of 1,200 were further from those of a stream, at most by 2.3e-5: there the network makes much of single
/// precision's rounding, the official one too.) Streams of detectors that are no networks gain nothing, and get the scores of
/// a [`Stream`](crate::Stream) to the bit.
///
/// Streams join, leave and pause (are not pushed to) at any time, and a pool costs what its streams cost, however many it has
/// room for. The methods are a [`Stream`](crate::Stream)'s, with the stream's id before them.
///
/// ```
/// # #[cfg(not(feature = "embedded"))]
/// # fn main() {}
/// # #[cfg(feature = "embedded")]
/// # fn main() -> Result<(), voiced::Error> {
/// use voiced::{Kind, SegmentConfig};
///
/// let mut pool = Kind::Silero.load(16_000)?.pool(1000);
/// let call = pool.join(48_000, &SegmentConfig::default())?;
/// let mut updates = Vec::new();
/// # let packet = vec![0_i16; 960];
/// pool.push(call, &packet)?; // and what came in for the other streams
/// while pool.step(&mut updates) > 0 {
///     for (stream, update) in &updates {
///         for event in update.events {
///             println!("{stream:?}: {event:?}");
///         }
///     }
/// }
/// while let Some(update) = pool.finish(call)? {
///     println!("{call:?}, at its end: {:?}", update.events);
/// }
/// pool.leave(call)?;
/// # Ok(())
/// # }
/// ```
pub struct Pool<S = f32>(Engine<S>);

/// The streams, by what steps them.
#[allow(clippy::large_enum_variant, reason = "a program has few pools, and each has many streams")]
enum Engine<S> {
    Silero(Streams<silero::Model, S>),
    Gru(Streams<gru::Model, S>),
    Alone(Streams<Alone, S>),
}

/// Does the same with the streams, whatever steps them.
macro_rules! each {
    ($engine:expr, $streams:ident => $do:expr) => {
        match $engine {
            Engine::Silero($streams) => $do,
            Engine::Gru($streams) => $do,
            Engine::Alone($streams) => $do,
        }
    };
}

impl<S: Sample> Pool<S> {
    /// A pool for up to `streams` streams.
    pub(crate) fn new(detector: &AnyDetector, streams: usize) -> Self {
        Self(match detector.inner() {
            Any::Silero(silero) => Engine::Silero(Streams::new(silero.model().clone(), streams)),
            Any::Gru(gru) => Engine::Gru(Streams::new(gru.model().clone(), streams)),
            _ => Engine::Alone(Streams::new(Alone(detector.clone()), streams)),
        })
    }

    /// The same pool, in which up to so many milliseconds of each stream that joins may wait to be scored. Defaults to 250.
    #[must_use]
    pub fn with_waiting(mut self, waiting_ms: f64) -> Self {
        each!(&mut self.0, streams => streams.set_waiting(waiting_ms));
        self
    }

    /// The same pool, whose streams that join keep audio as [`Stream::with_audio`](crate::Stream::with_audio) says.
    #[must_use]
    pub fn with_audio(mut self, pre_roll_ms: f64) -> Self {
        each!(&mut self.0, streams => streams.set_keep(Keep { whole: false, pre_roll_ms }));
        self
    }

    /// The same pool, whose streams that join keep audio as [`Stream::with_segments`](crate::Stream::with_segments) says.
    #[must_use]
    pub fn with_segments(mut self, pre_roll_ms: f64) -> Self {
        each!(&mut self.0, streams => streams.set_keep(Keep { whole: true, pre_roll_ms }));
        self
    }

    /// Takes in a stream of audio at `rate` Hz.
    ///
    /// # Errors
    /// [`Error::PoolFull`], [`Error::Rate`] where `rate` is neither the network's nor one that can be resampled, and
    /// [`Error::Config`] where a field of `config` is out of its range, or more than ten minutes, less than none or no number
    /// may wait; where the pool keeps audio, the errors of [`Stream::with_audio`](crate::Stream::with_audio) too.
    pub fn join(&mut self, rate: u32, config: &SegmentConfig) -> Result<StreamId, Error> {
        each!(&mut self.0, streams => streams.join(rate, config))
    }

    /// Takes in a packet of any length; [`step`](Pool::step) scores it.
    ///
    /// # Errors
    /// [`Error::NotInPool`], and [`Error::Behind`] where more would wait to be scored than there is room for. Then nothing of
    /// the packet is taken: [`step`](Pool::step), and push it again.
    pub fn push(&mut self, stream: StreamId, packet: &[S]) -> Result<(), Error> {
        each!(&mut self.0, streams => streams.push(stream, packet))
    }

    /// Scores the next frame of every stream that has a whole one, and fills `updates` with what each brought; returns how many
    /// these are. So call it until none has: `while pool.step(&mut updates) > 0`.
    ///
    /// It allocates nothing where `updates` has room for all streams.
    pub fn step(&mut self, updates: &mut Vec<(StreamId, Update)>) -> usize {
        updates.clear();
        each!(&mut self.0, streams => streams.step(updates));
        updates.len()
    }

    /// Ends a stream's recording: returns what each of its frames brings that are not scored yet, the last one completed with
    /// zeros, and then what the end itself brings, as an update without a score. Then `None`, and the stream is as new.
    ///
    /// # Errors
    /// [`Error::NotInPool`].
    pub fn finish(&mut self, stream: StreamId) -> Result<Option<Update>, Error> {
        each!(&mut self.0, streams => streams.finish(stream))
    }

    /// Gives a stream's place away. What was not scored is dropped: [`finish`](Pool::finish) it first.
    ///
    /// # Errors
    /// [`Error::NotInPool`].
    pub fn leave(&mut self, stream: StreamId) -> Result<(), Error> {
        each!(&mut self.0, streams => streams.leave(stream))
    }

    /// A stream's own samples, see [`Stream::audio`](crate::Stream::audio); `None` also where the stream is not in the pool.
    pub fn audio(&self, stream: StreamId, range: Range<u64>) -> Option<&[S]> {
        each!(&self.0, streams => streams.audio(stream, range))
    }

    /// Replaces a stream's settings from its next update on; see [`Stream::set_config`](crate::Stream::set_config).
    ///
    /// # Errors
    /// [`Error::NotInPool`], and as there.
    pub fn set_config(&mut self, stream: StreamId, config: &SegmentConfig) -> Result<(), Error> {
        each!(&mut self.0, streams => streams.set_config(stream, config))
    }

    /// How many streams are in the pool.
    pub fn len(&self) -> usize {
        each!(&self.0, streams => streams.len())
    }

    /// Whether no stream is in the pool.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<S: Sample> fmt::Debug for Pool<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("streams", &self.len()).finish_non_exhaustive()
    }
}
