//! Many streams at once, in two threads, that join, pause and leave at random: each gets what it would get alone.
//!
//! `cargo test` has 60 streams at a time. A thousand: `cargo test --release --test crowd -- --ignored`
#![cfg(feature = "embedded")]

mod common;

use std::thread;

use common::{finish, finish_in, push, settings};
use voiced::{AnyDetector, Kind, Loaded, Pool, SegmentConfig, Stream, StreamId, Update};

/// How far a score in a pool may be from that of the same stream alone.
const TOLERANCE: f32 = 1e-5;

const RATES: [u32; 4] = [8000, 16_000, 44_100, 48_000];

/// Random numbers below a bound, the same in each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }
}

/// What all streams of all threads share: each detector, for each rate.
struct Shared(Vec<[Loaded; RATES.len()]>);

impl Shared {
    fn load() -> Self {
        Self(Kind::ALL.iter().map(|kind| RATES.map(|rate| kind.load(rate).unwrap())).collect())
    }

    fn of(&self, call: Call) -> &Loaded {
        let slot = RATES.iter().position(|&rate| rate == call.rate).unwrap();
        &self.0[call.kind as usize][slot]
    }
}

/// What one stream is.
#[derive(Clone, Copy)]
struct Call {
    kind: Kind,
    rate: u32,
    /// Where in the recording it begins; it goes round from the end to the beginning.
    from: usize,
    heard: usize, // samples
}

impl Call {
    fn random(dice: &mut Dice, recording: &[i16]) -> Self {
        let rate = RATES[dice.below(RATES.len())];
        Self { rate, kind: Kind::ALL[dice.below(Kind::ALL.len())], from: dice.below(recording.len()), heard: 0 }
    }

    /// The next packet, of up to 60 ms.
    fn next(&mut self, dice: &mut Dice, recording: &[i16]) -> Vec<i16> {
        let length = 1 + dice.below(self.rate as usize * 3 / 50);
        let from = self.from + self.heard;
        self.heard += length;
        (from..from + length).map(|n| recording[n % recording.len()]).collect()
    }

    /// What the same audio in one packet brings to a stream of its own.
    fn alone(self, detector: AnyDetector, recording: &[i16]) -> Vec<Update> {
        let samples: Vec<i16> = (self.from..self.from + self.heard).map(|n| recording[n % recording.len()]).collect();
        let mut stream = Stream::new(detector, self.rate, &config()).unwrap();
        [push(&mut stream, &samples), finish(&mut stream)].concat()
    }
}

fn config() -> SegmentConfig {
    settings(|config| (config.threshold, config.min_speech_ms, config.max_speech_s) = (0.3, 100.0, 3.0))
}

/// A stream on its own among the others.
struct Single {
    call: Call,
    stream: Stream<AnyDetector, i16>,
    updates: Vec<Update>,
}

impl Single {
    fn new(call: Call, shared: &Shared) -> Self {
        let stream = Stream::new(shared.of(call).detector(), call.rate, &config()).unwrap();
        Self { call, stream, updates: Vec::new() }
    }

    fn end(mut self, shared: &Shared, recording: &[i16]) {
        self.updates.extend(finish(&mut self.stream));
        assert_eq!(self.updates, self.call.alone(shared.of(self.call).detector(), recording), "{}", self.call.kind);
    }
}

/// A stream in a pool.
struct Pooled {
    id: StreamId,
    call: Call,
    updates: Vec<Update>,
}

impl Pooled {
    fn end(mut self, pool: &mut Pool<i16>, loaded: &Loaded, recording: &[i16]) {
        self.updates.extend(finish_in(pool, self.id));
        pool.leave(self.id).unwrap();
        let alone = self.call.alone(loaded.detector(), recording);
        assert_eq!(self.updates.len(), alone.len());
        for (pooled, alone) in self.updates.iter().zip(&alone) {
            let [here, there] = [pooled, alone].map(|update| update.score.unwrap_or(0.0));
            assert!((here - there).abs() <= TOLERANCE, "{here} in the pool, {there} alone");
            assert_eq!((pooled.start, pooled.speech, pooled.events), (alone.start, alone.speech, alone.events));
        }
    }
}

/// Serves up to `streams` streams, half of them in a pool, for some rounds; returns how many came and went.
fn serve(seed: u64, streams: usize, rounds: usize, shared: &Shared, recording: &[i16]) -> usize {
    let mut dice = Dice(seed);
    let silero = Kind::Silero.load(16_000).unwrap();
    let mut pool = silero.pool(streams / 2).with_waiting(60_000.0);
    let mut pooled: Vec<Pooled> = Vec::new();
    let mut singles: Vec<Single> = Vec::new();
    let mut updates = Vec::new();
    let mut ended = 0;
    for round in 0..rounds {
        let last = round + 1 == rounds;
        while singles.len() < streams / 2 && dice.below(8) > 0 {
            singles.push(Single::new(Call::random(&mut dice, recording), shared));
        }
        while pool.len() < streams / 2 && dice.below(8) > 0 {
            let call = Call::random(&mut dice, recording);
            let id = pool.join(call.rate, &config()).unwrap();
            pooled.push(Pooled { id, call, updates: Vec::new() });
        }

        // Who is passed over has a pause.
        for single in &mut singles {
            if dice.below(3) > 0 {
                let packet = single.call.next(&mut dice, recording);
                single.updates.extend(push(&mut single.stream, &packet));
            }
        }
        for member in &mut pooled {
            if dice.below(3) > 0 {
                pool.push(member.id, &member.call.next(&mut dice, recording)).unwrap();
            }
        }
        while dice.below(8) > 0 {
            pool.step(&mut updates);
            for &(stream, update) in &updates {
                pooled.iter_mut().find(|member| member.id == stream).unwrap().updates.push(update);
            }
        }

        for at in (0..singles.len()).rev() {
            if last || dice.below(200) == 0 {
                singles.swap_remove(at).end(shared, recording);
                ended += 1;
            }
        }
        for at in (0..pooled.len()).rev() {
            if last || dice.below(200) == 0 {
                pooled.swap_remove(at).end(&mut pool, &silero, recording);
                ended += 1;
            }
        }
        assert_eq!(pool.len(), pooled.len());
    }
    ended
}

/// Serves `streams` streams at a time in two threads that share what is loaded.
fn crowd(streams: usize, rounds: usize) {
    let (shared, recording) = (Shared::load(), common::speech_i16(16_000));
    let ended: usize = thread::scope(|scope| {
        let serve = |seed| {
            let (shared, recording) = (&shared, &recording);
            scope.spawn(move || serve(seed, streams / 2, rounds, shared, recording))
        };
        let threads = [serve(1), serve(2)];
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    println!("{ended} streams came and went, up to {streams} at a time");
    assert!(ended > streams);
}

#[test]
fn sixty_streams() {
    crowd(60, 200);
}

#[test]
#[ignore = "a thousand streams at a time take minutes"]
fn a_thousand_streams() {
    crowd(1000, 2000);
}
