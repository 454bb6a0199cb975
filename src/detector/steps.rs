//! What a [`Pool`](crate::Pool) needs of that which it steps.

use super::{AnyDetector, Detector};
use crate::frame::FrameSpec;

/// The steps from frames to scores. A workspace has a place for each frame that goes through the network together.
pub(crate) trait Steps {
    /// What one stream carries from frame to frame.
    type State: Clone;
    /// Buffers, which hold nothing from one round of steps to the next.
    type Workspace;

    /// The rate, frame and hop of the network.
    fn frames(&self) -> FrameSpec;
    /// The state of a stream that begins.
    fn begin(&self) -> Self::State;
    /// A workspace with `places` places.
    fn places(&self, places: usize) -> Self::Workspace;
    /// First: puts a stream's next frame at place `at`; its state keeps what the next frame needs of it.
    fn join(&self, at: usize, state: &mut Self::State, frame: &[f32], work: &mut Self::Workspace);
    /// Then: computes all but the last step for the first `frames` places. The result for a frame is the same to the bit,
    /// whatever the others are.
    fn forward(&self, frames: usize, work: &mut Self::Workspace);
    /// Last: moves the state of the stream at place `at` on, and returns its score.
    fn settle(&self, at: usize, state: &mut Self::State, work: &Self::Workspace) -> f32;
}

/// A detector whose streams share no work: each frame is scored as it joins.
#[derive(Clone, Debug)]
pub(crate) struct Alone(pub(crate) AnyDetector);

impl Steps for Alone {
    type State = AnyDetector;
    type Workspace = Vec<f32>; // (places): scores

    fn frames(&self) -> FrameSpec {
        self.0.spec()
    }

    fn begin(&self) -> AnyDetector {
        self.0.clone()
    }

    fn places(&self, places: usize) -> Vec<f32> {
        vec![0.0; places]
    }

    fn join(&self, at: usize, detector: &mut AnyDetector, frame: &[f32], scores: &mut Vec<f32>) {
        scores[at] = detector.score(frame);
    }

    fn forward(&self, _frames: usize, _scores: &mut Vec<f32>) {}

    fn settle(&self, at: usize, _detector: &mut AnyDetector, scores: &Vec<f32>) -> f32 {
        scores[at]
    }
}
