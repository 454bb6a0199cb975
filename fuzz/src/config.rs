//! Segmentation settings from a fuzzer's bytes.

use arbitrary::{Result, Unstructured};
use voiced::{Cut, SegmentConfig};

/// Settings of which most are legal, mostly with times that a short recording can reach.
///
/// # Errors
/// Where the bytes are used up.
pub fn any(bytes: &mut Unstructured<'_>) -> Result<SegmentConfig> {
    let neg_threshold = if bytes.arbitrary()? { Some(threshold(bytes)?) } else { None };
    Ok(SegmentConfig {
        threshold: threshold(bytes)?,
        neg_threshold,
        min_speech_ms: milliseconds(bytes)?,
        min_silence_ms: milliseconds(bytes)?,
        speech_pad_ms: milliseconds(bytes)?,
        max_speech_s: match bytes.arbitrary::<u8>()? % 4 {
            0 | 1 => f64::INFINITY,
            2 => f64::from(bytes.arbitrary::<u16>()?) / 1024.0,
            _ => bytes.arbitrary()?,
        },
        cut: if bytes.arbitrary()? { Cut::LongestSilence } else { Cut::LastSilence },
        min_silence_at_max_speech_ms: milliseconds(bytes)?,
        delay_ms: milliseconds(bytes)?,
    })
}

fn threshold(bytes: &mut Unstructured<'_>) -> Result<f64> {
    if bytes.arbitrary::<u8>()? % 8 == 0 {
        bytes.arbitrary()
    } else {
        Ok(f64::from(bytes.arbitrary::<u8>()?) / 255.0)
    }
}

fn milliseconds(bytes: &mut Unstructured<'_>) -> Result<u32> {
    match bytes.arbitrary::<u8>()? % 8 {
        0 => bytes.arbitrary(),
        1 => Ok(0),
        2..=4 => Ok(u32::from(bytes.arbitrary::<u8>()? % 16) * 32), // whole hops of 512 samples at 16 kHz
        _ => Ok(bytes.arbitrary::<u8>()?.into()),
    }
}
