//! The numbers that `tools/fit` fitted, and what they are.

#[allow(clippy::unreadable_literal, reason = "a script wrote the numbers")]
mod combined;
#[allow(clippy::unreadable_literal, reason = "a script wrote the numbers")]
mod curves;

use crate::detector::classic::Logistic;
pub(super) use combined::{COMBINED_8K, COMBINED_16K};
pub(super) use curves::{ENERGY, ENTROPY, FLATNESS, LTSD, SOHN, ZCR};

/// A piecewise linear curve: `slope x + sum over j of bends[j] max(x - knots[j], 0)`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Curve {
    pub(super) slope: f32,
    pub(super) knots: [f32; 3],
    pub(super) bends: [f32; 3],
}

impl Curve {
    pub(super) fn at(&self, x: f32) -> f32 {
        let bends = self.knots.iter().zip(&self.bends).map(|(knot, bend)| bend * (x - knot).max(0.0));
        self.slope * x + bends.sum::<f32>()
    }
}

/// A generalised additive model.
#[derive(Clone, Copy, Debug)]
pub(super) struct Additive {
    pub(super) bias: f32,
    pub(super) curves: &'static [Curve], // (evidence)
    pub(super) mapping: Logistic,
}

#[cfg(test)]
mod tests {
    use super::Curve;

    #[test]
    fn a_curve_bends_at_its_knots() {
        let curve = Curve { slope: 1.0, knots: [0.0, 2.0, 4.0], bends: [1.0, -2.0, 3.0] };
        assert_eq!([-1.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0].map(|x| curve.at(x)), [-1.0, 0.0, 2.0, 4.0, 4.0, 4.0, 7.0]);
    }
}
