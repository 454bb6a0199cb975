//! The state machine.

use std::ops::Range;

use super::config::Limits;
use super::{Cut, Event, Events, Segment, SegmentConfig};
use crate::error::Error;
use crate::frame::FrameSpec;

/// Turns scores, one a hop, into events and segments.
///
/// Times are in samples at the detector's rate; those that are reported are earlier by the scores' delay. A `Start` is
/// reported with the score that brings it. An `End` is reported as soon as its time is certain: after `min_silence`, or after
/// twice the padding where that is longer. Speech that begins before that is held back until it is longer than `min_speech`,
/// since only then is it known how much of the gap belongs to either side.
#[derive(Clone, Debug)]
pub struct Segmenter {
    spec: FrameSpec,
    limits: Limits,
    now: u64, // start of the next score's frame
    speech: Option<Speech>,
    /// The last segment where its end is not yet reported.
    open: Option<Open>,
    /// The end that was reported last: no start lies before it.
    last_end: u64,
}

/// Speech that has not ended; times before padding.
#[derive(Clone, Debug)]
struct Speech {
    start: u64,
    /// The padded start, once it is reported.
    reported: Option<u64>,
    /// Whether it becomes a segment however short: it was longer than a `min_speech` that has changed since.
    sure: bool,
    quiet_since: Option<u64>,
    /// The longest silence that it could be cut at, for [`Cut::LongestSilence`].
    longest: Option<Segment>,
    /// The start of the last silence that it could be cut at, and where speech then resumed: not yet, where that is
    /// before the silence. For [`Cut::LastSilence`].
    last: Option<u64>,
    resumed: u64,
}

/// A segment whose end is not yet reported.
#[derive(Clone, Copy, Debug)]
struct Open {
    start: u64, // padded
    end: u64,   // not padded
    /// The padded end, where settings that have changed since then have set it: speech that follows shares no gap.
    settled: Option<u64>,
}

impl Segmenter {
    /// A segmenter for the scores of a detector with this `spec`.
    ///
    /// # Errors
    /// [`Error::Config`] where a field of `config` is out of its range, and where the rate or the hop of `spec` is 0.
    pub fn new(config: &SegmentConfig, spec: FrameSpec) -> Result<Self, Error> {
        Ok(Self { spec, limits: config.limits(spec)?, now: 0, speech: None, open: None, last_end: 0 })
    }

    /// Takes the next frame's score and returns the events that it brings. A NaN changes nothing but the time.
    pub fn push(&mut self, score: f32) -> Events {
        let now = self.now;
        let mut events = Events::new();
        self.now = self.now.saturating_add(self.spec.hop as u64);
        // Scores about the time before the recording do not count, nor, where the delay has grown, before the last end.
        if self.now > self.limits.delay.max(self.last_end) {
            self.advance(now, f64::from(score), &mut events);
            events.map_times(|time| time.saturating_sub(self.limits.delay));
        }
        events
    }

    /// Replaces the settings from the next score on; what is going on goes on under the new ones.
    ///
    /// What is settled stays so: no `Start` lies before the last `End`, speech that was longer than `min_speech` is a segment
    /// even where that grows, an `End` that waits for its padding keeps it, and speech that was held back for its sake is no longer.
    ///
    /// # Errors
    /// [`Error::Config`] where a field of `config` is out of its range, and where `delay_ms` changes between a `Start` and its
    /// `End`. Then nothing has changed.
    pub fn set_config(&mut self, config: &SegmentConfig) -> Result<(), Error> {
        let limits = config.limits(self.spec)?;
        let Limits { min_speech, delay, .. } = self.limits;
        if limits == self.limits {
            return Ok(());
        }
        if limits.delay != delay && (self.speech.is_some() || self.open.is_some()) {
            let legal = "what it was, until the speech that goes on has had its End";
            return Err(Error::Config { field: "delay_ms", given: config.delay_ms, legal });
        }
        let sure = self.speech() as f64 > min_speech;
        if let Some(speech) = &mut self.speech {
            speech.sure |= sure;
        }
        if let Some(open) = &mut self.open {
            open.settled.get_or_insert(self.limits.padded_end(open.end));
        }
        self.last_end = self.last_end.saturating_sub(delay).saturating_add(limits.delay);
        self.limits = limits;
        Ok(())
    }

