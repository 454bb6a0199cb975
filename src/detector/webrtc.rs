//! WebRTC's voice activity detector: Gaussian mixtures of six sub-band levels, in fixed point.
//!
//! The detector that came with WebRTC, and the baseline of many a paper. Its decisions here are, bit for bit, those
//! of the `webrtcvad` package (2.0.10), for all modes, rates and frame lengths.
//!
//! ```text
//! frame of 10, 20 or 30 ms at 8, 16, 32 or 48 kHz
//!   -> 8 kHz                                                      downsample, sixth
//!   -> six sub-bands, log energy of each: the levels x            filter_bank, energy
//!   -> density of x under noise and under speech                  model
//!   -> log-likelihood ratio by band, summed over bands: evidence  gmm
//!   -> evidence against the mode's thresholds: decision, score    mode
//!        -> what was decided adapts the densities                 adapt, minimum
//!   -> decision held after the end of speech                      hangover
//! ```
//!
//! # How it decides
//! In each band b, the level `x_b` in dB has a density under two hypotheses, noise (H0) and speech (H1), each of them
//! a mixture of two Gaussians with weights w, means m and deviations s:
//!
//! ```text
//! p(x | H) = sum over k of  w_k / s_k  exp(-(x - m_k)² / (2 s_k²))
//! L_b      = log2 p(x_b | H1) - log2 p(x_b | H0)            rounded to whole bits
//! speech  <=>  4 max L_b > T1   or   sum over b of c_b L_b >= T2
//! ```
//!
//! with weights c from 6 for the lowest band to 16, and thresholds T1 and T2 by mode: one band alone can make a frame
//! speech, or all of them together can. The densities' start values were trained. Then, whatever the decision, the
//! mixture of the hypothesis decided for moves towards the frame, that of noise is drawn to the band's noise floor,
//! and limits keep the two apart (`adapt.rs` has the equations). A frame that is next to silent, with a sum of
//! squares of 10 or less over all bands, is not judged: it counts as no speech, scores 0, and teaches nothing.
//!
//! The decisions come as the original gives them, held for some frames after speech ([`WebRtc::decide`]). The score
//! is a frame's own, before that ([`Detector::score`]), so that a [`Segmenter`](crate::Segmenter) does not smooth
//! twice: it is above 0.5 where the original takes the frame itself for speech, and 0.25 without evidence for either
//! side.
//!
//! # What it is good at, and blind to
//! It costs about a microsecond for 10 ms at 16 kHz and holds less than a kilobyte, and in quiet it hears nearly all
//! speech from the first frame on. But it knows levels only, not their course: whatever stands out from the noise
//! floor is speech to it (music, a door, rustling paper), noise near the level of speech makes it guess, and the
//! recording's level changes its decisions, because the trained means and their limits are absolute.
//!
//! # Oddities that are kept
//! What the original does by accident decides as much as what it does on purpose:
//! - At 48 kHz, of a frame of 20 or 30 ms only the first 10 ms are heard, two or three times over.
//! - Bands 4 and 5 are swapped against their names in the original's comments: 3 to 4 kHz is band 4.
//! - The memory of low levels lets some of them grow older more slowly than others (`minimum`).
//! - Loud samples wrap around 16 bits inside the filters, and -32768 counts as quiet where energies are scaled.
//!
//! # Source and licence
//! Algorithm, trained constants and thresholds: The WebRTC project authors, `common_audio/vad` and
//! `common_audio/signal_processing`, as in the source archive of `webrtcvad` 2.0.10; BSD 3-clause, the text of which
//! is in `src/detector/webrtc/LICENSE`. The code was written anew; comments give the names and files of the constants
//! in the original. Golden decisions: `tools/export/webrtc_golden.py`.

mod adapt;
mod downsample;
mod energy;
mod filter_bank;
mod fixed;
mod gmm;
mod hangover;
mod minimum;
mod mode;
mod model;
mod sixth;

use crate::audio::Sample;
use crate::detector::Detector;
use crate::error::Error;
use crate::frame::FrameSpec;
use downsample::{Downsampler, MAX_NARROWBAND};
use filter_bank::FilterBank;
use fixed::quantise;
use gmm::Gmm;
use hangover::Hangover;
use mode::Mode;

/// How the detector is set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WebRtcConfig {
    /// Aggressiveness: the higher, the more evidence speech takes. 0 to 3. Defaults to 0, as in the original.
    pub mode: u8,
    /// Frame length in milliseconds: 10, 20 or 30. Defaults to 10.
    pub frame_ms: u32,
    /// Whether the scores are the official decisions, 1 for speech and 0 for none, held after speech as the original holds
    /// them. Defaults to false.
    pub decisions: bool,
}

