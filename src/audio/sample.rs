//! PCM sample formats, and the one place where a bad sample is made good.

/// The largest magnitude that a sample keeps; full scale is 1.
///
/// A million is 120 dB over full scale, above anything that was recorded, and small enough that no detector's
/// sums of squares overflow an `f32`.
pub const LIMIT: f32 = 1e6;

/// The smallest magnitude that is not taken for silence; full scale is 1.
///
/// 200 dB under full scale: less than the smallest step of 32-bit samples. What is computed from smaller numbers can leave
/// the normal range of an `f32`, where processors take up to a hundred times as long for each operation; whatever decays
/// without an end is cut off here.
pub const FAINTEST: f32 = 1e-10;

/// A PCM sample that can be read as a number with full scale at ±1.
pub trait Sample: Copy + Default + sealed::Sealed {
    /// The sample's value; full scale is ±1.
    fn to_f32(self) -> f32;
}

mod sealed {
    /// So that samples may learn more without breaking anybody's.
    pub trait Sealed {}

    impl Sealed for f32 {}
    impl Sealed for i16 {}
    impl Sealed for i32 {}
}

impl Sample for f32 {
    fn to_f32(self) -> f32 {
        self
    }
}

impl Sample for i16 {
    /// Divides by 2^15: exact.
    fn to_f32(self) -> f32 {
        f32::from(self) / 32_768.0
    }
}

impl Sample for i32 {
    /// Divides by 2^31, rounding to the 24 bits that an `f32` holds.
    fn to_f32(self) -> f32 {
        self as f32 / 2_147_483_648.0
    }
}

/// The sample, made safe for arithmetic: NaN and infinities become 0, as do magnitudes below [`FAINTEST`]; those above
/// [`LIMIT`] become that.
///
/// Everything that takes samples from outside (detectors, the resampler) passes them through here, so that one
/// broken sample cannot poison a recurrent state for good.
#[inline]
pub fn clean(sample: f32) -> f32 {
    audible(if sample.is_finite() { sample.clamp(-LIMIT, LIMIT) } else { 0.0 })
}

/// The number, or 0 where its magnitude is below [`FAINTEST`].
#[inline]
pub(crate) fn audible(x: f32) -> f32 {
    if x.abs() < FAINTEST { 0.0 } else { x }
}

/// Whether [`clean`] changes none of the samples.
pub(crate) fn is_clean(samples: &[f32]) -> bool {
    samples.iter().fold(true, |safe, &sample| safe & (sample.abs() <= LIMIT) & (audible(sample) == sample))
}

/// Copies samples and makes them safe for arithmetic, see [`clean`]; both slices have the same length.
///
/// Nearly always all of them are safe, which is quicker to find out than to mend.
pub(crate) fn clean_into(from: &[f32], to: &mut [f32]) {
    if is_clean(from) {
        to.copy_from_slice(from);
    } else {
        to.iter_mut().zip(from).for_each(|(to, &sample)| *to = clean(sample));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integer_formats_have_full_scale_at_one() {
        assert_eq!(i16::MIN.to_f32(), -1.0);
        assert_eq!(i16::MAX.to_f32(), 32_767.0 / 32_768.0);
        assert_eq!(i32::MIN.to_f32(), -1.0);
        assert_eq!((1_i32 << 30).to_f32(), 0.5);
        assert_eq!(1_i16.to_f32(), (1_i32 << 16).to_f32());
    }

    #[test]
    fn only_bad_samples_change() {
        for good in [0.0, -1.0, 1.0, 32_768.0, LIMIT, FAINTEST, -FAINTEST, 1_i32.to_f32()] {
            assert_eq!(clean(good), good);
        }
        for faint in [0.9 * FAINTEST, -0.9 * FAINTEST, f32::MIN_POSITIVE, 1e-40] {
            assert_eq!(clean(faint), 0.0);
        }
        assert_eq!(clean(f32::NAN), 0.0);
        assert_eq!(clean(f32::NEG_INFINITY), 0.0);
        assert_eq!(clean(f32::MAX), LIMIT);
        assert_eq!(clean(f32::MIN), -LIMIT);
    }

    #[test]
    fn slices_are_cleaned_as_samples_are() {
        for sample in [0.3, 0.0, 1e-11, -1e-42, 2e6, f32::NAN, f32::NEG_INFINITY] {
            let from = [0.5, sample, -0.25];
            let mut to = [9.0; 3];
            clean_into(&from, &mut to);
            assert_eq!(to, from.map(clean), "{sample}");
        }
    }
}
