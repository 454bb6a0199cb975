//! Every detector, by name, for what must hold for all of them.

use std::fmt::Debug;

use voiced::detector::classic::combined::{Combined, CombinedConfig};
use voiced::detector::classic::energy::{Energy, EnergyConfig};
use voiced::detector::classic::entropy::{Entropy, EntropyConfig};
use voiced::detector::classic::flatness::{Flatness, FlatnessConfig};
use voiced::detector::classic::ltsd::{Ltsd, LtsdConfig};
use voiced::detector::classic::sohn::{Sohn, SohnConfig};
use voiced::detector::classic::zcr::{Zcr, ZcrConfig};
use voiced::detector::native_rate;
use voiced::{Detector, Gru, Silero, WebRtc, WebRtcConfig};

/// A detector that can be looked into and moved to another thread.
pub(crate) trait Probe: Detector + Debug + Send {}

impl<D: Detector + Debug + Send> Probe for D {}

/// A detector's name, and what makes it for audio at a rate in Hz.
pub(crate) type Entry = (&'static str, fn(u32) -> Box<dyn Probe>);

/// Every detector with its default configuration, at 8,000 Hz up to that rate and at 16,000 Hz above it.
pub(crate) const ALL: [Entry; 10] = [
    ("energy", |rate| Box::new(Energy::new(native_rate(rate), EnergyConfig::default()).unwrap())),
    ("zcr", |rate| Box::new(Zcr::new(native_rate(rate), ZcrConfig::default()).unwrap())),
    ("entropy", |rate| Box::new(Entropy::new(native_rate(rate), EntropyConfig::default()).unwrap())),
    ("flatness", |rate| Box::new(Flatness::new(native_rate(rate), FlatnessConfig::default()).unwrap())),
    ("ltsd", |rate| Box::new(Ltsd::new(native_rate(rate), LtsdConfig::default()).unwrap())),
    ("sohn", |rate| Box::new(Sohn::new(native_rate(rate), SohnConfig::default()).unwrap())),
    ("combined", |rate| Box::new(Combined::new(native_rate(rate), CombinedConfig::default()).unwrap())),
    ("webrtc", |rate| Box::new(WebRtc::new(native_rate(rate), &WebRtcConfig::default()).unwrap())),
    ("silero", |rate| Box::new(Silero::for_rate(rate).unwrap())),
    ("gru", |_| Box::new(Gru::embedded().unwrap())),
];
