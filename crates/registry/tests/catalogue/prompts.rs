//! Prompts as files and as versions.

use carat_core::version::Kind;
use carat_core::{Digest, Message, Role};
use carat_registry::FoundPrompt;
use serde_json::{Map, json};

use super::World;

const NAME: &str = "support/triage";
const FILE: &str = "prompts/support/triage.prompty";

/// The smallest PNG that is told from other files, with something to tell it from others of its kind.
fn png(mark: u8) -> Vec<u8> {
    [b"\x89PNG\r\n\x1a\n".as_slice(), &[mark]].concat()
}

fn render(found: &FoundPrompt) -> Vec<Message> {
    found.prompt.render(&Map::new(), &[], &|path| found.image(path)).unwrap()
}

/// What a prompt of one text says.
fn says(found: &FoundPrompt) -> String {
    render(found)[0].joined_text().into_owned()
}

#[tokio::test]
async fn a_saved_prompt_is_found_by_number_label_latest_digest_and_instant() {
    let mut world = World::of(&[]).await;
    let one = world.save_text(NAME, "one\n", "2026-05-01T08:00:00.000Z").await;
    let two = world.save_text(NAME, "two\n", "2026-05-02T08:00:00.000Z").await;
    world.label(Kind::Prompt, NAME, "production", Some(1), "2026-05-03T08:00:00.000Z").await;
    world.label(Kind::Prompt, NAME, "production", Some(2), "2026-05-04T08:00:00.000Z").await;
    world.label(Kind::Prompt, NAME, "production", None, "2026-05-05T08:00:00.000Z").await;
    world.label(Kind::Prompt, NAME, "production", Some(1), "2026-05-06T08:00:00.000Z").await;
    assert!(one.is_new && two.is_new);
    let by_digest = format!("{NAME}@{}", &two.id.digest.hex()[..8].to_uppercase());
    let whole = format!("{NAME}@{}", two.id.digest);
    for (reference, at, number) in [
        ("support/triage@1", None, 1),
        ("support/triage@2", Some("2026-01-01T00:00:00Z"), 2),
        ("support/triage@latest", None, 2),
        ("support/triage@latest", Some("2026-05-02T07:59:59Z"), 1),
        ("support/triage@latest", Some("2026-05-02T10:00:00+02:00"), 2),
        ("support/triage@production", None, 1),
        ("support/triage@production", Some("2026-05-03T08:00:00Z"), 1),
        ("support/triage@production", Some("2026-05-04T12:00:00Z"), 2),
        ("prompts/support/triage.prompty@2", None, 2),
        (&by_digest, None, 2),
        (&whole, None, 2),
    ] {
        assert_eq!(world.number(Kind::Prompt, reference, at).await, Ok(number), "{reference} at {at:?}");
    }
    let found = world.catalogue.prompt("support/triage@production").await.unwrap();
    assert_eq!((says(&found), found.version), ("one".to_owned(), Some(one.id)));
}

#[tokio::test]
async fn a_version_says_where_it_came_from() {
    let mut world = World::of(&[(FILE, "one\n")]).await;
    let found = world.catalogue.prompt(NAME).await.unwrap();
    world.catalogue.save_prompt(&found, Some("first words")).await.unwrap();
    world.save_text(NAME, "two\n", "2026-05-02T08:00:00.000Z").await;
    let versions = world.catalogue.store.versions(Kind::Prompt, NAME).await.unwrap();
    assert_eq!(
        json!([versions[0].provenance, versions[1].provenance]),
        json!([
            {"by": {"name": "Ada <ada@example.com>", "source": "git"}, "at": "2026-05-01T08:00:00.000Z", "message": "first words", "commit": "4b825dc+"},
            {"by": {"name": "Ada <ada@example.com>", "source": "git"}, "at": "2026-05-02T08:00:00.000Z", "commit": "4b825dc+", "parent": 1},
        ])
    );
}

