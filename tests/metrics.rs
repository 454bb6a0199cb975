//! Measures against scikit-learn, numpy, scipy and pyannote.metrics, case by case: `tools/metrics/golden.py` wrote the cases.
#![cfg(feature = "metrics")]

mod common;

use serde_json::Value;
use voiced::metrics::{
    Bootstrap, Confusion, Interval, Latencies, OperatingPoint, Optimum, RankMeasures, Ranking, Reference,
    ScoredSegment, ScoredSteps, probit,
};
use voiced::{Error, FrameSpec, Segment};

/// The oracles add in another order, and pyannote in seconds rather than samples.
const TOLERANCE: f64 = 1e-9;
/// What `probit` promises: 7 digits.
const PROBIT_TOLERANCE: f64 = 2e-7;

fn golden() -> Value {
    serde_json::from_str(&std::fs::read_to_string(common::data("metrics.json")).unwrap()).unwrap()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    list(value).iter().map(|number| number.as_f64().unwrap()).collect()
}

fn scores(value: &Value) -> Vec<f32> {
    numbers(value).into_iter().map(|score| score as f32).collect()
}

fn segments(value: &Value) -> Vec<Segment> {
    let edge = |value: &Value| value.as_u64().unwrap();
    list(value).iter().map(|pair| Segment { start: edge(&pair[0]), end: edge(&pair[1]) }).collect()
}

#[track_caller]
fn assert_near(found: Option<f64>, expected: &Value, what: &str) {
    match (found, expected.as_f64()) {
        (Some(found), Some(expected)) => {
            assert!((found - expected).abs() <= TOLERANCE, "{what}: {found} for {expected}");
        }
        (found, expected) => assert_eq!(found, expected, "{what}"),
    }
}

/// The recordings of a case: steps of 10 ms are 10 samples at 1,000 Hz, and a score is about one.
fn ranked(case: &Value) -> Vec<ScoredSteps> {
    let scored = |(own, labels): (&Value, &Value)| {
        let labels = labels.as_str().unwrap().bytes().enumerate();
        let speech: Vec<Segment> = labels
            .clone()
            .filter(|&(_, label)| label == b'1')
            .map(|(step, _)| Segment { start: step as u64 * 10, end: step as u64 * 10 + 10 })
            .collect();
        let reference = Reference::new(1000, labels.len() as u64 * 10, &speech, &[]).unwrap();
        ScoredSteps::from_scores(&reference, &scores(own), FrameSpec::adjacent(1000, 10)).unwrap()
    };
    list(&case["scores"]).iter().zip(list(&case["labels"])).map(scored).collect()
}

#[track_caller]
fn assert_measures(found: &RankMeasures, expected: &Value, name: &Value) {
    let near = |found: Option<f64>, what: &str| assert_near(found, &expected[what], &format!("{name}: {what}"));
    near(found.auc, "auc");
    near(found.average_precision, "average_precision");
    near(found.equal_error_rate, "equal_error_rate");
    near(found.best_f1.map(|best| best.value), "best_f1");
    near(found.min_dcf.map(|best| best.value), "min_dcf");
    let finite = |best: Option<Optimum>| best.map(|best| best.threshold).filter(|threshold| threshold.is_finite());
    assert_eq!(finite(found.best_f1), expected["best_f1_threshold"].as_f64(), "{name}");
    assert_eq!(finite(found.min_dcf), expected["min_dcf_threshold"].as_f64(), "{name}");
}

#[test]
fn rankings_are_worth_what_scikit_learn_finds() {
    let golden = golden();
    assert!(list(&golden["rankings"]).len() >= 15);
    for case in list(&golden["rankings"]) {
        let name = &case["name"];
        let steps = ranked(case);
        let ranking = Ranking::new(&steps);
        assert_measures(&ranking.measures(), &case["measures"], name);
        let weights: Vec<u32> = numbers(&case["weights"]).into_iter().map(|weight| weight as u32).collect();
        assert_measures(&ranking.weighted(&weights).unwrap(), &case["weighted"], name);

        let each: Vec<Confusion> = steps.iter().map(|steps| steps.confusion(0.5)).collect();
        assert_eq!(ranking.confusions(0.5), each, "{name}");
        let all: Confusion = each.into_iter().sum();
        let decided =
            |found: Option<f64>, what: &str| assert_near(found, &case["decisions"][what], &format!("{name}: {what}"));
        decided(all.miss_rate(), "miss_rate");
        decided(all.false_alarm_rate(), "false_alarm_rate");
        decided(all.recall(), "recall");
        decided(all.precision(), "precision");
        decided(all.f1(), "f1");
        decided(all.dcf(), "dcf");
    }
}

