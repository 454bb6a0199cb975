//! The detectors that there are, by name.
//!
//! To add one: a function that makes it, and its line in [`DETECTORS`].

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use voiced::silero::Model;
use voiced::{Detector, Kernels, Silero};

use crate::args::Detection;
use crate::fault::Fault;

/// A detector as the commands use it.
pub(crate) type Boxed = Box<dyn Detector + Send>;

/// Makes a detector for audio of a rate in Hz.
type Make = fn(&Detectors, u32) -> Result<Boxed, Fault>;

const DETECTORS: [(&str, Make); 1] = [("silero", silero)];

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
    /// For 8 and for 16 kHz, each loaded when it is first needed; with `weights` the first one is used alone.
    models: [OnceLock<Result<Arc<Model>, Fault>>; 2],
}

impl Detectors {
    pub(crate) fn new(choice: &Detection) -> Result<Self, Fault> {
        let (name, make) = *DETECTORS.iter().find(|(name, _)| *name == choice.detector).ok_or_else(|| {
            let legal: Vec<_> = names().collect();
            Fault::new(&choice.detector, format!("no such detector: there is {}", legal.join(", ")))
        })?;
        let detectors = Self {
            name,
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

fn read_model(path: &Path, kernels: Kernels) -> Result<Arc<Model>, Fault> {
    let bytes = std::fs::read(path).map_err(|e| Fault::io(path, &e))?;
    let model = Model::from_bytes(&bytes, kernels);
    model.map(Arc::new).map_err(|e| Fault::new(path.display().to_string(), e))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(detector: &str) -> Detection {
        Detection { detector: detector.to_owned(), kernels: Kernels::best(), weights: None }
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
        let fault = Detectors::new(&choice("psychic")).err().unwrap();
        assert!(fault.to_string().contains("silero"), "{fault}");
    }
}
