//! What people are told of a promotion.

use carat_core::promotion::{Bypass, Changed, Finding, Promotion, State};
use carat_core::untrusted::one_line;
use carat_core::version::{Kind, Label, VersionId};

use super::bypassed;
use crate::out::{BAD, FAINT, GOOD, ODD, STRONG, styled};

/// So much of what somebody wrote is shown.
pub(crate) const WORDS: usize = 400;

/// So much of a reason is shown, which may quote an error.
const REASON: usize = 2000;

/// The beginning of an id, down to the millisecond: enough to find it, and short enough for a line.
pub(crate) fn short(id: &str) -> &str {
    id.get(..13).unwrap_or(id)
}

/// A line for each thing that is asked for, with what was looked at below it.
pub(crate) fn findings(findings: &[Finding]) -> String {
    if findings.is_empty() {
        return format!("{}\n", styled(FAINT, "the policy asks for nothing"));
    }
    let line = |finding: &Finding| {
        let (style, mark) = match finding {
            Finding { asks_nothing: true, .. } => (FAINT, "·"),
            Finding { holds: true, .. } => (GOOD, "✓"),
            Finding { holds: false, .. } => (BAD, "✗"),
        };
        let commands = finding.commands.iter().map(|command| format!("run {command}"));
        let parts = finding.because.iter().cloned().chain(commands);
        // Names, reasons and errors are in them, none of which may pass for a line of its own.
        let parts: String = parts.map(|part| format!("    {}\n", one_line(&part, REASON))).collect();
        format!("{} {}\n{parts}", styled(style, mark), one_line(&finding.what, WORDS))
    };
    findings.iter().map(line).collect()
}

/// The word for where a promotion stands, in its colour.
pub(crate) fn state(promotion: &Promotion) -> String {
    let style = match promotion.state {
        State::Proposed | State::Approved => ODD,
        State::Applied => GOOD,
        State::RolledBack => BAD,
        State::Withdrawn => FAINT,
    };
    styled(style, word(promotion))
}

/// `applied`, `rolled back`, `applied in an emergency`.
pub(crate) fn word(promotion: &Promotion) -> String {
    let word = promotion.state.as_str().replace('_', " ");
    if promotion.emergency.is_some() { format!("{word} (emergency)") } else { word }
}

/// What was not there when an emergency was applied: `eval triage, 1 reviewer`.
pub(crate) fn missing(promotion: &Promotion) -> String {
    let missing = promotion.findings.iter().filter(|finding| !finding.holds);
    missing.map(|finding| one_line(&finding.what, WORDS)).collect::<Vec<_>>().join(", ")
}

/// What is asked for otherwise than of the promotion that was in force; nothing where nothing is.
pub(crate) fn changed(promotion: &Promotion) -> String {
    let changed = promotion.policy.as_ref().and_then(|terms| terms.changed.as_ref());
    let Some(Changed { promotion: before, subject, at, what }) = changed else { return String::new() };
    let (label, id) = (&promotion.label, short(before));
    let head = format!(
        "what is asked for is not what it was when {subject} was promoted to `{label}` at {at} (promotion {id}):"
    );
    let lines: String = what.iter().map(|line| format!("    {}\n", one_line(line, WORDS))).collect();
    format!("{} {}\n{lines}", styled(ODD, "!"), one_line(&head, WORDS))
}

/// The label was moved.
pub(crate) fn applied(promotion: &Promotion, found_there: Option<&Bypass>) -> String {
    let Promotion { subject, label, replaces, emergency, .. } = promotion;
    let was = replaces.as_ref().map_or_else(|| "it pointed to nothing before".to_owned(), |was| format!("was {was}"));
    let was = if found_there.is_some() { "as before".to_owned() } else { was };
    let line = styled(STRONG, format!("{label} points to {subject}"));
    let recorded = styled(FAINT, format!("promotion {}", short(&promotion.id)));
    let mut text = format!("{line} ({was})  {recorded}\n");
    text.extend(found_there.map(stands_for));
    if let Some(why) = emergency {
        let loud = styled(BAD, format!("emergency: {}", one_line(why, WORDS)));
        text.push_str(&format!("{loud}\nnot there: {}\n", missing(promotion)));
    }
    text
}

/// That a promotion has moved nothing.
fn stands_for(bypass: &Bypass) -> String {
    format!("it was put there by no promotion: {}; from now on this one stands for it\n", bypassed::by(bypass))
}

/// What comes after it, and how to undo it.
pub(crate) fn way_back(promotion: &Promotion) -> String {
    let Promotion { subject, label, replaces, .. } = promotion;
    let back = match replaces {
        Some(_) => format!("back: carat {} rollback {} --label {label}", subject.kind, subject.name),
        None => "there is nothing to go back to yet".to_owned(),
    };
    let next = into_use(subject.kind, label).map(|next| format!("{next}\n")).unwrap_or_default();
    format!("{next}{back}")
}

/// How what a label points to comes into use; none where no application reads it.
pub(crate) fn into_use(kind: Kind, label: &Label) -> Option<String> {
    let export = format!("carat prompt export --label {label} --out prompts.carat    # applications serve the bundle");
    (kind == Kind::Prompt).then(|| format!("{} {export}", styled(FAINT, "next:")))
}

/// The label was not moved.
pub(crate) fn proposed(promotion: &Promotion) -> String {
    let Promotion { subject, label, id, .. } = promotion;
    let line = styled(STRONG, format!("{label} was not moved to {subject}"));
    let recorded = styled(FAINT, format!("promotion {}", short(id)));
    format!("{line}; still open: {}  {recorded}\n", missing(promotion))
}

/// That somebody's word did not suffice.
pub(crate) fn still_open(promotion: &Promotion) -> String {
    let Promotion { subject, label, id, .. } = promotion;
    let line = styled(STRONG, format!("{label} was not moved to {subject}"));
    let id = short(id);
    format!("{line}: your word is on record, and promotion {id} is still open, for want of: {}\n", missing(promotion))
}

/// What can be done about it.
pub(crate) fn next_steps(promotion: &Promotion) -> String {
    let Promotion { subject, label, id, findings, .. } = promotion;
    let (id, kind) = (short(id), subject.kind);
    let is_missing = |what: &str| findings.iter().any(|finding| !finding.holds && finding.what.contains(what));
    let mut steps = Vec::new();
    if is_missing("reviewer") {
        steps.push(format!("carat promotion approve {id}    # somebody else"));
    }
    if findings.iter().any(|finding| !finding.holds && !finding.commands.is_empty()) {
        steps.push(format!(
            "carat {kind} promote {subject} --to {label} --run    # runs what is missing, and looks again"
        ));
    } else {
        steps.push(format!("carat {kind} promote {subject} --to {label}    # looks again"));
    }
    format!("{}\n  {}", styled(FAINT, "next:"), steps.join("\n  "))
}

/// Why a promotion is about a change that is none any more.
pub(crate) fn went_elsewhere(label: &Label, points_to: Option<&VersionId>) -> String {
    match points_to {
        Some(version) => format!("`{label}` went to {version} meanwhile"),
        None => format!("`{label}` was taken away meanwhile"),
    }
}
