//! A convolution and a matrix product, computed in turns.
//!
//! The first convolution of a network keeps the arithmetic busy and reads little; the recurrent matrix is read from the
//! second cache for each vector that it is multiplied with, which keeps the arithmetic waiting. So tiles of the product
//! lie in the tiles of the convolution: for each vector and input of a tile of the convolution, which are as many chains
//! of multiply-adds as it has times and taps, one of the vector's numbers is taken in by all outputs of a tile of the
//! product. A tile of the convolution with 129 inputs and two vectors has room for two tiles of a product with 128.
//!
//! Every output is the same chain as in [`convolution`](super::convolution), so what it comes to is the same to the bit.

#![allow(unsafe_op_in_unsafe_fn, reason = "whole functions are unsafe, under the conditions that each states")]

use super::convolution::{Tile, panel};
use super::simd::Simd;
use super::{End, Weights};

/// See [`Set::convolve_beside`](super::Set::convolve_beside): tiles have `V` vectors of the convolution's outputs, and `VM`
/// of the matrix'.
///
/// # Safety
/// As for [`convolve`](super::convolution::convolve); `product` and `h` must have the matrix' outputs and inputs, and the
/// outputs of both be whole tiles.
#[inline(always)]
pub(super) unsafe fn convolve_beside<S: Simd, const V: usize, const VM: usize>(
    weights: &Weights,
    x: &[f32],
    y: &mut [f32],
    matrix: &Weights,
    h: &[f32],
    product: &mut [f32],
) {
    let inputs = weights.shape.inputs;
    let shared = h.len() / V; // inputs of the convolution in whose turns a tile of the product fits
    let mut products = product.chunks_exact_mut(VM * S::LANES).enumerate();
    for output in (0..weights.shape.outputs).step_by(V * S::LANES) {
        let tile = Tile::<4, 3, 1, 4> { weights, x: x.as_ptr(), y: y.as_mut_ptr(), end: End::BiasRelu, output };
        let panel = panel(weights, output, V * S::LANES);
        let mut sums = [[[S::splat(0.0); 4]; V]; 1];
        let mut input = 0;
        while input + shared <= inputs {
            let Some((at, product)) = products.next() else { break };
            let mut row = Row::<S, VM>::new(matrix, at);
            for turn in 0..shared {
                for v in 0..V {
                    let (x, column) = tile.of_input(panel, input + turn);
                    let (x, column) = S::opaque(x, column);
                    tile.add(x, column, v, &mut sums);
                    row.add(*h.get_unchecked(turn * V + v));
                }
            }
            for &h in &h[shared * V..] {
                row.add(h);
            }
            row.write(product);
            input += shared;
        }
        for input in input..inputs {
            let (x, column) = tile.of_input(panel, input);
            for v in 0..V {
                tile.add(x, column, v, &mut sums);
            }
        }
        tile.write::<S, V, 1, true>(sums);
    }
    for (at, product) in products {
        let mut row = Row::<S, VM>::new(matrix, at);
        for &h in h {
            row.add(h);
        }
        row.write(product);
    }
}

/// A tile of a matrix times a vector, of `V` vectors of outputs.
struct Row<S, const V: usize> {
    column: *const f32, // the weights of the next input to the tile
    lanes: usize,
    sums: [S; V],
}

impl<S: Simd, const V: usize> Row<S, V> {
    /// The tile with the number `at`.
    #[inline(always)]
    unsafe fn new(matrix: &Weights, at: usize) -> Self {
        let column = panel(matrix, at * V * S::LANES, V * S::LANES);
        Self { column, lanes: matrix.lanes, sums: [S::splat(0.0); V] }
    }

    /// Takes in the next number of the vector.
    #[inline(always)]
    unsafe fn add(&mut self, h: f32) {
        let h = S::splat(h);
        for v in 0..V {
            self.sums[v] = S::load(self.column.add(v * S::LANES)).mul_add(h, self.sums[v]);
        }
        self.column = self.column.add(self.lanes);
    }

    #[inline(always)]
    unsafe fn write(self, product: &mut [f32]) {
        for v in 0..V {
            self.sums[v].store(product.as_mut_ptr().add(v * S::LANES));
        }
    }
}
