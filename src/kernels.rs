//! The arithmetic of the networks, once for each kind of processor.
//!
//! A network spends its time in one operation, a small convolution over the times of a frame (of which a matrix times a
//! vector is the case of one time), and a little in the gates of its recurrent cell. [`scalar`] says in plain loops what
//! each computes. [`convolution`], [`gates`] and [`spectra`] compute the same for vectors of any kind, and each set below names the vector and the tile
//! sizes that suit it:
//!
//! | set | instructions | lanes |
//! |---|---|---|
//! | `scalar` | none: one number at a time, each product and sum rounded once (`mul_add`) | 1 |
//! | `portable` | whatever the `wide` crate finds at compile time: SSE2, NEON, wasm simd128 | 4 |
//! | `neon` | NEON, on 64-bit Arm | 4 |
//! | `avx2` | AVX2 and FMA, found at run time | 8 |
//! | `avx512` | AVX-512F and VL, found at run time | 16 |
//!
//! Lanes run across outputs: the weights lie in panels ([`weights`]), one input is broadcast to all lanes, and each
//! output is a chain of multiply-adds over its inputs in their order, with no sum across lanes at the end. That makes
//! the results of all sets with a fused multiply-add, `scalar` among them, the same to the bit.
//!
//! To add a set: an implementation of [`simd::Simd`], a line of `entry_points!`, a variant of [`Kernels`] and its line
//! in each `match` here.

mod convolution;
mod gates;
#[cfg(target_arch = "aarch64")]
mod neon;
mod portable;
mod scalar;
mod simd;
mod spectra;
mod weights;
mod winograd;
#[cfg(target_arch = "x86_64")]
mod x86;

use std::fmt;
use std::str::FromStr;

use crate::error::Error;
pub(crate) use spectra::{WINDOWS, Windows};
pub(crate) use weights::{Shape, Weights};
pub(crate) use winograd::{POINTS, transform_taps};

/// A set of kernels, chosen once when a model is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kernels {
    /// The reference: plain loops, one number at a time.
    Scalar,
    /// Vectors of the `wide` crate, with the instructions that the build was compiled for.
    Portable,
    /// NEON, on 64-bit Arm.
    Neon,
    /// AVX2 with FMA, on x86-64.
    Avx2,
    /// AVX-512 (F and VL), on x86-64.
    Avx512,
}

impl Kernels {
    const ALL: [Self; 5] = [Self::Scalar, Self::Portable, Self::Neon, Self::Avx2, Self::Avx512];

    /// The fastest set that this machine can run.
    pub fn best() -> Self {
        Self::available().last().unwrap_or(Self::Portable)
    }

    /// All sets that this machine can run, the slowest first.
    pub fn available() -> impl DoubleEndedIterator<Item = Self> {
        Self::ALL.into_iter().filter(|set| set.is_available())
    }

    /// Whether this machine can run it.
    pub fn is_available(self) -> bool {
        match self {
            Self::Scalar | Self::Portable => true,
            #[cfg(target_arch = "aarch64")]
            Self::Neon => std::arch::is_aarch64_feature_detected!("neon"),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma"),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => {
                Self::Avx2.is_available()
                    && is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512vl")
            }
            _ => false,
        }
    }

    /// The name by which [`FromStr`] knows it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            Self::Portable => "portable",
            Self::Neon => "neon",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
        }
    }

    /// The set, ready to run.
    ///
    /// # Errors
    /// [`Error::Kernels`] where this machine cannot run it.
    pub(crate) fn checked(self) -> Result<Set, Error> {
        if self.is_available() { Ok(Set(self)) } else { Err(refused(self.name())) }
    }
}

fn refused(name: &str) -> Error {
    let names: Vec<_> = Kernels::available().map(Kernels::name).collect();
    Error::Kernels { given: name.to_owned(), legal: format!("auto, {}", names.join(", ")) }
}

impl fmt::Display for Kernels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Kernels {
    type Err = Error;

