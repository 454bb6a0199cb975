//! A recording as a stream of blocks, whatever its format.

mod compressed;
mod mp4;
mod opus;
mod wav;

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek};
use std::path::Path;

use symphonia::core::io::{MediaSource, ReadOnlySource};

use crate::fault::{Fault, describe};

/// Bytes of a pipe that are looked at to tell its format; they can be read again.
const PREFIX: u64 = 64 * 1024;

/// A recording that is being read.
pub(crate) struct Recording {
    /// What messages and results call it: the path as it was given.
    pub(crate) name: String,
    /// Sample rate in Hz.
    pub(crate) rate: u32,
    /// Interleaved channels, at least 1.
    pub(crate) channels: usize,
    /// Samples of each channel that are to be expected, where that is known.
    pub(crate) frames: Option<u64>,
    source: Box<dyn Source>,
}

/// Decodes a recording, block after block.
trait Source {
    /// Replaces `block` by the next samples, shape (frames, channels), full scale at ±1; an empty block is the end.
    fn next(&mut self, block: &mut Vec<f32>) -> Result<(), String>;

    /// What is wrong with the recording though it was read; known at its end.
    fn warning(&self) -> Option<String>;
}

/// What a decoder finds out when it is opened.
struct Opened {
    rate: u32,
    channels: usize,
    frames: Option<u64>,
    source: Box<dyn Source>,
}

impl Recording {
    /// Opens a file, or standard input for `-`, and reads as far as it takes to know the rate and the channels.
    pub(crate) fn open(path: &Path) -> Result<Self, Fault> {
        let name = path.display().to_string();
        let opened = open(path).map_err(|reason| Fault::new(&name, reason))?;
        Ok(Self::new(name, opened))
    }

    /// Opens what is read from a pipe, whose content a file of this extension would have.
    #[cfg(feature = "fuzzing")]
    pub(crate) fn from_pipe(pipe: impl Read + Send + Sync + 'static, extension: Option<&str>) -> Result<Self, Fault> {
        let opened = open_pipe(pipe, extension).map_err(|reason| Fault::new("pipe", reason))?;
        Ok(Self::new("pipe".to_owned(), opened))
    }

    fn new(name: String, opened: Opened) -> Self {
        let Opened { rate, channels, frames, source } = opened;
        Self { name, rate, channels, frames, source }
    }

    /// Replaces `block` by the next samples, shape (frames, channels), full scale at ±1; an empty block is the end.
    pub(crate) fn next(&mut self, block: &mut Vec<f32>) -> Result<(), Fault> {
        self.source.next(block).map_err(|reason| Fault::new(&self.name, reason))
    }

    /// What is wrong with the recording though it was read; known at its end.
    pub(crate) fn warning(&self) -> Option<Fault> {
        self.source.warning().map(|reason| Fault::new(&self.name, reason))
    }
}

/// Whether the path stands for standard input.
pub(crate) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn open(path: &Path) -> Result<Opened, String> {
    if is_stdin(path) {
        return open_pipe(io::stdin(), None);
    }
    let extension = path.extension().and_then(|extension| extension.to_str());
    let file = File::open(path).map_err(|e| describe(&e))?;
    let metadata = file.metadata().map_err(|e| describe(&e))?;
    if metadata.is_dir() {
        return Err("is a folder: a file was expected".to_owned());
    }
    if !metadata.is_file() {
        return open_pipe(file, extension);
    }
    if metadata.len() == 0 {
        return Err("the file is empty".to_owned());
    }
    let mut start = Vec::new();
    (&file).take(12).read_to_end(&mut start).map_err(|e| describe(&e))?;
    let rewind = || (&file).rewind().map_err(|e| describe(&e));
    rewind()?;
    if !wav::is_wav(&start) {
        let edit = if mp4::is_mp4(&start) { mp4::edit(&mut BufReader::new(&file)) } else { None };
        rewind()?;
        return compressed::open(Box::new(file), extension, edit);
    }
    match voiced::audio::wav::Reader::new(&file) {
        Ok(_) => {
            rewind()?;
            wav::open(file)
        }
        Err(refused) => {
            rewind()?;
            compressed::open(Box::new(file), extension, None).map_err(|_| refused.to_string())
        }
    }
}

/// Opens what cannot be rewound.
fn open_pipe(mut pipe: impl Read + Send + Sync + 'static, extension: Option<&str>) -> Result<Opened, String> {
    let mut prefix = Vec::new();
    (&mut pipe).take(PREFIX).read_to_end(&mut prefix).map_err(|e| describe(&e))?;
    if prefix.is_empty() {
        return Err("there is nothing to read: audio was expected".to_owned());
    }
    let wav = wav::is_wav(&prefix).then(|| voiced::audio::wav::Reader::new(&*prefix).map(drop));
    let mp4 = mp4::is_mp4(&prefix);
    let edit = if mp4 { mp4::edit(&mut Cursor::new(&prefix)) } else { None };
    let whole = Cursor::new(prefix).chain(pipe);
    match wav {
        Some(Ok(())) => wav::open(whole),
        Some(Err(refused)) => compressed::open(seekless(whole), extension, edit).map_err(|_| refused.to_string()),
        None => compressed::open(seekless(whole), extension, edit).map_err(|reason| {
            let hint = if mp4 {
                "; an MP4 file whose index comes last cannot be read from a pipe: give its path"
            } else {
                ""
            };
            reason + hint
        }),
    }
}

fn seekless(reader: impl Read + Send + Sync + 'static) -> Box<dyn MediaSource> {
    Box::new(ReadOnlySource::new(reader))
}
