//! A pool's streams against the same streams alone, and in a pool of their own.
#![cfg(feature = "embedded")]

mod common;

use allocation_counter::measure;
use common::{finish, finish_in, push, scores, settings, speech, speech_i16};
use voiced::silero::{Model, Silero};
use voiced::{
    AnyDetector, Detector, Error, Event, Kernels, Kind, Loaded, Pool, SegmentConfig, Stream, StreamId, Update,
};

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

fn silero(rate: u32, kernels: Kernels) -> Loaded {
    Kind::Silero.load_with(rate, kernels).unwrap()
}

/// Settings under which a start looks back no further than is kept.
fn eager() -> SegmentConfig {
    settings(|config| (config.threshold, config.min_speech_ms) = (0.3, 100.0))
}

/// All that a pool has to tell.
fn step_all<S: voiced::audio::Sample>(pool: &mut Pool<S>) -> Vec<(StreamId, Update)> {
    let (mut all, mut updates) = (Vec::new(), Vec::new());
    while pool.step(&mut updates) > 0 {
        all.append(&mut updates);
    }
    all
}

/// The same updates but for scores, which are within the tolerance.
fn assert_alike(pooled: &[Update], alone: &[Update], what: &str) {
    assert_eq!(pooled.len(), alone.len(), "{what}");
    for (pooled, alone) in pooled.iter().zip(alone) {
        let difference = pooled.score.unwrap_or(0.0) - alone.score.unwrap_or(0.0);
        assert!(difference.abs() <= TOLERANCE, "{what}: {pooled:?} and {alone:?}");
        let mut same = *pooled;
        same.score = alone.score;
        assert_eq!(same, *alone, "{what}");
    }
}

/// A stream in the pool, in a pool of its own, and alone.
struct Trio {
    id: StreamId,
    at: usize, // in the recording
    heard: Vec<i16>,
    pooled: Vec<Update>,
    own: Pool<i16>,
    own_id: StreamId,
    in_own: Vec<Update>,
    alone: Stream<AnyDetector, i16>,
    by_alone: Vec<Update>,
}

impl Trio {
    fn join(pool: &mut Pool<i16>, loaded: &Loaded, rate: u32, at: usize) -> Self {
        let mut own = loaded.pool(1).with_audio(20.0).with_waiting(5000.0);
        Self {
            id: pool.join(rate, &eager()).unwrap(),
            own_id: own.join(rate, &eager()).unwrap(),
            own,
            at,
            heard: Vec::new(),
            pooled: Vec::new(),
            in_own: Vec::new(),
            alone: Stream::new(loaded.detector(), rate, &eager()).unwrap(),
            by_alone: Vec::new(),
        }
    }

    fn push(&mut self, pool: &mut Pool<i16>, packet: &[i16]) {
        pool.push(self.id, packet).unwrap();
        self.heard.extend(packet);
        self.own.push(self.own_id, packet).unwrap();
        self.in_own.extend(step_all(&mut self.own).into_iter().map(|(_, update)| update));
        self.by_alone.extend(push(&mut self.alone, packet));
    }

    fn note(&mut self, pool: &Pool<i16>, update: Update) {
        for event in update.events {
            if let Event::Start { at } = event {
                let range = at.saturating_sub(160)..update.end;
                let recorded = &self.heard[range.start as usize..range.end as usize];
                assert_eq!(pool.audio(self.id, range), Some(recorded));
            }
        }
        self.pooled.push(update);
    }

    /// Compares what was scored so far: the pool may have some frames still to score.
    fn check(&self) {
        assert_eq!(self.pooled, self.in_own[..self.pooled.len()], "{:?}", self.id);
        assert_alike(&self.pooled, &self.by_alone[..self.pooled.len()], "so far");
    }

    fn end(&mut self, pool: &mut Pool<i16>) {
        while let Some(update) = pool.finish(self.id).unwrap() {
            self.note(pool, update);
        }
        self.in_own.extend(finish_in(&mut self.own, self.own_id));
        self.by_alone.extend(finish(&mut self.alone));
        assert_eq!(self.pooled, self.in_own, "{:?}", self.id);
        assert_alike(&self.pooled, &self.by_alone, "to the end");
        self.heard.clear();
        for updates in [&mut self.pooled, &mut self.in_own, &mut self.by_alone] {
            updates.clear();
        }
    }
}

