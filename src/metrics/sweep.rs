//! One pass over a ranking, from the highest threshold to the lowest, for several sets of weights at once.

use super::ranking::{RankMeasures, Ranking};

impl Ranking {
    /// The measures for each of `N` sets of weights: `weights` has the shape (recordings, N).
    pub(super) fn sweep<const N: usize>(&self, weights: &[[f64; N]]) -> [RankMeasures; N] {
        todo!("{}", weights.len())
    }
}
