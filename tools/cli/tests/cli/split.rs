use std::fs;
use std::process::Stdio;

use crate::run::{command, data, excerpt, folder, speech, tree, voiced, wav};

/// The 16-bit samples of a WAV file as `voiced` writes it, and its channels and rate.
fn read(path: &std::path::Path) -> (Vec<i16>, u16, u32) {
    let bytes = fs::read(path).unwrap();
    let channels = u16::from_le_bytes([bytes[22], bytes[23]]);
    let rate = u32::from_le_bytes([bytes[24], bytes[25], bytes[26], bytes[27]]);
    let samples = bytes[44..].as_chunks().0.iter().map(|&word| i16::from_le_bytes(word)).collect();
    (samples, channels, rate)
}

#[test]
fn parts_are_the_recording_s_samples() {
    let path = speech(16_000);
    let out = folder(&[]);
    let results = voiced(["detect", "-f", "json", path.to_str().unwrap()]).json();
    let segments = results[0]["segments"].as_array().unwrap();
    let printed = voiced(["split", path.to_str().unwrap(), "-o", out.path().to_str().unwrap()]).ok();
    let names = tree(out.path());
    assert_eq!(names.len(), segments.len());
    assert_eq!(names[0], "speech_16k_0001_0.002-2.046.wav");
    let printed: Vec<_> = printed.lines().map(|line| line.rsplit('/').next().unwrap()).collect();
    assert_eq!(printed, names);
    let samples = excerpt(16_000, 0.0, 1e3);
    for (name, segment) in names.iter().zip(segments) {
        let at = |key: &str| segment[key].as_u64().unwrap() as usize;
        let (part, channels, rate) = read(&out.path().join(name));
        assert_eq!((channels, rate), (1, 16_000));
        assert_eq!(part, samples[at("start_sample")..at("end_sample")], "{name}");
    }
}

#[test]
fn channels_are_kept_or_split_apart() {
    let speech = excerpt(16_000, 1.0, 2.0);
    let stereo: Vec<i16> = speech.iter().flat_map(|&sample| [7, sample]).collect();
    let folder = folder(&[("call.wav", &wav(2, 16_000, None, &stereo))]);
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();

    voiced(["split", &path("call.wav"), "--channel", "2", "-o", &path("both")]).ok();
    let (part, channels, _) = read(&folder.path().join("both/call_0001_0.000-1.054.wav"));
    assert_eq!(channels, 2);
    assert_eq!(part, stereo[..2 * 16_864]);

    voiced(["split", &path("call.wav"), "--channel", "each", "-o", &path("each")]).ok();
    let names = tree(&folder.path().join("each"));
    assert_eq!(names, ["call_ch2_0001_0.000-1.054.wav", "call_ch2_0002_1.666-2.000.wav"]);
    let (part, channels, _) = read(&folder.path().join("each").join(&names[0]));
    assert_eq!(channels, 1);
    assert_eq!(part, speech[..16_864]);
}

#[test]
fn parts_have_the_recording_s_rate() {
    let out = folder(&[]);
    voiced(["split", data("speech.opus").to_str().unwrap(), "-o", out.path().to_str().unwrap()]).ok();
    let names = tree(out.path());
    assert_eq!(names, ["speech_0001_0.000-1.054.wav", "speech_0002_1.666-2.000.wav"]);
    let (part, channels, rate) = read(&out.path().join(&names[0]));
    assert_eq!((part.len(), channels, rate), (50_592, 1, 48_000));
}

#[test]
fn silence_has_no_parts() {
    let folder = folder(&[("a.wav", &wav(1, 16_000, None, &vec![0; 16_000]))]);
    let out = folder.path().join("out");
    let printed = voiced(["split", folder.path().join("a.wav").to_str().unwrap(), "-o", out.to_str().unwrap()]).ok();
    assert_eq!(printed, "");
    assert_eq!(tree(&out), [] as [String; 0]);
}

#[test]
fn parts_are_written_though_nobody_reads_their_names() {
    let out = folder(&[]);
    let mut child = command()
        .args(["split", speech(16_000).to_str().unwrap(), "-o", out.path().to_str().unwrap()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    assert_eq!(tree(out.path()).len(), 9);
}
