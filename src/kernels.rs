//! The arithmetic of the networks, once for each kind of processor.
//!
//! A network spends its time in one operation, a small convolution over the times of a frame (of which a matrix times a
//! vector is the case of one time), and a little in the gates of its recurrent cell. [`scalar`] says in plain loops what
//! each computes. [`vector`] computes the same for vectors of any kind, and each set below names the vector and the tile
//! sizes that suit it:
//!
//! | set | instructions | lanes |
//! |---|---|---|
//! | `scalar` | none: one number at a time, each product and sum rounded once (`mul_add`) | 1 |
//! | `portable` | whatever the `wide` crate finds at compile time: SSE2, NEON, wasm simd128 | 4 |
//! | `avx2` | AVX2 and FMA, found at run time | 8 |
//! | `avx512` | AVX-512F and VL, found at run time | 16 |
//!
//! Lanes run across outputs: the weights lie in panels ([`weights`]), one input is broadcast to all lanes, and each
//! output is a chain of multiply-adds over its inputs in their order, with no sum across lanes at the end. That makes
//! the results of all sets with a fused multiply-add, `scalar` among them, the same to the bit.
//!
//! To add a set: an implementation of [`simd::Simd`], a line of `entry_points!`, a variant of [`Kernels`] and its line
//! in each `match` here.

mod portable;
mod scalar;
mod simd;
mod spectra;
mod vector;
mod weights;
#[cfg(target_arch = "x86_64")]
mod x86;

use std::fmt;
use std::str::FromStr;

use crate::error::Error;
pub(crate) use spectra::Windows;
pub(crate) use weights::{Shape, Weights};

/// A set of kernels, chosen once when a model is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kernels {
    /// The reference: plain loops, one number at a time.
    Scalar,
    /// Vectors of the `wide` crate, with the instructions that the build was compiled for.
    Portable,
    /// AVX2 with FMA, on x86-64.
    Avx2,
    /// AVX-512 (F and VL), on x86-64.
    Avx512,
}

impl Kernels {
    const ALL: [Self; 4] = [Self::Scalar, Self::Portable, Self::Avx2, Self::Avx512];

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
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma"),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => {
                Self::Avx2.is_available()
                    && is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512vl")
            }
            #[cfg(not(target_arch = "x86_64"))]
            _ => false,
        }
    }

    /// The name by which [`FromStr`] knows it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            Self::Portable => "portable",
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

/// What a convolution's sums begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Begin {
    Zero,
    /// What is in the output already.
    FromY,
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

impl Set {
    pub(crate) fn kernels(self) -> Kernels {
        self.0
    }

    /// The convolution of frames: `y[f, p, o] = sum over i, k of W[o, i, k] x[f, p * stride + k - taps / 2, i]`, where
    /// what lies outside of the frame is 0.
    ///
    /// Shapes: `x` (frames, times, inputs), `y` (frames, output times, outputs). `begin` and `end` say what is summed
    /// up from, and what is done with the sum.
    ///
    /// # Panics
    /// Where `x` and `y` are not whole frames of the same number, or the shape is not a known one.
    pub(crate) fn convolve(self, weights: &Weights, x: &[f32], y: &mut [f32], begin: Begin, end: End) {
        let shape = weights.shape();
        let frames = x.len() / (shape.times * shape.inputs);
        assert_eq!(x.len(), frames * shape.times * shape.inputs);
        assert_eq!(y.len(), frames * shape.output_times() * shape.outputs);
        assert!(shape.is_known());
        match self.0 {
            Kernels::Scalar => scalar::convolve(weights, x, y, begin, end),
            // SAFETY, for all: a set is made only where the processor has its instructions; shapes are checked above.
            Kernels::Portable => unsafe { portable::convolve(weights, x, y, begin, end) },
            #[cfg(target_arch = "x86_64")]
            Kernels::Avx2 => unsafe { x86::avx2::convolve(weights, x, y, begin, end) },
            #[cfg(target_arch = "x86_64")]
            Kernels::Avx512 => unsafe { x86::avx512::convolve(weights, x, y, begin, end) },
            #[cfg(not(target_arch = "x86_64"))]
            _ => scalar::convolve(weights, x, y, begin, end),
        }
    }

    /// One step of an LSTM from its gates `i, f, g, o`, before their activation:
    /// `c = sigmoid(f) c + sigmoid(i) tanh(g)`, `h = sigmoid(o) tanh(c)`.
    ///
    /// Shapes: `gates` (4, hidden), `h` and `c` (hidden).
    ///
    /// # Panics
    /// Where the lengths do not fit.
    pub(crate) fn lstm_gates(self, gates: &[f32], h: &mut [f32], c: &mut [f32]) {
        assert!(c.len() == h.len() && gates.len() == 4 * h.len());
        match self.0 {
            Kernels::Scalar => scalar::lstm_gates(gates, h, c),
            // SAFETY, for all: a set is made only where the processor has its instructions; lengths are checked above.
            Kernels::Portable => unsafe { portable::lstm_gates(gates, h, c) },
            #[cfg(target_arch = "x86_64")]
            Kernels::Avx2 => unsafe { x86::avx2::lstm_gates(gates, h, c) },
            #[cfg(target_arch = "x86_64")]
            Kernels::Avx512 => unsafe { x86::avx512::lstm_gates(gates, h, c) },
            #[cfg(not(target_arch = "x86_64"))]
            _ => scalar::lstm_gates(gates, h, c),
        }
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
        match self.0 {
            Kernels::Scalar => scalar::gru_gates(from_input, from_hidden, h),
            // SAFETY, for all: a set is made only where the processor has its instructions; lengths are checked above.
            Kernels::Portable => unsafe { portable::gru_gates(from_input, from_hidden, h) },
            #[cfg(target_arch = "x86_64")]
            Kernels::Avx2 => unsafe { x86::avx2::gru_gates(from_input, from_hidden, h) },
            #[cfg(target_arch = "x86_64")]
            Kernels::Avx512 => unsafe { x86::avx512::gru_gates(from_input, from_hidden, h) },
            #[cfg(not(target_arch = "x86_64"))]
            _ => scalar::gru_gates(from_input, from_hidden, h),
        }
    }

