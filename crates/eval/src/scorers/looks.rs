//! Scorers that look at something else than the text: `tool_calls`, `refusal`, `finish_reason`, `length`, `latency`, `cost`.
//!
//! * **Source** the calls, the end, the time and the price of the answer, and for `length` and `refusal` the whole text.
//!   **Range** verdicts; `tool_calls` has a degree as well: the share of calls that are right.
//! * **Unscored** `tool_calls` and `refusal: { wanted: as_expected }` without an expectation; `length` in tokens where the
//!   provider counted none, `latency` where none was measured, `cost` where price or usage is not known: unknown is not zero.

use std::time::Duration;

use carat_core::spec::{
    ArgumentComparison, CallOrder, CostSpec, FinishReasonSpec, LatencySpec, LengthSpec, LengthUnit, RefusalSpec,
    RefusalWanted, ToolCallsSpec,
};
use carat_core::{Answer, Grade, Score, UnitInterval, Unscored, UnscoredKind};
use serde_json::Value;

use super::assembly::Look;
use super::error::BadSetting;
use super::expected;
use crate::measures::length;
use crate::measures::refusal::{self, Sign};
use crate::measures::tool_calls::{self, Arguments, ExpectedCalls, Order};

/// Whether the right functions are asked for.
pub(super) struct ToolCalls(tool_calls::Settings);

impl ToolCalls {
    pub(super) fn new(spec: &ToolCallsSpec) -> Self {
        let order = match (spec.order, spec.allow_extra) {
            (CallOrder::Any, false) => Order::Any,
            (CallOrder::Any, true) => Order::Subset,
            (CallOrder::Exact, false) => Order::Exact,
            (CallOrder::Exact, true) => Order::InOrder,
        };
        let arguments = match spec.arguments {
            ArgumentComparison::Exact => Arguments::Exact,
            ArgumentComparison::Subset => Arguments::Subset,
            ArgumentComparison::Names => Arguments::Names,
        };
        Self(tool_calls::Settings { order, arguments, ignore: spec.ignore.iter().cloned().collect() })
    }
}

impl Look for ToolCalls {
    fn look(&self, answer: &Answer<'_>, row: Option<&Value>) -> Result<Score, Unscored> {
        let wanted = expected::given(row)?;
        let wanted = ExpectedCalls::read(wanted, &self.0).map_err(|bad| expected::bad(bad.to_string()))?;
        let compared = tool_calls::compare(&answer.completion.tool_calls, &wanted, &self.0);
        let value = UnitInterval::clamped(compared.score).unwrap_or(UnitInterval::ZERO);
        let score = Score { pass: Some(compared.pass), ..Grade::Value(value).into() };
        Ok(Score { reason: compared.reason, ..score })
    }
}

/// Whether the answer declines.
pub(super) struct Refusal(pub(super) RefusalSpec);

impl Look for Refusal {
    fn look(&self, answer: &Answer<'_>, row: Option<&Value>) -> Result<Score, Unscored> {
        let wanted = match self.0.wanted {
            RefusalWanted::Answer => false,
            RefusalWanted::Refusal => true,
            RefusalWanted::AsExpected => {
                let value = expected::given(row)?;
                value.as_bool().ok_or_else(|| expected::bad(format!("{value} is neither true nor false")))?
            }
        };
        let sign = refusal::sign(answer.completion);
        let score = Score::from(Grade::Pass(sign.is_some() == wanted));
        Ok(match (sign, wanted) {
            (Some(sign), false) => score.because(told(sign)),
            (None, true) => score.because("does not decline"),
            (Some(_), true) | (None, false) => score,
        })
    }
}

fn told(sign: Sign) -> String {
    match sign {
        Sign::Field => "declines in the field for refusals".to_owned(),
        Sign::Filter => "stopped by a content filter".to_owned(),
        Sign::Words { language } => format!("opens with words of refusal ({language})"),
    }
}

/// Why the answer ended.
pub(super) struct FinishedBy(pub(super) FinishReasonSpec);