    /// How long the speech has been going on that goes on now: samples from its onset to the end of the last score's hop, or to
    /// where it fell quiet; 0 where there is none.
    ///
    /// Speech counts from its first score on, whether its `Start` is held back or not: a limit on this is a start that is sure.
    pub fn speech(&self) -> u64 {
        self.span().map_or(0, |span| span.end - span.start)
    }

    /// From the onset of the speech that goes on to where it fell quiet, or to the end of the last score's hop.
    pub(crate) fn span(&self) -> Option<Range<u64>> {
        let earlier = |time: u64| time.saturating_sub(self.limits.delay);
        self.speech.as_ref().map(|speech| earlier(speech.start)..earlier(speech.quiet_since.unwrap_or(self.now)))
    }

    /// Takes the score of the frame at `now`.
    fn advance(&mut self, now: u64, score: f64, events: &mut Events) {
        match &mut self.speech {
            None if score >= self.limits.onset => {
                self.begin(now, events);
                return;
            }
            Some(speech) if score >= self.limits.onset => speech.resume(now, &self.limits),
            _ => {}
        }
        if self.speech.as_ref().is_some_and(|speech| self.limits.outgrown(now - speech.start)) {
            self.cut(now, events);
        }
        if score < self.limits.offset {
            self.quiet(now, events);
        }
        self.settle(now, events);
    }

    /// Ends the recording after `length` samples, and returns the last events; the segmenter is then as new.
    ///
    /// `length` is at most one hop short of the frames pushed, for the last one may be incomplete; less counts as one hop short.
    pub fn finish(&mut self, length: u64) -> Events {
        let mut events = Events::new();
        let delay = self.limits.delay;
        // Speech that goes on to the end does so whatever the delay.
        let length = length.saturating_add(delay).max(self.now.saturating_sub(self.spec.hop as u64));
        if let Some(speech) = self.speech.take() {
            self.end(speech, length, &mut events);
        }
        if let Some(open) = self.open {
            self.report_end(length.min(open.padded_end(&self.limits)), &mut events);
        }
        self.reset();
        events.map_times(|time| time.saturating_sub(delay));
        events
    }

    /// Forgets all scores: the next is the first of a new recording.
    pub fn reset(&mut self) {
        self.now = 0;
        self.speech = None;
        self.open = None;
        self.last_end = 0;
    }

