//! From names to files.

use carat_registry::dataset::find;

use super::Folder;

#[test]
fn a_name_a_name_below_and_a_path_are_found() {
    let folder = Folder::of(&[("datasets/tickets.csv", ""), ("datasets/support/mails.jsonl", ""), ("other/x.tsv", "")]);
    let found = |reference: &str| find(&folder.path("datasets"), reference).unwrap();
    assert_eq!(found("tickets"), folder.path("datasets/tickets.csv"));
    assert_eq!(found("tickets.csv"), folder.path("datasets/tickets.csv"));
    assert_eq!(found("support/mails"), folder.path("datasets/support/mails.jsonl"));
    assert_eq!(found("other/x.tsv"), folder.path("other/x.tsv"));
    let absolute = folder.path("other/x.tsv");
    assert_eq!(found(absolute.to_str().unwrap()), absolute);
}

#[test]
fn two_files_of_one_name_are_refused_with_both() {
    let folder = Folder::of(&[("datasets/tickets.csv", ""), ("datasets/tickets.jsonl", "")]);
    let datasets = folder.path("datasets");
    let error = find(&datasets, "tickets").unwrap_err().to_string();
    let place = datasets.display();
    assert_eq!(
        error,
        format!(
            "tickets: there are `{place}/tickets.jsonl` and `{place}/tickets.csv`; name the one you mean with its ending"
        )
    );
}

#[test]
fn an_unknown_name_finds_the_nearest() {
    let folder = Folder::of(&[("datasets/tickets.csv", ""), ("datasets/support/mails.jsonl", ""), ("empty/x", "")]);
    let refuse = |place: &str, name: &str| {
        find(&folder.path(place), name).unwrap_err().to_string().replace(&folder.path("").display().to_string(), "")
    };
    insta::assert_snapshot!(refuse("datasets", "tikets"), @"tikets: there is no such dataset in `datasets`; did you mean `tickets`?");
    insta::assert_snapshot!(refuse("datasets", "support/mail"), @"support/mail: there is no such dataset in `datasets`; did you mean `support/mails`?");
    insta::assert_snapshot!(refuse("datasets", "zzz"), @"zzz: there is no such dataset in `datasets`; there are support/mails, tickets");
    insta::assert_snapshot!(refuse("empty", "zzz"), @"zzz: there is no such dataset, nor any other, in `empty`");
}
