//! From scores to segments: the post-processing that all detectors share.
//!
//! The rules are those of `get_speech_timestamps_from_probs` in the official `silero-vad` package (version 6.2.3,
//! `utils_vad.py`), and the segments are the same to the sample for every parameter. There they are computed with
//! the whole recording at hand; here, score by score:
//!
//! ```text
//!            score >= threshold                    quiet for min_silence
//!  silence ---------------------> speech --------------------------------> segment, if longer than min_speech
//!                                  | ^ score >= threshold: the quiet ends       (a misfire if not)
//!             score < neg_threshold v |
//!                               quiet since …
//! ```
//!
//! A segment that would outgrow `max_speech` is cut, at a silence in it if it had one (see [`Cut`]). In the end
//! each segment is widened by `speech_pad` on both sides, or by half of the gap where the next is closer than that.

mod config;
mod edges;
mod segmenter;

pub use config::{Cut, SegmentConfig};
pub use edges::{Event, Events, Segment};
pub use segmenter::{Segmenter, segments_from_scores};
