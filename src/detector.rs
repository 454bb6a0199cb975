//! What every detector is: frames in, one score each out.

mod any;
#[cfg_attr(
    not(feature = "unstable"),
    allow(unreachable_pub, dead_code, reason = "public with the feature `unstable`")
)]
pub mod classic;
pub mod gru;
pub mod silero;
mod steps;
pub mod webrtc;

pub(crate) use any::Any;
pub use any::AnyDetector;
pub(crate) use steps::{Alone, Steps};

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
    /// zeros, as they do for the last frame of a recording; NaN, infinite ones and those fainter than 1e-10 count as 0, and
    /// larger ones than [`LIMIT`](crate::audio::LIMIT) as that. Samples beyond the frame are not looked at. The score
    /// is finite whatever the samples.
    fn score(&mut self, frame: &[f32]) -> f32;

    /// Forgets all that was heard: the next frame is the first of a new recording.
    fn reset(&mut self);

    /// Makes room for scoring up to `frames` frames at a time; without it, [`score_frames`](Detector::score_frames) is
    /// as slow as frame by frame. For detectors that gain nothing by it, it does nothing.
    fn reserve(&mut self, _frames: usize) {}

    /// Scores the next frames of a recording, one for each number in `scores`; the scores are those of
    /// [`score`](Detector::score), to the bit.
    ///
    /// The frames lie a hop apart in `samples`, which holds `(scores.len() - 1) * hop + frame` samples; missing ones at
    /// the end count as zeros.
    fn score_frames(&mut self, samples: &[f32], scores: &mut [f32]) {
        let FrameSpec { frame, hop, .. } = self.spec();
        for (i, score) in scores.iter_mut().enumerate() {
            let start = samples.len().min(i * hop);
            let end = samples.len().min(i * hop + frame);
            *score = self.score(&samples[start..end]);
        }
    }

    /// Scores a whole recording, from a reset state, and appends [`FrameSpec::frames`] scores to `scores`.
    fn score_all(&mut self, samples: &[f32], scores: &mut Vec<f32>) {
        self.reset();
        let first = scores.len();
        scores.resize(first + self.spec().frames(samples.len()), 0.0);
        self.score_frames(samples, &mut scores[first..]);
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

    fn reserve(&mut self, frames: usize) {
        (**self).reserve(frames);
    }

    fn score_frames(&mut self, samples: &[f32], scores: &mut [f32]) {
        (**self).score_frames(samples, scores);
    }

    fn score_all(&mut self, samples: &[f32], scores: &mut Vec<f32>) {
        (**self).score_all(samples, scores);
    }
}
