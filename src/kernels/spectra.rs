//! Magnitude spectra of a frame's four windows, side by side.
//!
//! A window of `2m` real samples is transformed as `m` complex numbers `z[n] = (x[2n], x[2n + 1])`. Stockham's form of
//! the fast Fourier transform goes over the numbers a few times, from one buffer to another and back, and leaves them
//! in order: each pass takes transforms of length `n` apart into four of a quarter of the length,
//!
//! ```text
//! with a, b, c, d = x[p], x[p + n/4], x[p + n/2], x[p + 3n/4]   and   w = e^(-2 pi i p / n):
//! y[4p]     =     (a + c) + (b + d)          y[4p + 1] = w  ((a - c) - i(b - d))
//! y[4p + 2] = w^2 ((a + c) - (b + d))        y[4p + 3] = w^3 ((a - c) + i(b - d))
//! ```
//!
//! for `s` interleaved transforms at once, where `s` is what the passes before have split off (Van Loan,
//! *Computational Frameworks for the Fast Fourier Transform*, 1992, section 1.7). Then the spectra of the even and the
//! odd samples, `E` and `O`, are told apart by their symmetry: with `Z* = conj(z[m - k])`, `2E = z[k] + Z*` and
//! `2iO = z[k] - Z*`. The bins are `X[k] = E + e^(-2 pi i k / 2m) O` and `X[m - k] = conj(E - e^(-2 pi i k / 2m) O)`. The taper is
//! halved, so that these sums need not be: `z` is the transform of half of each sample.
//!
//! Real and imaginary parts lie apart, each of shape (m, 4): number `n` of all four windows, then number `n + 1`. So the
//! vector of a set holds one or more neighbouring numbers of the four windows. In the first pass these are
//! neighbouring `p`, in the others neighbouring transforms.
//!
//! Silero's spectra are computed in double precision, and only squares and their roots are rounded to single. Where all is single,
//! the loudest bin leaves its rounding in all others, and where those are empty, as the upper half of a telephone call's, scores are
//! up to 2e-5 from the exact ones in place of 7e-6 (20 minutes of speech at half its speed, each stream alone; measured). It takes 2
//! to 4 % of a frame's time.
//!
//! A spectrum is written from its highest bin to its lowest. Most of speech's power lies in the low ones, and a sum over the
//! bins that takes in the large numbers last rounds less: a third of what it did over recordings (measured).

#![allow(unsafe_op_in_unsafe_fn, reason = "whole functions are unsafe, under the conditions that each states")]

use std::f64::consts::TAU;

use super::simd::{Double, Four, Simd, Vector};

/// Windows in a frame.
pub(crate) const WINDOWS: usize = 4;

/// A complex number, or a vector of them: real and imaginary part.
pub(super) type Complex<S> = (S, S);

/// What the transform of four real signals of a power of two samples, at least 64, needs.
#[derive(Clone)]
pub(super) struct Transform<N> {
    /// Half of the samples: so many complex numbers are transformed.
    half: usize,
    /// The first pass's w, w^2 and w^3, real and imaginary parts, each four times over.
    first: Vec<N>, // (6, m / 4, 4)
    passes: Vec<Vec<[N; 6]>>, // each (n / 4): w, w^2, w^3 of a further pass's transforms of length n
    /// e^(-2 pi i k / length) for k from 1 on, real and imaginary parts, each four times over.
    separation: Vec<N>, // (2, m / 2, 4)
}

/// Windows of a power of two samples, at least 64, and what their transform needs.
#[derive(Clone)]
pub(crate) struct Windows {
    transform: Transform<f64>,
    taper: Vec<f64>, // (length): half of each weight
    /// Samples from one window to the next in a frame.
    hop: usize,
    /// Samples from one frame to the next.
    frame: usize,
}

