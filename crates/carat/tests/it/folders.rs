//! Working files.

use std::fs;
use std::path::Path;
use std::sync::mpsc::channel;
use std::time::{Duration, SystemTime};

use carat::{OpenError, Prompts};
use serde_json::json;
use tempfile::TempDir;

use crate::made::{TRIAGE, package, says, still};

fn file(root: &Path, path: &str, text: impl AsRef<[u8]>) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn project() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    file(folder.path(), "carat.yaml", "");
    file(folder.path(), "prompts/support/triage.prompty", TRIAGE);
    file(folder.path(), "prompts/hello.prompty", "\u{FEFF}user:\n{% include '../shared/tone.jinja' %} ![it](cat.png)");
    file(folder.path(), "prompts/cat.png", b"\x89PNG\r\n\x1a\n...");
    file(folder.path(), "shared/tone.jinja", "Be kind.");
    for path in ["prompts/support/triage.prompty", "prompts/hello.prompty", "prompts/cat.png", "shared/tone.jinja"] {
        // Long enough ago that a change is seen by its time alone.
        let path = fs::File::options().write(true).open(folder.path().join(path)).unwrap();
        path.set_modified(SystemTime::now() - Duration::from_secs(60)).unwrap();
    }
    folder
}

#[test]
fn a_project_and_its_folder_of_prompts_hold_the_same_working_files() {
    let folder = project();
    let expected = package(TRIAGE).prompt("support/triage").unwrap().digest();
    for place in [folder.path().to_owned(), folder.path().join("prompts")] {
        let prompts = still(&place);
        assert_eq!(prompts.names(), ["hello", "support/triage"]);
        let triage = prompts.get("support/triage").unwrap();
        assert_eq!((triage.version(), triage.digest()), (None, expected));
        assert_eq!(says(&prompts, "hello"), "Be kind.");
        let error = triage.render(&json!({})).unwrap_err().to_string();
        assert!(error.starts_with("prompts/support/triage.prompty:13: the variable `body`"), "{error}");
    }
}

#[test]
fn working_files_have_no_versions() {
    let folder = project();
    let prompts = still(folder.path());
    let error = |reference: &str| {
        let error = prompts.get(reference).unwrap_err().to_string();
        error.replace(&format!("{}/", folder.path().display()), "")
    };
    insta::assert_snapshot!(error("support/triage@production"), @"`support/triage@production`: prompts holds working files, which have no labels and numbers; ask for `support/triage`, or open a bundle, which has them (`carat prompt export support/triage@production --out prompts.carat`)");
    insta::assert_snapshot!(error("support/triage@7"), @"`support/triage@7`: prompts holds working files, which have no labels and numbers; ask for `support/triage`, or open a bundle, which has them (`carat prompt export support/triage@7 --out prompts.carat`)");
    insta::assert_snapshot!(error("support/tirage"), @"there is no prompt `support/tirage` in prompts; did you mean `support/triage`?");
}

#[test]
fn a_change_of_anything_that_a_prompt_takes_is_taken_up() {
    let folder = project();
    let prompts = still(folder.path());
    file(folder.path(), "shared/tone.jinja", "Be brief.");
    assert!(prompts.reload().unwrap());
    assert_eq!(says(&prompts, "hello"), "Be brief.");
    let before = prompts.get("hello").unwrap().digest();
    file(folder.path(), "prompts/cat.png", b"\x89PNG\r\n\x1a\nother");
    assert!(prompts.reload().unwrap());
    assert_ne!(prompts.get("hello").unwrap().digest(), before);
    assert!(!prompts.reload().unwrap());
}

#[test]
fn a_watched_folder_takes_up_what_changes_outside_of_it() {
    let folder = project();
    let (tell, told) = channel();
    let options = Prompts::options().interval(Duration::from_millis(10));
    let prompts =
        options.on_reload(move |news| tell.send(news.clone()).unwrap()).open(folder.path().join("prompts")).unwrap();
    file(folder.path(), "shared/tone.jinja", "Be brief.");
    while says(&prompts, "hello") != "Be brief." {
        told.recv_timeout(Duration::from_secs(20)).unwrap();
    }
}

#[test]
fn a_working_file_that_is_broken_is_told_and_the_last_good_one_stays() {
    let folder = project();
    let prompts = still(folder.path());
    file(folder.path(), "prompts/support/triage.prompty", "user:\n{% if %}");
    let error = prompts.reload().unwrap_err();
    assert!(matches!(&error, OpenError::Prompt(error) if error.line == Some(2)), "{error}");
    assert_eq!(prompts.health().last_error, Some(error));
    prompts.get("support/triage").unwrap().render(&json!({"body": "x"})).unwrap();
    let error = Prompts::open(folder.path()).unwrap_err();
    assert!(matches!(error, OpenError::Prompt(_)), "{error}");
}

#[test]
fn what_lies_outside_the_project_is_not_read() {
    let outside = tempfile::tempdir().unwrap();
    file(outside.path(), "secret.jinja", "secret");
    let folder = project();
    let include = format!("user:\n{{% include '{}' %}}", outside.path().join("secret.jinja").display());
    file(folder.path(), "prompts/hello.prompty", include);
    let error = Prompts::open(folder.path()).unwrap_err().to_string();
    assert!(error.ends_with("it lies outside the project, so that others would not have it"), "{error}");
    file(folder.path(), "prompts/hello.prompty", "user:\n{% include 'tonne.jinja' %}");
    file(folder.path(), "prompts/tone.jinja", "x");
    let error = Prompts::open(folder.path()).unwrap_err().to_string();
    assert!(error.ends_with("there is no such file; did you mean `tone.jinja`?"), "{error}");
}

#[test]
fn a_file_that_is_no_text_is_told() {
    let folder = project();
    file(folder.path(), "prompts/hello.prompty", b"user:\nJ\xfcrgen");
    let error = Prompts::open(folder.path()).unwrap_err().to_string();
    insta::assert_snapshot!(error, @"cannot read prompts/hello.prompty: byte 7 is not UTF-8; convert the file, for instance with `iconv -f latin1 -t utf-8`");
}
