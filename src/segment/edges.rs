//! What the segmenter tells: segments, and the events that lead to them.

/// A stretch of speech, in samples, half-open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Segment {
    /// The first sample.
    pub start: u64,
    /// The sample after the last one.
    pub end: u64,
}

/// What a stream reports as it happens; times in samples from the start of the recording.
///
/// After `Start` comes either `End` or `Misfire`, before any other `Start`. Every segment of the recording is
/// reported by one `End`, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// Speech began: a score reached the threshold.
    Start {
        /// Where the segment will start, padding included.
        at: u64,
    },
    /// Speech goes on; comes with each further frame of it.
    Continue {
        /// The end of that frame's hop.
        at: u64,
    },
    /// Speech ended, and this is its segment.
    End(Segment),
    /// The speech that began was too short to count: its `Start` is taken back.
    Misfire {
        /// The start that is taken back.
        at: u64,
    },
}

impl Event {
    /// The same event with each of its times mapped.
    #[must_use]
    pub fn map_times(self, time: impl Fn(u64) -> u64) -> Self {
        match self {
            Self::Start { at } => Self::Start { at: time(at) },
            Self::Continue { at } => Self::Continue { at: time(at) },
            Self::End(Segment { start, end }) => Self::End(Segment { start: time(start), end: time(end) }),
            Self::Misfire { at } => Self::Misfire { at: time(at) },
        }
    }
}

/// The events of one frame, in order: an iterator over at most [`Events::MOST`], without allocation.
#[derive(Clone, Debug)]
pub struct Events {
    events: [Option<Event>; Self::MOST],
    next: usize,
    count: usize,
}

impl Events {
    /// The most events that one frame can bring: a cut may settle the end before, the start and end of what it cuts,
    /// and the start of the rest, which may end at once.
    pub const MOST: usize = 5;

    pub(crate) fn new() -> Self {
        Self { events: [None; Self::MOST], next: 0, count: 0 }
    }

    /// The same events with each of their times mapped.
    pub(crate) fn map_times(mut self, time: impl Fn(u64) -> u64) -> Self {
        for event in self.events.iter_mut().flatten() {
            *event = event.map_times(&time);
        }
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub(super) fn add(&mut self, event: Event) {
        self.events[self.count] = Some(event);
        self.count += 1;
    }
}

impl Iterator for Events {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        let event = self.events.get(self.next).copied().flatten();
        self.next += usize::from(event.is_some());
        event
    }
}
