//! The state machine.

use super::config::Limits;
use super::{Cut, Event, Events, Segment, SegmentConfig};
use crate::error::Error;
use crate::frame::FrameSpec;

/// Turns scores, one a hop, into events and segments.
///
/// Times are in samples at the detector's rate; those that are reported are earlier by the scores' delay. A `Start` is reported with the score that brings it. An `End` is
/// reported as soon as its time is certain: after `min_silence`, or after twice the padding where that is longer.
/// Speech that begins before that is held back until it is longer than `min_speech`, since only then is it known
/// how much of the gap belongs to either side.
#[derive(Clone, Debug)]
pub struct Segmenter {
    limits: Limits,
    hop: u64,
    now: u64, // start of the next score's frame
    speech: Option<Speech>,
    /// The last segment where its end is not yet reported: `start` is padded, `end` is not.
    open: Option<Segment>,
}

/// Speech that has not ended; times before padding.
#[derive(Clone, Debug)]
struct Speech {
    start: u64,
    /// The padded start, once it is reported.
    reported: Option<u64>,
    quiet_since: Option<u64>,
    /// The longest silence that it could be cut at, for [`Cut::LongestSilence`].
    longest: Option<Segment>,
    /// The start of the last silence that it could be cut at, and where speech then resumed: not yet, where that is
    /// before the silence. For [`Cut::LastSilence`].
    last: Option<u64>,
    resumed: u64,
}

impl Segmenter {
    /// A segmenter for the scores of a detector with this `spec`.
    ///
    /// # Errors
    /// [`Error::Config`] where a field of `config` is out of its range, and where the rate or the hop of `spec` is 0.
    pub fn new(config: &SegmentConfig, spec: FrameSpec) -> Result<Self, Error> {
        let limits = config.limits(spec.rate, spec.hop)?;
        Ok(Self { limits, hop: spec.hop as u64, now: 0, speech: None, open: None })
    }

    /// Takes the next frame's score and returns the events that it brings. A NaN changes nothing but the time.
    pub fn push(&mut self, score: f32) -> Events {
        let now = self.now;
        self.now = self.now.saturating_add(self.hop);
        if self.now <= self.limits.delay {
            return Events::new(); // about the time before the recording
        }
        self.advance(now, f64::from(score)).map_times(|time| time.saturating_sub(self.limits.delay))
    }

    /// Takes the score of the frame at `now`.
    fn advance(&mut self, now: u64, score: f64) -> Events {
        let mut events = Events::new();

        match &mut self.speech {
            None if score >= self.limits.onset => {
                self.begin(now, &mut events);
                return events;
            }
            Some(speech) if score >= self.limits.onset => speech.resume(now, &self.limits),
            _ => {}
        }
        if self.speech.as_ref().is_some_and(|speech| self.limits.outgrown(now - speech.start)) {
            self.cut(now, &mut events);
        }
        if score < self.limits.offset {
            self.quiet(now, &mut events);
        }
        self.settle(now, &mut events);
        events
    }

    /// Ends the recording after `length` samples, and returns the last events; the segmenter is then as new.
    ///
    /// `length` is at most one hop short of the frames pushed, for the last one may be incomplete; less counts as one hop short.
    pub fn finish(&mut self, length: u64) -> Events {
        let mut events = Events::new();
        let delay = self.limits.delay;
        // Speech that goes on to the end does so whatever the delay.
        let length = length.saturating_add(delay).max(self.now.saturating_sub(self.hop));
        if let Some(speech) = self.speech.take() {
            self.end(speech, length, &mut events);
        }
        if let Some(Segment { start, end }) = self.open {
            let padded = end.saturating_add(self.limits.pad);
            events.add(Event::End(Segment { start, end: length.min(padded) }));
        }
        self.reset();
        events.map_times(|time| time.saturating_sub(delay))
    }

    /// Forgets all scores: the next is the first of a new recording.
    pub fn reset(&mut self) {
        self.now = 0;
        self.speech = None;
        self.open = None;
    }

    /// Speech begins at `start`.
    fn begin(&mut self, start: u64, events: &mut Events) {
        if let Some(open) = self.open
            && start - open.end >= 2 * self.limits.pad
        {
            self.report_end(open.end.saturating_add(self.limits.pad), events);
        }
        let mut speech = Speech { start, reported: None, quiet_since: None, longest: None, last: None, resumed: 0 };
        if self.open.is_none() {
            speech.report_start(start.saturating_sub(self.limits.pad), events);
        }
        self.speech = Some(speech);
    }

