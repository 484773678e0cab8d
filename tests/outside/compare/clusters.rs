//! Rows that hang together: intervals, comparisons and gates are over their clusters.

use serde_json::{Value, json};

use super::quiz::{Quiz, signs};

const CLUSTER: &str = "cluster: metadata.document\n";

/// Forty questions on eight documents, all answered well before.
fn quiz() -> Quiz {
    let quiz = Quiz::of(40);
    quiz.rows(|number| json!({"metadata": {"document": format!("d-{}", (number - 1) / 5)}}));
    quiz.spec(CLUSTER);
    quiz.record("before", &"+".repeat(40));
    quiz
}

fn accuracy(report: &Value) -> &Value {
    &report["variants"][0]["metrics"]["right.accuracy"]
}

#[test]
fn a_report_says_over_how_many_clusters_it_speaks() {
    let quiz = quiz();
    // Two documents that are not understood any more.
    quiz.answers(&format!("{}{}", "-".repeat(10), "+".repeat(30)));
    insta::assert_snapshot!(quiz.eval(&["--baseline", "before"]).shown(&quiz.project), @"
    exit 0
    quiz on questions@1, 40 rows in 8 clusters by metadata.document: 40 cases  run RUN

    variant  right.accuracy        failures  cost
    ask@1×m   75.0 % [33.0, 94.8]  none         –
    ! 8 clusters are few, and intervals may be too short; from 20 of equal size on they are about right

    ask@1×m against ask@1×m of RUN
      right.accuracy: no difference shown (-25.0 points, 95 % -63.7 to +13.7, p = 0.50, 40 pairs in 8 clusters); with 40 rows in 8 clusters only differences above 45.9 points can be seen
    ");
    let report = quiz.report();
    let clusters = &report["clusters"];
    assert_eq!(
        (&clusters["by"], &clusters["clusters"], &clusters["alone"]),
        (&"metadata.document".into(), &8.into(), &0.into())
    );
    assert_eq!(
        (&accuracy(&report)["interval"], &accuracy(&report)["clusters"]),
        (&"clustered-wilson".into(), &8.into())
    );
    let compared = &report["comparisons"][0];
    let metric = &compared["metrics"][0];
    assert_eq!((&compared["clustered_by"], &metric["clusters"]), (&"metadata.document".into(), &8.into()));
    assert_eq!((&metric["interval"], &metric["test"]), (&"clustered-t".into(), &"clustered-sign-flip".into()));
    let flipped = &metric["flipped"];
    assert_eq!((&flipped["to_fail"], &flipped["to_pass"]), (&10.into(), &0.into()));
    assert_eq!((&flipped["to_fail_rows"][0], flipped["to_fail_rows"].as_array().unwrap().len()), (&"q-01".into(), 10));
}

#[test]
fn a_gate_is_held_against_the_interval_over_clusters() {
    let quiz = quiz();
    quiz.answers(&format!("{}{}", "-".repeat(10), "+".repeat(30)));
    let gate = ["--baseline", "before", "--gate", "right.accuracy no-worse-than baseline by 0.5"];
    let clustered = quiz.eval(&gate);
    quiz.spec("");
    let rows = quiz.eval(&gate);
    assert_eq!((clustered.code, rows.code), (Some(1), Some(0)), "{clustered:?}");
    let told = [clustered, rows].map(|ended| ended.data.split_once("gates\n").unwrap().1.trim_end().to_owned());
    insta::assert_snapshot!(told.join("\n"), @"
    ✗ missed  right.accuracy  ask@1×m
              may be worse by more than 0.5: at worst -0.6370; no difference shown (-25.0 points, 95 % -63.7 to +13.7, p = 0.50, 40 pairs in 8 clusters); with 40 rows in 8 clusters only differences above 45.9 points can be seen
    ✓ holds   right.accuracy  ask@1×m
              no worse by 0.5: at worst -0.4019; worse by 25.0 points (95 % -40.2 to -14.0, p = 0.002, 40 pairs); with 40 rows only differences above 19.4 points can be seen
    ");
}

#[test]
fn one_cluster_passes_no_gate() {
    let quiz = Quiz::of(40);
    quiz.rows(|_| json!({"metadata": {"document": "the only one"}}));
    quiz.spec(CLUSTER);
    quiz.record("before", &"+".repeat(40));
    let gates = ["--gate", "right.accuracy >= 0.1", "--gate", "right.accuracy no-worse-than baseline by 0.9"];
    let ended = quiz.eval(&[&["--baseline", "before"][..], &gates].concat());
    insta::assert_snapshot!(ended.shown(&quiz.project), @"
    exit 1
    quiz on questions@1, 40 rows in 1 cluster by metadata.document: 40 cases  run RUN

    variant  right.accuracy         failures  cost
    ask@1×m  100.0 % [ 0.0, 100.0]  none         –
    ! all rows are of one cluster, which tells nothing of others: no interval, and no comparison

    ask@1×m against ask@1×m of RUN
      right.accuracy: not compared: all rows that have it on both sides are of one cluster by `metadata.document`, and nothing tells how far from it another one would lie

    gates
    ✗ missed  right.accuracy  ask@1×m
              at least 0.1: the lower end is 0.0000; measured 1.0000 (0.0000 to 1.0000) on 40
    ✗ missed  right.accuracy  ask@1×m
              `right.accuracy` could not be compared: all rows that have it on both sides are of one cluster by `metadata.document`, and nothing tells how far from it another one would lie
    ");
}

#[test]
fn rows_without_the_field_are_clusters_of_their_own_and_counted() {
    let quiz = Quiz::of(40);
    quiz.rows(|number| if number > 20 { json!({"metadata": {"document": number % 4}}) } else { json!({}) });
    quiz.spec(CLUSTER);
    quiz.record("before", &signs(30, 10));
    let report = quiz.report();
    assert_eq!((&report["clusters"]["clusters"], &report["clusters"]["alone"]), (&24.into(), &20.into()));
    assert_eq!(accuracy(&report)["clusters"], 24);
}

#[test]
fn a_resume_counts_all_rows_by_the_clusters_of_the_spec_as_it_is_now() {
    let quiz = quiz();
    quiz.answers(&signs(26, 14));
    quiz.record_as("clustered");
    let clustered = quiz.report();
    quiz.spec("");
    quiz.record_as("rows");
    let rows = quiz.report();
    assert!(rows.get("clusters").is_none() && accuracy(&rows)["interval"] == "wilson", "{rows}");
    for (spec, before) in [(CLUSTER, &clustered), ("", &rows), (CLUSTER, &clustered)] {
        quiz.spec(spec);
        let resumed = quiz.project.carat(&["run", "resume", "rows"]);
        assert_eq!(resumed.code, Some(0), "{resumed:?}");
        assert!(resumed.talk.contains("40 kept"), "nothing is asked again: {resumed:?}");
        let shown = quiz.project.report("rows");
        assert_eq!((accuracy(&shown), shown.get("clusters")), (accuracy(before), before.get("clusters")));
        let rescored = quiz.project.carat(&["eval", "--rescore", "rows", "-q"]);
        assert_eq!(rescored.code, Some(0), "{rescored:?}");
        assert_eq!(accuracy(&quiz.project.report("rows")), accuracy(before));
    }
}

#[test]
fn diff_clusters_rows_as_the_right_side_does() {
    let quiz = quiz();
    quiz.answers(&signs(26, 14));
    quiz.record_as("after");
    let exported = quiz.project.carat(&["run", "export", "after", "after.carat", "-q"]);
    assert_eq!(exported.code, Some(0), "{exported:?}");
    for right in ["after", "after.carat"] {
        let told = quiz.project.carat(&["diff", "before", right, "--rows", "0", "--json"]);
        let told: Value = serde_json::from_str(&told.data).unwrap();
        let comparison = &told["diffs"][0]["comparison"];
        assert_eq!(comparison["clustered_by"], "metadata.document", "{right}");
        insta::allow_duplicates! {
            insta::assert_snapshot!(comparison["metrics"][0]["sentence"].as_str().unwrap(), @"no difference shown (-35.0 points, 95 % -75.7 to +5.7, p = 0.25, 40 pairs in 8 clusters); with 40 rows in 8 clusters only differences above 48.2 points can be seen");
        }
    }
    let backwards = quiz.project.carat(&["diff", "after", "before", "--rows", "0"]);
    assert!(backwards.data.contains("in 8 clusters"), "{backwards:?}");
}

#[test]
fn variants_of_one_run_are_clustered_as_its_spec_says_whichever_way_they_are_named() {
    let quiz = quiz();
    quiz.project.write("prompts/beg.prompty", "user:\nPlease: {{ question }}\n");
    quiz.answers(&signs(26, 14));
    let ended = quiz.eval(&["--prompt", "ask", "--prompt", "beg", "--name", "both"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    for args in [&["both"][..], &["both", "beg@1×m"], &["both:ask@1×m", "both:beg@1×m"]] {
        let told = quiz.project.carat(&[&["diff"][..], args, &["--rows", "0"]].concat());
        assert!(told.data.contains("40 pairs in 8 clusters"), "{args:?}: {told:?}");
    }
}

#[test]
fn a_field_that_clusters_nothing_is_refused() {
    let quiz = Quiz::of(10);
    quiz.rows(|number| json!({"metadata": {"document": "d", "sources": [number]}}));
    quiz.answers(&signs(10, 0));
    let told: Vec<String> = ["document", "tags", "metadata.documnet", "metadata.sources", "[metadata.document]", "7"]
        .iter()
        .map(|by| {
            quiz.spec(&format!("cluster: {by}\n"));
            format!("{by}\n{}", quiz.eval(&[]).told(&quiz.project).trim_end())
        })
        .collect();
    assert_eq!(quiz.runs(), 0, "nothing has been run");
    insta::assert_snapshot!(told.join("\n"), @"
    document
    exit 2
    error: evals/quiz.yaml: cluster: `document` is no field of a row; rows are clustered by `metadata.FIELD`, `input.FIELD` or `split`
    tags
    exit 2
    error: evals/quiz.yaml: cluster: a row may have several tags, and is in one cluster; rows are clustered by `metadata.FIELD`, `input.FIELD` or `split`
    metadata.documnet
    exit 2
    error: evals/quiz.yaml: cluster: no row has `metadata.documnet`; each would be a cluster of its own, as if rows were independent
    metadata.sources
    exit 2
    error: evals/quiz.yaml: cluster: row `q-01`: `metadata.sources` is a list, and a row is in one cluster; name a field with one value
    [metadata.document]
    exit 2
    error: evals/quiz.yaml:6:10: expected a text
    7
    exit 2
    error: evals/quiz.yaml: cluster: `7` is no field of a row; rows are clustered by `metadata.FIELD`, `input.FIELD` or `split`
    ");
}
