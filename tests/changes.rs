//! Any settings, packets and changes of settings: events pair up and lie in order, audio is the recording's to the bit, and
//! nothing depends on the packets.

mod common;

use proptest::prelude::*;
use proptest::sample::select;
use voiced::{Cut, Detector, Error, Event, FrameSpec, Segment, SegmentConfig, Stream, Update};

use common::{cases, packets, settings};

/// Scores the magnitude of a frame's first sample.
#[derive(Clone, Debug)]
struct Magnitude(FrameSpec);

impl Detector for Magnitude {
    fn spec(&self) -> FrameSpec {
        self.0
    }

    fn score(&mut self, frame: &[f32]) -> f32 {
        frame[0].abs().min(1.0)
    }

    fn reset(&mut self) {}
}

/// What a stream keeps, with the milliseconds before.
#[derive(Clone, Copy, Debug)]
enum Keep {
    Nothing,
    Audio(f64),
    Segments(f64),
}

/// A stream and how it is used.
#[derive(Clone, Debug)]
struct Case {
    spec: FrameSpec,
    rate: u32,
    config: SegmentConfig,
    keep: Keep,
    /// Settings, each to be set after so many updates.
    changes: Vec<(usize, SegmentConfig)>,
    samples: Vec<f32>,
}

impl Case {
    fn inverted(&self) -> bool {
        let configs = self.changes.iter().map(|(_, config)| config).chain([&self.config]);
        configs.into_iter().any(|config| config.neg_threshold.unwrap_or(0.01) > config.threshold)
    }
}

/// Spans that fall on whole hops often.
fn ms(longest: u32) -> impl Strategy<Value = f64> {
    prop_oneof![1 => Just(0.0), 2 => (0..=longest / 2).prop_map(|n| f64::from(2 * n)), 2 => 0.0..f64::from(longest)]
}

fn configs() -> impl Strategy<Value = SegmentConfig> {
    let thresholds = prop_oneof![4 => (0.3..0.7, Just(None)), 1 => (0.0..1.0, proptest::option::of(0.0..1.0))];
    let max_speech_s = prop_oneof![1 => Just(f64::INFINITY), 1 => 0.001..0.2];
    let cut = select(&[Cut::LongestSilence, Cut::LastSilence][..]);
    // Half of them wait for no padding.
    let silence_and_pad = prop_oneof![(ms(60), ms(60)), (ms(60), 0.0..0.5).prop_map(|(ms, share)| (ms, ms * share))];
    let delay = prop_oneof![4 => Just(0.0), 1 => ms(30)];
    (thresholds, ms(40), silence_and_pad, max_speech_s, cut, ms(20), delay).prop_map(
        |((threshold, neg), speech, (silence, pad), max, cut, at_cut, delay)| {
            settings(|c| {
                (c.threshold, c.neg_threshold, c.cut, c.delay_ms) = (threshold, neg, cut, delay);
                (c.min_speech_ms, c.min_silence_ms, c.speech_pad_ms) = (speech, silence, pad);
                (c.max_speech_s, c.min_silence_at_max_speech_ms) = (max, at_cut);
            })
        },
    )
}

/// Levels that last a while.
fn samples() -> impl Strategy<Value = Vec<f32>> {
    let level = prop_oneof![3 => Just(0.0), 3 => Just(0.9), 2 => 0.0..1.0_f32, 1 => Just(f32::NAN)];
    prop::collection::vec((level, 1..250_usize), 0..25).prop_map(|runs| {
        let mut noise = 1_u32;
        let mut samples = Vec::new();
        for (level, length) in runs {
            for _ in 0..length {
                noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                samples.push(level + (noise >> 8) as f32 * 1e-9); // so that no two are alike
            }
        }
        samples
    })
}

prop_compose! {
    fn any_case()(
        hop in 3..40_usize, // longer than a sample at each of the rates
        overlap in 0..50_usize,
        rate in prop_oneof![4 => Just(8000), 1 => select(&[4000, 11_025, 16_000, 44_100][..])],
        config in configs(),
        keep in (0..3_u8, ms(20)).prop_map(|(kind, ms)| match kind {
            0 => Keep::Nothing,
            1 => Keep::Audio(ms),
            _ => Keep::Segments(ms),
        }),
        changes in prop::collection::vec((0..80_usize, configs()), 0..4),
        samples in samples(),
    ) -> Case {
        Case { spec: FrameSpec::overlapping(8000, hop + overlap, hop), rate, config, keep, changes, samples }
    }
}

/// A stream with what has been told of it.
struct Listener<'a> {
    case: &'a Case,
    stream: Stream<Magnitude>,
    updates: Vec<Update>,
    started: Option<u64>,
    last_end: u64,
}

