//! Nothing is allocated once a stream stands: every path that audio takes, by a count of allocations.
//!
//! A pool's step is in `pool.rs`, and hours of it in `long.rs`.
#![cfg(feature = "embedded")]

mod common;

use std::sync::Arc;

use allocation_counter::measure;
use voiced::dsp::resample::Resampler;
use voiced::frame::Framer;
use voiced::silero::Model;
use voiced::{
    Cut, Detector, Event, FrameSpec, Kernels, ScoreStream, Segment, SegmentConfig, Segmenter, Silero, Stream, WebRtc,
    WebRtcConfig,
};

/// Any score counts as speech, and segments are cut often.
fn eager() -> SegmentConfig {
    SegmentConfig { threshold: 0.01, max_speech_s: 1.0, ..Default::default() }
}

/// Fails where `run` allocates.
fn without_allocation(what: &str, run: impl FnOnce()) {
    assert_eq!(measure(run).count_total, 0, "{what}");
}

#[test]
fn scoring_allocates_nothing() {
    for (name, make) in common::detectors::ALL {
        for rate in [8000, 16_000] {
            let speech = common::speech(rate);
            let mut detector = make(rate);
            let FrameSpec { frame, hop, .. } = detector.spec();
            let together = 20;
            detector.reserve(together);
            let mut scores = vec![0.0; together];
            without_allocation(name, || {
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
        let mut detector = Silero::new(Arc::new(Model::embedded(16_000, kernels).unwrap()));
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
    let packet = |at: usize| &speech[at * 441..(at + 1) * 441];
    for (name, make) in common::detectors::ALL {
        for rate in [8000, 11_025, 16_000, 44_100, 48_000] {
            let mut stream = Stream::new(make(rate), rate, &eager()).unwrap();
            let mut together = Stream::with_batches(make(rate), rate, &eager(), 8).unwrap();
            let mut scores = ScoreStream::new(make(rate), rate).unwrap();
            let mut count = 0;
            without_allocation(&format!("{name} at {rate} Hz"), || {
                for at in 0..300 {
                    count += stream.push(packet(at)).count();
                    let mut packet = packet(at);
                    while scores.push(&mut packet).is_some() {}
                }
                count += stream.push(&speech[..8000]).count();
                count += stream.finish().count();
                count += stream.push(packet(7)).count();
                stream.reset();
                while scores.finish().is_some() {}
                count += together.push(&speech[..100_000]).count() + together.finish().count();
            });
            assert!(count > 0, "{name} at {rate} Hz");
        }
    }
}

#[test]
fn segmenting_allocates_nothing() {
    let spec = FrameSpec::adjacent(16_000, 512);
    for cut in [Cut::LongestSilence, Cut::LastSilence] {
        let config = SegmentConfig { cut, min_silence_at_max_speech_ms: 32, delay_ms: 35, ..eager() };
        let mut segmenter = Segmenter::new(&config, spec).unwrap();
        let mut ends = 0;
        without_allocation("segmenter", || {
            let mut state = 1_u32;
            for n in 0..20_000 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                // Runs of both, short and long.
                let speech = (state >> 24) < if n / 100 % 2 == 0 { 250 } else { 20 };
                let events = segmenter.push(if speech { 0.9 } else { 0.0 });
                ends += events.filter(|event| matches!(event, Event::End(Segment { .. }))).count();
            }
            ends += segmenter.finish(20_000 * 512).count();
        });
        assert!(ends > 100, "{ends}");
    }
}

#[test]
fn resampling_and_framing_allocate_nothing() {
    let speech = common::speech(16_000);
    for (from, to) in [(44_100, 16_000), (16_000, 44_100), (48_000, 8000), (7919, 16_000), (16_000, 16_000)] {
        let mut resampler = Resampler::new(from, to).unwrap();
        let mut framer = Framer::new(FrameSpec::overlapping(to, 480, 160), 3);
        let mut frames = 0;
        without_allocation(&format!("{from} to {to} Hz"), || {
            for mut packet in speech[..100_000].chunks(441) {
                while framer.fill(|space| resampler.push(&mut packet, space)).is_some() {
                    frames += 1;
                }
            }
            while framer.fill(|space| resampler.finish(space)).is_some() {
                frames += 1;
            }
            while framer.finish().is_some() {
                frames += 1;
            }
            framer.reset();
            resampler.reset();
        });
        assert!(frames > 50, "{from} {to}: {frames}");
    }
}

#[test]
fn the_measure_sees_an_allocation() {
    assert_eq!(measure(|| drop(std::hint::black_box(vec![1]))).count_total, 1);
}