impl<N: Copy> Transform<N> {
    /// A transform of `length` samples, computed in numbers to which `round` rounds.
    pub(super) fn new(length: usize, round: fn(f64) -> N) -> Self {
        assert!(length.is_power_of_two() && length >= 64);
        let half = length / 2;
        let root = |k, n| root(k, n).map(round);
        let powers = |p, n| {
            let [[a, b], [c, d], [e, f]] = [root(p, n), root(2 * p, n), root(3 * p, n)];
            [a, b, c, d, e, f]
        };
        // Loops: the compiler makes jumps on memory that was never set of nested `flat_map`s, and valgrind reports those.
        let mut first = Vec::with_capacity(6 * half / 4 * WINDOWS);
        for part in 0..6 {
            for p in 0..half / 4 {
                first.extend([powers(p, half)[part]; WINDOWS]);
            }
        }
        let mut passes = Vec::new();
        let mut n = half / 4;
        while n >= 4 {
            passes.push((0..n / 4).map(|p| powers(p, n)).collect());
            n /= 4;
        }
        let mut separation = Vec::with_capacity(half * WINDOWS);
        for part in 0..2 {
            for k in 1..=half / 2 {
                separation.extend([root(k, length)[part]; WINDOWS]);
            }
        }
        Self { half, first, passes, separation }
    }
}

/// e^(-2 pi i k / n), real and imaginary part.
pub(super) fn root(k: usize, n: usize) -> [f64; 2] {
    let angle = -TAU * k as f64 / n as f64;
    [angle.cos(), angle.sin()]
}

impl Windows {
    /// [`WINDOWS`] windows, `hop` apart, in each frame of `frame` samples, all tapered by `taper`.
    pub(crate) fn new(taper: &[f32], hop: usize, frame: usize) -> Self {
        assert!((WINDOWS - 1) * hop + taper.len() <= frame);
        let transform = Transform::new(taper.len(), |x| x);
        Self { transform, taper: taper.iter().map(|&w| f64::from(w) / 2.0).collect(), hop, frame }
    }

    /// Bins of a spectrum.
    pub(crate) fn bins(&self) -> usize {
        self.taper.len() / 2 + 1
    }

    pub(super) fn frame(&self) -> usize {
        self.frame
    }

    /// Numbers of scratch that a transform needs.
    pub(crate) fn scratch(&self) -> usize {
        2 * self.taper.len() * WINDOWS
    }
}

/// Real and imaginary parts, each of shape (m, 4).
#[derive(Clone, Copy)]
pub(super) struct Numbers<N> {
    pub(super) re: *mut N,
    pub(super) im: *mut N,
}

impl<N> Numbers<N> {
    /// Room for `count` numbers of all windows, twice: passes go from one to the other.
    #[inline(always)]
    pub(super) fn pair(scratch: &mut [N], count: usize) -> [Self; 2] {
        let start = scratch.as_mut_ptr();
        let part = |part: usize| start.wrapping_add(part * count * WINDOWS);
        [Self { re: part(0), im: part(1) }, Self { re: part(2), im: part(3) }]
    }

    #[inline(always)]
    pub(super) unsafe fn read<S: Vector<Number = N>>(self, n: usize) -> Complex<S> {
        (S::load(self.re.add(n * WINDOWS)), S::load(self.im.add(n * WINDOWS)))
    }

    #[inline(always)]
    pub(super) unsafe fn write<S: Vector<Number = N>>(self, n: usize, (re, im): Complex<S>) {
        re.store(self.re.add(n * WINDOWS));
        im.store(self.im.add(n * WINDOWS));
    }

    /// Writes the numbers in `x` to `n`, `n + 4`, `n + 8` and so on.
    #[inline(always)]
    unsafe fn scatter<S: Vector<Number = N>>(self, n: usize, (re, im): Complex<S>) {
        re.store_fours(self.re.add(n * WINDOWS), 4 * WINDOWS);
        im.store_fours(self.im.add(n * WINDOWS), 4 * WINDOWS);
    }
}

