//! One pass over the recording: what all detectors make of it, and its samples.

use std::path::Path;

use voiced::{BATCH, Detector, FrameSpec, Kind, Resampler, SegmentConfig, Stream};

use super::probe::{Observation, observe};
use crate::args::Detection;
use crate::channel::{Channel, ears};
use crate::fault::{Fault, Stop};
use crate::input::Recording;
use crate::listen::play;
use crate::progress::Progress;

/// Hours that a page can show; beyond, it would be too large for browsers.
const LONGEST_HOURS: u64 = 3;

/// A recording and what the detectors make of it.
pub(super) struct Heard {
    /// The recording's sample rate in Hz.
    pub(super) rate: u32,
    pub(super) channels: usize,
    /// Samples of each channel.
    pub(super) length: u64,
    /// What was listened to, one channel at `sound_rate`, 8 or 16 kHz.
    pub(super) sound: Vec<i16>,
    pub(super) sound_rate: u32,
    pub(super) lanes: Vec<Lane>,
}

/// What one detector makes of it.
pub(super) struct Lane {
    pub(super) kind: Kind,
    pub(super) spec: FrameSpec,
    /// Samples at the detector's rate.
    pub(super) framed: u64,
    pub(super) scores: Vec<f32>, // (frames)
    pub(super) observation: Observation,
}

pub(super) fn hear(path: &Path, channel: Channel, choices: &[Detection], progress: &Progress) -> Result<Heard, Stop> {
    let mut recording = Recording::open(path)?;
    let fault = |reason: String| Fault::new(path.display().to_string(), reason);
    let ears = ears(channel, recording.channels).map_err(fault)?;
    let (rate, channels) = (recording.rate, recording.channels);
    let longest = LONGEST_HOURS * 3600 * u64::from(rate);
    let mut lanes = choices.iter().map(|choice| Listening::new(choice, rate)).collect::<Result<Vec<_>, _>>()?;
    let mut sound = Sound::new(rate).map_err(|e| fault(e.to_string()))?;
    let mut heard = 0;
    let length = play(&mut recording, &ears, &mut progress.task(path), |_, samples| {
        heard += samples.len() as u64;
        if heard > longest {
            return Err(fault(format!("is longer than {LONGEST_HOURS} hours, the most that a page can show")).into());
        }
        sound.push(samples);
        for lane in &mut lanes {
            lane.push(samples);
        }
        Ok::<_, Stop>(())
    })?;
    if let Some(warning) = recording.warning() {
        progress.warn(&warning);
    }
    if length == 0 {
        return Err(fault("there are no samples in it".to_owned()).into());
    }
    let lanes = lanes.into_iter().map(Listening::finish).collect();
    Ok(Heard { rate, channels, length, sound_rate: sound.rate, sound: sound.finish(), lanes })
}

/// A lane that is being filled.
struct Listening {
    kind: Kind,
    rate: u32,
    stream: Stream<Box<dyn Detector>>,
    scores: Vec<f32>,
    observation: Observation,
}

impl Listening {
    fn new(choice: &Detection, rate: u32) -> Result<Self, Stop> {
        let (detector, observation) = observe(choice, rate)?;
        let stream = Stream::new(detector, rate, &SegmentConfig::default()); // the page finds the segments itself
        let stream =
            stream.and_then(|stream| stream.with_batches(BATCH)).map_err(|e| Fault::new("the recording", e))?;
        Ok(Self { kind: choice.detector, rate, stream, scores: Vec::new(), observation })
    }

    fn push(&mut self, mut samples: &[f32]) {
        while let Some(update) = self.stream.push(&mut samples) {
            self.scores.extend(update.score);
        }
    }

    fn finish(mut self) -> Lane {
        let (spec, received) = (self.stream.spec(), self.stream.received());
        while let Some(update) = self.stream.finish() {
            self.scores.extend(update.score);
        }
        let framed = (received * u64::from(spec.rate)).div_ceil(u64::from(self.rate)); // as `Resampler` says
        Lane { kind: self.kind, spec, framed, scores: self.scores, observation: self.observation }
    }
}

/// The samples at 8 or 16 kHz, for the pictures and the player.
struct Sound {
    rate: u32,
    resampler: Option<Resampler>,
    samples: Vec<i16>,
}

impl Sound {
    fn new(from: u32) -> Result<Self, voiced::Error> {
        let rate = if from <= 8000 { 8000 } else { 16_000 };
        let resampler = (from != rate).then(|| Resampler::new(from, rate)).transpose()?;
        Ok(Self { rate, resampler, samples: Vec::new() })
    }

    fn push(&mut self, mut samples: &[f32]) {
        let Some(resampler) = &mut self.resampler else {
            self.samples.extend(samples.iter().map(|&sample| sixteen_bits(sample)));
            return;
        };
        drain(&mut self.samples, |room| resampler.push(&mut samples, room));
    }

    fn finish(mut self) -> Vec<i16> {
        if let Some(resampler) = &mut self.resampler {
            drain(&mut self.samples, |room| resampler.finish(room));
        }
        self.samples
    }
}

/// Samples that are resampled at a time.
const ROOM: usize = 4096;

/// Takes samples from `write`, which says how many it wrote, until it leaves room.
fn drain(samples: &mut Vec<i16>, mut write: impl FnMut(&mut [f32]) -> usize) {
    let mut room = [0.0; ROOM];
    loop {
        let written = write(&mut room);
        samples.extend(room[..written].iter().map(|&sample| sixteen_bits(sample)));
        if written < ROOM {
            return;
        }
    }
}

/// A sample with full scale at ±1, rounded and clipped to 16 bits.
fn sixteen_bits(sample: f32) -> i16 {
    (sample * 32_768.0).round().clamp(-32_768.0, 32_767.0) as i16 // a NaN becomes 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sound_keeps_its_samples_and_its_length() {
        let ramp: Vec<f32> = (0..10_000).map(|n| (n as f32 - 5000.0) / 32_768.0).collect();
        let mut sound = Sound::new(16_000).unwrap();
        ramp.chunks(777).for_each(|packet| sound.push(packet));
        let expected: Vec<i16> = (-5000..5000).collect();
        assert_eq!(sound.finish(), expected);

        let mut sound = Sound::new(48_000).unwrap();
        vec![0.25; 48_000].chunks(4801).for_each(|packet| sound.push(packet));
        let samples = sound.finish();
        assert_eq!(samples.len(), 16_000);
        assert!(samples[200..15_800].iter().all(|&sample| (8190..8195).contains(&sample)));
    }

    #[test]
    fn sixteen_bits_clip() {
        let samples = [2.0, 1.0, -1.0, f32::NEG_INFINITY, f32::NAN, 0.5];
        assert_eq!(samples.map(sixteen_bits), [32_767, 32_767, -32_768, -32_768, 0, 16_384]);
    }
}
