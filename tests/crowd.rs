//! Many streams at once, in two threads, that join, pause and leave at random: each gets what it would get alone.
//!
//! `cargo test` has 60 streams at a time. A thousand: `cargo test --release --test crowd -- --ignored`
#![cfg(feature = "embedded")]

mod common;

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::thread;

use common::detectors::{ALL, Probe};
use voiced::detector::native_rate;
use voiced::silero::Model;
use voiced::{Detector, Event, FrameSpec, Kernels, Pool, SegmentConfig, Silero, Stream, StreamId};

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

/// A detector that keeps its scores.
struct Recorded {
    detector: Box<dyn Probe>,
    scores: Rc<RefCell<Vec<f32>>>,
}

impl Detector for Recorded {
    fn spec(&self) -> FrameSpec {
        self.detector.spec()
    }

    fn score(&mut self, frame: &[f32]) -> f32 {
        let score = self.detector.score(frame);
        self.scores.borrow_mut().push(score);
        score
    }

    fn reset(&mut self) {
        self.detector.reset();
    }
}

/// The networks that all streams of all threads share, for 8 and 16 kHz.
struct Models([Arc<Model>; 2]);

impl Models {
    fn load() -> Self {
        Self([8000, 16_000].map(|rate| Arc::new(Model::embedded(rate, Kernels::best()).unwrap())))
    }

    fn at(&self, rate: u32) -> Arc<Model> {
        self.0[usize::from(rate > 8000)].clone()
    }
}

/// What one stream is.
#[derive(Clone, Copy)]
struct Call {
    rate: u32,
    /// One of [`ALL`]; those with the network share it.
    detector: usize,
    /// Where in the recording it begins; it goes round from the end to the beginning.
    from: usize,
    heard: usize, // samples
}

impl Call {
    fn random(dice: &mut Dice, recording: &[i16]) -> Self {
        let rate = RATES[dice.below(RATES.len())];
        Self { rate, detector: dice.below(ALL.len()), from: dice.below(recording.len()), heard: 0 }
    }

    /// The next packet, of up to 60 ms.
    fn next(&mut self, dice: &mut Dice, recording: &[i16]) -> Vec<i16> {
        let length = 1 + dice.below(self.rate as usize * 3 / 50);
        let from = self.from + self.heard;
        self.heard += length;
        (from..from + length).map(|n| recording[n % recording.len()]).collect()
    }

    fn stream(self, network: Option<Arc<Model>>) -> (Stream<Recorded>, Rc<RefCell<Vec<f32>>>) {
        let scores = Rc::new(RefCell::new(Vec::new()));
        let detector = match network {
            Some(network) => Box::new(Silero::new(network)),
            None => ALL[self.detector].1(self.rate),
        };
        let recorded = Recorded { detector, scores: scores.clone() };
        (Stream::new(recorded, self.rate, &config()).unwrap(), scores)
    }

    /// The scores and events of the same audio in one packet through a stream of its own.
    fn alone(self, network: Option<Arc<Model>>, recording: &[i16]) -> (Vec<f32>, Vec<Event>) {
        let samples: Vec<i16> = (self.from..self.from + self.heard).map(|n| recording[n % recording.len()]).collect();
        let (mut stream, scores) = self.stream(network);
        let mut events: Vec<Event> = stream.push(&samples).collect();
        events.extend(stream.finish());
        (scores.take(), events)
    }
}

fn config() -> SegmentConfig {
    SegmentConfig { threshold: 0.3, min_speech_ms: 100, max_speech_s: 3.0, ..Default::default() }
}

/// A stream on its own beside the others.
struct Single {
    call: Call,
    network: Option<Arc<Model>>,
    stream: Stream<Recorded>,
    scores: Rc<RefCell<Vec<f32>>>,
    events: Vec<Event>,
}

impl Single {
    fn new(call: Call, models: &Models) -> Self {
        let network = (ALL[call.detector].0 == "silero").then(|| models.at(native_rate(call.rate)));
        let (stream, scores) = call.stream(network.clone());
        Self { call, network, stream, scores, events: Vec::new() }
    }

    fn end(mut self, recording: &[i16]) {
        self.events.extend(self.stream.finish());
        let (scores, events) = self.call.alone(self.network, recording);
        let name = ALL[self.call.detector].0;
        assert!(self.scores.take() == scores, "scores of {name}");
        assert_eq!(self.events, events, "{name}");
    }
}

/// A stream in a pool.
struct Pooled {
    id: StreamId,
    call: Call,
    scores: Vec<f32>,
    events: Vec<Event>,
}

impl Pooled {
    /// Its last frames are scored by [`Pool::leave`], which tells their events only.
    fn end(mut self, last: Vec<Event>, model: &Arc<Model>, recording: &[i16]) {
        self.events.extend(last);
        let (scores, events) = self.call.alone(Some(model.clone()), recording);
        assert!(self.scores.len() <= scores.len());
        for (pooled, alone) in self.scores.iter().zip(&scores) {
            assert!((pooled - alone).abs() <= TOLERANCE, "{pooled} in the pool, {alone} alone");
        }
        assert_eq!(self.events, events);
    }
}

/// Serves up to `streams` streams, half of them in a pool, for some rounds; returns how many came and went.
fn serve(seed: u64, streams: usize, rounds: usize, models: &Models, recording: &[i16]) -> usize {
    let mut dice = Dice(seed);
    let model = models.at(16_000);
    let mut pool = Pool::new(model.clone(), streams / 2);
    let mut pooled: Vec<Pooled> = Vec::new();
    let mut singles: Vec<Single> = Vec::new();
    let mut ended = 0;
    for round in 0..rounds {
        let last = round + 1 == rounds;
        while singles.len() < streams / 2 && dice.below(8) > 0 {
            singles.push(Single::new(Call::random(&mut dice, recording), models));
        }
        while pool.len() < streams / 2 && dice.below(8) > 0 {
            let call = Call::random(&mut dice, recording);
            let id = pool.join(call.rate, &config()).unwrap();
            pooled.push(Pooled { id, call, scores: Vec::new(), events: Vec::new() });
        }

        // Who is passed over has a pause.
        for single in &mut singles {
            if dice.below(3) > 0 {
                let packet = single.call.next(&mut dice, recording);
                single.events.extend(single.stream.push(&packet));
            }
        }
        for member in &mut pooled {
            if dice.below(3) > 0 {
                pool.push(member.id, &member.call.next(&mut dice, recording)).unwrap();
            }
        }
        while dice.below(8) > 0 {
            for scored in pool.step() {
                let member = pooled.iter_mut().find(|member| member.id == scored.stream).unwrap();
                member.scores.push(scored.score);
                member.events.extend(scored.events.clone());
            }
        }

        for at in (0..singles.len()).rev() {
            if last || dice.below(200) == 0 {
                singles.swap_remove(at).end(recording);
                ended += 1;
            }
        }
        for at in (0..pooled.len()).rev() {
            if last || dice.below(200) == 0 {
                let left = pool.leave(pooled[at].id).unwrap();
                pooled.swap_remove(at).end(left, &model, recording);
                ended += 1;
            }
        }
        assert_eq!(pool.len(), pooled.len());
    }
    ended
}

/// Serves `streams` streams at a time in two threads that share the networks.
fn crowd(streams: usize, rounds: usize) {
    let (models, recording) = (Models::load(), common::speech_i16(16_000));
    let ended: usize = thread::scope(|scope| {
        let serve = |seed| {
            let (models, recording) = (&models, &recording);
            scope.spawn(move || serve(seed, streams / 2, rounds, models, recording))
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
