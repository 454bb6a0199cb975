//! Judging a frame by the mixtures of speech and noise.

use super::adapt::{Heard, follow};
use super::filter_bank::BANDS;
use super::minimum::Minimum;
use super::model::{Fit, Mixture, NOISE, SPEECH};

/// The mixtures of every band, and the noise floors that hold the noise's in place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Gmm {
    noise: [Mixture; BANDS],
    speech: [Mixture; BANDS],
    floors: [Minimum; BANDS],
}

impl Default for Gmm {
    fn default() -> Self {
        Self { noise: NOISE, speech: SPEECH, floors: Default::default() }
    }
}

impl Gmm {
    /// Explains a frame's levels (dB, Q4) by noise and by speech.
    pub(super) fn explain(&self, levels: &[i16; BANDS]) -> Explanation {
        Explanation {
            noise: std::array::from_fn(|band| Fit::new(&self.noise[band], levels[band])),
            speech: std::array::from_fn(|band| Fit::new(&self.speech[band], levels[band])),
        }
    }

    /// Moves the mixtures towards a frame that was judged to be `speech` or not.
    pub(super) fn follow(&mut self, levels: &[i16; BANDS], explanation: &Explanation, speech: bool) {
        for band in 0..BANDS {
            let level = levels[band];
            let floor = self.floors[band].push(level);
            let fit = if speech { &explanation.speech[band] } else { &explanation.noise[band] };
            follow(&mut self.noise[band], &mut self.speech[band], &Heard { band, level, floor, speech, fit });
        }
    }
}

/// How both hypotheses explain a frame, band by band.
pub(super) struct Explanation {
    noise: [Fit; BANDS],
    speech: [Fit; BANDS],
}

/// What a frame says for speech, in whole bits: log2 of its likelihood as speech over that as noise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Evidence {
    /// Of the band where it is greatest; -31 to 31.
    pub(super) strongest: i32,
    /// Weighted and summed over the bands; -2046 to 2046.
    pub(super) all_bands: i32,
}

impl Explanation {
    /// The evidence for speech.
    ///
    /// A band's log-likelihood ratio is the difference of the leading zeros of the two likelihoods: each log2 is
    /// rounded down, and a likelihood of 0 counts as half of the smallest that there is.
    pub(super) fn evidence(&self) -> Evidence {
        /// How much each band counts in the sum. `kSpectrumWeight` in `vad_core.c`.
        const WEIGHTS: [i32; BANDS] = [6, 8, 10, 12, 14, 16];
        let zeros = |fit: &Fit| fit.likelihood().leading_zeros() as i32;
        let ratios: [i32; BANDS] = std::array::from_fn(|band| zeros(&self.noise[band]) - zeros(&self.speech[band]));
        Evidence {
            strongest: ratios.into_iter().fold(i32::MIN, i32::max),
            all_bands: ratios.iter().zip(WEIGHTS).map(|(ratio, weight)| ratio * weight).sum(),
        }
    }
}
