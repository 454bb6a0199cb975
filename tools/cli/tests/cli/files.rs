//! What is written: whole files or none, whatever is full or closed, and never in place of what was read.
#![cfg(unix)]

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::run::{command, excerpt, folder, json, speech, tree, voiced, wav};

/// Two seconds of speech with a pause, as a WAV file.
pub(crate) fn clip() -> Vec<u8> {
    wav(1, 16_000, None, &excerpt(16_000, 1.0, 2.0))
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

pub(crate) fn parts(folder: &Path) -> Vec<String> {
    tree(folder).into_iter().filter(|name| name.contains(".part")).collect()
}

/// Files without those that killed programs left.
pub(crate) fn finished(folder: &Path) -> Vec<String> {
    tree(folder).into_iter().filter(|name| !name.starts_with(".voiced-")).collect()
}

/// Runs a shell script with the command as `$0` and these arguments.
pub(crate) fn shell<A: AsRef<OsStr>>(script: &str, arguments: impl IntoIterator<Item = A>) -> (i32, String, String) {
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

#[test]
fn what_is_read_is_not_replaced() {
    let silence = wav(1, 16_000, None, &vec![9; 16_000]);
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
    assert!(fs::read_to_string(pages.path().join("voiced.1")).unwrap().contains(".TH voiced 1"));
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
