//! What a judge is asked to decide, and what each of its verdicts is worth.

use carat_core::spec::{ClassifySpec, ClosedQaSpec, FactualitySpec, JudgeKind, Scale};
use carat_core::{Grade, Score, UnitInterval, Unscored, UnscoredKind};
use serde_json::Value;

use super::bench::Ballot;
use super::count;
use super::menu::Menu;
use super::words::{CLASSIFY, CLOSED_QA, FACTUALITY, RUBRIC, SAYS_WHAT_IS_EXPECTED, SCALE, SCALE_RUBRIC};
use crate::assessors::filled;
use crate::scorers::BadSetting;

/// The most numbers of a scale: 0 to 100. Judges do not tell more apart, and providers refuse longer menus.
const WIDEST_SCALE: i64 = 101;

/// A question with a menu of verdicts.
pub(super) struct Task {
    /// The question, in words that are ours and the spec's.
    pub(super) words: String,
    /// The verdicts.
    pub(super) menu: Menu,
    /// Whether the judge is to see what the row expects.
    pub(super) needs_expected: bool,
    /// What each verdict is worth, in the order of the menu.
    worth: Vec<Grade>,
    /// Whether the verdict is told as a category, because what it is worth does not tell which it was.
    named: bool,
    /// Whether verdicts are numbers, of which the median counts; else the majority decides.
    scale: bool,
}

impl Task {
    /// The task of a judge that is not pairwise.
    pub(super) fn new(kind: &JudgeKind<'_>, show_expected: bool) -> Result<Self, BadSetting> {
        match kind {
            JudgeKind::Rubric(text, None) => {
                Ok(Self::verdict(RUBRIC, filled("judge.rubric", text)?, &["PASS", "FAIL"]))
            }
            JudgeKind::Rubric(text, Some(scale)) => Self::scale(filled("judge.rubric", text)?, *scale),
            JudgeKind::ClosedQa(settings) => Self::closed_qa(settings),
            JudgeKind::Factuality(settings) => Self::factuality(settings),
            JudgeKind::Classify(settings) => Self::classify(settings),
            JudgeKind::Pairwise(_) => Err(BadSetting::new("judge.pairwise", "is asked in another way")),
        }
        .map(|task| Self { needs_expected: task.needs_expected || show_expected, ..task })
    }

    /// Right or wrong, by what a person wrote: the first of two verdicts passes.
    fn verdict(words: &str, text: &str, menu: &[&str; 2]) -> Self {
        Self {
            words: format!("{words}{text}"),
            menu: Menu::of(menu),
            needs_expected: false,
            worth: vec![Grade::Pass(true), Grade::Pass(false)],
            named: false,
            scale: false,
        }
    }

    fn scale(rubric: &str, Scale { worst, best }: Scale) -> Result<Self, BadSetting> {
        let bad = |message| Err(BadSetting::new("judge.scale", message));
        let steps = i64::from(best) - i64::from(worst);
        if steps < 1 {
            return bad(format!(
                "the best number must be greater than the worst, and {best} is not greater than {worst}"
            ));
        }
        if steps >= WIDEST_SCALE {
            return bad(format!("has more than {WIDEST_SCALE} numbers; judges do not tell so many apart"));
        }
        let worth = |step: i64| UnitInterval::clamped(step as f64 / steps as f64).unwrap_or(UnitInterval::ZERO);
        Ok(Self {
            words: format!("{SCALE}{worst} is the worst, {best} the best.{SCALE_RUBRIC}{rubric}"),
            menu: Menu::numbers(worst, best),
            needs_expected: false,
            worth: (0..=steps).map(|step| Grade::Value(worth(step))).collect(),
            named: false,
            scale: true,
        })
    }

    fn closed_qa(settings: &ClosedQaSpec) -> Result<Self, BadSetting> {
        let criterion = match &settings.criterion {
            Some(criterion) => filled("judge.closed_qa.criterion", criterion)?,
            None => SAYS_WHAT_IS_EXPECTED,
        };
        let task = Self::verdict(CLOSED_QA, criterion, &["Y", "N"]);
        Ok(Self { needs_expected: settings.criterion.is_none(), ..task })
    }

