//! `voiced bench`: what detection costs on this machine.

mod audio;

use std::fmt::Write;
use std::hint::black_box;
use std::io::{IsTerminal, stderr};
use std::time::{Duration, Instant};

use voiced::{AnyDetector, BATCH, Detector, FrameSpec, Kernels, Kind, Loaded, SegmentConfig, Stream, StreamId};

use crate::args::{Bench, Detection, ListFormat};
use crate::detectors::Detectors;
use crate::facts::{Memory, memory_of, milliseconds};
use crate::fault::{Fault, Stop, tell};
use crate::output::json_string;
use crate::sink::Sink;

/// The sample rate in Hz that all is measured at.
const RATE: u32 = 16_000;

/// Streams in the pools that are measured.
const POOLS: [usize; 2] = [16, 64];

/// How long a turn should take.
const TURN: Duration = Duration::from_millis(10);

/// Turns that are taken even where the time is up.
const LEAST_TURNS: usize = 5;

pub(crate) fn run(arguments: &Bench, quiet: bool) -> Result<(), Stop> {
    let (samples, told) = audio::samples(arguments.file.as_deref(), RATE)?;
    if !quiet && stderr().is_terminal() {
        tell(format_args!("measuring for {} s", arguments.seconds));
    }
    let mut racers = Vec::new();
    for &kind in Kind::ALL {
        if arguments.detector.is_empty() || arguments.detector.contains(&kind) {
            enter(kind, arguments.kernels, &mut racers)?;
        }
    }
    take_turns(&mut racers, &samples, Duration::from_secs(arguments.seconds.into()));
    let mut sink = Sink::new(None)?;
    match arguments.format {
        ListFormat::Text => sink.write(&table(&racers, &told))?,
        ListFormat::Json => racers.iter().try_for_each(|racer| sink.write(&json(racer, &told)))?,
    }
    sink.finish()
}

/// Scores samples, and returns how many frames these were.
type Pass = Box<dyn FnMut(&[f32]) -> usize>;

/// One thing that is measured: a detector, with one set of kernels, used in one way.
struct Racer {
    detector: Kind,
    kernels: Option<Kernels>,
    /// How it is used: frame by frame as a stream, a whole file, or so many streams in a pool.
    used: String,
    spec: FrameSpec,
    state: Option<usize>,
    pass: Pass,
    /// Samples that a pass takes at least: a frame of each stream.
    least: usize,
    /// Samples of a turn.
    length: usize,
    /// Microseconds a frame, of each turn.
    times: Vec<f64>,
}

impl Racer {
    /// The median and the least of the times.
    fn times(&self) -> [f64; 2] {
        let mut times = self.times.clone();
        times.sort_by(f64::total_cmp);
        [times[times.len() / 2], times[0]]
    }

    /// Time that detection takes over the time that the audio lasts; one core carries one over that many streams.
    fn real_time_factor(&self) -> f64 {
        self.times()[0] / (milliseconds(self.spec.hop, self.spec) * 1e3)
    }
}

/// Adds what there is to measure of a detector.
///
/// What is no network is measured as a stream alone: whole files and pools gain it nothing.
fn enter(kind: Kind, kernels: Option<Kernels>, racers: &mut Vec<Racer>) -> Result<(), Stop> {
    let network = kind.info().network;
    let Memory { state, in_a_pool, .. } = memory_of(kind);
    let sets: Vec<Kernels> = match kernels {
        Some(set) => vec![set],
        None if network => Kernels::available().collect(),
        None => vec![Kernels::best()],
    };
    let racer = |kernels: Kernels, used: &str, spec: FrameSpec, state, streams: usize, pass| Racer {
        detector: kind,
        kernels: network.then_some(kernels),
        used: used.to_owned(),
        spec,
        state,
        pass,
        least: spec.frame * streams,
        length: 0,
        times: Vec::new(),
    };
    for set in sets {
        let loaded = Detectors::new(&Detection { kernels: set, ..Detection::of(kind) })?.load(RATE)?;
        let spec = loaded.spec();
        racers.push(racer(set, "stream", spec, Some(state), 1, frame_by_frame(loaded.detector())));
        // The reference takes a hundred times as long, and the same in every use.
        if network && set != Kernels::Scalar {
            let fault = |error| Fault::new(kind.info().name, error);
            racers.push(racer(set, "file", spec, None, BATCH, whole_file(&loaded).map_err(fault)?));
            for streams in POOLS {
                let used = format!("pool of {streams}");
                let pool = together(&loaded, streams).map_err(fault)?;
                racers.push(racer(set, &used, spec, Some(in_a_pool), streams, pool));
            }
        }
    }
    Ok(())
}

fn frame_by_frame(mut detector: AnyDetector) -> Pass {
    Box::new(move |samples| {
        let FrameSpec { frame, hop, .. } = detector.spec();
        let mut count = 0;
        for frame in samples.windows(frame).step_by(hop) {
            black_box(detector.score(frame));
            count += 1;
        }
        count
    })
}

