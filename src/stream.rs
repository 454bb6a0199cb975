//! Live audio: packets in, scores and events out.

use std::ops::Range;

use crate::audio::Sample;
use crate::detector::Detector;
use crate::dsp::resample::Resampler;
use crate::error::Error;
use crate::frame::{FrameSpec, Framer};
use crate::segment::{Event, Events, Segment, SegmentConfig, Segmenter};

/// Cuts a recording into a detector's frames as it arrives: resampler and framer in a row.
#[derive(Clone, Debug)]
pub(crate) struct Frames {
    resampler: Option<Resampler>,
    framer: Framer,
    /// Samples that reached the framer, at the detector's rate.
    framed: u64,
}

impl Frames {
    /// Frames of audio at `rate` Hz, up to `frames` at a time.
    ///
    /// # Errors
    /// As [`ScoreStream::new`].
    pub(crate) fn new(spec: FrameSpec, rate: u32, frames: usize) -> Result<Self, Error> {
        if !(1..=spec.frame).contains(&spec.hop) {
            let legal = "at least 1 sample and at most a frame";
            return Err(Error::Config { field: "hop of the detector", given: spec.hop as f64, legal });
        }
        if spec.rate == 0 {
            return Err(Error::Config { field: "rate of the detector", given: 0.0, legal: "at least 1 Hz" });
        }
        let resampler = (rate != spec.rate).then(|| Resampler::new(rate, spec.rate)).transpose()?;
        Ok(Self { resampler, framer: Framer::new(spec, frames), framed: 0 })
    }

    /// Takes samples from the front of `packet` and returns the frames that are whole, a hop apart; `None` once the packet is
    /// used up.
    pub(crate) fn push<S: Sample>(&mut self, packet: &mut &[S]) -> Option<&[f32]> {
        let Self { resampler, framer, framed } = self;
        match resampler {
            None => {
                let before = packet.len();
                let frame = framer.push(packet);
                *framed += (before - packet.len()) as u64;
                frame
            }
            Some(resampler) => framer.fill(|space| {
                let written = resampler.push(packet, space);
                *framed += written as u64;
                written
            }),
        }
    }

    /// After the last packet: the frames that are left, the last one completed with zeros, in one or more calls; then
    /// `None`.
    pub(crate) fn finish(&mut self) -> Option<&[f32]> {
        let Self { resampler, framer, framed } = self;
        let whole = resampler.as_mut().is_some_and(|resampler| {
            let fill = |space: &mut [f32]| {
                let written = resampler.finish(space);
                *framed += written as u64;
                written
            };
            framer.fill(fill).is_some()
        });
        if whole { Some(framer.given_out()) } else { framer.finish() }
    }

    /// What was given out last, until the next samples are taken in.
    pub(crate) fn given_out(&self) -> &[f32] {
        self.framer.given_out()
    }

    /// Forgets all audio.
    pub(crate) fn reset(&mut self) {
        if let Some(resampler) = &mut self.resampler {
            resampler.reset();
        }
        self.framer.reset();
        self.framed = 0;
    }

    /// How many samples there were so far at the detector's rate.
    pub(crate) fn framed(&self) -> u64 {
        self.framed
    }
}

/// Scores a recording as it arrives: resampler, framer and detector in a row.
///
/// The scores do not depend on how the recording is cut into packets.
#[derive(Clone, Debug)]
pub struct ScoreStream<D> {
    frames: Frames,
    detector: D,
    /// Scores of frames that were scored together, and which of them are still to be asked for.
    scores: Vec<f32>,
    waiting: Range<usize>,
}

impl<D: Detector> ScoreStream<D> {
    /// A stream of audio at `rate` Hz.
    ///
    /// # Errors
    /// [`Error::Rate`] where `rate` is neither the detector's nor one that can be resampled, and [`Error::Config`] where
    /// the detector's hop is not from 1 sample to its frame.
    pub fn new(detector: D, rate: u32) -> Result<Self, Error> {
        Self::with_batches(detector, rate, 1)
    }

    /// A stream of audio at `rate` Hz for recordings that are at hand: up to `frames` frames of a long packet are scored
    /// together, which is faster for networks. The scores are the same. More than 4,096 count as that many.
    ///
    /// # Errors
    /// As [`ScoreStream::new`].
    pub fn with_batches(mut detector: D, rate: u32, frames: usize) -> Result<Self, Error> {
        let room = frames.clamp(1, MOST_TOGETHER);
        let frames = Frames::new(detector.spec(), rate, room)?;
        detector.reserve(room);
        Ok(Self { frames, detector, scores: vec![0.0; room], waiting: 0..0 })
    }

