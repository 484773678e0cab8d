//! The account of a number, for people.

use carat_core::untrusted::{one_line, visible};

use crate::out::{BAD, FAINT, GOOD, ODD, STRONG, styled};

use super::account::{Account, JudgeFacts, SampleFacts, VersionFacts};

/// So many characters of an answer are shown on its line.
const WIDE: usize = 160;

pub(super) fn of(account: &Account) -> String {
    let mut text = format!("{}\n", styled(STRONG, one_line(&account.row.id, 200)));
    let mut say = |what: &str, is: String| text.push_str(&line(what, &is));
    let row = &account.row;
    say("row", format!("{}{}", row.digest.short(), since(row.is_same_now, "in the file as it is now")));
    say("dataset", version(&row.version));
    let run = &account.run;
    let number = run.spec.version.map(|number| format!("@{number}")).unwrap_or_default();
    let changed = since(run.spec_is_same_now, "in the spec as it is now");
    say("eval", format!("{}{number} ({}){changed}", visible(&run.eval), visible(&run.spec_file)));
    for scorer in &account.scorers {
        say("scorer", format!("{}: {} {}", visible(&scorer.name), scorer.kind, styled(FAINT, scorer.digest.short())));
    }
    say("run", format!("{} of {}", run.id, run.started_at));
    match &run.made {
        Some(made) => {
            let source = styled(FAINT, format!("(by {})", made.by.source.as_str()));
            say("by", format!("{} {source}", visible(&made.by.name)));
            say(
                "code",
                format!("commit {}, carat {}", made.commit.as_deref().unwrap_or("unknown"), visible(&made.tool)),
            );
        }
        None => say("by", "unknown; the run is from before that was recorded".to_owned()),
    }
    for promotion in &account.promotions {
        say("evidence", format!("of promotion {}", visible(promotion)));
    }
    account.samples.iter().for_each(|facts| text.push_str(&sample(facts)));
    text
}

fn sample(facts: &SampleFacts) -> String {
    let trial = if facts.trial > 0 { format!("  trial {}", facts.trial) } else { String::new() };
    let mut text = format!("\n{}{trial}\n", styled(STRONG, visible(&facts.variant)));
    let mut say = |what: &str, is: String| text.push_str(&line(what, &is));
    say("prompt", version(&facts.prompt));
    say("model", version(&facts.model));
    if let Some(other) = &facts.answered_by {
        say("", format!("which answered as {}", visible(other)));
    }
    if let Some(id) = &facts.response_id {
        say("", format!("the provider's id of the answer is {}", visible(id)));
    }
    if let Some(digest) = &facts.request_digest {
        say("request", format!("{}, answered at attempt {}", digest.short(), facts.attempts));
    }
    match &facts.answer {
        Some(answer) => say("answer", one_line(answer, WIDE)),
        None => say("answer", styled(BAD, visible(&facts.outcome))),
    }
    for (name, score) in &facts.scores {
        let mark = match score.pass {
            Some(true) => styled(GOOD, "✓ "),
            Some(false) => styled(BAD, "✗ "),
            None => String::new(),
        };
        let why = score.reason.as_deref().map(|why| format!("  {}", one_line(why, WIDE))).unwrap_or_default();
        say("score", format!("{mark}{} {:.3}{why}", visible(name), score.value.get()));
    }
    for (name, why) in &facts.unscored {
        say("score", format!("{} {} unscored: {}", styled(ODD, "?"), visible(name), one_line(why, WIDE)));
    }
    facts.judges.iter().for_each(|facts| say("judge", judge(facts)));
    text
}

fn judge(facts: &JudgeFacts) -> String {
    let cached = if facts.cached { ", from the record" } else { "" };
    let (scorer, model) = (visible(&facts.scorer), visible(&facts.model));
    let who = styled(FAINT, format!("{} asked {}{cached}", facts.model_digest.short(), facts.request_digest.short()));
    format!("{model} for {scorer}: {}  {who}", one_line(&facts.answer, WIDE))
}

/// A version: its name, who saved it, and which labels point to it, now and then.
fn version(facts: &VersionFacts) -> String {
    let number = facts.version.map(|number| format!("@{number}")).unwrap_or_default();
    let mut text = format!("{}{number} {}", visible(&facts.name), styled(FAINT, facts.digest.short()));
    match &facts.saved {
        Some(saved) => {
            let commit = saved.commit.as_deref().map(|commit| format!(", commit {}", short(commit)));
            let who = visible(&saved.by.name);
            text.push_str(&format!(", saved by {who} at {}{}", saved.at, commit.unwrap_or_default()));
        }
        None => text.push_str(", which this project has no version of"),
    }
    if !facts.labels_then.is_empty() {
        text.push_str(&format!("; {} then", facts.labels_then.join(", ")));
    }
    if !facts.labels_now.is_empty() {
        text.push_str(&format!("; {} now", facts.labels_now.join(", ")));
    }
    text
}

/// A commit's first digits, and the mark of one whose files differ.
fn short(commit: &str) -> String {
    let mark = if commit.ends_with('+') { "+" } else { "" };
    format!("{}{mark}", commit.get(..12).unwrap_or(commit.trim_end_matches('+')))
}

fn since(is_same: Option<bool>, wherein: &str) -> String {
    match is_same {
        Some(true) => format!(", the same {wherein}"),
        Some(false) => styled(ODD, format!(", another one {wherein}")),
        None => String::new(),
    }
}

fn line(what: &str, is: &str) -> String {
    format!("  {}{is}\n", styled(FAINT, format!("{what:<9} ")))
}
