//! Samples as they arrive: number formats, channels and WAV files.

pub mod channels;
pub mod sample;
#[cfg(feature = "wav")]
pub mod wav;

pub use sample::Sample;
