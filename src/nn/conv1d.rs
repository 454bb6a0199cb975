//! Convolution over the few times of a frame.

use super::Tensors;
use crate::error::Error;
use crate::kernels::{End, Inputs, Set, Shape, Weights};

/// A convolution with an odd kernel, padded by half of it on both sides, and a ReLU.
#[derive(Clone)]
pub(crate) struct Conv1d {
    weights: Weights,
}

impl Conv1d {
    /// Reads the tensors `{name}.weight` (outputs, inputs, taps), with the lowest bin first where the inputs are spectra, and
    /// `{name}.bias` (outputs).
    ///
    /// Of the taps over a single time only the middle one meets data: the layer is then a matrix.
    pub(crate) fn load(
        kernels: Set,
        tensors: &Tensors<'_>,
        name: &str,
        shape: Shape,
        inputs: Inputs,
    ) -> Result<Self, Error> {
        let Shape { outputs, taps, .. } = shape;
        let mut weight = tensors.values(&format!("{name}.weight"), &[outputs, shape.inputs, taps])?;
        let bias = tensors.values(&format!("{name}.bias"), &[outputs])?;
        if inputs == Inputs::Spectra {
            for row in weight.chunks_exact_mut(shape.inputs * taps) {
                row.reverse();
                row.chunks_exact_mut(taps).for_each(<[f32]>::reverse);
            }
        }
        let weights = if shape.times == 1 {
            let middle: Vec<f32> = weight.chunks_exact(taps).map(|taps| taps[taps.len() / 2]).collect();
            kernels.pack(Shape::matrix(outputs, shape.inputs), inputs, &middle, bias)
        } else {
            kernels.pack(shape, inputs, &weight, bias)
        };
        Ok(Self { weights })
    }

    pub(crate) fn weights(&self) -> &Weights {
        &self.weights
    }

    /// Shapes: as for [`Set::convolve`].
    pub(crate) fn forward_relu(&self, kernels: Set, x: &[f32], y: &mut [f32]) {
        kernels.convolve(&self.weights, x, y, End::BiasRelu);
    }

    /// [`Conv1d::forward_relu`] of one frame, and beside it the product of a matrix and `h`; see
    /// [`Set::convolve_beside`].
    pub(crate) fn forward_relu_beside(
        &self,
        kernels: Set,
        x: &[f32],
        y: &mut [f32],
        matrix: &Weights,
        h: &[f32],
        product: &mut [f32],
    ) {
        kernels.convolve_beside(&self.weights, x, y, matrix, h, product);
    }
}
