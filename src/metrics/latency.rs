//! How late edges are found, over many recordings.

use super::{Bootstrap, Interval, quantile};
use crate::error::Error;

/// The latencies of many recordings, sorted.
#[derive(Clone, Debug, PartialEq)]
pub struct Latencies {
    sorted: Vec<(f64, usize)>, // seconds, recording
    recordings: usize,
}

impl Latencies {
    /// Those of each recording, in seconds: [`Matches::onsets`](super::Matches::onsets), or its `offsets`.
    pub fn new<'a>(recordings: impl IntoIterator<Item = &'a [f64]>) -> Self {
        let mut sorted = Vec::new();
        let mut count = 0;
        for latencies in recordings {
            sorted.extend(latencies.iter().map(|&latency| (latency, count)));
            count += 1;
        }
        sorted.sort_unstable_by(|(a, _), (b, _)| a.total_cmp(b));
        Self { sorted, recordings: count }
    }

    /// How many latencies there are.
    pub fn len(&self) -> usize {
        self.sorted.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    /// The latency in seconds below which `share` of them lie, between two by linear interpolation: numpy's `quantile`. `share` is
    /// 0 to 1, 0.5 for the median, and what is beyond counts as the nearer of them; `None` where there are no latencies or `share` is NaN.
    pub fn quantile(&self, share: f64) -> Option<f64> {
        quantile::of_weighted(&self.sorted.iter().map(|&(latency, _)| (latency, 1)), share)
    }

    /// The interval of a quantile, over recordings.
    ///
    /// # Errors
    /// [`Error::Config`] where a field of `bootstrap` is out of its range.
    pub fn interval(&self, share: f64, bootstrap: &Bootstrap) -> Result<Option<Interval>, Error> {
        bootstrap.interval(self.recordings, |weights| {
            let weighted = self.sorted.iter().map(|&(latency, recording)| (latency, u64::from(weights[recording])));
            quantile::of_weighted(&weighted, share)
        })
    }
}
