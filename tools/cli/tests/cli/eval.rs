//! `voiced eval`, mostly against recordings, scores and segments whose figures are known beforehand.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::browser::{browser, evaluate};
use crate::run::{Run, excerpt, folder, voiced, wav};

const RATE: u32 = 16_000;

/// A recording of so many seconds in which nothing is to be heard.
fn quiet(seconds: u32) -> Vec<u8> {
    wav(1, RATE, None, &vec![0; (seconds * RATE) as usize])
}

/// Scores a hop of 10 ms apart: 0.9 in these stretches of hops, and elsewhere 0.1.
fn scores(hops: usize, speech: &[(usize, usize)]) -> String {
    let score = |hop: &usize| if speech.iter().any(|(start, end)| (start..end).contains(&hop)) { 0.9 } else { 0.1 };
    let line = |hop: usize| format!("{:.2},{:.2},{}\n", hop as f64 / 100.0, (hop + 1) as f64 / 100.0, score(&hop));
    std::iter::once("start,end,score\n".to_owned()).chain((0..hops).map(line)).collect()
}

/// The only document on standard output.
#[track_caller]
fn document(run: Run) -> Value {
    let mut documents = run.json();
    assert_eq!(documents.len(), 1);
    documents.remove(0)
}

/// The result of a system for a group as it was recorded.
#[track_caller]
fn result<'a>(document: &'a Value, system: &str, group: &str) -> &'a Value {
    let is_it = |one: &&Value| one["system"] == system && one["group"] == group && one["condition"] == "as_recorded";
    document["results"].as_array().unwrap().iter().find(is_it).unwrap_or_else(|| panic!("no {system} in {group}"))
}

#[track_caller]
fn near(value: &Value, expected: f64) {
    let found = value.as_f64().unwrap_or_else(|| panic!("{value} is no number"));
    assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
}

const PLAIN: [&str; 9] =
    ["eval", "--json", "-d", "energy", "--speech-pad-ms", "0", "--min-speech-ms", "0", "--replicas=20"];

#[test]
fn known_scores_give_known_figures() {
    let files = folder(&[
        ("a.wav", &quiet(10)),
        ("a.lab", b"2 4\n6 8\n"),
        ("right/a.csv", scores(1000, &[(200, 400), (600, 800)]).as_bytes()),
        ("late/a.csv", scores(1000, &[(210, 410), (610, 810)]).as_bytes()),
        ("half/a.csv", scores(1000, &[(200, 300), (500, 550)]).as_bytes()),
    ]);
    let at = |name: &str| files.path().join(name).display().to_string();
    let systems: Vec<String> = ["right", "late", "half"]
        .iter()
        .flat_map(|name| ["--scores".to_owned(), format!("{name}={}", at(name))])
        .collect();
    let line = PLAIN.iter().map(|&word| word.to_owned()).chain(systems).chain([at("a.wav")]);
    let document = document(voiced(line));

    let right = result(&document, "right", "all");
    near(&right["scores"]["auc"], 1.0);
    near(&right["scores"]["equal_error_rate"], 0.0);
    near(&right["settings"][0]["detection_error_rate"], 0.0);
    near(&right["settings"][0]["frames"]["miss_rate"], 0.0);

    let late = result(&document, "late", "all");
    near(&late["settings"][0]["onset_latency_s"]["median"], 0.1);
    near(&late["settings"][0]["offset_latency_s"]["median"], 0.1);
    near(&late["settings"][0]["detection_error_rate"], 0.1); // 0.2 s missed and 0.2 s false, of 4 s of speech
    let system = |name: &str| document["systems"].as_array().unwrap().iter().find(|one| one["name"] == name).unwrap();
    assert_eq!(system("late")["lag_ms"], 100);
    near(&system("late")["auc_without_lag"], 1.0);
    assert_eq!(system("right")["lag_ms"], 0);
    assert!(system("right")["us_per_frame"].is_null() && system("energy")["us_per_frame"].as_f64().unwrap() > 0.0);
    assert_eq!(system("energy")["latency_ms"], 70.0);

    let half = result(&document, "half", "all");
    // Of pairs of speech and non-speech: 1/4 of speech is above, and 1/12 of the rest.
    near(&half["scores"]["auc"], 0.25 * (1.0 - 0.5 / 6.0) + 0.5 * (0.25 * 0.5 / 6.0 + 0.75 * (1.0 - 0.5 / 6.0)));
    near(&half["settings"][0]["segments"]["miss_s"], 3.0);
    near(&half["settings"][0]["segments"]["false_alarm_s"], 0.5);
    let matches = &half["settings"][0]["matches"];
    assert_eq!((&matches["missed_segments"], &matches["false_segments"]), (&1.into(), &1.into()));
    assert_eq!(document["complete"], true);
}

