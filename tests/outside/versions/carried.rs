//! Versions that go from store to store.

use serde_json::Value;

use super::{desk, said, sort, told, well};
use crate::outside::project::Project;

/// A project whose prompt `sort` had these first lines, one a version.
fn with_versions(instructions: &[&str]) -> Project {
    let project = desk();
    for instruction in instructions {
        project.write("prompts/sort.prompty", sort(instruction));
        well(&project, &["prompt", "save", "sort"]);
    }
    project
}

/// The bundle of these versions, with all of their labels, from one project to another.
fn carry(from: &Project, to: &Project, references: &[&str]) {
    well(from, &[&["prompt", "export", "--force", "--out", "carried.carat"], references].concat());
    to.write("carried.carat", std::fs::read(from.file("carried.carat")).unwrap());
}

#[test]
fn a_version_keeps_its_number_where_that_is_free() {
    let (ours, theirs) = (with_versions(&["One.", "Two.", "Three.", "Four.", "Five."]), desk());
    carry(&ours, &theirs, &["sort@2", "sort@5"]);
    insta::assert_snapshot!(said(&theirs, &["prompt", "import", "carried.carat"]), @"
    sort@2 sha256:08d9e7d6ef3d65ea5aefd2057dc84d5d30493705e1220bc9eae74c57f3e432ca (new)
    sort@5 sha256:042cfdd6df8901071cd3ee7943d637fcda10038e16aaa70ff6347608674a38d0 (new)
    ");
    insta::assert_snapshot!(told(&theirs, &["prompt", "show", "sort@3"]), @"
    exit 2
    error: the prompt `sort` has no version 3; there are versions 2 and 5
    ");
    theirs.write("prompts/sort.prompty", sort("Six."));
    assert!(
        said(&theirs, &["prompt", "save", "sort"]).starts_with("sort@6 "),
        "the next one counts on from the highest"
    );
    carry(&ours, &theirs, &["sort@3"]);
    assert!(said(&theirs, &["prompt", "import", "carried.carat"]).starts_with("sort@3 "));
    insta::assert_snapshot!(said(&theirs, &["prompt", "log", "sort"]), @"
    sort@6  a194d46804ee
        YYYY-MM-DD HH:MM  Ada Lovelace <ada@example.com> (flag)  after 5  no run
    sort@5  042cfdd6df89
        YYYY-MM-DD HH:MM  Ada Lovelace <ada@example.com> (flag)  after 2  no run
        imported from carried.carat, where it was version 5
    sort@3  388a94e77939
        YYYY-MM-DD HH:MM  Ada Lovelace <ada@example.com> (flag)  after 2  no run
        imported from carried.carat, where it was version 3
    sort@2  08d9e7d6ef3d
        YYYY-MM-DD HH:MM  Ada Lovelace <ada@example.com> (flag)  no run
        imported from carried.carat, where it was version 2
    ");
}

#[test]
fn a_number_that_has_another_content_here_is_told_with_the_one_that_it_gets() {
    let (ours, theirs) = (with_versions(&["One.", "Two."]), with_versions(&["Two.", "Eins.", "Zwei."]));
    well(&ours, &["prompt", "label", "sort@1", "stable"]);
    well(&ours, &["prompt", "label", "sort@2", "candidate"]);
    well(&theirs, &["prompt", "label", "sort@2", "candidate"]);
    carry(&ours, &theirs, &["sort@1", "sort@2"]);
    insta::assert_snapshot!(said(&theirs, &["prompt", "import", "carried.carat", "--labels"]), @"
    sort@4 sha256:1287774e2bbe46db5ffe6f2fe11f33894bdba5a0bd4ad12940f7268957ad0596 (new)
        sort@1 of the bundle is sort@4 here: @1 is another content
        stable  nothing → sort@4
    sort@1 sha256:08d9e7d6ef3d65ea5aefd2057dc84d5d30493705e1220bc9eae74c57f3e432ca (known since YYYY-MM-DD HH:MM)
        sort@2 of the bundle is sort@1 here: @2 is another content
        candidate  sort@2 → sort@1
    ");
    let again = well(&theirs, &["prompt", "import", "carried.carat", "--labels", "--json"]);
    let again: Value = serde_json::from_str(&again.data).unwrap();
    let [first, second] = [&again["imported"][0], &again["imported"][1]];
    let numbers = |of: &Value| [&of["number"], &of["number_there"], &of["instead"]["number"]].map(Value::as_u64);
    assert_eq!(numbers(first), [Some(4), Some(1), Some(1)]);
    assert_eq!(numbers(second), [Some(1), Some(2), Some(2)]);
    let log: Value = serde_json::from_str(&well(&theirs, &["audit", "log", "--json"]).data).unwrap();
    let saved = log["entries"].as_array().unwrap().iter().find(|entry| entry["details"]["number_there"] == 1).unwrap();
    assert_eq!(saved["details"]["version"]["number"], 4);
    well(&theirs, &["audit", "verify"]);
}

#[test]
fn what_prompts_take_from_beside_their_folder_goes_along_when_that_is_said() {
    let (ours, theirs) = (desk(), desk());
    ours.write("shared/tone.jinja", "Be kind.\n");
    ours.write(
        "prompts/support/hello.prompty",
        "---\nname: x\n---\nuser:\n{% include \"../../shared/tone.jinja\" %}\n",
    );
    well(&ours, &["prompt", "save", "support/hello"]);
    ours.write("shared/tone.jinja", "Be short.\n");
    let export = ["prompt", "export", "support/hello@1", "--out", "out/prompts"];
    insta::assert_snapshot!(told(&ours, &export), @"
    exit 2
    error: support/../../shared/tone.jinja would lie outside of out/prompts (--beside writes what lies beside it as well), so nothing is written
    ");
    assert!(!ours.file("out").exists(), "nothing is written in part");
    insta::assert_snapshot!(said(&ours, &[&export[..], &["--beside"]].concat()), @"
    wrote out/prompts/support/hello.prompty
    wrote out/shared/tone.jinja
    these are support/hello@1
    ");
    for file in ["shared/tone.jinja", "prompts/support/hello.prompty"] {
        theirs.write(&format!("in/{file}"), std::fs::read(ours.file(&format!("out/{file}"))).unwrap());
    }
    insta::assert_snapshot!(told(&theirs, &["prompt", "import", "in/prompts"]), @"
    exit 2
    error: in in/prompts: support/hello.prompty:5: cannot include `../../shared/tone.jinja`: it lies outside of the folder that is imported; --beside takes what lies beside it as well
    nothing is taken: 1 of 1 prompts cannot be
    ");
    well(&theirs, &["prompt", "import", "in/prompts", "--beside"]);
    assert_eq!(
        said(&theirs, &["prompt", "render", "support/hello@1"]),
        said(&ours, &["prompt", "render", "support/hello@1"])
    );
    // Back to the version in the working files.
    well(&ours, &["prompt", "export", "support/hello@1", "--out", "prompts", "--beside", "--force"]);
    assert_eq!(std::fs::read_to_string(ours.file("shared/tone.jinja")).unwrap(), "Be kind.\n");
}

#[test]
fn what_is_no_matter_of_prompts_is_written_by_none() {
    let project = desk();
    for (name, path) in [("a", "../.github/workflows/ci.yml"), ("b", "../carat.yaml")] {
        project.write(".github/workflows/ci.yml", "on: push\n");
        project.write(
            &format!("prompts/{name}.prompty"),
            format!("---\nname: x\n---\nuser:\n{{% include \"{path}\" %}}\n"),
        );
        well(&project, &["prompt", "save", name]);
        let ended = told(&project, &["prompt", "export", &format!("{name}@1"), "--out", "out/prompts", "--beside"]);
        assert_eq!(ended, format!("exit 2\nerror: {path} is no file that prompts share, so nothing is written\n"));
    }
    assert!(!project.file("out").exists());
}

#[test]
fn a_folder_is_taken_in_as_a_whole_or_not_at_all() {
    let project = desk();
    let hello = "---\nname: x\n---\nuser:\nHello!\n";
    project.write("elsewhere/hello.prompty", hello);
    project.write("elsewhere/hello@2.prompty", hello);
    insta::assert_snapshot!(told(&project, &["prompt", "import", "elsewhere"]), @"
    exit 2
    error: elsewhere/hello@2.prompty: `hello@2` cannot be the name of a prompt: what follows its last `@` reads as a version
    nothing is taken: 1 of 2 prompts cannot be
    ");
    assert!(told(&project, &["prompt", "log", "hello"]).starts_with("exit 2\n"));
    std::fs::remove_file(project.file("elsewhere/hello@2.prompty")).unwrap();
    assert!(said(&project, &["prompt", "import", "elsewhere"]).starts_with("hello@1 "));
    // What could not be carried to applications gets no version in the first place.
    project.write("prompts/hello@2.prompty", hello);
    insta::assert_snapshot!(told(&project, &["prompt", "save", "hello@2"]), @"
    exit 2
    error: `hello@2` cannot be the name of a prompt that has versions: what follows its last `@` reads as a version; rename its file
    ");
}
