use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use serde_json::{Value, json};

use crate::run::{Run, command, excerpt, json, speech, voiced, with_stdin};

fn bytes(samples: &[i16]) -> Vec<u8> {
    samples.iter().flat_map(|sample| sample.to_le_bytes()).collect()
}

fn stream(options: &[&str], input: &[u8]) -> Run {
    with_stdin(["stream", "--rate", "16000", "--encoding", "s16le"].iter().chain(options), input)
}

fn ends(events: &[Value]) -> Vec<Value> {
    let ends = events.iter().filter(|event| event["event"] == "end");
    ends.map(|event| json!([event["start"], event["end"]])).collect()
}

#[test]
fn segments_are_those_of_detect() {
    let path = speech(16_000);
    let detected = voiced(["detect", "-f", "json", path.to_str().unwrap()]).json();
    let detected: Vec<Value> = detected[0]["segments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|segment| json!([segment["start"], segment["end"]]))
        .collect();
    let samples = excerpt(16_000, 0.0, 1e3);
    let events = stream(&[], &bytes(&samples)).json();
    assert_eq!(ends(&events), detected);
    assert!(events.iter().all(|event| event["event"] != "continue"));
    let starts = events.iter().filter(|event| event["event"] == "start").count();
    let misfires = events.iter().filter(|event| event["event"] == "misfire").count();
    assert_eq!(starts, detected.len() + misfires);

    let floats: Vec<u8> = samples.iter().flat_map(|&sample| (f32::from(sample) / 32_768.0).to_le_bytes()).collect();
    let float_events = with_stdin(["stream", "--rate", "16000", "--encoding", "f32le"], &floats).json();
    assert_eq!(float_events, events);
}

#[test]
fn continue_and_misfire_are_events() {
    let samples = bytes(&excerpt(16_000, 0.0, 5.0));
    let events = stream(&["--continue"], &samples).json();
    let going_on = events.iter().filter(|event| event["event"] == "continue").count();
    assert!(going_on > 50, "{going_on}");
    // Speech of two seconds is a misfire where at least three are wanted.
    let events = stream(&["--min-speech-ms", "3000"], &samples).json();
    assert!(events.iter().any(|event| event["event"] == "misfire" && event["time"].is_number()), "{events:?}");
    assert_eq!(ends(&events), [] as [Value; 0]);
}

#[test]
fn channels_are_interleaved() {
    let speech = excerpt(16_000, 1.0, 2.0);
    let alone = stream(&[], &bytes(&speech)).json();
    let stereo = bytes(&speech.iter().flat_map(|&sample| [0, sample]).collect::<Vec<_>>());
    let each = stream(&["--channels", "2", "--channel", "each"], &stereo).json();
    assert!(!each.is_empty() && each.iter().all(|event| event["channel"] == 2), "{each:?}");
    assert_eq!(ends(&each), ends(&alone));
    assert_eq!(ends(&stream(&["--channels", "2", "--channel", "2"], &stereo).json()), ends(&alone));
    stream(&["--channels", "2", "--channel", "3"], &stereo).fails(2, &["there is no channel 3"]);
}

#[test]
fn a_stray_byte_is_a_warning() {
    let mut input = bytes(&excerpt(16_000, 1.0, 2.0));
    let expected = stream(&[], &input).json();
    input.push(1);
    let run = stream(&[], &input);
    assert_eq!(json(&run.stdout), expected);
    run.fails(0, &["voiced: warning: standard input: ends in the middle of a sample: 1 byte"]);
    assert_eq!(stream(&["--quiet"], &input).json(), expected);
    assert_eq!(stream(&[], b"").ok(), "");
}

#[test]
fn events_come_while_the_input_goes_on() {
    let mut child = command()
        .args(["stream", "--rate", "16000", "--encoding", "s16le"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut events = BufReader::new(child.stdout.take().unwrap()).lines();
    let speech = bytes(&excerpt(16_000, 0.0, 2.5));
    // An odd number of bytes, so that a sample lies across two writes; the input stays open.
    stdin.write_all(&speech[..20_001]).unwrap();
    let first: Value = serde_json::from_str(&events.next().unwrap().unwrap()).unwrap();
    assert_eq!(first["event"], "start");
    stdin.write_all(&speech[20_001..]).unwrap();
    let second: Value = serde_json::from_str(&events.next().unwrap().unwrap()).unwrap();
    assert_eq!(second, json!({"event": "end", "start": 0.002, "end": 2.046}));
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let mut child = command()
        .args(["stream", "--rate", "16000", "--encoding", "s16le", "--continue"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let _ = child.stdin.take().unwrap().write_all(&bytes(&excerpt(16_000, 0.0, 10.0)));
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
}