    /// Reads a set's name, or `auto` for the best that this machine can run.
    fn from_str(name: &str) -> Result<Self, Error> {
        if name == "auto" {
            return Ok(Self::best());
        }
        Self::available().find(|set| set.name() == name).ok_or_else(|| refused(name))
    }
}

/// What a convolution's inputs are like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Inputs {
    /// Hardly ever zero.
    Dense,
    /// What a ReLU left: those that are zero are passed over.
    Rectified,
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

/// Calls a function of the set. Those of all sets but the scalar one are unsafe: see [`entry_points`].
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
            _ => scalar::$function($($argument),*),
        }
    };
}

impl Set {
    pub(crate) fn kernels(self) -> Kernels {
        self.0
    }

    /// Weights for [`convolve`](Set::convolve): `weight` has shape (outputs, inputs, taps), `bias` (outputs).
    ///
    /// # Panics
    /// Where the lengths do not fit the shape, or the shape is not a known one.
    pub(crate) fn pack(self, shape: Shape, inputs: Inputs, weight: &[f32], bias: Vec<f32>) -> Weights {
        assert!(shape.is_known() && bias.len() == shape.outputs);
        assert_eq!(weight.len(), shape.outputs * shape.inputs * shape.taps);
        Weights::pack(shape, inputs, weight, bias, call!(self, panel(shape, inputs)))
    }

    /// The convolution of frames: `y[f, p, o] = sum over i, k of W[o, i, k] x[f, p * stride + k - taps / 2, i]`, where
    /// what lies outside of the frame is 0.
    ///
    /// Shapes: `x` (frames, times, inputs), or (frames, inputs, times) where the stride is 1; `y` (frames, output times,
    /// outputs). `end` says what is done with the sums.
    ///
    /// # Panics
    /// Where `x` and `y` are not whole frames of the same number.
    pub(crate) fn convolve(self, weights: &Weights, x: &[f32], y: &mut [f32], end: End) {
        check(weights, x, y);
        call!(self, convolve(weights, x, y, end));
    }

    /// A convolution of one frame of four times with a bias and a ReLU, and beside it a matrix times a vector, `product =
    /// M h`: the same as [`convolve`](Set::convolve) twice.
    ///
    /// A large matrix has to be fetched from the second cache for each vector, which keeps the arithmetic waiting; a
    /// convolution of several times keeps the arithmetic busy and fetches little. In turns they take little more time
    /// than the longer of the two.
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
        check(weights, x, y);
        check(matrix, h, product);
        let Shape { times, taps, stride, inputs, .. } = weights.shape();
        assert_eq!((times, taps, stride, x.len()), (4, 3, 1, 4 * inputs));
        assert_eq!((matrix.shape().taps, h.len()), (1, matrix.shape().inputs));
        // Whole tiles, and whole steps of the product. Without fused instructions, arithmetic is all that takes time.
        let tiled =
            |weights: &Weights| weights.shape().outputs % call!(self, panel(weights.shape(), weights.inputs())) == 0;
        let steps = h.len() % convolution::INPUTS_A_STEP == 0;
        if self.0 != Kernels::Portable && tiled(weights) && tiled(matrix) && steps {
            call!(self, convolve_beside(weights, x, y, matrix, h, product));
        } else {
            self.convolve(weights, x, y, End::BiasRelu);
            self.convolve(matrix, h, product, End::Sum);
        }
    }

    /// Of the inputs of frames of four times what a convolution with three taps is made of; see [`winograd`].
    ///
    /// Shapes: `x` (frames, inputs, 4), `points` ([`POINTS`], frames, inputs).
    ///
    /// # Panics
    /// Where the lengths do not fit.
    pub(crate) fn winograd_inputs(self, x: &[f32], inputs: usize, points: &mut [f32]) {
        assert!(inputs > 0 && x.len() % (4 * inputs) == 0 && 4 * points.len() == POINTS * x.len());
        call!(self, winograd_inputs(x, inputs, points));
    }

    /// From the products to the convolution, with a bias and a ReLU; see [`winograd`].
    ///
    /// Shapes: `products` ([`POINTS`], frames, outputs), `bias` (outputs), `y` (frames, 4, outputs).
    ///
    /// # Panics
    /// Where the lengths do not fit.
    pub(crate) fn winograd_outputs(self, products: &[f32], bias: &[f32], y: &mut [f32]) {
        assert!(!bias.is_empty() && y.len() % (4 * bias.len()) == 0 && 4 * products.len() == POINTS * y.len());
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

    /// The magnitude spectra of all windows of all frames.
    ///
    /// Shapes: `samples` (frames, samples of a frame), `spectra` (frames, bins, windows).
    ///
    /// # Panics
    /// Where the lengths do not fit.
    pub(crate) fn spectra(self, windows: &Windows, samples: &[f32], spectra: &mut [f32], scratch: &mut [f32]) {
        let frames = samples.len() / windows.frame();
        assert_eq!(samples.len(), frames * windows.frame());
        assert_eq!(spectra.len(), frames * WINDOWS * windows.bins());
        assert!(scratch.len() >= windows.scratch());
        call!(self, spectra(windows, samples, spectra, scratch));
    }
}

