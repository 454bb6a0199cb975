//! Speech with noise, at an exact ratio.

use std::path::{Path, PathBuf};

use voiced::Segment;

use super::audio::{Audio, read};
use crate::fault::Fault;
use crate::resampled::resampled;
use crate::walk::find;

/// The noises to choose from, and what chooses.
pub(super) struct Noises {
    files: Vec<PathBuf>, // in the order of their names
    seed: u64,
}

impl Noises {
    pub(super) fn find(folder: &Path, seed: u64) -> Result<Self, Fault> {
        let found = find(&[folder.to_owned()]).into_iter().map(|find| find.map(|found| found.path));
        Ok(Self { files: found.collect::<Result<_, _>>()?, seed })
    }

    /// All that one may be drawn from.
    pub(super) fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// A noise as long as the recording, at its rate, and the file that it is from.
    ///
    /// The seed and the recording's name choose the file and where in it to begin; a noise that ends goes on from its
    /// start.
    pub(super) fn draw(&self, below: &Path, rate: u32, length: usize) -> Result<(Vec<f32>, &Path), Fault> {
        let mut random = SplitMix64(self.seed ^ fnv1a(&below.to_string_lossy().replace('\\', "/")));
        let path = &self.files[random.below(self.files.len())];
        let Audio { samples, rate: own, .. } = read(path)?;
        let samples = resampled(&samples, own, rate).map_err(|e| Fault::new(path.display().to_string(), e))?;
        if samples.is_empty() {
            return Err(Fault::new(path.display().to_string(), "has no samples"));
        }
        let begin = random.below(samples.len());
        Ok((samples.iter().cycle().skip(begin).take(length).copied().collect(), path))
    }
}

/// Speech and noise together.
pub(super) struct Mix {
    pub(super) samples: Vec<f32>,
    /// What all was multiplied by so that nothing is beyond full scale; 1 where nothing was.
    pub(super) gain: f32,
}

/// Adds noise so that over the labelled speech its power lies `snr` dB below that of the recording.
///
/// Nothing is clipped: a mix that goes beyond full scale is made quieter as a whole, which leaves the ratio as it is.
pub(super) fn mix(recording: &[f32], noise: &[f32], speech: &[Segment], snr: f64) -> Result<Mix, &'static str> {
    let (signal, disturbance) = (energy(recording, speech), energy(noise, speech));
    if signal == 0.0 {
        return Err("its labelled speech is digital silence: there is no ratio to it");
    }
    if disturbance == 0.0 {
        return Err("is digital silence where there is speech: it cannot be mixed in");
    }
    let level = (signal / disturbance / 10_f64.powf(snr / 10.0)).sqrt();
    let mut samples: Vec<f32> =
        recording.iter().zip(noise).map(|(a, b)| (f64::from(*a) + level * f64::from(*b)) as f32).collect();
    let peak = samples.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    let gain = if peak > 1.0 { 1.0 / peak } else { 1.0 };
    if peak > 1.0 {
        for sample in &mut samples {
            *sample *= gain;
        }
    }
    Ok(Mix { samples, gain })
}

fn energy(samples: &[f32], speech: &[Segment]) -> f64 {
    let within = |segment: &Segment| &samples[segment.start as usize..samples.len().min(segment.end as usize)];
    speech.iter().flat_map(within).map(|&sample| f64::from(sample).powi(2)).sum()
}

/// Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators" (2014).
struct SplitMix64(u64);

impl SplitMix64 {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `count`.
    fn below(&mut self, count: usize) -> usize {
        ((u128::from(self.next()) * count as u128) >> 64) as usize
    }
}

/// Fowler, Noll and Vo's hash, 64 bits, variant 1a: a name as a number, the same on every machine.
fn fnv1a(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tone whose first half is silence, and noise that is louder where there is none.
    fn example() -> (Vec<f32>, Vec<f32>, [Segment; 1]) {
        let speech = [Segment { start: 8000, end: 16_000 }];
        let tone = |n: usize| if n < 8000 { 0.0 } else { 0.6 * (n as f32 * 0.3).sin() };
        let mut random = SplitMix64(7);
        let noise = |n: usize| (random.below(2001) as f32 / 1000.0 - 1.0) * if n < 8000 { 0.9 } else { 0.01 };
        ((0..16_000).map(tone).collect(), (0..16_000).map(noise).collect(), speech)
    }

    #[test]
    fn the_ratio_is_exact_over_the_speech() {
        let (tone, noise, speech) = example();
        for snr in [20.0, 3.5, 0.0, -5.0] {
            let Mix { samples, gain } = mix(&tone, &noise, &speech, snr).unwrap();
            let added: Vec<f32> = samples.iter().zip(&tone).map(|(mixed, tone)| mixed / gain - tone).collect();
            let found = 10.0 * (energy(&tone, &speech) / energy(&added, &speech)).log10();
            assert!((found - snr).abs() < 1e-3, "{snr}: {found}");
        }
    }

    #[test]
    fn nothing_is_clipped() {
        let (tone, noise, speech) = example();
        let loud = mix(&tone, &noise, &speech, -5.0).unwrap();
        assert!(loud.gain < 0.5 && loud.samples.iter().all(|sample| sample.abs() <= 1.0));
        let quiet = mix(&tone, &noise, &[Segment { start: 0, end: 16_000 }], 20.0).unwrap();
        assert_eq!(quiet.gain, 1.0);
    }

    #[test]
    fn silence_has_no_ratio() {
        let (tone, noise, speech) = example();
        assert!(mix(&tone, &noise, &[Segment { start: 0, end: 10 }], 0.0).is_err());
        assert!(mix(&tone, &vec![0.0; 16_000], &speech, 0.0).is_err());
    }

    #[test]
    fn names_choose_apart() {
        assert_eq!(fnv1a("a"), 0xaf63_dc4c_8601_ec8c); // the authors' test vector
        assert_eq!(SplitMix64(1_234_567).next(), 6_457_827_717_110_365_317); // the paper's reference code
        let chosen: std::collections::BTreeSet<usize> =
            (0..20).map(|n| SplitMix64(1 ^ fnv1a(&format!("{n}.wav"))).below(1000)).collect();
        assert!(chosen.len() > 17, "{chosen:?}");
    }
}
