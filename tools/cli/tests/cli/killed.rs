//! What killed and racing programs leave: whole files or none.
#![cfg(unix)]

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::files::{clip, finished, parts, shell, text};
use crate::run::{command, excerpt, folder, ignores, tree, voiced, wav};

/// Waits until something holds; fails where the program ends before, and after minutes in which nothing came.
#[track_caller]
fn until(child: &mut Child, holds: impl Fn() -> bool) {
    for _ in 0..60_000 {
        if holds() {
            return;
        }
        assert_eq!(child.try_wait().unwrap(), None, "it ended too early");
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    panic!("what was waited for does not come");
}

/// A pipe with a name. What is opened stays open, so that its reader waits for more.
fn pipe(path: &Path) -> File {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    OpenOptions::new().read(true).write(true).open(path).unwrap()
}

/// Writes into a pipe as fast as it is read, and beyond the end of the test where it is not.
fn feed(pipe: &File, bytes: Vec<u8>) {
    let mut pipe = pipe.try_clone().unwrap();
    std::thread::spawn(move || pipe.write_all(&bytes));
}

/// More than is looked at to tell a format, so that the claimed size ends it and not the end of the pipe.
fn sound(seconds: f64) -> Vec<u8> {
    wav(1, 16_000, None, &excerpt(16_000, 1.0, seconds))
}

fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status().unwrap().success());
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
    for (name, number) in SIGNALS.into_iter().filter(|&(_, number)| !ignores(number)) {
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

/// A run of `scores` into `out.csv` that has written a part of it and waits for more, and the pipe that it waits for.
fn in_the_middle(folder: &Path) -> (Child, File) {
    let input = folder.join("pipe.wav");
    let pipe = pipe(&input);
    let mut child = command()
        .args(["scores", "-d", "energy", text(&input), "-o", text(&folder.join("out.csv"))])
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    feed(&pipe, wav(1, 16_000, Some(u32::MAX), &excerpt(16_000, 0.0, 20.0)));
    let growing = |name: &String| fs::metadata(folder.join(name)).is_ok_and(|part| part.len() > 0);
    until(&mut child, || parts(folder).iter().any(growing));
    (child, pipe)
}

#[test]
fn a_killed_run_leaves_no_half_a_file_under_its_name() {
    for (name, number) in SIGNALS.into_iter().filter(|&(_, number)| !ignores(number)) {
        for old in [None, Some("the old one")] {
            let folder = folder(&[]);
            let out = folder.path().join("out.csv");
            if let Some(old) = old {
                fs::write(&out, old).unwrap();
            }
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
    let pipe = pipe(&input);
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
    feed(&pipe, sound(3.0));
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
    let folder = folder(&[("a.wav", &sound(3.0)), ("b.wav", &sound(2.5))]);
    let at = |name: &str| folder.path().join(name);
    let out = at("out.csv");
    let whole = ["a.wav", "b.wav"].map(|name| voiced(["scores", text(&at(name))]).ok());
    let pipes = ["p.wav", "q.wav"].map(|name| pipe(&at(name)));
    let mut children = ["p.wav", "q.wav"].map(|name| {
        command().args(["scores", text(&at(name)), "-o", text(&out)]).stdin(Stdio::null()).spawn().unwrap()
    });
    // Both have begun to write before either can end.
    until(&mut children[0], || parts(folder.path()).len() == 2);
    for (pipe, name) in pipes.iter().zip(["a.wav", "b.wav"]) {
        feed(pipe, fs::read(at(name)).unwrap());
    }
    assert!(children.iter_mut().all(|child| child.wait().unwrap().success()));
    assert!(whole.contains(&fs::read_to_string(&out).unwrap()));
    assert_eq!(tree(folder.path()), ["a.wav", "b.wav", "out.csv", "p.wav", "q.wav"]);
}

#[cfg(target_os = "linux")]
#[test]
fn the_disk_has_a_file_before_its_name_stands_for_it() {
    let folder = folder(&[("a.wav", &clip())]);
    let at = |name: &str| text(&folder.path().join(name)).to_owned();
    let (log, a) = (at("log"), at("a.wav"));
    let (out, parts) = (at("out.csv"), at("parts"));
    for line in [&["scores", "-d", "energy", &a, "-o", &out][..], &["split", "-q", &a, "-o", &parts]] {
        let traced = Command::new("strace")
            .args(["-f", "-e", "trace=fsync,fdatasync,rename,renameat,renameat2", "-o", &log])
            .arg(env!("CARGO_BIN_EXE_voiced"))
            .args(line)
            .stdin(Stdio::null())
            .output();
        let Some(_) = traced.ok().filter(|output| output.status.success()) else {
            return eprintln!("skipped: system calls cannot be traced here");
        };
        let calls = fs::read_to_string(&log).unwrap();
        let mut synced = 0;
        let mut renamed = 0;
        for call in calls.lines() {
            if call.contains("sync(") {
                synced += 1;
            } else if call.contains("rename") && call.contains(".part") {
                renamed += 1;
                assert_eq!(synced, renamed, "{calls}");
            }
        }
        assert!(renamed > 0, "{calls}");
    }
}