fn whole_file(loaded: &Loaded) -> Result<Pass, voiced::Error> {
    let mut stream = Stream::new(loaded.detector(), RATE, &SegmentConfig::default())?.with_batches(BATCH)?;
    Ok(Box::new(move |mut samples| {
        let mut count = 0;
        while let Some(update) = stream.push(&mut samples) {
            black_box(update);
            count += 1;
        }
        count
    }))
}

/// Streams that each hear another part of the samples, a hop at a time.
fn together(loaded: &Loaded, streams: usize) -> Result<Pass, voiced::Error> {
    let mut pool = loaded.pool(streams);
    let hop = loaded.spec().hop;
    let mut updates = Vec::with_capacity(streams);
    let join = |_| pool.join(RATE, &SegmentConfig::default());
    let ids: Vec<StreamId> = (0..streams).map(join).collect::<Result<_, _>>()?;
    Ok(Box::new(move |samples| {
        let mut count = 0;
        for hops in samples.chunks_exact(hop * ids.len()) {
            for (&id, samples) in ids.iter().zip(hops.chunks_exact(hop)) {
                pool.push(id, samples).expect("the stream has not left");
            }
            count += black_box(pool.step(&mut updates));
        }
        count
    }))
}

/// Lets all measure themselves in turns, so that what else goes on disturbs all alike, until the time is up.
///
/// Before the first turn each is warmed up, and given as many samples a turn as take it about [`TURN`]: the fast ones are
/// to have their share of the time. From turn to turn these wander through the recording.
fn take_turns(racers: &mut [Racer], samples: &[f32], time: Duration) {
    let begun = Instant::now();
    for racer in &mut *racers {
        let some = &samples[..racer.least.min(samples.len())];
        (racer.pass)(some);
        let start = Instant::now();
        (racer.pass)(some);
        let times = TURN.as_secs_f64() / start.elapsed().as_secs_f64().max(1e-9);
        racer.length = (racer.least * (times as usize).max(1)).min(samples.len());
    }
    for turn in 0.. {
        if turn >= LEAST_TURNS && begun.elapsed() >= time {
            break;
        }
        for racer in &mut *racers {
            let room = samples.len() - racer.length;
            let first = (turn * racer.length).checked_rem(room).unwrap_or(0);
            let samples = &samples[first..first + racer.length];
            let start = Instant::now();
            let frames = (racer.pass)(samples);
            racer.times.push(start.elapsed().as_secs_f64() * 1e6 / frames.max(1) as f64);
        }
    }
}

fn table(racers: &[Racer], told: &str) -> String {
    let sets: Vec<_> = Kernels::available().map(Kernels::name).collect();
    let turns = racers.first().map_or(0, |racer| racer.times.len());
    let mut text = format!(
        "voiced {}, {}; kernels: {}\n{told}; {turns} turns on one thread\n\n{HEADING}",
        env!("CARGO_PKG_VERSION"),
        processor(),
        sets.join(", "),
    );
    for racer in racers {
        let [median, best] = racer.times();
        let factor = racer.real_time_factor();
        let hop = milliseconds(racer.spec.hop, racer.spec);
        let kernels = racer.kernels.map_or("", Kernels::name);
        let state = racer.state.map_or("-".to_owned(), |bytes| format!("{:.1} KB", bytes as f64 / 1000.0));
        writeln!(
            text,
            "{:<10}{kernels:<10}{:<11}{hop:>7}{median:>10.2}{best:>10.2}{factor:>12.6}{:>10.0}{state:>10}",
            racer.detector,
            racer.used,
            1.0 / factor,
        )
        .expect("a String takes all text");
    }
    text + LEGEND
}

const HEADING: &str = "detector  kernels   used as    hop/ms  us/frame      best   real time   streams     state\n";

const LEGEND: &str = "
us/frame is the median of the turns in microseconds, best the least. real time is the real-time
factor, time taken over time heard: the lower the faster. streams is how many one core carries.
state is what each stream takes beside what all share. A stream is the detector alone; a file and a
pool also cut the audio into frames and find segments, and a pool has room for audio that waits.
";

fn json(racer: &Racer, told: &str) -> String {
    let [median, best] = racer.times();
    let factor = racer.real_time_factor();
    let kernels = racer.kernels.map_or("null".to_owned(), |set| json_string(set.name()));
    let state = racer.state.map_or("null".to_owned(), |bytes| bytes.to_string());
    format!(
        "{{\"version\":{},\"processor\":{},\"audio\":{},\"detector\":{},\"kernels\":{kernels},\"used\":{},\
         \"sample_rate\":{},\"hop\":{},\"us_median\":{median:.4},\
         \"us_best\":{best:.4},\"real_time_factor\":{factor:.8},\"streams\":{:.1},\"state_bytes\":{state},\"turns\":{}}}\n",
        json_string(env!("CARGO_PKG_VERSION")),
        json_string(&processor()),
        json_string(told),
        json_string(racer.detector.info().name),
        json_string(&racer.used),
        racer.spec.rate,
        racer.spec.hop,
        1.0 / factor,
        racer.times.len(),
    )
}

/// What the processor calls itself, where that can be read.
fn processor() -> String {
    let list = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = list.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ").map(|(_, name)| name));
    name.unwrap_or(std::env::consts::ARCH).to_owned()
}