#[test]
fn thresholds_come_from_the_other_folds() {
    for case in list(&golden()["rankings"]) {
        let ranking = Ranking::new(&ranked(case));
        for (expected, folds) in list(&case["cross_validated"]).iter().zip([2, 5]) {
            let found = ranking.cross_validated(folds);
            assert_eq!(found.is_none(), expected.is_null(), "{}", case["name"]);
            if let Some(found) = found {
                assert_eq!(found.thresholds, numbers(&expected["thresholds"]), "{}", case["name"]);
                let f1 = found.confusions.into_iter().sum::<Confusion>().f1();
                assert_near(f1, &expected["f1"], &case["name"].to_string());
            }
        }
    }
}

#[test]
fn intervals_hold_the_middle_of_the_replicas() {
    let golden = golden();
    let bootstrap = Bootstrap {
        replicas: golden["bootstrap"]["replicas"].as_u64().unwrap() as usize,
        seed: golden["bootstrap"]["seed"].as_u64().unwrap(),
        level: golden["bootstrap"]["level"].as_f64().unwrap(),
    };
    let mut draws = list(&golden["bootstrap"]["draws"]).iter();
    let mut drawn = |weights: &[u32]| {
        if let Some(expected) = draws.next() {
            assert_eq!(weights.iter().map(|&weight| f64::from(weight)).collect::<Vec<_>>(), numbers(expected));
        }
        None
    };
    assert_eq!(bootstrap.interval(5, &mut drawn), Ok(None));
    assert!(draws.next().is_none());

    for case in list(&golden["rankings"]) {
        let intervals = Ranking::new(&ranked(case)).intervals(&bootstrap).unwrap();
        let near = |found: Option<Interval>, what: &str| {
            let expected = &case["intervals"][what];
            let name = format!("{}: {what}", case["name"]);
            assert_near(found.map(|interval| interval.low), &expected[0], &name);
            assert_near(found.map(|interval| interval.high), &expected[1], &name);
        };
        near(intervals.auc, "auc");
        near(intervals.average_precision, "average_precision");
        near(intervals.equal_error_rate, "equal_error_rate");
        near(intervals.best_f1, "best_f1");
        near(intervals.min_dcf, "min_dcf");
    }
}

#[test]
fn curves_are_those_of_scikit_learn() {
    for case in list(&golden()["rankings"]) {
        let ranking = Ranking::new(&ranked(case));
        let curves = [ranking.roc(usize::MAX), ranking.det(usize::MAX), ranking.precision_recall(usize::MAX)];
        if case["curves"].is_null() {
            assert_eq!([&curves[0][..], &curves[1][..]], [&[]; 2], "{}", case["name"]);
            continue;
        }
        assert_eq!(curves[0], curves[1], "{}", case["name"]);
        let near = |found: &[OperatingPoint], at: fn(&OperatingPoint) -> [f64; 2], what: &str| {
            let expected = list(&case["curves"][what]);
            assert_eq!(found.len(), expected.len(), "{}: {what}", case["name"]);
            for (found, expected) in found.iter().zip(expected) {
                assert_near(Some(at(found)[0]), &expected[0], what);
                assert_near(Some(at(found)[1]), &expected[1], what);
            }
        };
        near(&curves[0], |point| [point.false_alarm_rate, point.recall], "roc");
        near(&curves[2], |point| [point.recall, point.precision], "precision_recall");
    }
}

