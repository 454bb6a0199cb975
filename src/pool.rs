//! Many streams at a time.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use crate::audio::Sample;
use crate::detector::{Network, silero};
use crate::error::Error;
use crate::segment::{Event, Events, SegmentConfig};
use crate::stream::{Frames, Track};

/// Streams that go through the network together at most: enough that weights are fetched from memory rarely, few enough that
/// what is computed of them stays in the cache. A whole number of every kernel set's tiles.
const STREAMS_TOGETHER: usize = 32;

/// Many streams of audio, each with its own rate and segmentation, whose frames go through one [`Network`] together.
///
/// Together, streams of Silero's network take about three quarters of the time that they take one by one (a little more with
/// the portable set). Each gets the same scores, to the bit, whatever the others do; they are within 1e-5 of those that a
/// [`Stream`](crate::Stream) gets, and of the official ones. (Of speech at half its speed, whose upper half of the band is
/// empty, 5 minutes of 1,200 were further from those of a stream, at most by 2.3e-5: there the network makes much of single
/// precision's rounding, the official one too.) Streams join, leave and pause (are not pushed to) at any time. Beside the
/// network's state, 1.3 KB for Silero's, each has room for a quarter of a second that waits to be scored.
///
/// ```
/// # #[cfg(not(feature = "embedded"))]
/// # fn main() {}
/// # #[cfg(feature = "embedded")]
/// # fn main() -> Result<(), voiced::Error> {
/// use std::sync::Arc;
/// use voiced::{Kernels, Pool, SegmentConfig, silero::Model};
///
/// let model = Arc::new(Model::embedded(16_000, Kernels::best())?);
/// let mut pool = Pool::new(model, 1000);
/// let call = pool.join(48_000, &SegmentConfig::default())?;
/// # let packet = vec![0_i16; 960];
/// pool.push(call, &packet)?; // and what came in for the other streams
/// loop {
///     let scored = pool.step();
///     if scored.is_empty() {
///         break; // no stream has a whole frame any more
///     }
///     for frame in scored {
///         for event in frame.events.clone() {
///             println!("{:?}: {event:?}", frame.stream);
///         }
///     }
/// }
/// for event in pool.leave(call)? {
///     println!("{call:?}, at its end: {event:?}");
/// }
/// # Ok(())
/// # }
/// ```
pub struct Pool<N: Network = silero::Model> {
    model: Arc<N>,
    places: Vec<Place<N>>,
    work: N::Workspace,
    ready: Vec<usize>, // places whose frames are in the workspace
    scored: Vec<Scored>,
}

/// A stream of a [`Pool`]; it means nothing to another pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StreamId {
    place: usize,
    generation: u64,
}

/// What a step of a [`Pool`] tells of one stream's frame.
#[derive(Clone, Debug)]
pub struct Scored {
    /// The stream.
    pub stream: StreamId,
    /// The frame's score, from 0 to 1.
    pub score: f32,
    /// The events that it brings, in samples of the stream's audio.
    pub events: Events,
}

/// Room for a stream; its generation counts the streams that were here before.
struct Place<N: Network> {
    generation: u64,
    member: Option<Member<N>>,
}

/// One stream.
struct Member<N: Network> {
    frames: Frames,
    /// Whether `frames` has a whole frame that is not scored.
    whole: bool,
    /// Samples that came in while there was such a frame.
    waiting: VecDeque<f32>,
    state: N::State,
    track: Track,
}

impl<N: Network> Pool<N> {
    /// A pool for up to `streams` streams.
    pub fn new(model: Arc<N>, streams: usize) -> Self {
        let mut places = Vec::new();
        places.resize_with(streams, || Place { generation: 0, member: None });
        let work = model.places(STREAMS_TOGETHER);
        Self { model, places, work, ready: Vec::with_capacity(STREAMS_TOGETHER), scored: Vec::with_capacity(streams) }
    }

    /// Takes in a stream of audio at `rate` Hz.
    ///
    /// # Errors
    /// [`Error::PoolFull`], [`Error::Rate`] where `rate` is neither the network's nor one that can be resampled, and
    /// [`Error::Config`] where a field of `config` is out of its range.
    pub fn join(&mut self, rate: u32, config: &SegmentConfig) -> Result<StreamId, Error> {
        let spec = self.model.frames();
        let (frames, track) = (Frames::new(spec, rate, 1)?, Track::new(spec, rate, config)?);
        let streams = self.places.len();
        let free = self.places.iter_mut().enumerate().find(|(_, place)| place.member.is_none());
        let (index, place) = free.ok_or(Error::PoolFull { streams })?;
        let waiting = VecDeque::with_capacity(rate as usize / 4);
        place.member = Some(Member { frames, whole: false, waiting, state: self.model.begin(), track });
        Ok(StreamId { place: index, generation: place.generation })
    }

