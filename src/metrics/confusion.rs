//! Right and wrong, in seconds, and the rates that follow.

use std::iter::Sum;
use std::ops::{Add, Mul};

use super::{FALSE_ALARM_COST, MISS_COST};

/// How long a detector was right and wrong, in seconds.
///
/// Rates of many recordings are those of the sum: `parts.iter().copied().sum::<Confusion>().miss_rate()`. A rate whose
/// divisor is 0 is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Confusion {
    /// Speech that was found.
    pub hit: f64,
    /// Speech that was not found.
    pub miss: f64,
    /// Found, but not speech.
    pub false_alarm: f64,
    /// Neither speech nor found.
    pub rejected: f64,
}

impl Confusion {
    /// Seconds of speech.
    pub fn speech(&self) -> f64 {
        self.hit + self.miss
    }

    /// Seconds of anything else.
    pub fn non_speech(&self) -> f64 {
        self.false_alarm + self.rejected
    }

    /// The share of speech that was missed, 0 to 1: miss / speech. `None` without speech.
    pub fn miss_rate(&self) -> Option<f64> {
        ratio(self.miss, self.speech())
    }

    /// The share of non-speech that was taken for speech, 0 to 1: false alarm / non-speech; scikit-learn's `fpr`. `None`
    /// without non-speech.
    pub fn false_alarm_rate(&self) -> Option<f64> {
        ratio(self.false_alarm, self.non_speech())
    }

    /// The share of what was found that is speech, 0 to 1: hit / (hit + false alarm).
    ///
    /// scikit-learn's `precision_score`; pyannote's `DetectionPrecision`, which is 1 where nothing was found. Here that is
    /// `None`.
    pub fn precision(&self) -> Option<f64> {
        ratio(self.hit, self.hit + self.false_alarm)
    }

    /// The share of speech that was found, 0 to 1: hit / speech.
    ///
    /// scikit-learn's `recall_score`; pyannote's `DetectionRecall`, which is 1 where there is no speech. Here that is `None`.
    pub fn recall(&self) -> Option<f64> {
        ratio(self.hit, self.speech())
    }

    /// The harmonic mean of precision and recall, 0 to 1: 2 hit / (2 hit + miss + false alarm); scikit-learn's `f1_score`.
    /// `None` without speech.
    pub fn f1(&self) -> Option<f64> {
        self.recall()?;
        ratio(2.0 * self.hit, 2.0 * self.hit + self.miss + self.false_alarm)
    }

    /// The detection cost function, 0 to 1: 0.75 miss rate + 0.25 false-alarm rate, as in NIST's OpenSAT evaluation plan.
    /// `None` without speech or without non-speech.
    pub fn dcf(&self) -> Option<f64> {
        Some(MISS_COST * self.miss_rate()? + FALSE_ALARM_COST * self.false_alarm_rate()?)
    }

    /// The detection error rate, 0 to infinity: (miss + false alarm) / speech.
    ///
    /// pyannote's `DetectionErrorRate`, which without speech is 0 where nothing was found and else 1. Here that is `None`.
    pub fn error_rate(&self) -> Option<f64> {
        ratio(self.miss + self.false_alarm, self.speech())
    }
}

fn ratio(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}

impl Add for Confusion {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            hit: self.hit + other.hit,
            miss: self.miss + other.miss,
            false_alarm: self.false_alarm + other.false_alarm,
            rejected: self.rejected + other.rejected,
        }
    }
}

impl Mul<u32> for Confusion {
    type Output = Self;

    fn mul(self, weight: u32) -> Self {
        let weight = f64::from(weight);
        Self {
            hit: self.hit * weight,
            miss: self.miss * weight,
            false_alarm: self.false_alarm * weight,
            rejected: self.rejected * weight,
        }
    }
}

impl Sum for Confusion {
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        parts.fold(Self::default(), Add::add)
    }
}
