//! The official Silero models on `rten`, which reads ONNX files as they are.
//!
//! The caller sets `RTEN_NUM_THREADS` to 1.

use std::process::ExitCode;

use rten::{Model, NodeId, Value, ValueOrView};
use rten_tensor::prelude::*;
use rten_tensor::{NdTensor, NdTensorView, Tensor};
use runner::{CONTEXT, Error, FRAME, Options, race, with_context};

/// Samples that the network gets for a frame.
const WINDOW: usize = CONTEXT + FRAME;
/// Numbers in h, and in c, of the LSTM.
const HIDDEN: usize = 128;

fn main() -> ExitCode {
    runner::main(|options| {
        let model = Model::load_file(&options.model).map_err(|e| format!("{}: {e}", options.model.display()))?;
        match options.mode.as_str() {
            "stream" => stream(options, &model),
            "offline" => offline(options, &model),
            _ => Err(options.unknown_mode("stream and offline")),
        }
    })
}

/// One stream, frame by frame: `input` (1, WINDOW), `state` (2, 1, HIDDEN), and `sr` () where the model has it.
fn stream(options: &Options, model: &Model) -> Result<(), Error> {
    let windows = with_context(&options.floats()?);
    let [input, state, output, new_state] = nodes(model, ["input", "state", "output", "stateN"])?;
    let rate = model.find_node("sr").map(|node| (node, Value::from(Tensor::from(16_000_i32))));
    race(options, |scores| {
        let mut now = Value::from(NdTensor::<f32, 3>::zeros([2, 1, HIDDEN]));
        for window in windows.chunks_exact(WINDOW) {
            let window = NdTensorView::from_data([1, WINDOW], window);
            let mut given: Vec<(NodeId, ValueOrView)> = vec![(input, window.into()), (state, (&now).into())];
            given.extend(rate.iter().map(|(node, rate)| (*node, rate.into())));
            let [score, new] = model.run_n(given, [output, new_state], None)?;
            append(score, scores)?;
            now = new;
        }
        Ok(())
    })
}

/// A whole recording: `input` (frames, WINDOW), `h` and `c` (1, 1, HIDDEN).
fn offline(options: &Options, model: &Model) -> Result<(), Error> {
    let windows = with_context(&options.floats()?);
    let [input, h, c] = nodes(model, ["input", "h", "c"])?;
    let outputs = nodes(model, ["speech_probs", "hn", "cn"])?;
    race(options, |scores| {
        let zeros = || Value::from(NdTensor::<f32, 3>::zeros([1, 1, HIDDEN]));
        let mut state = [zeros(), zeros()];
        for block in windows.chunks(options.block * WINDOW) {
            let block = NdTensorView::from_data([block.len() / WINDOW, WINDOW], block);
            let given = vec![(input, block.into()), (h, (&state[0]).into()), (c, (&state[1]).into())];
            let [found, new_h, new_c] = model.run_n(given, outputs, None)?;
            append(found, scores)?;
            state = [new_h, new_c];
        }
        Ok(())
    })
}

fn append(from: Value, scores: &mut Vec<f32>) -> Result<(), Error> {
    let from: Tensor<f32> = from.try_into()?;
    scores.extend(from.iter());
    Ok(())
}

fn nodes<const N: usize>(model: &Model, names: [&str; N]) -> Result<[NodeId; N], Error> {
    let mut nodes = Vec::with_capacity(N);
    for name in names {
        nodes.push(model.node_id(name).map_err(|e| format!("no node {name}: {e}"))?);
    }
    nodes.try_into().map_err(|_| "as many nodes as names".into())
}