    /// The magnitude spectra of all windows of all frames.
    ///
    /// Shapes: `samples` (frames, samples of a frame), `spectra` (frames, windows, bins).
    ///
    /// # Panics
    /// Where the lengths do not fit.
    pub(crate) fn spectra(self, windows: &Windows, samples: &[f32], spectra: &mut [f32], scratch: &mut [f32]) {
        let frames = samples.len() / windows.frame();
        assert_eq!(samples.len(), frames * windows.frame());
        assert_eq!(spectra.len(), frames * windows.times() * windows.bins());
        assert!(scratch.len() >= windows.scratch(frames));
        match self.0 {
            // SAFETY, for all: a set is made only where the processor has its instructions; lengths are checked above.
            Kernels::Scalar => unsafe { spectra::spectra::<f32>(windows, samples, spectra, scratch) },
            Kernels::Portable => unsafe { portable::spectra(windows, samples, spectra, scratch) },
            #[cfg(target_arch = "x86_64")]
            Kernels::Avx2 => unsafe { x86::avx2::spectra(windows, samples, spectra, scratch) },
            #[cfg(target_arch = "x86_64")]
            Kernels::Avx512 => unsafe { x86::avx512::spectra(windows, samples, spectra, scratch) },
            #[cfg(not(target_arch = "x86_64"))]
            _ => unsafe { spectra::spectra::<f32>(windows, samples, spectra, scratch) },
        }
    }
}

/// `1 / (1 + e^-x)`, the same with every set.
pub(crate) fn sigmoid(x: f32) -> f32 {
    scalar::sigmoid(x)
}

/// The functions of a set: the kernels of [`vector`] and [`spectra`] for one kind of vector, and one of four lanes,
/// compiled for its instructions.
///
/// For each layer three numbers: vectors in a tile of one frame; vectors and frames in a tile of many frames.
macro_rules! entry_points {
    ($vector:ty, $four:ty, $(#[$feature:meta])?, conv1: $conv1:tt, conv2: $conv2:tt, matrix: $matrix:tt) => {
        use crate::kernels::{Begin, End, Weights, Windows, spectra, vector};

        /// See [`Set::convolve`](crate::kernels::Set::convolve).
        ///
        /// # Safety
        /// The processor must have this set's instructions, and `x` and `y` must be whole frames of the weights' shape.
        $(#[$feature])?
        pub(in crate::kernels) unsafe fn convolve(weights: &Weights, x: &[f32], y: &mut [f32], begin: Begin, end: End) {
            let shape = weights.shape();
            // SAFETY: the caller's conditions, and each line names the times, taps, stride and output times it is for.
            unsafe {
                match (shape.times, shape.taps, shape.stride) {
                    (4, 3, 1) => entry_points!(@tile $vector, [4, 3, 1, 4], $conv1)(weights, x, y, begin, end),
                    (4, 3, 2) => entry_points!(@tile $vector, [4, 3, 2, 2], $conv2)(weights, x, y, begin, end),
                    (2, 3, 2) => entry_points!(@tile $vector, [2, 3, 2, 1], $matrix)(weights, x, y, begin, end),
                    (1, 3, 1) => entry_points!(@tile $vector, [1, 3, 1, 1], $matrix)(weights, x, y, begin, end),
                    _ => entry_points!(@tile $vector, [1, 1, 1, 1], $matrix)(weights, x, y, begin, end),
                }
            }
        }

        /// See [`Set::spectra`](crate::kernels::Set::spectra). A frame alone fills four lanes.
        ///
        /// # Safety
        /// The processor must have this set's instructions, and the lengths must fit.
        $(#[$feature])?
        pub(in crate::kernels) unsafe fn spectra(windows: &Windows, samples: &[f32], spectra: &mut [f32], scratch: &mut [f32]) {
            // SAFETY: the caller's conditions.
            unsafe {
                if samples.len() > windows.frame() {
                    spectra::spectra::<$vector>(windows, samples, spectra, scratch);
                } else {
                    spectra::spectra::<$four>(windows, samples, spectra, scratch);
                }
            }
        }

        /// See [`Set::lstm_gates`](crate::kernels::Set::lstm_gates).
        ///
        /// # Safety
        /// The processor must have this set's instructions, and the lengths must fit.
        $(#[$feature])?
        pub(in crate::kernels) unsafe fn lstm_gates(gates: &[f32], h: &mut [f32], c: &mut [f32]) {
            // SAFETY: the caller's conditions.
            unsafe { vector::lstm_gates::<$vector>(gates, h, c) }
        }

        /// See [`Set::gru_gates`](crate::kernels::Set::gru_gates).
        ///
        /// # Safety
        /// The processor must have this set's instructions, and the lengths must fit.
        $(#[$feature])?
        pub(in crate::kernels) unsafe fn gru_gates(from_input: &[f32], from_hidden: &[f32], h: &mut [f32]) {
            // SAFETY: the caller's conditions.
            unsafe { vector::gru_gates::<$vector>(from_input, from_hidden, h) }
        }
    };
    (@tile $vector:ty, [$times:literal, $taps:literal, $stride:literal, $out:literal], ($v:literal, $vb:literal, $b:literal)) => {
        vector::convolve::<$vector, $times, $taps, $stride, $out, $v, $vb, $b>
    };
}
use entry_points;

#[cfg(test)]
mod tests;
