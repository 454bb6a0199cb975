//! The functions of a kernel set: what they compute, and the checks that make calling them safe.

#[cfg(target_arch = "aarch64")]
use super::neon;
use super::winograd::POINTS;
#[cfg(target_arch = "x86_64")]
use super::x86;
use super::{Kernels, Shape, WINDOWS, Weights, Window, Windows, portable, scalar};

/// What a convolution's inputs are like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Inputs {
    /// Hardly ever zero.
    Dense,
    /// Hardly ever zero, and mostly those of one frame at a time, to a small matrix.
    Alone,
    /// What a ReLU left: those that are zero are passed over.
    Rectified,
    /// Dense, as [`Set::spectra`] writes them: with the highest bin first.
    Spectra,
}

/// What happens to a convolution's sums in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Sum,
    Bias,
    /// Negative numbers become 0, after the bias.
    BiasRelu,
}

/// A set of kernels that this machine was found to have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Set(Kernels);

/// Calls a function of the set. Those of all sets but the scalar one are unsafe: see `entry_points.rs`.
macro_rules! call {
    ($set:expr, $function:ident($($argument:expr),*)) => {
        match $set.0 {
            // SAFETY, for all: a set is made only where the processor has its instructions, and the callers of this macro
            // have checked the shapes.
            Kernels::Portable => unsafe { portable::$function($($argument),*) },
            #[cfg(target_arch = "aarch64")]
            Kernels::Neon => unsafe { neon::$function($($argument),*) },
            #[cfg(target_arch = "x86_64")]
            Kernels::Avx2 => unsafe { x86::avx2::$function($($argument),*) },
            #[cfg(target_arch = "x86_64")]
            Kernels::Avx512 => unsafe { x86::avx512::$function($($argument),*) },
            Kernels::Scalar => scalar::$function($($argument),*),
            #[allow(unreachable_patterns, reason = "each machine has other sets")]
            kernels => unreachable!("{kernels} is not for this machine"),
        }
    };
}

impl Set {
    /// The set of a kind, where this machine [has it](Kernels::is_available).
    pub(super) fn new(kernels: Kernels) -> Option<Self> {
        kernels.is_available().then_some(Self(kernels))
    }

    pub(crate) fn kernels(self) -> Kernels {
        self.0
    }

    /// Weights for [`convolve`](Set::convolve): `weight` has shape (outputs, inputs, taps), `bias` (outputs).
    ///
    /// # Panics
    /// Where the lengths do not fit the shape, or the shape is not a known one, or has no inputs or outputs.
    pub(crate) fn pack(self, shape: Shape, inputs: Inputs, weight: &[f32], bias: Vec<f32>) -> Weights {
        assert!(shape.is_known() && shape.inputs > 0 && shape.outputs > 0 && bias.len() == shape.outputs);
        let count = shape.outputs.checked_mul(shape.inputs).and_then(|count| count.checked_mul(shape.taps));
        assert_eq!(Some(weight.len()), count);
        Weights::pack(self.0, shape, inputs, weight, bias, call!(self, panel(shape, inputs)))
    }

    /// # Panics
    /// Where the weights are another set's, whose panels are other ones, or `x` and `y` are not the inputs and outputs of the
    /// same number of whole frames.
    fn check(self, weights: &Weights, x: &[f32], y: &[f32]) {
        assert_eq!(weights.kernels(), self.0);
        let shape = weights.shape();
        let frames = x.len() / (shape.times * shape.inputs);
        assert_eq!(x.len(), frames * shape.times * shape.inputs);
        assert_eq!(y.len(), frames * shape.output_times() * shape.outputs);
    }

    /// The convolution of frames: `y[f, p, o] = sum over i, k of W[o, i, k] x[f, p * stride + k - taps / 2, i]`, where
    /// what lies outside of the frame is 0.
    ///
    /// Shapes: `x` (frames, times, inputs), or (frames, inputs, times) where the stride is 1; `y` (frames, output times,
    /// outputs). `end` says what is done with the sums.
    ///
    /// # Panics
    /// Where `x` and `y` are not whole frames of the same number, or the weights are another set's.
    pub(crate) fn convolve(self, weights: &Weights, x: &[f32], y: &mut [f32], end: End) {
        self.check(weights, x, y);
        call!(self, convolve(weights, x, y, end));
    }

    /// A convolution of one frame of four times with a bias and a ReLU, and beside it a matrix times a vector, `product =
    /// M h`: the same as [`convolve`](Set::convolve) twice.
    ///
    /// In turns they take little more time than the longer of the two; see [`beside`](super::beside).
    ///
    /// # Panics
    /// Where the shapes do not fit.
    pub(crate) fn convolve_beside(
        self,
        weights: &Weights,
        x: &[f32],
        y: &mut [f32],
        matrix: &Weights,
        h: &[f32],
        product: &mut [f32],
    ) {
        self.check(weights, x, y);
        self.check(matrix, h, product);
        let Shape { times, taps, stride, inputs, .. } = weights.shape();
        assert_eq!((times, taps, stride, x.len()), (4, 3, 1, 4 * inputs));
        assert_eq!((matrix.shape().taps, h.len()), (1, matrix.shape().inputs));
        // Whole tiles. Without fused instructions, arithmetic is all that takes time.
        let tiled = |weights: &Weights| {
            weights.shape().outputs.is_multiple_of(call!(self, panel(weights.shape(), weights.inputs())))
        };
        let dense = matrix.inputs() == Inputs::Dense;
        if self.0 != Kernels::Portable && dense && tiled(weights) && tiled(matrix) {
            call!(self, convolve_beside(weights, x, y, matrix, h, product));
        } else {
            self.convolve(weights, x, y, End::BiasRelu);
            self.convolve(matrix, h, product, End::Sum);
        }
    }

