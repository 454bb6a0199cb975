//! Zero crossings.

/// Counts changes of sign from sample to sample, across calls.
///
/// A sample counts as positive from 0 on, so a run of zeros has no crossing and a touch of zero from above has none.
#[derive(Clone, Debug, Default)]
pub struct Crossings {
    negative: bool,
}

impl Crossings {
    /// How many of `samples` have another sign than the sample before; the first of all is compared with 0.
    pub fn count(&mut self, samples: impl IntoIterator<Item = f32>) -> usize {
        samples
            .into_iter()
            .filter(|&sample| std::mem::replace(&mut self.negative, sample < 0.0) != (sample < 0.0))
            .count()
    }

    /// Forgets the last sample.
    pub fn reset(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f32::consts::TAU;

    #[test]
    fn a_sine_crosses_twice_a_period() {
        let sine = (0..16_000).map(|n| (TAU * (440.0 * n as f32 / 16_000.0 + 0.1)).sin());
        assert_eq!(Crossings::default().count(sine), 880);
    }

    #[test]
    fn known_crossings() {
        let mut crossings = Crossings::default();
        assert_eq!(crossings.count([1.0, -1.0, 1.0, -1.0]), 3);
        assert_eq!(crossings.count([1.0, 1.0, 0.0, 0.0]), 1, "the first differs from the call before");
        assert_eq!(crossings.count([0.0, -0.0, 0.5, 0.0]), 0);
        crossings.reset();
        assert_eq!(crossings.count([-1.0]), 1);
    }
}
