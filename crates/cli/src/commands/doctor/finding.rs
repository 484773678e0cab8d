//! What was found, a line each.

use carat_core::untrusted::one_line;
use serde::Serialize;
use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr as _;

use crate::exit::Exit;
use crate::out::{BAD, FAINT, GOOD, ODD, styled};

/// What was found about one thing.
#[derive(Debug, Serialize)]
pub(super) struct Finding {
    /// What was looked at: `store`, `model`, …
    check: &'static str,
    /// Which one, where there are several.
    subject: Option<String>,
    status: Status,
    message: String,
    /// What to do, where the message does not say so.
    advice: Option<String>,
}

/// What it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    /// All is well.
    Fine,
    /// Worth knowing; nothing keeps carat from working.
    Note,
    /// A person has to mend it.
    Mend,
    /// The world failed.
    World,
}

impl Finding {
    fn new(check: &'static str, status: Status, message: impl Into<String>) -> Self {
        Self { check, subject: None, status, message: message.into(), advice: None }
    }

    pub(super) fn fine(check: &'static str, message: impl Into<String>) -> Self {
        Self::new(check, Status::Fine, message)
    }

    pub(super) fn note(check: &'static str, message: impl Into<String>) -> Self {
        Self::new(check, Status::Note, message)
    }

    pub(super) fn mend(check: &'static str, message: impl Into<String>) -> Self {
        Self::new(check, Status::Mend, message)
    }

    pub(super) fn world(check: &'static str, message: impl Into<String>) -> Self {
        Self::new(check, Status::World, message)
    }

    /// The same about this one of several things.
    pub(super) fn about(self, subject: &str) -> Self {
        Self { subject: Some(subject.to_owned()), ..self }
    }

    /// The same with what to do about it.
    pub(super) fn but(self, advice: impl Into<String>) -> Self {
        Self { advice: Some(advice.into()), ..self }
    }

    /// What the program ends with if nothing else is found.
    pub(super) const fn exit(&self) -> Exit {
        match self.status {
            Status::Fine | Status::Note => Exit::Fine,
            Status::Mend => Exit::Mendable,
            Status::World => Exit::World,
        }
    }

    fn head(&self) -> String {
        let subject = self.subject.iter().map(|subject| format!(" {}", one_line(subject, 60)));
        std::iter::once(self.check.to_owned()).chain(subject).collect()
    }
}

/// What a person reads.
pub(super) fn text(findings: &[Finding]) -> String {
    let width = findings.iter().map(|finding| finding.head().width()).max().unwrap_or(0);
    findings.iter().map(|finding| line(finding, width)).collect()
}

fn line(finding: &Finding, width: usize) -> String {
    let (style, sign) = match finding.status {
        Status::Fine => (GOOD, "✓"),
        Status::Note => (ODD, "!"),
        Status::Mend | Status::World => (BAD, "✗"),
    };
    let head = finding.head();
    let gap = " ".repeat(width.saturating_sub(head.width()));
    let advice =
        finding.advice.iter().map(|advice| format!(" {}", styled(FAINT, format!("→ {}", one_line(advice, 300)))));
    format!("{} {head}{gap}  {}{}\n", styled(style, sign), one_line(&finding.message, 500), advice.collect::<String>())
}

/// The same for programs; documented in `docs/start.md`.
pub(super) fn json(findings: &[Finding]) -> Value {
    json!({"format": 1, "version": env!("CARGO_PKG_VERSION"), "checks": findings})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_one_line_whatever_is_in_it() {
        let findings =
            [Finding::fine("store", "well"), Finding::mend("model", "a\nb\u{1b}[2J").about("m\rn").but("mend\nit")];
        let text = anstream::adapter::strip_str(&text(&findings)).to_string();
        assert_eq!(text, "✓ store      well\n✗ model m␍n  a⏎b␛[2J → mend⏎it\n");
    }
}
