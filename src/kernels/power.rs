//! The power spectrum of one window, with all lanes at work.
//!
//! The transform of [`spectra`](super::spectra) is that of four signals side by side. One window of `4L` samples is four such
//! signals, every fourth sample of it: with `F_r` the spectrum of `x[4n + r]` and `w = e^(-2 pi i k / 4L)`,
//!
//! ```text
//! a, b, c, d = F_0[k], w F_1[k], w^2 F_2[k], w^3 F_3[k]        for k from 0 to L / 2
//! X[k]     = (a + c) +  (b + d)          X[k + L]  = (a - c) - i(b - d)
//! X[k + 2L] = (a + c) -  (b + d)         X[k + 3L] = (a - c) + i(b - d)
//! ```
//!
//! and since the samples are real, `X[k + 2L]` and `X[k + 3L]` have the power of bins `2L - k` and `L - k`: these are all bins.
//! Up to here a lane is a signal; four `k` are then transposed, so that a lane is a bin.

#![allow(unsafe_op_in_unsafe_fn, reason = "whole functions are unsafe, under the conditions that each states")]

use super::simd::{Four, Simd};
use super::spectra::{Complex, Numbers, Transform, WINDOWS, add, ends, mul, root, separate, square, sub, transform};

/// A window of a power of two samples, at least 256, and what its transform needs.
#[derive(Clone)]
pub(crate) struct Window {
    transform: Transform<f32>,
    taper: Vec<f32>, // (length): half of each weight
    /// w, w^2 and w^3, real and imaginary parts.
    twiddles: Vec<f32>, // (6, bins of a signal and what fills up its last four)
}

impl Window {
    /// A window of as many samples as `taper` has, by which they are multiplied.
    pub(crate) fn new(taper: &[f32]) -> Self {
        let length = taper.len();
        let transform = Transform::new(length / WINDOWS, |x| x as f32);
        let columns = columns(length);
        let twiddles = (0..6)
            .flat_map(|part| (0..columns).map(move |k| root((part / 2 + 1) * k, length)[part % 2] as f32))
            .collect();
        Self { transform, taper: taper.iter().map(|w| w / 2.0).collect(), twiddles }
    }

    /// Samples under the window.
    pub(crate) fn length(&self) -> usize {
        self.taper.len()
    }

    /// Bins of a spectrum.
    pub(crate) fn bins(&self) -> usize {
        self.length() / 2 + 1
    }

    /// Numbers of scratch that a transform needs.
    pub(crate) fn scratch(&self) -> usize {
        4 * columns(self.length()) * WINDOWS
    }
}

/// Bins of the four signals in a window of `length` samples, in whole fours.
fn columns(length: usize) -> usize {
    (length / WINDOWS / 2 + 1).next_multiple_of(WINDOWS)
}

/// See [`Set::power`](super::Set::power).
///
/// # Safety
/// The processor must have the instructions of `S` and `F`; `samples` must be the window's, `powers` have room for its
/// bins, and `scratch` be as long as [`Window::scratch`] says.
#[inline(always)]
pub(super) unsafe fn power<S: Simd, F: Four>(
    window: &Window,
    samples: &[f32],
    powers: &mut [f32],
    scratch: &mut [f32],
) {
    let [x, y] = Numbers::pair(scratch, columns(window.length()));
    for n in 0..window.length() / (2 * WINDOWS) {
        let (samples, taper) = (samples.as_ptr().add(2 * WINDOWS * n), window.taper.as_ptr().add(2 * WINDOWS * n));
        let re = F::load(samples).mul(F::load(taper));
        let im = F::load(samples.add(WINDOWS)).mul(F::load(taper.add(WINDOWS)));
        x.write(n, (re, im));
    }
    let (z, bins) = transform::<S>(&window.transform, x, y);
    let half = window.length() / WINDOWS / 2;
    let [first, last] = ends::<F>(z);
    bins.write(0, first);
    bins.write(half, last);
    for k in (1..=half / 2).step_by(S::LANES / WINDOWS) {
        let (bin, (re, im)) = separate::<S>(&window.transform, z, k);
        bins.write(k, bin);
        let opposite = (re.reverse_fours(), S::splat(0.0).sub(im).reverse_fours());
        bins.write(half - k - (S::LANES / WINDOWS - 1), opposite);
    }
    // The last four first: what they fill up with is then written over.
    combine::<F>(window, bins, half, powers.as_mut_ptr());
    for k in (0..half).step_by(F::LANES) {
        combine::<F>(window, bins, k, powers.as_mut_ptr());
    }
}

/// The powers of all bins that four `k` of the signals' spectra, from `k` on, are part of.
#[inline(always)]
unsafe fn combine<F: Four>(window: &Window, bins: Numbers<f32>, k: usize, powers: *mut f32) {
    let (columns, quarter) = (columns(window.length()), window.length() / WINDOWS);
    let rows = [0, 1, 2, 3].map(|row| row + k);
    let re = F::transpose(rows.map(|row| F::load(bins.re.add(row * WINDOWS))));
    let im = F::transpose(rows.map(|row| F::load(bins.im.add(row * WINDOWS))));
    let mut turned: [Complex<F>; WINDOWS] = [(re[0], im[0]); WINDOWS];
    for r in 1..WINDOWS {
        let twiddle = window.twiddles.as_ptr().add(2 * (r - 1) * columns + k);
        turned[r] = mul((re[r], im[r]), (F::load(twiddle), F::load(twiddle.add(columns))));
    }
    let [a, b, c, d] = turned;
    let (a_plus_c, a_minus_c) = (add(a, c), sub(a, c));
    let b_plus_d = add(b, d);
    let turned = (b.1.sub(d.1), d.0.sub(b.0)); // -i(b - d)
    let mirrored = quarter - k - (F::LANES - 1);
    square(sub(a_plus_c, b_plus_d)).reverse().store(powers.add(quarter + mirrored));
    square(sub(a_minus_c, turned)).reverse().store(powers.add(mirrored));
    square(add(a_plus_c, b_plus_d)).store(powers.add(k));
    square(add(a_minus_c, turned)).store(powers.add(quarter + k));
}
