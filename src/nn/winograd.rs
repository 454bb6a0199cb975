//! A convolution of many frames with less arithmetic.

use super::Conv1d;
use crate::kernels::{End, Inputs, POINTS, Set, Shape, Weights, transform_taps};

/// What [`Conv1d`] computes, for many frames of four times together: within rounding the same, see
/// [`Set::winograd_inputs`].
pub(crate) struct Winograd {
    matrices: [Weights; POINTS], // (outputs, inputs) each
    bias: Vec<f32>,              // (outputs)
    points: Vec<f32>,            // (POINTS, frames, inputs)
    products: Vec<f32>,          // (POINTS, frames, outputs)
}

impl Winograd {
    /// Prepares a convolution with three taps and a stride of 1 for up to `frames` frames at a time.
    pub(crate) fn new(kernels: Set, convolution: &Conv1d, frames: usize) -> Self {
        let weights = convolution.weights();
        let Shape { inputs, outputs, times, taps, stride } = weights.shape();
        assert_eq!((times, taps, stride), (4, 3, 1));
        let mut points: [Vec<f32>; POINTS] = Default::default();
        for output in 0..outputs {
            for input in 0..inputs {
                let mut taps = [0.0; 3];
                taps.iter_mut().zip(weights.taps(output, input)).for_each(|(tap, weight)| *tap = weight);
                points.iter_mut().zip(transform_taps(taps)).for_each(|(points, point)| points.push(point));
            }
        }
        let shape = Shape::matrix(outputs, inputs);
        Self {
            matrices: points.map(|points| kernels.pack(shape, Inputs::Dense, &points, vec![0.0; outputs])),
            bias: weights.bias().to_vec(),
            points: vec![0.0; POINTS * frames * inputs],
            products: vec![0.0; POINTS * frames * outputs],
        }
    }

    /// Shapes: `x` (frames, inputs, 4), `y` (frames, 4, outputs).
    pub(crate) fn forward_relu(&mut self, kernels: Set, x: &[f32], y: &mut [f32]) {
        let Shape { inputs, outputs, .. } = self.matrices[0].shape();
        let frames = x.len() / (4 * inputs);
        let points = &mut self.points[..POINTS * frames * inputs];
        let products = &mut self.products[..POINTS * frames * outputs];
        kernels.winograd_inputs(x, inputs, points);
        let parts = points.chunks_exact(frames * inputs).zip(products.chunks_exact_mut(frames * outputs));
        for (matrix, (points, products)) in self.matrices.iter().zip(parts) {
            kernels.convolve(matrix, points, products, End::Sum);
        }
        kernels.winograd_outputs(products, &self.bias, y);
    }
}
