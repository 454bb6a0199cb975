//! Streaming equals offline, whatever the packets and the rate.
#![cfg(feature = "embedded")]

mod common;

use std::cell::RefCell;
use std::rc::Rc;

use proptest::prelude::*;
use voiced::dsp::resample::Resampler;
use voiced::{
    Detector, Error, Event, FrameSpec, ScoreStream, Segment, SegmentConfig, Silero, Stream, segments,
    segments_from_scores, segments_with,
};

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
        let config = SegmentConfig { threshold: 0.0, speech_pad_ms: 1000, ..Default::default() };
        let found = segments(&samples, rate, &config).unwrap();
        assert_eq!(found, [Segment { start: 0, end: samples.len() as u64 }], "{rate} Hz");
    }
}

#[test]
fn events_that_are_not_read_are_not_lost_audio() {
    let samples = speech_at(16_000);
    let mut stream = Stream::new(Silero::for_rate(16_000).unwrap(), 16_000, &SegmentConfig::default()).unwrap();
    let all: Vec<Event> = stream.push(&samples).collect();
    let last: Vec<Event> = stream.finish().collect();

    let (before, after) = samples.split_at(samples.len() / 2);
    stream.push(before).next();
    assert_eq!(stream.received(), before.len() as u64);
    let rest: Vec<Event> = stream.push(after).collect();
    assert!(all.ends_with(&rest) && !rest.is_empty());
    drop(stream.finish());

    assert_eq!(stream.received(), 0, "a finished stream is as new");
    assert_eq!(stream.push(&samples).chain([]).collect::<Vec<_>>(), all);
    assert_eq!(stream.finish().collect::<Vec<_>>(), last);
}

#[test]
fn an_empty_recording_has_no_events() {
    let mut stream = Stream::new(Silero::for_rate(44_100).unwrap(), 44_100, &SegmentConfig::default()).unwrap();
    assert_eq!(stream.push::<f32>(&[]).count(), 0);
    assert_eq!(stream.finish().count(), 0);
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
        let error = ScoreStream::new(detector, 16_000).unwrap_err().to_string();
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
        let mut stream = ScoreStream::new(boxed, 16_000).unwrap();
        let mut streamed = Vec::new();
        for mut packet in common::packets(&samples, &plan) {
            streamed.extend(std::iter::from_fn(|| stream.push(&mut packet)));
        }
        streamed.extend(std::iter::from_fn(|| stream.finish()));
        prop_assert_eq!(&streamed, &offline);

        let config = SegmentConfig::default();
        let found = segments_with(detector, &samples, 16_000, &config).unwrap();
        prop_assert_eq!(found, segments_from_scores(&offline, spec, samples.len() as u64, &config).unwrap());
    }
}
