//! What a person sees while a run goes on.

mod waiting;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use carat_core::compare::Sides;
use carat_core::event::PlanOutline;
use carat_core::fold::{Progress, Report};
use carat_core::untrusted::{one_line, visible};
use carat_core::{Event, EventKind, Sink, SinkError};
use carat_eval::limits::Waits;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio::sync::Notify;

use crate::commands::run::reasons::Reasons;
use crate::commands::run::summary;
use crate::out;

/// How often the screen is drawn.
const FRAME: Duration = Duration::from_millis(100);
/// Over how long the rate is taken.
const LATELY: Duration = Duration::from_secs(5);
/// Without a terminal, a line now and then.
const LINE_EVERY: Duration = Duration::from_secs(10);
/// The most variants that get a line of their own while the run goes on.
const LINES: usize = 8;

/// Counts what happens.
pub(super) struct Watcher {
    progress: Arc<Mutex<Progress>>,
    /// Why cases have no answer.
    pub(super) reasons: Reasons,
    /// By row, where something is compared.
    pub(super) sides: Option<Sides>,
    /// Where failed attempts are told of, for a person who wants to hear of each.
    told: Option<Screen>,
}

impl Watcher {
    /// Goes on from what has been counted before.
    pub(super) const fn new(
        progress: Arc<Mutex<Progress>>,
        reasons: Reasons,
        sides: Option<Sides>,
        told: Option<Screen>,
    ) -> Self {
        Self { progress, reasons, sides, told }
    }
}

/// A failed attempt, for a person.
fn failed_attempt(event: &Event) -> Option<String> {
    let EventKind::AttemptFailed { case, scorer, attempt, error, wait_ms } = &event.kind else { return None };
    let wait = Duration::from_millis(*wait_ms);
    let judge = scorer.as_ref().map(|scorer| format!(" ({scorer})")).unwrap_or_default();
    Some(format!("{}{judge}: attempt {attempt}: {}; again in {wait:.1?}", case.row, one_line(&error.message, 300)))
}

#[async_trait]
impl Sink for Watcher {
    async fn emit(&mut self, events: &[Event]) -> Result<(), SinkError> {
        let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        for event in events {
            progress.apply(event);
            self.reasons.apply(event);
            if let Some(sides) = &mut self.sides {
                sides.apply(event);
            }
            if let (Some(screen), Some(failed)) = (&self.told, failed_attempt(event)) {
                screen.say(&visible(&failed));
            }
        }
        Ok(())
    }
}

/// The terminal's lines while a run goes on: a bar, and a line for each variant. Cheap to clone; all clones draw on the same
/// lines.
#[derive(Clone)]
pub(super) struct Screen {
    lines: Option<Lines>,
    done: Arc<Notify>,
    drawing: Arc<Mutex<Option<tokio::task::JoinHandle<()>>>>,
}

/// The lines that are drawn again and again.
#[derive(Clone)]
struct Lines {
    all: MultiProgress,
    bar: ProgressBar,
    variants: Vec<ProgressBar>,
    /// What is waited for; drawn only while that takes long.
    waiting: Arc<Mutex<Option<ProgressBar>>>,
}

impl Screen {
    /// Begins to draw what is counted, ten times a second on a terminal; elsewhere a line now and then.
    pub(super) fn open(quiet: bool, plan: &PlanOutline, progress: Arc<Mutex<Progress>>, waits: Arc<Waits>) -> Self {
        let is_terminal = std::io::IsTerminal::is_terminal(&std::io::stderr());
        let lines = (!quiet && is_terminal).then(|| Lines::new(plan));
        let done = Arc::new(Notify::new());
        let screen = Self { lines, done, drawing: Arc::default() };
        if !quiet {
            let drawn = screen.clone();
            let drawing = tokio::spawn(async move { drawn.draw(&progress, &waits).await });
            *screen.drawing.lock().unwrap_or_else(PoisonError::into_inner) = Some(drawing);
        }
        screen
    }

    /// Says something above the lines.
    pub(super) fn say(&self, text: &str) {
        match &self.lines {
            Some(lines) => drop(lines.all.println(text)),
            None => out::talk(text),
        }
    }

    /// Wipes the lines away.
    pub(super) async fn close(&self) {
        self.done.notify_one();
        let drawing = self.drawing.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(drawing) = drawing {
            let _ = drawing.await;
        }
        if let Some(lines) = &self.lines {
            let _ = lines.all.clear();
        }
    }

