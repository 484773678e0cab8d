//! A baseline that is a file: committed, or kept as an artifact of the main branch.

use std::fs;

use super::quiz::{Quiz, signs};

const GATE: &str = "right.accuracy no-worse-than baseline by 0.1";

/// A quiz whose baseline is in a file alone, as in a fresh clone.
fn quiz() -> Quiz {
    let quiz = Quiz::of(40);
    quiz.record("before", &signs(30, 10));
    let exported = quiz.project.carat(&["run", "export", "before", "before.carat"]);
    assert_eq!(exported.code, Some(0), "{exported:?}");
    fs::remove_dir_all(quiz.project.file(".carat")).unwrap();
    quiz
}

#[test]
fn a_file_is_as_good_a_baseline_as_the_run_was() {
    let quiz = quiz();
    let same = quiz.eval(&["--baseline", "before.carat", "--gate", GATE]);
    assert_eq!(same.code, Some(0), "{same:?}");
    quiz.answers(&signs(15, 25));
    insta::assert_snapshot!(quiz.eval(&["--baseline", "before.carat", "--gate", GATE]).shown(&quiz.project), @"
    exit 1
    quiz on questions@1, 40 rows: 40 cases  run RUN

    variant  right.accuracy        failures  cost
    ask@1×m   37.5 % [24.2, 53.0]  none         –

    ask@1×m against ask@1×m of before.carat
      right.accuracy: worse by 37.5 points (95 % -53.0 to -24.2, p < 0.0001, 40 pairs); with 40 rows only differences above 21.7 points can be seen

    gates
    ✗ missed  right.accuracy  ask@1×m
              worse by more than 0.1: at best -0.2422; worse by 37.5 points (95 % -53.0 to -24.2, p < 0.0001, 40 pairs); with 40 rows only differences above 21.7 points can be seen
    ");
    let named = quiz.eval(&["--baseline", "before.carat:ask@1×m", "--gate", GATE]);
    assert_eq!(named.code, Some(1), "{named:?}");
    let rows = quiz.project.carat(&["diff", "before.carat", "@last", "--rows", "1"]);
    assert!(rows.data.contains("q-16  regressed"), "{rows:?}");
    // The rows of the comment are read from the file, too.
    let comment = quiz.project.carat(&["run", "show", "@last", "--markdown", "-"]);
    assert!(comment.data.contains("15 rows got worse"), "{comment:?}");
}

#[test]
fn a_file_that_was_cut_short_changed_or_removed_is_refused_before_the_run() {
    let quiz = quiz();
    let whole = fs::read(quiz.project.file("before.carat")).unwrap();
    let refused = |bytes: &[u8]| {
        quiz.project.write("before.carat", bytes);
        quiz.eval(&["--baseline", "before.carat", "--gate", GATE]).told(&quiz.project)
    };
    let mut changed = whole.clone();
    changed[whole.len() / 2] ^= 1;
    let told = [refused(&whole[..whole.len() / 2]), refused(&changed), refused(b"{}\n"), refused(b"")];
    let sizeless = told.join("").replace(&format!("{} bytes", whole.len() / 2), "N bytes");
    insta::assert_snapshot!(sizeless, @"
    exit 2
    error: --baseline before.carat: before.carat is cut short: it ends after N bytes; copy it again, or export it again with `carat run export`
    exit 2
    error: --baseline before.carat: before.carat was changed after it was written: it does not agree with its checksum; copy it again (as a binary file), or export it again with `carat run export`
    exit 2
    error: --baseline before.carat: before.carat is not an archive of carat; `carat run export` makes one
    exit 2
    error: --baseline before.carat: before.carat is cut short: it ends after 0 bytes; copy it again, or export it again with `carat run export`
    ");
    fs::remove_file(quiz.project.file("before.carat")).unwrap();
    insta::assert_snapshot!(quiz.eval(&["--baseline", "before.carat", "--gate", GATE]).told(&quiz.project), @"
    exit 2
    error: --baseline before.carat: cannot read before.carat: No such file or directory (os error 2)
    ");
    assert_eq!(quiz.runs(), 0, "nothing has been run");
}

#[test]
fn a_file_that_is_removed_after_the_run_leaves_gates_that_do_not_hold() {
    let quiz = quiz();
    assert_eq!(quiz.eval(&["--baseline", "before.carat", "--gate", GATE]).code, Some(0));
    fs::remove_file(quiz.project.file("before.carat")).unwrap();
    let gate = quiz.report()["gates"][0].clone();
    assert_eq!(gate["holds"], false);
    insta::assert_snapshot!(gate["because"].as_str().unwrap(), @"the baseline is gone: --baseline before.carat: cannot read before.carat: No such file or directory (os error 2)");
}
