//! The noise floor: what is there when nobody speaks.

use super::smooth::decay;

/// Tracks the noise power of many channels (bins or bands) at once by minimum statistics.
///
/// Speech pauses between words and between the harmonics, so the smallest smoothed power of the last seconds is that
/// of the noise alone, whatever is being said. With `P` the power, per channel,
///
/// ```text
/// S[n] = a S[n-1] + (1 - a) P[n]               smoothed power        (Martin 2001, equation 4, with a fixed a)
/// floor[n] = B min(S[n - D + 1], ..., S[n])    over D steps          (Martin 2001, equations 17 and 18)
/// ```
///
/// The minimum is kept as that of [`SPANS`] spans of `D / SPANS` steps each, of which the oldest is dropped whole.
/// A minimum lies below the mean; [`bias`] tells by how much, from the steps there were so far on. The factor `a` is fixed, as in Martin's first paper
/// (1994), not adapted to each channel: that costs accuracy under slow speech, and saves two divisions a channel.
///
/// What a recording begins with counts as noise until something is quieter: over the first steps, two time constants
/// of the smoothing, the floor is the mean power. A single power of noise can be far below its mean, and as a minimum
/// would be remembered.
///
/// Source: R. Martin, "Noise power spectral density estimation based on optimal smoothing and minimum statistics",
/// *IEEE Transactions on Speech and Audio Processing* 9 (5), 2001; and "Spectral subtraction based on minimum
/// statistics", EUSIPCO 1994.
#[derive(Clone, Debug)]
pub struct NoiseFloor {
    smoothed: Vec<f32>, // (channels)
    spans: Vec<f32>,    // (SPANS, channels): the minimum of each finished span
    finished: Vec<f32>, // (channels): the minimum of all finished spans
    current: Vec<f32>,  // (channels): the minimum of the span that goes on
    floor: Vec<f32>,    // (channels)
    factor: f32,
    freedom: f32,
    first: usize,  // steps whose mean is taken
    heard: usize,  // steps so far, up to `SPANS * length`
    length: usize, // steps in a span
    steps: usize,  // in the current span
    oldest: usize,
}

/// Spans that the memory of minima consists of.
pub const SPANS: usize = 8;

/// The time constant in steps of 10 ms that the detectors smooth powers with before the minimum is taken.
///
/// Longer, and the smoothed power is still falling when a short pause is over: it loses 14 dB in the time of 10 steps.
/// Shorter, and the minimum of noise lies further below its mean. On the development recordings 30 ms ranked the
/// detectors' scores better than 20, 50 and 100 ms do, taken over clean and noisy speech.
pub const SMOOTHING: f32 = 3.0;

impl NoiseFloor {
    /// A tracker of `channels` powers.
    ///
    /// `memory` is the time over which the minimum is taken and `smoothing` the time constant of the power, both in
    /// steps. `freedom` is that of the smoothed power of noise, see [`bias`]; where it is infinite, the floor is the
    /// minimum as it is.
    pub fn new(channels: usize, memory: f32, smoothing: f32, freedom: f32) -> Self {
        let length = ((memory / SPANS as f32).round() as usize).max(1);
        Self {
            smoothed: vec![0.0; channels],
            spans: vec![f32::INFINITY; SPANS * channels],
            finished: vec![f32::INFINITY; channels],
            current: vec![f32::INFINITY; channels],
            floor: vec![0.0; channels],
            factor: decay(1.0, smoothing),
            freedom,
            first: (2.0 * smoothing) as usize + 1,
            heard: 0,
            length,
            steps: 0,
            oldest: 0,
        }
    }

    /// Takes the powers of the next step and returns the floor: both of shape (channels).
    pub fn push(&mut self, powers: &[f32]) -> &[f32] {
        if self.heard < self.first {
            self.begin(powers);
            return &self.floor;
        }
        self.heard = (self.heard + 1).min(SPANS * self.length);
        let (factor, bias) = (self.factor, bias(self.heard as f32, self.freedom));
        let channels = self.smoothed.iter_mut().zip(&mut self.current).zip(&self.finished).zip(&mut self.floor);
        for ((((smoothed, current), finished), floor), power) in channels.zip(powers) {
            *smoothed = factor * *smoothed + (1.0 - factor) * power;
            *current = current.min(*smoothed);
            *floor = bias * current.min(*finished);
        }
        self.steps += 1;
        if self.steps == self.length {
            self.finish_span();
        }
        &self.floor
    }

    /// The floor after the last step; zeros before the first.
    pub fn floor(&self) -> &[f32] {
        &self.floor
    }

    /// Forgets all steps.
    pub fn reset(&mut self) {
        self.spans.fill(f32::INFINITY);
        self.finished.fill(f32::INFINITY);
        self.current.fill(f32::INFINITY);
        self.floor.fill(0.0);
        (self.heard, self.steps, self.oldest) = (0, 0, 0);
    }

    /// Takes in one of the first steps.
    fn begin(&mut self, powers: &[f32]) {
        let factor = self.heard as f32 / (self.heard + 1) as f32;
        self.heard += 1;
        self.smoothed
            .iter_mut()
            .zip(powers)
            .for_each(|(mean, power)| *mean = factor * *mean + (1.0 - factor) * power);
        self.floor.copy_from_slice(&self.smoothed);
        if self.heard == self.first {
            self.current.copy_from_slice(&self.smoothed);
        }
    }

