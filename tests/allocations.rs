//! Nothing is allocated once a stream stands.
#![cfg(feature = "embedded")]

mod common;

use std::sync::Arc;

use allocation_counter::measure;
use voiced::silero::Model;
use voiced::{Detector, Kernels, ScoreStream, SegmentConfig, Silero, Stream};

#[test]
fn scoring_allocates_nothing() {
    let speech = common::speech(16_000);
    for kernels in Kernels::available() {
        let mut detector = Silero::new(Arc::new(Model::embedded(16_000, kernels).unwrap()));
        let allocations = measure(|| {
            for frame in speech.chunks(512) {
                detector.score(frame);
            }
            detector.reset();
        });
        assert_eq!(allocations.count_total, 0, "{kernels}");
    }
}

#[test]
fn pushing_packets_allocates_nothing() {
    let speech = common::speech_i16(16_000); // no longer speech when played at another rate, so that any score counts
    let config = SegmentConfig { threshold: 0.01, max_speech_s: 1.0, ..Default::default() };
    for rate in [8000, 16_000, 44_100, 48_000] {
        let mut stream = Stream::new(Silero::for_rate(rate).unwrap(), rate, &config).unwrap();
        let mut scores = ScoreStream::new(Silero::for_rate(rate).unwrap(), rate).unwrap();
        let mut count = 0;
        let allocations = measure(|| {
            for packet in speech.chunks(441) {
                count += stream.push(packet).count();
                let mut packet = packet;
                while scores.push(&mut packet).is_some() {}
            }
            count += stream.finish().count();
            while scores.finish().is_some() {}
        });
        assert_eq!(allocations.count_total, 0, "{rate} Hz");
        assert!(count > 0, "{rate} Hz");
    }
}

#[test]
fn the_measure_sees_an_allocation() {
    assert_eq!(measure(|| drop(std::hint::black_box(vec![1]))).count_total, 1);
}
