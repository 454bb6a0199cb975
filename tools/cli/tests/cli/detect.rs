use std::ffi::OsString;
use std::fs;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::run::{command, excerpt, folder, json, networks, silero, speech, tree, voiced, wav, with_stdin};

/// Two seconds with the end of one stretch of speech and the beginning of another.
fn clip() -> Vec<u8> {
    wav(1, 16_000, None, &excerpt(16_000, 1.0, 2.0))
}

/// The engine's own segments for the same samples.
fn expected(samples: &[i16], rate: u32) -> Value {
    let config = voiced::SegmentConfig::default();
    let segments = voiced::segments(silero(rate).detector(), samples, rate, &config).unwrap();
    segments.iter().map(|segment| json!([segment.start, segment.end])).collect()
}

fn found(result: &Value) -> Value {
    let segments = result["segments"].as_array().unwrap().iter();
    segments.map(|segment| json!([segment["start_sample"], segment["end_sample"]])).collect()
}

#[test]
fn segments_are_the_engine_s() {
    for rate in [8000, 16_000] {
        let path = speech(rate);
        let results = voiced(["detect".as_ref(), "--format".as_ref(), "json".as_ref(), path.as_os_str()]).json();
        assert_eq!(results.len(), 1);
        let samples = excerpt(rate, 0.0, 1e3);
        assert_eq!(found(&results[0]), expected(&samples, rate));
        assert_eq!(results[0]["sample_rate"], rate);
        assert_eq!(results[0]["duration"], 30.0);
        assert_eq!(results[0]["detector"], "silero");
        assert_eq!(results[0]["file"], path.to_str().unwrap());
        for segment in results[0]["segments"].as_array().unwrap() {
            let seconds = segment["start_sample"].as_f64().unwrap() / f64::from(rate);
            assert!((segment["start"].as_f64().unwrap() - seconds).abs() < 1e-6, "{segment}");
        }
    }
}

#[test]
fn boundaries_move_by_the_detector_s_delay() {
    let path = speech(16_000);
    let detect = |more: &[&str]| {
        let line = ["detect", "-f", "json", path.to_str().unwrap()].into_iter().chain(more.iter().copied());
        found(&voiced(line.collect::<Vec<_>>()).json()[0])
    };
    let mut config = voiced::SegmentConfig::default();
    config.delay_ms = 35.0;
    let moved = voiced::segments(silero(16_000).detector(), &excerpt(16_000, 0.0, 1e3), 16_000, &config).unwrap();
    let moved: Value = moved.iter().map(|segment| json!([segment.start, segment.end])).collect();
    assert_ne!(moved, detect(&[]));
    assert_eq!(detect(&["--compensate-delay"]), moved);
    let energy = ["-d", "energy"];
    assert_eq!(detect(&["-d", "energy", "--compensate-delay"]), detect(&energy), "it has none");
}

#[test]
fn every_format_is_printed() {
    let folder = folder(&[("clip.wav", &clip())]);
    let clip = folder.path().join("clip.wav");
    let print = |format: &str| voiced(["detect", "-f", format, clip.to_str().unwrap()]).ok();
    let name = clip.to_str().unwrap();
    assert_eq!(
        print("text"),
        format!(
            "{name}: 2.000 s, 2 segments, 1.388 s of speech (69 %)\n       start         end      length\n\
             \x20      0.000       1.054       1.054\n       1.666       2.000       0.334\n"
        )
    );
    assert_eq!(
        print("json"),
        format!(
            "{{\"file\":\"{name}\",\"sample_rate\":16000,\"duration\":2.000,\"detector\":\"silero\",\"segments\":[\
             {{\"start\":0.000,\"end\":1.054,\"start_sample\":0,\"end_sample\":16864}},\
             {{\"start\":1.666,\"end\":2.000,\"start_sample\":26656,\"end_sample\":32000}}]}}\n"
        )
    );
    assert_eq!(
        print("csv"),
        format!(
            "file,start,end,start_sample,end_sample\n{name},0.000,1.054,0,16864\n{name},1.666,2.000,26656,32000\n"
        )
    );
    assert_eq!(
        print("rttm"),
        "SPEAKER clip 1 0.000 1.054 <NA> <NA> speech <NA> <NA>\nSPEAKER clip 1 1.666 0.334 <NA> <NA> speech <NA> <NA>\n"
    );
    assert_eq!(print("audacity"), "0.000\t1.054\tspeech\n1.666\t2.000\tspeech\n");
    assert!(print("srt").starts_with("1\n00:00:00,000 --> 00:00:01,054\nspeech\n\n2\n"));
    assert!(print("vtt").starts_with("WEBVTT\n\n00:00:00.000 --> 00:00:01.054\n"));
    let grid = print("textgrid");
    assert!(grid.contains("xmax = 2.000") && grid.contains("intervals: size = 3"), "{grid}");
}

