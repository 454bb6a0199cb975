//! How the mixtures of a band follow what was heard.
//!
//! One step of online expectation-maximisation for the hypothesis that was found true, and then what keeps both
//! from drifting. With x the level and, for each Gaussian, share r, mean m and deviation s:
//!
//! ```text
//! m += rate_m r (x - m) / s²                     rate_m: noise 0.02, speech 0.2
//! s += rate_s r ((x - m)² / s² - 1) / s          rate_s: noise 0.001, speech 0.025
//! ```
//!
//! Then the noise's means are pulled towards the noise floor, by 0.6 of the difference in every frame; the mixtures
//! are pushed apart where their means are less than 17 or 18 dB from each other; and each is moved down where its
//! mean is above a limit. Source: `GmmProbability` in `vad_core.c`.

use super::filter_bank::BANDS;
use super::fixed::{multiply, narrow};
use super::model::{Fit, GAUSSIANS, Gaussian, Mixture, mean};

/// The least by which the mean of speech is above that of noise, dB, Q5. `kMinimumDifference` in `vad_core.c`.
const LEAST_GAP: [i16; BANDS] = [544, 544, 576, 576, 576, 576];
/// The highest mean of the speech mixture, dB, Q7. `kMaximumSpeech`.
const HIGHEST_SPEECH: [i16; BANDS] = [11_392, 11_392, 11_520, 11_520, 11_520, 11_520];
/// The highest mean of the noise mixture, dB, Q7. `kMaximumNoise`.
const HIGHEST_NOISE: [i16; BANDS] = [9_216, 9_088, 8_960, 8_832, 8_704, 8_576];
/// The lowest mean of each Gaussian for speech, dB, Q7. `kMinimumMean`.
const LOWEST_SPEECH: [i16; GAUSSIANS] = [640, 768];
/// The least deviation that is learnt: 3 dB, Q7. `kMinStd`.
const LEAST_DEVIATION: i16 = 384;

/// What was heard in a band, and what was made of it.
pub(super) struct Heard<'a> {
    /// The band's number.
    pub(super) band: usize,
    /// Its level, dB, Q4.
    pub(super) level: i16,
    /// The noise floor, dB, Q4.
    pub(super) floor: i16,
    /// Whether the frame was judged to be speech.
    pub(super) speech: bool,
    /// How the level fits the mixture of that judgement.
    pub(super) fit: &'a Fit,
}

/// Lets a band's mixtures follow what was heard.
pub(super) fn follow(noise: &mut Mixture, speech: &mut Mixture, heard: &Heard) {
    let lag = narrow((i32::from(heard.floor) << 4) - i32::from(narrow(mean(noise) >> 6))); // Q8
    if heard.speech {
        learn_speech(speech, heard);
    } else {
        learn_noise(noise, heard);
    }
    pull_to_floor(noise, lag, heard.band);
    push_apart(noise, speech, LEAST_GAP[heard.band]);
    lower_to(speech, HIGHEST_SPEECH[heard.band]);
    lower_to(noise, HIGHEST_NOISE[heard.band]);
}

/// Moves the noise's Gaussians towards a level. One too far from both to tell is the first one's.
fn learn_noise(noise: &mut Mixture, heard: &Heard) {
    const RATE: i16 = 655; // 0.02 in Q15: `kNoiseUpdateConst`
    let shares = heard.fit.shares().unwrap_or([1 << 14, 0]);
    for ((gaussian, share), &slope) in noise.iter_mut().zip(shares).zip(&heard.fit.slopes) {
        let Gaussian { mean, deviation, .. } = *gaussian;
        let step = narrow(multiply(share, slope, 11)); // Q14
        gaussian.mean = narrow(i32::from(mean) + multiply(step, RATE, 22));

        let distance = narrow(i32::from(heard.level) - i32::from(mean >> 3)); // Q4
        let excess = spread(slope, distance).wrapping_mul((i32::from(share) + 2) >> 2); // Q24
        let step = narrow((excess >> 14) / i32::from(deviation)); // 2^-10 of it: Q20 / Q7 = Q13
        gaussian.deviation = learnt(deviation, step.wrapping_add(32) >> 6);
    }
}

