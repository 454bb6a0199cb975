//! Signal processing that detectors share: small, pure and without input or output.

pub mod fft;
pub mod resample;
pub mod window;
