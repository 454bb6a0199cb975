//! A detector of your own behind the same stream and segmenter: `cargo run --example own_detector`

use voiced::{Detector, FrameSpec, SegmentConfig, segments};

/// Takes for speech whatever is louder than a fixed level.
struct Loud {
    /// Root mean square of a frame at which the score is 0.5; full scale is 1.
    level: f32,
}

impl Detector for Loud {
    fn spec(&self) -> FrameSpec {
        FrameSpec::overlapping(16_000, 320, 160) // 20 ms, every 10 ms
    }

    fn score(&mut self, frame: &[f32]) -> f32 {
        let power = frame.iter().filter(|x| x.is_finite()).map(|x| x * x).sum::<f32>() / 320.0;
        (0.5 * power.sqrt() / self.level).min(1.0)
    }

    fn reset(&mut self) {} // nothing is kept from frame to frame
}

fn main() -> Result<(), voiced::Error> {
    // A second of silence, a second of a tone, and a second of silence, at a rate that the detector does not know.
    let rate = 44_100;
    let samples: Vec<f32> =
        (0..3 * rate).map(|n| if n / rate == 1 { (n as f32 * 0.05).sin() * 0.3 } else { 0.0 }).collect();
    for segment in segments(Loud { level: 0.05 }, &samples, rate, &SegmentConfig::default())? {
        println!(
            "loud from {:.3} to {:.3} s",
            segment.start as f64 / f64::from(rate),
            segment.end as f64 / f64::from(rate)
        );
    }
    Ok(())
}
