//! Voice activity detection in pure Rust.
//!
//! ```text
//! audio (any rate, any packet) -> frames -> detector -> scores -> segmenter -> events, segments
//! ```
//!
//! A detector is loaded once, and shared by any number of streams and recordings:
//!
//! ```
//! # #[cfg(not(feature = "embedded"))]
//! # fn main() {}
//! # #[cfg(feature = "embedded")]
//! # fn main() -> Result<(), voiced::Error> {
//! use voiced::{Kind, SegmentConfig};
//!
//! let silero = Kind::Silero.load(16_000)?;
//! # Ok(())
//! # }
//! ```
//!
//! The speech in a recording that is at hand:
//!
//! ```
//! # #[cfg(not(feature = "embedded"))]
//! # fn main() {}
//! # #[cfg(feature = "embedded")]
//! # fn main() -> Result<(), voiced::Error> {
//! # use voiced::{Kind, SegmentConfig};
//! # let silero = Kind::Silero.load(16_000)?;
//! # let samples = vec![0_i16; 16_000];
//! for segment in voiced::segments(silero.detector(), &samples, 16_000, &SegmentConfig::default())? {
//!     println!("{} .. {}", segment.start, segment.end); // in samples
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Live audio, in packets of any length; times are in samples of that audio:
//!
//! ```
//! # #[cfg(not(feature = "embedded"))]
//! # fn main() {}
//! # #[cfg(feature = "embedded")]
//! # fn main() -> Result<(), voiced::Error> {
//! # use voiced::{Kind, SegmentConfig};
//! # let silero = Kind::Silero.load(16_000)?;
//! # let microphone = vec![vec![0_i16; 320]; 10];
//! use voiced::{Event, Stream};
//!
//! let mut stream = Stream::new(silero.detector(), 16_000, &SegmentConfig::default())?.with_audio(300.0)?;
//! for packet in &microphone {
//!     let mut rest = packet.as_slice();
//!     while let Some(update) = stream.push(&mut rest) {
//!         for event in update.events {
//!             match event {
//!                 Event::Start { at } => println!("speech from {at}: {:?}", stream.audio(at..update.end)),
//!                 Event::End(segment) => println!("speech was {} .. {}", segment.start, segment.end),
//!                 Event::Continue { .. } | Event::Misfire { .. } => {}
//!             }
//!         }
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Many calls at a time share the network's work in a [`Pool`]. A detector of your own is an implementation of [`Detector`].
//! The engine reads no files, starts no threads and keeps no global state.
//!
//! # To read on
//! The guide, in the repository's `docs/guide`, tells how all of it works. Its chapter *Choosing and tuning* has a section on
//! voice agents (`docs/guide/src/tuning.md`), and its chapter *The segmenter* one on events against segments
//! (`docs/guide/src/segmenter.md`). `examples/voice_agent.rs` is one to start from.
//!
//! # Features
//! - `embedded` (default): the weights of both networks are part of the program. Without it, [`Kind::load_from`] reads them.
//! - `wav`: reading and writing WAV files, in `audio::wav`.
//! - `metrics`: detectors measured against labels, in `metrics`.
//! - `unstable`: the classic detectors' insides, in `classic`, and the signal processing below them, in `dsp`. They serve tools that
//!   show or fit detectors, and may change with any version.
//!
//! # What is promised
//! Versions follow Semantic Versioning for all that is public without `unstable`. Structs and enums that will grow are
//! `non_exhaustive`; so is an [`Error`], and so are its variants. Scores may change in their last bits with a version, within
//! 1e-5 of the official package's for the official weights.

pub mod audio;
mod detector;
#[cfg(feature = "unstable")]
pub mod dsp;
#[cfg(not(feature = "unstable"))]
#[allow(unreachable_pub, dead_code, reason = "public with the feature `unstable`")]
mod dsp;
mod error;
mod frame;
#[allow(
    unsafe_code,
    clippy::inline_always,
    reason = "vector instructions, whose functions must become parts of their callers"
)]
mod kernels;
mod kind;
mod loaded;
#[cfg(feature = "metrics")]
pub mod metrics;
mod nn;
mod pool;
mod segment;
mod stream;

#[cfg(feature = "unstable")]
pub use detector::classic;
pub use detector::{AnyDetector, Detector, gru, silero, webrtc};
pub use dsp::resample::Resampler;
pub use error::Error;
pub use frame::FrameSpec;
pub use kernels::Kernels;
pub use kind::{Info, Kind};
pub use loaded::Loaded;
pub use pool::{Pool, StreamId};
pub use segment::{Cut, Event, Events, Segment, SegmentConfig, Segmenter, segments_from_scores};
pub use stream::{BATCH, Stream, Update, segments};