#[test]
fn steps_have_the_label_and_the_score_of_their_middle() {
    for case in list(&golden()["grids"]) {
        let whole = |name: &str| case[name].as_u64().unwrap();
        let rate = whole("rate") as u32;
        let (speech, ignored) = (segments(&case["speech"]), segments(&case["ignored"]));
        let reference = Reference::new(rate, whole("length"), &speech, &ignored).unwrap();
        let spec = FrameSpec::adjacent(whole("score_rate") as u32, whole("hop") as usize);
        let steps = ScoredSteps::from_scores(&reference, &scores(&case["scores"]), spec).unwrap();
        let found = steps.confusion(0.5);
        let counts = [
            ("hit", found.hit),
            ("miss", found.miss),
            ("false_alarm", found.false_alarm),
            ("rejected", found.rejected),
        ];
        for (what, seconds) in counts {
            assert_eq!((seconds * 100.0).round(), case["steps"][what].as_f64().unwrap(), "{what}: {case}");
        }
        assert_near(Ranking::new(&[steps]).measures().auc, &case["auc"], "auc");
    }
}

#[test]
fn segments_are_right_and_wrong_as_pyannote_counts() {
    let golden = golden();
    assert!(list(&golden["segments"]).len() >= 100);
    for case in list(&golden["segments"]) {
        let (rate, length) = (case["rate"].as_u64().unwrap() as u32, case["length"].as_u64().unwrap());
        let (speech, ignored) = (segments(&case["speech"]), segments(&case["ignored"]));
        let reference = Reference::new(rate, length, &speech, &ignored).unwrap();
        let collar_ms = case["collar_ms"].as_u64().unwrap() as u32;
        let found = reference.confusion(&segments(&case["found"]), collar_ms).unwrap();
        let near = |found: Option<f64>, what: &str| {
            assert_near(found, &case["expected"][what], &format!("{}: {what}", case["name"]));
        };
        near(Some(found.miss), "miss");
        near(Some(found.false_alarm), "false_alarm");
        near(Some(found.speech()), "speech");
        near(found.error_rate(), "error_rate");
        near(found.precision(), "precision");
        near(found.recall(), "recall");
    }
}

#[test]
fn quantiles_are_those_of_numpy() {
    let golden = golden();
    for case in list(&golden["quantiles"]) {
        let values = numbers(&case["values"]);
        let latencies = Latencies::new([&values[..1], &values[1..]]);
        for (share, expected) in numbers(&golden["shares"]).into_iter().zip(list(&case["at"])) {
            assert_near(latencies.quantile(share), expected, "quantile");
        }
    }
    assert_eq!(Latencies::new([&[][..]]).quantile(0.5), None);
}

#[test]
fn probit_is_that_of_scipy() {
    for pair in list(&golden()["probits"]) {
        let (share, expected) = (pair[0].as_f64().unwrap(), pair[1].as_f64().unwrap());
        assert!((probit(share) - expected).abs() <= PROBIT_TOLERANCE * expected.abs(), "{share}");
    }
    assert_eq!([probit(0.0), probit(1.0)], [f64::NEG_INFINITY, f64::INFINITY]);
    assert!(probit(-0.1).is_nan() && probit(1.1).is_nan() && probit(f64::NAN).is_nan());
}

#[test]
fn labels_that_cannot_be_are_named() {
    let new = |speech: (u64, u64), ignored: (u64, u64)| {
        let [speech, ignored] = [speech, ignored].map(|(start, end)| Segment { start, end });
        Reference::new(1000, 5000, &[Segment { start: 0, end: 10 }, speech], &[ignored])
    };
    let error = new((400, 300), (0, 0)).unwrap_err().to_string();
    assert!(error.contains("speech 400..300") && error.contains("end must not lie before"), "{error}");
    let error = new((0, 1), (4990, 5033)).unwrap_err().to_string();
    assert!(error.contains("ignored stretch 4990..5033") && error.contains("5000 samples"), "{error}");
    let within = new((4990, 5032), (0, 0)).unwrap();
    assert_eq!(within.speech()[1], Segment { start: 4990, end: 5000 });
    assert!(matches!(Reference::new(0, 1, &[], &[]), Err(Error::Config { given: 0.0, .. })));
    let error = within.confusion(&[Segment { start: 9, end: 8 }], 0).unwrap_err().to_string();
    assert!(error.contains("found segment 9..8"), "{error}");
    assert!(within.matches(&[Segment { start: 0, end: 5033 }]).is_err());
}

