//! Curves to draw: ROC, precision over recall, and DET.

use super::probit::probit;
use super::ranking::Ranking;

/// Rates closer to 0 or 1 than this count as this far when a DET curve is thinned: there the scale has no end.
const DET_MARGIN: f64 = 1e-4;

/// What a detector does at one threshold, all recordings together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OperatingPoint {
    /// Scores from here on are speech; infinite where nothing is.
    pub threshold: f64,
    /// The share of speech that is found, 0 to 1; 1 less this is the miss rate.
    pub recall: f64,
    /// The share of non-speech that is taken for speech, 0 to 1.
    pub false_alarm_rate: f64,
    /// The share of what is found that is speech, 0 to 1; 1 where nothing is found, as in scikit-learn's
    /// `precision_recall_curve`.
    pub precision: f64,
}

impl Ranking {
    /// The ROC curve, recall over false-alarm rate, from nothing found to everything found; scikit-learn's `roc_curve`.
    ///
    /// One point for each threshold, or where those are more than `most` (at least 2), the ends and points about equally far
    /// apart along the curve. Empty unless there is both speech and non-speech.
    pub fn roc(&self, most: usize) -> Vec<OperatingPoint> {
        if self.total().contains(&0.0) {
            return Vec::new();
        }
        self.thinned(most, |point| [point.false_alarm_rate, point.recall])
    }

    /// The curve of precision over recall, in the order of [`Ranking::roc`] and thinned like it; scikit-learn's
    /// `precision_recall_curve` is in the opposite order.
    ///
    /// Empty without speech; without non-speech, false-alarm rates are 0.
    pub fn precision_recall(&self, most: usize) -> Vec<OperatingPoint> {
        if self.total()[0] == 0.0 {
            return Vec::new();
        }
        self.thinned(most, |point| [point.recall, point.precision])
    }

    /// The DET curve, miss rate over false-alarm rate, both on the scale of [`probit`], in the order of [`Ranking::roc`] and thinned
    /// like it, but along that scale; scikit-learn's `det_curve` is in the opposite order.
    ///
    /// Source: Martin et al., "The DET Curve in Assessment of Detection Task Performance" (1997). Empty unless there is both
    /// speech and non-speech.
    pub fn det(&self, most: usize) -> Vec<OperatingPoint> {
        if self.total().contains(&0.0) {
            return Vec::new();
        }
        let scale = |rate: f64| probit(rate.clamp(DET_MARGIN, 1.0 - DET_MARGIN));
        self.thinned(most, |point| [scale(point.false_alarm_rate), scale(point.recall)])
    }

    /// Steps of speech and of non-speech.
    fn total(&self) -> [f64; 2] {
        self.totals.iter().fold([0.0; 2], |sum, steps| [sum[0] + steps[0], sum[1] + steps[1]])
    }

    /// The points of all thresholds, from the highest on; there is speech.
    fn operating_points(&self) -> impl Iterator<Item = OperatingPoint> {
        let [speech, non_speech] = self.total();
        let nothing = OperatingPoint { threshold: f64::INFINITY, recall: 0.0, false_alarm_rate: 0.0, precision: 1.0 };
        let mut start = 0;
        let (mut hits, mut false_alarms) = (0.0, 0.0);
        let lowered = self.groups.iter().map(move |group| {
            for entry in &self.entries[start..group.end] {
                hits += entry.speech;
                false_alarms += entry.non_speech;
            }
            start = group.end;
            OperatingPoint {
                threshold: f64::from(group.score),
                recall: hits / speech,
                false_alarm_rate: false_alarms / non_speech.max(1.0),
                precision: hits / (hits + false_alarms),
            }
        });
        std::iter::once(nothing).chain(lowered)
    }

    /// At most `most` of the points: both ends, and each that enters another of `most - 1` equal stretches of the curve, which
    /// runs through the places that `at` gives.
    fn thinned(&self, most: usize, at: impl Fn(&OperatingPoint) -> [f64; 2]) -> Vec<OperatingPoint> {
        let most = most.max(2);
        if self.groups.len() < most {
            return self.operating_points().collect();
        }
        let whole = self.travelled(&at).map(|(way, _)| way).last().unwrap_or(0.0);
        let mut kept: Vec<OperatingPoint> = Vec::with_capacity(most);
        let mut reached = None;
        for (way, point) in self.travelled(&at) {
            let stretch = ((way / whole) * (most - 1) as f64) as usize; // most - 1 at the end of the way
            if reached.is_none_or(|reached| stretch > reached) {
                kept.push(point);
                reached = Some(stretch);
            } else if stretch == most - 1 {
                kept.pop();
                kept.push(point);
            }
        }
        kept
    }

    /// The points, and how far along the curve each is: the sum of the steps to the side and up or down.
    fn travelled(&self, at: impl Fn(&OperatingPoint) -> [f64; 2]) -> impl Iterator<Item = (f64, OperatingPoint)> {
        let mut last = None;
        let mut way = 0.0;
        self.operating_points().map(move |point| {
            let [x, y] = at(&point);
            let [last_x, last_y] = last.replace([x, y]).unwrap_or([x, y]);
            way += (x - last_x).abs() + (y - last_y).abs();
            (way, point)
        })
    }
}
