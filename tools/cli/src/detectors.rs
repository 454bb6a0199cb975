//! The detectors that there are, by name.
//!
//! To add one: a function that makes it, and its line in [`DETECTORS`].

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use voiced::detector::combined::{Combined, CombinedConfig};
use voiced::detector::energy::{Energy, EnergyConfig};
use voiced::detector::entropy::{Entropy, EntropyConfig};
use voiced::detector::flatness::{Flatness, FlatnessConfig};
use voiced::detector::ltsd::{Ltsd, LtsdConfig};
use voiced::detector::native_rate;
use voiced::detector::sohn::{Sohn, SohnConfig};
use voiced::detector::zcr::{Zcr, ZcrConfig};
use voiced::silero::Model;
use voiced::{Detector, FrameSpec, Kernels, Silero, WebRtc, WebRtcConfig};

use crate::args::Detection;
use crate::fault::{Fault, Stop};

/// A detector as the commands use it.
pub(crate) type Boxed = Box<dyn Detector + Send>;

/// Makes a detector for audio of a rate in Hz.
type Make = fn(&Detectors, u32) -> Result<Boxed, Fault>;

const DETECTORS: [(&str, Make); 9] = [
    ("silero", silero),
    ("webrtc", webrtc),
    ("energy", |_, rate| boxed(Energy::new(native_rate(rate), EnergyConfig::default()))),
    ("zcr", |_, rate| boxed(Zcr::new(native_rate(rate), ZcrConfig::default()))),
    ("entropy", |_, rate| boxed(Entropy::new(native_rate(rate), EntropyConfig::default()))),
    ("flatness", |_, rate| boxed(Flatness::new(native_rate(rate), FlatnessConfig::default()))),
    ("ltsd", |_, rate| boxed(Ltsd::new(native_rate(rate), LtsdConfig::default()))),
    ("sohn", |_, rate| boxed(Sohn::new(native_rate(rate), SohnConfig::default()))),
    ("combined", |_, rate| boxed(Combined::new(native_rate(rate), CombinedConfig::default()))),
];

/// The name of the one that is used when none is named.
pub(crate) const DEFAULT: &str = "silero";

pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    DETECTORS.iter().map(|&(name, _)| name)
}

/// Makes detectors of one kind, which share what they can.
pub(crate) struct Detectors {
    name: &'static str,
    make: Make,
    kernels: Kernels,
    weights: Option<PathBuf>,
    webrtc: WebRtcConfig,
    decisions: bool,
    /// For 8 and for 16 kHz, each loaded when it is first needed; with `weights` the first one is used alone.
    models: [OnceLock<Result<Arc<Model>, Fault>>; 2],
}

impl Detectors {
    pub(crate) fn new(choice: &Detection) -> Result<Self, Stop> {
        let (name, make) = *DETECTORS.iter().find(|(name, _)| *name == choice.detector).ok_or_else(|| {
            let legal: Vec<_> = names().collect();
            Fault::new(&choice.detector, format!("no such detector: there is {}", legal.join(", ")))
        })?;
        let own = [
            ("weights", "silero", choice.weights.is_some()),
            ("mode", "webrtc", choice.mode.is_some()),
            ("frame-ms", "webrtc", choice.frame_ms.is_some()),
        ];
        if let Some((option, owner, _)) = own.into_iter().find(|&(_, owner, given)| given && owner != name) {
            return Err(Stop::Usage(format!("--{option} is for --detector {owner}, not for {name}")));
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
            models: [const { OnceLock::new() }; 2],
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
    fn model(&self, rate: u32) -> Result<Arc<Model>, Fault> {
        if let Some(path) = &self.weights {
            return self.models[0].get_or_init(|| read_model(path, self.kernels)).clone();
        }
        let (slot, native) = if rate <= 8000 { (0, 8000) } else { (1, 16_000) };
        let load = || {
            let model = Model::embedded(native, self.kernels);
            model.map(Arc::new).map_err(|e| Fault::new("the built-in weights", e))
        };
        self.models[slot].get_or_init(load).clone()
    }
}

fn silero(detectors: &Detectors, rate: u32) -> Result<Boxed, Fault> {
    Ok(Box::new(Silero::new(detectors.model(rate)?)))
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

fn read_model(path: &Path, kernels: Kernels) -> Result<Arc<Model>, Fault> {
    let bytes = std::fs::read(path).map_err(|e| Fault::io(path, &e))?;
    let model = Model::from_bytes(&bytes, kernels);
    model.map(Arc::new).map_err(|e| Fault::new(path.display().to_string(), e))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(detector: &str) -> Detection {
        Detection {
            detector: detector.to_owned(),
            kernels: Kernels::best(),
            weights: None,
            mode: None,
            frame_ms: None,
        }
    }

    #[test]
    fn every_name_makes_a_detector() {
        for name in names() {
            let detectors = Detectors::new(&choice(name)).unwrap();
            assert_eq!(detectors.name(), name);
            assert!(detectors.make(16_000).is_ok());
        }
        assert!(names().any(|name| name == DEFAULT));
    }

    #[test]
    fn the_weights_follow_the_rate_and_are_loaded_once() {
        let detectors = Detectors::new(&choice("silero")).unwrap();
        for (rate, expected) in [(4000, 8000), (8000, 8000), (8001, 16_000), (16_000, 16_000), (48_000, 16_000)] {
            assert_eq!(detectors.make(rate).unwrap().spec().rate, expected, "{rate}");
        }
        assert!(Arc::ptr_eq(&detectors.model(16_000).unwrap(), &detectors.model(44_100).unwrap()));
    }

    #[test]
    fn an_unknown_name_lists_the_legal_ones() {
        let Err(Stop::Fault(fault)) = Detectors::new(&choice("psychic")) else { panic!("no such detector") };
        assert!(fault.to_string().contains("silero"), "{fault}");
    }

    #[test]
    fn an_option_of_another_detector_is_refused() {
        for wrong in
            [Detection { mode: Some(2), ..choice("silero") }, Detection { frame_ms: Some(10), ..choice("energy") }]
        {
            assert!(matches!(Detectors::new(&wrong), Err(Stop::Usage(_))));
        }
        assert!(matches!(Detectors::new(&choice("energy")).unwrap().deciding(), Err(Stop::Usage(_))));
    }

    #[test]
    fn decisions_are_the_detectors_own() {
        let config = Detection { mode: Some(3), frame_ms: Some(20), ..choice("webrtc") };
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
