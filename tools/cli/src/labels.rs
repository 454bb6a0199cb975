//! Label files: when speech is, as people wrote it down or as another program found it.
//!
//! The file's extension tells its format; every reader gives the same [`Entry`] for an interval, and the checks are
//! made here, once for all of them.

mod csv;
mod entry;
mod lines;
pub(crate) mod place;
mod textgrid;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use voiced::Segment;
use voiced::metrics::Reference;

use crate::fault::Fault;
use crate::output::rttm_name;
use entry::{Entry, Kind, Wrong};

/// Seconds by which an interval may reach beyond its recording: what is rounded and what codecs pad. It is cut there.
const BEYOND: f64 = 0.1;

/// What a label file says about one recording.
#[derive(Clone, Debug)]
pub(crate) struct Labels {
    path: PathBuf,
    /// Intervals of speech, as they were written.
    speech: Vec<Interval>,
    /// Intervals that are to be left out of scoring.
    ignored: Vec<Interval>,
    /// What may be scored, where the file limits it: a UEM.
    scored: Option<Vec<Interval>>,
}

/// A stretch of time with the line that it was read from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Interval {
    /// Seconds.
    pub(crate) start: f64,
    /// Seconds, at least `start`.
    pub(crate) end: f64,
    line: u64,
}

/// What it means when a file about several recordings says nothing about the one that is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Absent {
    /// The file does not belong to the recording.
    Fault,
    /// No speech was found in it: programs that write RTTM have no line for such a recording.
    Silence,
}

/// A reader: the entries of a file's text.
type Read = fn(&str, Option<&str>) -> Result<Vec<Entry>, Wrong>;

/// The label formats by extension, in small letters.
const FORMATS: [(&str, Read); 7] = [
    ("lab", |text, _| lines::lab(text)),
    ("rttm", |text, _| lines::rttm(text)),
    ("scv", |text, _| lines::scv(text)),
    ("textgrid", textgrid::read),
    ("csv", |text, _| csv::read(text)),
    ("ign", |text, _| lines::ignored(text)),
    ("uem", |text, _| lines::uem(text)),
];

/// Audacity's labels end in what many other texts end in, too.
const AUDACITY: &str = "txt";

impl Labels {
    /// Reads what the file at `path` says about `recording`, in the format that its extension tells.
    ///
    /// `tier` names the tier of a `TextGrid`; without it there must be only one.
    pub(crate) fn read(path: &Path, recording: &Path, tier: Option<&str>, absent: Absent) -> Result<Self, Fault> {
        let bytes = std::fs::read(path).map_err(|e| Fault::io(path, &e))?;
        Self::parse(path, &bytes, recording, tier, absent)
    }

    /// The same from a file's bytes.
    pub(crate) fn parse(
        path: &Path,
        bytes: &[u8],
        recording: &Path,
        tier: Option<&str>,
        absent: Absent,
    ) -> Result<Self, Fault> {
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        let extension = extension.to_ascii_lowercase();
        let reader = if extension == AUDACITY {
            |text: &str, _: Option<&str>| lines::audacity(text)
        } else {
            FORMATS.iter().find(|(known, _)| *known == extension).map(|&(_, read)| read).ok_or_else(|| {
                let known: Vec<_> = FORMATS.iter().map(|(name, _)| *name).chain([AUDACITY]).collect();
                let reason = format!("not a label file by its name: it must end in {}", known.join(", "));
                Fault::new(path.display().to_string(), reason)
            })?
        };
        let entries = reader(&decode(bytes), tier).map_err(|wrong| wrong.fault(path))?;
        for entry in &entries {
            entry.check().map_err(|wrong| wrong.fault(path))?;
        }
        Ok(Self::new(path, about(path, entries, recording, absent)?))
    }

