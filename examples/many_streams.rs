//! Many streams through one network: `cargo run --release --example many_streams`
//!
//! The weights are there once, whatever the number of calls; each stream adds its own small state. A pool steps its streams
//! together, which takes less time than one by one; here each of two threads has a pool.

use std::sync::Arc;
use std::thread;

use voiced::silero::Model;
use voiced::{Error, Event, Kernels, Pool, SegmentConfig};

const RATE: u32 = 8000; // telephone calls
const CALLS: usize = 100;
const THREADS: usize = 2;

fn main() -> Result<(), Error> {
    let model = Arc::new(Model::embedded(RATE, Kernels::best())?);
    let starts = thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(|| serve(model.clone(), CALLS / THREADS))).collect();
        threads.into_iter().filter_map(|thread| thread.join().ok()).sum::<Result<usize, Error>>()
    })?;
    println!("{CALLS} calls of one second each, speech began {starts} times");
    Ok(())
}

/// Pushes a second of audio into every call; returns how often speech began.
fn serve(model: Arc<Model>, calls: usize) -> Result<usize, Error> {
    let config = SegmentConfig { min_silence_ms: 300, ..Default::default() };
    let mut pool = Pool::new(model, calls);
    let calls = (0..calls).map(|_| pool.join(RATE, &config)).collect::<Result<Vec<_>, _>>()?;
    let packet = [0_i16; RATE as usize / 50]; // silence stands in for the network's packets
    let mut starts = 0;
    let mut count = |event: Event| starts += usize::from(matches!(event, Event::Start { .. }));
    for _ in 0..50 {
        for &call in &calls {
            pool.push(call, &packet)?;
        }
        for scored in pool.step() {
            scored.events.clone().for_each(&mut count);
        }
    }
    for call in calls {
        pool.leave(call)?.into_iter().for_each(&mut count);
    }
    Ok(starts)
}
