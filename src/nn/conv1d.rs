//! Convolution over time.

use super::Tensors;
use crate::error::Error;
use crate::kernels::{Kernels, Panels};

/// A convolution's sizes, as PyTorch's `Conv1d` names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Conv1dShape {
    pub(crate) inputs: usize,
    pub(crate) outputs: usize,
    pub(crate) kernel: usize,
    pub(crate) stride: usize,
    pub(crate) padding: usize,
}

/// `y[t] = b + sum over k of W[k] x[t * stride + k - padding]`; what lies outside of `x` is 0 and is skipped.
#[derive(Clone, Debug)]
pub(crate) struct Conv1d {
    weights: Panels, // (outputs, kernel * inputs)
    bias: Vec<f32>,  // (outputs)
    shape: Conv1dShape,
}

impl Conv1d {
    /// Reads the tensors `{name}.weight` (outputs, inputs, kernel) and `{name}.bias` (outputs).
    pub(crate) fn load(tensors: &Tensors<'_>, name: &str, shape: Conv1dShape) -> Result<Self, Error> {
        let Conv1dShape { inputs, outputs, kernel, .. } = shape;
        let weight = tensors.values(&format!("{name}.weight"), &[outputs, inputs, kernel])?;
        Ok(Self {
            weights: Panels::pack(outputs, kernel * inputs, |o, column| {
                let (k, i) = (column / inputs, column % inputs);
                weight[(o * inputs + i) * kernel + k]
            }),
            bias: tensors.values(&format!("{name}.bias"), &[outputs])?,
            shape,
        })
    }

    /// How many output times `times` input times give.
    pub(crate) fn output_times(&self, times: usize) -> usize {
        let Conv1dShape { kernel, stride, padding, .. } = self.shape;
        (times + 2 * padding).checked_sub(kernel).map_or(0, |last| last / stride + 1)
    }

    /// Shapes: `x` (times, inputs), `y` (output times, outputs).
    pub(crate) fn forward(&self, kernels: Kernels, x: &[f32], y: &mut [f32]) {
        let Conv1dShape { inputs, outputs, kernel, stride, padding } = self.shape;
        let times = x.len() / inputs;
        for (t, y) in y.chunks_exact_mut(outputs).take(self.output_times(times)).enumerate() {
            // The window covers the padded times start..start + kernel; `x` begins at padded time `padding`.
            let start = t * stride;
            let first = start.max(padding);
            let last = (start + kernel).min(padding + times);
            y.copy_from_slice(&self.bias);
            if first < last {
                let window = &x[(first - padding) * inputs..(last - padding) * inputs];
                kernels.accumulate(&self.weights, (first - start) * inputs, window, y);
            }
        }
    }
}
