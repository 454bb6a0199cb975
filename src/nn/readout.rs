//! The last layer of a network: one number.

use super::Tensors;
use crate::error::Error;
use crate::kernels::{Set, sigmoid};

/// A ReLU, a fully connected layer with one output, and a sigmoid.
#[derive(Clone)]
pub(crate) struct Readout {
    weight: Vec<f32>, // (inputs)
    bias: f32,
}

impl Readout {
    /// Reads the tensors `{name}.weight` (1, inputs) and `{name}.bias` (1).
    pub(crate) fn load(tensors: &Tensors<'_>, name: &str, inputs: usize) -> Result<Self, Error> {
        let weight = tensors.values(&format!("{name}.weight"), &[1, inputs])?;
        let bias = tensors.values(&format!("{name}.bias"), &[1])?[0];
        Ok(Self { weight, bias })
    }

    /// The output for `x` (inputs), from 0 to 1.
    pub(crate) fn score(&self, kernels: Set, x: &[f32]) -> f32 {
        sigmoid(kernels.dot_relu(&self.weight, x) + self.bias)
    }
}
