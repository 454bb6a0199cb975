//! How the kernels want their weights.

/// A weight matrix packed for kernels whose lanes run across outputs.
///
/// The outputs are cut into blocks of [`Panels::LANES`]; a block lies in memory as (inputs, lanes), so that one
/// input's weights to sixteen neighbouring outputs are one load (or two, or four). The last block is filled up with
/// zeros.
#[derive(Clone, Debug)]
pub(crate) struct Panels {
    lanes: Vec<[f32; Self::LANES]>, // (blocks, inputs)
    inputs: usize,
}

impl Panels {
    /// Outputs in a block: the widest vector there is (AVX-512), and a whole number of all others.
    pub(crate) const LANES: usize = 16;

    /// Packs a matrix whose entry (output, input) is `weight(output, input)`.
    pub(crate) fn pack(outputs: usize, inputs: usize, weight: impl Fn(usize, usize) -> f32) -> Self {
        let mut lanes = Vec::with_capacity(outputs.div_ceil(Self::LANES) * inputs);
        for block in (0..outputs).step_by(Self::LANES) {
            for input in 0..inputs {
                lanes.push(std::array::from_fn(|lane| {
                    let output = block + lane;
                    if output < outputs { weight(output, input) } else { 0.0 }
                }));
            }
        }
        Self { lanes, inputs }
    }

    /// The weights of one block, shape (inputs, lanes).
    pub(super) fn block(&self, block: usize) -> &[[f32; Self::LANES]] {
        &self.lanes[block * self.inputs..][..self.inputs]
    }
}
