//! What is drawn of each kind of result.

use voiced::metrics::{OperatingPoint, probit};

use super::chart::{Axis, Problem, Series, bars, chart};
use crate::eval::Evaluation;
use crate::eval::figures::{Condition, Figures, Ranks};

/// A drawing with what stands above and below it.
pub(super) struct Drawing {
    pub(super) title: &'static str,
    pub(super) svg: String,
    pub(super) note: &'static str,
}

/// Shares at which DET axes have ticks, in percent.
const DET_TICKS: [f64; 9] = [0.1, 0.5, 2.0, 5.0, 10.0, 20.0, 40.0, 60.0, 80.0];

/// ROC, precision over recall, and DET.
pub(super) fn of_thresholds(evaluation: &Evaluation) -> Result<Vec<Drawing>, Problem> {
    let false_alarms = Axis::shares("false alarms: share of non-speech");
    let found = Axis::shares("recall: share of speech");
    let precision = Axis::shares("precision: share of what is found");
    let det = |title: &str| Axis {
        title: title.to_owned(),
        from: probit(DET_TICKS[0] / 100.0),
        to: probit(DET_TICKS[8] / 100.0),
        ticks: DET_TICKS.map(|percent| (probit(percent / 100.0), percent.to_string())).to_vec(),
    };
    let roc = |point: &OperatingPoint| (point.false_alarm_rate, point.recall);
    let precision_recall = |point: &OperatingPoint| (point.recall, point.precision);
    let on_det = |point: &OperatingPoint| (probit(point.false_alarm_rate), probit(1.0 - point.recall));
    Ok(vec![
        Drawing {
            title: "ROC",
            svg: chart(&false_alarms, &found, &series(evaluation, |ranks| &ranks.curves.roc, roc))?,
            note: "Up and to the left is better. The dot is the first setting's threshold.",
        },
        Drawing {
            title: "Precision and recall",
            svg: chart(
                &found,
                &precision,
                &series(evaluation, |ranks| &ranks.curves.precision_recall, precision_recall),
            )?,
            note: "Up and to the right is better.",
        },
        Drawing {
            title: "DET",
            svg: chart(
                &det("false alarms: % of non-speech"),
                &det("misses: % of speech"),
                &series(evaluation, |ranks| &ranks.curves.det, on_det),
            )?,
            note: "Down and to the left is better. Both axes are stretched as a normal distribution is, so that rare \
                   errors can be told apart.",
        },
    ])
}

fn series(
    evaluation: &Evaluation,
    curve: impl Fn(&Ranks) -> &Vec<OperatingPoint>,
    place: impl Fn(&OperatingPoint) -> (f64, f64),
) -> Vec<Series> {
    let of = |(system, figures): (usize, &Figures)| {
        let ranks = figures.ranks.as_ref()?;
        let frames = figures.settings.first()?.frames?;
        let at_threshold = OperatingPoint {
            threshold: evaluation.plan.settings[0].config.threshold,
            recall: frames.recall().unwrap_or(f64::NAN),
            false_alarm_rate: frames.false_alarm_rate().unwrap_or(f64::NAN),
            precision: frames.precision().unwrap_or(f64::NAN),
        };
        let (x, y) = place(&at_threshold);
        let points = if x.is_nan() || y.is_nan() { Vec::new() } else { vec![(x, y)] };
        Some(Series { system, line: curve(ranks).iter().map(&place).collect(), points, label: None })
    };
    all(evaluation).filter_map(of).collect()
}

fn all(evaluation: &Evaluation) -> impl Iterator<Item = (usize, &Figures)> {
    (0..evaluation.plan.systems.len()).map(move |system| (system, evaluation.results.at(0, 0, system)))
}

fn auc(figures: &Figures) -> Option<f64> {
    figures.ranks.as_ref()?.measures.auc
}

/// Quality over the signal-to-noise ratio; nothing without noises.
pub(super) fn of_noise(evaluation: &Evaluation) -> Result<Vec<Drawing>, Problem> {
    let ratio = |(place, condition): (usize, &Condition)| match condition {
        Condition::Noise(snr) => Some((place, *snr)),
        Condition::AsRecorded | Condition::WithSpeech => None,
    };
    let mut ratios: Vec<(usize, f64)> = evaluation.results.conditions.iter().enumerate().filter_map(ratio).collect();
    if ratios.is_empty() {
        return Ok(Vec::new());
    }
    ratios.sort_by(|(_, a), (_, b)| a.total_cmp(b));
    let ends = (ratios[0].1, ratios[ratios.len() - 1].1);
    let room = if ends.0 == ends.1 { 1.0 } else { 0.0 };
    let across = Axis {
        title: "signal-to-noise ratio over the labelled speech, dB".to_owned(),
        from: ends.0 - room,
        to: ends.1 + room,
        ticks: ratios.iter().map(|&(_, snr)| (snr, snr.to_string())).collect(),
    };
    let over = |quality: &dyn Fn(&Figures) -> Option<f64>| -> Vec<Series> {
        let line = |system: usize| {
            let at = |&(place, snr): &(usize, f64)| Some((snr, quality(evaluation.results.at(0, place, system))?));
            let line: Vec<_> = ratios.iter().filter_map(at).collect();
            Series { system, points: line.clone(), line, label: None }
        };
        (0..evaluation.plan.systems.len()).map(line).collect()
    };
    let areas = over(&auc);
    let lowest = areas.iter().flat_map(|one| &one.line).map(|&(_, y)| y).fold(0.9, f64::min);
    let rates = over(&|figures| figures.settings.first()?.segments.error_rate());
    let highest = rates.iter().flat_map(|one| &one.line).map(|&(_, y)| y).fold(0.1, f64::max).min(1.5);
    Ok(vec![
        Drawing {
            title: "AUC in noise",
            svg: chart(&across, &tenths("AUC", (lowest * 10.0).floor() / 10.0, 1.0), &areas)?,
            note: "Up is better; 0.5 is guessing.",
        },
        Drawing {
            title: "Detection error rate in noise",
            svg: chart(&across, &tenths("detection error rate", 0.0, (highest * 10.0).ceil() / 10.0), &rates)?,
            note: "Down is better. Of the segments of the first setting.",
        },
    ])
}