#[test]
fn scores_that_do_not_fit_are_refused() {
    let reference = Reference::new(1000, 1000, &[], &[]).unwrap();
    let hops = |count: usize| ScoredSteps::from_scores(&reference, &vec![0.5; count], FrameSpec::adjacent(100, 10));
    assert!(matches!(hops(8), Err(Error::Scores { given: 8, wanted: 10, .. })));
    assert!(matches!(hops(12), Err(Error::Scores { given: 12, wanted: 10, .. })));
    assert!(hops(9).is_ok() && hops(10).is_ok() && hops(11).is_ok());
    let spec = |rate, hop| FrameSpec::adjacent(rate, hop);
    for spec in [spec(0, 10), spec(100, 0)] {
        assert!(matches!(ScoredSteps::from_scores(&reference, &[0.5; 10], spec), Err(Error::Config { .. })));
    }
    let not_a_number = ScoredSteps::from_scores(&reference, &[f32::NAN; 10], spec(100, 10));
    assert!(matches!(not_a_number, Err(Error::Config { field: "score", .. })));
}

#[test]
fn scores_of_another_system_hold_until_the_next() {
    let reference = Reference::new(1000, 100, &[Segment { start: 20, end: 60 }], &[]).unwrap();
    let steps = |scores: &[(u64, u64, f32)]| {
        let scored = |&(start, end, score)| ScoredSegment { segment: Segment { start, end }, score };
        ScoredSteps::from_segments(&reference, &scores.iter().map(scored).collect::<Vec<_>>())
    };
    let confusion = |scores: &[(u64, u64, f32)]| steps(scores).unwrap().confusion(0.5);
    let expected = Confusion { hit: 0.03, miss: 0.01, false_alarm: 0.01, rejected: 0.05 };
    assert_eq!(confusion(&[(0, 30, 0.0), (30, 70, 1.0), (70, 100, 0.0)]), expected);
    // Overlapping, with gaps no longer than what comes before them, and of any length beyond the end.
    assert_eq!(confusion(&[(0, 40, 0.0), (30, 55, 1.0), (70, 85, 0.0)]), expected);
    assert_eq!(confusion(&[(15, 30, 0.0), (30, 70, 1.0), (70, 900, 0.0)]), expected);

    let refused = |scores: &[(u64, u64, f32)]| steps(scores).unwrap_err().to_string();
    assert!(refused(&[(0, 10, 0.0), (21, 100, 0.0)]).contains("no score from sample 10 on"));
    assert!(refused(&[(40, 70, 0.0), (70, 100, 0.0)]).contains("no score from sample 0 on"));
    assert!(refused(&[(0, 49, 0.0)]).contains("goes on to sample 100"));
    assert!(refused(&[(0, 50, 0.0), (0, 100, 0.0)]).contains("must start after sample 0"));
    assert!(refused(&[(0, 50, 0.0), (50, 50, 0.0)]).contains("at least one sample"));
    assert!(refused(&[(50, 40, 0.0)]).contains("at least one sample"));
    assert!(refused(&[]).contains("0 scores"));
    assert!(refused(&[(0, 100, f32::NAN)]).contains("NaN"));
}

#[test]
fn the_bootstrap_refuses_what_it_cannot_do() {
    let ranking = Ranking::new(&[ScoredSteps::default(), ScoredSteps::default()]);
    for level in [0.0, 1.0, f64::NAN] {
        let bootstrap = Bootstrap { level, ..Bootstrap::default() };
        assert!(matches!(ranking.intervals(&bootstrap), Err(Error::Config { field: "level", .. })));
    }
    let none = Bootstrap { replicas: 0, ..Bootstrap::default() };
    assert!(matches!(none.interval(2, |_| Some(1.0)), Err(Error::Config { field: "replicas", .. })));
    assert_eq!(Bootstrap::default().interval(1, |_| Some(1.0)), Ok(None));
    assert!(matches!(ranking.weighted(&[1]), Err(Error::Config { field: "number of weights", .. })));
}
