//! The caller's own samples, kept for a while.

use std::ops::Range;

use crate::audio::Sample;

/// The last samples of a recording, at most a fixed number of them, every stretch in one piece.
///
/// Each sample lies in two places, as far apart as there is room: whatever stretch is asked for does not wrap around in one of
/// them, and no packet costs more than its own length.
#[derive(Clone, Debug)]
pub(crate) struct Kept<S> {
    samples: Vec<S>, // (2, room): sample `n` of the recording at `n % room` of both
    end: u64,        // samples of the recording so far
}

impl<S: Sample> Kept<S> {
    /// Keeps the last `room` samples.
    pub(crate) fn new(room: usize) -> Self {
        Self { samples: vec![S::default(); 2 * room], end: 0 }
    }

    /// How many samples are kept at most.
    pub(crate) fn room(&self) -> usize {
        self.samples.len() / 2
    }

    /// Takes in the next samples; the oldest go.
    pub(crate) fn push(&mut self, samples: &[S]) {
        let room = self.room();
        self.end += samples.len() as u64;
        let mut rest = &samples[samples.len().saturating_sub(room)..];
        while !rest.is_empty() {
            let at = ((self.end - rest.len() as u64) % room as u64) as usize;
            let (piece, behind) = rest.split_at(rest.len().min(room - at));
            self.samples[at..at + piece.len()].copy_from_slice(piece);
            self.samples[room + at..room + at + piece.len()].copy_from_slice(piece);
            rest = behind;
        }
    }

    /// A stretch of the recording; `None` where it is not kept whole. Nothing is always there.
    pub(crate) fn range(&self, range: Range<u64>) -> Option<&[S]> {
        if range.is_empty() {
            return Some(&[]);
        }
        let oldest = self.end.saturating_sub(self.room() as u64);
        if range.start < oldest || range.end > self.end {
            return None;
        }
        let at = range.start.checked_rem(self.room() as u64)? as usize;
        self.samples.get(at..at + (range.end - range.start) as usize)
    }

    /// Forgets all samples.
    pub(crate) fn reset(&mut self) {
        self.end = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_kept_sample_is_there_and_the_one_before_is_not() {
        for room in 1..9 {
            for packet in 1..20_usize {
                let mut kept = Kept::new(room);
                let samples: Vec<i16> = (0..60).collect();
                let mut taken = 0;
                for packet in samples.chunks(packet) {
                    kept.push(packet);
                    taken += packet.len() as u64;
                    let oldest = taken.saturating_sub(room as u64);
                    for start in 0..=taken {
                        for end in start..=taken {
                            let expected =
                                (start >= oldest || start == end).then(|| &samples[start as usize..end as usize]);
                            assert_eq!(kept.range(start..end), expected, "{room} {start}..{end} of {taken}");
                        }
                    }
                    assert_eq!(kept.range(oldest..taken + 1), None);
                }
            }
        }
    }

    #[test]
    fn what_keeps_nothing_has_nothing_and_reset_forgets() {
        let mut nothing = Kept::new(0);
        nothing.push(&[1_i16, 2]);
        assert_eq!((nothing.range(0..1), nothing.range(1..2)), (None, None));
        let mut kept = Kept::new(4);
        kept.push(&[1_i16, 2]);
        kept.reset();
        assert_eq!((kept.range(0..1), kept.range(0..0)), (None, Some(&[][..])));
        #[allow(clippy::reversed_empty_ranges, reason = "that is the case")]
        let reversed = 1..0;
        assert_eq!(kept.range(reversed), Some(&[][..]), "a range of nothing");
    }
}
