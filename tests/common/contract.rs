//! What every detector promises, whatever is in it: one suite, which `tests/detectors.rs` runs for each of them.
//!
//! A detector is made by `make(rate)`, for each of the rates that it is written for. It is heard directly, and as a stream
//! hears it: resampled from another rate, in packets, with the events that its scores bring and the audio that is kept.

use std::cell::Cell;
use std::ops::Range;
use std::sync::LazyLock;
use std::thread;

use proptest::prelude::*;
use proptest::sample::select;
use voiced::audio::{LIMIT, Sample};
use voiced::{AnyDetector, Detector, Event, Segment, SegmentConfig, Stream, Update, segments, segments_from_scores};

use crate::common::{cases, events, packets, scores, settings, speech_i16};

/// Makes a detector for a rate in Hz.
pub(crate) type Make = fn(u32) -> AnyDetector;

/// Milliseconds before a start that are kept too.
const PRE_ROLL_MS: f64 = 20.0;

/// Rates that a stream brings to a detector's own; 0 stands for that.
const INCOMING: [u32; 4] = [0, 0, 44_100, 11_025];

/// Levels that a sample may have by mistake, or seldom has.
const LEVELS: [f32; 14] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    1e-42,
    -1e-42,
    f32::MIN_POSITIVE,
    1e-20,
    2.0 * LIMIT,
    f32::MAX,
    f32::MIN,
    f32::NAN,
    f32::INFINITY,
    f32::NEG_INFINITY,
];

static SPEECH: LazyLock<Vec<i16>> = LazyLock::new(|| speech_i16(16_000));

/// White noise: sample `n` of it.
fn noise(n: u32) -> i16 {
    let mixed = n.wrapping_mul(2_654_435_761);
    ((mixed ^ (mixed >> 15)).wrapping_mul(2_246_822_519) >> 16) as i16
}

/// Up to a second, at 16 kHz, of speech, noise, tones, steady levels and silence in turns.
fn recordings() -> impl Strategy<Value = Vec<i16>> {
    let piece = (0..8_usize, 1..6000_usize, any::<u16>(), 0..15_u32).prop_map(|(kind, length, seed, shift)| {
        let seed = usize::from(seed);
        let amplitude = i32::from(i16::MAX) >> shift;
        let sample = move |n: usize| match kind {
            0 => 0,
            1 => (amplitude * i32::from(noise(seed as u32 + n as u32))) >> 15,
            2 => (f64::from(amplitude) * (n as f64 * (0.01 + seed as f64 / 50_000.0)).sin()) as i32,
            3 => amplitude,
            _ => i32::from(SPEECH[(7 * seed + n) % SPEECH.len()]),
        };
        (0..length).map(|n| sample(n) as i16).collect::<Vec<_>>()
    });
    prop::collection::vec(piece, 0..5).prop_map(|pieces| {
        let mut samples = pieces.concat();
        samples.truncate(16_000);
        samples
    })
}

/// Samples of every sort that a caller may push by mistake, among others.
fn broken_recordings() -> impl Strategy<Value = Vec<f32>> {
    let sample = prop_oneof![3 => -1.0_f32..1.0, 1 => any::<f32>(), 1 => select(&LEVELS[..])];
    let piece = prop_oneof![
        prop::collection::vec(sample, 0..3000),
        (select(&LEVELS[..]), 0..3000_usize).prop_map(|(level, length)| vec![level; length]),
        (select(&LEVELS[..]), 1..200_usize, 0..3000_usize).prop_map(|(level, period, length)| {
            (0..length).map(|n| if n % period * 2 < period { level } else { -level }).collect()
        }),
        recordings().prop_map(|samples| floats(&samples[..samples.len() / 2])),
    ];
    prop::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat())
}

/// Packet lengths, to be repeated.
fn plans() -> impl Strategy<Value = Vec<usize>> {
    let length = prop_oneof![1 => Just(0_usize), 3 => 1..4_usize, 6 => 1..3000_usize];
    (prop::collection::vec(length, 0..20), 1..3000_usize).prop_map(|(mut plan, last)| {
        plan.push(last);
        plan
    })
}

fn configs() -> impl Strategy<Value = SegmentConfig> {
    (0.05..0.7, 0.0..100.0, 0.0..100.0, 0.0..100.0, 0.2..2.0).prop_map(
        |(threshold, min_speech_ms, min_silence_ms, speech_pad_ms, max_speech_s)| {
            settings(|config| {
                config.threshold = threshold;
                config.min_speech_ms = min_speech_ms;
                config.min_silence_ms = min_silence_ms;
                config.speech_pad_ms = speech_pad_ms;
                config.max_speech_s = max_speech_s;
            })
        },
    )
}

/// Settings that find much.
fn eager(threshold: f64) -> SegmentConfig {
    settings(|config| (config.threshold, config.min_speech_ms, config.max_speech_s) = (threshold, 50.0, 1.0))
}

fn floats(samples: &[i16]) -> Vec<f32> {
    samples.iter().map(|&sample| f32::from(sample) / 32_768.0).collect()
}

