//! The long short-term memory cell (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000).

use super::{Tensors, add};
use crate::error::Error;
use crate::kernels::{Kernels, Panels};

/// One step of an LSTM, in PyTorch's order of gates:
///
/// ```text
/// i, f, g, o = W_ih x + b_ih + W_hh h + b_hh
/// c' = sigmoid(f) c + sigmoid(i) tanh(g)
/// h' = sigmoid(o) tanh(c')
/// ```
#[derive(Clone, Debug)]
pub(crate) struct LstmCell {
    input: Panels,     // (4 * hidden, inputs)
    recurrent: Panels, // (4 * hidden, hidden)
    bias: Vec<f32>,    // (4 * hidden): b_ih + b_hh
    hidden: usize,
}

impl LstmCell {
    /// Reads `{name}.weight_ih` (4 * hidden, inputs), `{name}.weight_hh` (4 * hidden, hidden), `{name}.bias_ih` and
    /// `{name}.bias_hh` (4 * hidden).
    pub(crate) fn load(tensors: &Tensors<'_>, name: &str, inputs: usize, hidden: usize) -> Result<Self, Error> {
        let gates = 4 * hidden;
        let input = tensors.values(&format!("{name}.weight_ih"), &[gates, inputs])?;
        let recurrent = tensors.values(&format!("{name}.weight_hh"), &[gates, hidden])?;
        let bias_input = tensors.values(&format!("{name}.bias_ih"), &[gates])?;
        let bias_recurrent = tensors.values(&format!("{name}.bias_hh"), &[gates])?;
        Ok(Self {
            input: Panels::pack(gates, inputs, |o, i| input[o * inputs + i]),
            recurrent: Panels::pack(gates, hidden, |o, i| recurrent[o * hidden + i]),
            bias: bias_input.iter().zip(&bias_recurrent).map(|(a, b)| a + b).collect(),
            hidden,
        })
    }

    /// Moves the state `h`, `c` (hidden) on by the input `x` (inputs); `gates` (4 * hidden) is scratch.
    pub(crate) fn step(&self, kernels: Kernels, x: &[f32], h: &mut [f32], c: &mut [f32], gates: &mut [f32]) {
        gates.fill(0.0);
        kernels.accumulate(&self.input, x, gates);
        kernels.accumulate(&self.recurrent, h, gates);
        add(gates, &self.bias);

        let (input_forget, cell_output) = gates.split_at_mut(2 * self.hidden);
        let (cell, output) = cell_output.split_at_mut(self.hidden);
        kernels.sigmoid(input_forget);
        kernels.tanh(cell);
        kernels.sigmoid(output);
        let (input, forget) = input_forget.split_at(self.hidden);
        for u in 0..self.hidden {
            c[u] = forget[u].mul_add(c[u], input[u] * cell[u]);
        }
        h.copy_from_slice(c);
        kernels.tanh(h);
        for u in 0..self.hidden {
            h[u] *= output[u];
        }
    }
}