/// Streams that join, pause, end and leave at random.
fn run(loaded: &Loaded, streams: usize, rounds: usize) {
    let speech = speech_i16(16_000);
    let mut pool: Pool<i16> = loaded.pool(streams).with_audio(20.0).with_waiting(5000.0);
    let mut dice = Dice(u64::from(loaded.spec().rate));
    let mut trios: Vec<Trio> = Vec::new();
    let mut updates = Vec::new();
    let mut ends = 0;
    for _ in 0..rounds {
        while trios.len() < streams && dice.below(3) > 0 {
            let rate = [8000, 16_000, 44_100, 48_000][dice.below(4)];
            trios.push(Trio::join(&mut pool, loaded, rate, dice.below(speech.len())));
        }
        for trio in &mut trios {
            let length = [0, 1, 160, 441, 960, 5000][dice.below(6)]; // none: the stream pauses
            let end = (trio.at + length).min(speech.len());
            trio.push(&mut pool, &speech[trio.at..end]);
            trio.at = if end == speech.len() { 0 } else { end };
        }
        if dice.below(4) > 0 {
            while pool.step(&mut updates) > 0 {
                for &(stream, update) in &updates {
                    trios.iter_mut().find(|trio| trio.id == stream).unwrap().note(&pool, update);
                }
            }
        }
        trios.iter().for_each(Trio::check);
        if !trios.is_empty() && dice.below(5) == 0 {
            let chosen = dice.below(trios.len());
            trios[chosen].end(&mut pool);
            ends += 1;
            if dice.below(2) == 0 {
                pool.leave(trios[chosen].id).unwrap();
                trios.swap_remove(chosen);
            }
        }
        assert_eq!(pool.len(), trios.len());
    }
    assert!(ends > 0);
    for trio in &mut trios {
        trio.end(&mut pool);
        pool.leave(trio.id).unwrap();
    }
    assert!(pool.is_empty());
}

#[test]
fn each_stream_gets_what_it_would_get_alone() {
    for kernels in Kernels::available().filter(|&kernels| kernels != Kernels::Scalar) {
        run(&silero(16_000, kernels), 7, 60);
        run(&silero(8000, kernels), 3, 60);
    }
    run(&silero(16_000, Kernels::Scalar), 3, 30);
    run(&silero(16_000, Kernels::best()), 70, 30); // more than go through the network together
}

#[test]
fn every_detector_has_pools() {
    for kind in Kind::ALL {
        run(&kind.load(16_000).unwrap(), 5, 40);
    }
}

#[test]
fn scores_are_the_official_ones() {
    let golden = common::Golden::read("scores.safetensors");
    for rate in [16_000, 8000] {
        let official = golden.values(&format!("speech_{}k", rate / 1000));
        let samples = speech(rate);
        for kernels in Kernels::available().filter(|&kernels| kernels != Kernels::Scalar) {
            let mut pool = silero(rate, kernels).pool(1);
            let id = pool.join(rate, &SegmentConfig::default()).unwrap();
            let mut updates = Vec::new();
            for packet in samples.chunks(1000) {
                pool.push(id, packet).unwrap();
                updates.extend(step_all(&mut pool).into_iter().map(|(_, update)| update));
            }
            updates.extend(finish_in(&mut pool, id));
            let scores = scores(&updates);
            assert_eq!(scores.len(), official.len());
            for (score, official) in scores.iter().zip(&official) {
                assert!((score - official).abs() <= TOLERANCE, "{kernels}: {score} and {official}");
            }
        }
    }
}

