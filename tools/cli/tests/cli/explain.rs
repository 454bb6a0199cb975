use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::browser::{browser, evaluate};
use crate::run::{ALL, command, data, excerpt, folder, speech, tree, voiced, wav};

/// Two seconds with the end of one stretch of speech and the beginning of another.
fn clip() -> Vec<u8> {
    wav(1, 16_000, None, &excerpt(16_000, 1.0, 2.0))
}

/// The facts that a page holds.
fn facts(page: &Path) -> Value {
    let text = fs::read_to_string(page).unwrap();
    let (_, rest) = text.split_once("<script type=\"application/json\" id=\"facts\">").unwrap();
    serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap()
}

/// Makes a page of a recording with these further arguments.
fn explain(recording: &Path, page: &Path, arguments: &[&str]) {
    let fixed = ["explain".as_ref(), recording.as_os_str(), "-o".as_ref(), page.as_os_str()];
    voiced(fixed.into_iter().chain(arguments.iter().map(AsRef::as_ref))).ok();
}

/// Numbers that are the same at each run; from 0 to 1.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn below(&mut self, limit: f64) -> u64 {
        (self.roll() * limit) as u64
    }

    /// Milliseconds, of which every third number has a fraction.
    fn ms(&mut self, limit: f64) -> Value {
        if self.roll() < 0.3 {
            json!((self.roll() * limit * 1000.0).round() / 1000.0)
        } else {
            json!(self.below(limit))
        }
    }

    fn setting(&mut self) -> Value {
        let round = self.roll() < 0.5;
        let mut share = || if round { (self.roll() * 100.0).round() / 100.0 } else { self.roll() };
        let (threshold, lower) = (share(), share());
        json!({
            "threshold": threshold,
            "neg_threshold": if self.roll() < 0.5 { json!(lower * threshold) } else { Value::Null },
            "min_speech_ms": self.ms(700.0),
            "min_silence_ms": self.ms(700.0),
            "speech_pad_ms": self.ms(300.0),
            "max_speech_s": if self.roll() < 0.4 { json!(0.1 + self.roll() * 8.0) } else { Value::Null },
            "cut": if self.roll() < 0.5 { "longest-silence" } else { "last-silence" },
            "min_silence_at_max_speech_ms": self.ms(200.0),
        })
    }
}

/// What `voiced detect` with the arguments that the page names finds, as the page writes it.
fn detected(line: &str) -> Value {
    let mut words = line.split_whitespace().skip(1);
    assert_eq!(words.next(), Some("detect"), "{line}");
    let results = voiced(["detect", "--format", "json"].into_iter().chain(words)).json();
    let segments = results[0]["segments"].as_array().unwrap().iter();
    segments.map(|segment| json!([segment["start_sample"], segment["end_sample"]])).collect()
}

/// Checks the page's segments at random settings against those of `voiced detect`; returns how many there were.
fn compare(recording: &Path, detectors: &[&str], settings: usize) -> usize {
    let Some(browser) = browser() else { return usize::MAX };
    let folder = folder(&[]);
    let page = folder.path().join("page.html");
    let chosen: Vec<&str> = detectors.iter().flat_map(|detector| ["-d", detector]).collect();
    explain(recording, &page, &chosen);
    let mut dice = Dice(1);
    let settings: Vec<Value> = (0..settings).map(|_| dice.setting()).collect();
    let script = format!("const settings = {};\n{}", json!(settings), include_str!("explain/segments.js"));
    let returned = evaluate(&browser, &page, &script);
    let mut count = 0;
    for (setting, lanes) in settings.iter().zip(returned.as_array().unwrap()) {
        for (lane, detector) in lanes.as_array().unwrap().iter().zip(detectors) {
            let line = lane["command"].as_str().unwrap();
            assert!(line.contains(&format!(" -d {detector} ")), "{line}");
            assert_eq!(lane["segments"], detected(line), "{detector} {setting}");
            count += lane["segments"].as_array().unwrap().len();
        }
    }
    count
}

