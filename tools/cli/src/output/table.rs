//! A table for people.

use super::Speech;
use super::time::millis;

/// A line about the recording, and one for each segment: start, end and length in seconds.
pub(super) fn text(speech: &Speech) -> String {
    let rate = speech.rate;
    let spoken = speech.segments.iter().map(|segment| segment.end - segment.start).sum::<u64>();
    let share = spoken as f64 / speech.length.max(1) as f64 * 100.0;
    let name = match speech.ear {
        None => speech.file.clone(),
        Some(number) => format!("{}, channel {number}", speech.file),
    };
    let count = match speech.segments.len() {
        0 => "no speech".to_owned(),
        1 => format!("1 segment, {} s of speech ({share:.0} %)", millis(spoken, rate)),
        count => format!("{count} segments, {} s of speech ({share:.0} %)", millis(spoken, rate)),
    };
    let mut text = format!("{name}: {} s, {count}\n", millis(speech.length, rate));
    if !speech.segments.is_empty() {
        text += &row("start", "end", "length");
    }
    for segment in &speech.segments {
        let time = |samples| millis(samples, rate);
        text += &row(&time(segment.start), &time(segment.end), &time(segment.end - segment.start));
    }
    text
}

fn row(start: &str, end: &str, length: &str) -> String {
    format!("{start:>12}{end:>12}{length:>12}\n")
}

#[cfg(test)]
mod tests {
    use super::super::tests::{example, heard, silent};
    use super::*;

    #[test]
    fn a_table_sums_up_and_lists() {
        let expected = "\
a/my \"talk\", 1.wav: 60.000 s, 2 segments, 31.100 s of speech (52 %)
       start         end      length
       0.100       1.200       1.100
      30.000      60.000      30.000
";
        assert_eq!(text(&example()), expected);
        assert!(text(&heard(Some(2))).starts_with("a/my \"talk\", 1.wav, channel 2: 60.000 s"));
        assert_eq!(text(&silent(0)), "a/my \"talk\", 1.wav: 0.000 s, no speech\n");
    }
}
