//! Voice activity detection in pure Rust.
//!
//! ```text
//! audio (any rate, any packet) -> frames -> detector -> scores -> segmenter -> events, segments
//!        audio, dsp::resample      frame    detector              segment      stream
//! ```
//!
//! The speech in a recording that is at hand:
//!
//! ```
//! # #[cfg(not(feature = "embedded"))]
//! # fn main() {}
//! # #[cfg(feature = "embedded")]
//! # fn main() -> Result<(), voiced::Error> {
//! # let samples = vec![0_i16; 16_000];
//! let segments = voiced::segments(&samples, 16_000, &voiced::SegmentConfig::default())?;
//! for segment in segments {
//!     println!("{} .. {}", segment.start, segment.end); // in samples
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Live audio goes through a [`Stream`]; many streams share one [`silero::Model`] or [`gru::Model`], and a [`Pool`] steps
//! them together. A detector of your own is an implementation of [`Detector`]. The engine reads no files, starts no threads
//! and keeps no global state.
//!
//! # Features
//! - `embedded` (default): the weights of the networks are part of the program. Without it,
//!   read them with [`silero::Model::from_bytes`] and [`gru::Model::from_bytes`].
//! - `wav`: reading and writing WAV files, in [`audio::wav`].

pub mod audio;
pub mod detector;
pub mod dsp;
mod error;
pub mod frame;
#[allow(
    unsafe_code,
    clippy::inline_always,
    reason = "vector instructions, whose functions must become parts of their callers"
)]
mod kernels;
pub mod metrics;
mod nn;
mod pool;
pub mod segment;
mod stream;

pub use detector::gru::{self, Gru};
pub use detector::silero::{self, Silero};
pub use detector::webrtc::{self, WebRtc, WebRtcConfig};
pub use detector::{Detector, Network};
pub use error::Error;
pub use frame::FrameSpec;
pub use kernels::Kernels;
pub use pool::{Pool, Scored, StreamId};
pub use segment::{Cut, Event, Segment, SegmentConfig, Segmenter, segments_from_scores};
pub use stream::{BATCH, ScoreStream, Stream, StreamEvents, segments_with};

/// The speech in a whole recording, found by the embedded Silero network, in samples at the recording's own rate.
///
/// # Errors
/// [`Error::Rate`] where `rate` is not from 4,000 to 384,000 Hz, and [`Error::Config`] where a field of `config` is
/// out of its range.
#[cfg(feature = "embedded")]
pub fn segments<S: audio::Sample>(samples: &[S], rate: u32, config: &SegmentConfig) -> Result<Vec<Segment>, Error> {
    segments_with(Silero::for_rate(rate)?, samples, rate, config)
}
