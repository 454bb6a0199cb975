//! The WebRTC detector against the official package: `tests/data/webrtc.json` holds its decisions.

mod common;

use std::fs;
use std::path::Path;

use allocation_counter::measure;
use proptest::prelude::*;
use serde_json::Value;
use voiced::webrtc::{Verdict, WebRtc, WebRtcConfig};
use voiced::{Detector, Error};

fn config(mode: u8, frame_ms: u32) -> WebRtcConfig {
    let mut config = WebRtcConfig::default();
    (config.mode, config.frame_ms) = (mode, frame_ms);
    config
}

const RATES: [u32; 4] = [8_000, 16_000, 32_000, 48_000];
const FRAMES_MS: [u32; 3] = [10, 20, 30];
const MODES: [u8; 4] = [0, 1, 2, 3];

/// Every rate, frame length and mode.
fn configurations() -> impl Iterator<Item = (u32, WebRtcConfig)> {
    RATES.into_iter().flat_map(|rate| {
        FRAMES_MS.into_iter().flat_map(move |frame_ms| MODES.map(|mode| (rate, config(mode, frame_ms))))
    })
}

fn detector(rate: u32, config: WebRtcConfig) -> WebRtc {
    WebRtc::new(rate, &config).unwrap()
}

fn to_f32(samples: &[i16]) -> Vec<f32> {
    samples.iter().map(|&sample| f32::from(sample) / 32_768.0).collect()
}

/// Official decisions on an input, as `tools/export/webrtc_official.py` writes them.
struct Case {
    input: String,
    rate: u32,
    config: WebRtcConfig,
    restarts: Vec<usize>, // in samples
    decisions: Vec<bool>, // of whole frames
}

impl Case {
    fn read(path: &Path) -> Vec<Self> {
        let file: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        file["cases"].as_array().unwrap().iter().map(Self::parse).collect()
    }

    fn parse(case: &Value) -> Self {
        let number = |field: &str| case[field].as_u64().unwrap();
        let digits = case["decisions"].as_str().unwrap().chars();
        let decisions = digits.flat_map(|digit| {
            let nibble = digit.to_digit(16).unwrap();
            [8, 4, 2, 1].map(|bit| nibble & bit != 0)
        });
        Self {
            input: case["input"].as_str().unwrap().to_owned(),
            rate: number("rate") as u32,
            config: config(number("mode") as u8, number("frame_ms") as u32),
            restarts: case["restarts"].as_array().unwrap().iter().map(|at| at.as_u64().unwrap() as usize).collect(),
            decisions: decisions.take(number("frames") as usize).collect(),
        }
    }

    /// Which frames our decisions differ in.
    fn differences(&self, samples: &[i16]) -> Vec<usize> {
        let mut detector = detector(self.rate, self.config);
        let mut decisions = Vec::new();
        let mut rest = samples;
        let ends = self.restarts.iter().copied().chain([samples.len()]);
        for end in ends {
            let (piece, after) = rest.split_at(end - (samples.len() - rest.len()));
            rest = after;
            detector.reset();
            decisions.extend(piece.chunks_exact(detector.spec().frame).map(|frame| detector.decide(frame)));
        }
        assert_eq!(decisions.len(), self.decisions.len(), "{self}");
        (0..decisions.len()).filter(|&frame| decisions[frame] != self.decisions[frame]).collect()
    }
}

impl std::fmt::Display for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} at {} Hz, {:?}", self.input, self.rate, self.config)
    }
}

/// The inputs of the golden decisions, as `tools/export/webrtc_inputs.py` makes them.
mod inputs {
    use super::common;

    pub(super) fn make(name: &str, rate: u32) -> Vec<i16> {
        match name {
            "speech" => speech(rate),
            "loud" => {
                let speech = speech(rate);
                amplify(&speech[..speech.len() / 3], 8)
            }
            "hard" => hard(1, 15 * rate as usize),
            "hum" => hum(1, 100 * rate as usize),
            _ => panic!("no input is called {name}"),
        }
    }

    fn speech(rate: u32) -> Vec<i16> {
        let recorded = rate.min(16_000);
        upsample(&common::speech_i16(recorded), (rate / recorded) as i32)
    }

    fn upsample(samples: &[i16], factor: i32) -> Vec<i16> {
        let next = samples.iter().skip(1).chain(samples.last());
        let between = |(&here, &there): (&i16, &i16)| {
            (0..factor)
                .map(move |k| (i32::from(here) * (factor - k) + i32::from(there) * k).div_euclid(factor) as i16)
        };
        samples.iter().zip(next).flat_map(between).collect()
    }

    fn amplify(samples: &[i16], factor: i16) -> Vec<i16> {
        samples.iter().map(|sample| sample.saturating_mul(factor)).collect()
    }

