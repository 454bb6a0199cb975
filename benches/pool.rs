//! How long a pool takes for a frame of each of its streams, and a stream alone for one.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use voiced::{Detector, Kernels, Kind, Loaded, Pool, SegmentConfig, StreamId, Update};

/// A buzz that comes and goes in noise.
fn recording(frames: usize, frame: usize) -> Vec<f32> {
    let mut state = 1_u32;
    (0..frames * frame)
        .map(|n| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = state as i32 as f32 / 2_147_483_648.0 * 0.01;
            noise + if n / 4000 % 2 == 1 && n % 133 < 8 { 0.3 } else { 0.0 }
        })
        .collect()
}

fn frames(c: &mut Criterion) {
    for rate in [16_000, 8000] {
        for kernels in Kernels::available().filter(|&set| set != Kernels::Scalar) {
            let silero = Kind::Silero.load_with(rate, kernels).unwrap_or_else(|error| panic!("{error}"));
            let frame = silero.spec().frame;
            let samples = recording(64, frame);
            let mut group = c.benchmark_group(format!("{kernels} at {} kHz", rate / 1000));
            group.throughput(Throughput::Elements(1));
            let mut alone = silero.detector();
            let mut next = samples.chunks(frame).cycle();
            group.bench_function("a stream alone", |b| {
                b.iter(|| alone.score(black_box(next.next().unwrap_or_default())));
            });
            for streams in [1, 8, 16, 32, 64] {
                let (mut pool, ids) = pool(&silero, streams, streams);
                let mut updates = Vec::with_capacity(streams);
                group.throughput(Throughput::Elements(streams as u64));
                group.bench_function(format!("a pool of {streams}"), |b| {
                    b.iter(|| step(&mut pool, &ids, &samples, frame, &mut updates));
                });
            }
        }
    }
}

/// The same streams in a pool that is full and in one with room for many more, which should make no difference.
fn room(c: &mut Criterion) {
    const STREAMS: usize = 256;
    let silero = Kind::Silero.load(16_000).unwrap_or_else(|error| panic!("{error}"));
    let frame = silero.spec().frame;
    let samples = recording(STREAMS, frame);
    let mut group = c.benchmark_group(format!("{STREAMS} streams"));
    group.throughput(Throughput::Elements(STREAMS as u64));
    for room in [STREAMS, 20_000] {
        let (mut pool, ids) = pool(&silero, room, STREAMS);
        let mut updates = Vec::with_capacity(STREAMS);
        group.bench_function(format!("with room for {room}"), |b| {
            b.iter(|| step(&mut pool, &ids, &samples, frame, &mut updates));
        });
    }
}

/// A pool with room for so many streams, and those that are in it.
fn pool(loaded: &Loaded, room: usize, streams: usize) -> (Pool, Vec<StreamId>) {
    let rate = loaded.spec().rate;
    let mut pool = loaded.pool(room);
    let join = |_| pool.join(rate, &SegmentConfig::default()).unwrap_or_else(|error| panic!("{error}"));
    let ids = (0..streams).map(join).collect();
    (pool, ids)
}

/// Gives each stream its next frame, and steps.
fn step(pool: &mut Pool, ids: &[StreamId], samples: &[f32], frame: usize, updates: &mut Vec<(StreamId, Update)>) {
    for (&id, frame) in ids.iter().zip(samples.chunks(frame)) {
        pool.push(id, black_box(frame)).unwrap_or_else(|error| panic!("{error}"));
    }
    black_box(pool.step(updates));
}

criterion_group!(benches, frames, room);
criterion_main!(benches);
