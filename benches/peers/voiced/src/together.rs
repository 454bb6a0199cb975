//! Many streams, a frame of each at a time.

use std::sync::Arc;

use runner::{Error, Options, pieces, race};
use voiced::silero::Model;
use voiced::{Pool, SegmentConfig, StreamId};

/// Steps as many streams as asked for, each over its own piece of the recording.
///
/// Scores come as (steps, streams).
pub(crate) fn together(options: &Options, model: &Arc<Model>) -> Result<(), Error> {
    let samples = options.floats()?;
    let steps = pieces(&samples, options.streams);
    let mut streams = Streams::new(model, options.streams)?;
    race(options, |scores| {
        streams.reset()?;
        for frames in &steps {
            streams.step(frames, scores)?;
        }
        Ok(())
    })
}

/// The streams of a pool, whose frames go through the network together.
struct Streams {
    pool: Pool,
    ids: Vec<StreamId>,
}

impl Streams {
    fn new(model: &Arc<Model>, count: usize) -> Result<Self, Error> {
        let mut pool = Pool::new(Arc::clone(model), count);
        let join = |_| pool.join(model.spec().rate, &SegmentConfig::default());
        let ids = (0..count).map(join).collect::<Result<_, _>>()?;
        Ok(Self { pool, ids })
    }

    fn reset(&mut self) -> Result<(), Error> {
        for &id in &self.ids {
            self.pool.finish(id)?;
        }
        Ok(())
    }

    /// Appends the score of each stream's next frame. Shapes: `frames` (streams, FRAME).
    fn step(&mut self, frames: &[&[f32]], scores: &mut Vec<f32>) -> Result<(), Error> {
        for (&id, frame) in self.ids.iter().zip(frames) {
            self.pool.push(id, frame)?;
        }
        scores.extend(self.pool.step().iter().map(|scored| scored.score));
        Ok(())
    }
}