fn bits(scores: &[f32]) -> Vec<u32> {
    scores.iter().map(|score| score.to_bits()).collect()
}

/// A stream, with what it was given and what it told.
#[derive(Clone)]
struct Listener<S> {
    stream: Stream<AnyDetector, S>,
    recording: Vec<S>,
    heard: Vec<Update>,
}

impl<S: Sample> Listener<S> {
    fn new(detector: AnyDetector, incoming: u32, config: &SegmentConfig, batch: usize) -> Self {
        let rate = if incoming == 0 { detector.spec().rate } else { incoming };
        let stream = Stream::new(detector, rate, config).unwrap().with_batches(batch).unwrap();
        Self { stream: stream.with_segments(PRE_ROLL_MS).unwrap(), recording: Vec::new(), heard: Vec::new() }
    }

    fn push(&mut self, packet: &[S]) {
        self.recording.extend(packet);
        let mut rest = packet;
        while let Some(update) = self.stream.push(&mut rest) {
            self.note(update);
        }
        assert!(rest.is_empty());
        assert_eq!(self.stream.received(), self.recording.len() as u64);
    }

    fn finish(&mut self) -> Vec<Update> {
        while let Some(update) = self.stream.finish() {
            self.note(update);
        }
        self.recording.clear();
        std::mem::take(&mut self.heard)
    }

    fn reset(&mut self) {
        self.stream.reset();
        self.recording.clear();
        self.heard.clear();
    }

    /// Expects the recording's own samples before each start and in each segment, and hops without gaps.
    fn note(&mut self, update: Update) {
        for event in update.events {
            match event {
                Event::Start { at } => self.check(at.saturating_sub(80)..at),
                Event::End(Segment { start, end }) => self.check(start.saturating_sub(80)..end),
                Event::Continue { .. } | Event::Misfire { .. } => {}
            }
        }
        assert_eq!(update.start, self.heard.last().map_or(0, |last| last.end));
        self.heard.push(update);
    }

    fn check(&self, range: Range<u64>) {
        let bits = |samples: &[S]| samples.iter().map(|sample| sample.to_f32().to_bits()).collect::<Vec<_>>();
        let kept = self.stream.audio(range.clone()).unwrap_or_else(|| panic!("{range:?} is not kept"));
        assert_eq!(bits(kept), bits(&self.recording[range.start as usize..range.end as usize]));
    }

    /// What a new one hears in a recording that comes in one packet.
    fn alone(detector: AnyDetector, incoming: u32, config: &SegmentConfig, samples: &[S]) -> Vec<Update> {
        let mut listener = Self::new(detector, incoming, config, 1);
        listener.push(samples);
        listener.finish()
    }
}

/// Any packets, sample formats and batches give the updates of the whole recording; at the detector's own rate these have the
/// offline scores and segments. Returns the segments.
fn all_ways_agree(
    new: impl Fn() -> AnyDetector,
    incoming: u32,
    (recording, plan, room): (&[i16], &[usize], usize),
    config: &SegmentConfig,
) -> Vec<Segment> {
    let samples = floats(recording);
    let updates = Listener::alone(new(), incoming, config, &samples);
    let found: Vec<Segment> = events(&updates).into_iter().filter_map(Event::segment).collect();
    if let [.., last_frame, end] = updates[..] {
        assert_eq!((last_frame.end, end.end, end.score), (samples.len() as u64, samples.len() as u64, None));
    }

    let mut listener = Listener::new(new(), incoming, config, 1);
    packets(recording, plan).for_each(|packet| listener.push(packet));
    assert_eq!(listener.finish(), updates, "16-bit packets");

    let mut batched = Listener::new(new(), incoming, config, room);
    packets(&samples, plan).for_each(|packet| batched.push(packet));
    assert_eq!(batched.finish(), updates, "up to {room} frames together");

    let rate = if incoming == 0 { new().spec().rate } else { incoming };
    assert_eq!(segments(new(), &samples, rate, config).unwrap(), found);

    let mut detector = new();
    if rate == detector.spec().rate {
        let mut offline = Vec::new();
        detector.score_all(&samples, &mut offline);
        assert_eq!(bits(&offline), bits(&scores(&updates)), "offline");
        let (spec, length) = (detector.spec(), samples.len() as u64);
        assert_eq!(segments_from_scores(&offline, spec, length, config).unwrap(), found);
    }
    found
}

pub(crate) fn any_packets_give_the_same_scores_and_events(make: Make, rates: &'static [u32]) {
    let speech = &SPEECH[..3 * 16_000 + 123];
    let config = eager(0.4);
    for &rate in rates {
        for incoming in [0, 22_050] {
            let found = all_ways_agree(|| make(rate), incoming, (speech, &[441, 1, 0, 1700], 12), &config);
            assert!(!found.is_empty(), "{rate} {incoming}: the comparison is of something");
        }
    }
    proptest!(cases(12), |(
        recording in recordings(),
        plan in plans(),
        room in 1..20_usize,
        rate in select(rates),
        incoming in select(&INCOMING[..]),
        config in configs(),
    )| {
        all_ways_agree(|| make(rate), incoming, (&recording, &plan, room), &config);
    });
}

