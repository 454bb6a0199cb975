//! Holding on to speech for some frames after its end.

use super::mode::Mode;

/// The most frames in a row that count as but a few. `kMaxSpeechFrames` in `vad_core.c`.
const FEW: u8 = 6;

/// Bridges the gaps in a row of decisions: speech decays, and the longer it went on, the longer.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Hangover {
    run: u8,  // frames of speech in a row so far, counted up to one more than a few
    left: u8, // frames for which silence will still count as speech
}

impl Hangover {
    /// Takes a frame's own decision and returns the one that is held.
    pub(super) fn push(&mut self, speech: bool, mode: Mode) -> bool {
        if speech {
            self.run = (self.run + 1).min(FEW + 1);
            self.left = if self.run > FEW { mode.long_hangover } else { mode.short_hangover };
            return true;
        }
        let held = self.left > 0;
        self.run = 0;
        self.left = self.left.saturating_sub(1);
        held
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many frames of silence after `run` frames of speech still count as speech.
    fn held_after(run: usize, mode: Mode) -> usize {
        let mut hangover = Hangover::default();
        assert!((0..run).all(|_| hangover.push(true, mode)));
        std::iter::repeat_with(|| hangover.push(false, mode)).take_while(|&held| held).count()
    }

    #[test]
    fn long_speech_is_held_longer() {
        let [lenient, .., aggressive] = Mode::all(10).unwrap();
        assert_eq!([1, 6, 7, 100].map(|run| held_after(run, lenient)), [8, 8, 14, 14]);
        assert_eq!([1, 6, 7, 100].map(|run| held_after(run, aggressive)), [6, 6, 9, 9]);
    }

    #[test]
    fn silence_from_the_start_is_silence() {
        assert!(!Hangover::default().push(false, Mode::all(20).unwrap()[0]));
    }
}
