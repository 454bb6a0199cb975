//! The streams of a pool, and the order in which they are stepped.

use std::collections::VecDeque;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::ops::Range;

use super::WAITING_MS;
use crate::audio::Sample;
use crate::detector::Steps;
use crate::error::Error;
use crate::segment::SegmentConfig;
use crate::stream::{Keep, Line, Update};

/// Streams that go through the network together at most: enough that weights are fetched from memory rarely, few enough that
/// what is computed of them stays in the cache. A whole number of every kernel set's tiles.
const STREAMS_TOGETHER: usize = 32;

/// Milliseconds that may wait at most, so that no limit takes all memory.
const MOST_WAITING_MS: f64 = 600_000.0;

/// A stream of a [`Pool`](super::Pool). It names that pool: another refuses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StreamId {
    pool: u64,
    place: usize,
    joined: u64, // how many had joined the pool before
}

/// Streams that one network steps.
pub(super) struct Streams<N: Steps, S> {
    network: N,
    /// A random number, since a pool knows of no other.
    id: u64,
    most: usize,
    waiting_ms: f64,
    keep: Option<Keep>,
    /// As many as there were streams at a time.
    places: Vec<Option<Member<N, S>>>,
    free: Vec<usize>,
    joined: u64,
    /// The places that have a whole frame, each once, and where those are gathered that will have one in the next step.
    ready: Vec<usize>,
    next: Vec<usize>,
    work: N::Workspace,
}

/// One stream.
struct Member<N: Steps, S> {
    joined: u64,
    line: Line<S>,
    /// Where in `ready` it is, while it has a whole frame that is not scored.
    ready: Option<usize>,
    /// Samples that came in while there was such a frame: at most as many as there is room for.
    waiting: VecDeque<S>,
    most_waiting: usize,
    state: N::State,
}

impl<N: Steps, S: Sample> Streams<N, S> {
    pub(super) fn new(network: N, most: usize) -> Self {
        Self {
            work: network.places(STREAMS_TOGETHER),
            network,
            id: RandomState::new().hash_one(0),
            most,
            waiting_ms: WAITING_MS,
            keep: None,
            places: Vec::new(),
            free: Vec::new(),
            joined: 0,
            ready: Vec::new(),
            next: Vec::new(),
        }
    }

    pub(super) fn set_waiting(&mut self, ms: f64) {
        self.waiting_ms = ms;
    }

    pub(super) fn set_keep(&mut self, keep: Keep) {
        self.keep = Some(keep);
    }

    pub(super) fn join(&mut self, rate: u32, config: &SegmentConfig) -> Result<StreamId, Error> {
        let line = Line::new(self.network.frames(), rate, config, 1, self.keep)?;
        if self.len() == self.most {
            return Err(Error::PoolFull { streams: self.most });
        }
        if !(0.0..=MOST_WAITING_MS).contains(&self.waiting_ms) {
            let legal = "from 0 to 600000 milliseconds";
            return Err(Error::Config { field: "waiting_ms", given: self.waiting_ms, legal });
        }
        let most_waiting = (f64::from(rate) * self.waiting_ms / 1000.0) as usize;
        let member = Member {
            joined: self.joined,
            line,
            ready: None,
            waiting: VecDeque::with_capacity(most_waiting),
            most_waiting,
            state: self.network.begin(),
        };
        let place = self.free.pop().unwrap_or(self.places.len());
        if place == self.places.len() {
            self.places.push(None);
            for list in [&mut self.free, &mut self.ready, &mut self.next] {
                list.reserve(self.places.len() - list.len());
            }
        }
        self.places[place] = Some(member);
        self.joined += 1;
        Ok(StreamId { pool: self.id, place, joined: self.joined - 1 })
    }

    pub(super) fn push(&mut self, stream: StreamId, packet: &[S]) -> Result<(), Error> {
        let place = self.place(stream)?;
        let Some(member) = &self.places[place] else { return Err(Error::NotInPool) };
        let finishing = member.line.is_finishing();
        let (waiting, most) = (if finishing { 0 } else { member.waiting.len() }, member.most_waiting);
        if packet.len() > most - waiting {
            return Err(Error::Behind { waiting, given: packet.len(), most });
        }
        if finishing {
            self.begin_again(place);
        }
        let Self { places, ready, .. } = self;
        let Some(member) = &mut places[place] else { return Err(Error::NotInPool) };
        let mut rest = packet;
        if member.ready.is_none() && member.line.take(&mut rest) {
            member.ready = Some(ready.len());
            ready.push(place);
        }
        member.waiting.extend(rest);
        Ok(())
    }

