//! A day of audio through one stream of every detector: what is true of the first hour is true of the last.
//!
//! The audio repeats itself with a [`PERIOD`] that is a whole number of everything that a detector or a resampler counts in, and
//! each period ends in digital silence that is long enough to be all that a detector remembers. So from the second period on
//! every score and every segment must be those of the period before, to the bit and to the sample: a position that drifts, a
//! sum that gathers rounding errors or a number that decays without an end would show.
//!
//! `cargo test` runs some minutes of audio. The day, and what each hour of it costs:
//! `cargo test --release --test long -- --ignored --nocapture`
#![cfg(feature = "embedded")]

mod common;

use std::cell::RefCell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use std::{fmt, fs, thread};

use allocation_counter::measure;
use common::{finish, push, scores, settings};
use voiced::{AnyDetector, Detector, Event, FrameSpec, Kind, Resampler, Segment, SegmentConfig, Stream};

/// The rates of the streams in Hz, what takes longest first: two that are resampled, and the two that detectors work at.
const RATES: [u32; 4] = [48_000, 44_100, 16_000, 8000];

/// The shortest period of the audio, in milliseconds: a whole number of frames of every detector (10 and 32 ms), of the spans
/// that minima and maxima are remembered by (380 ms), of the averages' lengths (140 ms) and, at each rate, of the samples
/// between which the resampler returns to the same phase.
const PERIOD: u64 = 21_280;

/// Whether digital silence does not make a detector forget what was before: WebRTC's mixtures learn nothing from it, and the
/// networks' cells keep some of their numbers. Their scores differ from period to period.
fn remembers(kind: Kind) -> bool {
    kind == Kind::WebRtc || kind.info().network
}

/// How much audio there is.
#[derive(Clone, Copy)]
struct Plan {
    periods: usize,
    /// Of each period: how often the recording is heard, and for how many milliseconds of it.
    speech: (u64, u64),
    /// Likewise of white noise.
    noise: (u64, u64),
    /// Milliseconds of digital silence that complete the period.
    silence: u64,
}

/// The least that shows a drift from one period to the next.
const MINUTES: Plan = Plan { periods: 3, speech: (1, 10_000), noise: (1, 4000), silence: 28_560 };

/// 26.6 hours: at 48 kHz more samples than 32 bits count.
const DAY: Plan = Plan { periods: 12, speech: (120, 30_000), noise: (78, 10_000), silence: 3_600_000 };

/// What a piece of the audio is; its index in times and counts by kind.
const KINDS: [&str; 3] = ["speech", "noise", "silence"];

/// The audio of one period at one rate: for each kind the samples, and how often they are heard.
type Pieces = [(Vec<i16>, u64); KINDS.len()];

impl Plan {
    fn period(self) -> u64 {
        self.speech.0 * self.speech.1 + self.noise.0 * self.noise.1 + self.silence
    }

    fn pieces(self, rate: u32) -> Pieces {
        let samples = |ms: u64| (ms * u64::from(rate) / 1000) as usize;
        let mut speech = recording(rate);
        speech.truncate(samples(self.speech.1));
        let noise = common::white_noise(samples(self.noise.1)).iter().map(|x| (x * 3000.0) as i16).collect();
        let packet = vec![0; samples(20)];
        [(speech, self.speech.0), (noise, self.noise.0), (packet, self.silence / 20)]
    }
}

/// The bundled recording at a rate in Hz, 30 s.
fn recording(rate: u32) -> Vec<i16> {
    if rate <= 16_000 {
        return common::speech_i16(rate);
    }
    let mut resampler = Resampler::new(16_000, rate).unwrap();
    let mut samples = vec![0.0; 30 * rate as usize];
    let speech = common::speech(16_000);
    let written = resampler.push(&mut &speech[..], &mut samples);
    resampler.finish(&mut samples[written..]);
    samples.iter().map(|x| (x * 32_768.0) as i16).collect()
}

/// The scores of a detector, summed up.
#[derive(Default)]
struct Tally {
    scores: u64,
    sum: u64,
    sums: Vec<u64>, // (whole periods)
}

/// A detector whose scores are checked, counted, and summed up by period.
struct Witness<'a> {
    detector: AnyDetector,
    period: u64, // scores
    ahead: u64,  // scores by which a sum begins before the period
    tally: &'a RefCell<Tally>,
}

impl Detector for Witness<'_> {
    fn spec(&self) -> FrameSpec {
        self.detector.spec()
    }

    fn score(&mut self, frame: &[f32]) -> f32 {
        let score = self.detector.score(frame);
        let tally = &mut *self.tally.borrow_mut();
        assert!((0.0..=1.0).contains(&score), "{score} after {} scores", tally.scores);
        // FNV-1a, a score at a time: equal sums mean equal scores.
        tally.sum = (tally.sum ^ u64::from(score.to_bits())).wrapping_mul(0x0100_0000_01b3);
        tally.scores += 1;
        if (tally.scores + self.ahead).is_multiple_of(self.period) {
            tally.sums.push(tally.sum);
            tally.sum = 0;
        }
        score
    }

    fn reset(&mut self) {
        self.detector.reset();
    }
}

