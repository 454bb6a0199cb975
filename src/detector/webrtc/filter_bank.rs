//! Six sub-bands by repeated halving, and the log energy of each: the features that the detector judges.
//!
//! ```text
//!                        0..4000 Hz
//!             low /                      \ high
//!          0..2000                       2000..4000
//!       low /     \ high              low /      \ high
//!     0..1000   1000..2000 [3]   3000..4000 [4]  2000..3000 [5]
//!  low /    \ high
//!  0..500   500..1000 [2]
//!  low /  \ high
//! 0..250   250..500 [1]
//!    | high-pass
//! 80..250 [0]
//! ```
//!
//! Dropping every other sample mirrors the high half of a spectrum, so that the high half of the high half is
//! 2000 to 3000 Hz: bands 4 and 5 are the other way round from what the comments in the original
//! (`vad_filterbank.c`) say.

use super::energy::Energy;
use super::fixed::{multiply, narrow};

/// How many sub-bands there are.
pub(super) const BANDS: usize = 6;

/// What the detector knows of a frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Features {
    /// 10 log10 of each band's sum of squares, in dB, Q4; (BANDS), from low to high but for the last two.
    pub(super) levels: [i16; BANDS],
    /// Whether there is more than next to nothing in the frame: a sum of squares above [`SILENCE`].
    pub(super) audible: bool,
}

/// The largest sum of squares over all bands, Q0, that counts as silence. `kMinEnergy` in `vad_core.h`.
const SILENCE: i32 = 10;

/// Added to each band's level, dB in Q4: 6 dB for each split that the band has gone through, less 1. `kOffsetVector`
/// in `vad_filterbank.c`.
const OFFSETS: [i16; BANDS] = [368, 368, 272, 176, 176, 176];

/// The tree of splits, with the filters' states carried from frame to frame.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct FilterBank {
    at_2000: Split,
    at_3000: Split,
    at_1000: Split,
    at_500: Split,
    at_250: Split,
    from_80: HighPass,
}

impl FilterBank {
    /// The features of a frame of 80, 160 or 240 samples at 8 kHz.
    pub(super) fn features(&mut self, frame: &[i16]) -> Features {
        let mut levels = [0; BANDS];
        let mut power = 0;
        let mut measure = |band: usize, signal: &[i16]| {
            let energy = Energy::of(signal);
            levels[band] = energy.decibels() + OFFSETS[band];
            power += energy.at_least();
        };
        // The lengths are those of the longest frame; each split leaves half.
        let [mut low_1, mut high_1] = [[0; 120]; 2];
        let [mut low_2, mut high_2] = [[0; 60]; 2];
        let [mut low_3, mut high_3] = [[0; 30]; 2];
        let [mut low_4, mut high_4] = [[0; 15]; 2];

        let (low, high) = self.at_2000.run(frame, &mut low_1, &mut high_1);
        let (from_3000, from_2000) = self.at_3000.run(high, &mut low_2, &mut high_2);
        measure(5, from_2000);
        measure(4, from_3000);
        let (low, from_1000) = self.at_1000.run(low, &mut low_2, &mut high_2);
        measure(3, from_1000);
        let (low, from_500) = self.at_500.run(low, &mut low_3, &mut high_3);
        measure(2, from_500);
        let (low, from_250) = self.at_250.run(low, &mut low_4, &mut high_4);
        measure(1, from_250);
        self.from_80.run(low);
        measure(0, low);
        Features { levels, audible: power > SILENCE }
    }
}

/// Splits a signal into the low and the high half of its spectrum, each at half the rate.
///
/// The filters are those of [`Halving`](super::downsample::Halving), with two more bits to the coefficients: half the
/// sum of the two all-pass outputs is the low half, half their difference the high half.
#[derive(Clone, Debug, Default, PartialEq)]
struct Split {
    // x - a y of the sample before, over 2: all that the next frame inherits is these 16 bits, though there are 32
    // within a frame, so that a recording cut into longer frames gives slightly different features.
    even: i16,
    odd: i16,
}

impl Split {
    // `kAllPassCoefsQ15` in vad_filterbank.c.
    const EVEN: i16 = 20_972; // 0.64 in Q15
    const ODD: i16 = 5_571; // 0.17 in Q15