    /// Of the inputs of frames of four times what a convolution with three taps is made of; see [`winograd`](super::winograd).
    ///
    /// Shapes: `x` (frames, inputs, 4), `points` ([`POINTS`], frames, inputs).
    ///
    /// # Panics
    /// Where the lengths do not fit.
    pub(crate) fn winograd_inputs(self, x: &[f32], inputs: usize, points: &mut [f32]) {
        let numbers = x.len() / 4; // as many for each time, and for each point
        assert!(inputs > 0 && x.len() == 4 * numbers && numbers.is_multiple_of(inputs));
        assert_eq!(points.len(), POINTS * numbers);
        call!(self, winograd_inputs(x, inputs, points));
    }

    /// From the products to the convolution, with a bias and a ReLU; see [`winograd`](super::winograd).
    ///
    /// Shapes: `products` ([`POINTS`], frames, outputs), `bias` (outputs), `y` (frames, 4, outputs).
    ///
    /// # Panics
    /// Where the lengths do not fit.
    pub(crate) fn winograd_outputs(self, products: &[f32], bias: &[f32], y: &mut [f32]) {
        let numbers = y.len() / 4;
        assert!(!bias.is_empty() && y.len() == 4 * numbers && numbers.is_multiple_of(bias.len()));
        assert_eq!(products.len(), POINTS * numbers);
        call!(self, winograd_outputs(products, bias, y));
    }

    /// The scalar product of `w` and `x`, of whose numbers the negative ones count as 0; in [`DOT_LANES`] sums, number
    /// `n` in sum `n % DOT_LANES`, that are then added in pairs.
    ///
    /// # Panics
    /// Where `w` and `x` are not of one length.
    pub(crate) fn dot_relu(self, w: &[f32], x: &[f32]) -> f32 {
        assert_eq!(w.len(), x.len());
        let mut sums = call!(self, dot_relu(w, x));
        let mut half = DOT_LANES / 2;
        while half > 0 {
            for n in 0..half {
                sums[n] += sums[n + half];
            }
            half /= 2;
        }
        sums[0]
    }

    /// One step of an LSTM from what its gates `i, f, g, o` get from the input, from the hidden state, and as a bias,
    /// the three of which are added: `c = sigmoid(f) c + sigmoid(i) tanh(g)`, `h = sigmoid(o) tanh(c)`.
    ///
    /// Shapes: `from_input`, `from_hidden` and `bias` (4, hidden), `h` and `c` (hidden).
    ///
    /// # Panics
    /// Where the lengths do not fit.
    pub(crate) fn lstm_gates(
        self,
        from_input: &[f32],
        from_hidden: &[f32],
        bias: &[f32],
        h: &mut [f32],
        c: &mut [f32],
    ) {
        assert!(c.len() == h.len() && [from_input, from_hidden, bias].iter().all(|part| part.len() == 4 * h.len()));
        call!(self, lstm_gates(from_input, from_hidden, bias, h, c));
    }

    /// One step of a GRU from what its gates `r, z, n` get from the input and from the hidden state:
    /// `n = tanh(n_input + sigmoid(r) n_hidden)`, `h = (1 - sigmoid(z)) n + sigmoid(z) h`.
    ///
    /// Shapes: `from_input` and `from_hidden` (3, hidden), `h` (hidden).
    ///
    /// # Panics
    /// Where the lengths do not fit.
    pub(crate) fn gru_gates(self, from_input: &[f32], from_hidden: &[f32], h: &mut [f32]) {
        assert!(from_input.len() == 3 * h.len() && from_hidden.len() == 3 * h.len());
        call!(self, gru_gates(from_input, from_hidden, h));
    }

    /// The natural logarithms of numbers that are positive and normal, in their place; of others what comes is of no use.
    pub(crate) fn ln(self, x: &mut [f32]) {
        call!(self, ln(x));
    }

    /// The magnitude spectra of all windows of all frames.
    ///
    /// Shapes: `samples` (frames, samples of a frame), `spectra` (frames, bins, windows), with the highest bin first. `scratch` is as
    /// long as [`Windows::scratch`] says; it is what holds double precision.
    ///
    /// # Panics
    /// Where the lengths do not fit.
    pub(crate) fn spectra(self, windows: &Windows, samples: &[f32], spectra: &mut [f32], scratch: &mut [f64]) {
        let frames = samples.len() / windows.frame();
        assert_eq!(samples.len(), frames * windows.frame());
        assert_eq!(spectra.len(), frames * WINDOWS * windows.bins());
        assert!(scratch.len() >= windows.scratch());
        call!(self, spectra(windows, samples, spectra, scratch));
    }

    /// The power spectrum of a window: the squared magnitudes of the transform of the tapered `samples`.
    ///
    /// Shapes: `samples` (length), `powers` (bins).
    ///
    /// # Panics
    /// Where the lengths do not fit.
    pub(crate) fn power(self, window: &Window, samples: &[f32], powers: &mut [f32], scratch: &mut [f32]) {
        assert_eq!((samples.len(), powers.len()), (window.length(), window.bins()));
        assert!(scratch.len() >= window.scratch());
        call!(self, power(window, samples, powers, scratch));
    }
}

/// `1 / (1 + e^-x)`, the same with every set.
pub(crate) fn sigmoid(x: f32) -> f32 {
    scalar::sigmoid(x)
}

/// Partial sums of [`Set::dot_relu`]: as many as the widest vector has lanes.
pub(super) const DOT_LANES: usize = 16;