#[tokio::test]
async fn the_same_content_is_the_same_version_whoever_wrote_it_and_whatever_its_comments_say() {
    let mut world = World::of(&[]).await;
    for (text, number, is_new) in [
        ("---\nauthors: [Ada]\n---\nuser:\nSort this.\n", 1, true),
        ("---\nauthors: [Grace]\n---\nuser:\nSort this.\n", 1, false),
        ("---\nauthors: [Grace]\ndescription: Sorts.\n---\nuser:\n{# for now #}Sort this.\n", 2, true),
        ("---\nauthors: [Ada]\n---\nuser:\n{# for ever and ever #}Sort this.\n", 2, false),
        ("user:\nSort that.\n", 3, true),
        ("user:\r\nSort this.\r\n", 1, false),
    ] {
        let saved = world.save_text(NAME, text, "2026-05-01T08:00:00.000Z").await;
        assert_eq!((saved.id.number, saved.is_new), (number, is_new), "{text}");
    }
}

#[tokio::test]
async fn a_file_has_one_name_however_its_path_is_written() {
    let world = World::of(&[(FILE, "one\n")]).await;
    let absolute = world.folder.path().join(FILE);
    let up_and_down = world.folder.path().join("prompts/../prompts/support/./triage.prompty");
    for reference in [NAME, FILE, absolute.to_str().unwrap(), up_and_down.to_str().unwrap()] {
        assert_eq!(world.save(reference).await.id.to_string(), "support/triage@1", "{reference}");
    }
}

#[tokio::test]
async fn a_working_file_is_never_shadowed_by_a_version() {
    let mut world = World::of(&[]).await;
    world.save_text(NAME, "saved\n", "2026-05-01T08:00:00.000Z").await;
    world.label(Kind::Prompt, NAME, "production", Some(1), "2026-05-01T08:00:00.000Z").await;
    world.put(FILE, "being written\n");
    for reference in [NAME, FILE] {
        let found = world.catalogue.prompt(reference).await.unwrap();
        assert_eq!((says(&found).as_str(), found.version), ("being written", None), "{reference}");
    }
    // Nor is a file whose very name looks like that of a version.
    world.put("prompts/support/triage@production.prompty", "with a strange name\n");
    for reference in ["support/triage@production", "prompts/support/triage@production.prompty"] {
        let found = world.catalogue.prompt(reference).await.unwrap();
        assert_eq!((says(&found).as_str(), found.version), ("with a strange name", None), "{reference}");
    }
    let found = world.catalogue.prompt("support/triage@1").await.unwrap();
    assert_eq!(says(&found), "saved");
}

#[tokio::test]
async fn a_prompt_whose_name_reads_as_a_version_gets_none() {
    let world = World::of(&[("prompts/support/triage@production.prompty", "user:\nHello\n")]).await;
    let found = world.catalogue.prompt("support/triage@production").await.unwrap();
    let refused = world.catalogue.save_prompt(&found, None).await.unwrap_err().to_string();
    insta::assert_snapshot!(refused, @"`support/triage@production` cannot be the name of a prompt that has versions: what follows its last `@` reads as a version; rename its file");
}

#[tokio::test]
async fn a_version_is_rendered_as_it_was_saved_when_everything_beside_it_has_changed() {
    let text = "---\nname: Triage\n---\nuser:\n{% include \"../rules.txt\" %}\n![]({{ picture }})![](a.png)\n";
    let mut world = World::of(&[(FILE, text), ("prompts/rules.txt", "Be kind.")]).await;
    world.put("prompts/support/a.png", png(1));
    world.put("prompts/support/of-row.png", png(2));
    let input = json!({"picture": "of-row.png"}).as_object().cloned().unwrap();
    let saved = world.save(NAME).await;
    let before = world.catalogue.prompt(NAME).await.unwrap();
    let rendered = before.prompt.render(&input, &[], &|path| before.image(path)).unwrap();

    world.put("prompts/rules.txt", "Be brief.");
    world.put("prompts/support/a.png", png(3));
    let other = world.save(NAME).await;
    assert_eq!((other.id.number, other.is_new), (2, true));
    world.delete("prompts/rules.txt");
    world.delete("prompts/support/a.png");
    world.delete(FILE);

    let found = world.catalogue.prompt("support/triage@1").await.unwrap();
    assert_eq!(found.prompt.render(&input, &[], &|path| found.image(path)).unwrap(), rendered);
    assert_eq!((&found.package, found.prompt.digest()), (&before.package, saved.id.digest));
    // What a row names is not the version's, and stays within the project.
    assert_eq!(found.image("of-row.png").unwrap().digest, Some(Digest::of_bytes(&png(2))));
    assert!(found.image("../../../../../../etc/passwd").is_err());
}

