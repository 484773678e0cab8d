//! How long the requests of a run are going to be.

use carat_core::prompt::InputMapping;
use carat_core::{Digest, Parameters, Question, Request, Row, Rows as _};
use carat_models::tokens;
use carat_registry::FoundPrompt;
use carat_store::Answers;

use crate::fault::Fault;

use super::super::ingredients::Selected;
use super::estimate::Estimate;

/// At most so many rows are rendered.
const RENDERED: u64 = 200;

/// Rows that stand for all of an eval, at even distances from its first to its last.
pub(super) struct RowSample {
    rows: Vec<Row>,
    /// How many the eval takes.
    pub(super) of: u64,
}

/// The requests that a prompt makes of a sample of rows, in a model's tokens.
pub(super) struct Asked {
    /// For each row of the sample; none where the prompt cannot be rendered, which is a failure of the run and costs nothing.
    tokens: Vec<Option<u64>>,
    /// For each row of the sample the part of its repeats that is going to be asked, from 0 to 1: the others were answered
    /// before.
    open: Vec<f64>,
    /// How many rows the eval takes.
    rows: u64,
    /// How often each is asked.
    trials: u64,
}

impl RowSample {
    pub(super) fn of(selected: &Selected) -> Result<Self, Fault> {
        let of = selected.survey.rows;
        let wanted = of.clamp(1, RENDERED);
        let before = |number: u64| u128::from(number) * u128::from(wanted) / u128::from(of.max(1));
        let mut rows = Vec::new();
        for (number, row) in (0_u64..of).zip(selected.rows.open()?) {
            let row = row?;
            if before(number) < before(number + 1) {
                rows.push(row);
            }
        }
        Ok(Self { rows, of })
    }

    /// How many rows it has.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Renders the prompt for each row with the parameters that go along, counts as the model does that its provider calls
    /// `model`, and looks up what was answered before.
    pub(super) async fn ask(
        &self,
        selected: &Selected,
        (found, model): (&FoundPrompt, &str),
        parameters: &Parameters,
        before: Option<&Before<'_>>,
    ) -> Result<Asked, Fault> {
        let mapping = InputMapping::new(&selected.eval.spec.inputs).map_err(Fault::mendable)?;
        let prompt = &found.prompt;
        let images = |path: &str| found.image(path);
        let request = |row: &Row| {
            let input = mapping.apply(row).ok()?;
            let messages = prompt.render(&input, &row.messages, &images).ok()?;
            let (tools, response_format) = (prompt.tools.clone(), prompt.response_format.clone());
            Some(Request { messages, tools, response_format, parameters: parameters.clone() })
        };
        let trials = selected.eval.spec.trials;
        let (mut tokens, mut open) = (Vec::new(), Vec::new());
        for row in &self.rows {
            let request = request(row);
            tokens.push(request.as_ref().map(|request| tokens::count_request(model, request).tokens));
            open.push(match request.zip(before) {
                Some((request, before)) => before.open(&request, trials).await?,
                None => 1.0,
            });
        }
        Ok(Asked { tokens, open, rows: self.of, trials: u64::from(trials) })
    }
}

impl Asked {
    /// How many calls the run makes, those for rows that cannot be rendered included.
    pub(super) const fn calls(&self) -> u64 {
        self.rows * self.trials
    }

    /// The tokens of all requests.
    pub(super) fn input(&self) -> Estimate {
        self.sum_of_all(|tokens| tokens as f64)
    }

    /// The same without the requests that are longer than this.
    pub(super) fn input_up_to(&self, most: Option<u64>) -> Estimate {
        self.sum_of_all(|tokens| if most.is_none_or(|most| tokens <= most) { tokens as f64 } else { 0.0 })
    }

    /// The share of requests that are longer than this.
    pub(super) fn longer_than(&self, most: Option<u64>) -> f64 {
        let is_longer = |tokens: &u64| most.is_some_and(|most| *tokens > most);
        self.share(self.tokens.iter().flatten().filter(|tokens| is_longer(tokens)).count())
    }

    /// How many calls are going to be made of which something can be said: as many of all as of the sample.
    pub(super) fn answered(&self) -> f64 {
        let rendered = self.tokens.iter().zip(&self.open).filter(|(tokens, _)| tokens.is_some());
        let open: f64 = rendered.map(|(_, open)| open).sum();
        self.calls() as f64 * open / self.tokens.len().max(1) as f64
    }

    /// How many calls were answered before, about.
    pub(super) fn answered_before(&self) -> f64 {
        let answered: f64 = self.open.iter().map(|open| 1.0 - open).sum();
        self.calls() as f64 * answered / self.open.len().max(1) as f64
    }

    fn share(&self, part: usize) -> f64 {
        part as f64 / self.tokens.len().max(1) as f64
    }

    /// Repeats ask for the same again.
    fn sum_of_all(&self, value: impl Fn(u64) -> f64) -> Estimate {
        let asked = self.tokens.iter().zip(&self.open);
        let seen: Vec<f64> = asked.map(|(tokens, open)| open * tokens.map_or(0.0, &value)).collect();
        Estimate::of_all(&seen, self.rows as f64).times(self.trials as f64)
    }
}

/// What was answered before, to one model.
pub(super) struct Before<'a> {
    pub(super) answers: &'a Answers,
    /// The digest of the model's settings.
    pub(super) model: Digest,
    /// The way to it.
    pub(super) route: Option<Digest>,
}

impl Before<'_> {
    /// Which part of the repeats of a question is still to be asked.
    async fn open(&self, request: &Request, trials: u32) -> Result<f64, Fault> {
        let request = request.digest();
        let questions: Vec<Question> =
            (0..trials).map(|trial| Question { model: self.model, route: self.route, request, trial }).collect();
        let found = self.answers.find(&questions).await?;
        Ok(found.iter().filter(|answer| answer.is_none()).count() as f64 / f64::from(trials.max(1)))
    }
}

#[cfg(test)]
impl Asked {
    /// Requests of these lengths.
    pub(super) fn made_up(tokens: Vec<Option<u64>>, rows: u64, trials: u64) -> Self {
        let open = vec![1.0; tokens.len()];
        Self { tokens, open, rows, trials }
    }

    /// The same, where these parts of the repeats are open.
    pub(super) fn of_which_open(self, open: Vec<f64>) -> Self {
        Self { open, ..self }
    }
}