    /// Speech has outgrown `max_speech`: what was said up to a silence in it becomes a segment, whatever its length.
    fn cut(&mut self, now: u64, events: &mut Events) {
        let Some(speech) = self.speech.take() else { return };
        let (end, rest) = match (self.limits.cut, speech.longest, speech.last) {
            (Cut::LongestSilence, Some(silence), _) => (silence.start, Some(silence.end)),
            (Cut::LastSilence, _, Some(end)) => (end, (speech.resumed >= end).then_some(speech.resumed)),
            _ => (now, None),
        };
        self.close(speech, end, events);
        if let Some(start) = rest {
            self.begin(start, events);
        }
    }

    /// The frame at `now` is quiet: speech may end where the quiet began.
    fn quiet(&mut self, now: u64, events: &mut Events) {
        let Some(speech) = &mut self.speech else { return };
        let since = *speech.quiet_since.get_or_insert(now);
        if now - since > self.limits.min_silence_at_cut {
            speech.last = Some(since);
        }
        if now - since >= self.limits.min_silence
            && let Some(speech) = self.speech.take()
        {
            self.end(speech, since, events);
        }
    }

    /// Speech ended at `end`: it becomes a segment if it was long enough.
    fn end(&mut self, speech: Speech, end: u64, events: &mut Events) {
        if end.saturating_sub(speech.start) > self.limits.min_speech {
            self.close(speech, end, events);
        } else if let Some(at) = speech.reported {
            events.add(Event::Misfire { at });
        }
    }

    /// Makes a segment of `speech`, its end still open.
    fn close(&mut self, mut speech: Speech, end: u64, events: &mut Events) {
        let start = self.confirm(&mut speech, events);
        self.open = Some(Segment { start, end });
    }

    /// `speech` is sure to become a segment: its padded start, reported now if it was held back.
    fn confirm(&mut self, speech: &mut Speech, events: &mut Events) -> u64 {
        if let Some(at) = speech.reported {
            return at;
        }
        let half_gap = self.open.map_or(0, |open| (speech.start - open.end) / 2);
        if let Some(open) = self.open {
            self.report_end(open.end + half_gap, events);
        }
        speech.report_start(speech.start - half_gap, events)
    }

    /// Reports what the frame at `now` has made certain.
    fn settle(&mut self, now: u64, events: &mut Events) {
        if let Some(mut speech) = self.speech.take() {
            let earliest_end = speech.quiet_since.unwrap_or(now.saturating_add(1));
            if earliest_end.saturating_sub(speech.start) > self.limits.min_speech {
                self.confirm(&mut speech, events);
            }
            if speech.reported.is_some() && events.is_empty() {
                events.add(Event::Continue { at: self.now });
            }
            self.speech = Some(speech);
        } else if let Some(open) = self.open {
            let padded = open.end.saturating_add(self.limits.pad);
            // The audio reaches the padded end, and no speech can begin any more that would have to share the gap.
            if now >= padded && self.now >= padded.saturating_add(self.limits.pad) {
                self.report_end(padded, events);
            }
        }
    }

    fn report_end(&mut self, end: u64, events: &mut Events) {
        if let Some(Segment { start, .. }) = self.open.take() {
            events.add(Event::End(Segment { start, end }));
        }
    }
}

impl Speech {
    fn report_start(&mut self, at: u64, events: &mut Events) -> u64 {
        self.reported = Some(at);
        events.add(Event::Start { at });
        at
    }

    /// The frame at `now` is speech again.
    fn resume(&mut self, now: u64, limits: &Limits) {
        let Some(since) = self.quiet_since.take() else { return };
        let silence = Segment { start: since, end: now };
        if now - since > limits.min_silence_at_cut
            && self.longest.is_none_or(|longest| now - since > longest.end - longest.start)
        {
            self.longest = Some(silence);
        }
        if self.last.is_some_and(|last| self.resumed < last) {
            self.resumed = now;
        }
    }
}

impl Limits {
    /// Whether speech of this many samples is too long.
    fn outgrown(&self, length: u64) -> bool {
        self.max_speech.is_none_or(|longest| length > longest)
    }
}

/// The segments of a recording of `length` samples from its scores, one a hop, in samples at the detector's rate.
///
/// # Errors
/// [`Error::Config`] where a field of `config` is out of its range.
pub fn segments_from_scores(
    scores: &[f32],
    spec: FrameSpec,
    length: u64,
    config: &SegmentConfig,
) -> Result<Vec<Segment>, Error> {
    let mut segmenter = Segmenter::new(config, spec)?;
    let mut segments = Vec::new();
    let mut keep = |events: Events| {
        segments.extend(events.filter_map(|event| match event {
            Event::End(segment) => Some(segment),
            _ => None,
        }));
    };
    for &score in scores {
        keep(segmenter.push(score));
    }
    keep(segmenter.finish(length));
    Ok(segments)
}
