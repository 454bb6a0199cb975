//! How long each detector takes for a frame, which brings 10 ms that are new, of Silero 32 and of `gru` 16 ms.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use voiced::{Detector, Kind};

/// Two seconds of a buzz that comes and goes in noise: cheap paths for silence are not taken.
fn recording(rate: u32) -> Vec<f32> {
    let mut state = 1_u32;
    (0..2 * rate)
        .map(|n| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = state as i32 as f32 / 2_147_483_648.0 * 0.01;
            let voiced = n / (rate / 4) % 2 == 1 && n % (rate / 120) < 8;
            noise + if voiced { 0.3 } else { 0.0 }
        })
        .collect()
}

fn frames(c: &mut Criterion) {
    for rate in [16_000, 8000] {
        let samples = recording(rate);
        let mut group = c.benchmark_group(format!("a frame at {} kHz", rate / 1000));
        group.throughput(Throughput::Elements(1));
        for &kind in Kind::ALL.iter().filter(|kind| kind.info().rates.contains(&rate)) {
            let mut detector = kind.load(rate).unwrap_or_else(|error| panic!("{error}")).detector();
            let spec = detector.spec();
            let starts = (0..samples.len() - spec.frame).step_by(spec.hop).collect::<Vec<_>>();
            let mut next = starts.iter().cycle();
            group.bench_function(kind.info().name, |b| {
                b.iter(|| {
                    let start = next.next().copied().unwrap_or(0);
                    detector.score(black_box(&samples[start..start + spec.frame]))
                });
            });
        }
    }
}

criterion_group!(benches, frames);
criterion_main!(benches);
