//! What the segmenter tells: segments, and the events that lead to them.

use std::array;
use std::fmt;
use std::iter;
use std::ops::Deref;
use std::slice;

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
/// reported by one `End`, in order, and no `Start` lies before the `End` that was reported last.
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
    /// The segment, where the event is the end of one.
    pub fn segment(self) -> Option<Segment> {
        match self {
            Self::End(segment) => Some(segment),
            _ => None,
        }
    }

    /// The same event with each of its times mapped.
    #[must_use]
    pub(crate) fn map_times(self, time: impl Fn(u64) -> u64) -> Self {
        match self {
            Self::Start { at } => Self::Start { at: time(at) },
            Self::Continue { at } => Self::Continue { at: time(at) },
            Self::End(Segment { start, end }) => Self::End(Segment { start: time(start), end: time(end) }),
            Self::Misfire { at } => Self::Misfire { at: time(at) },
        }
    }
}

/// The events of one frame, in the order of report: a slice of at most [`Events::MOST`], without allocation.
#[derive(Clone, Copy)]
pub struct Events {
    events: [Event; Self::MOST], // those beyond `count` mean nothing
    count: u8,
}

impl Events {
    /// The most events that one frame can bring: a cut may settle the end before, the start and end of what it cuts,
    /// and the start of the rest, which may end at once.
    pub const MOST: usize = 5;

    pub(crate) fn new() -> Self {
        Self { events: [Event::Continue { at: 0 }; Self::MOST], count: 0 }
    }

    /// Maps each of their times.
    pub(crate) fn map_times(&mut self, time: impl Fn(u64) -> u64) {
        for event in &mut self.events[..usize::from(self.count)] {
            *event = event.map_times(&time);
        }
    }

    pub(super) fn add(&mut self, event: Event) {
        self.events[usize::from(self.count)] = event;
        self.count += 1;
    }
}

impl Deref for Events {
    type Target = [Event];

    fn deref(&self) -> &[Event] {
        &self.events[..usize::from(self.count)]
    }
}

impl IntoIterator for Events {
    type Item = Event;
    type IntoIter = iter::Take<array::IntoIter<Event, { Self::MOST }>>;

    fn into_iter(self) -> Self::IntoIter {
        self.events.into_iter().take(self.count.into())
    }
}

impl<'a> IntoIterator for &'a Events {
    type Item = &'a Event;
    type IntoIter = slice::Iter<'a, Event>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl PartialEq for Events {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Events {}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
