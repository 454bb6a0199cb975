//! A detector whose scores are written into the audio, so that a test says what it hears.
//!
//! It works at 1,000 Hz, where a millisecond is a sample, with a hop of [`HOP`] samples. The first sample of a hop is its score; the
//! others are all different, so that audio that is not the recording's is seen.

use voiced::{Cut, Detector, Event, FrameSpec, Segment, SegmentConfig, Stream, Update, segments_from_scores};

use super::common::{events, finish, push, scores, settings};

pub(crate) const RATE: u32 = 1000;
pub(crate) const HOP: usize = 10;

/// See the [module](self).
#[derive(Clone, Debug)]
pub(crate) struct Script {
    /// Samples in a frame, from [`HOP`] on.
    pub(crate) frame: usize,
}

impl Detector for Script {
    fn spec(&self) -> FrameSpec {
        FrameSpec::overlapping(RATE, self.frame, HOP)
    }

    fn score(&mut self, frame: &[f32]) -> f32 {
        frame[0]
    }

    fn reset(&mut self) {}
}

/// A stream of such audio.
pub(crate) type ScriptStream = Stream<Script, f32>;

/// A stream over frames of so many samples, which keeps audio with so much before a start.
pub(crate) fn stream(frame: usize, config: &SegmentConfig, pre_roll_ms: f64) -> ScriptStream {
    Stream::new(Script { frame }, RATE, config).unwrap().with_audio(pre_roll_ms).unwrap()
}

/// A recording of these scores, one a hop.
pub(crate) fn recording(scores: &[f32]) -> Vec<f32> {
    let sample = |n: usize| if n.is_multiple_of(HOP) { scores[n / HOP] } else { -(n as f32) };
    (0..scores.len() * HOP).map(sample).collect()
}

/// Scores from a picture: `#` is speech, `-` lies between the thresholds, `.` is silence, `?` is no number.
pub(crate) fn picture(text: &str) -> Vec<f32> {
    let score = |c| match c {
        '#' => 0.9,
        '-' => 0.4,
        '.' => 0.0,
        '?' => f32::NAN,
        other => panic!("{other} is no score"),
    };
    text.chars().filter(|c| !c.is_whitespace()).map(score).collect()
}

/// Settings without padding or least speech, in which the second quiet hop ends speech, but for what `change` changes.
pub(crate) fn quick(change: impl FnOnce(&mut SegmentConfig)) -> SegmentConfig {
    settings(|config| {
        (config.min_speech_ms, config.min_silence_ms, config.speech_pad_ms) = (0.0, 10.0, 0.0);
        config.min_silence_at_max_speech_ms = 0.0;
        change(config);
    })
}

/// What a stream tells of a picture but for speech that goes on, with the number of the frame that tells it; the audio of every
/// start and end is checked, and the segments are the offline ones.
pub(crate) fn told(frame: usize, config: &SegmentConfig, text: &str) -> Vec<(usize, Event)> {
    let hops = picture(text);
    let samples = recording(&hops);
    let mut stream = Stream::new(Script { frame }, RATE, config).unwrap();
    if config.look_back(stream.spec()).unwrap().is_some() {
        stream = stream.with_audio(0.0).unwrap();
    }
    let mut updates: Vec<Update> = Vec::new();
    let mut rest = &samples[..];
    while let Some(update) = stream.push(&mut rest) {
        check_starts(&stream, config, &samples, update);
        updates.push(update);
    }
    while let Some(update) = stream.finish() {
        check_starts(&stream, config, &samples, update);
        updates.push(update);
    }
    let expected = segments_from_scores(&hops, stream.spec(), samples.len() as u64, config).unwrap();
    let found: Vec<Segment> = events(&updates).into_iter().filter_map(Event::segment).collect();
    assert_eq!(found, expected, "{text}");

    let mut again = Stream::new(Script { frame }, RATE, config).unwrap();
    let in_pieces: Vec<Update> = samples.chunks(7).flat_map(|packet| push(&mut again, packet)).collect();
    let in_pieces = [in_pieces, finish(&mut again)].concat();
    assert_eq!(format!("{in_pieces:?}"), format!("{updates:?}"), "as text, since NaN is not itself");
    assert_eq!(scores(&updates).len(), hops.len());

    let numbered = updates.iter().enumerate().flat_map(|(n, update)| update.events.into_iter().map(move |e| (n, e)));
    numbered.filter(|(_, event)| !matches!(event, Event::Continue { .. })).collect()
}

fn check_starts(stream: &ScriptStream, config: &SegmentConfig, samples: &[f32], update: Update) {
    let look_back = config.look_back(stream.spec()).unwrap();
    for event in update.events {
        if let (Event::Start { at }, Some(look_back)) = (event, look_back) {
            let heard = (update.end - HOP as u64 + stream.spec().frame as u64).min(samples.len() as u64);
            assert!(heard - at <= look_back, "{at} at {heard} is further back than {look_back}");
            let kept = stream.audio(at..update.end).expect("what a start looks back to");
            assert_eq!(bits(kept), bits(&samples[at as usize..update.end as usize]));
        }
    }
}

pub(crate) fn bits(samples: &[f32]) -> Vec<u32> {
    samples.iter().map(|sample| sample.to_bits()).collect()
}

/// The event of a start.
pub(crate) fn start(at: u64) -> Event {
    Event::Start { at }
}

/// The event of an end.
pub(crate) fn end(start: u64, end: u64) -> Event {
    Event::End(Segment { start, end })
}

/// Settings that cut speech after so many milliseconds.
pub(crate) fn limited(max_ms: f64, cut: Cut) -> SegmentConfig {
    quick(|c| (c.max_speech_s, c.cut, c.min_silence_ms) = (max_ms / 1000.0, cut, 50.0))
}