    pub(super) fn step(&mut self, updates: &mut Vec<(StreamId, Update)>) {
        let Self { network, id, places, ready, next, work, .. } = self;
        for group in ready.chunks(STREAMS_TOGETHER) {
            for (at, &place) in group.iter().enumerate() {
                let Some(member) = &mut places[place] else { continue };
                network.join(at, &mut member.state, member.line.whole(), work);
                member.ready = member.advance().then_some(next.len());
                if member.ready.is_some() {
                    next.push(place);
                }
            }
            network.forward(group.len(), work);
            for (at, &place) in group.iter().enumerate() {
                let Some(member) = &mut places[place] else { continue };
                let score = network.settle(at, &mut member.state, work);
                let stream = StreamId { pool: *id, place, joined: member.joined };
                updates.push((stream, member.line.update(score)));
            }
        }
        ready.clear();
        std::mem::swap(ready, next);
    }

    pub(super) fn finish(&mut self, stream: StreamId) -> Result<Option<Update>, Error> {
        let place = self.place(stream)?;
        let Self { network, places, work, .. } = self;
        let Some(member) = &mut places[place] else { return Err(Error::NotInPool) };
        member.line.finishing();
        if member.ready.is_none() && !member.line.complete() {
            let update = member.line.end();
            if update.is_none() {
                self.begin_again(place);
            }
            return Ok(update);
        }
        network.join(0, &mut member.state, member.line.whole(), work);
        network.forward(1, work);
        let score = network.settle(0, &mut member.state, work);
        let update = member.line.update(score);
        if member.ready.is_some() && !member.advance() {
            self.unready(place);
        }
        Ok(Some(update))
    }

    pub(super) fn leave(&mut self, stream: StreamId) -> Result<(), Error> {
        let place = self.place(stream)?;
        self.unready(place);
        self.places[place] = None;
        self.free.push(place);
        Ok(())
    }

    pub(super) fn audio(&self, stream: StreamId, range: Range<u64>) -> Option<&[S]> {
        let place = self.place(stream).ok()?;
        self.places[place].as_ref()?.line.audio(range)
    }

    pub(super) fn set_config(&mut self, stream: StreamId, config: &SegmentConfig) -> Result<(), Error> {
        let place = self.place(stream)?;
        self.places[place].as_mut().ok_or(Error::NotInPool)?.line.set_config(config)
    }

    pub(super) fn len(&self) -> usize {
        self.places.len() - self.free.len()
    }

    /// Where a stream is.
    fn place(&self, stream: StreamId) -> Result<usize, Error> {
        let member = self.places.get(stream.place).and_then(Option::as_ref);
        let is_here = member.is_some_and(|member| stream.pool == self.id && stream.joined == member.joined);
        if is_here { Ok(stream.place) } else { Err(Error::NotInPool) }
    }

    /// The stream's next packet is the first of a new recording.
    fn begin_again(&mut self, place: usize) {
        self.unready(place);
        if let Some(member) = &mut self.places[place] {
            member.line.reset();
            member.waiting.clear();
            member.state = self.network.begin();
        }
    }

    /// Takes a stream out of those that have a whole frame.
    fn unready(&mut self, place: usize) {
        let Some(at) = self.places[place].as_mut().and_then(|member| member.ready.take()) else { return };
        self.ready.swap_remove(at);
        if let Some(&moved) = self.ready.get(at)
            && let Some(member) = &mut self.places[moved]
        {
            member.ready = Some(at);
        }
    }
}

impl<N: Steps, S: Sample> Member<N, S> {
    /// Goes on to the next frame, from the samples that wait; returns whether it is whole.
    fn advance(&mut self) -> bool {
        let (mut first, mut second) = self.waiting.as_slices();
        let before = first.len() + second.len();
        let whole = self.line.take(&mut first) || self.line.take(&mut second);
        let taken = before - first.len() - second.len();
        self.waiting.drain(..taken);
        whole
    }
}
