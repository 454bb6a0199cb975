//! What one recording brought, checked as it comes.

use std::ops::Range;

use voiced::audio::Sample;
use voiced::{AnyDetector, Event, Stream, Update};

/// Checks each update, and the audio that is kept when it comes.
pub struct Heard<'a, S> {
    recording: &'a [S],
    /// Samples before a start that are kept, and whether segments are whole; `None` where no audio is.
    keeps: Option<(u64, bool)>,
    pub updates: Vec<Update>,
    /// What must be there until the next update.
    promised: Vec<Range<u64>>,
}

impl<'a, S: Sample> Heard<'a, S> {
    /// Nothing yet of a recording at `rate` Hz; `keeps` is the pre-roll in milliseconds, and whether segments are whole.
    pub fn new(recording: &'a [S], rate: u32, keeps: Option<(f64, bool)>) -> Self {
        let samples = |ms: f64| (f64::from(rate) * ms / 1000.0).floor() as u64;
        Self {
            recording,
            keeps: keeps.map(|(ms, whole)| (samples(ms), whole)),
            updates: Vec::new(),
            promised: Vec::new(),
        }
    }

    /// Takes what a stream has just told.
    pub fn take(&mut self, stream: &Stream<AnyDetector, S>, update: Update) {
        let received = stream.received();
        let last = self.updates.last();
        assert!(last.is_none_or(|last| last.score.is_some()), "an update after the end's: {update:?}");
        assert_eq!(update.start, last.map_or(0, |last| last.end), "hops that do not follow each other: {update:?}");
        assert!(update.start <= update.end && update.end <= received, "{update:?} of {received} samples");
        assert!(update.speech <= update.end, "{update:?}");
        match update.score {
            Some(score) => assert!((0.0..=1.0).contains(&score), "{update:?}"),
            None => assert!(update.start == received && update.end == received, "{update:?} of {received} samples"),
        }

        self.promised = Vec::from_iter((update.score.is_some()).then_some(update.start..update.end));
        let pre_roll = self.keeps.map_or(0, |(samples, _)| samples);
        for event in update.events {
            match event {
                Event::Start { at } => {
                    assert!(at <= received, "{event:?} of {received} samples");
                    self.promised.push(at.saturating_sub(pre_roll)..update.end.max(at));
                }
                Event::End(segment) => {
                    assert!(
                        segment.start <= segment.end && segment.end <= received,
                        "{event:?} of {received} samples"
                    );
                    if matches!(self.keeps, Some((_, true))) {
                        self.promised.push(segment.start.saturating_sub(pre_roll)..segment.end);
                    }
                }
                Event::Continue { at } | Event::Misfire { at } => {
                    assert!(at <= received, "{event:?} of {received} samples");
                }
            }
        }
        self.keeps_its_promise(stream);
        // Whatever is there is right, and nothing is there that has not been.
        for back in [0, 1, 511, 512, received / 2, received] {
            self.same(stream, received - back.min(received), received);
            self.same(stream, received - back.min(received), received - back.min(received) / 2);
        }
        assert!(stream.audio(received..received + 1).is_none() && stream.audio(0..received + 1).is_none());
        self.updates.push(update);
    }

    /// The recording is over, and all of it was heard.
    pub fn end(&self) {
        match self.updates.last() {
            None => assert!(self.recording.is_empty(), "no update"),
            Some(last) => assert!(last.score.is_none() && last.end == self.recording.len() as u64, "{last:?}"),
        }
    }

    /// What the last update told of is there until the next.
    pub fn keeps_its_promise(&self, stream: &Stream<AnyDetector, S>) {
        for Range { start, end } in self.promised.iter().filter(|_| self.keeps.is_some()) {
            assert!(self.same(stream, *start, *end), "{start}..{end} of {} is not kept", stream.received());
        }
    }

    /// Whether a stretch is there; then it must be the recording's.
    fn same(&self, stream: &Stream<AnyDetector, S>, start: u64, end: u64) -> bool {
        let Some(audio) = stream.audio(start..end) else { return false };
        let wanted = &self.recording[start as usize..end as usize];
        let bits = |samples: &[S]| samples.iter().map(|sample| sample.to_f32().to_bits()).collect::<Vec<_>>();
        assert!(bits(audio) == bits(wanted), "{start}..{end} is other audio");
        true
    }
}
