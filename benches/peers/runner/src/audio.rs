//! The recording, and the shapes in which Silero's network takes it.

use std::path::Path;

use crate::{Error, Options};

/// New samples in a frame of Silero's network at 16 kHz.
pub const FRAME: usize = 512;
/// Samples of the frame before that the network gets first.
pub const CONTEXT: usize = 64;

impl Options {
    /// The recording, repeated to [`SECONDS`](Options::SECONDS), at [`rate`](Options::rate).
    ///
    /// Where the rate is a multiple of the file's, samples are put in between on straight lines.
    ///
    /// # Errors
    /// Where the file is not 16-bit mono WAV, or its rate does not divide the one asked for.
    pub fn samples(&self) -> Result<Vec<i16>, Error> {
        let (given, from) = read(&self.recording).map_err(|e| format!("{}: {e}", self.recording.display()))?;
        let times = self.rate.checked_div(from).unwrap_or(0);
        if times == 0 || !self.rate.is_multiple_of(from) || given.is_empty() {
            let (path, rate) = (self.recording.display(), self.rate);
            return Err(format!("{path}: {} samples at {from} Hz cannot be heard at {rate} Hz", given.len()).into());
        }
        let needed = self.rate as usize * Self::SECONDS;
        let between = |now: i16, next: i16, step: u32| {
            let (now, next, step, times) = (i64::from(now), i64::from(next), i64::from(step), i64::from(times));
            (now + (next - now) * step / times) as i16
        };
        let pairs = given.iter().cycle().zip(given.iter().cycle().skip(1));
        let all = pairs.flat_map(|(&now, &next)| (0..times).map(move |step| between(now, next, step)));
        Ok(all.take(needed).collect())
    }

    /// [`samples`](Options::samples) with full scale at ±1.
    ///
    /// # Errors
    /// As [`samples`](Options::samples).
    pub fn floats(&self) -> Result<Vec<f32>, Error> {
        Ok(self.samples()?.iter().map(|&sample| f32::from(sample) / 32768.0).collect())
    }
}

fn read(path: &Path) -> Result<(Vec<i16>, u32), Error> {
    let mut reader = hound::WavReader::open(path)?;
    let spec = reader.spec();
    if (spec.channels, spec.bits_per_sample) != (1, 16) {
        let (channels, bits) = (spec.channels, spec.bits_per_sample);
        return Err(format!("{channels} channels of {bits} bits, where 1 of 16 bits is needed").into());
    }
    Ok((reader.samples().collect::<Result<_, _>>()?, spec.sample_rate))
}

/// Cuts a recording into as many pieces as there are streams, and returns for each step the frames of all of them.
///
/// Shape: (steps, streams, FRAME), steps being whole frames of `samples` / streams.
#[must_use]
pub fn pieces(samples: &[f32], streams: usize) -> Vec<Vec<&[f32]>> {
    let steps = samples.len() / FRAME / streams;
    let frame = |step, stream| &samples[(stream * steps + step) * FRAME..][..FRAME];
    (0..steps).map(|step| (0..streams).map(|stream| frame(step, stream)).collect()).collect()
}

/// The frames of a recording, each after its context, the last one completed with zeros.
///
/// Shape: (frames, CONTEXT + FRAME).
#[must_use]
pub fn with_context(samples: &[f32]) -> Vec<f32> {
    let frames = samples.len().div_ceil(FRAME);
    let mut padded = vec![0.0; CONTEXT + frames * FRAME];
    padded[CONTEXT..][..samples.len()].copy_from_slice(samples);
    padded.windows(CONTEXT + FRAME).step_by(FRAME).flatten().copied().collect()
}
