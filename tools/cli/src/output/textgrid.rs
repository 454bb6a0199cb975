//! Praat's `TextGrid`, in its long text form.

use std::fmt::Write;

use super::Speech;
use super::time::seconds;

/// One interval tier that covers the recording: segments are labelled `speech`, the rest has an empty label.
pub(super) fn textgrid(speech: &Speech) -> String {
    let time = |samples| seconds(samples, speech.rate);
    let end = time(speech.length);
    let intervals = intervals(speech);
    let name = speech.ear.map_or_else(|| "speech".to_owned(), |number| format!("speech {number}"));
    let mut text = format!(
        "File type = \"ooTextFile\"\nObject class = \"TextGrid\"\n\n\
         xmin = 0\nxmax = {end}\ntiers? <exists>\nsize = 1\nitem []:\n    \
         item [1]:\n        class = \"IntervalTier\"\n        name = \"{name}\"\n        \
         xmin = 0\n        xmax = {end}\n        intervals: size = {}\n",
        intervals.len()
    );
    for (number, (from, to, label)) in (1..).zip(intervals) {
        let (from, to) = (time(from), time(to));
        write!(
            text,
            "        intervals [{number}]:\n            xmin = {from}\n            xmax = {to}\n            \
             text = \"{label}\"\n"
        )
        .expect("a String takes all text");
    }
    text
}

/// Start, end and label of each interval; none is empty.
fn intervals(speech: &Speech) -> Vec<(u64, u64, &'static str)> {
    let mut intervals = Vec::new();
    let mut covered = 0;
    for segment in &speech.segments {
        intervals.push((covered, segment.start, ""));
        intervals.push((segment.start, segment.end, "speech"));
        covered = segment.end;
    }
    intervals.push((covered, speech.length, ""));
    intervals.retain(|(start, end, _)| start < end);
    intervals
}

#[cfg(test)]
mod tests {
    use super::super::tests::{example, heard, silent};
    use super::*;
    use voiced::Segment;

    #[test]
    fn intervals_cover_the_recording_without_gaps() {
        let expected = [(0, 1600, ""), (1600, 19_200, "speech"), (19_200, 480_001, ""), (480_001, 960_000, "speech")];
        assert_eq!(intervals(&example()), expected);
        let touching = vec![Segment { start: 0, end: 10 }, Segment { start: 10, end: 20 }];
        let speech = Speech { segments: touching, length: 30, ..example() };
        assert_eq!(intervals(&speech), [(0, 10, "speech"), (10, 20, "speech"), (20, 30, "")]);
        assert_eq!(intervals(&silent(30)), [(0, 30, "")]);
        assert_eq!(intervals(&silent(0)), []);
    }

    #[test]
    fn it_is_written_as_praat_does() {
        let speech =
            Speech { segments: vec![Segment { start: 1600, end: 16_000 }], length: 16_000, ..heard(Some(2)) };
        let expected = "\
File type = \"ooTextFile\"
Object class = \"TextGrid\"

xmin = 0
xmax = 1.000
tiers? <exists>
size = 1
item []:
    item [1]:
        class = \"IntervalTier\"
        name = \"speech 2\"
        xmin = 0
        xmax = 1.000
        intervals: size = 2
        intervals [1]:
            xmin = 0.000
            xmax = 0.100
            text = \"\"
        intervals [2]:
            xmin = 0.100
            xmax = 1.000
            text = \"speech\"
";
        assert_eq!(textgrid(&speech), expected);
    }
}
