//! The vectors in `tests/vectors` are what the code gives. Where a change makes another one of them, it makes other names for
//! everything that is recorded: then think first. Each test prints the lines that it expects to find.

use std::collections::BTreeMap;

use carat_core::audit::{Action, Anchor, Chain, Deed, Entry};
use carat_core::prompt::Beside;
use carat_core::spec::{EvalSpec, ModelSpec, PolicySpec};
use carat_core::version::{Actor, Kind, Source};
use carat_core::{Digest, Image, Prompt, Request, Row};
use serde::Serialize;
use serde_json::{Value, json};

const DIGESTS: &str = include_str!("../../../../tests/vectors/digests.jsonl");
pub(crate) const AUDIT: &str = include_str!("../../../../tests/vectors/audit.jsonl");
const PROMPT: &str = include_str!("prompt.prompty");

#[test]
fn the_published_digests_are_those_of_the_code() {
    assert_same(DIGESTS, &vectors());
}

#[test]
fn the_published_log_is_the_one_that_the_code_writes() {
    let log = log();
    assert_same(AUDIT, &log);
    let mut chain = Chain::held_to([anchor(&log)]);
    for line in AUDIT.lines() {
        assert_eq!(chain.check(&serde_json::from_str(line).unwrap()), Ok(()));
    }
    assert_eq!(chain.finish(), Ok(()));
    let page = include_str!("../../../../docs/digests.md");
    assert!(page.contains(&anchor(&log).to_string()), "docs/digests.md shows {}", anchor(&log));
}

fn assert_same<T: Serialize>(published: &str, made: &[T]) {
    let made: String = made.iter().map(|line| serde_json::to_string(line).unwrap() + "\n").collect();
    assert!(made == published, "the code gives other lines:\n{made}");
}

fn vectors() -> Vec<Value> {
    let mut vectors = any_json();
    vectors.extend(prompts());
    vectors.extend(requests());
    vectors.extend(rows());
    vectors.extend(specs());
    vectors.extend(models());
    vectors
}

fn vector(kind: &str, about: &str, content: &impl Serialize, digest: Digest) -> Value {
    json!({"kind": kind, "about": about, "content": content, "digest": digest})
}

fn any_json() -> Vec<Value> {
    // The examples of RFC 8785, sections 3.2.2 and 3.2.3, and the ends of the ranges in which JavaScript writes numbers.
    let rfc = r#"{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}"#;
    let keys = r#"{"\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
        "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"}"#;
    let numbers = "[0, -0.0, 100.0, 1e20, 1e21, 123456789012345680000, 0.000001, 1e-7, 5e-324, 1.7976931348623157e308, \
                   9007199254740993, 0.1, -1.5e-9]";
    let about = ["examples of RFC 8785", "the order of keys in RFC 8785", "numbers"];
    let texts = about.into_iter().zip([rfc, keys, numbers]);
    let values = texts.map(|(about, text)| (about, serde_json::from_str::<Value>(text).unwrap()));
    values.map(|(about, value)| vector("json", about, &value, Digest::of_json(&value))).collect()
}

/// Files beside a prompt; a picture is a file like any other.
struct Files(BTreeMap<&'static str, &'static str>);

impl Beside for Files {
    fn text(&mut self, path: &str) -> Result<String, String> {
        self.0.get(path).map(|text| (*text).to_owned()).ok_or_else(|| "no such file".to_owned())
    }

    fn picture(&mut self, path: &str) -> Result<Image, String> {
        let bytes = self.text(path)?.into_bytes();
        let (digest, media_type) = (Some(Digest::of_bytes(&bytes)), Some("image/png".to_owned()));
        Ok(Image { url: path.to_owned(), digest, media_type, bytes: Some(bytes.into()) })
    }
}

fn prompts() -> [Value; 2] {
    let files = [("parts/tone.md", "Be brief.{# says Ada #}\n"), ("queue.png", "\u{89}PNG")];
    let prompt = |about, text: &str| {
        let prompt = Prompt::parse("support/triage", "triage.prompty", text, &mut Files(files.into())).unwrap();
        vector("prompt", about, &prompt.content(), prompt.digest())
    };
    [
        prompt("a template and nothing else", "user:\nTo which queue? {{ body }}\n"),
        prompt("an include, a picture, a default, a tool, a format and parameters; no comments", PROMPT),
    ]
}