impl Default for WebRtcConfig {
    fn default() -> Self {
        Self { mode: 0, frame_ms: 10, decisions: false }
    }
}

/// What the detector makes of a frame.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Verdict {
    /// The official decision: whether this frame is speech, or follows speech closely enough to be held for it.
    pub speech: bool,
    /// The frame's own score from 0 to 1, before anything is held: above 0.5 exactly where the frame itself is
    /// speech, 0.25 without evidence, 0 where it is next to silent.
    pub score: f32,
}

/// The WebRTC detector at one of its rates, with all of its state.
///
/// ```
/// use voiced::webrtc::{WebRtc, WebRtcConfig};
///
/// # fn main() -> Result<(), voiced::Error> {
/// # let recording = vec![0_i16; 16_000];
/// let mut config = WebRtcConfig::default();
/// (config.mode, config.frame_ms) = (2, 20);
/// let mut detector = WebRtc::new(16_000, &config)?;
/// for frame in recording.chunks_exact(320) {
///     let verdict = detector.judge(frame);
///     println!("{} {}", verdict.speech, verdict.score);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct WebRtc {
    spec: FrameSpec,
    mode: Mode,
    decisions: bool,
    downsampler: Downsampler,
    filter_bank: FilterBank,
    gmm: Gmm,
    hangover: Hangover,
}

impl WebRtc {
    /// A detector for audio of `rate` Hz: 8000, 16000, 32000 or 48000. A [`Stream`](crate::Stream) resamples other
    /// rates.
    ///
    /// # Errors
    /// [`Error::Config`] where the rate or a field of `config` is none of those.
    pub fn new(rate: u32, config: &WebRtcConfig) -> Result<Self, Error> {
        let refused = |field, given, legal| Error::Config { field, given, legal };
        let WebRtcConfig { mode, frame_ms, decisions } = *config;
        let downsampler = Downsampler::new(rate)
            .ok_or_else(|| refused("rate", f64::from(rate), "8000, 16000, 32000 or 48000 Hz"))?;
        let modes = Mode::all(frame_ms)
            .ok_or_else(|| refused("frame_ms", f64::from(frame_ms), "10, 20 or 30 milliseconds"))?;
        let mode = *modes.get(usize::from(mode)).ok_or_else(|| refused("mode", f64::from(mode), "0, 1, 2 or 3"))?;
        let frame = (rate / 1000 * frame_ms) as usize;
        Ok(Self {
            spec: FrameSpec::adjacent(rate, frame),
            mode,
            decisions,
            downsampler,
            filter_bank: FilterBank::default(),
            gmm: Gmm::default(),
            hangover: Hangover::default(),
        })
    }

    /// Judges the next frame: the official decision and the score at once.
    ///
    /// `frame` is as for [`Detector::score`]. The detector hears 16 bits: 16-bit samples as they are, all others
    /// rounded, and clipped at full scale.
    pub fn judge<S: Sample>(&mut self, frame: &[S]) -> Verdict {
        let mut narrowband = [0; MAX_NARROWBAND];
        let narrowband = &mut narrowband[..self.spec.frame * 8_000 / self.spec.rate as usize];
        self.downsampler.run(narrowband, |from, samples| {
            for (sample, given) in samples.iter_mut().zip(frame.get(from..).unwrap_or_default()) {
                *sample = quantise(given.to_f32());
            }
        });
        let features = self.filter_bank.features(narrowband);
        if !features.audible {
            return Verdict { speech: self.hangover.push(false, self.mode), score: 0.0 };
        }
        let explanation = self.gmm.explain(&features.levels);
        let evidence = explanation.evidence();
        let speech = self.mode.is_speech(evidence);
        self.gmm.follow(&features.levels, &explanation, speech);
        Verdict { speech: self.hangover.push(speech, self.mode), score: self.mode.score(evidence) }
    }

    /// The official decision on the next frame: see [`judge`](Self::judge), of which it is a part.
    pub fn decide<S: Sample>(&mut self, frame: &[S]) -> bool {
        self.judge(frame).speech
    }
}

impl Detector for WebRtc {
    fn spec(&self) -> FrameSpec {
        self.spec
    }

    fn score(&mut self, frame: &[f32]) -> f32 {
        let Verdict { speech, score } = self.judge(frame);
        if self.decisions { f32::from(u8::from(speech)) } else { score }
    }

    fn reset(&mut self) {
        self.downsampler.reset();
        self.filter_bank = FilterBank::default();
        self.gmm = Gmm::default();
        self.hangover = Hangover::default();
    }
}