    /// Takes samples from the front of `packet` until there is a score, and returns it; `None` once the packet is used
    /// up.
    pub fn push<S: Sample>(&mut self, packet: &mut &[S]) -> Option<f32> {
        if self.waiting.is_empty() {
            self.frames.push(packet)?;
            self.score();
        }
        self.waiting.next().map(|i| self.scores[i])
    }

    /// After the last packet: the scores of the frames that are left, one a call, the last one completed with zeros;
    /// then `None`. [`reset`](ScoreStream::reset) it before the next recording.
    pub fn finish(&mut self) -> Option<f32> {
        if self.waiting.is_empty() {
            self.frames.finish()?;
            self.score();
        }
        self.waiting.next().map(|i| self.scores[i])
    }

    /// Scores the frames that were given out last.
    fn score(&mut self) {
        let FrameSpec { frame, hop, .. } = self.detector.spec();
        let samples = self.frames.given_out();
        let count = (samples.len() - frame) / hop + 1;
        self.detector.score_frames(samples, &mut self.scores[..count]);
        self.waiting = 0..count;
    }

    /// Forgets all audio: the next packet is the first of a new recording.
    pub fn reset(&mut self) {
        self.frames.reset();
        self.detector.reset();
        self.waiting = 0..0;
    }

    /// The detector's rate, frame and hop: score `i` belongs to the frame at `i * hop` samples of that rate.
    pub fn spec(&self) -> FrameSpec {
        self.detector.spec()
    }

    /// How many samples there were so far at the detector's rate.
    pub fn framed(&self) -> u64 {
        self.frames.framed()
    }
}

/// Turns the scores of a stream into events at the incoming audio's rate.
#[derive(Clone, Debug)]
pub(crate) struct Track {
    segmenter: Segmenter,
    native: u32,
    rate: u32,
    received: u64,
}

impl Track {
    /// A track of audio at `rate` Hz whose scores are those of a detector with this `spec`.
    ///
    /// # Errors
    /// [`Error::Config`] where a field of `config` is out of its range.
    pub(crate) fn new(spec: FrameSpec, rate: u32, config: &SegmentConfig) -> Result<Self, Error> {
        Ok(Self { segmenter: Segmenter::new(config, spec)?, native: spec.rate, rate, received: 0 })
    }

    /// Counts `samples` of the incoming audio.
    pub(crate) fn receive(&mut self, samples: usize) {
        self.received += samples as u64;
    }

    /// The events that a frame's score brings.
    pub(crate) fn push(&mut self, score: f32) -> Events {
        let events = self.segmenter.push(score);
        self.incoming(events)
    }

    /// The last events of a recording that had `framed` samples at the detector's rate.
    pub(crate) fn finish(&mut self, framed: u64) -> Events {
        let events = self.segmenter.finish(framed);
        self.incoming(events)
    }

    /// Forgets all audio.
    pub(crate) fn reset(&mut self) {
        self.segmenter.reset();
        self.received = 0;
    }

    /// Events at the detector's rate as those of the incoming audio, to the nearest sample.
    fn incoming(&self, events: Events) -> Events {
        let (from, to) = (u128::from(self.native), u128::from(self.rate));
        events.map_times(|position| {
            let nearest = (u128::from(position) * to + from / 2) / from;
            u64::try_from(nearest).map_or(self.received, |nearest| nearest.min(self.received))
        })
    }
}

/// Finds speech in audio as it arrives; times are in samples of the incoming audio.
///
/// Any packet size gives the same events. Nothing is allocated after construction.
///
/// ```
/// use voiced::{Event, SegmentConfig, Silero, Stream};
///
/// # #[cfg(not(feature = "embedded"))]
/// # fn main() {}
/// # #[cfg(feature = "embedded")]
/// # fn main() -> Result<(), voiced::Error> {
/// # let microphone = vec![vec![0_i16; 882]; 10];
/// let mut stream = Stream::new(Silero::for_rate(44_100)?, 44_100, &SegmentConfig::default())?;
/// for packet in &microphone {
///     for event in stream.push(packet) {
///         match event {
///             Event::Start { at } => println!("speech from sample {at}"),
///             Event::End(segment) => println!("speech was {segment:?}"),
///             Event::Continue { .. } | Event::Misfire { .. } => {}
///         }
///     }
/// }
/// for event in stream.finish() {
///     println!("at the end: {event:?}");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Stream<D> {
    scores: ScoreStream<D>,
    track: Track,
}

