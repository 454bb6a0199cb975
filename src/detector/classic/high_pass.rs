//! A hop without hum, rumble and offset, for the measures that look at its samples.

use crate::audio::sample::clean;
use crate::detector::classic::Setup;
use crate::dsp::biquad::HighPass;

/// A high-pass filter that takes hops.
#[derive(Clone, Debug)]
pub(super) struct HopHighPass {
    filter: HighPass,
    hop: usize, // samples
    begun: bool,
}

impl HopHighPass {
    /// A filter for frequencies above `cutoff` Hz.
    pub(super) fn new(cutoff: f64, setup: &Setup) -> Self {
        Self { filter: HighPass::new(cutoff, setup.rate), hop: setup.hop, begun: false }
    }

    /// The filtered samples of a hop, as many as it should have: those that it lacks are zeros.
    ///
    /// The first sample of all counts as if it had lasted for ever, so that an offset does not begin with a click.
    pub(super) fn of(&mut self, hop: &[f32]) -> impl Iterator<Item = f32> {
        hop.iter().copied().chain(std::iter::repeat(0.0)).take(self.hop).map(|sample| {
            let sample = clean(sample);
            if !self.begun {
                self.filter.settle(sample);
                self.begun = true;
            }
            self.filter.push(sample)
        })
    }

    /// Samples in a hop.
    pub(super) fn hop(&self) -> usize {
        self.hop
    }

    /// Makes the next hop the first.
    pub(super) fn reset(&mut self) {
        self.filter.reset();
        self.begun = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detector::classic::{ClassicConfig, HOP_MS};

    #[test]
    fn an_offset_is_silent_from_the_first_sample_and_a_short_hop_ends_in_zeros() {
        let setup = Setup::new(8000, HOP_MS, &ClassicConfig::default()).unwrap();
        let mut filter = HopHighPass::new(100.0, &setup);
        for _ in 0..2 {
            let hop: Vec<f32> = filter.of(&[0.5; 80]).collect();
            assert!(hop.len() == 80 && hop.iter().all(|sample| sample.abs() < 1e-6), "{hop:?}");
            let mut twin = filter.clone();
            let mut whole = [0.5; 80];
            whole[3..].fill(0.0);
            assert!(filter.of(&[0.5; 3]).eq(twin.of(&whole)));
            filter.reset();
        }
    }
}
