//! `judge`: a model, or a panel of models, says what an answer is worth.
//!
//! What a judge is asked is a [`Task`]: words, a menu of verdicts, and what each of them is worth. What it is given to read
//! is a [`brief`]; what it says is read by [`reading`]; what several say together is for [`count`] to decide. A judge is
//! never talked into a verdict by what it judges: the answer is fenced off, and a verdict is taken from the judge's own words
//! alone, in the form that was asked for, or not at all.

mod bench;
mod brief;
mod count;
mod menu;
mod pairwise;
mod reading;
mod task;
mod words;

use async_trait::async_trait;
use carat_core::prompt::ExpectedTemplate;
use carat_core::spec::{JudgeKind, JudgeSpec, Rival, ScorerSpec};
use carat_core::{Answer, Ask, Assessor, Labels, Parameters, Row, Score, Unscored, UnscoredKind};

use super::expected::{as_text, given};
use super::{Inside, Surroundings, framed};
use crate::frame::Frame;
use crate::scorers::BadSetting;
use bench::Bench;
use brief::{Section, request};
use pairwise::Pairwise;
use task::Task;
pub(super) use words::REVISION;

/// Makes a judge of its settings.
pub(super) fn build(
    frame: Frame,
    spec: &ScorerSpec,
    judge: &JudgeSpec,
    around: &Surroundings<'_>,
) -> Result<Box<dyn Assessor>, BadSetting> {
    let kind = judge.kind().map_err(|why| BadSetting::new("judge", why))?;
    refuse_idle(spec, judge, &kind)?;
    let bench = Bench::new(judge, around.judge)?;
    let parameters = Parameters::from_written(&judge.parameters)
        .map_err(|unknown| BadSetting::new("judge.parameters", unknown.to_string()))?;
    if let JudgeKind::Pairwise(settings) = kind {
        if judge.human.is_some() {
            let message = "a preference between two answers is no verdict of one; leave it out";
            return Err(BadSetting::new("judge.human", message));
        }
        let inside = Pairwise::new(settings, around.rivals.clone(), judge.show_question, (bench, parameters))?;
        return Ok(framed(frame, inside));
    }
    let task = Task::new(&kind, judge.show_expected)?;
    let human = judge.human.as_deref().map(ExpectedTemplate::new).transpose();
    let human = human.map_err(|why| BadSetting::new("judge.human", why))?;
    Ok(framed(frame, Judge { bench, parameters, task, show_question: judge.show_question, human }))
}

/// Settings about what is expected, where the judge does not get to see it.
fn refuse_idle(spec: &ScorerSpec, judge: &JudgeSpec, kind: &JudgeKind<'_>) -> Result<(), BadSetting> {
    let (may_be_shown, is_used) = match kind {
        JudgeKind::Rubric(..) | JudgeKind::Classify(_) => (true, judge.show_expected),
        JudgeKind::ClosedQa(settings) => (false, settings.criterion.is_none()),
        JudgeKind::Factuality(_) => (false, true),
        JudgeKind::Pairwise(settings) => (false, settings.against == Rival::Expected),
    };
    if judge.show_expected && !may_be_shown {
        let message = "goes with `rubric` and `classify`; the other questions say themselves what is expected";
        return Err(BadSetting::new("judge.show_expected", message));
    }
    if spec.expected.is_some() && !is_used {
        return Err(BadSetting::new("expected", "has no effect: this judge does not get to see what is expected"));
    }
    Ok(())
}

/// One or several judges with a task.
struct Judge {
    bench: Bench,
    parameters: Parameters,
    task: Task,
    show_question: bool,
    /// What a person says of the answer.
    human: Option<ExpectedTemplate>,
}

impl Judge {
    /// The verdict that a person gave; none where the row has none. It is read before anybody is asked.
    fn by_a_person(&self, row: &Row) -> Result<Option<usize>, Unscored> {
        let Some(template) = &self.human else { return Ok(None) };
        let bad = |why| Unscored::new(UnscoredKind::BadExpectation, format!("`human` cannot be made: {why}"));
        let label = template.value(row).map_err(bad)?.filter(|label| !label.is_null());
        label.map(|label| self.task.human(&label)).transpose()
    }
}

#[async_trait]
impl Inside for Judge {
    async fn assess(&self, frame: &Frame, answer: &Answer<'_>, ask: &dyn Ask) -> Result<Score, Unscored> {
        let mut sections = if self.show_question { question(answer)? } else { Vec::new() };
        let expected = if self.task.needs_expected { Some(given(frame, answer.row)?) } else { None };
        let part = match frame.part_of(&answer.completion.text) {
            Ok(part) => part,
            Err(reason) => return Ok(frame.judged(self.task.worst().because(reason))),
        };
        sections.extend(expected.as_deref().map(|expected| Section::new("EXPECTED", as_text(expected))));
        sections.push(Section::new("ANSWER", part));
        let human = self.by_a_person(answer.row);
        let request = request(&self.task.words, &self.task.menu, &sections, &self.parameters);
        let ballots = self.bench.ask(&request, &self.task.menu, ask).await;
        let (score, pick) = self.task.score(&ballots)?;
        let word = |pick: usize| self.task.menu.word(pick).to_owned();
        let score = frame.finish(score);
        match human {
            Ok(human) => {
                let labels = human.map(|human| Labels { expected: word(human), predicted: Some(word(pick)) });
                Ok(Score { labels, ..score })
            }
            // It costs the row its place in the agreement, not its score.
            Err(why) => {
                let reason = score.reason.as_deref().map(|reason| format!("{reason} ")).unwrap_or_default();
                Ok(Score { labels: None, ..score }.because(format!("{reason}[{}]", why.detail)))
            }
        }
    }
}

/// What the model was asked.
fn question<'a>(answer: &Answer<'a>) -> Result<Vec<Section<'a>>, Unscored> {
    let request = answer.request.ok_or_else(|| {
        let detail = "what the model was asked is not recorded; `show_question: false` judges without it";
        Unscored::new(UnscoredKind::Unknown, detail)
    })?;
    Ok(brief::question(request))
}
