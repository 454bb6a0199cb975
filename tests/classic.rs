//! What holds for every classic detector, beside what holds for all detectors (`tests/detectors.rs`).

mod common;

use std::f32::consts::TAU;

use allocation_counter::measure;
use voiced::{AnyDetector, Detector, Kind};

const RATES: [u32; 2] = [8000, 16_000];

/// Each classic detector with its default configuration, by name, at each rate.
fn classics() -> impl Iterator<Item = (Kind, u32, AnyDetector)> {
    let classic = |kind: &&Kind| !kind.info().network && **kind != Kind::WebRtc;
    let at_each_rate = |&kind: &Kind| RATES.map(|rate| (kind, rate, kind.load(rate).unwrap().detector()));
    Kind::ALL.iter().filter(classic).flat_map(at_each_rate)
}

fn scores(detector: &mut impl Detector, samples: &[f32]) -> Vec<f32> {
    let mut scores = Vec::new();
    detector.score_all(samples, &mut scores);
    scores
}

#[test]
fn scores_know_the_future_only_as_far_as_the_frame_reaches() {
    for (name, rate, mut detector) in classics() {
        let spec = detector.spec();
        assert_eq!((spec.rate, spec.hop), (rate, rate as usize / 100), "{name}");
        assert_eq!(spec.lookahead, spec.frame - spec.hop, "{name}");
        assert!(spec.frame <= rate as usize / 10, "{name}: at most 100 ms");
        let mut samples = common::speech(rate);
        let before = scores(&mut detector, &samples);
        let cut = samples.len() / 2;
        samples[cut..].iter_mut().for_each(|sample| *sample = 0.3 - 2.0 * *sample);
        let after = scores(&mut detector, &samples);
        let same = before.iter().zip(&after).take_while(|(a, b)| a == b).count();
        let whole = (cut - spec.frame) / spec.hop + 1; // frames that end at or before the cut
        assert!(same >= whole, "{name} {rate}: {same} {whole}");
        assert!(same <= whole + spec.frame / spec.hop, "{name} {rate}: the change is heard");
    }
}

#[test]
fn scoring_allocates_nothing() {
    for (name, rate, mut detector) in classics() {
        let speech = common::speech(rate);
        let spec = detector.spec();
        let allocations = measure(|| {
            for frame in speech.windows(spec.frame).step_by(spec.hop) {
                detector.score(frame);
            }
            detector.reset();
            detector.score(&speech[..spec.frame]);
        });
        assert_eq!(allocations.count_total, 0, "{name} {rate}");
    }
}

/// How far a gain of 20 dB may move a score on the average.
const LEVEL: f32 = 0.02;

#[test]
fn the_level_of_a_recording_does_not_matter() {
    for (name, rate, mut detector) in classics() {
        let speech = common::speech(rate);
        let usual = scores(&mut detector, &speech);
        for gain in [0.1, 10.0] {
            let scaled: Vec<f32> = speech.iter().map(|sample| sample * gain).collect();
            let scaled = scores(&mut detector, &scaled);
            let change: f32 = usual.iter().zip(&scaled).map(|(a, b)| (a - b).abs()).sum();
            let mean = change / usual.len() as f32;
            assert!(mean <= LEVEL, "{name} {rate}: {mean} at {gain}");
        }
    }
}

#[test]
fn rounding_noise_after_digital_silence_is_not_speech() {
    for (name, rate, mut detector) in classics() {
        let second = rate as usize;
        let mut samples = vec![0.0; second];
        // What is left of a very quiet room, or a dither: now and then a step of 16 bits.
        let rounded = |x: &f32| (x * 7.0).round() / 32_768.0;
        samples.extend(common::white_noise(2 * second).iter().map(rounded));
        assert!(samples.iter().any(|&sample| sample != 0.0));
        let fired = scores(&mut detector, &samples).iter().filter(|&&score| score >= 0.5).count();
        assert_eq!(fired, 0, "{name} {rate}");
    }
}

/// Pink noise: white noise through P. Kellet's filter, which is within 0.05 dB of 3 dB an octave above 9 Hz at 44.1 kHz.
fn pink_noise(count: usize) -> Vec<f32> {
    const POLES: [(f32, f32); 6] = [
        (0.998_86, 0.055_517_9),
        (0.993_32, 0.075_075_9),
        (0.969, 0.153_852),
        (0.866_5, 0.310_485_6),
        (0.55, 0.532_952_2),
        (-0.761_6, -0.016_898),
    ];
    let mut state = [0.0; 6];
    let pink = |white: f32| {
        for (state, (pole, gain)) in state.iter_mut().zip(POLES) {
            *state = pole * *state + gain * white;
        }
        0.2 * (state.iter().sum::<f32>() + white * 0.536_2)
    };
    common::white_noise(count).into_iter().map(pink).collect()
}

#[test]
fn steady_sounds_are_not_speech() {
    for (name, rate, mut detector) in classics() {
        let count = 20 * rate as usize;
        let hum = |n: usize| 0.3 * (TAU * 50.0 * (n % rate as usize) as f32 / rate as f32).sin();
        for (sound, samples) in [
            ("silence", vec![0.0; count]),
            ("offset", vec![0.3; count]),
            ("hum", (0..count).map(hum).collect()),
            ("white noise", common::white_noise(count)),
            ("pink noise", pink_noise(count)),
        ] {
            detector.reset();
            let spec = detector.spec();
            let scores: Vec<f32> =
                samples.windows(spec.frame).step_by(spec.hop).map(|frame| detector.score(frame)).collect();
            let steady = &scores[100..]; // from the first second on
            let fired = steady.iter().filter(|&&score| score >= 0.5).count();
            assert!(fired * 50 <= steady.len(), "{name} {rate}: fires on {fired} of {} in {sound}", steady.len());
        }
    }
}

#[test]
fn speech_is_told_from_the_silence_around_it_within_half_a_second() {
    for (name, rate, mut detector) in classics() {
        let mut samples: Vec<f32> = common::white_noise(rate as usize / 2).iter().map(|x| x * 0.003).collect();
        let lead = samples.len() / (rate as usize / 100);
        samples.extend(common::speech(rate));
        let scores = scores(&mut detector, &samples);
        let mean = |scores: &[f32]| scores.iter().sum::<f32>() / scores.len() as f32;
        let (before, speech) = scores.split_at(lead - 10);
        let (before, speech) = (mean(before), mean(speech));
        assert!(before < 0.4 && speech > before + 0.1, "{name} {rate}: {before} before, {speech} in speech");
    }
}
