//! A dry run refuses what a run would refuse before its first call, in the same words, and leaves no trace.

use carat_store::{Kind, Store};
use serde_json::json;

use super::quiz::{Quiz, signs};

const NEVER_BASELINE: &str = "right.accuracy no-worse-than nobody by 0.1";

/// A quiz with a baseline of three right answers and a wrong one.
fn quiz() -> Quiz {
    let quiz = Quiz::of(4);
    quiz.record("before", &signs(3, 1));
    quiz
}

/// What a dry run says of its faults; the run says the same, and neither is recorded.
fn refused(quiz: &Quiz, flags: &[&str]) -> String {
    let runs = quiz.runs();
    let dry = quiz.eval(&[&["--dry-run"], flags].concat()).told(&quiz.project);
    assert_eq!(dry, quiz.eval(flags).told(&quiz.project), "{flags:?}");
    assert_eq!(quiz.runs(), runs, "{flags:?}");
    dry
}

/// All versions of the prompt and the dataset, and all runs, as the store has them.
async fn kept(quiz: &Quiz) -> String {
    let store = Store::open(quiz.project.file(".carat/carat.db").to_str().unwrap()).await.unwrap();
    let prompts = store.versions(Kind::Prompt, "ask").await.unwrap();
    let datasets = store.versions(Kind::Dataset, "questions").await.unwrap();
    let runs = store.runs().await.unwrap();
    let last = store.recorded(&runs[0].id).await.unwrap();
    store.close().await;
    format!("{prompts:?}\n{datasets:?}\n{runs:?}\n{last:?}")
}

