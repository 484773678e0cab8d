//! A help desk with one prompt, one eval and a policy for `production`.

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::outside::project::{Ended, Project};

/// A project whose model gives the answer of the example that is most like the question, so that a prompt is as good as its
/// examples.
pub(super) struct Desk {
    pub(super) project: Project,
}

pub(super) const ADA: &str = "Ada <ada@example.com>";
pub(super) const BEN: &str = "Ben <ben@example.com>";
pub(super) const CEM: &str = "Cem <cem@example.com>";

/// What `production` asks for, where a test does not say.
pub(super) const POLICY: &str = "needs: [{ eval: triage, max_age: 7d }]\n    reviewers: 1\n";

const ROWS: [(&str, &str); 12] = [
    ("I was charged twice", "billing"),
    ("My invoice is wrong", "billing"),
    ("Please refund the charge", "billing"),
    ("The invoice was charged to another card", "billing"),
    ("My parcel did not arrive", "delivery"),
    ("Where is my parcel?", "delivery"),
    ("The parcel arrived damaged", "delivery"),
    ("When does the parcel arrive?", "delivery"),
    ("I forgot my password", "account"),
    ("My password does not work", "account"),
    ("How do I change my password?", "account"),
    ("The password link is broken", "account"),
];

impl Desk {
    /// With this policy for `production`.
    pub(super) fn with(policy: &str) -> Self {
        let desk = Self { project: Project::empty() };
        desk.policy(policy);
        desk.prompt("Name the queue of the ticket.", true);
        desk.rows(ROWS.len());
        desk.gates("  - { metric: queue.accuracy, at_least: 0.5 }\n");
        desk
    }

    pub(super) fn policy(&self, policy: &str) {
        let policy = if policy.is_empty() { String::new() } else { format!("policy:\n  production:\n    {policy}") };
        self.project.write("carat.yaml", format!("{MODELS}{policy}"));
    }

    /// The prompt with this instruction; `good` examples have the right answers.
    pub(super) fn prompt(&self, instruction: &str, good: bool) {
        let answers = if good { ["billing", "delivery", "account"] } else { ["account", "billing", "delivery"] };
        let questions = ["My invoice was charged twice", "My parcel did not arrive", "My password does not work"];
        let examples = questions.iter().zip(answers);
        let examples: String = examples.map(|(asked, said)| format!("user:\n{asked}\nassistant:\n{said}\n")).collect();
        let text = format!(
            "---\ninputs: {{ body: {{ kind: string }} }}\n---\nsystem:\n{instruction}\n{examples}user:\n{{{{ body }}}}\n"
        );
        self.project.write("prompts/support/triage.prompty", text);
    }

    /// The first so many rows.
    pub(super) fn rows(&self, count: usize) {
        let row = |(number, (body, queue)): (usize, &(&str, &str))| {
            let row = serde_json::json!({"id": format!("t-{number:02}"), "input": {"body": body}, "expected": queue});
            format!("{row}\n")
        };
        let rows: String = ROWS.iter().enumerate().take(count).map(row).collect();
        self.project.write("datasets/tickets.jsonl", rows);
    }

    /// The eval with these gates, which are lines of a list.
    pub(super) fn gates(&self, gates: &str) {
        self.spec(&format!("gates:\n{gates}"));
    }

    /// The eval with whatever it has besides.
    pub(super) fn spec(&self, more: &str) {
        self.project.write("evals/triage.yaml", format!("{EVAL}{more}"));
    }

    /// A command by somebody.
    pub(super) fn by(&self, who: &str, args: &[&str]) -> Ended {
        self.project.carat(&[args, &["--actor", who]].concat())
    }

    /// A command by Ada, who writes the prompts.
    pub(super) fn ada(&self, args: &[&str]) -> Ended {
        self.by(ADA, args)
    }

    /// Runs the eval; it must not break.
    pub(super) fn eval(&self, more: &[&str]) {
        let ended = self.ada(&[&["eval", "triage", "-q"], more].concat());
        assert!(matches!(ended.code, Some(0 | 1)), "{ended:?}");
    }

    /// Proposes what the project has now.
    pub(super) fn promote(&self, more: &[&str]) -> Ended {
        self.ada(&[&["prompt", "promote", "support/triage", "--to", "production"], more].concat())
    }

    /// Saves, evaluates, proposes and has it approved: the prompt as it is now is in production.
    pub(super) fn put_into_production(&self) {
        self.eval(&["--prompt", "support/triage"]);
        let proposed = self.promote(&[]);
        assert!(matches!(proposed.code, Some(0 | 1)), "{proposed:?}");
        if proposed.code == Some(1) {
            let approved = self.by(BEN, &["promotion", "approve", &self.last_promotion()]);
            assert!(approved.data.contains("production points to"), "{approved:?}");
        }
    }

    /// The id of the newest promotion.
    pub(super) fn last_promotion(&self) -> String {
        self.promotions()[0]["id"].as_str().unwrap().to_owned()
    }

