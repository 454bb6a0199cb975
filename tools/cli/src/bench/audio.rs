//! What is listened to while it is measured.

use std::f32::consts::TAU;
use std::path::Path;

use voiced::audio::mix_down;

use crate::fault::Fault;
use crate::input::Recording;
use crate::resampled::resampled;

/// Seconds of a recording that are used at most, and of what is made without one.
const SECONDS: usize = 10;

/// Samples at `rate` Hz from a recording, or made up where none is given; and what they are, in words.
pub(super) fn samples(file: Option<&Path>, rate: u32) -> Result<(Vec<f32>, String), Fault> {
    let Some(file) = file else {
        return Ok((syllables(rate), format!("{SECONDS} s of made-up syllables in noise")));
    };
    let mut recording = Recording::open(file)?;
    let fault = |reason: String| Fault::new(file.display().to_string(), reason);
    let (mut block, mut mono) = (Vec::new(), Vec::new());
    while mono.len() < SECONDS * recording.rate as usize {
        recording.next(&mut block)?;
        if block.is_empty() {
            break;
        }
        mix_down(&block, recording.channels, &mut mono);
    }
    mono.truncate(SECONDS * recording.rate as usize);
    let heard = resampled(&mono, recording.rate, rate).map_err(|error| fault(error.to_string()))?;
    let length = heard.len() as f64 / f64::from(rate);
    if length < 3.0 {
        return Err(fault(format!("it is {length:.1} s long: to measure by takes at least 3 s")));
    }
    Ok((heard, format!("{length:.0} s of {}", file.display())))
}

/// Syllables of a buzz through two resonances, with pauses, in faint noise: enough like speech that networks have as much
/// to do as with it.
fn syllables(rate: u32) -> Vec<f32> {
    let resonance = |hertz: f32, width: f32| {
        let radius = (-std::f32::consts::PI * width / rate as f32).exp();
        [2.0 * radius * (TAU * hertz / rate as f32).cos(), -radius * radius]
    };
    let mut state = 1_u32;
    let mut past = [[0.0_f32; 2]; 2];
    let mut since = 0;
    (0..SECONDS * rate as usize)
        .map(|n| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = state as i32 as f32 / 2_147_483_648.0;
            let time = n as f32 / rate as f32;
            let [syllable, phase] = [(time / 0.25).floor(), (time / 0.25).fract()];
            let loud = if syllable as i32 % 8 < 6 { (std::f32::consts::PI * phase).sin() } else { 0.0 };
            since += 1;
            let pitch = 120.0 + 20.0 * (time * 0.7 * TAU).sin();
            let pulse = if since as f32 >= rate as f32 / pitch { 1.0 } else { 0.0 };
            since = if pulse > 0.0 { 0 } else { since };
            let [first, second] =
                [(500.0 + 60.0 * (syllable % 5.0), 80.0), (1200.0 + 200.0 * (syllable % 4.0), 120.0)];
            let mut value = pulse * loud + 0.02 * noise * loud;
            for ((hertz, width), past) in [first, second].into_iter().zip(&mut past) {
                let [a, b] = resonance(hertz, width);
                value += a * past[0] + b * past[1];
                *past = [value, past[0]];
            }
            0.02 * value + 0.001 * noise
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_up_is_speech_to_the_network() {
        let made = syllables(16_000);
        assert_eq!(made.len(), SECONDS * 16_000);
        assert!(made.iter().all(|sample| sample.abs() < 1.0));
        let silero = voiced::Kind::Silero.load(16_000).unwrap();
        let found = voiced::segments(silero.detector(), &made, 16_000, &voiced::SegmentConfig::default()).unwrap();
        assert!(!found.is_empty(), "{found:?}");
    }
}
