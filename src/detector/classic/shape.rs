//! Detectors by the shape of the spectrum: how far it is from that of noise, whatever the noise's colour.

use std::fmt::Debug;
use std::marker::PhantomData;

use crate::detector::classic::{ClassicConfig, Logistic, Measure, SPECTRUM_MS, Setup};
use crate::dsp::smooth::MovingAverage;
use crate::dsp::whiten::WhitenedSpectrum;

/// The band in Hz that is looked at: the first three formants.
pub const BAND_HZ: [f32; 2] = [250.0, 4000.0];

/// What is added to each ratio, so that a bin that stands out of the noise by less than this counts little.
pub const OFFSET: f32 = 10.0;

/// A measure of how far a spectrum is from flat.
pub trait Shape: Clone + Debug {
    /// The curve from its mean to a score.
    const CURVE: Logistic;

    /// The measure of a spectrum's powers; 0 where it is flat.
    fn of(powers: impl Iterator<Item = f32>) -> f32;
}

/// The mean of a [`Shape`] around the hop, of the powers of a window over their noise floors in [`BAND_HZ`], each with
/// [`OFFSET`] added.
#[derive(Clone, Debug)]
pub struct MeanShape<S> {
    whitened: WhitenedSpectrum,
    average: MovingAverage,
    shape: PhantomData<S>,
}

impl<S: Shape> Measure for MeanShape<S> {
    type Config = ClassicConfig;
    const WINDOW_MS: u32 = SPECTRUM_MS;

    fn mapping(_rate: u32) -> Logistic {
        S::CURVE
    }

    fn new(setup: &Setup, _config: ClassicConfig) -> Self {
        Self { whitened: setup.whitened(BAND_HZ), average: MovingAverage::new(setup.average), shape: PhantomData }
    }

    fn push(&mut self, window: &[f32]) -> f32 {
        let ratios = self.whitened.of(window);
        self.average.push(S::of(ratios.iter().map(|ratio| ratio + OFFSET)))
    }

    fn reset(&mut self) {
        self.whitened.reset();
        self.average.reset();
    }
}

/// What a detector measures in a second of steady noise, and half a second after a tone has begun in it, at 8 and 16 kHz.
#[cfg(test)]
pub(super) fn in_noise_and_tone<S: Shape>() -> Vec<(Vec<f32>, f32)> {
    use crate::detector::Detector;
    use crate::detector::classic::Classic;
    use crate::frame::FrameSpec;

    let measured = |rate: u32| {
        let mut detector = Classic::<MeanShape<S>>::new(rate, ClassicConfig::default()).unwrap();
        let FrameSpec { frame, hop, .. } = detector.spec();
        let mut state = 1_u32;
        let samples: Vec<f32> = (0..3 * rate)
            .map(|n| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let noise = state as i32 as f32 / 2_147_483_648.0 * 0.01;
                let tone = (std::f32::consts::TAU * 1000.0 * n as f32 / rate as f32).sin() * 0.3;
                if n < 2 * rate { noise } else { noise + tone }
            })
            .collect();
        let measures: Vec<f32> = samples.windows(frame).step_by(hop).map(|frame| detector.measure(frame)).collect();
        (measures[100..180].to_vec(), measures[230])
    };
    [8000, 16_000].into_iter().map(measured).collect()
}
