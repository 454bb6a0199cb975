//! The classic detectors: each is one idea of how speech differs from what else there is.
//!
//! | detector | measure |
//! |---|---|
//! | [`energy`] | how far the level lies above the noise floor |
//! | [`zcr`] | how far the rate of zero crossings lies below its maximum |
//! | [`entropy`] | how few bins hold the power |
//! | [`flatness`] | how far the spectrum is from flat |
//! | [`ltsd`] | how far the loudest of the spectra around lies above the noise |
//! | [`sohn`] | the likelihood ratio of speech and noise |
//! | [`combined`] | all of that, weighed by a fitted model |
//!
//! The idea is a [`Measure`], a number in a unit of its own. The frame around it is the same for all, [`Classic`]: it
//! checks the parameters, gives the measure each window of the recording once, and turns its last number into a score.
//! A new detector is a file with its measure, its equation and its source; `tools/fit` fits its curve.

pub mod combined;
mod config;
pub mod energy;
pub mod entropy;
mod fitted;
pub mod flatness;
mod high_pass;
pub mod ltsd;
mod mapping;
pub mod shape;
pub mod sohn;
pub mod zcr;

pub use config::{ClassicConfig, HOP_MS, SPECTRUM_MS, Setup, Timing};
pub use mapping::Logistic;

use crate::detector::Detector;
use crate::dsp::steps::Steps;
use crate::error::Error;
use crate::frame::FrameSpec;

/// What the score of a classic detector is made of.
///
/// A measure holds what it remembers of the recording; a clone remembers on its own. It allocates nothing after
/// construction.
pub trait Measure {
    /// The detector's parameters: [`ClassicConfig`], or a struct with more in it.
    type Config: Parameters;

    /// Milliseconds under a window, at least [`HOP_MS`]; windows begin [`HOP_MS`] apart.
    const WINDOW_MS: u32;

    /// The curve from the measure to a score at `rate` Hz, for a configuration that has none.
    fn mapping(rate: u32) -> Logistic;

    /// The measure before anything is heard. `setup` and `config` were checked.
    fn new(setup: &Setup, config: Self::Config) -> Self;

    /// Takes in the next window, and measures what was heard so far.
    ///
    /// `window` holds [`Setup::window`] samples, or fewer where a recording ends: the rest counts as zeros. They are as
    /// [`Detector::score`] got them, NaN included; the measure is a finite number.
    fn push(&mut self, window: &[f32]) -> f32;

    /// Forgets all that was heard.
    fn reset(&mut self);
}

/// The parameters of a classic detector.
pub trait Parameters: Copy {
    /// Those that every classic detector has, where the others are legal.
    ///
    /// # Errors
    /// [`Error::Config`] where one of the others is out of its range.
    fn shared(self) -> Result<ClassicConfig, Error>;
}

/// A detector that gives its [`Measure`] a window every 10 ms, and maps it to a score.
///
/// A score is about the first hop of its frame; the rest of the frame is the look-ahead of [`Timing`] and what a window
/// is longer than a hop. The detectors are aliases: [`Energy`](energy::Energy), [`Zcr`](zcr::Zcr) and so on. One with a
/// measure of your own:
///
/// ```
/// # #[cfg(not(feature = "unstable"))]
/// # fn main() {}
/// # #[cfg(feature = "unstable")]
/// # fn main() -> Result<(), voiced::Error> {
/// use voiced::Detector;
/// use voiced::audio::clean;
/// use voiced::classic::{Classic, ClassicConfig, HOP_MS, Logistic, Measure, Setup};
///
/// /// The largest sample of a hop.
/// struct Peak;
///
/// impl Measure for Peak {
///     type Config = ClassicConfig;
///     const WINDOW_MS: u32 = HOP_MS;
///
///     fn mapping(_rate: u32) -> Logistic {
///         Logistic { centre: 0.1, width: 0.02 }
///     }
///
///     fn new(_setup: &Setup, _config: ClassicConfig) -> Self {
///         Self
///     }
///
///     fn push(&mut self, window: &[f32]) -> f32 {
///         window.iter().fold(0.0, |peak, &sample| clean(sample).abs().max(peak))
///     }
///
///     fn reset(&mut self) {}
/// }
///
/// let mut detector = Classic::<Peak>::new(16_000, ClassicConfig::default())?;
/// assert!(detector.score(&[0.3; 1120]) > 0.9);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Classic<M> {
    spec: FrameSpec,
    steps: Steps,
    measure: M,
    mapping: Logistic,
}

