//! A second-order recursive filter.

use std::f64::consts::{FRAC_1_SQRT_2, TAU};

use crate::audio::sample;

/// See [`sample::FAINTEST`]: without it the state would decay for ever, through subnormal numbers.
const FAINTEST: f64 = sample::FAINTEST as f64;

/// A high-pass filter of second order, Butterworth, in transposed direct form II.
///
/// `y = b0 x + s1`, `s1 = b1 x - a1 y + s2`, `s2 = b2 x - a2 y`. The state is `f64`: a cut-off far below the sample
/// rate puts the poles next to the unit circle, where `f32` would ring.
#[derive(Clone, Debug)]
pub struct HighPass {
    b: [f64; 3],
    a: [f64; 2],
    state: [f64; 2],
}

impl HighPass {
    /// A filter that takes 3 dB at `cutoff` Hz and 12 dB an octave below it, for samples at `rate` Hz.
    ///
    /// Source: the bilinear transform of `s^2 / (s^2 + s sqrt(2) + 1)`, R. Bristow-Johnson, *Audio EQ Cookbook*.
    pub fn new(cutoff: f64, rate: u32) -> Self {
        let angle = TAU * cutoff / f64::from(rate);
        let alpha = angle.sin() * FRAC_1_SQRT_2;
        let (cos, norm) = (angle.cos(), 1.0 + alpha);
        let edge = (1.0 + cos) / (2.0 * norm);
        Self { b: [edge, -2.0 * edge, edge], a: [-2.0 * cos / norm, (1.0 - alpha) / norm], state: [0.0; 2] }
    }

    /// The filter's next output.
    #[inline]
    pub fn push(&mut self, x: f32) -> f32 {
        let x = f64::from(x);
        let y = self.b[0] * x + self.state[0];
        self.state[0] = self.b[1] * x - self.a[0] * y + self.state[1];
        self.state[1] = self.b[2] * x - self.a[1] * y;
        if y.abs() < FAINTEST { self.fade() } else { y as f32 }
    }

    /// The output where it is silent, 0; and where the state is, too, its end.
    fn fade(&mut self) -> f32 {
        if self.state.iter().all(|part| part.abs() < FAINTEST) {
            self.state = [0.0; 2];
        }
        0.0
    }

    /// Sets the state that a constant input of `x` leads to, whose output is 0.
    pub fn settle(&mut self, x: f32) {
        let x = f64::from(x);
        self.state = [-self.b[0] * x, self.b[2] * x];
    }

    /// Forgets all input.
    pub fn reset(&mut self) {
        self.state = [0.0; 2];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gain_db(filter: &mut HighPass, frequency: f64, rate: u32) -> f64 {
        filter.reset();
        let wave = |n: u32| (TAU * frequency * f64::from(n) / f64::from(rate)).sin();
        for n in 0..rate {
            filter.push(wave(n) as f32);
        }
        let power: f64 = (rate..2 * rate).map(|n| f64::from(filter.push(wave(n) as f32)).powi(2)).sum();
        10.0 * (2.0 * power / f64::from(rate)).log10()
    }

    #[test]
    fn gains_are_those_of_a_butterworth_filter() {
        for rate in [8000, 16_000] {
            let mut filter = HighPass::new(100.0, rate);
            assert!((gain_db(&mut filter, 100.0, rate) + 3.01).abs() < 0.05);
            assert!((gain_db(&mut filter, 25.0, rate) + 24.1).abs() < 0.1, "two octaves below");
            assert!(gain_db(&mut filter, 1000.0, rate).abs() < 0.01);
        }
    }

    #[test]
    fn a_tone_that_ended_is_forgotten() {
        for rate in [8000, 16_000] {
            let mut filter = HighPass::new(100.0, rate);
            for n in 0..rate {
                filter.push((n as f32 * 0.1).sin());
            }
            let left = (0..rate).take_while(|_| filter.push(0.0) != 0.0 || filter.state != [0.0; 2]).count();
            assert!((100..4000).contains(&left), "{left} samples at {rate} Hz");
        }
    }

    #[test]
    fn a_settled_filter_gives_nothing_for_its_constant() {
        let mut filter = HighPass::new(80.0, 16_000);
        filter.settle(0.7);
        for _ in 0..1000 {
            assert!(filter.push(0.7).abs() < 1e-6);
        }
    }
}
