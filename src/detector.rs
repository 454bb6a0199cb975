//! What every detector is: frames in, one score each out.

pub mod combined;
pub mod energy;
pub mod entropy;
mod fitted;
pub mod flatness;
pub mod ltsd;
mod mapping;
pub mod silero;
pub mod sohn;
pub mod webrtc;
pub mod zcr;

pub use mapping::{Logistic, Timing, native_rate};

use crate::frame::FrameSpec;

/// Scores frames for speech.
///
/// A detector holds all of its state: a clone goes on as an independent stream, and nothing is shared that can
/// change. It allocates nothing after construction.
pub trait Detector {
    /// The rate, frame and hop that [`score`](Detector::score) expects.
    fn spec(&self) -> FrameSpec;

    /// How much the next frame sounds like speech, from 0 to 1; 0.5 is neutral.
    ///
    /// `frame` holds [`FrameSpec::frame`] samples with full scale at ±1. Missing samples at its end count as
    /// zeros, as they do for the last frame of a recording; NaN and infinite ones count as 0. Samples beyond the
    /// frame are not looked at. The score is finite whatever the samples.
    fn score(&mut self, frame: &[f32]) -> f32;

    /// Forgets all that was heard: the next frame is the first of a new recording.
    fn reset(&mut self);

    /// Scores a whole recording, from a reset state, and appends [`FrameSpec::frames`] scores to `scores`: those of
    /// [`score`](Detector::score), to the bit.
    fn score_all(&mut self, samples: &[f32], scores: &mut Vec<f32>) {
        self.reset();
        let FrameSpec { frame, hop, .. } = self.spec();
        for start in (0..samples.len()).step_by(hop.max(1)) {
            scores.push(self.score(&samples[start..samples.len().min(start + frame)]));
        }
    }
}

impl<D: Detector + ?Sized> Detector for Box<D> {
    fn spec(&self) -> FrameSpec {
        (**self).spec()
    }

    fn score(&mut self, frame: &[f32]) -> f32 {
        (**self).score(frame)
    }

    fn reset(&mut self) {
        (**self).reset();
    }

    fn score_all(&mut self, samples: &[f32], scores: &mut Vec<f32>) {
        (**self).score_all(samples, scores);
    }
}
