//! From each detector's measure to its score.
//!
//! Written by `python3 tools/fit/fit.py mappings DEV`.

use super::Logistic;

pub(in super::super) const ENERGY: Logistic = Logistic { centre: 14.9608, width: 9.83508 };
pub(in super::super) const ZCR: Logistic = Logistic { centre: 1.44278, width: 1.44755 };
pub(in super::super) const ENTROPY: Logistic = Logistic { centre: 0.787435, width: 0.653244 };
pub(in super::super) const FLATNESS: Logistic = Logistic { centre: 3.60606, width: 3.17622 };
pub(in super::super) const LTSD: Logistic = Logistic { centre: 22.6198, width: 4.17082 };
pub(in super::super) const SOHN: Logistic = Logistic { centre: 91.5467, width: 96.6613 };