impl fmt::Debug for Witness<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.detector.fmt(f)
    }
}

/// Whether all numbers in the text of a state are sound: none is NaN, and none so near to 0 that a processor takes long for it.
fn check_state(state: &dyn fmt::Debug) {
    let text = format!("{state:?}");
    for word in text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+'))) {
        let sound = |number: f64| number == 0.0 || number.abs() >= f64::from(f32::MIN_POSITIVE);
        if word.parse().is_ok_and(|number| !sound(number)) {
            let at = word.as_ptr().addr() - text.as_ptr().addr();
            panic!("{word} after {}", &text[at.saturating_sub(200)..at]);
        }
    }
}

/// The time that this thread has had of a processor, where the system tells; otherwise that of the clock.
fn busy(since: Instant) -> Duration {
    let told = fs::read_to_string("/proc/thread-self/schedstat").ok();
    let told = told.and_then(|text| text.split(' ').next()?.parse().ok());
    told.map_or_else(|| since.elapsed(), Duration::from_nanos)
}

/// Runs one stream over the whole audio and returns the nanoseconds that a frame took of each kind.
fn run(plan: Plan, kind: Kind, rate: u32, pieces: &Pieces) -> [f64; KINDS.len()] {
    let what = format!("{kind} at {rate} Hz");
    let detector = kind.load(rate).unwrap().detector();
    let spec = detector.spec();
    let frames = |ms: u64| ms * u64::from(spec.rate) / 1000 / spec.hop as u64;
    let tally = RefCell::new(Tally { sums: Vec::with_capacity(plan.periods), ..Default::default() });
    let (period, ahead) = (frames(plan.period()), frames(plan.silence / 2));
    let witness = Witness { detector, period, ahead, tally: &tally };
    let mut stream = Stream::new(witness, rate, &SegmentConfig::default()).unwrap();
    let length = plan.period() * u64::from(rate) / 1000;

    let mut segments: Vec<Segment> = Vec::with_capacity(1 << 18);
    let mut times = [Duration::ZERO; KINDS.len()];
    let start = Instant::now();
    for _ in 0..plan.periods {
        for ((samples, repeats), time) in pieces.iter().zip(&mut times) {
            let before = busy(start);
            let allocations = measure(|| {
                for packet in (0..*repeats).flat_map(|_| samples.chunks(rate as usize / 50)) {
                    let mut rest = packet;
                    while let Some(update) = stream.push(&mut rest) {
                        segments.extend(update.events.into_iter().filter_map(Event::segment));
                    }
                }
            });
            *time += busy(start).saturating_sub(before);
            assert_eq!(allocations.count_total, 0, "{what}");
            check_state(&stream);
        }
    }
    assert_eq!(stream.received(), plan.periods as u64 * length, "{what}");
    segments.extend(common::events(&finish(&mut stream)).into_iter().filter_map(Event::segment));

    let Tally { scores, sums, .. } = &*tally.borrow();
    assert_eq!(*scores, frames(plan.periods as u64 * plan.period()), "{what}");
    // As the sums do, a period begins in the middle of the silence before it.
    let silence = plan.silence * u64::from(rate) / 2000;
    let of_period = |period: u64| -> Vec<Segment> {
        let shift = |at: u64| at + silence - period * length;
        let begun = segments.iter().filter(|segment| (segment.start + silence) / length == period);
        begun.map(|segment| Segment { start: shift(segment.start), end: shift(segment.end) }).collect()
    };
    let expected = of_period(1);
    for period in 1..plan.periods {
        let found = of_period(period as u64);
        assert!(!found.is_empty(), "{what}, period {period}: no speech");
        let quiet = length - silence + u64::from(rate); // a second after the last sound
        assert!(found.iter().all(|segment| segment.end < quiet), "{what}, period {period}: speech in silence");
        if !remembers(kind) {
            assert_eq!(found, expected, "{what}, period {period}");
            assert_eq!(sums[period], sums[1], "{what}, scores of period {period}");
        }
    }
    std::array::from_fn(|kind| {
        let (_, repeats) = pieces[kind];
        let ms = pieces[kind].0.len() as u64 * repeats * 1000 / u64::from(rate);
        times[kind].as_nanos() as f64 / (plan.periods as u64 * frames(ms)) as f64
    })
}

