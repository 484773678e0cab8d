//! `carat prompt check --against CAPTURED`: does what was sent in production come out of the prompt that it says it came from?
//!
//! Each captured call names a version and its variables. They are rendered again by the code that evals and applications
//! render with, and held against what was really sent.

mod captured;
mod compared;

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use carat_core::version::{Kind, Pick};
use carat_registry::{Catalogue, FoundPrompt};
use serde_json::json;

use crate::exit::Exit;
use crate::fault::Fault;
use crate::out::{self, BAD, GOOD, ODD, STRONG, styled};
use crate::session::Session;

use captured::{Call, PromptName};
use compared::Finding;

/// So many calls that differ are told one by one.
const TOLD: usize = 20;

/// Renders captured calls again; exit code 1 if any is not what its prompt says.
pub(crate) async fn run(captured: &Path, only: &[String], json: bool, session: &Session) -> Result<Exit, Fault> {
    let store = std::sync::Arc::new(session.only_looking().store().await?);
    let catalogue = session.catalogue_to_read(&store);
    let shown = captured.display().to_string();
    let file = File::open(captured).map_err(|error| Fault::mendable(format!("{shown}: {error}")))?;
    let mut checked = Checked { shelf: Shelf { catalogue, known: HashMap::new() }, tally: Tally::default(), told: Vec::new() };
    for (index, line) in BufReader::new(file).lines().enumerate() {
        let number = index + 1;
        let at = |why: String| Fault::mendable(format!("{shown}:{number}: {why}"));
        let line = line.map_err(|error| at(error.to_string()))?;
        if line.trim().is_empty() {
            continue;
        }
        let call = Call::read(&line).map_err(at)?;
        if only.is_empty() || only.contains(&call.prompt.name) {
            checked.check(number, call).await?;
        }
    }
    if checked.tally.calls() == 0 {
        return Err(Fault::nothing(format!("{shown} has no captured calls{}", if only.is_empty() { "" } else { " of that prompt" })));
    }
    if json {
        out::json(&checked.as_json())?;
    } else {
        out::data(&checked.text(&shown))?;
    }
    let agrees = checked.tally.same == checked.tally.calls();
    Ok(if agrees { Exit::Fine } else { Exit::GateFailed })
}

/// How many calls came out how.
#[derive(Debug, Default)]
struct Tally {
    same: u64,
    differ: u64,
    unrenderable: u64,
    unknown: u64,
}

impl Tally {
    const fn calls(&self) -> u64 {
        self.same + self.differ + self.unrenderable + self.unknown
    }
}

/// What has been found out.
struct Checked {
    shelf: Shelf,
    tally: Tally,
    /// The first calls that are not as they should be: the line, the version, and what is wrong.
    told: Vec<(usize, String, Vec<Finding>)>,
}

impl Checked {
    async fn check(&mut self, line: usize, call: Call) -> Result<(), Fault> {
        let name = call.prompt.to_string();
        let findings = match self.shelf.find(&call.prompt).await? {
            Err(why) => {
                self.tally.unknown += 1;
                vec![Finding::Unknown { why }]
            }
            Ok(found) => match found.prompt.render(&call.inputs, &[], &|path| found.image(path)) {
                Err(error) => {
                    self.tally.unrenderable += 1;
                    vec![Finding::Unrenderable { why: error.to_string() }]
                }
                Ok(rendered) => {
                    let findings = compared::held_against(&found.prompt, &rendered, &call);
                    *(if findings.is_empty() { &mut self.tally.same } else { &mut self.tally.differ }) += 1;
                    findings
                }
            },
        };
        if !findings.is_empty() && self.told.len() < TOLD {
            self.told.push((line, name, findings));
        }
        Ok(())
    }

    fn as_json(&self) -> serde_json::Value {
        let Tally { same, differ, unrenderable, unknown } = self.tally;
        let calls: Vec<_> = self
            .told
            .iter()
            .map(|(line, prompt, findings)| json!({"line": line, "prompt": prompt, "findings": findings}))
            .collect();
        json!({"format": 1, "calls": self.tally.calls(), "same": same, "differ": differ,
               "unrenderable": unrenderable, "unknown": unknown, "told": calls})
    }

    fn text(&self, shown: &str) -> String {
        let mut text = String::new();
        for (line, prompt, findings) in &self.told {
            text.push_str(&format!("{}  {}\n", styled(STRONG, format!("{shown}:{line}")), carat_core::untrusted::visible(prompt)));
            findings.iter().for_each(|finding| text.push_str(&finding.text()));
        }
        let Tally { same, differ, unrenderable, unknown } = self.tally;
        let faults = differ + unrenderable + unknown;
        if faults > self.told.len() as u64 {
            text.push_str(&format!("… and {} more\n", faults - self.told.len() as u64));
        }
        let word = |count: u64, style, what: &str| (count > 0).then(|| styled(style, format!("{count} {what}")));
        let parts = [
            word(same, GOOD, "as their prompt says"),
            word(differ, BAD, "differ"),
            word(unrenderable, BAD, "cannot be rendered"),
            word(unknown, ODD, "of a version that this project does not know"),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        text.push_str(&format!("{} captured calls: {}\n", self.tally.calls(), parts.join(", ")));
        text
    }
}

/// Prompts that have been asked for.
struct Shelf {
    catalogue: Catalogue,
    known: HashMap<String, Result<FoundPrompt, String>>,
}

impl Shelf {
    /// The very version that a call names: by its digest, else by its number or label, else the file as it is now.
    async fn find(&mut self, name: &PromptName) -> Result<Result<&FoundPrompt, String>, Fault> {
        let key = name.to_string();
        if !self.known.contains_key(&key) {
            let found = self.look_up(name).await?;
            self.known.insert(key.clone(), found);
        }
        Ok(self.known[&key].as_ref().map_err(Clone::clone))
    }

    async fn look_up(&self, name: &PromptName) -> Result<Result<FoundPrompt, String>, Fault> {
        let told = |error: carat_registry::CatalogueError| match error {
            error @ carat_registry::CatalogueError::Store(_) => Err(Fault::from(error)),
            other => Ok(Err(other.to_string())),
        };
        let Some(digest) = name.digest else {
            return self.catalogue.prompt(&name.reference()).await.map_or_else(told, |found| Ok(Ok(found)));
        };
        let pick = Pick::Digest(digest.hex());
        if let Some(version) = self.catalogue.store.version(Kind::Prompt, &name.name, &pick).await? {
            return self.catalogue.prompt_of(&version.id).await.map_or_else(told, |found| Ok(Ok(found)));
        }
        match self.catalogue.prompt(&name.name).await {
            Ok(found) if found.prompt.digest() == digest => Ok(Ok(found)),
            _ => Ok(Err(format!("no version of `{}` has the digest {digest}", name.name))),
        }
    }
}
