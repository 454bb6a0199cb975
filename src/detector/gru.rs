//! A small convolutional and recurrent network of our own, whose training is part of this project.
//!
//! A frame, 512 samples at 16 kHz every 256 samples, goes through
//!
//! ```text
//! power spectrum of the frame under a Hann window            (257)
//! level in bands, ln (1 + power / floor), less its mean      (bands)
//! convolution over this hop and the two before, ReLU         (channels)
//! GRU cell, whose h goes on to the next frame                (hidden)
//! ReLU, linear hidden -> 1, sigmoid                          score
//! ```
//!
//! The score is about the first hop of its frame: the other hop is look-ahead, 16 ms. The running mean is that of all frames
//! so far, and later of the last seconds, so that neither a recording's level nor the colour of its channel counts. The weights file
//! states rate, frame, hop, bands and the mean's memory, and its tensors the other sizes: a network of other sizes needs no
//! change here. Audio at other rates is resampled, which a [`Stream`](crate::Stream) does, 8 kHz too: the network was trained
//! on such audio as well.
//!
//! Source: `tools/train`, by which the weights that come with this crate were trained, and whose `forward.py` made the golden
//! scores that this module is tested against.

mod model;

use std::fmt;

use crate::detector::{Detector, Steps};
use crate::frame::FrameSpec;
use model::FRAMES_TOGETHER;

pub use model::Model;
use model::{State, Workspace};

/// The detector with the network of our own: a shared [`Model`] and a stream's own state.
#[derive(Clone)]
pub struct Gru {
    model: Model,
    state: State,
    workspace: Workspace,
}

impl Gru {
    /// A detector that runs a network, which any number of detectors share.
    pub fn new(model: &Model) -> Self {
        Self { model: model.clone(), state: model.begin(), workspace: model.places(1) }
    }

    /// The network that it runs.
    pub fn model(&self) -> &Model {
        &self.model
    }
}

impl Detector for Gru {
    fn spec(&self) -> FrameSpec {
        self.model.spec()
    }

    fn score(&mut self, frame: &[f32]) -> f32 {
        let mut score = [0.0];
        self.score_frames(frame, &mut score);
        score[0]
    }

    fn reset(&mut self) {
        self.state.reset();
    }

    fn reserve(&mut self, frames: usize) {
        self.workspace = self.model.places(frames.clamp(1, FRAMES_TOGETHER));
    }

    fn score_frames(&mut self, samples: &[f32], scores: &mut [f32]) {
        self.model.steps(&mut self.state, samples, scores, &mut self.workspace);
    }
}

impl fmt::Debug for Gru {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gru").field("model", &self.model).finish_non_exhaustive()
    }
}
