//! The resampler against scipy and against rubato, on signals below 0.85 of the lower Nyquist
//! frequency, where every good resampler agrees.

mod common;

use common::Golden;
use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler as _, WindowFunction};
use voiced::Resampler;

/// Largest distance to another resampler's output for a signal inside both pass bands: the sum of
/// both designs' ripples, which at 84 dB is 6e-5 for ours.
const PEER: f64 = 1e-4;

/// Output samples, at the lower rate, that the signal's sudden beginning or end reaches into.
const EDGE: usize = 256;

/// From which rates to which, in Hz.
const RATES: [(u32, u32); 6] =
    [(8000, 16_000), (11_025, 8000), (16_000, 44_100), (44_100, 16_000), (47_999, 16_000), (48_000, 16_000)];

fn resample(from: u32, to: u32, input: &[f32]) -> Vec<f32> {
    let mut resampler = Resampler::new(from, to).unwrap();
    let mut output = vec![0.0; input.len() * to as usize / from as usize + 2];
    let mut written = resampler.push(&mut &input[..], &mut output);
    written += resampler.finish(&mut output[written..]);
    output.truncate(written);
    output
}

/// Asserts that two outputs agree, but for the ends, where they depend on the filters' lengths.
fn assert_agree(from: u32, to: u32, ours: &[f32], theirs: &[f32]) {
    assert_eq!(ours.len(), theirs.len(), "{from} {to}");
    let edge = EDGE * to as usize / from.min(to) as usize;
    let inner = edge..ours.len() - edge;
    let pairs = ours[inner.clone()].iter().zip(&theirs[inner]);
    let distance = pairs.map(|(ours, theirs)| (ours - theirs).abs()).fold(0.0, f32::max);
    println!("{from} {to}: {distance:e}");
    assert!(f64::from(distance) < PEER, "{from} {to}: {distance}");
}

/// The golden file of `tools/export/golden.py`: (from, to, input, scipy's output).
fn golden() -> Vec<(u32, u32, Vec<f32>, Vec<f32>)> {
    let file = Golden::read("resample.safetensors");
    let signals = |(from, to)| {
        let values = |part: &str| file.values(&format!("{from}_{to}.{part}"));
        (from, to, values("input"), values("output"))
    };
    RATES.map(signals).into()
}

#[test]
fn agrees_with_scipy() {
    for (from, to, input, expected) in golden() {
        assert_agree(from, to, &resample(from, to, &input), &expected);
    }
}

#[test]
fn agrees_with_rubato() {
    // It works in blocks, and delays by half of one: here 640 samples at the lower rate, so that
    // both halves are whole. Where the rates share no factor, a block outlasts the signal.
    const BLOCK: u32 = 640;
    for (from, to, input, _) in golden().into_iter().filter(|(from, ..)| *from != 47_999) {
        let block = (from * BLOCK / from.min(to)) as usize;
        let (rates, window) = ((from as usize, to as usize), WindowFunction::BlackmanHarris2);
        let mut peer = Fft::<f64>::new_custom(rates.0, rates.1, block, 1, 1, window, FixedSync::Input).unwrap();
        let exact: Vec<f64> = input.iter().copied().map(f64::from).collect();
        let exact = InterleavedSlice::new(&exact, 1, input.len()).unwrap();
        let output = peer.process_all(&exact, input.len(), None).unwrap().take_data();
        let expected: Vec<f32> = output.iter().map(|&y| y as f32).collect();
        assert_agree(from, to, &resample(from, to, &input), &expected);
    }
}
