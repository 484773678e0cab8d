//! What is said where a name means nothing.

use carat_core::Digest;
use carat_core::version::Kind;

use super::World;

/// Three versions of `support/triage`, with labels on two of them, and another prompt that was never saved.
async fn world() -> World {
    let mut world = World::of(&[("prompts/support/reply.prompty", "reply\n"), ("evals/triage.yaml", "")]).await;
    for (day, text) in ["one\n", "two\n", "three\n"].iter().enumerate() {
        world.save_text("support/triage", text, &format!("2026-05-0{}T08:00:00.000Z", day + 1)).await;
    }
    world.label(Kind::Prompt, "support/triage", "production", Some(2), "2026-05-02T08:00:00.000Z").await;
    world.label(Kind::Prompt, "support/triage", "candidate", Some(3), "2026-05-03T08:00:00.000Z").await;
    world.label(Kind::Prompt, "support/triage", "gone", Some(3), "2026-05-03T08:00:00.000Z").await;
    world.label(Kind::Prompt, "support/triage", "gone", None, "2026-05-04T08:00:00.000Z").await;
    world
}

async fn refusal(world: &World, reference: &str) -> String {
    world.catalogue.prompt(reference).await.unwrap_err().to_string()
}

#[tokio::test]
async fn an_unknown_version_is_told_with_those_that_there_are() {
    let world = world().await;
    insta::assert_snapshot!(refusal(&world, "support/triage@9").await, @"the prompt `support/triage` has no version 9; there are versions 1 to 3 (candidate is 3, production is 2)");
    insta::assert_snapshot!(refusal(&world, "support/triage@prodution").await, @"the prompt `support/triage` has no label `prodution`; there are versions 1 to 3 (candidate is 3, production is 2); did you mean `production`?");
    insta::assert_snapshot!(refusal(&world, "support/triage@lates").await, @"the prompt `support/triage` has no label `lates`; there are versions 1 to 3 (candidate is 3, production is 2); did you mean `latest`?");
    insta::assert_snapshot!(refusal(&world, "support/triage@gone").await, @"the prompt `support/triage` has no label `gone`; there are versions 1 to 3 (candidate is 3, production is 2)");
    insta::assert_snapshot!(refusal(&world, "support/triage@00000000").await, @"the prompt `support/triage` has no version with a digest that begins with 00000000; there are versions 1 to 3 (candidate is 3, production is 2)");
}

#[tokio::test]
async fn a_name_without_versions_says_whether_there_is_a_file_and_how_it_is_saved() {
    let world = world().await;
    insta::assert_snapshot!(refusal(&world, "support/reply@production").await, @"the prompt `support/reply` has no saved version yet; `carat prompt save support/reply` makes one of it as it is now");
    insta::assert_snapshot!(refusal(&world, "support/trige@1").await, @"there is no prompt `support/trige`, neither as a file nor as a version; did you mean `support/triage`?");
    insta::assert_snapshot!(refusal(&world, "support/trige").await, @"there is no prompt `support/trige` (prompts/support/trige.prompty); did you mean `support/triage`?");
    insta::assert_snapshot!(refusal(&world, "zzz@1").await, @"there is no prompt `zzz`, neither as a file nor as a version");
    let eval = world.catalogue.eval("triage@1").await.unwrap_err();
    insta::assert_snapshot!(eval, @"the eval `triage` has no saved version yet; `carat spec save triage` makes one of it as it is now");
}

#[tokio::test]
async fn a_file_that_was_deleted_is_told_with_its_versions() {
    let world = world().await;
    world.delete("prompts/support/triage.prompty");
    insta::assert_snapshot!(refusal(&world, "support/triage").await, @"the prompt `support/triage` is not in the project any more; there are versions 1 to 3 (candidate is 3, production is 2)");
    // A file that is there and broken is no such thing.
    std::fs::write(world.folder.path().join("prompts/support/triage.prompty"), "---\n").unwrap();
    insta::assert_snapshot!(refusal(&world, "support/triage").await, @"prompts/support/triage.prompty:1: the front matter that `---` opens is never closed by a line `---`");
}

#[tokio::test]
async fn the_beginning_of_two_digests_is_refused_with_both() {
    let world = World::of(&[]).await;
    let digest = |last: u8| {
        let mut bytes = [0xab; 32];
        bytes[31] = last;
        Digest::from_bytes(bytes)
    };
    for last in [1, 2] {
        world.forge(Kind::Prompt, "a", digest(last), None).await;
    }
    let error = refusal(&world, "a@abababab").await;
    let (one, two) = (digest(1).hex(), digest(2).hex());
    assert_eq!(error, format!("`abababab` could be a@1 ({one}) or a@2 ({two}); write some more of it"));
    assert_eq!(world.number(Kind::Prompt, &format!("a@{two}"), None).await, Ok(2));
}

#[tokio::test]
async fn a_name_alone_is_no_version() {
    let world = world().await;
    let told = |reference: &'static str| world.number(Kind::Prompt, reference, None);
    insta::assert_snapshot!(told("support/triage").await.unwrap_err(), @"`support/triage` is the prompt as it is now, not a version of it; there are versions 1 to 3 (candidate is 3, production is 2)");
    insta::assert_snapshot!(told("support/reply").await.unwrap_err(), @"the prompt `support/reply` has no saved version yet; `carat prompt save support/reply` makes one of it as it is now");
}

#[tokio::test]
async fn before_there_was_a_version_there_was_none() {
    let world = world().await;
    let then = |reference: &'static str, at: &'static str| world.number(Kind::Prompt, reference, Some(at));
    insta::assert_snapshot!(then("support/triage@latest", "2026-05-01T07:59:59Z").await.unwrap_err(), @"the prompt `support/triage` had no version at 2026-05-01T07:59:59.000Z; the first was saved at 2026-05-01T08:00:00.000Z");
    insta::assert_snapshot!(then("support/triage@production", "2026-05-01T12:00:00Z").await.unwrap_err(), @"the prompt `support/triage` had no label `production` at 2026-05-01T12:00:00.000Z; it was put there first at 2026-05-02T08:00:00.000Z");
    insta::assert_snapshot!(then("support/triage@gone", "2026-05-05T12:00:00Z").await.unwrap_err(), @"the prompt `support/triage` had no label `gone` at 2026-05-05T12:00:00.000Z; it had been taken away at 2026-05-04T08:00:00.000Z");
    insta::assert_snapshot!(then("support/triage@prodution", "2026-05-05T12:00:00Z").await.unwrap_err(), @"the prompt `support/triage` has no label `prodution`; there are versions 1 to 3 (candidate is 3, production is 2); did you mean `production`?");
    insta::assert_snapshot!(then("support/triage@latest", "last week").await.unwrap_err(), @"`last week` is no instant: failed to parse four digit integer as year: invalid digit, expected 0-9 but got l; write it as 2026-05-31T16:00:00Z");
}

#[tokio::test]
async fn a_malformed_reference_is_refused() {
    let world = world().await;
    insta::assert_snapshot!(refusal(&world, "support/triage@0").await, @"`support/triage@0` names no version: versions are numbered from 1");
    insta::assert_snapshot!(refusal(&world, "@3").await, @"`@3` names no version: nothing stands before the `@`");
}
