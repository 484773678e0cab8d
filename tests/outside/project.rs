//! A project in a temporary folder, and the binary run in it.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Output, Stdio};

use tempfile::TempDir;

/// A project that goes away with this value.
pub(crate) struct Project {
    folder: TempDir,
    /// Variables that the program gets to see, besides none.
    variables: Vec<(String, String)>,
}

/// How the program ended and what it said.
#[derive(Debug)]
pub(crate) struct Ended {
    /// The exit code; none when a signal ended it.
    pub(crate) code: Option<i32>,
    /// What it wrote to stdout.
    pub(crate) data: String,
    /// What it wrote to stderr.
    pub(crate) talk: String,
}

impl Ended {
    /// What it said and how it ended, as a snapshot has it: paths, ports and run ids differ each time.
    pub(crate) fn told(&self, project: &Project) -> String {
        plain(project, &format!("{}{}", self.exit(), self.talk))
    }

    /// All that it said and how it ended, as a snapshot has it: how long answers took is left out, too.
    pub(crate) fn shown(&self, project: &Project) -> String {
        let lines: Vec<&str> = self.data.lines().map(timeless).collect();
        plain(project, &format!("{}{}\n{}", self.exit(), lines.join("\n"), self.talk))
    }

    /// Whether what it said would make a terminal do something other than to show it; colours and styles aside.
    pub(crate) fn acts(&self) -> bool {
        acts(&self.data) || acts(&self.talk)
    }

    /// Why cases have no answer, and how it ended. Whether a model is given up for it before its other cases have ended is
    /// a matter of chance, and left out.
    pub(crate) fn why(&self, project: &Project) -> String {
        let lines = self.data.lines().filter(|line| line.starts_with('✗'));
        let why: Vec<&str> = lines.filter_map(|line| Some(line.split_once(": ")?.1)).collect();
        plain(project, &format!("{}{}", self.exit(), why.join("\n")))
    }

    /// The same of a run: the first line of its summary, why cases have no answer, and how it ended.
    pub(crate) fn summed_up(&self, project: &Project) -> String {
        let lines = self.data.lines().enumerate();
        let kept: Vec<&str> =
            lines.filter(|(at, line)| *at == 0 || line.starts_with('✗')).map(|(_, line)| line).collect();
        plain(project, &format!("{}{}", self.exit(), kept.join("\n")))
    }

    fn exit(&self) -> String {
        self.code.map_or_else(|| "ended by a signal\n".to_owned(), |code| format!("exit {code}\n"))
    }
}

fn acts(text: &str) -> bool {
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c.is_control() && c != '\n' || c == '\u{202e}') {
        let sequence = rest[at..].strip_prefix("\u{1b}[").and_then(|style| style.split_once('m'));
        match sequence {
            Some((style, after)) if style.bytes().all(|byte| byte.is_ascii_digit() || byte == b';') => rest = after,
            _ => return true,
        }
    }
    false
}

/// A line of a report without its last column, which says how long answers took.
fn timeless(line: &str) -> &str {
    let is_span = |text: &str| text.ends_with(" ms") || text.ends_with(" s");
    let is_column = |cell: &str| cell == "p50 / p95" || cell.contains(" / ") && cell.split(" / ").all(is_span);
    match line.rsplit_once("  ") {
        Some((rest, cell)) if is_column(cell.trim()) => rest.trim_end(),
        Some(_) | None => line,
    }
}

/// The text without what differs each time: how far a run has come, and what to do next, are left out.
fn plain(project: &Project, text: &str) -> String {
    let is_progress = |line: &str| line.starts_with(|c: char| c.is_ascii_digit()) && line.contains("/s");
    let is_next_step =
        |line: &str| line.starts_with("next:") || line.starts_with("  carat run ") || line.starts_with("  carat diff ");
    let is_kept = |line: &&str| !is_progress(line) && !is_next_step(line);
    let text: String = text.split_inclusive('\n').filter(is_kept).collect();
    let text = text.replace(&project.path().display().to_string(), "PROJECT");
    let ports = text.split("127.0.0.1:").enumerate().map(|(at, part)| match at {
        0 => part.to_owned(),
        _ => format!("127.0.0.1:PORT{}", part.trim_start_matches(|c: char| c.is_ascii_digit())),
    });
    without_run_ids(&ports.collect::<String>())
}

