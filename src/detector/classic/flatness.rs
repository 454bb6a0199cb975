//! Spectral flatness, or Wiener entropy, over the speech band, above the noise.
//!
//! The ratio of the geometric to the arithmetic mean of a power spectrum is 1 where it is flat and small where few bins
//! hold the power, as in a vowel. With `q[k]` the power of bin `k` over its noise floor in a window of 32 ms, and `c` =
//! [`OFFSET`](super::shape::OFFSET),
//!
//! ```text
//! F = (prod (q[k] + c))^(1/N) / (1/N sum (q[k] + c))      Gray and Markel 1974, equation 9
//! measure = mean of -10 log10 F                           dB, around the hop
//! score = 1 / (1 + exp(-(measure - centre) / width))
//! ```
//!
//! Source: A. H. Gray and J. D. Markel, "A spectral-flatness measure for studying the autocorrelation method of linear
//! prediction of speech analysis", *IEEE Transactions on Acoustics, Speech, and Signal Processing* 22 (3), 1974; as a
//! detector of speech, M. H. Moattar and M. M. Homayounpour, "A simple but efficient real-time voice activity
//! detection algorithm", EUSIPCO 2009. Dividing by the noise first, and the offset, are as in
//! [`entropy`](super::entropy).
//!
//! Good at: voiced speech in steady noise of any colour, at any level; the geometric mean also sees how deep the valleys
//! between formants are, so it does better than the entropy. Blind to fricatives; taken in by music, birds and alarms.

use crate::detector::classic::shape::{MeanShape, Shape};
use crate::detector::classic::{Classic, ClassicConfig, Logistic, fitted};
use crate::dsp::spectrum::unflatness;

/// The flatness detector; see the [module](self).
pub type Flatness = Classic<MeanShape<Unflatness>>;

/// The parameters of [`Flatness`]. Their mapping is from dB.
pub type FlatnessConfig = ClassicConfig;

/// The measure of [`Flatness`]: how far the spectrum is from flat, in dB.
#[derive(Clone, Debug)]
pub struct Unflatness;

impl Shape for Unflatness {
    const CURVE: Logistic = fitted::FLATNESS;

    fn of(powers: impl Iterator<Item = f32>) -> f32 {
        unflatness(powers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detector::classic::shape::in_noise_and_tone;

    #[test]
    fn a_tone_that_begins_stands_out_and_steady_noise_does_not() {
        for (noise, tone) in in_noise_and_tone::<Unflatness>() {
            // Ratios of steady noise are exponential with mean 1; with the offset their shape is all but flat.
            assert!(noise.iter().all(|measure| (0.0..0.1).contains(measure)), "noise: {noise:?}");
            // In the tone's three bins the ratio is 10^5 and more.
            assert!(tone > 20.0, "tone: {tone}");
        }
    }
}