    /// Takes in a packet of any length; [`step`](Pool::step) scores it.
    ///
    /// Allocates only where more than a quarter of a second is waiting to be scored.
    ///
    /// # Errors
    /// [`Error::NotInPool`].
    pub fn push<S: Sample>(&mut self, stream: StreamId, packet: &[S]) -> Result<(), Error> {
        let Self { places, .. } = self;
        let member = member(places, stream)?;
        member.track.receive(packet.len());
        let mut rest = packet;
        if !member.whole {
            member.whole = member.frames.push(&mut rest).is_some();
        }
        member.waiting.extend(rest.iter().map(|sample| sample.to_f32()));
        Ok(())
    }

    /// Scores the next frame of every stream that has a whole one, and tells of each; of none, where none has.
    pub fn step(&mut self) -> &[Scored] {
        let Self { model, places, work, ready, scored } = self;
        scored.clear();
        let mut next = 0;
        while next < places.len() {
            ready.clear();
            while next < places.len() && ready.len() < STREAMS_TOGETHER {
                if let Some(member) = &mut places[next].member
                    && member.whole
                {
                    model.join(ready.len(), &mut member.state, member.frames.given_out(), work);
                    member.advance();
                    ready.push(next);
                }
                next += 1;
            }
            if !ready.is_empty() {
                model.forward(ready.len(), work);
            }
            for (at, &place) in ready.iter().enumerate() {
                let Place { generation, member } = &mut places[place];
                if let Some(member) = member {
                    let score = model.settle(at, &mut member.state, work);
                    let stream = StreamId { place, generation: *generation };
                    scored.push(Scored { stream, score, events: member.track.push(score) });
                }
            }
        }
        scored
    }

    /// Ends a stream's recording and returns its last events, those of frames that are not scored yet among them. The
    /// stream is then as new, and the next packet begins another recording.
    ///
    /// # Errors
    /// [`Error::NotInPool`].
    pub fn finish(&mut self, stream: StreamId) -> Result<Vec<Event>, Error> {
        let Self { model, places, work, .. } = self;
        let member = member(places, stream)?;
        let mut events = Vec::new();
        while member.whole || member.frames.finish().is_some() {
            model.join(0, &mut member.state, member.frames.given_out(), work);
            model.forward(1, work);
            let score = model.settle(0, &mut member.state, work);
            events.extend(member.track.push(score));
            if member.whole {
                member.advance();
            }
        }
        if member.frames.framed() > 0 {
            events.extend(member.track.finish(member.frames.framed()));
        }
        member.frames.reset();
        member.track.reset();
        member.state = model.begin();
        Ok(events)
    }

    /// [Finishes](Pool::finish) a stream and gives its place away.
    ///
    /// # Errors
    /// [`Error::NotInPool`].
    pub fn leave(&mut self, stream: StreamId) -> Result<Vec<Event>, Error> {
        let events = self.finish(stream)?;
        let place = &mut self.places[stream.place];
        place.member = None;
        place.generation += 1;
        Ok(events)
    }

    /// How many streams are in the pool.
    pub fn len(&self) -> usize {
        self.places.iter().filter(|place| place.member.is_some()).count()
    }

    /// Whether no stream is in the pool.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn member<N: Network>(places: &mut [Place<N>], stream: StreamId) -> Result<&mut Member<N>, Error> {
    let place = places.get_mut(stream.place).filter(|place| place.generation == stream.generation);
    place.and_then(|place| place.member.as_mut()).ok_or(Error::NotInPool)
}

impl<N: Network> Member<N> {
    /// Goes on to the next frame, from the samples that wait.
    fn advance(&mut self) {
        let (mut first, mut second) = self.waiting.as_slices();
        let before = first.len() + second.len();
        self.whole = self.frames.push(&mut first).is_some() || self.frames.push(&mut second).is_some();
        let taken = before - first.len() - second.len();
        self.waiting.drain(..taken);
    }
}

impl<N: Network + fmt::Debug> fmt::Debug for Pool<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("model", &self.model).field("streams", &self.len()).finish_non_exhaustive()
    }
}
