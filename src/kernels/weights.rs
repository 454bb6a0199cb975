//! How the kernels want their weights.

use super::{Inputs, Kernels};

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
    const KNOWN: [(usize, usize, usize); 4] = [(1, 1, 1), (2, 3, 2), (4, 3, 1), (4, 3, 2)];

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

/// How the inputs of a frame lie: numbers from one time to the next, and from one input to the next. They are (inputs,
/// times) where the stride is 1, as [`Set::spectra`](super::Set::spectra) writes them, and (times, inputs) where it is 2,
/// as a convolution writes them.
pub(super) const fn strides(stride: usize, times: usize, inputs: usize) -> (usize, usize) {
    if stride == 1 { (1, times) } else { (inputs, 1) }
}

/// A cache line of numbers: weights begin on one.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Line([f32; Line::NUMBERS]);

impl Line {
    const NUMBERS: usize = 16;
}

/// A convolution's weights, packed for kernels whose lanes run across outputs.
///
/// The outputs are cut into panels, each a tile of the kernel that uses them; a panel lies in memory as (inputs, taps,
/// lanes), so that a tile reads its weights from front to back. The last panel is filled up with zeros. A cache line lies
/// between panels, or else the panels of 128 inputs would all begin in the same cache set.
#[derive(Clone)]
pub(crate) struct Weights {
    lines: Vec<Line>,
    kernels: Kernels,
    /// Outputs in a panel.
    pub(super) lanes: usize,
    pub(super) bias: Vec<f32>, // (outputs)
    pub(super) shape: Shape,
    pub(super) inputs: Inputs,
}

impl Weights {
    /// Packs `weight`, shape (outputs, inputs, taps), and `bias`, shape (outputs), into panels of `lanes` outputs, for
    /// the set `kernels`.
    pub(super) fn pack(
        kernels: Kernels,
        shape: Shape,
        inputs: Inputs,
        weight: &[f32],
        bias: Vec<f32>,
        lanes: usize,
    ) -> Self {
        let columns = shape.inputs * shape.taps;
        let panels = shape.outputs.div_ceil(lanes);
        let mut packed = Self { lines: Vec::new(), kernels, lanes, bias, shape, inputs };
        let mut numbers = vec![0.0; panels * packed.panel()];
        for (output, row) in weight.chunks_exact(columns).enumerate() {
            let first = output / lanes * packed.panel() + output % lanes;
            for (column, &weight) in row.iter().enumerate() {
                numbers[first + column * lanes] = weight;
            }
        }
        packed.lines = numbers.as_chunks().0.iter().map(|&line| Line(line)).collect();
        packed
    }

    /// The set that they are packed for.
    pub(super) fn kernels(&self) -> Kernels {
        self.kernels
    }

    pub(crate) fn shape(&self) -> Shape {
        self.shape
    }

    pub(super) fn inputs(&self) -> Inputs {
        self.inputs
    }

    /// The weights of an input to an output, by tap.
    pub(crate) fn taps(&self, output: usize, input: usize) -> impl Iterator<Item = f32> {
        let first = output / self.lanes * self.panel() + output % self.lanes;
        let column = input * self.shape.taps;
        (column..column + self.shape.taps).map(move |column| self.numbers()[first + column * self.lanes])
    }

    pub(crate) fn bias(&self) -> &[f32] {
        &self.bias
    }

    /// Numbers from the start of one panel to the next.
    pub(super) fn panel(&self) -> usize {
        let columns = self.shape.inputs * self.shape.taps;
        (columns * self.lanes).next_multiple_of(Line::NUMBERS) + Line::NUMBERS
    }

    /// The packed numbers: shape (panels, [`Weights::panel`]).
    pub(super) fn numbers(&self) -> &[f32] {
        let count = self.lines.len() * Line::NUMBERS;
        // SAFETY: the lines lie one after the other without gaps, and each is nothing but its numbers.
        unsafe { std::slice::from_raw_parts(self.lines.as_ptr().cast(), count) }
    }
}
