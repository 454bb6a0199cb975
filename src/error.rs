//! The one error type of the engine: each variant names what was given and what is legal.

use std::fmt;

/// Why the engine refused an input.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// A sample rate outside of what the engine resamples, in Hz.
    #[non_exhaustive]
    Rate {
        /// The rate given, in Hz.
        given: u32,
        /// The lowest legal rate, in Hz.
        lowest: u32,
        /// The highest legal rate, in Hz.
        highest: u32,
    },
    /// A configuration field outside of its range.
    #[non_exhaustive]
    Config {
        /// The field's name.
        field: &'static str,
        /// The value given.
        given: f64,
        /// The legal values, in words.
        legal: &'static str,
    },
    /// A channel that the recording does not have.
    #[non_exhaustive]
    Channel {
        /// The channel asked for, counted from 0.
        given: usize,
        /// How many channels there are.
        channels: usize,
    },
    /// A labelled, found or scored stretch of a recording that cannot be.
    #[non_exhaustive]
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
    #[non_exhaustive]
    Scores {
        /// How many there are.
        given: usize,
        /// How many hops the recording has.
        wanted: usize,
    },
    /// Bytes that are not a readable weights file.
    #[non_exhaustive]
    WeightsFile {
        /// What is wrong with them.
        reason: String,
    },
    /// A weights file without a tensor that the network needs.
    #[non_exhaustive]
    TensorMissing {
        /// The tensor's name.
        name: String,
    },
    /// A tensor of another shape than the network's.
    #[non_exhaustive]
    TensorShape {
        /// The tensor's name.
        name: String,
        /// The shape found in the file.
        found: Vec<usize>,
        /// The shape that the network wants.
        wanted: Vec<usize>,
    },
    /// A tensor whose numbers the network cannot use.
    #[non_exhaustive]
    TensorValues {
        /// The tensor's name.
        name: String,
        /// What is wrong with its numbers.
        reason: String,
    },
    /// A kernel set that is unknown, or that this machine cannot run.
    #[non_exhaustive]
    Kernels {
        /// The name given.
        given: String,
        /// The names that this machine can run.
        legal: String,
    },
    /// Audio that is to be kept, and is more than there is room for.
    #[non_exhaustive]
    Audio {
        /// How many samples of the caller's audio the settings need.
        needed: u64,
        /// How many there is room for.
        most: u64,
    },
    /// A detector that there is none of.
    #[non_exhaustive]
    Kind {
        /// The name given.
        given: String,
        /// The names that there are.
        legal: String,
    },
    /// A pool without room for another stream.
    #[non_exhaustive]
    PoolFull {
        /// How many streams it holds.
        streams: usize,
    },
    /// A stream that has left its pool, or is another pool's.
    NotInPool,
    /// A packet that would make more audio wait in a pool than it was given room for.
    #[non_exhaustive]
    Behind {
        /// How many samples of the stream wait to be scored.
        waiting: usize,
        /// How many the packet has, none of them taken.
        given: usize,
        /// How many may wait.
        most: usize,
    },
    /// Bytes that are not a readable WAV file, or a WAV file that cannot be written.
    #[non_exhaustive]
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
            Self::Audio { needed, most } => {
                write!(f, "the settings need {needed} samples of audio to be kept: there is room for {most}")
            }
            Self::Kind { given, legal } => write!(f, "there is no detector `{given}`: there is {legal}"),
            Self::PoolFull { streams } => write!(f, "the pool is full: it holds {streams} streams"),
            Self::NotInPool => write!(f, "the stream is not in this pool: it has left, or is another's"),
            Self::Behind { given, most, .. } if given > most => {
                write!(f, "a packet of {given} samples never fits: {most} may wait to be scored")
            }
            Self::Behind { waiting, given, most } => {
                write!(f, "{waiting} of {most} samples wait to be scored, and {given} more do not fit: step first")
            }
            Self::Wav { reason } => write!(f, "WAV: {reason}"),
        }
    }
}

impl std::error::Error for Error {}
