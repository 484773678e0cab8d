//! Numbers with their intervals, drawn: a dot for the number, a whisker for the interval.
//!
//! Places are percentages of the drawing's width, so that it fits any screen without being bent. Each drawing stands beside
//! the number that it shows, and is hidden from those who are read to.

use crate::words::Unit;

/// From where to where a chart goes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Axis {
    low: f64,
    high: f64,
    unit: Unit,
    ticks: Vec<f64>,
}

impl Axis {
    /// An axis that holds these values, with round ends. Shares stay between 0 and 1.
    pub(super) fn of(values: impl IntoIterator<Item = f64>, unit: Unit) -> Self {
        let finite = values.into_iter().filter(|value| value.is_finite());
        let (low, high) = finite.fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(value), high.max(value)));
        let (low, high) = if low > high { (0.0, 1.0) } else { (low, high) };
        // Less than that and noise would look like a difference.
        let least = if unit == Unit::Share { 0.1 } else { high.abs().max(1e-9) * 0.1 };
        let (middle, half) = (low / 2.0 + high / 2.0, (high / 2.0 - low / 2.0).max(least / 2.0));
        let (mut low, mut high) = (middle - half, middle + half);
        if unit == Unit::Share {
            // What does not fit on one side goes to the other.
            let shift = (high - 1.0).max(0.0) + low.min(0.0);
            (low, high) = ((low - shift).max(0.0), (high - shift).min(1.0));
        }
        let step = step(high - low);
        let (mut low, mut high) = ((low / step + 1e-9).floor() * step, (high / step - 1e-9).ceil() * step);
        if unit == Unit::Share {
            (low, high) = (low.max(0.0), high.min(1.0));
        }
        Self { low, high, unit, ticks: ticks(low, high, step) }
    }

    /// An axis with zero in the middle.
    pub(super) fn around_zero(values: impl IntoIterator<Item = f64>, unit: Unit) -> Self {
        let least = if unit == Unit::Share { 0.01 } else { 1e-9 };
        let far = values.into_iter().filter(|value| value.is_finite()).map(f64::abs).fold(least, f64::max);
        let step = step(far * 2.0);
        let end = (far / step).ceil() * step;
        Self { low: -end, high: end, unit, ticks: ticks(-end, end, step) }
    }

    fn percent(&self, value: f64) -> f64 {
        let share = (value - self.low) / (self.high - self.low);
        (if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 }) * 100.0
    }

    /// The numbers above the ticks; on a narrow screen those at the ends and in the middle.
    pub(super) fn labels(&self, signed: bool) -> String {
        let last = self.ticks.len().saturating_sub(1);
        let label = |(at, tick): (usize, &f64)| {
            let place = self.percent(*tick);
            let anchor = match place {
                p if p < 4.0 => "start",
                p if p > 96.0 => "end",
                _ => "middle",
            };
            let class = if at == 0 || at == last || at * 2 == last { "" } else { " class=\"minor\"" };
            let shown = self.label(*tick, signed);
            format!("<text x=\"{place:.2}%\" y=\"12\" text-anchor=\"{anchor}\"{class}>{shown}</text>")
        };
        // Long labels would run into each other.
        let all = self.unit == Unit::Share || last < 3;
        let wanted = |(at, _): &(usize, &f64)| all || *at == 0 || *at == last || at * 2 == last;
        let labels: String = self.ticks.iter().enumerate().filter(wanted).map(label).collect();
        format!("<svg class=\"axis\" aria-hidden=\"true\">{labels}</svg>")
    }

    /// A tick's number: shares without digits that are zero on every tick.
    fn label(&self, tick: f64, signed: bool) -> String {
        let whole = self.ticks.iter().all(|tick| (tick * 100.0 - (tick * 100.0).round()).abs() < 1e-6);
        let shown = if signed { self.unit.signed(tick) } else { self.unit.shown(tick) };
        match self.unit {
            _ if signed && tick == 0.0 => "0".to_owned(),
            Unit::Share if whole => shown.replace(".0", ""),
            Unit::Share | Unit::Time | Unit::Count | Unit::Money => shown,
        }
    }

    fn grid(&self) -> String {
        let line = |tick: &f64| {
            let class = if *tick == 0.0 && self.low < 0.0 { "zero" } else { "grid" };
            upright(class, self.percent(*tick))
        };
        self.ticks.iter().map(line).collect()
    }

    /// A number and its interval. `class` says what is thought of it.
    pub(super) fn whisker(&self, (value, low, high): (f64, f64, f64), class: &str) -> String {
        self.drawing(&self.mark((value, low, high), class))
    }

    /// The same, with the margin that must not be crossed: a line, and what lies beyond it shaded.
    pub(super) fn whisker_with_margin(&self, estimate: (f64, f64, f64), margin: Option<f64>, class: &str) -> String {
        let beyond = margin.map(|margin| {
            let at = self.percent(margin);
            format!(
                "<rect class=\"beyond\" x=\"0\" y=\"0\" width=\"{at:.2}%\" height=\"100%\"/>{}",
                upright("margin", at)
            )
        });
        self.drawing(&(beyond.unwrap_or_default() + &self.mark(estimate, class)))
    }

    fn mark(&self, (value, low, high): (f64, f64, f64), class: &str) -> String {
        let [value, low, high] = [value, low, high].map(|value| self.percent(value));
        let cap = |at: f64| format!("<line class=\"whisker\" x1=\"{at:.2}%\" x2=\"{at:.2}%\" y1=\"9\" y2=\"17\"/>");
        format!(
            "<g class=\"{class}\"><line class=\"whisker\" x1=\"{low:.2}%\" x2=\"{high:.2}%\" y1=\"13\" y2=\"13\"/>{}{}\
             <circle cx=\"{value:.2}%\" cy=\"13\" r=\"4.5\"/></g>",
            cap(low),
            cap(high)
        )
    }

    fn drawing(&self, marks: &str) -> String {
        format!("<svg class=\"plot\" aria-hidden=\"true\">{}{marks}</svg>", self.grid())
    }
}