fn requests() -> Vec<Value> {
    let plain = json!({"messages": [{"role": "user", "content": "Grüße 👋\u{7f}\u{1}"}]});
    let full = json!({
        "messages": [
            {"role": "system", "content": "Answer with one word."},
            {"role": "user", "content": [{"type": "text", "value": "look:"}, {"type": "image", "value": {"url": "https://example.org/a.png"}}]},
            {"role": "assistant", "content": null, "tool_calls": [{"id": "c1", "name": "look_up", "arguments": {"id": 7, "é": 0.5}}]},
            {"role": "tool", "content": "nothing found", "tool_call_id": "c1"},
        ],
        "tools": [{"name": "look_up", "parameters": {"type": "object"}, "strict": true}],
        "response_format": {"type": "json_object"},
        "parameters": {"temperature": 1.0, "top_p": 0.95, "seed": 42},
    });
    let request = |(about, written)| {
        let request: Request = serde_json::from_value(written).unwrap();
        vector("request", about, &request, request.digest())
    };
    [("words only", plain), ("everything that a request can have", full)].map(request).into()
}

fn rows() -> Vec<Value> {
    let plain = json!({"id": "t-1", "input": {"body": "charged twice"}});
    let full = json!({
        "id": "t-2", "input": {"z": 1, "a": {"\u{ff61}": 1, "\u{1f600}": 2}}, "expected": {"queue": "billing", "share": 1e-7},
        "tags": ["en", "vip"], "split": "test", "metadata": {"source": "2026-05"}, "messages": [{"role": "user", "content": "hello"}],
    });
    let rows: Vec<Row> = [plain, full].map(|row| serde_json::from_value(row).unwrap()).into();
    let asked = json!({"input": rows[1].input, "messages": rows[1].messages});
    let names: Vec<u8> = rows.iter().flat_map(|row| *row.digest().as_bytes()).collect();
    vec![
        vector("row", "id and input", &rows[0], rows[0].digest()),
        vector("row", "everything that a row can have", &rows[1], rows[1].digest()),
        vector("input", "what a row asks", &asked, Row::input_digest(&rows[1].input, &rows[1].messages)),
        vector("dataset", "both rows, in this order", &rows, Digest::of_bytes(&names)),
    ]
}

fn specs() -> [Value; 2] {
    let eval = "prompts: [support/triage]\nmodels: [nearest]\ndataset: tickets # golden\nsplit: test\n\
                scorers: [{name: queue, choice: {options: [billing, account]}}]\n\
                gates: [{metric: queue.accuracy, at_least: 0.8}]\n";
    let policy = "needs: [{eval: triage, max_age: 7d}]\nreviewers: 1\n\
                  quiet_hours: [{days: [fri], from: 16:00, to: 08:00, offset: +01:00}]\n";
    let eval: EvalSpec = carat_core::yaml::read(eval, "evals/triage.yaml").unwrap();
    let policy: PolicySpec = carat_core::yaml::read(policy, "carat.yaml").unwrap();
    let digests = (Digest::of_json(&eval), Digest::of_json(&policy));
    [
        vector("eval", "what a spec says, with what it leaves out", &eval, digests.0),
        vector("policy", "what a label asks for", &policy, digests.1),
    ]
}

