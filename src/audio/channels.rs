//! From interleaved channels to one.

use crate::audio::Sample;
use crate::error::Error;

/// The mean of all channels, appended to `mono`; `interleaved` is (frames, channels).
///
/// An incomplete last frame is left out, and with no channels there is nothing to append.
pub fn mix_down<S: Sample>(interleaved: &[S], channels: usize, mono: &mut Vec<f32>) {
    if channels == 0 {
        return;
    }
    let scale = 1.0 / channels as f32;
    mono.extend(
        interleaved.chunks_exact(channels).map(|frame| frame.iter().map(|s| s.to_f32()).sum::<f32>() * scale),
    );
}

/// One channel, counted from 0, appended to `mono`; `interleaved` is (frames, channels).
///
/// An incomplete last frame is left out.
///
/// # Errors
/// [`Error::Channel`] where `channel` is not below `channels`.
pub fn pick<S: Sample>(interleaved: &[S], channels: usize, channel: usize, mono: &mut Vec<f32>) -> Result<(), Error> {
    if channel >= channels {
        return Err(Error::Channel { given: channel, channels });
    }
    mono.extend(interleaved.chunks_exact(channels).map(|frame| frame[channel].to_f32()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_are_averaged_or_picked() {
        let stereo: [i16; 7] = [16_384, 0, -32_768, 32_767, 100, 100, 9]; // two channels and a stray sample
        let mut mono = Vec::new();
        mix_down(&stereo, 2, &mut mono);
        assert_eq!(mono, [0.25, -0.5 / 32_768.0, 100.0 / 32_768.0]);

        mono.clear();
        pick(&stereo, 2, 1, &mut mono).unwrap();
        assert_eq!(mono, [0.0, 32_767.0 / 32_768.0, 100.0 / 32_768.0]);
    }

    #[test]
    fn a_missing_channel_is_an_error_and_no_channels_give_nothing() {
        let mut mono = Vec::new();
        assert_eq!(pick(&[0.5_f32], 1, 1, &mut mono), Err(Error::Channel { given: 1, channels: 1 }));
        mix_down(&[0.5_f32], 0, &mut mono);
        assert!(mono.is_empty());
    }
}
