//! Silero's scores against the official package's.
#![cfg(feature = "embedded")]

mod common;

use common::{Golden, white_noise};
use std::sync::Arc;
use voiced::{Detector, Kernels, Silero, silero::Model};

/// The promise: the largest difference to the official scores, with any kernel set.
const TOLERANCE: f32 = 1e-5;

fn scores(kernels: Kernels, rate: u32, samples: &[f32]) -> Vec<f32> {
    let mut detector = Silero::new(Arc::new(Model::embedded(rate, kernels).unwrap()));
    let mut scores = Vec::new();
    detector.score_all(samples, &mut scores);
    scores
}

#[test]
fn t() {
    let g = Golden::read("scores.safetensors");
    let x = common::speech(16_000);
    for &k in Kernels::available() {
        let s = scores(k, 16_000, &x);
        let want = g.values("speech_16k");
        let m = s.iter().zip(&want).map(|(a,b)| (a-b).abs()).fold(0.0, f32::max);
        println!("{k} {m} {} {}", s.len(), want.len());
        let x = common::speech(8_000);
        let s = scores(k, 8_000, &x);
        let want = g.values("speech_8k");
        let m = s.iter().zip(&want).map(|(a,b)| (a-b).abs()).fold(0.0, f32::max);
        println!("{k} {m} {} {}", s.len(), want.len());
    }
    panic!()
}