/// What decides a model's answers, beside the settings that say it. The crate of models holds itself to these.
fn models() -> Vec<Value> {
    let own = json!({"provider": "openai", "parameters": {"temperature": 0}, "timeout": "30s"});
    let other = json!({"provider": "openai", "model": "qwen2.5:7b", "base_url": "http://localhost:11434/v1/", "api": "responses"});
    let own_content =
        json!({"provider": "openai", "model": "gpt-5-mini", "base_url": "https://api.openai.com/v1", "api": "chat"});
    let other_content = json!({"provider": "openai", "model": "qwen2.5:7b", "base_url": "http://localhost:11434/v1", "api": "responses"});
    let nearest = json!({"provider": "baseline"});
    let nearest_content = json!({"provider": "baseline", "model": "nearest", "algorithm": 1});
    let command = json!({"provider": "command", "command": ["python3", "answer.py"]});
    let models = [
        ("gpt-5-mini", own, own_content),
        ("local", other, other_content),
        ("nearest", nearest, nearest_content),
        ("program", command.clone(), command),
    ];
    let model = |(name, settings, content): (&str, Value, Value)| {
        let digest = Digest::of_json(&content);
        json!({"kind": "model", "about": name, "settings": settings, "content": content, "digest": digest})
    };
    // A version of the settings covers the parameters that go along with every question, where there are any.
    let version = |(name, settings, content): &(&str, Value, Value)| {
        let model = Digest::of_json(content);
        let spec: ModelSpec = serde_json::from_value(settings.clone()).unwrap();
        let content = if spec.parameters.is_empty() { content.clone() } else { json!([model, spec.parameters]) };
        let digest = spec.settings_digest(model);
        json!({"kind": "settings", "about": name, "settings": settings, "content": content, "digest": digest})
    };
    let versions: Vec<Value> = models[..2].iter().map(version).collect();
    models.map(model).into_iter().chain(versions).collect()
}

/// A log with every kind of entry.
pub(crate) fn log() -> Vec<Entry> {
    let ada = Actor { name: "Ada Lovelace <ada@example.com>".into(), source: Source::Git };
    let ci = Actor { name: "release-bot".into(), source: Source::Ci };
    let (v1, v2) = (Digest::of_bytes(b"1").to_string(), Digest::of_bytes(b"2").to_string());
    let (v1, v2) = (json!({"number": 1, "digest": v1}), json!({"number": 2, "digest": v2}));
    let (prompt, promotion) = (Some(Kind::Prompt), "019abcde-f012-7000-8000-000000000001");
    let done = [
        (&ada, Action::VersionSaved, prompt, json!({"version": v1, "message": "first – “kürzer”"})),
        (&ada, Action::LabelMoved, prompt, json!({"label": "candidate", "to": v1})),
        (&ci, Action::VersionSaved, prompt, json!({"version": v2, "parent": 1, "commit": "4f1c9e0+"})),
        (
            &ada,
            Action::PromotionProposed,
            prompt,
            json!({"promotion": promotion, "label": "production", "version": v2}),
        ),
        (&ci, Action::PromotionRejected, prompt, json!({"promotion": promotion, "comment": "line\u{2028}two\t\u{1}"})),
        (&ci, Action::PromotionApproved, prompt, json!({"promotion": promotion})),
        (&ada, Action::PromotionApplied, prompt, json!({"promotion": promotion, "from": v1, "to": v2})),
        (
            &ada,
            Action::RolledBack,
            prompt,
            json!({"promotion": promotion, "from": v2, "to": v1, "why": "complaints 😕"}),
        ),
        (&ada, Action::EmergencyApplied, prompt, json!({"promotion": promotion, "missing": ["1 reviewer"]})),
        (&ci, Action::PromotionWithdrawn, prompt, json!({"promotion": promotion, "\u{ff61}": 1, "\u{1f600}": 2})),
        (&ci, Action::RunDeleted, None, json!({})),
        (&ci, Action::RunImported, None, json!({"eval": "triage", "file": Digest::of_bytes(b"file").to_string()})),
    ];
    let mut end = None;
    let entries = done.into_iter().enumerate().map(|(index, (by, action, kind, details))| {
        let at = format!("2026-11-26T09:{index:02}:00.000Z");
        let subject = if kind.is_some() { "support/triage" } else { "019abcde-f012-7000-8000-000000000000" };
        let details = details.as_object().unwrap().clone();
        let entry = Chain::next(end, Deed { at: &at, by, action, kind, subject, details, tool: "0.1.0" });
        end = Some((entry.seq, entry.hash));
        entry
    });
    entries.collect()
}

pub(crate) fn anchor(log: &[Entry]) -> Anchor {
    let last = log.last().unwrap();
    Anchor { seq: last.seq, hash: last.hash }
}
