//! The segmenter against `get_speech_timestamps_from_probs`, case by case.

mod common;

use std::path::Path;

use common::settings;
use proptest::prelude::*;
use serde_json::Value;
use voiced::{Cut, Error, Event, FrameSpec, Segment, SegmentConfig, Segmenter, segments_from_scores};

const SPEC_16K: FrameSpec = FrameSpec::adjacent(16_000, 512);
const SPEC_8K: FrameSpec = FrameSpec::adjacent(8000, 256);

fn official_config(case: &Value) -> SegmentConfig {
    let ms = |name: &str| case[name].as_f64().unwrap();
    settings(|config| {
        config.threshold = case["threshold"].as_f64().unwrap();
        config.neg_threshold = case["neg_threshold"].as_f64();
        config.min_speech_ms = ms("min_speech_duration_ms");
        config.min_silence_ms = ms("min_silence_duration_ms");
        config.speech_pad_ms = ms("speech_pad_ms");
        config.max_speech_s = case["max_speech_duration_s"].as_f64().unwrap_or(f64::INFINITY);
        config.min_silence_at_max_speech_ms = ms("min_silence_at_max_speech");
        let longest = case["use_max_poss_sil_at_max_speech"] == true;
        config.cut = if longest { Cut::LongestSilence } else { Cut::LastSilence };
    })
}

/// Official segments of some scores and parameters, read as `tools/export/golden_segments.py` writes them: how many cases
/// there are, and those in which our segments are others.
fn differences(path: &Path) -> (usize, Vec<String>) {
    let file: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let score = |score: &Value| score.as_f64().unwrap() as f32;
    let sequences: Vec<Vec<f32>> = file["sequences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|sequence| sequence["scores"].as_array().unwrap().iter().map(score).collect())
        .collect();
    let cases = file["cases"].as_array().unwrap();
    let different = |case: &Value| {
        let scores = &sequences[case["sequence"].as_u64().unwrap() as usize];
        let spec = if case["sampling_rate"] == 16_000 { SPEC_16K } else { SPEC_8K };
        let length = case["audio_length_samples"].as_u64().unwrap_or((scores.len() * spec.hop) as u64);
        let sample = |value: &Value| value.as_u64().unwrap();
        let segment = |pair: &Value| Segment { start: sample(&pair[0]), end: sample(&pair[1]) };
        let official: Vec<Segment> = case["segments"].as_array().unwrap().iter().map(segment).collect();
        let found = segments_from_scores(scores, spec, length, &official_config(case)).unwrap();
        (found != official).then(|| format!("{case}: ours are {found:?}"))
    };
    (cases.len(), cases.iter().filter_map(different).collect())
}

#[test]
fn every_golden_case_gives_the_official_segments() {
    let (cases, differences) = differences(&common::data("segments.json"));
    assert!(cases >= 1000);
    assert!(differences.is_empty(), "{} of {cases} differ, the first is {}", differences.len(), differences[0]);
}

/// Any scores and parameters, as `tools/export/segments_parity.py` writes them, in the file that
/// `VOICED_SEGMENTS_PARITY` names.
#[test]
#[ignore = "needs what tools/export/segments_parity.py makes, and is run by it"]
fn any_scores_and_parameters() {
    let path = std::env::var("VOICED_SEGMENTS_PARITY").expect("VOICED_SEGMENTS_PARITY names a file");
    let (cases, differences) = differences(Path::new(&path));
    differences.iter().take(3).for_each(|difference| println!("{difference}"));
    println!("{cases} cases, {} differ", differences.len());
    assert!(cases > 0 && differences.is_empty());
}

#[test]
fn bad_fields_are_named_with_what_is_legal() {
    let refused = |config: SegmentConfig| Segmenter::new(&config, SPEC_16K).unwrap_err();
    for threshold in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
        let error = refused(settings(|config| config.threshold = threshold));
        assert!(matches!(error, Error::Config { field: "threshold", .. }), "{error}");
        let error = refused(settings(|config| config.neg_threshold = Some(threshold)));
        assert!(matches!(error, Error::Config { field: "neg_threshold", .. }), "{error}");
    }
    for max_speech_s in [0.0, -1.0, f64::NAN] {
        let error = refused(settings(|config| config.max_speech_s = max_speech_s));
        assert!(error.to_string().contains("max_speech_s") && error.to_string().contains("above 0"), "{error}");
    }
    for ms in [-0.001, f64::NEG_INFINITY, f64::INFINITY, f64::NAN] {
        for (config, name) in [
            (settings(|config| config.min_speech_ms = ms), "min_speech_ms"),
            (settings(|config| config.min_silence_ms = ms), "min_silence_ms"),
            (settings(|config| config.speech_pad_ms = ms), "speech_pad_ms"),
            (settings(|config| config.min_silence_at_max_speech_ms = ms), "min_silence_at_max_speech_ms"),
            (settings(|config| config.delay_ms = ms), "delay_ms"),
        ] {
            let error = refused(config);
            assert!(matches!(error, Error::Config { field, .. } if field == name), "{error}");
        }
    }
}

