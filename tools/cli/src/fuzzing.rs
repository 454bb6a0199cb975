//! What `fuzz/` reaches: the readers of recordings and of labels, with bytes in place of files.

use std::io::Cursor;
use std::path::Path;

use voiced::{Kind, Segment};

use crate::fault::Fault;
use crate::input::Recording;
use crate::labels::{Absent, Labels};
use crate::output::{Format, Speech};

/// A recording that was read to its end, or as far as was wanted.
#[derive(Clone, Debug)]
pub struct Audio {
    /// Sample rate in Hz.
    pub rate: u32,
    /// Interleaved channels.
    pub channels: usize,
    /// Shape (frames, channels).
    pub samples: Vec<f32>,
}

/// Decodes a file until its end, or until there are `most` samples.
///
/// # Errors
/// What `voiced` would print.
pub fn decode(path: &Path, most: usize) -> Result<Audio, String> {
    Recording::open(path).and_then(|recording| listen(recording, most)).map_err(|fault| fault.to_string())
}

/// Decodes what comes through a pipe, likewise.
///
/// # Errors
/// What `voiced` would print.
pub fn decode_pipe(bytes: Vec<u8>, most: usize) -> Result<Audio, String> {
    let recording = Recording::from_pipe(Cursor::new(bytes), None);
    recording.and_then(|recording| listen(recording, most)).map_err(|fault| fault.to_string())
}

fn listen(mut recording: Recording, most: usize) -> Result<Audio, Fault> {
    let mut audio = Audio { rate: recording.rate, channels: recording.channels, samples: Vec::new() };
    let mut block = Vec::new();
    loop {
        recording.next(&mut block)?;
        audio.samples.extend_from_slice(&block);
        if block.is_empty() || audio.samples.len() >= most {
            break;
        }
    }
    let _ = recording.warning();
    Ok(audio)
}

/// The speech that a label file of this name says there is in `recording`, of `length` samples at `rate` Hz.
///
/// # Errors
/// What `voiced` would print.
pub fn read_labels(name: &str, text: &[u8], recording: &str, rate: u32, length: u64) -> Result<Vec<Segment>, String> {
    let labels = Labels::parse(Path::new(name), text, Path::new(recording), None, Absent::Fault);
    let speech = labels.and_then(|labels| {
        let _ = labels.overlap();
        labels.ignored(rate, length)?;
        labels.speech(rate, length)
    });
    speech.map_err(|fault| fault.to_string())
}

/// The label files that `voiced detect` writes for a recording of `length` samples at `rate` Hz: name and text of each.
pub fn write_labels(recording: &str, rate: u32, length: u64, segments: &[Segment]) -> Vec<(&'static str, String)> {
    let (file, segments) = (recording.to_owned(), segments.to_vec());
    let speech = Speech { file, ear: None, rate, length, detector: Kind::default().info().name, segments };
    let files = [
        ("a.csv", Format::Csv),
        ("a.rttm", Format::Rttm),
        ("a.txt", Format::Audacity),
        ("a.TextGrid", Format::Textgrid),
    ];
    files.map(|(name, format)| (name, format.heading(false).to_owned() + &format.render(&speech))).into()
}