    /// Speech begins at `start`.
    fn begin(&mut self, start: u64, events: &mut Events) {
        let mut speech =
            Speech { start, reported: None, sure: false, quiet_since: None, longest: None, last: None, resumed: 0 };
        if !self.open.is_some_and(|open| open.shares_the_gap(start, &self.limits)) {
            self.report_start(&mut speech, events);
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
        // After a silence of long ago, which only a limit that has shrunk meets, the rest would be too long itself.
        let too_long = rest.is_some_and(|start| self.limits.outgrown(now - start));
        let (end, rest) = if too_long { (now, None) } else { (end, rest) };
        self.close(speech, end, events);
        if let Some(start) = rest {
            self.begin(start, events);
        }
    }

    /// The frame at `now` is quiet: speech may end where the quiet began.
    fn quiet(&mut self, now: u64, events: &mut Events) {
        let Some(speech) = &mut self.speech else { return };
        let since = *speech.quiet_since.get_or_insert(now);
        let silence = (now - since) as f64;
        if silence > self.limits.min_silence_at_cut {
            speech.last = Some(since);
        }
        if silence >= self.limits.min_silence
            && let Some(speech) = self.speech.take()
        {
            self.end(speech, since, events);
        }
    }

    /// Speech ended at `end`: it becomes a segment if it was long enough.
    fn end(&mut self, speech: Speech, end: u64, events: &mut Events) {
        if speech.sure || end.saturating_sub(speech.start) as f64 > self.limits.min_speech {
            self.close(speech, end, events);
        } else if let Some(at) = speech.reported {
            events.add(Event::Misfire { at });
        }
    }

    /// Makes a segment of `speech`, its end still open.
    fn close(&mut self, mut speech: Speech, end: u64, events: &mut Events) {
        let start = self.report_start(&mut speech, events);
        self.open = Some(Open { start, end, settled: None });
    }

    /// Reports the start of `speech`, and before it the end of the segment that is still open; returns the padded start. A start
    /// that is reported already stays what it is.
    fn report_start(&mut self, speech: &mut Speech, events: &mut Events) -> u64 {
        if let Some(at) = speech.reported {
            return at;
        }
        let mut at = self.limits.padded_start(speech.start);
        if let Some(open) = self.open {
            let mut end = open.padded_end(&self.limits).min(speech.start);
            if open.shares_the_gap(speech.start, &self.limits) {
                let half_gap = (speech.start - open.end) / 2;
                (end, at) = (open.end + half_gap, speech.start - half_gap);
            }
            self.report_end(end, events);
        }
        let at = at.max(self.last_end);
        speech.reported = Some(at);
        events.add(Event::Start { at });
        at
    }

    /// Reports what the frame at `now` has made certain.
    fn settle(&mut self, now: u64, events: &mut Events) {
        if let Some(mut speech) = self.speech.take() {
            let shares_no_gap = self.open.is_some_and(|open| open.settled.is_some());
            if shares_no_gap || speech.length(now) as f64 > self.limits.min_speech {
                self.report_start(&mut speech, events);
            }
            if speech.reported.is_some() && events.is_empty() {
                events.add(Event::Continue { at: self.now });
            }
            self.speech = Some(speech);
        } else if let Some(open) = self.open {
            let padded = open.padded_end(&self.limits);
            // The audio reaches the padded end, and no speech can begin any more that would have to share the gap.
            if now >= padded && !open.shares_the_gap(self.now, &self.limits) {
                self.report_end(padded, events);
            }
        }
    }

    fn report_end(&mut self, end: u64, events: &mut Events) {
        if let Some(Open { start, .. }) = self.open.take() {
            let end = end.max(start); // a start that the last end has moved may lie behind the end of the recording
            self.last_end = end;
            events.add(Event::End(Segment { start, end }));
        }
    }
}

impl Speech {
    /// How many samples it has at least, where the frame at `now` was the last; the recording may end after that frame's first.
    fn length(&self, now: u64) -> u64 {
        self.quiet_since.unwrap_or(now.saturating_add(1)).saturating_sub(self.start)
    }

    /// The frame at `now` is speech again.
    fn resume(&mut self, now: u64, limits: &Limits) {
        let Some(since) = self.quiet_since.take() else { return };
        let silence = Segment { start: since, end: now };
        if (now - since) as f64 > limits.min_silence_at_cut
            && self.longest.is_none_or(|longest| now - since > longest.end - longest.start)
        {
            self.longest = Some(silence);
        }
        if self.last.is_some_and(|last| self.resumed < last) {
            self.resumed = now;
        }
    }
}

impl Open {
    /// Where it ends if it has its padding to itself.
    fn padded_end(self, limits: &Limits) -> u64 {
        self.settled.unwrap_or_else(|| limits.padded_end(self.end))
    }

    /// Whether speech that begins at `start` and it come too close for the padding of both.
    fn shares_the_gap(self, start: u64, limits: &Limits) -> bool {
        self.settled.is_none() && !limits.room_for_both(start - self.end)
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
    for &score in scores {
        segments.extend(segmenter.push(score).into_iter().filter_map(Event::segment));
    }
    segments.extend(segmenter.finish(length).into_iter().filter_map(Event::segment));
    Ok(segments)
}
