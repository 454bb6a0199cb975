use std::fs;

use super::*;
use crate::output::{Format, Speech};

const RATE: u32 = 16_000;

/// Labels of `rec.wav` in a file of this name, of a minute.
fn read(name: &str, text: impl AsRef<[u8]>, tier: Option<&str>) -> Result<Labels, Fault> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    Labels::read(&path, Path::new("calls/rec.wav"), tier, Absent::Fault)
}

/// The speech in seconds.
#[track_caller]
fn speech(name: &str, text: impl AsRef<[u8]>) -> Vec<(f64, f64)> {
    in_seconds(&read(name, text, None).unwrap().speech(RATE, 60 * u64::from(RATE)).unwrap())
}

fn in_seconds(segments: &[Segment]) -> Vec<(f64, f64)> {
    let seconds = |samples: u64| samples as f64 / f64::from(RATE);
    segments.iter().map(|segment| (seconds(segment.start), seconds(segment.end))).collect()
}

/// The message of what cannot be read, without the folder.
#[track_caller]
fn refused(name: &str, text: impl AsRef<[u8]>) -> String {
    let message = read(name, text, None).unwrap_err().to_string();
    message.rsplit_once(name).map_or(message.clone(), |(_, rest)| format!("{name}{rest}"))
}

#[test]
fn every_format_gives_the_same_speech() {
    let expected = [(0.25, 1.5), (2.0, 3.125)];
    let rttm = "SPKR-INFO rec 1 <NA> <NA> <NA> unknown A <NA>\n;; a comment\n\
                SPEAKER rec 1 2.0 1.125 <NA> <NA> B <NA> <NA>\nSPEAKER rec 1 0.25 1.25 <NA> <NA> A <NA>\n";
    let long = "File type = \"ooTextFile\"\nObject class = \"TextGrid\"\n\nxmin = 0\nxmax = 4\ntiers? <exists>\nsize = 1\n\
                item []:\n  item [1]:\n    class = \"IntervalTier\"\n    name = \"words\"\n    xmin = 0\n    xmax = 4\n    \
                intervals: size = 4\n    intervals [1]:\n      xmin = 0\n      xmax = 0.25\n      text = \"\"\n    \
                intervals [2]:\n      xmin = 0.25\n      xmax = 1.5\n      text = \"say \"\"no\"\" 3\"\n    \
                intervals [3]:\n      xmin = 1.5\n      xmax = 2.0\n      text = \"#\"\n    \
                intervals [4]:\n      xmin = 2\n      xmax = 3.125\n      text = \"two\nlines\"\n";
    let short = "File type = \"ooTextFile\"\n\"TextGrid\"\n\n0\n4\n<exists>\n2\n\"TextTier\"\n\"clicks\"\n0\n4\n1\n1.5\n\"x\"\n\
                 \"IntervalTier\"\n\"words\"\n0\n4\n3\n0.25\n1.5\n\"a\" ! a comment\n1.5\n2\n\"<SIL>\"\n2\n3.125\n\"b\"\n";
    let utf16: Vec<u8> = "\u{feff}".encode_utf16().chain(short.encode_utf16()).flat_map(u16::to_be_bytes).collect();
    for (name, text) in [
        ("a.lab", &b"0.25 1.5\n\n2.000\t3.125\n"[..]),
        ("a.lab", b"0.25 1.5 speech\r\n1.5 2 noise\r\n2 3.125 what she said\r\n"),
        ("a.txt", b"0.25\t1.5\tfirst word\n\\\t100\t200\n1.5\t2.0\tSilence\n2\t3.125\n5\t5\ta point\n"),
        ("a.csv", b"0.25,1.5\n2,3.125\n"),
        ("a.csv", b"0.25,1.5,yes\n1.5,2,0\n2,3.125,\n"),
        ("a.csv", b"label,End,start\n\"well, yes\",1.5,0.25\nmusic,9,8\nyes,3.125,2\n"),
        ("a.csv", b"file,start,end\nother.wav,9,10\ncalls/rec.wav,0.25,1.5\nrec.wav,2,3.125\n"),
        ("a.rttm", rttm.as_bytes()),
        ("a.scv", b"rec,0,0.25,0,0.25,1.5,1,1.5,2,0,2,3.125,1\n"),
        ("a.TextGrid", long.as_bytes()),
        ("a.textgrid", short.as_bytes()),
        ("a.TextGrid", &utf16),
        ("a.lab", b"\xef\xbb\xbf2 3.125\n0.25 1\n0.75 1.5\n"),
    ] {
        assert_eq!(speech(name, text), expected, "{name}: {}", String::from_utf8_lossy(text));
    }
}

