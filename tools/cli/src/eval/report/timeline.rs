//! A stretch of a recording: the waveform, the labels, and the segments and scores of one system, one below the other.

use std::fmt::Write;

use voiced::Segment;

use super::colours::variable;
use crate::eval::hearing::PEAKS_PER_SECOND;
use crate::eval::worst::Stretch;
use crate::eval::{Evaluation, Measured};

const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 132.0;
/// Where lanes begin, and how high they are.
const LEFT: f64 = 66.0;
const WAVE: [f64; 2] = [2.0, 30.0];
const LABELS: [f64; 2] = [36.0, 14.0];
const FOUND: [f64; 2] = [54.0, 14.0];
const SCORES: [f64; 2] = [72.0, 40.0];

/// The stretch as SVG.
pub(super) fn timeline(evaluation: &Evaluation, system: usize, stretch: &Stretch) -> String {
    let Measured { heard, .. } = &evaluation.measured[stretch.recording];
    let Some(answer) = &heard.takes[0].answers[system] else { return String::new() };
    let reference = &heard.reference;
    let colour = variable(system);
    let x = |seconds: f64| {
        let share = (seconds - stretch.start) / (stretch.end - stretch.start).max(1e-9);
        LEFT + share.clamp(0.0, 1.0) * (WIDTH - LEFT)
    };
    let mut svg = format!("<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" class=\"timeline\">");
    for (name, [top, height]) in [("audio", WAVE), ("labels", LABELS), ("found", FOUND), ("score", SCORES)] {
        write!(svg, "<text x=\"0\" y=\"{:.1}\">{name}</text>", top + height / 2.0 + 4.0)
            .expect("a String takes all text");
    }
    svg += &wave(&heard.peaks, stretch, x);
    let rate = f64::from(reference.rate());
    let mut lane = |segments: &[Segment], [top, height]: [f64; 2], fill: &str, class: &str| {
        for segment in segments {
            let (start, end) = (segment.start as f64 / rate, segment.end as f64 / rate);
            if end > stretch.start && start < stretch.end {
                write!(
                    svg,
                    "<rect x=\"{:.1}\" y=\"{top}\" width=\"{:.1}\" height=\"{height}\" fill=\"{fill}\"{class}/>",
                    x(start),
                    x(end) - x(start)
                )
                .expect("a String takes all text");
            }
        }
    };
    lane(reference.speech(), LABELS, "var(--ink)", " opacity=\".55\"");
    lane(&answer.found[0].segments, FOUND, &colour, "");
    lane(&reference.ignored(), [0.0, SCORES[0] + SCORES[1]], "var(--grid)", " opacity=\".7\"");
    if let Some(scores) = &answer.scores {
        let [top, height] = SCORES;
        let hop = scores.spec.hop as f64 / f64::from(scores.spec.rate);
        let first = (stretch.start / hop) as usize;
        let last = ((stretch.end / hop).ceil() as usize).min(scores.scores.len());
        let y = |score: f64| top + height * (1.0 - score);
        let points: Vec<String> = (first..last)
            .map(|index| {
                let middle = (index as f64 + 0.5) * hop;
                format!("{:.1},{:.1}", x(middle), y(f64::from(scores.scores[index])))
            })
            .collect();
        let threshold = y(evaluation.plan.settings[0].config.threshold);
        write!(
            svg,
            "<line x1=\"{LEFT}\" x2=\"{WIDTH}\" y1=\"{threshold:.1}\" y2=\"{threshold:.1}\" stroke=\"var(--grid)\"/>\
             <path d=\"M{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.5\"/>",
            points.join("L")
        )
        .expect("a String takes all text");
    }
    for second in stretch.start.ceil() as u64..=stretch.end.floor() as u64 {
        let anchor = if second as f64 >= stretch.end - 0.2 { "end" } else { "middle" };
        write!(svg, "<text x=\"{:.1}\" y=\"{HEIGHT}\" text-anchor=\"{anchor}\">{second} s</text>", x(second as f64))
            .expect("a String takes all text");
    }
    svg + "</svg>"
}

/// The waveform's outline, scaled to the loudest peak of the stretch.
fn wave(peaks: &[f32], stretch: &Stretch, x: impl Fn(f64) -> f64) -> String {
    let per_second = f64::from(PEAKS_PER_SECOND);
    let first = (stretch.start * per_second) as usize;
    let last = ((stretch.end * per_second).ceil() as usize).min(peaks.len());
    let inside = peaks.get(first..last).unwrap_or_default();
    let loudest = inside.iter().copied().fold(1e-4, f32::max);
    let [top, height] = WAVE;
    let middle = top + height / 2.0;
    let point = |(index, peak): (usize, &f32), up: f64| {
        let half = f64::from(peak / loudest) * height / 2.0;
        format!("{:.1},{:.1}", x((first + index) as f64 / per_second), middle - up * half.max(0.3))
    };
    let above = inside.iter().enumerate().map(|peak| point(peak, 1.0));
    let below = inside.iter().enumerate().rev().map(|peak| point(peak, -1.0));
    let outline: Vec<String> = above.chain(below).collect();
    if outline.is_empty() {
        return String::new();
    }
    format!("<path d=\"M{}Z\" fill=\"var(--ink)\" opacity=\".6\"/>", outline.join("L"))
}
