//! Formats of one interval, or one recording, a line.

use super::entry::{Entry, Kind, Wrong, kind, seconds};

/// What `parse` makes of each line that is not blank; its errors get the line's number.
fn each_line(
    text: &str,
    parse: impl Fn(&str, &mut Vec<Entry>, u64) -> Result<(), String>,
) -> Result<Vec<Entry>, Wrong> {
    let mut entries = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        if !line.trim().is_empty() {
            parse(line, &mut entries, number).map_err(|reason| Wrong::new(number, reason))?;
        }
    }
    Ok(entries)
}

/// `start end [label]`, in seconds, with blanks or tabs between.
pub(super) fn lab(text: &str) -> Result<Vec<Entry>, Wrong> {
    each_line(text, |line, entries, number| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [start, end, label @ ..] = &fields[..] else {
            return Err("two times are wanted: start and end in seconds".to_owned());
        };
        let kind = if label.is_empty() { Kind::Speech } else { kind(&label.join(" ")) };
        entries.push(entry(start, end, kind, number)?);
        Ok(())
    })
}

/// `start end`: what is to be left out of scoring.
pub(super) fn ignored(text: &str) -> Result<Vec<Entry>, Wrong> {
    let mut entries = lab(text)?;
    for entry in &mut entries {
        entry.kind = Kind::Ignored;
    }
    Ok(entries)
}

/// Audacity's label track: `start<TAB>end<TAB>label`, and lines that begin with `\` for a range of frequencies.
pub(super) fn audacity(text: &str) -> Result<Vec<Entry>, Wrong> {
    each_line(text, |line, entries, number| {
        if line.starts_with('\\') {
            return Ok(());
        }
        let fields: Vec<&str> = line.splitn(3, '\t').collect();
        let [start, end, label @ ..] = &fields[..] else {
            return Err("an Audacity label is wanted: start, end and label with tabs between".to_owned());
        };
        entries.push(entry(start, end, label.first().map_or(Kind::Speech, |label| kind(label)), number)?);
        Ok(())
    })
}

/// RTTM's other types of lines, by the NIST RT-09 evaluation plan, appendix A: they say nothing of who speaks when.
const OTHER_TYPES: [&str; 12] = [
    "SEGMENT",
    "NO_RT_METADATA",
    "LEXEME",
    "NON-LEX",
    "NON-SPEECH",
    "FILLER",
    "EDIT",
    "SU",
    "IP",
    "CB",
    "A/P",
    "SPKR-INFO",
];

/// `SPEAKER file channel start duration …`, by the same; `NOSCORE` lines are left out of scoring.
pub(super) fn rttm(text: &str) -> Result<Vec<Entry>, Wrong> {
    each_line(text, |line, entries, number| {
        if line.starts_with(";;") {
            return Ok(());
        }
        let fields: Vec<&str> = line.split_whitespace().collect();
        let kind = match fields[0] {
            "SPEAKER" => Kind::Speech,
            "NOSCORE" => Kind::Ignored,
            other if OTHER_TYPES.contains(&other) => return Ok(()),
            other => return Err(format!("`{other}` is no type of an RTTM line: SPEAKER is wanted")),
        };
        if !(8..=10).contains(&fields.len()) {
            let found = fields.len();
            return Err(format!(
                "an RTTM line has 9 or 10 fields, type file channel start duration …: this has {found}"
            ));
        }
        let (start, duration) = (seconds(fields[3])?, seconds(fields[4])?);
        let recording = Some(fields[1].to_owned());
        entries.push(Entry { recording, start, end: start + duration, kind, line: number });
        Ok(())
    })
}

/// `file channel start end`: what may be scored.
pub(super) fn uem(text: &str) -> Result<Vec<Entry>, Wrong> {
    each_line(text, |line, entries, number| {
        if line.starts_with(";;") {
            return Ok(());
        }
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [file, _channel, start, end] = fields[..] else {
            return Err(format!("a UEM line has 4 fields, file channel start end: this has {}", fields.len()));
        };
        entries.push(Entry { recording: Some(file.to_owned()), ..entry(start, end, Kind::Scored, number)? });
        Ok(())
    })
}

/// TEN VAD's test set: `file,start,end,label,start,end,label,…`, where a label of 1 is speech and 0 is none.
pub(super) fn scv(text: &str) -> Result<Vec<Entry>, Wrong> {
    each_line(text, |line, entries, number| {
        let mut fields = line.trim().split(',');
        let recording = fields.next().unwrap_or_default().to_owned();
        let fields: Vec<&str> = fields.collect();
        let (triples, rest) = fields.as_chunks();
        if !rest.is_empty() {
            let found = fields.len();
            return Err(format!(
                "after the file's name, start,end,label are wanted by threes: there are {found} fields"
            ));
        }
        for [start, end, label] in triples {
            let kind = match label.trim() {
                "1" => Kind::Speech,
                "0" => Kind::NotSpeech,
                other => return Err(format!("the label is `{other}`: it must be 0 or 1")),
            };
            entries.push(Entry { recording: Some(recording.clone()), ..entry(start, end, kind, number)? });
        }
        Ok(())
    })
}

fn entry(start: &str, end: &str, kind: Kind, line: u64) -> Result<Entry, String> {
    Ok(Entry { recording: None, start: seconds(start)?, end: seconds(end)?, kind, line })
}
