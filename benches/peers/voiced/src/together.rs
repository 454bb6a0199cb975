//! Many streams, a frame of each at a time.

use std::sync::Arc;

use runner::{Error, Options, pieces, race};
use voiced::silero::Model;
use voiced::{Detector, Silero};

/// Steps as many streams as asked for, each over its own piece of the recording.
///
/// Scores come as (steps, streams).
pub(crate) fn together(options: &Options, model: &Arc<Model>) -> Result<(), Error> {
    let samples = options.floats()?;
    let steps = pieces(&samples, options.streams);
    let mut streams = Streams::new(model, options.streams);
    race(options, |scores| {
        streams.reset();
        for frames in &steps {
            streams.step(frames, scores);
        }
        Ok(())
    })
}

/// The streams: detectors that share one model and are stepped one after another.
///
/// The only place that knows how the engine steps many streams: one forward pass for all of them (`voiced::Pool`) goes
/// here.
struct Streams(Vec<Silero>);

impl Streams {
    fn new(model: &Arc<Model>, count: usize) -> Self {
        Self((0..count).map(|_| Silero::new(Arc::clone(model))).collect())
    }

    fn reset(&mut self) {
        self.0.iter_mut().for_each(Silero::reset);
    }

    /// Appends the score of each stream's next frame. Shapes: `frames` (streams, FRAME).
    fn step(&mut self, frames: &[&[f32]], scores: &mut Vec<f32>) {
        scores.extend(self.0.iter_mut().zip(frames).map(|(detector, frame)| detector.score(frame)));
    }
}
