//! The detectors that there are, by name.
//!
//! To add one: a function that makes it, and its entry in [`DETECTORS`].

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use voiced::detector::classic::combined::{Combined, CombinedConfig};
use voiced::detector::classic::energy::{Energy, EnergyConfig};
use voiced::detector::classic::entropy::{Entropy, EntropyConfig};
use voiced::detector::classic::flatness::{Flatness, FlatnessConfig};
use voiced::detector::classic::ltsd::{Ltsd, LtsdConfig};
use voiced::detector::classic::sohn::{Sohn, SohnConfig};
use voiced::detector::classic::zcr::{Zcr, ZcrConfig};
use voiced::detector::native_rate;
use voiced::{Detector, FrameSpec, Gru, Kernels, Silero, WebRtc, WebRtcConfig, gru, silero};

use crate::args::Detection;
use crate::fault::{Fault, Stop};

/// A detector as the commands use it.
pub(crate) type Boxed = Box<dyn Detector + Send>;

/// Makes a detector for audio of a rate in Hz.
type Make = fn(&Detectors, u32) -> Result<Boxed, Fault>;

/// A detector, and what there is to know when choosing one.
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    make: Make,
    /// Sample rates in Hz that it hears without resampling.
    pub(crate) rates: &'static [u32],
    /// Bytes that a clone of it owns with the default configuration at 16 kHz; measured by a test.
    pub(crate) state: usize,
    /// Bytes of a network's weights file at 16 kHz, which all streams share; 0 where a few fitted numbers are part of the code.
    pub(crate) weights: usize,
    /// Milliseconds by which its scores lag the speech: the shift that ranks best on the development recordings with labels
    /// set by people (docs/guide/src/results.md), where that is at least a hop late.
    pub(crate) delay: u32,
    /// When to use it.
    pub(crate) purpose: &'static str,
}

const TWO: &[u32] = &[8000, 16_000];

pub(crate) const DETECTORS: [Entry; 10] = [
    Entry {
        name: "silero",
        make: |detectors, rate| Ok(Box::new(Silero::new(detectors.silero(rate)?))),
        rates: TWO,
        state: 30_472,
        weights: 975_812,
        delay: voiced::silero::DELAY_MS,
        purpose: "speech among any other sounds: the network, by far the best in noise and music",
    },
    Entry {
        name: "gru",
        make: |detectors, _| Ok(Box::new(Gru::new(detectors.gru()?))),
        rates: &[16_000],
        state: 10_268,
        weights: 55_316,
        delay: 30,
        purpose: "a quarter of silero's cost, and a score every 16 ms, where silero is too large",
    },
    Entry {
        name: "webrtc",
        make: webrtc,
        rates: &[8000, 16_000, 32_000, 48_000],
        state: 776,
        weights: 0,
        delay: 10,
        purpose: "where decisions must equal webrtcvad's, or the score must come within 10 ms",
    },
    Entry {
        name: "energy",
        make: |_, rate| boxed(Energy::new(native_rate(rate), EnergyConfig::default())),
        rates: TWO,
        state: 516,
        weights: 0,
        delay: 0,
        purpose: "quiet rooms and close microphones, at next to no cost",
    },
    Entry {
        name: "zcr",
        make: |_, rate| boxed(Zcr::new(native_rate(rate), ZcrConfig::default())),
        rates: TWO,
        state: 356,
        weights: 0,
        delay: 60,
        purpose: "to learn and to compare: alone it is weak",
    },
    Entry {
        name: "entropy",
        make: |_, rate| boxed(Entropy::new(native_rate(rate), EntropyConfig::default())),
        rates: TWO,
        state: 16_092,
        weights: 0,
        delay: 0,
        purpose: "vowels in quiet and in steady noise; mostly to compare with flatness",
    },
    Entry {
        name: "flatness",
        make: |_, rate| boxed(Flatness::new(native_rate(rate), FlatnessConfig::default())),
        rates: TWO,
        state: 16_092,
        weights: 0,
        delay: 0,
        purpose: "vowels in quiet and in steady noise, whatever the noise's colour",
    },
    Entry {
        name: "ltsd",
        make: |_, rate| boxed(Ltsd::new(native_rate(rate), LtsdConfig::default())),
        rates: TWO,
        state: 36_020,
        weights: 0,
        delay: 0,
        purpose: "steady noise; holds weak ends of words and bridges gaps",
    },
    Entry {
        name: "sohn",
        make: |_, rate| boxed(Sohn::new(native_rate(rate), SohnConfig::default())),
        rates: TWO,
        state: 24_040,
        weights: 0,
        delay: 0,
        purpose: "steady noise; the baseline that papers compare with",
    },
    Entry {
        name: "combined",
        make: |_, rate| boxed(Combined::new(native_rate(rate), CombinedConfig::default())),
        rates: TWO,
        state: 26_460,
        weights: 0,
        delay: 0,
        purpose: "speech in noise where a network is too large; takes music for speech",
    },
];

/// The name of the one that is used when none is named.
pub(crate) const DEFAULT: &str = "silero";

