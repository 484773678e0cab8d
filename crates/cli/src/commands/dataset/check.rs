//! `carat dataset check`

use carat_registry::dataset::{self, Finding, Findings, Severity};

use crate::exit::Exit;
use crate::fault::Fault;
use crate::out::{self, BAD, FAINT, GOOD, ODD, STRONG, styled};
use crate::session::Session;
use crate::table::prose;

/// JSON with the version of its shape.
#[derive(serde::Serialize)]
struct Versioned<T> {
    format: u32,
    #[serde(flatten)]
    body: T,
}

pub(super) fn run(reference: &str, json: bool, session: &Session) -> Result<Exit, Fault> {
    let (_, file) = session.project.dataset(reference)?;
    let findings = dataset::check(&file);
    if json {
        out::json(&Versioned { format: 1, body: &findings })?;
    } else {
        tell(&findings)?;
    }
    Ok(if findings.count(Severity::Error) > 0 { Exit::Mendable } else { Exit::Fine })
}

fn tell(findings: &Findings) -> Result<(), Fault> {
    let mut text = format!("{}  {} rows\n", styled(STRONG, &findings.file), findings.rows);
    for finding in &findings.findings {
        let (style, word) = match finding.severity {
            Severity::Error => (BAD, "error"),
            Severity::Warning => (ODD, "warning"),
            Severity::Note => (FAINT, "note"),
        };
        let message = carat_core::untrusted::visible(&finding.message);
        text.push_str(&format!("  {}: {}{message}\n", styled(style, word), places(finding)));
    }
    if findings.unlisted > 0 {
        text.push_str(&styled(FAINT, format!("  and {} more\n", findings.unlisted)));
    }
    if findings.findings.is_empty() {
        text.push_str(&format!("  {}\n", styled(GOOD, "nothing to say against it")));
    }
    out::data(&prose(text, 2))
}

/// The lines that a finding is about, for a message that comes after them.
fn places(finding: &Finding) -> String {
    let lines: Vec<_> = finding.rows.iter().map(|row| row.line.to_string()).collect();
    let more = finding.total.saturating_sub(lines.len() as u64);
    match lines.as_slice() {
        [] => String::new(),
        [line] if more == 0 => format!("line {line}: "),
        lines if more == 0 => format!("lines {}: ", lines.join(", ")),
        lines => format!("lines {} and {more} more: ", lines.join(", ")),
    }
}