#[test]
fn what_detect_writes_is_read_back() {
    let segments = vec![Segment { start: 1, end: 19_201 }, Segment { start: 480_001, end: 960_000 }];
    let (ear, detector, length) = (None, voiced::Kind::default().info().name, 960_000);
    let names = ["calls/my rec.wav", "talk", "talk.v2", "a.mp3.wav", "-", ".wav", " ", "\"q\", x.flac"];
    for rate in [8000, 16_000, 44_100, 48_000, 192_000] {
        for recording in names {
            let speech =
                Speech { file: recording.to_owned(), ear, rate, length, detector, segments: segments.clone() };
            for (format, name) in [
                (Format::Csv, "a.csv"),
                (Format::Rttm, "a.rttm"),
                (Format::Audacity, "a.txt"),
                (Format::Textgrid, "a.TextGrid"),
            ] {
                let text = format.heading(false).to_owned() + &format.render(&speech);
                let labels =
                    Labels::parse(Path::new(name), text.as_bytes(), Path::new(recording), None, Absent::Fault)
                        .unwrap();
                assert_eq!(labels.speech(rate, length).unwrap(), segments, "{name} of {recording:?} at {rate} Hz");
            }
        }
    }
}

#[test]
fn a_wrong_line_is_told_by_its_number() {
    for (name, text, expected) in [
        ("a.lab", "0 1\n1\n", "a.lab:2: two times are wanted"),
        ("a.lab", "0 one\n", "a.lab:1: `one` is no time"),
        ("a.lab", "0 1\n\n3 2\n", "a.lab:3: the interval is reversed: it starts at 3 s and ends at 2 s"),
        ("a.lab", "-1 2\n", "a.lab:1: the time -1 is not in a recording"),
        ("a.lab", "0 inf\n", "a.lab:1: the time inf is not in a recording"),
        ("a.lab", "NaN 1\n", "a.lab:1: the time NaN is not in a recording"),
        ("a.txt", "0.5 1.5 words\n", "a.txt:1: an Audacity label is wanted"),
        ("a.rttm", "SPEAKER rec 1 0 1\n", "a.rttm:1: an RTTM line has 9 or 10 fields"),
        ("a.rttm", ";;\nSPAEKER rec 1 0 1 <NA> <NA> A <NA>\n", "a.rttm:2: `SPAEKER` is no type"),
        ("a.rttm", "SPEAKER rec 1 0 -1 <NA> <NA> A <NA>\n", "a.rttm:1: the time -1"),
        ("a.scv", "rec,0,1,1,2\n", "a.scv:1: after the file's name, start,end,label"),
        ("a.scv", "rec,0,1,1\nrec,0,1,2\n", "a.scv:2: the label is `2`: it must be 0 or 1"),
        ("a.csv", "start,end\n0,1\n2\n", "a.csv:3: there is no field 2 in this line"),
        ("a.csv", "onset,end\n", "a.csv:1: there is no column `start`: there is onset, end"),
        ("a.csv", "0,1\n2,x\n", "a.csv:2: `x` is no time"),
        (
            "a.csv",
            "start,end,score\n0,1,0.5\n",
            "a.csv:1: there is a column `score` and no `label`: these are scores",
        ),
        ("a.uem", "rec 1 0\n", "a.uem:1: a UEM line has 4 fields"),
        ("a.ign", "5\n", "a.ign:1: two times are wanted"),
        ("a.TextGrid", "hello", "a.TextGrid:1: the TextGrid ends where the file's type is wanted"),
        ("a.TextGrid", "\"ooTextFile\" \"Pitch\"", "a.TextGrid:1: this is no TextGrid"),
        (
            "a.TextGrid",
            "\"ooTextFile\" \"TextGrid\" 0 1\n<exists> 1\n\"open",
            "a.TextGrid:3: the string that begins here",
        ),
        (
            "a.TextGrid",
            "\"ooTextFile\" \"TextGrid\" 0 1\n<exists> 1\n\"IntervalTier\"\n0",
            "a.TextGrid:4: the name of a tier is wanted, and there is `0`",
        ),
        ("a.doc", "", "a.doc: not a label file by its name: it must end in lab, rttm"),
    ] {
        let message = refused(name, text);
        assert!(message.starts_with(expected), "{message}\n{expected}");
    }
}

#[test]
fn a_tier_is_named_where_there_are_several() {
    let tier = |name: &str, end: &str| format!("\"IntervalTier\" \"{name}\" 0 9 1 0 {end} \"x\"\n");
    let grid = format!("\"ooTextFile\" \"TextGrid\" 0 9 <exists> 2 {}{}", tier("words", "3"), tier("phones", "2"));
    let message = refused("a.TextGrid", &grid);
    assert!(message.contains("--tier") && message.contains("`words`, `phones`"), "{message}");
    let missing = read("a.TextGrid", &grid, Some("Words")).unwrap_err().to_string();
    assert!(missing.contains("there is no tier `Words`: there is `words`, `phones`"), "{missing}");
    let phones = read("a.TextGrid", &grid, Some("phones")).unwrap().speech(RATE, 160_000).unwrap();
    assert_eq!(in_seconds(&phones), [(0.0, 2.0)]);
    assert!(refused("a.TextGrid", "\"ooTextFile\" \"TextGrid\" 0 9 <absent>").contains("there is none of intervals"));
}

