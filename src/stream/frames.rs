//! Cuts a recording into a detector's frames as it arrives.

use crate::audio::Sample;
use crate::dsp::resample::Resampler;
use crate::error::Error;
use crate::frame::{FrameSpec, Framer};

/// Resampler and framer in a row.
#[derive(Clone, Debug)]
pub(crate) struct Frames {
    resampler: Option<Resampler>,
    framer: Framer,
    /// Samples that reached the framer, at the detector's rate.
    framed: u64,
}

impl Frames {
    /// Frames of audio at `rate` Hz, up to `frames` at a time.
    ///
    /// # Errors
    /// [`Error::Rate`] where `rate` is neither the detector's nor one that can be resampled, and [`Error::Config`] where
    /// the detector's hop is not from 1 sample to its frame.
    pub(crate) fn new(spec: FrameSpec, rate: u32, frames: usize) -> Result<Self, Error> {
        if !(1..=spec.frame).contains(&spec.hop) {
            let legal = "at least 1 sample and at most a frame";
            return Err(Error::Config { field: "hop of the detector", given: spec.hop as f64, legal });
        }
        if spec.rate == 0 {
            return Err(Error::Config { field: "rate of the detector", given: 0.0, legal: "at least 1 Hz" });
        }
        let resampler = (rate != spec.rate).then(|| Resampler::new(rate, spec.rate)).transpose()?;
        Ok(Self { resampler, framer: Framer::new(spec, frames), framed: 0 })
    }

    /// Takes samples from the front of `packet` and returns the frames that are whole, a hop apart; `None` once the packet is
    /// used up.
    pub(crate) fn push<S: Sample>(&mut self, packet: &mut &[S]) -> Option<&[f32]> {
        let Self { resampler, framer, framed } = self;
        match resampler {
            None => {
                let before = packet.len();
                let frame = framer.push(packet);
                *framed += (before - packet.len()) as u64;
                frame
            }
            Some(resampler) => framer.fill(|space| {
                let written = resampler.push(packet, space);
                *framed += written as u64;
                written
            }),
        }
    }

    /// After the last packet: the frames that are left, the last one completed with zeros, in one or more calls; then
    /// `None`.
    pub(crate) fn finish(&mut self) -> Option<&[f32]> {
        let Self { resampler, framer, framed } = self;
        let whole = resampler.as_mut().is_some_and(|resampler| {
            let fill = |space: &mut [f32]| {
                let written = resampler.finish(space);
                *framed += written as u64;
                written
            };
            framer.fill(fill).is_some()
        });
        if whole { Some(framer.given_out()) } else { framer.finish() }
    }

    /// What was given out last, until the next samples are taken in.
    pub(crate) fn given_out(&self) -> &[f32] {
        self.framer.given_out()
    }

    /// Forgets all audio.
    pub(crate) fn reset(&mut self) {
        if let Some(resampler) = &mut self.resampler {
            resampler.reset();
        }
        self.framer.reset();
        self.framed = 0;
    }

    /// How many samples there were so far at the detector's rate.
    pub(crate) fn framed(&self) -> u64 {
        self.framed
    }

    /// The most samples, at the incoming rate, that may be taken beyond the end of a frame by the time that it is whole.
    pub(crate) fn ahead(&self) -> u64 {
        self.resampler.as_ref().map_or(0, |resampler| resampler.ahead() as u64)
    }
}
