//! The official Silero models on ONNX Runtime, set up as the official package sets it up: one thread, on the CPU.
//!
//! `ORT_DYLIB_PATH` names the library, as for the `ort` crate.

use std::path::PathBuf;
use std::process::ExitCode;

use ort::inputs;
use ort::session::Session;
use ort::session::builder::GraphOptimizationLevel;
use ort::value::{DynValue, Tensor, TensorRef};
use runner::{CONTEXT, Error, FRAME, Options, pieces, race, with_context};

/// Samples that the network gets for a frame.
const WINDOW: usize = CONTEXT + FRAME;
/// Numbers in h, and in c, of the LSTM.
const HIDDEN: usize = 128;

fn main() -> ExitCode {
    runner::main(|options| {
        let session = session(options)?;
        match options.mode.as_str() {
            "stream" => stream(options, session),
            "offline" => offline(options, session),
            "together" => together(options, session),
            _ => Err(options.unknown_mode("stream, offline and together")),
        }
    })
}

fn session(options: &Options) -> Result<Session, Error> {
    let missing = "ORT_DYLIB_PATH is not set: it names the libonnxruntime of the onnxruntime package";
    let library = PathBuf::from(std::env::var_os("ORT_DYLIB_PATH").ok_or(missing)?);
    let environment = ort::init_from(&library).map_err(|e| format!("{}: {e}", library.display()))?.build()?;
    // Level 3 is ONNX Runtime's default, which the package leaves as it is.
    Session::builder(&environment)?
        .with_optimization_level(GraphOptimizationLevel::Level3)?
        .with_intra_threads(1)?
        .with_inter_threads(1)?
        .commit_from_file(&options.model)
        .map_err(|e| format!("{}: {e}", options.model.display()).into())
}

/// Zeros; shape (sizes).
fn zeros<const N: usize>(sizes: [usize; N]) -> Result<DynValue, Error> {
    Ok(Tensor::from_array((sizes, vec![0.0_f32; sizes.iter().product()]))?.into_dyn())
}

/// `silero_vad.onnx` for any number of streams: `input` (streams, WINDOW), `state` (2, streams, HIDDEN), `sr` ().
struct Network {
    session: Session,
    streams: usize,
    /// Where the model has this input; some files of the package are for one rate.
    rate: Option<DynValue>,
    state: DynValue,
}

impl Network {
    fn new(session: Session, streams: usize) -> Result<Self, Error> {
        let has_rate = session.inputs().iter().any(|input| input.name() == "sr");
        let rate = || Tensor::from_array(([0_usize; 0], vec![16_000_i64]));
        let rate = has_rate.then(rate).transpose()?.map(Tensor::into_dyn);
        Ok(Self { session, streams, rate, state: zeros([2, streams, HIDDEN])? })
    }

    fn reset(&mut self) -> Result<(), Error> {
        self.state = zeros([2, self.streams, HIDDEN])?;
        Ok(())
    }

    /// Appends the score of each stream. Shape: `windows` (streams, WINDOW).
    fn step(&mut self, windows: &[f32], scores: &mut Vec<f32>) -> Result<(), Error> {
        let windows = TensorRef::from_array_view(([self.streams, WINDOW], windows))?;
        let mut given = inputs!["input" => windows, "state" => &self.state];
        given.extend(self.rate.iter().map(|rate| ("sr".into(), rate.into())));
        let mut outputs = self.session.run(given)?;
        scores.extend_from_slice(outputs["output"].try_extract_tensor::<f32>()?.1);
        // The new state becomes the next input as it is: nothing is copied.
        self.state = outputs.remove("stateN").ok_or("the model has no output stateN")?;
        Ok(())
    }
}

/// One stream, frame by frame.
fn stream(options: &Options, session: Session) -> Result<(), Error> {
    let windows = with_context(&options.floats()?);
    let mut network = Network::new(session, 1)?;
    race(options, |scores| {
        network.reset()?;
        windows.chunks_exact(WINDOW).try_for_each(|window| network.step(window, scores))
    })
}

/// Many streams, each over its piece of the recording, a frame of each at a time.
fn together(options: &Options, session: Session) -> Result<(), Error> {
    let samples = options.floats()?;
    let steps = pieces(&samples, options.streams);
    let mut network = Network::new(session, options.streams)?;
    let mut windows = vec![0.0; options.streams * WINDOW]; // (streams, WINDOW)
    race(options, |scores| {
        network.reset()?;
        windows.fill(0.0);
        for frames in &steps {
            for (window, frame) in windows.chunks_exact_mut(WINDOW).zip(frames) {
                window.copy_within(FRAME.., 0);
                window[CONTEXT..].copy_from_slice(frame);
            }
            network.step(&windows, scores)?;
        }
        Ok(())
    })
}

/// A whole recording through `silero_vad_16k_sequence.onnx`: `input` (frames, WINDOW), `h` and `c` (1, 1, HIDDEN).
fn offline(options: &Options, mut session: Session) -> Result<(), Error> {
    let windows = with_context(&options.floats()?);
    race(options, |scores| {
        let (mut h, mut c) = (zeros([1, 1, HIDDEN])?, zeros([1, 1, HIDDEN])?);
        for block in windows.chunks(options.block * WINDOW) {
            let block = TensorRef::from_array_view(([block.len() / WINDOW, WINDOW], block))?;
            let mut outputs = session.run(inputs!["input" => block, "h" => &h, "c" => &c])?;
            scores.extend_from_slice(outputs["speech_probs"].try_extract_tensor::<f32>()?.1);
            h = outputs.remove("hn").ok_or("the model has no output hn")?;
            c = outputs.remove("cn").ok_or("the model has no output cn")?;
        }
        Ok(())
    })
}
