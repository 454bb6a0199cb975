//! How long a pool takes for a frame of each of its streams, and a stream alone for one.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use voiced::silero::Model;
use voiced::{Detector, Kernels, Pool, SegmentConfig, Silero, StreamId};

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
            let model = Arc::new(Model::embedded(rate, kernels).unwrap_or_else(|error| panic!("{error}")));
            let frame = model.spec().frame;
            let samples = recording(64, frame);
            let mut group = c.benchmark_group(format!("{kernels} at {} kHz", rate / 1000));
            group.throughput(Throughput::Elements(1));
            let mut alone = Silero::new(model.clone());
            let mut next = samples.chunks(frame).cycle();
            group.bench_function("a stream alone", |b| {
                b.iter(|| alone.score(black_box(next.next().unwrap_or_default())));
            });
            for streams in [1, 8, 16, 32, 64] {
                let mut pool = Pool::new(model.clone(), streams);
                let join = |_| pool.join(rate, &SegmentConfig::default()).unwrap_or_else(|error| panic!("{error}"));
                let ids: Vec<StreamId> = (0..streams).map(join).collect();
                group.throughput(Throughput::Elements(streams as u64));
                group.bench_function(format!("a pool of {streams}"), |b| {
                    b.iter(|| {
                        for (&id, frame) in ids.iter().zip(samples.chunks(frame)) {
                            pool.push(id, black_box(frame)).unwrap_or_else(|error| panic!("{error}"));
                        }
                        black_box(pool.step().len())
                    });
                });
            }
        }
    }
}

criterion_group!(benches, frames);
criterion_main!(benches);
