//! One type for all detectors of this crate.

use super::classic::combined::Combined;
use super::classic::energy::Energy;
use super::classic::entropy::Entropy;
use super::classic::flatness::Flatness;
use super::classic::ltsd::Ltsd;
use super::classic::sohn::Sohn;
use super::classic::zcr::Zcr;
use super::gru::Gru;
use super::silero::Silero;
use super::webrtc::WebRtc;
use super::{Detector, FrameSpec};

/// Any of the detectors of this crate, for whoever chooses among them at run time.
///
/// It scores as the one does that it was made of. [`Loaded::detector`](crate::Loaded::detector) makes them, and each converts
/// into this type.
#[derive(Clone, Debug)]
pub struct AnyDetector(Any);

/// Makes the enum and what it passes on.
macro_rules! any {
    ($($kind:ident),+ $(,)?) => {
        #[derive(Clone, Debug)]
        #[allow(clippy::large_enum_variant, reason = "one is made for a whole stream, which holds more than any of them")]
        pub(crate) enum Any {
            $($kind($kind)),+
        }

        $(impl From<$kind> for AnyDetector {
            fn from(detector: $kind) -> Self {
                Self(Any::$kind(detector))
            }
        })+

        impl Detector for AnyDetector {
            fn spec(&self) -> FrameSpec {
                match &self.0 {
                    $(Any::$kind(detector) => detector.spec()),+
                }
            }

            fn score(&mut self, frame: &[f32]) -> f32 {
                match &mut self.0 {
                    $(Any::$kind(detector) => detector.score(frame)),+
                }
            }

            fn reset(&mut self) {
                match &mut self.0 {
                    $(Any::$kind(detector) => detector.reset()),+
                }
            }

            fn reserve(&mut self, frames: usize) {
                match &mut self.0 {
                    $(Any::$kind(detector) => detector.reserve(frames)),+
                }
            }

            fn score_frames(&mut self, samples: &[f32], scores: &mut [f32]) {
                match &mut self.0 {
                    $(Any::$kind(detector) => detector.score_frames(samples, scores)),+
                }
            }
        }
    };
}

any!(Silero, Gru, WebRtc, Energy, Zcr, Entropy, Flatness, Ltsd, Sohn, Combined);

impl AnyDetector {
    /// Which one it is.
    pub(crate) fn inner(&self) -> &Any {
        &self.0
    }
}