impl<'a> Listener<'a> {
    /// None where the settings are refused.
    fn new(case: &'a Case, batch: usize) -> Option<Self> {
        let stream = Stream::new(Magnitude(case.spec), case.rate, &case.config).unwrap().with_batches(batch).unwrap();
        let stream = match case.keep {
            Keep::Nothing => stream,
            Keep::Audio(ms) => kept(stream.with_audio(ms))?,
            Keep::Segments(ms) => kept(stream.with_segments(ms))?,
        };
        Some(Self { case, stream, updates: Vec::new(), started: None, last_end: 0 })
    }

    fn run(mut self, plan: &[usize]) -> Vec<Update> {
        self.change();
        for packet in packets(&self.case.samples, plan) {
            let mut rest = packet;
            while let Some(update) = self.stream.push(&mut rest) {
                self.note(update);
            }
        }
        assert_eq!(self.stream.received(), self.case.samples.len() as u64);
        while let Some(update) = self.stream.finish() {
            self.note(update);
        }
        assert_eq!(self.started, None, "speech without an end");
        self.updates
    }

    fn note(&mut self, update: Update) {
        assert_eq!(update.start, self.updates.last().map_or(0, |last| last.end));
        assert!(update.start <= update.end && update.end <= self.case.samples.len() as u64);
        for event in update.events {
            match event {
                Event::Start { at } => {
                    assert_eq!(self.started.replace(at), None);
                    // Half a sample before the end counts as the end.
                    assert!(self.last_end <= at && at <= self.stream.received(), "{at} after {}", self.last_end);
                    self.check(matches!(self.case.keep, Keep::Audio(_) | Keep::Segments(_)), at, update.end);
                }
                Event::Continue { at } => {
                    assert!(self.started.is_some_and(|start| start < at) && at <= update.end);
                    // Where the offset threshold is above the onset's, speech may fall quiet as it begins.
                    assert!(update.speech > 0 || self.case.inverted());
                }
                Event::Misfire { at } => assert_eq!(self.started.take(), Some(at)),
                Event::End(Segment { start, end }) => {
                    assert_eq!(self.started.take(), Some(start));
                    assert!(start <= end && end <= self.stream.received(), "{start}..{end}");
                    self.check(matches!(self.case.keep, Keep::Segments(_)), start, end);
                    self.last_end = end;
                }
            }
        }
        self.updates.push(update);
        self.change();
    }

    /// Expects the recording's samples, and what was before them, if they are kept at all; and that they are if they must be.
    fn check(&self, must: bool, start: u64, end: u64) {
        let before = match self.case.keep {
            Keep::Nothing => 0.0,
            Keep::Audio(ms) | Keep::Segments(ms) => ms * f64::from(self.case.rate) / 1000.0,
        };
        let range = start.saturating_sub(before as u64)..end;
        let bits = |samples: &[f32]| samples.iter().map(|sample| sample.to_bits()).collect::<Vec<_>>();
        match self.stream.audio(range.clone()) {
            Some(kept) => {
                let recorded = &self.case.samples[range.start as usize..range.end as usize];
                assert_eq!(bits(kept), bits(recorded), "{range:?}");
            }
            None => assert!(!must || range.end > self.stream.received(), "{range:?} is not kept"),
        }
    }

    /// Sets what is to be set by now.
    fn change(&mut self) {
        for (_, config) in self.case.changes.iter().filter(|(at, _)| *at == self.updates.len()) {
            let before = *self.stream.config();
            if self.stream.set_config(config).is_err() {
                assert_eq!(*self.stream.config(), before, "nothing has changed");
            } else {
                assert_eq!(self.stream.config(), config);
            }
        }
    }
}

fn kept<T>(stream: Result<T, Error>) -> Option<T> {
    match stream {
        Ok(stream) => Some(stream),
        Err(Error::Config { field: "speech_pad_ms" | "max_speech_s", .. }) => None,
        Err(other) => panic!("{other}"),
    }
}

proptest! {
    #![proptest_config(cases(10_000))]

    #[test]
    fn audio_is_the_recordings_and_events_pair_up_whatever_changes(
        case in any_case(),
        plan in prop::collection::vec(1..400_usize, 1..6),
        batch in 1..9_usize,
    ) {
        let Some(listener) = Listener::new(&case, 1) else { return Ok(()) };
        let at_once = listener.run(&[usize::MAX]);
        let in_packets = Listener::new(&case, batch).unwrap().run(&plan);
        prop_assert_eq!(format!("{:?}", in_packets), format!("{:?}", at_once), "as text, since NaN is not itself");
    }
}