#[test]
fn what_is_ignored_counts_nowhere() {
    let csv = scores(1000, &[(200, 500)]);
    let files = folder(&[
        ("a.wav", &quiet(10)),
        ("a.rttm", b"SPEAKER a 1 2 2 <NA> <NA> A <NA> <NA>\n"),
        ("s/a.csv", csv.as_bytes()),
        ("a.ign", b"4 6\n"),
    ]);
    let (audio, scores) = (files.path().join("a.wav"), format!("s={}", files.path().join("s").display()));
    let run = || document(voiced(PLAIN.into_iter().chain(["--scores", &scores, audio.to_str().unwrap()])));
    let ignored = run();
    near(&result(&ignored, "s", "all")["settings"][0]["detection_error_rate"], 0.0);
    near(&ignored["recordings"][0]["scored_s"], 8.0);
    fs::write(files.path().join("a.ign"), "").unwrap();
    near(&result(&run(), "s", "all")["settings"][0]["detection_error_rate"], 0.5);
    fs::remove_file(files.path().join("a.ign")).unwrap();
    fs::write(files.path().join("a.uem"), "a 1 0 4\na 1 6 9\n").unwrap();
    let limited = run();
    near(&result(&limited, "s", "all")["settings"][0]["detection_error_rate"], 0.0);
    near(&limited["recordings"][0]["scored_s"], 7.0);
}

/// The bundled recording's first seconds, as they are and slowed down to a rate that must be resampled, with labels, and a recording
/// without speech.
fn spoken() -> tempfile::TempDir {
    let samples = excerpt(RATE, 0.0, 12.0);
    folder(&[
        ("x/talk.wav", &wav(1, 11_025, None, &samples)),
        ("x/talk.lab", b"0 2.97\n3.86 6.82\n7.2 9.98\n13.52 17.4\n"),
        ("y/noise.wav", &quiet(3)),
        ("y/noise.lab", b""),
        ("y/talk2.wav", &wav(1, RATE, None, &samples)),
        ("y/talk2.lab", b"0 2.05\n2.66 4.7\n4.96 6.9\n9.3 12\n"),
    ])
}

#[test]
fn scores_and_segments_of_ours_from_files_are_worth_the_same() {
    let files = spoken();
    let at = |name: &str| files.path().join(name).display().to_string();
    fs::create_dir(at("csv")).unwrap();
    for name in ["x/talk", "y/talk2", "y/noise"] {
        let csv = at(&format!("csv/{}.csv", name.rsplit_once('/').unwrap().1));
        voiced(["scores", &at(&format!("{name}.wav")), "-o", &csv]).ok();
    }
    let mut line: Vec<String> = ["eval", "--json", "-d", "silero", "--replicas", "0"].map(str::to_owned).to_vec();
    line.extend(["--scores".to_owned(), format!("scores={}", at("csv"))]);
    for (format, output) in [("rttm", "all.rttm"), ("csv", "all.csv"), ("textgrid", "grids"), ("audacity", "tracks")]
    {
        voiced(["detect", "-f", format, "-o", &at(output), &at("x"), &at("y")]).ok();
        line.extend(["--segments".to_owned(), format!("{format}={}", at(output))]);
    }
    line.extend([at("x"), at("y")]);
    let document = document(voiced(line));
    let ours = result(&document, "silero", "all");
    assert!(ours["scores"]["auc"].as_f64().unwrap() > 0.9, "{}", ours["scores"]["auc"]);
    let scores = result(&document, "scores", "all");
    near(&scores["scores"]["auc"], ours["scores"]["auc"].as_f64().unwrap());
    assert_eq!(scores["settings"], ours["settings"]);
    for format in ["rttm", "csv", "textgrid", "audacity"] {
        let theirs = result(&document, format, "all");
        assert!(theirs["scores"].is_null());
        for part in ["segments", "matches", "onset_latency_s"] {
            assert_eq!(theirs["settings"][0][part], ours["settings"][0][part], "{format}");
        }
    }
}

