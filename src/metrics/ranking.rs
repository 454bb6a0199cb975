//! All steps of all recordings in the order of their scores, from which every figure about thresholds follows.

use super::grid::{self, ScoredSteps};
use super::{Bootstrap, Confusion, Interval};
use crate::error::Error;

/// The steps of many recordings, sorted once, highest score first.
///
/// Every figure is one pass over it, with a weight for each recording, so that a bootstrap replica costs no sorting.
#[derive(Clone, Debug)]
pub struct Ranking {
    pub(super) groups: Vec<Group>,
    pub(super) entries: Vec<Entry>,
    /// Steps of each recording: speech, non-speech.
    pub(super) totals: Vec<[f64; 2]>,
}

/// Steps that have one score: the entries up to `end`, from where the group before ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Group {
    pub(super) score: f32,
    pub(super) end: usize,
}

/// Steps of one recording that have one score. The numbers are whole.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) recording: usize,
    pub(super) speech: f64,
    pub(super) non_speech: f64,
}

/// What the order of the scores is worth, whatever the threshold.
///
/// A figure that is undefined because a class is missing is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RankMeasures {
    /// The area under the ROC curve, 0 to 1: the share of pairs of a step of speech and one of non-speech of which speech has
    /// the higher score, equal scores counting half. scikit-learn's `roc_auc_score`; Hanley and McNeil, "The Meaning and Use
    /// of the Area under a ROC Curve" (1982). `None` unless there are both.
    pub auc: Option<f64>,
    /// Average precision, 0 to 1: the sum over thresholds of precision times the gain in recall; scikit-learn's
    /// `average_precision_score`. `None` without speech.
    pub average_precision: Option<f64>,
    /// Equal error rate, 0 to 1: where the ROC curve, drawn with straight lines between its points, has a miss rate equal to
    /// its false-alarm rate. `None` unless there are both classes.
    pub equal_error_rate: Option<f64>,
    /// The highest F1 of any threshold. It was chosen on the very steps that it is about, so it flatters: see
    /// [`Ranking::cross_validated`]. `None` without speech.
    pub best_f1: Option<Optimum>,
    /// The lowest detection cost, 0.75 miss rate + 0.25 false-alarm rate, of any threshold: NIST's minimum DCF. It is 0.25 at
    /// most, for a detector that takes everything for speech. `None` unless there are both classes.
    pub min_dcf: Option<Optimum>,
}

/// The best value of a figure, and the threshold that gives it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Optimum {
    /// The best value.
    pub value: f64,
    /// The highest threshold that gives it: scores from here on are speech.
    pub threshold: f64,
}

/// Confidence intervals of [`RankMeasures`], field by field.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RankIntervals {
    /// Of the area under the ROC curve.
    pub auc: Option<Interval>,
    /// Of average precision.
    pub average_precision: Option<Interval>,
    /// Of the equal error rate.
    pub equal_error_rate: Option<Interval>,
    /// Of the highest F1, its threshold chosen anew in each replica.
    pub best_f1: Option<Interval>,
    /// Of the lowest detection cost, its threshold chosen anew in each replica.
    pub min_dcf: Option<Interval>,
}

/// What thresholds do that were chosen on other recordings.
#[derive(Clone, Debug, PartialEq)]
pub struct CrossValidated {
    /// The threshold that each fold was scored with.
    pub thresholds: Vec<f64>,
    /// Each recording, scored with the threshold of its fold. F1 is that of the sum.
    pub confusions: Vec<Confusion>,
}

impl Ranking {
    /// The ranking of many recordings' steps; a recording's place here is its place in weights.
    pub fn new(recordings: &[ScoredSteps]) -> Self {
        let mut steps: Vec<(f32, Entry)> = Vec::new();
        let mut totals = vec![[0.0; 2]; recordings.len()];
        for (recording, scored) in recordings.iter().enumerate() {
            for run in scored.runs() {
                let entry = Entry { recording, speech: run.speech as f64, non_speech: run.non_speech as f64 };
                totals[recording][0] += entry.speech;
                totals[recording][1] += entry.non_speech;
                steps.push((run.score + 0.0, entry)); // -0 becomes 0, which it is equal to
            }
        }
        steps.sort_unstable_by(|(a, one), (b, other)| b.total_cmp(a).then(one.recording.cmp(&other.recording)));

        let mut ranking = Self { groups: Vec::new(), entries: Vec::with_capacity(steps.len()), totals };
        for (score, entry) in steps {
            ranking.add(score, entry);
        }
        ranking
    }