/// See [`Set::spectra`](super::Set::spectra).
///
/// # Safety
/// The processor must have the instructions of `F` and `D`; `samples` must be whole frames, `spectra` must have room for
/// as many, and `scratch` be as long as [`Windows::scratch`] says.
#[inline(always)]
pub(super) unsafe fn spectra<F: Four, D: Double>(
    windows: &Windows,
    samples: &[f32],
    spectra: &mut [f32],
    scratch: &mut [f64],
) {
    let half = windows.transform.half;
    let [x, y] = Numbers::pair(scratch, half);
    let frames = samples.chunks_exact(windows.frame);
    for (samples, spectra) in frames.zip(spectra.chunks_exact_mut(WINDOWS * windows.bins())) {
        gather::<F>(windows, samples.as_ptr(), x);
        let (z, _) = transform::<D>(&windows.transform, x, y);
        measure::<F, D>(&windows.transform, z, spectra.as_mut_ptr());
    }
}

/// Puts the tapered samples of a frame's windows side by side, those of even number as real parts.
#[inline(always)]
unsafe fn gather<F: Four>(windows: &Windows, samples: *const f32, to: Numbers<f64>) {
    for n in (0..windows.taper.len()).step_by(WINDOWS) {
        let mut rows = [F::splat(0.0); WINDOWS];
        for window in 0..WINDOWS {
            rows[window] = F::load(samples.add(window * windows.hop + n));
        }
        let mut columns = F::transpose(rows).map(|column| column.widen());
        for i in 0..WINDOWS {
            columns[i] = columns[i].mul(F::Double::splat(windows.taper[n + i]));
        }
        let [re, im, next_re, next_im] = columns;
        to.write(n / 2, (re, im));
        to.write(n / 2 + 1, (next_re, next_im));
    }
}

/// Transforms the numbers `x` with the help of `y`; returns where the result is, and the other of the two.
#[inline(always)]
pub(super) unsafe fn transform<S: Vector>(
    transform: &Transform<S::Number>,
    mut x: Numbers<S::Number>,
    mut y: Numbers<S::Number>,
) -> (Numbers<S::Number>, Numbers<S::Number>) {
    let half = transform.half;
    let together = S::LANES / WINDOWS;
    let quarter = half / 4;
    for p in (0..quarter).step_by(together) {
        let mut w = [zero::<S>(); 6];
        for part in 0..6 {
            w[part] = S::load(transform.first.as_ptr().add((part * quarter + p) * WINDOWS));
        }
        let parts = butterfly(x, p, quarter, w);
        for i in 0..4 {
            y.scatter(4 * p + i, parts[i]);
        }
    }
    (x, y) = (y, x);
    let mut s = 4;
    for pass in &transform.passes {
        let quarter = pass.len();
        for p in 0..quarter {
            let mut w = [zero::<S>(); 6];
            for part in 0..6 {
                w[part] = S::splat(pass[p][part]);
            }
            for q in (0..s).step_by(together) {
                let parts = butterfly(x, q + s * p, s * quarter, w);
                for i in 0..4 {
                    y.write(q + s * (4 * p + i), parts[i]);
                }
            }
        }
        (x, y) = (y, x);
        s *= 4;
    }
    if s < half {
        for q in (0..s).step_by(together) {
            let (a, b): (Complex<S>, Complex<S>) = (x.read(q), x.read(q + s));
            y.write(q, add(a, b));
            y.write(q + s, sub(a, b));
        }
        (x, y) = (y, x);
    }
    (x, y)
}

/// The four `y` of the equations above, from the `x` that begin at `n` and lie `quarter` apart, with w, w^2 and w^3.
#[inline(always)]
unsafe fn butterfly<S: Vector>(x: Numbers<S::Number>, n: usize, quarter: usize, w: [S; 6]) -> [Complex<S>; 4] {
    let (a, b): (Complex<S>, Complex<S>) = (x.read(n), x.read(n + quarter));
    let (c, d): (Complex<S>, Complex<S>) = (x.read(n + 2 * quarter), x.read(n + 3 * quarter));
    let (a_plus_c, a_minus_c) = (add(a, c), sub(a, c));
    let b_plus_d = add(b, d);
    let turned = (b.1.sub(d.1), d.0.sub(b.0)); // -i(b - d)
    [
        add(a_plus_c, b_plus_d),
        mul(add(a_minus_c, turned), (w[0], w[1])),
        mul(sub(a_plus_c, b_plus_d), (w[2], w[3])),
        mul(sub(a_minus_c, turned), (w[4], w[5])),
    ]
}

