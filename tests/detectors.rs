//! The detectors' contract, see [`contract`], stamped on every detector.
#![cfg(feature = "embedded")]

mod common;
#[path = "common/contract.rs"]
mod contract;

use std::sync::LazyLock;

use voiced::webrtc::{WebRtc, WebRtcConfig};
use voiced::{AnyDetector, Kind, Loaded};

/// What is loaded of each kind, for 8, 16, 32 and 48 kHz.
static LOADED: LazyLock<Vec<[Loaded; 4]>> = LazyLock::new(|| {
    let load = |kind: &Kind| [8000, 16_000, 32_000, 48_000].map(|rate| kind.load(rate).unwrap());
    Kind::ALL.iter().map(load).collect()
});

fn detector(kind: Kind, rate: u32) -> AnyDetector {
    let slot = [8000, 16_000, 32_000].iter().position(|&slot| rate <= slot).unwrap_or(3);
    LOADED[kind as usize][slot].detector()
}

fn webrtc(rate: u32, mode: u8, frame_ms: u32, decisions: bool) -> AnyDetector {
    let mut config = WebRtcConfig::default();
    (config.mode, config.frame_ms, config.decisions) = (mode, frame_ms, decisions);
    WebRtc::new(rate, &config).unwrap().into()
}

/// A module for each detector, with a test for each promise.
macro_rules! detectors {
    ($($name:ident: $kind:ident, $make:expr;)*) => {
        /// The kinds that are tested.
        const TESTED: &[Kind] = &[$(Kind::$kind),*];

        $(
            mod $name {
                use super::*;

                promises! { Kind::$kind, $make;
                    any_packets_give_the_same_scores_and_events,
                    any_samples_have_a_score_from_0_to_1_as_if_they_were_cleaned,
                    reset_equals_new,
                    clones_are_independent,
                    a_stream_goes_on_in_another_thread,
                    a_short_frame_is_one_that_zeros_complete,
                }
            }
        )*
    };
}

macro_rules! promises {
    ($kind:expr, $make:expr; $($promise:ident,)*) => {
        $(
            #[test]
            fn $promise() {
                contract::$promise($make, $kind.info().rates);
            }
        )*
    };
}

detectors! {
    silero: Silero, |rate| detector(Kind::Silero, rate);
    gru: Gru, |rate| detector(Kind::Gru, rate);
    webrtc_0: WebRtc, |rate| detector(Kind::WebRtc, rate);
    webrtc_1: WebRtc, |rate| webrtc(rate, 1, 20, false);
    webrtc_2: WebRtc, |rate| webrtc(rate, 2, 30, true);
    webrtc_3: WebRtc, |rate| webrtc(rate, 3, 10, false);
    energy: Energy, |rate| detector(Kind::Energy, rate);
    zcr: Zcr, |rate| detector(Kind::Zcr, rate);
    entropy: Entropy, |rate| detector(Kind::Entropy, rate);
    flatness: Flatness, |rate| detector(Kind::Flatness, rate);
    ltsd: Ltsd, |rate| detector(Kind::Ltsd, rate);
    sohn: Sohn, |rate| detector(Kind::Sohn, rate);
    combined: Combined, |rate| detector(Kind::Combined, rate);
}

#[test]
fn every_detector_is_tested() {
    for kind in Kind::ALL {
        assert!(TESTED.contains(kind), "{kind} has no line in `detectors!`");
    }
}