    /// Puts the current span in the place of the oldest.
    fn finish_span(&mut self) {
        let channels = self.current.len();
        if channels == 0 {
            return;
        }
        self.spans[self.oldest * channels..][..channels].copy_from_slice(&self.current);
        self.oldest = (self.oldest + 1) % SPANS;
        self.finished.copy_from_slice(&self.spans[..channels]);
        for span in self.spans.chunks_exact(channels).skip(1) {
            self.finished.iter_mut().zip(span).for_each(|(least, value)| *least = least.min(*value));
        }
        self.current.fill(f32::INFINITY);
        self.steps = 0;
    }
}

/// By what factor the mean of a smoothed noise power exceeds the minimum of `steps` values of it.
///
/// `freedom` is twice the squared mean over the variance of the smoothed power, its equivalent degrees of freedom:
/// `2 (1 + a) / (1 - a)` for independent powers of Gaussian noise smoothed with the factor `a`; overlapping windows
/// have fewer. With `Q = (freedom - 2 M) / (1 - M)` and `M` tabulated for the number of steps,
/// `B = 1 + (steps - 1) 2 / Q`. Source: Martin 2001 (see [`NoiseFloor`]), equations 16 and 17 and table III.
pub fn bias(steps: f32, freedom: f32) -> f32 {
    const TABLE: [(f32, f32); 18] = [
        (1.0, 0.0),
        (2.0, 0.26),
        (5.0, 0.48),
        (8.0, 0.58),
        (10.0, 0.61),
        (15.0, 0.668),
        (20.0, 0.705),
        (30.0, 0.762),
        (40.0, 0.8),
        (60.0, 0.841),
        (80.0, 0.865),
        (120.0, 0.89),
        (140.0, 0.9),
        (160.0, 0.91),
        (180.0, 0.92),
        (220.0, 0.93),
        (260.0, 0.935),
        (300.0, 0.94),
    ];
    let steps = steps.clamp(1.0, 300.0);
    let after = TABLE.iter().position(|(at, _)| *at >= steps).unwrap_or(TABLE.len() - 1).max(1);
    let ((x0, y0), (x1, y1)) = (TABLE[after - 1], TABLE[after]);
    let m = y0 + (y1 - y0) * (steps - x0) / (x1 - x0);
    let q = (freedom - 2.0 * m).max(1.0) / (1.0 - m);
    1.0 + (steps - 1.0) * 2.0 / q
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Powers of Gaussian noise are exponential; these have mean 1.
    fn exponential(state: &mut u32) -> f32 {
        *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        -((*state >> 8) as f32 / 16_777_216.0 + 1e-9).ln()
    }

    #[test]
    fn the_floor_is_the_least_of_the_memory() {
        let mut floor = NoiseFloor::new(2, 16.0, 0.0, f32::INFINITY);
        assert_eq!(floor.push(&[5.0, 9.0]), [5.0, 9.0], "the first step sets it");
        assert_eq!(floor.push(&[2.0, 12.0]), [2.0, 9.0]);
        let remembered = (0..40).take_while(|_| floor.push(&[7.0, 9.0])[0] == 2.0).count();
        assert!((16..=16 + 2).contains(&remembered), "the memory, and up to a span of 16 / 8 more: {remembered}");
        assert_eq!(floor.floor(), [7.0, 9.0]);
        floor.reset();
        assert_eq!(floor.push(&[8.0, 1.0]), [8.0, 1.0]);
    }

    #[test]
    fn a_word_does_not_raise_the_floor_and_a_louder_room_does() {
        let mut floor = NoiseFloor::new(1, 300.0, 10.0, f32::INFINITY);
        assert_eq!(floor.push(&[0.5]), [0.5]);
        assert_eq!(floor.push(&[1.5]), [1.0], "the mean at first");
        for _ in 0..300 {
            floor.push(&[1.0]);
        }
        for _ in 0..150 {
            assert!(floor.push(&[1000.0])[0] < 1.01);
        }
        for _ in 0..300 {
            floor.push(&[4.0]);
        }
        assert!((floor.floor()[0] - 4.0).abs() < 0.01);
    }

    #[test]
    fn the_bias_makes_the_floor_of_steady_noise_its_mean() {
        for (memory, smoothing) in [(300.0, 10.0), (150.0, 10.0), (100.0, 4.0)] {
            let factor = decay(1.0, smoothing);
            let mut floor = NoiseFloor::new(1, memory, smoothing, 2.0 * (1.0 + factor) / (1.0 - factor));
            let mut state = 7;
            let (mut sum, steps) = (0.0_f64, 60_000);
            for step in 0..steps + 300 {
                let now = floor.push(&[exponential(&mut state)])[0];
                if step >= 300 {
                    sum += f64::from(now);
                }
            }
            let decibels = 10.0 * (sum / f64::from(steps)).log10();
            // Martin's formula is an approximation, said to hold to about a decibel.
            assert!(decibels.abs() < 1.0, "{memory} {smoothing}: {decibels} dB");
        }
    }
}