#[test]
fn gates_on_the_command_line_are_refused_as_a_run_refuses_them() {
    let quiz = quiz();
    let told = [
        "right.acuracy >= 0.5",
        "right.accuracy >= 0.5 on tags",
        "right.accuracy >= 80",
        "errors.share <= 1",
        "right.accuracy no-worse-than baseline by 1",
        "right.accuracy better-than ask",
        NEVER_BASELINE,
    ]
    .map(|gate| refused(&quiz, &["--baseline", "before", "--gate", gate]));
    insta::assert_snapshot!(told.join(""), @"
    exit 2
    error: evals/quiz.yaml: there is no metric `right.acuracy` (there are right.accuracy, errors.share, unscored.share, latency.p50, latency.p95, latency.p99, tokens.input, tokens.output, tokens.total, cost.total, cost.per_sample); did you mean `right.accuracy`?
    exit 2
    error: evals/quiz.yaml: gate `right.accuracy`: the spec makes no slices by `tags`; list it under `slices`
    exit 2
    error: evals/quiz.yaml: gate `right.accuracy`: nothing is ever at least 80; 80 per cent are 0.8
    exit 2
    error: evals/quiz.yaml: gate `errors.share`: everything is at most 1; 5 per cent are 0.05
    exit 2
    error: evals/quiz.yaml: gate `right.accuracy`: a margin of 1 always holds; five points are 0.05
    exit 2
    error: evals/quiz.yaml: gate `right.accuracy`: there is no other variant than `ask` to hold against it
    exit 2
    error: evals/quiz.yaml: gate `right.accuracy`: there is no prompt or variant `nobody` in this run
    ");
}

#[test]
fn gates_of_a_spec_are_refused_as_a_run_refuses_them() {
    let quiz = quiz();
    let told = [
        "metric: right.accuracy",
        "metric: right.accuracy, no_worse_than: baseline",
        "metric: right.accuracy, detectable_at_most: 0.1",
        "metric: latency.p95, better_than: ask",
    ]
    .map(|gate| {
        quiz.spec(&format!("gates:\n  - {{ {gate} }}\n"));
        refused(&quiz, &[])
    });
    insta::assert_snapshot!(told.join(""), @"
    exit 2
    error: evals/quiz.yaml: gate `right.accuracy` needs `at_least`, `at_most`, `no_worse_than`, `better_than` or `detectable_at_most`
    exit 2
    error: evals/quiz.yaml: gate `right.accuracy`: `no_worse_than` needs a `margin`, the largest loss that does not matter (0.02 is two points); no data can show that nothing at all is lost
    exit 2
    error: evals/quiz.yaml: gate `right.accuracy` is held against the baseline, and there is none; name a run or an exported file with --baseline, or `none` for the run that is to become the first one
    exit 2
    error: evals/quiz.yaml: gate `latency.p95` cannot be held against another run row by row; bound it with `at_most`, or compare `cost.per_sample`, `errors.share` or what a scorer measures
    ");
}

#[test]
fn baselines_are_refused_as_a_run_refuses_them() {
    let quiz = quiz();
    let nowhere = ["befor", "before:beg@1×m", "gone.carat", "@last~3"];
    let mut told = nowhere.map(|baseline| refused(&quiz, &["--baseline", baseline])).concat();
    quiz.rows(|number| if number == 3 { json!({"expected": "no"}) } else { json!({}) });
    told += &refused(&quiz, &["--baseline", "before"]);
    quiz.rows(|number| json!({"id": format!("z-{number}")}));
    told += &refused(&quiz, &["--baseline", "before", "--common-rows"]);
    insta::assert_snapshot!(told, @"
    exit 2
    error: --baseline befor: no run is called `befor`; did you mean `before`?
    exit 2
    error: --baseline before:beg@1×m: RUN has no variant `beg@1×m` (there are ask@1×m)
    exit 2
    error: --baseline gone.carat: cannot read gone.carat: No such file or directory (os error 2)
    exit 2
    error: --baseline @last~3: `@last~3` reaches back too far: there are 1 runs, the oldest is `@last~0`
    exit 2
    error: the baseline was measured on other rows: of 4 rows to run it has 3 with the same content, 1 with other content and lacks 0; take a new baseline, or add --common-rows to compare the 3 that both have
    exit 2
    error: the baseline was measured on other data: none of the 4 rows to run is among its 4 rows with the same content; take a baseline of this dataset
    ");
}

#[test]
fn where_one_variant_is_wanted_a_run_of_several_is_refused() {
    let quiz = Quiz::of(4);
    quiz.project.write("prompts/beg.prompty", "user:\nPlease: {{ question }}\n");
    quiz.answers(&signs(3, 1));
    let both = quiz.eval(&["--prompt", "ask", "--prompt", "beg", "--name", "both"]);
    assert_eq!(both.code, Some(0), "{both:?}");
    let models = |from: &str| {
        let models = "models:\n  m: { provider: recorded, from: answers.jsonl }\n  judge: { provider: command, command: [\"true\"] }\n";
        quiz.project.write("carat.yaml", models.replace("answers.jsonl", from));
    };
    let told = ["\"run:both\"", "\"run:both:bag@1×m\""].map(|from| {
        models(from);
        refused(&quiz, &[])
    });
    models("answers.jsonl");
    quiz.scorers(
        "  - { name: better, judge: { model: judge, pairwise: { criterion: Politer., against: baseline } } }\n",
    );
    let judged = ["both", "both:bag@1×m"].map(|baseline| refused(&quiz, &["--baseline", baseline]));
    insta::assert_snapshot!(told.concat() + &judged.concat(), @"
    exit 2
    error: carat.yaml: models.m: both has several variants, and only the answers of one can be taken; add `:` and one of ask@1×m, beg@1×m
    exit 2
    error: carat.yaml: models.m: both has no variant `bag@1×m` (there are ask@1×m, beg@1×m); did you mean `beg@1×m`?
    exit 2
    error: --baseline both: RUN has several variants, and only the answers of one can be taken; add `:` and one of ask@1×m, beg@1×m
    exit 2
    error: --baseline both:bag@1×m: RUN has no variant `bag@1×m` (there are ask@1×m, beg@1×m); did you mean `beg@1×m`?
    ");
}

#[test]
fn the_gates_that_will_be_held_stand_under_the_plan() {
    let quiz = Quiz::of(4);
    quiz.record("before", &signs(3, 1));
    quiz.spec(
        "slices: [tags]\ngates:\n  - { metric: right.accuracy, at_least: 0.1, at_most: 0.9 }\n  - { metric: latency.p95, at_most: 2s, mode: warn }\n",
    );
    let relative = "right.accuracy no-worse-than baseline by 0.1 on tags=de with 0.9";
    let flags = ["--baseline", "before", "--gate", relative, "--dry-run"];
    insta::assert_snapshot!(quiz.eval(&flags).shown(&quiz.project), @"
    exit 0
    quiz: 4 rows of questions × 1 prompts × 1 models × 1 trials = 4 calls

    prompt  model  calls  input tokens, about
    ask     m          4                   48

    gates
    block  right.accuracy >= 0.1 and <= 0.9
    warn   latency.p95 <= 2000ms
    block  right.accuracy no-worse-than baseline by 0.1 on tags=de with 0.9
    ");
    let warned = quiz.eval(&[&flags[..], &["--gate", "warn"]].concat());
    assert_eq!(warned.data.matches("\nwarn   ").count(), 3, "{warned:?}");
}

#[tokio::test]
async fn nothing_is_recorded_or_numbered() {
    let quiz = quiz();
    let before = kept(&quiz).await;
    quiz.project.write("prompts/ask.prompty", "system:\nThink first.\nuser:\n{{ question }}\n");
    quiz.rows(|number| json!({"metadata": {"number": number}}));
    let gates = ["right.accuracy >= 0.1", "right.acuracy >= 0.1"].map(|gate| ["--gate", gate]);
    for flags in gates.iter().chain([&["--resume", "before"], &["--rescore", "before"]]) {
        quiz.eval(&[&flags[..], &["--dry-run"]].concat());
        assert_eq!(kept(&quiz).await, before, "{flags:?}");
    }
}

#[test]
fn no_store_is_made() {
    let quiz = Quiz::of(4);
    quiz.answers(&signs(3, 1));
    let told = [&[][..], &["--baseline", "before"], &["--resume", "before"], &["--rescore", "@last"]]
        .map(|flags| quiz.eval(&[flags, &["--dry-run"]].concat()).told(&quiz.project));
    assert!(!quiz.project.file(".carat").exists());
    insta::assert_snapshot!(told.concat(), @"
    exit 0
    exit 2
    error: --baseline before: there are no runs yet; `carat eval` makes one
    exit 2
    error: there are no runs yet; `carat eval` makes one
    exit 2
    error: there are no runs yet; `carat eval` makes one
    ");
    assert_eq!(quiz.eval(&["--baseline", "before"]).code, Some(2));
}

#[test]
fn a_variant_is_known_by_the_version_that_it_would_get() {
    let quiz = Quiz::of(4);
    quiz.answers(&signs(3, 1));
    quiz.project.write("prompts/beg.prompty", "user:\nPlease: {{ question }}\n");
    let gate = |version: u32| format!("right.accuracy no-worse-than ask@{version}×m by 0.9");
    let code = |version: u32, flags: &[&str]| {
        quiz.eval(&[&["--prompt", "ask", "--prompt", "beg", "--gate", &gate(version)], flags].concat()).code
    };
    assert_eq!((code(1, &["--dry-run"]), code(2, &["--dry-run"])), (Some(0), Some(2)));
    assert_eq!(code(1, &["--name", "once"]), Some(0));
    let resumed = ["--dry-run", "--resume", "once"];
    assert_eq!((code(1, &resumed), code(2, &resumed)), (Some(0), Some(2)));
    quiz.project.write("prompts/ask.prompty", "system:\nThink first.\nuser:\n{{ question }}\n");
    assert_eq!((code(1, &["--dry-run"]), code(2, &["--dry-run"])), (Some(2), Some(0)));
}

#[test]
fn going_on_and_scoring_again_tell_their_gates_and_refuse_what_they_would_refuse() {
    let quiz = quiz();
    quiz.spec("gates:\n  - { metric: right.accuracy, at_least: 0.1 }\n");
    let told = ["--resume", "--rescore"].map(|how| {
        let dry = quiz.project.carat(&["eval", how, "before", "--dry-run", "-q"]);
        dry.shown(&quiz.project)
    });
    insta::assert_snapshot!(told.join(""), @"
    exit 0
    going on with run RUN: 4 kept

    gates
    block  right.accuracy >= 0.1
    exit 0
    4 recorded answers of run RUN to score again

    gates
    block  right.accuracy >= 0.1
    ");
    let told = ["--resume", "--rescore"].map(|how| {
        let faults =
            [&["--baseline", "befor"][..], &["--baseline", "before"], &["--gate", NEVER_BASELINE]].map(|fault| {
                let flags = [&["eval", "-q", how, "before"], fault].concat();
                let dry = quiz.project.carat(&[&flags[..], &["--dry-run"]].concat()).told(&quiz.project);
                assert_eq!(dry, quiz.project.carat(&flags).told(&quiz.project), "{flags:?}");
                dry
            });
        faults.concat()
    });
    insta::allow_duplicates! {
        for told in told {
            insta::assert_snapshot!(told, @"
            exit 2
            error: --baseline befor: no run is called `befor`; did you mean `before`?
            exit 2
            error: the baseline is the run itself; name another run, or one of its variants as RUN:VARIANT
            exit 2
            error: evals/quiz.yaml: gate `right.accuracy`: there is no prompt or variant `nobody` in this run
            ");
        }
    }
}

#[test]
fn without_its_key_a_dry_run_shows_the_plan_and_ends_as_the_run_would() {
    let quiz = Quiz::of(4);
    quiz.project.write("carat.yaml", "models:\n  m: { provider: openai, api_key_env: NO_SUCH_KEY }\n");
    let dry = quiz.eval(&["--dry-run"]);
    assert!(dry.data.starts_with("quiz: 4 rows of questions"), "{dry:?}");
    let told = refused(&quiz, &[]);
    assert!(told.starts_with("exit 2\n") && told.contains("NO_SUCH_KEY is not set"), "{told}");
}

#[test]
fn a_row_that_no_prompt_can_take_is_a_matter_of_the_run() {
    let quiz = Quiz::of(6);
    quiz.rows(|number| if number == 6 { json!({"input": {"query": "?"}}) } else { json!({}) });
    quiz.answers(&signs(6, 0));
    let dry = quiz.eval(&["--dry-run", "--gate", "errors.share <= 0.9"]);
    assert_eq!(dry.code, Some(0), "{dry:?}");
    assert!(dry.data.contains("block  errors.share <= 0.9"), "{dry:?}");
    let ended = quiz.eval(&["--gate", "errors.share <= 0.9"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(quiz.report()["variants"][0]["failures"], json!({"unrendered": 1}));
}
