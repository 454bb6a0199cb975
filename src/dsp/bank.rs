//! Filter banks over a power spectrum.

use std::ops::Range;

/// Overlapping triangles on the mel scale, each with weights that sum to one: a band's output is the mean power in it.
///
/// The mel scale is `2595 log10(1 + f / 700)`, D. O'Shaughnessy, *Speech Communication*, 1987.
#[derive(Clone, Debug)]
pub struct MelBank {
    bands: Vec<Range<usize>>, // (bands): the bins of each
    weights: Vec<f32>,        // those of all bands, one after the other
}

impl MelBank {
    /// The triangles that begin at `low` Hz, peak `step` mel apart and end below `high` Hz, over spectra whose bins
    /// are `spacing` Hz apart.
    ///
    /// A higher `high` adds bands and leaves the others as they are. A triangle too narrow to hold a bin is left out.
    pub fn new(low: f32, step: f32, high: f32, spacing: f32) -> Self {
        let edge = |index: usize| hertz(mel(low) + step * index as f32);
        let (mut bands, mut weights) = (Vec::new(), Vec::new());
        for (left, peak, right) in (0..).map(|band| (edge(band), edge(band + 1), edge(band + 2))) {
            if right > high || step <= 0.0 {
                break;
            }
            let bins = (left / spacing).ceil() as usize..(right / spacing).ceil() as usize;
            let height = |bin: usize| {
                let frequency = bin as f32 * spacing;
                ((frequency - left) / (peak - left)).min((right - frequency) / (right - peak)).max(0.0)
            };
            let sum: f32 = bins.clone().map(height).sum();
            if sum > 0.0 {
                weights.extend(bins.clone().map(|bin| height(bin) / sum));
                bands.push(bins);
            }
        }
        Self { bands, weights }
    }

    /// How many bands there are.
    pub fn len(&self) -> usize {
        self.bands.len()
    }

    /// Whether there is no band.
    pub fn is_empty(&self) -> bool {
        self.bands.is_empty()
    }

    /// The mean power in each band; `powers` has shape (bins), `means` (bands). Bins that are missing count as 0.
    pub fn apply(&self, powers: &[f32], means: &mut [f32]) {
        let mut weights = &self.weights[..];
        for (mean, bins) in means.iter_mut().zip(&self.bands) {
            let (here, rest) = weights.split_at(bins.len());
            weights = rest;
            let powers = powers.get(bins.start..).unwrap_or_default();
            *mean = here.iter().zip(powers).map(|(weight, power)| weight * power).sum();
        }
    }
}

/// A frequency in mel.
fn mel(hertz: f32) -> f32 {
    2595.0 * (1.0 + hertz / 700.0).log10()
}

/// A mel value in Hz.
fn hertz(mel: f32) -> f32 {
    700.0 * (10.0_f32.powf(mel / 2595.0) - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flat_spectrum_has_its_power_in_every_band() {
        let bank = MelBank::new(80.0, 144.0, 8000.0, 31.25);
        assert!(bank.len() > 15, "{}", bank.len());
        let mut means = vec![0.0; bank.len()];
        bank.apply(&[3.0; 257], &mut means);
        assert!(means.iter().all(|mean| (mean - 3.0).abs() < 1e-5), "{means:?}");
    }

    #[test]
    fn a_line_lies_in_the_bands_around_it() {
        let bank = MelBank::new(80.0, 144.0, 8000.0, 31.25);
        let mut powers = [0.0; 257];
        powers[32] = 1.0; // 1000 Hz, which is 1000 mel
        let mut means = vec![0.0; bank.len()];
        bank.apply(&powers, &mut means);
        let lit: Vec<usize> = (0..means.len()).filter(|&band| means[band] > 0.0).collect();
        let position = (mel(1000.0) - mel(80.0)) / 144.0; // in steps from the first band's lower edge
        assert_eq!(lit, [position as usize - 1, position as usize]);
        assert!((mel(1000.0) - 1000.0).abs() < 0.1);
        assert!((hertz(mel(432.1)) - 432.1).abs() < 0.01);
    }

    #[test]
    fn a_lower_rate_has_the_first_bands_of_a_higher_one() {
        let narrow = MelBank::new(80.0, 144.0, 4000.0, 31.25);
        let wide = MelBank::new(80.0, 144.0, 8000.0, 31.25);
        assert!(narrow.len() < wide.len());
        assert_eq!(narrow.bands[..], wide.bands[..narrow.len()]);
        assert!(MelBank::new(80.0, 0.0, 4000.0, 31.25).is_empty());
    }
}
