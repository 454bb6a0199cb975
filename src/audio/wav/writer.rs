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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::wav::Reader;
    use std::io::Cursor;

    #[test]
    fn what_a_header_cannot_count_is_refused_and_what_was_written_stays_whole() {
        let mut file = Cursor::new(Vec::new());
        let mut writer = Writer::new(&mut file, 8000, 1, Format::F32).unwrap();
        writer.room = 5;
        writer.write(&[0.5_f32; 3]).unwrap();
        let refused = writer.write(&[0.25_f32; 3]).unwrap_err().to_string();
        assert!(refused.contains("would exceed 4 GiB"), "{refused}");
        writer.write(&[0.125_f32; 2]).unwrap();
        assert!(writer.write(&[0.0_f32]).is_err());
        writer.finish().unwrap();
        let mut reader = Reader::new(file.get_ref().as_slice()).unwrap();
        let mut samples = [0.0; 10];
        assert_eq!((reader.frames(), reader.read(&mut samples)), (Some(5), Ok(5)));
        assert_eq!(samples[..5], [0.5, 0.5, 0.5, 0.125, 0.125]);
    }

    #[test]
    fn the_largest_file_is_one_that_a_header_can_count() {
        for (format, channels) in [(Format::I16, 1), (Format::F32, 2), (Format::F32, 64)] {
            let mut file = Cursor::new(Vec::new());
            let writer = Writer::new(&mut file, 8000, channels, format).unwrap();
            let most = writer.room * format.bytes();
            writer.finish().unwrap();
            assert!(u32::try_from(most + file.get_ref().len() as u64).is_ok(), "{format:?}");
            assert!(most > u64::from(u32::MAX) - 2000, "{format:?}");
        }
    }
}
