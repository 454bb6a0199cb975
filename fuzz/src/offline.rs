//! The official post-processing's rules, with the whole recording at hand.
//!
//! A second opinion on [`voiced::Segmenter`], which applies the same rules score by score: here the candidates are found
//! first, and the padding is laid out afterwards, as `get_speech_timestamps_from_probs` does it. Spans of time are numbers
//! with fractions, as there, and only what is a boundary is made whole.

use voiced::{Cut, FrameSpec, Segment, SegmentConfig};

/// The segments of a recording of `length` samples from its scores, for a legal configuration.
pub fn segments(scores: &[f32], spec: FrameSpec, length: u64, config: &SegmentConfig) -> Vec<Segment> {
    let samples = |ms: f64| f64::from(spec.rate) * ms / 1000.0;
    let pad = samples(config.speech_pad_ms);
    let delay = samples(config.delay_ms).round() as u64; // not the package's
    let mut candidates = Candidates {
        config: *config,
        offset: config.neg_threshold.unwrap_or((config.threshold - 0.15).max(0.01)),
        min_speech: samples(config.min_speech_ms),
        min_silence: samples(config.min_silence_ms),
        min_silence_at_cut: samples(config.min_silence_at_max_speech_ms),
        max_speech: f64::from(spec.rate) * config.max_speech_s - spec.hop as f64 - 2.0 * pad,
        speech: None,
        found: Vec::new(),
    };
    for (position, &score) in (0..).step_by(spec.hop).zip(scores) {
        if position + spec.hop as u64 > delay {
            candidates.hear(position, f64::from(score));
        }
    }
    let length = length.saturating_add(delay);
    let mut found = candidates.end(length);
    widen(&mut found, pad, length);
    let earlier = |time: u64| time.saturating_sub(delay);
    found.iter().map(|segment| Segment { start: earlier(segment.start), end: earlier(segment.end) }).collect()
}

/// Speech that goes on.
#[derive(Default)]
struct Speech {
    start: u64,
    /// Where the quiet that goes on began.
    quiet: Option<u64>,
    /// The silences behind it that it may be cut at, for [`Cut::LongestSilence`].
    silences: Vec<Segment>,
    /// The start of the last silence that it may be cut at, for [`Cut::LastSilence`], and where speech came back after it.
    last: Option<(u64, Option<u64>)>,
}

struct Candidates {
    config: SegmentConfig,
    offset: f64,
    min_speech: f64, // samples, as all that follow
    min_silence: f64,
    min_silence_at_cut: f64,
    max_speech: f64,
    speech: Option<Speech>,
    found: Vec<Segment>, // before padding
}

impl Candidates {
    fn hear(&mut self, now: u64, score: f64) {
        let onset = score >= self.config.threshold;
        let Some(speech) = &mut self.speech else {
            if onset {
                self.speech = Some(Speech { start: now, ..Speech::default() });
            }
            return;
        };
        if onset && let Some(since) = speech.quiet.take() {
            if (now - since) as f64 > self.min_silence_at_cut {
                speech.silences.push(Segment { start: since, end: now });
            }
            if let Some((_, back @ None)) = &mut speech.last {
                *back = Some(now);
            }
        }
        if (now - speech.start) as f64 > self.max_speech && self.cut(now) {
            return;
        }
        let Some(speech) = &mut self.speech else { return };
        if score < self.offset {
            let since = *speech.quiet.get_or_insert(now);
            if self.config.cut == Cut::LastSilence && (now - since) as f64 > self.min_silence_at_cut {
                let back = speech.last.and_then(|(_, back)| back).filter(|&back| back >= since);
                speech.last = Some((since, back));
            }
            if (now - since) as f64 >= self.min_silence {
                let start = speech.start;
                self.speech = None;
                if (since - start) as f64 > self.min_speech {
                    self.found.push(Segment { start, end: since });
                }
            }
        }
    }

    /// Ends speech that is too long, and says whether that used up the score.
    fn cut(&mut self, now: u64) -> bool {
        let Some(speech) = self.speech.take() else { return false };
        let longest = speech.silences.iter().rev().max_by_key(|silence| silence.end - silence.start);
        let (end, rest) = match (self.config.cut, longest, speech.last) {
            (Cut::LongestSilence, Some(silence), _) => (silence.start, Some(silence.end)),
            (Cut::LastSilence, _, Some((start, back))) => (start, back),
            _ => (now, None),
        };
        self.found.push(Segment { start: speech.start, end });
        self.speech = rest.map(|start| Speech { start, ..Speech::default() });
        end == now && rest.is_none()
    }

    fn end(mut self, length: u64) -> Vec<Segment> {
        if let Some(Speech { start, .. }) = self.speech
            && length.saturating_sub(start) as f64 > self.min_speech
        {
            self.found.push(Segment { start, end: length });
        }
        self.found
    }
}

/// Pads segments on both sides, by half of the gap where the next is closer than twice the padding.
///
/// What is made whole of a number is its whole part, as Python's `int` does it.
fn widen(found: &mut [Segment], pad: f64, length: u64) {
    let before = |time: u64| (time as f64 - pad).max(0.0) as u64;
    let after = |time: u64| (time as f64 + pad).min(length as f64) as u64;
    for index in 0..found.len() {
        if index == 0 {
            found[0].start = before(found[0].start);
        }
        let Some(next) = found.get(index + 1).map(|next| next.start) else {
            found[index].end = after(found[index].end);
            continue;
        };
        let gap = next - found[index].end;
        if (gap as f64) < 2.0 * pad {
            found[index].end += gap / 2;
            found[index + 1].start -= gap / 2;
        } else {
            found[index].end = after(found[index].end);
            found[index + 1].start = before(next);
        }
    }
}
