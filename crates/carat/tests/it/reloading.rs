//! Bundles that change while they are served.

use std::fs::{self, File};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use carat::bundle::BundleError;
use carat::{OpenError, Options, Prompts, Reload};

use crate::made::{place, saying, says, still, text_of, write};

fn version(number: u32) -> Vec<carat::bundle::Entry> {
    vec![saying("a", number, &["production"], &format!("version {number}"))]
}

/// Prompts that look all the time, and what they tell.
fn watched(path: &Path, options: Options) -> (Prompts, Receiver<Reload>) {
    let (tell, told) = channel();
    let options = options.interval(Duration::from_millis(10)).on_reload(move |news| tell.send(news.clone()).unwrap());
    (options.open(path).unwrap(), told)
}

fn next(told: &Receiver<Reload>) -> Reload {
    told.recv_timeout(Duration::from_secs(20)).unwrap()
}

#[test]
fn a_bundle_that_was_replaced_is_served_and_told() {
    let (_folder, path) = place();
    let before = write(&path, version(1));
    let (prompts, told) = watched(&path, Prompts::options());
    let digest = write(&path, version(2));
    assert_eq!(next(&told), Reload::Loaded { digest, before });
    assert_eq!(says(&prompts, "a@production"), "version 2");
    let health = prompts.health();
    assert_eq!((health.digest, health.versions, health.last_error), (digest, 1, None));
}

#[test]
fn a_bundle_that_is_broken_missing_or_newer_is_refused_and_the_last_good_one_stays() {
    let (_folder, path) = place();
    let digest = write(&path, version(1));
    let (prompts, told) = watched(&path, Prompts::options());
    let file = path.display().to_string();
    let good = text_of(version(2));

    // In one step, so that nothing else can be seen in between.
    let file_itself = File::options().write(true).open(&path).unwrap();
    file_itself.set_len(path.metadata().unwrap().len() - 5).unwrap();
    let cut = OpenError::Bundle(BundleError::CutShort { file: file.clone(), there: 0, promised: 1 });
    assert_eq!(next(&told), Reload::Refused(cut.clone()));
    assert_eq!((prompts.health().last_error, prompts.health().digest), (Some(cut), digest));

    fs::remove_file(&path).unwrap();
    assert_eq!(next(&told), Reload::Refused(OpenError::NotThere { place: file.clone() }));

    fs::write(&path, good.replacen("\"format\":1", "\"format\":2", 1)).unwrap();
    let newer = |news| matches!(news, Reload::Refused(OpenError::Bundle(BundleError::Newer { format: 2, .. })));
    // Between the two steps of a write the file is empty, which may be seen.
    while !newer(next(&told)) {}

    assert_eq!(says(&prompts, "a@production"), "version 1");
    write(&path, version(1));
    while next(&told) != Reload::Recovered {}
    assert_eq!((prompts.health().last_error, prompts.health().digest), (None, digest));
    write(&path, version(2));
    assert!(matches!(next(&told), Reload::Loaded { before, .. } if before == digest));
    assert_eq!(says(&prompts, "a@production"), "version 2");
}

#[test]
fn the_same_reason_is_told_once() {
    let (_folder, path) = place();
    write(&path, version(1));
    let (prompts, told) = watched(&path, Prompts::options());
    fs::remove_file(&path).unwrap();
    next(&told);
    prompts.reload().unwrap_err();
    prompts.reload().unwrap_err();
    write(&path, version(2));
    assert!(matches!(next(&told), Reload::Loaded { .. }));
    assert_eq!(told.try_recv().ok(), None);
}

#[test]
fn a_reload_without_what_is_required_is_refused_until_it_is_there() {
    let (_folder, path) = place();
    write(&path, version(1));
    let prompts = Prompts::options().without_watching().require("a@production").open(&path).unwrap();
    write(&path, vec![saying("a", 2, &["candidate"], "two")]);
    for _ in 0..2 {
        let error = prompts.reload().unwrap_err();
        assert!(matches!(error, OpenError::Required(_)), "{error}");
        assert_eq!(prompts.health().last_error, Some(error));
    }
    assert_eq!(says(&prompts, "a@production"), "version 1");
    write(&path, version(3));
    assert!(prompts.reload().unwrap());
    assert_eq!(says(&prompts, "a@production"), "version 3");
}

#[test]
fn a_reload_by_hand_tells_whether_something_is_new() {
    let (_folder, path) = place();
    write(&path, version(1));
    let prompts = still(&path);
    let loaded_at = prompts.health().loaded_at;
    assert!(!prompts.reload().unwrap());
    assert_eq!(prompts.health().loaded_at, loaded_at);
    write(&path, version(2));
    assert_eq!(says(&prompts, "a@production"), "version 1");
    assert!(prompts.reload().unwrap());
    assert_eq!(says(&prompts, "a@production"), "version 2");
    assert!(prompts.health().loaded_at >= loaded_at);
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_elsewhere_is_a_new_bundle() {
    let (folder, path) = place();
    let (first, second) = (folder.path().join("1"), folder.path().join("2"));
    write(&first, version(1));
    write(&second, version(2));
    std::os::unix::fs::symlink(&first, &path).unwrap();
    let (prompts, told) = watched(&path, Prompts::options());
    // As Kubernetes replaces what is mounted: a new link in place of the old one.
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(&second, &link).unwrap();
    fs::rename(&link, &path).unwrap();
    next(&told);
    assert_eq!(says(&prompts, "a@production"), "version 2");
}

#[test]
fn a_panic_of_whoever_is_called_does_not_end_the_looking() {
    let (_folder, path) = place();
    write(&path, version(1));
    let (tell, told) = channel();
    let options = Prompts::options().interval(Duration::from_millis(10)).on_reload(move |news| {
        tell.send(news.clone()).unwrap();
        panic!("on purpose");
    });
    let prompts = options.open(&path).unwrap();
    for number in 2..4 {
        write(&path, version(number));
        next(&told);
        assert_eq!(says(&prompts, "a@production"), format!("version {number}"));
    }
}

#[test]
fn whoever_is_called_may_reload_and_drop() {
    let (_folder, path) = place();
    write(&path, version(1));
    let (hand, handed) = channel::<Prompts>();
    let handed = std::sync::Mutex::new(handed);
    let (tell, told) = channel();
    let options = Prompts::options().interval(Duration::from_millis(10)).on_reload(move |_| {
        let prompts = handed.lock().unwrap().recv().unwrap();
        tell.send((prompts.reload(), prompts.health().versions)).unwrap();
    });
    let prompts = options.open(&path).unwrap();
    write(&path, version(2));
    // The last handle is dropped on the very thread that looks for changes.
    hand.send(prompts).unwrap();
    assert_eq!(told.recv_timeout(Duration::from_secs(20)).unwrap(), (Ok(false), 1));
}
