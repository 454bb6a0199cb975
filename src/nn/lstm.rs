//! The long short-term memory cell (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000).

use super::Tensors;
use crate::error::Error;
use crate::kernels::{Begin, End, Set, Shape, Weights};

/// One step of an LSTM, in PyTorch's order of gates:
///
/// ```text
/// i, f, g, o = W_ih x + b_ih + W_hh h + b_hh
/// c' = sigmoid(f) c + sigmoid(i) tanh(g)
/// h' = sigmoid(o) tanh(c')
/// ```
#[derive(Clone)]
pub(crate) struct LstmCell {
    input: Weights,     // (4 * hidden, inputs)
    recurrent: Weights, // (4 * hidden, hidden); its bias is b_ih + b_hh
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
        let bias = bias_input.iter().zip(&bias_recurrent).map(|(a, b)| a + b).collect();
        Ok(Self {
            input: Weights::pack(Shape::matrix(gates, inputs), &input, vec![0.0; gates]),
            recurrent: Weights::pack(Shape::matrix(gates, hidden), &recurrent, bias),
        })
    }

    /// What the gates of frames get from their inputs; shapes: `x` (frames, inputs), `gates` (frames, 4 * hidden).
    pub(crate) fn project(&self, kernels: Set, x: &[f32], gates: &mut [f32]) {
        kernels.convolve(&self.input, x, gates, Begin::Zero, End::Sum);
    }

    /// Moves the state `h`, `c` (hidden) on by one frame, from what [`LstmCell::project`] put into `gates` (4 * hidden).
    pub(crate) fn step(&self, kernels: Set, gates: &mut [f32], h: &mut [f32], c: &mut [f32]) {
        kernels.convolve(&self.recurrent, h, gates, Begin::FromY, End::Bias);
        kernels.lstm_gates(gates, h, c);
    }
}
