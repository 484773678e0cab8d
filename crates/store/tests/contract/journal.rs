//! What goes in comes out.

use std::sync::Arc;

use carat_core::event::{Judgement, RunStatus};
use carat_core::message::{Image, Part};
use carat_core::request::{ResponseFormat, Tool};
use carat_core::{
    Case, Completion, Digest, Event, EventKind, FinishReason, Grade, Labels, Message, ModelError, ModelErrorKind,
    ModelId, Outcome, Request, Role, Row, Sample, Score, Sink, ToolCall, Transcript, UnitInterval, Unscored,
    UnscoredKind, Usage,
};
use carat_store::{Detail, Store, StoreError};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::fixtures::*;

/// Words that break what is put together by hand.
const HOSTILE: &[&str] = &[
    "",
    "\0",
    "a\0b\u{1a}0",
    "'; DROP TABLE samples; --",
    "\"quoted\" \\ back",
    "sha256:015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862",
    "null",
    "{\"kind\":\"run_finished\"}",
    "line\nbreak\r\u{2028}",
    "🦀 é\u{301} \u{10ffff}\u{feff}",
    "%s {{ x }} $1 ?",
];

#[tokio::test]
async fn every_kind_of_event_comes_back_as_it_was() {
    let store = Store::in_memory().await.unwrap();
    let mut journal = begin(&store, 1).await;
    let error = ModelError {
        status: Some(429),
        retry_after_ms: Some(9),
        ..ModelError::new(ModelErrorKind::RateLimited, "slow")
    };
    let unrendered = Sample {
        request_digest: None,
        outcome: Outcome::Unrendered { message: "prompts/a.prompty:3: no `x`".into() },
        latency_us: None,
        transcript: Some(Arc::new(Transcript { row: Arc::new(row(4)), request: None })),
        ..sample(0, row(4), request(&[]))
    };
    let unanswered =
        Sample { outcome: Outcome::Unanswered { error: error.clone() }, ..sample(1, row(5), request(&["Which?"])) };
    let events = [
        started(0, run(1)),
        event(
            1,
            EventKind::AttemptFailed { case: case_of(1), scorer: None, attempt: 1, error: error.clone(), wait_ms: 500 },
        ),
        case(2),
        event(3, EventKind::ModelGivenUp { model: "gpt".into(), error: error.clone() }),
        finished_case(4, unrendered),
        finished_case(5, unanswered),
        finished_case(6, Sample { transcript: None, ..sample(1, row(5), request(&["Which?"])) }),
        finished(7, RunStatus::Interrupted),
        resumed(8),
        judged(9, judgement(1, "Is it polite?", "PASS")),
        event(10, asked_in_vain(error)),
        finished(11, RunStatus::Finished),
    ];
    journal.emit(&events).await.unwrap();
    assert_eq!(replayed(&store, &run(1), Detail::Full).await, events);
}

#[tokio::test]
async fn hostile_words_come_back_as_they_were_wherever_they_stand() {
    let folder = folder();
    let store = open(folder.path()).await;
    let mut journal = begin(&store, 1).await;
    let events: Vec<Event> = (0..).zip(HOSTILE).map(|(seq, word)| finished_case(seq, hostile(word))).collect();
    journal.emit(&events).await.unwrap();
    assert_eq!(replayed(&store, &run(1), Detail::Full).await, events);
    let rows: Vec<String> = store.recorded(&run(1)).await.unwrap().iter().map(|it| it.row.to_string()).collect();
    assert_eq!(rows, HOSTILE);
}

#[tokio::test]
async fn verdicts_come_without_the_transcript_and_otherwise_the_same() {
    let store = Store::in_memory().await.unwrap();
    let mut journal = begin(&store, 1).await;
    journal.emit(&[started(0, run(1)), case(1), finished(2, RunStatus::Finished)]).await.unwrap();
    let without = finished_case(1, Sample { transcript: None, ..sample(0, row(1), request(&["Which queue?"])) });
    let expected = [started(0, run(1)), without, finished(2, RunStatus::Finished)];
    assert_eq!(replayed(&store, &run(1), Detail::Verdicts).await, expected);
}

