//! `earshot`: one stream, frames of 256 samples at 16 kHz.

use std::process::ExitCode;

use earshot::{DefaultPredictor, Detector};
use runner::race;

/// Samples in a frame; the last one of the recording, if it is not whole, is left out.
const FRAME: usize = 256;

fn main() -> ExitCode {
    runner::main(|options| {
        if options.mode != "stream" {
            return Err(options.unknown_mode("stream"));
        }
        let samples = options.floats()?;
        let mut detector: Box<Detector<DefaultPredictor>> = Detector::default_boxed();
        race(options, |scores| {
            detector.reset();
            scores.extend(samples.chunks_exact(FRAME).map(|frame| detector.predict_f32(frame)));
            Ok(())
        })
    })
}
