//! How far a figure would move with other recordings of the same kind.

use std::iter::{Sum, zip};
use std::ops::Mul;

use super::quantile;
use crate::error::Error;

/// Confidence intervals by the percentile bootstrap over recordings.
///
/// Source: Efron and Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13. A replica draws as many recordings
/// as there are, with replacement, so that some weigh nothing and some several times; the interval holds the middle `level` of the
/// replicas' values. Whole recordings are drawn, for the steps of one are alike. Recordings that are alike, such as one take at
/// several noise levels, should be made one part before they come here.
///
/// The draws come from SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014), so that a seed
/// gives the same interval on every machine: recording `floor(x * n / 2^64)` for each output `x`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bootstrap {
    /// How many replicas; at least 1. Defaults to 1,000.
    pub replicas: usize,
    /// The share of replicas that the interval holds, between 0 and 1. Defaults to 0.95.
    pub level: f64,
    /// Where the random numbers begin. Defaults to 1.
    pub seed: u64,
}

impl Default for Bootstrap {
    fn default() -> Self {
        Self { replicas: 1000, level: 0.95, seed: 1 }
    }
}

/// A confidence interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Bootstrap {
    /// The interval of any figure, which `figure` computes from the weights of the recordings.
    ///
    /// `None` where there are fewer than two recordings, which tell nothing of others, or where the figure is undefined
    /// in more than half of the replicas. Replicas in which it is undefined are left out.
    ///
    /// # Errors
    /// [`Error::Config`] where a field is out of its range.
    pub fn interval(
        &self,
        recordings: usize,
        mut figure: impl FnMut(&[u32]) -> Option<f64>,
    ) -> Result<Option<Interval>, Error> {
        self.check()?;
        let mut draws = self.draws(recordings);
        let values = (0..self.replicas).map(|_| figure(draws.next_weights())).collect();
        Ok(self.middle(recordings, values))
    }

    /// The interval of a figure of the sum over recordings, such as [`Confusion::miss_rate`](super::Confusion::miss_rate).
    ///
    /// # Errors
    /// As [`Bootstrap::interval`].
    pub fn interval_of_sum<T: Copy + Mul<u32, Output = T> + Sum>(
        &self,
        parts: &[T],
        figure: impl Fn(&T) -> Option<f64>,
    ) -> Result<Option<Interval>, Error> {
        self.interval(parts.len(), |weights| figure(&zip(parts, weights).map(|(&part, &weight)| part * weight).sum()))
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        if self.replicas == 0 {
            return Err(Error::Config { field: "replicas", given: 0.0, legal: "at least 1" });
        }
        if !(self.level > 0.0 && self.level < 1.0) {
            return Err(Error::Config { field: "level", given: self.level, legal: "between 0 and 1" });
        }
        Ok(())
    }

    pub(super) fn draws(&self, recordings: usize) -> Draws {
        Draws { state: self.seed, weights: vec![0; recordings] }
    }

    /// The interval that the values of the replicas give.
    pub(super) fn middle(&self, recordings: usize, values: Vec<Option<f64>>) -> Option<Interval> {
        let mut defined: Vec<f64> = values.into_iter().flatten().collect();
        if recordings < 2 || 2 * defined.len() < self.replicas {
            return None;
        }
        defined.sort_unstable_by(f64::total_cmp);
        let outside = (1.0 - self.level) / 2.0;
        let at = |share| quantile::of_sorted(&defined, share);
        Some(Interval { low: at(outside)?, high: at(1.0 - outside)? })
    }
}

/// The weights of one replica after another.
pub(super) struct Draws {
    state: u64, // of SplitMix64
    weights: Vec<u32>,
}

impl Draws {
    /// How often each recording is drawn in the next replica.
    pub(super) fn next_weights(&mut self) -> &[u32] {
        self.weights.fill(0);
        for _ in 0..self.weights.len() {
            let drawn = (u128::from(self.next_random()) * self.weights.len() as u128) >> 64;
            self.weights[drawn as usize] += 1;
        }
        &self.weights
    }

    /// The next number of SplitMix64; the constants are the paper's, figure 14 and `mix64variant13`.
    fn next_random(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