#[tokio::test]
async fn a_run_of_many_pages_comes_back_in_order() {
    let store = Store::in_memory().await.unwrap();
    let mut journal = begin(&store, 1).await;
    let failed = |seq| {
        let error = ModelError::new(ModelErrorKind::Timeout, "late");
        event(seq, EventKind::AttemptFailed { case: case_of(seq), scorer: None, attempt: 1, error, wait_ms: 1 })
    };
    let events: Vec<Event> = (0..1500).map(|seq| if seq % 3 == 0 { failed(seq) } else { case(seq) }).collect();
    for batch in events.chunks(77) {
        journal.emit(batch).await.unwrap();
    }
    assert_eq!(replayed(&store, &run(1), Detail::Full).await, events);
    assert_eq!(replayed(&store, &run(1), Detail::Verdicts).await.len(), events.len());
}

#[tokio::test]
async fn a_number_that_is_taken_is_refused_with_its_whole_batch_and_the_journal_goes_on() {
    let store = Store::in_memory().await.unwrap();
    let mut journal = begin(&store, 1).await;
    journal.emit(&[started(0, run(1)), case(1)]).await.unwrap();
    let error = journal.record(&[case(2), case(2)]).await.unwrap_err();
    assert_eq!(error, StoreError::OutOfOrder { run: run(1), seq: 2, next: 3 });
    assert_eq!(journal.next_seq(), 2);
    journal.emit(&[case(2)]).await.unwrap();
    assert_eq!(replayed(&store, &run(1), Detail::Full).await, [started(0, run(1)), case(1), case(2)]);
}

#[tokio::test]
async fn a_number_that_no_database_holds_is_refused() {
    let store = Store::in_memory().await.unwrap();
    let mut journal = begin(&store, 1).await;
    let endless = Sample { latency_us: Some(u64::MAX), ..sample(0, row(1), request(&[])) };
    let error = journal.record(&[finished_case(0, endless)]).await.unwrap_err();
    assert!(matches!(error, StoreError::Unrecordable { what: "a latency", .. }), "{error}");
}

#[tokio::test]
async fn one_sample_is_found_by_its_number() {
    let store = Store::in_memory().await.unwrap();
    let mut journal = begin(&store, 1).await;
    journal.emit(&[started(0, run(1)), case(1)]).await.unwrap();
    assert_eq!(store.sample_at(&run(1), 1).await.unwrap(), sample(0, row(1), request(&["Which queue?"])));
    let error = store.sample_at(&run(1), 0).await.unwrap_err();
    assert_eq!(error, StoreError::NoSuchSample { run: run(1), seq: 0 });
}

/// A judge's attempt that failed.
fn asked_in_vain(error: ModelError) -> EventKind {
    EventKind::AttemptFailed { case: case_of(1), scorer: Some("polite".into()), attempt: 1, error, wait_ms: 500 }
}

fn case_of(number: u64) -> Case {
    Case { variant: 0, row: row(number).id, trial: 0 }
}

