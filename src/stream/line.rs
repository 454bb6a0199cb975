//! What a stream is but for its detector: packets in, frames out; scores in, updates and audio out.

use std::ops::Range;

use super::frames::Frames;
use super::kept::Kept;
use super::track::{Track, Update};
use crate::audio::Sample;
use crate::error::Error;
use crate::frame::FrameSpec;
use crate::segment::SegmentConfig;

/// Seconds of audio that are kept at most, so that no setting takes all memory.
const MOST_KEPT_S: u64 = 600;

/// Which of the caller's samples are kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Keep {
    /// Whether a segment is there as a whole when its `End` comes, and not just from where a `Start` may lie.
    pub(crate) whole: bool,
    /// Milliseconds before that.
    pub(crate) pre_roll_ms: f64,
}

/// One recording on its way.
#[derive(Clone, Debug)]
pub(crate) struct Line<S> {
    frames: Frames,
    track: Track,
    spec: FrameSpec,
    rate: u32,
    config: SegmentConfig,
    together: usize, // frames that are scored together at most
    keep: Option<Keep>,
    kept: Kept<S>,
    phase: Phase,
}

/// How far a recording is.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Phase {
    Running,
    /// No more packets; frames are left.
    Finishing,
    /// The last events have been told.
    Ended,
}

impl<S: Sample> Line<S> {
    /// A line for audio at `rate` Hz whose frames are scored up to `together` at a time.
    ///
    /// # Errors
    /// As those of [`Stream::new`](super::Stream::new); and as those of its `with_audio` where `keep` is given.
    pub(crate) fn new(
        spec: FrameSpec,
        rate: u32,
        config: &SegmentConfig,
        together: usize,
        keep: Option<Keep>,
    ) -> Result<Self, Error> {
        let mut line = Self {
            frames: Frames::new(spec, rate, together)?,
            track: Track::new(spec, rate, config)?,
            spec,
            rate,
            config: *config,
            together,
            keep,
            kept: Kept::new(0),
            phase: Phase::Running,
        };
        if let Some(keep) = keep {
            line.kept = Kept::new(line.room(keep, config)? as usize);
        }
        Ok(line)
    }

    /// A line like this one, new but for how many frames are scored together.
    ///
    /// # Errors
    /// As those of [`new`](Self::new).
    pub(crate) fn batched(&self, together: usize) -> Result<Self, Error> {
        Self::new(self.spec, self.rate, &self.config, together, self.keep)
    }

    /// A line like this one, new but for what is kept.
    ///
    /// # Errors
    /// As those of [`new`](Self::new).
    pub(crate) fn keeping(&self, keep: Keep) -> Result<Self, Error> {
        Self::new(self.spec, self.rate, &self.config, self.together, Some(keep))
    }

    /// How many samples must be kept for these settings.
    fn room(&self, keep: Keep, config: &SegmentConfig) -> Result<u64, Error> {
        if !(0.0..=f64::MAX).contains(&keep.pre_roll_ms) {
            let legal = "from 0 milliseconds, and finite";
            return Err(Error::Config { field: "pre_roll_ms", given: keep.pre_roll_ms, legal });
        }
        let heard = if keep.whole {
            let legal = "finite where whole segments are kept";
            let unbounded = Error::Config { field: "max_speech_s", given: config.max_speech_s, legal };
            config.whole(self.spec)?.ok_or(unbounded)?
        } else {
            let legal = "at most half of min_silence_ms where audio is kept, or max_speech_s finite";
            let unbounded = Error::Config { field: "speech_pad_ms", given: config.speech_pad_ms, legal };
            config.look_back(self.spec)?.ok_or(unbounded)?
        };
        // The hops that come in before the next update, and that speech may still be held back for when settings change.
        let hops = (self.together as u64 + 1).saturating_mul(self.spec.hop as u64);
        let pre_roll = (f64::from(self.rate) * keep.pre_roll_ms / 1000.0).ceil() as u64;
        let rounding = 1; // times are rounded to the nearest sample
        let spans = [self.incoming(heard), self.incoming(hops), self.frames.ahead(), pre_roll, rounding];
        let needed = spans.into_iter().fold(0, u64::saturating_add);
        let most = MOST_KEPT_S * u64::from(self.rate);
        if needed > most { Err(Error::Audio { needed, most }) } else { Ok(needed) }
    }

    /// Samples at the detector's rate as those of the caller's audio, rounded up.
    fn incoming(&self, samples: u64) -> u64 {
        let incoming = (u128::from(samples) * u128::from(self.rate)).div_ceil(u128::from(self.spec.rate));
        u64::try_from(incoming).unwrap_or(u64::MAX)
    }

    /// Takes samples from the front of `packet`; returns whether frames are whole, and else has taken all.
    pub(crate) fn take(&mut self, packet: &mut &[S]) -> bool {
        let before = *packet;
        let whole = self.frames.push(packet).is_some();
        let taken = &before[..before.len() - packet.len()];
        self.track.receive(taken.len());
        self.kept.push(taken);
        whole
    }

    /// The last packet has been.
    pub(crate) fn finishing(&mut self) {
        if self.phase == Phase::Running {
            self.phase = Phase::Finishing;
        }
    }

    /// After the last packet: completes the frames that are left, some in each call; returns whether there were any.
    pub(crate) fn complete(&mut self) -> bool {
        self.frames.finish().is_some()
    }

    /// Whether the last packet has been.
    pub(crate) fn is_finishing(&self) -> bool {
        self.phase != Phase::Running
    }

    /// The frames that are whole, a hop apart.
    pub(crate) fn whole(&self) -> &[f32] {
        self.frames.given_out()
    }

    /// What the next frame's score brings.
    pub(crate) fn update(&mut self, score: f32) -> Update {
        self.track.push(score)
    }

    /// After the last frame: what the end of the recording brings, once; nothing where there was no recording.
    pub(crate) fn end(&mut self) -> Option<Update> {
        if self.phase == Phase::Ended || self.frames.framed() == 0 {
            return None;
        }
        self.phase = Phase::Ended;
        Some(self.track.finish(self.frames.framed()))
    }

    pub(crate) fn received(&self) -> u64 {
        self.track.received()
    }

    pub(crate) fn audio(&self, range: Range<u64>) -> Option<&[S]> {
        self.kept.range(range)
    }

    /// # Errors
    /// As those of [`Stream::set_config`](super::Stream::set_config).
    pub(crate) fn set_config(&mut self, config: &SegmentConfig) -> Result<(), Error> {
        if let Some(keep) = self.keep {
            let (needed, most) = (self.room(keep, config)?, self.kept.room() as u64);
            if needed > most {
                return Err(Error::Audio { needed, most });
            }
        }
        self.track.set_config(config)?;
        self.config = *config;
        Ok(())
    }

    /// The settings that are in force.
    pub(crate) fn config(&self) -> &SegmentConfig {
        &self.config
    }

    /// Forgets all audio.
    pub(crate) fn reset(&mut self) {
        self.frames.reset();
        self.track.reset();
        self.kept.reset();
        self.phase = Phase::Running;
    }
}
