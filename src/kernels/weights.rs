//! How the kernels want their weights.

/// The sizes of a convolution over the few times of a frame, with padding so that the middle tap of the first output
/// lies on the first input. A matrix times a vector is the convolution of one time with one tap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) inputs: usize,
    pub(crate) outputs: usize,
    /// Input times in a frame.
    pub(crate) times: usize,
    pub(crate) taps: usize,
    pub(crate) stride: usize,
}

impl Shape {
    /// The (times, taps, stride) that the kernels are written for.
    const KNOWN: [(usize, usize, usize); 5] = [(1, 1, 1), (1, 3, 1), (2, 3, 2), (4, 3, 1), (4, 3, 2)];

    /// A matrix times a vector.
    pub(crate) fn matrix(outputs: usize, inputs: usize) -> Self {
        Self { inputs, outputs, times: 1, taps: 1, stride: 1 }
    }

    /// Whether there are kernels for it.
    pub(crate) fn is_known(self) -> bool {
        Self::KNOWN.contains(&(self.times, self.taps, self.stride))
    }

    /// Output times in a frame.
    pub(crate) fn output_times(self) -> usize {
        (self.times + 2 * (self.taps / 2) - self.taps) / self.stride + 1
    }
}

/// Sixteen weights of neighbouring outputs, on a cache line of their own.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub(super) struct Line(pub(super) [f32; Weights::LANES]);

/// A convolution's weights, packed for kernels whose lanes run across outputs.
///
/// The outputs are cut into panels of [`Weights::LANES`]; a panel lies in memory as (inputs, taps, lanes), so that one
/// input's weights to sixteen neighbouring outputs are one load (or two, or four). The last panel is filled up with
/// zeros. A line lies between panels, or else the panels of 128 inputs would all begin in the same cache set.
#[derive(Clone)]
pub(crate) struct Weights {
    pub(super) lines: Vec<Line>, // (panels, inputs * taps + 1)
    pub(super) bias: Vec<f32>,   // (outputs)
    pub(super) shape: Shape,
}

impl Weights {
    /// Outputs in a panel: the widest vector there is (AVX-512), and a whole number of all others.
    pub(crate) const LANES: usize = 16;

    /// Packs `weight`, shape (outputs, inputs, taps), and `bias`, shape (outputs).
    pub(crate) fn pack(shape: Shape, weight: &[f32], bias: Vec<f32>) -> Self {
        let columns = shape.inputs * shape.taps;
        let mut lines = Vec::with_capacity(shape.outputs.div_ceil(Self::LANES) * (columns + 1));
        for panel in (0..shape.outputs).step_by(Self::LANES) {
            for column in 0..columns {
                lines.push(Line(std::array::from_fn(|lane| {
                    let output = panel + lane;
                    if output < shape.outputs { weight[output * columns + column] } else { 0.0 }
                })));
            }
            lines.push(Line([0.0; Self::LANES]));
        }
        Self { lines, bias, shape }
    }

    pub(crate) fn shape(&self) -> Shape {
        self.shape
    }

    /// Lines from one panel to the next.
    pub(super) fn panel_lines(&self) -> usize {
        self.shape.inputs * self.shape.taps + 1
    }
}
