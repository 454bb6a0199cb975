//! A table of recordings, as CSV.

use std::path::{Path, PathBuf};

use csv::{ReaderBuilder, StringRecord};

use crate::fault::{Fault, Stop};

/// Names of the column with the recordings' paths, in the order of preference.
const AUDIO: [&str; 4] = ["wav", "audio", "file", "path"];

/// One recording of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// As it is written: relative to the table.
    pub(super) audio: PathBuf,
    pub(super) labels: Option<PathBuf>,
    pub(super) ignore: Option<PathBuf>,
    pub(super) group: Option<String>,
}

/// Reads the table; `group_by` names a column, or is `folder` where there is no such column.
pub(super) fn read(path: &Path, group_by: Option<&str>) -> Result<Vec<Row>, Stop> {
    let text = std::fs::read_to_string(path).map_err(|e| Fault::io(path, &e))?;
    let mut reader = ReaderBuilder::new().from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let heading = reader.headers().map_err(|e| unreadable(path, &e))?.clone();
    let column = |name: &str| heading.iter().position(|field| field.trim().eq_ignore_ascii_case(name));
    let columns = heading.iter().collect::<Vec<_>>().join(", ");
    let Some(audio) = AUDIO.iter().find_map(|name| column(name)) else {
        let reason = format!("has no column {} with the recordings' paths: it has {columns}", AUDIO.join(", "));
        return Err(Fault::new(path.display().to_string(), reason).into());
    };
    let group = match group_by {
        Some("folder") => column("folder"),
        Some(name) => Some(column(name).ok_or_else(|| {
            let table = path.display();
            Stop::Usage(format!(
                "--group-by {name}: {table} has no such column; it has {columns}, and there is folder"
            ))
        })?),
        None => None,
    };
    let (labels, ignore) = (column("labels"), column("ignore"));
    let mut rows = Vec::new();
    for record in reader.records() {
        let record: StringRecord = record.map_err(|e| unreadable(path, &e))?;
        let field = |column: Option<usize>| {
            column.and_then(|column| record.get(column)).map(str::trim).filter(|text| !text.is_empty())
        };
        let line = record.position().map_or(1, csv::Position::line);
        let audio = field(Some(audio))
            .ok_or_else(|| Fault::new(format!("{}:{line}", path.display()), "the recording's path is missing"))?;
        rows.push(Row {
            audio: audio.into(),
            labels: field(labels).map(PathBuf::from),
            ignore: field(ignore).map(PathBuf::from),
            group: group.map(|column| field(Some(column)).unwrap_or("(none)").to_owned()),
        });
    }
    if rows.is_empty() {
        return Err(Fault::new(path.display().to_string(), "lists no recordings").into());
    }
    Ok(rows)
}

fn unreadable(path: &Path, error: &csv::Error) -> Fault {
    match error.kind() {
        csv::ErrorKind::UnequalLengths { pos: Some(position), expected_len, len } => {
            let reason = format!("this line has {len} fields, the heading has {expected_len}");
            Fault::new(format!("{}:{}", path.display(), position.line()), reason)
        }
        _ => Fault::new(path.display().to_string(), error),
    }
}
