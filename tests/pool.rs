//! A pool's streams against the same streams alone, and in a pool of their own.
#![cfg(feature = "embedded")]

mod common;

use std::sync::Arc;

use allocation_counter::measure;
use voiced::silero::Model;
use voiced::{Error, Event, Kernels, Pool, ScoreStream, SegmentConfig, Silero, Stream, StreamId};

/// Random numbers below a bound, the same in each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }
}

/// How far a score in a pool may be from that of the same stream alone.
const TOLERANCE: f32 = 1e-5;

/// A stream in the pool, in a pool of its own, and alone.
struct Pair {
    id: StreamId,
    at: usize, // in the recording
    scores: Vec<f32>,
    events: Vec<Event>,
    own: Pool,
    own_id: StreamId,
    own_scores: Vec<f32>,
    alone_scores: Vec<f32>,
    alone_events: Vec<Event>,
    alone: Stream<Silero>,
    alone_scored: ScoreStream<Silero>,
}

impl Pair {
    fn join(pool: &mut Pool, model: &Arc<Model>, rate: u32, at: usize) -> Self {
        let config = SegmentConfig { threshold: 0.3, min_speech_ms: 100, ..Default::default() };
        let mut own = Pool::new(model.clone(), 1);
        Self {
            id: pool.join(rate, &config).unwrap(),
            own_id: own.join(rate, &config).unwrap(),
            own,
            own_scores: Vec::new(),
            at,
            scores: Vec::new(),
            events: Vec::new(),
            alone_scores: Vec::new(),
            alone_events: Vec::new(),
            alone: Stream::new(Silero::new(model.clone()), rate, &config).unwrap(),
            alone_scored: ScoreStream::new(Silero::new(model.clone()), rate).unwrap(),
        }
    }

    fn push(&mut self, pool: &mut Pool, packet: &[i16]) {
        pool.push(self.id, packet).unwrap();
        self.own.push(self.own_id, packet).unwrap();
        while let [scored] = self.own.step() {
            self.own_scores.push(scored.score);
        }
        self.alone_events.extend(self.alone.push(packet));
        let mut rest = packet;
        while let Some(score) = self.alone_scored.push(&mut rest) {
            self.alone_scores.push(score);
        }
    }

    /// Compares what was scored so far: the pool may have some frames still to score.
    fn check(&self) {
        assert_eq!(self.scores, self.own_scores[..self.scores.len()], "{:?}", self.id);
        assert!(self.scores.len() <= self.alone_scores.len());
        for (score, alone) in self.scores.iter().zip(&self.alone_scores) {
            assert!((score - alone).abs() <= TOLERANCE, "{:?}: {score} and {alone}", self.id);
        }
        assert_eq!(self.events, self.alone_events[..self.events.len()]);
    }

    fn end(&mut self, pool: &mut Pool, leave: bool) {
        let last = if leave { pool.leave(self.id) } else { pool.finish(self.id) };
        self.events.extend(last.unwrap());
        self.alone_events.extend(self.alone.finish());
        assert_eq!(self.events, self.alone_events, "{:?}", self.id);
        self.own.finish(self.own_id).unwrap();
        self.own_scores.clear();
        self.alone_scored.reset();
        self.scores.clear();
        self.alone_scores.clear();
        self.events.clear();
        self.alone_events.clear();
    }
}

fn step_all(pool: &mut Pool, pairs: &mut [Pair]) {
    loop {
        let scored = pool.step();
        if scored.is_empty() {
            break;
        }
        for frame in scored {
            let pair = pairs.iter_mut().find(|pair| pair.id == frame.stream).unwrap();
            pair.scores.push(frame.score);
            pair.events.extend(frame.events.clone());
        }
    }
}