/// A sample with the same word wherever words can stand.
fn hostile(word: &str) -> Sample {
    let text = || word.to_owned();
    let mut row = Row { id: word.into(), expected: Some(json!([word, 0.1])), split: Some(text()), ..row(1) };
    row.input.insert(text(), json!({ word: [word, null] }));
    row.messages.push(Message { name: Some(text()), ..Message::text(Role::Tool, text()) });
    let call = ToolCall { id: text(), name: text(), arguments: json!(word) };
    let image = Image { url: text(), digest: None, media_type: Some(text()), bytes: None };
    let mut message = Message { tool_calls: vec![call.clone()], ..Message::text(Role::Assistant, text()) };
    message.content.push(Part::Image(image));
    let mut request = Request { messages: vec![message], ..request(&[word, word]) };
    request.tools.push(Tool {
        name: text(),
        description: Some(text()),
        parameters: json!({ word: word }),
        strict: Some(true),
    });
    request.response_format = Some(ResponseFormat::JsonSchema { name: text(), schema: json!(word), strict: false });
    request.parameters.0.insert(text(), json!(word));
    let completion =
        Completion { text: text(), tool_calls: vec![call], refusal: Some(text()), ..Completion::default() };
    let labels = Labels { expected: text(), predicted: Some(text()) };
    let (labels, category, counts) = (Some(labels), Some(text()), vec![u32::MAX]);
    let score = Score { labels, category, counts, ..Score::from(Grade::Pass(false)).because(word) };
    let unscored = vec![(word.into(), Unscored::new(UnscoredKind::ScorerFailed, word))];
    let outcome =
        Outcome::Completed { completion, scores: vec![(word.into(), score.clone()), (word.into(), score)], unscored };
    Sample { outcome, ..sample(0, row, request) }
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        proptest::sample::select(HOSTILE).prop_map(str::to_owned),
        "[a-c\\x00\\x1a]{0,3}",
        Just("long ".repeat(40))
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_filter("JSON has no such number", |number| number.is_finite()).prop_map(Value::from),
        word().prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::from),
            vec((word(), inner), 0..3).prop_map(|members| { Value::Object(members.into_iter().collect()) })
        ]
    })
}

prop_compose! {
    fn any_row()(id in word(), input in vec((word(), value()), 0..3), expected in option::of(value()), tags in vec(word(), 0..2)) -> Row {
        let expected = expected.filter(|expected| !expected.is_null());
        let input = input.into_iter().collect::<Map<_, _>>();
        Row { id: id.into(), input, expected, tags, split: None, metadata: Map::new(), messages: Vec::new() }
    }
}

fn any_request() -> impl Strategy<Value = Request> {
    (vec(word(), 0..4), vec((word(), value()), 0..2)).prop_map(|(texts, parameters)| {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let mut request = request(&texts);
        request.parameters.0.extend(parameters);
        request
    })
}

fn any_outcome() -> impl Strategy<Value = Outcome> {
    let usage =
        Usage { input_tokens: u64::MAX, output_tokens: 0, cached_input_tokens: None, reasoning_tokens: Some(1) };
    let labels = (word(), option::of(word())).prop_map(|(expected, predicted)| Labels { expected, predicted });
    let words = (option::of(word()), option::of(labels), option::of(word()));
    let score = (0.0..=1.0, option::of(any::<bool>()), words, vec(any::<u32>(), 0..3)).prop_map(
        |(value, pass, (reason, labels, category), counts)| {
            let value = UnitInterval::new(value).unwrap();
            Score { value, pass, reason, labels, category, counts }
        },
    );
    let unscored = proptest::sample::select(&[UnscoredKind::NoExpectation, UnscoredKind::JudgeFailed]);
    let completed = (word(), vec((word(), score), 0..3), vec((word(), word(), unscored), 0..2)).prop_map(
        move |(text, scores, unscored)| {
            let completion =
                Completion { text, finish_reason: FinishReason::Length, usage: Some(usage), ..Completion::default() };
            let scores = scores.into_iter().map(|(name, score)| (Arc::from(name), score)).collect();
            let unscored = unscored.into_iter().map(|(name, why, kind)| (Arc::from(name), Unscored::new(kind, why)));
            Outcome::Completed { completion, scores, unscored: unscored.collect() }
        },
    );
    prop_oneof![
        4 => completed,
        1 => word().prop_map(|message| Outcome::Unrendered { message }),
        1 => word().prop_map(|message| Outcome::Unanswered { error: ModelError::new(ModelErrorKind::Server, message) }),
    ]
}

