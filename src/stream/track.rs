//! From the scores of a stream to what the caller is told, in the caller's samples.

use crate::error::Error;
use crate::frame::FrameSpec;
use crate::segment::{Events, SegmentConfig, Segmenter};

/// What one frame brought: its score, and the events that the score settles.
///
/// Times are in samples of the caller's audio, from the start of the recording.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Update {
    /// The first sample of the frame's hop: hops follow each other without a gap.
    pub start: u64,
    /// The sample after the hop's last one.
    pub end: u64,
    /// The frame's score, from 0 to 1; `None` once, at the end of the recording, which brings events only.
    pub score: Option<f32>,
    /// How long the speech has been going on that goes on now: samples from its onset to `end`, or to where it fell quiet; 0
    /// where there is none. It counts from the first score on, also where the `Start` is held back, so that a limit on it
    /// is a start that is sure.
    pub speech: u64,
    /// What is certain now, in the order of report; its times lie in the past.
    pub events: Events,
}

/// Turns scores into updates.
#[derive(Clone, Debug)]
pub(crate) struct Track {
    segmenter: Segmenter,
    spec: FrameSpec,
    rate: u32,
    received: u64,
    next: u64, // where the next hop begins, at the detector's rate
    told: u64, // the same at the caller's
}

impl Track {
    /// A track of audio at `rate` Hz whose scores are those of a detector with this `spec`.
    ///
    /// # Errors
    /// [`Error::Config`] where a field of `config` is out of its range.
    pub(crate) fn new(spec: FrameSpec, rate: u32, config: &SegmentConfig) -> Result<Self, Error> {
        Ok(Self { segmenter: Segmenter::new(config, spec)?, spec, rate, received: 0, next: 0, told: 0 })
    }

    /// Counts `samples` of the incoming audio.
    pub(crate) fn receive(&mut self, samples: usize) {
        self.received += samples as u64;
    }

    /// How many samples of the incoming audio there were so far.
    pub(crate) fn received(&self) -> u64 {
        self.received
    }

    /// What the next frame's score brings.
    pub(crate) fn push(&mut self, score: f32) -> Update {
        let mut events = self.segmenter.push(score);
        self.next += self.spec.hop as u64;
        let (start, end) = (self.told, self.incoming(self.next));
        self.told = end;
        let speech = self.segmenter.span().map_or(0, |span| self.incoming(span.end) - self.incoming(span.start));
        self.map_times(&mut events);
        Update { start, end, score: Some(score), speech, events }
    }

    /// What the end of a recording brings that had `framed` samples at the detector's rate.
    pub(crate) fn finish(&mut self, framed: u64) -> Update {
        let mut events = self.segmenter.finish(framed);
        self.map_times(&mut events);
        Update { start: self.received, end: self.received, score: None, speech: 0, events }
    }

    /// Replaces the settings; see [`Segmenter::set_config`].
    ///
    /// # Errors
    /// As there.
    pub(crate) fn set_config(&mut self, config: &SegmentConfig) -> Result<(), Error> {
        self.segmenter.set_config(config)
    }

    /// Forgets all audio.
    pub(crate) fn reset(&mut self) {
        self.segmenter.reset();
        (self.received, self.next, self.told) = (0, 0, 0);
    }

    /// Times at the detector's rate as those of the incoming audio.
    fn map_times(&self, events: &mut Events) {
        // Most frames of speech bring nothing but that it goes on to the end of their hop, which is known.
        events.map_times(|time| if time == self.next { self.told } else { self.incoming(time) });
    }

    /// A time at the detector's rate as one of the incoming audio, to the nearest sample; not beyond what was received.
    fn incoming(&self, time: u64) -> u64 {
        let (from, to) = (self.spec.rate, self.rate);
        if from == to {
            return time.min(self.received);
        }
        let scaled = time.checked_mul(u64::from(to)).and_then(|scaled| scaled.checked_add(u64::from(from / 2)));
        let beyond_64_bits = || {
            let exact = (u128::from(time) * u128::from(to) + u128::from(from / 2)) / u128::from(from);
            u64::try_from(exact).unwrap_or(u64::MAX)
        };
        let nearest = scaled.map_or_else(beyond_64_bits, |scaled| scaled / u64::from(from));
        nearest.min(self.received)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_beyond_what_64_bits_multiply_are_exact() {
        let spec = FrameSpec::adjacent(16_000, 512);
        let mut track = Track::new(spec, 44_100, &SegmentConfig::default()).unwrap();
        track.received = u64::MAX;
        assert_eq!(track.incoming(16_000 << 40), 44_100 << 40);
        assert_eq!(track.incoming(16_000 << 48), 44_100 << 48); // the product needs more than 64 bits
        assert_eq!(track.incoming(u64::MAX), u64::MAX, "no time beyond the largest");
        track.received = 7;
        assert_eq!(track.incoming(1 << 40), 7, "no time beyond what was received");
    }
}
