//! Many calls through one network, all hearing the same recording, each from another second on:
//! `cargo run --release --features wav --example many_streams tests/data/speech_8k.wav`
//!
//! The weights are there once, whatever the number of calls; each stream adds its own small state. A pool steps its streams
//! together, which takes less time than one by one; here each of two threads has a pool.

use std::fs::File;
use std::sync::Arc;
use std::thread;

use voiced::audio::channels::mix_down;
use voiced::audio::wav::Reader;
use voiced::silero::Model;
use voiced::{Error, Event, Kernels, Pool, SegmentConfig};

const CALLS: usize = 100;
const THREADS: usize = 2;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Some(path) = std::env::args().nth(1) else {
        eprintln!("usage: many_streams FILE.wav, for example tests/data/speech_8k.wav");
        std::process::exit(2);
    };
    let mut wav = Reader::new(File::open(path)?)?;
    let (rate, channels) = (wav.rate(), wav.channels());
    let mut samples = Vec::new();
    let mut block = vec![0.0; 4096 * channels];
    loop {
        let count = wav.read(&mut block)?;
        if count == 0 {
            break;
        }
        mix_down(&block[..count], channels, &mut samples);
    }

    let model = Arc::new(Model::embedded(8000, Kernels::best())?);
    let segments = thread::scope(|scope| {
        let serve = |_| scope.spawn(|| serve(model.clone(), CALLS / THREADS, &samples, rate));
        let threads: Vec<_> = (0..THREADS).map(serve).collect();
        threads.into_iter().filter_map(|thread| thread.join().ok()).sum::<Result<usize, Error>>()
    })?;
    println!("{CALLS} calls: {segments} segments of speech");
    Ok(())
}

/// Serves calls, with a packet of 20 ms for each in turn; returns how many segments of speech they had.
fn serve(model: Arc<Model>, calls: usize, samples: &[f32], rate: u32) -> Result<usize, Error> {
    let config = SegmentConfig { min_silence_ms: 300, ..Default::default() };
    let mut pool = Pool::new(model, calls);
    let calls = (0..calls).map(|_| pool.join(rate, &config)).collect::<Result<Vec<_>, _>>()?;
    let second = rate as usize;
    let mut segments = 0;
    let mut count = |event: Event| segments += usize::from(matches!(event, Event::End(_)));
    for start in (0..samples.len()).step_by(second / 50) {
        for (call, &id) in calls.iter().enumerate() {
            let from = (start + call * second) % samples.len();
            pool.push(id, &samples[from..samples.len().min(from + second / 50)])?;
        }
        for scored in pool.step() {
            scored.events.clone().for_each(&mut count);
        }
    }
    for call in calls {
        pool.leave(call)?.into_iter().for_each(&mut count);
    }
    Ok(segments)
}