#[test]
fn the_page_s_segments_are_those_of_detect() {
    assert!(compare(&speech(16_000), &["silero", "webrtc", "energy", "combined"], 50) > 1000);
}

#[test]
fn the_page_s_segments_are_those_of_detect_at_rates_that_are_resampled() {
    let folder = folder(&[("clip.wav", &wav(1, 22_050, None, &excerpt(16_000, 3.0, 12.0)))]);
    assert!(compare(&folder.path().join("clip.wav"), &["silero", "zcr", "webrtc"], 12) > 50);
}

/// Scores that are made up hit what recordings seldom do: scores equal to a threshold, times equal to a limit, odd gaps.
#[test]
fn the_page_s_segmenter_is_the_engine_s() {
    let Some(browser) = browser() else { return };
    let mut dice = Dice(2);
    let (mut cases, mut expected) = (Vec::new(), Vec::new());
    for _ in 0..3000 {
        let rate = [1000_u32, 8000, 16_000][dice.below(3.0) as usize];
        let hop = dice.below(99.0) as usize + 1;
        let mut score = 0.0;
        let scores: Vec<f32> = (0..=dice.below(80.0))
            .map(|_| {
                score = if dice.roll() < 0.6 { score } else { dice.below(9.0) as f32 / 8.0 };
                score
            })
            .collect();
        let length = (scores.len() * hop) as u64 - dice.below(hop as f64);
        // Some are whole milliseconds below a hop's time, and some are that time or close to it.
        let whole = dice.roll() < 0.5;
        let mut ms = |hops: f64| {
            let exact = dice.below(hops) as f64 * hop as f64 * 1000.0 / f64::from(rate);
            if whole { exact.floor() } else { exact + dice.below(3.0) as f64 * 0.01 }
        };
        let mut config = voiced::SegmentConfig::default();
        (config.min_speech_ms, config.min_silence_ms, config.speech_pad_ms) = (ms(9.0), ms(9.0), ms(5.0) + 1.0);
        config.min_silence_at_max_speech_ms = ms(5.0);
        config.threshold = (dice.below(6.0) + 2) as f64 / 8.0;
        config.neg_threshold = (dice.roll() < 0.7).then(|| dice.below(5.0) as f64 / 8.0);
        if dice.roll() < 0.5 {
            config.max_speech_s = dice.below(30.0) as f64 * hop as f64 / f64::from(rate) + 1e-3;
        }
        config.cut = if dice.roll() < 0.5 { voiced::Cut::LongestSilence } else { voiced::Cut::LastSilence };
        let spec = voiced::FrameSpec::adjacent(rate, hop);
        let segments = voiced::segments_from_scores(&scores, spec, length, &config).unwrap();
        expected.push(segments.iter().map(|segment| json!([segment.start, segment.end])).collect::<Value>());
        cases.push(json!({ "scores": scores, "rate": rate, "hop": hop, "length": length, "config": {
            "threshold": config.threshold,
            "neg_threshold": config.neg_threshold,
            "min_speech_ms": config.min_speech_ms,
            "min_silence_ms": config.min_silence_ms,
            "speech_pad_ms": config.speech_pad_ms,
            "max_speech_s": config.max_speech_s.is_finite().then_some(config.max_speech_s),
            "cut": if config.cut == voiced::Cut::LastSilence { "last-silence" } else { "longest-silence" },
            "min_silence_at_max_speech_ms": config.min_silence_at_max_speech_ms,
        } }));
    }
    let folder = folder(&[("clip.wav", &clip())]);
    let page = folder.path().join("page.html");
    explain(&folder.path().join("clip.wav"), &page, &["-d", "energy"]);
    let script = format!("const cases = {};\n{}", json!(cases), include_str!("explain/scores.js"));
    let found = evaluate(&browser, &page, &script);
    for ((case, expected), found) in cases.iter().zip(&expected).zip(found.as_array().unwrap()) {
        assert_eq!(expected, found, "{case}");
    }
}

