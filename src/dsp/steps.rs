//! The short windows inside a long frame, each seen once.

/// Cuts overlapping frames into the windows that a detector has not seen yet.
///
/// A frame holds `count` windows that begin a hop apart, and the next frame begins a hop later: of the first frame
/// all windows are new, of each later one only the last.
///
/// ```text
/// frame 0   [window 0]
///              [window 1]
///                 [window 2]
/// frame 1      ...............
///                    [window 3]
/// ```
#[derive(Clone, Debug)]
pub struct Steps {
    window: usize, // samples
    hop: usize,    // samples
    count: usize,
    seen: bool,
}

impl Steps {
    /// Windows of `window` samples, `count` of them in a frame, `hop` samples apart.
    pub fn new(window: usize, hop: usize, count: usize) -> Self {
        Self { window, hop, count: count.max(1), seen: false }
    }

    /// Samples in a frame.
    pub fn frame(&self) -> usize {
        (self.count - 1) * self.hop + self.window
    }

    /// The windows of the next frame that are new, shorter or empty where the frame ends early.
    pub fn unseen<'a>(&mut self, frame: &'a [f32]) -> impl Iterator<Item = &'a [f32]> + use<'a> {
        let Self { window, hop, count, .. } = *self;
        let first = if self.seen { count - 1 } else { 0 };
        self.seen = true;
        (first..count).map(move |step| {
            let rest = frame.get(step * hop..).unwrap_or_default();
            &rest[..rest.len().min(window)]
        })
    }

    /// Makes the next frame the first.
    pub fn reset(&mut self) {
        self.seen = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_window_is_seen_once() {
        let samples: Vec<f32> = (0..40).map(|n| n as f32).collect();
        for (window, hop, count) in [(4, 4, 1), (4, 4, 3), (6, 3, 4), (5, 2, 2)] {
            let mut steps = Steps::new(window, hop, count);
            let frame = steps.frame();
            let mut seen = Vec::new();
            for start in (0..=samples.len() - frame).step_by(hop) {
                seen.extend(steps.unseen(&samples[start..start + frame]).map(<[f32]>::to_vec));
            }
            let expected: Vec<_> = samples.windows(window).step_by(hop).map(<[f32]>::to_vec).collect();
            assert_eq!(seen, expected, "{window} {hop} {count}");
        }
    }

    #[test]
    fn a_short_frame_has_short_windows() {
        let mut steps = Steps::new(4, 2, 3);
        let lengths: Vec<usize> = steps.unseen(&[1.0; 3]).map(<[f32]>::len).collect();
        assert_eq!(lengths, [3, 1, 0]);
        assert_eq!(steps.unseen(&[1.0; 3]).count(), 1);
        steps.reset();
        assert_eq!(steps.unseen(&[1.0; 8]).count(), 3);
    }
}
