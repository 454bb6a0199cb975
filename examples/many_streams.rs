//! Many streams that share one model: `cargo run --release --example many_streams`
//!
//! The weights are there once, whatever the number of calls; each stream adds its own small state. Streams may live on
//! different threads.

use std::sync::Arc;
use std::thread;

use voiced::silero::Model;
use voiced::{Event, Kernels, SegmentConfig, Silero, Stream};

const RATE: u32 = 8000; // telephone calls
const CALLS: usize = 100;

fn main() -> Result<(), voiced::Error> {
    let model = Arc::new(Model::embedded(RATE, Kernels::best())?);
    let config = SegmentConfig { min_silence_ms: 300, ..Default::default() };
    let mut calls = Vec::new();
    for _ in 0..CALLS {
        calls.push(Stream::new(Silero::new(model.clone()), RATE, &config)?);
    }

    // Each of two threads serves half of the calls, a packet of 20 ms each in turn.
    let (some, others) = calls.split_at_mut(CALLS / 2);
    let starts: usize = thread::scope(|scope| {
        [some, others]
            .map(|calls| scope.spawn(|| serve(calls)))
            .into_iter()
            .filter_map(|thread| thread.join().ok())
            .sum()
    });
    println!("{CALLS} calls of one second each, speech began {starts} times");
    Ok(())
}

/// Pushes a second of audio into every call; returns how often speech began.
fn serve(calls: &mut [Stream<Silero>]) -> usize {
    let packet = [0_i16; RATE as usize / 50]; // silence stands in for the network's packets
    let mut starts = 0;
    for _ in 0..50 {
        for call in &mut *calls {
            starts += call.push(&packet).filter(|event| matches!(event, Event::Start { .. })).count();
        }
    }
    starts
}