#[test]
fn words_tell_each_frame() {
    let Some(browser) = browser() else { return };
    let folder = folder(&[("talk.lab", b"0 2\n4.5 30\n")]);
    let page = folder.path().join("page.html");
    let labels = folder.path().join("talk.lab");
    explain(&speech(16_000), &page, &["--labels", labels.to_str().unwrap()]);
    let lanes = evaluate(&browser, &page, include_str!("explain/words.js"));
    let lanes = lanes.as_array().unwrap();
    assert_eq!(lanes.len(), ALL.len());
    let all: Vec<&str> = lanes
        .iter()
        .flat_map(|lane| lane["words"].as_array().unwrap())
        .map(|words| words.as_str().unwrap())
        .collect();
    for wrong in ["NaN", "undefined", "null", "Infinity", "-"] {
        let found = all.iter().find(|words| words.replace("log-odds", "").contains(wrong));
        assert!(found.is_none(), "{wrong}: {found:?}");
    }
    for part in [
        " dBFS, ",
        " dB over the floor of −",
        "≥ 0.50: speech begins. Segment 1: ",
        " of 100 ms, speech held.",
        "speech goes on (hysteresis)",
        "is not longer than min_speech, 250 ms.",
        "of 100 ms, so speech ended at 0:",
        "In the padding of segment ",
        "crossings a second, ",
        "octaves below",
        "The original says no speech",
        "but only a score below 0.35 can end speech",
    ] {
        assert!(all.iter().any(|words| words.contains(part)), "nowhere: {part}");
    }
    for lane in lanes {
        let scores = lane["scores"].as_array().unwrap().iter().map(|score| score.as_f64().unwrap());
        for (score, words) in scores.zip(lane["words"].as_array().unwrap()) {
            let words = words.as_str().unwrap();
            assert_eq!(words.contains("≥ 0.50"), score >= 0.5, "{score} {words}");
        }
        assert!(lane["summary"].as_str().unwrap().contains(" %, false-alarm rate "), "{lane:?}");
    }
}

#[test]
fn sliders_keys_and_wheel_work() {
    let Some(browser) = browser() else { return };
    let folder = folder(&[]);
    let page = folder.path().join("page.html");
    explain(&speech(16_000), &page, &[]);
    let seen = evaluate(&browser, &page, include_str!("explain/use.js"));
    assert_ne!(seen["before"], seen["after"], "{seen}");
    assert_eq!(seen["before"], seen["reset"], "{seen}");
    assert!(seen["command"].as_str().unwrap().contains("--threshold 0.9 --min-silence-ms 2000"), "{seen}");
    assert_eq!([&seen["all"], &seen["closer"], &seen["key"], &seen["home"]], [30.0, 15.0, 7.5, 30.0], "{seen}");
    assert!(seen["wheel"].as_f64().unwrap() < 7.0 && seen["stays"].as_f64().unwrap() < 1e-9, "{seen}");
    assert!(seen["moved"].as_f64().unwrap() > 0.0, "{seen}");
    assert_eq!((&seen["blank"], &seen["networks"]), (&json!(0), &json!(0)), "{seen}");
    assert_eq!(seen["wide"], true, "{seen}");
}

#[test]
fn odd_titles_and_short_recordings_make_sound_pages() {
    let Some(browser) = browser() else { return };
    let title = "</script><script>throw 1</script><!-- <script> & \"quotes\"";
    for samples in [&[0_i16; 1][..], &[9; 4000], &excerpt(16_000, 1.0, 1.0)] {
        let folder = folder(&[("a.wav", &wav(1, 16_000, None, samples))]);
        let page = folder.path().join("page.html");
        explain(
            &folder.path().join("a.wav"),
            &page,
            &["--title", title, "--threshold", "1", "--max-speech-s", "0.01"],
        );
        let heading =
            evaluate(&browser, &page, "view.zoom(0.01); drawAll(); return document.querySelector('h1').textContent;");
        assert_eq!(heading, title);
    }
}