/// An axis with a tick at every tenth, or every other where these are many.
fn tenths(title: &str, from: f64, to: f64) -> Axis {
    let [first, last] = [from, to].map(|end| (end * 10.0).round() as i64);
    let step = if last - first > 7 { 2 } else { 1 };
    let ticks = (first..=last).step_by(step).map(|n| (n as f64 / 10.0, format!("{:.1}", n as f64 / 10.0))).collect();
    Axis { title: title.to_owned(), from, to, ticks }
}

/// Quality against what scoring costs; nothing where no cost was measured.
pub(super) fn of_cost(evaluation: &Evaluation) -> Result<Vec<Drawing>, Problem> {
    let place = |(system, figures): (usize, &Figures)| {
        let cost = evaluation.costs[system].filter(|cost| cost.real_time_factor() > 0.0)?;
        let point = (cost.real_time_factor().log10(), auc(figures)?);
        let label = Some(evaluation.plan.systems[system].name.clone());
        Some(Series { system, line: Vec::new(), points: vec![point], label })
    };
    let series: Vec<Series> = all(evaluation).filter_map(place).collect();
    let costs = series.iter().map(|one| one.points[0].0);
    let (Some(least), Some(most)) = (costs.clone().reduce(f64::min), costs.reduce(f64::max)) else {
        return Ok(Vec::new());
    };
    let lowest = series.iter().map(|one| one.points[0].1).fold(0.9, f64::min);
    let across = Axis {
        title: "real-time factor (time taken / time heard)".to_owned(),
        from: least - 0.1,
        to: most + 0.35, // room for the name
        ticks: decades(least - 0.1, most + 0.35),
    };
    Ok(vec![Drawing {
        title: "Quality against cost",
        svg: chart(&across, &tenths("AUC", (lowest * 10.0).floor() / 10.0, 1.0), &series)?,
        note: "Up and to the left is better. On one thread of this machine, scoring alone.",
    }])
}

/// Ticks at 1, 2 and 5 of every decade.
fn decades(from: f64, to: f64) -> Vec<(f64, String)> {
    let exponents = from.floor() as i32..=to.ceil() as i32;
    let ticks = exponents.flat_map(|exponent| {
        [1, 2, 5].map(|digit| ((f64::from(digit)).log10() + f64::from(exponent), format!("{digit}e{exponent}")))
    });
    ticks.filter(|(at, _)| (from..=to).contains(at)).collect()
}

/// Milliseconds that a bar of a histogram stands for, where the first begins, and how many there are; what lies beyond is
/// in the outermost.
const BAR: f64 = 20.0;
const FIRST_BAR: f64 = -300.0;
const BARS: usize = 50;

/// How late a system's edges are: onsets, then offsets.
pub(super) fn latencies(evaluation: &Evaluation, system: usize) -> Result<[String; 2], Problem> {
    let found =
        || evaluation.measured.iter().filter_map(|one| one.heard.takes[0].answers[system].as_ref()?.found.first());
    let onsets: Vec<f64> = found().flat_map(|found| &found.matches.onsets).copied().collect();
    let offsets: Vec<f64> = found().flat_map(|found| &found.matches.offsets).copied().collect();
    let at = |ms: f64| (ms - FIRST_BAR) / BAR;
    let ticks = [-200.0, 0.0, 200.0, 400.0, 600.0].map(|ms| (at(ms), format!("{ms:+.0}").replace("+0", "0")));
    let across = Axis { title: String::new(), from: 0.0, to: BARS as f64, ticks: ticks.to_vec() };
    let medians = evaluation.results.at(0, 0, system).settings.first().map(|at| [at.onset[0], at.offset[0]]);
    let draw = |edges: &[f64], median: Option<f64>| {
        let mut counts = [0; BARS];
        for edge in edges {
            counts[(at(edge * 1000.0).max(0.0) as usize).min(BARS - 1)] += 1;
        }
        bars(&across, &counts, median.map(|median| at(median * 1000.0).clamp(0.0, BARS as f64)), system)
    };
    let [onset, offset] = medians.unwrap_or_default();
    Ok([draw(&onsets, onset)?, draw(&offsets, offset)?])
}
