//! The report: one HTML page that needs nothing else.

mod chart;
mod colours;
mod curves;
mod definitions;
mod tables;
mod timeline;

use std::fmt::Write;

use super::worst::worst;
use super::{Evaluation, Measured};
use chart::Problem;
use curves::Drawing;
use definitions::DEFINITIONS;

/// The page.
pub(super) fn page(evaluation: &Evaluation) -> Result<String, Problem> {
    let systems = &evaluation.plan.systems;
    let mut body = heading(evaluation);
    body += &legend(evaluation);
    body += "<section><h2>Summary</h2>";
    body += &tables::scores(evaluation);
    body += &tables::segments(evaluation);
    if evaluation.costs.iter().any(Option::is_some) {
        body += &tables::costs(evaluation);
    }
    body += "</section>";
    body += &section("Thresholds", &curves::of_thresholds(evaluation)?);
    let noise = curves::of_noise(evaluation)?;
    if !noise.is_empty() {
        let results = &evaluation.results;
        let names: Vec<String> = results.conditions.iter().skip(1).map(|condition| condition.name()).collect();
        body += &section("Noise", &noise);
        body += &tables::matrix(evaluation, "noise", &names, |row, system| results.at(0, row + 1, system));
    }
    body += &section("Cost", &curves::of_cost(evaluation)?);
    body += &latencies(evaluation)?;
    if evaluation.results.groups.len() > 1 {
        body += "<section><h2>Groups</h2>";
        let groups = &evaluation.results.groups;
        body += &tables::matrix(evaluation, "group", groups, |group, system| evaluation.results.at(group, 0, system));
        body += "</section>";
    }
    body += &stretches(evaluation);
    body += &glossary();
    Ok(format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>voiced eval: {} recordings</title>\
         <style>{}{}</style></head><body><main>{}</main><script>{}</script></body></html>\n",
        evaluation.measured.len(),
        include_str!("report/page.css"),
        colours::rules(systems),
        colours::named(&body, systems.len()),
        include_str!("report/page.js"),
    ))
}

/// Text as it may stand in HTML, in elements and in attributes.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn heading(evaluation: &Evaluation) -> String {
    let Evaluation { plan, measured, asked, .. } = evaluation;
    let sum = |part: fn(&Measured) -> f64| measured.iter().map(part).sum::<f64>();
    let (scored, speech) = (sum(|one| one.heard.reference.scored_s()), sum(|one| one.heard.reference.speech_s()));
    let incomplete = if measured.len() == *asked {
        String::new()
    } else {
        format!("<p class=\"note\">Incomplete: {} of {asked} recordings.</p>", measured.len())
    };
    let config = &plan.settings[0].config;
    let quieter = measured.iter().flat_map(|one| &one.heard.takes).filter(|take| take.quieter).count();
    let quieter = match quieter {
        0 => String::new(),
        count => format!(" {count} mixes with noise were made quieter as a whole, so as not to clip."),
    };
    format!(
        "<header><h1>Voice activity detection, measured</h1>\
         <p>{} systems on {} recordings: {:.1} minutes that count, {:.0} % of them speech by the labels.{quieter}</p>\
         {incomplete}<p class=\"fine\">voiced {}. First setting: threshold {}, min. speech {} ms, min. silence {} ms, \
         padding {} ms; collar {} ms. Click a column’s name for what it means.</p></header>",
        plan.systems.len(),
        measured.len(),
        scored / 60.0,
        100.0 * speech / scored.max(f64::MIN_POSITIVE),
        env!("CARGO_PKG_VERSION"),
        config.threshold,
        config.min_speech_ms,
        config.min_silence_ms,
        config.speech_pad_ms,
        plan.collar_ms,
    )
}

