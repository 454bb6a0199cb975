//! The official Silero models on `tract`, each optimised for the shapes that it is run with; one thread, its default.

use std::process::ExitCode;
use std::sync::Arc;

use runner::{CONTEXT, Error, FRAME, Options, race, with_context};
use tract_onnx::prelude::*;

/// Samples that the network gets for a frame.
const WINDOW: usize = CONTEXT + FRAME;
/// Numbers in h, and in c, of the LSTM.
const HIDDEN: usize = 128;

type Plan = Arc<TypedRunnableModel>;

fn main() -> ExitCode {
    runner::main(|options| match options.mode.as_str() {
        "stream" => stream(options),
        "offline" => offline(options),
        _ => Err(options.unknown_mode("stream and offline")),
    })
}

/// The model, made ready for f32 inputs of the given shapes; a further input is the rate and becomes a constant.
fn plan(options: &Options, shapes: &[&[usize]]) -> Result<Plan, Error> {
    let build = || -> TractResult<Plan> {
        let mut model = tract_onnx::onnx().model_for_path(&options.model)?;
        for (i, shape) in shapes.iter().enumerate() {
            model = model.with_input_fact(i, f32::fact(*shape).into())?;
        }
        if model.input_outlets()?.len() > shapes.len() {
            let rate = tensor0(i64::from(options.rate));
            model = model.with_input_fact(shapes.len(), InferenceFact::from(rate))?;
        }
        model.into_optimized()?.into_runnable()
    };
    build().map_err(|e| format!("{}: {e:#}", options.model.display()).into())
}

/// One stream, frame by frame: inputs (1, WINDOW) and state (2, 1, HIDDEN), and the rate () where the model has it.
fn stream(options: &Options) -> Result<(), Error> {
    let windows = with_context(&options.floats()?);
    let plan = plan(options, &[&[1, WINDOW], &[2, 1, HIDDEN]])?;
    let rate = tensor0(i64::from(options.rate)).into_tvalue();
    let has_rate = plan.model().input_outlets()?.len() == 3;
    race(options, |scores| {
        let mut state = Tensor::zero::<f32>(&[2, 1, HIDDEN])?.into_tvalue();
        for window in windows.chunks_exact(WINDOW) {
            let mut given = tvec![Tensor::from_shape(&[1, WINDOW], window)?.into_tvalue(), state];
            given.extend(has_rate.then(|| rate.clone()));
            let mut outputs = plan.run(given)?;
            scores.extend_from_slice(outputs[0].try_as_plain_ram()?.as_slice::<f32>()?);
            state = outputs.remove(1);
        }
        Ok(())
    })
}

/// A whole recording: inputs (frames, WINDOW), h and c (1, 1, HIDDEN).
fn offline(options: &Options) -> Result<(), Error> {
    let windows = with_context(&options.floats()?);
    let block_plan = |block: &[f32]| {
        let state: &[usize] = &[1, 1, HIDDEN];
        Ok((block.to_vec(), plan(options, &[&[block.len() / WINDOW, WINDOW], state, state])?))
    };
    // The last block is shorter, and a plan is for one shape.
    let blocks = windows.chunks(options.block * WINDOW).map(block_plan).collect::<Result<Vec<_>, Error>>()?;
    race(options, |scores| {
        let zeros = || TractResult::Ok(Tensor::zero::<f32>(&[1, 1, HIDDEN])?.into_tvalue());
        let (mut h, mut c) = (zeros()?, zeros()?);
        for (block, plan) in &blocks {
            let block = Tensor::from_shape(&[block.len() / WINDOW, WINDOW], block)?.into_tvalue();
            let mut outputs = plan.run(tvec![block, h, c])?;
            scores.extend_from_slice(outputs[0].try_as_plain_ram()?.as_slice::<f32>()?);
            c = outputs.remove(2);
            h = outputs.remove(1);
        }
        Ok(())
    })
}
