//! This engine: Silero's network in three modes, the network of our own, and WebRTC's detector.

mod together;

use std::process::ExitCode;

use runner::{Error, FRAME, Options, race};
use voiced::webrtc::{WebRtc, WebRtcConfig};
use voiced::{BATCH, Detector, Kernels, Kind, Loaded};

fn main() -> ExitCode {
    runner::main(|options| match options.mode.as_str() {
        "kernels" => {
            let names: Vec<_> = Kernels::available().map(Kernels::name).collect();
            println!("{}", names.join(" "));
            Ok(())
        }
        "stream" => stream(options),
        "offline" => offline(options),
        "together" => together::together(options, &load(Kind::Silero, options)?),
        "gru" => small(options),
        "webrtc" => webrtc(options),
        _ => Err(options.unknown_mode("kernels, stream, offline, together, gru and webrtc")),
    })
}

fn load(kind: Kind, options: &Options) -> Result<Loaded, Error> {
    Ok(kind.load_with(options.rate, options.kernels.parse()?)?)
}

/// One stream, frame by frame.
fn stream(options: &Options) -> Result<(), Error> {
    let samples = options.floats()?;
    let mut detector = load(Kind::Silero, options)?.detector();
    race(options, |scores| {
        detector.reset();
        scores.extend(samples.chunks(FRAME).map(|frame| detector.score(frame)));
        Ok(())
    })
}

/// A whole recording, in the batches that `voiced detect` uses.
fn offline(options: &Options) -> Result<(), Error> {
    let samples = options.floats()?;
    let mut detector = load(Kind::Silero, options)?.detector();
    detector.reserve(BATCH);
    race(options, |scores| {
        detector.score_all(&samples, scores);
        Ok(())
    })
}

/// The network of our own, one stream, hop by hop.
fn small(options: &Options) -> Result<(), Error> {
    let samples = options.floats()?;
    let mut detector = load(Kind::Gru, options)?.detector();
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
