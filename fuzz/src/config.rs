//! Segmentation settings from a fuzzer's bytes.

use arbitrary::{Result, Unstructured};
use voiced::{Cut, SegmentConfig};

/// Milliseconds that are no whole number: of samples at 8 and 16 kHz, and with nothing to round to.
const FRACTIONS: [f64; 8] = [0.0, 0.0625, 0.125, 1.0 / 3.0, 0.5, 0.01, 0.03125, 0.001];

/// Settings of which most are legal, mostly with times that a short recording can reach.
///
/// # Errors
/// Where the bytes are used up.
pub fn any(bytes: &mut Unstructured<'_>) -> Result<SegmentConfig> {
    let mut config = SegmentConfig::default();
    config.neg_threshold = if bytes.arbitrary()? { Some(threshold(bytes)?) } else { None };
    config.threshold = threshold(bytes)?;
    config.min_speech_ms = milliseconds(bytes)?;
    config.min_silence_ms = milliseconds(bytes)?;
    config.speech_pad_ms = milliseconds(bytes)?;
    config.max_speech_s = match bytes.arbitrary::<u8>()? % 4 {
        0 | 1 => f64::INFINITY,
        2 => f64::from(bytes.arbitrary::<u16>()?) / 1024.0,
        _ => bytes.arbitrary()?,
    };
    config.cut = if bytes.arbitrary()? { Cut::LongestSilence } else { Cut::LastSilence };
    config.min_silence_at_max_speech_ms = milliseconds(bytes)?;
    config.delay_ms = milliseconds(bytes)?;
    Ok(config)
}

/// The settings with some of their times a fraction of a millisecond longer.
///
/// # Errors
/// Where the bytes are used up.
pub fn with_fractions(mut config: SegmentConfig, bytes: &mut Unstructured<'_>) -> Result<SegmentConfig> {
    for ms in [
        &mut config.min_speech_ms,
        &mut config.min_silence_ms,
        &mut config.speech_pad_ms,
        &mut config.min_silence_at_max_speech_ms,
        &mut config.delay_ms,
    ] {
        *ms += FRACTIONS[usize::from(bytes.arbitrary::<u8>()?) % FRACTIONS.len()];
    }
    Ok(config)
}

/// The settings with some of them replaced, seldom the delay, which may not change in speech.
///
/// # Errors
/// Where the bytes are used up.
pub fn changed(config: &SegmentConfig, bytes: &mut Unstructured<'_>) -> Result<SegmentConfig> {
    let other = any(bytes)?;
    let other = with_fractions(other, bytes)?;
    let which = bytes.arbitrary::<u8>()?;
    let mut changed = *config;
    if which & 1 != 0 {
        changed.min_speech_ms = other.min_speech_ms;
    }
    if which & 2 != 0 {
        changed.min_silence_ms = other.min_silence_ms;
    }
    if which & 4 != 0 {
        changed.speech_pad_ms = other.speech_pad_ms;
    }
    if which & 8 != 0 {
        (changed.threshold, changed.neg_threshold) = (other.threshold, other.neg_threshold);
    }
    if which & 16 != 0 {
        changed.max_speech_s = other.max_speech_s;
    }
    if which & 32 != 0 {
        (changed.cut, changed.min_silence_at_max_speech_ms) = (other.cut, other.min_silence_at_max_speech_ms);
    }
    if which & 192 == 192 {
        changed.delay_ms = other.delay_ms;
    }
    Ok(changed)
}

fn threshold(bytes: &mut Unstructured<'_>) -> Result<f64> {
    if bytes.arbitrary::<u8>()? % 8 == 0 {
        bytes.arbitrary()
    } else {
        Ok(f64::from(bytes.arbitrary::<u8>()?) / 255.0)
    }
}

/// A whole number of them.
fn milliseconds(bytes: &mut Unstructured<'_>) -> Result<f64> {
    Ok(match bytes.arbitrary::<u8>()? % 8 {
        0 => bytes.arbitrary::<u32>()?.into(),
        1 => 0.0,
        2..=4 => f64::from(bytes.arbitrary::<u8>()? % 16) * 32.0, // whole hops of 512 samples at 16 kHz
        _ => bytes.arbitrary::<u8>()?.into(),
    })
}
