//! PCM sample formats, and the one place where a bad sample is made good.

/// The largest magnitude that a sample keeps; full scale is 1.
///
/// A million is 120 dB over full scale, above anything that was recorded, and small enough that no detector's
/// sums of squares overflow an `f32`.
pub const LIMIT: f32 = 1e6;

/// A PCM sample that can be read as a number with full scale at ±1.
pub trait Sample: Copy {
    /// The sample's value; full scale is ±1.
    fn to_f32(self) -> f32;
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

/// The sample, made safe for arithmetic: NaN and infinities become 0, larger magnitudes become [`LIMIT`].
///
/// Everything that takes samples from outside (detectors, the resampler) passes them through here, so that one
/// broken sample cannot poison a recurrent state for good.
#[inline]
pub fn clean(sample: f32) -> f32 {
    if sample.is_finite() { sample.clamp(-LIMIT, LIMIT) } else { 0.0 }
}

/// Copies samples and makes them safe for arithmetic, see [`clean`]; both slices have the same length.
///
/// Nearly always all of them are safe, which is quicker to find out than to mend.
pub(crate) fn clean_into(from: &[f32], to: &mut [f32]) {
    let safe = from.iter().fold(true, |safe, sample| safe & (sample.abs() <= LIMIT));
    if safe {
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
        for good in [0.0, -1.0, 1.0, 32_768.0, LIMIT, f32::MIN_POSITIVE, 1e-40] {
            assert_eq!(clean(good), good);
        }
        assert_eq!(clean(f32::NAN), 0.0);
        assert_eq!(clean(f32::NEG_INFINITY), 0.0);
        assert_eq!(clean(f32::MAX), LIMIT);
        assert_eq!(clean(f32::MIN), -LIMIT);
    }
}
