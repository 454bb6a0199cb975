//! The gated recurrent unit (Cho et al. 2014), in the form that has two biases.
#![cfg_attr(not(test), expect(dead_code, reason = "Silero has an LSTM; the cell is for networks to come"))]

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
    /// `{name}.bias_hh` (3 * hidden).
    pub(crate) fn load(
        kernels: Set,
        tensors: &Tensors<'_>,
        name: &str,
        inputs: usize,
        hidden: usize,
    ) -> Result<Self, Error> {
        let gates = 3 * hidden;
        let load = |part: &str, columns: usize| {
            let weight = tensors.values(&format!("{name}.weight_{part}"), &[gates, columns])?;
            let bias = tensors.values(&format!("{name}.bias_{part}"), &[gates])?;
            Ok(kernels.pack(Shape::matrix(gates, columns), Inputs::Dense, &weight, bias))
        };
        Ok(Self { input: load("ih", inputs)?, recurrent: load("hh", hidden)? })
    }

    /// Moves the state `h` (hidden) on by the input `x` (inputs); `gates` (6 * hidden) is scratch.
    pub(crate) fn step(&self, kernels: Set, x: &[f32], h: &mut [f32], gates: &mut [f32]) {
        let (from_input, from_hidden) = gates.split_at_mut(3 * h.len());
        kernels.convolve(&self.input, x, from_input, End::Bias);
        kernels.convolve(&self.recurrent, h, from_hidden, End::Bias);
        kernels.gru_gates(from_input, from_hidden, h);
    }
}
