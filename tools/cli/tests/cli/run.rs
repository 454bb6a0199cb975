//! Calling the command, and making files for it.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use voiced::{Kind, Loaded};

/// The detectors' names, in the order in which they are listed.
pub(crate) const ALL: [&str; Kind::ALL.len()] =
    ["silero", "gru", "webrtc", "energy", "zcr", "entropy", "flatness", "ltsd", "sohn", "combined"];

/// The names of those that are networks.
pub(crate) fn networks() -> impl Iterator<Item = &'static str> {
    Kind::ALL.iter().map(|kind| kind.info()).filter(|info| info.network).map(|info| info.name)
}

/// The engine's own detector of those that no detector is named for.
pub(crate) fn silero(rate: u32) -> Loaded {
    Kind::Silero.load(rate).unwrap()
}

/// What a call left.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// Standard output of a call that must succeed without a word on standard error.
    #[track_caller]
    pub(crate) fn ok(self) -> String {
        assert!(self.status == 0 && self.stderr.is_empty(), "{self:?}");
        self.stdout
    }

    /// Standard error of a call that must end with `status`, be told by `voiced:`, and name all `parts`.
    #[track_caller]
    pub(crate) fn fails(self, status: i32, parts: &[&str]) -> String {
        assert_eq!(self.status, status, "{self:?}");
        for part in parts {
            assert!(self.stderr.contains(part), "{part:?} is missing in {self:?}");
        }
        assert!(!self.stderr.contains("panicked"), "{self:?}");
        self.stderr
    }

    /// The JSON objects on standard output, one a line.
    #[track_caller]
    pub(crate) fn json(self) -> Vec<Value> {
        json(&self.ok())
    }
}

#[track_caller]
pub(crate) fn json(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect()
}

pub(crate) fn command() -> Command {
    Command::new(env!("CARGO_BIN_EXE_voiced"))
}

/// Calls the command with nothing on standard input.
pub(crate) fn voiced<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Run {
    with_stdin(arguments, b"")
}

/// Calls the command with these bytes on standard input.
pub(crate) fn with_stdin<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>, bytes: &[u8]) -> Run {
    let mut child = command()
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let output = std::thread::scope(|scope| {
        scope.spawn(move || {
            let _ = stdin.write_all(bytes); // a command that fails does not read to the end
        });
        child.wait_with_output().unwrap()
    });
    Run {
        status: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A file of the engine's test data.
pub(crate) fn speech(rate: u32) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "../../tests/data", &format!("speech_{}k.wav", rate / 1000)].iter().collect()
}

/// A file of this crate's test data.
pub(crate) fn data(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests/data", name].iter().collect()
}

/// The bundled recording's samples from `start` seconds on.
pub(crate) fn excerpt(rate: u32, start: f64, seconds: f64) -> Vec<i16> {
    let bytes = std::fs::read(speech(rate)).unwrap();
    let samples = bytes[44..].as_chunks().0.iter().map(|&word| i16::from_le_bytes(word));
    let count = |seconds: f64| (seconds * f64::from(rate)) as usize;
    samples.skip(count(start)).take(count(seconds)).collect()
}

/// A WAV file of 16-bit samples whose header says what it is told to.
pub(crate) fn wav(channels: u16, rate: u32, claimed: Option<u32>, samples: &[i16]) -> Vec<u8> {
    let data: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    let format = [&1_u16.to_le_bytes()[..], &channels.to_le_bytes()].concat();
    header(&format, channels, rate, 2, claimed.unwrap_or(data.len() as u32), &data)
}

/// A WAV file of 32-bit floats.
pub(crate) fn float_wav(channels: u16, rate: u32, samples: &[f32]) -> Vec<u8> {
    let data: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    let format = [&3_u16.to_le_bytes()[..], &channels.to_le_bytes()].concat();
    header(&format, channels, rate, 4, data.len() as u32, &data)
}

fn header(format: &[u8], channels: u16, rate: u32, bytes: u16, claimed: u32, data: &[u8]) -> Vec<u8> {
    let align = channels * bytes;
    let mut file = b"RIFF".to_vec();
    file.extend(claimed.saturating_add(36).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0");
    file.extend(format);
    file.extend(rate.to_le_bytes());
    file.extend(rate.wrapping_mul(align.into()).to_le_bytes());
    file.extend(align.to_le_bytes());
    file.extend((bytes * 8).to_le_bytes());
    file.extend(b"data");
    file.extend(claimed.to_le_bytes());
    file.extend(data);
    file
}

/// Whether a signal is ignored by the tests, and so by what they call, as under `nohup` and in the background of a script.
#[cfg(unix)]
pub(crate) fn ignores(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| u64::from_str_radix(line.strip_prefix("SigIgn:")?.trim(), 16).ok());
    let ignores = ignored.is_some_and(|ignored| ignored >> (signal - 1) & 1 == 1);
    if ignores {
        eprintln!("skipped: signal {signal} is ignored here");
    }
    ignores
}

/// A folder with these files.
pub(crate) fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    folder
}

/// The paths of all files in a folder and below, in order.
pub(crate) fn tree(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let below = path.file_name().unwrap().to_str().unwrap().to_owned();
            names.extend(tree(&path).into_iter().map(|name| format!("{below}/{name}")));
        } else {
            names.push(path.file_name().unwrap().to_str().unwrap().to_owned());
        }
    }
    names.sort();
    names
}
