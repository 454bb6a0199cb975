//! Live audio in packets, as a microphone gives them: `cargo run --example live < AUDIO.raw`
//!
//! Reads 16-bit mono samples at 16 kHz from stdin, 20 ms at a time. To try it with a microphone on Linux:
//! `arecord -q -f S16_LE -r 16000 -t raw | cargo run --release --example live`

use std::io::Read;

use voiced::{Event, Kind, SegmentConfig, Stream, Update};

const RATE: u32 = 16_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let silero = Kind::Silero.load(RATE)?;
    let mut stream = Stream::new(silero.detector(), RATE, &SegmentConfig::default())?;
    let mut bytes = [0; 640]; // 20 ms
    let mut input = std::io::stdin().lock();
    while input.read_exact(&mut bytes).is_ok() {
        let packet: Vec<i16> = bytes.as_chunks().0.iter().map(|&word| i16::from_le_bytes(word)).collect();
        let mut rest = packet.as_slice();
        while let Some(update) = stream.push(&mut rest) {
            report(update);
        }
    }
    while let Some(update) = stream.finish() {
        report(update);
    }
    Ok(())
}

fn report(update: Update) {
    let seconds = |at: u64| at as f64 / f64::from(RATE);
    for event in update.events {
        match event {
            Event::Start { at } => println!("speech from {:.3} s", seconds(at)),
            Event::End(segment) => {
                println!("speech from {:.3} to {:.3} s", seconds(segment.start), seconds(segment.end));
            }
            Event::Misfire { at } => println!("no speech at {:.3} s after all", seconds(at)),
            Event::Continue { .. } => {}
        }
    }
}