    /// Adds steps that have the lowest score so far.
    fn add(&mut self, score: f32, entry: Entry) {
        let same_score = self.groups.last().is_some_and(|group| group.score == score);
        match self.entries.last_mut() {
            Some(last) if same_score && last.recording == entry.recording => {
                last.speech += entry.speech;
                last.non_speech += entry.non_speech;
            }
            _ => self.entries.push(entry),
        }
        let end = self.entries.len();
        match self.groups.last_mut() {
            Some(group) if same_score => group.end = end,
            _ => self.groups.push(Group { score, end }),
        }
    }

    /// How many recordings were ranked.
    pub fn recordings(&self) -> usize {
        self.totals.len()
    }

    /// What the order of all steps is worth.
    pub fn measures(&self) -> RankMeasures {
        let [measures] = self.sweep(&vec![[1.0]; self.recordings()]);
        measures
    }

    /// The same where each recording counts as often as its weight says; 0 leaves it out.
    ///
    /// # Errors
    /// [`Error::Config`] where there is not one weight for each recording.
    pub fn weighted(&self, weights: &[u32]) -> Result<RankMeasures, Error> {
        if weights.len() != self.recordings() {
            let legal = "one for each recording";
            return Err(Error::Config { field: "number of weights", given: weights.len() as f64, legal });
        }
        let weights: Vec<[f64; 1]> = weights.iter().map(|&weight| [f64::from(weight)]).collect();
        let [measures] = self.sweep(&weights);
        Ok(measures)
    }

    /// Confidence intervals, over recordings.
    ///
    /// # Errors
    /// [`Error::Config`] where a field of `bootstrap` is out of its range.
    pub fn intervals(&self, bootstrap: &Bootstrap) -> Result<RankIntervals, Error> {
        bootstrap.check()?;
        let mut draws = bootstrap.draws(self.recordings());
        let mut measures = Vec::with_capacity(bootstrap.replicas);
        let mut weights = vec![[0.0; LANES]; self.recordings()]; // (recording, replica)
        while measures.len() < bootstrap.replicas {
            for lane in 0..LANES {
                for (slot, &weight) in weights.iter_mut().zip(draws.next_weights()) {
                    slot[lane] = f64::from(weight);
                }
            }
            let left = bootstrap.replicas - measures.len();
            measures.extend(self.sweep(&weights).into_iter().take(left));
        }
        let interval = |figure: fn(&RankMeasures) -> Option<f64>| {
            bootstrap.middle(self.recordings(), measures.iter().map(figure).collect())
        };
        Ok(RankIntervals {
            auc: interval(|m| m.auc),
            average_precision: interval(|m| m.average_precision),
            equal_error_rate: interval(|m| m.equal_error_rate),
            best_f1: interval(|m| m.best_f1.map(|best| best.value)),
            min_dcf: interval(|m| m.min_dcf.map(|best| best.value)),
        })
    }

    /// How each recording fares at a threshold, in order; `sum` gives the whole.
    pub fn confusions(&self, threshold: f64) -> Vec<Confusion> {
        let found = self.groups.partition_point(|group| f64::from(group.score) >= threshold);
        let found = found.checked_sub(1).map_or(0, |last| self.groups[last].end);
        let mut found_steps = vec![[0.0; 2]; self.recordings()];
        for entry in &self.entries[..found] {
            found_steps[entry.recording][0] += entry.speech;
            found_steps[entry.recording][1] += entry.non_speech;
        }
        let confusion = |(&[hit, false_alarm], &[speech, non_speech]): (&[f64; 2], &[f64; 2])| {
            grid::confusion([hit, speech - hit, false_alarm, non_speech - false_alarm])
        };
        found_steps.iter().zip(&self.totals).map(confusion).collect()
    }

    /// How each recording fares at the threshold that gives the best F1 on the recordings of the other folds.
    ///
    /// Recording `i` is in fold `i mod folds`, where there are at most as many folds as recordings. `None` with fewer than two
    /// folds, and where all speech is in one fold. An interval of its F1, by [`Bootstrap::interval_of_sum`], takes the
    /// thresholds as given.
    pub fn cross_validated(&self, folds: usize) -> Option<CrossValidated> {
        let folds = folds.min(self.recordings());
        if folds < 2 {
            return None;
        }
        let mut thresholds = Vec::with_capacity(folds);
        let mut confusions = vec![Confusion::default(); self.recordings()];
        for fold in 0..folds {
            let others: Vec<[f64; 1]> =
                (0..self.recordings()).map(|recording| [f64::from(u8::from(recording % folds != fold))]).collect();
            let [measures] = self.sweep(&others);
            let threshold = measures.best_f1?.threshold;
            let scored = self.confusions(threshold);
            for recording in (fold..self.recordings()).step_by(folds) {
                confusions[recording] = scored[recording];
            }
            thresholds.push(threshold);
        }
        Some(CrossValidated { thresholds, confusions })
    }
}

/// Replicas that one pass over the ranking serves.
const LANES: usize = 8;