#[test]
fn a_rate_or_a_hop_of_nothing_is_refused() {
    let config = SegmentConfig::default();
    for (rate, hop, field) in [(0, 512, "rate of the detector"), (16_000, 0, "hop of the detector")] {
        let error = Segmenter::new(&config, FrameSpec::adjacent(rate, hop)).unwrap_err();
        assert!(matches!(error, Error::Config { field: named, given: 0.0, .. } if named == field), "{error}");
    }
}

#[test]
fn times_beyond_any_recording_stop_at_the_largest() {
    for (pad, delay) in [(u32::MAX.into(), 0.0), (u32::MAX.into(), u32::MAX.into()), (f64::MAX, 0.0), (0.0, f64::MAX)]
    {
        let config = settings(|config| {
            (config.min_speech_ms, config.min_silence_ms) = (0.0, 0.0);
            (config.speech_pad_ms, config.delay_ms) = (pad, delay);
        });
        let mut segmenter = Segmenter::new(&config, FrameSpec::adjacent(u32::MAX, usize::MAX)).unwrap();
        for score in [1.0, 1.0, 0.0, 1.0, 0.0, 0.0, 1.0] {
            let _ = segmenter.push(score);
        }
        for event in segmenter.finish(u64::MAX) {
            assert!(!matches!(event, Event::End(Segment { start, end }) if start > end), "{event:?}");
        }
    }
    let spec = FrameSpec::adjacent(16_000, 512);
    let delayed = settings(|config| (config.delay_ms, config.min_speech_ms) = (100.0, 0.0));
    let found = segments_from_scores(&[0.0, 0.0, 0.0, 1.0, 1.0], spec, u64::MAX, &delayed).unwrap();
    assert_eq!(found, [Segment { start: 0, end: u64::MAX - 1600 }], "the end of time, 100 ms earlier");
}

#[test]
fn a_length_that_cannot_be_reverses_no_segment() {
    for (delay_ms, earlier) in [(0.0, 0), (50.0, 800)] {
        let config = settings(|config| (config.min_speech_ms, config.delay_ms) = (0.0, delay_ms));
        let found = segments_from_scores(&[0.0, 0.0, 1.0, 1.0, 0.0], SPEC_16K, 0, &config);
        assert_eq!(found.unwrap(), [Segment { start: 544 - earlier.min(544), end: 2048 - earlier }]);
    }
}

