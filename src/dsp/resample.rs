//! A streaming resampler: any rate to any other, exact positions for ever.
//!
//! Output sample `n` lies at the input time `n * from / to`, in samples. With the ratio in lowest
//! terms, `from / to = M / L`, that time is a whole number of samples and a fraction `p / L`. The
//! output is the continuous signal that the input stands for, cut off below the lower of the two
//! Nyquist frequencies and read at that time:
//!
//! ```text
//! y[n] = sum over j of x[j] * h(n * M / L - j)
//! ```
//!
//! where `h` is a low-pass impulse response, symmetric about 0: so the phase is linear, the delay
//! is none, and what the filter needs of the future is look-ahead. Only `L` fractions occur, so
//! `h` is needed at `L` sets of points, the *phases* of the filter, which the module `phases` tables.
//! That is the polyphase form of "insert L - 1 zeros, filter, keep every M-th sample", without ever
//! multiplying by an inserted zero (Crochiere and Rabiner, *Multirate Digital Signal Processing*,
//! 1983, chapter 3).
//!
//! Time is counted in whole samples and `L`-ths of one, relative to the buffer: nothing is rounded
//! and nothing grows, so nothing drifts or overflows however long the stream.

mod phases;

use std::ops::RangeInclusive;

use crate::audio::Sample;
use crate::audio::sample::clean;
use crate::error::Error;
use phases::Phases;

/// Converts a stream of samples from one rate to another.
///
/// `n` input samples give `ceil(n * to / from)` output samples, at the input times `0`,
/// `from / to`, `2 * from / to`, …, in input samples; before its first and after its last sample
/// the input counts as silent. The pass band is flat to 0.01 dB up to 0.9 of the lower Nyquist
/// frequency; whatever would alias, and every image, is at least 80 dB down. Equal rates pass
/// samples through unchanged.
///
/// The look-ahead is 53 to 61 samples of the lower rate: under 4 ms at 16 kHz.
///
/// ```
/// use voiced::Resampler;
///
/// let mut resampler = Resampler::new(44_100, 16_000)?;
/// let mut frame = [0.0; 512];
/// let mut total = 0;
/// for mut packet in vec![0_i16; 44_100].chunks(441) {
///     loop {
///         let count = resampler.push(&mut packet, &mut frame);
///         total += count;
///         if count < frame.len() {
///             break; // wants more input
///         }
///     }
/// }
/// loop {
///     let count = resampler.finish(&mut frame);
///     total += count;
///     if count < frame.len() {
///         break;
///     }
/// }
/// assert_eq!(total, 16_000);
/// # Ok::<(), voiced::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Resampler {
    phases: Phases,
    step: Step,
    history: Box<[f32]>, // (2 taps + taps / 2): the last half only for the silence after the end
    filled: usize,       // samples in `history`
    start: usize,        // where in `history` the next output's window starts
    phase: u32,          // 0..L: how far the next output lies past its sample, in L-ths
    finished: bool,
}

/// From one output sample to the next: whole input samples, and the rest in `L`-ths of one.
#[derive(Clone, Copy, Debug)]
struct Step {
    whole: usize,
    part: u32,
    denominator: u32, // L
}

impl Resampler {
    /// Sample rates that it takes and gives, in Hz.
    pub const RATES: RangeInclusive<u32> = 4_000..=384_000;

    /// A resampler at the start of a stream, from `from` Hz to `to` Hz.
    ///
    /// It holds at most 300 kB of coefficients, which its clones share, and 10 bytes for each
    /// filter tap, of which there are 320 from 48 to 16 kHz, at least 112, at most 10,176.
    ///
    /// # Errors
    /// [`Error::Rate`] if a rate lies outside [`RATES`](Self::RATES).
    pub fn new(from: u32, to: u32) -> Result<Self, Error> {
        if let Some(&rate) = [from, to].iter().find(|rate| !Self::RATES.contains(rate)) {
            return Err(Error::Rate { given: rate, lowest: *Self::RATES.start(), highest: *Self::RATES.end() });
        }
        let divisor = greatest_common_divisor(from, to);
        let (from, to) = (from / divisor, to / divisor);
        let phases = Phases::new(from, to);
        let taps = phases.taps();
        let mut resampler = Self {
            phases,
            step: Step { whole: (from / to) as usize, part: from % to, denominator: to },
            history: vec![0.0; 2 * taps + taps / 2].into(),
            filled: 0,
            start: 0,
            phase: 0,
            finished: false,
        };
        resampler.reset();
        Ok(resampler)
    }

