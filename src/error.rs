//! The one error type of the engine: each variant names what was given and what is legal.

use std::fmt;

/// Why the engine refused an input.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// A sample rate outside of what the engine resamples, in Hz.
    Rate {
        /// The rate given, in Hz.
        given: u32,
        /// The lowest legal rate, in Hz.
        lowest: u32,
        /// The highest legal rate, in Hz.
        highest: u32,
    },
    /// A configuration field outside of its range.
    Config {
        /// The field's name.
        field: &'static str,
        /// The value given.
        given: f64,
        /// The legal values, in words.
        legal: &'static str,
    },
    /// A channel that the recording does not have.
    Channel {
        /// The channel asked for, counted from 0.
        given: usize,
        /// How many channels there are.
        channels: usize,
    },
    /// A labelled, found or scored stretch of a recording that cannot be.
    Interval {
        /// What it was given as.
        what: &'static str,
        /// Its first sample.
        start: u64,
        /// The sample after its last one.
        end: u64,
        /// What is legal, in words.
        legal: String,
    },
    /// Scores that are not as many as a recording has hops.
    Scores {
        /// How many there are.
        given: usize,
        /// How many hops the recording has.
        wanted: usize,
    },
    /// Bytes that are not a readable weights file.
    WeightsFile {
        /// What is wrong with them.
        reason: String,
    },
    /// A weights file without a tensor that the network needs.
    TensorMissing {
        /// The tensor's name.
        name: String,
    },
    /// A tensor of another shape than the network's.
    TensorShape {
        /// The tensor's name.
        name: String,
        /// The shape found in the file.
        found: Vec<usize>,
        /// The shape that the network wants.
        wanted: Vec<usize>,
    },
    /// A tensor whose numbers the network cannot use.
    TensorValues {
        /// The tensor's name.
        name: String,
        /// What is wrong with its numbers.
        reason: String,
    },
    /// A kernel set that is unknown, or that this machine cannot run.
    Kernels {
        /// The name given.
        given: String,
        /// The names that this machine can run.
        legal: String,
    },
    /// A pool without room for another stream.
    PoolFull {
        /// How many streams it holds.
        streams: usize,
    },
    /// A stream that has left its pool.
    NotInPool,
    /// Bytes that are not a readable WAV file, or a WAV file that cannot be written.
    Wav {
        /// What is wrong.
        reason: String,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rate { given, lowest, highest } => {
                write!(f, "sample rate {given} Hz is not supported: {lowest} to {highest} Hz are")
            }
            Self::Config { field, given, legal } => write!(f, "{field} is {given}: it must be {legal}"),
            Self::Channel { given, channels } => {
                write!(f, "there is no channel {given}: the recording has {channels}, counted from 0")
            }
            Self::Interval { what, start, end, legal } => write!(f, "{what} {start}..{end}: {legal}"),
            Self::Scores { given, wanted } => {
                write!(f, "there are {given} scores, and the recording has {wanted} hops")
            }
            Self::WeightsFile { reason } => write!(f, "not a usable weights file: {reason}"),
            Self::TensorMissing { name } => write!(f, "the weights file has no tensor `{name}`"),
            Self::TensorShape { name, found, wanted } => {
                write!(f, "tensor `{name}` has shape {found:?}: the network wants {wanted:?}")
            }
            Self::TensorValues { name, reason } => write!(f, "tensor `{name}` {reason}"),
            Self::Kernels { given, legal } => {
                write!(f, "there is no kernel set `{given}` on this machine: there is {legal}")
            }
            Self::PoolFull { streams } => write!(f, "the pool is full: it holds {streams} streams"),
            Self::NotInPool => write!(f, "the stream is not in the pool: it has left"),
            Self::Wav { reason } => write!(f, "WAV: {reason}"),
        }
    }
}

impl std::error::Error for Error {}
