//! What the classic detectors share: how a measure becomes a score, and how their timing is given and checked.

use crate::error::Error;

/// Milliseconds from one score of a classic detector to the next.
pub(super) const HOP_MS: u32 = 10;

/// The level in dB over full scale that the classic detectors take for silence, and add to what they hear.
///
/// White noise of 16-bit rounding has 1/12 of a squared step, -101 dBFS. Digital silence must not lie so far below it that
/// the rounding noise after it stands out as speech does, and quiet recordings not so close above it that turning them down
/// changes their scores: at -100 a gain of -20 dB moves those of `ltsd` and `sohn` by 0.034 and 0.037 on the average over
/// the development recordings, at -110 by 0.013 and 0.014, and at -115 `energy` and `ltsd` fire on rounding noise.
pub(super) const QUIETEST_DBFS: f32 = -110.0;

/// The rate at which a classic detector hears audio of `rate` Hz: 8,000 Hz up to that rate, 16,000 Hz above it.
///
/// A [`Stream`](crate::Stream) resamples to it.
pub fn native_rate(rate: u32) -> u32 {
    if rate <= 8000 { 8000 } else { 16_000 }
}

/// A logistic curve from a measure in its own unit to a score, `1 / (1 + exp(-(measure - centre) / width))`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Logistic {
    /// The measure whose score is 0.5, in the measure's unit.
    pub centre: f32,
    /// By how much the measure must exceed `centre` for a score of 0.73, in the measure's unit; above 0.
    pub width: f32,
}

impl Logistic {
    /// The score of a measure, from 0 to 1.
    pub fn score(self, measure: f32) -> f32 {
        // Beyond 87 the exponential leaves f32's normal range; the score is 0 or 1 long before.
        let exponent = ((self.centre - measure) / self.width).clamp(-80.0, 80.0);
        1.0 / (1.0 + exponent.exp())
    }

    pub(super) fn check(self) -> Result<Self, Error> {
        let error = |field, given, legal| Err(Error::Config { field, given: f64::from(given), legal });
        match self {
            _ if !self.centre.is_finite() => error("mapping.centre", self.centre, "a finite number"),
            Self { width, .. } if width.is_finite() && width > 1e-6 => Ok(self),
            _ => error("mapping.width", self.width, "finite and above 0.000001"),
        }
    }
}

/// Over what time a classic detector averages, and how long it remembers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// Milliseconds that the detector hears beyond the hop that it scores, in steps of 10. 0 to 500. Defaults to 60.
    pub lookahead_ms: u32,
    /// Milliseconds over which its measure is averaged, in steps of 10; they end with the look-ahead.
    /// 10 to 1000. Defaults to 140.
    pub average_ms: u32,
    /// Milliseconds over which the noise's level is taken to be the lowest that occurred. 500 to 30,000.
    /// Defaults to 3000: longer, and noise that begins counts as speech for longer; shorter, and so does a long
    /// sentence count as noise.
    pub memory_ms: u32,
}

impl Default for Timing {
    fn default() -> Self {
        Self { lookahead_ms: 60, average_ms: 140, memory_ms: 3000 }
    }
}

/// A timing that was checked, in steps of a hop.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spans {
    pub(super) lookahead: usize,
    pub(super) average: usize,
    pub(super) memory: f32,
}

impl Timing {
    pub(super) fn check(self) -> Result<Spans, Error> {
        let hops = |field, given: u32, least, most, legal| {
            let legal_value = given.is_multiple_of(HOP_MS) && (least..=most).contains(&given);
            let error = Error::Config { field, given: f64::from(given), legal };
            if legal_value { Ok((given / HOP_MS) as usize) } else { Err(error) }
        };
        let lookahead = hops("timing.lookahead_ms", self.lookahead_ms, 0, 500, "0 to 500 in steps of 10")?;
        let average = hops("timing.average_ms", self.average_ms, 10, 1000, "10 to 1000 in steps of 10")?;
        let memory = hops("timing.memory_ms", self.memory_ms, 500, 30_000, "500 to 30000 in steps of 10")?;
        Ok(Spans { lookahead, average, memory: memory as f32 })
    }
}

/// Samples in a hop at a rate that a classic detector works at.
pub(super) fn hop_at(rate: u32) -> Result<usize, Error> {
    match rate {
        8000 | 16_000 => Ok((rate * HOP_MS / 1000) as usize),
        _ => Err(Error::Config {
            field: "rate of a classic detector",
            given: f64::from(rate),
            legal: "8000 or 16000 Hz; a stream resamples other rates",
        }),
    }
}

/// Samples under the window of a spectrum: 32 ms, so that its 31 Hz resolve a low voice's harmonics.
pub(super) fn window_at(rate: u32) -> Result<usize, Error> {
    hop_at(rate).map(|hop| hop * 16 / 5)
}

/// The power of a level given in dB over full scale, where a legal one was given.
pub(super) fn quietest(dbfs: f32) -> Result<f32, Error> {
    if (-160.0..=0.0).contains(&dbfs) {
        return Ok(10.0_f32.powf(dbfs / 10.0));
    }
    Err(Error::Config { field: "quietest_dbfs", given: f64::from(dbfs), legal: "-160 to 0 dBFS" })
}

/// A power in dB.
#[inline]
pub(super) fn decibels(power: f32) -> f32 {
    10.0 / std::f32::consts::LN_10 * crate::dsp::spectrum::ln(power.max(f32::MIN_POSITIVE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_logistic_curve_has_its_known_values() {
        let curve = Logistic { centre: 6.0, width: 2.0 };
        assert_eq!(curve.score(6.0), 0.5);
        assert!((curve.score(8.0) - 0.731_058_6).abs() < 1e-6);
        assert!((curve.score(4.0) - 0.268_941_4).abs() < 1e-6);
        assert!(curve.score(f32::MAX) <= 1.0 && curve.score(f32::MIN) >= 0.0);
    }

    #[test]
    fn illegal_settings_are_named() {
        let named = |result: Result<Spans, Error>| match result {
            Err(Error::Config { field, .. }) => field,
            other => panic!("{other:?}"),
        };
        let timing = Timing::default();
        assert_eq!(named(Timing { lookahead_ms: 510, ..timing }.check()), "timing.lookahead_ms");
        assert_eq!(named(Timing { lookahead_ms: 15, ..timing }.check()), "timing.lookahead_ms");
        assert_eq!(named(Timing { average_ms: 0, ..timing }.check()), "timing.average_ms");
        assert_eq!(named(Timing { memory_ms: 100, ..timing }.check()), "timing.memory_ms");
        for (centre, width) in [(f32::NAN, 1.0), (0.0, 0.0), (0.0, f32::INFINITY), (0.0, f32::NAN)] {
            assert!(Logistic { centre, width }.check().is_err());
        }
        assert!(quietest(f32::NAN).is_err() && quietest(1.0).is_err());
        assert!((quietest(-30.0).unwrap() - 1e-3).abs() < 1e-9);
        assert_eq!((hop_at(8000), hop_at(16_000)), (Ok(80), Ok(160)));
        assert!(hop_at(44_100).is_err());
        assert_eq!([8000, 7999, 11_025, 48_000].map(native_rate), [8000, 8000, 16_000, 16_000]);
    }
}