fn upright(class: &str, at: f64) -> String {
    format!("<line class=\"{class}\" x1=\"{at:.2}%\" x2=\"{at:.2}%\" y1=\"0\" y2=\"100%\"/>")
}

/// A round step that parts a width into four to eight.
fn step(width: f64) -> f64 {
    let rough = width / 5.0;
    let power = 10_f64.powf(rough.log10().floor());
    match rough / power {
        r if r < 1.5 => power,
        r if r < 3.5 => 2.0 * power,
        r if r < 7.5 => 5.0 * power,
        _ => 10.0 * power,
    }
}

fn ticks(low: f64, high: f64, step: f64) -> Vec<f64> {
    // Counted in steps, so that zero is zero.
    let (first, last) = ((low / step - 1e-9).ceil() as i64, (high / step + 1e-9).floor() as i64);
    (first..=last).take(20).map(|at| at as f64 * step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_has_round_ends_and_holds_all_values() {
        let axis = Axis::of([0.512, 0.8, 0.757], Unit::Share);
        assert_eq!((axis.low, axis.high), (0.5, 0.8));
        let axis = Axis::of([0.98, 1.0], Unit::Share);
        assert!(axis.low <= 0.98 && axis.high == 1.0 && axis.ticks.len() > 2, "{axis:?}");
        let axis = Axis::around_zero([-0.014, 0.078], Unit::Share);
        assert_eq!((axis.low, axis.high), (-0.08, 0.08));
        assert!(axis.ticks.contains(&0.0));
    }

    #[test]
    fn nothing_and_nonsense_still_have_an_axis() {
        for values in [vec![], vec![f64::NAN], vec![f64::INFINITY], vec![0.0], vec![1.0], vec![1e300, -1e300]] {
            for unit in [Unit::Share, Unit::Money, Unit::Time] {
                for axis in [Axis::of(values.clone(), unit), Axis::around_zero(values.clone(), unit)] {
                    assert!(axis.high > axis.low, "{values:?} {axis:?}");
                    assert!(!axis.whisker((f64::NAN, 0.0, 1.0), "").contains("NaN"));
                }
            }
        }
    }
}