/// Run ids are UUIDs.
fn without_run_ids(text: &str) -> String {
    let is_of_id = |c: char| c.is_ascii_hexdigit() || c == '-';
    let mut plain = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(is_of_id) {
        let (before, word) = rest.split_at(start);
        let (word, after) = word.split_at(word.find(|c| !is_of_id(c)).unwrap_or(word.len()));
        let is_id = word.len() == 36 && word.matches('-').count() == 4;
        plain.extend([before, if is_id { "RUN" } else { word }]);
        rest = after;
    }
    plain + rest
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            data: String::from_utf8_lossy(&output.stdout).into_owned(),
            talk: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Project {
    /// A project with two prompts and an eval over a few rows, on the offline baseline.
    pub(crate) fn small() -> Self {
        let project = Self::empty();
        project.write(
            "carat.yaml",
            "models:\n  nearest: { provider: baseline, model: nearest }\n  echo: { provider: baseline, model: echo }\n",
        );
        project.write("prompts/sort.prompty", SORT);
        project.write("datasets/fruit.jsonl", FRUIT);
        project.write("evals/fruit.yaml", EVAL);
        project
    }

    /// A folder with nothing in it.
    pub(crate) fn empty() -> Self {
        Self { folder: TempDir::new().unwrap(), variables: Vec::new() }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.file(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    /// The program in this project, with nothing of the environment but what was set and where programs are.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_carat"));
        command.args(args).current_dir(self.path()).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.envs(self.variables.iter().cloned());
        command
    }

    pub(crate) fn carat(&self, args: &[&str]) -> Ended {
        self.command(args).output().unwrap().into()
    }

    /// Starts the program; whoever asks for its end waits for it.
    pub(crate) fn start(&self, args: &[&str]) -> Going {
        Going::of(self.command(args))
    }

    /// `carat.yaml` with one model `m` behind the API at this address, one call at a time, and the eval on it.
    pub(crate) fn asks(&self, base_url: &str, more: &str) {
        self.has_model(&format!("provider: openai, base_url: \"{base_url}\", retries: 1{more}"));
    }

    /// `carat.yaml` with one model `m`, one call at a time, and the eval on it.
    pub(crate) fn has_model(&self, settings: &str) {
        self.write("carat.yaml", format!("models:\n  m: {{ {settings}, limits: {{ concurrency: 1 }} }}\n"));
        self.write("evals/fruit.yaml", EVAL.replace("[nearest, echo]", "[m]"));
    }

    /// The report of a run as JSON.
    pub(crate) fn report(&self, run: &str) -> serde_json::Value {
        let ended = self.carat(&["run", "show", run, "--json"]);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        serde_json::from_str(&ended.data).unwrap()
    }
}

/// A program that is still running.
pub(crate) struct Going {
    child: Child,
    stderr: BufReader<ChildStderr>,
    talk: String,
}

impl Going {
    pub(crate) fn of(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        Self { child, stderr, talk: String::new() }
    }

    pub(crate) fn id(&self) -> String {
        self.child.id().to_string()
    }

    /// Waits until it says this.
    pub(crate) fn says(&mut self, words: &str) {
        let from = self.talk.len();
        while !self.talk[from..].contains(words) {
            let read = self.stderr.read_line(&mut self.talk).unwrap();
            assert!(read > 0, "it never said `{words}`, but: {}", self.talk);
        }
    }

    /// Presses Ctrl-C.
    pub(crate) fn interrupt(&self) {
        let sent = Command::new("kill").args(["-INT", &self.id()]).status().unwrap();
        assert!(sent.success());
    }

    pub(crate) fn end(mut self) -> Ended {
        let mut data = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut data).unwrap();
        self.stderr.read_to_string(&mut self.talk).unwrap();
        Ended { code: self.child.wait().unwrap().code(), data, talk: self.talk }
    }
}

const SORT: &str = "---
name: Sort fruit
inputs:
  thing: { kind: string }
---
system:
Is it a fruit? Answer yes or no.
user:
apple
assistant:
yes
user:
hammer
assistant:
no
user:
{{ thing }}
";

const FRUIT: &str = r#"{"id": "f-1", "input": {"thing": "apples"}, "expected": "yes", "tags": ["easy"], "split": "test"}
{"id": "f-2", "input": {"thing": "hammers"}, "expected": "no", "split": "test"}
{"id": "f-3", "input": {"thing": "pineapple"}, "expected": "yes", "split": "test"}
{"id": "f-4", "input": {"thing": "sledgehammer"}, "expected": "no", "split": "dev"}
"#;

const EVAL: &str = "prompts: [sort]
models: [nearest, echo]
dataset: fruit
scorers:
  - { name: answer, choice: { options: [\"yes\", \"no\"] } }
";
