//! Magnitude spectra, one window to a lane: the four of a frame side by side, and several frames where a vector has room.
//!
//! A window of `2m` real samples is transformed as `m` complex numbers `z[n] = (x[2n], x[2n + 1])`. Stockham's form of
//! the fast Fourier transform goes over the numbers a few times, from one buffer to another and back, and leaves them
//! in order: each pass takes `n` transforms apart into four of a quarter of the length,
//!
//! ```text
//! with a, b, c, d = x[p], x[p + n/4], x[p + n/2], x[p + 3n/4]   and   w = e^(-2 pi i p / n):
//! y[4p]     =     (a + c) + (b + d)          y[4p + 1] = w  ((a - c) - i(b - d))
//! y[4p + 2] = w^2 ((a + c) - (b + d))        y[4p + 3] = w^3 ((a - c) + i(b - d))
//! ```
//!
//! for `s` interleaved transforms at once, where `s` is what the passes before have split off (Van Loan,
//! *Computational Frameworks for the Fast Fourier Transform*, 1992, section 1.7). Then the spectra of the even and the
//! odd samples, `E` and `O`, are told apart by their symmetry, and `X[k] = E + e^(-2 pi i k / 2m) O`,
//! `X[m - k] = conj(E - e^(-2 pi i k / 2m) O)`.

#![allow(unsafe_op_in_unsafe_fn, reason = "whole functions are unsafe, under the conditions that each states")]

use std::f64::consts::TAU;

use super::simd::{Four, Simd};

/// Windows in a frame.
pub(crate) const WINDOWS: usize = 4;

/// A complex number, or a vector of them: real and imaginary part.
type Complex<S> = (S, S);

/// Windows of a power of two samples, at least 8, and what their transform needs.
#[derive(Clone)]
pub(crate) struct Windows {
    taper: Vec<f32>,            // (length)
    passes: Vec<Vec<[f32; 6]>>, // each (n / 4): w, w^2, w^3 of the pass's transforms of length n
    separation: Vec<[f32; 2]>,  // (length / 4 + 1): e^(-2 pi i k / length)
    /// Samples from one window to the next in a frame.
    hop: usize,
    /// Samples from one frame to the next.
    frame: usize,
}

impl Windows {
    /// [`WINDOWS`] windows, `hop` apart, in each frame of `frame` samples, all tapered by `taper`.
    pub(crate) fn new(taper: Vec<f32>, hop: usize, frame: usize) -> Self {
        let length = taper.len();
        assert!(length.is_power_of_two() && length >= 8 && (WINDOWS - 1) * hop + length <= frame);
        let root = |k: usize, n: usize| {
            let angle = -TAU * k as f64 / n as f64;
            [angle.cos() as f32, angle.sin() as f32]
        };
        let mut passes = Vec::new();
        let mut n = length / 2;
        while n >= 4 {
            let twiddles = |p| {
                let [[a, b], [c, d], [e, f]] = [root(p, n), root(2 * p, n), root(3 * p, n)];
                [a, b, c, d, e, f]
            };
            passes.push((0..n / 4).map(twiddles).collect());
            n /= 4;
        }
        let separation = (0..=length / 4).map(|k| root(k, length)).collect();
        Self { taper, passes, separation, hop, frame }
    }

    /// Bins of a spectrum.
    pub(crate) fn bins(&self) -> usize {
        self.taper.len() / 2 + 1
    }

    pub(super) fn frame(&self) -> usize {
        self.frame
    }

    /// Numbers of scratch that the spectra of `frames` frames at a time need: one frame is computed in four lanes, and
    /// several in as many as the widest vector has.
    pub(crate) fn scratch(&self, frames: usize) -> usize {
        let lanes = if frames > 1 { 16 } else { WINDOWS };
        2 * self.taper.len() * lanes
    }
}