#[test]
fn options_reach_the_segmenter() {
    let path = speech(16_000);
    let count = |options: &[&str]| {
        let mut line = vec!["detect", "-f", "json", path.to_str().unwrap()];
        line.extend(options);
        voiced(line).json()[0]["segments"].as_array().unwrap().len()
    };
    let plain = count(&[]);
    assert!(count(&["--min-silence-ms", "2000"]) < plain);
    assert!(count(&["--max-speech-s", "2"]) > plain);
    assert!(count(&["--min-speech-ms", "1500"]) < plain);
    assert_eq!(count(&["--kernels", "scalar"]), plain);
    assert_eq!(count(&["--threshold", "1", "--neg-threshold", "1"]), 0);
}

#[test]
fn folders_and_files_come_in_order_whatever_the_jobs() {
    let long = wav(1, 16_000, None, &excerpt(16_000, 0.0, 20.0));
    let short = clip();
    let folder = folder(&[
        ("1.wav", &long),
        ("2.wav", &short),
        ("deep/3.wav", &short),
        ("notes.txt", b"-"),
        ("0.wav", &short),
    ]);
    let last = speech(8000);
    let line = |jobs: &str| -> Vec<OsString> {
        let start = ["detect", "-f", "json", "--jobs", jobs].map(OsString::from);
        start.into_iter().chain([folder.path().into(), last.clone().into()]).collect()
    };
    let one = voiced(line("1")).ok();
    let names: Vec<_> = json(&one).iter().map(|result| result["file"].as_str().unwrap().to_owned()).collect();
    let expected = ["0.wav", "1.wav", "2.wav", "deep/3.wav"].map(|name| folder.path().join(name));
    assert!(names.iter().zip(expected.iter().chain([&last])).all(|(name, path)| name == path.to_str().unwrap()));
    assert_eq!(names.len(), 5);
    for jobs in ["2", "7"] {
        assert_eq!(voiced(line(jobs)).ok(), one, "{jobs} jobs");
    }
}

#[test]
fn standard_input_is_a_recording() {
    let clip = clip();
    let results = with_stdin(["detect", "-f", "json", "-"], &clip).json();
    assert_eq!(results[0]["file"], "-");
    assert_eq!(found(&results[0]), expected(&excerpt(16_000, 1.0, 2.0), 16_000));
}

#[test]
fn channels_are_mixed_or_told_apart() {
    let speech = excerpt(16_000, 1.0, 2.0);
    let stereo: Vec<i16> = speech.iter().flat_map(|&sample| [0, sample]).collect();
    let folder = folder(&[("call.wav", &wav(2, 16_000, None, &stereo))]);
    let path = folder.path().join("call.wav");
    let results = |channel: &str| {
        let line = ["detect", "-f", "json", "--channel", channel, path.to_str().unwrap()];
        voiced(line).json()
    };
    let each = results("each");
    assert_eq!(each.iter().map(|result| &result["channel"]).collect::<Vec<_>>(), [&json!(1), &json!(2)]);
    assert_eq!(found(&each[0]), json!([]));
    assert_eq!(found(&each[1]), expected(&speech, 16_000));
    assert_eq!(results("2"), each[1..]);
    let halved: Vec<f32> = speech.iter().map(|&sample| f32::from(sample) / 65_536.0).collect();
    let config = voiced::SegmentConfig::default();
    let mix = voiced::segments(silero(16_000).detector(), &halved, 16_000, &config).unwrap();
    let mixed = results("mix");
    assert_eq!(mixed[0]["segments"].as_array().unwrap().len(), mix.len());
    assert_eq!(mixed[0].get("channel"), None);

    let rttm = voiced(["detect", "-f", "rttm", "--channel", "each", path.to_str().unwrap()]).ok();
    assert!(!rttm.is_empty() && rttm.lines().all(|line| line.starts_with("SPEAKER call 2 ")), "{rttm}");
    let csv = voiced(["detect", "-f", "csv", "--channel", "2", path.to_str().unwrap()]).ok();
    assert!(csv.starts_with("file,channel,start,"), "{csv}");
    voiced(["detect", "--channel", "3", path.to_str().unwrap()])
        .fails(1, &["call.wav: there is no channel 3", "has 2"]);
}

