//! `carat run show RUN --row ID`: one row in full, for every variant and repeat.

use std::collections::BTreeSet;

use carat_core::nearest::did_you_mean;
use carat_core::spec::Price;
use carat_core::untrusted::{one_line, visible};
use carat_core::{Message, Outcome, Part, Sample};

use crate::exit::Exit;
use crate::fault::Fault;
use crate::out::{self, BAD, FAINT, GOOD, ODD, STRONG, styled};
use crate::session::Session;

pub(super) async fn show(session: &Session, reference: &str, row: &str) -> Result<Exit, Fault> {
    let store = session.store().await?;
    let run = store.find_run(reference).await?;
    let recorded = store.recorded(&run.id).await?;
    let mut wanted: Vec<_> =
        recorded.iter().filter(|sample| !sample.superseded && sample.row.as_str() == row).collect();
    if wanted.is_empty() {
        let known: BTreeSet<&str> = recorded.iter().map(|sample| sample.row.as_str()).collect();
        return Err(Fault::mendable(format!("run {} has no row `{row}`{}", run.id, did_you_mean(row, known))));
    }
    wanted.sort_by_key(|sample| (sample.variant, sample.trial));
    let plans = store.plans(&run.id).await?;
    let variants = || plans.iter().flat_map(|plan| &plan.variants);
    let mut text = String::new();
    for found in wanted {
        let sample = store.sample_at(&run.id, found.seq).await?;
        let variant = variants().find(|variant| variant.number == sample.case.variant);
        let price = variant.and_then(|variant| variant.price.as_ref());
        text.push_str(&full(&sample, variant.map_or("?", |variant| &variant.label), price));
    }
    out::data(&text)?;
    Ok(Exit::Fine)
}

fn full(sample: &Sample, label: &str, price: Option<&Price>) -> String {
    let trial = if sample.case.trial > 0 { format!("  trial {}", sample.case.trial) } else { String::new() };
    let mut text =
        format!("{}  {}{trial}\n", styled(STRONG, one_line(sample.case.row.as_str(), 200)), styled(STRONG, label));
    if let Some(request) = sample.transcript.as_ref().and_then(|transcript| transcript.request.as_ref()) {
        request.messages.iter().for_each(|message| text.push_str(&spoken(message)));
        for (name, value) in &request.parameters.0 {
            text.push_str(&styled(FAINT, format!("  {name}: {value}\n")));
        }
    }
    match &sample.outcome {
        Outcome::Completed { completion, scores, unscored } => {
            text.push_str(&format!("{}\n{}\n", styled(GOOD, "answer"), indented(&completion.text)));
            for call in &completion.tool_calls {
                text.push_str(&indented(&format!("{}({})", call.name, call.arguments)));
                text.push('\n');
            }
            if let Some(flaw) = completion.flaw() {
                text.push_str(&format!("  {}\n", styled(ODD, format!("the answer is {}", flaw.as_str()))));
            }
            text.push_str(&took(sample, price));
            text.push_str(&expected(sample));
            for (name, score) in scores {
                let mark = match score.pass {
                    Some(true) => styled(GOOD, "✓"),
                    Some(false) => styled(BAD, "✗"),
                    None => " ".to_owned(),
                };
                let why = score.reason.as_deref().map(|why| format!("  {}", visible(why))).unwrap_or_default();
                text.push_str(&format!("{mark} {name} {:.3}{why}\n", score.value.get()));
            }
            for (name, why) in unscored {
                text.push_str(&format!("{} {name} unscored: {}\n", styled(ODD, "?"), visible(&why.detail)));
            }
        }
        Outcome::Unrendered { message } => {
            text.push_str(&format!("{} {}\n", styled(BAD, "not rendered:"), visible(message)))
        }
        Outcome::Unanswered { error } => {
            let kind = error.kind.as_str();
            text.push_str(&format!("{} {kind}: {}\n", styled(BAD, "no answer:"), visible(&error.message)));
        }
    }
    text.push('\n');
    text
}

fn spoken(message: &Message) -> String {
    let mut text = format!("{}\n", styled(FAINT, format!("{}:", message.role.as_str())));
    for part in &message.content {
        let shown = match part {
            Part::Text(text) => text.clone(),
            Part::Image(image) => format!("[image {}]", image.url),
        };
        text.push_str(&indented(&shown));
        text.push('\n');
    }
    text
}

/// What the answer took: tokens, cost and time, or the run that it is from.
fn took(sample: &Sample, price: Option<&Price>) -> String {
    let Outcome::Completed { completion, .. } = &sample.outcome else { return String::new() };
    let mut parts = Vec::new();
    if let Some(usage) = &completion.usage {
        parts.push(format!("{} tokens in, {} out", usage.input_tokens, usage.output_tokens));
    }
    if let Some(usd) = price.and_then(|price| price.cost_of_call(completion.usage.as_ref())) {
        parts.push(format!("${usd:.6}"));
    }
    if let Some(us) = sample.latency_us {
        parts.push(format!("{:.0} ms", us as f64 / 1e3));
    }
    if let Some(origin) = &completion.origin {
        parts.push(format!("from run {}, so that it cost nothing now", origin.run));
    }
    if parts.is_empty() { String::new() } else { format!("{}\n", styled(FAINT, format!("  {}", parts.join(", ")))) }
}

fn expected(sample: &Sample) -> String {
    let row = sample.transcript.as_ref().map(|transcript| &transcript.row);
    let Some(expected) = row.and_then(|row| row.expected.as_ref()) else { return String::new() };
    let shown = expected.as_str().map_or_else(|| expected.to_string(), str::to_owned);
    format!("{}\n{}\n", styled(FAINT, "expected"), indented(&shown))
}

fn indented(text: &str) -> String {
    visible(text).lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}