#[test]
fn the_page_holds_what_was_asked_for() {
    let folder = folder(&[("clip.wav", &clip()), ("clip.rttm", b"SPEAKER clip 1 0.5 0.25 <NA> <NA> a <NA> <NA>\n")]);
    let (clip, page) = (folder.path().join("clip.wav"), folder.path().join("page.html"));
    let settings = ["--threshold", "0.4", "--neg-threshold", "0.3", "--min-speech-ms", "1", "--max-speech-s", "9"];
    let further = ["-d", "webrtc", "-d", "energy", "-d", "webrtc", "--mode", "2", "--title", "A talk"];
    explain(&clip, &page, &[&settings[..], &further].concat());
    let facts = facts(&page);
    let names: Vec<&Value> = facts["lanes"].as_array().unwrap().iter().map(|lane| &lane["name"]).collect();
    assert_eq!(names, ["webrtc", "energy"]);
    assert_eq!(facts["lanes"][0]["mode"], 2);
    assert_eq!(facts["title"], "A talk");
    assert_eq!((&facts["rate"], &facts["length"]), (&json!(16_000), &json!(32_000)));
    assert_eq!(facts["labels"], json!([{ "start": 8000, "end": 12_000 }]));
    let config = &facts["config"];
    assert_eq!((&config["threshold"], &config["neg_threshold"]), (&json!(0.4), &json!(0.3)));
    assert_eq!((&config["min_speech_ms"], &config["min_silence_ms"]), (&json!(1), &json!(100)));
    assert_eq!(config["max_speech_s"], 9.0);
}

#[test]
fn the_sound_is_the_file_where_browsers_play_it() {
    let folder = folder(&[("clip.wav", &clip())]);
    let page = folder.path().join("page.html");
    let kind = |recording: &Path, further: &[&str]| {
        explain(recording, &page, &[&["-d", "energy"], further].concat());
        let text = fs::read_to_string(&page).unwrap();
        assert_eq!(text.contains("id=\"sound\""), !facts(&page)["sound"].is_null());
        facts(&page)["sound"]["kind"].clone()
    };
    assert_eq!(kind(&data("speech.mp3"), &[]), "audio/mpeg");
    assert_eq!(kind(&data("speech.m4a"), &[]), "audio/mp4");
    assert_eq!(kind(&data("speech.opus"), &[]), "audio/ogg");
    assert_eq!(kind(&data("speech_8k.flac"), &[]), "audio/flac");
    assert_eq!(kind(&data("speech.webm"), &[]), "audio/webm");
    assert_eq!(
        kind(&data("speech_stereo.opus"), &["--channel", "2"]),
        "audio/wav",
        "one channel of two is none of these"
    );
    assert_eq!(kind(&folder.path().join("clip.wav"), &[]), "audio/wav");
    assert_eq!(kind(&folder.path().join("clip.wav"), &["--no-audio"]), Value::Null);
}