fn legend(evaluation: &Evaluation) -> String {
    let mut html = "<nav aria-label=\"systems\">".to_owned();
    for (index, system) in evaluation.plan.systems.iter().enumerate() {
        let (colour, name) = (colours::variable(index), escape(&system.name));
        write!(
            html,
            "<button class=\"chip\" data-chip=\"{index}\" aria-pressed=\"true\">\
             <i style=\"background:{colour}\"></i>{name}</button>"
        )
        .expect("a String takes all text");
    }
    html + "</nav>"
}

fn section(title: &str, drawings: &[Drawing]) -> String {
    if drawings.is_empty() {
        return String::new();
    }
    let figures: String = drawings.iter().map(figure).collect();
    format!("<section><h2>{title}</h2><div class=\"charts\">{figures}</div></section>")
}

fn figure(Drawing { title, svg, note }: &Drawing) -> String {
    format!("<figure><h3>{title}</h3>{}<figcaption>{note}</figcaption></figure>", bare(svg))
}

/// A drawing without its own size: the page gives it one.
fn bare(svg: &str) -> String {
    let inside = svg.find("<svg").map_or("", |start| &svg[start..]);
    let Some(view) = inside.find("viewBox") else { return String::new() };
    let inside = inside[view..].replacen(" xmlns=\"http://www.w3.org/2000/svg\"", "", 1); // HTML knows what SVG is
    format!("<svg role=\"img\" {inside}")
}

fn latencies(evaluation: &Evaluation) -> Result<String, Problem> {
    let mut html = "<section><h2>Latency</h2><p class=\"note\">From where speech starts or ends by the labels to where the segment \
                    does, in ms; the line is the median, and the outermost bars hold all that lies beyond.</p>\
                    <div class=\"small\">"
        .to_owned();
    for (index, system) in evaluation.plan.systems.iter().enumerate() {
        let [onset, offset] = curves::latencies(evaluation, index)?;
        write!(
            html,
            "<figure data-system=\"{index}\"><h3><i style=\"background:{}\"></i>{}</h3>\
             <div><span>onset</span>{}</div><div><span>offset</span>{}</div></figure>",
            colours::variable(index),
            escape(&system.name),
            bare(&onset),
            bare(&offset),
        )?;
    }
    Ok(html + "</div></section>")
}

fn stretches(evaluation: &Evaluation) -> String {
    let mut html = "<section><h2>Worst stretches</h2><p class=\"note\">The six seconds of each recording that a system \
                    gets most wrong, for its three worst recordings. Grey across all lanes is left out of scoring.</p>"
        .to_owned();
    for (index, system) in evaluation.plan.systems.iter().enumerate() {
        let stretches = worst(&evaluation.measured, index);
        let open = if index == 0 { " open" } else { "" };
        write!(
            html,
            "<details data-system=\"{index}\"{open}><summary><i style=\"background:{}\"></i>{}</summary>",
            colours::variable(index),
            escape(&system.name)
        )
        .expect("a String takes all text");
        if stretches.is_empty() {
            html += "<p class=\"note\">Nothing to speak of.</p>";
        }
        for stretch in &stretches {
            let file = evaluation.measured[stretch.recording].recording.path.display().to_string();
            write!(
                html,
                "<figure><figcaption>{}, {:.1} to {:.1} s: {:.1} s wrong</figcaption>{}</figure>",
                escape(&file),
                stretch.start,
                stretch.end,
                stretch.wrong,
                timeline::timeline(evaluation, index, stretch)
            )
            .expect("a String takes all text");
        }
        html += "</details>";
    }
    html + "</section>"
}

fn glossary() -> String {
    let mut html = "<section class=\"glossary\"><h2>Definitions</h2><dl>".to_owned();
    let mut popovers = String::new();
    for definition in &DEFINITIONS {
        let definitions::Definition { id, name, text } = definition;
        write!(html, "<dt id=\"{id}\">{name}</dt><dd>{text}</dd>").expect("a String takes all text");
        write!(popovers, "<div popover id=\"d-{id}\"><b>{name}</b><p>{text}</p></div>")
            .expect("a String takes all text");
    }
    html + "</dl></section>" + &popovers
}
