//! What the detector knows about speech and noise: a mixture of two Gaussians for each, in each band.
//!
//! All start as they were trained. Weights stay as they are; means and deviations follow what is heard.

use super::filter_bank::BANDS;
use super::fixed::{multiply, narrow};

/// How many Gaussians a mixture has.
pub(super) const GAUSSIANS: usize = 2;

/// A normal distribution of a band's level, with its share in a mixture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Gaussian {
    /// Its share, Q7; those of a mixture add up to 1.
    pub(super) weight: i16,
    /// Its mean in dB, Q7.
    pub(super) mean: i16,
    /// Its standard deviation in dB, Q7; never below 378, the least that was trained.
    pub(super) deviation: i16,
}

impl Gaussian {
    /// Its density at a level (dB, Q4), and the slope there.
    ///
    /// With `z = (x - mean) / deviation`, the density is `exp(-z² / 2) / deviation`, Q20, without the factor
    /// `1 / sqrt(2 pi)` that every Gaussian has. The slope is `(x - mean) / deviation²`, Q11: how steeply the
    /// logarithm of the density rises as the mean does, and so where to move the mean, and how far.
    fn at(self, level: i16) -> Point {
        let deviation = i32::from(self.deviation);
        let precision = ((1 << 17) + (deviation >> 1)) / deviation; // 1 / deviation, Q10
        let coarse = narrow(precision >> 2); // Q8
        let precision_squared = narrow(multiply(coarse, coarse, 2)); // Q14
        let distance = narrow((i32::from(level) << 3) - i32::from(self.mean)); // Q7
        let slope = narrow(multiply(precision_squared, distance, 10)); // Q11
        let exponent = multiply(slope, distance, 9); // z² / 2, Q10
        Point { density: precision * exp_minus(exponent), slope }
    }
}

/// What a Gaussian says of a level.
struct Point {
    density: i32, // Q20
    slope: i16,   // Q11
}

/// e^-x in Q10 for an x in Q10; 0 from 21.5 on.
///
/// `e^-x = 2^-y` with `y = x log2(e)`. Let n be `-y` rounded down and f what was rounded off: `2^f` is taken as
/// `1 + f`, so the fraction's ten bits only need a leading one, and `2^n` is a shift.
#[inline]
fn exp_minus(x: i32) -> i32 {
    const VANISHED: i32 = 22_005; // 21.5 in Q10: `kCompVar` in vad_gmm.c
    const LOG2_E: i16 = 5_909; // Q12: `kLog2Exp` in vad_gmm.c
    if x >= VANISHED {
        return 0;
    }
    let power = i32::from(narrow(-multiply(LOG2_E, narrow(x), 12))); // -y, Q10
    let mantissa = 0x400 | (power & 0x3FF);
    // A power above 0 needs a slope that wrapped. The shift then is one that C leaves undefined; this is what x86
    // does.
    mantissa.wrapping_shr(-(power >> 10) as u32)
}

/// The two Gaussians of a band under one hypothesis.
pub(super) type Mixture = [Gaussian; GAUSSIANS];

/// How a mixture explains a level.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Fit {
    /// Each Gaussian's density at the level times its weight, Q27.
    pub(super) parts: [i32; GAUSSIANS],
    /// Each Gaussian's slope there, Q11; see [`Gaussian::at`].
    pub(super) slopes: [i16; GAUSSIANS],
}

impl Fit {
    /// Explains a level (dB, Q4).
    pub(super) fn new(mixture: &Mixture, level: i16) -> Self {
        let points = mixture.map(|gaussian| gaussian.at(level));
        let parts = [0, 1].map(|k| i32::from(mixture[k].weight) * points[k].density);
        Self { parts, slopes: points.map(|point| point.slope) }
    }

    /// The mixture's density at the level, Q27.
    pub(super) fn likelihood(&self) -> i32 {
        self.parts[0] + self.parts[1]
    }

    /// How much of the likelihood is due to each Gaussian, Q14; `None` where there is too little of it to tell.
    pub(super) fn shares(&self) -> Option<[i16; GAUSSIANS]> {
        let whole = self.likelihood() >> 12; // Q15
        (whole > 0).then(|| {
            let first = narrow(((self.parts[0] & !0xFFF) << 2) / whole); // Q29 / Q15 = Q14
            [first, (1 << 14) - first]
        })
    }
}