#[test]
fn without_a_name_the_page_goes_to_the_current_folder() {
    let folder = folder(&[("in/clip.wav", &clip()), ("out/notes.txt", b"")]);
    let out = folder.path().join("out");
    let run = |arguments: &[&str]| {
        let output = command().current_dir(&out).args(arguments).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let explain = ["explain", "../in/clip.wav", "-d", "energy", "--no-audio"];
    assert_eq!(run(&explain), (Some(0), "clip.html\n".to_owned(), String::new()));
    assert_eq!(tree(&out), ["clip.html", "notes.txt"]);
    assert_eq!(tree(&folder.path().join("in")), ["clip.wav"]);
    assert_eq!(run(&explain).0, Some(0), "an earlier page is replaced");
    assert_eq!(run(&[&explain[..], &["-q"]].concat()), (Some(0), String::new(), String::new()));

    fs::write(out.join("clip.html"), "<!doctype html><p>my transcript").unwrap();
    let (status, _, told) = run(&explain);
    assert!(status == Some(1) && told.contains("clip.html: is in the way") && told.contains("--output"), "{told}");
    assert_eq!(fs::read(out.join("clip.html")).unwrap(), b"<!doctype html><p>my transcript");
    let (status, page, _) = run(&[&explain[..], &["-o", "-"]].concat());
    assert!(status == Some(0) && page.starts_with("<!doctype html><!-- made by voiced explain -->"));
}

#[test]
fn nothing_that_is_read_is_written_over() {
    let folder = folder(&[("clip.wav", &clip()), ("clip.lab", b"0 1\n")]);
    let [clip, labels] = ["clip.wav", "clip.lab"].map(|name| folder.path().join(name).to_str().unwrap().to_owned());
    voiced(["explain", &clip, "-o", &clip]).fails(2, &["clip.wav", "is what is read"]);
    voiced(["explain", &clip, "--labels", &labels, "-o", &labels]).fails(2, &["clip.lab", "is what is read"]);
    voiced(["explain", &clip, "-o", &labels]).fails(2, &["clip.lab", "is what is read"]);
    assert_eq!(fs::read(&clip).unwrap(), self::clip());
    assert_eq!(fs::read(&labels).unwrap(), b"0 1\n");
}

#[test]
fn bad_use_is_told() {
    let folder = folder(&[
        ("clip.wav", &clip()),
        ("clip.txt", b"Hello, and welcome.\n"),
        ("bad.lab", b"0 1\n5 4\n"),
        ("long.lab", b"0 9\n"),
    ]);
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (clip, page) = (path("clip.wav"), path("page.html"));
    voiced(["explain", &clip, "-o", &page, "--channel", "each"]).fails(2, &["--channel each", "mix or a number"]);
    voiced(["explain", &clip, "-o", &page, "--channel", "2"]).fails(1, &["no channel 2"]);
    voiced(["explain", &clip, "-o", &page, "--threshold", "2"]).fails(2, &["--threshold is 2"]);
    voiced(["explain", &clip, "-o", &page, "-d", "energy", "--mode", "1"]).fails(2, &["--mode", "webrtc"]);
    voiced(["explain", "-"]).fails(2, &["standard input", "--output"]);
    voiced(["explain", &path("no.wav"), "-o", &page]).fails(1, &["no.wav", "no such file"]);
    voiced(["explain", &clip, "-o", &page, "--labels", &path("bad.lab")]).fails(1, &["bad.lab:2"]);
    voiced(["explain", &clip, "-o", &page, "--labels", &path("long.lab")]).fails(1, &["long.lab:1", "beyond"]);
    assert!(!Path::new(&page).exists());
    let transcript = voiced(["explain", &clip, "-o", &page, "-d", "energy"]);
    assert_eq!(transcript.status, 0, "{transcript:?}");
    assert!(transcript.stderr.contains("warning") && transcript.stderr.contains("clip.txt:1"), "{transcript:?}");
}

#[test]
fn labels_that_nobody_asked_for_are_left_out_where_they_are_wrong() {
    let folder = folder(&[("clip.wav", &clip()), ("clip.lab", b"0 9\n")]);
    let (clip, page) = (folder.path().join("clip.wav"), folder.path().join("page.html"));
    let run = voiced([
        "explain".as_ref(),
        clip.as_os_str(),
        "-d".as_ref(),
        "energy".as_ref(),
        "-o".as_ref(),
        page.as_os_str(),
    ]);
    assert!(run.status == 0 && run.stderr.contains("warning") && run.stderr.contains("clip.lab:1"), "{run:?}");
    assert_eq!(facts(&page)["labels"], Value::Null);
    fs::remove_file(folder.path().join("clip.lab")).unwrap();
    fs::write(folder.path().join("clip.csv"), "start,end,score\n0.000,0.032,0.5\n").unwrap();
    explain(&clip, &page, &["-d", "energy"]);
    assert_eq!(facts(&page)["labels"], Value::Null, "scores are no labels");
}
