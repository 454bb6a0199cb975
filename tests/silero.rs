//! Silero's scores against the official package's, and what happens to bad weights and bad samples.
#![cfg(feature = "embedded")]

mod common;

use common::{Golden, speech, white_noise};
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView};
use voiced::silero::{Model, Silero};
use voiced::{Detector, Error, Kernels};

/// The promise: the largest difference to the official scores, with any kernel set.
const TOLERANCE: f32 = 1e-5;

fn detector(rate: u32, kernels: Kernels) -> Silero {
    Silero::new(&Model::embedded_with(rate, kernels).unwrap())
}

fn scores(detector: &mut Silero, samples: &[f32]) -> Vec<f32> {
    let mut scores = Vec::new();
    detector.score_all(samples, &mut scores);
    scores
}

#[test]
fn scores_are_the_official_ones() {
    let golden = Golden::read("scores.safetensors");
    for rate in [16_000, 8000] {
        let scaled = |scale: f32| speech(rate).into_iter().map(|sample| sample * scale).collect::<Vec<_>>();
        let two_seconds = 2 * rate as usize;
        let recordings = [
            ("speech_Rk", speech(rate)),
            ("speech_Rk_short", speech(rate)[..1000].to_vec()),
            ("speech_Rk_loud", scaled(8.0)),
            ("speech_Rk_quiet", scaled(1.0 / 128.0)),
            ("silence_Rk", vec![0.0; two_seconds]),
            ("noise_Rk", white_noise(two_seconds)),
        ];
        for kernels in Kernels::available() {
            let mut detector = detector(rate, kernels);
            for (name, samples) in &recordings {
                let name = name.replace('R', &(rate / 1000).to_string());
                let official = golden.values(&name);
                let ours = scores(&mut detector, samples);
                assert_eq!(ours.len(), official.len(), "{name}");
                for (frame, (ours, official)) in ours.iter().zip(&official).enumerate() {
                    let difference = (ours - official).abs();
                    assert!(difference <= TOLERANCE, "{kernels} {name} frame {frame}: {ours} and {official}");
                }
            }
        }
    }
}

#[test]
fn sets_that_fuse_give_the_same_scores_to_the_bit() {
    for rate in [16_000, 8000] {
        let samples = &speech(rate)[..4 * rate as usize];
        let expected = scores(&mut detector(rate, Kernels::Scalar), samples);
        for kernels in Kernels::available().filter(|&kernels| kernels != Kernels::Portable) {
            assert_eq!(scores(&mut detector(rate, kernels), samples), expected, "{kernels} {rate} Hz");
        }
    }
}

#[test]
fn many_frames_together_score_as_one_by_one() {
    for rate in [16_000, 8000] {
        let samples = speech(rate);
        for kernels in Kernels::available().filter(|&kernels| kernels != Kernels::Scalar) {
            let mut detector = detector(rate, kernels);
            let hop = detector.spec().hop;
            for count in [0, 1, 11, 12, 13, 24, 37] {
                let samples = &samples[..(count * hop).saturating_sub(hop / 3)]; // the last one is not whole
                detector.reset();
                let alone: Vec<f32> = samples.chunks(hop).map(|frame| detector.score(frame)).collect();
                for room in [1, 5, 12, 96] {
                    detector.reserve(room);
                    assert_eq!(
                        scores(&mut detector, samples),
                        alone,
                        "{kernels} {rate}: {count} frames, {room} together"
                    );
                }
            }
        }
    }
}

#[test]
fn bad_samples_do_no_lasting_harm() {
    let speech = speech(16_000);
    for kernels in Kernels::available() {
        let mut detector = detector(16_000, kernels);
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::MIN, 1e-42] {
            detector.reset();
            let score = detector.score(&[bad; 512]);
            assert!((0.0..=1.0).contains(&score), "{kernels} {bad}: {score}");
            let next = detector.score(&speech[..512]);
            assert!((0.0..=1.0).contains(&next), "{kernels} after {bad}: {next}");
        }
    }
}

const WEIGHTS: &[u8] = include_bytes!("../weights/silero_16k.safetensors");

/// The weights file with its tensors changed by `edit`, which sees name, shape and bytes, and drops what it refuses.
fn edited(edit: impl Fn(&str, &mut Vec<usize>, &mut Vec<u8>) -> bool) -> Vec<u8> {
    let file = SafeTensors::deserialize(WEIGHTS).unwrap();
    let mut tensors: Vec<(String, Vec<usize>, Vec<u8>)> = file
        .tensors()
        .into_iter()
        .map(|(name, tensor)| (name, tensor.shape().to_vec(), tensor.data().to_vec()))
        .collect();
    tensors.retain_mut(|(name, shape, bytes)| edit(name, shape, bytes));
    let views =
        tensors.iter().map(|(name, shape, bytes)| (name, TensorView::new(Dtype::F32, shape.clone(), bytes).unwrap()));
    safetensors::serialize(views, None).unwrap()
}

fn refused(bytes: &[u8]) -> Error {
    Model::from_bytes(bytes).unwrap_err()
}

#[test]
fn a_bad_weights_file_is_refused_by_name_and_shape() {
    Model::from_bytes(&edited(|_, _, _| true)).unwrap();

    for name in ["conv1.weight", "conv3.bias", "lstm.weight_hh", "lstm.bias_ih", "output.weight", "output.bias"] {
        let missing = edited(|found, _, _| found != name);
        let error = refused(&missing);
        assert!(matches!(&error, Error::TensorMissing { name: told, .. } if told == name), "{error}");

        let not_a_number = edited(|found, _, bytes| {
            if found == name {
                bytes[..4].copy_from_slice(&f32::NAN.to_le_bytes());
            }
            true
        });
        let error = refused(&not_a_number).to_string();
        assert!(error.contains(name) && error.contains("NaN") && error.contains("finite"), "{error}");
    }

    let reshaped = edited(|found, shape, _| {
        if found == "lstm.weight_ih" {
            *shape = vec![128, 512];
        }
        true
    });
    assert!(matches!(refused(&reshaped), Error::TensorShape { .. }));
    assert_eq!(
        refused(&reshaped).to_string(),
        "tensor `lstm.weight_ih` has shape [128, 512]: the network wants [512, 128]"
    );

    let empty = edited(|_, shape, bytes| {
        *shape = vec![0];
        bytes.clear();
        true
    });
    assert!(matches!(refused(&empty), Error::TensorShape { .. }));
}

#[test]
fn bytes_that_are_no_weights_file_are_refused() {
    let truncated = &WEIGHTS[..WEIGHTS.len() - 1];
    let mut long_header = WEIGHTS.to_vec();
    long_header[..8].copy_from_slice(&u64::MAX.to_le_bytes());
    let lying: &[u8] =
        b"\x3a\0\0\0\0\0\0\0{\"conv1.weight\":{\"dtype\":\"F32\",\"shape\":[9],\"data_offsets\":[0,9]}}";
    for bytes in [&b""[..], b"RIFF", &[0; 64], &[0xff; 64], truncated, &long_header, &WEIGHTS[..4000], lying] {
        let error = refused(bytes);
        assert!(matches!(error, Error::WeightsFile { .. }), "{error}");
    }
}

#[test]
fn embedded_weights_are_for_two_rates() {
    let native = |rate| Model::embedded(rate).unwrap().spec().rate;
    assert_eq!([4000, 8000, 8001, 16_000, 48_000].map(native), [8000, 8000, 16_000, 16_000, 16_000]);
}