    struct Generator(u32);

    impl Generator {
        fn below(&mut self, limit: i32) -> i32 {
            self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (((self.0 >> 16) * limit as u32) >> 16) as i32
        }
    }

    pub(super) fn hard(seed: u32, count: usize) -> Vec<i16> {
        const AMPLITUDES: [i32; 8] = [1, 3, 10, 100, 1_000, 6_000, 20_000, 32_767];
        let mut generator = Generator(seed);
        let mut samples = Vec::new();
        while samples.len() < count {
            let kind = generator.below(9);
            let length = 200 + generator.below(4_000);
            let amplitude = AMPLITUDES[generator.below(8) as usize];
            let period = 2 + generator.below(400);
            let noise = |generator: &mut Generator| generator.below(2 * amplitude + 1) - amplitude;
            for n in 0..length {
                let phase = n % period;
                let sample = match kind {
                    1 if phase < period / 2 => amplitude,
                    1 => -amplitude,
                    2 => noise(&mut generator),
                    3 if phase == 0 => amplitude,
                    0 | 3 => 0,
                    4 => -32_768,
                    5 => [-32_768, 32_767][generator.below(2) as usize],
                    6 => 2 * amplitude * phase / period - amplitude,
                    7 => (noise(&mut generator) * n).div_euclid(length),
                    _ => (2 * noise(&mut generator)).clamp(-32_768, 32_767),
                };
                samples.push(sample as i16);
            }
        }
        samples.truncate(count);
        samples
    }

    fn hum(seed: u32, count: usize) -> Vec<i16> {
        let mut generator = Generator(seed);
        let (mut amplitude, mut low) = (0, 0);
        let sample = |n| {
            if n % 600 == 0 {
                amplitude = 32 << generator.below(11);
            }
            low += (generator.below(2 * amplitude) - amplitude - low) >> 3;
            low as i16
        };
        (0..count).map(sample).collect()
    }
}

#[test]
fn decisions_are_the_official_ones() {
    let cases = Case::read(&common::data("webrtc.json"));
    for input in ["speech", "loud", "hard", "hum"] {
        let cases: Vec<&Case> = cases.iter().filter(|case| case.input == input).collect();
        let rates = if input == "hum" { &RATES[..1] } else { &RATES };
        assert_eq!(cases.len(), rates.len() * FRAMES_MS.len() * MODES.len());
        for &rate in rates {
            let samples = inputs::make(input, rate);
            for case in cases.iter().filter(|case| case.rate == rate) {
                let differences = case.differences(&samples);
                assert!(differences.is_empty(), "{case}: frames {differences:?}");
                let speech = case.decisions.iter().filter(|&&speech| speech).count();
                assert!(speech > 0 && speech < case.decisions.len(), "{case}: nothing to tell apart");
            }
        }
    }
}

/// Any input with its official decisions, as `tools/export/webrtc_parity.py` writes them, in the folder that
/// `VOICED_WEBRTC_PARITY` names.
#[test]
#[ignore = "needs what tools/export/webrtc_parity.py makes, and is run by it"]
fn any_length_of_audio() {
    let folder = std::env::var("VOICED_WEBRTC_PARITY").expect("VOICED_WEBRTC_PARITY names a folder");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    let (mut all_frames, mut all_differences) = (0, 0);
    for path in paths {
        let bytes = fs::read(path.with_extension("s16")).unwrap();
        let samples: Vec<i16> = bytes.as_chunks().0.iter().map(|&word| i16::from_le_bytes(word)).collect();
        let cases = Case::read(&path);
        let frames: usize = cases.iter().map(|case| case.decisions.len()).sum();
        let speech: usize = cases.iter().map(|case| case.decisions.iter().filter(|&&speech| speech).count()).sum();
        let differences: usize = cases.iter().map(|case| case.differences(&samples).len()).sum();
        println!("{}: {frames} frames, {speech} speech, {differences} differ", cases[0].input);
        all_frames += frames;
        all_differences += differences;
    }
    println!("all: {all_frames} frames, {all_differences} differ");
    assert!(all_frames > 0);
    assert_eq!(all_differences, 0);
}

#[test]
fn samples_of_any_format_are_heard_alike() {
    for (rate, config) in configurations() {
        let samples = &inputs::make("loud", rate)[..rate as usize];
        let [mut of_i16, mut of_f32, mut of_i32] = [(); 3].map(|()| detector(rate, config));
        for frame in samples.chunks(of_i16.spec().frame) {
            let verdict = of_i16.judge(frame);
            assert_eq!(of_f32.judge(&to_f32(frame)), verdict);
            assert_eq!(
                of_i32.judge(&frame.iter().map(|&sample| i32::from(sample) << 16).collect::<Vec<_>>()),
                verdict
            );
        }
    }
}

