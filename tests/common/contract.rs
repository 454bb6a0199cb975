//! What every detector promises, whatever is in it: one suite, which `tests/detectors.rs` runs for each of them.
//!
//! A detector is made by `make(rate)`, for each of the rates that it is written for. It is heard directly, and as a stream
//! hears it: resampled from another rate, in packets, with the events that the scores come to.

use std::cell::Cell;
use std::sync::LazyLock;
use std::thread;

use proptest::prelude::*;
use proptest::sample::select;
use voiced::audio::sample::{LIMIT, Sample};
use voiced::{Detector, Event, ScoreStream, Segment, SegmentConfig, Stream, segments_from_scores, segments_with};

use crate::common::{cases, packets, speech_i16};

/// Makes a detector for a rate in Hz.
pub(crate) type Make<D> = fn(u32) -> D;

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
    (0.05..0.7, 0..100_u32, 0..100_u32, 0..100_u32, 0.2..2.0).prop_map(
        |(threshold, min_speech_ms, min_silence_ms, speech_pad_ms, max_speech_s)| SegmentConfig {
            threshold,
            min_speech_ms,
            min_silence_ms,
            speech_pad_ms,
            max_speech_s,
            ..Default::default()
        },
    )
}

fn floats(samples: &[i16]) -> Vec<f32> {
    samples.iter().map(|&sample| f32::from(sample) / 32_768.0).collect()
}

fn bits(scores: &[f32]) -> Vec<u32> {
    scores.iter().map(|score| score.to_bits()).collect()
}

/// The bits of all scores, and all events.
type Heard = (Vec<u32>, Vec<Event>);

/// A detector behind both sorts of stream.
#[derive(Clone)]
struct Listener<D> {
    scores: ScoreStream<D>,
    events: Stream<D>,
    heard: Heard,
}

impl<D: Detector + Clone> Listener<D> {
    fn new(detector: D, incoming: u32, config: &SegmentConfig) -> Self {
        let rate = if incoming == 0 { detector.spec().rate } else { incoming };
        Self {
            scores: ScoreStream::new(detector.clone(), rate).unwrap(),
            events: Stream::new(detector, rate, config).unwrap(),
            heard: Heard::default(),
        }
    }

    fn push<S: Sample>(&mut self, packet: &[S]) {
        self.heard.1.extend(self.events.push(packet));
        let mut rest = packet;
        self.heard.0.extend(std::iter::from_fn(|| self.scores.push(&mut rest)).map(f32::to_bits));
    }

    fn finish(&mut self) -> Heard {
        self.heard.1.extend(self.events.finish());
        self.heard.0.extend(std::iter::from_fn(|| self.scores.finish()).map(f32::to_bits));
        self.scores.reset();
        std::mem::take(&mut self.heard)
    }

    fn reset(&mut self) {
        self.events.reset();
        self.scores.reset();
        self.heard = Heard::default();
    }

    /// What a new one hears in a recording that comes in one packet.
    fn alone<S: Sample>(detector: D, incoming: u32, config: &SegmentConfig, samples: &[S]) -> Heard {
        let mut listener = Self::new(detector, incoming, config);
        listener.push(samples);
        listener.finish()
    }
}

fn segments(events: &[Event]) -> Vec<Segment> {
    let closed = |event: &Event| if let Event::End(segment) = event { Some(*segment) } else { None };
    events.iter().filter_map(closed).collect()
}