/// `1 / (1 + e^-x)`, the same with every set.
pub(crate) fn sigmoid(x: f32) -> f32 {
    scalar::sigmoid(x)
}

/// Partial sums of [`Set::dot_relu`]: as many as the widest vector has lanes.
const DOT_LANES: usize = 16;

/// # Panics
/// Where `x` and `y` are not the inputs and outputs of the same number of whole frames.
fn check(weights: &Weights, x: &[f32], y: &[f32]) {
    let shape = weights.shape();
    let frames = x.len() / (shape.times * shape.inputs);
    assert_eq!(x.len(), frames * shape.times * shape.inputs);
    assert_eq!(y.len(), frames * shape.output_times() * shape.outputs);
}

/// The functions of a set: the kernels for one kind of vector, and one of four lanes,
/// compiled for its instructions.
///
/// The numbers are the vectors of a tile: of the first convolution, of those with a stride of 2, and of a matrix, with
/// rectified or with dense inputs.
macro_rules! entry_points {
    ($vector:ty, $four:ty, $(#[$feature:meta])?, conv1: $conv1:literal, conv2: $conv2:literal,
     rectified: $rectified:literal, dense: $dense:literal) => {
        #[allow(unused_imports, reason = "some of the vectors come with it")]
        use crate::kernels::simd::Simd as _;
        use crate::kernels::{DOT_LANES, End, Inputs, Shape, Weights, Windows, convolution, gates, spectra, winograd};

        /// Outputs in a panel of weights: those of the tile by which they are used most.
        ///
        /// # Safety
        /// None is needed; all functions of a set are called alike.
        pub(in crate::kernels) unsafe fn panel(shape: Shape, inputs: Inputs) -> usize {
            let vectors = match (shape.times, shape.stride, inputs) {
                (4, 1, _) => $conv1,
                (4 | 2, 2, _) => $conv2,
                (_, _, Inputs::Dense) => $dense,
                (_, _, Inputs::Rectified) => $rectified,
            };
            vectors * <$vector>::LANES
        }

        /// See [`Set::convolve`](crate::kernels::Set::convolve).
        ///
        /// # Safety
        /// The processor must have this set's instructions, and `x` and `y` must be whole frames of the weights' shape.
        $(#[$feature])?
        pub(in crate::kernels) unsafe fn convolve(
            weights: &Weights,
            x: &[f32],
            y: &mut [f32],
            end: End,
        ) {
            let shape = weights.shape();
            // SAFETY: the caller's conditions, and each line names the times, taps, stride and output times it is for.
            unsafe {
                match (shape.times, shape.taps, shape.stride) {
                    (4, 3, 1) => convolution::convolve::<$vector, 4, 3, 1, 4, $conv1, 1>(weights, x, y, end),
                    (4, 3, 2) => convolution::convolve::<$vector, 4, 3, 2, 2, $conv2, 1>(weights, x, y, end),
                    (2, 3, 2) => convolution::convolve::<$vector, 2, 3, 2, 1, $conv2, 1>(weights, x, y, end),
                    _ if weights.inputs() == Inputs::Dense => {
                        convolution::convolve::<$vector, 1, 1, 1, 1, $dense, 4>(weights, x, y, end)
                    }
                    _ => convolution::convolve::<$vector, 1, 1, 1, 1, $rectified, 1>(weights, x, y, end),
                }
            }
        }

        /// See [`Set::convolve_beside`](crate::kernels::Set::convolve_beside).
        ///
        /// # Safety
        /// As for [`convolve`], for both; outputs must be whole tiles.
        $(#[$feature])?
        pub(in crate::kernels) unsafe fn convolve_beside(
            weights: &Weights,
            x: &[f32],
            y: &mut [f32],
            matrix: &Weights,
            h: &[f32],
            product: &mut [f32],
        ) {
            // SAFETY: the caller's conditions.
            unsafe { convolution::convolve_beside::<$vector, $conv1, $dense>(weights, x, y, matrix, h, product) }
        }

        /// See [`Set::winograd_inputs`](crate::kernels::Set::winograd_inputs).
        ///
        /// # Safety
        /// The processor must have this set's instructions, and the lengths must fit.
        $(#[$feature])?
        pub(in crate::kernels) unsafe fn winograd_inputs(x: &[f32], inputs: usize, points: &mut [f32]) {
            // SAFETY: the caller's conditions.
            unsafe { winograd::inputs::<$four>(x, inputs, points) }
        }

        /// See [`Set::winograd_outputs`](crate::kernels::Set::winograd_outputs).
        ///
        /// # Safety
        /// The processor must have this set's instructions, and the lengths must fit.
        $(#[$feature])?
        pub(in crate::kernels) unsafe fn winograd_outputs(products: &[f32], bias: &[f32], y: &mut [f32]) {
            // SAFETY: the caller's conditions.
            unsafe { winograd::outputs::<$vector>(products, bias, y) }
        }

        /// See [`Set::dot_relu`](crate::kernels::Set::dot_relu).
        ///
        /// # Safety
        /// The processor must have this set's instructions, and the lengths must fit.
        $(#[$feature])?
        pub(in crate::kernels) unsafe fn dot_relu(w: &[f32], x: &[f32]) -> [f32; DOT_LANES] {
            // SAFETY: the caller's conditions.
            unsafe { gates::dot_relu::<$vector>(w, x) }
        }

        /// See [`Set::spectra`](crate::kernels::Set::spectra).
        ///
        /// # Safety
        /// The processor must have this set's instructions, and the lengths must fit.
        $(#[$feature])?
        pub(in crate::kernels) unsafe fn spectra(
            windows: &Windows,
            samples: &[f32],
            spectra: &mut [f32],
            scratch: &mut [f32],
        ) {
            // SAFETY: the caller's conditions.
            unsafe { spectra::spectra::<$vector, $four>(windows, samples, spectra, scratch) }
        }

        /// See [`Set::lstm_gates`](crate::kernels::Set::lstm_gates).
        ///
        /// # Safety
        /// The processor must have this set's instructions, and the lengths must fit.
        $(#[$feature])?
        pub(in crate::kernels) unsafe fn lstm_gates(
            from_input: &[f32],
            from_hidden: &[f32],
            bias: &[f32],
            h: &mut [f32],
            c: &mut [f32],
        ) {
            // SAFETY: the caller's conditions.
            unsafe { gates::lstm_gates::<$vector>(from_input, from_hidden, bias, h, c) }
        }

        /// See [`Set::gru_gates`](crate::kernels::Set::gru_gates).
        ///
        /// # Safety
        /// The processor must have this set's instructions, and the lengths must fit.
        $(#[$feature])?
        pub(in crate::kernels) unsafe fn gru_gates(from_input: &[f32], from_hidden: &[f32], h: &mut [f32]) {
            // SAFETY: the caller's conditions.
            unsafe { gates::gru_gates::<$vector>(from_input, from_hidden, h) }
        }
    };
}
use entry_points;

#[cfg(test)]
mod tests;
