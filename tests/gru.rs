//! The GRU detector against `tools/train/forward.py`, a plain float64 computation of what a weights file says.
//!
//! The network in `tests/data/gru_random.safetensors` has random weights, and other sizes than the one that is trained, whose
//! golden scores are in `tests/data/gru.safetensors`.

mod common;

use common::Golden;
use voiced::gru::{Gru, Model};
use voiced::{Detector, Error, Kernels, Loaded, Pool, SegmentConfig};

const TOLERANCE: f32 = 1e-5;

const RANDOM: &str = "gru_random.safetensors";

fn file() -> Vec<u8> {
    std::fs::read(common::data(RANDOM)).unwrap()
}

fn assert_near(scores: &[f32], golden: &[f32], what: &str) {
    assert_eq!(scores.len(), golden.len(), "{what}");
    let largest = scores.iter().zip(golden).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(largest <= TOLERANCE, "{what}: {largest}");
}

#[test]
#[cfg(feature = "embedded")]
fn the_embedded_network_gives_the_golden_scores() {
    let golden = Golden::read("gru.safetensors");
    let speech = common::speech(16_000);
    let quiet: Vec<f32> = speech.iter().map(|x| x / 1000.0).collect();
    let noise = golden.values("noise.samples");
    for kernels in Kernels::available() {
        let mut detector = Gru::new(&Model::embedded_with(kernels).unwrap());
        for (samples, name) in [(&speech, "speech"), (&quiet, "speech_60dB_quieter"), (&noise, "noise")] {
            let mut scores = Vec::new();
            detector.score_all(samples, &mut scores);
            assert_near(&scores, &golden.values(name), &format!("{kernels} {name}"));
        }
    }
}

fn speech() -> Vec<f32> {
    let mut speech = common::speech(16_000);
    speech.truncate(16_000 * 20 + 55);
    speech
}

#[test]
fn scores_are_those_of_the_equations() {
    let speech = speech();
    let quiet: Vec<f32> = speech.iter().map(|x| x / 1024.0).collect();
    let golden = Golden::read(RANDOM);
    for kernels in Kernels::available() {
        let model = Model::from_bytes_with(&file(), kernels).unwrap();
        assert_eq!((model.spec().frame, model.spec().hop, model.kernels()), (256, 128, kernels));
        let mut detector = Gru::new(&model);
        for (samples, name) in [(&speech, "golden.speech"), (&quiet, "golden.quiet")] {
            let golden = golden.values(name);
            for reserved in [1, 32] {
                detector.reserve(reserved);
                let mut scores = Vec::new();
                detector.score_all(samples, &mut scores);
                assert_near(&scores, &golden, &format!("{kernels} {name}"));
            }
        }
    }
}

#[test]
fn frame_by_frame_is_the_same_as_many_together() {
    let speech = speech();
    let mut detector = Gru::new(&Model::from_bytes(&file()).unwrap());
    detector.reserve(32);
    let mut together = Vec::new();
    detector.score_all(&speech, &mut together);
    detector.reset();
    let frame = |i: usize| &speech[i * 128..speech.len().min(i * 128 + 256)];
    let alone: Vec<f32> = (0..together.len()).map(|i| detector.score(frame(i))).collect();
    assert_eq!(alone, together);
}

#[test]
fn a_pool_gives_what_a_stream_gives() {
    let speech = speech();
    let gru = Gru::new(&Model::from_bytes(&file()).unwrap());
    let mut expected = Vec::new();
    gru.clone().score_all(&speech, &mut expected);
    let mut pool: Pool = Loaded::from(gru).pool(2);
    let mut updates = Vec::new();
    let [whole, half] = [0, 1].map(|_| pool.join(16_000, &SegmentConfig::default()).unwrap());
    let mut scores = Vec::new();
    for (at, packet) in speech.chunks(777).enumerate() {
        pool.push(whole, packet).unwrap();
        if at % 2 == 0 {
            pool.push(half, packet).unwrap();
        }
        while pool.step(&mut updates) > 0 {
            let told = updates.iter().filter(|(stream, _)| *stream == whole);
            scores.extend(told.filter_map(|(_, update)| update.score));
        }
    }
    assert_eq!(scores.len(), (speech.len() - 256) / 128 + 1);
    for (ours, alone) in scores.iter().zip(&expected) {
        assert!((ours - alone).abs() <= TOLERANCE, "{ours} {alone}");
    }
}

#[test]
fn a_file_that_states_what_cannot_be_is_refused() {
    let original = file();
    let length = u64::from_le_bytes(original[..8].try_into().unwrap()) as usize;
    let header = String::from_utf8(original[8..8 + length].to_vec()).unwrap();
    for (from, to, told) in [
        ("voiced-gru-1", "voiced-gru-9", "voiced-gru-1"),
        (r#""frame":"256""#, r#""frame":"250""#, "frame"),
        (r#""hop":"128""#, r#""hop":"000""#, "hop"),
        (r#""memory":"50""#, r#""memory":"-5""#, "memory"),
        (r#""floor":"1e-10""#, r#""floor":"zero.""#, "floor"),
        (r#""edges":"1 2"#, r#""edges":"2 2"#, "edges"),
        (r#""rate":"16000""#, r#""rate":"1600x""#, "rate"),
        (r#""rate":"#, r#""rite":"#, "rate"),
    ] {
        assert!(header.contains(from), "{from}");
        let changed = [&original[..8], header.replacen(from, to, 1).as_bytes(), &original[8 + length..]].concat();
        match Model::from_bytes_with(&changed, Kernels::Scalar) {
            Err(Error::WeightsFile { reason, .. }) => assert!(reason.contains(told), "{reason}"),
            other => panic!("{from}: {other:?}"),
        }
    }
    let without = header.replacen("output.bias", "output.bios", 1);
    let changed = [&original[..8], without.as_bytes(), &original[8 + length..]].concat();
    let error = Model::from_bytes_with(&changed, Kernels::Scalar).unwrap_err();
    assert!(matches!(&error, Error::TensorMissing { name, .. } if name == "output.bias"), "{error}");
}
