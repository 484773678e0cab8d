//! A sample as a test case.

use std::io::{self, Write};

use carat_core::untrusted::one_line;
use carat_core::{Outcome, Sample};

use super::xml::{attribute, content};
use crate::{Subject, difference, look};

/// The message of a failure is shown in lists, on one line.
const MESSAGE: usize = 300;

/// So much of a reason, of an expectation, of an answer is shown.
const REASON: usize = 2_000;
const TEXT: usize = 4_000;

/// What a test case says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Passed,
    Failed,
    Error,
    Skipped,
}

/// Writes a sample: a case without an answer is an error, an answer that fails some scorer a failure, one that some scorer
/// has nothing to say about is skipped.
pub(super) fn write(
    out: &mut impl Write,
    subject: &Subject<'_>,
    variant: &str,
    sample: &Sample,
    seconds: f64,
) -> io::Result<Verdict> {
    let (verdict, inside) = said(sample);
    let repeat = if subject.repeats() { format!(" #{}", sample.case.trial) } else { String::new() };
    let name = attribute(&format!("{}{repeat}", sample.case.row));
    write!(out, "    <testcase classname=\"{}\" name=\"{name}\" time=\"{seconds:.3}\"", attribute(variant))?;
    match inside {
        None => out.write_all(b"/>\n")?,
        Some(inside) => write!(out, ">\n{inside}    </testcase>\n")?,
    }
    Ok(verdict)
}

fn said(sample: &Sample) -> (Verdict, Option<String>) {
    let failed: Vec<String> =
        look::failures(sample).map(|(name, score)| reason(name, score.reason.as_deref())).collect();
    let unscored: Vec<String> = look::unscored(sample)
        .map(|(name, why)| reason(name, Some(&format!("unscored ({}): {}", why.reason.as_str(), why.detail))))
        .collect();
    match (&sample.outcome, failed.is_empty(), unscored.is_empty()) {
        (Outcome::Unrendered { message }, ..) => error("unrendered", message),
        (Outcome::Unanswered { error: why }, ..) => error(why.kind.as_str(), &why.message),
        (Outcome::Completed { .. }, true, true) => (Verdict::Passed, None),
        (Outcome::Completed { .. }, true, false) => {
            let message = attribute(&one_line(&unscored.join("; "), MESSAGE));
            (Verdict::Skipped, Some(format!("      <skipped message=\"{message}\"/>\n")))
        }
        (Outcome::Completed { .. }, false, _) => (Verdict::Failed, Some(failure(sample, &failed, &unscored))),
    }
}

fn reason(scorer: &str, why: Option<&str>) -> String {
    let why = why.map(|why| look::beginning(why, REASON).0);
    format!("{scorer}: {}", why.unwrap_or("not as expected"))
}

fn error(kind: &str, message: &str) -> (Verdict, Option<String>) {
    let short = attribute(&one_line(message, MESSAGE));
    let body = content(&cut(message));
    (Verdict::Error, Some(format!("      <error type=\"{kind}\" message=\"{short}\">{body}</error>\n")))
}

fn failure(sample: &Sample, failed: &[String], unscored: &[String]) -> String {
    let names: Vec<&str> = look::failures(sample).map(|(name, _)| name).collect();
    let message = one_line(&failed.join("; "), MESSAGE);
    let mut body = [failed, unscored].concat().join("\n");
    let expected = look::row(sample).and_then(look::expected);
    let answer = look::completion(sample).map(look::answer);
    if let Some(expected) = &expected {
        body.push_str(&format!("\n\nexpected: {}", cut(expected)));
    }
    if let Some(answer) = &answer {
        body.push_str(&format!("\nanswer: {}", cut(answer)));
    }
    if let (Some(expected), Some(answer)) = (&expected, &answer) {
        body.push_str(&format!("\ndifference: {}", cut(&difference::plain(expected, answer))));
    }
    let (names, message, body) = (attribute(&names.join(", ")), attribute(&message), content(&body));
    format!("      <failure type=\"{names}\" message=\"{message}\">{body}</failure>\n")
}

/// The beginning of a long text, and how much is left out.
fn cut(text: &str) -> String {
    match look::beginning(text, TEXT) {
        (all, 0) => all.to_owned(),
        (some, rest) => format!("{some}… ({rest} more characters)"),
    }
}