impl<D: Detector> Stream<D> {
    /// A stream of audio at `rate` Hz.
    ///
    /// # Errors
    /// [`Error::Rate`] where `rate` is neither the detector's nor one that can be resampled, and [`Error::Config`]
    /// where a field of `config` is out of its range, or the detector's hop is not from 1 sample to its frame.
    pub fn new(detector: D, rate: u32, config: &SegmentConfig) -> Result<Self, Error> {
        Self::with_batches(detector, rate, config, 1)
    }

    /// A stream of audio at `rate` Hz for recordings that are at hand; see [`ScoreStream::with_batches`]. The events are
    /// the same.
    ///
    /// # Errors
    /// As [`Stream::new`].
    pub fn with_batches(detector: D, rate: u32, config: &SegmentConfig, frames: usize) -> Result<Self, Error> {
        let track = Track::new(detector.spec(), rate, config)?;
        Ok(Self { scores: ScoreStream::with_batches(detector, rate, frames)?, track })
    }

    /// Takes a packet of any length and returns the events that it brings.
    ///
    /// Events are computed as they are asked for; where the iterator is dropped, the rest of the packet is taken in
    /// all the same.
    pub fn push<'a, S: Sample>(&'a mut self, packet: &'a [S]) -> StreamEvents<'a, D, S> {
        self.track.receive(packet.len());
        StreamEvents { stream: self, packet, events: Events::new(), finishing: false, calling: false }
    }

    /// Ends the recording and returns its last events: speech that goes on ends here.
    ///
    /// The stream is then as new, and the next packet begins another recording.
    pub fn finish(&mut self) -> StreamEvents<'_, D, f32> {
        StreamEvents { stream: self, packet: &[], events: Events::new(), finishing: true, calling: false }
    }

    /// Forgets all audio: the next packet is the first of a new recording.
    pub fn reset(&mut self) {
        self.scores.reset();
        self.track.reset();
    }

    /// How many samples were pushed so far.
    pub fn received(&self) -> u64 {
        self.track.received
    }
}

/// The events of a packet, or of the end of a recording; made by [`Stream::push`] and [`Stream::finish`].
#[derive(Debug)]
pub struct StreamEvents<'a, D: Detector, S: Sample> {
    stream: &'a mut Stream<D>,
    packet: &'a [S],
    events: Events,
    finishing: bool,
    /// Whether the detector was called and has not returned: it panicked, and must not be called again while that unwinds.
    calling: bool,
}

impl<D: Detector, S: Sample> Iterator for StreamEvents<'_, D, S> {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.events.next() {
                return Some(event);
            }
            let Stream { scores, track } = &mut *self.stream;
            self.calling = true;
            let score = if self.finishing { scores.finish() } else { scores.push(&mut self.packet) };
            self.calling = false;
            if let Some(score) = score {
                self.events = track.push(score);
            } else if self.finishing && scores.framed() > 0 {
                self.events = track.finish(scores.framed());
                scores.reset();
            } else {
                return None;
            }
        }
    }
}

impl<D: Detector, S: Sample> Drop for StreamEvents<'_, D, S> {
    fn drop(&mut self) {
        if self.calling {
            return;
        }
        self.by_ref().for_each(drop);
        if self.finishing {
            self.stream.reset();
        }
    }
}

/// Frames of a long packet that a stream takes in together at most.
const MOST_TOGETHER: usize = 4096;

/// Frames to take in together where a whole recording is at hand: more gain little, and take memory.
pub const BATCH: usize = 96;

/// The speech in a whole recording, in samples at its own rate.
///
/// # Errors
/// As [`Stream::new`].
pub fn segments_with<D: Detector, S: Sample>(
    detector: D,
    samples: &[S],
    rate: u32,
    config: &SegmentConfig,
) -> Result<Vec<Segment>, Error> {
    let mut stream = Stream::with_batches(detector, rate, config, BATCH)?;
    let mut segments = Vec::new();
    let mut keep = |event| {
        if let Event::End(segment) = event {
            segments.push(segment);
        }
    };
    stream.push(samples).for_each(&mut keep);
    stream.finish().for_each(&mut keep);
    Ok(segments)
}
