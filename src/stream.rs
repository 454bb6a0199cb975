//! Live audio: packets in, scores and events out.

use std::ops::Range;

use crate::audio::Sample;
use crate::detector::Detector;
use crate::dsp::resample::Resampler;
use crate::error::Error;
use crate::frame::{FrameSpec, Framer};
use crate::segment::{Event, Events, Segment, SegmentConfig, Segmenter};

/// Scores a recording as it arrives: resampler, framer and detector in a row.
///
/// The scores do not depend on how the recording is cut into packets.
#[derive(Clone, Debug)]
pub struct ScoreStream<D> {
    resampler: Option<Resampler>,
    framer: Framer,
    detector: D,
    /// Samples that reached the framer, at the detector's rate.
    framed: u64,
    scores: Scores,
}

/// Scores of frames that were scored together, waiting to be asked for.
#[derive(Clone, Debug)]
struct Scores {
    room: Vec<f32>,
    waiting: Range<usize>,
}

impl Scores {
    /// Scores the frames that lie a hop apart in `samples`, and returns the first score.
    fn score(&mut self, detector: &mut impl Detector, samples: &[f32]) -> Option<f32> {
        let FrameSpec { frame, hop, .. } = detector.spec();
        let count = (samples.len() - frame) / hop + 1;
        detector.score_frames(samples, &mut self.room[..count]);
        self.waiting = 0..count;
        self.next()
    }

    fn next(&mut self) -> Option<f32> {
        self.waiting.next().map(|i| self.room[i])
    }
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
    /// together, which is faster for networks. The scores are the same.
    ///
    /// # Errors
    /// As [`ScoreStream::new`].
    pub fn with_batches(mut detector: D, rate: u32, frames: usize) -> Result<Self, Error> {
        let frames = frames.max(1);
        let spec = detector.spec();
        if !(1..=spec.frame).contains(&spec.hop) {
            let legal = "at least 1 sample and at most a frame";
            return Err(Error::Config { field: "hop of the detector", given: spec.hop as f64, legal });
        }
        let resampler = (rate != spec.rate).then(|| Resampler::new(rate, spec.rate)).transpose()?;
        detector.reserve(frames);
        let scores = Scores { room: vec![0.0; frames], waiting: 0..0 };
        Ok(Self { resampler, framer: Framer::new(spec, frames), detector, framed: 0, scores })
    }

    /// Takes samples from the front of `packet` until there is a score, and returns it; `None` once the packet is used
    /// up.
    pub fn push<S: Sample>(&mut self, packet: &mut &[S]) -> Option<f32> {
        if let Some(score) = self.scores.next() {
            return Some(score);
        }
        let Self { resampler, framer, detector, framed, scores } = self;
        let whole = match resampler {
            None => {
                let before = packet.len();
                let whole = framer.push(packet);
                *framed += (before - packet.len()) as u64;
                whole
            }
            Some(resampler) => framer.fill(|space| {
                let written = resampler.push(packet, space);
                *framed += written as u64;
                written
            }),
        }?;
        scores.score(detector, whole)
    }

    /// After the last packet: the scores of the frames that are left, one a call, the last one completed with zeros;
    /// then `None`.
    pub fn finish(&mut self) -> Option<f32> {
        if let Some(score) = self.scores.next() {
            return Some(score);
        }
        let Self { resampler, framer, detector, framed, scores } = self;
        if let Some(resampler) = resampler {
            let whole = framer.fill(|space| {
                let written = resampler.finish(space);
                *framed += written as u64;
                written
            });
            if let Some(whole) = whole {
                return scores.score(detector, whole);
            }
        }
        scores.score(detector, framer.finish()?)
    }

    /// Forgets all audio: the next packet is the first of a new recording.
    pub fn reset(&mut self) {
        if let Some(resampler) = &mut self.resampler {
            resampler.reset();
        }
        self.framer.reset();
        self.detector.reset();
        self.framed = 0;
        self.scores.waiting = 0..0;
    }

    /// The detector's rate, frame and hop: score `i` belongs to the frame at `i * hop` samples of that rate.
    pub fn spec(&self) -> FrameSpec {
        self.detector.spec()
    }

    /// How many samples there were so far at the detector's rate.
    pub fn framed(&self) -> u64 {
        self.framed
    }
}

/// Finds speech in audio as it arrives; times are in samples of the incoming audio.
///
/// Any packet size gives the same events. Nothing is allocated after construction.
///
/// ```
/// use voiced::{Event, SegmentConfig, Silero, Stream};
///
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
    segmenter: Segmenter,
    rate: u32,
    received: u64,
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
        let segmenter = Segmenter::new(config, detector.spec())?;
        let scores = ScoreStream::with_batches(detector, rate, frames)?;
        Ok(Self { scores, segmenter, rate, received: 0 })
    }

    /// Takes a packet of any length and returns the events that it brings.
    ///
    /// Events are computed as they are asked for; where the iterator is dropped, the rest of the packet is taken in
    /// all the same.
    pub fn push<'a, S: Sample>(&'a mut self, packet: &'a [S]) -> StreamEvents<'a, D, S> {
        self.received += packet.len() as u64;
        StreamEvents { stream: self, packet, events: Events::new(), finishing: false }
    }

    /// Ends the recording and returns its last events: speech that goes on ends here.
    ///
    /// The stream is then as new, and the next packet begins another recording.
    pub fn finish(&mut self) -> StreamEvents<'_, D, f32> {
        StreamEvents { stream: self, packet: &[], events: Events::new(), finishing: true }
    }

    /// Forgets all audio: the next packet is the first of a new recording.
    pub fn reset(&mut self) {
        self.scores.reset();
        self.segmenter.reset();
        self.received = 0;
    }

    /// How many samples were pushed so far.
    pub fn received(&self) -> u64 {
        self.received
    }

    /// A position at the detector's rate as one of the incoming audio, to the nearest sample.
    fn incoming(&self, position: u64) -> u64 {
        let from = u128::from(self.scores.spec().rate);
        let nearest = (u128::from(position) * u128::from(self.rate) + from / 2) / from;
        u64::try_from(nearest).map_or(self.received, |nearest| nearest.min(self.received))
    }
}

/// The events of a packet, or of the end of a recording; made by [`Stream::push`] and [`Stream::finish`].
#[derive(Debug)]
pub struct StreamEvents<'a, D: Detector, S: Sample> {
    stream: &'a mut Stream<D>,
    packet: &'a [S],
    events: Events,
    finishing: bool,
}

impl<D: Detector, S: Sample> Iterator for StreamEvents<'_, D, S> {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.events.next() {
                return Some(event.map_times(|at| self.stream.incoming(at)));
            }
            let scores = &mut self.stream.scores;
            let score = if self.finishing { scores.finish() } else { scores.push(&mut self.packet) };
            if let Some(score) = score {
                self.events = self.stream.segmenter.push(score);
            } else if self.finishing && scores.framed() > 0 {
                self.events = self.stream.segmenter.finish(scores.framed());
                scores.reset();
            } else {
                return None;
            }
        }
    }
}

impl<D: Detector, S: Sample> Drop for StreamEvents<'_, D, S> {
    fn drop(&mut self) {
        self.by_ref().for_each(drop);
        if self.finishing {
            self.stream.reset();
        }
    }
}

/// Frames that are scored together where a whole recording is at hand: enough that weights are loaded from memory rarely,
/// few enough that what is computed of them stays in the cache.
pub const BATCH: usize = 24;

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
