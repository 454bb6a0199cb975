//! From results to text: pure functions, one for each format.

mod lists;
mod subtitles;
mod table;
mod textgrid;
pub(crate) mod time;

pub(crate) use lists::rttm_name;

use clap::ValueEnum;
use serde_json::{Value, json};
use voiced::{Cut, Segment, SegmentConfig};

use crate::channel::Ear;

/// The speech that was found in a recording, or in one of its channels.
#[derive(Clone, Debug)]
pub(crate) struct Speech {
    /// The recording's path as it was given.
    pub(crate) file: String,
    /// Which channel was listened to.
    pub(crate) ear: Ear,
    /// Sample rate of the recording in Hz; segments and length count at it.
    pub(crate) rate: u32,
    /// Samples of each channel.
    pub(crate) length: u64,
    /// The detector's name.
    pub(crate) detector: &'static str,
    /// In order, without overlap.
    pub(crate) segments: Vec<Segment>,
}

/// How segments are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A table for people
    Text,
    /// One object per recording and line
    Json,
    /// One segment a line
    Csv,
    /// NIST rich transcription, one segment a line, as diarisation tools read it
    Rttm,
    /// Label tracks for Audacity
    Audacity,
    #[value(help = "SubRip subtitles")]
    Srt,
    #[value(help = "WebVTT subtitles")]
    Vtt,
    #[value(help = "Praat TextGrid, with intervals of silence and speech")]
    Textgrid,
}

impl Format {
    /// What the names of its documents end in, where each recording is a document of its own.
    pub(crate) fn document(self) -> Option<&'static str> {
        match self {
            Self::Text | Self::Json | Self::Csv | Self::Rttm => None,
            Self::Audacity => Some("txt"),
            Self::Srt => Some("srt"),
            Self::Vtt => Some("vtt"),
            Self::Textgrid => Some("TextGrid"),
        }
    }

    /// What stands once before all results; `by_channel` tells whether channels were told apart.
    pub(crate) fn heading(self, by_channel: bool) -> &'static str {
        match self {
            Self::Csv => lists::csv_heading(by_channel),
            _ => "",
        }
    }

    /// The text for one result.
    pub(crate) fn render(self, speech: &Speech) -> String {
        match self {
            Self::Text => table::text(speech),
            Self::Json => lists::json(speech),
            Self::Csv => lists::csv(speech),
            Self::Rttm => lists::rttm(speech),
            Self::Audacity => lists::audacity(speech),
            Self::Srt => subtitles::srt(speech),
            Self::Vtt => subtitles::vtt(speech),
            Self::Textgrid => textgrid::textgrid(speech),
        }
    }
}

/// The segmenter's settings as JSON, by the names of the library's fields; no limit is null.
pub(crate) fn settings(config: &SegmentConfig) -> Value {
    json!({
        "threshold": config.threshold,
        "neg_threshold": config.neg_threshold,
        "min_speech_ms": number(config.min_speech_ms),
        "min_silence_ms": number(config.min_silence_ms),
        "speech_pad_ms": number(config.speech_pad_ms),
        "max_speech_s": config.max_speech_s.is_finite().then_some(config.max_speech_s),
        "cut": match config.cut {
            Cut::LongestSilence => "longest-silence",
            Cut::LastSilence => "last-silence",
        },
        "min_silence_at_max_speech_ms": number(config.min_silence_at_max_speech_ms),
    })
}

/// A number that is not negative as JSON, without a point where it is whole.
fn number(number: f64) -> Value {
    let whole = number as u64; // saturates
    if whole as f64 == number { json!(whole) } else { json!(number) }
}

/// Text as a JSON string, quotes included.
pub(crate) fn json_string(text: &str) -> String {
    Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two segments in a minute at 16 kHz.
    pub(super) fn example() -> Speech {
        Speech {
            file: "a/my \"talk\", 1.wav".to_owned(),
            ear: None,
            rate: 16_000,
            length: 960_000,
            detector: "silero",
            segments: vec![Segment { start: 1600, end: 19_200 }, Segment { start: 480_001, end: 960_000 }],
        }
    }

    /// The same with another ear.
    pub(super) fn heard(ear: Ear) -> Speech {
        Speech { ear, ..example() }
    }

    /// A recording without speech.
    pub(super) fn silent(length: u64) -> Speech {
        Speech { length, segments: Vec::new(), ..example() }
    }

    #[test]
    fn whole_milliseconds_have_no_point() {
        let mut config = SegmentConfig::default();
        config.min_silence_ms = 62.5;
        let settings = settings(&config);
        assert_eq!([&settings["min_speech_ms"], &settings["min_silence_ms"]].map(Value::to_string), ["250", "62.5"]);
    }

    #[test]
    fn documents_are_those_that_cannot_be_joined() {
        let joined: Vec<_> = Format::value_variants().iter().filter(|format| format.document().is_none()).collect();
        assert_eq!(joined, [&Format::Text, &Format::Json, &Format::Csv, &Format::Rttm]);
    }
}
