//! Convolution over the present and past hops of a stream.

use super::Tensors;
use crate::error::Error;
use crate::kernels::{End, Inputs, Set, Shape, Weights};

/// A convolution over time that looks back only, and a ReLU: a matrix times the inputs of the last `taps` hops.
#[derive(Clone)]
pub(crate) struct CausalConv1d {
    weights: Weights, // (outputs, taps * inputs)
}

impl CausalConv1d {
    /// Reads the tensors `{name}.weight` (outputs, inputs, taps) and `{name}.bias` (outputs); the last tap is the present.
    pub(crate) fn load(
        kernels: Set,
        tensors: &Tensors<'_>,
        name: &str,
        inputs: usize,
        outputs: usize,
        taps: usize,
    ) -> Result<Self, Error> {
        let weight = tensors.values(&format!("{name}.weight"), &[outputs, inputs, taps])?;
        let bias = tensors.values(&format!("{name}.bias"), &[outputs])?;
        let by_tap = |row: usize| (0..taps * inputs).map(move |at| (row * inputs + at % inputs) * taps + at / inputs);
        let weight: Vec<f32> = (0..outputs).flat_map(by_tap).map(|at| weight[at]).collect();
        let weights = kernels.pack(Shape::matrix(outputs, taps * inputs), Inputs::Alone, &weight, bias);
        Ok(Self { weights })
    }

    /// Shapes: `x` (frames, taps, inputs), the oldest hop first; `y` (frames, outputs).
    pub(crate) fn forward_relu(&self, kernels: Set, x: &[f32], y: &mut [f32]) {
        kernels.convolve(&self.weights, x, y, End::BiasRelu);
    }
}
