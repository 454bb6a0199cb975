//! Many calls through one network, all hearing the same recording, each from another second on:
//! `cargo run --release --features wav --example many_streams tests/data/speech_8k.wav`
//!
//! The weights are there once, whatever the number of calls; each stream adds its own small state. A pool steps its streams
//! together, which takes less time than one by one; here each of two threads has a pool.
//!
//! The calls' packets of 20 ms come as networks bring them: of some calls at once, of others late and many at a time.

use std::fs::File;
use std::thread;

use voiced::audio::mix_down;
use voiced::audio::wav::Reader;
use voiced::{Error, Event, Kind, Loaded, Pool, SegmentConfig, StreamId, Update};

const CALLS: usize = 100;
const THREADS: usize = 2;
/// The packets of a call come together at most.
const MOST_LATE: usize = 20;

/// What was heard in some calls.
#[derive(Default)]
struct Tally {
    /// Segments of speech.
    segments: usize,
    /// Packets that a pool refused at first.
    refused: usize,
}

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

    let silero = Kind::Silero.load(8000)?; // once; both threads' pools share it
    let tallies = thread::scope(|scope| {
        let serve = |_| scope.spawn(|| serve(&silero, CALLS / THREADS, &samples, rate));
        let threads: Vec<_> = (0..THREADS).map(serve).collect();
        threads.into_iter().filter_map(|thread| thread.join().ok()).collect::<Result<Vec<Tally>, Error>>()
    })?;
    let sum = |count: fn(&Tally) -> usize| tallies.iter().map(count).sum::<usize>();
    println!("{CALLS} calls: {} segments of speech", sum(|tally| tally.segments));
    println!("{} packets came too many at a time, and were taken a little later", sum(|tally| tally.refused));
    Ok(())
}

/// Serves calls until each has heard all of the recording.
fn serve(silero: &Loaded, calls: usize, samples: &[f32], rate: u32) -> Result<Tally, Error> {
    let mut config = SegmentConfig::default();
    config.min_silence_ms = 300.0;
    let mut pool = silero.pool(calls);
    let ids = (0..calls).map(|_| pool.join(rate, &config)).collect::<Result<Vec<_>, _>>()?;
    let (second, packet) = (rate as usize, rate as usize / 50);
    let mut updates = Vec::with_capacity(calls);
    let mut tally = Tally::default();
    for round in 1..=samples.len().div_ceil(packet) {
        for (call, &id) in ids.iter().enumerate() {
            let late = 1 + call % MOST_LATE;
            if round % late != 0 && round * packet < samples.len() {
                continue; // nothing has come
            }
            for start in (round - 1) / late * late..round {
                let from = (start * packet + call * second) % samples.len();
                let packet = &samples[from..samples.len().min(from + packet)];
                push(&mut pool, id, packet, &mut updates, &mut tally)?;
            }
        }
        while pool.step(&mut updates) > 0 {
            tally.add(&updates);
        }
    }
    for id in ids {
        while let Some(update) = pool.finish(id)? {
            tally.add(&[(id, update)]);
        }
        pool.leave(id)?;
    }
    Ok(tally)
}

/// Pushes a packet. A pool takes all of it or, where too much of the call waits already, nothing: then the pool must make a step.
fn push(
    pool: &mut Pool,
    id: StreamId,
    packet: &[f32],
    updates: &mut Vec<(StreamId, Update)>,
    tally: &mut Tally,
) -> Result<(), Error> {
    loop {
        match pool.push(id, packet) {
            Err(Error::Behind { .. }) if pool.step(updates) > 0 => {
                tally.add(updates);
                tally.refused += 1;
            }
            taken_or_hopeless => return taken_or_hopeless,
        }
    }
}

impl Tally {
    fn add(&mut self, updates: &[(StreamId, Update)]) {
        let events = updates.iter().flat_map(|(_, update)| update.events);
        self.segments += events.filter(|event| matches!(event, Event::End(_))).count();
    }
}