#[test]
fn groups_and_settings_are_told_apart() {
    let files = spoken();
    let at = |name: &str| files.path().join(name).display().to_string();
    let manifest = "wav,room,labels\nx/talk.wav,small,x/talk.lab\ny/talk2.wav,large,\ny/noise.wav,large,\n";
    fs::write(at("list.csv"), manifest).unwrap();
    let list = at("list.csv");
    let by_room = document(voiced(["eval", "--json", "--manifest", &list, "--group-by", "room", "-d", "energy"]));
    let recordings = |group: &str| result(&by_room, "energy", group)["recordings"].clone();
    assert_eq!([recordings("all"), recordings("small"), recordings("large")], [3, 1, 2]);
    let large = result(&by_room, "energy", "large");
    let sum = result(&by_room, "energy", "all")["settings"][0]["segments"]["miss_s"].as_f64().unwrap();
    let small = result(&by_room, "energy", "small")["settings"][0]["segments"]["miss_s"].as_f64().unwrap();
    near(&large["settings"][0]["segments"]["miss_s"], sum - small);

    let folders =
        ["eval", "--json", "--group-by", "folder", "-d", "webrtc", "--mode", "1,3", "--threshold", "0.4,0.6"];
    let by_folder = document(voiced(folders.into_iter().chain([at(".").as_str()])));
    assert_eq!(result(&by_folder, "webrtc-3", "x")["recordings"], 1);
    let modes: Vec<_> = by_folder["systems"].as_array().unwrap().iter().map(|system| &system["name"]).collect();
    assert_eq!(modes, ["webrtc-1", "webrtc-3"]);
    let thresholds: Vec<_> = by_folder["settings"].as_array().unwrap().iter().map(|one| &one["threshold"]).collect();
    assert_eq!(thresholds, [0.4, 0.6]);
    let settings = result(&by_folder, "webrtc-1", "all")["settings"].as_array().unwrap();
    let misses = |place: usize| settings[place]["frames"]["miss_s"].as_f64().unwrap();
    assert!(misses(0) < misses(1), "{settings:?}");

    let table = voiced(["eval", "--manifest", &list, "--group-by", "room"]).ok();
    assert!(table.contains("3 recordings") && table.contains("webrtc-2") && table.contains("small"), "{table}");
    assert!(table.lines().all(|line| line.chars().count() <= 100), "{table}");
}

#[test]
fn noise_is_the_same_for_a_seed_and_only_where_there_is_speech() {
    let files = spoken();
    let mut state = 1_u32;
    let mut white = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 18) as i16 - 8192
    };
    let hiss: Vec<i16> = (0..40_000).map(|_| white()).collect();
    fs::create_dir(files.path().join("noise")).unwrap();
    fs::write(files.path().join("noise/hiss.wav"), wav(1, 8000, None, &hiss)).unwrap();
    let at = |name: &str| files.path().join(name).display().to_string();
    let run = |seed: &str, jobs: &str| {
        let line = ["eval", "--json", "-d", "energy", "-d", "silero", "--snr", "30,-5", "--seed", seed, "-j", jobs];
        document(voiced(line.into_iter().chain(["--noise", &at("noise"), &at("x"), &at("y")])))
    };
    let (first, again, other) = (run("1", "1"), run("1", "3"), run("2", "3"));
    assert_eq!(first["results"], again["results"]);
    assert_ne!(first["results"], other["results"]);
    let at_snr = |document: &Value, system: &str, snr: f64| {
        let is_it = |one: &&Value| one["system"] == system && one["snr_db"] == snr;
        document["results"].as_array().unwrap().iter().find(is_it).unwrap().clone()
    };
    assert_eq!(result(&first, "silero", "all")["recordings"], 3);
    let auc = |snr: f64| at_snr(&first, "energy", snr)["scores"]["auc"].as_f64().unwrap();
    assert!(auc(30.0) > auc(-5.0), "{} {}", auc(30.0), auc(-5.0));
    assert_eq!(at_snr(&first, "silero", 30.0)["recordings"], 2, "the recording without speech gets no noise");
    let quiet = first["results"].as_array().unwrap().iter().filter(|one| one["condition"] == "with_speech");
    assert!(quiet.clone().count() == 2 && quiet.clone().all(|one| one["recordings"] == 2));
}

