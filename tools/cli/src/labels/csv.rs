//! Comma-separated intervals: `start,end[,label]`, or with a heading that names the columns.

use csv::{ReaderBuilder, StringRecord};

use super::entry::{Entry, Kind, Wrong, kind, seconds};

/// Where the columns are.
struct Columns {
    start: usize,
    end: usize,
    label: Option<usize>,
    file: Option<usize>,
}

impl Columns {
    const UNNAMED: Self = Self { start: 0, end: 1, label: Some(2), file: None };

    /// By a heading, which needs `start` and `end`, may have `label` and `file`, and must not be that of scores.
    fn named(heading: &StringRecord) -> Result<Self, String> {
        let find = |name: &str| heading.iter().position(|field| field.trim().eq_ignore_ascii_case(name));
        let need = |name: &str| {
            let found: Vec<_> = heading.iter().collect();
            find(name).ok_or_else(|| format!("there is no column `{name}`: there is {}", found.join(", ")))
        };
        if find("score").is_some() && find("label").is_none() {
            let reason =
                "there is a column `score` and no `label`: these are scores, as voiced eval takes them with --scores";
            return Err(reason.to_owned());
        }
        Ok(Self { start: need("start")?, end: need("end")?, label: find("label"), file: find("file") })
    }
}

pub(super) fn read(text: &str) -> Result<Vec<Entry>, Wrong> {
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut columns = None;
    let mut entries = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| {
            let line = e.position().map_or(1, csv::Position::line);
            Wrong::new(line, e.to_string())
        })?;
        let line = record.position().map_or(1, csv::Position::line);
        if columns.is_none() && record.get(0).is_some_and(|first| first.trim().parse::<f64>().is_err()) {
            columns = Some(Columns::named(&record).map_err(|reason| Wrong::new(line, reason))?);
            continue;
        }
        let columns = columns.get_or_insert(Columns::UNNAMED);
        entries.push(entry(&record, columns, line).map_err(|reason| Wrong::new(line, reason))?);
    }
    Ok(entries)
}

fn entry(record: &StringRecord, columns: &Columns, line: u64) -> Result<Entry, String> {
    let field = |column: usize| {
        record.get(column).ok_or_else(|| format!("there is no field {} in this line", column + 1)).and_then(seconds)
    };
    let text = |column: Option<usize>| column.and_then(|column| record.get(column)).filter(|text| !text.is_empty());
    Ok(Entry {
        recording: text(columns.file).map(str::to_owned),
        start: field(columns.start)?,
        end: field(columns.end)?,
        kind: text(columns.label).map_or(Kind::Speech, kind),
        line,
    })
}