/// See [`Set::spectra`](super::Set::spectra): as many frames at a time as fill an `S`, and those left in an `F`.
///
/// # Safety
/// The processor must have the instructions of `S` and `F`; `samples` must be whole frames, `spectra` must have room for
/// as many, and `scratch` be as long as [`Windows::scratch`] says.
#[inline(always)]
pub(super) unsafe fn spectra<S: Simd, F: Four>(
    windows: &Windows,
    samples: &[f32],
    spectra: &mut [f32],
    scratch: &mut [f32],
) {
    let together = S::LANES / WINDOWS;
    let whole = samples.len() / windows.frame / together * together;
    let (together_samples, alone_samples) = samples.split_at(whole * windows.frame);
    let (together_spectra, alone_spectra) = spectra.split_at_mut(whole * WINDOWS * windows.bins());
    group_by_group::<S, F>(windows, together_samples, together_spectra, scratch);
    group_by_group::<F, F>(windows, alone_samples, alone_spectra, scratch);
}

/// The spectra of whole groups of frames that fill an `S` each.
#[inline(always)]
unsafe fn group_by_group<S: Simd, F: Four>(
    windows: &Windows,
    samples: &[f32],
    spectra: &mut [f32],
    scratch: &mut [f32],
) {
    let (frames, bins) = (S::LANES / WINDOWS, windows.bins());
    let groups = samples.chunks_exact(frames * windows.frame);
    let (source, target) = scratch.split_at_mut(scratch.len() / 2);
    for (samples, spectra) in groups.zip(spectra.chunks_exact_mut(frames * WINDOWS * bins)) {
        for (frame, samples) in samples.chunks_exact(windows.frame).enumerate() {
            gather::<S, F>(windows, samples.as_ptr(), source.as_mut_ptr().add(frame * WINDOWS));
        }
        let transformed = transform::<S>(windows, source.as_mut_ptr(), target.as_mut_ptr());
        if frames == 1 {
            measure::<S>(windows, transformed, spectra.as_mut_ptr());
            continue;
        }
        let magnitudes = if transformed == source.as_mut_ptr() { target.as_mut_ptr() } else { source.as_mut_ptr() };
        measure::<S>(windows, transformed, magnitudes);
        for frame in 0..frames {
            let spectra = spectra.as_mut_ptr().add(frame * WINDOWS * bins);
            for bin in 0..bins {
                F::load(magnitudes.add(bin * S::LANES + frame * WINDOWS)).store(spectra.add(bin * WINDOWS));
            }
        }
    }
}

/// Puts the tapered samples of a frame's windows side by side: `to` has a row of `S` lanes for each sample of a window,
/// of which four are filled.
#[inline(always)]
unsafe fn gather<S: Simd, F: Four>(windows: &Windows, samples: *const f32, to: *mut f32) {
    for n in (0..windows.taper.len()).step_by(WINDOWS) {
        let taper = F::load(windows.taper.as_ptr().add(n));
        let mut rows = [taper; WINDOWS];
        for (window, row) in rows.iter_mut().enumerate() {
            *row = F::load(samples.add(window * windows.hop + n)).mul(taper);
        }
        for (i, column) in F::transpose(rows).into_iter().enumerate() {
            column.store(to.add((n + i) * S::LANES));
        }
    }
}

