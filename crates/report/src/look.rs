//! What a reader wants to see of a sample.

use std::borrow::Cow;

use carat_core::{Completion, Outcome, Row, Sample, Score, Unscored};
use serde_json::Value;

/// The scorers that the answer fails.
pub(crate) fn failures(sample: &Sample) -> impl Iterator<Item = (&str, &Score)> {
    scores(sample).filter(|(_, score)| score.pass == Some(false))
}

/// How bad it is: 0 for an answer that fails nothing, 1 for one that fails something, 2 for none.
pub(crate) fn failed(sample: &Sample) -> u8 {
    match sample.outcome {
        Outcome::Completed { .. } => u8::from(failures(sample).next().is_some()),
        Outcome::Unrendered { .. } | Outcome::Unanswered { .. } => 2,
    }
}

/// What each scorer says.
pub(crate) fn scores(sample: &Sample) -> impl Iterator<Item = (&str, &Score)> {
    let scores: &[_] = match &sample.outcome {
        Outcome::Completed { scores, .. } => scores,
        Outcome::Unrendered { .. } | Outcome::Unanswered { .. } => &[],
    };
    scores.iter().map(|(name, score)| (&**name, score))
}

/// The scorers that have nothing to say.
pub(crate) fn unscored(sample: &Sample) -> impl Iterator<Item = (&str, &Unscored)> {
    let unscored: &[_] = match &sample.outcome {
        Outcome::Completed { unscored, .. } => unscored,
        Outcome::Unrendered { .. } | Outcome::Unanswered { .. } => &[],
    };
    unscored.iter().map(|(name, why)| (&**name, why))
}

/// The answer, if there is one.
pub(crate) const fn completion(sample: &Sample) -> Option<&Completion> {
    match &sample.outcome {
        Outcome::Completed { completion, .. } => Some(completion),
        Outcome::Unrendered { .. } | Outcome::Unanswered { .. } => None,
    }
}

/// Why there is no answer: the word for it, and the reason.
pub(crate) fn error(sample: &Sample) -> Option<(&'static str, &str)> {
    match &sample.outcome {
        Outcome::Completed { .. } => None,
        Outcome::Unrendered { message } => Some(("unrendered", message)),
        Outcome::Unanswered { error } => Some((error.kind.as_str(), &error.message)),
    }
}

/// The golden row, where it came along.
pub(crate) fn row(sample: &Sample) -> Option<&Row> {
    sample.transcript.as_deref().map(|transcript| &*transcript.row)
}

/// What the model said, as one text: its words, what it said when it declined, the calls that it asks for.
pub(crate) fn answer(completion: &Completion) -> Cow<'_, str> {
    if completion.refusal.is_none() && completion.tool_calls.is_empty() {
        return Cow::Borrowed(&completion.text);
    }
    let words = [Some(completion.text.as_str()), completion.refusal.as_deref()].into_iter().flatten();
    let words = words.filter(|words| !words.is_empty()).map(Cow::Borrowed);
    let calls = completion.tool_calls.iter().map(|call| Cow::Owned(format!("{}({})", call.name, call.arguments)));
    words.chain(calls).collect::<Vec<_>>().join("\n").into()
}

/// A value as a person reads it: a text as it is, anything else as JSON.
pub(crate) fn shown(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        value => Cow::Owned(value.to_string()),
    }
}

/// What is expected of an answer, where the row says so. `null` says nothing.
pub(crate) fn expected(row: &Row) -> Option<Cow<'_, str>> {
    row.expected.as_ref().filter(|expected| !expected.is_null()).map(shown)
}

/// What goes in: each input by its name, then the last message of a recorded conversation.
pub(crate) fn input(row: &Row) -> Vec<(&str, Cow<'_, str>)> {
    let inputs = row.input.iter().map(|(name, value)| (name.as_str(), shown(value)));
    let last = row.messages.last().map(|message| (message.role.as_str(), message.joined_text()));
    inputs.chain(last).collect()
}

/// The same as one text: the value alone where there is one input.
pub(crate) fn input_text(row: &Row) -> String {
    match input(row).as_slice() {
        [(_, value)] => value.to_string(),
        several => several.iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join("\n"),
    }
}

/// The beginning of a text, so many characters of it, and how many are left out.
pub(crate) fn beginning(text: &str, most: usize) -> (&str, usize) {
    match text.char_indices().nth(most) {
        None => (text, 0),
        Some((end, _)) => (&text[..end], text[end..].chars().count()),
    }
}

/// What the answer cost in US dollars; none where price or usage is not known.
pub(crate) fn cost(sample: &Sample, variant: &carat_core::event::Variant) -> Option<f64> {
    let usage = completion(sample)?.usage.as_ref();
    variant.price.as_ref()?.cost_of_call(usage)
}

/// How long the attempt that ended the case took, in milliseconds.
pub(crate) fn latency_ms(sample: &Sample) -> Option<f64> {
    sample.latency_us.map(|us| us as f64 / 1000.0)
}

/// Whether the answer came from the record and nobody was asked.
pub(crate) const fn cached(sample: &Sample) -> bool {
    matches!(sample.outcome, Outcome::Completed { .. }) && sample.attempts == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!(beginning("häßlich", 3), ("häß", 4));
        assert_eq!(beginning("häß", 3), ("häß", 0));
        assert_eq!(beginning("", 0), ("", 0));
    }

    #[test]
    fn an_answer_is_words_refusal_and_calls() {
        let mut completion = Completion { text: "a".into(), ..Completion::default() };
        assert_eq!(answer(&completion), "a");
        completion.refusal = Some("no".into());
        let arguments = serde_json::json!({"x": 1});
        completion.tool_calls = vec![carat_core::ToolCall { id: String::new(), name: "f".into(), arguments }];
        assert_eq!(answer(&completion), "a\nno\nf({\"x\":1})");
    }
}
