//! A fully connected layer.

use super::{Tensors, add};
use crate::error::Error;
use crate::kernels::{Kernels, Panels};

/// `y = W x + b`.
#[derive(Clone, Debug)]
pub(crate) struct Linear {
    weights: Panels, // (outputs, inputs)
    bias: Vec<f32>,  // (outputs)
}

impl Linear {
    /// Reads the tensors `{name}.weight` (outputs, inputs) and `{name}.bias` (outputs).
    pub(crate) fn load(tensors: &Tensors<'_>, name: &str, inputs: usize, outputs: usize) -> Result<Self, Error> {
        let weight = tensors.values(&format!("{name}.weight"), &[outputs, inputs])?;
        Ok(Self {
            weights: Panels::pack(outputs, inputs, |o, i| weight[o * inputs + i]),
            bias: tensors.values(&format!("{name}.bias"), &[outputs])?,
        })
    }

    /// Shapes: `x` (inputs), `y` (outputs).
    pub(crate) fn forward(&self, kernels: Kernels, x: &[f32], y: &mut [f32]) {
        y.fill(0.0);
        kernels.accumulate(&self.weights, x, y);
        add(y, &self.bias);
    }
}