/// The score's side of 0.5, held as the original holds its decisions, is the official decision: so there is nothing
/// in the decision that the score does not have.
#[test]
fn held_scores_are_the_official_decisions() {
    // By frame length: frames that speech is held for, after up to 6 frames of it and after more.
    const LENIENT: [(usize, usize); 3] = [(8, 14), (4, 7), (3, 5)]; // modes 0 and 1
    const AGGRESSIVE: [(usize, usize); 3] = [(6, 9), (3, 5), (2, 3)]; // modes 2 and 3
    for case in Case::read(&common::data("webrtc.json")).iter().filter(|case| case.restarts.is_empty()) {
        let length = FRAMES_MS.iter().position(|&frame_ms| frame_ms == case.config.frame_ms).unwrap();
        let (few, many) = if case.config.mode < 2 { LENIENT[length] } else { AGGRESSIVE[length] };
        let mut detector = detector(case.rate, case.config);
        let samples = to_f32(&inputs::make(&case.input, case.rate));
        let (mut run, mut hold) = (0_usize, 0_usize);
        for (frame, &official) in samples.chunks_exact(detector.spec().frame).zip(&case.decisions) {
            let own = detector.score(frame) > 0.5;
            let decision = own || hold > 0;
            run = if own { run + 1 } else { 0 };
            hold = if !own {
                hold.saturating_sub(1)
            } else if run > 6 {
                many
            } else {
                few
            };
            assert_eq!(decision, official, "{case}");
        }
    }
}

#[test]
fn silence_scores_nothing() {
    for (rate, config) in configurations() {
        let mut detector = detector(rate, config);
        let frame = vec![0_i16; detector.spec().frame];
        for _ in 0..100 {
            let Verdict { speech, score, .. } = detector.judge(&frame);
            assert_eq!((speech, score), (false, 0.0));
        }
        // The resampler from 48 kHz has other states in silence than at the start.
        assert!(rate == 48_000 || detector == self::detector(rate, config), "silence teaches nothing");
    }
}

#[test]
fn a_bad_configuration_names_the_legal_values() {
    let refusal = |rate, mode, frame_ms| WebRtc::new(rate, &config(mode, frame_ms)).unwrap_err();
    for (rate, mode, frame_ms, field, given) in [
        (44_100, 0, 10, "rate", 44_100.0),
        (0, 0, 10, "rate", 0.0),
        (16_000, 4, 10, "mode", 4.0),
        (16_000, 0, 15, "frame_ms", 15.0),
        (16_000, 0, 0, "frame_ms", 0.0),
    ] {
        let error = refusal(rate, mode, frame_ms);
        assert!(matches!(error, Error::Config { field: f, given: g, .. } if f == field && g == given), "{error:?}");
    }
    assert_eq!(refusal(16_000, 4, 10).to_string(), "mode is 4: it must be 0, 1, 2 or 3");
}

#[test]
fn nothing_is_allocated() {
    for (rate, config) in configurations() {
        let mut detector = detector(rate, config);
        let samples = to_f32(&inputs::hard(3, rate as usize));
        let allocations = measure(|| {
            for frame in samples.chunks(detector.spec().frame) {
                detector.score(frame);
            }
            detector.reset();
        });
        assert_eq!(allocations.count_total, 0, "{rate} Hz, {config:?}");
    }
}

/// Samples of any kind, most of them in range, some of them bad.
fn any_sample() -> impl Strategy<Value = f32> {
    prop_oneof![
        8 => -1.0_f32..=1.0,
        2 => prop_oneof![Just(-1.0_f32), Just(1.0), Just(0.0)],
        1 => any::<f32>(),
        1 => prop_oneof![Just(f32::NAN), Just(f32::INFINITY), Just(f32::NEG_INFINITY)],
    ]
}

fn any_configuration() -> impl Strategy<Value = (u32, WebRtcConfig)> {
    let all: Vec<_> = configurations().collect();
    prop::sample::select(all)
}

proptest! {
    #[test]
    fn any_samples_have_a_score(
        (rate, config) in any_configuration(),
        samples in prop::collection::vec(any_sample(), 0..6_000),
    ) {
        let mut detector = detector(rate, config);
        for frame in samples.chunks(detector.spec().frame) {
            let verdict = detector.judge(frame);
            prop_assert!((0.0..=1.0).contains(&verdict.score), "{verdict:?}");
            prop_assert!(verdict.speech || verdict.score < 0.5, "{verdict:?}");
        }
        detector.reset();
        prop_assert!(detector == self::detector(rate, config));
    }
}
