//! What can be wrong in a spec, found before anybody is asked.

use std::path::Path;
use std::sync::Arc;

use carat_core::spec::ScorerSpec;
use carat_core::yaml;
use carat_eval::assessors::build;

use crate::asked::{Before, spec, surroundings};

fn refusal(text: &str) -> String {
    let around = surroundings(Path::new("/project"), None);
    match build(&spec(text), &around) {
        Ok(_) => panic!("`{text}` was taken"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn whatever_is_wrong_is_told_with_its_place() {
    for (text, told) in [
        ("judge: { rubric: R }", "judge: nobody judges: name a `model` of `carat.yaml`, or a `panel` of them"),
        ("judge: { panel: [], rubric: R }", "judge: nobody judges"),
        (
            "judge: { model: a, panel: [b], rubric: R }",
            "judge.panel: stands beside `model`; put all judges in the panel",
        ),
        ("judge: { model: gpt, rubric: R }", "judge.model: `carat.yaml` has no model `gpt`"),
        ("judge: { panel: [a, gpt], rubric: R }", "judge.panel[1]: `carat.yaml` has no model `gpt`"),
        ("embedding: { model: gpt }", "embedding.model: `carat.yaml` has no model `gpt`"),
        ("judge: { model: a }", "judge: a judge needs one of"),
        ("judge: { model: a, rubric: R, closed_qa: {} }", "judge: a judge is asked one thing"),
        ("judge: { model: a, rubric: ' ' }", "judge.rubric: is empty"),
        ("judge: { model: a, closed_qa: { criterion: '' } }", "judge.closed_qa.criterion: is empty"),
        ("judge: { model: a, pairwise: { criterion: '' } }", "judge.pairwise.criterion: is empty"),
        ("judge: { model: a, closed_qa: {}, scale: { worst: 1, best: 5 } }", "`scale` goes with `rubric` alone"),
        (
            "judge: { model: a, rubric: R, scale: { worst: 5, best: 5 } }",
            "judge.scale: the best number must be greater",
        ),
        ("judge: { model: a, rubric: R, scale: { worst: 5, best: 1 } }", "1 is not greater than 5"),
        ("judge: { model: a, rubric: R, scale: { worst: 0, best: 101 } }", "judge.scale: has more than 101 numbers"),
        (
            "judge: { model: a, rubric: R, scale: { worst: -2147483648, best: 2147483647 } }",
            "judge.scale: has more than 101 numbers",
        ),
        ("judge: { model: a, factuality: { A: 1.5 } }", "judge.factuality.A: 1.5 is not a number from 0 to 1"),
        ("judge: { model: a, factuality: { E: -0.1 } }", "judge.factuality.E: -0.1 is not"),
        ("judge: { model: a, factuality: { C: .nan } }", "judge.factuality.C: NaN is not"),
        (
            "judge: { model: a, classify: { question: Q, labels: [x], passing: [x] } }",
            "judge.classify.labels: a judge needs two",
        ),
        (
            "judge: { model: a, classify: { question: Q, labels: [x, y, X], passing: [x] } }",
            "judge.classify.labels: `x` and `X` are the same label",
        ),
        ("judge: { model: a, classify: { question: Q, labels: [x, ''], passing: [x] } }", "`` is no label"),
        (
            "judge: { model: a, classify: { question: Q, labels: [kind, rude], passing: [kin] } }",
            "judge.classify.passing: `kin` is none of the labels; did you mean `kind`?",
        ),
        ("judge: { model: a, classify: { question: Q, labels: [x, y], passing: [] } }", "names no label"),
        ("judge: { model: a, classify: { question: Q, labels: [x, y], passing: [x, x] } }", "`x` stands there twice"),
        (
            "judge: { model: a, classify: { question: ' ', labels: [x, y], passing: [x] } }",
            "judge.classify.question: is empty",
        ),
        (
            "judge: { model: a, pairwise: { criterion: C, against: baseline } }",
            "judge.pairwise.against: there is no baseline",
        ),
        ("judge: { model: a, rubric: R, parameters: { temprature: 1 } }", "judge.parameters: no model knows"),
        (
            "judge: { model: a, factuality: {}, show_expected: true }",
            "judge.show_expected: goes with `rubric` and `classify`",
        ),
        ("expected: x\njudge: { model: a, rubric: R }", "expected: has no effect"),
        ("expected: x\njudge: { model: a, closed_qa: { criterion: C } }", "expected: has no effect"),
        ("expected: '{{ x'\njudge: { model: a, factuality: {} }", "expected: "),
        ("threshold: 0.5\njudge: { model: a, rubric: R }", "threshold: `judge` says right or wrong"),
        ("threshold: 0.5\njudge: { model: a, closed_qa: {} }", "threshold: `judge` says right or wrong"),
        ("threshold: 1.5\njudge: { model: a, factuality: {} }", "threshold: 1.5 is not a number from 0 to 1"),
        ("threshold: -1\nembedding: { model: a }", "threshold: -1 is not"),
        ("threshold: .nan\nprogram: { command: [sh] }", "threshold: NaN is not"),
        ("on: { regex: '(' }\njudge: { model: a, rubric: R }", "on.regex: "),
        ("on: { last_line: false }\nembedding: { model: a }", "on.last_line: "),
        ("program: { command: [] }", "program.command: names no program"),
        ("program: { command: [' '] }", "program.command: names no program"),
        ("program: { command: [sh], timeout: 0s }", "program.timeout: leaves no time"),
        ("program: { command: [sh], output_limit: 0 }", "program.output_limit: leaves no room"),
        ("program: { command: [sh], concurrency: 0 }", "program.concurrency: lets none run"),
        ("program: { command: [sh], files: [no/such] }", "program.files[0]: `no/such` is not there"),
        (
            "program: { command: [carat-no-such-program] }",
            "program.command: there is no program `carat-no-such-program` in PATH; install it, or write a path",
        ),
        (
            "program: { command: [./grade] }",
            "program.command: `./grade` is not there; paths are meant from the project's folder, /project",
        ),
    ] {
        let refusal = refusal(text);
        assert!(refusal.starts_with("scorer `s`: ") && refusal.contains(told), "{text}\n{refusal}");
    }
    assert!(refusal("judge: { model: a, rubric: R }\nexact: {}").contains("both `exact` and `judge`"));
    assert!(refusal("").contains("does not say which scorer it is"));
}

#[test]
fn a_scorer_needs_a_name() {
    let nameless: ScorerSpec = yaml::read("name: ' '\nembedding: { model: a }\n", "eval.yaml").unwrap();
    let error = build(&nameless, &surroundings(Path::new("."), None)).err().unwrap().to_string();
    assert!(error.contains("a scorer needs a name"), "{error}");
}

#[test]
fn what_computes_is_no_assessor() {
    let around = surroundings(Path::new("."), None);
    for text in ["exact: {}", "levenshtein: {}", "refusal: {}", "bleu: {}", "threshold: 7\nexact: {}"] {
        assert!(build(&spec(text), &around).unwrap().is_none(), "{text}");
    }
}

#[test]
fn even_panels_and_partless_pairs_are_taken() {
    let around = surroundings(Path::new("."), Some(Arc::new(Before("x"))));
    for text in [
        "judge: { panel: [a, b], rubric: R }",
        "judge: { panel: [a], rubric: R }",
        "judge: { model: a, rubric: R, scale: { worst: 0, best: 100 } }",
        "on: { last_line: true }\njudge: { model: a, pairwise: { criterion: C, against: baseline } }",
        "threshold: 0.5\ninvert: true\njudge: { model: a, pairwise: { criterion: C } }",
        "expected: '{{ input.x }}'\njudge: { model: a, rubric: R, show_expected: true }",
        "threshold: 0\nprogram: { command: [sh] }",
    ] {
        assert!(build(&spec(text), &around).unwrap().is_some(), "{text}");
    }
}

#[cfg(unix)]
#[test]
fn a_program_of_the_project_has_to_be_one_that_may_be_run() {
    let folder = tempfile::TempDir::new().unwrap();
    std::fs::write(folder.path().join("grade.sh"), "echo").unwrap();
    std::fs::create_dir(folder.path().join("bin")).unwrap();
    let around = surroundings(folder.path(), None);
    let told = |text: &str| build(&spec(text), &around).err().unwrap().to_string();
    let plain = told("program: { command: [./grade.sh] }");
    assert!(
        plain.contains("`./grade.sh` may not be run: make it executable (chmod +x), or put its interpreter"),
        "{plain}"
    );
    assert!(told("program: { command: [./bin] }").contains("`./bin` is a folder"));
    assert!(told("program: { command: [sh], files: [bin] }").contains("`bin` is a folder; name the files in it"));
    let bare = told("program: { command: [grade.sh] }");
    assert!(bare.contains("in PATH; for the one in the project's folder write `./grade.sh`"), "{bare}");
    assert!(build(&spec("program: { command: [sh, grade.sh], files: [grade.sh] }"), &around).unwrap().is_some());
}
