//! This engine: Silero's network in three modes, the network of our own, and WebRTC's detector.

mod together;

use std::process::ExitCode;
use std::sync::Arc;

use runner::{Error, FRAME, Options, race};
use voiced::silero::Model;
use voiced::{BATCH, Detector, Gru, Kernels, Silero, WebRtc, WebRtcConfig, gru};

fn main() -> ExitCode {
    runner::main(|options| match options.mode.as_str() {
        "kernels" => {
            let names: Vec<_> = Kernels::available().map(Kernels::name).collect();
            println!("{}", names.join(" "));
            Ok(())
        }
        "stream" => stream(options),
        "offline" => offline(options),
        "together" => together::together(options, &model(options)?),
        "gru" => small(options),
        "webrtc" => webrtc(options),
        _ => Err(options.unknown_mode("kernels, stream, offline, together, gru and webrtc")),
    })
}

fn model(options: &Options) -> Result<Arc<Model>, Error> {
    Ok(Arc::new(Model::embedded(options.rate, options.kernels.parse()?)?))
}

/// One stream, frame by frame.
fn stream(options: &Options) -> Result<(), Error> {
    let samples = options.floats()?;
    let mut detector = Silero::new(model(options)?);
    race(options, |scores| {
        detector.reset();
        scores.extend(samples.chunks(FRAME).map(|frame| detector.score(frame)));
        Ok(())
    })
}

/// A whole recording, in the batches that `voiced detect` uses.
fn offline(options: &Options) -> Result<(), Error> {
    let samples = options.floats()?;
    let mut detector = Silero::new(model(options)?);
    detector.reserve(BATCH);
    race(options, |scores| {
        detector.score_all(&samples, scores);
        Ok(())
    })
}

/// The network of our own, one stream, hop by hop.
fn small(options: &Options) -> Result<(), Error> {
    let samples = options.floats()?;
    let mut detector = Gru::new(Arc::new(gru::Model::embedded(options.kernels.parse()?)?));
    let spec = detector.spec();
    race(options, |scores| {
        detector.reset();
        scores.extend(samples.windows(spec.frame).step_by(spec.hop).map(|frame| detector.score(frame)));
        Ok(())
    })
}

/// WebRTC's detector, mode 0, frames of 10 ms; a score is its decision, 0 or 1.
fn webrtc(options: &Options) -> Result<(), Error> {
    let samples = options.samples()?;
    let mut detector = WebRtc::new(options.rate, &WebRtcConfig::default())?;
    let frame = detector.spec().frame;
    race(options, |scores| {
        detector.reset();
        scores.extend(samples.chunks_exact(frame).map(|frame| f32::from(detector.decide(frame))));
        Ok(())
    })
}
