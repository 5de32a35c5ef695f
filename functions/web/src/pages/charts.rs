//! Charts as SVG, drawn on the server with whole numbers only.
//!
//! Every colour is a sentinel that the stylesheet turns into one that fits, by day and by night. The numbers
//! stand in a table beside each chart: a chart is for a glance, never the only place that says something.

use super::html::{Html, escaped};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

const SIZE: (u32, u32) = (360, 200);
const LEFT: i32 = 66;
const RIGHT: i32 = 356;
const TOP: i32 = 12;
const BOTTOM: i32 = 172;
const GRID: RGBColor = RGBColor(1, 2, 7);
const INK: RGBColor = RGBColor(1, 2, 8);

/// What a series is drawn with; the stylesheet knows it by its last digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ink {
    Main,
    Good,
    Warn,
    Bad,
}

impl Ink {
    fn colour(self) -> RGBColor {
        match self {
            Self::Main => RGBColor(1, 2, 3),
            Self::Good => RGBColor(1, 2, 4),
            Self::Warn => RGBColor(1, 2, 5),
            Self::Bad => RGBColor(1, 2, 6),
        }
    }

    /// The class of its legend.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Main => "a",
            Self::Good => "b",
            Self::Warn => "c",
            Self::Bad => "d",
        }
    }
}

/// One kind of column.
#[derive(Debug, Clone)]
pub(crate) struct Series {
    pub(crate) name: &'static str,
    pub(crate) ink: Ink,
    /// One value for each column, in hundredths where the chart says so; nothing where it is not known.
    pub(crate) values: Vec<Option<i64>>,
}

/// How columns of one place stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Columns {
    SideBySide,
    Stacked,
}

/// What is drawn.
pub(crate) struct Chart<'a> {
    /// Unique on its page.
    pub(crate) id: &'a str,
    pub(crate) title: &'a str,
    /// What can be seen, in a sentence.
    pub(crate) says: &'a str,
    pub(crate) labels: &'a [String],
    pub(crate) series: &'a [Series],
    pub(crate) columns: Columns,
    /// How a value is written on the scale.
    pub(crate) scale: fn(i64) -> String,
}

/// A chart could not be drawn.
#[derive(Debug, thiserror::Error)]
#[error("a chart could not be drawn: {0}")]
pub(crate) struct NotDrawn(String);

struct Scale {
    least: i64,
    most: i64,
    step: i64,
}

impl Scale {
    /// From the least to the most in at most five steps of 1, 2 or 5 times a power of ten. Zero is on it.
    fn of(values: impl Iterator<Item = i64>) -> Self {
        let (mut least, mut most) = (0_i64, 0_i64);
        for value in values {
            least = least.min(value);
            most = most.max(value);
        }
        let reach = most.saturating_sub(least).max(1);
        let mut step = 1_i64;
        'found: loop {
            for factor in [1, 2, 5] {
                let candidate = step.saturating_mul(factor);
                if reach <= candidate.saturating_mul(4) {
                    step = candidate;
                    break 'found;
                }
            }
            step = step.saturating_mul(10);
        }
        let up = most.max(1).div_euclid(step).saturating_add(i64::from(most.max(1).rem_euclid(step) > 0));
        Self { least: least.div_euclid(step).saturating_mul(step), most: up.saturating_mul(step), step }
    }

    fn y(&self, value: i64) -> i32 {
        let height = i128::from(BOTTOM - TOP);
        let reach = i128::from(self.most) - i128::from(self.least);
        let above = (i128::from(value) - i128::from(self.least)) * height / reach.max(1);
        BOTTOM - i32::try_from(above.clamp(0, height)).unwrap_or(0)
    }

    fn ticks(&self) -> impl Iterator<Item = i64> {
        let steps = (self.most - self.least) / self.step;
        (0..=steps).map(|at| self.least + at * self.step)
    }
}

