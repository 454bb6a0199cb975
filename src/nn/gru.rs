//! The gated recurrent unit (Cho et al. 2014), in the form that has two biases.

use super::Tensors;
use crate::error::Error;
use crate::kernels::{End, Inputs, Set, Shape, Weights};

/// One step of a GRU, as PyTorch's `GRUCell` computes it:
///
/// ```text
/// r = sigmoid(W_ir x + b_ir + W_hr h + b_hr)
/// z = sigmoid(W_iz x + b_iz + W_hz h + b_hz)
/// n = tanh(W_in x + b_in + r (W_hn h + b_hn))
/// h' = (1 - z) n + z h
/// ```
#[derive(Clone)]
pub(crate) struct GruCell {
    input: Weights,     // (3 * hidden, inputs), gates r, z, n
    recurrent: Weights, // (3 * hidden, hidden)
}

impl GruCell {
    /// Reads `{name}.weight_ih` (3 * hidden, inputs), `{name}.weight_hh` (3 * hidden, hidden), `{name}.bias_ih` and
    /// `{name}.bias_hh` (3 * hidden). The inputs are those that a ReLU left.
    pub(crate) fn load(
        kernels: Set,
        tensors: &Tensors<'_>,
        name: &str,
        inputs: usize,
        hidden: usize,
    ) -> Result<Self, Error> {
        let gates = 3 * hidden;
        let load = |part: &str, columns: usize, sort: Inputs| {
            let weight = tensors.values(&format!("{name}.weight_{part}"), &[gates, columns])?;
            let bias = tensors.values(&format!("{name}.bias_{part}"), &[gates])?;
            Ok(kernels.pack(Shape::matrix(gates, columns), sort, &weight, bias))
        };
        Ok(Self { input: load("ih", inputs, Inputs::Rectified)?, recurrent: load("hh", hidden, Inputs::Alone)? })
    }

    /// `W_ih x + b_ih` of frames; shapes: `x` (frames, inputs), `from_input` (frames, 3 * hidden).
    pub(crate) fn project(&self, kernels: Set, x: &[f32], from_input: &mut [f32]) {
        kernels.convolve(&self.input, x, from_input, End::Bias);
    }

    /// `W_hh h + b_hh` of frames; shapes: `h` (frames, hidden), `from_hidden` (frames, 3 * hidden).
    pub(crate) fn recall(&self, kernels: Set, h: &[f32], from_hidden: &mut [f32]) {
        kernels.convolve(&self.recurrent, h, from_hidden, End::Bias);
    }

    /// Moves the state `h` (hidden) of one frame on, from both products (3 * hidden).
    pub(crate) fn step(kernels: Set, from_input: &[f32], from_hidden: &[f32], h: &mut [f32]) {
        kernels.gru_gates(from_input, from_hidden, h);
    }
}
