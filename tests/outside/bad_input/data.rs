//! Golden data that is not as it should be.

use std::fmt::Write as _;

use crate::outside::project::Project;

/// What `carat eval fruit` says where this file is the dataset.
fn with_data(file: &str, bytes: impl AsRef<[u8]>) -> String {
    let project = Project::small();
    std::fs::remove_file(project.file("datasets/fruit.jsonl")).unwrap();
    project.write(file, bytes);
    project.carat(&["eval", "fruit"]).told(&project)
}

fn utf_16(text: &str) -> Vec<u8> {
    "\u{FEFF}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

const ROW: &str = "{\"id\": \"a\", \"input\": {\"thing\": \"pear\"}, \"expected\": \"yes\"}\n";

#[test]
fn a_bad_line_is_told_by_its_number() {
    let mut rows = String::new();
    for line in 1..=5000 {
        let comma = if line == 4017 { "," } else { "" };
        writeln!(rows, "{{\"id\": \"r-{line}\", \"input\": {{\"thing\": \"pear\"{comma} }}, \"expected\": \"yes\"}}")
            .unwrap();
    }
    insta::assert_snapshot!(with_data("datasets/fruit.jsonl", rows), @"
    exit 2
    error: datasets/fruit.jsonl:4017: column 45 is not JSON: trailing comma
    ");
}

#[test]
fn a_file_that_was_cut_off_is_told() {
    insta::assert_snapshot!(with_data("datasets/fruit.jsonl", format!("{ROW}{}", &ROW[..40])), @"
    exit 2
    error: datasets/fruit.jsonl:2: the file ends in the middle of a row; was it cut off? Write it again, or delete this line
    ");
}

#[test]
fn ragged_rows_are_told() {
    let ragged = "id,thing,expected\n1,apples,yes\n2,hammers\n3,pear,yes,no\n";
    insta::assert_snapshot!(with_data("datasets/fruit.csv", ragged), @"
    exit 2
    error: datasets/fruit.csv:3: expected 3 columns as in the header, found 2
    ");
    let project = Project::small();
    project.write("datasets/ragged.csv", ragged);
    let checked = project.carat(&["dataset", "check", "ragged"]);
    assert_eq!(checked.code, Some(2));
    insta::assert_snapshot!(checked.data, @"
    datasets/ragged.csv  1 rows
      error: line 3: expected 3 columns as in the header, found 2
      error: line 4: expected 3 columns as in the header, found 4; a cell that has the separator in it stands in double quotes
    ");
}

#[test]
fn what_is_not_utf_8_is_told_with_the_way_out() {
    insta::assert_snapshot!(with_data("datasets/fruit.jsonl", utf_16(ROW)), @"
    exit 2
    error: datasets/fruit.jsonl:1: the file is UTF-16, not UTF-8: `iconv -f UTF-16 -t UTF-8 fruit.jsonl > utf8-fruit.jsonl`
    ");
    let latin_1 =
        [ROW.as_bytes(), b"{\"id\": \"b\", \"input\": {\"thing\": \"\xc4pfel\"}, \"expected\": \"yes\"}\n"].concat();
    insta::assert_snapshot!(with_data("datasets/fruit.jsonl", latin_1), @"
    exit 2
    error: datasets/fruit.jsonl:2: byte 91 of the file (0xc4) is not UTF-8; the text looks like WINDOWS-1252: `iconv -f WINDOWS-1252 -t UTF-8 fruit.jsonl > utf8-fruit.jsonl`
    ");
    let project = Project::small();
    project.write("prompts/sort.prompty", b"user:\ncaf\xe9 {{ thing }}\n");
    insta::assert_snapshot!(project.carat(&["eval", "fruit"]).told(&project), @"
    exit 2
    error: prompts/sort.prompty:2: byte 9 is not UTF-8; convert the file, for instance with `iconv -f latin1 -t utf-8`
    ");
}

#[test]
fn byte_order_marks_do_no_harm() {
    let project = Project::small();
    for file in ["carat.yaml", "evals/fruit.yaml", "prompts/sort.prompty", "datasets/fruit.jsonl"] {
        let bytes = std::fs::read(project.file(file)).unwrap();
        project.write(file, [b"\xef\xbb\xbf", bytes.as_slice()].concat());
    }
    let ended = project.carat(&["eval", "fruit"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let with_mark_and_returns = "\u{FEFF}id,thing,expected\r\n1,apples,yes\r\n";
    assert_eq!(with_data("datasets/fruit.csv", with_mark_and_returns), "exit 0\n");
}

#[test]
fn a_row_of_50_megabytes_is_a_row() {
    let project = Project::small();
    let words = "pear ".repeat(10_000_000);
    project.write("datasets/fruit.jsonl", ROW.replace("pear", &words));
    project.write(
        "evals/fruit.yaml",
        "prompts: [sort]\nmodels: [m]\ndataset: fruit\nscorers:\n  - { name: same, exact: {} }\n",
    );
    project.write("carat.yaml", "models:\n  m: { provider: recorded, column: expected }\n");
    let ended = project.carat(&["eval", "fruit"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(project.report("@last")["variants"][0]["metrics"]["same.accuracy"]["value"], 1.0);
}

#[test]
fn two_rows_of_one_id_are_told_with_both_lines() {
    insta::assert_snapshot!(with_data("datasets/fruit.jsonl", format!("{ROW}\n{ROW}")), @"
    exit 2
    error: datasets/fruit.jsonl:3: the id `a` is that of line 1 already; rename one of the two rows, or delete it
    ");
}

#[test]
fn no_rows_are_nothing_to_run() {
    insta::assert_snapshot!(with_data("datasets/fruit.jsonl", ""), @"
    exit 4
    error: datasets/fruit.jsonl has no rows; there is nothing to run
    ");
    insta::assert_snapshot!(with_data("datasets/fruit.csv", "id,thing,expected\n"), @"
    exit 4
    error: datasets/fruit.csv has no rows; there is nothing to run
    ");
}

#[test]
fn a_selection_that_leaves_nothing_is_nothing_to_run() {
    let project = Project::small();
    let told = [["--tag", "hard"], ["--only", "z*"], ["--limit", "0"]]
        .map(|[flag, value]| project.carat(&["eval", "fruit", flag, value]).told(&project));
    insta::assert_snapshot!(told.join(""), @"
    exit 4
    error: none of the 4 rows of datasets/fruit.jsonl has tag `hard`; there is nothing to run (splits: dev, test; tags: easy)
    exit 4
    error: none of the 4 rows of datasets/fruit.jsonl has id like z*; there is nothing to run (splits: dev, test; tags: easy)
    exit 4
    error: --limit 0 leaves no row; there is nothing to run
    ");
    assert!(!project.file(".carat").exists(), "nothing to run leaves nothing behind");
}

#[test]
fn a_dataset_that_is_not_there_or_twice_is_told() {
    let project = Project::small();
    project.write("datasets/fruit.csv", "id\n");
    insta::assert_snapshot!(project.carat(&["eval", "fruit"]).told(&project), @"
    exit 2
    error: evals/fruit.yaml: dataset fruit: there are `PROJECT/datasets/fruit.jsonl` and `PROJECT/datasets/fruit.csv`; name the one you mean with its ending
    ");
    insta::assert_snapshot!(project.carat(&["dataset", "show", "friut"]).told(&project), @"
    exit 2
    error: friut: there is no such dataset in `PROJECT/datasets`; did you mean `fruit`?
    ");
}
