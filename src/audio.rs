//! Samples as they arrive: number formats, telephone codes, channels and WAV files.

pub mod channels;
pub mod g711;
pub mod sample;
#[cfg(feature = "wav")]
pub mod wav;

pub use sample::Sample;