impl FinishedBy {
    pub(super) fn new(spec: &FinishReasonSpec) -> Result<Self, BadSetting> {
        if spec.one_of.is_empty() {
            return Err(BadSetting::new("finish_reason.one_of", "names no reason, so that nothing passes"));
        }
        Ok(Self(spec.clone()))
    }
}

impl Look for FinishedBy {
    fn look(&self, answer: &Answer<'_>, _: Option<&Value>) -> Result<Score, Unscored> {
        let reason = answer.completion.finish_reason;
        let pass = self.0.one_of.contains(&reason);
        let score = Score::from(Grade::Pass(pass));
        Ok(if pass { score } else { score.because(format!("ended by `{}`", reason.as_str())) })
    }
}

/// How long the answer is.
pub(super) struct Length(LengthSpec);

impl Length {
    pub(super) fn new(spec: &LengthSpec) -> Result<Self, BadSetting> {
        match (spec.at_least, spec.at_most) {
            (None, None) => Err(BadSetting::new("length", "needs `at_least` or `at_most`")),
            (Some(least), Some(most)) if least > most => {
                Err(BadSetting::new("length", format!("nothing is at least {least} and at most {most}")))
            }
            _ => Ok(Self(spec.clone())),
        }
    }

    fn of(&self, answer: &Answer<'_>) -> Result<u64, Unscored> {
        let text = &answer.completion.text;
        Ok(match self.0.unit {
            LengthUnit::Words => length::white_space_words(text) as u64,
            LengthUnit::Characters => length::characters(text) as u64,
            LengthUnit::Lines => text.lines().filter(|line| !line.trim().is_empty()).count() as u64,
            LengthUnit::Tokens => {
                let unknown = || Unscored::new(UnscoredKind::Unknown, "the provider did not count the tokens");
                answer.completion.usage.ok_or_else(unknown)?.output_tokens
            }
        })
    }
}

impl Look for Length {
    fn look(&self, answer: &Answer<'_>, _: Option<&Value>) -> Result<Score, Unscored> {
        let length = self.of(answer)?;
        let fits =
            self.0.at_least.is_none_or(|least| length >= least) && self.0.at_most.is_none_or(|most| length <= most);
        let unit = match self.0.unit {
            LengthUnit::Words => "words",
            LengthUnit::Characters => "characters",
            LengthUnit::Lines => "lines",
            LengthUnit::Tokens => "tokens",
        };
        let score = Score::from(Grade::Pass(fits));
        Ok(if fits { score } else { score.because(format!("{length} {unit}")) })
    }
}

/// How long the answer took.
pub(super) struct Latency(pub(super) LatencySpec);

impl Look for Latency {
    fn look(&self, answer: &Answer<'_>, _: Option<&Value>) -> Result<Score, Unscored> {
        let unknown = || Unscored::new(UnscoredKind::Unknown, "no latency was measured");
        let latency: Duration = answer.latency.ok_or_else(unknown)?;
        let pass = latency <= self.0.at_most.0;
        let score = Score::from(Grade::Pass(pass));
        Ok(if pass { score } else { score.because(format!("took {latency:.1?}")) })
    }
}

/// What the answer cost.
pub(super) struct Cost(f64);

impl Cost {
    pub(super) fn new(spec: &CostSpec) -> Result<Self, BadSetting> {
        if spec.at_most.is_finite() && spec.at_most >= 0.0 {
            return Ok(Self(spec.at_most));
        }
        Err(BadSetting::new("cost.at_most", "is US dollars, from 0 on"))
    }
}

impl Look for Cost {
    fn look(&self, answer: &Answer<'_>, _: Option<&Value>) -> Result<Score, Unscored> {
        let unknown = || {
            let why = "the model has no `price` in carat.yaml, or the provider told no usage";
            Unscored::new(UnscoredKind::Unknown, why)
        };
        let cost = answer.cost.ok_or_else(unknown)?;
        let pass = cost <= self.0;
        let score = Score::from(Grade::Pass(pass));
        Ok(if pass { score } else { score.because(format!("cost ${cost:.6}")) })
    }
}