/// Any packets, sample formats and batches give the scores and events of the whole recording; at the detector's own rate
/// these are the offline scores and segments. Returns the segments.
fn all_ways_agree<D: Detector + Clone>(
    new: impl Fn() -> D,
    incoming: u32,
    (recording, plan, room): (&[i16], &[usize], usize),
    config: &SegmentConfig,
) -> Vec<Segment> {
    let samples = floats(recording);
    let (scores, events) = Listener::alone(new(), incoming, config, &samples);
    let found = segments(&events);

    let mut listener = Listener::new(new(), incoming, config);
    packets(recording, plan).for_each(|packet| listener.push(packet));
    assert_eq!(listener.finish(), (scores.clone(), events), "16-bit packets");

    let rate = if incoming == 0 { new().spec().rate } else { incoming };
    let mut batched = ScoreStream::with_batches(new(), rate, room).unwrap();
    let mut together = Vec::new();
    for mut packet in packets(&samples, plan) {
        together.extend(std::iter::from_fn(|| batched.push(&mut packet)));
    }
    together.extend(std::iter::from_fn(|| batched.finish()));
    assert_eq!(bits(&together), scores, "up to {room} frames together");
    assert_eq!(segments_with(new(), &samples, rate, config).unwrap(), found);

    let mut detector = new();
    if rate == detector.spec().rate {
        let mut offline = Vec::new();
        detector.score_all(&samples, &mut offline);
        assert_eq!(bits(&offline), scores, "offline");
        let (spec, length) = (detector.spec(), samples.len() as u64);
        assert_eq!(segments_from_scores(&offline, spec, length, config).unwrap(), found);
    }
    found
}

pub(crate) fn any_packets_give_the_same_scores_and_events<D: Detector + Clone>(make: Make<D>, rates: &'static [u32]) {
    let speech = &SPEECH[..3 * 16_000 + 123];
    let config = SegmentConfig { threshold: 0.4, min_speech_ms: 50, max_speech_s: 1.0, ..Default::default() };
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

pub(crate) fn any_samples_have_a_score_from_0_to_1_as_if_they_were_cleaned<D: Detector + Clone>(
    make: Make<D>,
    rates: &'static [u32],
) {
    let config = SegmentConfig { threshold: 0.3, min_speech_ms: 50, ..Default::default() };
    let check = |rate, incoming, samples: &[f32]| {
        let clean = |sample: &f32| if sample.is_finite() { sample.clamp(-LIMIT, LIMIT) } else { 0.0 };
        let cleaned: Vec<f32> = samples.iter().map(clean).collect();
        let heard = Listener::alone(make(rate), incoming, &config, samples);
        let score = |&bits: &u32| f32::from_bits(bits);
        assert!(heard.0.iter().map(score).all(|score| (0.0..=1.0).contains(&score)), "{heard:?}");
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

pub(crate) fn reset_equals_new<D: Detector + Clone>(make: Make<D>, rates: &'static [u32]) {
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
        let mut listener = Listener::new(make(rate), incoming, &config);
        listener.push(&before);
        if end {
            listener.finish();
        } else {
            listener.reset();
        }
        listener.push(&after);
        assert_eq!(listener.finish(), expected, "after {}", if end { "the end" } else { "a reset" });
        compared.set(compared.get() + expected.0.len());
    });
    assert!(compared.get() > 0);
}

pub(crate) fn clones_are_independent<D: Detector + Clone>(make: Make<D>, rates: &'static [u32]) {
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
        let mut first = Listener::new(make(rate), incoming, &config);
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

pub(crate) fn a_stream_goes_on_in_another_thread<D: Detector + Clone + Send + 'static>(
    make: Make<D>,
    rates: &'static [u32],
) {
    fn assert_send<T: Send>(_: &T) {}
    let config = SegmentConfig { threshold: 0.4, min_speech_ms: 50, ..Default::default() };
    let (before, after) = SPEECH[..24_000].split_at(10_007);
    for &rate in rates {
        for incoming in [0, 44_100] {
            let expected = Listener::alone(make(rate), incoming, &config, &SPEECH[..24_000]);
            let mut listener = Listener::new(make(rate), incoming, &config);
            assert_send(&listener.events);
            listener.push(before);
            let elsewhere = thread::spawn(move || {
                listener.push(after);
                listener
            });
            assert_eq!(elsewhere.join().unwrap().finish(), expected);
        }
    }
}

pub(crate) fn a_short_frame_is_one_that_zeros_complete<D: Detector + Clone>(make: Make<D>, rates: &'static [u32]) {
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
