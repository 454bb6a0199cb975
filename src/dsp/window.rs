//! Tapers.

use std::f64::consts::TAU;

/// The periodic Hann window, `w[n] = (1 - cos(2 pi n / length)) / 2`; shape (length).
///
/// Periodic, not symmetric: shifted copies of it at a hop of `length / 2` sum to one.
/// Source: F. J. Harris, "On the use of windows for harmonic analysis with the DFT", 1978, equation 27b.
pub fn hann(length: usize) -> Vec<f32> {
    (0..length).map(|n| (0.5 - 0.5 * (TAU * n as f64 / length as f64).cos()) as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hann_has_its_known_values_and_sums_to_one() {
        let window = hann(8);
        assert_eq!(window[0], 0.0);
        assert_eq!(window[2], 0.5);
        assert_eq!(window[4], 1.0);
        for n in 0..4 {
            assert!((window[n] + window[n + 4] - 1.0).abs() < 1e-7);
        }
    }
}
