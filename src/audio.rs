//! Samples as they arrive: number formats, channels and WAV files.

mod channels;
pub mod g711;
pub(crate) mod sample;
#[cfg(feature = "wav")]
pub mod wav;

pub use channels::{mix_down, pick};
pub use sample::{FAINTEST, LIMIT, Sample, clean};