    fn factuality(settings: &FactualitySpec) -> Result<Self, BadSetting> {
        let FactualitySpec { subset, superset, same, disagree, immaterial } = *settings;
        let worth = |(letter, weight): (&str, f64)| {
            let key = format!("judge.factuality.{letter}");
            let value = UnitInterval::new(weight);
            value.map(Grade::Value).ok_or_else(|| BadSetting::new(key, format!("{weight} is not a number from 0 to 1")))
        };
        let weights = [("A", subset), ("B", superset), ("C", same), ("D", disagree), ("E", immaterial)];
        Ok(Self {
            words: FACTUALITY.to_owned(),
            menu: Menu::of(&weights.map(|(letter, _)| letter)),
            needs_expected: true,
            worth: weights.into_iter().map(worth).collect::<Result<_, _>>()?,
            named: true,
            scale: false,
        })
    }

    fn classify(settings: &ClassifySpec) -> Result<Self, BadSetting> {
        let ClassifySpec { question, labels, passing } = settings;
        let question = filled("judge.classify.question", question)?;
        let menu = Menu::labels(labels)?;
        let bad = |message: String| Err(BadSetting::new("judge.classify.passing", message));
        if passing.is_empty() {
            return bad("names no label, so that no answer could pass".to_owned());
        }
        for (index, label) in passing.iter().enumerate() {
            if !labels.contains(label) {
                let hint = carat_core::nearest::did_you_mean(label, labels.iter().map(String::as_str));
                return bad(format!("`{label}` is none of the labels{hint}"));
            }
            if passing[..index].contains(label) {
                return bad(format!("`{label}` stands there twice"));
            }
        }
        Ok(Self {
            words: format!("{CLASSIFY}{question}"),
            menu,
            needs_expected: false,
            worth: labels.iter().map(|label| Grade::Pass(passing.contains(label))).collect(),
            named: true,
            scale: false,
        })
    }

    /// Whether it gives a degree; a verdict where it does not.
    pub(super) fn is_degree(&self) -> bool {
        self.worth.iter().any(|grade| matches!(grade, Grade::Value(_)))
    }

    /// The score of an answer that has nothing to judge.
    pub(super) fn worst(&self) -> Score {
        Score::from(if self.is_degree() { Grade::Value(UnitInterval::ZERO) } else { Grade::Pass(false) })
    }

    /// What the judges say together, and which verdict of the menu that is: on a scale the one nearest to the median.
    pub(super) fn score(&self, ballots: &[Ballot<usize>]) -> Result<(Score, usize), Unscored> {
        let shown = |pick: &usize| self.menu.word(*pick).to_owned();
        let (score, pick) = if self.scale {
            let median = count::median(ballots, |pick| self.value(*pick), shown)?;
            let steps = self.worth.len().saturating_sub(1) as f64;
            (Score::from(Grade::Value(median)), (median.get() * steps).round() as usize)
        } else {
            let pick = count::majority(ballots, |pick| *pick, shown)?;
            let mut score = Score::from(self.worth.get(pick).copied().unwrap_or(Grade::Pass(false)));
            score.category = self.named.then(|| shown(&pick));
            (score, pick)
        };
        Ok((Score { reason: count::reasons(ballots, shown), ..score }, pick))
    }

    /// Which verdict a person's label is.
    pub(super) fn human(&self, label: &Value) -> Result<usize, Unscored> {
        let pick = match label {
            Value::Bool(passes) if !self.scale && self.worth.len() == 2 => Some(usize::from(!passes)),
            label => self.menu.pick_value(label),
        };
        pick.ok_or_else(|| {
            let why = format!("the human label {label} is not a verdict, which is {}", self.menu.shown());
            Unscored::new(UnscoredKind::BadExpectation, why)
        })
    }

    fn value(&self, pick: usize) -> UnitInterval {
        match self.worth.get(pick) {
            Some(Grade::Value(value)) => *value,
            Some(Grade::Pass(true)) => UnitInterval::ONE,
            Some(Grade::Pass(false)) | None => UnitInterval::ZERO,
        }
    }
}
