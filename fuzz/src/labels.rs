//! Any text as a label file of each format: an error, or speech that is read back after `voiced detect`'s writers wrote it.
//!
//! Input: a byte each for the format and the rate, a line with the recording's name, and the text.

use voiced_cli::fuzzing::{read_labels, write_labels};

const NAMES: [&str; 8] = ["a.lab", "a.rttm", "a.scv", "a.TextGrid", "a.csv", "a.ign", "a.uem", "a.txt"];
const RATES: [u32; 5] = [8000, 16_000, 44_100, 48_000, 192_000];
/// Seconds of a recording.
const LENGTH: u64 = 100_000;

pub fn fuzz(bytes: &[u8]) {
    let [format, rate, rest @ ..] = bytes else { return };
    let rate = RATES[usize::from(*rate) % RATES.len()];
    let (name, text) = rest.split_at(rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len()));
    let name = String::from_utf8_lossy(name);
    let length = LENGTH * u64::from(rate) + 7;
    let labels = NAMES[usize::from(*format) % NAMES.len()];
    let Ok(speech) = read_labels(labels, text, &name, rate, length) else { return };
    for segment in &speech {
        assert!(segment.start <= segment.end && segment.end <= length, "{segment:?}");
    }
    assert!(speech.windows(2).all(|pair| pair[0].end < pair[1].start), "{speech:?}");

    // Standard input and what ends in a slash have no name of their own.
    if name == "-" || std::path::Path::new(&*name).file_name().is_none() {
        return;
    }
    for (file, written) in write_labels(&name, rate, length, &speech) {
        let read = read_labels(file, written.as_bytes(), &name, rate, length);
        assert_eq!(read.as_ref(), Ok(&speech), "{file} of {name:?}:\n{written}");
    }
}