/// The magnitudes, shape (bins, 4) from the highest bin to the lowest, of the real signals of half of which `z` is the packed
/// transform.
#[inline(always)]
unsafe fn measure<F: Four, D: Double>(transform: &Transform<f64>, z: Numbers<f64>, magnitudes: *mut f32) {
    let [first, last] = ends::<F::Double>(z);
    magnitude(first).store(magnitudes.add(transform.half * WINDOWS));
    magnitude(last).store(magnitudes);
    let together = D::LANES / WINDOWS;
    for k in (1..=transform.half / 2).step_by(together) {
        let (bin, opposite) = separate::<D>(transform, z, k);
        magnitude(opposite).store(magnitudes.add(k * WINDOWS));
        magnitude(bin).reverse_fours().store(magnitudes.add((transform.half - k - (together - 1)) * WINDOWS));
    }
}

#[inline(always)]
unsafe fn magnitude<D: Double>(bin: Complex<D>) -> D::Single {
    square(bin).narrow().sqrt()
}

/// The first and the last bin of four real signals of half of which `z` is the packed transform.
#[inline(always)]
pub(super) unsafe fn ends<F: Vector>(z: Numbers<F::Number>) -> [Complex<F>; 2] {
    let (re, im): Complex<F> = z.read(0);
    let (first, last) = (re.add(im), re.sub(im)); // halves
    [(first.add(first), zero()), (last.add(last), zero())]
}

/// The bins from `k` on, at most to `half / 2`, and the conjugates of those as far from the end, from that at `half - k` down.
#[inline(always)]
pub(super) unsafe fn separate<S: Vector>(
    transform: &Transform<S::Number>,
    z: Numbers<S::Number>,
    k: usize,
) -> (Complex<S>, Complex<S>) {
    let half = transform.half;
    let (re, im) = transform.separation.split_at(half / 2 * WINDOWS);
    let w = (S::load(re.as_ptr().add((k - 1) * WINDOWS)), S::load(im.as_ptr().add((k - 1) * WINDOWS)));
    let (z, mirrored): (Complex<S>, Complex<S>) = (z.read(k), z.read(half - k - (S::LANES / WINDOWS - 1)));
    let mirrored = (mirrored.0.reverse_fours(), mirrored.1.reverse_fours());
    let even = (z.0.add(mirrored.0), z.1.sub(mirrored.1));
    let odd = (z.1.add(mirrored.1), mirrored.0.sub(z.0));
    let odd = mul(odd, w);
    (add(even, odd), sub(even, odd))
}

#[inline(always)]
unsafe fn zero<S: Vector>() -> S {
    S::splat(S::Number::default())
}

#[inline(always)]
pub(super) unsafe fn add<S: Vector>(a: Complex<S>, b: Complex<S>) -> Complex<S> {
    (a.0.add(b.0), a.1.add(b.1))
}

#[inline(always)]
pub(super) unsafe fn sub<S: Vector>(a: Complex<S>, b: Complex<S>) -> Complex<S> {
    (a.0.sub(b.0), a.1.sub(b.1))
}

#[inline(always)]
pub(super) unsafe fn mul<S: Vector>(a: Complex<S>, b: Complex<S>) -> Complex<S> {
    (a.1.neg_mul_add(b.1, a.0.mul(b.0)), a.0.mul_add(b.1, a.1.mul(b.0)))
}

#[inline(always)]
pub(super) unsafe fn square<S: Vector>(a: Complex<S>) -> S {
    a.0.mul_add(a.0, a.1.mul(a.1))
}
