//! Tables of the page: the same numbers as in the terminal's.

use std::fmt::Write;

use super::colours::variable;
use super::escape;
use crate::eval::Evaluation;
use crate::eval::figures::Figures;
use crate::eval::systems::Source;
use crate::eval::table::{milliseconds, percent, three};
use crate::facts::{latency, memory_of};

/// A heading whose number is explained where it is clicked.
fn head(id: &str, text: &str) -> String {
    format!("<th><button popovertarget=\"d-{id}\">{text}</button></th>")
}

fn heading(first: &str, columns: &[(&str, &str)]) -> String {
    let cells: String = columns.iter().map(|(id, text)| head(id, text)).collect();
    format!("<div class=\"wide\"><table><thead><tr><th>{first}</th>{cells}</tr></thead><tbody>")
}

fn row(system: usize, name: &str, cells: &[String]) -> String {
    let cells = cells.join("</td><td>");
    format!(
        "<tr data-system=\"{system}\"><th><i style=\"background:{}\"></i>{}</th><td>{cells}</td></tr>",
        variable(system),
        escape(name)
    )
}

const END: &str = "</tbody></table></div>";

pub(super) fn scores(evaluation: &Evaluation) -> String {
    let columns = [
        ("auc", "AUC"),
        ("interval", "95 % interval"),
        ("ap", "AP"),
        ("eer", "EER %"),
        ("f1", "F1"),
        ("mindcf", "minDCF"),
        ("lag", "lag ms"),
    ];
    let mut html = heading("scores", &columns);
    for (index, system) in evaluation.plan.systems.iter().enumerate() {
        let Some(ranks) = &evaluation.results.at(0, 0, index).ranks else { continue };
        let measures = &ranks.measures;
        let interval = ranks.intervals.auc.map_or("–".to_owned(), |auc| {
            let [low, high] = [auc.low, auc.high].map(|end| (200.0 * end - 100.0).clamp(0.0, 100.0)); // from 0.5 to 1
            format!(
                "<span class=\"ci\"><span style=\"left:{low:.1}%;width:{:.1}%;background:{}\"></span></span> \
                 {:.3}–{:.3}",
                high - low,
                variable(index),
                auc.low,
                auc.high
            )
        });
        html += &row(
            index,
            &system.name,
            &[
                three(measures.auc),
                interval,
                three(measures.average_precision),
                percent(measures.equal_error_rate),
                three(ranks.f1),
                three(measures.min_dcf.map(|best| best.value)),
                evaluation.delays[index].map_or("–".to_owned(), |delay| delay.ms.to_string()),
            ],
        );
    }
    html + END
}

pub(super) fn segments(evaluation: &Evaluation) -> String {
    let columns = [
        ("der", "DER %"),
        ("miss", "miss %"),
        ("fa", "false %"),
        ("precision", "precision %"),
        ("f1s", "F1"),
        ("missed", "missed %"),
        ("falseh", "false/h"),
        ("parts", "parts"),
        ("onset", "onset ms"),
        ("offset", "offset ms"),
    ];
    let mut html = heading("segments", &columns);
    for (system, setting, name) in evaluation.rows() {
        let Some(at) = evaluation.results.at(0, 0, system).settings.get(setting) else { continue };
        let edge = |[median, late]: &[Option<f64>; 2]| {
            format!("{} <small>{}</small>", milliseconds(*median), milliseconds(*late))
        };
        let rate =
            |rate: Option<f64>, decimals: usize| rate.map_or("–".to_owned(), |rate| format!("{rate:.decimals$}"));
        html += &row(
            system,
            &name,
            &[
                percent(at.segments.error_rate()),
                percent(at.segments.miss_rate()),
                percent(at.segments.false_alarm_rate()),
                percent(at.segments.precision()),
                three(at.segments.f1()),
                percent(at.counts.missed_rate()),
                rate(at.counts.false_alarms_per_hour(), 1),
                rate(at.counts.fragmentation(), 2),
                edge(&at.onset),
                edge(&at.offset),
            ],
        );
    }
    html + END
}

pub(super) fn costs(evaluation: &Evaluation) -> String {
    let columns = [
        ("us", "µs/frame"),
        ("hop", "hop ms"),
        ("rtf", "real time"),
        ("state", "state KB"),
        ("weights", "weights KB"),
        ("latency", "latency ms"),
    ];
    let mut html = heading("cost", &columns);
    for (index, system) in evaluation.plan.systems.iter().enumerate() {
        let (Some(cost), Source::Detector(detectors)) = (evaluation.costs[index], &system.source) else { continue };
        let hop = cost.spec.hop as f64 * 1000.0 / f64::from(cost.spec.rate);
        let memory = memory_of(detectors.kind());
        let weights =
            if memory.weights == 0 { "–".to_owned() } else { format!("{:.0}", memory.weights as f64 / 1000.0) };
        html += &row(
            index,
            &system.name,
            &[
                format!("{:.2}", cost.us_per_frame()),
                hop.to_string(),
                format!("{:.6}", cost.real_time_factor()),
                format!("{:.1}", memory.state as f64 / 1000.0),
                weights,
                latency(cost.spec).to_string(),
            ],
        );
    }
    html + END
}

/// A row for each group or take, and a column for each system; cells are shaded by AUC.
pub(super) fn matrix<'a>(
    evaluation: &Evaluation,
    what: &str,
    names: &[String],
    at: impl Fn(usize, usize) -> &'a Figures,
) -> String {
    let mut html = format!("<div class=\"wide\"><table class=\"matrix\"><thead><tr>{}", head("group", what));
    for (index, system) in evaluation.plan.systems.iter().enumerate() {
        let (colour, name) = (variable(index), escape(&system.name));
        write!(html, "<th data-system=\"{index}\"><i style=\"background:{colour}\"></i>{name}</th>")
            .expect("a String takes all text");
    }
    html += "</tr></thead><tbody>";
    for (place, name) in names.iter().enumerate() {
        write!(html, "<tr><th>{}</th>", escape(name)).expect("a String takes all text");
        for index in 0..evaluation.plan.systems.len() {
            let figures = at(place, index);
            let auc = figures.ranks.as_ref().and_then(|ranks| ranks.measures.auc);
            let shade = auc.map_or(0.0, |auc| ((auc - 0.5) * 2.0).clamp(0.0, 1.0).powi(2));
            let whole = |share: Option<f64>| share.map_or("–".to_owned(), |share| format!("{:.0}", 100.0 * share));
            let errors = figures.settings.first().map_or_else(String::new, |at| {
                format!(
                    "<small>{} / {}</small>",
                    whole(at.segments.miss_rate()),
                    whole(at.segments.false_alarm_rate())
                )
            });
            let auc = if auc.is_some() { three(auc) } else { String::new() };
            write!(html, "<td style=\"--shade:{shade:.2}\" data-system=\"{index}\">{auc}{errors}</td>")
                .expect("a String takes all text");
        }
        html += "</tr>";
    }
    html + END
}