prop_compose! {
    fn any_sample()(
        row in any_row(), request in option::of(any_request()), outcome in any_outcome(), known in any::<bool>(),
        variant in any::<u32>(), trial in any::<u32>(), attempts in any::<u32>(), latency in option::of(0..=i64::MAX as u64),
    ) -> Sample {
        Sample {
            case: Case { variant, row: row.id.clone(), trial },
            row_digest: row.digest(),
            request_digest: request.as_ref().map(|request| request.digest()),
            outcome,
            attempts,
            latency_us: latency,
            transcript: known.then(|| Arc::new(Transcript { row: Arc::new(row), request: request.map(Arc::new) })),
        }
    }
}

prop_compose! {
    fn any_judgement()(
        texts in (word(), word(), word(), word()), variant in any::<u32>(), trial in any::<u32>(), vote in any::<u32>(),
        attempts in any::<u32>(), latency_us in any::<u64>(), cached in any::<bool>(),
    ) -> Judgement {
        let (row, scorer, model, text) = texts;
        Judgement {
            case: Case { variant, row: row.into(), trial },
            scorer: scorer.into(),
            model: ModelId { name: model.as_str().into(), digest: Digest::of_bytes(model.as_bytes()) },
            request_digest: Digest::of_bytes(text.as_bytes()),
            vote,
            completion: Completion { text, ..Completion::default() },
            attempts,
            latency_us,
            cached,
        }
    }
}

fn any_kind() -> impl Strategy<Value = EventKind> {
    prop_oneof![
        4 => any_sample().prop_map(|sample| EventKind::CaseFinished { sample: Box::new(sample) }),
        1 => (word(), any::<u64>()).prop_map(|(text, wait_ms)| EventKind::AttemptFailed {
            case: Case { variant: 0, row: text.as_str().into(), trial: 0 },
            scorer: (wait_ms % 2 == 0).then(|| text.as_str().into()),
            attempt: 1,
            error: ModelError::new(ModelErrorKind::Connection, text),
            wait_ms,
        }),
        2 => any_judgement().prop_map(|judgement| EventKind::JudgeAnswered { judgement: Box::new(judgement) }),
        1 => word().prop_map(|model| EventKind::ModelGivenUp {
            model: model.into(),
            error: ModelError::new(ModelErrorKind::NotFound, "gone"),
        }),
        1 => word().prop_map(|at| EventKind::RunFinished { at, status: RunStatus::Failed }),
    ]
}

/// Events with rising numbers, with gaps or without, in batches.
pub(crate) fn any_batches() -> impl Strategy<Value = Vec<Vec<Event>>> {
    vec(vec((any_kind(), 1_u64..3, 0..=i64::MAX as u64), 1..12), 1..5).prop_map(|batches| {
        let mut next = 0;
        let mut number = |(kind, step, elapsed_us)| {
            next += step;
            Event { seq: next - 1, elapsed_us, kind }
        };
        batches.into_iter().map(|batch| batch.into_iter().map(&mut number).collect()).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_sequence_of_events_is_replayed_as_it_was(batches in any_batches()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let store = Store::in_memory().await.unwrap();
            let mut journal = begin(&store, 1).await;
            for batch in &batches {
                journal.emit(batch).await.unwrap();
            }
            let events = batches.concat();
            prop_assert_eq!(journal.next_seq(), events.last().map_or(0, |event| event.seq + 1));
            let replayed = replayed(&store, &run(1), Detail::Full).await;
            for event in &replayed {
                let EventKind::CaseFinished { sample } = &event.kind else { continue };
                if let Some(transcript) = &sample.transcript {
                    prop_assert_eq!(transcript.request.as_ref().map(|request| request.digest()), sample.request_digest);
                    prop_assert_eq!(transcript.row.digest(), sample.row_digest);
                }
            }
            prop_assert_eq!(replayed, events);
            Ok(())
        })?;
    }
}