#[tokio::test]
async fn a_version_that_is_saved_again_stays_what_it_is() {
    let mut world = World::of(&[]).await;
    world.save_text(NAME, "one\n", "2026-05-01T08:00:00.000Z").await;
    world.save_text(NAME, "two\n", "2026-05-02T08:00:00.000Z").await;
    let old = world.catalogue.prompt("support/triage@1").await.unwrap();
    let saved = world.catalogue.save_prompt(&old, Some("again")).await.unwrap();
    assert_eq!((saved.id.number, saved.is_new), (1, false));
    assert_eq!(world.number(Kind::Prompt, "support/triage@latest", None).await, Ok(2));
}

#[tokio::test]
async fn a_body_of_another_prompt_is_refused() {
    let mut world = World::of(&[]).await;
    world.save_text("other", "other\n", "2026-05-01T08:00:00.000Z").await;
    let body = json!({"file": "prompts/a.prompty", "text": "forged\n"}).to_string();
    world.forge(Kind::Prompt, "a", Digest::of_bytes(b"a"), Some(&body)).await;
    let error = world.catalogue.prompt("a@1").await.unwrap_err().to_string();
    let expected = "the prompt a@1 cannot be read back: what was kept has the digest ";
    assert!(error.starts_with(expected), "{error}");
}

#[tokio::test]
async fn what_was_not_kept_is_read_from_the_file_as_long_as_it_is_the_same() {
    let mut world = World::of(&[(FILE, "one\n")]).await;
    let digest = world.catalogue.prompt(NAME).await.unwrap().prompt.digest();
    // As a carat of old wrote it: what reaches the model, without what is beside it.
    let saved = world.forge(Kind::Prompt, NAME, digest, Some("{\"template\":\"one\\n\"}")).await;
    let found = world.catalogue.prompt("support/triage@1").await.unwrap();
    assert_eq!((says(&found).as_str(), found.version), ("one", Some(saved.id)));
    world.put(FILE, "two\n");
    let error = world.catalogue.prompt("support/triage@1").await.unwrap_err();
    insta::assert_snapshot!(error, @"of the prompt support/triage@1 (d4b72554e142) only the name is known: it was saved by a carat that did not keep prompts, and the file has changed since; name a newer version");
}

#[tokio::test]
async fn an_include_from_outside_the_project_is_refused() {
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("secret.txt"), "secret").unwrap();
    let mut world = World::of(&[]).await;
    let up: String = world.folder.path().components().map(|_| "../").collect();
    let path = format!("{up}..{}/secret.txt", outside.path().display());
    world.put(FILE, format!("user:\n{{% include \"{path}\" %}}\n"));
    let error = world.catalogue.prompt(NAME).await.unwrap_err().to_string();
    let why = "it lies outside the project, so that others would not have it";
    assert_eq!(error, format!("{FILE}:2: cannot include `{path}`: {why}"));
}

#[tokio::test]
async fn includes_that_go_in_a_circle_are_refused() {
    let files = [
        (FILE, "user:\n{% include \"a.txt\" %}\n"),
        ("prompts/support/a.txt", "{% include \"b.txt\" %}"),
        ("prompts/support/b.txt", "{% include \"a.txt\" %}"),
    ];
    let world = World::of(&files).await;
    let error = world.catalogue.prompt(NAME).await.unwrap_err();
    insta::assert_snapshot!(error, @"prompts/support/b.txt:1: includes go in a circle: a.txt → b.txt → a.txt");
}

#[tokio::test]
async fn roles_of_a_version_are_those_of_its_file() {
    let world = World::of(&[(FILE, "system:\nBe kind.\nuser:\nHello\n")]).await;
    world.save(NAME).await;
    let found = world.catalogue.prompt("support/triage@1").await.unwrap();
    let roles: Vec<Role> = render(&found).iter().map(|message| message.role).collect();
    assert_eq!(roles, [Role::System, Role::User]);
}

#[tokio::test]
async fn a_file_whose_name_would_act_on_a_terminal_is_no_prompt() {
    let world = World::of(&[(FILE, "user:\nHi\n"), ("prompts/e\u{1b}[31mvil.prompty", "user:\nHi\n")]).await;
    assert_eq!(world.catalogue.project.prompts(), ["support/triage"]);
    assert!(world.catalogue.prompt("e\u{1b}[31mvil").await.is_err());
}
