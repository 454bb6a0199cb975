//! The four aggressiveness modes: how much evidence makes a frame speech, and for how long that is held.

use super::gmm::Evidence;

/// The thresholds of a mode at a frame length.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Mode {
    /// A frame is speech where four times the evidence of one band is above this ...
    one_band: i16,
    /// ... or where the evidence of all bands, weighted, reaches this.
    all_bands: i16,
    /// Frames that speech is held for when there were but a few frames of it.
    pub(super) short_hangover: u8,
    /// Frames that speech is held for otherwise.
    pub(super) long_hangover: u8,
}

impl Mode {
    /// The legal frame lengths in milliseconds.
    pub(super) const FRAMES_MS: [u32; 3] = [10, 20, 30];

    /// By mode, and by frame length. `kLocalThreshold...`, `kGlobalThreshold...`, `kOverHangMax1...` and
    /// `kOverHangMax2...` in `vad_core.c`.
    const ALL: [[Self; 3]; 4] = [
        [Self::new(24, 57, 8, 14), Self::new(21, 48, 4, 7), Self::new(24, 57, 3, 5)],
        [Self::new(37, 100, 8, 14), Self::new(32, 80, 4, 7), Self::new(37, 100, 3, 5)],
        [Self::new(82, 285, 6, 9), Self::new(78, 260, 3, 5), Self::new(82, 285, 2, 3)],
        [Self::new(94, 1_100, 6, 9), Self::new(94, 1_050, 3, 5), Self::new(94, 1_100, 2, 3)],
    ];

    const fn new(one_band: i16, all_bands: i16, short_hangover: u8, long_hangover: u8) -> Self {
        Self { one_band, all_bands, short_hangover, long_hangover }
    }

    /// The modes at a frame length, from the most lenient to the most aggressive; `None` where there is no such
    /// length.
    pub(super) fn all(frame_ms: u32) -> Option<[Self; 4]> {
        let length = Self::FRAMES_MS.iter().position(|&legal| legal == frame_ms)?;
        Some(Self::ALL.map(|mode| mode[length]))
    }

    /// Whether a frame is speech.
    pub(super) fn is_speech(self, evidence: Evidence) -> bool {
        4 * evidence.strongest > i32::from(self.one_band) || evidence.all_bands >= i32::from(self.all_bands)
    }

    /// The evidence as a score in (0, 1): above 0.5 where the frame is speech, below where it is not, and never 0.5.
    ///
    /// With e the evidence over its threshold, in one band or in all, whichever is greater, it is
    /// `0.5 + 0.5 (e - 1) / (1 + |e - 1|)`: 0.25 without evidence for either side, in every mode. Evidence being
    /// whole numbers, the thresholds are put half-way between those that are speech and those that are not. There is
    /// no `exp` in it, so that it is the same on every machine.
    pub(super) fn score(self, evidence: Evidence) -> f32 {
        let one_band = 4.0 * evidence.strongest as f32 / (f32::from(self.one_band) + 0.5);
        let all_bands = evidence.all_bands as f32 / (f32::from(self.all_bands) - 0.5);
        let margin = one_band.max(all_bands) - 1.0;
        0.5 + 0.5 * margin / (1.0 + margin.abs())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::float_cmp, reason = "these scores are exact")]

    use super::*;

    #[test]
    fn the_score_is_above_half_exactly_where_the_frame_is_speech() {
        for mode in Mode::FRAMES_MS.into_iter().flat_map(|frame_ms| Mode::all(frame_ms).unwrap()) {
            for strongest in -31..=31 {
                for all_bands in -2_046..=2_046 {
                    let evidence = Evidence { strongest, all_bands };
                    let score = mode.score(evidence);
                    assert!(score > 0.0 && score < 1.0, "{evidence:?}: {score}");
                    assert_eq!(score > 0.5, mode.is_speech(evidence), "{mode:?}, {evidence:?}: {score}");
                    assert_ne!(score, 0.5);
                }
            }
        }
    }

    #[test]
    fn more_evidence_is_a_higher_score() {
        for mode in Mode::all(10).unwrap() {
            let of_all = |all_bands| mode.score(Evidence { strongest: -31, all_bands });
            assert!((-250..2_046).all(|n| of_all(n) < of_all(n + 1)), "{mode:?}");
            let of_one = |strongest| mode.score(Evidence { strongest, all_bands: -2_046 });
            assert!((-30..31).all(|n| of_one(n) < of_one(n + 1)), "{mode:?}");
        }
    }

    #[test]
    fn no_evidence_is_a_quarter() {
        for mode in Mode::all(30).unwrap() {
            assert_eq!(mode.score(Evidence { strongest: 0, all_bands: 0 }), 0.25);
        }
    }
}
