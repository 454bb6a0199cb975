//! What other systems made of a recording, from files.

use std::path::{Path, PathBuf};

use csv::ReaderBuilder;
use voiced::{FrameSpec, Segment};

use super::recordings::Labelled;
use crate::fault::Fault;
use crate::labels::{Absent, Labels, place};

/// Scores that lie a hop apart.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Scores {
    pub(super) scores: Vec<f32>,
    /// Rate and hop by which their times are told.
    pub(super) spec: FrameSpec,
}

/// Seconds by which the start of a score may lie beside its place: times with three decimals are off by half of one.
const ROUNDED: f64 = 0.0006;

/// Rates in Hz at which a hop is sought that is a whole number of samples; the last fits any whole number of
/// microseconds.
const RATES: [u32; 7] = [16_000, 8000, 48_000, 44_100, 32_000, 22_050, 1_000_000];

/// The file with a system's scores for a recording.
pub(super) fn scores_file(folder: &Path, recording: &Labelled) -> Result<PathBuf, Fault> {
    let below = folder.join(&recording.below).with_extension("csv");
    let flat = folder.join(recording.below.file_name().unwrap_or_default()).with_extension("csv");
    let found = [&below, &flat].into_iter().find(|path| path.is_file());
    found.cloned().ok_or_else(|| {
        let reason = format!("there is neither {} nor {}", below.display(), flat.display());
        Fault::new(recording.path.display().to_string(), reason)
    })
}

/// The file with a system's segments for a recording.
pub(super) fn segments_file(place: &Path, recording: &Labelled) -> Result<PathBuf, Fault> {
    if place.is_file() {
        return Ok(place.to_owned());
    }
    place::labels(&recording.path, &recording.below, Some(place))?.ok_or_else(|| {
        let wanted = place.join(&recording.below).with_extension("");
        let reason = format!("there is no {}.rttm, .lab, .csv …", wanted.display());
        Fault::new(recording.path.display().to_string(), reason)
    })
}

/// A system's segments of a recording of `length` samples at `rate` Hz.
pub(super) fn segments(
    path: &Path,
    recording: &Labelled,
    tier: Option<&str>,
    rate: u32,
    length: u64,
) -> Result<Vec<Segment>, Fault> {
    Labels::read(path, &recording.path, tier, Absent::Silence)?.speech(rate, length)
}

/// Reads scores with the columns `start`, `end` and `score`, in seconds, the first at 0 s and each a hop after the one
/// before.
pub(super) fn scores(path: &Path) -> Result<Scores, Fault> {
    let text = std::fs::read(path).map_err(|e| Fault::io(path, &e))?;
    let fault = |line: u64, reason: String| Fault::new(format!("{}:{line}", path.display()), reason);
    let mut reader = ReaderBuilder::new().from_reader(&*text);
    let heading = reader.headers().map_err(|e| Fault::new(path.display().to_string(), e))?.clone();
    let column = |name: &str| {
        let found = heading.iter().position(|field| field.trim().eq_ignore_ascii_case(name));
        let columns = heading.iter().collect::<Vec<_>>().join(", ");
        found.ok_or_else(|| {
            fault(1, format!("there is no column `{name}`: start, end and score are wanted, there is {columns}"))
        })
    };
    let columns = [column("start")?, column("end")?, column("score")?];
    let (mut starts, mut scores, mut first_end) = (Vec::new(), Vec::new(), None);
    for record in reader.records() {
        let record = record.map_err(|e| fault(e.position().map_or(1, csv::Position::line), e.to_string()))?;
        let line = record.position().map_or(1, csv::Position::line);
        let number = |column: usize| {
            let text = record.get(column).unwrap_or_default().trim();
            let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
            number.ok_or_else(|| fault(line, format!("`{text}` is no number")))
        };
        let [start, end, score] = [number(columns[0])?, number(columns[1])?, number(columns[2])?];
        if !(0.0..=1.0).contains(&score) {
            return Err(fault(line, format!("the score is {score}: it must be from 0 to 1")));
        }
        starts.push(start);
        scores.push(score as f32);
        first_end.get_or_insert(end);
    }
    let Some(first_end) = first_end else { return Err(Fault::new(path.display().to_string(), "has no scores")) };
    let hop = match &starts[..] {
        [first, .., last] => (last - first) / (starts.len() - 1) as f64,
        _ => first_end - starts[0],
    };
    let spec = spec(&starts, hop).map_err(|wrong| {
        let index = wrong.unwrap_or(0);
        let (start, wanted) = (starts[index], index as f64 * hop);
        fault(
            index as u64 + 2,
            format!("the score starts at {start} s, not at {wanted:.4} s: scores must lie a hop apart, from 0 s on"),
        )
    })?;
    Ok(Scores { scores, spec })
}

