//! Formats of one item a line: JSON, CSV, RTTM and Audacity's labels.

use std::fmt::Write;
use std::path::Path;

use super::time::seconds;
use super::{Speech, json_string};
use crate::input::is_stdin;
use crate::walk::is_audio;

/// One object for the recording, as the help describes it.
pub(super) fn json(speech: &Speech) -> String {
    let &Speech { ear, rate, length, detector, .. } = speech;
    let channel = ear.map_or_else(String::new, |number| format!("\"channel\":{number},"));
    let segments: Vec<String> = speech
        .segments
        .iter()
        .map(|segment| {
            format!(
                "{{\"start\":{},\"end\":{},\"start_sample\":{},\"end_sample\":{}}}",
                seconds(segment.start, rate),
                seconds(segment.end, rate),
                segment.start,
                segment.end
            )
        })
        .collect();
    format!(
        "{{\"file\":{},{channel}\"sample_rate\":{rate},\"duration\":{},\"detector\":{},\"segments\":[{}]}}\n",
        json_string(&speech.file),
        seconds(length, rate),
        json_string(detector),
        segments.join(",")
    )
}

pub(super) fn csv_heading(by_channel: bool) -> &'static str {
    if by_channel {
        "file,channel,start,end,start_sample,end_sample\n"
    } else {
        "file,start,end,start_sample,end_sample\n"
    }
}

/// One line for each segment, fields quoted as RFC 4180 says.
pub(super) fn csv(speech: &Speech) -> String {
    let file = csv_field(&speech.file);
    let channel = speech.ear.map_or_else(String::new, |number| format!("{number},"));
    lines(speech, |text, start, end| {
        let (from, to) = (seconds(start, speech.rate), seconds(end, speech.rate));
        writeln!(text, "{file},{channel}{from},{to},{start},{end}")
    })
}

fn csv_field(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

/// `SPEAKER file channel start duration <NA> <NA> speech <NA> <NA>`, by the NIST RT-09 evaluation plan, appendix A.
pub(super) fn rttm(speech: &Speech) -> String {
    let name = rttm_name(&speech.file);
    let channel = speech.ear.unwrap_or(1);
    lines(speech, |text, start, end| {
        let (from, duration) = (seconds(start, speech.rate), seconds(end - start, speech.rate));
        writeln!(text, "SPEAKER {name} {channel} {from} {duration} <NA> <NA> speech <NA> <NA>")
    })
}

/// What a recording goes by in RTTM, which has blanks between its fields, and in all label files: its path without folder, an
/// audio file's extension, and blanks.
pub(crate) fn rttm_name(file: &str) -> String {
    if is_stdin(Path::new(file)) {
        return "stdin".to_owned();
    }
    let path = Path::new(file);
    let name = if is_audio(path) { path.file_stem() } else { path.file_name() };
    name.unwrap_or_default().to_string_lossy().replace(char::is_whitespace, "_")
}

/// Start, end and label with tabs between, as Audacity imports labels.
pub(super) fn audacity(speech: &Speech) -> String {
    lines(speech, |text, start, end| {
        writeln!(text, "{}\t{}\tspeech", seconds(start, speech.rate), seconds(end, speech.rate))
    })
}

fn lines(speech: &Speech, line: impl Fn(&mut String, u64, u64) -> std::fmt::Result) -> String {
    let mut text = String::new();
    for segment in &speech.segments {
        line(&mut text, segment.start, segment.end).expect("a String takes all text");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::tests::{example, heard, silent};
    use super::*;

    #[test]
    fn json_keeps_its_key_order() {
        assert_eq!(
            json(&example()),
            "{\"file\":\"a/my \\\"talk\\\", 1.wav\",\"sample_rate\":16000,\"duration\":60.000,\"detector\":\"silero\",\
             \"segments\":[{\"start\":0.100,\"end\":1.200,\"start_sample\":1600,\"end_sample\":19200},\
             {\"start\":30.000063,\"end\":60.000,\"start_sample\":480001,\"end_sample\":960000}]}\n"
        );
        let parsed: serde_json::Value = serde_json::from_str(&json(&heard(Some(2)))).unwrap();
        assert_eq!((&parsed["file"], &parsed["channel"]), (&"a/my \"talk\", 1.wav".into(), &2.into()));
        let empty: serde_json::Value = serde_json::from_str(&json(&silent(0))).unwrap();
        assert_eq!((&empty["duration"], &empty["segments"]), (&0.0.into(), &serde_json::json!([])));
    }

    #[test]
    fn csv_quotes_what_needs_it() {
        let expected = "\"a/my \"\"talk\"\", 1.wav\",0.100,1.200,1600,19200\n\
                        \"a/my \"\"talk\"\", 1.wav\",30.000063,60.000,480001,960000\n";
        assert_eq!(csv(&example()), expected);
        assert!(csv(&heard(Some(2))).starts_with("\"a/my \"\"talk\"\", 1.wav\",2,0.100,"));
        assert_eq!(csv_field("plain name.wav"), "plain name.wav");
        for by_channel in [true, false] {
            let line = csv(&Speech { file: "a".into(), ..heard(by_channel.then_some(1)) });
            let fields = |line: &str| line.lines().next().unwrap().split(',').count();
            assert_eq!(fields(csv_heading(by_channel)), fields(&line));
        }
    }

    #[test]
    fn rttm_has_ten_fields() {
        let text = rttm(&heard(Some(2)));
        let first = "SPEAKER my_\"talk\",_1 2 0.100 1.100 <NA> <NA> speech <NA> <NA>";
        assert_eq!(text.lines().next(), Some(first));
        assert!(text.lines().all(|line| line.split(' ').count() == 10), "{text}");
        assert!(rttm(&example()).contains(" 1 0.100 "));
        assert_eq!(rttm_name("-"), "stdin");
        assert_eq!(rttm_name("a b/c\td.e.wav"), "c_d.e");
        assert_eq!(rttm_name("calls/talk.v2"), "talk.v2", "only an audio file's extension goes");
    }

    #[test]
    fn audacity_has_tabs() {
        assert_eq!(audacity(&example()), "0.100\t1.200\tspeech\n30.000063\t60.000\tspeech\n");
        assert_eq!(audacity(&silent(10)), "");
    }
}
