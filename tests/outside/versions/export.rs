//! Versions as bundles and files, and back.

use serde_json::Value;

use super::log::three_versions;
use super::{desk, said, told, well};
use crate::outside::project::Project;

fn bytes(project: &Project, name: &str) -> Vec<u8> {
    std::fs::read(project.file(name)).unwrap()
}

/// A bundle of one project in another one, under this name.
fn carried(from: &Project, to: &Project, name: &str) {
    to.write(name, bytes(from, name));
}

/// What a log as JSON says of each version: number, digest, labels.
fn versions(project: &Project, name: &str) -> Vec<(u64, String, Value)> {
    let log: Value = serde_json::from_str(&well(project, &["prompt", "log", name, "--json"]).data).unwrap();
    let versions = log["versions"].as_array().unwrap().iter();
    let part = |version: &Value| {
        let digest = version["digest"].as_str().unwrap().to_owned();
        (version["number"].as_u64().unwrap(), digest, version["labels"].clone())
    };
    versions.map(part).collect()
}

#[test]
fn a_bundle_has_all_that_labels_point_to_and_the_newest() {
    let project = three_versions();
    insta::assert_snapshot!(said(&project, &["prompt", "export", "--out", "all.carat"]), @"
    sort@1  379705cf55e2  stable
    sort@3  bdb5f32abe2c  candidate, latest
    wrote 2 versions to all.carat; the bundle is sha256:…
    ");
    let first = bytes(&project, "all.carat");
    insta::assert_snapshot!(said(&project, &["prompt", "export", "--out", "all.carat"]), @"
    sort@1  379705cf55e2  stable
    sort@3  bdb5f32abe2c  candidate, latest
    all.carat has them already; the bundle is sha256:…
    ");
    well(&project, &["prompt", "export", "--out", "again.carat"]);
    assert_eq!(first, bytes(&project, "again.carat"), "the same versions make the same bytes");
}

#[test]
fn an_application_renders_from_a_bundle_what_the_project_renders() {
    let project = desk();
    well(&project, &["prompt", "save", "support/triage"]);
    well(&project, &["prompt", "label", "support/triage@1", "stable"]);
    well(&project, &["prompt", "export", "--label", "stable", "--out", "stable.carat"]);
    project.write("prompts/support/_queues.jinja", "There is one queue.\n");
    let rendered: Value = serde_json::from_str(
        &well(&project, &["prompt", "render", "support/triage@stable", "--input", "body=It crashes", "--json"]).data,
    )
    .unwrap();
    let prompts = carat::Prompts::open(project.file("stable.carat")).unwrap();
    let linked = prompts.get("support/triage@stable").unwrap();
    let by_library = linked.render(&serde_json::json!({"body": "It crashes"})).unwrap();
    assert_eq!(serde_json::to_value(by_library.messages()).unwrap(), rendered["messages"]);
    assert_eq!(linked.digest().to_string(), rendered["digest"]);
    assert_eq!((linked.version(), rendered["version"].as_u64()), (Some(1), Some(1)));
}

#[test]
fn a_bundle_for_one_label_changes_only_when_that_label_moves() {
    let project = three_versions();
    insta::assert_snapshot!(said(&project, &["prompt", "export", "--label", "stable", "--out", "stable.carat"]), @"
    sort@1  379705cf55e2  stable
    wrote 1 version to stable.carat; the bundle is sha256:…
    ");
    well(&project, &["prompt", "label", "sort@1", "oldest"]);
    well(&project, &["prompt", "label", "sort@2", "candidate"]);
    insta::assert_snapshot!(said(&project, &["prompt", "export", "--label", "stable", "--out", "stable.carat"]), @"
    sort@1  379705cf55e2  stable
    stable.carat has them already; the bundle is sha256:…
    ");
    well(&project, &["prompt", "label", "sort@2", "stable"]);
    insta::assert_snapshot!(said(&project, &["prompt", "export", "--label", "stable", "--out", "stable.carat"]), @"
    sort@2  014686e1fbe8  stable
    wrote 1 version to stable.carat; the bundle is sha256:…
    ");
}

#[test]
fn a_bundle_is_taken_into_another_store_once() {
    let (project, other) = (three_versions(), desk());
    well(&project, &["prompt", "export", "sort@1", "sort@2", "sort@3", "--out", "all.carat"]);
    carried(&project, &other, "all.carat");
    insta::assert_snapshot!(said(&other, &["prompt", "import", "all.carat"]), @"
    sort@1 sha256:379705cf55e2cc809a95bf95be6681cb2a0e26282bf2b53447bab9a473ab34e7 (new)
    sort@2 sha256:014686e1fbe8dfe47faad143cac6f936d2bc08a7711c5ff0dd38dcd53a6f0a0f (new)
    sort@3 sha256:bdb5f32abe2c28829dc0f1f65305ed3c01fe292219a7b05140d77c2003616d61 (new)
    2 labels left where they are; --labels takes them over
    ");
    insta::assert_snapshot!(said(&other, &["prompt", "import", "all.carat"]), @"
    sort@1 sha256:379705cf55e2cc809a95bf95be6681cb2a0e26282bf2b53447bab9a473ab34e7 (known since YYYY-MM-DD HH:MM)
    sort@2 sha256:014686e1fbe8dfe47faad143cac6f936d2bc08a7711c5ff0dd38dcd53a6f0a0f (known since YYYY-MM-DD HH:MM)
    sort@3 sha256:bdb5f32abe2c28829dc0f1f65305ed3c01fe292219a7b05140d77c2003616d61 (known since YYYY-MM-DD HH:MM)
    2 labels left where they are; --labels takes them over
    ");
    let digests =
        |project: &Project| versions(project, "sort").into_iter().map(|(_, digest, _)| digest).collect::<Vec<_>>();
    assert_eq!(digests(&other), digests(&project));
    insta::assert_snapshot!(said(&other, &["prompt", "log", "sort"]), @"
    sort@3  bdb5f32abe2c
        YYYY-MM-DD HH:MM  Ada Lovelace <ada@example.com> (flag)  after 2  no run
        imported from all.carat, where it was version 3
    sort@2  014686e1fbe8
        YYYY-MM-DD HH:MM  Ada Lovelace <ada@example.com> (flag)  after 1  no run
        imported from all.carat, where it was version 2
    sort@1  379705cf55e2
        YYYY-MM-DD HH:MM  Ada Lovelace <ada@example.com> (flag)  no run
        imported from all.carat, where it was version 1
    ");
}

#[test]
fn labels_come_along_when_that_is_asked_for_but_never_protected_ones() {
    let (project, other) = (three_versions(), desk());
    well(&project, &["prompt", "label", "sort@2", "production"]);
    well(&project, &["prompt", "export", "--out", "all.carat"]);
    carried(&project, &other, "all.carat");
    other.write("carat.yaml", "policy:\n  production: { reviewers: 1 }\n");
    insta::assert_snapshot!(said(&other, &["prompt", "import", "all.carat", "--labels"]), @"
    sort@1 sha256:379705cf55e2cc809a95bf95be6681cb2a0e26282bf2b53447bab9a473ab34e7 (new)
        stable  nothing → sort@1
    sort@2 sha256:014686e1fbe8dfe47faad143cac6f936d2bc08a7711c5ff0dd38dcd53a6f0a0f (new)
        production  not moved: it has a policy in carat.yaml
    sort@3 sha256:bdb5f32abe2c28829dc0f1f65305ed3c01fe292219a7b05140d77c2003616d61 (new)
        candidate  nothing → sort@3
    ");
    let labels: Vec<Value> = versions(&other, "sort").into_iter().map(|(_, _, labels)| labels).collect();
    assert_eq!(labels, [serde_json::json!(["candidate"]), serde_json::json!([]), serde_json::json!(["stable"])]);
    insta::assert_snapshot!(said(&other, &["prompt", "import", "all.carat", "--labels"]), @"
    sort@1 sha256:379705cf55e2cc809a95bf95be6681cb2a0e26282bf2b53447bab9a473ab34e7 (known since YYYY-MM-DD HH:MM)
        stable  points there already
    sort@2 sha256:014686e1fbe8dfe47faad143cac6f936d2bc08a7711c5ff0dd38dcd53a6f0a0f (known since YYYY-MM-DD HH:MM)
        production  not moved: it has a policy in carat.yaml
    sort@3 sha256:bdb5f32abe2c28829dc0f1f65305ed3c01fe292219a7b05140d77c2003616d61 (known since YYYY-MM-DD HH:MM)
        candidate  points there already
    ");
}

#[test]
fn the_same_content_has_the_number_that_it_has_here() {
    let (project, other) = (three_versions(), desk());
    well(&other, &["prompt", "save", "sort"]);
    well(&project, &["prompt", "export", "sort@2", "sort@3", "--out", "two.carat"]);
    carried(&project, &other, "two.carat");
    insta::assert_snapshot!(said(&other, &["prompt", "import", "two.carat"]), @"
    sort@2 sha256:014686e1fbe8dfe47faad143cac6f936d2bc08a7711c5ff0dd38dcd53a6f0a0f (new)
    sort@3 sha256:bdb5f32abe2c28829dc0f1f65305ed3c01fe292219a7b05140d77c2003616d61 (new)
    1 label left where they are; --labels takes them over
    ");
}

#[test]
fn a_version_is_written_back_as_its_files() {
    let project = desk();
    project.write("prompts/support/dot.png", b"\x89PNG\r\n\x1a\nA");
    let text = super::TRIAGE.replace("{{ body }}", "{{ body }}\n![image](dot.png)");
    project.write("prompts/support/triage.prompty", &text);
    well(&project, &["prompt", "save", "support/triage"]);
    project.write("prompts/support/_queues.jinja", "There is one queue.\n");
    project.write("prompts/support/triage.prompty", "---\nname: x\n---\nuser:\nhello\n");
    insta::assert_snapshot!(said(&project, &["prompt", "export", "support/triage@1", "--out", "old"]), @"
    wrote old/support/_queues.jinja
    wrote old/support/dot.png
    wrote old/support/triage.prompty
    these are support/triage@1
    ");
    assert_eq!(bytes(&project, "old/support/triage.prompty"), text.as_bytes());
    assert_eq!(bytes(&project, "old/support/dot.png"), b"\x89PNG\r\n\x1a\nA");
    insta::assert_snapshot!(told(&project, &["prompt", "export", "support/triage@1", "--out", "prompts"]), @"
    exit 2
    error: there is something else in support/_queues.jinja, support/triage.prompty below prompts; --force writes over it
    ");
    insta::assert_snapshot!(said(&project, &["prompt", "export", "support/triage@1", "--out", "prompts", "--force"]), @"
    wrote over prompts/support/_queues.jinja
    as it was prompts/support/dot.png
    wrote over prompts/support/triage.prompty
    these are support/triage@1
    ");
    insta::assert_snapshot!(said(&project, &["prompt", "list"]), @"
    prompt          version  file       labels  digest        title
    sort                  –  not saved  –       807368b5976f  Sort fruit
    support/triage        1  as saved   –       7d85a52166d9  Ticket triage
    ");
}

#[test]
fn the_prompts_of_a_folder_are_taken_over() {
    let project = desk();
    project.write("elsewhere/greet.prompty", "---\nname: x\n---\nuser:\n{% include \"_tone.jinja\" %} Hello!\n");
    project.write("elsewhere/_tone.jinja", "Be kind.\n");
    project.write("elsewhere/out.prompty", "---\nname: x\n---\nuser:\n{% include \"../carat.yaml\" %}\n");
    insta::assert_snapshot!(told(&project, &["prompt", "import", "elsewhere"]), @"
    exit 2
    error: in elsewhere: out.prompty:5: cannot include `../carat.yaml`: it lies outside of the folder that is imported; --beside takes what lies beside it as well
    nothing is taken: 1 of 2 prompts cannot be
    ");
    std::fs::remove_file(project.file("elsewhere/out.prompty")).unwrap();
    insta::assert_snapshot!(said(&project, &["prompt", "import", "elsewhere"]), @"greet@1 sha256:7b91c3c73d71bebb93c99002a0987b00a46ef238cf090c7a2c041298d7dea06b (new)");
    insta::assert_snapshot!(said(&project, &["prompt", "render", "greet@1"]), @"
    user:
    Be kind. Hello!
    ");
}

#[test]
fn rows_that_are_written_and_taken_in_again_are_the_same_version() {
    let (project, other) = (desk(), desk());
    project.write("datasets/nameless.jsonl", "{\"thing\": \"a\"}\n{\"thing\": \"b\", \"expected\": [1.50, null]}\n");
    for dataset in ["fruit", "nameless"] {
        well(&project, &["dataset", "save", dataset]);
        std::fs::remove_file(project.file(&format!("datasets/{dataset}.jsonl"))).unwrap();
        let (version, file) = (format!("{dataset}@1"), format!("{dataset}.jsonl"));
        well(&project, &["dataset", "export", &version, "--out", &file]);
        carried(&project, &other, &file);
        well(&other, &["dataset", "import", &file]);
        let digest = |project: &Project| {
            let log: Value = serde_json::from_str(&well(project, &["dataset", "log", dataset, "--json"]).data).unwrap();
            log["versions"][0]["digest"].clone()
        };
        assert_eq!(digest(&project), digest(&other), "{dataset}");
        assert_eq!(
            well(&project, &["dataset", "export", &version, "--out", "-"]).data.as_bytes(),
            bytes(&project, &file)
        );
    }
    insta::assert_snapshot!(told(&project, &["dataset", "export", "fruit@1", "--out", "fruit.jsonl"]), @"
    exit 2
    error: fruit.jsonl is there already; --force writes over it
    ");
    insta::assert_snapshot!(told(&project, &["dataset", "export", "fruit@1", "--out", "fruit.csv"]), @"
    exit 2
    error: --out fruit.csv: give a .jsonl file, or - for stdout
    ");
}

#[test]
fn models_and_specs_go_through_files_as_well() {
    let (project, other) = (desk(), desk());
    project.write("evals/schema.json", "{\"type\": \"object\"}");
    project.write(
        "evals/shape.yaml",
        "# Is it an object?\nprompts: [sort]\nmodels: [echo]\ndataset: fruit\nscorers:\n  - { name: shape, json: { schema: schema.json } }\n",
    );
    well(&project, &["spec", "save", "shape"]);
    well(&project, &["spec", "export", "shape@1", "--out", "out/shape.yaml"]);
    assert_eq!(bytes(&project, "out/shape.yaml"), bytes(&project, "evals/shape.yaml"));
    other.write("in/shape.yaml", bytes(&project, "out/shape.yaml"));
    other.write("in/schema.json", bytes(&project, "out/schema.json"));
    insta::assert_snapshot!(said(&other, &["spec", "import", "in/shape.yaml"]), @"shape@1 sha256:7ed8ad2df5fb468a56bad4bfe90743eee587f344de43f759d5f2c13fe50e0ba0 (new)");
    well(&project, &["model", "save", "echo"]);
    well(&project, &["model", "export", "echo@1", "--out", "echo.yaml"]);
    insta::assert_snapshot!(String::from_utf8(bytes(&project, "echo.yaml")).unwrap(), @"
    models:
      echo: { provider: baseline, model: echo }
    ");
    carried(&project, &other, "echo.yaml");
    insta::assert_snapshot!(said(&other, &["model", "import", "echo.yaml"]), @"echo@1 sha256:ba26a3b95b133c2b49d48a6c8bdecd4d029307ac379cf270498629422e811a92 (new)");
}

#[test]
fn only_a_whole_bundle_gives_way_to_another_one() {
    let project = three_versions();
    let export = ["prompt", "export", "sort@2", "--out", "there.carat"];
    well(&project, &["prompt", "export", "sort@1", "--out", "whole.carat"]);
    let whole = String::from_utf8(bytes(&project, "whole.carat")).unwrap();
    for there in ["", "mine\n", &whole[..whole.len() - 9], &whole.replace("fruit", "frost")] {
        project.write("there.carat", there);
        assert_eq!(told(&project, &export), "exit 2\nerror: there.carat is there already; --force writes over it\n");
        assert_eq!(bytes(&project, "there.carat"), there.as_bytes());
    }
    well(&project, &[&export[..], &["--force"]].concat());
    project.write("there.carat", &whole);
    well(&project, &export);
    assert_ne!(bytes(&project, "there.carat"), whole.as_bytes());
}

#[test]
fn what_is_written_and_taken_in_is_told_as_json() {
    let (project, other) = (three_versions(), desk());
    let json = |project: &Project, args: &[&str]| -> Value {
        serde_json::from_str(&well(project, &[args, &["--json"]].concat()).data).unwrap()
    };
    let export = ["prompt", "export", "--label", "stable", "--out", "all.carat"];
    let written = json(&project, &export);
    let digest = written["digest"].clone();
    let stable = &versions(&project, "sort")[2].1;
    assert_eq!(
        written,
        serde_json::json!({"format": 1, "kind": "prompt", "path": "all.carat", "written": "new", "digest": digest,
                           "prompts": [{"kind": "prompt", "name": "sort", "number": 1, "digest": stable, "labels": ["stable"]}]})
    );
    assert_eq!(json(&project, &export)["written"], "as_it_was");
    well(&project, &["prompt", "label", "sort@2", "stable"]);
    assert_eq!(json(&project, &export)["written"], "over");
    carried(&project, &other, "all.carat");
    let taken = json(&other, &["prompt", "import", "all.carat", "--labels"]);
    assert_eq!(taken["digest"], json(&project, &export)["digest"]);
    let (taken, newest) = (&taken["imported"][0], &versions(&project, "sort")[1].1);
    let version = serde_json::json!({"kind": "prompt", "name": "sort", "number": 2, "digest": newest});
    let moved = serde_json::json!({"label": "stable", "from": null, "to": version, "at": taken["since"],
        "by": {"name": "Ada Lovelace <ada@example.com>", "source": "flag"}, "why": "imported from all.carat",
        "promotion": null});
    assert_eq!(
        *taken,
        serde_json::json!({"kind": "prompt", "name": "sort", "number": 2, "digest": newest, "new": true,
                           "since": taken["since"], "number_there": 2, "instead": null,
                           "labels": [{"label": "stable", "moved": moved}]})
    );
    other.write("carat.yaml", "policy:\n  stable: { reviewers: 1 }\n");
    let again = json(&other, &["prompt", "import", "all.carat", "--labels"]);
    assert_eq!(again["imported"][0]["new"], false);
    assert_eq!(
        again["imported"][0]["labels"][0],
        serde_json::json!({"label": "stable", "moved": null, "why": "policy"})
    );
    let files = json(&project, &["prompt", "export", "sort@1", "--out", "old"]);
    assert_eq!(files["files"], serde_json::json!([{"path": "old/sort.prompty", "written": "new"}]));
    well(&project, &["dataset", "save", "fruit"]);
    let rows = json(&project, &["dataset", "export", "fruit@1", "--out", "fruit.jsonl"]);
    assert_eq!((&rows["path"], &rows["name"], &rows["number"]), (&"fruit.jsonl".into(), &"fruit".into(), &1.into()));
    insta::assert_snapshot!(told(&project, &["dataset", "export", "fruit@1", "--out", "-", "--json"]), @"
    exit 2
    error: --out - has stdout already; with --json, name a file
    ");
}

#[test]
fn what_is_taken_in_can_have_another_name_here() {
    let project = desk();
    project.write("in/rows.jsonl", bytes(&project, "datasets/fruit.jsonl"));
    project.write("in/spec.yaml", bytes(&project, "evals/fruit.yaml"));
    project.write("in/model.yaml", "models:\n  echo: { provider: baseline }\n");
    well(&project, &["model", "save", "echo"]);
    let names =
        [("dataset", "rows.jsonl", "gold/fruit"), ("spec", "spec.yaml", "weekly"), ("model", "model.yaml", "parrot")];
    let taken =
        names.map(|(noun, file, name)| said(&project, &[noun, "import", &format!("in/{file}"), "--name", name]));
    insta::assert_snapshot!(taken.join(""), @"
    gold/fruit@1 sha256:bec777435a2375d925c4d605c746f70e698c006b3306f8c238af8f1318425447 (new)
    weekly@1 sha256:636cd578592c6de813588c31ad96dc84529c5bc0344565c885f6a2f768865c19 (new)
    parrot@1 sha256:ba26a3b95b133c2b49d48a6c8bdecd4d029307ac379cf270498629422e811a92 (new)
    ");
    // Its provider calls the model what it called it before.
    assert!(said(&project, &["model", "show", "parrot@1"]).contains("parrot: { provider: baseline, model: echo }"));
    assert!(said(&project, &["dataset", "show", "gold/fruit@1"]).contains("pineapple"));
    assert!(said(&project, &["spec", "show", "weekly@1"]).contains("prompts: [sort]"));
    project.write(
        "in/model.yaml",
        "models:\n  a: { provider: baseline, model: echo }\n  b: { provider: baseline, model: echo }\n",
    );
    for (noun, file, name, why) in [
        ("model", "model.yaml", "x", "in/model.yaml has 2 models, which cannot all be called `x`"),
        ("prompt", "", "x", "--name is for a dataset, a model or a spec: prompts keep the names that they have"),
        ("dataset", "rows.jsonl", "../x", "expected a name such as `tickets` or `support/tickets`"),
        ("dataset", "rows.jsonl", "x@1", "expected a name such as `tickets` or `support/tickets`"),
    ] {
        let told = told(&project, &[noun, "import", &format!("in/{file}"), "--name", name]);
        assert!(told.starts_with("exit 2\nerror: ") && told.contains(why), "{told}");
    }
}