/// The detectors that are networks, whose weights can be brought along.
pub(crate) const NETWORKS: [&str; 2] = ["silero", "gru"];

pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    DETECTORS.iter().map(|entry| entry.name)
}

/// A network that is loaded when it is first needed.
type Shared<M> = OnceLock<Result<Arc<M>, Fault>>;

/// Makes detectors of one kind, which share what they can.
pub(crate) struct Detectors {
    name: &'static str,
    make: Make,
    kernels: Kernels,
    weights: Option<PathBuf>,
    webrtc: WebRtcConfig,
    decisions: bool,
    /// For 8 and for 16 kHz; with `weights` the first one is used alone.
    silero: [Shared<silero::Model>; 2],
    gru: Shared<gru::Model>,
}

impl Detectors {
    pub(crate) fn new(choice: &Detection) -> Result<Self, Stop> {
        let &Entry { name, make, .. } =
            DETECTORS.iter().find(|entry| entry.name == choice.detector).ok_or_else(|| {
                let legal: Vec<_> = names().collect();
                Fault::new(&choice.detector, format!("no such detector: there is {}", legal.join(", ")))
            })?;
        let own = [
            ("weights", &NETWORKS[..], choice.weights.is_some()),
            ("mode", &["webrtc"], choice.mode.is_some()),
            ("frame-ms", &["webrtc"], choice.frame_ms.is_some()),
        ];
        if let Some((option, owners, _)) =
            own.into_iter().find(|&(_, owners, given)| given && !owners.contains(&name))
        {
            let owners = owners.join(" or ");
            return Err(Stop::Usage(format!("--{option} is for --detector {owners}, not for {name}")));
        }
        let default = WebRtcConfig::default();
        let detectors = Self {
            name,
            webrtc: WebRtcConfig {
                mode: choice.mode.unwrap_or(default.mode),
                frame_ms: choice.frame_ms.unwrap_or(default.frame_ms),
            },
            decisions: false,
            make,
            kernels: choice.kernels,
            weights: choice.weights.clone(),
            silero: [const { OnceLock::new() }; 2],
            gru: OnceLock::new(),
        };
        if detectors.weights.is_some() {
            detectors.make(16_000)?; // a bad weights file is told once, not for each recording
        }
        Ok(detectors)
    }

    /// The same, with decisions of 0 or 1 in place of scores.
    pub(crate) fn deciding(self) -> Result<Self, Stop> {
        if self.name != "webrtc" {
            let name = self.name;
            return Err(Stop::Usage(format!("--decisions is for --detector webrtc: {name} has scores only")));
        }
        Ok(Self { decisions: true, ..self })
    }

    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) fn make(&self, rate: u32) -> Result<Boxed, Fault> {
        (self.make)(self, rate)
    }

    /// The Silero model that suits audio of `rate` Hz.
    pub(crate) fn silero(&self, rate: u32) -> Result<Arc<silero::Model>, Fault> {
        let native = if rate <= 8000 { 8000 } else { 16_000 };
        let slot = usize::from(self.weights.is_none() && native == 16_000);
        self.load(&self.silero[slot], silero::Model::from_bytes, || silero::Model::embedded(native, self.kernels))
    }

    pub(crate) fn gru(&self) -> Result<Arc<gru::Model>, Fault> {
        self.load(&self.gru, gru::Model::from_bytes, || gru::Model::embedded(self.kernels))
    }

    /// A model from the weights file that was given, or else the built-in one.
    fn load<M>(
        &self,
        model: &Shared<M>,
        read: fn(&[u8], Kernels) -> Result<M, voiced::Error>,
        built_in: impl FnOnce() -> Result<M, voiced::Error>,
    ) -> Result<Arc<M>, Fault> {
        let load = || match &self.weights {
            None => built_in().map_err(|e| Fault::new("the built-in weights", e)),
            Some(path) => {
                let bytes = std::fs::read(path).map_err(|e| Fault::io(path, &e))?;
                read(&bytes, self.kernels).map_err(|e| Fault::new(path.display().to_string(), e))
            }
        };
        model.get_or_init(|| load().map(Arc::new)).clone()
    }
}

fn boxed<D: Detector + Send + 'static>(made: Result<D, voiced::Error>) -> Result<Boxed, Fault> {
    made.map(|detector| Box::new(detector) as Boxed).map_err(|e| Fault::new("the detector", e))
}

fn webrtc(detectors: &Detectors, rate: u32) -> Result<Boxed, Fault> {
    let native = if [32_000, 48_000].contains(&rate) { rate } else { native_rate(rate) };
    let detector = WebRtc::new(native, &detectors.webrtc);
    if detectors.decisions { boxed(detector.map(Decisions)) } else { boxed(detector) }
}

/// WebRTC's decisions, held after speech as the original holds them, as scores of 0 or 1.
struct Decisions(WebRtc);

impl Detector for Decisions {
    fn spec(&self) -> FrameSpec {
        self.0.spec()
    }

