//! One `GET` of a provider's API, by the program `curl`.
//!
//! Nothing is asked of a model, so that nothing is paid for. What is a secret goes through a pipe, where no list of processes
//! shows it; redirects are not followed, for a key is not sent to where an answer points; proxies are respected.

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use carat_core::spec::ModelSpec;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;

use super::listing::{OPENAI_URL, is_openai};

/// How long an answer may take, in seconds.
const PATIENCE: u64 = 3;

/// The most that is read of an answer, in bytes: lists of thousands of models take less than one million.
const LONGEST: u64 = 8 << 20;

/// The variable that holds the key of OpenAI itself, where the project names none.
const OWN_KEY: &str = "OPENAI_API_KEY";

/// What a server said.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unanswered {
    /// The server, or the way to it, failed.
    World(String),
    /// It could not be asked from here.
    NotAsked(String),
}

/// The variable that a model's key is taken from.
pub(crate) fn key_variable(spec: &ModelSpec) -> Option<&str> {
    spec.api_key_env.as_deref().or_else(|| is_openai(spec).then_some(OWN_KEY))
}

/// Asks the server of a model for what is at `path`. The settings must be ones that a model can be built of.
pub(super) async fn get(spec: &ModelSpec, path: &str) -> Result<Reply, Unanswered> {
    let env = |variable: &str| std::env::var(variable).ok();
    let Some(config) = config(spec, path, &env) else {
        let why = "its address, key or headers have characters that cannot be sent".to_owned();
        return Err(Unanswered::NotAsked(why));
    };
    let limit = Duration::from_secs(PATIENCE + 1);
    tokio::time::timeout(limit, ask(&config)).await.unwrap_or_else(|_| Err(Unanswered::World(too_late())))
}

async fn ask(config: &str) -> Result<Reply, Unanswered> {
    let broken = |error: std::io::Error| Unanswered::NotAsked(format!("`curl` cannot be run: {error}"));
    let mut command = Command::new("curl");
    // First of all, that nobody's settings of curl count.
    command.args(["--disable", "--config", "-"]).kill_on_drop(true);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            Unanswered::NotAsked("the program `curl`, by which it would be asked, is not there".to_owned())
        }
        _ => broken(error),
    })?;
    if let Some(mut stdin) = child.stdin.take() {
        // What it has not read shows in how it ends.
        let _ = stdin.write_all(config.as_bytes()).await;
    }
    let mut said = Vec::new();
    if let Some(stdout) = child.stdout.take() {
        stdout.take(LONGEST + 1).read_to_end(&mut said).await.map_err(broken)?;
    }
    if said.len() as u64 > LONGEST {
        return Err(Unanswered::World(format!("the answer is longer than {} MB", LONGEST >> 20)));
    }
    reply(said, child.wait().await.map_err(broken)?)
}

/// The answer stands before the last line, which is the status.
fn reply(mut said: Vec<u8>, ended: ExitStatus) -> Result<Reply, Unanswered> {
    if !ended.success() {
        return Err(Unanswered::World(why(ended.code())));
    }
    let at = said.iter().rposition(|byte| *byte == b'\n').unwrap_or(0);
    let status = std::str::from_utf8(&said[at..]).ok().and_then(|status| status.trim().parse().ok());
    said.truncate(at);
    let status = status.ok_or_else(|| Unanswered::World("the answer is no HTTP".to_owned()))?;
    Ok(Reply { status, body: said })
}

fn too_late() -> String {
    format!("no answer within {PATIENCE} s")
}

/// What curl's exit codes mean (its manual, "EXIT CODES").
fn why(code: Option<i32>) -> String {
    match code {
        Some(5) => "the proxy's name is not known".to_owned(),
        Some(6) => "the name of the host is not known".to_owned(),
        Some(7) => "no connection".to_owned(),
        Some(28) => too_late(),
        Some(35 | 51 | 53 | 54 | 58 | 59 | 60 | 66 | 77 | 80 | 82 | 83 | 90 | 91) => {
            "no connection that can be trusted (TLS)".to_owned()
        }
        Some(1 | 52 | 55 | 56) => "the connection broke".to_owned(),
        Some(code) => format!("`curl` ended with {code}"),
        None => "`curl` was stopped".to_owned(),
    }
}