impl<M: Measure> Classic<M> {
    /// A detector for audio at 8,000 or 16,000 Hz.
    ///
    /// # Errors
    /// [`Error::Config`] for any other rate, and where a field of `config` is out of its range.
    pub fn new(rate: u32, config: M::Config) -> Result<Self, Error> {
        const { assert!(M::WINDOW_MS >= HOP_MS, "a window that is shorter than a hop would skip samples") };
        let shared = config.shared()?;
        let setup = Setup::new(rate, M::WINDOW_MS, &shared)?;
        let mapping = shared.mapping.unwrap_or_else(|| M::mapping(rate)).check()?;
        let steps = Steps::new(setup.window, setup.hop, setup.lookahead + 1);
        let spec = FrameSpec::overlapping(rate, steps.frame(), setup.hop);
        Ok(Self { spec, steps, measure: M::new(&setup, config), mapping })
    }

    /// What the score of the next frame is made of, in the measure's unit. It stands in place of a call to
    /// [`score`](Detector::score), which is [`mapping`](Self::mapping) of it.
    pub fn measure(&mut self, frame: &[f32]) -> f32 {
        let mut measure = 0.0;
        for window in self.steps.unseen(frame) {
            measure = self.measure.push(window);
        }
        measure
    }

    /// The curve from the measure to the score.
    pub fn mapping(&self) -> Logistic {
        self.mapping
    }
}

impl<M: Measure> Detector for Classic<M> {
    fn spec(&self) -> FrameSpec {
        self.spec
    }

    fn score(&mut self, frame: &[f32]) -> f32 {
        let measure = self.measure(frame);
        self.mapping.score(measure)
    }

    fn reset(&mut self) {
        self.steps.reset();
        self.measure.reset();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many windows were heard, and the first sample of the last.
    #[derive(Clone)]
    struct Last {
        heard: f32,
    }

    impl Measure for Last {
        type Config = ClassicConfig;
        const WINDOW_MS: u32 = SPECTRUM_MS;

        fn mapping(rate: u32) -> Logistic {
            Logistic { centre: rate as f32, width: 1.0 }
        }

        fn new(_setup: &Setup, _config: ClassicConfig) -> Self {
            Self { heard: 0.0 }
        }

        fn push(&mut self, window: &[f32]) -> f32 {
            self.heard += 1.0;
            1000.0 * self.heard + window[0]
        }

        fn reset(&mut self) {
            self.heard = 0.0;
        }
    }

    #[test]
    fn a_measure_hears_each_window_once_and_a_score_is_of_the_last() {
        let mut detector = Classic::<Last>::new(8000, ClassicConfig::default()).unwrap();
        let FrameSpec { frame, hop, lookahead, .. } = detector.spec();
        assert_eq!((frame, hop, lookahead), (6 * 80 + 256, 80, 5 * 80 + 256));
        let samples: Vec<f32> = (0..frame + 2 * hop).map(|n| n as f32).collect();
        for _ in 0..2 {
            let mut twin = detector.clone();
            let frames = || samples.windows(frame).step_by(hop);
            let measures: Vec<f32> = frames().map(|frame| detector.measure(frame)).collect();
            assert_eq!(measures, [7000.0 + 480.0, 8000.0 + 560.0, 9000.0 + 640.0]);
            let scores: Vec<f32> = frames().map(|frame| twin.score(frame)).collect();
            assert_eq!(scores, [measures[0], measures[1], measures[2]].map(|measure| twin.mapping().score(measure)));
            detector.reset();
        }
    }

    #[test]
    fn a_curve_in_the_configuration_takes_the_place_of_the_fitted_one() {
        let mapping = |given| {
            let config = ClassicConfig { mapping: given, ..Default::default() };
            Classic::<Last>::new(16_000, config).map(|detector| detector.mapping())
        };
        assert_eq!(mapping(None), Ok(Logistic { centre: 16_000.0, width: 1.0 }));
        let own = Logistic { centre: 3.0, width: 0.5 };
        assert_eq!(mapping(Some(own)), Ok(own));
        assert!(matches!(mapping(Some(Logistic { width: 0.0, ..own })), Err(Error::Config { .. })));
    }
}
