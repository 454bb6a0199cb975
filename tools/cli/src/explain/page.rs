//! The page: a template, its style and scripts, and what was heard, all in one file.

use serde_json::{Value, json};
use voiced::{Kind, Segment, SegmentConfig};

use super::base64::base64;
use super::hearing::{Heard, Lane};
use super::picture::{ROWS, Spectrogram, Waveform};
use super::sound::Sound;
use crate::channel::Channel;
use crate::fault::Stop;
use crate::output::settings;
use crate::sink::Sink;

/// How each page begins, by which an earlier one is known.
pub(super) const MARK: &str = "<!doctype html><!-- made by voiced explain -->";

const TEMPLATE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");

/// In the order in which they need each other.
const SCRIPTS: [&str; 9] = [
    include_str!("bytes.js"),
    include_str!("segmenter.js"),
    include_str!("words.js"),
    include_str!("view.js"),
    include_str!("drawing.js"),
    include_str!("lanes.js"),
    include_str!("controls.js"),
    include_str!("player.js"),
    include_str!("page.js"),
];

/// What a page is made of.
pub(super) struct Page<'a> {
    pub(super) title: String,
    pub(super) file: String,
    pub(super) channel: Channel,
    pub(super) heard: &'a Heard,
    /// Labelled speech in samples of the recording, where there are labels.
    pub(super) labels: Option<Vec<Segment>>,
    pub(super) sound: Option<Sound>,
    pub(super) config: SegmentConfig,
    pub(super) mode: Option<u8>,
}

impl Page<'_> {
    pub(super) fn write(&self, sink: &mut Sink) -> Result<(), Stop> {
        sink.write(MARK)?;
        let mut rest = TEMPLATE;
        while let Some((text, tail)) = rest.split_once("{{") {
            sink.write(text)?;
            let (slot, tail) = tail.split_once("}}").unwrap_or((tail, ""));
            self.fill(slot, sink)?;
            rest = tail;
        }
        sink.write(rest)
    }

    fn fill(&self, slot: &str, sink: &mut Sink) -> Result<(), Stop> {
        match slot {
            "title" => sink.write(&escaped(&self.title)),
            "style" => sink.write(STYLE),
            "scripts" => SCRIPTS.iter().try_for_each(|script| sink.write(&format!("<script>\n{script}</script>\n"))),
            "heard" => self.write_heard(sink),
            "sound" => match &self.sound {
                Some(sound) => bytes("sound", &sound.bytes, sink),
                None => Ok(()),
            },
            _ => unreachable!("the template has no such slot: {slot}"),
        }
    }

    /// The facts as JSON, and the bytes that they speak of.
    fn write_heard(&self, sink: &mut Sink) -> Result<(), Stop> {
        let heard = self.heard;
        let waveform = Waveform::of(&heard.sound);
        let spectrogram = Spectrogram::of(&heard.sound, heard.sound_rate);
        let lanes = heard.lanes.iter().map(|lane| self.lane(lane)).collect::<Vec<_>>();
        let channel = match self.channel {
            Channel::Number(number) => Some(number),
            Channel::Mix | Channel::Each => None,
        };
        let facts = json!({
            "title": self.title,
            "file": self.file,
            "version": env!("CARGO_PKG_VERSION"),
            "rate": heard.rate,
            "channels": heard.channels,
            "channel": channel,
            "length": heard.length,
            "sound": self.sound.as_ref().map(|sound| json!({ "kind": sound.kind, "words": sound.words })),
            "waveform": { "rate": heard.sound_rate, "stretch": waveform.stretch, "peak": waveform.peak },
            "spectrogram": {
                "rate": heard.sound_rate, "hop": spectrogram.hop, "rows": ROWS,
            },
            "labels": self.labels.as_ref().map(|labels| {
                labels.iter().map(|label| json!({ "start": label.start, "end": label.end })).collect::<Vec<_>>()
            }),
            "config": settings(&self.config),
            "lanes": lanes,
        });
        // Inside a script element only its end tag is special.
        let facts = facts.to_string().replace("</", "<\\/").replace("<!--", "<\\u0021--");
        sink.write(&format!("<script type=\"application/json\" id=\"facts\">{facts}</script>\n"))?;
        bytes("waveform", &waveform.extremes, sink)?;
        bytes("spectrogram", &spectrogram.levels, sink)?;
        for lane in &heard.lanes {
            let scores: Vec<u8> = lane.scores.iter().flat_map(|score| score.to_le_bytes()).collect();
            bytes(&format!("{}-scores", lane.kind), &scores, sink)?;
            for track in &tracks(lane) {
                bytes(&format!("{}-{}", lane.kind, track.name), &track.levels, sink)?;
            }
        }
        Ok(())
    }

    fn lane(&self, lane: &Lane) -> Value {
        let curve = lane.observation.curve.map(|curve| json!({ "centre": curve.centre, "width": curve.width }));
        let tracks = tracks(lane);
        let tracks = tracks.iter().map(|track| json!({ "name": track.name, "low": track.low, "step": track.step }));
        let mode = if lane.kind == Kind::WebRtc { Some(self.mode.unwrap_or(0)) } else { None };
        json!({
            "name": lane.kind.info().name,
            "rate": lane.spec.rate,
            "hop": lane.spec.hop,
            "lookahead": lane.spec.lookahead,
            "framed": lane.framed,
            "mode": mode,
            "curve": curve,
            "constant": lane.observation.constant,
            "tracks": tracks.collect::<Vec<_>>(),
        })
    }
}

