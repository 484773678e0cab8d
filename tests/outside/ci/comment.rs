//! The comment on a pull request.

use std::fs;

use serde_json::json;

use super::github::Job;
use super::place::Place;

/// `gh`, which finds what `found` says, and keeps what it is given.
fn gh(place: &Place, found: &str) {
    let kept = place.elsewhere("posted");
    let body = format!(
        "for word in \"$@\"; do case $word in body=@*) cp \"${{word#body=@}}\" '{}' ;; --jq) echo '{found}' ;; esac; done\n",
        kept.display()
    );
    place.noted("gh", &body);
}

fn comments(place: &Place) -> Job<'_> {
    let mut job = Job::new(place);
    job.uses_action(&json!({"spec": "triage", "binary": "carat", "comment": true, "gate": "queue.accuracy >= 0.9"}));
    job
}

#[test]
fn the_first_report_is_a_new_comment_and_the_next_one_takes_its_place() {
    let place = Place::new();
    gh(&place, "");
    let job = comments(&place);
    assert_eq!(job.failed, [1], "a comment does not excuse the gate: {}", job.log);
    let calls = place.calls("gh");
    assert!(calls[0].starts_with("api --paginate repos/team/desk/issues/7/comments --jq "), "{calls:?}");
    assert!(calls[1].starts_with("api --method POST repos/team/desk/issues/7/comments --field body=@"), "{calls:?}");
    let posted = fs::read_to_string(place.elsewhere("posted")).unwrap();
    assert_eq!(posted, format!("<!-- carat-triage -->\n{}", place.read("carat-reports/report.md")));

    gh(&place, "4711");
    let job = comments(&place);
    assert_eq!(job.failed, [1], "{}", job.log);
    let calls = place.calls("gh");
    assert!(calls[3].starts_with("api --method PATCH repos/team/desk/issues/comments/4711 --field"), "{calls:?}");
}

#[test]
fn that_nobody_may_comment_is_told_and_decides_nothing() {
    let place = Place::new();
    place.noted("gh", "echo 'HTTP 403: Resource not accessible by integration' >&2; exit 1\n");
    let mut job = Job::new(&place);
    job.uses_action(&json!({"spec": "triage", "binary": "carat", "comment": "true"}));
    assert!(job.failed.is_empty(), "{}", job.log);
    assert!(job.log.contains("::warning::the comments on the pull request cannot be read"), "{}", job.log);
}

#[test]
fn without_a_pull_request_or_the_wish_for_it_there_is_no_comment() {
    let place = Place::new();
    gh(&place, "");
    Job::new(&place).on("push").uses_action(&json!({"spec": "triage", "binary": "carat", "comment": true}));
    Job::new(&place).uses_action(&json!({"spec": "triage", "binary": "carat"}));
    assert!(place.calls("gh").is_empty());
}

#[test]
fn without_a_report_there_is_no_comment() {
    let place = Place::new();
    gh(&place, "");
    let mut job = Job::new(&place);
    job.uses_action(&json!({"spec": "nobody", "binary": "carat", "comment": true}));
    assert_eq!(job.failed, [2], "{}", job.log);
    assert!(place.calls("gh").is_empty());
    assert!(job.log.contains("::notice::there is no report to comment with"), "{}", job.log);
}
