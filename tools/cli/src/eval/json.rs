//! One JSON document with everything; `docs/eval.md` says what its fields are.

use serde_json::{Value, json};
use voiced::metrics::{Confusion, Interval, MatchCounts, OperatingPoint, Optimum};

use super::figures::{AtSetting, Condition, Figures, Ranks};
use super::systems::{Source, System};
use super::{Evaluation, Measured};
use crate::facts::{latency, memory_of};
use crate::output;

/// Changes where a field changes its meaning or goes; new fields may come without.
const FORMAT: u32 = 1;

pub(super) fn document(evaluation: &Evaluation) -> String {
    let Evaluation { plan, measured, asked, results, .. } = evaluation;
    let systems: Vec<Value> = (0..plan.systems.len()).map(|index| system(evaluation, index)).collect();
    let settings: Vec<Value> = plan.settings.iter().map(|setting| output::settings(&setting.config)).collect();
    let mut cells = Vec::new();
    for (group, name) in results.groups.iter().enumerate() {
        for (place, condition) in results.conditions.iter().enumerate() {
            let (kind, snr) = match condition {
                Condition::AsRecorded => ("as_recorded", None),
                Condition::WithSpeech => ("with_speech", None),
                Condition::Noise(snr) => ("noise", Some(snr)),
            };
            for (index, System { name: system, .. }) in plan.systems.iter().enumerate() {
                let mut cell = figures(results.at(group, place, index));
                cell["group"] = json!(name);
                cell["condition"] = json!(kind);
                cell["snr_db"] = json!(snr);
                cell["system"] = json!(system);
                cells.push(cell);
            }
        }
    }
    let document = json!({
        "format": FORMAT,
        "version": env!("CARGO_PKG_VERSION"),
        "complete": measured.len() == *asked,
        "recordings_asked": asked,
        "recordings": measured.iter().map(recording).collect::<Vec<_>>(),
        "collar_ms": plan.collar_ms,
        "compensate_delay": plan.delay.compensate_delay,
        "settings": settings,
        "systems": systems,
        "results": cells,
    });
    document.to_string() + "\n"
}

fn recording(Measured { recording, heard }: &Measured) -> Value {
    let reference = &heard.reference;
    json!({
        "file": recording.path.display().to_string(),
        "labels": recording.labels.display().to_string(),
        "group": recording.group,
        "sample_rate": reference.rate(),
        "duration_s": reference.length() as f64 / f64::from(reference.rate()),
        "scored_s": reference.scored_s(),
        "speech_s": reference.speech_s(),
        "mixes_made_quieter": heard.takes.iter().filter(|take| take.quieter).count(),
    })
}

fn system(evaluation: &Evaluation, index: usize) -> Value {
    let System { name, source } = &evaluation.plan.systems[index];
    let (kind, memory) = match source {
        Source::Detector(detectors) => ("detector", Some(memory_of(detectors.kind()))),
        Source::Scores(_) => ("scores", None),
        Source::Segments(_) => ("segments", None),
    };
    let cost = evaluation.costs[index];
    let delay = evaluation.delays[index];
    json!({
        "name": name,
        "kind": kind,
        "us_per_frame": cost.map(|cost| cost.us_per_frame()),
        "real_time_factor": cost.map(|cost| cost.real_time_factor()),
        "frames": cost.map(|cost| cost.frames),
        "hop_ms": cost.map(|cost| cost.spec.hop as f64 * 1000.0 / f64::from(cost.spec.rate)),
        "latency_ms": cost.map(|cost| latency(cost.spec)),
        "state_bytes": memory.map(|memory| memory.state),
        "weight_bytes": memory.map(|memory| memory.weights),
        "lag_ms": delay.map(|delay| delay.ms),
        "auc_without_lag": delay.map(|delay| delay.auc),
    })
}

fn figures(Figures { recordings, ranks, settings }: &Figures) -> Value {
    json!({
        "recordings": recordings,
        "scores": ranks.as_ref().map(scores),
        "settings": settings.iter().map(at_setting).collect::<Vec<_>>(),
    })
}

fn scores(Ranks { measures, intervals, f1, curves }: &Ranks) -> Value {
    let mut scores = json!({
        "auc": measures.auc,
        "auc_interval": interval(intervals.auc),
        "average_precision": measures.average_precision,
        "average_precision_interval": interval(intervals.average_precision),
        "equal_error_rate": measures.equal_error_rate,
        "equal_error_rate_interval": interval(intervals.equal_error_rate),
        "f1_cross_validated": f1,
        "best_f1": optimum(measures.best_f1),
        "min_dcf": optimum(measures.min_dcf),
    });
    if !curves.roc.is_empty() {
        scores["roc"] = points(&curves.roc);
        scores["precision_recall"] = points(&curves.precision_recall);
    }
    scores
}

fn interval(interval: Option<Interval>) -> Value {
    interval.map_or(Value::Null, |Interval { low, high }| json!([low, high]))
}

fn optimum(best: Option<Optimum>) -> Value {
    best.map_or(Value::Null, |best| json!({ "value": best.value, "threshold": finite(best.threshold) }))
}

/// Points as [threshold, recall, false-alarm rate, precision]; a threshold that nothing reaches is null.
fn points(points: &[OperatingPoint]) -> Value {
    let point = |point: &OperatingPoint| {
        json!([finite(point.threshold), point.recall, point.false_alarm_rate, point.precision])
    };
    points.iter().map(point).collect()
}

fn finite(number: f64) -> Option<f64> {
    Some(number).filter(|number| number.is_finite())
}

fn at_setting(AtSetting { frames, segments, error_rate, counts, onset, offset }: &AtSetting) -> Value {
    json!({
        "frames": frames.as_ref().map(confusion),
        "segments": confusion(segments),
        "detection_error_rate": segments.error_rate(),
        "detection_error_rate_interval": interval(*error_rate),
        "matches": matches(counts),
        "onset_latency_s": { "median": onset[0], "p95": onset[1] },
        "offset_latency_s": { "median": offset[0], "p95": offset[1] },
    })
}

fn confusion(confusion: &Confusion) -> Value {
    json!({
        "hit_s": confusion.hit,
        "miss_s": confusion.miss,
        "false_alarm_s": confusion.false_alarm,
        "rejected_s": confusion.rejected,
        "miss_rate": confusion.miss_rate(),
        "false_alarm_rate": confusion.false_alarm_rate(),
        "precision": confusion.precision(),
        "recall": confusion.recall(),
        "f1": confusion.f1(),
        "dcf": confusion.dcf(),
    })
}

fn matches(counts: &MatchCounts) -> Value {
    json!({
        "speech_segments": counts.speech,
        "missed_segments": counts.missed,
        "missed_rate": counts.missed_rate(),
        "false_segments": counts.false_alarms,
        "false_segments_per_hour": counts.false_alarms_per_hour(),
        "fragmentation": counts.fragmentation(),
    })
}
