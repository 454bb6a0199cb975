//! The long short-term memory cell (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000).

use super::Tensors;
use crate::error::Error;
use crate::kernels::{End, Inputs, Set, Shape, Weights};

/// One step of an LSTM, in PyTorch's order of gates:
///
/// ```text
/// i, f, g, o = W_ih x + W_hh h + (b_ih + b_hh)
/// c' = sigmoid(f) c + sigmoid(i) tanh(g)
/// h' = sigmoid(o) tanh(c')
/// ```
///
/// Both products are sums of their own, so that either may be computed first.
#[derive(Clone)]
pub(crate) struct LstmCell {
    input: Weights,     // (4 * hidden, inputs)
    recurrent: Weights, // (4 * hidden, hidden); its bias is b_ih + b_hh
}

impl LstmCell {
    /// Reads `{name}.weight_ih` (4 * hidden, inputs), `{name}.weight_hh` (4 * hidden, hidden), `{name}.bias_ih` and
    /// `{name}.bias_hh` (4 * hidden). The inputs are those that a ReLU left.
    pub(crate) fn load(
        kernels: Set,
        tensors: &Tensors<'_>,
        name: &str,
        inputs: usize,
        hidden: usize,
    ) -> Result<Self, Error> {
        let gates = 4 * hidden;
        let input = tensors.values(&format!("{name}.weight_ih"), &[gates, inputs])?;
        let recurrent = tensors.values(&format!("{name}.weight_hh"), &[gates, hidden])?;
        let bias_input = tensors.values(&format!("{name}.bias_ih"), &[gates])?;
        let bias_recurrent = tensors.values(&format!("{name}.bias_hh"), &[gates])?;
        let bias = bias_input.iter().zip(&bias_recurrent).map(|(a, b)| a + b).collect();
        Ok(Self {
            input: kernels.pack(Shape::matrix(gates, inputs), Inputs::Rectified, &input, vec![0.0; gates]),
            recurrent: kernels.pack(Shape::matrix(gates, hidden), Inputs::Dense, &recurrent, bias),
        })
    }

    /// `W_ih x` of frames; shapes: `x` (frames, inputs), `from_input` (frames, 4 * hidden).
    pub(crate) fn project(&self, kernels: Set, x: &[f32], from_input: &mut [f32]) {
        kernels.convolve(&self.input, x, from_input, End::Sum);
    }

    /// `W_hh h` of frames; shapes: `h` (frames, hidden), `from_hidden` (frames, 4 * hidden).
    pub(crate) fn recall(&self, kernels: Set, h: &[f32], from_hidden: &mut [f32]) {
        kernels.convolve(&self.recurrent, h, from_hidden, End::Sum);
    }

    /// `W_hh`, for those who compute [`recall`](LstmCell::recall) beside something else.
    pub(crate) fn recurrent(&self) -> &Weights {
        &self.recurrent
    }

    /// Moves the state `h`, `c` (hidden) of one frame on, from both products (4 * hidden).
    pub(crate) fn step(&self, kernels: Set, from_input: &[f32], from_hidden: &[f32], h: &mut [f32], c: &mut [f32]) {
        kernels.lstm_gates(from_input, from_hidden, self.recurrent.bias(), h, c);
    }
}
