//! Evals as files and as versions.

use carat_core::Digest;
use carat_core::version::Kind;
use serde_json::json;

use super::World;

const PLAIN: &str =
    "# the question\nprompts: [a]\nmodels: [echo]\ndataset: fruit\nscorers:\n  - { name: same, exact: {} }\n";
const WITH_FILES: &str = "prompts: [a]\nmodels: [echo]\ndataset: fruit\nscorers:\n  - { name: shape, json: { schema: answer.json } }\ngraders: [drawer.json]\n";

#[tokio::test]
async fn an_eval_is_kept_as_it_was_written_and_known_by_what_it_says() {
    let mut world = World::of(&[("evals/triage.yaml", PLAIN)]).await;
    let found = world.catalogue.eval("triage").await.unwrap();
    let saved = world.catalogue.save_eval(&found, None).await.unwrap();
    assert_eq!(world.catalogue.store.body(&saved.id).await.unwrap().as_deref(), Some(PLAIN));

    world.put("evals/triage.yaml", PLAIN.replace("# the question", "# another comment"));
    let same = world.catalogue.eval("triage").await.unwrap();
    let again = world.catalogue.save_eval(&same, None).await.unwrap();
    assert_eq!((again.id.number, again.is_new), (1, false));

    world.put("evals/triage.yaml", PLAIN.replace("exact: {}", "contains: {}"));
    let other = world.catalogue.eval("triage").await.unwrap();
    let other = world.catalogue.save_eval(&other, None).await.unwrap();
    assert_eq!((other.id.number, other.is_new), (2, true));
    let old = world.catalogue.eval("triage@1").await.unwrap();
    assert_eq!((&old.eval.spec, old.eval.file.as_str(), &old.package.text[..]), (&found.eval.spec, "triage@1", PLAIN));
    assert_eq!(old.version, Some(saved.id));
}

#[tokio::test]
async fn the_files_that_an_eval_names_are_a_part_of_its_version() {
    let files = [
        ("evals/triage.yaml", WITH_FILES),
        ("evals/answer.json", "{\"type\": \"object\"}"),
        ("evals/drawer.json", "{\"type\": \"string_check\"}"),
    ];
    let mut world = World::of(&files).await;
    let found = world.catalogue.eval("triage").await.unwrap();
    assert_eq!(json!(found.eval.spec)["graders"], json!([{"type": "string_check", "name": "drawer"}]));
    world.catalogue.save_eval(&found, None).await.unwrap();
    for (file, text) in [("evals/answer.json", "{\"type\": \"array\"}"), ("evals/drawer.json", "{\"name\": \"d\"}")] {
        world.put(file, text);
        let changed = world.catalogue.eval("triage").await.unwrap();
        assert!(world.catalogue.save_eval(&changed, None).await.unwrap().is_new, "{file}");
    }
    for file in ["evals/answer.json", "evals/drawer.json", "evals/triage.yaml"] {
        world.delete(file);
    }
    let old = world.catalogue.eval("triage@1").await.unwrap();
    assert_eq!((old.eval.spec, old.package), (found.eval.spec, found.package));
}

#[tokio::test]
async fn a_file_that_an_eval_names_and_that_is_not_there_is_told_with_its_place() {
    let mut world = World::of(&[("evals/triage.yaml", WITH_FILES), ("evals/answer.json", "{}")]).await;
    let refusal = async |world: &World| world.catalogue.eval("triage").await.unwrap_err().to_string();
    insta::assert_snapshot!(refusal(&world).await, @"evals/triage.yaml:6:11: grader `drawer.json`: there is no such file; did you mean `answer.json`?");
    world.put("evals/drawer.json", "[]");
    insta::assert_snapshot!(refusal(&world).await, @"evals/triage.yaml:6:11: grader `drawer.json` is not a JSON object");
    world.put("evals/answer.json", "{");
    insta::assert_snapshot!(refusal(&world).await, @"evals/triage.yaml:5:13: schema `answer.json` is not JSON: EOF while parsing an object at line 1 column 1");
}

#[tokio::test]
async fn an_eval_below_another_folder_has_a_name_of_its_own() {
    let world = World::of(&[("evals/support/triage.yml", PLAIN)]).await;
    for reference in ["support/triage", "evals/support/triage.yml"] {
        assert_eq!(world.catalogue.eval(reference).await.unwrap().eval.name, "support/triage", "{reference}");
    }
}

#[tokio::test]
async fn an_eval_that_was_not_kept_or_is_another_is_refused() {
    let mut world = World::of(&[("evals/a.yaml", PLAIN)]).await;
    let digest = world.catalogue.eval("a").await.unwrap().eval.digest();
    world.forge(Kind::Eval, "a", digest, None).await;
    world.forge(Kind::Eval, "a", Digest::of_bytes(b"other"), Some(PLAIN)).await;
    assert_eq!(world.catalogue.eval("a@1").await.unwrap().version.map(|id| id.number), Some(1));
    world.put("evals/a.yaml", PLAIN.replace("exact", "contains"));
    insta::assert_snapshot!(world.catalogue.eval("a@1").await.unwrap_err(), @"of the eval a@1 (6af0d54b894b) only the name is known: its spec was not kept, and the file has changed since; name a newer version");
    insta::assert_snapshot!(world.catalogue.eval("a@2").await.unwrap_err(), @"the eval a@2 cannot be read back: what was kept has the digest 6af0d54b894b");
}
