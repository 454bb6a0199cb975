//! Smoothing over time.

use crate::audio::sample::audible;

/// The mean of the last few values of several channels.
#[derive(Clone, Debug)]
pub struct MovingAverages {
    values: Vec<f32>, // (length, channels), a ring
    means: Vec<f32>,  // (channels)
    length: usize,
    next: usize,
    filled: usize,
}

impl MovingAverages {
    /// Averages of up to `length` values each; 0 counts as 1.
    pub fn new(length: usize, channels: usize) -> Self {
        let length = length.max(1);
        Self { values: vec![0.0; length * channels], means: vec![0.0; channels], length, next: 0, filled: 0 }
    }

    /// Takes a value of each channel and returns the means of the last `length`, or of all while there are fewer; both
    /// of shape (channels).
    ///
    /// Sums are taken anew each time: running ones would gather rounding errors for as long as the stream lives.
    pub fn push(&mut self, values: &[f32]) -> &[f32] {
        let channels = self.means.len();
        self.values[self.next * channels..][..channels].copy_from_slice(values);
        self.next = (self.next + 1) % self.length;
        self.filled = self.length.min(self.filled + 1);
        self.means.fill(0.0);
        for step in 0..self.filled {
            let values = &self.values[step * channels..][..channels];
            self.means.iter_mut().zip(values).for_each(|(mean, value)| *mean += value);
        }
        let share = 1.0 / self.filled as f32;
        self.means.iter_mut().for_each(|mean| *mean *= share);
        &self.means
    }

    /// Forgets all values.
    pub fn reset(&mut self) {
        self.next = 0;
        self.filled = 0;
    }
}

/// The mean of the last few values.
#[derive(Clone, Debug)]
pub struct MovingAverage(MovingAverages);

impl MovingAverage {
    /// An average of up to `length` values; 0 counts as 1.
    pub fn new(length: usize) -> Self {
        Self(MovingAverages::new(length, 1))
    }

    /// Takes a value and returns the mean of the last `length`, or of all while there are fewer.
    pub fn push(&mut self, value: f32) -> f32 {
        self.0.push(&[value])[0]
    }

    /// Forgets all values.
    pub fn reset(&mut self) {
        self.0.reset();
    }
}

/// Means that forget exponentially, of several channels; the first values set them.
///
/// A mean below [`FAINTEST`](crate::audio::sample::FAINTEST) is 0.
#[derive(Clone, Debug)]
pub struct DecayingMeans {
    means: Vec<f32>, // (channels)
    factor: f32,
    begun: bool,
}

impl DecayingMeans {
    /// Means with a time constant of `time` steps.
    pub fn new(time: f32, channels: usize) -> Self {
        Self { means: vec![0.0; channels], factor: decay(1.0, time), begun: false }
    }

    /// Takes a value of each channel and returns the means, both of shape (channels).
    pub fn push(&mut self, values: &[f32]) -> &[f32] {
        let factor = if self.begun { self.factor } else { 0.0 };
        self.begun = true;
        for (mean, value) in self.means.iter_mut().zip(values) {
            *mean = audible(factor * *mean + (1.0 - factor) * value);
        }
        &self.means
    }

    /// Forgets all values.
    pub fn reset(&mut self) {
        self.begun = false;
    }
}

/// The largest of the last values, over a span that is exact to an eighth.
///
/// The span is kept as eight blocks, of which only the largest values are remembered: the oldest block is dropped
/// whole.
#[derive(Clone, Debug)]
pub struct MovingMaximum {
    blocks: [f32; BLOCKS],
    length: usize, // values in a block
    filled: usize, // values in the newest block
    newest: usize,
}

const BLOCKS: usize = 8;

impl MovingMaximum {
    /// A maximum over `span` values.
    pub fn new(span: usize) -> Self {
        let length = span.div_ceil(BLOCKS).max(1);
        Self { blocks: [f32::NEG_INFINITY; BLOCKS], length, filled: 0, newest: 0 }
    }

    /// Takes a value and returns the largest of the span that ends with it.
    pub fn push(&mut self, value: f32) -> f32 {
        if self.filled == self.length {
            self.newest = (self.newest + 1) % BLOCKS;
            self.blocks[self.newest] = f32::NEG_INFINITY;
            self.filled = 0;
        }
        self.filled += 1;
        self.blocks[self.newest] = self.blocks[self.newest].max(value);
        self.blocks.iter().copied().fold(f32::NEG_INFINITY, f32::max)
    }

    /// Forgets all values.
    pub fn reset(&mut self) {
        *self = Self { length: self.length, ..Self::new(0) };
    }
}

/// The factor `a` of `y[n] = a y[n-1] + (1 - a) x[n]` whose step response reaches `1 - 1/e` after `time`, in the unit
/// that `hop` has: `a = exp(-hop / time)`.
pub fn decay(hop: f32, time: f32) -> f32 {
    if time > 0.0 { (-hop / time).exp() } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_average_of_a_ramp_lags_by_half_its_length() {
        let mut average = MovingAverage::new(5);
        let means: Vec<f32> = (0..10).map(|n| average.push(n as f32)).collect();
        assert_eq!(means, [0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]);
        average.reset();
        assert_eq!(average.push(9.0), 9.0);
        let mut averages = MovingAverages::new(2, 3);
        averages.push(&[1.0, 2.0, 3.0]);
        averages.push(&[3.0, 4.0, 5.0]);
        assert_eq!(averages.push(&[5.0, 0.0, -5.0]), [4.0, 2.0, 0.0]);
    }

    #[test]
    fn the_maximum_forgets_a_peak_after_its_span() {
        let mut maximum = MovingMaximum::new(16);
        assert_eq!(maximum.push(-5.0), -5.0);
        assert_eq!(maximum.push(3.0), 3.0);
        let remembered = (0..40).take_while(|_| maximum.push(1.0) == 3.0).count();
        assert!((14..=16).contains(&remembered), "{remembered}");
        assert_eq!(maximum.push(2.0), 2.0);
        maximum.reset();
        assert_eq!(maximum.push(-7.0), -7.0);
    }

    #[test]
    fn a_step_reaches_its_known_height_after_the_time_constant() {
        let mut means = DecayingMeans::new(25.0, 2);
        assert_eq!(means.push(&[0.0, 3.0]), [0.0, 3.0], "the first sets them");
        for _ in 0..25 {
            means.push(&[1.0, 3.0]);
        }
        let step = means.push(&[0.0, 3.0]).to_vec();
        let known = (1.0 - (-1.0_f32).exp()) * (-1.0_f32 / 25.0).exp();
        assert!((step[0] - known).abs() < 1e-5 && (step[1] - 3.0).abs() < 1e-5, "{step:?}");
        means.reset();
        assert_eq!(means.push(&[7.0, 8.0]), [7.0, 8.0]);
        for _ in 0..25 * 30 {
            means.push(&[0.0, 1.0]);
        }
        assert_eq!(means.push(&[0.0, 1.0])[0], 0.0, "8 times 10^-13 is left");
        assert!((decay(10.0, 250.0) - (-0.04_f32).exp()).abs() < 1e-7);
        assert_eq!(decay(10.0, 0.0), 0.0);
    }
}
