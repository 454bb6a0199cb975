//! The arithmetic of the networks, once for each kind of processor.
//!
//! A network spends its time in one operation, a matrix times a vector, and a little in two functions, the sigmoid
//! and the hyperbolic tangent. [`scalar`] says in plain loops what each computes; the other sets compute the same
//! with vector instructions and are tested against it:
//!
//! | set | instructions | lanes |
//! |---|---|---|
//! | `scalar` | none: one number at a time, each product and sum rounded once (`mul_add`) | 1 |
//! | `portable` | whatever the `wide` crate finds at compile time: SSE2, NEON, wasm simd128 | 8 |
//!
//! Lanes run across outputs: the weights lie in [`Panels`], one input is broadcast to all lanes, and each output is
//! a chain of multiply-adds over its inputs with no sum across lanes at the end.
//!
//! To add a set: a module with the same three functions, a variant of [`Kernels`], and a line in each `match` here.

mod panels;
mod portable;
mod scalar;

use std::fmt;
use std::str::FromStr;

use crate::error::Error;
pub(crate) use panels::Panels;

/// A set of kernels, chosen once when a model is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kernels {
    /// The reference: plain loops, one number at a time.
    Scalar,
    /// Vectors of the `wide` crate, with the instructions that the build was compiled for.
    Portable,
}

impl Kernels {
    /// The fastest set that this machine can run.
    pub fn best() -> Self {
        Self::Portable
    }

    /// All sets that this machine can run, the slowest first.
    pub fn available() -> &'static [Self] {
        &[Self::Scalar, Self::Portable]
    }

    /// The name by which [`FromStr`] knows it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            Self::Portable => "portable",
        }
    }

    /// `sums[o] += W[o, k] * x[k]` summed over `k`, for every output `o`; shapes: `x` (inputs), `sums` (outputs).
    pub(crate) fn accumulate(self, weights: &Panels, x: &[f32], sums: &mut [f32]) {
        match self {
            Self::Scalar => scalar::accumulate(weights, x, sums),
            Self::Portable => portable::accumulate(weights, x, sums),
        }
    }

    /// `1 / (1 + e^-x)` in place.
    pub(crate) fn sigmoid(self, x: &mut [f32]) {
        match self {
            Self::Scalar => scalar::sigmoid(x),
            Self::Portable => portable::sigmoid(x),
        }
    }

    /// The hyperbolic tangent in place.
    pub(crate) fn tanh(self, x: &mut [f32]) {
        match self {
            Self::Scalar => scalar::tanh(x),
            Self::Portable => portable::tanh(x),
        }
    }
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
        let known = Self::available();
        known.iter().copied().find(|set| set.name() == name).ok_or_else(|| {
            let names: Vec<_> = known.iter().map(|set| set.name()).collect();
            Error::Kernels { given: name.to_owned(), legal: format!("auto, {}", names.join(", ")) }
        })
    }
}

#[cfg(test)]
mod tests;
