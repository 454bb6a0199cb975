//! Colours that follow the page's light or dark mode.
//!
//! A plotting crate writes numbers, and a page that has two modes wants names. So everything is drawn in colours that
//! stand for names, and these are put in their place afterwards.

use std::fmt::Write;

use plotters::style::RGBColor;
use voiced::Kind;

use crate::each::Each;
use crate::eval::systems::{Source, System};

/// Text and axes.
pub(super) const INK: RGBColor = RGBColor(1, 0, 0);
/// Lines behind curves.
pub(super) const GRID: RGBColor = RGBColor(1, 0, 1);

/// What a system is drawn in.
pub(super) fn of(system: usize) -> RGBColor {
    RGBColor(2, (system / 256) as u8, (system % 256) as u8)
}

/// The variable that a system's colour is kept in.
pub(super) fn variable(system: usize) -> String {
    format!("var(--s{system})")
}

/// Replaces the numbers in a drawing by the variables that they stand for.
pub(super) fn named(svg: &str, systems: usize) -> String {
    let mut named = svg.replace(&hex(INK), "var(--ink)").replace(&hex(GRID), "var(--grid)");
    for system in 0..systems {
        named = named.replace(&hex(of(system)), &variable(system));
    }
    named
}

fn hex(RGBColor(red, green, blue): RGBColor) -> String {
    format!("#{red:02X}{green:02X}{blue:02X}")
}

/// Degrees by which the hues of neighbours differ, so that any number of them lie far apart.
const GOLDEN_ANGLE: f64 = 137.5;

/// Style rules that give the systems their colours, and dashes to those from elsewhere.
pub(super) fn rules(systems: &[System]) -> String {
    let mut outsiders = 0.0;
    let (mut light, mut dark, mut dashes) = (String::new(), String::new(), String::new());
    for (index, system) in systems.iter().enumerate() {
        let (outside, [hue, chroma, lift]) = if let Source::Detector(detectors) = &system.source {
            (false, own(detectors.kind(), detectors.mode()))
        } else {
            outsiders += 1.0;
            (true, [(outsiders * GOLDEN_ANGLE + 60.0) % 360.0, 0.12, 0.0])
        };
        // Those from elsewhere stand out from ours by how far they are from the paper.
        let [on_light, on_dark] = if outside { [0.36, 0.92] } else { [0.56 + lift, 0.75 + lift] };
        write!(light, "--s{index}:oklch({on_light:.2} {chroma} {hue:.0});").expect("a String takes all text");
        write!(dark, "--s{index}:oklch({on_dark:.2} {chroma} {hue:.0});").expect("a String takes all text");
        if outside {
            write!(dashes, "polyline[stroke=\"var(--s{index})\"]{{stroke-dasharray:6 3}}")
                .expect("a String takes all text");
        }
    }
    format!(
        ":root{{{light}}}@media(prefers-color-scheme:dark){{:root{{{dark}}}}}@media print{{:root{{{light}}}}}{dashes}"
    )
}

/// Hue in degrees, chroma and how much lighter than the others, of our own detectors.
const OWN: Each<[f64; 3]> = Each::new([
    (Kind::Silero, [262.0, 0.2, -0.06]),
    (Kind::Gru, [234.0, 0.16, 0.08]),
    (Kind::WebRtc, [60.0, 0.13, 0.16]),
    (Kind::Energy, [145.0, 0.16, 0.0]),
    (Kind::Zcr, [262.0, 0.01, 0.05]),
    (Kind::Entropy, [345.0, 0.17, 0.08]),
    (Kind::Flatness, [310.0, 0.17, 0.0]),
    (Kind::Ltsd, [195.0, 0.1, 0.05]),
    (Kind::Sohn, [105.0, 0.12, 0.08]),
    (Kind::Combined, [27.0, 0.19, 0.0]),
]);

/// How much lighter than the others each mode is: modes are shades of one hue.
const MODES: [f64; 4] = [0.16, 0.1, 0.03, -0.06];

fn own(kind: Kind, mode: Option<u8>) -> [f64; 3] {
    let [hue, chroma, lift] = *OWN.of(kind);
    [hue, chroma, mode.and_then(|mode| MODES.get(usize::from(mode)).copied()).unwrap_or(lift)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_become_names() {
        let svg = "<a stroke=\"#020003\"/><b fill=\"#010000\"/><c fill=\"#020004\"/>";
        assert_eq!(named(svg, 5), "<a stroke=\"var(--s3)\"/><b fill=\"var(--ink)\"/><c fill=\"var(--s4)\"/>");
        assert_eq!(hex(of(260)), "#020104");
    }
}