#[test]
fn a_stream_that_left_is_refused_and_a_place_used_again_is_anothers() {
    let loaded = silero(16_000, Kernels::best());
    let mut pool: Pool = loaded.pool(1);
    let config = SegmentConfig::default();
    let first = pool.join(16_000, &config).unwrap();
    assert!(matches!(pool.join(16_000, &config), Err(Error::PoolFull { streams: 1, .. })));
    pool.push(first, &[0.0; 700]).unwrap();
    pool.leave(first).unwrap();
    let second = pool.join(16_000, &config).unwrap();
    assert_ne!(first, second);
    assert_eq!(pool.push(first, &[0.0; 700]), Err(Error::NotInPool));
    assert_eq!(pool.finish(first), Err(Error::NotInPool));
    assert_eq!(pool.leave(first), Err(Error::NotInPool));
    assert_eq!(pool.set_config(first, &config), Err(Error::NotInPool));
    assert_eq!(pool.audio(first, 0..0), None);
    assert_eq!(step_all(&mut pool), [], "what the first had waiting is gone");

    assert!(matches!(pool.join(1000, &config), Err(Error::Rate { .. })), "a bad rate is told before a full pool");
    let bad = settings(|config| config.threshold = f64::NAN);
    assert!(matches!(pool.join(16_000, &bad), Err(Error::Config { .. })));
    let unbounded = settings(|config| config.speech_pad_ms = 500.0);
    let mut keeps: Pool = loaded.pool(1).with_audio(0.0);
    assert!(matches!(keeps.join(16_000, &unbounded), Err(Error::Config { field: "speech_pad_ms", .. })));
    assert!(keeps.is_empty());
}

#[test]
fn another_pools_id_is_refused() {
    let loaded = silero(16_000, Kernels::best());
    let [mut here, mut there]: [Pool; 2] = [(); 2].map(|()| loaded.pool(3));
    let config = SegmentConfig::default();
    let ours = here.join(16_000, &config).unwrap();
    let theirs = there.join(16_000, &config).unwrap();
    assert_ne!(ours, theirs);
    assert_eq!(here.push(theirs, &[0.5; 600]), Err(Error::NotInPool));
    assert_eq!(there.leave(ours), Err(Error::NotInPool));
    assert_eq!((here.len(), there.len()), (1, 1));
    drop(here);
    let mut again: Pool = loaded.pool(3);
    again.join(16_000, &config).unwrap();
    assert_eq!(again.push(ours, &[0.5; 600]), Err(Error::NotInPool), "a pool that is gone");
}

#[test]
fn a_packet_beyond_what_may_wait_is_refused_whole() {
    let loaded = silero(16_000, Kernels::best());
    let mut pool = loaded.pool(1).with_waiting(100.0);
    let id = pool.join(16_000, &SegmentConfig::default()).unwrap();
    let samples = speech_i16(16_000);
    let refused = pool.push(id, &samples[..1601]);
    assert!(matches!(refused, Err(Error::Behind { waiting: 0, given: 1601, most: 1600, .. })), "{refused:?}");
    pool.push(id, &samples[..1600]).unwrap(); // a frame of 512, and 1,088 that wait
    let refused = pool.push(id, &samples[1600..2113]);
    assert!(matches!(refused, Err(Error::Behind { waiting: 1088, given: 513, most: 1600, .. })), "{refused:?}");
    let mut updates = step_all(&mut pool);
    assert_eq!(updates.len(), 3);
    pool.push(id, &samples[1600..3200]).unwrap();
    updates.extend(step_all(&mut pool));
    let mut alone: Stream<_, i16> = Stream::new(loaded.detector(), 16_000, &SegmentConfig::default()).unwrap();
    let expected = push(&mut alone, &samples[..3200]);
    let found: Vec<Update> = updates.into_iter().map(|(_, update)| update).collect();
    assert_alike(&found, &expected, "nothing of what was refused was taken");
}

#[test]
fn leaving_with_frames_that_wait_disturbs_nobody() {
    let loaded = silero(16_000, Kernels::best());
    let samples = speech_i16(16_000);
    let mut pool = loaded.pool(4);
    let ids = [(); 4].map(|()| pool.join(16_000, &eager()).unwrap());
    for &id in &ids {
        pool.push(id, &samples[..1100]).unwrap();
    }
    assert!(pool.finish(ids[1]).unwrap().is_some(), "begun, and not brought to an end");
    pool.leave(ids[1]).unwrap();
    pool.leave(ids[0]).unwrap();
    let new = pool.join(16_000, &eager()).unwrap();
    pool.push(new, &samples[..600]).unwrap();
    let told = step_all(&mut pool);
    let count = |id| told.iter().filter(|(stream, _)| *stream == id).count();
    assert_eq!((count(ids[2]), count(ids[3]), count(new), told.len()), (2, 2, 1, 5));
}

