//! Spectral entropy over the speech band, above the noise.
//!
//! A voice puts its power into few bins, the harmonics of its formants; noise spreads it over all. With `q[k]` the power
//! of bin `k` over its noise floor in a window of 32 ms, and `c` = [`OFFSET`](super::shape::OFFSET),
//!
//! ```text
//! p[k] = (q[k] + c) / sum (q + c)            Shen et al. 1998, equation 1, on the whitened spectrum
//! H = -sum p[k] ln p[k]                      Shen et al. 1998, equation 2
//! measure = mean of ln N - H                 nats below the entropy of a flat spectrum of N bins, around the hop
//! score = 1 / (1 + exp(-(measure - centre) / width))
//! ```
//!
//! Source: J.-L. Shen, J.-W. Hung and L.-S. Lee, "Robust entropy-based endpoint detection for speech recognition in
//! noisy environments", ICSLP 1998. They take the entropy of the spectrum as it is, and coloured noise, hum and music
//! then pass for voices; dividing by the noise first is P. Renevey and A. Drygajlo's, Eurospeech 2001. The offset is
//! ours (Shen's equation 4 has one for the power): without it the fluctuations of noise alone have a large say.
//!
//! Good at: voiced speech in steady noise of any colour, at any level. Blind to fricatives, which are as flat as noise;
//! taken in by whatever else is tonal and comes and goes: music, birds, alarms.

use crate::detector::classic::shape::{MeanShape, Shape};
use crate::detector::classic::{Classic, ClassicConfig, Logistic, fitted};
use crate::dsp::spectrum::negentropy;

/// The entropy detector; see the [module](self).
pub type Entropy = Classic<MeanShape<Negentropy>>;

/// The parameters of [`Entropy`]. Their mapping is from nats.
pub type EntropyConfig = ClassicConfig;

/// The measure of [`Entropy`]: the negentropy of the spectrum, in nats.
#[derive(Clone, Debug)]
pub struct Negentropy;

impl Shape for Negentropy {
    const CURVE: Logistic = fitted::ENTROPY;

    fn of(powers: impl Iterator<Item = f32>) -> f32 {
        negentropy(powers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detector::classic::shape::in_noise_and_tone;

    #[test]
    fn a_tone_that_begins_stands_out_and_steady_noise_does_not() {
        for (noise, tone) in in_noise_and_tone::<Negentropy>() {
            // Ratios of steady noise are exponential with mean 1; with the offset their shape is all but flat.
            assert!(noise.iter().all(|measure| (0.0..0.05).contains(measure)), "noise: {noise:?}");
            // In the tone's three bins the ratio is 10^5 and more.
            assert!(tone > 2.0, "tone: {tone}");
        }
    }
}
