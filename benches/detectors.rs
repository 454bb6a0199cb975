//! How long each detector takes for a frame: 10 ms, of Silero 32 ms.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use voiced::detector::classic::combined::{Combined, CombinedConfig};
use voiced::detector::classic::energy::{Energy, EnergyConfig};
use voiced::detector::classic::entropy::{Entropy, EntropyConfig};
use voiced::detector::classic::flatness::{Flatness, FlatnessConfig};
use voiced::detector::classic::ltsd::{Ltsd, LtsdConfig};
use voiced::detector::classic::sohn::{Sohn, SohnConfig};
use voiced::detector::classic::zcr::{Zcr, ZcrConfig};
use voiced::{Detector, Silero, WebRtc, WebRtcConfig};

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
        let detectors: [(&str, Box<dyn Detector>); 9] = [
            ("energy", Box::new(Energy::new(rate, EnergyConfig::default()).unwrap())),
            ("zcr", Box::new(Zcr::new(rate, ZcrConfig::default()).unwrap())),
            ("entropy", Box::new(Entropy::new(rate, EntropyConfig::default()).unwrap())),
            ("flatness", Box::new(Flatness::new(rate, FlatnessConfig::default()).unwrap())),
            ("ltsd", Box::new(Ltsd::new(rate, LtsdConfig::default()).unwrap())),
            ("sohn", Box::new(Sohn::new(rate, SohnConfig::default()).unwrap())),
            ("combined", Box::new(Combined::new(rate, CombinedConfig::default()).unwrap())),
            ("webrtc", Box::new(WebRtc::new(rate, &WebRtcConfig { mode: 0, frame_ms: 10 }).unwrap())),
            ("silero", Box::new(Silero::for_rate(rate).unwrap())),
        ];
        for (name, mut detector) in detectors {
            let spec = detector.spec();
            let starts = (0..samples.len() - spec.frame).step_by(spec.hop).collect::<Vec<_>>();
            let mut next = starts.iter().cycle();
            group.bench_function(name, |b| {
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
