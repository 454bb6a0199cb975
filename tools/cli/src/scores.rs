//! `voiced scores`: a score for every frame of recordings.

use voiced::{FrameSpec, SegmentConfig};

use crate::args::{ScoreFormat, Scores};
use crate::batch::{Batch, guarded};
use crate::channel::{Channel, Ear};
use crate::detectors::Detectors;
use crate::fault::{Fault, Stop};
use crate::input::Recording;
use crate::listen::listen;
use crate::output::json_string;
use crate::output::time::seconds;
use crate::progress::Task;
use crate::sink::Sink;

pub(crate) fn run(arguments: &Scores, quiet: bool) -> Result<(), Stop> {
    let mut batch = Batch::new(&arguments.input, quiet)?;
    let channel = arguments.input.channel;
    let csv = arguments.format == ScoreFormat::Csv;
    if csv && (batch.several() || channel == Channel::Each) {
        let message = "CSV has the scores of one recording: give one file and no --channel each, or --format json";
        return Err(Stop::Usage(message.to_owned()));
    }
    let detectors = Detectors::new(&arguments.detection)?;
    let detectors = if arguments.decisions { detectors.deciding()? } else { detectors };
    let inputs = batch.inputs(arguments.detection.weights.as_deref());
    let mut sink = Sink::apart(arguments.output.as_deref(), &inputs)?;
    if csv {
        if sink.is_terminal() {
            batch.progress.hide_bar();
        }
        write_csv(&batch, channel, &detectors, &mut sink)?;
        return sink.finish();
    }
    let done = batch.run(
        |recording, task| score_all(recording, channel, &detectors, task),
        |_, results| {
            results.iter().try_for_each(|scored| write_json(scored, detectors.name(), &mut sink))?;
            sink.flush()
        },
    );
    if let Err(stop @ (Stop::ClosedPipe | Stop::Fault(_))) = done {
        return Err(stop);
    }
    sink.finish()?;
    done
}

/// Scores what each ear hears of a recording: `take` gets the ear's position, the index of a frame, and its score, in
/// the frames' order. Returns the ears, and what a frame is.
fn score<E: From<Fault>>(
    recording: &mut Recording,
    channel: Channel,
    detectors: &Detectors,
    task: &mut Task<'_>,
    mut take: impl FnMut(usize, FrameSpec, f32) -> Result<(), E>,
) -> Result<(Vec<Ear>, FrameSpec), E> {
    let spec = detectors.load(recording.rate)?.spec();
    let config = SegmentConfig::default(); // whose events nobody asks for
    let (ears, _) = listen(recording, channel, detectors, &config, task, |position, update| {
        update.score.map_or(Ok(()), |score| take(position, spec, score))
    })?;
    Ok((ears, spec))
}

/// One recording, whose scores are written as they come: a long one takes no memory.
fn write_csv(batch: &Batch, channel: Channel, detectors: &Detectors, sink: &mut Sink) -> Result<(), Stop> {
    for find in &batch.finds {
        let path = &find.clone()?.path;
        guarded(path, || {
            let mut recording = Recording::open(path)?;
            let mut task = batch.progress.task(path);
            sink.write("start,end,score\n")?;
            let mut index = 0;
            score(&mut recording, channel, detectors, &mut task, |_, spec, score| {
                let [start, end] = frame_times(index, spec);
                index += 1;
                sink.write(&format!("{start},{end},{}\n", decimal(score)))
            })?;
            if let Some(warning) = recording.warning() {
                batch.progress.warn(&warning);
            }
            Ok::<_, Stop>(())
        })?;
    }
    Ok(())
}

/// The scores of what one ear heard.
struct Scored {
    file: String,
    ear: Ear,
    spec: FrameSpec,
    scores: Vec<f32>, // (frames)
}

fn score_all(
    recording: &mut Recording,
    channel: Channel,
    detectors: &Detectors,
    task: &mut Task<'_>,
) -> Result<Vec<Scored>, Fault> {
    let mut scores: Vec<Vec<f32>> = Vec::new();
    let (ears, spec) = score(recording, channel, detectors, task, |position, _, score| {
        if scores.len() <= position {
            scores.resize(position + 1, Vec::new());
        }
        scores[position].push(score);
        Ok::<_, Fault>(())
    })?;
    scores.resize(ears.len(), Vec::new()); // where there were no frames
    let scored = |(&ear, scores)| Scored { file: recording.name.clone(), ear, spec, scores };
    Ok(ears.iter().zip(scores).map(scored).collect())
}

/// One object, written frame by frame: as text it is ten times as large as the scores.
fn write_json(scored: &Scored, detector: &str, sink: &mut Sink) -> Result<(), Stop> {
    let &Scored { ear, spec, .. } = scored;
    let channel = ear.map_or_else(String::new, |number| format!("\"channel\":{number},"));
    sink.write(&format!(
        "{{\"file\":{},{channel}\"detector\":{},\"sample_rate\":{},\"hop\":{},\"frames\":[",
        json_string(&scored.file),
        json_string(detector),
        spec.rate,
        spec.hop
    ))?;
    for (index, &score) in (0..).zip(&scored.scores) {
        let [start, end] = frame_times(index, spec);
        let comma = if index == 0 { "" } else { "," };
        sink.write(&format!("{comma}[{start},{end},{}]", decimal(score)))?;
    }
    sink.write("]}\n")
}

/// Start and end in seconds of the hop that a score stands for.
fn frame_times(index: u64, spec: FrameSpec) -> [String; 2] {
    [index, index + 1].map(|hops| seconds(hops * spec.hop as u64, spec.rate))
}

/// A score with eight significant digits or more, as CSV and JSON readers take it; so an `f32` reads back within an
/// ulp.
fn decimal(score: f32) -> String {
    if score == 0.0 || score >= 1e-2 { format!("{score:.9}") } else { format!("{score:.8e}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_keep_eight_digits() {
        assert_eq!(decimal(0.0), "0.000000000");
        assert_eq!(decimal(0.5), "0.500000000");
        assert_eq!(decimal(1.0), "1.000000000");
        let mut score = 1.0_f32;
        while score > 1e-37 {
            let read: f64 = decimal(score).parse().unwrap();
            let relative = (read / f64::from(score) - 1.0).abs();
            assert!(relative < 1e-7, "{score} became {read}");
            score *= 0.77;
        }
    }

    #[test]
    fn frames_lie_a_hop_apart() {
        let spec = FrameSpec::adjacent(16_000, 512);
        assert_eq!(frame_times(0, spec), ["0.000", "0.032"]);
        assert_eq!(frame_times(1_124_999, spec), ["35999.968", "36000.000"]);
    }
}
