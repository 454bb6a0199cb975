//! What a [`Pool`](crate::Pool) needs of a network.

use crate::frame::FrameSpec;

/// A network whose frames, of many streams, a [`Pool`](crate::Pool) computes together: [`silero::Model`](crate::silero::Model)
/// or [`gru::Model`](crate::gru::Model). It has no methods to call, and no other types can implement it.
pub trait Network: Steps {}

/// The steps from frames to scores. A workspace has a place for each frame that goes through the network together.
pub trait Steps {
    /// What one stream carries from frame to frame.
    type State;
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
    /// Then: computes all but the last step for the first `frames` places. What it comes to for a frame is the same to the
    /// bit, whatever the others are.
    fn forward(&self, frames: usize, work: &mut Self::Workspace);
    /// Last: moves the state of the stream at place `at` on, and returns its score.
    fn settle(&self, at: usize, state: &mut Self::State, work: &Self::Workspace) -> f32;
}
