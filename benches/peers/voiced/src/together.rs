//! Many streams, a frame of each at a time.

use runner::{Error, Options, pieces, race};
use voiced::{Loaded, Pool, SegmentConfig, StreamId, Update};

/// Steps as many streams as asked for, each over its own piece of the recording.
///
/// Scores come as (steps, streams).
pub(crate) fn together(options: &Options, silero: &Loaded) -> Result<(), Error> {
    let samples = options.floats()?;
    let steps = pieces(&samples, options.streams);
    let mut streams = Streams::new(silero, options.streams)?;
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
    updates: Vec<(StreamId, Update)>,
}

impl Streams {
    fn new(silero: &Loaded, count: usize) -> Result<Self, Error> {
        let mut pool = silero.pool(count);
        let join = |_| pool.join(silero.spec().rate, &SegmentConfig::default());
        let ids = (0..count).map(join).collect::<Result<_, _>>()?;
        Ok(Self { pool, ids, updates: Vec::with_capacity(count) })
    }

    fn reset(&mut self) -> Result<(), Error> {
        for &id in &self.ids {
            while self.pool.finish(id)?.is_some() {}
        }
        Ok(())
    }

    /// Appends the score of each stream's next frame. Shapes: `frames` (streams, FRAME).
    fn step(&mut self, frames: &[&[f32]], scores: &mut Vec<f32>) -> Result<(), Error> {
        for (&id, frame) in self.ids.iter().zip(frames) {
            self.pool.push(id, frame)?;
        }
        self.pool.step(&mut self.updates);
        scores.extend(self.updates.iter().filter_map(|(_, update)| update.score));
        Ok(())
    }
}
