//! Tables for people.

use std::fmt::Write;

use super::Evaluation;
use super::figures::{AtSetting, Figures};
use super::systems::Source;
use crate::facts::{latency, memory_of};

/// Columns of a terminal.
const WIDTH: usize = 100;

/// All tables, at most [`WIDTH`] columns wide where names are short.
pub(super) fn tables(evaluation: &Evaluation) -> String {
    let mut text = heading(evaluation);
    text += &scores(evaluation);
    text += &segments(evaluation);
    text += &costs(evaluation);
    text += &by_noise(evaluation);
    text += &by_group(evaluation);
    text
}

fn heading(evaluation: &Evaluation) -> String {
    let Evaluation { measured, asked, .. } = evaluation;
    let sum = |part: fn(&super::Measured) -> f64| measured.iter().map(part).sum::<f64>();
    let (scored, speech) = (sum(|one| one.heard.reference.scored_s()), sum(|one| one.heard.reference.speech_s()));
    let of = if measured.len() == *asked { String::new() } else { format!(" of {asked}") };
    let quieter = match measured.iter().flat_map(|one| &one.heard.takes).filter(|take| take.quieter).count() {
        0 => String::new(),
        count => format!("{count} mixes with noise were made quieter as a whole, so as not to clip.\n"),
    };
    format!("{}{of} recordings, {scored:.1} s that count, {speech:.1} s of them speech\n{quieter}\n", measured.len())
}

/// A share in percent.
pub(super) fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "-".to_owned(), |share| format!("{:.1}", 100.0 * share))
}

/// A share with three decimals.
pub(super) fn three(share: Option<f64>) -> String {
    share.map_or_else(|| "-".to_owned(), |share| format!("{share:.3}"))
}

/// Seconds as whole milliseconds; adding 0 takes the sign from -0.
pub(super) fn milliseconds(seconds: Option<f64>) -> String {
    seconds.map_or_else(|| "-".to_owned(), |seconds| format!("{}", (1000.0 * seconds).round() + 0.0))
}

fn name_width(evaluation: &Evaluation) -> usize {
    evaluation.rows().map(|(_, _, name)| name.chars().count()).max().unwrap_or(0).max(8) + 2
}

fn scores(evaluation: &Evaluation) -> String {
    let width = name_width(evaluation);
    let mut text = format!(
        "{:<width$}{:>7}{:>16}{:>8}{:>8}{:>8}{:>8}{:>9}\n",
        "scores", "AUC", "95 % interval", "AP", "EER %", "F1", "minDCF", "lag/ms"
    );
    for (index, system) in evaluation.plan.systems.iter().enumerate().filter(|(_, system)| system.has_scores()) {
        let Some(ranks) = &evaluation.results.at(0, 0, index).ranks else { continue };
        let measures = &ranks.measures;
        let interval = ranks.intervals.auc.map_or("-".to_owned(), |auc| format!("{:.3} to {:.3}", auc.low, auc.high));
        let delay = evaluation.delays[index].map_or("-".to_owned(), |delay| delay.ms.to_string());
        writeln!(
            text,
            "{:<width$}{:>7}{interval:>16}{:>8}{:>8}{:>8}{:>8}{delay:>9}",
            system.name,
            three(measures.auc),
            three(measures.average_precision),
            percent(measures.equal_error_rate),
            three(ranks.f1),
            three(measures.min_dcf.map(|best| best.value)),
        )
        .expect("a String takes all text");
    }
    text + "\n"
}

fn segments(evaluation: &Evaluation) -> String {
    let width = name_width(evaluation);
    let mut text = format!(
        "{:<width$}{:>7}{:>7}{:>7}{:>7}{:>7}{:>8}{:>8}{:>6}{:>12}{:>12}\n",
        "segments", "DER %", "miss %", "fa %", "prec %", "F1", "missed%", "false/h", "parts", "onset/ms", "offset/ms"
    );
    for (system, setting, name) in evaluation.rows() {
        let Some(at) = evaluation.results.at(0, 0, system).settings.get(setting) else { continue };
        let AtSetting { segments, counts, onset, offset, .. } = at;
        let edge =
            |[median, late]: &[Option<f64>; 2]| format!("{} {:>5}", milliseconds(*median), milliseconds(*late));
        writeln!(
            text,
            "{name:<width$}{:>7}{:>7}{:>7}{:>7}{:>7}{:>8}{:>8}{:>6}{:>12}{:>12}",
            percent(segments.error_rate()),
            percent(segments.miss_rate()),
            percent(segments.false_alarm_rate()),
            percent(segments.precision()),
            three(segments.f1()),
            percent(counts.missed_rate()),
            counts.false_alarms_per_hour().map_or("-".to_owned(), |rate| format!("{rate:.1}")),
            counts.fragmentation().map_or("-".to_owned(), |parts| format!("{parts:.2}")),
            edge(onset),
            edge(offset),
        )
        .expect("a String takes all text");
    }
    text + "\n"
}

