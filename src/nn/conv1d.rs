//! Convolution over time.

use super::{Tensors, add};
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

/// `y[t] = b + sum over i, k of W[i, k] x[t * stride + k - padding, i]`; what lies outside of `x` is 0.
#[derive(Clone, Debug)]
pub(crate) struct Conv1d {
    weights: Panels, // (outputs, inputs * kernel)
    bias: Vec<f32>,  // (outputs)
    shape: Conv1dShape,
}

impl Conv1d {
    /// Reads the tensors `{name}.weight` (outputs, inputs, kernel) and `{name}.bias` (outputs).
    pub(crate) fn load(tensors: &Tensors<'_>, name: &str, shape: Conv1dShape) -> Result<Self, Error> {
        let Conv1dShape { inputs, outputs, kernel, .. } = shape;
        let weight = tensors.values(&format!("{name}.weight"), &[outputs, inputs, kernel])?;
        let columns = inputs * kernel;
        Ok(Self {
            weights: Panels::pack(outputs, columns, |o, column| weight[o * columns + column]),
            bias: tensors.values(&format!("{name}.bias"), &[outputs])?,
            shape,
        })
    }

    /// How many output times `times` input times give.
    pub(crate) fn output_times(&self, times: usize) -> usize {
        let Conv1dShape { kernel, stride, padding, .. } = self.shape;
        (times + 2 * padding).checked_sub(kernel).map_or(0, |last| last / stride + 1)
    }

    /// How long the scratch of [`Conv1d::forward`] is.
    pub(crate) fn window_len(&self) -> usize {
        self.shape.inputs * self.shape.kernel
    }

    /// Shapes: `x` (times, inputs), `y` (output times, outputs); `window` (inputs, kernel) is scratch.
    pub(crate) fn forward(&self, kernels: Kernels, x: &[f32], y: &mut [f32], window: &mut [f32]) {
        let Conv1dShape { inputs, outputs, kernel, stride, padding } = self.shape;
        let window = &mut window[..inputs * kernel];
        let times = x.len() / inputs;
        for (t, y) in y.chunks_exact_mut(outputs).take(self.output_times(times)).enumerate() {
            window.fill(0.0);
            for k in 0..kernel {
                let Some(time) = (t * stride + k).checked_sub(padding).filter(|&time| time < times) else { continue };
                let channels = &x[time * inputs..][..inputs];
                for (slot, &channel) in window[k..].iter_mut().step_by(kernel).zip(channels) {
                    *slot = channel;
                }
            }
            y.fill(0.0);
            kernels.accumulate(&self.weights, window, y);
            add(y, &self.bias);
        }
    }
}
