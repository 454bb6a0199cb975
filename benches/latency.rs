//! How long a stream takes for a packet of 20 ms at worst: every packet of an hour, for every detector at 16 and 48 kHz.
//!
//! `cargo bench --bench latency` prints a table in Markdown, in microseconds. The hour is heard twice. What the system
//! interrupts comes at another packet each time, so "again" is the most that a packet took both times: what the detector
//! itself needs at worst.

#[path = "../tests/common/mod.rs"]
mod common;

use std::time::Instant;

use common::detectors::{ALL, Entry};
use voiced::dsp::resample::Resampler;
use voiced::{SegmentConfig, Stream};

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
fn measure((_, make): Entry, rate: u32, minute: &[i16], times: &mut Vec<f32>) {
    let mut stream =
        Stream::new(make(rate), rate, &SegmentConfig::default()).unwrap_or_else(|error| panic!("{error}"));
    times.clear();
    for packet in minute.chunks(rate as usize / 50).cycle().take(PACKETS) {
        let start = Instant::now();
        std::hint::black_box(stream.push(packet).count());
        times.push(start.elapsed().as_nanos() as f32 / 1000.0);
    }
}

fn main() {
    println!("| detector | rate | p50 | p99.9 | max | again |\n|---|---|---|---|---|---|");
    let (mut first, mut second) = (Vec::with_capacity(PACKETS), Vec::with_capacity(PACKETS));
    for rate in [16_000, 48_000] {
        let minute = minute(rate);
        for entry in ALL {
            measure(entry, rate, &minute, &mut first);
            measure(entry, rate, &minute, &mut second);
            let again = first.iter().zip(&second).map(|(a, b)| a.min(*b)).fold(0.0, f32::max);
            first.sort_by(f32::total_cmp);
            let at = |share: f64| first[((PACKETS - 1) as f64 * share).round() as usize];
            let [median, most, max] = [0.5, 0.999, 1.0].map(at);
            println!("| {} | {} kHz | {median:.1} | {most:.1} | {max:.0} | {again:.1} |", entry.0, rate / 1000);
        }
    }
}
