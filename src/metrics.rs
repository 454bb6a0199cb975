//! Detectors measured against labels.
//!
//! ```text
//! labels -> Reference ---+--> ScoredSteps -> Ranking -> AUC, average precision, EER, best F1, minimum DCF, curves
//! scores ----------------+         |
//!                        |         +-> Confusion  -> miss and false-alarm rate, precision, recall, F1, DCF
//! scores -> segments ----+-----------> Confusion  -> detection error rate, precision, recall (with a collar)
//!                        +-----------> Matches    -> latencies, missed and false segments, fragmentation
//! ```
//!
//! Every figure may have a confidence interval over recordings, by [`Bootstrap`]. What is undefined, because there is no speech or
//! nothing else, is `None`, never NaN. Stretches that a [`Reference`] ignores count nowhere.
//!
//! ```
//! # fn main() -> Result<(), voiced::Error> {
//! use voiced::metrics::{Bootstrap, Confusion, Ranking, Reference, ScoredSteps};
//! use voiced::{FrameSpec, Segment};
//!
//! let speech = [Segment { start: 16_000, end: 32_000 }];
//! let reference = Reference::new(16_000, 48_000, &speech, &[])?;
//! let scores: Vec<f32> = (0..94).map(|hop| if (30..64).contains(&hop) { 0.9 } else { 0.1 }).collect();
//!
//! let steps = [ScoredSteps::from_scores(&reference, &scores, FrameSpec::adjacent(16_000, 512))?];
//! let ranking = Ranking::new(&steps);
//! let auc = ranking.measures().auc; // None if there were no speech
//! let miss_rate = steps[0].confusion(0.5).miss_rate();
//! let detection_error_rate = reference.confusion(&[Segment { start: 15_360, end: 32_768 }], 0)?.error_rate();
//! # assert!(auc > Some(0.9) && miss_rate == Some(0.0) && detection_error_rate < Some(0.1));
//! # Ok(())
//! # }
//! ```

mod bootstrap;
mod confusion;
mod curves;
mod grid;
mod intervals;
mod latency;
mod probit;
mod quantile;
mod ranking;
mod reference;
mod segments;
mod sweep;

pub use bootstrap::{Bootstrap, Interval};
pub use confusion::Confusion;
pub use curves::OperatingPoint;
pub use grid::{ScoredSegment, ScoredSteps};
pub use latency::Latencies;
pub use probit::probit;
pub use ranking::{CrossValidated, Optimum, RankIntervals, RankMeasures, Ranking};
pub use reference::Reference;
pub use segments::{MatchCounts, Matches};

/// What a miss costs, in the detection cost function of NIST's OpenSAT evaluation plan (2017).
const MISS_COST: f64 = 0.75;
/// What a false alarm costs there.
const FALSE_ALARM_COST: f64 = 0.25;