    fn score(&mut self, frame: &[f32]) -> f32 {
        f32::from(u8::from(self.0.decide(frame)))
    }

    fn reset(&mut self) {
        self.0.reset();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_makes_a_detector() {
        for name in names() {
            let detectors = Detectors::new(&Detection::of(name)).unwrap();
            assert_eq!(detectors.name(), name);
            assert!(detectors.make(16_000).is_ok());
        }
        assert!(names().any(|name| name == DEFAULT));
    }

    #[test]
    fn the_rates_are_those_heard_without_resampling() {
        for entry in &DETECTORS {
            let detectors = Detectors::new(&Detection::of(entry.name)).unwrap();
            for rate in [8000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000] {
                let native = detectors.make(rate).unwrap().spec().rate;
                assert_eq!(native == rate, entry.rates.contains(&rate), "{} {rate}", entry.name);
                assert!(entry.rates.contains(&native), "{} {rate}", entry.name);
            }
        }
    }

    #[test]
    #[cfg(target_pointer_width = "64")]
    fn the_state_is_what_a_clone_owns() {
        fn bytes<D: Clone>(detector: Result<D, voiced::Error>) -> usize {
            let detector = detector.unwrap();
            let mut copy = None;
            let allocated = allocation_counter::measure(|| copy = Some(Box::new(detector.clone())));
            assert!(copy.is_some());
            usize::try_from(allocated.bytes_current).unwrap()
        }
        let measured = [
            bytes(Silero::for_rate(16_000)),
            bytes(Gru::embedded()),
            bytes(WebRtc::new(16_000, &WebRtcConfig::default())),
            bytes(Energy::new(16_000, EnergyConfig::default())),
            bytes(Zcr::new(16_000, ZcrConfig::default())),
            bytes(Entropy::new(16_000, EntropyConfig::default())),
            bytes(Flatness::new(16_000, FlatnessConfig::default())),
            bytes(Ltsd::new(16_000, LtsdConfig::default())),
            bytes(Sohn::new(16_000, SohnConfig::default())),
            bytes(Combined::new(16_000, CombinedConfig::default())),
        ];
        assert_eq!(measured, DETECTORS.map(|entry| entry.state));
    }

    #[test]
    fn the_weights_are_as_large_as_their_file() {
        for entry in &DETECTORS {
            let path = format!("{}/../../weights/{}_16k.safetensors", env!("CARGO_MANIFEST_DIR"), entry.name);
            let bytes = std::fs::metadata(path).map_or(0, |file| file.len());
            assert_eq!((entry.weights as u64, bytes > 0), (bytes, NETWORKS.contains(&entry.name)), "{}", entry.name);
        }
    }

    #[test]
    fn the_weights_follow_the_rate_and_are_loaded_once() {
        let detectors = Detectors::new(&Detection::of("silero")).unwrap();
        for (rate, expected) in [(4000, 8000), (8000, 8000), (8001, 16_000), (16_000, 16_000), (48_000, 16_000)] {
            assert_eq!(detectors.make(rate).unwrap().spec().rate, expected, "{rate}");
        }
        assert!(Arc::ptr_eq(&detectors.silero(16_000).unwrap(), &detectors.silero(44_100).unwrap()));
    }

    #[test]
    fn an_unknown_name_lists_the_legal_ones() {
        let Err(Stop::Fault(fault)) = Detectors::new(&Detection::of("psychic")) else { panic!("no such detector") };
        assert!(fault.to_string().contains("silero"), "{fault}");
    }

    #[test]
    fn an_option_of_another_detector_is_refused() {
        for wrong in [
            Detection { mode: Some(2), ..Detection::of("silero") },
            Detection { frame_ms: Some(10), ..Detection::of("energy") },
        ] {
            assert!(matches!(Detectors::new(&wrong), Err(Stop::Usage(_))));
        }
        assert!(matches!(Detectors::new(&Detection::of("energy")).unwrap().deciding(), Err(Stop::Usage(_))));
    }

    #[test]
    fn decisions_are_the_detectors_own() {
        let config = Detection { mode: Some(3), frame_ms: Some(20), ..Detection::of("webrtc") };
        let mut decisions = Detectors::new(&config).unwrap().deciding().unwrap().make(16_000).unwrap();
        let mut detector = WebRtc::new(16_000, &WebRtcConfig { mode: 3, frame_ms: 20 }).unwrap();
        let noise = |n: u32| (n.wrapping_mul(2_654_435_761) >> 8) as f32 / 8_388_608.0 - 1.0;
        let frames: Vec<Vec<f32>> = (0..100)
            .map(|k| (0..320).map(|n| noise(k * 320 + n) * if k < 50 { 1e-3 } else { 0.5 }).collect())
            .collect();
        let expected: Vec<f32> =
            frames.iter().map(|frame| if detector.decide(&frame[..]) { 1.0 } else { 0.0 }).collect();
        let found: Vec<f32> = frames.iter().map(|frame| decisions.score(frame)).collect();
        assert_eq!(found, expected);
        assert!(expected.contains(&0.0) && expected.contains(&1.0));
    }
}