/// The rate and hop that put every score at its start, or the index of the first that none puts there.
fn spec(starts: &[f64], hop: f64) -> Result<FrameSpec, Option<usize>> {
    let misplaced = |spec: FrameSpec| {
        let place = |index: usize| (index * spec.hop) as f64 / f64::from(spec.rate);
        starts.iter().enumerate().position(|(index, start)| (start - place(index)).abs() > ROUNDED)
    };
    let mut wrong = None;
    for rate in RATES {
        let samples = (hop * f64::from(rate)).round();
        if samples < 1.0 {
            continue;
        }
        let spec = FrameSpec::adjacent(rate, samples as usize);
        match misplaced(spec) {
            None => return Ok(spec),
            index => wrong = index,
        }
    }
    Err(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Scores, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        std::fs::write(&path, text).unwrap();
        scores(&path).map_err(|fault| fault.to_string().replace(&path.display().to_string(), "a.csv"))
    }

    #[test]
    fn the_hop_comes_from_the_times() {
        for (hop, decimals, expected) in [
            (0.032, 3, (16_000, 512)),
            (0.01, 6, (16_000, 160)),
            (512.0 / 44_100.0, 6, (44_100, 512)),
            (0.0107, 4, (1_000_000, 10_700)),
            (0.016, 2, (16_000, 256)),
        ] {
            let line = |i: usize| format!("{:.decimals$},{:.decimals$},0.25\n", i as f64 * hop, (i + 1) as f64 * hop);
            let text: String = std::iter::once("start,end,score\n".to_owned()).chain((0..5000).map(line)).collect();
            if decimals == 2 {
                assert!(read(&text).unwrap_err().contains("scores must lie a hop apart"));
                continue;
            }
            let found = read(&text).unwrap();
            assert_eq!((found.spec.rate, found.spec.hop), expected, "{hop}");
            assert_eq!(found.scores, vec![0.25; 5000]);
        }
        assert_eq!(read("score,start,end\n1,0,0.01\n").unwrap().spec, FrameSpec::adjacent(16_000, 160));
    }

    #[test]
    fn a_wrong_line_is_told() {
        for (text, expected) in [
            (
                "start,end\n",
                "a.csv:1: there is no column `score`: start, end and score are wanted, there is start, end",
            ),
            ("start,end,score\n", "a.csv: has no scores"),
            ("start,end,score\n0,0.1,0.5\n0.1,0.2,x\n", "a.csv:3: `x` is no number"),
            ("start,end,score\n0,0.1,NaN\n", "a.csv:2: `NaN` is no number"),
            ("start,end,score\n0,0.1,-3\n", "a.csv:2: the score is -3: it must be from 0 to 1"),
            ("start,end,score\n0.5,0.6,1\n", "a.csv:2: the score starts at 0.5 s, not at 0.0000 s"),
            (
                "start,end,score\n0,0.1,1\n0.1,0.2,1\n0.25,0.3,1\n",
                "a.csv:3: the score starts at 0.1 s, not at 0.1250 s",
            ),
            ("start,end,score\n0.1,0.2,1\n0.1,0.2,1\n", "a.csv:2: the score starts at 0.1 s"),
        ] {
            let message = read(text).unwrap_err();
            assert!(message.starts_with(expected), "{message}");
        }
    }
}
