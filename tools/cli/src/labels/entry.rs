//! One interval of a label file, before it is known which recording is wanted.

use std::path::Path;

use crate::fault::Fault;

/// What every reader gives for an interval.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    /// The recording that it is about, where the format says so.
    pub(super) recording: Option<String>,
    /// Seconds.
    pub(super) start: f64,
    pub(super) end: f64,
    pub(super) kind: Kind,
    /// Counted from 1.
    pub(super) line: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Speech,
    NotSpeech,
    /// To be left out of scoring.
    Ignored,
    /// May be scored, and nothing else may.
    Scored,
}

/// A line that cannot be read, or that says what cannot be.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Wrong {
    pub(super) line: u64,
    pub(super) reason: String,
}

impl Wrong {
    pub(super) fn new(line: u64, reason: impl Into<String>) -> Self {
        Self { line, reason: reason.into() }
    }

    pub(super) fn fault(self, path: &Path) -> Fault {
        Fault::new(format!("{}:{}", path.display(), self.line), self.reason)
    }
}

impl Entry {
    /// An interval that ends before it starts is an error.
    pub(super) fn check(&self) -> Result<(), Wrong> {
        let Self { start, end, line, .. } = *self;
        if end < start {
            return Err(Wrong::new(
                line,
                format!("the interval is reversed: it starts at {start} s and ends at {end} s"),
            ));
        }
        Ok(())
    }
}

/// Seconds, at least 0.
pub(super) fn seconds(text: &str) -> Result<f64, String> {
    match text.trim().parse::<f64>() {
        Ok(time) if time.is_finite() && time >= 0.0 => Ok(time),
        Ok(_) => Err(format!("the time {text} is not in a recording: it must be 0 s or more")),
        Err(_) => Err(format!("`{text}` is no time: seconds are wanted, as 1.25")),
    }
}

/// Labels of intervals without speech, in small letters: what corpora and their tools write.
const NOT_SPEECH: [&str; 14] = [
    "0",
    "#",
    "silence",
    "sil",
    "sp",
    "pause",
    "noise",
    "music",
    "nonspeech",
    "non-speech",
    "non_speech",
    "no_speech",
    "nospeech",
    "_",
];

/// What a label says; one that is not known for something else is speech, for it may be the words that were said.
pub(super) fn kind(label: &str) -> Kind {
    let word = label.trim().trim_start_matches('<').trim_end_matches('>').to_ascii_lowercase();
    if NOT_SPEECH.contains(&word.as_str()) { Kind::NotSpeech } else { Kind::Speech }
}
