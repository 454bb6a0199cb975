//! The resampler from 48 to 8 kHz: 48 -> 24 (all-pass pair), 24 -> 16 (low-pass and interpolation), 16 -> 8 (pair).
//!
//! Source: `WebRtcSpl_Resample48khzTo8khz` in `resample_48khz.c`, with `resample_by_2_internal.c` and
//! `resample_fractional.c`. Between the stages samples are wide: Q15, with half a step of Q0 (2^14) added where they
//! enter, so that the shift back to Q0 rounds to the nearest. Full-scale input can overshoot what 32 bits hold
//! there; all sums wrap, as the original's do where it is built as Python builds it (`-fwrapv`).

/// Resamples 10 ms from 48 to 8 kHz at a time.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Sixth {
    halve_48: AllPassPair,
    low_pass: LowPass,
    history: [i32; HISTORY], // the end of the low-pass's output before, Q0
    halve_16: AllPassPair,
}

/// How many samples the interpolation looks back.
const HISTORY: usize = 8;

impl Sixth {
    /// Samples in 10 ms at 48 kHz.
    pub(super) const INPUT: usize = 480;

    /// Turns 480 samples into 80.
    pub(super) fn run(&mut self, input: &[i16; Self::INPUT], output: &mut [i16]) {
        let mut low = [0; HISTORY + Self::INPUT / 2]; // 24 kHz, Q0
        low[..HISTORY].copy_from_slice(&self.history);
        for (low, input) in low[HISTORY..].as_chunks_mut().0.iter_mut().zip(input.as_chunks().0) {
            let &[a, b, c, d] = input;
            let earlier = self.halve_48.run(enter(a), enter(b));
            let later = self.halve_48.run(enter(c), enter(d));
            *low = self.low_pass.run(earlier, later);
        }
        self.history.copy_from_slice(&low[low.len() - HISTORY..]);

        for (nth, output) in output.iter_mut().enumerate() {
            let [earlier, later] = interpolate(&low[3 * nth..]); // 16 kHz, Q15
            let wide = self.halve_16.run(earlier, later) >> 15;
            *output = wide.clamp(i16::MIN.into(), i16::MAX.into()) as i16;
        }
    }
}

/// A sample in Q15 with half a step of Q0 added.
#[inline]
fn enter(sample: i16) -> i32 {
    (i32::from(sample) << 15) + (1 << 14)
}

/// Two samples at 16 kHz (Q15, half a step added) from nine at 24 kHz (Q0, the last of them the newest).
///
/// They lie 0.75 before and 0.75 after the middle one, so that one set of coefficients, read forwards and backwards,
/// makes both.
#[inline]
fn interpolate(samples: &[i32]) -> [i32; 2] {
    // `kCoefficients48To32` in resample_fractional.c, Q15.
    const TAPS: [i32; 8] = [778, -2050, 1087, 23285, 12903, -3783, 441, 222];
    let mut sums = [1 << 14; 2];
    for tap in 0..8 {
        sums[0] = i32::wrapping_add(sums[0], TAPS[tap].wrapping_mul(samples[tap]));
        sums[1] = i32::wrapping_add(sums[1], TAPS[7 - tap].wrapping_mul(samples[tap + 1]));
    }
    sums
}

/// A low-pass at a quarter of the rate, which keeps the rate: one pair for each parity of the output.
#[derive(Clone, Debug, Default, PartialEq)]
struct LowPass {
    even: AllPassPair,
    odd: AllPassPair,
    before: i32, // the sample before, Q15
}

impl LowPass {
    /// Two samples in Q15 make two in Q0.
    #[inline]
    fn run(&mut self, earlier: i32, later: i32) -> [i32; 2] {
        let even = self.even.run(self.before, earlier);
        let odd = self.odd.run(earlier, later);
        self.before = later;
        [even >> 15, odd >> 15]
    }
}

/// Half the sum of two all-pass filters: the half-band low-pass of two samples in a row.
#[derive(Clone, Debug, Default, PartialEq)]
struct AllPassPair {
    first: AllPass<0>,
    second: AllPass<1>,
}

impl AllPassPair {
    #[inline]
    fn run(&mut self, first: i32, second: i32) -> i32 {
        (self.first.run(first) >> 1) + (self.second.run(second) >> 1)
    }
}

/// Three first-order all-pass sections in a row, each `y[n] = x[n-1] + a (x[n] - y[n-1])`.
///
/// The output of a section is the input of the next, so that four values are all there is to remember.
#[derive(Clone, Debug, Default, PartialEq)]
struct AllPass<const BRANCH: usize> {
    before: [i32; 4], // input and the three outputs, Q15
}

/// `kResampleAllpass` in `resample_by_2_internal.c`, Q14: the branch of a pair's first sample, and that of its
/// second.
const SECTIONS: [[i32; 3]; 2] = [[3050, 9368, 15063], [821, 6110, 12382]];

impl<const BRANCH: usize> AllPass<BRANCH> {
    #[inline]
    fn run(&mut self, x: i32) -> i32 {
        let [x_before, y1_before, y2_before, y3_before] = self.before;
        let [a1, a2, a3] = SECTIONS[BRANCH];
        let nearest = x.wrapping_sub(y1_before).wrapping_add(1 << 13) >> 14;
        let y1 = x_before.wrapping_add(nearest.wrapping_mul(a1));
        let y2 = y1_before.wrapping_add(toward_zero(y1.wrapping_sub(y2_before)).wrapping_mul(a2));
        let y3 = y2_before.wrapping_add(toward_zero(y2.wrapping_sub(y3_before)).wrapping_mul(a3));
        self.before = [x, y1, y2, y3];
        y3
    }
}

/// `x` / 2^14 rounded towards 0, but for negative whole numbers, which come out one too high.
#[inline]
fn toward_zero(x: i32) -> i32 {
    (x >> 14) + i32::from(x < 0)
}