/// Moves the Gaussians of speech towards a level. One too far from both to tell moves neither.
fn learn_speech(speech: &mut Mixture, heard: &Heard) {
    const RATE: i16 = 6_554; // 0.2 in Q15: `kSpeechUpdateConst`
    let shares = heard.fit.shares().unwrap_or_default();
    // Each band's limit is that of the band below, and the lowest band has one of its own: the original sets the
    // limit at the end of its loop over the bands.
    let highest = if heard.band == 0 { 12_800 } else { HIGHEST_SPEECH[heard.band - 1] } + 640;
    for (k, gaussian) in speech.iter_mut().enumerate() {
        let Gaussian { mean, deviation, .. } = *gaussian;
        let (share, slope) = (shares[k], heard.fit.slopes[k]);
        let step = narrow(multiply(share, slope, 11)); // Q14
        let step = (multiply(step, RATE, 21) + 1) >> 1; // Q8, then to the nearest in Q7
        gaussian.mean = narrow(i32::from(mean) + step).clamp(LOWEST_SPEECH[k], highest);

        let distance = narrow(i32::from(heard.level) - ((i32::from(mean) + 4) >> 3)); // Q4
        let excess = spread(slope, distance).wrapping_mul(i32::from(share) >> 2); // Q24
        let tenfold = narrow(10 * i32::from(deviation)); // Q7; fits up to 25.6 dB, and no input is known to exceed it
        let step = narrow((excess >> 4) / i32::from(tenfold)); // 0.1 of it: Q20 / Q7 = Q13
        gaussian.deviation = learnt(deviation, step.wrapping_add(128) >> 8); // a quarter of that
    }
}

/// `(x - m)² / s² - 1` in Q12, from the slope `(x - m) / s²` (Q11) and the distance `x - m` (Q4).
fn spread(slope: i16, distance: i16) -> i32 {
    multiply(slope, distance, 3) - (1 << 12)
}

/// A deviation after a step (Q7), not below the least.
fn learnt(deviation: i16, step: i16) -> i16 {
    deviation.wrapping_add(step).max(LEAST_DEVIATION)
}

/// Pulls the noise's means by 0.6 of what the mixture lags behind the floor (dB, Q8), within limits.
fn pull_to_floor(noise: &mut Mixture, lag: i16, band: usize) {
    const PULL: i16 = 154; // 0.6 in Q8: `kBackEta`
    let pull = multiply(lag, PULL, 9); // Q7
    for (k, gaussian) in noise.iter_mut().enumerate() {
        let (lowest, highest) = (5 + k as i16, 72 + k as i16 - band as i16); // dB
        gaussian.mean = narrow(i32::from(gaussian.mean) + pull).clamp(lowest << 7, highest << 7);
    }
}

/// Where speech is not `least` (dB, Q5) above noise, raises speech by 13/16 of what is missing and lowers noise by
/// 3/16.
fn push_apart(noise: &mut Mixture, speech: &mut Mixture, least: i16) {
    let in_q5 = |mixture: &Mixture| narrow(mean(mixture) >> 9);
    let gap = in_q5(speech).wrapping_sub(in_q5(noise));
    if gap < least {
        let missing = least.wrapping_sub(gap);
        shift(speech, narrow(multiply(13, missing, 2))); // Q7
        shift(noise, narrow(-multiply(3, missing, 2)));
    }
}

/// Moves a mixture down to a mean of `highest` (dB, Q7) where it is above.
fn lower_to(mixture: &mut Mixture, highest: i16) {
    let mean = narrow(mean(mixture) >> 7);
    if mean > highest {
        shift(mixture, highest - mean);
    }
}

/// Adds `by` (dB, Q7) to the means of a mixture.
fn shift(mixture: &mut Mixture, by: i16) {
    for gaussian in mixture {
        gaussian.mean = gaussian.mean.wrapping_add(by);
    }
}
