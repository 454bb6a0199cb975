//! How periodic a sound is.

use std::ops::Range;

use crate::dsp::fft::RealFft;

/// Finds the strongest periodicity of a short window from its power spectrum.
///
/// The inverse transform of a power spectrum is the autocorrelation (Wiener and Khinchin); that of its square root is
/// sharper, for a strong low harmonic outweighs the others less (T. Tolonen and M. Karjalainen, "A computationally
/// efficient multipitch analysis model", 2000, section II: "generalized autocorrelation"). A sound with a pitch has a
/// peak at its period.
#[derive(Clone, Debug)]
pub struct Periodicity {
    fft: RealFft,
    amplitudes: Vec<f32>,  // (length): the spectrum and its mirror image
    correlation: Vec<f32>, // (length / 2 + 1)
    bins: Range<usize>,
    lags: Range<usize>,
}

impl Periodicity {
    /// A search over spectra of which `bins` are looked at, transformed over `length` points, an even number.
    ///
    /// With bins `s` Hz apart, lag `l` stands for a pitch of `length * s / l` Hz. `length` is at least twice the end
    /// of `bins`; the periods searched are `lags`.
    pub fn new(length: usize, bins: Range<usize>, lags: Range<usize>) -> Self {
        let fft = RealFft::new(length);
        let (length, half) = (fft.length(), fft.bins());
        let bins = bins.start.min(half)..bins.end.min(half);
        let lags = lags.start.min(half)..lags.end.min(half);
        Self { fft, amplitudes: vec![0.0; length], correlation: vec![0.0; half], bins, lags }
    }

    /// The highest normalised autocorrelation in the range of pitch periods, from 0, no pitch, to 1; 0 in silence.
    ///
    /// `powers` has at least as many bins as are looked at.
    pub fn of(&mut self, powers: &[f32]) -> f32 {
        let length = self.amplitudes.len();
        for bin in self.bins.clone() {
            let amplitude = powers.get(bin).copied().unwrap_or(0.0).sqrt();
            self.amplitudes[bin] = amplitude;
            self.amplitudes[(length - bin) % length] = amplitude;
        }
        self.fft.real_parts(self.amplitudes.iter().copied(), &mut self.correlation);
        let peak = self.correlation[self.lags.clone()].iter().copied().fold(0.0, f32::max);
        if self.correlation[0] > 0.0 { (peak / self.correlation[0]).min(1.0) } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::spectrum::PowerSpectrum;
    use std::f32::consts::TAU;

    const LENGTH: usize = 256;

    fn searcher() -> Periodicity {
        Periodicity::new(LENGTH, 3..112, 20..110)
    }

    #[test]
    fn a_comb_is_periodic_and_one_bin_in_all_is_its_cosine() {
        // Lines at every 4th bin repeat each 64 lags, where they are all in phase.
        let mut powers = [0.0; 129];
        powers.iter_mut().step_by(4).for_each(|power| *power = 2.0);
        assert!((searcher().of(&powers) - 1.0).abs() < 1e-5);
        // A line at bin 8 has the correlation cos(2 pi 8 lag / 256), which is 1 at lags 32, 64 and 96.
        let mut line = [0.0; 129];
        line[8] = 5.0;
        assert!((searcher().of(&line) - 1.0).abs() < 1e-5);
        let mut short = Periodicity::new(LENGTH, 3..112, 10..27);
        assert!((short.of(&line) - (TAU * 8.0 * 26.0 / 256.0).cos()).abs() < 1e-5);
    }

    #[test]
    fn a_flat_spectrum_and_silence_are_not_periodic() {
        assert!(searcher().of(&[1.0; 129]) < 0.05);
        assert_eq!(searcher().of(&[0.0; 129]), 0.0);
        assert_eq!(searcher().of(&[]), 0.0);
    }

    #[test]
    fn a_voice_is_more_periodic_than_noise() {
        let mut spectrum = PowerSpectrum::new(256); // 32 ms at 8 kHz
        let pulses: Vec<f32> = (0..256).map(|n| if n % 64 == 0 { 1.0 } else { 0.0 }).collect(); // 125 Hz
        let voiced = searcher().of(spectrum.of(&pulses));
        let mut state = 1_u32;
        let noise: Vec<f32> = (0..256)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                state as i32 as f32 / 2_147_483_648.0
            })
            .collect();
        let unvoiced = searcher().of(spectrum.of(&noise));
        assert!(voiced > 0.4 && unvoiced < 0.2, "{voiced} {unvoiced}");
    }
}
