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
    packed: Vec<Complex32>,   // (length / 2 + 1): the transform, and its first bin once more, for it is periodic
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
        Self { fft, twiddles, packed: vec![Complex32::ZERO; half + 1], scratch }
    }

    /// How many samples are transformed.
    pub fn length(&self) -> usize {
        2 * (self.packed.len() - 1)
    }

    /// How many bins a spectrum has, from 0 Hz to half of the sample rate: `length() / 2 + 1`.
    pub fn bins(&self) -> usize {
        self.twiddles.len()
    }

    /// The magnitudes of the spectrum of `samples`; shapes (length) and (bins).
    ///
    /// Missing samples count as 0; samples and bins beyond the transform's are left alone.
    pub fn magnitudes(&mut self, samples: impl IntoIterator<Item = f32>, magnitudes: &mut [f32]) {
        self.transform(samples, magnitudes, |bin| (bin.re.mul_add(bin.re, bin.im * bin.im)).sqrt());
    }

    /// The squared magnitudes of the spectrum of `samples`; see [`RealFft::magnitudes`].
    pub fn powers(&mut self, samples: impl IntoIterator<Item = f32>, powers: &mut [f32]) {
        self.transform(samples, powers, |bin| bin.norm_sqr());
    }

    /// The real parts of the spectrum of `samples`; see [`RealFft::magnitudes`].
    pub fn real_parts(&mut self, samples: impl IntoIterator<Item = f32>, parts: &mut [f32]) {
        self.transform(samples, parts, |bin| bin.re);
    }

    fn transform(
        &mut self,
        samples: impl IntoIterator<Item = f32>,
        spectrum: &mut [f32],
        measure: impl Fn(Complex32) -> f32,
    ) {
        let half = self.packed.len() - 1;
        let mut samples = samples.into_iter();
        for z in &mut self.packed[..half] {
            let even = samples.next().unwrap_or(0.0);
            let odd = samples.next().unwrap_or(0.0);
            *z = Complex32::new(even, odd);
        }
        self.fft.process_with_scratch(&mut self.packed[..half], &mut self.scratch);
        self.packed[half] = self.packed[0];

        let mirrored = self.packed.iter().rev();
        for (((out, twiddle), z), mirrored) in spectrum.iter_mut().zip(&self.twiddles).zip(&self.packed).zip(mirrored)
        {
            let even = (z + mirrored.conj()) * 0.5;
            let odd = (z - mirrored.conj()) * Complex32::new(0.0, -0.5);
            *out = measure(even + twiddle * odd);
        }
    }
}

impl fmt::Debug for RealFft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RealFft").field("length", &self.length()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rounding of an `f32` transform: a few units of the last place of the largest bin.
    const TOLERANCE: f32 = 3e-7;

    #[test]
    fn spectra_are_those_of_the_complex_transform() {
        for length in [2, 4, 6, 10, 128, 256, 480] {
            let samples: Vec<f32> = (0..length).map(|n| ((n * n * 7 + 3 * n) % 101) as f32 / 50.0 - 1.0).collect();
            let mut complex: Vec<_> =
                samples.iter().map(|&x| rustfft::num_complex::Complex64::from(f64::from(x))).collect();
            FftPlanner::new().plan_fft_forward(length).process(&mut complex);

            let mut fft = RealFft::new(length);
            assert_eq!((fft.length(), fft.bins()), (length, length / 2 + 1));
            let mut magnitudes = vec![f32::NAN; fft.bins()];
            let mut powers = magnitudes.clone();
            let mut parts = magnitudes.clone();
            fft.real_parts(samples.iter().copied(), &mut parts);
            fft.magnitudes(samples.iter().copied(), &mut magnitudes);
            fft.powers(samples.iter().copied(), &mut powers);
            let scale = magnitudes.iter().fold(0.0_f32, |scale, m| scale.max(*m));
            for k in 0..fft.bins() {
                let exact = complex[k].norm() as f32;
                assert!((magnitudes[k] - exact).abs() <= TOLERANCE * scale, "{length} bin {k}");
                assert!((parts[k] - complex[k].re as f32).abs() <= TOLERANCE * scale, "{length} bin {k}");
                assert!((powers[k] - exact * exact).abs() <= 2.0 * TOLERANCE * scale * scale, "{length} bin {k}");
            }
        }
    }

    #[test]
    fn a_sine_is_one_bin_and_missing_samples_are_zeros() {
        let mut fft = RealFft::new(64);
        let mut magnitudes = vec![0.0; 33];
        fft.magnitudes((0..64).map(|n| (TAU * 5.0 * f64::from(n) / 64.0).sin() as f32), &mut magnitudes);
        for (k, magnitude) in magnitudes.iter().enumerate() {
            let expected = if k == 5 { 32.0 } else { 0.0 };
            assert!((magnitude - expected).abs() < 1e-5, "bin {k}: {magnitude}");
        }
        fft.magnitudes([1.0], &mut magnitudes);
        assert!(magnitudes.iter().all(|magnitude| (magnitude - 1.0).abs() < 1e-6), "an impulse is flat");
    }
}