/// The mean of a mixture, Q14.
pub(super) fn mean(mixture: &Mixture) -> i32 {
    mixture.iter().map(|gaussian| multiply(gaussian.weight, gaussian.mean, 0)).sum()
}

/// The mixtures of noise as trained, (BANDS). `kNoiseDataWeights`, `kNoiseDataMeans` and `kNoiseDataStds` in
/// `vad_core.c`.
pub(super) const NOISE: [Mixture; BANDS] = [
    [gaussian(34, 6_738, 378), gaussian(94, 7_646, 474)],
    [gaussian(62, 4_892, 1_064), gaussian(66, 3_863, 697)],
    [gaussian(72, 7_065, 493), gaussian(56, 7_820, 475)],
    [gaussian(66, 6_715, 582), gaussian(62, 7_266, 688)],
    [gaussian(53, 6_771, 688), gaussian(75, 5_020, 421)],
    [gaussian(25, 3_369, 593), gaussian(103, 4_362, 455)],
];

/// The mixtures of speech as trained, (BANDS). `kSpeechDataWeights`, `kSpeechDataMeans` and `kSpeechDataStds`.
pub(super) const SPEECH: [Mixture; BANDS] = [
    [gaussian(48, 8_306, 555), gaussian(80, 9_473, 509)],
    [gaussian(82, 10_085, 505), gaussian(46, 9_571, 828)],
    [gaussian(45, 10_078, 567), gaussian(83, 10_879, 492)],
    [gaussian(87, 11_823, 524), gaussian(41, 7_581, 1_540)],
    [gaussian(50, 11_843, 585), gaussian(78, 8_180, 1_079)],
    [gaussian(47, 6_309, 1_231), gaussian(81, 7_483, 850)],
];

const fn gaussian(weight: i16, mean: i16, deviation: i16) -> Gaussian {
    Gaussian { weight, mean, deviation }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_is_exp_to_three_and_a_half_bits() {
        // 1 + f for 2^f is up to 6.2 % too much, and the shift rounds down.
        for x in 0..30_000 {
            let exact = 1024.0 * (-f64::from(x) / 1024.0).exp();
            let found = f64::from(exp_minus(x));
            assert!(found > exact - 2.0 && found < exact * 1.063 + 1.0, "{x}: {found}, exactly {exact}");
            assert!(exp_minus(x + 1) <= exp_minus(x), "{x}");
        }
    }

    /// One over the deviation is cut to Q8 before it is squared for the slope, which makes that a little too small.
    #[test]
    fn densities_and_slopes_are_those_of_the_normal_distribution() {
        for gaussian in NOISE.into_iter().chain(SPEECH).flatten() {
            let (mean, deviation) = (f64::from(gaussian.mean) / 128.0, f64::from(gaussian.deviation) / 128.0);
            for level in 0..2_000 {
                let distance = f64::from(level) / 16.0 - mean;
                let density = (-(distance / deviation).powi(2) / 2.0).exp() / deviation;
                let slope = distance / deviation.powi(2);
                let found = gaussian.at(level);
                let (found_density, found_slope) =
                    (f64::from(found.density) / f64::from(1 << 20), f64::from(found.slope) / 2048.0);
                let context = format!("{gaussian:?} at {level}: {found_density} {density}, {found_slope} {slope}");
                assert!((found_slope - slope).abs() < (0.01 + deviation / 128.0) * slope.abs() + 0.001, "{context}");
                assert!((found_density - density).abs() < 0.1 / deviation, "{context}");
            }
        }
    }

    #[test]
    fn shares_are_parts_of_a_whole() {
        for mixture in NOISE.iter().chain(&SPEECH) {
            for level in 0..2_000 {
                let fit = Fit::new(mixture, level);
                let shares = fit.shares();
                assert_eq!(shares.is_none(), fit.likelihood() < 1 << 12);
                for (share, part) in shares.into_iter().flatten().zip(fit.parts) {
                    let exact = f64::from(part) / f64::from(fit.likelihood()) * 16_384.0;
                    let coarse = f64::from(1 << 26) / f64::from(fit.likelihood()); // a step of Q15
                    assert!((f64::from(share) - exact).abs() < coarse + 1.0, "{fit:?}: {share}, exactly {exact}");
                }
            }
        }
    }
}
