//! What this program tells of each detector besides the registry: memory and latency.

use voiced::{FrameSpec, Kind};

use crate::each::Each;

/// The memory that a detector takes, in bytes, with the default configuration at 16 kHz.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Memory {
    /// What a clone of it owns; measured by a test.
    pub(crate) state: usize,
    /// A network's weights file, which all streams share; 0 where a few fitted numbers are part of the code.
    pub(crate) weights: usize,
    /// What another stream takes in a pool, with room for audio that waits; measured by a test.
    pub(crate) in_a_pool: usize,
}

const fn memory(state: usize, weights: usize, in_a_pool: usize) -> Memory {
    Memory { state, weights, in_a_pool }
}

const MEMORY: Each<Memory> = Each::new([
    (Kind::Silero, memory(30_472, 975_812, 20_056)),
    (Kind::Gru, memory(10_268, 55_316, 19_592)),
    (Kind::WebRtc, memory(768, 0, 18_896)),
    (Kind::Energy, memory(508, 0, 22_844)),
    (Kind::Zcr, memory(348, 0, 22_796)),
    (Kind::Entropy, memory(16_084, 0, 39_732)),
    (Kind::Flatness, memory(16_084, 0, 39_732)),
    (Kind::Ltsd, memory(36_012, 0, 59_692)),
    (Kind::Sohn, memory(24_032, 0, 47_608)),
    (Kind::Combined, memory(26_452, 0, 49_324)),
]);

/// The memory that a detector takes.
pub(crate) fn memory_of(kind: Kind) -> Memory {
    *MEMORY.of(kind)
}

/// The milliseconds from the start of a hop until its score can be told.
pub(crate) fn latency(spec: FrameSpec) -> f64 {
    milliseconds(spec.hop + spec.lookahead, spec)
}

/// So many samples at the detector's rate, in milliseconds.
pub(crate) fn milliseconds(samples: usize, spec: FrameSpec) -> f64 {
    samples as f64 * 1000.0 / f64::from(spec.rate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use voiced::classic::combined::{Combined, CombinedConfig};
    use voiced::classic::energy::{Energy, EnergyConfig};
    use voiced::classic::entropy::{Entropy, EntropyConfig};
    use voiced::classic::flatness::{Flatness, FlatnessConfig};
    use voiced::classic::ltsd::{Ltsd, LtsdConfig};
    use voiced::classic::sohn::{Sohn, SohnConfig};
    use voiced::classic::zcr::{Zcr, ZcrConfig};
    use voiced::gru::{self, Gru};
    use voiced::silero::{self, Silero};
    use voiced::webrtc::{WebRtc, WebRtcConfig};
    use voiced::{Pool, SegmentConfig};

    const RATE: u32 = 16_000;

    /// A number for each detector, with its name.
    fn all(number: impl Fn(Kind) -> usize) -> Vec<(&'static str, usize)> {
        Kind::ALL.iter().map(|&kind| (kind.info().name, number(kind))).collect()
    }

    /// Bytes that a clone of a detector owns, itself included.
    fn owned<D: Clone>(detector: Result<D, voiced::Error>) -> usize {
        let detector = detector.unwrap();
        let mut copy = None;
        let allocated = allocation_counter::measure(|| copy = Some(Box::new(detector.clone())));
        assert!(copy.is_some());
        usize::try_from(allocated.bytes_current).unwrap()
    }

    #[test]
    #[cfg(target_pointer_width = "64")]
    fn the_state_is_what_a_clone_owns() {
        let measured: Each<fn() -> usize> = Each::new([
            (Kind::Silero, || owned(silero::Model::embedded(RATE).map(|model| Silero::new(&model)))),
            (Kind::Gru, || owned(gru::Model::embedded().map(|model| Gru::new(&model)))),
            (Kind::WebRtc, || owned(WebRtc::new(RATE, &WebRtcConfig::default()))),
            (Kind::Energy, || owned(Energy::new(RATE, EnergyConfig::default()))),
            (Kind::Zcr, || owned(Zcr::new(RATE, ZcrConfig::default()))),
            (Kind::Entropy, || owned(Entropy::new(RATE, EntropyConfig::default()))),
            (Kind::Flatness, || owned(Flatness::new(RATE, FlatnessConfig::default()))),
            (Kind::Ltsd, || owned(Ltsd::new(RATE, LtsdConfig::default()))),
            (Kind::Sohn, || owned(Sohn::new(RATE, SohnConfig::default()))),
            (Kind::Combined, || owned(Combined::new(RATE, CombinedConfig::default()))),
        ]);
        assert_eq!(all(|kind| memory_of(kind).state), all(|kind| measured.of(kind)()));
    }

    #[test]
    #[cfg(target_pointer_width = "64")]
    fn the_state_in_a_pool_is_what_another_stream_takes() {
        const STREAMS: [usize; 2] = [16, 64];
        let measured = |kind: Kind| {
            let loaded = kind.load(RATE).unwrap();
            let [few, many] = STREAMS.map(|streams| {
                let mut pool: Option<Pool> = None;
                let allocated = allocation_counter::measure(|| {
                    let pool = pool.insert(loaded.pool(streams));
                    for _ in 0..streams {
                        pool.join(RATE, &SegmentConfig::default()).unwrap();
                    }
                });
                assert!(pool.is_some());
                usize::try_from(allocated.bytes_current).unwrap()
            });
            (many - few) / (STREAMS[1] - STREAMS[0])
        };
        assert_eq!(all(|kind| memory_of(kind).in_a_pool), all(measured));
    }

    #[test]
    fn the_weights_are_as_large_as_their_file() {
        for &kind in Kind::ALL {
            let path = format!("{}/../../weights/{kind}_16k.safetensors", env!("CARGO_MANIFEST_DIR"));
            let bytes = std::fs::metadata(path).map_or(0, |file| file.len());
            assert_eq!((memory_of(kind).weights as u64, bytes > 0), (bytes, kind.info().network), "{kind}");
        }
    }
}
