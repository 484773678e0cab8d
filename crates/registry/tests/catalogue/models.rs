//! Models as `carat.yaml` has them, and as versions.

use carat_core::Digest;
use carat_core::version::Kind;
use serde_json::json;

use super::World;

#[tokio::test]
async fn settings_of_old_are_found_by_their_version() {
    let mut world = World::of(&[(
        "carat.yaml",
        "models:\n  gpt: { provider: openai, model: gpt-5, parameters: { temperature: 0 } }\n",
    )])
    .await;
    let old = world.catalogue.model("gpt").await.unwrap();
    let saved = world.catalogue.save_model(&old, Digest::of_bytes(b"gpt-5"), None).await.unwrap();
    assert_eq!((saved.id.to_string().as_str(), saved.is_new), ("gpt@1", true));

    world.put("carat.yaml", "models:\n  gpt: { provider: openai, model: gpt-6, retries: 2 }\n");
    let new = world.catalogue.model("gpt").await.unwrap();
    let saved = world.catalogue.save_model(&new, Digest::of_bytes(b"gpt-6"), None).await.unwrap();
    assert_eq!((saved.id.to_string().as_str(), saved.is_new), ("gpt@2", true));
    world.label(Kind::Model, "gpt", "production", Some(1), "2026-05-01T08:00:00.000Z").await;

    world.put("carat.yaml", "");
    for (reference, number, spec) in
        [("gpt@1", 1, &old.spec), ("gpt@2", 2, &new.spec), ("gpt@production", 1, &old.spec)]
    {
        let found = world.catalogue.model(reference).await.unwrap();
        let id = found.version.unwrap();
        assert_eq!((found.name.as_str(), id.number, &found.spec), ("gpt", number, spec), "{reference}");
    }
    insta::assert_snapshot!(world.catalogue.model("gpt").await.unwrap_err(), @"the model `gpt` is not in the project any more; there are versions 1 to 2 (production is 1)");
    insta::assert_snapshot!(world.catalogue.model("claude").await.unwrap_err(), @"there is no model `claude` under `models` in carat.yaml");
}

#[tokio::test]
async fn what_does_not_decide_answers_makes_no_version() {
    let mut world = World::of(&[("carat.yaml", "models: { gpt: { provider: openai, retries: 2 } }\n")]).await;
    let digest = Digest::of_bytes(b"gpt");
    let found = world.catalogue.model("gpt").await.unwrap();
    world.catalogue.save_model(&found, digest, None).await.unwrap();
    world.put("carat.yaml", "models: { gpt: { provider: openai, retries: 9 } }\n");
    let found = world.catalogue.model("gpt").await.unwrap();
    let saved = world.catalogue.save_model(&found, digest, None).await.unwrap();
    assert_eq!((saved.id.number, saved.is_new), (1, false));
    assert_eq!(world.catalogue.model("gpt@1").await.unwrap().spec.retries, Some(2));
}

#[tokio::test]
async fn a_model_with_an_at_sign_in_its_name_is_meant_by_that_name() {
    let world = World::of(&[("carat.yaml", "models: { gpt@azure: { provider: openai } }\n")]).await;
    let found = world.catalogue.model("gpt@azure").await.unwrap();
    assert_eq!((found.name.as_str(), &found.version), ("gpt@azure", &None));
    world.catalogue.save_model(&found, Digest::of_bytes(b"gpt"), None).await.unwrap();
    assert_eq!(world.catalogue.model("gpt@azure@1").await.unwrap().name, "gpt@azure");
}

#[tokio::test]
async fn settings_that_were_not_kept_or_cannot_be_read_are_told() {
    let world = World::of(&[]).await;
    world.forge(Kind::Model, "a", Digest::of_bytes(b"a"), None).await;
    let body = json!({"provider": "openai", "of_the_future": 1}).to_string();
    world.forge(Kind::Model, "a", Digest::of_bytes(b"b"), Some(&body)).await;
    insta::assert_snapshot!(world.catalogue.model("a@1").await.unwrap_err(), @"of the model a@1 (ca978112ca1b) only the name is known: its settings were not kept; save them again while `carat.yaml` has them");
    let error = world.catalogue.model("a@2").await.unwrap_err().to_string();
    assert!(error.starts_with("the model a@2 cannot be read back: unknown field `of_the_future`"), "{error}");
}
