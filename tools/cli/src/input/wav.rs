//! WAV files, through the engine's reader.

use std::io::Read;

use voiced::audio::wav::Reader;

use super::{Opened, Source};

/// Samples in a block, all channels together.
const BLOCK: usize = 32 * 1024;

/// Whether a file that begins with these bytes is a WAV file.
pub(super) fn is_wav(start: &[u8]) -> bool {
    let ([id, _size, form, ..], _) = start.as_chunks::<4>() else { return false };
    matches!(id, b"RIFF" | b"RF64" | b"BW64") && form == b"WAVE"
}

pub(super) fn open(bytes: impl Read + 'static) -> Result<Opened, String> {
    let reader = Reader::new(bytes).map_err(|e| e.to_string())?;
    let (rate, channels, frames) = (reader.rate(), reader.channels(), reader.frames());
    Ok(Opened { rate, channels, frames, source: Box::new(Wav { reader, read: 0 }) })
}

struct Wav<R> {
    reader: Reader<R>,
    read: u64, // frames
}

impl<R: Read> Source for Wav<R> {
    fn next(&mut self, block: &mut Vec<f32>) -> Result<(), String> {
        block.resize(BLOCK.max(self.reader.channels()), 0.0);
        let count = self.reader.read(block).map_err(|e| e.to_string())?;
        block.truncate(count);
        self.read += (count / self.reader.channels()) as u64;
        Ok(())
    }

    fn warning(&self) -> Option<String> {
        if !self.reader.truncated() {
            return None;
        }
        let read = self.read;
        Some(match self.reader.frames() {
            Some(claimed) if claimed > read => {
                format!("ends early: its header says {claimed} samples, it has {read}, which are used")
            }
            _ => format!("ends in the middle of a sample: the {read} whole ones are used"),
        })
    }
}
