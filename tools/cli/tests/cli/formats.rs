//! Other formats than WAV, each against the WAV that it was made from.

use std::fs;

use crate::run::{Run, data, excerpt, folder, json, voiced, wav, with_stdin};

/// How far a frame's score may lie from the WAV's where a codec has changed the sound: twice the largest found.
const LOSSY: f64 = 0.35;
/// How far all scores lie from the WAV's on average, at most.
const LOSSY_MEAN: f64 = 0.03;

fn scores(run: Run) -> Vec<f64> {
    let frames = run.json()[0]["frames"].as_array().unwrap().clone();
    frames.iter().map(|frame| frame[2].as_f64().unwrap()).collect()
}

fn scores_of(path: &std::path::Path) -> Vec<f64> {
    scores(voiced(["scores", "--format", "json", path.to_str().unwrap()]))
}

/// The scores of the samples that a file of the test data was made from.
fn original(rate: u32, start: f64, seconds: f64) -> Vec<f64> {
    let folder = folder(&[("a.wav", &wav(1, rate, None, &excerpt(rate, start, seconds)))]);
    scores_of(&folder.path().join("a.wav"))
}

#[test]
fn flac_gives_the_same_samples() {
    let scores = scores_of(&data("speech_8k.flac"));
    assert_eq!(scores, original(8000, 0.0, 1.4));
}

#[test]
fn lossy_formats_give_close_scores_at_the_same_times() {
    let original = original(16_000, 1.0, 2.0);
    for (name, duration) in [
        ("speech.mp3", 2.0),
        ("speech.ogg", 2.0),
        ("speech.opus", 2.0),
        ("speech_stereo.opus", 2.0),
        ("speech.m4a", 2.0),
        ("speech.webm", 2.0175), // what Matroska says of padding at the end is not read
    ] {
        let path = data(name);
        let results = voiced(["detect", "-f", "json", path.to_str().unwrap()]).json();
        assert_eq!(results[0]["duration"], duration, "{name}");
        let segments = results[0]["segments"].as_array().unwrap();
        assert_eq!(segments.len(), 2, "{name}: {segments:?}");
        for (segment, (start, end)) in segments.iter().zip([(0.0, 1.054), (1.666, 2.0)]) {
            let near = |time: &str, expected: f64| (segment[time].as_f64().unwrap() - expected).abs() < 0.033;
            assert!(near("start", start) && near("end", end), "{name}: {segment}");
        }
        let scores = scores_of(&path);
        let differences: Vec<f64> = scores.iter().zip(&original).map(|(a, b)| (a - b).abs()).collect();
        let largest = differences.iter().copied().fold(0.0, f64::max);
        let mean = differences.iter().sum::<f64>() / differences.len() as f64;
        assert!(largest < LOSSY && mean < LOSSY_MEAN, "{name}: largest {largest}, mean {mean}");
    }
}

#[test]
fn a_pipe_is_decoded_like_a_file() {
    for name in ["speech_8k.flac", "speech.mp3", "speech.ogg", "speech.opus", "speech.webm"] {
        let path = data(name);
        let piped = with_stdin(["scores", "-f", "json", "-"], &fs::read(&path).unwrap());
        assert_eq!(scores(piped), scores_of(&path), "{name}");
    }
    let index_last = with_stdin(["detect", "-"], &fs::read(data("speech.m4a")).unwrap());
    index_last.fails(1, &["cannot be read from a pipe: give its path"]);
}

#[test]
fn the_format_is_told_by_the_content_not_the_name() {
    let opus = fs::read(data("speech.opus")).unwrap();
    let folder = folder(&[("wrong.wav", &opus), ("none", &opus)]);
    for name in ["wrong.wav", "none"] {
        assert_eq!(scores_of(&folder.path().join(name)), scores_of(&data("speech.opus")), "{name}");
    }
}

#[test]
fn wav_files_of_other_codecs_are_read() {
    // mu-law, 8 kHz: by ITU-T G.711, zero is 0xff.
    let mut file = b"RIFF\xc6\x0f\0\0WAVE".to_vec();
    file.extend(b"fmt \x12\0\0\0\x07\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0\0\0");
    file.extend(b"data\xa0\x0f\0\0");
    file.extend([0xff; 4000]);
    let folder = folder(&[("law.wav", &file)]);
    let result = &voiced(["detect", "-f", "json", folder.path().join("law.wav").to_str().unwrap()]).json()[0];
    assert_eq!((&result["duration"], &result["sample_rate"]), (&0.5.into(), &8000.into()));
}

#[test]
fn a_cut_or_damaged_file_is_an_error_or_a_warning_never_a_panic() {
    for name in ["speech_8k.flac", "speech.mp3", "speech.ogg", "speech.opus", "speech.m4a", "speech.webm"] {
        let whole = fs::read(data(name)).unwrap();
        let mut damaged = whole.clone();
        damaged.iter_mut().skip(3000).step_by(401).for_each(|byte| *byte ^= 0x5a);
        let half = &whole[..whole.len() / 2];
        let folder = folder(&[("half", half), ("damaged", &damaged)]);
        for file in ["half", "damaged"] {
            let run = voiced(["detect", folder.path().join(file).to_str().unwrap()]);
            assert!(run.status == 0 || (run.status == 1 && !run.stderr.is_empty()), "{name}, {file}: {run:?}");
            assert!(!run.stderr.contains("panicked"), "{name}, {file}: {run:?}");
        }
    }
}

#[test]
fn surround_opus_has_its_channels() {
    let results =
        voiced(["detect", "-f", "json", "--channel", "each", data("surround.opus").to_str().unwrap()]).json();
    let speech = results.iter().map(|result| !result["segments"].as_array().unwrap().is_empty());
    // In Opus as in Vorbis: front left, centre and right, back left and right, low frequencies.
    assert_eq!(speech.collect::<Vec<_>>(), [false, true, false, true, true, false]);
}

#[test]
fn recordings_one_after_another_in_an_ogg_file_are_one() {
    let twice = fs::read(data("speech.ogg")).unwrap().repeat(2);
    let folder = folder(&[("radio.ogg", &twice)]);
    let result = &voiced(["detect", "-f", "json", folder.path().join("radio.ogg").to_str().unwrap()]).json()[0];
    assert_eq!(result["duration"], 4.0);
    assert_eq!(result["segments"].as_array().unwrap().len(), 3, "the second and the third touch: {result}");
}

#[test]
fn what_cannot_be_decoded_keeps_its_time() {
    let whole = fs::read(data("speech.webm")).unwrap();
    let duration = |name: &str, bytes: &[u8]| {
        let folder = folder(&[(name, bytes)]);
        let run = voiced(["detect", "-f", "json", folder.path().join(name).to_str().unwrap()]);
        (json(&run.stdout)[0]["duration"].as_f64().unwrap(), run.stderr)
    };
    // A block is: its track, two bytes of time, flags, and then the packet.
    let blocks = whole.windows(4).enumerate().filter(|(_, bytes)| bytes[0] == 0x81 && bytes[3] == 0x80);
    let packets: Vec<usize> = blocks.map(|(at, _)| at + 4).collect();
    for packet in [packets[0], packets[30]] {
        let mut damaged = whole.clone();
        damaged[packet] |= 3; // frames are counted
        damaged[packet + 1] = 0; // and there are none
        let (seconds, told) = duration("damaged.webm", &damaged);
        assert!((seconds - duration("whole.webm", &whole).0).abs() < 1e-3, "{seconds}");
        assert!(told.contains("damaged.webm: a damaged packet was replaced by silence"), "{told}");
    }
}