#[test]
fn a_packet_after_the_end_has_begun_is_the_next_recordings() {
    let mut pool = Kind::Energy.load(16_000).unwrap().pool(1);
    let samples = speech_i16(16_000);
    let id = pool.join(16_000, &eager()).unwrap();
    let mut updates = Vec::new();
    for steps in [0, 1, 100] {
        // Frames that wait go too, where the end has begun.
        pool.push(id, &samples[..3000]).unwrap();
        for _ in 0..steps {
            pool.step(&mut updates);
        }
        assert!(pool.finish(id).unwrap().is_some());
        pool.push(id, &samples[1000..4000]).unwrap();
        let told = step_all(&mut pool);
        let mut alone = Stream::new(Kind::Energy.load(16_000).unwrap().detector(), 16_000, &eager()).unwrap();
        let expected = push(&mut alone, &samples[1000..4000]);
        assert_eq!(told.into_iter().map(|(_, update)| update).collect::<Vec<_>>(), expected, "after {steps} steps");
        assert!(pool.finish(id).unwrap().is_some());
    }
    assert!(!finish_in(&mut pool, id).is_empty());
    assert_eq!(pool.finish(id), Ok(None), "as new");
}

#[test]
fn settings_change_for_one_stream_alone() {
    let loaded = Kind::Energy.load(16_000).unwrap();
    let samples = &speech_i16(16_000)[..400_000];
    let strict = settings(|config| config.threshold = 1.0);
    let mut pool: Pool<i16> = loaded.pool(2);
    let config = settings(|config| config.min_silence_ms = 50.0);
    let [one, other] = [(); 2].map(|()| pool.join(16_000, &config).unwrap());
    let mut starts = [0; 2];
    for (n, packet) in samples.chunks(1600).enumerate() {
        if n == 100 {
            pool.set_config(one, &strict).unwrap();
        }
        for id in [one, other] {
            pool.push(id, packet).unwrap();
        }
        for (stream, update) in step_all(&mut pool) {
            let count = update.events.iter().filter(|event| n > 110 && matches!(event, Event::Start { .. })).count();
            starts[usize::from(stream == other)] += count;
        }
    }
    assert!(starts[0] == 0 && starts[1] > 0, "{starts:?}");
}

#[test]
fn a_step_allocates_nothing() {
    let loaded = silero(16_000, Kernels::best());
    let mut pool = loaded.pool(40).with_audio(100.0);
    let rates = [8000, 16_000, 44_100, 48_000];
    let config = settings(|config| config.threshold = 0.01);
    let ids: Vec<StreamId> = (0..40).map(|n| pool.join(rates[n % 4], &config).unwrap()).collect();
    let speech = speech_i16(16_000);
    let mut updates = Vec::with_capacity(40);
    let (mut events, mut kept) = (0, 0);
    let allocations = measure(|| {
        for packet in speech.chunks(441).take(400) {
            for &id in &ids {
                pool.push(id, packet).unwrap();
            }
            while pool.step(&mut updates) > 0 {
                for &(stream, update) in &updates {
                    events += update.events.len();
                    kept += usize::from(pool.audio(stream, update.start..update.end).is_some());
                }
            }
        }
        for &id in &ids {
            pool.set_config(id, &config).unwrap();
            while let Some(update) = pool.finish(id).unwrap() {
                events += update.events.len();
            }
        }
    });
    assert_eq!(allocations.count_total, 0);
    assert!(events > 0 && kept > 1000);
}

#[test]
fn clones_of_what_is_loaded_share_it() {
    let load = || silero(16_000, Kernels::best());
    let mut made = Vec::with_capacity(100);
    let once = measure(|| made.push(load().detector())).bytes_current;
    let loaded = load();
    let hundred = measure(|| made.extend((1..100).map(|_| loaded.clone().detector()))).bytes_current;
    assert!(hundred < 100 * once / 30, "{hundred} bytes for 99, {once} for the first");
    let model = Model::embedded(16_000).unwrap();
    let [mut one, mut other] = [model.clone(), model].map(|model| Silero::new(&model));
    assert_eq!(one.score(&[0.1; 512]).to_bits(), other.score(&[0.1; 512]).to_bits());
}