/// Draws columns.
pub(crate) fn draw(chart: &Chart<'_>) -> Result<Html, NotDrawn> {
    let mut svg = String::new();
    paint(chart, &mut svg).map_err(|error| NotDrawn(error.to_string()))?;
    let Some((_, drawn)) = svg.split_once('>') else {
        return Err(NotDrawn("nothing came out".into()));
    };
    let (id, title, says) = (escaped(chart.id), escaped(chart.title), escaped(chart.says));
    let (width, height) = SIZE;
    Ok(Html::of_ours(format!(
        r#"<svg class="chart" viewBox="0 0 {width} {height}" role="img" aria-labelledby="{id}-t {id}-d"><title id="{id}-t">{title}</title><desc id="{id}-d">{says}</desc>{drawn}"#
    )))
}

fn paint(chart: &Chart<'_>, svg: &mut String) -> Result<(), Box<dyn std::error::Error>> {
    let area = SVGBackend::with_string(svg, SIZE).into_drawing_area();
    let places = chart.labels.len();
    let scale = Scale::of(totals(chart));
    let text = ("sans-serif", 12).into_font().color(&INK);
    let beside = text.pos(Pos::new(HPos::Right, VPos::Center));
    for tick in scale.ticks() {
        let y = scale.y(tick);
        area.draw(&PathElement::new(vec![(LEFT, y), (RIGHT, y)], GRID))?;
        area.draw(&Text::new((chart.scale)(tick), (LEFT - 6, y), beside.clone()))?;
    }
    let below = text.pos(Pos::new(HPos::Center, VPos::Top));
    let each = label_every(places);
    for (at, label) in chart.labels.iter().enumerate() {
        let (from, to) = slot(at, places);
        if at % each == 0 {
            area.draw(&Text::new(label.clone(), (from.midpoint(to), BOTTOM + 7), below.clone()))?;
        }
        for (ink, (x0, x1), low, high) in columns_at(chart, at, (from, to)) {
            let corners = [(x0, scale.y(high)), (x1, scale.y(low))];
            area.draw(&Rectangle::new(corners, ink.colour().filled()))?;
        }
    }
    area.present()?;
    Ok(())
}

/// The values that the scale has to hold.
fn totals(chart: &Chart<'_>) -> impl Iterator<Item = i64> {
    let places = chart.labels.len();
    let each = chart.series.iter().flat_map(|series| series.values.iter().flatten().copied());
    let stacked = (0..places).map(|at| {
        chart.series.iter().filter_map(|series| series.values.get(at).copied().flatten()).sum::<i64>()
    });
    let is_stacked = chart.columns == Columns::Stacked;
    each.filter(move |_| !is_stacked).chain(stacked.filter(move |_| is_stacked))
}

/// Where the columns of one place are, from left to right.
fn slot(at: usize, places: usize) -> (i32, i32) {
    let count = i32::try_from(places.max(1)).unwrap_or(i32::MAX);
    let at = i32::try_from(at).unwrap_or(0);
    let width = RIGHT - LEFT;
    let (from, to) = (LEFT + width * at / count, LEFT + width * (at + 1) / count);
    let gap = ((to - from) / 6).max(1);
    (from + gap, (to - gap).max(from + gap + 1))
}

type Column = (Ink, (i32, i32), i64, i64);

fn columns_at(chart: &Chart<'_>, at: usize, (from, to): (i32, i32)) -> Vec<Column> {
    let known = |series: &Series| series.values.get(at).copied().flatten();
    match chart.columns {
        Columns::Stacked => {
            let mut low = 0;
            let stacked = chart.series.iter().filter_map(|series| {
                let high = low + known(series)?;
                let column = (series.ink, (from, to), low, high);
                low = high;
                Some(column)
            });
            stacked.collect()
        }
        Columns::SideBySide => {
            let kinds = i32::try_from(chart.series.len().max(1)).unwrap_or(1);
            let column = |(index, series): (usize, &Series)| {
                let value = known(series)?;
                let index = i32::try_from(index).unwrap_or(0);
                let x = (from + (to - from) * index / kinds, from + (to - from) * (index + 1) / kinds);
                Some((series.ink, x, value.min(0), value.max(0)))
            };
            chart.series.iter().enumerate().filter_map(column).collect()
        }
    }
}

/// So that labels do not run into each other.
fn label_every(places: usize) -> usize {
    places.div_ceil(5).max(1)
}

#[cfg(test)]
mod tests;
