//! Silero VAD: a small convolutional and recurrent network, with the official weights of version 6.2.
//!
//! One frame of 512 samples at 16 kHz goes through (8 kHz in brackets, where it differs):
//!
//! ```text
//! 64 samples of context + 512 new ones + 64 reflected        (640)         [32 + 256 + 32]
//! short-time Fourier transform, Hann 256, hop 128            (4, 129)      [Hann 128, hop 64: (4, 65)]
//! conv1 129 -> 128, ReLU                                     (4, 128)      [65 -> 128]
//! conv2 128 -> 64, stride 2, ReLU                            (2, 64)
//! conv3 64 -> 64, stride 2, ReLU                             (1, 64)
//! conv4 64 -> 128, ReLU                                      (1, 128)
//! LSTM cell, whose h and c go on to the next frame           (128)
//! ReLU, linear 128 -> 1, sigmoid                             score
//! ```
//!
//! The context is the end of the frame before, zeros at first. Leave it out and nothing fails, but the scores are
//! wrong: that is the most common mistake in ports of this network. The reflection, without its edge sample, is on
//! the right only. Source: the graph in `silero_vad.onnx` of the `silero-vad` package, version 6.2.3; `tools/export`
//! makes the weights and the golden scores that this module is tested against.

mod model;

use std::fmt;

use crate::detector::Detector;
use crate::frame::FrameSpec;
use model::FRAMES_TOGETHER;

pub use model::Model;
use model::{State, Workspace};

/// The Silero detector: a shared [`Model`] and a stream's own state of 1.3 KB.
#[derive(Clone)]
pub struct Silero {
    model: Model,
    state: State,
    workspace: Workspace,
}

impl Silero {
    /// A detector that runs a network, which any number of detectors share.
    pub fn new(model: &Model) -> Self {
        Self { model: model.clone(), state: State::default(), workspace: model.workspace(1) }
    }

    /// The network that it runs.
    pub fn model(&self) -> &Model {
        &self.model
    }
}

impl Detector for Silero {
    fn spec(&self) -> FrameSpec {
        self.model.spec()
    }

    fn score(&mut self, frame: &[f32]) -> f32 {
        self.model.step(&mut self.state, frame, &mut self.workspace)
    }

    fn reset(&mut self) {
        self.state = State::default();
    }

    fn reserve(&mut self, frames: usize) {
        self.workspace = self.model.workspace(frames.clamp(1, FRAMES_TOGETHER));
    }

    fn score_frames(&mut self, samples: &[f32], scores: &mut [f32]) {
        self.model.steps(&mut self.state, samples, scores, &mut self.workspace);
    }
}

impl fmt::Debug for Silero {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Silero").field("model", &self.model).finish_non_exhaustive()
    }
}
