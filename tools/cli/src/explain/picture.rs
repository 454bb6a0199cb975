//! What the page draws of the sound itself: waveform and spectrogram, in bytes.

use voiced::dsp::spectrum::PowerSpectrum;

/// Pairs of extremes that the waveform has at most, and columns of the spectrogram: 4 and 8 MiB of an hour or more.
const MOST_PAIRS: usize = 1 << 20;
const MOST_COLUMNS: usize = 1 << 17;

/// Samples to a pair of extremes at least: 1 ms at 16 kHz.
const FINEST: usize = 16;

/// Rows of the spectrogram, as far apart in mel.
pub(super) const ROWS: usize = 64;

/// The power in dB over full scale that byte 0 stands for, and by how much 255 lies above it. A sine of full scale has a
/// sixth of the window's samples, +19 dB, in its bin; the rounding noise of 16 bits is at -101 in each.
const DARKEST_DBFS: f32 = -105.0;
const DYNAMICS_DB: f32 = 125.0;

/// The extremes of the samples, by stretches of equal length.
pub(super) struct Waveform {
    /// Samples in a stretch.
    pub(super) stretch: usize,
    /// The sample's size that 127 stands for, full scale at 1.
    pub(super) peak: f32,
    pub(super) extremes: Vec<u8>, // (stretches, [lowest, highest]), each an i8
}

impl Waveform {
    pub(super) fn of(samples: &[i16]) -> Self {
        let stretch = samples.len().div_ceil(MOST_PAIRS).next_power_of_two().max(FINEST);
        let peak = samples.iter().map(|sample| sample.unsigned_abs()).max().unwrap_or(0).max(1);
        let byte = |sample: i16| (f32::from(sample) / f32::from(peak) * 127.0).round() as i8 as u8;
        let extremes = samples
            .chunks(stretch)
            .flat_map(|samples| {
                let lowest = samples.iter().min().copied().unwrap_or(0);
                let highest = samples.iter().max().copied().unwrap_or(0);
                [byte(lowest), byte(highest)]
            })
            .collect();
        Self { stretch, peak: f32::from(peak) / 32_768.0, extremes }
    }
}

/// Power over time and frequency.
pub(super) struct Spectrogram {
    /// Samples from one column to the next; column `i` is centred at `i + 1/2` of them.
    pub(super) hop: usize,
    /// Each column's levels, low frequencies first, in steps of [`DYNAMICS_DB`] / 255 over [`DARKEST_DBFS`].
    pub(super) levels: Vec<u8>, // (columns, ROWS)
}

impl Spectrogram {
    pub(super) fn of(samples: &[i16], rate: u32) -> Self {
        let window = rate as usize * 4 / 125; // 32 ms
        let hop = samples.len().div_ceil(MOST_COLUMNS).max(rate as usize / 125); // 8 ms at least
        let mut spectrum = PowerSpectrum::new(window);
        let rows = rows(rate, spectrum.bins());
        let mut levels = Vec::with_capacity(samples.len().div_ceil(hop) * ROWS);
        let mut frame = vec![0.0; window]; // (samples)
        for centre in (hop / 2..samples.len() + hop / 2).step_by(hop) {
            for (slot, at) in frame.iter_mut().zip(centre..) {
                let sample = at.checked_sub(window / 2).and_then(|at| samples.get(at));
                *slot = sample.map_or(0.0, |&sample| f32::from(sample) / 32_768.0);
            }
            let powers = spectrum.of(&frame);
            levels.extend(rows.iter().map(|bins| {
                let power = powers[bins.clone()].iter().sum::<f32>() / bins.len() as f32;
                let level = (10.0 * power.max(1e-20).log10() - DARKEST_DBFS) / DYNAMICS_DB;
                (level * 255.0).round() as u8 // saturates
            }));
        }
        Self { hop, levels }
    }
}

/// The bins whose mean power each row shows; rows are equally wide in mel and hold a bin at least.
fn rows(rate: u32, bins: usize) -> Vec<std::ops::Range<usize>> {
    let nyquist = rate as f32 / 2.0;
    let mel = 2595.0 * (1.0 + nyquist / 700.0).log10();
    let bin = |row: usize| {
        let hertz = 700.0 * (10.0_f32.powf(mel * row as f32 / ROWS as f32 / 2595.0) - 1.0);
        (hertz / nyquist * (bins - 1) as f32).round() as usize
    };
    (0..ROWS).map(|row| bin(row).min(bins - 1)..bin(row + 1).max(bin(row) + 1).min(bins)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_waveform_has_the_extremes() {
        let mut samples = vec![0; 160];
        (samples[20], samples[21], samples[159]) = (-100, 50, 100);
        let waveform = Waveform::of(&samples);
        assert_eq!((waveform.stretch, waveform.extremes.len()), (16, 20));
        let signed: Vec<i8> = waveform.extremes.iter().map(|&byte| byte as i8).collect();
        assert_eq!(signed[2..4], [-127, 64]);
        assert_eq!(signed[18..], [0, 127]);
        assert!((waveform.peak - 100.0 / 32_768.0).abs() < 1e-9);
    }

    #[test]
    fn a_long_waveform_is_coarser() {
        assert_eq!(Waveform::of(&vec![0; 16 * MOST_PAIRS]).stretch, 16);
        assert_eq!(Waveform::of(&vec![0; 16 * MOST_PAIRS + 1]).stretch, 32);
    }

    #[test]
    fn a_tone_lies_in_its_row_when_it_sounds() {
        for rate in [8000, 16_000] {
            let tone = |n: u32| (std::f32::consts::TAU * 1000.0 * n as f32 / rate as f32).sin() * 3276.8;
            let samples: Vec<i16> = (0..rate).map(|n| if n < rate / 2 { 0 } else { tone(n) as i16 }).collect();
            let spectrogram = Spectrogram::of(&samples, rate);
            assert_eq!((spectrogram.hop, spectrogram.levels.len()), (rate as usize / 125, 125 * ROWS));
            let columns: Vec<&[u8]> = spectrogram.levels.chunks(ROWS).collect();
            assert!(columns[40].iter().all(|&level| level == 0), "silence");
            let loudest = (0..ROWS).max_by_key(|&row| columns[100][row]).unwrap();
            assert!(rows(rate, rate as usize / 62)[loudest].contains(&32), "1000 Hz is bin 32: {loudest}");
        }
    }
}
