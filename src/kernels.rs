//! The arithmetic of the networks, once for each kind of processor.
//!
//! A network spends its time in one operation, a small convolution over the times of a frame (of which a matrix times a
//! vector is the case of one time), and a little in the gates of its recurrent cell. [`scalar`] says in plain loops what
//! these compute (spectra and Winograd's transforms it computes as all others do, in arrays of four numbers).
//! [`convolution`], [`beside`], [`gates`], [`spectra`] and [`winograd`] compute the same for vectors of any kind, and
//! each set below names the vector and the tile sizes that suit it:
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
//! the results of all sets with a fused multiply-add, `scalar` among them, the same to the bit; only a zero may have another
//! sign, which no score shows.
//!
//! To read it: one kernel from the reference to AVX-512 is `scalar::convolve`, [`convolution`] (its `Tile::add` is what
//! matters), the vector in `x86.rs`, and `entry_points.rs`, which compiles the one for the other. [`Set`] checks shapes
//! and calls them.
//!
//! To add a set: vectors, which are all [`simd::Vector`]s: one that is a [`simd::Simd`], one of four lanes that is a [`simd::Four`],
//! and one of double precision, for the spectra, that is a [`simd::Double`]; a line of `entry_points!`; a variant of [`Kernels`] with
//! its place in `ALL`, `is_available` and `name`; and its line in `set.rs`.

mod beside;
mod convolution;
mod entry_points;
mod gates;
#[cfg(target_arch = "aarch64")]
mod neon;
mod portable;
mod power;
mod scalar;
mod set;
mod simd;
mod spectra;
mod weights;
mod winograd;
#[cfg(target_arch = "x86_64")]
mod x86;

use std::fmt;
use std::str::FromStr;

use crate::error::Error;
use entry_points::entry_points;
pub(crate) use power::Window;
use set::DOT_LANES;
pub(crate) use set::{End, Inputs, Set, sigmoid};
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
                    && is_x86_feature_detected!("popcnt")
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
        Set::new(self).ok_or_else(|| refused(self.name()))
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

#[cfg(test)]
mod tests;
