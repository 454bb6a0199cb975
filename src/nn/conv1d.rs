//! Convolution over the few times of a frame.

use super::Tensors;
use crate::error::Error;
use crate::kernels::{Begin, End, Set, Shape, Weights};

/// A convolution with an odd kernel, padded by half of it on both sides, and a ReLU.
#[derive(Clone)]
pub(crate) struct Conv1d {
    weights: Weights,
}

impl Conv1d {
    /// Reads the tensors `{name}.weight` (outputs, inputs, taps) and `{name}.bias` (outputs).
    pub(crate) fn load(tensors: &Tensors<'_>, name: &str, shape: Shape) -> Result<Self, Error> {
        let weight = tensors.values(&format!("{name}.weight"), &[shape.outputs, shape.inputs, shape.taps])?;
        let bias = tensors.values(&format!("{name}.bias"), &[shape.outputs])?;
        Ok(Self { weights: Weights::pack(shape, &weight, bias) })
    }

    /// Shapes: `x` (frames, times, inputs), `y` (frames, output times, outputs).
    pub(crate) fn forward_relu(&self, kernels: Set, x: &[f32], y: &mut [f32]) {
        kernels.convolve(&self.weights, x, y, Begin::Zero, End::BiasRelu);
    }
}
