//! The spectrum of a real signal.

use std::f64::consts::TAU;
use std::fmt;
use std::sync::Arc;

use rustfft::num_complex::Complex32;
use rustfft::{Fft, FftPlanner};

/// The discrete Fourier transform of `length` real samples, computed as one complex transform of half that length.
///
/// The even samples become real parts and the odd ones imaginary parts of `z`. With `Z` its transform, the spectra of
/// the even and odd samples are `E = (Z[k] + Z*[m - k]) / 2` and `O = (Z[k] - Z*[m - k]) / 2i`, and
/// `X[k] = E + e^(-i 2 pi k / length) O` (Press et al., *Numerical Recipes*, section 12.3).
#[derive(Clone)]
pub struct RealFft {
    fft: Arc<dyn Fft<f32>>,
    twiddles: Vec<Complex32>, // (length / 2 + 1): e^(-i 2 pi k / length)
    packed: Vec<Complex32>,   // (length / 2)
    scratch: Vec<Complex32>,
}

impl RealFft {
    /// A transform of `length` samples; an odd length counts as the next even one, and 0 as 2.
    pub fn new(length: usize) -> Self {
        let half = length.div_ceil(2).max(1);
        let fft = FftPlanner::new().plan_fft_forward(half);
        let twiddles = (0..=half)
            .map(|k| {
                let angle = -TAU * k as f64 / (2 * half) as f64;
                Complex32::new(angle.cos() as f32, angle.sin() as f32)
            })
            .collect();
        let scratch = vec![Complex32::ZERO; fft.get_inplace_scratch_len()];
        Self { fft, twiddles, packed: vec![Complex32::ZERO; half], scratch }
    }

    /// How many samples are transformed.
    pub fn len(&self) -> usize {
        2 * self.packed.len()
    }

    /// How many bins a spectrum has, from 0 Hz to half of the sample rate: `len() / 2 + 1`.
    pub fn bins(&self) -> usize {
        self.twiddles.len()
    }

    /// The magnitudes of the spectrum of `samples`; shapes (len) and (bins).
    ///
    /// Missing samples count as 0; samples and bins beyond the transform's are left alone.
    pub fn magnitudes(&mut self, samples: impl IntoIterator<Item = f32>, magnitudes: &mut [f32]) {
        self.transform(samples, magnitudes, |bin| (bin.re.mul_add(bin.re, bin.im * bin.im)).sqrt());
    }

    /// The squared magnitudes of the spectrum of `samples`; see [`RealFft::magnitudes`].
    pub fn powers(&mut self, samples: impl IntoIterator<Item = f32>, powers: &mut [f32]) {
        self.transform(samples, powers, |bin| bin.norm_sqr());
    }

    fn transform(
        &mut self,
        samples: impl IntoIterator<Item = f32>,
        spectrum: &mut [f32],
        measure: impl Fn(Complex32) -> f32,
    ) {
        let mut samples = samples.into_iter();
        for z in &mut self.packed {
            let even = samples.next().unwrap_or(0.0);
            let odd = samples.next().unwrap_or(0.0);
            *z = Complex32::new(even, odd);
        }
        self.fft.process_with_scratch(&mut self.packed, &mut self.scratch);

        let half = self.packed.len();
        for (k, (out, twiddle)) in spectrum.iter_mut().zip(&self.twiddles).enumerate() {
            let z = self.packed[k % half];
            let mirrored = self.packed[(half - k) % half].conj();
            let even = (z + mirrored) * 0.5;
            let odd = (z - mirrored) * Complex32::new(0.0, -0.5);
            *out = measure(even + twiddle * odd);
        }
    }
}

impl fmt::Debug for RealFft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RealFft").field("len", &self.len()).finish_non_exhaustive()
    }
}
