//! From each detector's measure to its score.
//!
//! Written by `python3 tools/fit/fit.py mappings DEV`.

use super::Logistic;

pub(in super::super) const ENERGY: Logistic = Logistic { centre: 14.9991, width: 9.90849 };
pub(in super::super) const ZCR: Logistic = Logistic { centre: 1.44358, width: 1.44965 };
pub(in super::super) const ENTROPY: Logistic = Logistic { centre: 0.7889, width: 0.654049 };
pub(in super::super) const FLATNESS: Logistic = Logistic { centre: 3.61615, width: 3.18301 };
pub(in super::super) const LTSD: Logistic = Logistic { centre: 22.6969, width: 4.16511 };
pub(in super::super) const SOHN: Logistic = Logistic { centre: 31.5294, width: 25.8549 };
