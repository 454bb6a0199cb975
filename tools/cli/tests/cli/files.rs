//! What is left behind: whole files or none, whatever ends the program, and never in place of what was read.
#![cfg(unix)]

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::run::{command, excerpt, folder, json, speech, tree, voiced, wav};

/// Two seconds of speech with a pause, as a WAV file.
fn clip() -> Vec<u8> {
    wav(1, 16_000, None, &excerpt(16_000, 1.0, 2.0))
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Waits until something holds; fails where the program ends before.
#[track_caller]
fn until(child: &mut Child, holds: impl Fn() -> bool) {
    while !holds() {
        assert_eq!(child.try_wait().unwrap(), None, "it ended too early");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A pipe with a name. What is opened stays open, so that its reader waits for more.
fn pipe(path: &Path) -> File {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    OpenOptions::new().read(true).write(true).open(path).unwrap()
}

fn parts(folder: &Path) -> Vec<String> {
    tree(folder).into_iter().filter(|name| name.contains(".part")).collect()
}

/// Files without those that killed programs left.
fn finished(folder: &Path) -> Vec<String> {
    tree(folder).into_iter().filter(|name| !name.starts_with(".voiced-")).collect()
}

fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status().unwrap().success());
}

/// Runs a shell script with the command as `$0` and these arguments.
fn shell<A: AsRef<OsStr>>(script: &str, arguments: impl IntoIterator<Item = A>) -> (i32, String, String) {
    let output = Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_voiced")])
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let status = output.status.code().or(output.status.signal().map(|signal| 128 + signal)).unwrap();
    (status, text(output.stdout), text(output.stderr))
}

const SIGNALS: [(&str, i32); 4] = [("HUP", 1), ("INT", 2), ("TERM", 15), ("KILL", 9)];

#[test]
fn a_killed_run_keeps_the_documents_that_it_finished() {
    let audio = folder(&[("a.wav", &clip()), ("b.wav", &clip())]);
    let at = |name: &str| audio.path().join(name);
    let _open = pipe(&at("c.wav"));
    let whole = audio.path().join("whole");
    voiced(["detect", "-f", "srt", text(&at("a.wav")), text(&at("b.wav")), "-o", text(&whole)]).ok();
    let expected = fs::read(whole.join("a.srt")).unwrap();
    for (name, number) in SIGNALS {
        let out = folder(&[]);
        let mut child = command()
            .args(["detect", "-f", "srt", "-j", "1"])
            .args(["a.wav", "b.wav", "c.wav"].map(at))
            .arg("-o")
            .args([out.path()])
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        until(&mut child, || out.path().join("b.srt").exists());
        signal(&child, name);
        assert_eq!(child.wait().unwrap().signal(), Some(number));
        assert_eq!(finished(out.path()), ["a.srt", "b.srt"], "{name}");
        for name in ["a.srt", "b.srt"] {
            assert_eq!(fs::read(out.path().join(name)).unwrap(), expected);
        }
    }
}

/// A run of `scores` into `out.csv` that has written a part of it and waits for more.
fn in_the_middle(folder: &Path) -> (Child, File) {
    let input = folder.join("pipe.wav");
    let mut pipe =
        if input.exists() { OpenOptions::new().read(true).write(true).open(&input).unwrap() } else { pipe(&input) };
    let mut child = command()
        .args(["scores", "-d", "energy", text(&input), "-o", text(&folder.join("out.csv"))])
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    let sound = wav(1, 16_000, Some(u32::MAX), &[excerpt(16_000, 0.0, 10.0), excerpt(16_000, 0.0, 10.0)].concat());
    let feeder = pipe.try_clone().unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| (&feeder).write_all(&sound).unwrap());
        let growing = |name: &String| fs::metadata(folder.join(name)).is_ok_and(|part| part.len() > 0);
        let part = format!(".voiced-{}-", child.id());
        until(&mut child, || parts(folder).iter().filter(|name| name.starts_with(&part)).any(growing));
    });
    pipe.flush().unwrap();
    (child, pipe)
}

