//! The detectors' contract, see [`contract`], stamped on every detector.

mod common;
#[path = "common/contract.rs"]
mod contract;

use voiced::detector::classic::combined::{Combined, CombinedConfig};
use voiced::detector::classic::energy::{Energy, EnergyConfig};
use voiced::detector::classic::entropy::{Entropy, EntropyConfig};
use voiced::detector::classic::flatness::{Flatness, FlatnessConfig};
use voiced::detector::classic::ltsd::{Ltsd, LtsdConfig};
use voiced::detector::classic::sohn::{Sohn, SohnConfig};
use voiced::detector::classic::zcr::{Zcr, ZcrConfig};
use voiced::{WebRtc, WebRtcConfig};

const RATES: [u32; 2] = [8000, 16_000];
const WEBRTC_RATES: [u32; 4] = [8000, 16_000, 32_000, 48_000];

/// A module for each detector, with a test for each promise.
macro_rules! detectors {
    ($($name:ident: $rates:expr, $make:expr;)*) => {
        $(
            mod $name {
                use super::*;

                promises! { $rates, $make;
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
    ($rates:expr, $make:expr; $($promise:ident,)*) => {
        $(
            #[test]
            fn $promise() {
                contract::$promise($make, &$rates);
            }
        )*
    };
}

detectors! {
    energy: RATES, |rate| Energy::new(rate, EnergyConfig::default()).unwrap();
    zcr: RATES, |rate| Zcr::new(rate, ZcrConfig::default()).unwrap();
    entropy: RATES, |rate| Entropy::new(rate, EntropyConfig::default()).unwrap();
    flatness: RATES, |rate| Flatness::new(rate, FlatnessConfig::default()).unwrap();
    ltsd: RATES, |rate| Ltsd::new(rate, LtsdConfig::default()).unwrap();
    sohn: RATES, |rate| Sohn::new(rate, SohnConfig::default()).unwrap();
    combined: RATES, |rate| Combined::new(rate, CombinedConfig::default()).unwrap();
    webrtc_0: WEBRTC_RATES, |rate| WebRtc::new(rate, &WebRtcConfig { mode: 0, frame_ms: 10 }).unwrap();
    webrtc_1: WEBRTC_RATES, |rate| WebRtc::new(rate, &WebRtcConfig { mode: 1, frame_ms: 20 }).unwrap();
    webrtc_2: WEBRTC_RATES, |rate| WebRtc::new(rate, &WebRtcConfig { mode: 2, frame_ms: 30 }).unwrap();
    webrtc_3: WEBRTC_RATES, |rate| WebRtc::new(rate, &WebRtcConfig { mode: 3, frame_ms: 10 }).unwrap();
}

/// All of them share one model for each rate.
#[cfg(feature = "embedded")]
mod shared {
    use std::sync::{Arc, LazyLock};

    use voiced::gru::Model as GruModel;
    use voiced::silero::Model;
    use voiced::{Gru, Kernels, Pool, Silero};

    use super::*;

    static MODELS: LazyLock<[Arc<Model>; 2]> =
        LazyLock::new(|| RATES.map(|rate| Arc::new(Model::embedded(rate, Kernels::best()).unwrap())));

    static GRU: LazyLock<Arc<GruModel>> = LazyLock::new(|| Arc::new(GruModel::embedded(Kernels::best()).unwrap()));

    detectors! {
        gru: [16_000], |_| Gru::new(GRU.clone());
        silero: RATES, |rate| Silero::new(MODELS[usize::from(rate == 16_000)].clone());
    }

    #[test]
    fn a_model_may_be_shared_and_a_pool_may_move() {
        fn assert_send<T: Send>() {}
        fn assert_sync<T: Sync>() {}
        assert_send::<Pool>();
        assert_sync::<Pool>();
        assert_send::<Model>();
        assert_sync::<Model>();
        assert_send::<Pool<GruModel>>();
        assert_sync::<Pool<GruModel>>();
    }
}
