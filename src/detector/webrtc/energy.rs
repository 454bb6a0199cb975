//! The energy of a signal as mantissa and exponent, and its logarithm.

use super::fixed::multiply;

/// A sum of squares, `mantissa` times 2^`exponent`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Energy {
    mantissa: i16, // from 2^14 on, or 0
    exponent: i32,
}

impl Energy {
    /// The energy of a signal of less than 2^16 samples.
    pub(super) fn of(signal: &[i16]) -> Self {
        let shift = headroom_shift(signal);
        let sum = sum_of_squares(signal, shift);
        if sum == 0 {
            return Self::default();
        }
        let normalising = 17 - sum.leading_zeros() as i32; // to the right
        let mantissa = if normalising < 0 { sum << -normalising } else { sum >> normalising };
        Self { mantissa: mantissa as i16, exponent: shift as i32 + normalising }
    }

    /// 10 log10 of the energy in dB, Q4, and 0 where that is negative or there is none.
    ///
    /// With m the mantissa and e the exponent, the logarithm to base 2 is taken as `e + 14 + (m / 2^14 - 1)`: exact
    /// at powers of 2, and up to 0.086 (a quarter of a decibel) too low between them.
    pub(super) fn decibels(self) -> i16 {
        /// 160 log10(2) in Q9, which turns log2 into 10 log10 in Q4. `kLogConst` in `vad_filterbank.c`.
        const PER_OCTAVE: i16 = 24_660;
        if self.mantissa == 0 {
            return 0;
        }
        let log2_mantissa = (14 << 10) + ((self.mantissa & 0x3FFF) >> 4); // Q10
        let level = multiply(PER_OCTAVE, log2_mantissa, 19) + multiply(PER_OCTAVE, self.exponent as i16, 9);
        level.max(0) as i16 // at most 2,000
    }

    /// The energy in Q0 below 2^14, and some number from there to 2^15 where there is more.
    pub(super) fn at_least(self) -> i32 {
        i32::from(self.mantissa) >> (-self.exponent).max(0)
    }
}

/// How far to shift squares to the right so that the sum of all of them fits into 31 bits.
///
/// Judged by the largest magnitude, as in the original (`get_scaling_square.c`). There the magnitude of -32768 wraps
/// to -32768 and so never is the largest: with such samples the sum can overflow after all.
fn headroom_shift(signal: &[i16]) -> u32 {
    let largest = signal.iter().map(|x| x.wrapping_abs()).fold(-1, i16::max);
    if largest == 0 {
        return 0;
    }
    let spare = multiply(largest, largest, 0).leading_zeros() - 1;
    let needed = usize::BITS - signal.len().leading_zeros();
    needed.saturating_sub(spare)
}

/// The sum of squares, each shifted to the right by `shift`, in 32 bits that wrap.
fn sum_of_squares(signal: &[i16], shift: u32) -> u32 {
    signal.iter().fold(0, |sum: u32, &x| sum.wrapping_add(multiply(x, x, shift) as u32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decibels_are_those_of_the_sum_of_squares() {
        for (sample, count) in [(1, 15), (2, 60), (100, 30), (-3_000, 15), (32_767, 60), (-32_767, 1)] {
            let exact = 160.0 * (f64::from(sample).powi(2) * count as f64).log10();
            let level = f64::from(Energy::of(&vec![sample as i16; count]).decibels());
            assert!((exact - 4.5..exact + 0.1).contains(&level), "{count} of {sample}: {level}, exact {exact}");
        }
    }

    #[test]
    fn energies_up_to_2_to_the_14_are_exact() {
        for sample in 0..127 {
            assert_eq!(Energy::of(&[sample]).at_least(), i32::from(sample).pow(2));
        }
        assert!(Energy::of(&[200]).at_least() >= 1 << 14);
        assert!(Energy::of(&[i16::MAX; 60]).at_least() >= 1 << 14);
    }

    #[test]
    fn the_lowest_sample_overflows_as_in_the_original() {
        assert_eq!(Energy::of(&[i16::MIN; 60]).decibels(), 0); // 60 * 2^30 is 0 modulo 2^32
        assert!(Energy::of(&[i16::MIN; 15]).decibels() > 0);
        assert!(Energy::of(&[-32_767; 60]).decibels() > 0);
    }
}
