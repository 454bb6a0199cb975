//! Signal processing that detectors share: small, pure and without input or output.

pub mod autocorrelation;
pub mod bank;
pub mod biquad;
pub mod crossings;
pub mod fft;
pub mod noise;
pub(crate) mod resample;
pub mod smooth;
pub mod spectrum;
pub mod steps;
pub mod whiten;
pub mod window;
