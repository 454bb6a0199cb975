//! Any packet in, whole frames out.

use crate::audio::Sample;

/// What a detector looks at for one score, in samples at its own rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FrameSpec {
    /// Sample rate in Hz that the detector works at.
    pub rate: u32,
    /// Samples in a frame.
    pub frame: usize,
    /// Samples from the start of one frame to the start of the next; from 1 to `frame`.
    pub hop: usize,
    /// Samples that a score has heard beyond the hop that it is about: by so much it comes later than that hop's end.
    pub lookahead: usize,
}

impl FrameSpec {
    /// Frames that follow each other without overlap, with scores about themselves: no look-ahead.
    pub const fn adjacent(rate: u32, frame: usize) -> Self {
        Self { rate, frame, hop: frame, lookahead: 0 }
    }

    /// Overlapping frames, each of whose scores is about the first hop of its frame: the rest is look-ahead.
    pub const fn overlapping(rate: u32, frame: usize, hop: usize) -> Self {
        Self { rate, frame, hop, lookahead: frame.saturating_sub(hop) }
    }

    /// How many frames a recording of `samples` samples has: one for each hop begun.
    ///
    /// Frame `i` covers samples `i * hop .. i * hop + frame`; what lies beyond the end counts as zeros.
    pub fn frames(&self, samples: usize) -> usize {
        samples.div_ceil(self.hop.max(1))
    }
}

/// Cuts a stream of packets into frames, overlapping where the hop is shorter than the frame.
///
/// Frames are given out as a slice in which they lie a hop apart: mostly one, or more at a time where there is room for
/// more and the packet is long.
#[derive(Clone, Debug)]
pub(crate) struct Framer {
    samples: Vec<f32>, // room for the frames
    filled: usize,
    frame: usize,
    hop: usize,
    returned: usize, // frames that were given out: a hop for each goes before the next
}

impl Framer {
    /// A framer for a detector's frames, up to `frames` at a time, at least one; a hop of 0 or beyond the frame counts
    /// as the frame.
    pub(crate) fn new(spec: FrameSpec, frames: usize) -> Self {
        let frame = spec.frame.max(1);
        let hop = if (1..=frame).contains(&spec.hop) { spec.hop } else { frame };
        let room = frame + hop * frames.saturating_sub(1);
        Self { samples: vec![0.0; room], filled: 0, frame, hop, returned: 0 }
    }

    /// Takes samples from the front of `packet`, as many as there is room for, and returns the frames that are whole;
    /// `None` once the packet is used up.
    pub(crate) fn push<S: Sample>(&mut self, packet: &mut &[S]) -> Option<&[f32]> {
        self.fill(|space| {
            let (head, rest) = packet.split_at(space.len().min(packet.len()));
            for (slot, sample) in space.iter_mut().zip(head) {
                *slot = sample.to_f32();
            }
            *packet = rest;
            head.len()
        })
    }

    /// Lets `write` fill the free room, and returns the frames that are whole, if any.
    ///
    /// `write` returns how many samples it wrote to the front of the slice that it is given.
    pub(crate) fn fill(&mut self, write: impl FnOnce(&mut [f32]) -> usize) -> Option<&[f32]> {
        self.advance();
        let space = &mut self.samples[self.filled..];
        self.filled += write(space).min(space.len());
        self.returned = (self.filled + self.hop).saturating_sub(self.frame) / self.hop;
        let whole = self.frame + self.hop * self.returned.checked_sub(1)?;
        Some(&self.samples[..whole])
    }

    /// After the last packet: the next frame, with zeros for what it lacks; `None` once there is none.
    pub(crate) fn finish(&mut self) -> Option<&[f32]> {
        self.advance();
        if self.filled < self.frame {
            self.samples[self.filled..self.frame].fill(0.0);
        }
        self.returned = usize::from(self.filled > 0);
        (self.filled > 0).then_some(&self.samples[..self.frame])
    }

    /// What was given out last, until the next samples are taken in.
    pub(crate) fn given_out(&self) -> &[f32] {
        &self.samples[..self.frame + self.hop * self.returned.saturating_sub(1)]
    }

    /// Forgets all samples.
    pub(crate) fn reset(&mut self) {
        self.filled = 0;
        self.returned = 0;
    }

    /// Drops a hop for each frame that was given out.
    fn advance(&mut self) {
        let dropped = self.filled.min(self.returned * self.hop);
        self.samples.copy_within(dropped..self.filled, 0);
        self.filled -= dropped;
        self.returned = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(spec: FrameSpec, at_once: usize, samples: &[f32], packet: usize) -> Vec<Vec<f32>> {
        let mut framer = Framer::new(spec, at_once);
        let (frame, hop) = (framer.frame, framer.hop);
        let mut frames = Vec::new();
        for mut packet in samples.chunks(packet) {
            while let Some(whole) = framer.push(&mut packet) {
                assert_eq!((whole.len() - frame) % hop, 0);
                frames.extend(whole.windows(frame).step_by(hop).map(<[f32]>::to_vec));
            }
        }
        while let Some(frame) = framer.finish() {
            frames.push(frame.to_vec());
        }
        frames
    }

    #[test]
    fn every_packet_size_gives_the_same_frames() {
        for (frame, hop) in [(4, 4), (5, 2), (7, 3), (6, 1), (1, 1)] {
            let spec = FrameSpec::overlapping(16_000, frame, hop);
            for length in 0..30 {
                let samples: Vec<f32> = (1..=length).map(|n| n as f32).collect();
                let expected: Vec<Vec<f32>> = (0..spec.frames(samples.len()))
                    .map(|i| (i * hop..i * hop + frame).map(|n| samples.get(n).copied().unwrap_or(0.0)).collect())
                    .collect();
                for (packet, at_once) in (1..12).flat_map(|packet| [1, 2, 5].map(|at_once| (packet, at_once))) {
                    let found = frames(spec, at_once, &samples, packet);
                    assert_eq!(found, expected, "{spec:?}, {length} samples, {packet} a packet, {at_once} frames");
                }
            }
        }
    }

    #[test]
    fn a_long_packet_gives_many_frames_at_a_time() {
        let mut framer = Framer::new(FrameSpec::overlapping(8000, 3, 2), 4);
        let packet: Vec<f32> = (0..8).map(|n| n as f32).collect();
        assert_eq!(framer.push(&mut &packet[..]), Some(&packet[..7]));
        assert_eq!(framer.push(&mut &packet[..1]), Some(&[6.0, 7.0, 0.0][..]), "what was left, and one more");
    }

    #[test]
    fn reset_forgets_a_frame_begun() {
        let mut framer = Framer::new(FrameSpec::adjacent(8000, 3), 1);
        assert_eq!(framer.push(&mut &[1.0_f32, 2.0][..]), None);
        framer.reset();
        assert_eq!(framer.push(&mut &[3.0_f32, 4.0, 5.0][..]), Some(&[3.0, 4.0, 5.0][..]));
    }

    #[test]
    fn a_senseless_spec_is_mended() {
        assert_eq!(frames(FrameSpec::adjacent(8000, 0), 1, &[1.0, 2.0], 2), [[1.0], [2.0]]);
        assert_eq!(frames(FrameSpec::overlapping(8000, 2, 9), 1, &[1.0, 2.0, 3.0], 3), [[1.0, 2.0], [3.0, 0.0]]);
    }
}
