//! Curves to draw: ROC, precision over recall, and DET.

use super::ranking::Ranking;

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
    /// At most `most` points, at least two: those that lie about equally far apart along the curve. Empty unless there is both speech
    /// and non-speech.
    pub fn roc(&self, most: usize) -> Vec<OperatingPoint> {
        todo!("{most}")
    }

    /// The curve of precision over recall, thinned as [`Ranking::roc`]; scikit-learn's `precision_recall_curve`, the other way
    /// round. Empty without speech; without non-speech, false-alarm rates are 0.
    pub fn precision_recall(&self, most: usize) -> Vec<OperatingPoint> {
        todo!("{most}")
    }

    /// The DET curve, miss rate over false-alarm rate, both on the scale of [`probit`], thinned as [`Ranking::roc`] on that
    /// scale; scikit-learn's `det_curve`. Martin et al., "The DET Curve in Assessment of Detection Task Performance" (1997).
    pub fn det(&self, most: usize) -> Vec<OperatingPoint> {
        todo!("{most}")
    }
}

/// The inverse of the normal distribution function: the scale of both axes of a DET curve. A share of 0 gives minus infinity, 1 gives
/// infinity, and what is no share NaN.
pub fn probit(share: f64) -> f64 {
    todo!("{share}")
}
