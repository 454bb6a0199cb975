//! WAV files: a streaming [`Reader`] that forgives what writers get wrong, and a [`Writer`].
//!
//! `hound` checks the format chunk and writes files. The sizes in a header are ours to judge, for recordings that were
//! cut off, piped or grown over 4 GiB have wrong ones: a reader takes what samples there are.
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
