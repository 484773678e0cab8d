//! Parts of the data: from a minimum of rows on, corrected among themselves, and each held to a gate of its own.

use serde_json::json;

use super::quiz::Quiz;

const SLICES: &str = "slices: [{ by: metadata.language, minimum: 15 }, tags]\n";

/// Eighty questions in four languages: thirty German, thirty English, fifteen French and five Japanese ones; every other one
/// is tagged.
fn quiz() -> Quiz {
    let quiz = Quiz::of(80);
    quiz.rows(|number| {
        let language = match number {
            1..=30 => "de",
            31..=60 => "en",
            61..=75 => "fr",
            _ => "ja",
        };
        let tags = if number % 2 == 0 { vec!["even"] } else { Vec::new() };
        json!({"metadata": {"language": language}, "tags": tags})
    });
    quiz.spec(SLICES);
    quiz.record("before", &"+".repeat(80));
    // Ten German questions go wrong, and nothing else.
    quiz.answers(&format!("{}{}", "-".repeat(10), "+".repeat(70)));
    quiz
}

#[test]
fn slices_are_reported_from_their_minimum_on_and_compared_with_a_correction() {
    let quiz = quiz();
    assert_eq!(quiz.eval(&["--baseline", "before"]).code, Some(0));
    let report = quiz.report();
    let parts = report["variants"][0]["slices"].as_array().unwrap().iter();
    let parts: Vec<String> = parts
        .map(|part| {
            let right = &part["metrics"]["right.accuracy"];
            format!("{}: {} of {}", part["slice"], right["value"], right["n"])
        })
        .collect();
    insta::assert_snapshot!(parts.join("\n"), @r#"
    "metadata.language=de": 0.6666666666666666 of 30
    "metadata.language=en": 1.0 of 30
    "metadata.language=fr": 1.0 of 15
    "tags=even": 0.875 of 40
    "#);
    let compared = report["comparisons"][0]["slices"].as_array().unwrap();
    let told: Vec<String> = compared.iter().map(|part| format!("{}: {}", part["slice"], part["sentence"])).collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    "metadata.language=de": "worse by 33.3 points (95 % -51.2 to -18.2, p = 0.002, 0.008 corrected for 4 tests, 30 pairs); with 30 rows only differences above 24.5 points can be seen"
    "metadata.language=en": "no row differs (95 % -11.4 to +11.4, p = 1.00, 30 pairs); with 30 rows only differences above 20.0 points can be seen"
    "metadata.language=fr": "no row differs (95 % -20.4 to +20.4, p = 1.00, 15 pairs); with 15 rows only differences above 40.0 points can be seen"
    "tags=even": "no difference shown (-12.5 points, 95 % -26.1 to -2.6, p = 0.06, 0.12 corrected for 4 tests, 40 pairs); with 40 rows only differences above 15.0 points can be seen"
    "#);
    // Benjamini and Hochberg over four tests: the smallest p-value counts four times.
    let german = &compared[0];
    let (p, adjusted) = (german["p"].as_f64().unwrap(), german["adjusted_p"].as_f64().unwrap());
    assert!((adjusted - 4.0 * p).abs() < 1e-12, "{german}");
    assert_eq!(report["comparisons"][0]["family"], 1, "slices are no part of the family that decides");
}

#[test]
fn a_gate_on_slices_holds_each_of_them_that_has_enough_rows() {
    let quiz = quiz();
    quiz.spec(&format!(
        "{SLICES}gates:\n  - {{ metric: right.accuracy, no_worse_than: baseline, margin: 0.25, slice: metadata.language }}\n"
    ));
    let ended = quiz.eval(&["--baseline", "before"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let told: Vec<&str> = ended.data.lines().filter(|line| line.contains("right.accuracy  ask@1×m")).collect();
    insta::assert_snapshot!(told.join("\n"), @"
    ✗ missed  right.accuracy  ask@1×m  metadata.language=de
    ✓ holds   right.accuracy  ask@1×m  metadata.language=en
    ✓ holds   right.accuracy  ask@1×m  metadata.language=fr
    ");
}

#[test]
fn a_gate_on_one_slice_leaves_the_others_alone() {
    let quiz = quiz();
    for (slice, code) in [("metadata.language=en", 0), ("metadata.language=de", 1), ("tags=even", 0)] {
        quiz.spec(&format!("{SLICES}gates:\n  - {{ metric: right.accuracy, at_least: 0.7, slice: {slice} }}\n"));
        assert_eq!(quiz.eval(&[]).code, Some(code), "{slice}");
    }
}

#[test]
fn a_gate_on_a_slice_with_too_few_rows_fails_closed() {
    let quiz = quiz();
    quiz.spec(&format!(
        "{SLICES}gates:\n  - {{ metric: right.accuracy, at_least: 0.1, slice: metadata.language=ja }}\n"
    ));
    let ended = quiz.eval(&[]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.data.contains("enough rows"), "{ended:?}");
}

#[test]
fn what_is_no_slice_is_refused() {
    let quiz = quiz();
    quiz.spec("slices: [language]\n");
    insta::assert_snapshot!(quiz.eval(&[]).told(&quiz.project), @"
    exit 2
    error: evals/quiz.yaml: slices: `language` is no slice; slices are by `tags`, `split`, `metadata.FIELD` or `input.FIELD`
    ");
    insta::assert_snapshot!(quiz.project.carat(&["diff", "before", "@last", "--slice", "tag"]).told(&quiz.project), @"
    exit 2
    error: --slice: `tag` is no slice; slices are by `tags`, `split`, `metadata.FIELD` or `input.FIELD`
    ");
    assert_eq!(quiz.runs(), 1, "nothing has been run");
}

#[test]
fn diff_looks_at_slices_that_no_spec_asked_for() {
    let quiz = quiz();
    quiz.spec("");
    assert_eq!(quiz.eval(&[]).code, Some(0));
    let told = quiz.project.carat(&["diff", "before", "@last", "--rows", "0", "--slice", "metadata.language"]);
    insta::assert_snapshot!(told.shown(&quiz.project), @"
    exit 0
    A  ask@1×m  RUN
    B  ask@1×m  RUN
    80 rows on both sides

    metric                A       B  B - A  95 %           p, corrected  wins  losses  ties
    right.accuracy  100.0 %  87.5 %  -12.5  [-21.5, -6.9]        0.0020     0      10    70

    right.accuracy: worse by 12.5 points (95 % -21.5 to -6.9, p = 0.002, 80 pairs); with 80 rows only differences above 10.4 points can be seen

    slices
    slice                 metric          rows        A        B  B - A  95 %            p, corrected
    metadata.language=de  right.accuracy    30  100.0 %   66.7 %  -33.3  [-51.2, -18.2]        0.0039
    metadata.language=en  right.accuracy    30  100.0 %  100.0 %   +0.0  [-11.4, +11.4]        1.0000

    10 regressed
    ");
}