#[test]
fn speech_is_reported_when_it_is_known() {
    let config = settings(|c| (c.min_speech_ms, c.min_silence_ms, c.speech_pad_ms) = (64.0, 96.0, 32.0));
    let mut segmenter = Segmenter::new(&config, SPEC_16K).unwrap();
    let mut push = |score| segmenter.push(score).to_vec();
    let at = |frame: u64| frame * 512;

    assert_eq!(push(0.1), []);
    assert_eq!(push(0.1), []);
    assert_eq!(push(0.9), [Event::Start { at: at(1) }]); // frame 2, and a frame of padding
    assert_eq!(push(0.4), [Event::Continue { at: at(4) }]); // between the thresholds: still speech
    assert_eq!(push(0.1), [Event::Continue { at: at(5) }]); // frame 4: quiet, but not for long yet
    assert_eq!(push(0.1), [Event::Continue { at: at(6) }]);
    assert_eq!(push(0.1), [Event::Continue { at: at(7) }]);
    assert_eq!(push(0.1), [Event::Misfire { at: at(1) }]); // two frames of speech are not longer than 64 ms
    assert_eq!(push(0.9), [Event::Start { at: at(7) }]);
    for _ in 0..3 {
        push(0.9);
    }
    for _ in 0..3 {
        push(0.0); // from frame 12 on
    }
    assert_eq!(push(0.0), [Event::End(Segment { start: at(7), end: at(13) })]);
    assert_eq!(segmenter.finish(at(16)).to_vec(), []);
}

#[test]
fn speech_close_to_an_open_end_is_held_back_until_it_counts() {
    let config = settings(|c| (c.min_speech_ms, c.min_silence_ms, c.speech_pad_ms) = (64.0, 32.0, 320.0));
    let scores = |pattern: &str| pattern.bytes().map(|c| if c == b'#' { 0.9 } else { 0.0 }).collect::<Vec<f32>>();
    let events = |pattern: &str| {
        let mut segmenter = Segmenter::new(&config, SPEC_16K).unwrap();
        let mut events: Vec<Event> = scores(pattern).iter().flat_map(|&score| segmenter.push(score)).collect();
        events.extend(segmenter.finish(512 * pattern.len() as u64));
        events.retain(|event| !matches!(event, Event::Continue { .. }));
        events
    };
    let segment = |start: u64, end: u64| Event::End(Segment { start: start * 512, end: end * 512 });
    let start = |at: u64| Event::Start { at: at * 512 };

    // The gap of four frames goes half to either side.
    assert_eq!(events("####....####............"), [start(0), segment(0, 6), start(6), segment(6, 22)]);
    // The two frames in the middle are too short, and nobody hears of them.
    assert_eq!(events("####....##.............."), [start(0), segment(0, 14)]);
}

fn configs() -> impl Strategy<Value = SegmentConfig> {
    let max_speech = prop_oneof![Just(f64::INFINITY), 0.001..3.0];
    let cut = prop_oneof![Just(Cut::LongestSilence), Just(Cut::LastSilence)];
    let neg_threshold = proptest::option::of(0.0..=1.0);
    let delay = prop_oneof![Just(0.0), 0.0..200.0];
    let frames = || (0..20_u32).prop_map(|frames| f64::from(32 * frames)); // exactly, where a hop is 512 samples
    let whole = || (0..600_u32).prop_map(f64::from);
    let span = || prop_oneof![1 => Just(0.0), 2 => frames(), 2 => whole(), 2 => 0.0..600.0];
    let at_once = (0.0..=1.0, neg_threshold, span(), span(), span(), max_speech, cut, span()).prop_map(
        |(threshold, neg_threshold, min_speech_ms, min_silence_ms, speech_pad_ms, max_speech_s, cut, at_max)| {
            settings(|config| {
                (config.threshold, config.neg_threshold) = (threshold, neg_threshold);
                (config.min_speech_ms, config.min_silence_ms) = (min_speech_ms, min_silence_ms);
                (config.speech_pad_ms, config.max_speech_s, config.cut) = (speech_pad_ms, max_speech_s, cut);
                config.min_silence_at_max_speech_ms = at_max;
            })
        },
    );
    (at_once, delay).prop_map(|(mut config, delay_ms)| {
        config.delay_ms = delay_ms;
        config
    })
}

/// Scores that stay high or low for a while, as real ones do.
fn scores() -> impl Strategy<Value = Vec<f32>> {
    let run = (prop_oneof![0.0..=1.0_f32, Just(0.0), Just(1.0), Just(f32::NAN)], 1..20_usize);
    proptest::collection::vec(run, 0..20)
        .prop_map(|runs| runs.into_iter().flat_map(|(score, count)| vec![score; count]).collect())
}

