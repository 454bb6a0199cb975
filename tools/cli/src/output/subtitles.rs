//! Subtitles: one cue for each segment.

use super::Speech;
use super::time::clock;

/// `SubRip`: cues are numbered from 1, and milliseconds follow a comma.
pub(super) fn srt(speech: &Speech) -> String {
    let cues: Vec<String> = (1..).zip(cues(speech, ',')).map(|(number, cue)| format!("{number}\n{cue}\n")).collect();
    cues.concat()
}

/// `WebVTT` (W3C): a header line, and milliseconds after a point.
pub(super) fn vtt(speech: &Speech) -> String {
    std::iter::once("WEBVTT\n\n".to_owned()).chain(cues(speech, '.').map(|cue| cue + "\n")).collect()
}

/// Timing line and text of each cue.
fn cues(speech: &Speech, separator: char) -> impl Iterator<Item = String> {
    let time = move |samples| clock(samples, speech.rate, separator);
    speech.segments.iter().map(move |segment| format!("{} --> {}\nspeech\n", time(segment.start), time(segment.end)))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{example, silent};
    use super::*;

    #[test]
    fn srt_is_numbered() {
        let expected = "1\n00:00:00,100 --> 00:00:01,200\nspeech\n\n2\n00:00:30,000 --> 00:01:00,000\nspeech\n\n";
        assert_eq!(srt(&example()), expected);
        assert_eq!(srt(&silent(10)), "");
    }

    #[test]
    fn vtt_has_its_header() {
        let expected = "WEBVTT\n\n00:00:00.100 --> 00:00:01.200\nspeech\n\n00:00:30.000 --> 00:01:00.000\nspeech\n\n";
        assert_eq!(vtt(&example()), expected);
        assert_eq!(vtt(&silent(10)), "WEBVTT\n\n");
    }
}
