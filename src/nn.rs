//! Network layers over the kernels.
//!
//! Every layer sums its products first, from zero and in the order of its inputs, and adds the bias last. That is the
//! order of ONNX Runtime, and it matters: on quiet recordings the bias is much larger than the products, so that a
//! sum that begins with it rounds each of them coarsely, and Silero's scores are then off by 2e-5 instead of 3e-6.

mod causal;
mod conv1d;
mod gru;
mod lstm;
mod readout;
mod tensors;
mod winograd;

pub(crate) use causal::CausalConv1d;
pub(crate) use conv1d::Conv1d;
pub(crate) use gru::GruCell;
pub(crate) use lstm::LstmCell;
pub(crate) use readout::Readout;
pub(crate) use tensors::Tensors;
pub(crate) use winograd::Winograd;

#[cfg(test)]
mod tests;
