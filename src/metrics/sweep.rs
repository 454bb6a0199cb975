//! One pass over a ranking, from the highest threshold to the lowest, for several sets of weights at once.

use std::array;

use super::ranking::{Entry, Optimum, RankMeasures, Ranking};
use super::{FALSE_ALARM_COST, MISS_COST};

impl Ranking {
    /// The measures for each of `N` sets of weights: `weights` has the shape (recordings, N).
    ///
    /// The sets are lanes that run side by side, so that one pass over the memory serves all of them.
    pub(super) fn sweep<const N: usize>(&self, weights: &[[f64; N]]) -> [RankMeasures; N] {
        let mut totals = [[0.0; N]; 2];
        for (steps, weights) in self.totals.iter().zip(weights) {
            for lane in 0..N {
                totals[0][lane] += weights[lane] * steps[0];
                totals[1][lane] += weights[lane] * steps[1];
            }
        }
        let mut sweep = Sweep::new(totals);
        let mut start = 0;
        for group in &self.groups {
            sweep.lower(f64::from(group.score), &self.entries[start..group.end], weights);
            start = group.end;
        }
        array::from_fn(|lane| sweep.measures(lane))
    }
}

/// What a threshold that was lowered so far has let in. Numbers of steps are whole, and exact up to 2^53.
struct Sweep<const N: usize> {
    /// Steps of speech, and the others.
    speech: [f64; N],
    non_speech: [f64; N],
    /// Those that are let in.
    hits: [f64; N],
    false_alarms: [f64; N],
    /// Twice the pairs in the right order, equal scores counting half.
    double_pairs: [f64; N],
    /// The sum of precision times the gain in hits.
    precise_hits: [f64; N],
    best_f1: [f64; N],
    best_f1_at: [f64; N],
    /// The detection cost, times the steps of speech times those of non-speech: so it is exact.
    least_cost: [f64; N],
    least_cost_at: [f64; N],
    /// Hits and false alarms on both sides of where the miss rate meets the false-alarm rate.
    before_meeting: [[f64; N]; 2],
    after_meeting: [[f64; N]; 2],
}

impl<const N: usize> Sweep<N> {
    fn new([speech, non_speech]: [[f64; N]; 2]) -> Self {
        let nothing = [0.0; N];
        Self {
            speech,
            non_speech,
            hits: nothing,
            false_alarms: nothing,
            double_pairs: nothing,
            precise_hits: nothing,
            best_f1: nothing,
            best_f1_at: [f64::INFINITY; N],
            least_cost: array::from_fn(|lane| MISS_COST * speech[lane] * non_speech[lane]),
            least_cost_at: [f64::INFINITY; N],
            before_meeting: [nothing; 2],
            after_meeting: [nothing; 2],
        }
    }

    /// Lowers the threshold to the next score, which lets its steps in.
    #[inline]
    fn lower(&mut self, threshold: f64, entries: &[Entry], weights: &[[f64; N]]) {
        let (mut gained, mut falsely) = ([0.0; N], [0.0; N]);
        for entry in entries {
            let weights = &weights[entry.recording];
            for lane in 0..N {
                gained[lane] += weights[lane] * entry.speech;
                falsely[lane] += weights[lane] * entry.non_speech;
            }
        }
        for lane in 0..N {
            let (speech, non_speech) = (self.speech[lane], self.non_speech[lane]);
            let before = [self.hits[lane], self.false_alarms[lane]];
            let [hits, false_alarms] = [before[0] + gained[lane], before[1] + falsely[lane]];
            self.double_pairs[lane] += falsely[lane] * (before[0] + hits);
            self.precise_hits[lane] += gained[lane] * hits / (hits + false_alarms).max(1.0);

            let f1 = 2.0 * hits / (hits + false_alarms + speech).max(1.0);
            let better = f1 > self.best_f1[lane];
            self.best_f1[lane] = if better { f1 } else { self.best_f1[lane] };
            self.best_f1_at[lane] = if better { threshold } else { self.best_f1_at[lane] };

            let cost = MISS_COST * (speech - hits) * non_speech + FALSE_ALARM_COST * false_alarms * speech;
            let better = cost < self.least_cost[lane];
            self.least_cost[lane] = if better { cost } else { self.least_cost[lane] };
            self.least_cost_at[lane] = if better { threshold } else { self.least_cost_at[lane] };

            let met_before = before[0] * non_speech + before[1] * speech >= speech * non_speech;
            for (class, now) in [hits, false_alarms].into_iter().enumerate() {
                self.before_meeting[class][lane] =
                    if met_before { self.before_meeting[class][lane] } else { before[class] };
                self.after_meeting[class][lane] = if met_before { self.after_meeting[class][lane] } else { now };
            }
            self.hits[lane] = hits;
            self.false_alarms[lane] = false_alarms;
        }
    }

    /// The measures of a lane once everything is let in.
    fn measures(&self, lane: usize) -> RankMeasures {
        let (speech, non_speech) = (self.speech[lane], self.non_speech[lane]);
        let both = speech > 0.0 && non_speech > 0.0;
        let optimum = |value: f64, threshold: f64| Optimum { value, threshold };
        RankMeasures {
            auc: both.then(|| self.double_pairs[lane] / (2.0 * speech * non_speech)),
            average_precision: (speech > 0.0).then(|| self.precise_hits[lane] / speech),
            equal_error_rate: both.then(|| self.equal_error_rate(lane)),
            best_f1: (speech > 0.0).then(|| optimum(self.best_f1[lane], self.best_f1_at[lane])),
            min_dcf: both.then(|| optimum(self.least_cost[lane] / (speech * non_speech), self.least_cost_at[lane])),
        }
    }

    /// The false-alarm rate where the straight line between the points before and after the meeting has an equal miss rate.
    fn equal_error_rate(&self, lane: usize) -> f64 {
        let (speech, non_speech) = (self.speech[lane], self.non_speech[lane]);
        // Rises from 0, where nothing is let in, to 2, where everything is; at 1 the rates are equal.
        let progress = |at: &[[f64; N]; 2]| at[0][lane] / speech + at[1][lane] / non_speech;
        let (before, after) = (progress(&self.before_meeting), progress(&self.after_meeting));
        let share = (1.0 - before) / (after - before);
        let [low, high] = [self.before_meeting, self.after_meeting].map(|at| at[1][lane]);
        (low + (high - low) * share) / non_speech
    }
}