fn costs(evaluation: &Evaluation) -> String {
    let width = name_width(evaluation);
    let mut text = format!(
        "{:<width$}{:>10}{:>10}{:>12}{:>10}{:>10}{:>11}\n",
        "cost", "us/frame", "hop/ms", "real time", "state/KB", "weights", "latency/ms"
    );
    let before = text.len();
    for (index, system) in evaluation.plan.systems.iter().enumerate() {
        let (Some(cost), Source::Detector(detectors)) = (evaluation.costs[index], &system.source) else { continue };
        let hop = cost.spec.hop as f64 * 1000.0 / f64::from(cost.spec.rate);
        let memory = memory_of(detectors.kind());
        let weights =
            if memory.weights == 0 { "-".to_owned() } else { format!("{:.0} KB", memory.weights as f64 / 1000.0) };
        writeln!(
            text,
            "{:<width$}{:>10.2}{hop:>10}{:>12.6}{:>10.1}{weights:>10}{:>11}",
            system.name,
            cost.us_per_frame(),
            cost.real_time_factor(),
            memory.state as f64 / 1000.0,
            latency(cost.spec),
        )
        .expect("a String takes all text");
    }
    if text.len() == before { String::new() } else { text + "\n" }
}

fn by_noise(evaluation: &Evaluation) -> String {
    let names: Vec<String> = evaluation.results.conditions.iter().skip(1).map(|condition| condition.name()).collect();
    if names.is_empty() {
        return String::new();
    }
    matrices(evaluation, "noise", &names, |row, system| evaluation.results.at(0, row + 1, system))
}

fn by_group(evaluation: &Evaluation) -> String {
    let groups = &evaluation.results.groups;
    if groups.len() == 1 {
        return String::new();
    }
    matrices(evaluation, "group", groups, |row, system| evaluation.results.at(row, 0, system))
}

/// Area under the curve, and misses and false alarms of the first setting, for each row and system.
fn matrices<'a>(
    evaluation: &Evaluation,
    what: &str,
    names: &[String],
    at: impl Fn(usize, usize) -> &'a Figures,
) -> String {
    let systems: Vec<(usize, &str)> =
        evaluation.plan.systems.iter().enumerate().map(|(index, system)| (index, &*system.name)).collect();
    let ranked: Vec<_> =
        systems.iter().copied().filter(|&(index, _)| evaluation.plan.systems[index].has_scores()).collect();
    let area = |figures: &Figures| three(figures.ranks.as_ref().and_then(|ranks| ranks.measures.auc));
    let errors = |figures: &Figures| match figures.settings.first().map(|at| &at.segments) {
        Some(segments) => {
            let whole = |share: Option<f64>| share.map_or("-".to_owned(), |share| format!("{:.0}", 100.0 * share));
            format!("{} / {}", whole(segments.miss_rate()), whole(segments.false_alarm_rate()))
        }
        None => "-".to_owned(),
    };
    let label = if evaluation.plan.settings.len() == 1 {
        "segments: missed and false % of the time with and without speech".to_owned()
    } else {
        format!(
            "segments with {}: missed and false % of the time with and without speech",
            evaluation.plan.settings[0].name
        )
    };
    matrix("AUC", what, names, &ranked, |row, system| area(at(row, system)))
        + &matrix(&label, what, names, &systems, |row, system| errors(at(row, system)))
}

fn matrix(
    title: &str,
    what: &str,
    names: &[String],
    systems: &[(usize, &str)],
    cell: impl Fn(usize, usize) -> String,
) -> String {
    let first = names.iter().map(|name| name.chars().count()).max().unwrap_or(0).max(what.len()) + 2;
    let column = |name: &str| name.chars().count().max(7) + 2;
    let mut text = String::new();
    let mut rest = systems;
    while !rest.is_empty() {
        let widths = rest.iter().scan(first, |width, (_, name)| {
            *width += column(name);
            Some(*width)
        });
        let count = widths.take_while(|&width| width <= WIDTH).count().max(1);
        let (these, others) = rest.split_at(count);
        rest = others;
        writeln!(text, "{title}").expect("a String takes all text");
        let mut line = |first_cell: &str, cells: &dyn Fn(usize, &str) -> String| {
            write!(text, "{first_cell:<first$}").expect("a String takes all text");
            for &(index, name) in these {
                write!(text, "{:>1$}", cells(index, name), column(name)).expect("a String takes all text");
            }
            text.push('\n');
        };
        line(what, &|_, name| name.to_owned());
        for (row, name) in names.iter().enumerate() {
            line(name, &|system, _| cell(row, system));
        }
        text.push('\n');
    }
    text
}
