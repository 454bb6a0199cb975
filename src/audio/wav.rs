//! WAV files: a streaming [`Reader`] that forgives what writers get wrong, and a [`Writer`].
//!
//! `hound` checks the format chunk and writes files. The sizes in a header are ours to judge, for recordings that were
//! cut off, piped or grown over 4 GiB have wrong ones: a reader takes what samples there are.
//!
//! | in the file | what [`Reader`] does |
//! |---|---|
//! | `RIFF`, `RF64` or `BW64` before `WAVE` | reads it; what size follows is not believed |
//! | integers of 8 (unsigned), 16, 24, 32 bits, 24 in 32; floats of 32 and 64; each plain or extensible | reads them |
//! | A-law, mu-law, ADPCM, other widths; 0 channels, 0 Hz; frames of a size that channels and bits do not make | [`Error::Wav`] |
//! | chunks before, between and after, known or not, of odd length | skips them |
//! | no padding after a chunk of odd length | reads on where the next chunk has a usual name |
//! | no format chunk before the samples, or two that differ | [`Error::Wav`] |
//! | two `data` chunks | the first has the samples |
//! | `data` claims more than there is | gives what there is, [`Reader::truncated`] |
//! | `data` claims less than there is | gives what is claimed; the rest counts as other chunks |
//! | `data` claims 0, 0xffffffff, or what `sox` writes into pipes | reads to the end; 0 before another chunk is no samples |
//! | `data` claims 0xffffffff and a `ds64` chunk came before | believes that, unless it says 0 or the most |
//! | a cut within a sample, or a claim that ends there | gives the whole frames, [`Reader::truncated`] |
//! | the file ends before the samples begin | [`Error::Wav`] |
//!
//! [`Writer`] writes `RIFF` files of up to 4 GiB and refuses what would exceed that.
//!
//! ```
//! # fn main() -> Result<(), voiced::Error> {
//! use std::io::Cursor;
//! use voiced::audio::wav::{Format, Reader, Writer};
//!
//! let mut file = Cursor::new(Vec::new());
//! let mut writer = Writer::new(&mut file, 16_000, 1, Format::I16)?;
//! writer.write(&[0.0_f32, 0.5, -1.0])?;
//! writer.finish()?;
//!
//! file.set_position(0);
//! let mut reader = Reader::new(file)?;
//! assert_eq!((reader.rate(), reader.channels(), reader.frames()), (16_000, 1, Some(3)));
//! let mut block = [0.0; 1024];
//! let count = reader.read(&mut block)?;
//! assert_eq!(block[..count], [0.0, 0.5, -1.0]);
//! assert_eq!(reader.read(&mut block)?, 0);
//! # Ok(())
//! # }
//! ```

mod header;
mod reader;
mod writer;

pub use reader::Reader;
pub use writer::{Format, Writer};

use crate::error::Error;

/// An [`Error::Wav`] with this reason.
fn error(reason: impl Into<String>) -> Error {
    Error::Wav { reason: reason.into() }
}

#[cfg(test)]
mod tests;
