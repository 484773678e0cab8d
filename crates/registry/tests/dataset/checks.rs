//! What a check says.

use carat_registry::dataset::{Findings, Kind, Severity, check};
use insta::assert_snapshot;

use super::Folder;

fn checked(name: &str, text: &str) -> Findings {
    let folder = Folder::of(&[(name, text)]);
    check(&folder.dataset(name))
}

/// One line a finding: severity, kind, lines, words.
fn told(name: &str, text: &str) -> String {
    let findings = checked(name, text);
    let lines = findings.findings.iter().map(|finding| {
        let places: Vec<String> = finding
            .rows
            .iter()
            .map(|row| format!("{}{}", row.line, row.id.as_ref().map_or(String::new(), |id| format!(" {id}"))))
            .collect();
        format!("{:?} {:?} [{}] {}", finding.severity, finding.kind, places.join(", "), finding.message)
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_good_dataset_has_nothing_to_say_but_its_labels() {
    let queues = ["billing", "technical"];
    let rows: String = (0..12)
        .map(|n| format!("{{\"id\": {n}, \"input\": {{\"body\": \"{n}\"}}, \"expected\": \"{}\"}}\n", queues[n % 2]))
        .collect();
    assert_snapshot!(told("t.jsonl", &rows), @"Note LabelBalance [] 2 labels: billing 6 (50 %), technical 6 (50 %)");
}

#[test]
fn every_bad_row_is_told_and_the_good_ones_between_them_are_read() {
    let text = "{\"id\": 1, \"tags\": 2, \"body\": \"a\"}\n{\"id\": 2, \"body\": \"b\"}\nnot json\n{\"id\": 3, \"body\": \"b!\"}\n";
    assert_snapshot!(told("t.jsonl", text), @r#"
    Error Unreadable [1] `tags` is a number, not a list of strings, as in ["de", "long"]
    Error Unreadable [3] column 2 is not JSON: expected ident
    Note NoExpectation [2 2, 4 3] no row says what is `expected`; only scorers that need no right answer will do
    "#);
    assert_eq!(checked("t.jsonl", text).rows, 2);
}

#[test]
fn a_header_that_cannot_be_and_an_empty_file_are_findings() {
    assert_snapshot!(told("t.csv", "id,id\n"), @"Error Unreadable [1] the header names `id` twice, in columns 1 and 2; rename one");
    assert_snapshot!(told("t.csv", "id,body\n"), @"Error Empty [] the file has no rows");
}

#[test]
fn rows_of_one_name_and_rows_that_ask_the_same_are_told() {
    let text = "{\"id\": \"a\", \"body\": \"x\", \"expected\": 1}\n\
                {\"id\": \"a\", \"body\": \"y\", \"expected\": 1}\n\
                {\"id\": \"b\", \"body\": \"x\", \"expected\": 1}\n\
                {\"id\": \"c\", \"body\": \"y\", \"expected\": 2}\n\
                {\"body\": \"z\", \"expected\": 1}\n\
                {\"body\": \"z\", \"expected\": 1}\n";
    assert_snapshot!(told("t.jsonl", text), @r"
    Error DuplicateId [1 a, 2 a] 2 rows have the id `a`; give each its own
    Error DuplicateId [5 #776786d72846e90a, 6 #776786d72846e90a] 2 rows ask the same and have no `id`; delete all but one, or give each an `id`
    Error Contradiction [2 a, 4 c] 2 rows ask the same and do not expect the same; at most one of them is right
    Warning SameInput [1 a, 3 b] 2 rows ask the same, which then counts 2 times
    ");
}

#[test]
fn rows_that_are_nearly_the_same_are_told_and_more_so_across_splits() {
    let body = "I was charged twice for the same order last week and would like the second payment returned, please.";
    let other = "Where can I change the delivery address of a subscription that is already on its way to me, please?";
    let row = |id: &str, split: &str, body: &str| {
        format!("{{\"id\": \"{id}\", \"split\": \"{split}\", \"body\": \"{body}\", \"expected\": \"x\"}}\n")
    };
    let text = [
        row("a", "test", body),
        row("b", "test", &body.replace("twice", "Twice")),
        row("c", "dev", other),
        row("d", "test", &other.replace(',', "")),
        row("e", "test", "short"),
        row("f", "dev", "short"),
    ];
    assert_snapshot!(told("t.jsonl", &text.concat()), @r"
    Error Leakage [5 e, 6 f] 2 rows of different splits (dev, test) ask the same; keep one
    Warning Leakage [3 c, 4 d] 2 rows of different splits (dev, test) share at least 85 % of their 5-letter pieces; keep them in one
    Warning NearDuplicate [1 a, 2 b] 2 rows share at least 85 % of their 5-letter pieces
    ");
}

#[test]
fn inputs_that_differ_and_keys_that_are_nearly_fields_are_told() {
    let text = "{\"id\": 1, \"body\": \"a\", \"expcted\": \"x\"}\n\
                {\"id\": 2, \"body\": \"b\", \"expcted\": \"x\"}\n\
                {\"id\": 3, \"text\": \"c\", \"expcted\": \"x\"}\n\
                {\"id\": 4}\n";
    assert_snapshot!(told("t.jsonl", text), @r"
    Warning NothingAsked [4 4] nothing is asked in 1 row: neither inputs nor messages
    Warning NearMissKey [1 1, 2 2] `expcted` is taken for an input; if the field `expected` is meant, rename it
    Warning DifferingInputs [3 3] the input of 1 row differs from that of most: it has `text` in place of `body`
    Note NoExpectation [1 1, 2 2, 3 3, 4 4] no row says what is `expected`; only scorers that need no right answer will do
    ");
    assert_snapshot!(told("t.csv", "id,body,label\n1,a,x\n"), @r"
    Warning NearMissKey [2 1] `label` is taken for an input, and no row says what is expected; if it is the right answer, rename it to `expected`
    Note NoExpectation [2 1] no row says what is `expected`; only scorers that need no right answer will do
    ");
}

#[test]
fn names_within_an_input_object_are_free() {
    assert_snapshot!(told("t.jsonl", "{\"id\": 1, \"input\": {\"tag\": 1}, \"expected\": 1}\n"), @"");
}

#[test]
fn expectations_that_are_absent_empty_or_of_different_types_are_told() {
    let text = "{\"id\": 1, \"body\": 1, \"expected\": \"x\"}\n{\"id\": 2, \"body\": 2, \"expected\": \" \"}\n\
                {\"id\": 3, \"body\": 3}\n{\"id\": 4, \"body\": 4, \"expected\": [1]}\n";
    assert_snapshot!(told("t.jsonl", text), @r"
    Warning NoExpectation [2 2] 1 row with an empty text as `expected`; leave it out if nothing is known
    Warning NoExpectation [3 3] 1 row without `expected`, where others have it
    Warning MixedExpectations [4 4] `expected` is a list in 1 row, and a string in most
    ");
}

#[test]
fn labels_that_are_rare_common_or_spelt_in_two_ways_are_told() {
    let row = |n: usize, label: &str| format!("{n},body {n},{label}\n");
    let many: String = (0..18).map(|n| row(n, "billing")).collect();
    let text = format!("id,body,expected\n{many}{}{}", row(18, "Billing"), row(19, "other"));
    assert_snapshot!(told("t.csv", &text), @r"
    Warning LabelBalance [] whoever always says `billing` is right in 90 % of the rows
    Warning LabelSpelling [20 18] the labels `Billing` (1 row) and `billing` (18 rows) differ only by case or spaces
    Note LabelBalance [] 3 labels: billing 18 (90 %), Billing 1 (5 %), other 1 (5 %)
    Note LabelBalance [20 18] the label `Billing` has only 1 row; a score on so few says little
    Note LabelBalance [21 19] the label `other` has only 1 row; a score on so few says little
    ");
}

#[test]
fn a_finding_lists_ten_rows_and_counts_them_all_and_a_kind_lists_fifty_findings() {
    let same: String = (0..30).map(|n| format!("{{\"id\": {n}, \"body\": \"x\", \"expected\": 1}}\n")).collect();
    let findings = checked("t.jsonl", &same);
    assert_eq!((findings.findings[0].kind, findings.findings[0].total), (Kind::SameInput, 30));
    assert_eq!(findings.findings[0].rows.len(), 10);
    let findings = checked("t.jsonl", &"7\n".repeat(80));
    assert_eq!((findings.count(Severity::Error), findings.unlisted), (50, 30));
}

#[test]
fn findings_are_json_for_machines() {
    let findings = checked("t.jsonl", "{\"id\": 1, \"tags\": 2}\n");
    assert_eq!(
        serde_json::to_string(&findings).unwrap(),
        r#"{"file":"t.jsonl","rows":0,"findings":[{"severity":"error","kind":"unreadable","message":"`tags` is a number, not a list of strings, as in [\"de\", \"long\"]","rows":[{"line":1}],"total":1}],"unlisted":0}"#
    );
}
