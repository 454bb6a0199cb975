//! Curves and points between two axes.

use std::error::Error;
use std::ops::Range;

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, ValueFormatter};
use plotters::prelude::*;

use super::colours::{self, GRID, INK};

/// Why a drawing failed.
pub(super) type Problem = Box<dyn Error + Send + Sync>;

/// An axis with its ticks; what does not lie on a linear scale is mapped before.
#[derive(Clone)]
pub(super) struct Axis {
    pub(super) title: String,
    pub(super) from: f64,
    pub(super) to: f64,
    /// Where, and what is written there.
    pub(super) ticks: Vec<(f64, String)>,
}

impl Axis {
    /// Shares from 0 to 1 in steps of a fifth.
    pub(super) fn shares(title: &str) -> Self {
        let ticks = (0..=5).map(|n| (f64::from(n) / 5.0, format!("{:.1}", f64::from(n) / 5.0))).collect();
        Self { title: title.to_owned(), from: 0.0, to: 1.0, ticks }
    }
}

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (first, last): (i32, i32)) -> i32 {
        let share = (value - self.from) / (self.to - self.from);
        first + (share * f64::from(last - first)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, _hint: Hint) -> Vec<f64> {
        self.ticks.iter().map(|&(at, _)| at).collect()
    }

    fn range(&self) -> Range<f64> {
        self.from..self.to
    }
}

impl ValueFormatter<f64> for Axis {
    fn format_ext(&self, value: &f64) -> String {
        let nearest = self.ticks.iter().min_by(|(a, _), (b, _)| (a - value).abs().total_cmp(&(b - value).abs()));
        nearest.map_or_else(String::new, |(_, label)| label.clone())
    }
}

/// What one system has on a chart.
pub(super) struct Series {
    pub(super) system: usize,
    pub(super) line: Vec<(f64, f64)>,
    /// Points that stand out.
    pub(super) points: Vec<(f64, f64)>,
    /// What is written beside the last point.
    pub(super) label: Option<String>,
}

/// Size of a chart, in units of its own.
const SIZE: (u32, u32) = (400, 330);

/// A chart as SVG; of lines, what lies beyond the axes is left out, and points there are drawn at their ends.
pub(super) fn chart(x: &Axis, y: &Axis, series: &[Series]) -> Result<String, Problem> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        let text = |size: u32| ("sans-serif", size).into_font().color(&INK);
        let mut chart = ChartBuilder::on(&area)
            .margin(8)
            .margin_right(14)
            .x_label_area_size(48)
            .y_label_area_size(MARGIN)
            .build_cartesian_2d(x.clone(), y.clone())?;
        chart
            .configure_mesh()
            .axis_style(INK)
            .bold_line_style(GRID)
            .light_line_style(TRANSPARENT)
            .x_desc(&x.title)
            .y_desc(&y.title)
            .label_style(text(14))
            .axis_desc_style(text(15))
            .draw()?;
        let inside = |&(a, b): &(f64, f64)| (a.clamp(x.from, x.to), b.clamp(y.from, y.to));
        let points = series.iter().flat_map(|one| &one.points);
        let mut taken = Taken::by_points(points.map(|point| chart.backend_coord(&inside(point))));
        for one in series {
            let colour = colours::of(one.system);
            if one.line.len() > 1 {
                let line: Vec<_> = one.line.iter().copied().filter(|point| inside(point) == *point).collect();
                chart.draw_series(std::iter::once(PathElement::new(line, colour.stroke_width(2))))?;
            }
            let points = one.points.iter().map(inside);
            chart.draw_series(points.map(|point| Circle::new(point, 4, colour.filled())))?;
            if let (Some(label), Some(point)) = (&one.label, one.points.last()) {
                let style = ("sans-serif", 12).into_font().color(&colour);
                let place = taken.place(chart.backend_coord(&inside(point)), label);
                let beside = EmptyElement::at(inside(point)) + Text::new(label.clone(), place, style);
                chart.draw_series(std::iter::once(beside))?;
            }
        }
        area.present()?;
    }
    Ok(svg)
}

/// What is already drawn, as left, right, top and bottom: names go where there is nothing.
struct Taken(Vec<[i32; 4]>);

impl Taken {
    fn by_points(points: impl Iterator<Item = (i32, i32)>) -> Self {
        Self(points.map(|(x, y)| [x - 5, x + 5, y - 5, y + 5]).collect())
    }

    /// Where the name of a point begins, from the point: the nearest free place on its right or left.
    fn place(&mut self, (x, y): (i32, i32), name: &str) -> (i32, i32) {
        let width = 7 * name.chars().count() as i32;
        let area = |(right, down): (i32, i32)| [x + right, x + right + width, y + down, y + down + LINE];
        let free = |&place: &(i32, i32)| {
            let [left, right, top, bottom] = area(place);
            left >= MARGIN && self.0.iter().all(|&[l, r, t, b]| right < l || r < left || bottom <= t || b <= top)
        };
        let downs = (0..12).flat_map(|n| [n * 6, -n * 6]).map(|down| down - LINE / 2);
        let place = downs.flat_map(|down| [(7, down), (-7 - width, down)]).find(free).unwrap_or((7, -LINE / 2));
        self.0.push(area(place));
        place
    }
}

/// Room for the ticks and the title on the left.
const MARGIN: i32 = 58;

/// Height of a name.
const LINE: i32 = 13;

/// Bars of a width of 1 from `0` on, with a line at `mark`, both in units of bars.
pub(super) fn bars(x: &Axis, counts: &[usize], mark: Option<f64>, system: usize) -> Result<String, Problem> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (300, 120)).into_drawing_area();
        let most = counts.iter().max().copied().unwrap_or(0).max(1) as f64;
        let mut chart = ChartBuilder::on(&area)
            .margin(4)
            .x_label_area_size(22)
            .build_cartesian_2d(x.clone(), 0.0..most * 1.05)?;
        chart
            .configure_mesh()
            .disable_y_mesh()
            .disable_y_axis()
            .axis_style(INK)
            .bold_line_style(GRID)
            .light_line_style(TRANSPARENT)
            .label_style(("sans-serif", 12).into_font().color(&INK))
            .draw()?;
        let colour = colours::of(system);
        let bar = |(place, &count): (usize, &usize)| {
            Rectangle::new([(place as f64 + 0.05, 0.0), (place as f64 + 0.95, count as f64)], colour.filled())
        };
        chart.draw_series(counts.iter().enumerate().filter(|(_, count)| **count > 0).map(bar))?;
        if let Some(mark) = mark {
            let line = PathElement::new(vec![(mark, 0.0), (mark, most * 1.05)], INK.stroke_width(2));
            chart.draw_series(std::iter::once(line))?;
        }
        area.present()?;
    }
    Ok(svg)
}