    /// All promotions, newest first.
    pub(super) fn promotions(&self) -> Vec<Value> {
        let listed = self.json(&["promotion", "list", "--json"]);
        listed["promotions"].as_array().unwrap().clone()
    }

    /// The number of the version in production; none where there is none.
    pub(super) fn in_production(&self) -> Option<u64> {
        let shown = self.project.carat(&["prompt", "show", "support/triage@production", "--json"]);
        let shown: Value = serde_json::from_str(&shown.data).ok()?;
        shown["version"]["number"].as_u64()
    }

    pub(super) fn json(&self, args: &[&str]) -> Value {
        let ended = self.project.carat(args);
        serde_json::from_str(&ended.data).map_err(|error| format!("{error}: {ended:?}")).unwrap()
    }

    /// What the policy asks for that is not there, as the last look found it.
    pub(super) fn missing(&self) -> Vec<String> {
        let findings = self.promotions()[0]["findings"].as_array().unwrap().clone();
        let missing = findings.iter().filter(|finding| finding["holds"] == false);
        missing.map(|finding| settled(&said(finding))).collect()
    }

    /// What is on stdout and how it ended, without what differs each time.
    pub(super) fn shown(&self, ended: &Ended) -> String {
        settled(&format!("{}{}", exit(ended), ended.data))
    }

    /// The same with what is on stderr.
    pub(super) fn told(&self, ended: &Ended) -> String {
        let talk = ended.talk.replace(&self.project.path().display().to_string(), "PROJECT");
        settled(&format!("{}{}{talk}", exit(ended), ended.data))
    }

    /// Writes into the store as somebody with a database tool would.
    pub(super) fn tamper(&self, statements: &str) {
        let script = "import sqlite3, sys\n\
                      store = sqlite3.connect(sys.argv[1])\n\
                      store.executescript(sys.argv[2])\n\
                      store.commit()\n";
        let path = self.project.file(".carat/carat.db");
        let ended = python(&["-c", script, path.to_str().unwrap(), statements]).output().unwrap();
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    }
}

/// Python, which knows nothing of carat.
pub(super) fn python(args: &[&str]) -> Command {
    let mut command = Command::new("python3");
    command.args(args).stdin(Stdio::null());
    command
}

/// All that a finding says.
fn said(finding: &Value) -> String {
    let parts = |key: &str| finding[key].as_array().cloned().unwrap_or_default();
    let because = parts("because").into_iter().map(|part| part.as_str().unwrap().to_owned());
    let commands = parts("commands").into_iter().map(|command| format!("run {}", command.as_str().unwrap()));
    because.chain(commands).collect::<Vec<_>>().join("; ")
}

fn exit(ended: &Ended) -> String {
    ended.code.map_or_else(|| "ended by a signal\n".to_owned(), |code| format!("exit {code}\n"))
}

const MODELS: &str =
    "models:\n  nearest: { provider: baseline, model: nearest }\n  echo: { provider: baseline, model: echo }\n";

const EVAL: &str = "prompts: [support/triage]
models: [nearest]
dataset: tickets
scorers:
  - { name: queue, choice: { options: [billing, delivery, account] } }
";

/// The text without what differs each time: instants, ids, digests.
pub(super) fn settled(text: &str) -> String {
    let mut settled = String::new();
    let mut rest = text;
    let mut before = ' ';
    while let Some(first) = rest.chars().next() {
        let found = KINDS.iter().find_map(|(shape, word)| Some((length(rest, shape)?, word)));
        match found.filter(|_| !before.is_alphanumeric()) {
            Some((length, word)) => {
                settled.push_str(word);
                rest = &rest[length..];
                before = 'x';
            }
            None => {
                settled.push(first);
                rest = &rest[first.len_utf8()..];
                before = first;
            }
        }
    }
    settled.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// The longest come first. `d` is a digit, `h` a hexadecimal one.
const KINDS: [(&str, &str); 8] = [
    ("hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh", "DIGEST"),
    ("hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh", "ID"),
    ("hhhhhhhh-hhhh", "ID"),
    ("hhhhhhhhhhhh", "DIGEST"),
    ("dddd-dd-ddTdd:dd:dd.dddZ", "WHEN"),
    ("dddd-dd-dd dd:dd:dd", "WHEN"),
    ("dddd-dd-dd dd:dd UTC", "WHEN"),
    ("dddd-dd-dd dd:dd", "WHEN"),
];

/// How long the beginning of a text is that has this shape and ends there.
fn length(text: &str, shape: &str) -> Option<usize> {
    let fits = |(c, shape): (char, char)| match shape {
        'd' => c.is_ascii_digit(),
        'h' => c.is_ascii_hexdigit(),
        other => c == other,
    };
    let is_whole = text.len() >= shape.len() && text.is_char_boundary(shape.len());
    let ends = is_whole && !text[shape.len()..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '-');
    (ends && text.chars().zip(shape.chars()).all(fits)).then_some(shape.len())
}