#[test]
fn the_report_needs_nothing_else() {
    let files = spoken();
    let at = |name: &str| files.path().join(name).display().to_string();
    fs::rename(at("x/talk.wav"), at("x/<b>talk & \"co\".wav")).unwrap();
    fs::rename(at("x/talk.lab"), at("x/<b>talk & \"co\".lab")).unwrap();
    let report = at("report.html");
    let line = ["eval", "-d", "silero", "-d", "energy", "--group-by", "folder", "--report", &report];
    voiced(line.into_iter().chain([at("x").as_str(), &at("y")])).ok();
    let page = fs::read_to_string(&report).unwrap();
    for outside in ["http://", "https://", "src=", "href=", "@import", "url("] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert!(!page.contains("<b>talk") && page.contains("&lt;b&gt;talk &amp; &quot;co&quot;"));
    for part in [
        "<h3>ROC</h3>",
        "<h3>DET</h3>",
        "Quality against cost",
        "Worst stretches",
        "popovertarget=\"d-auc\"",
        "id=\"d-auc\"",
    ] {
        assert!(page.contains(part), "{part}");
    }
    let clicked =
        page.match_indices("popovertarget=\"").map(|(at, key)| page[at + key.len()..].split('"').next().unwrap());
    assert!(clicked.clone().count() > 20);
    for id in clicked {
        assert!(page.contains(&format!("<div popover id=\"{id}\">")), "{id} has no definition");
    }
    for number in ["fill=\"#", "stroke=\"#"] {
        assert!(!page.contains(number), "a colour that no mode can change");
    }
    assert!(!page.contains("NaN"), "a place that is none");

    let Some(browser) = browser() else { return };
    let opened = "return [...document.querySelectorAll('button[popovertarget]')].map((button) => {
        button.click();
        const definition = document.getElementById(button.getAttribute('popovertarget'));
        return definition.matches(':popover-open') && definition.getBoundingClientRect().height > 20;
    });";
    let opened = evaluate(&browser, Path::new(&report), opened);
    let opened = opened.as_array().unwrap();
    assert!(opened.len() > 20 && opened.iter().all(|open| open == true), "{opened:?}");
}

#[test]
fn mistakes_are_told() {
    let files = folder(&[
        ("a/a.wav", &quiet(2)),
        ("a/a.lab", b"0 1\n"),
        ("b/b.wav", &quiet(2)),
        ("beyond/c.wav", &quiet(2)),
        ("beyond/c.lab", b"0 1\n1.5 3\n"),
        ("reversed/d.wav", &quiet(2)),
        ("reversed/d.lab", b"1 0.5\n"),
        ("overlap/e.wav", &quiet(2)),
        ("overlap/e.lab", b"0 1\n0.5 1.5\n"),
        ("overlap/lost.lab", b""),
        ("empty/readme.md", b""),
        ("list.csv", b"name,room\na,b\n"),
        ("short.csv", b"wav,room\na/a.wav\n"),
        ("good.csv", b"wav,room\na/a.wav,x\n"),
        ("twice/a.wav", &quiet(1)),
        ("all.rttm", b"SPEAKER a 1 0 1 <NA> <NA> A <NA> <NA>\n"),
        ("scores/z.csv", b"start,end,score\n0,1,0.5\n"),
        ("wrong/a.csv", b"start,end,score\n0,0.01,0.5\n0.01,0.02,0.5\n"),
    ]);
    let at = |name: &str| files.path().join(name).display().to_string();
    let fails = |status: i32, line: &[&str], parts: &[&str]| {
        let line = ["eval", "-d", "energy"].iter().chain(line).map(|&word| word.to_owned());
        voiced(line).fails(status, parts);
    };
    fails(1, &[&at("empty")], &["empty: there are no audio files in this folder"]);
    fails(1, &[&at("none")], &["none: no such file or folder"]);
    fails(1, &[&at("b")], &["b.wav: has no labels: there is no ", "b/b.lab, .rttm"]);
    fails(1, &["--labels", &at("a"), &at("b")], &["a/b.lab"]);
    fails(1, &["--labels", &at("nowhere"), &at("b")], &["nowhere: no such file or folder"]);
    fails(1, &[&at("beyond")], &["c.lab:2: 1.500 to 3.000 s reaches beyond the recording, which ends at 2.000 s"]);
    fails(1, &[&at("reversed")], &["d.lab:1: the interval is reversed"]);
    fails(
        1,
        &["--labels", &at("all.rttm"), &at("b")],
        &["all.rttm: says nothing about the recording b: it is about a"],
    );
    fails(2, &["--labels", &at("all.rttm"), &at("a"), &at("twice")], &["a.wav", "have one name"]);
    fails(1, &["--manifest", &at("list.csv")], &["list.csv: has no column wav, audio, file, path", "name, room"]);
    fails(1, &["--manifest", &at("short.csv")], &["short.csv:2: this line has 1 fields, the heading has 2"]);
    fails(2, &["--manifest", &at("good.csv"), "--group-by", "speaker"], &["--group-by speaker", "wav, room"]);
    fails(2, &["--group-by", "room", &at("a")], &["--manifest FILE, or --group-by folder"]);
    fails(
        1,
        &["--scores", &format!("z={}", at("scores")), &at("a")],
        &["z: has no results for 1 of 1 recordings", "a.csv"],
    );
    fails(1, &["--scores", &format!("z={}", at("wrong")), &at("a")], &["a.wav: z: ", "scores"]);
    fails(
        1,
        &["--segments", &format!("z={}", at("b")), &at("a")],
        &["z: has no results for 1 of 1 recordings", "a.rttm"],
    );
    fails(2, &["--scores", "x", &at("a")], &["NAME=PATH"]);
    fails(2, &["--scores", &format!("energy={}", at("scores")), &at("a")], &["two systems are named energy"]);
    fails(2, &["--threshold", "0.5,1.5", &at("a")], &["--threshold is 1.5: it must be from 0 to 1"]);
    fails(2, &["--mode", "4", &at("a")], &["4", "0..=3"]);
    fails(2, &["--mode", "2", &at("a")], &["--mode is for --detector webrtc, which is not measured"]);
    fails(1, &["-d", "webrtc", "--frame-ms", "15", &at("a")], &["frame_ms is 15", "10, 20 or 30"]);
    fails(2, &["--snr", "5", &at("a")], &["--noise"]);
    fails(1, &["--noise", &at("empty"), &at("a")], &["there are no audio files"]);
    fails(1, &["--noise", &at("a"), &at("a")], &["digital silence"]);
    fails(1, &["--report", &at("no/such.html"), &at("a")], &["its folder does not exist"]);
    fails(2, &[], &["<FILE>"]);

    let warned = voiced(["eval", "-d", "energy", &at("overlap")]);
    assert_eq!(warned.status, 0, "{warned:?}");
    assert!(warned.stderr.contains("e.lab:2: this speech overlaps that of line 1"), "{warned:?}");
    assert!(warned.stderr.contains("lost.lab: belongs to no recording"), "{warned:?}");
}

