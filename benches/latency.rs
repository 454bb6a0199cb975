//! How long a stream takes for a packet of 20 ms at worst: every packet of an hour, for every detector at 16 and 48 kHz.
//!
//! `cargo bench --bench latency` prints a table in Markdown, in microseconds. The hour is heard twice. What the system
//! interrupts comes at another packet each time, so "again" is the most that a packet took both times: what the detector
//! itself needs at worst.

#[path = "../tests/common/mod.rs"]
mod common;

use std::time::Instant;

use voiced::{Kind, Resampler, SegmentConfig, Stream};

const PACKETS: usize = 50 * 3600;

/// Half a minute of speech, of which each minute also has white noise for 15 s and digital silence for 15 s.
fn minute(rate: u32) -> Vec<i16> {
    let speech = common::speech(16_000);
    let mut samples = vec![0.0; 30 * rate as usize];
    let mut resampler = Resampler::new(16_000, rate).unwrap_or_else(|error| panic!("{error}"));
    let written = resampler.push(&mut &speech[..], &mut samples);
    resampler.finish(&mut samples[written..]);
    samples.extend(common::white_noise(15 * rate as usize));
    samples.resize(60 * rate as usize, 0.0);
    samples.iter().map(|x| (x * 32_768.0) as i16).collect()
}

/// Pushes the hour through a stream and writes the microseconds of each packet to `times`.
fn measure(kind: Kind, rate: u32, minute: &[i16], times: &mut Vec<f32>) {
    let loaded = kind.load(rate).unwrap_or_else(|error| panic!("{error}"));
    let mut stream =
        Stream::new(loaded.detector(), rate, &SegmentConfig::default()).unwrap_or_else(|error| panic!("{error}"));
    times.clear();
    for mut packet in minute.chunks(rate as usize / 50).cycle().take(PACKETS) {
        let start = Instant::now();
        while let Some(update) = stream.push(&mut packet) {
            std::hint::black_box(update);
        }
        times.push(start.elapsed().as_nanos() as f32 / 1000.0);
    }
}

fn main() {
    println!("| detector | rate | p50 | p99.9 | max | again |\n|---|---|---|---|---|---|");
    let (mut first, mut second) = (Vec::with_capacity(PACKETS), Vec::with_capacity(PACKETS));
    for rate in [16_000, 48_000] {
        let minute = minute(rate);
        for &kind in Kind::ALL {
            measure(kind, rate, &minute, &mut first);
            measure(kind, rate, &minute, &mut second);
            let again = first.iter().zip(&second).map(|(a, b)| a.min(*b)).fold(0.0, f32::max);
            first.sort_by(f32::total_cmp);
            let at = |share: f64| first[((PACKETS - 1) as f64 * share).round() as usize];
            let [median, most, max] = [0.5, 0.999, 1.0].map(at);
            println!("| {kind} | {} kHz | {median:.1} | {most:.1} | {max:.0} | {again:.1} |", rate / 1000);
        }
    }
}