    fn new(path: &Path, entries: Vec<Entry>) -> Self {
        let mut labels = Self { path: path.to_owned(), speech: Vec::new(), ignored: Vec::new(), scored: None };
        if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("uem")) {
            labels.scored = Some(Vec::new());
        }
        for Entry { start, end, kind, line, .. } in entries {
            let interval = Interval { start, end, line };
            match kind {
                Kind::Speech => labels.speech.push(interval),
                Kind::Ignored => labels.ignored.push(interval),
                Kind::Scored => labels.scored.get_or_insert_default().push(interval),
                Kind::NotSpeech => {}
            }
        }
        labels
    }

    /// The speech in a recording of `length` samples at `rate` Hz, in order; what overlaps or touches is united.
    ///
    /// An interval that reaches beyond the end is an error.
    pub(crate) fn speech(&self, rate: u32, length: u64) -> Result<Vec<Segment>, Fault> {
        let speech = self.segments(&self.speech, rate, length)?;
        Ok(self.checked(Reference::new(rate, length, &speech, &[]))?.speech().to_vec())
    }

    /// What is to be left out of scoring, likewise.
    pub(crate) fn ignored(&self, rate: u32, length: u64) -> Result<Vec<Segment>, Fault> {
        let mut ignored = self.segments(&self.ignored, rate, length)?;
        if let Some(scored) = &self.scored {
            let scored = self.segments(scored, rate, length)?;
            ignored.extend(self.checked(Reference::with_uem(rate, length, &[], &scored))?.ignored());
        }
        Ok(self.checked(Reference::new(rate, length, &[], &ignored))?.ignored())
    }

    fn checked(&self, reference: Result<Reference, voiced::Error>) -> Result<Reference, Fault> {
        reference.map_err(|e| Fault::new(self.path.display().to_string(), e))
    }

    /// The lines of the first two intervals of speech that overlap, where there are some.
    pub(crate) fn overlap(&self) -> Option<Fault> {
        let mut speech: Vec<&Interval> = self.speech.iter().collect();
        speech.sort_by(|a, b| a.start.total_cmp(&b.start));
        let pair = speech.windows(2).find(|pair| pair[1].start < pair[0].end)?;
        let reason = format!("this speech overlaps that of line {}: they count as one", pair[0].line);
        Some(Fault::new(format!("{}:{}", self.path.display(), pair[1].line), reason))
    }

    fn segments(&self, intervals: &[Interval], rate: u32, length: u64) -> Result<Vec<Segment>, Fault> {
        let all = length as f64 / f64::from(rate);
        let sample = |seconds: f64| ((seconds * f64::from(rate)).round() as u64).min(length);
        let segment = |&Interval { start, end, line }: &Interval| {
            if end > all + BEYOND {
                let reason =
                    format!("{start:.3} to {end:.3} s reaches beyond the recording, which ends at {all:.3} s");
                return Err(Fault::new(format!("{}:{line}", self.path.display()), reason));
            }
            Ok(Segment { start: sample(start), end: sample(end) })
        };
        intervals.iter().map(segment).collect()
    }
}

/// The entries about `recording`: those that name it, or all of them where entries name no recording.
///
/// A name may have an audio file's extension or not, and `a.mp3` may be that of `a.mp3.wav`.
fn about(path: &Path, entries: Vec<Entry>, recording: &Path, absent: Absent) -> Result<Vec<Entry>, Fault> {
    let wanted = rttm_name(&recording.display().to_string());
    let is_about =
        |entry: &Entry| entry.recording.as_ref().is_none_or(|name| *name == wanted || rttm_name(name) == wanted);
    let names: BTreeSet<String> =
        entries.iter().filter_map(|entry| entry.recording.as_deref().map(rttm_name)).collect();
    let named = |entry: &Entry| entry.recording.is_some() && is_about(entry);
    if names.is_empty() || entries.iter().any(named) || absent == Absent::Silence {
        return Ok(entries.into_iter().filter(is_about).collect());
    }
    let mut some: Vec<_> = names.iter().take(3).map(String::as_str).collect();
    if names.len() > some.len() {
        some.push("…");
    }
    let reason = format!("says nothing about the recording {wanted}: it is about {}", some.join(", "));
    Err(Fault::new(path.display().to_string(), reason))
}

/// Text in UTF-8, or in UTF-16 behind a byte-order mark, as Praat writes it; what is neither is replaced.
fn decode(bytes: &[u8]) -> String {
    let utf16 = |unit: fn([u8; 2]) -> u16, bytes: &[u8]| {
        let units: Vec<u16> = bytes.as_chunks().0.iter().map(|&pair| unit(pair)).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        [0xFE, 0xFF, rest @ ..] => utf16(u16::from_be_bytes, rest),
        [0xFF, 0xFE, rest @ ..] => utf16(u16::from_le_bytes, rest),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

#[cfg(test)]
mod tests;
