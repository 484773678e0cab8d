//! `docs/story.md`, followed in a copy of the example project.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use carat::Prompts;
use serde_json::Value;

use super::project::{Ended, Project};

const TRIAGE: &str = "support/triage@production";
const PROMPT: &str = "prompts/support/triage.prompty";

/// What the page says to do.
enum Step<'a> {
    /// To put this before the last `user:` of the prompt.
    Change(&'a str),
    /// To give this command, and what is seen then; `…` stands for lines that the page leaves out.
    Command(&'a str, Vec<&'a str>),
}

#[test]
fn the_story_goes_as_the_page_tells_it() {
    let page = fs::read_to_string(root().join("docs/story.md")).unwrap();
    let project = clone();
    let mut served = None;
    let mut commands = 0;
    for step in steps(&page) {
        match step {
            Step::Change(text) => change(&project, text),
            Step::Command(command, seen) if command.starts_with("carat ") => {
                commands += 1;
                let ended = run(&project, command);
                let refused = seen.iter().any(|line| line.starts_with("production was not moved"));
                let is_mistake = seen.iter().any(|line| line.starts_with("error:"));
                assert_eq!(ended.code, Some(if is_mistake { 2 } else { i32::from(refused) }), "{command}\n{ended:?}");
                assert_shows(command, &ended.data, &seen);
            }
            Step::Command(command, seen) if command.starts_with("curl ") => {
                let prompts = served.get_or_insert_with(|| open(&project));
                serves(prompts, seen[0]);
            }
            // Programs around it, which the examples of the library are tested with.
            Step::Command(..) => {}
        }
    }
    assert!(served.is_some() && commands >= 10, "{commands} commands");
}

#[test]
fn the_policy_on_the_page_is_the_policy_of_the_example() {
    let page = fs::read_to_string(root().join("docs/story.md")).unwrap();
    let policy = page.split_once("```yaml\n").unwrap().1.split_once("```").unwrap().0;
    assert!(policy.starts_with("policy:\n") && policy.lines().count() > 4, "{policy}");
    assert!(fs::read_to_string(root().join("carat.yaml")).unwrap().contains(policy), "{policy}");
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The example project as a fresh clone has it; whoever works in it is Ada.
fn clone() -> Project {
    let mut project = Project::empty();
    for file in ["carat.yaml", "evals", "datasets", "prompts"] {
        copy(&project, Path::new(file));
    }
    let carat = Path::new(env!("CARGO_BIN_EXE_carat")).parent().unwrap().display();
    let path = format!("{carat}:{}", std::env::var("PATH").unwrap_or_default());
    project.set("PATH", &path);
    project.set("CARAT_ACTOR", "ada");
    project
}

fn copy(project: &Project, file: &Path) {
    let from = root().join(file);
    if from.is_dir() {
        for entry in fs::read_dir(&from).unwrap() {
            copy(project, &file.join(entry.unwrap().file_name()));
        }
    } else {
        project.write(file.to_str().unwrap(), fs::read(&from).unwrap());
    }
}

/// The blocks of the page, in order.
fn steps(page: &str) -> Vec<Step<'_>> {
    let mut steps = Vec::new();
    for block in page.split("\n```").skip(1).step_by(2) {
        let (language, text) = block.split_once('\n').unwrap();
        match language {
            "jinja" => steps.push(Step::Change(text)),
            "console" => steps.extend(commands(text)),
            other => assert_eq!(other, "yaml", "{text}"),
        }
    }
    steps
}

fn commands(text: &str) -> impl Iterator<Item = Step<'_>> {
    let given = text.strip_prefix("$ ").unwrap().split("\n$ ");
    given.map(|one| {
        let mut lines = one.lines();
        Step::Command(lines.next().unwrap(), lines.collect())
    })
}

fn change(project: &Project, text: &str) {
    let prompt = fs::read_to_string(project.file(PROMPT)).unwrap();
    let (before, last) = prompt.split_at(prompt.rfind("user:\n").unwrap());
    project.write(PROMPT, format!("{before}{text}\n{last}"));
}

/// Gives a command to a shell, with both outputs as a terminal shows them; the promotion that the page names is the newest.
fn run(project: &Project, command: &str) -> Ended {
    let words =
        command.split(' ').map(|word| if is_short_id(word) { newest_promotion(project) } else { word.to_owned() });
    let command = words.collect::<Vec<_>>().join(" ");
    // `command` gives the program a cleared environment and this folder; a shell in between gets both.
    let prepared = project.command(&[]);
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("{command} 2>&1")]).current_dir(project.path()).env_clear();
    shell.envs(prepared.get_envs().filter_map(|(name, value)| Some((name, value?))));
    shell.output().unwrap().into()
}

fn is_short_id(word: &str) -> bool {
    word.len() == 13 && word.chars().enumerate().all(|(at, c)| if at == 8 { c == '-' } else { c.is_ascii_hexdigit() })
}

fn newest_promotion(project: &Project) -> String {
    let listed: Value = serde_json::from_str(&project.carat(&["promotion", "list", "--json"]).data).unwrap();
    listed["promotions"][0]["id"].as_str().unwrap().to_owned()
}

/// Asserts that what the page shows is there, in this order and, but for `…`, without anything in between.
fn assert_shows(command: &str, said: &str, page: &[&str]) {
    let said: Vec<String> = said.lines().map(settled).collect();
    let (mut at, mut may_skip) = (0, false);
    for line in page {
        if *line == "…" {
            may_skip = true;
            continue;
        }
        let wanted = settled(line);
        let found = said[at..].iter().position(|line| *line == wanted);
        let found = found.filter(|skipped| *skipped == 0 || may_skip);
        assert!(found.is_some(), "$ {command}\nthe page has: {line}\nit said:\n{}", said.join("\n"));
        at += found.unwrap_or_default() + 1;
        may_skip = false;
    }
    assert!(may_skip || at == said.len(), "$ {command}\nthe page leaves out:\n{}", said[at..].join("\n"));
}

/// A line without what differs each time – ids, digests, instants, how long answers took – and without how wide columns are.
fn settled(line: &str) -> String {
    let line =
        line.split_once(" – ").map_or(line, |(before, after)| if after.ends_with(" ms") { before } else { line });
    let words = line.split_whitespace().map(|word| if differs(word) { "#" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

fn differs(word: &str) -> bool {
    let word = word.trim_end_matches(',');
    let of_these = |c: char| c.is_ascii_hexdigit() || "-:.TZ".contains(c);
    word.len() >= 8 && word.contains(|c: char| c.is_ascii_digit()) && word.chars().all(of_these)
}

/// An application that looks for a new bundle all the time.
fn open(project: &Project) -> Prompts {
    let options = Prompts::options().require(TRIAGE).interval(Duration::from_millis(10));
    options.open(project.file("prompts.carat")).unwrap()
}

/// Waits until the running application serves the version that the page shows.
fn serves(prompts: &Prompts, shown: &str) {
    let shown: Value = serde_json::from_str(shown).unwrap();
    let wanted = shown["prompt"]["version"].as_u64().unwrap();
    let ticket = serde_json::json!({ "body": "I was charged twice." });
    let version = || {
        let rendered = prompts.get(TRIAGE).unwrap().render(&ticket).unwrap();
        serde_json::to_value(rendered.stamp()).unwrap()["version"].as_u64().unwrap()
    };
    let begun = Instant::now();
    while version() != wanted {
        assert!(begun.elapsed() < Duration::from_secs(20), "version {wanted} is not served: {:?}", prompts.health());
        std::thread::sleep(Duration::from_millis(5));
    }
}
