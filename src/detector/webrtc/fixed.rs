//! Fixed-point arithmetic: integers with an implied binary point.
//!
//! A number in Qn counts steps of 2^-n: 1.5 in Q7 is 192, and a Q0 number is a plain integer. A product's n is the
//! sum of its factors' n, a quotient's is their difference, a shift to the right by s takes s from it, and only
//! numbers of equal n may be added. Shifts to the right round towards minus infinity.
//!
//! The detector keeps its numbers in 16 bits and computes in 32. Where a result is put back into 16 bits it keeps
//! its low 16 bits and wraps where it does not fit. Loud input does reach those places, and a decision can hang on
//! what comes out of them, so this is part of the algorithm. Sums that can leave 32 bits wrap too, and say so; the
//! compiler checks all other arithmetic in a build with overflow checks, as the tests are.

/// The low 16 bits of a number: the number itself where it fits, and wrapped around where not.
#[inline]
pub(super) fn narrow(wide: i32) -> i16 {
    wide as i16
}

/// The product of two numbers over 2^`shift`, rounded down: Qa and Qb give Q(a + b - shift).
#[inline]
pub(super) fn multiply(a: i16, b: i16, shift: u32) -> i32 {
    (i32::from(a) * i32::from(b)) >> shift
}

/// The 16-bit sample nearest to one with full scale at ±1; what lies beyond full scale is clipped.
///
/// Samples that came from 16 bits come back unchanged. NaN and infinite ones become 0.
#[inline]
pub(super) fn quantise(sample: f32) -> i16 {
    /// Added to a number below 2^22, it leaves no bits for the fraction in an `f32`, so that the sum is rounded to
    /// an integer (ties to even), whose low 16 bits are those of the result's representation. `round` would do the
    /// same by a function call per sample.
    const ROUNDER: f32 = 1.5 * (1 << 23) as f32;
    let finite = if sample.is_finite() { sample } else { 0.0 };
    let scaled = (finite * 32_768.0).clamp(-32_768.0, 32_767.0);
    narrow((scaled + ROUNDER).to_bits() as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_16_bit_sample_comes_back() {
        for sample in i16::MIN..=i16::MAX {
            assert_eq!(quantise(f32::from(sample) / 32_768.0), sample);
        }
    }

    #[test]
    fn other_samples_are_rounded_and_clipped() {
        let scaled = |steps: f32| quantise(steps / 32_768.0);
        assert_eq!([scaled(0.4), scaled(0.6), scaled(-0.6), scaled(-1.4)], [0, 1, -1, -1]);
        assert_eq!([scaled(32_767.4), scaled(32_768.0), scaled(-32_768.9)], [32_767, 32_767, -32_768]);
        assert_eq!([quantise(f32::MAX), quantise(f32::MIN), quantise(1e-40)], [32_767, -32_768, 0]);
        assert_eq!([quantise(f32::NAN), quantise(f32::INFINITY), quantise(f32::NEG_INFINITY)], [0, 0, 0]);
    }

    #[test]
    fn products_round_down_and_narrowing_wraps() {
        assert_eq!([multiply(3, 3, 1), multiply(3, -3, 1)], [4, -5]);
        assert_eq!([narrow(32_767), narrow(32_768), narrow(-32_769)], [32_767, -32_768, 32_767]);
    }
}
