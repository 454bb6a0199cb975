//! From the input's rate to the 8 kHz at which everything else happens.

use super::fixed::{multiply, narrow};
use super::sixth::Sixth;

/// The most samples that a frame has at 8 kHz: 30 ms.
pub(super) const MAX_NARROWBAND: usize = 240;

/// 10 ms at 8 kHz.
const NARROWBAND_10_MS: usize = 80;

/// Brings a frame to 8 kHz, with the filters' states carried from frame to frame.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Downsampler {
    /// 8 kHz stays as it is.
    Whole,
    /// 16 kHz is halved.
    Half(Halving),
    /// 32 kHz is halved twice.
    Quarter([Halving; 2]),
    /// 48 kHz goes through a better resampler.
    Sixth(Sixth),
}

impl Downsampler {
    /// A downsampler from `rate` Hz; `None` for any but 8000, 16000, 32000 and 48000.
    pub(super) fn new(rate: u32) -> Option<Self> {
        match rate {
            8_000 => Some(Self::Whole),
            16_000 => Some(Self::Half(Halving::default())),
            32_000 => Some(Self::Quarter(Default::default())),
            48_000 => Some(Self::Sixth(Sixth::default())),
            _ => None,
        }
    }

    /// Forgets all samples.
    pub(super) fn reset(&mut self) {
        match self {
            Self::Whole => {}
            Self::Half(halving) => *halving = Halving::default(),
            Self::Quarter(halvings) => *halvings = Default::default(),
            Self::Sixth(sixth) => *sixth = Sixth::default(),
        }
    }

    /// Fills `narrowband`, a frame at 8 kHz of 80, 160 or 240 samples, from the input's samples: `read(n, samples)`
    /// fills `samples` with those from the frame's `n`th on.
    ///
    /// At 48 kHz, a frame of 20 or 30 ms is its first 10 ms two or three times over: the original never moves on to
    /// the rest of the frame (`WebRtcVad_CalcVad48khz` in `vad_core.c` passes the frame's start each time), so the
    /// detector does not hear it.
    pub(super) fn run(&mut self, narrowband: &mut [i16], read: impl Fn(usize, &mut [i16])) {
        for (nth, narrowband) in narrowband.chunks_exact_mut(NARROWBAND_10_MS).enumerate() {
            match self {
                Self::Whole => read(nth * narrowband.len(), narrowband),
                Self::Half(halving) => {
                    let mut input = [0; 2 * NARROWBAND_10_MS];
                    read(nth * input.len(), &mut input);
                    let mut once = *halving; // in registers
                    for (output, &pair) in narrowband.iter_mut().zip(input.as_chunks().0) {
                        *output = once.push(pair);
                    }
                    *halving = once;
                }
                Self::Quarter(halvings) => {
                    let mut input = [0; 4 * NARROWBAND_10_MS];
                    read(nth * input.len(), &mut input);
                    let [mut once, mut twice] = *halvings;
                    for (output, &[a, b, c, d]) in narrowband.iter_mut().zip(input.as_chunks().0) {
                        *output = twice.push([once.push([a, b]), once.push([c, d])]);
                    }
                    *halvings = [once, twice];
                }
                Self::Sixth(sixth) => {
                    let mut input = [0; Sixth::INPUT];
                    read(0, &mut input);
                    sixth.run(&input, narrowband);
                }
            }
        }
    }
}

/// Halves the rate: a half-band low-pass made of two all-pass filters, one for even samples and one for odd ones.
///
/// A first-order all-pass with coefficient a, `y[n] = a x[n] + x[n-1] - a y[n-1]`, changes phases only. Fed with the
/// even and the odd samples, the two differ in phase so that their outputs agree below a quarter of the input rate
/// and oppose each other above it: half their sum is the low half of the spectrum, at half the rate.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Halving {
    even: i32, // x - a y of the sample before, Q0
    odd: i32,
}

impl Halving {
    // `kAllPassCoefsQ13` in vad_sp.c.
    const EVEN: i16 = 5243; // 0.64 in Q13
    const ODD: i16 = 1392; // 0.17 in Q13

    /// Turns two samples into one.
    #[inline]
    fn push(&mut self, [first, second]: [i16; 2]) -> i16 {
        let of_even = all_pass(Self::EVEN, first, &mut self.even);
        let of_odd = all_pass(Self::ODD, second, &mut self.odd);
        of_even.wrapping_add(of_odd)
    }
}

/// Half of what the all-pass with coefficient `a` (Q13) makes of sample `x`.
#[inline]
fn all_pass(a: i16, x: i16, state: &mut i32) -> i16 {
    let half = narrow((*state >> 1) + multiply(a, x, 14)); // y / 2
    *state = i32::from(x) - multiply(a, half, 12); // x - a y
    half
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The power of a sine of `frequency` after resampling, over its power before.
    fn gain(rate: u32, frequency: f64) -> f64 {
        let mut downsampler = Downsampler::new(rate).unwrap();
        let sine = |n: usize| 8_000.0 * (std::f64::consts::TAU * frequency * n as f64 / f64::from(rate)).sin();
        let per_frame = rate as usize / 100;
        let mut power = 0.0;
        for frame in 0..100 {
            let mut narrowband = [0; NARROWBAND_10_MS];
            downsampler.run(&mut narrowband, |at, samples| {
                for (n, sample) in samples.iter_mut().enumerate() {
                    *sample = sine(frame * per_frame + at + n) as i16;
                }
            });
            if frame >= 10 {
                power += narrowband.iter().map(|&y| f64::from(y).powi(2)).sum::<f64>();
            }
        }
        power / (90.0 * NARROWBAND_10_MS as f64) / (8_000.0_f64.powi(2) / 2.0)
    }

    #[test]
    fn speech_passes_and_what_would_fold_onto_it_does_not() {
        for rate in [8_000, 16_000, 32_000, 48_000] {
            for frequency in [200.0, 1_000.0, 2_000.0] {
                let gain = gain(rate, frequency);
                assert!((0.9..1.1).contains(&gain), "{rate} Hz, {frequency} Hz: {gain}");
            }
        }
        for (rate, frequency) in [(16_000, 7_500.0), (32_000, 7_500.0), (32_000, 15_500.0), (48_000, 5_000.0)] {
            let gain = gain(rate, frequency);
            assert!(gain < 0.02, "{rate} Hz, {frequency} Hz: {gain}");
        }
    }

    #[test]
    fn other_rates_are_refused() {
        for rate in [0, 7_999, 11_025, 22_050, 44_100, 96_000] {
            assert_eq!(Downsampler::new(rate), None);
        }
    }
}