pub(crate) fn any_samples_have_a_score_from_0_to_1_as_if_they_were_cleaned(make: Make, rates: &'static [u32]) {
    let config = eager(0.3);
    let check = |rate, incoming, samples: &[f32]| {
        let clean = |sample: &f32| if sample.is_finite() { sample.clamp(-LIMIT, LIMIT) } else { 0.0 };
        let cleaned: Vec<f32> = samples.iter().map(clean).collect();
        let heard = Listener::alone(make(rate), incoming, &config, samples);
        assert!(scores(&heard).iter().all(|score| (0.0..=1.0).contains(score)), "{heard:?}");
        assert_eq!(heard, Listener::alone(make(rate), incoming, &config, &cleaned), "NaN is 0, and so on");
    };
    for (i, level) in LEVELS.into_iter().enumerate() {
        let square = (0..3000).map(|n| if n % 7 < 3 { level } else { -level });
        // Speech behind it, so that a state that it spoils is seen.
        let samples: Vec<f32> = square.chain([level; 2000]).chain(floats(&SPEECH[..4000])).collect();
        check(rates[i % rates.len()], 0, &samples);
    }
    proptest!(cases(12), |(
        samples in broken_recordings(),
        rate in select(rates),
        incoming in select(&INCOMING[..]),
    )| {
        check(rate, incoming, &samples);
    });
}

pub(crate) fn reset_equals_new(make: Make, rates: &'static [u32]) {
    let compared = Cell::new(0);
    proptest!(cases(10), |(
        before in broken_recordings(),
        after in recordings(),
        rate in select(rates),
        incoming in select(&INCOMING[..]),
        config in configs(),
        end: bool,
    )| {
        // Speech behind it, so that the state that is to be forgotten is not that of silence.
        let before = [&before, &floats(&SPEECH[..2500])[..]].concat();
        let expected = Listener::alone(make(rate), incoming, &config, &after);
        let mut listener = Listener::new(make(rate), incoming, &config, 1);
        listener.push(&before);
        if end {
            listener.finish();
        } else {
            listener.reset();
        }
        listener.push(&floats(&after));
        assert_eq!(listener.finish(), expected, "after {}", if end { "the end" } else { "a reset" });
        compared.set(compared.get() + expected.len());
    });
    assert!(compared.get() > 0);
}

pub(crate) fn clones_are_independent(make: Make, rates: &'static [u32]) {
    proptest!(cases(8), |(
        before in recordings(),
        one in recordings(),
        other in recordings(),
        plan in plans(),
        rate in select(rates),
        incoming in select(&INCOMING[..]),
        config in configs(),
    )| {
        let alone = |after: &[i16]| Listener::alone(make(rate), incoming, &config, &[&before, after].concat());
        let expected = [alone(&one), alone(&other)];
        let mut first = Listener::new(make(rate), incoming, &config, 1);
        first.push(&before);
        let mut second = first.clone();
        let (mut ones, mut others) = (packets(&one, &plan), packets(&other, &plan));
        loop {
            let (one, other) = (ones.next(), others.next());
            if one.is_none() && other.is_none() {
                break;
            }
            first.push(one.unwrap_or_default());
            second.push(other.unwrap_or_default());
        }
        assert_eq!([first.finish(), second.finish()], expected);
    });
}

pub(crate) fn a_stream_goes_on_in_another_thread(make: Make, rates: &'static [u32]) {
    fn assert_send<T: Send>(_: &T) {}
    let config = eager(0.4);
    let (before, after) = SPEECH[..24_000].split_at(10_007);
    for &rate in rates {
        for incoming in [0, 44_100] {
            let expected = Listener::alone(make(rate), incoming, &config, &SPEECH[..24_000]);
            let mut listener = Listener::new(make(rate), incoming, &config, 1);
            assert_send(&listener.stream);
            listener.push(before);
            let elsewhere = thread::spawn(move || {
                listener.push(after);
                listener
            });
            assert_eq!(elsewhere.join().unwrap().finish(), expected);
        }
    }
}

pub(crate) fn a_short_frame_is_one_that_zeros_complete(make: Make, rates: &'static [u32]) {
    for &rate in rates {
        let mut detector = make(rate);
        let spec = detector.spec();
        let speech = floats(&SPEECH[..spec.frame + 60 * spec.hop]);
        for (i, frame) in speech.windows(spec.frame).step_by(spec.hop).enumerate() {
            let length = i * 37 % spec.frame;
            let mut padded = frame[..length].to_vec();
            padded.resize(spec.frame, 0.0);
            let short = detector.clone().score(&frame[..length]);
            assert_eq!(short.to_bits(), detector.clone().score(&padded).to_bits(), "{rate}: {length}");
            let beyond = [frame, &[0.7; 50]].concat();
            assert_eq!(detector.clone().score(frame), detector.clone().score(&beyond), "{rate}: beyond");
            detector.score(frame);
        }
    }
}