/// What curl is told; none where something would not stand in it as it is.
fn config(spec: &ModelSpec, path: &str, env: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let (base, query) = match spec.base_url.as_deref().unwrap_or(OPENAI_URL).trim().split_once('?') {
        Some((base, query)) => (base, format!("?{query}")),
        None => (spec.base_url.as_deref().unwrap_or(OPENAI_URL).trim(), String::new()),
    };
    let base = base.split('#').next().unwrap_or(base).trim_end_matches('/');
    let mut text = format!("url = {}\n", quoted(&format!("{base}{path}{query}"))?);
    let mut header = |name: &str, value: &str| -> Option<()> {
        // A name with nothing after its `:` would take the header away.
        let line = if value.is_empty() { format!("{name};") } else { format!("{name}: {value}") };
        text.push_str(&format!("header = {}\n", quoted(&line)?));
        Some(())
    };
    header("User-Agent", concat!("carat/", env!("CARGO_PKG_VERSION")))?;
    let key = key_variable(spec).and_then(env).map(|key| key.trim().to_owned()).filter(|key| !key.is_empty());
    if let Some(key) = key {
        header("Authorization", &format!("Bearer {key}"))?;
    }
    if let Some(organization) = &spec.organization {
        header("OpenAI-Organization", organization)?;
    }
    for (name, value) in &spec.headers {
        header(name, &filled(value, env)?)?;
    }
    text.push_str(&format!("max-time = {PATIENCE}\n"));
    text.push_str("silent\ngloboff\nproto = \"=http,https\"\nwrite-out = \"\\n%{http_code}\"\n");
    Some(text)
}

/// A text as curl's settings hold one. What would end the line would begin another setting.
fn quoted(text: &str) -> Option<String> {
    let fits = !text.contains(char::is_control);
    fits.then(|| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}

/// A header's value, with each `${NAME}` taken from the environment.
fn filled(written: &str, env: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let mut value = String::new();
    let mut rest = written;
    while let Some((before, after)) = rest.split_once("${") {
        let (variable, after) = after.split_once('}')?;
        value.push_str(before);
        value.push_str(env(variable)?.trim());
        rest = after;
    }
    Some(value + rest)
}

#[cfg(test)]
mod tests {
    use carat_core::spec::ModelSpec;

    use super::*;

    fn told(spec: serde_json::Value) -> Option<String> {
        let mut spec = spec;
        spec["provider"] = "openai".into();
        let spec: ModelSpec = serde_json::from_value(spec).unwrap();
        config(&spec, "/models", &|name| (name.ends_with("KEY")).then(|| " sk-1 \n".to_owned()))
    }

    fn lines(spec: serde_json::Value, beginning: &str) -> Vec<String> {
        let text = told(spec).unwrap();
        text.lines().filter(|line| line.starts_with(beginning)).map(str::to_owned).collect()
    }

    #[test]
    fn the_key_goes_to_whom_the_project_says_and_to_openai() {
        let key = r#"header = "Authorization: Bearer sk-1""#;
        let has_key = |spec| told(spec).unwrap().contains(key);
        assert!(has_key(serde_json::json!({})));
        assert!(has_key(serde_json::json!({"base_url": "https://a.example/v1", "api_key_env": "MY_KEY"})));
        assert!(!has_key(serde_json::json!({"base_url": "https://a.example/v1"})));
    }

    #[test]
    fn the_address_is_that_of_the_list() {
        let url = |base: &str| lines(serde_json::json!({"base_url": base}), "url")[0].clone();
        assert_eq!(url("http://a.example/v1/"), r#"url = "http://a.example/v1/models""#);
        assert_eq!(url("http://a.example/v1?api-version=2"), r#"url = "http://a.example/v1/models?api-version=2""#);
        assert_eq!(lines(serde_json::json!({}), "url"), [r#"url = "https://api.openai.com/v1/models""#]);
    }

    #[test]
    fn headers_are_filled_in() {
        let spec = serde_json::json!({"headers": {"X-Team": "a ${TEAM_KEY}\\\"", "X-None": ""}});
        assert!(lines(spec.clone(), "header").contains(&r#"header = "X-Team: a sk-1\\\"""#.to_owned()));
        assert!(lines(spec, "header").contains(&r#"header = "X-None;""#.to_owned()));
    }

    #[test]
    fn nothing_of_a_project_becomes_a_setting_of_curl() {
        assert_eq!(told(serde_json::json!({"base_url": "http://a.example/\noutput = \"/tmp/x\""})), None);
        assert_eq!(told(serde_json::json!({"headers": {"X-A": "b\r\noutput = \"/tmp/x\""}})), None);
        let spec = serde_json::json!({"base_url": "http://a.example/\" -o x \\"});
        assert_eq!(lines(spec, "url"), [r#"url = "http://a.example/\" -o x \\/models""#]);
    }
}