#[test]
fn output_goes_to_a_file_or_a_folder() {
    let short = clip();
    let folder = folder(&[("in/a.wav", &short), ("in/deep/b.wav", &short)]);
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();

    let printed = voiced(["detect", "-f", "csv", &path("in")]).ok();
    assert_eq!(voiced(["detect", "-f", "csv", &path("in"), "-o", &path("out.csv")]).ok(), "");
    assert_eq!(fs::read_to_string(path("out.csv")).unwrap(), printed);

    let document = voiced(["detect", "-f", "srt", &path("in/a.wav")]).ok();
    voiced(["detect", "-f", "srt", &path("in/a.wav"), "-o", &path("one.srt")]).ok();
    assert_eq!(fs::read_to_string(path("one.srt")).unwrap(), document);

    for (format, extension) in [("srt", "srt"), ("vtt", "vtt"), ("textgrid", "TextGrid"), ("audacity", "txt")] {
        let out = path(&format!("out_{format}"));
        voiced(["detect", "-f", format, &path("in"), "-o", &out]).ok();
        assert_eq!(tree(out.as_ref()), [format!("a.{extension}"), format!("deep/b.{extension}")]);
        assert_eq!(
            fs::read_to_string(format!("{out}/a.{extension}")).unwrap(),
            voiced(["detect", "-f", format, &path("in/a.wav")]).ok()
        );
        voiced(["detect", "-f", format, &path("in")]).fails(2, &["-o FOLDER"]);
    }
    voiced(["detect", "-f", "srt", "--channel", "each", &path("in/a.wav"), "-o", &path("by_channel")]).ok();
    assert_eq!(tree(path("by_channel").as_ref()), ["a_ch1.srt"]);
    let clash = voiced(["detect", "-f", "srt", &path("in/a.wav"), &path("in/a.wav"), "-o", &path("x")]);
    clash.fails(2, &["would both be written"]);
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let path = speech(16_000);
    let many = vec![path.as_os_str(); 30];
    for line in [&["detect"][..], &["detect", "--jobs", "1"], &["detect", "-f", "json"], &["scores", "-f", "json"]] {
        let mut child =
            command().args(line).args(&many).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{line:?}: {output:?}");
    }
}

#[test]
fn weights_can_be_brought_along() {
    let weights = |name: &str| format!("{}/../../weights/{name}", env!("CARGO_MANIFEST_DIR"));
    let path = speech(16_000);
    let path = path.to_str().unwrap();
    for network in networks() {
        let built_in = voiced(["detect", "-d", network, path]).ok();
        let file = weights(&format!("{network}_16k.safetensors"));
        assert_eq!(voiced(["detect", "-d", network, path, "--weights", &file]).ok(), built_in);
    }
    voiced(["detect", "-d", "gru", path, "--weights", &weights("silero_16k.safetensors")])
        .fails(1, &["silero_16k.safetensors: not a usable weights file", "no \"format\""]);
    voiced(["eval", "-d", "gru", "-d", "silero", path, "--weights", "some.safetensors"])
        .fails(2, &["--weights is for one network: name silero or gru"]);
    voiced(["detect", path, "--weights", &weights("README.md")]).fails(1, &["README.md: not a usable weights file"]);
    voiced(["detect", path, "--weights", "none.safetensors"]).fails(1, &["none.safetensors: no such file"]);
}

#[test]
fn recordings_that_rttm_cannot_tell_apart_are_warned_of() {
    let clip = clip();
    let folder = folder(&[("a/x.wav", &clip), ("b/x.wav", &clip), ("b/y.wav", &clip)]);
    let run = voiced(["detect", "-f", "rttm", folder.path().to_str().unwrap()]);
    assert_eq!(run.stdout.lines().filter(|line| line.starts_with("SPEAKER x 1")).count(), 4);
    let told = run.fails(0, &["b/x.wav: another recording goes by the name x in RTTM"]);
    assert_eq!(told.lines().count(), 1, "{told}");
}
