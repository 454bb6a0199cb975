//! Weights of half precision: those of each network, rounded here, change no decision on the bundled recordings.
//!
//! Over more recordings, one decision in ten thousand changes: `weights/README.md`.

mod common;

use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView};
use voiced::{Detector, Kind};

/// What decides: the default onset and offset thresholds.
const THRESHOLDS: [f32; 2] = [0.5, 0.35];

/// The positive finite numbers of half precision: the index of each is its bits.
fn halves() -> Vec<f64> {
    let value = |bits: u16| match (bits >> 10, f64::from(bits & 1023)) {
        (0, fraction) => fraction / 16_777_216.0, // 2^24
        (exponent, fraction) => (1024.0 + fraction) * f64::from(1_u32 << exponent) / 33_554_432.0, // 2^25
    };
    (0..0x7c00).map(value).collect()
}

/// The bits of the number among `halves` that is nearest to `x`, and of two the even one.
fn round(halves: &[f64], x: f32) -> u16 {
    let magnitude = f64::from(x.abs());
    let above = halves.partition_point(|&half| half < magnitude);
    assert!(above < halves.len(), "{x} is too large");
    let below = above.saturating_sub(1);
    let (down, up) = (magnitude - halves[below], halves[above] - magnitude);
    let nearest = if down < up || (down == up && below % 2 == 0) { below } else { above };
    nearest as u16 | u16::from(x.is_sign_negative()) << 15
}

/// The same weights file, with all its numbers rounded to half precision.
fn halved(bytes: &[u8]) -> Vec<u8> {
    let halves = halves();
    let (_, header) = SafeTensors::read_metadata(bytes).unwrap();
    let tensors = SafeTensors::deserialize(bytes).unwrap();
    let rounded: Vec<(String, Vec<usize>, Vec<u8>)> = tensors
        .iter()
        .map(|(name, tensor)| {
            let numbers = tensor.data().as_chunks().0.iter().map(|&word| f32::from_le_bytes(word));
            let bytes = numbers.flat_map(|x| round(&halves, x).to_le_bytes()).collect();
            (name.to_owned(), tensor.shape().to_vec(), bytes)
        })
        .collect();
    let views =
        rounded.iter().map(|(name, shape, bytes)| (name, TensorView::new(Dtype::F16, shape.clone(), bytes).unwrap()));
    safetensors::serialize(views, header.metadata().clone()).unwrap()
}

fn scores(kind: Kind, weights: &[u8], samples: &[f32]) -> Vec<f32> {
    let mut scores = Vec::new();
    kind.load_from(weights).unwrap().detector().score_all(samples, &mut scores);
    scores
}

#[track_caller]
fn assert_same_decisions(name: &str, rate: u32, kind: Kind) {
    let path = format!("{}/weights/{name}.safetensors", env!("CARGO_MANIFEST_DIR"));
    let single = std::fs::read(path).unwrap();
    let half = halved(&single);
    assert!(half.len() * 100 < single.len() * 53, "{name}: {} bytes", half.len());

    let speech = common::speech(rate);
    let [single, half] = [single, half].map(|weights| scores(kind, &weights, &speech));
    let largest = single.iter().zip(&half).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    println!("{name}: the largest difference of {} scores is {largest}", single.len());
    assert!(largest > 0.0, "{name}: nothing was rounded");
    for threshold in THRESHOLDS {
        let decisions = |scores: &[f32]| scores.iter().map(|&x| x >= threshold).collect::<Vec<_>>();
        assert_eq!(decisions(&single), decisions(&half), "{name} at {threshold}");
    }
}

#[test]
fn no_decision_changes_on_the_bundled_recordings() {
    assert_same_decisions("gru_16k", 16_000, Kind::Gru);
    assert_same_decisions("silero_16k", 16_000, Kind::Silero);
    assert_same_decisions("silero_8k", 8000, Kind::Silero);
}
