//! A fully connected layer.

use super::Tensors;
use crate::error::Error;
use crate::kernels::{Begin, End, Set, Shape, Weights};

/// `y = W x + b`.
#[derive(Clone)]
pub(crate) struct Linear {
    weights: Weights, // (outputs, inputs)
}

impl Linear {
    /// Reads the tensors `{name}.weight` (outputs, inputs) and `{name}.bias` (outputs).
    pub(crate) fn load(tensors: &Tensors<'_>, name: &str, inputs: usize, outputs: usize) -> Result<Self, Error> {
        let weight = tensors.values(&format!("{name}.weight"), &[outputs, inputs])?;
        let bias = tensors.values(&format!("{name}.bias"), &[outputs])?;
        Ok(Self { weights: Weights::pack(Shape::matrix(outputs, inputs), &weight, bias) })
    }

    /// Shapes: `x` (frames, inputs), `y` (frames, outputs).
    pub(crate) fn forward(&self, kernels: Set, x: &[f32], y: &mut [f32]) {
        kernels.convolve(&self.weights, x, y, Begin::Zero, End::Bias);
    }
}
