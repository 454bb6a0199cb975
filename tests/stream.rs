//! Streaming equals offline, whatever the packets and the rate.
#![cfg(feature = "embedded")]

mod common;

use std::cell::RefCell;
use std::rc::Rc;

use common::{events, finish, push, scores, settings};
use proptest::prelude::*;
use voiced::{Detector, Error, FrameSpec, Kind, Resampler, Segment, SegmentConfig, Stream, segments_from_scores};

const SECONDS: usize = 10;

/// Speech at any rate: the bundled recording, resampled where need be.
fn speech_at(rate: u32) -> Vec<f32> {
    let native = if rate == 8000 { 8000 } else { 16_000 };
    let speech = &common::speech(native)[..SECONDS * native as usize - 77];
    if rate == native {
        return speech.to_vec();
    }
    let mut resampler = Resampler::new(native, rate).unwrap();
    let mut resampled = vec![0.0; SECONDS * rate as usize + 2];
    let mut written = resampler.push(&mut &speech[..], &mut resampled);
    written += resampler.finish(&mut resampled[written..]);
    resampled.truncate(written);
    resampled
}

/// The segments that Silero's network finds.
fn segments<S: voiced::audio::Sample>(
    samples: &[S],
    rate: u32,
    config: &SegmentConfig,
) -> Result<Vec<Segment>, Error> {
    voiced::segments(Kind::Silero.load(rate).unwrap().detector(), samples, rate, config)
}

#[test]
fn resampled_speech_is_found_where_it_is() {
    let native = segments(&speech_at(16_000), 16_000, &SegmentConfig::default()).unwrap();
    for rate in [22_050, 32_000, 44_100, 48_000, 96_000] {
        let found = segments(&speech_at(rate), rate, &SegmentConfig::default()).unwrap();
        assert_eq!(found.len(), native.len(), "{rate} Hz");
        for (found, native) in found.iter().zip(&native) {
            for (found, native) in [(found.start, native.start), (found.end, native.end)] {
                let difference = found as f64 / f64::from(rate) - native as f64 / 16_000.0;
                assert!(difference.abs() <= 0.033, "{rate} Hz: {difference} s"); // a frame
            }
        }
    }
}

#[test]
fn times_stay_inside_of_the_audio() {
    for rate in [8000, 11_025, 16_000, 44_100, 48_000] {
        let samples: Vec<f32> = speech_at(rate).into_iter().take(rate as usize * 2 + 13).collect();
        let config = settings(|config| (config.threshold, config.speech_pad_ms) = (0.0, 1000.0));
        let found = segments(&samples, rate, &config).unwrap();
        assert_eq!(found, [Segment { start: 0, end: samples.len() as u64 }], "{rate} Hz");
    }
}

#[test]
fn updates_tell_of_the_same_time_at_every_rate() {
    for rate in [8000, 11_025, 16_000, 44_100, 48_000] {
        let samples = speech_at(rate);
        let mut stream =
            Stream::new(Kind::Silero.load(rate).unwrap().detector(), rate, &SegmentConfig::default()).unwrap();
        let updates = [push(&mut stream, &samples), finish(&mut stream)].concat();
        for (n, update) in updates[..updates.len() - 2].iter().enumerate() {
            let [start, end] = [n, n + 1].map(|n| n as f64 * 0.032 * f64::from(rate));
            assert!(
                (update.start as f64 - start).abs() <= 0.5 && (update.end as f64 - end).abs() <= 0.5,
                "{update:?}"
            );
        }
        assert_eq!(updates[updates.len() - 2].end, samples.len() as u64);
        assert!(!events(&updates).is_empty());
    }
}

#[test]
fn an_empty_recording_has_no_segments() {
    assert_eq!(segments::<i16>(&[], 8000, &SegmentConfig::default()), Ok(vec![]));
}

#[test]
fn a_rate_that_cannot_be_resampled_is_refused() {
    for rate in [0, 1, 3999, 384_001, u32::MAX] {
        let error = segments(&[0.0_f32; 10], rate, &SegmentConfig::default()).unwrap_err();
        assert!(matches!(error, Error::Rate { given, .. } if given == rate), "{error}");
        let text = error.to_string();
        assert!(text.contains("4000") && text.contains("384000"), "{text}");
    }
}

#[test]
fn a_hop_that_makes_no_sense_is_refused() {
    for hop in [0, 513] {
        let spec = FrameSpec::overlapping(16_000, 512, hop);
        let detector = Loudness { spec, seen: Rc::default() };
        let error = Stream::<_, f32>::new(detector, 16_000, &SegmentConfig::default()).unwrap_err().to_string();
        assert!(error.contains("hop") && error.contains(&hop.to_string()), "{error}");
    }
}

/// Scores the loudness, with overlapping frames, and notes the frames that it was given.
#[derive(Clone, Debug)]
struct Loudness {
    spec: FrameSpec,
    seen: Rc<RefCell<Vec<Vec<f32>>>>,
}

impl Detector for Loudness {
    fn spec(&self) -> FrameSpec {
        self.spec
    }

    fn score(&mut self, frame: &[f32]) -> f32 {
        self.seen.borrow_mut().push(frame.to_vec());
        frame.iter().fold(0.0, |peak: f32, sample| peak.max(sample.abs())).min(1.0)
    }

    fn reset(&mut self) {}
}

proptest! {
    #[test]
    fn any_detector_sees_the_same_frames(
        samples in proptest::collection::vec(-1.0..1.0_f32, 0..400),
        plan in proptest::collection::vec(1..60_usize, 1..20),
        frame in 1..40_usize,
        hop in 1..40_usize,
    ) {
        let spec = FrameSpec::overlapping(16_000, frame, hop.min(frame));
        let mut detector = Loudness { spec, seen: Rc::default() };
        let mut offline = Vec::new();
        detector.score_all(&samples, &mut offline);
        prop_assert_eq!(offline.len(), spec.frames(samples.len()));

        let boxed: Box<dyn Detector> = Box::new(detector.clone());
        let config = SegmentConfig::default();
        let mut stream = Stream::new(boxed, 16_000, &config).unwrap();
        let mut streamed = Vec::new();
        for packet in common::packets(&samples, &plan) {
            streamed.extend(push(&mut stream, packet));
        }
        streamed.extend(finish(&mut stream));
        prop_assert_eq!(&scores(&streamed), &offline);

        let found = voiced::segments(detector, &samples, 16_000, &config).unwrap();
        prop_assert_eq!(found, segments_from_scores(&offline, spec, samples.len() as u64, &config).unwrap());
    }
}