    /// Goes back to the start of a stream, as [`new`](Self::new) gives it.
    pub fn reset(&mut self) {
        let before_first = (self.phases.taps() / 2).saturating_sub(1);
        self.history[..before_first].fill(0.0);
        self.filled = before_first;
        self.start = 0;
        self.phase = 0;
        self.finished = false;
    }

    /// Takes samples from the front of `input` and writes those that they settle to `output`;
    /// returns how many it wrote.
    ///
    /// If these are fewer than `output` has room for, all of `input` is taken and all that it
    /// settles is written. Otherwise there may be more to come: call it again, even if `input` is
    /// empty by now. The samples are the same to the bit however input and output are cut up.
    /// Samples that are not finite or are fainter than 1e-10 count as 0.0, and the others are
    /// limited to ±1e6. After [`finish`](Self::finish) this starts a new stream.
    pub fn push<S: Sample>(&mut self, input: &mut &[S], output: &mut [f32]) -> usize {
        if self.finished {
            self.reset();
        }
        if self.passes_through() {
            return take(input, output);
        }
        let mut written = self.settle(output);
        while written < output.len() && !input.is_empty() {
            self.append(input);
            written += self.settle(&mut output[written..]);
        }
        written
    }

    /// Writes samples that were still waiting for input, which now is silent; returns how many.
    ///
    /// Call it until it returns fewer than `output` has room for: then the stream has ended, and
    /// further calls return 0.
    pub fn finish(&mut self, output: &mut [f32]) -> usize {
        if !self.finished {
            // Up to here every window centred on a sample is whole, and none centred past the end.
            let end = self.filled + self.phases.taps() / 2;
            self.history[self.filled..end].fill(0.0);
            self.filled = end;
            self.finished = true;
        }
        if self.passes_through() { 0 } else { self.settle(output) }
    }

    /// The most samples that it has taken beyond the input time of an output sample by the time that it writes that.
    pub(crate) fn ahead(&self) -> usize {
        // The history has room for two windows, and a window's middle is where its output sample lies.
        (3 * self.phases.taps()).div_ceil(2) + 1
    }

    fn passes_through(&self) -> bool {
        self.phases.taps() == 0
    }

    /// Moves samples from `input` to the history, as many as fit beside what is still needed.
    fn append<S: Sample>(&mut self, input: &mut &[S]) {
        let room = 2 * self.phases.taps(); // the rest is kept for `finish`
        if self.filled == room {
            self.history.copy_within(self.start..self.filled, 0);
            self.filled -= self.start;
            self.start = 0;
        }
        self.filled += take(input, &mut self.history[self.filled..room]);
    }

    /// Writes the samples whose whole window is in the history, as many as fit; returns how many.
    fn settle(&mut self, output: &mut [f32]) -> usize {
        let taps = self.phases.taps();
        let mut written = 0;
        for sample in output {
            let Some(window) = self.history[..self.filled].get(self.start..self.start + taps) else {
                break;
            };
            *sample = self.phases.filter(window, self.phase);
            written += 1;
            self.start += self.step.whole;
            self.phase += self.step.part;
            if self.phase >= self.step.denominator {
                self.phase -= self.step.denominator;
                self.start += 1;
            }
        }
        written
    }
}

/// Moves as many clean samples from the front of `input` to `output` as fit; returns how many.
fn take<S: Sample>(input: &mut &[S], output: &mut [f32]) -> usize {
    let count = input.len().min(output.len());
    let (taken, rest) = input.split_at(count);
    for (to, from) in output.iter_mut().zip(taken) {
        *to = clean(from.to_f32());
    }
    *input = rest;
    count
}

fn greatest_common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_counted_in_lowest_terms() {
        for (from, to, whole, part, denominator) in [
            (48_000, 16_000, 3, 0, 1),
            (44_100, 16_000, 2, 121, 160),
            (8_000, 44_100, 0, 80, 441),
            (7_919, 4_001, 1, 3_918, 4_001),
        ] {
            let step = Resampler::new(from, to).unwrap().step;
            assert_eq!((step.whole, step.part, step.denominator), (whole, part, denominator), "{from} {to}");
        }
    }
}
