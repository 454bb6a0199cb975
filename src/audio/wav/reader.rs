//! Samples out of a file, a block at a time.

use std::fmt;
use std::io::{Chain, Cursor, ErrorKind, Read};

use super::error;
use super::header::{Encoding, Header, unreadable};
use crate::audio::Sample;
use crate::error::Error;

/// Reads a WAV file as a stream: 8, 16, 24 and 32-bit integers, 32 and 64-bit floats, any number of channels.
///
/// A header that claims more samples than there are is no error: [`Reader::truncated`] tells. Where it claims none, or
/// the largest number that it can, as programs do that write into a pipe, samples are read until the file ends.
/// RF64 and BW64 files, which may exceed 4 GiB, are read too. Bytes are asked for in blocks, so `reader` need not
/// buffer.
pub struct Reader<R> {
    source: Chain<Cursor<Vec<u8>>, R>,
    header: Header,
    left: u64,      // bytes; u64::MAX where the header does not say
    bytes: Vec<u8>, // one block's, as stored
    truncated: bool,
}

impl<R: Read> Reader<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// [`Error::Wav`] where `reader` fails, ends, or holds no WAV file of a supported sample format.
    pub fn new(mut reader: R) -> Result<Self, Error> {
        let mut header = Header::read(&mut reader)?;
        let source = Cursor::new(std::mem::take(&mut header.peeked)).chain(reader);
        let left = header.claimed.unwrap_or(u64::MAX);
        Ok(Self { source, header, left, bytes: Vec::new(), truncated: false })
    }

    /// The sample rate in Hz: above 0, otherwise as the file says.
    pub fn rate(&self) -> u32 {
        self.header.rate
    }

    /// How many channels are interleaved: at least 1.
    pub fn channels(&self) -> usize {
        usize::from(self.header.channels)
    }

    /// How many samples each channel has by the header; `None` where it does not say.
    pub fn frames(&self) -> Option<u64> {
        self.header.claimed.map(|bytes| bytes / self.frame_bytes() as u64)
    }

    /// Fills `block`, shape (frames, channels), with the next samples, full scale at ±1, and returns how many it wrote;
    /// 0 is the end.
    ///
    /// It fills all whole frames that fit, but where the file ends. Float samples are passed on as they are, NaN and
    /// infinities too; of 64 bits they are rounded, and infinite where 32 bits do not reach.
    ///
    /// # Errors
    /// [`Error::Wav`] where the underlying reader fails, and where `block` cannot hold a frame of all channels.
    pub fn read(&mut self, block: &mut [f32]) -> Result<usize, Error> {
        let frame_bytes = self.frame_bytes();
        let frames = block.len() / self.channels();
        if frames == 0 {
            let channels = self.channels();
            return Err(error(format!("a block of {} samples cannot hold one of {channels} channels", block.len())));
        }
        let wanted = u64::try_from(frames * frame_bytes).map_or(self.left, |bytes| bytes.min(self.left));
        self.bytes.resize(wanted as usize, 0);
        let filled = self.fill()?;
        self.left -= filled as u64;
        if filled < self.bytes.len() {
            self.truncated = self.header.claimed.is_some() || filled % frame_bytes != 0;
            self.left = 0;
        } else if filled % frame_bytes != 0 {
            self.truncated = true; // the header itself counts an incomplete frame
        }

        let whole = filled - filled % frame_bytes;
        decode(self.header.encoding, &self.bytes[..whole], block);
        Ok(whole / self.header.encoding.bytes())
    }

    /// Whether the samples ended before the header said, or in the middle of a frame; known once all are read.
    pub fn truncated(&self) -> bool {
        self.truncated
    }

    fn frame_bytes(&self) -> usize {
        self.header.encoding.bytes() * self.channels()
    }

    /// Fills `self.bytes` as far as the file goes.
    fn fill(&mut self) -> Result<usize, Error> {
        let mut filled = 0;
        while filled < self.bytes.len() {
            match self.source.read(&mut self.bytes[filled..]) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) => return Err(unreadable(&e)),
            }
        }
        Ok(filled)
    }
}

impl<R> fmt::Debug for Reader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").field("header", &self.header).finish_non_exhaustive()
    }
}

/// Turns stored samples into numbers; `bytes` holds whole ones, no more than `samples` has room for.
fn decode(encoding: Encoding, bytes: &[u8], samples: &mut [f32]) {
    match encoding {
        Encoding::U8 => each(bytes, samples, |[byte]| (f32::from(byte) - 128.0) / 128.0),
        Encoding::I16 => each(bytes, samples, |word| i16::from_le_bytes(word).to_f32()),
        Encoding::I24 => {
            each(bytes, samples, |[low, middle, high]| i32::from_le_bytes([0, low, middle, high]).to_f32());
        }
        Encoding::I24Low => {
            each(bytes, samples, |[low, middle, high, _]| i32::from_le_bytes([0, low, middle, high]).to_f32());
        }
        Encoding::I32 => each(bytes, samples, |word| i32::from_le_bytes(word).to_f32()),
        Encoding::F32 => each(bytes, samples, f32::from_le_bytes),
        Encoding::F64 => each(bytes, samples, |word| f64::from_le_bytes(word) as f32),
    }
}

fn each<const N: usize>(bytes: &[u8], samples: &mut [f32], number: impl Fn([u8; N]) -> f32) {
    for (sample, &word) in samples.iter_mut().zip(bytes.as_chunks().0) {
        *sample = number(word);
    }
}
