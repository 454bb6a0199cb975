//! The gated recurrent unit (Cho et al. 2014), in the form that has two biases.
#![cfg_attr(not(test), expect(dead_code, reason = "Silero has an LSTM; the cell is for networks to come"))]

use super::{Tensors, add};
use crate::error::Error;
use crate::kernels::{Kernels, Panels};

/// One step of a GRU, as PyTorch's `GRUCell` computes it:
///
/// ```text
/// r = sigmoid(W_ir x + b_ir + W_hr h + b_hr)
/// z = sigmoid(W_iz x + b_iz + W_hz h + b_hz)
/// n = tanh(W_in x + b_in + r (W_hn h + b_hn))
/// h' = (1 - z) n + z h
/// ```
#[derive(Clone, Debug)]
pub(crate) struct GruCell {
    input: Panels,            // (3 * hidden, inputs), gates r, z, n
    recurrent: Panels,        // (3 * hidden, hidden)
    bias_input: Vec<f32>,     // (3 * hidden)
    bias_recurrent: Vec<f32>, // (3 * hidden)
    hidden: usize,
}

impl GruCell {
    /// Reads `{name}.weight_ih` (3 * hidden, inputs), `{name}.weight_hh` (3 * hidden, hidden), `{name}.bias_ih` and
    /// `{name}.bias_hh` (3 * hidden).
    pub(crate) fn load(tensors: &Tensors<'_>, name: &str, inputs: usize, hidden: usize) -> Result<Self, Error> {
        let gates = 3 * hidden;
        let input = tensors.values(&format!("{name}.weight_ih"), &[gates, inputs])?;
        let recurrent = tensors.values(&format!("{name}.weight_hh"), &[gates, hidden])?;
        Ok(Self {
            input: Panels::pack(gates, inputs, |o, i| input[o * inputs + i]),
            recurrent: Panels::pack(gates, hidden, |o, i| recurrent[o * hidden + i]),
            bias_input: tensors.values(&format!("{name}.bias_ih"), &[gates])?,
            bias_recurrent: tensors.values(&format!("{name}.bias_hh"), &[gates])?,
            hidden,
        })
    }

    /// Moves the state `h` (hidden) on by the input `x` (inputs); `gates` (6 * hidden) is scratch.
    pub(crate) fn step(&self, kernels: Kernels, x: &[f32], h: &mut [f32], gates: &mut [f32]) {
        let (from_input, from_hidden) = gates.split_at_mut(3 * self.hidden);
        from_input.fill(0.0);
        kernels.accumulate(&self.input, x, from_input);
        add(from_input, &self.bias_input);
        from_hidden.fill(0.0);
        kernels.accumulate(&self.recurrent, h, from_hidden);
        add(from_hidden, &self.bias_recurrent);

        let (reset_update, new) = from_input.split_at_mut(2 * self.hidden);
        let (hidden_reset_update, hidden_new) = from_hidden.split_at(2 * self.hidden);
        add(reset_update, hidden_reset_update);
        kernels.sigmoid(reset_update);
        let (reset, update) = reset_update.split_at(self.hidden);
        for u in 0..self.hidden {
            new[u] += reset[u] * hidden_new[u];
        }
        kernels.tanh(new);
        for u in 0..self.hidden {
            h[u] = update[u].mul_add(h[u] - new[u], new[u]);
        }
    }
}