#[test]
fn a_killed_run_leaves_no_half_a_file_under_its_name() {
    for (name, number) in SIGNALS {
        for old in [None, Some("the old one")] {
            let folder = folder(&[]);
            let out = folder.path().join("out.csv");
            old.map(|old| fs::write(&out, old).unwrap());
            let (mut child, pipe) = in_the_middle(folder.path());
            signal(&child, name);
            assert_eq!(child.wait().unwrap().signal(), Some(number));
            drop(pipe);
            assert_eq!(fs::read_to_string(&out).ok().as_deref(), old, "{name}");
            assert_eq!(parts(folder.path()).len(), usize::from(name == "KILL"), "{name}");

            // What it left is in nobody's way.
            let audio = folder.path().join("a.wav");
            fs::write(&audio, clip()).unwrap();
            fs::remove_file(folder.path().join("pipe.wav")).unwrap();
            let found = voiced(["detect", "-f", "json", text(folder.path())]).json();
            assert_eq!(found.len(), 1);
            voiced(["scores", text(&audio), "-o", text(&out)]).ok();
            assert_eq!(fs::read_to_string(&out).unwrap(), voiced(["scores", text(&audio)]).ok());
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_signal_that_is_ignored_ends_nothing() {
    let folder = folder(&[]);
    let input = folder.path().join("pipe.wav");
    let mut pipe = pipe(&input);
    let mut child = Command::new("sh")
        .args(["-c", "trap '' HUP INT; exec \"$0\" \"$@\""])
        .args([env!("CARGO_BIN_EXE_voiced"), "scores", text(&input), "-o", text(&folder.path().join("out.csv"))])
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    until(&mut child, || parts(folder.path()).len() == 1);
    for name in ["HUP", "INT"] {
        signal(&child, name);
    }
    pipe.write_all(&clip()).unwrap();
    drop(pipe);
    assert!(child.wait().unwrap().success());
    assert_eq!(finished(folder.path()), ["out.csv", "pipe.wav"]);
}

#[test]
fn a_part_of_a_killed_run_with_the_same_number_is_stepped_over() {
    let folder = folder(&[("a.wav", &clip())]);
    let (audio, out) = (folder.path().join("a.wav"), folder.path().join("out.csv"));
    let script = "cd \"$2\" && echo stale > .voiced-$$-0.part && exec \"$0\" scores \"$1\" -o out.csv";
    assert_eq!(shell(script, [&audio, folder.path()]), (0, String::new(), String::new()));
    assert_eq!(fs::read_to_string(out).unwrap(), voiced(["scores", text(&audio)]).ok());
    let left = parts(folder.path());
    assert!(left.len() == 1 && fs::read_to_string(folder.path().join(&left[0])).unwrap() == "stale\n");
}

#[test]
fn of_two_runs_with_one_output_one_whole_result_remains() {
    let folder = folder(&[("a.wav", &clip()), ("b.wav", &wav(1, 16_000, None, &excerpt(16_000, 3.0, 1.0)))]);
    let at = |name: &str| folder.path().join(name);
    let out = at("out.csv");
    let whole = ["a.wav", "b.wav"].map(|name| voiced(["scores", text(&at(name))]).ok());
    let mut pipes = ["p.wav", "q.wav"].map(|name| pipe(&at(name)));
    let mut children = ["p.wav", "q.wav"].map(|name| {
        command().args(["scores", text(&at(name)), "-o", text(&out)]).stdin(Stdio::null()).spawn().unwrap()
    });
    // Both have begun to write before either can end.
    until(&mut children[0], || parts(folder.path()).len() == 2);
    for (pipe, name) in pipes.iter_mut().zip(["a.wav", "b.wav"]) {
        pipe.write_all(&fs::read(at(name)).unwrap()).unwrap();
    }
    drop(pipes);
    assert!(children.iter_mut().all(|child| child.wait().unwrap().success()));
    assert!(whole.contains(&fs::read_to_string(&out).unwrap()));
    assert_eq!(tree(folder.path()), ["a.wav", "b.wav", "out.csv", "p.wav", "q.wav"]);
}

#[test]
fn what_is_read_is_not_replaced() {
    let silence = wav(1, 16_000, None, &[9; 16_000]);
    let files: [(&str, &[u8]); 7] = [
        ("a.wav", &clip()),
        ("a.lab", b"0 1 speech\n"),
        ("a.ign", b"1 1.5\n"),
        ("s/a.csv", b"start,end,score\n0,1,0.5\n1,2,0.5\n"),
        ("m/a.rttm", b"SPEAKER a 1 0.1 0.5 <NA> <NA> s <NA> <NA>\n"),
        ("n/noise.wav", &silence),
        ("list.csv", b"wav\na.wav\n"),
    ];
    let folder = folder(&files);
    let at = |name: &str| text(&folder.path().join(name)).to_owned();
    let weights = concat!(env!("CARGO_MANIFEST_DIR"), "/../../weights/silero_16k.safetensors");
    fs::copy(weights, at("w.safetensors")).unwrap();
    std::os::unix::fs::symlink(at("a.wav"), at("symbolic")).unwrap();
    fs::hard_link(at("a.wav"), at("hard")).unwrap();
    let before =
        || tree(folder.path()).into_iter().map(|name| (fs::read(at(&name)).unwrap(), name)).collect::<Vec<_>>();
    let expected = before();

    let (a, w) = (at("a.wav"), at("w.safetensors"));
    let refused = |line: &[&str]| drop(voiced(line).fails(2, &["is what is read"]));
    for output in [&a, &at("s/../a.wav"), &at("symbolic"), &at("hard")] {
        refused(&["detect", &a, "-o", output]);
        refused(&["detect", "-f", "srt", &a, "-o", output]);
        refused(&["detect", "-f", "json", folder.path().to_str().unwrap(), "-o", output]);
        refused(&["scores", &a, "-o", output]);
        refused(&["scores", "-f", "json", &at("n/noise.wav"), &a, "-o", output]);
        refused(&["explain", "-d", "energy", &a, "-o", output]);
        refused(&["eval", "-d", "energy", &a, "-o", output]);
        refused(&["eval", "-d", "energy", &a, "--report", output]);
    }
    refused(&["detect", "--weights", &w, &a, "-o", &w]);
    refused(&["scores", "--weights", &w, &a, "-o", &w]);
    refused(&["explain", "-d", "energy", &a, "--labels", &at("a.lab"), "-o", &at("a.lab")]);
    for read in ["a.lab", "a.ign", "s/a.csv", "m/a.rttm", "n/noise.wav", "list.csv", "w.safetensors"] {
        let (scores, segments) = (format!("s={}", at("s")), format!("m={}", at("m")));
        let (list, noise) = (at("list.csv"), at("n"));
        let line = ["eval", "-d", "silero", "--weights", &w, "--manifest", &list, "--noise", &noise];
        let others = ["--scores", &scores, "--segments", &segments];
        for option in ["-o", "--report"] {
            refused(&[&line[..], &others, &[option, &at(read)]].concat());
        }
    }
    let both = at("new");
    voiced(["eval", "-d", "energy", &a, "-o", &both, "--report", &at("s/../new")]).fails(2, &["are one file"]);

    // Documents and parts whose names lead back.
    fs::create_dir(at("out")).unwrap();
    for name in ["out/a.srt", "out/a_0001_0.000-1.054.wav"] {
        std::os::unix::fs::symlink(at("a.wav"), at(name)).unwrap();
    }
    refused(&["detect", "-f", "srt", &a, &at("n/noise.wav"), "-o", &at("out")]);
    refused(&["split", &a, "-o", &at("out")]);
    fs::remove_dir_all(at("out")).unwrap();

    let (status, _, told) = shell("exec \"$0\" detect - -o \"$1\" < \"$1\"", [&a]);
    assert!(status == 2 && told.contains("is what is read"), "{told}");
    assert_eq!(before(), expected);
}

#[test]
fn a_name_may_be_as_long_as_the_file_system_allows() {
    let stem = "n".repeat(251);
    let audio = folder(&[(&format!("{stem}.wav"), &clip())]);
    let path = audio.path().join(format!("{stem}.wav"));
    let out = audio.path().join("o".repeat(255));
    voiced(["scores", text(&path), "-o", text(&out)]).ok();
    voiced(["detect", "-f", "srt", text(&path), "-o", &format!("{}/", text(&audio.path().join("srt")))]).ok();
    assert_eq!(tree(&audio.path().join("srt")), [format!("{stem}.srt")]);
    let longer = audio.path().join("o".repeat(256));
    voiced(["scores", text(&path), "-o", text(&longer)]).fails(1, &["cannot be written"]);
}

/// `ulimit -f`: files may have half a kilobyte, or one, by the shell.
const LIMIT: &str = "ulimit -f 1; trap '' XFSZ; ";

#[test]
fn a_file_that_may_not_grow_is_told_and_removed() {
    let folder = folder(&[("a.wav", &clip())]);
    let at = |name: &str| text(&folder.path().join(name)).to_owned();
    let (a, out) = (at("a.wav"), at("out"));
    for line in [
        &["scores", "-d", "energy", &a, "-o", &out][..],
        &["split", &a, "-o", &at("parts")],
        &["explain", "-d", "energy", &a, "-o", &out],
        &["man", "-o", &at("man")],
    ] {
        let (status, printed, told) = shell(&format!("{LIMIT} exec \"$0\" \"$@\""), line);
        assert_eq!((status, printed.as_str()), (1, ""), "{line:?}: {told}");
        assert!(told.starts_with("voiced: ") && told.contains("cannot be written: File too large"), "{told}");
    }
    let left: Vec<_> = tree(folder.path()).into_iter().filter(|name| !name.starts_with("man/")).collect();
    assert_eq!(left, ["a.wav"]);
    whole_pages(&folder.path().join("man"));

    // Untrapped, the signal kills it in mid-file.
    let (status, ..) = shell("ulimit -f 1; exec \"$0\" split \"$1\" -o \"$2\"", [&a, &at("parts")]);
    assert!(status > 128, "{status}");
    assert_eq!(finished(&folder.path().join("parts")), [] as [&str; 0]);
}

/// All pages that there are must be as they are without a limit.
fn whole_pages(pages: &Path) {
    let whole = folder(&[]);
    voiced(["man", "-o", text(whole.path())]).ok();
    for name in tree(pages) {
        assert_eq!(fs::read(pages.join(&name)).unwrap(), fs::read(whole.path().join(&name)).unwrap(), "{name}");
    }
}

#[test]
fn manual_pages_take_the_place_of_old_ones() {
    let pages = folder(&[("voiced.1", b"old"), ("voiced-detect.1", b"old"), ("other.1", b"not ours")]);
    voiced(["man", "-o", text(pages.path())]).ok();
    fs::remove_file(pages.path().join("other.1")).unwrap();
    whole_pages(pages.path());
    assert_eq!(fs::read_to_string(pages.path().join("voiced.1")).unwrap(), voiced(["man"]).ok());
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_behind_standard_output_is_told() {
    let folder = folder(&[("a.wav", &clip())]);
    let a = text(&folder.path().join("a.wav")).to_owned();
    for line in [
        &["detect", &a][..],
        &["detect", "-f", "json", &a, &a],
        &["scores", &a],
        &["scores", "-f", "json", &a],
        &["eval", "--segments", &format!("a={a}.rttm"), "-d", "energy", "--labels", &format!("{a}.rttm"), &a],
        &["explain", "-d", "energy", &a, "-o", "-"],
        &["detectors"],
        &["info"],
        &["man"],
        &["completions", "bash"],
    ] {
        fs::write(format!("{a}.rttm"), "SPEAKER a 1 0.1 0.5 <NA> <NA> s <NA> <NA>\n").unwrap();
        let (status, _, told) = shell("exec \"$0\" \"$@\" > /dev/full", line);
        assert!(status == 1 && told.contains("standard output: No space left"), "{line:?}: {status}, {told}");
        assert!(!told.contains("panicked"), "{told}");
    }
    let script = "exec \"$0\" stream --rate 16000 --encoding s16le < \"$1\" > /dev/full";
    let (status, _, told) = shell(script, [&a]);
    assert!(status == 1 && told.contains("standard output: No space left"), "{told}");
}

#[cfg(target_os = "linux")]
#[test]
fn results_come_though_nobody_hears_of_errors() {
    let folder = folder(&[("1.wav", &clip()), ("2.wav", b"no audio"), ("3.wav", &clip())]);
    for deaf in ["2> /dev/full", "2>&-"] {
        let script = format!("exec \"$0\" detect -f json \"$1\" {deaf}");
        let (status, printed, _) = shell(&script, [folder.path()]);
        assert_eq!((status, json(&printed).len()), (1, 2), "{deaf}");
        let (status, ..) = shell(&format!("exec \"$0\" detect no-such-file {deaf}"), [""; 0]);
        assert_eq!(status, 1, "{deaf}");
    }
}

/// Runs a script as root in a mount namespace of its own, with a small file system on `$1`; `None` where that is not
/// allowed.
fn on_a_disk(options: &str, script: &str, arguments: &[&str]) -> Option<(i32, String, String)> {
    let mount = format!("mount -t tmpfs -o {options} none \"$1\" || exit 77; {script}");
    let output = Command::new("unshare")
        .args(["-m", "sh", "-c", &mount, env!("CARGO_BIN_EXE_voiced")])
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let told: String = text(output.stderr);
    if output.status.code() == Some(77) || told.starts_with("unshare:") {
        eprintln!("skipped: file systems cannot be mounted here: {told}");
        return None;
    }
    Some((output.status.code()?, text(output.stdout), told))
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_keeps_the_files_that_it_had_room_for() {
    let disk = folder(&[]);
    let audio = speech(16_000);
    let script = "\"$0\" split \"$2\" -o \"$1\"; echo $?; for f in \"$1\"/* \"$1\"/.v*; do [ -f \"$f\" ] && wc -c < \"$f\"; done";
    let Some((_, printed, told)) = on_a_disk("size=100k", script, &[text(disk.path()), text(&audio)]) else { return };
    let lines: Vec<_> = printed.lines().collect();
    // The first part has 2.044 s and fits, the second does not.
    assert!(matches!(lines[..], [_, "1", "65452"]), "{printed}");
    assert!(told.contains("_0002_") && told.contains("No space left"), "{told}");

    let script =
        "echo old > \"$1\"/out; \"$0\" scores -d energy \"$2\" -o \"$1\"/out; echo $?; cat \"$1\"/out; ls -A \"$1\"";
    let (_, printed, told) = on_a_disk("size=12k", script, &[text(disk.path()), text(&audio)]).unwrap();
    assert_eq!(printed, "1\nold\nout\n");
    assert!(told.contains("cannot be written: No space left"), "{told}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_may_not_be_written_to_is_told_before_all_work() {
    let disk = folder(&[]);
    let missing = ["no-such.wav"]; // of which there would be a word if work had begun
    let script = "\"$0\" scores \"$2\" -o \"$1\"/out; echo $?; ls -A \"$1\"";
    let Some((_, printed, told)) = on_a_disk("ro", script, &[text(disk.path()), missing[0]]) else { return };
    assert_eq!(printed, "1\n");
    assert!(told.contains("out: cannot be written: Read-only file system") && !told.contains(missing[0]), "{told}");
}

#[test]
fn a_reader_that_leaves_ends_it_quietly() {
    let audio = speech(16_000);
    let long = folder(&[("long.wav", &wav(1, 16_000, None, &excerpt(16_000, 0.0, 1e3).repeat(4)))]);
    let many: Vec<PathBuf> = std::iter::repeat_n(audio.clone(), 6).collect();
    let long = long.path().join("long.wav");
    let lines: [(&[&str], Vec<PathBuf>); 4] = [
        (&["scores", "-d", "energy"], vec![long.clone()]),
        (&["scores", "-d", "energy", "-f", "json"], vec![long.clone(), long]),
        (&["detect", "-d", "energy", "-f", "json"], many),
        (&["completions", "zsh"], Vec::new()),
    ];
    for (options, files) in lines {
        for lines in [0, 1] {
            let mut child = command()
                .args(options)
                .args(&files)
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            let mut reader = BufReader::new(child.stdout.take().unwrap());
            for _ in 0..lines {
                let mut line = Vec::new();
                // Not all of a line: one that is longer than the pipe is never whole.
                line.extend_from_slice(reader.fill_buf().unwrap());
                assert!(!line.is_empty());
            }
            drop(reader);
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success() && output.stderr.is_empty(), "{options:?}: {output:?}");
        }
    }
}

#[test]
fn without_standard_output_files_are_written_as_ever() {
    let folder = folder(&[("a.wav", &clip())]);
    let at = |name: &str| text(&folder.path().join(name)).to_owned();
    let a = at("a.wav");
    let closed = |line: &[&str]| assert_eq!(shell("exec \"$0\" \"$@\" >&-", line), (0, String::new(), String::new()));
    voiced(["split", &a, "-o", &at("open")]).ok();
    closed(&["split", &a, "-o", &at("closed")]);
    let content = |name: &str| -> Vec<_> {
        let names = tree(Path::new(&at(name))).into_iter();
        names.map(|file| (fs::read(at(&format!("{name}/{file}"))).unwrap(), file)).collect()
    };
    assert_eq!(content("closed"), content("open"));
    assert_eq!(content("open").len(), 2);
    closed(&["detect", "-f", "json", &a, "-o", &at("out.json")]);
    assert_eq!(fs::read_to_string(at("out.json")).unwrap(), voiced(["detect", "-f", "json", &a]).ok());
    closed(&["detect", &a]);
    closed(&["explain", "-d", "energy", &a, "-o", &at("page.html")]);
    assert!(fs::read_to_string(at("page.html")).unwrap().ends_with("</html>\n"));
}
