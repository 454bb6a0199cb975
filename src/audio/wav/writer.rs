//! Samples into a file.

use std::fmt;
use std::io::{Seek, Write};

use super::error;
use crate::audio::Sample;
use crate::audio::sample::clean;
use crate::error::Error;

/// How samples are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// 16-bit integers; what exceeds full scale is clipped.
    I16,
    /// 32-bit floats.
    F32,
}

impl Format {
    fn bytes(self) -> u64 {
        match self {
            Self::I16 => 2,
            Self::F32 => 4,
        }
    }
}

/// The most bytes of samples: the file's size, header included, has 32 bits.
const MOST_BYTES: u64 = u32::MAX as u64 - 1024;

/// Writes a WAV file; [`Writer::finish`] makes it complete.
pub struct Writer<W: Write + Seek> {
    file: hound::WavWriter<W>,
    format: Format,
    room: u64, // samples that the file can still take
}

impl<W: Write + Seek> Writer<W> {
    /// Writes the header for audio of `rate` Hz and `channels` channels.
    ///
    /// # Errors
    /// [`Error::Wav`] where `rate` or `channels` is 0, there are more channels than a header can say, or `writer` fails.
    pub fn new(writer: W, rate: u32, channels: usize, format: Format) -> Result<Self, Error> {
        let most = u16::MAX / 4; // the size of a frame in bytes has 16 bits
        let channels = u16::try_from(channels)
            .ok()
            .filter(|channels| (1..=most).contains(channels))
            .ok_or_else(|| error(format!("{channels} channels cannot be written: 1 to {most} can")))?;
        if rate == 0 {
            return Err(error("a sample rate of 0 Hz cannot be written"));
        }
        let (bits_per_sample, sample_format) = match format {
            Format::I16 => (16, hound::SampleFormat::Int),
            Format::F32 => (32, hound::SampleFormat::Float),
        };
        if rate.checked_mul(u32::from(channels) * u32::from(bits_per_sample / 8)).is_none() {
            return Err(error(format!("{rate} Hz with {channels} channels is more than a WAV header can say")));
        }
        let spec = hound::WavSpec { channels, sample_rate: rate, bits_per_sample, sample_format };
        let file = hound::WavWriter::new(writer, spec).map_err(|e| unwritable(&e))?;
        Ok(Self { file, format, room: MOST_BYTES / format.bytes() })
    }

    /// Appends samples, shape (frames, channels); for [`Format::I16`], NaN and infinities become 0.
    ///
    /// # Errors
    /// [`Error::Wav`] where the underlying writer fails or the file would exceed 4 GiB.
    pub fn write<S: Sample>(&mut self, samples: &[S]) -> Result<(), Error> {
        self.room =
            self.room.checked_sub(samples.len() as u64).ok_or_else(|| error("the file would exceed 4 GiB"))?;
        for sample in samples {
            match self.format {
                Format::I16 => self.file.write_sample((clean(sample.to_f32()) * 32_768.0).round() as i16),
                Format::F32 => self.file.write_sample(sample.to_f32()),
            }
            .map_err(|e| unwritable(&e))?;
        }
        Ok(())
    }

    /// Completes the header. Without it the file is complete but for samples since the last flush, and an error that
    /// then occurs is lost.
    ///
    /// # Errors
    /// [`Error::Wav`] where the underlying writer fails, or the last frame lacks a channel.
    pub fn finish(self) -> Result<(), Error> {
        self.file.finalize().map_err(|e| unwritable(&e))
    }
}

impl<W: Write + Seek> fmt::Debug for Writer<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").field("format", &self.format).finish_non_exhaustive()
    }
}

fn unwritable(e: &hound::Error) -> Error {
    error(format!("cannot be written: {e}"))
}