/// Frames that follow each other, and frames that overlap by any part.
fn specs() -> impl Strategy<Value = FrameSpec> {
    prop_oneof![
        Just(SPEC_16K),
        Just(SPEC_8K),
        (80..800_usize, 1..=8_usize).prop_map(|(hop, overlap)| FrameSpec::overlapping(16_000, hop * overlap, hop)),
    ]
}

/// Whole samples that so many milliseconds are at least.
fn samples(rate: u32, ms: f64) -> u64 {
    (f64::from(rate) * ms / 1000.0).ceil() as u64
}

proptest! {
    #![proptest_config(common::cases(1000))]

    /// Segments have a length, except where an offset threshold above the onset's ends speech as it begins, and `max_speech`
    /// cuts it there; the official package then has empty segments too.
    #[test]
    fn events_pair_up_and_segments_are_in_order(
        config in configs(),
        spec in specs(),
        scores in scores(),
        missing in 0.0..1.0,
    ) {
        let missing = (missing * spec.hop as f64) as u64; // of the last hop
        let length = (scores.len() as u64 * spec.hop as u64).saturating_sub(missing);
        let mut segmenter = Segmenter::new(&config, spec).unwrap();
        let mut started = None;
        let mut last_end = 0;
        let mut events: Vec<Event> = scores.iter().flat_map(|&score| segmenter.push(score)).collect();
        events.extend(segmenter.finish(length));
        for event in events {
            match event {
                Event::Start { at } => {
                    prop_assert_eq!(started, None);
                    prop_assert!(last_end <= at && at < length, "{} of {}", at, length);
                    started = Some(at);
                }
                Event::Continue { at } => prop_assert!(started.is_some_and(|start| start < at)),
                Event::Misfire { at } => prop_assert_eq!(started.take(), Some(at)),
                Event::End(Segment { start, end }) => {
                    prop_assert_eq!(started.take(), Some(start));
                    let offset = config.neg_threshold.unwrap_or(0.01); // at least
                    let inverted = offset > config.threshold && config.max_speech_s.is_finite();
                    let begins_before = start < end || start == end && inverted;
                    prop_assert!(begins_before && end <= length, "{} .. {} of {}", start, end, length);
                    last_end = end;
                }
            }
        }
        prop_assert_eq!(started, None);
    }

    /// The exception is a segment that a delay has moved against the start: what lay before it is cut off, less than a hop.
    #[test]
    fn segments_of_unlimited_speech_are_longer_than_min_speech(mut config in configs(), spec in specs(), scores in scores()) {
        config.max_speech_s = f64::INFINITY;
        let length = (scores.len() * spec.hop) as u64;
        let min_speech = f64::from(spec.rate) * config.min_speech_ms / 1000.0;
        for Segment { start, end } in segments_from_scores(&scores, spec, length, &config).unwrap() {
            let cut_off = if start == 0 && config.delay_ms > 0.0 { spec.hop as u64 - 1 } else { 0 };
            prop_assert!((end - start + cut_off) as f64 > min_speech, "{start}..{end}");
        }
    }

    /// What speech leaves when it is cut may be as short as it likes, as in the official package; nothing else may. Without
    /// padding, the frame that brings a segment's end is the one that cuts it.
    #[test]
    fn only_speech_that_was_cut_leaves_segments_up_to_min_speech(mut config in configs(), scores in scores()) {
        (config.speech_pad_ms, config.delay_ms) = (0.0, 0.0);
        let min_speech = 16.0 * config.min_speech_ms;
        let max_speech = (16_000.0 * config.max_speech_s - 512.0).floor();
        let is_short = |event: Event| match event {
            Event::End(Segment { start, end }) if (end - start) as f64 <= min_speech => Some(start),
            _ => None,
        };
        let mut segmenter = Segmenter::new(&config, SPEC_16K).unwrap();
        for (now, &score) in (0..).step_by(512).zip(&scores) {
            for start in segmenter.push(score).into_iter().filter_map(is_short) {
                prop_assert!((now - start) as f64 > max_speech, "{start} is not cut at {now}");
            }
        }
        prop_assert_eq!(segmenter.finish(scores.len() as u64 * 512).into_iter().find_map(is_short), None);
    }

    /// The exceptions are a limit that is not longer than a hop and the padding, which a segment has in any case, and speech
    /// that goes on to the end, which does so whatever the delay.
    #[test]
    fn segments_are_no_longer_than_max_speech(config in configs(), spec in specs(), scores in scores()) {
        let length = (scores.len() * spec.hop) as u64;
        let least = spec.hop as u64 + 2 * samples(spec.rate, config.speech_pad_ms);
        let longest = (f64::from(spec.rate) * config.max_speech_s).max(least as f64);
        for Segment { start, end } in segments_from_scores(&scores, spec, length, &config).unwrap() {
            let delay = if end == length { samples(spec.rate, config.delay_ms) } else { 0 };
            prop_assert!((end - start) as f64 <= longest + delay as f64, "{start}..{end}");
        }
    }

    /// Once all is decided, that is: the scores of speech that goes on may still settle where it ends, and how much of the gap
    /// before it is its own.
    #[test]
    fn silence_at_the_end_changes_nothing_before_it(
        config in configs(),
        spec in specs(),
        scores in scores(),
        silence in 0..100_usize,
    ) {
        // With a threshold of 0, a score of 0 is speech; with an offset threshold of 0, it ends none.
        prop_assume!(config.threshold > 0.0 && config.neg_threshold != Some(0.0));
        let of = |scores: &[f32]| {
            segments_from_scores(scores, spec, (scores.len() * spec.hop) as u64, &config).unwrap()
        };
        let after = |scores: &[f32], silence: usize| of(&[scores, &vec![0.0; silence]].concat());
        let span = |ms: f64| samples(spec.rate, ms).div_ceil(spec.hop as u64) as usize + 1; // in frames
        let (quiet, rest) = (span(config.min_silence_ms), 2 * span(config.speech_pad_ms) + span(config.delay_ms));

        let decided = 2 * quiet + rest; // twice: speech may be cut while it is quiet, and begin again
        prop_assert_eq!(after(&scores, decided + silence), after(&scores, decided));

        // Where every score is clear, all is decided as soon as it can be.
        let clear: Vec<f32> = scores.iter().map(|score| score.max(0.0).round()).collect();
        // A cut may reach back as far as its speech goes.
        let uncut = if config.max_speech_s.is_finite() { span(config.max_speech_s * 1000.0 + 1.0) } else { 0 };
        let open = span(config.min_speech_ms) + quiet + rest + uncut;
        let before = (clear.len().saturating_sub(open) * spec.hop) as u64;
        let early = |mut segments: Vec<Segment>| {
            segments.retain(|segment| segment.end <= before);
            segments
        };
        prop_assert_eq!(early(after(&clear, silence)), early(of(&clear)));
    }

    #[test]
    fn a_delay_of_whole_hops_leaves_the_first_scores_out(config in configs(), scores in scores(), hops in 0..4_usize) {
        let length = scores.len() as u64 * 512;
        let [mut delayed, mut at_once] = [config; 2];
        (delayed.delay_ms, at_once.delay_ms) = (32.0 * hops as f64, 0.0);
        let rest = &scores[hops.min(scores.len())..];
        prop_assert_eq!(
            segments_from_scores(&scores, SPEC_16K, length, &delayed).unwrap(),
            segments_from_scores(rest, SPEC_16K, length, &at_once).unwrap()
        );
    }
}

#[test]
fn a_delay_moves_both_boundaries() {
    let scores: Vec<f32> = (0..100).map(|i| if (20..50).contains(&i) || i >= 80 { 0.9 } else { 0.1 }).collect();
    let plain = segments_from_scores(&scores, SPEC_16K, 51_000, &SegmentConfig::default()).unwrap();
    let config = settings(|config| config.delay_ms = voiced::Kind::Silero.info().delay_ms);
    let moved = segments_from_scores(&scores, SPEC_16K, 51_000, &config).unwrap();
    assert_eq!((plain[0].start - 560, plain[0].end - 560), (moved[0].start, moved[0].end));
    assert_eq!((plain[1].start - 560, 51_000), (moved[1].start, moved[1].end), "what goes on to the end goes on");
}