    /// Fills the front of `low` and `high`, and returns what it filled.
    fn run<'a>(&mut self, input: &[i16], low: &'a mut [i16], high: &'a mut [i16]) -> (&'a mut [i16], &'a mut [i16]) {
        let half = input.len() / 2;
        let (low, high) = (&mut low[..half], &mut high[..half]);
        let mut even = i32::from(self.even) << 16;
        let mut odd = i32::from(self.odd) << 16;
        for ((&[first, second], low), high) in input.as_chunks().0.iter().zip(&mut *low).zip(&mut *high) {
            let of_even = all_pass(Self::EVEN, first, &mut even);
            let of_odd = all_pass(Self::ODD, second, &mut odd);
            *low = of_even.wrapping_add(of_odd);
            *high = of_even.wrapping_sub(of_odd);
        }
        self.even = narrow(even >> 16);
        self.odd = narrow(odd >> 16);
        (low, high)
    }
}

/// Half of what the all-pass with coefficient `a` (Q15) makes of sample `x`. Both its sum and its state can leave 32
/// bits at full scale.
#[inline]
fn all_pass(a: i16, x: i16, state: &mut i32) -> i16 {
    let half = narrow(state.wrapping_add(multiply(a, x, 0)) >> 16); // y / 2
    *state = ((i32::from(x) << 14) - multiply(a, half, 0)) << 1; // (x - a y) in Q15
    half
}

/// Takes away what is below 80 Hz from a signal at 500 Hz: a second-order filter.
#[derive(Clone, Debug, Default, PartialEq)]
struct HighPass {
    input: [i16; 2], // the last two, the newest first
    output: [i16; 2],
}

impl HighPass {
    // `kHpZeroCoefs` and `kHpPoleCoefs` in vad_filterbank.c, Q14.
    const ZEROS: [i16; 3] = [6_631, -13_262, 6_631];
    const POLES: [i16; 2] = [-7_756, 5_620];

    /// Filters in place.
    fn run(&mut self, signal: &mut [i16]) {
        let [zero, one, two] = Self::ZEROS;
        let [pole_one, pole_two] = Self::POLES;
        for sample in signal {
            let x = *sample;
            // At most 1.31e9 in magnitude: it fits.
            let sum = multiply(zero, x, 0) + multiply(one, self.input[0], 0) + multiply(two, self.input[1], 0)
                - multiply(pole_one, self.output[0], 0)
                - multiply(pole_two, self.output[1], 0);
            *sample = narrow(sum >> 14);
            self.input = [x, self.input[0]];
            self.output = [*sample, self.output[0]];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The levels of a sine in its tenth frame.
    fn levels(frequency: f64) -> [i16; BANDS] {
        let sine = |n: usize| 8_000.0 * (std::f64::consts::TAU * frequency * n as f64 / 8_000.0).sin();
        let signal: Vec<i16> = (0..2_400).map(|n| sine(n) as i16).collect();
        let mut bank = FilterBank::default();
        signal.chunks(240).map(|frame| bank.features(frame).levels).last().unwrap()
    }

    #[test]
    fn a_tone_is_loudest_in_its_band() {
        let tones = [(150.0, 0), (375.0, 1), (750.0, 2), (1_500.0, 3), (3_500.0, 4), (2_500.0, 5)];
        for (frequency, expected) in tones {
            let levels = levels(frequency);
            let loudest = (0..BANDS).max_by_key(|&band| levels[band]).unwrap();
            assert_eq!(loudest, expected, "{frequency} Hz: {levels:?}");
        }
    }

    #[test]
    fn levels_are_decibels_over_the_offset() {
        // A sine of power 8000^2 / 2; each split leaves half of the 240 samples.
        for (frequency, band, splits) in
            [(150.0, 0, 4), (375.0, 1, 4), (750.0, 2, 3), (1_500.0, 3, 2), (3_500.0, 4, 2)]
        {
            let energy = 8_000.0_f64.powi(2) / 2.0 * f64::from(240 >> splits);
            let expected = 10.0 * energy.log10() + f64::from(6 * splits - 1);
            let level = f64::from(levels(frequency)[band]) / 16.0;
            assert!((level - expected).abs() < 1.5, "{frequency} Hz: {level} dB, expected {expected}");
        }
    }

    #[test]
    fn silence_is_not_audible() {
        let mut bank = FilterBank::default();
        assert_eq!(bank.features(&[0; 80]), Features { levels: OFFSETS, audible: false });
        assert!(bank.features(&[1_000; 80]).audible);
    }
}