/// Streams that join, pause, end and leave at random, for each of the kernel sets.
fn run(model_rate: u32, kernels: Kernels, streams: usize, rounds: usize) {
    let model = Arc::new(Model::embedded(model_rate, kernels).unwrap());
    let speech = common::speech_i16(16_000);
    let mut pool = Pool::new(model.clone(), streams);
    let mut dice = Dice(u64::from(model_rate));
    let mut pairs: Vec<Pair> = Vec::new();
    let mut ends = 0;
    for _ in 0..rounds {
        while pairs.len() < streams && dice.below(3) > 0 {
            let rate = [8000, 16_000, 44_100, 48_000][dice.below(4)];
            pairs.push(Pair::join(&mut pool, &model, rate, dice.below(speech.len())));
        }
        for pair in &mut pairs {
            let length = [0, 1, 160, 441, 960, 5000][dice.below(6)]; // none: the stream pauses
            let end = (pair.at + length).min(speech.len());
            pair.push(&mut pool, &speech[pair.at..end]);
            pair.at = if end == speech.len() { 0 } else { end };
        }
        if dice.below(4) > 0 {
            step_all(&mut pool, &mut pairs);
        }
        pairs.iter().for_each(Pair::check);
        if !pairs.is_empty() && dice.below(5) == 0 {
            let chosen = dice.below(pairs.len());
            let leave = dice.below(2) == 0;
            pairs[chosen].end(&mut pool, leave);
            ends += 1;
            if leave {
                pairs.swap_remove(chosen);
            }
        }
        assert_eq!(pool.len(), pairs.len());
    }
    assert!(ends > 0);
    for pair in &mut pairs {
        pair.end(&mut pool, true);
    }
    assert!(pool.is_empty());
}

#[test]
fn each_stream_gets_what_it_would_get_alone() {
    for kernels in Kernels::available().filter(|&kernels| kernels != Kernels::Scalar) {
        run(16_000, kernels, 7, 60);
        run(8000, kernels, 3, 60);
    }
    run(16_000, Kernels::Scalar, 3, 30);
    run(16_000, Kernels::best(), 70, 30); // more than go through the network together
}

#[test]
fn scores_are_the_official_ones() {
    let golden = common::Golden::read("scores.safetensors");
    for rate in [16_000, 8000] {
        let official = golden.values(&format!("speech_{}k", rate / 1000));
        let samples = common::speech(rate);
        for kernels in Kernels::available().filter(|&kernels| kernels != Kernels::Scalar) {
            let model = Arc::new(Model::embedded(rate, kernels).unwrap());
            let frame = model.spec().frame;
            let mut pool = Pool::new(model, 1);
            let id = pool.join(rate, &SegmentConfig::default()).unwrap();
            for (samples, official) in samples.chunks_exact(frame).zip(&official) {
                pool.push(id, samples).unwrap();
                let [scored] = pool.step() else { panic!("a frame is whole") };
                assert!((scored.score - official).abs() <= TOLERANCE, "{kernels}: {} and {official}", scored.score);
            }
        }
    }
}

#[test]
fn a_stream_that_left_is_refused_and_its_place_is_free() {
    let model = Arc::new(Model::embedded(16_000, Kernels::best()).unwrap());
    let mut pool = Pool::new(model.clone(), 1);
    let config = SegmentConfig::default();
    let first = pool.join(16_000, &config).unwrap();
    assert_eq!(pool.join(16_000, &config), Err(Error::PoolFull { streams: 1 }));
    pool.push(first, &[0.0_f32; 700]).unwrap();
    pool.leave(first).unwrap();
    assert_eq!(pool.push(first, &[0.0_f32; 700]), Err(Error::NotInPool));
    assert_eq!(pool.finish(first), Err(Error::NotInPool));
    assert_eq!(pool.leave(first), Err(Error::NotInPool));
    let second = pool.join(16_000, &config).unwrap();
    assert_ne!(first, second);
    assert!(pool.step().is_empty(), "what the first had waiting is gone");

    let elsewhere = Pool::new(model, 9);
    assert!(elsewhere.is_empty());
    assert!(matches!(pool.join(1000, &config), Err(Error::Rate { .. })), "a bad rate is told before a full pool");
    let bad = SegmentConfig { threshold: f32::NAN.into(), ..config };
    assert!(matches!(pool.join(16_000, &bad), Err(Error::Config { .. })));
}

#[test]
fn a_step_allocates_nothing() {
    let model = Arc::new(Model::embedded(16_000, Kernels::best()).unwrap());
    let mut pool = Pool::new(model, 40);
    let rates = [8000, 16_000, 44_100, 48_000];
    let config = SegmentConfig { threshold: 0.01, ..Default::default() };
    let ids: Vec<StreamId> = (0..40).map(|n| pool.join(rates[n % 4], &config).unwrap()).collect();
    let speech = common::speech_i16(16_000);
    let mut events = 0;
    let allocations = measure(|| {
        for packet in speech.chunks(441).take(400) {
            for &id in &ids {
                pool.push(id, packet).unwrap();
            }
            loop {
                let scored = pool.step();
                if scored.is_empty() {
                    break;
                }
                events += scored.iter().map(|frame| frame.events.clone().count()).sum::<usize>();
            }
        }
    });
    assert_eq!(allocations.count_total, 0);
    assert!(events > 0);
}
