//! `carat prompt check --against CAPTURED`: does what was sent in production come out of the prompt that it says it came from?
//!
//! Each captured call names a version and its variables. They are rendered again by the code that evals and applications
//! render with, and held against what was really sent.

mod aligned;
mod called;
mod captured;
mod compared;
mod finding;
mod forms;
mod items;
mod lines;
mod named;
mod offered;
mod parameters;
mod pictures;
mod said;
mod same;
mod shelf;
mod tally;

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use carat_core::untrusted::one_line;
use serde_json::json;

use crate::exit::Exit;
use crate::fault::Fault;
use crate::out::{self, STRONG, styled};
use crate::session::Session;

use captured::Call;
use compared::Held;
use finding::Finding;
use lines::Lines;
use shelf::Shelf;
use tally::Tally;

/// So many calls that differ are told one by one, and so many lines that cannot be read.
const TOLD: u64 = 20;

/// Renders captured calls again; exit code 2 if a line is no such call, else 1 if any is not what its prompt says.
pub(crate) async fn run(captured: &Path, only: &[String], json: bool, session: &Session) -> Result<Exit, Fault> {
    let store = std::sync::Arc::new(session.only_looking().store().await?);
    let shown = captured.display().to_string();
    let unread = |error: std::io::Error| Fault::mendable(format!("{shown}: {error}"));
    let file = File::open(captured).map_err(unread)?;
    let mut lines = Lines::of(BufReader::new(file), lines::LONGEST);
    let shelf = Shelf::of(session.catalogue_to_read(&store));
    let mut checked = Checked { shelf, tally: Tally::default(), undated: None, told: Vec::new() };
    while let Some((number, line)) = lines.read().map_err(unread)? {
        match line.and_then(|line| if line.is_empty() { Ok(None) } else { Call::read(&line).map(Some) }) {
            Ok(None) => {}
            Ok(Some(call)) if !only.is_empty() && !only.contains(&call.prompt.name) => {}
            Ok(Some(call)) => checked.check(number, call).await?,
            Err(why) => checked.unreadable(number, why),
        }
    }
    if checked.tally.calls() + checked.tally.unreadable == 0 {
        return Err(Fault::nothing(format!(
            "{shown} has no captured calls{}",
            if only.is_empty() { "" } else { " of that prompt" }
        )));
    }
    if let Some((line, name)) = &checked.undated {
        session.talk(&format!(
            "{shown}:{line}: {} names a label, and there is no `at`; such calls are held against what labels point to now",
            one_line(name, NAME)
        ));
    }
    if json {
        out::json(&checked.as_json())?;
    } else {
        out::data(&checked.text(&shown))?;
    }
    Ok(checked.tally.exit())
}

/// So many characters of a prompt's name are told.
const NAME: usize = 200;

/// What has been found out.
struct Checked {
    shelf: Shelf,
    tally: Tally,
    /// The first call that names a label and not its moment: the line, and the name.
    undated: Option<(usize, String)>,
    told: Vec<Told>,
}

/// A line that is not as it should be.
struct Told {
    line: usize,
    /// What it calls its prompt; none where it cannot be read.
    prompt: Option<String>,
    /// The number of the version that this was.
    version: Option<u32>,
    findings: Vec<Finding>,
}

impl Checked {
    fn unreadable(&mut self, line: usize, why: String) {
        self.tally.unreadable += 1;
        if self.tally.unreadable <= TOLD {
            self.told.push(Told { line, prompt: None, version: None, findings: vec![Finding::Unreadable { why }] });
        }
    }

    async fn check(&mut self, line: usize, call: Call) -> Result<(), Fault> {
        let name = call.prompt.to_string();
        if call.prompt.moves() && call.at.is_none() && self.undated.is_none() {
            self.undated = Some((line, name.clone()));
        }
        let mut version = None;
        let findings = match self.shelf.find(&call.prompt, call.at.as_deref()).await? {
            Err(why) => {
                self.tally.unknown += 1;
                vec![Finding::Unknown { why }]
            }
            Ok(found) => {
                version = found.version.as_ref().map(|version| version.number);
                match found.prompt.render(&call.inputs, &[], &|path| found.image(path)) {
                    Err(error) => {
                        self.tally.unrenderable += 1;
                        vec![Finding::Unrenderable { why: error.to_string() }]
                    }
                    Ok(rendered) => {
                        let Held { findings, apart } = compared::held_against(&found.prompt, &rendered, &call);
                        self.tally.leave_apart(apart);
                        *(if findings.is_empty() { &mut self.tally.same } else { &mut self.tally.differ }) += 1;
                        findings
                    }
                }
            }
        };
        if !findings.is_empty() && self.tally.faults() <= TOLD {
            self.told.push(Told { line, prompt: Some(name), version, findings });
        }
        Ok(())
    }

    fn as_json(&self) -> serde_json::Value {
        let Tally { same, differ, unrenderable, unknown, unreadable, apart } = &self.tally;
        let told = |Told { line, prompt, version, findings }: &Told| json!({"line": line, "prompt": prompt, "version": version, "findings": findings});
        let told: Vec<_> = self.told.iter().map(told).collect();
        json!({"format": 1, "calls": self.tally.calls(), "same": same, "differ": differ, "unrenderable": unrenderable,
               "unknown": unknown, "unreadable": unreadable, "not_compared": apart, "told": told})
    }

    fn text(&self, shown: &str) -> String {
        let mut text = String::new();
        for Told { line, prompt, version, findings } in &self.told {
            text.push_str(&styled(STRONG, format!("{shown}:{line}")));
            if let Some(prompt) = prompt {
                text.push_str(&format!("  {}", one_line(prompt, NAME)));
                let number = version.filter(|number| !prompt.ends_with(&format!("@{number}")));
                text.push_str(&number.map(|number| format!(", version {number}")).unwrap_or_default());
            }
            text.push('\n');
            findings.iter().for_each(|finding| text.push_str(&finding.text()));
        }
        let more = self.tally.faults() + self.tally.unreadable - self.told.len() as u64;
        if more > 0 {
            text.push_str(&format!("… and {more} more\n"));
        }
        text.push_str(&self.tally.text());
        text
    }
}