/// Transforms the numbers at `x`, shape (length / 2, 2, lanes), with the help of `y`, as large; returns where the result
/// is, `x` or `y`.
#[inline(always)]
unsafe fn transform<S: Simd>(windows: &Windows, mut x: *mut f32, mut y: *mut f32) -> *mut f32 {
    let half = windows.taper.len() / 2;
    let mut s = 1;
    for pass in &windows.passes {
        let quarter = pass.len();
        for (p, w) in pass.iter().enumerate() {
            let w1 = (S::splat(w[0]), S::splat(w[1]));
            let w2 = (S::splat(w[2]), S::splat(w[3]));
            let w3 = (S::splat(w[4]), S::splat(w[5]));
            for q in 0..s {
                let a: Complex<S> = read(x, q + s * p);
                let b: Complex<S> = read(x, q + s * (p + quarter));
                let c: Complex<S> = read(x, q + s * (p + 2 * quarter));
                let d: Complex<S> = read(x, q + s * (p + 3 * quarter));
                let (a_plus_c, a_minus_c) = (add(a, c), sub(a, c));
                let (b_plus_d, b_minus_d) = (add(b, d), sub(b, d));
                let turned = (b_minus_d.1, S::splat(0.0).sub(b_minus_d.0)); // times -i
                write(y, q + s * 4 * p, add(a_plus_c, b_plus_d));
                write(y, q + s * (4 * p + 1), mul(add(a_minus_c, turned), w1));
                write(y, q + s * (4 * p + 2), mul(sub(a_plus_c, b_plus_d), w2));
                write(y, q + s * (4 * p + 3), mul(sub(a_minus_c, turned), w3));
            }
        }
        std::mem::swap(&mut x, &mut y);
        s *= 4;
    }
    if s < half {
        for q in 0..s {
            let (a, b): (Complex<S>, Complex<S>) = (read(x, q), read(x, q + s));
            write(y, q, add(a, b));
            write(y, q + s, sub(a, b));
        }
        std::mem::swap(&mut x, &mut y);
    }
    x
}

/// The magnitudes, shape (bins, lanes), of the real signals whose packed transform is `z`.
#[inline(always)]
unsafe fn measure<S: Simd>(windows: &Windows, z: *const f32, magnitudes: *mut f32) {
    let half = windows.taper.len() / 2;
    let first: Complex<S> = read(z, 0);
    magnitude((first.0.add(first.1), S::splat(0.0))).store(magnitudes);
    magnitude((first.0.sub(first.1), S::splat(0.0))).store(magnitudes.add(half * S::LANES));
    let one_half = S::splat(0.5);
    for (k, w) in windows.separation.iter().enumerate().skip(1) {
        let (z, mirrored): (Complex<S>, Complex<S>) = (read(z, k), read(z, half - k));
        let mirrored = (mirrored.0, S::splat(0.0).sub(mirrored.1)); // conjugate
        let (sum, difference) = (add(z, mirrored), sub(z, mirrored));
        let even = (sum.0.mul(one_half), sum.1.mul(one_half));
        let odd = (difference.1.mul(one_half), difference.0.mul(S::splat(-0.5)));
        let odd = mul(odd, (S::splat(w[0]), S::splat(w[1])));
        magnitude(add(even, odd)).store(magnitudes.add(k * S::LANES));
        magnitude(sub(even, odd)).store(magnitudes.add((half - k) * S::LANES));
    }
}

#[inline(always)]
unsafe fn read<S: Simd>(x: *const f32, n: usize) -> Complex<S> {
    (S::load(x.add(2 * n * S::LANES)), S::load(x.add((2 * n + 1) * S::LANES)))
}

#[inline(always)]
unsafe fn write<S: Simd>(x: *mut f32, n: usize, (re, im): Complex<S>) {
    re.store(x.add(2 * n * S::LANES));
    im.store(x.add((2 * n + 1) * S::LANES));
}

#[inline(always)]
unsafe fn add<S: Simd>(a: Complex<S>, b: Complex<S>) -> Complex<S> {
    (a.0.add(b.0), a.1.add(b.1))
}

#[inline(always)]
unsafe fn sub<S: Simd>(a: Complex<S>, b: Complex<S>) -> Complex<S> {
    (a.0.sub(b.0), a.1.sub(b.1))
}

#[inline(always)]
unsafe fn mul<S: Simd>(a: Complex<S>, b: Complex<S>) -> Complex<S> {
    let minus_im = S::splat(0.0).sub(a.1);
    (a.0.mul_add(b.0, minus_im.mul(b.1)), a.0.mul_add(b.1, a.1.mul(b.0)))
}

#[inline(always)]
unsafe fn magnitude<S: Simd>(a: Complex<S>) -> S {
    a.0.mul_add(a.0, a.1.mul(a.1)).sqrt()
}
