//! What detectors of one kind share.

use crate::audio::Sample;
use crate::detector::{AnyDetector, Detector};
use crate::frame::FrameSpec;
use crate::pool::Pool;

/// A detector that is loaded: any number of detectors and pools are made of it, and share its weights.
///
/// [`Kind::load`](crate::Kind::load) makes one of the registry, and [`From`] one with a configuration of its own. Clones
/// share too.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// As new; clones of it are the detectors.
    detector: AnyDetector,
}

impl Loaded {
    /// A new detector.
    pub fn detector(&self) -> AnyDetector {
        self.detector.clone()
    }

    /// A pool for up to `streams` streams, which takes turns for no detector but steps the streams of a network together.
    pub fn pool<S: Sample>(&self, streams: usize) -> Pool<S> {
        Pool::new(&self.detector, streams)
    }

    /// The rate, frame and hop of its detectors.
    pub fn spec(&self) -> FrameSpec {
        self.detector.spec()
    }
}

impl<D: Into<AnyDetector>> From<D> for Loaded {
    /// Makes all detectors like this one, from a reset state.
    fn from(detector: D) -> Self {
        let mut detector = detector.into();
        detector.reset();
        Self { detector }
    }
}
