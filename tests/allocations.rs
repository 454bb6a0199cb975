//! Nothing is allocated once a stream stands: every path that audio takes, by a count of allocations.
//!
//! A pool's step is in `pool.rs`, and hours of it in `long.rs`.
#![cfg(feature = "embedded")]

mod common;

use allocation_counter::measure;
use common::settings;
use voiced::silero::{Model, Silero};
use voiced::webrtc::{WebRtc, WebRtcConfig};
use voiced::{Cut, Detector, Event, FrameSpec, Kernels, Kind, Resampler, SegmentConfig, Segmenter, Stream};

/// Any score counts as speech, and segments are cut often.
fn eager() -> SegmentConfig {
    settings(|config| (config.threshold, config.max_speech_s) = (0.01, 1.0))
}

/// Fails where `run` allocates.
fn without_allocation(what: &str, run: impl FnOnce()) {
    assert_eq!(measure(run).count_total, 0, "{what}");
}

#[test]
fn scoring_allocates_nothing() {
    for kind in Kind::ALL {
        for rate in [8000, 16_000] {
            let speech = common::speech(rate);
            let mut detector = kind.load(rate).unwrap().detector();
            let FrameSpec { frame, hop, .. } = detector.spec();
            let together = 20;
            detector.reserve(together);
            let mut scores = vec![0.0; together];
            without_allocation(kind.info().name, || {
                for start in (0..speech.len()).step_by(hop) {
                    detector.score(&speech[start..speech.len().min(start + frame)]);
                }
                detector.reset();
                for samples in speech.chunks(together * hop) {
                    detector.score_frames(samples, &mut scores);
                }
            });
        }
    }
}

#[test]
fn every_kernel_set_scores_without_allocation() {
    let speech = common::speech(16_000);
    for kernels in Kernels::available() {
        let mut detector = Silero::new(&Model::embedded_with(16_000, kernels).unwrap());
        detector.reserve(12);
        let mut scores = vec![0.0; 30];
        without_allocation(kernels.name(), || {
            for frame in speech.chunks(512) {
                detector.score(frame);
            }
            detector.reset();
            for samples in speech.chunks(30 * 512) {
                detector.score_frames(samples, &mut scores);
            }
        });
    }
}

#[test]
fn official_decisions_allocate_nothing() {
    for rate in [8000, 16_000, 32_000, 48_000] {
        let speech = common::speech_i16(16_000);
        let mut webrtc = WebRtc::new(rate, &WebRtcConfig::default()).unwrap();
        without_allocation("webrtc", || {
            for frame in speech.chunks(webrtc.spec().frame) {
                webrtc.judge(frame);
            }
        });
    }
}

#[test]
fn pushing_packets_allocates_nothing() {
    let speech = common::speech_i16(16_000);
    let patient = settings(|config| (config.min_silence_ms, config.max_speech_s) = (300.0, 1.0));
    for kind in Kind::ALL {
        for rate in [8000, 11_025, 16_000, 44_100, 48_000] {
            let loaded = kind.load(rate).unwrap();
            let stream = Stream::new(loaded.detector(), rate, &eager()).unwrap();
            let mut together = stream.clone().with_batches(8).unwrap();
            let mut stream = stream.with_segments(200.0).unwrap();
            let (mut events, mut kept) = (0, 0);
            without_allocation(&format!("{kind} at {rate} Hz"), || {
                let mut note = |stream: &Stream<_, i16>, update: voiced::Update| {
                    events += update.events.len();
                    let segments = update.events.into_iter().filter_map(Event::segment);
                    kept += segments.filter_map(|segment| stream.audio(segment.start..segment.end)).count();
                };
                let mut push = |stream: &mut Stream<_, i16>, mut packet: &[i16]| {
                    while let Some(update) = stream.push(&mut packet) {
                        note(stream, update);
                    }
                };
                speech[..132_300].chunks(441).for_each(|packet| push(&mut stream, packet));
                stream.set_config(&patient).unwrap();
                push(&mut stream, &speech[..8000]);
                while stream.finish().is_some() {}
                push(&mut stream, &speech[..441]);
                stream.reset();
                push(&mut together, &speech[..100_000]);
                while together.finish().is_some() {}
            });
            assert!(events > 0 && kept > 0, "{kind} at {rate} Hz: {events} {kept}");
        }
    }
}

#[test]
fn segmenting_allocates_nothing() {
    let spec = FrameSpec::adjacent(16_000, 512);
    for cut in [Cut::LongestSilence, Cut::LastSilence] {
        let mut config = eager();
        (config.cut, config.min_silence_at_max_speech_ms, config.delay_ms) = (cut, 32.0, 35.0);
        let mut segmenter = Segmenter::new(&config, spec).unwrap();
        let mut ends = 0;
        without_allocation("segmenter", || {
            let mut state = 1_u32;
            for n in 0..20_000 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                // Runs of both, short and long.
                let speech = (state >> 24) < if n / 100 % 2 == 0 { 250 } else { 20 };
                let events = segmenter.push(if speech { 0.9 } else { 0.0 });
                ends += events.into_iter().filter_map(Event::segment).count();
            }
            ends += segmenter.finish(20_000 * 512).len();
        });
        assert!(ends > 100, "{ends}");
    }
}

#[test]
fn resampling_allocates_nothing() {
    let speech = common::speech(16_000);
    for (from, to) in [(44_100, 16_000), (16_000, 44_100), (48_000, 8000), (7919, 16_000), (16_000, 16_000)] {
        let mut resampler = Resampler::new(from, to).unwrap();
        let mut space = [0.0; 480];
        let mut written = 0;
        without_allocation(&format!("{from} to {to} Hz"), || {
            for mut packet in speech[..100_000].chunks(441) {
                while !packet.is_empty() {
                    written += resampler.push(&mut packet, &mut space);
                }
            }
            written += resampler.finish(&mut space);
            resampler.reset();
        });
        assert!(written > 10_000, "{from} {to}: {written}");
    }
}

#[test]
fn the_measure_sees_an_allocation() {
    assert_eq!(measure(|| drop(std::hint::black_box(vec![1]))).count_total, 1);
}