/// Runs a stream of every detector at every rate, in as many threads as the machine runs at once.
fn run_all(plan: Plan) {
    assert!(plan.period().is_multiple_of(PERIOD));
    println!("{:<10}{:>7}  ns a frame of {}", "detector", "Hz", KINDS.join(", "));
    let audio = RATES.map(|rate| (rate, plan.pieces(rate)));
    let streams: Vec<_> = audio.iter().flat_map(|audio| Kind::ALL.iter().map(move |&kind| (kind, audio))).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some((kind, (rate, pieces))) = streams.get(next.fetch_add(1, Ordering::Relaxed)) {
            let [speech, noise, silence] = run(plan, *kind, *rate, pieces);
            println!("{kind:<10}{rate:>7} {speech:>8.0} {noise:>8.0} {silence:>8.0}");
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(work);
        }
    });
}

#[test]
fn what_lies_200_db_under_full_scale_is_silence() {
    for (kind, rate) in Kind::ALL.iter().flat_map(|&kind| [16_000, 44_100].map(|rate| (kind, rate))) {
        let detector = kind.load(rate).unwrap().detector();
        let scored = |level: f32| -> Vec<u32> {
            let samples: Vec<f32> = (0..rate).map(|n| if n % 7 < 3 { level } else { -level }).collect();
            let mut stream = Stream::new(detector.clone(), rate, &SegmentConfig::default()).unwrap();
            scores(&push(&mut stream, &samples)).into_iter().map(f32::to_bits).collect()
        };
        let silent = scored(0.0);
        for level in [9e-11, 1e-20, 1e-39, f32::from_bits(1)] {
            assert!(scored(level) == silent, "{kind} at {rate} Hz, {level:e}");
        }
    }
}

/// Scores each sample by its magnitude: its positions are known to the sample.
#[derive(Debug)]
struct Magnitude;

impl Detector for Magnitude {
    fn spec(&self) -> FrameSpec {
        FrameSpec::adjacent(16_000, 1)
    }

    fn score(&mut self, frame: &[f32]) -> f32 {
        frame[0].abs().min(1.0)
    }

    fn reset(&mut self) {}
}

/// The height of a pulse, and half of it, which it passes half a sample before it begins and before it ends.
const PULSE: i16 = 29_491;
const HALF: f64 = PULSE as f64 / 65_536.0;

/// Runs a stream in which each minute has a pulse of 5 ms somewhere, and expects each where it is, to the sample.
fn find_pulses(rate: u32, minutes: u64) {
    let (from, to) = (u64::from(rate), 16_000);
    // The sample at the detector's rate that is the first after the time half a sample before `at`, as a time of the stream.
    let seen = |at: u64| {
        let first = (2 * at - 1) * to / (2 * from) + 1;
        (first * from + to / 2) / to
    };
    // Where one falls on that very time, rounding decides.
    let tie = |at: u64| ((2 * at - 1) * to).is_multiple_of(2 * from);

    let config = settings(|config| {
        (config.threshold, config.neg_threshold) = (HALF, Some(HALF));
        (config.min_speech_ms, config.min_silence_ms, config.speech_pad_ms) = (0.0, 0.0, 0.0);
    });
    let mut stream = Stream::new(Magnitude, rate, &config).unwrap();
    let (mut minute, width) = (vec![0_i16; 60 * rate as usize], rate as usize / 200);
    for number in 0..minutes {
        let start = number * 60 * from;
        let free = |&at: &u64| !tie(start + at) && !tie(start + at + width as u64);
        let first = 1000 + number * 7919 % (59 * from);
        let at = (first..first + from / 2).find(free).unwrap();
        minute[at as usize..][..width].fill(PULSE);
        let mut found = Vec::with_capacity(2);
        let allocations = measure(|| {
            for packet in minute.chunks(rate as usize / 50) {
                let mut rest = packet;
                while let Some(update) = stream.push(&mut rest) {
                    found.extend(update.events.into_iter().filter_map(Event::segment));
                }
            }
        });
        minute[at as usize..][..width].fill(0);
        let expected = Segment { start: seen(start + at), end: seen(start + at + width as u64) };
        assert_eq!(found, [expected], "{rate} Hz, minute {number}");
        assert_eq!(allocations.count_total, 0);
    }
    assert_eq!(stream.received(), minutes * 60 * from);
}

#[test]
fn minutes_of_audio() {
    run_all(MINUTES);
}

#[test]
#[ignore = "a day of audio through every detector takes 50 minutes of a core"]
fn a_day_of_audio() {
    run_all(DAY);
}

#[test]
fn a_pulse_in_each_minute_is_found_to_the_sample() {
    for rate in [11_025, 16_000, 44_100, 48_000] {
        find_pulses(rate, 3);
    }
}

#[test]
#[ignore = "26 hours at four rates take minutes"]
fn a_pulse_in_each_minute_of_a_day_is_found_to_the_sample() {
    thread::scope(|scope| {
        for rate in [11_025, 16_000, 44_100, 48_000] {
            scope.spawn(move || find_pulses(rate, 1596));
        }
    });
}
