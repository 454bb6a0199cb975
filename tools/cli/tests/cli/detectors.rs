use crate::run::{ALL, voiced};

#[test]
fn the_table_has_a_line_for_each_detector() {
    let table = voiced(["detectors"]).ok();
    let lines: Vec<Vec<&str>> = table.lines().skip(1).map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines.iter().take(ALL.len()).map(|fields| fields[0]).collect::<Vec<_>>(), ALL, "{table}");
    assert!(lines[ALL.len()].is_empty(), "a legend follows: {table}");
    // Name, rates in kHz, hop, frame and latency in ms; then the state in KB, and the use.
    assert_eq!(lines[0][..5], ["silero", "8,16", "32", "32", "32"]);
    assert_eq!(lines[1][..5], ["gru", "16", "16", "32", "32"]);
    assert_eq!(lines[2][..5], ["webrtc", "8,16,32,48", "10", "10", "10"]);
    assert_eq!(lines[3][..5], ["energy", "8,16", "10", "70", "70"]);
    assert_eq!(lines[9][..5], ["combined", "8,16", "10", "92", "92"]);
    for fields in &lines[..ALL.len()] {
        assert!(fields[5].parse::<f64>().unwrap() > 0.0 && fields[6] == "KB" && fields.len() > 9, "{fields:?}");
    }
    assert!(table.lines().all(|line| line.chars().count() <= 150), "{table}");
}

#[test]
fn json_has_the_numbers_that_scores_have() {
    let list = voiced(["detectors", "--format", "json"]).json();
    assert_eq!(list.iter().map(|entry| entry["detector"].as_str().unwrap()).collect::<Vec<_>>(), ALL);
    let speech = crate::run::speech(16_000);
    for entry in &list {
        let scores =
            voiced(["scores", "-f", "json", "-d", entry["detector"].as_str().unwrap(), speech.to_str().unwrap()]);
        let scores = &scores.json()[0];
        assert_eq!((&entry["sample_rate"], &entry["hop"]), (&scores["sample_rate"], &scores["hop"]), "{entry}");
        assert!(entry["rates"].as_array().unwrap().contains(&entry["sample_rate"]), "{entry}");
        let [hop, frame, lookahead] = ["hop", "frame", "lookahead"].map(|key| entry[key].as_u64().unwrap());
        assert_eq!(hop + lookahead, frame, "{entry}: a score is about the first hop of its frame");
        assert_eq!(entry["latency_ms"].as_f64().unwrap(), frame as f64 / 16.0, "{entry}");
        assert!(entry["state_bytes"].as_u64().unwrap() > 100, "{entry}");
        assert!(!entry["use"].as_str().unwrap().is_empty(), "{entry}");
    }
}
