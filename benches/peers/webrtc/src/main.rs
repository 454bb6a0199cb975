//! `webrtc-vad`: libfvad, WebRTC's detector in C; mode 0, frames of 10 ms. A score is its decision, 0 or 1.

use std::process::ExitCode;

use runner::race;
use webrtc_vad::{SampleRate, Vad, VadMode};

fn main() -> ExitCode {
    runner::main(|options| {
        if options.mode != "webrtc" {
            return Err(options.unknown_mode("webrtc"));
        }
        let samples = options.samples()?;
        let frame = options.rate as usize / 100;
        let mut detector = Vad::new();
        race(options, |scores| {
            detector.reset(); // also the mode and the rate
            detector.set_mode(VadMode::Quality);
            detector.set_sample_rate(SampleRate::try_from(i32::try_from(options.rate)?)?);
            for frame in samples.chunks_exact(frame) {
                let speech = detector.is_voice_segment(frame).map_err(|()| "libfvad refused a frame")?;
                scores.push(f32::from(speech));
            }
            Ok(())
        })
    })
}
