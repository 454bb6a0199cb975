//! Any packet in, whole frames out.

use crate::audio::Sample;

/// What a detector looks at for one score, in samples at its own rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameSpec {
    /// Sample rate in Hz that the detector works at.
    pub rate: u32,
    /// Samples in a frame.
    pub frame: usize,
    /// Samples from the start of one frame to the start of the next; from 1 to `frame`.
    pub hop: usize,
    /// Samples that a score has heard beyond the hop that it is about: by so much it comes later than that hop's end.
    pub lookahead: usize,
    /// Samples from the start of the hop that a score is about to the start of its frame: by so much the scores lag
    /// behind the audio where score `i` is drawn at `i * hop`.
    pub delay: usize,
}

impl FrameSpec {
    /// Frames that follow each other without overlap, with scores about themselves: no look-ahead and no delay.
    pub const fn adjacent(rate: u32, frame: usize) -> Self {
        Self { rate, frame, hop: frame, lookahead: 0, delay: 0 }
    }

    /// Overlapping frames, each of whose scores is about the first hop of its frame: the rest is look-ahead.
    pub const fn overlapping(rate: u32, frame: usize, hop: usize) -> Self {
        Self { rate, frame, hop, lookahead: frame.saturating_sub(hop), delay: 0 }
    }

    /// How many frames a recording of `samples` samples has: one for each hop begun.
    ///
    /// Frame `i` covers samples `i * hop .. i * hop + frame`; what lies beyond the end counts as zeros.
    pub fn frames(&self, samples: usize) -> usize {
        samples.div_ceil(self.hop.max(1))
    }
}

/// Cuts a stream of packets into frames, overlapping where the hop is shorter than the frame.
#[derive(Clone, Debug)]
pub struct Framer {
    samples: Vec<f32>, // (frame)
    filled: usize,
    hop: usize,
    returned: bool, // the frame was given out: a hop goes before the next
}

impl Framer {
    /// A framer for a detector's frames; a hop of 0 or beyond the frame counts as the frame.
    pub fn new(spec: FrameSpec) -> Self {
        let frame = spec.frame.max(1);
        let hop = if (1..=frame).contains(&spec.hop) { spec.hop } else { frame };
        Self { samples: vec![0.0; frame], filled: 0, hop, returned: false }
    }

    /// Takes samples from the front of `packet` until a frame is whole, and returns it; `None` once the packet is used
    /// up.
    pub fn push<S: Sample>(&mut self, packet: &mut &[S]) -> Option<&[f32]> {
        self.fill(|space| {
            let (head, rest) = packet.split_at(space.len().min(packet.len()));
            for (slot, sample) in space.iter_mut().zip(head) {
                *slot = sample.to_f32();
            }
            *packet = rest;
            head.len()
        })
    }

    /// Lets `write` fill the room that is left in the next frame, and returns the frame if it is whole.
    ///
    /// `write` returns how many samples it wrote to the front of the slice that it is given.
    pub fn fill(&mut self, write: impl FnOnce(&mut [f32]) -> usize) -> Option<&[f32]> {
        self.advance();
        let space = &mut self.samples[self.filled..];
        self.filled += write(space).min(space.len());
        self.returned = self.filled == self.samples.len();
        self.returned.then_some(&self.samples[..])
    }

    /// After the last packet: the next frame, with zeros for what it lacks; `None` once there is none.
    pub fn finish(&mut self) -> Option<&[f32]> {
        self.advance();
        self.samples[self.filled..].fill(0.0);
        self.returned = self.filled > 0;
        self.returned.then_some(&self.samples[..])
    }

    /// The frame that was given out last, until the next samples are taken in.
    pub fn frame(&self) -> &[f32] {
        &self.samples
    }

    /// Forgets all samples.
    pub fn reset(&mut self) {
        self.filled = 0;
        self.returned = false;
    }

    /// Drops a hop if the frame was given out.
    fn advance(&mut self) {
        if self.returned {
            let dropped = self.filled.min(self.hop);
            self.samples.copy_within(dropped..self.filled, 0);
            self.filled -= dropped;
            self.returned = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(spec: FrameSpec, samples: &[f32], packet: usize) -> Vec<Vec<f32>> {
        let mut framer = Framer::new(spec);
        let mut frames = Vec::new();
        for mut packet in samples.chunks(packet) {
            while let Some(frame) = framer.push(&mut packet) {
                frames.push(frame.to_vec());
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
                for packet in 1..12 {
                    let found = frames(spec, &samples, packet);
                    assert_eq!(found, expected, "{spec:?}, {length} samples, {packet} a packet");
                }
            }
        }
    }

    #[test]
    fn reset_forgets_a_frame_begun() {
        let mut framer = Framer::new(FrameSpec::adjacent(8000, 3));
        assert_eq!(framer.push(&mut &[1.0_f32, 2.0][..]), None);
        framer.reset();
        assert_eq!(framer.push(&mut &[3.0_f32, 4.0, 5.0][..]), Some(&[3.0, 4.0, 5.0][..]));
    }

    #[test]
    fn a_senseless_spec_is_mended() {
        assert_eq!(frames(FrameSpec::adjacent(8000, 0), &[1.0, 2.0], 2), [[1.0], [2.0]]);
        assert_eq!(frames(FrameSpec::overlapping(8000, 2, 9), &[1.0, 2.0, 3.0], 3), [[1.0, 2.0], [3.0, 0.0]]);
    }
}
