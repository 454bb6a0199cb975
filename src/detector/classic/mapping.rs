//! From a measure to a score.

use crate::error::Error;

/// A logistic curve from a measure in its own unit to a score, `1 / (1 + exp(-(measure - centre) / width))`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Logistic {
    /// The measure whose score is 0.5, in the measure's unit.
    pub centre: f32,
    /// By how much the measure must exceed `centre` for a score of 0.73, in the measure's unit; above 0.
    pub width: f32,
}

impl Logistic {
    /// The score of a measure, from 0 to 1.
    pub fn score(self, measure: f32) -> f32 {
        // Beyond 87 the exponential leaves f32's normal range; the score is 0 or 1 long before.
        let exponent = ((self.centre - measure) / self.width).clamp(-80.0, 80.0);
        1.0 / (1.0 + exponent.exp())
    }

    pub(super) fn check(self) -> Result<Self, Error> {
        let error = |field, given, legal| Err(Error::Config { field, given: f64::from(given), legal });
        match self {
            _ if !self.centre.is_finite() => error("mapping.centre", self.centre, "a finite number"),
            Self { width, .. } if width.is_finite() && width > 1e-6 => Ok(self),
            _ => error("mapping.width", self.width, "finite and above 0.000001"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_logistic_curve_has_its_known_values() {
        let curve = Logistic { centre: 6.0, width: 2.0 };
        assert_eq!(curve.score(6.0), 0.5);
        assert!((curve.score(8.0) - 0.731_058_6).abs() < 1e-6);
        assert!((curve.score(4.0) - 0.268_941_4).abs() < 1e-6);
        assert!(curve.score(f32::MAX) <= 1.0 && curve.score(f32::MIN) >= 0.0);
    }

    #[test]
    fn illegal_curves_are_refused() {
        for (centre, width) in [(f32::NAN, 1.0), (0.0, 0.0), (0.0, f32::INFINITY), (0.0, f32::NAN)] {
            assert!(Logistic { centre, width }.check().is_err());
        }
    }
}