/// A measure's course, quantised: `low + step * level`.
struct Track {
    name: &'static str,
    low: f32,
    step: f32,
    levels: Vec<u8>, // (frames), each a u16, little-endian
}

fn tracks(lane: &Lane) -> Vec<Track> {
    let names = lane.observation.tracks;
    let notes = lane.observation.notes.borrow();
    let track = |(at, &name): (usize, &&'static str)| {
        let values = || notes.iter().skip(at).step_by(names.len()).copied();
        let low = values().fold(f32::INFINITY, f32::min);
        let high = values().fold(f32::NEG_INFINITY, f32::max);
        let step = ((high - low) / f32::from(u16::MAX)).max(1e-9);
        let levels = values().flat_map(|value| (((value - low) / step).round() as u16).to_le_bytes()).collect();
        Track { name, low, step, levels }
    };
    names.iter().enumerate().map(track).collect()
}

fn bytes(id: &str, bytes: &[u8], sink: &mut Sink) -> Result<(), Stop> {
    sink.write(&format!("<script type=\"text/plain\" id=\"{id}\">{}</script>\n", base64(bytes)))
}

/// Text as HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_s_slots_are_those_that_are_filled() {
        let slots: Vec<&str> = TEMPLATE.split("{{").skip(1).filter_map(|tail| tail.split("}}").next()).collect();
        assert_eq!(slots, ["title", "style", "title", "heard", "scripts", "sound"]);
    }

    #[test]
    fn scripts_do_not_end_early_and_ask_no_network() {
        for text in SCRIPTS.iter().chain([&STYLE, &TEMPLATE]) {
            assert!(!text.contains("http:") && !text.contains("https:") && !text.contains("url("));
        }
        assert!(SCRIPTS.iter().all(|script| !script.contains("</script") && !script.contains("<!--")));
    }

    #[test]
    fn there_is_something_to_say_and_to_draw_of_every_detector() {
        let lanes = include_str!("lanes.js");
        let (_, table) = lanes.split_once("\nconst DETECTORS = {\n").unwrap();
        let (table, _) = table.split_once("\n};\n").unwrap();
        let entry =
            |line: &'static str| line.strip_prefix("  ")?.strip_suffix(": {").filter(|name| !name.starts_with(' '));
        let names: Vec<&str> = table.lines().filter_map(entry).collect();
        for kind in Kind::ALL {
            assert!(names.contains(&kind.info().name), "lanes.js says nothing of {kind}");
        }
        assert_eq!(names.len(), Kind::ALL.len(), "lanes.js speaks of what is no detector: {names:?}");
    }

    #[test]
    fn titles_are_escaped() {
        assert_eq!(escaped("<a & \"b\">"), "&lt;a &amp; &quot;b&quot;&gt;");
    }
}
