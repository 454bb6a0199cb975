//! The level to which a band falls back again and again: the noise floor.

use super::fixed::narrow;

/// How many of the lowest levels are kept.
const KEPT: usize = 16;
/// Frames for which a level is kept.
const MEMORY: u8 = 100;
/// What an empty place holds: far above any level.
const EMPTY: i16 = 10_000;
/// The floor at first: 100 dB, Q4.
const START: i16 = 1_600;

/// Tracks the minimum of a band's level over the last hundred judged frames, smoothed.
///
/// Of the levels of these frames it keeps the sixteen lowest. The third lowest of them, which an outlier or two
/// cannot pull down, is then smoothed: the floor follows it down quickly (by 0.8 of the difference a frame), and up
/// slowly (by 0.01). Source: `WebRtcVad_FindMinimum` in `vad_sp.c`, whose comments call it a median.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Minimum {
    levels: [i16; KEPT], // ascending, then EMPTY
    ages: [u8; KEPT],    // in frames, of those that are kept
    kept: usize,
    frames: u8, // heard so far, counted up to 3
    floor: i16,
}

impl Minimum {
    /// Takes a frame's level and returns the floor, both in dB, Q4.
    pub(super) fn push(&mut self, level: i16) -> i16 {
        const DOWN: i32 = 6_553; // 0.2 in Q15: `kSmoothingDown` in vad_sp.c
        const UP: i32 = 32_439; // 0.99 in Q15: `kSmoothingUp`
        self.grow_older();
        self.insert(level);
        if self.frames > 0 {
            let low = if self.frames > 2 { self.levels[2] } else { self.levels[0] };
            let old_share = if low < self.floor { DOWN } else { UP };
            let sum = (old_share + 1) * i32::from(self.floor) + (32_767 - old_share) * i32::from(low);
            self.floor = narrow((sum + (1 << 14)) >> 15);
        }
        self.frames = (self.frames + 1).min(3);
        self.floor
    }

    /// Drops what is older than the memory.
    ///
    /// The level after a dropped one moves into its place, is passed over, and does not grow older in this frame.
    /// That is a slip of the original, and part of what decides when it is dropped itself.
    fn grow_older(&mut self) {
        let mut place = 0;
        while place < self.kept {
            if self.ages[place] == MEMORY {
                self.levels.copy_within(place + 1..self.kept, place);
                self.ages.copy_within(place + 1..self.kept, place);
                self.kept -= 1;
                self.levels[self.kept] = EMPTY;
            } else {
                self.ages[place] += 1;
            }
            place += 1;
        }
    }

    /// Keeps a level if it is among the lowest, after those equal to it.
    fn insert(&mut self, level: i16) {
        let place = self.levels.iter().take_while(|&&kept| kept <= level).count();
        if place < KEPT {
            self.levels.copy_within(place..KEPT - 1, place + 1);
            self.ages.copy_within(place..KEPT - 1, place + 1);
            self.levels[place] = level;
            self.ages[place] = 1;
            self.kept = (self.kept + 1).min(KEPT);
        }
    }
}

impl Default for Minimum {
    fn default() -> Self {
        Self { levels: [EMPTY; KEPT], ages: [0; KEPT], kept: 0, frames: 0, floor: START }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn falls_fast_and_rises_slowly() {
        let mut minimum = Minimum::default();
        for _ in 0..10 {
            minimum.push(800);
        }
        assert_eq!(minimum.floor, 800);
        for _ in 0..90 {
            minimum.push(1_200);
        }
        assert_eq!(minimum.floor, 800, "the low levels are still remembered");
        for _ in 0..30 {
            minimum.push(1_200);
        }
        assert!((801..1_000).contains(&minimum.floor), "{}", minimum.floor);
        for _ in 0..4 {
            minimum.push(400);
        }
        assert!(minimum.floor < 600, "{}", minimum.floor);
    }

    #[test]
    fn two_outliers_do_not_count() {
        let mut minimum = Minimum::default();
        for level in [800; 50].into_iter().chain([100, 100]).chain([800; 20]) {
            minimum.push(level);
        }
        assert_eq!(minimum.floor, 800);
    }

    #[test]
    fn keeps_the_lowest_of_the_last_hundred() {
        // Falling levels: each is the lowest so far, and none is dropped before its time.
        let mut minimum = Minimum::default();
        for level in (0..300).rev() {
            minimum.push(level);
            assert!(minimum.levels[..minimum.kept].is_sorted());
            assert_eq!(minimum.levels[0], level);
        }
        // Rising ones: the memory lets go of them one by one.
        for level in 1..400 {
            minimum.push(level);
            assert!(minimum.levels.is_sorted());
            assert!(minimum.levels[0] >= level - i16::from(MEMORY) - KEPT as i16, "{minimum:?}");
        }
    }
}