#[test]
fn recordings_that_fail_are_left_out_and_told() {
    let files = folder(&[
        ("a.wav", &quiet(2)),
        ("a.lab", b"0 1\n"),
        ("b.wav", b"RIFF"),
        ("b.lab", b""),
        ("c.wav", &quiet(1)),
    ]);
    let path = files.path().display().to_string();
    let run = voiced(["eval", "--json", "-d", "energy", &path]);
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("b.wav") && run.stderr.contains("c.wav: has no labels"), "{run:?}");
    let document: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((&document["complete"], &document["recordings_asked"]), (&false.into(), &3.into()));
    assert_eq!(document["recordings"].as_array().unwrap().len(), 1);
}

#[test]
fn the_document_says_whether_delays_are_compensated() {
    let files = folder(&[("a.wav", &quiet(2)), ("a.lab", b"0 1\n")]);
    let said = |options: &[&str]| {
        let line = PLAIN.iter().chain(options).copied().chain([files.path().to_str().unwrap()]);
        document(voiced(line))["compensate_delay"].clone()
    };
    assert_eq!([said(&[]), said(&["--compensate-delay"])], [false, true]);
}

#[cfg(unix)]
#[test]
fn ctrl_c_reports_what_was_done() {
    use std::io::Read;
    use std::process::{Command, Stdio};
    use std::time::Duration;

    if crate::run::ignores(2) {
        return;
    }
    let short = wav(1, RATE, None, &excerpt(RATE, 0.0, 1.0));
    let long = wav(1, RATE, None, &excerpt(RATE, 0.0, 30.0));
    let mut files: Vec<(String, &[u8])> = vec![("0.wav".to_owned(), &short), ("0.lab".to_owned(), b"0 1\n")];
    files.extend((1..60).flat_map(|n| [(format!("{n}.wav"), &long[..]), (format!("{n}.lab"), &b"0 1\n"[..])]));
    let files = folder(&files.iter().map(|(name, bytes)| (&**name, *bytes)).collect::<Vec<_>>());
    let mut child = crate::run::command()
        .args(["eval", "-d", "silero", "--kernels", "scalar", "-j1"])
        .arg(Path::new(files.path()))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_secs(3));
    assert!(child.try_wait().unwrap().is_none(), "it was done before it could be interrupted");
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    let (mut stdout, mut stderr) = (String::new(), String::new());
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    child.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1), "{stderr}");
    let told = stderr.split("interrupted: these are the results of ").nth(1).expect(&stderr);
    let done: usize = told.split(' ').next().unwrap().parse().unwrap();
    assert!((1..60).contains(&done) && told.contains(" of 60 recordings"), "{stderr}");
    assert!(stdout.starts_with(&format!("{done} of 60 recordings")), "{stdout}");
}