    async fn draw(&self, progress: &Mutex<Progress>, waits: &Waits) {
        let began = Instant::now();
        let mut told = Duration::ZERO;
        let mut recent = Recent::default();
        loop {
            let over = tokio::select! {
                () = tokio::time::sleep(FRAME) => false,
                () = self.done.notified() => true,
            };
            let waiting = waiting::told(&waits.now());
            {
                let progress = progress.lock().unwrap_or_else(PoisonError::into_inner);
                let rate = recent.rate(began.elapsed(), progress.done_here);
                match &self.lines {
                    Some(lines) => lines.show(&progress, rate, waiting),
                    None => tell(&progress, rate, waiting, began.elapsed(), &mut told),
                }
            }
            if over {
                return;
            }
        }
    }
}

impl Lines {
    fn new(plan: &PlanOutline) -> Self {
        let all = MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(20));
        let bar = all.add(ProgressBar::new(plan.cases));
        let style = ProgressStyle::with_template("{wide_bar:.cyan/dim} {pos}/{len}  {msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("━━╌"));
        let variants = plan.variants.iter().take(LINES).map(|_| line(&all)).collect();
        Self { all, bar, variants, waiting: Arc::default() }
    }

    /// Draws what is waited for below the rest; nothing, where nothing is.
    fn wait_for(&self, what: Option<String>) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        match what {
            Some(what) => waiting.get_or_insert_with(|| line(&self.all)).set_message(visible(&what).into_owned()),
            None => waiting.take().into_iter().for_each(|line| self.all.remove(&line)),
        }
    }

    fn show(&self, progress: &Progress, rate: f64, waiting: Option<String>) {
        self.wait_for(waiting);
        self.bar.set_length(progress.total());
        self.bar.set_position(progress.done);
        self.bar.set_message(pace(progress, rate));
        if let Some(report) = Report::of(progress) {
            for (line, variant) in self.variants.iter().zip(&report.variants) {
                line.set_message(summary::running(variant));
            }
        }
    }
}

/// A line below the others.
fn line(all: &MultiProgress) -> ProgressBar {
    let line = all.add(ProgressBar::new_spinner());
    line.set_style(ProgressStyle::with_template("{wide_msg}").unwrap_or_else(|_| ProgressStyle::default_spinner()));
    line
}

/// How fast it has gone lately: models differ in speed, and what a quick one did at the start says nothing of the rest.
#[derive(Default)]
struct Recent(VecDeque<(Duration, u64)>);

impl Recent {
    /// Cases a second over the last moments.
    fn rate(&mut self, now: Duration, done: u64) -> f64 {
        self.0.push_back((now, done));
        while self.0.front().is_some_and(|(then, _)| now.saturating_sub(*then) > LATELY) {
            self.0.pop_front();
        }
        let (then, before) = self.0.front().copied().filter(|(then, _)| *then < now).unwrap_or_default();
        (done - before) as f64 / (now - then).as_secs_f64().max(0.001)
    }
}

/// Rate, time left, retries.
fn pace(progress: &Progress, rate: f64) -> String {
    let left = progress.total().saturating_sub(progress.done);
    let mut text = format!("{rate:.0}/s");
    if rate > 0.0 && left > 0 {
        let left = Duration::from_secs_f64((left as f64 / rate).min(1e7));
        text.push_str(&format!("  {} left", summary::duration(left)));
    }
    if progress.retries() > 0 {
        text.push_str(&format!("  {} retries", progress.retries()));
    }
    text
}

/// Without a terminal: a line now and then.
fn tell(progress: &Progress, rate: f64, waiting: Option<String>, elapsed: Duration, told: &mut Duration) {
    if elapsed >= *told + LINE_EVERY {
        *told = elapsed;
        let waiting = waiting.map(|what| format!("  {}", visible(&what))).unwrap_or_default();
        out::talk(&format!("{} of {}  {}{waiting}", progress.done, progress.total(), pace(progress, rate)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_that_of_the_last_moments() {
        let mut recent = Recent::default();
        let second = Duration::from_secs(1);
        assert_eq!(recent.rate(second, 1000), 1000.0);
        let slow: Vec<f64> = (2..20).map(|at| recent.rate(at * second, 1000 + u64::from(at))).collect();
        assert_eq!(slow.last(), Some(&1.0));
    }
}
