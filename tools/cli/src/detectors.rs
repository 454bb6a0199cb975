//! The detectors that a command line asks for.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use voiced::webrtc::{WebRtc, WebRtcConfig};
use voiced::{AnyDetector, Kind, Loaded};

use crate::args::{Detection, networks};
use crate::fault::{Fault, Stop};

/// Makes detectors of one kind, which share what they can.
pub(crate) struct Detectors {
    choice: Detection,
    /// Whether scores are the original's decisions, 0 or 1.
    decisions: bool,
    /// What the weights file that was brought along gives, for audio of any rate.
    brought: Option<Loaded>,
    /// What else was loaded, by the detectors' rate.
    loaded: Mutex<BTreeMap<u32, Loaded>>,
}

impl Detectors {
    /// Refuses options of other detectors. A bad weights file is told here, once, and not for each recording.
    pub(crate) fn new(choice: &Detection) -> Result<Self, Stop> {
        let kind = choice.detector;
        let webrtc = kind == Kind::WebRtc;
        let own = [
            ("weights", choice.weights.is_some(), kind.info().network, networks()),
            ("mode", choice.mode.is_some(), webrtc, Kind::WebRtc.to_string()),
            ("frame-ms", choice.frame_ms.is_some(), webrtc, Kind::WebRtc.to_string()),
        ];
        if let Some((option, .., owners)) = own.into_iter().find(|&(_, given, owned, _)| given && !owned) {
            return Err(Stop::Usage(format!("--{option} is for --detector {owners}, not for {kind}")));
        }
        let brought = choice.weights.as_deref().map(|path| {
            let bytes = std::fs::read(path).map_err(|e| Fault::io(path, &e))?;
            kind.load_from_with(&bytes, choice.kernels).map_err(|e| Fault::new(path.display().to_string(), e))
        });
        let loaded = Mutex::default();
        Ok(Self { choice: choice.clone(), decisions: false, brought: brought.transpose()?, loaded })
    }

    /// The same, with decisions of 0 or 1 in place of scores.
    pub(crate) fn deciding(self) -> Result<Self, Stop> {
        let kind = self.kind();
        if kind != Kind::WebRtc {
            return Err(Stop::Usage(format!("--decisions is for --detector webrtc: {kind} has scores only")));
        }
        Ok(Self { decisions: true, ..self })
    }

    pub(crate) fn kind(&self) -> Kind {
        self.choice.detector
    }

    pub(crate) fn name(&self) -> &'static str {
        self.kind().info().name
    }

    /// WebRTC's mode, where it is not the default.
    pub(crate) fn mode(&self) -> Option<u8> {
        self.choice.mode
    }

    /// A detector for audio of `rate` Hz.
    pub(crate) fn make(&self, rate: u32) -> Result<AnyDetector, Fault> {
        Ok(self.load(rate)?.detector())
    }

    /// What the detectors for audio of `rate` Hz share.
    pub(crate) fn load(&self, rate: u32) -> Result<Loaded, Fault> {
        if let Some(brought) = &self.brought {
            return Ok(brought.clone());
        }
        let native = self.kind().native_rate(rate);
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = loaded.get(&native) {
            return Ok(known.clone());
        }
        let new = self.load_anew(native)?;
        loaded.insert(native, new.clone());
        Ok(new)
    }

    fn load_anew(&self, native: u32) -> Result<Loaded, Fault> {
        let Detection { kernels, mode, frame_ms, .. } = self.choice;
        let loaded = match self.kind() {
            Kind::WebRtc => WebRtc::new(native, &webrtc(mode, frame_ms, self.decisions)).map(Loaded::from),
            kind => kind.load_with(native, kernels),
        };
        let subject = if self.kind().info().network { "the built-in weights" } else { "the detector" };
        loaded.map_err(|e| Fault::new(subject, e))
    }
}

/// WebRTC's configuration; what is not given is the default.
pub(crate) fn webrtc(mode: Option<u8>, frame_ms: Option<u32>, decisions: bool) -> WebRtcConfig {
    let mut config = WebRtcConfig::default();
    config.mode = mode.unwrap_or(config.mode);
    config.frame_ms = frame_ms.unwrap_or(config.frame_ms);
    config.decisions = decisions;
    config
}

#[cfg(test)]
mod tests {
    use super::*;
    use voiced::Detector;

    #[test]
    fn every_detector_is_made() {
        for &kind in Kind::ALL {
            let detectors = Detectors::new(&Detection::of(kind)).unwrap();
            assert_eq!(detectors.name(), kind.info().name);
            assert!(detectors.make(16_000).is_ok(), "{kind}");
        }
    }

    #[test]
    fn the_weights_follow_the_rate_and_are_kept_once() {
        let detectors = Detectors::new(&Detection::of(Kind::Silero)).unwrap();
        for (rate, expected) in [(4000, 8000), (8000, 8000), (8001, 16_000), (16_000, 16_000), (48_000, 16_000)] {
            let mut made = None;
            let allocated = allocation_counter::measure(|| made = Some(detectors.make(rate).unwrap()));
            assert_eq!(made.unwrap().spec().rate, expected, "{rate}");
            let first = rate == 4000 || rate == 8001;
            assert_eq!(allocated.bytes_current > 500_000, first, "{rate}: {} bytes", allocated.bytes_current);
        }
    }

    #[test]
    fn an_option_of_another_detector_is_refused() {
        for wrong in [
            Detection { mode: Some(2), ..Detection::of(Kind::Silero) },
            Detection { frame_ms: Some(10), ..Detection::of(Kind::Energy) },
            Detection { weights: Some("w".into()), ..Detection::of(Kind::Energy) },
        ] {
            assert!(matches!(Detectors::new(&wrong), Err(Stop::Usage(_))));
        }
        assert!(matches!(Detectors::new(&Detection::of(Kind::Energy)).unwrap().deciding(), Err(Stop::Usage(_))));
    }

    #[test]
    fn decisions_are_the_detectors_own() {
        let config = Detection { mode: Some(3), frame_ms: Some(20), ..Detection::of(Kind::WebRtc) };
        let mut decisions = Detectors::new(&config).unwrap().deciding().unwrap().make(16_000).unwrap();
        let mut detector = WebRtc::new(16_000, &webrtc(Some(3), Some(20), false)).unwrap();
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
