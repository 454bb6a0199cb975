use std::collections::BTreeSet;

use voiced::Kernels;

use crate::run::{ALL, excerpt, folder, networks, speech, voiced, wav};

#[test]
fn all_detectors_and_kernel_sets_are_measured() {
    let rows = voiced(["bench", "--seconds", "1", "--format", "json"]).json();
    let named: BTreeSet<&str> = rows.iter().map(|row| row["detector"].as_str().unwrap()).collect();
    assert_eq!(named, BTreeSet::from(ALL));
    for network in networks() {
        for set in Kernels::available() {
            let of_set = rows.iter().filter(|row| row["detector"] == network && row["kernels"] == set.name());
            let used: Vec<&str> = of_set.map(|row| row["used"].as_str().unwrap()).collect();
            let all = ["stream", "file", "pool of 16", "pool of 64"];
            assert_eq!(used, if set == Kernels::Scalar { &all[..1] } else { &all[..] }, "{network} {set}");
        }
    }
    for row in &rows {
        let number = |key: &str| row[key].as_f64().unwrap();
        assert!(number("us_best") > 0.0 && number("us_best") <= number("us_median"), "{row}");
        let streams = 1.0 / number("real_time_factor"); // told with one decimal: on a busy machine that is coarse
        assert!((number("streams") - streams).abs() <= 0.05 + 0.01 * streams, "{row}");
        let factor = number("us_median") / (number("hop") / number("sample_rate") * 1e6);
        assert!((factor / number("real_time_factor") - 1.0).abs() < 0.01, "{row}");
        assert!(number("turns") >= 3.0, "{row}");
        assert!((row["used"] == "file") == row["state_bytes"].is_null(), "{row}");
        assert!(
            row["version"] == env!("CARGO_PKG_VERSION") && !row["processor"].as_str().unwrap().is_empty(),
            "{row}"
        );
        assert!(row["audio"].as_str().unwrap().contains("made-up"), "{row}");
    }
}

#[test]
fn a_recording_and_a_choice_are_used() {
    let recording = speech(16_000);
    let arguments = ["bench", "--seconds", "1", "-d", "silero", "-d", "energy", "--kernels", "portable"];
    let table = voiced(arguments.into_iter().chain([recording.to_str().unwrap()])).ok();
    assert!(table.contains("speech_16k.wav"), "{table}");
    assert!(table.contains("silero    portable  pool of 64"), "{table}");
    assert!(table.contains("energy") && !table.contains("sohn"), "{table}");
    assert!(table.lines().all(|line| line.chars().count() <= 100), "{table}");
    let first = table.lines().next().unwrap();
    let sets: Vec<_> = Kernels::available().map(Kernels::name).collect();
    assert!(first.contains(env!("CARGO_PKG_VERSION")) && first.ends_with(&sets.join(", ")), "{table}");
}

#[test]
fn mistakes_are_told() {
    voiced(["bench", "--kernels", "sse9"]).fails(2, &["sse9", "portable"]);
    for missing in ["neon", "avx2", "avx512"] {
        if Kernels::available().all(|set| set.name() != missing) {
            voiced(["bench", "--kernels", missing]).fails(2, &[missing, "portable"]);
        }
    }
    voiced(["bench", "--detector", "sillero"]).fails(2, &["sillero", "silero"]);
    voiced(["bench", "--secs", "1"]).fails(2, &["--secs", "--seconds"]);
    voiced(["bench", "--seconds", "0"]).fails(2, &["0", "1..=600"]);
    voiced(["bench", "no-such.wav"]).fails(1, &["no-such.wav"]);
    let short = folder(&[("short.wav", &wav(1, 16_000, None, &excerpt(16_000, 0.0, 2.0)))]);
    let short = short.path().join("short.wav");
    voiced(["bench", short.to_str().unwrap()]).fails(1, &["short.wav", "2.0 s", "at least 3 s"]);
}