#[test]
fn a_file_about_other_recordings_is_a_fault_or_silence() {
    let text = "SPEAKER c 1 0 1 <NA> <NA> A <NA>\nSPEAKER a.mp3 1 0 1 <NA> <NA> A <NA>\n";
    let message = refused("a.rttm", text);
    assert!(message.contains("says nothing about the recording rec: it is about a, c"), "{message}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("all.rttm");
    fs::write(&path, text).unwrap();
    let silent = Labels::read(&path, Path::new("rec.wav"), None, Absent::Silence).unwrap();
    assert_eq!(silent.speech(RATE, 16_000).unwrap(), []);
    let found = Labels::read(&path, Path::new("x/a.flac"), None, Absent::Fault).unwrap();
    assert_eq!(found.speech(RATE, 16_000).unwrap(), [Segment { start: 0, end: 16_000 }]);
    assert_eq!(read("empty.rttm", "", None).unwrap().speech(RATE, 16_000).unwrap(), []);
}

#[test]
fn what_reaches_beyond_the_end_is_cut_or_an_error() {
    let labels = read("a.lab", "0 1\n3.5 4.09\n", None).unwrap();
    assert_eq!(in_seconds(&labels.speech(RATE, 64_000).unwrap()), [(0.0, 1.0), (3.5, 4.0)]);
    let message = labels.speech(RATE, 60_000).unwrap_err().to_string();
    assert!(
        message.ends_with("a.lab:2: 3.500 to 4.090 s reaches beyond the recording, which ends at 3.750 s"),
        "{message}"
    );
}

#[test]
fn overlaps_are_united_and_told() {
    let labels = read("a.lab", "3 4\n0 2\n1 1.5\n", None).unwrap();
    assert_eq!(in_seconds(&labels.speech(RATE, 64_000).unwrap()), [(0.0, 2.0), (3.0, 4.0)]);
    let warning = labels.overlap().unwrap().to_string();
    assert!(warning.ends_with("a.lab:3: this speech overlaps that of line 2: they count as one"), "{warning}");
    assert!(read("a.lab", "0 2\n2 3\n", None).unwrap().overlap().is_none());
}

#[test]
fn exclusions_are_stretches_or_what_lies_outside_of_a_uem() {
    let ignored =
        |name: &str, text: &str| in_seconds(&read(name, text, None).unwrap().ignored(RATE, 160_000).unwrap());
    assert_eq!(ignored("a.ign", "1 2\n1.5 3\n"), [(1.0, 3.0)]);
    assert_eq!(ignored("a.uem", "rec 1 1 2\nrec 1 4 10\nother 1 0 1\n"), [(0.0, 1.0), (2.0, 4.0)]);
    assert_eq!(ignored("a.uem", ""), [(0.0, 10.0)]);
    assert_eq!(ignored("a.rttm", "NOSCORE rec 1 5 1 <NA> <NA> <NA> <NA>\n"), [(5.0, 6.0)]);
    assert_eq!(ignored("a.lab", "1 2\n"), []);
}

#[test]
fn label_files_are_found_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for name in [
        "x/a.wav",
        "x/a.TextGrid",
        "x/a.txt",
        "x/a.ign",
        "b.wav",
        "b.txt",
        "b.UEM",
        "c.wav",
        "c.lab",
        "c.rttm",
        "d.wav",
        "labels/x/a.lab",
        "labels/b.rttm",
        "labels/b.uem",
        "labels/deep.lab",
        "labels/c.ign",
    ] {
        fs::create_dir_all(at(name).parent().unwrap()).unwrap();
        fs::write(at(name), "").unwrap();
    }
    let beside = |name: &str| place::labels(&at(name), Path::new(name), None);
    let apart = |name: &str| place::labels(&at(name), Path::new(name), Some(&at("labels")));
    assert_eq!(beside("x/a.wav"), Ok(Some(at("x/a.TextGrid"))));
    assert_eq!(beside("b.wav"), Ok(Some(at("b.txt"))));
    assert_eq!(beside("d.wav"), Ok(None));
    let message = beside("c.wav").unwrap_err().to_string();
    assert!(message.contains("c.lab") && message.contains("c.rttm"), "{message}");
    assert_eq!(apart("x/a.wav"), Ok(Some(at("labels/x/a.lab"))));
    assert_eq!(apart("y/deep.wav"), Ok(Some(at("labels/deep.lab"))));
    assert_eq!(apart("b.wav"), Ok(Some(at("labels/b.rttm"))));
    assert_eq!(apart("d.wav"), Ok(None));
    let exclusions = |name: &str, folder: Option<&Path>| place::exclusions(&at(name), Path::new(name), folder);
    assert_eq!(exclusions("x/a.wav", None), [at("x/a.ign")]);
    assert_eq!(exclusions("x/a.wav", Some(&at("labels"))), [at("x/a.ign")]);
    assert_eq!(exclusions("b.wav", None), [at("b.UEM")]);
    assert_eq!(exclusions("b.wav", Some(&at("labels"))), [at("labels/b.uem")]);
    assert_eq!(exclusions("d.wav", None), [] as [PathBuf; 0]);
}
