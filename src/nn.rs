//! Network layers over the kernels.
//!
//! Activations lie in memory as (time, channels), so that a convolution's window over neighbouring times is one
//! contiguous slice, and a convolution is a matrix times that slice.

mod conv1d;
mod gru;
mod linear;
mod lstm;
mod tensors;

pub(crate) use conv1d::{Conv1d, Conv1dShape};
#[cfg_attr(not(test), expect(unused_imports, reason = "Silero has an LSTM; the cell is for networks to come"))]
pub(crate) use gru::GruCell;
pub(crate) use linear::Linear;
pub(crate) use lstm::LstmCell;
pub(crate) use tensors::Tensors;

#[cfg(test)]
mod tests;

/// Negative numbers become 0.
pub(crate) fn relu(x: &mut [f32]) {
    for x in x {
        *x = x.max(0.0);
    }
}
