use std::collections::BTreeMap;

use carat_sim::{Endpoint, Latency, ModelSettings, Settings, Simulation};
use serde_json::{Value, json};

use crate::{Table, asking};

fn numbered(count: usize) -> BTreeMap<String, String> {
    (0..count).map(|n| (format!("What is number {n}?"), format!("It is {n}."))).collect()
}

#[tokio::test]
async fn a_question_in_the_table_is_answered_from_it() {
    let table = Table::set(Settings { answers: numbered(20), ..Settings::default() }).await;
    assert_eq!(table.said("What is number 7?").await, "It is 7.");
    assert_eq!(table.said("Answer briefly.\nWhat is number 17?\nAnswer:").await, "It is 17.");
}

#[tokio::test]
async fn the_same_settings_give_the_same_answers_on_another_server() {
    let settings = Settings { answers: numbered(50), accuracy: 0.5, seed: 3, ..Settings::default() };
    let first = Table::set(settings.clone()).await;
    let second = Table::set(settings).await;
    for n in 0..50 {
        let question = format!("What is number {n}?");
        assert_eq!(first.said(&question).await, second.said(&question).await);
    }
}

#[tokio::test]
async fn accuracy_is_as_set_within_binomial_noise() {
    let count = 2_000;
    let table = Table::set(Settings { answers: numbered(count), accuracy: 0.8, ..Settings::default() }).await;
    let mut right = 0_u32;
    for n in 0..count {
        right += u32::from(table.said(&format!("What is number {n}?")).await == format!("It is {n}."));
    }
    // Four standard deviations of 2,000 draws at 0.8.
    let (expected, noise) = (1_600.0, 4.0 * (2_000.0_f64 * 0.8 * 0.2).sqrt());
    assert!((f64::from(right) - expected).abs() < noise, "{right}");
    assert_eq!(table.sim.totals().answered(Endpoint::Chat), 2_000);
    assert_eq!(table.sim.counters().answered_calls.len(), 2_000);
}

#[tokio::test]
async fn a_model_may_be_worse_than_the_others_and_a_judge_says_one_thing() {
    let bad = ModelSettings { accuracy: Some(0.0), ..ModelSettings::default() };
    let judge = ModelSettings { reply: Some("GRADE: C".to_owned()), ..ModelSettings::default() };
    let models = [("bad".to_owned(), bad), ("judge".to_owned(), judge)].into();
    let wrong = vec!["no idea".to_owned()];
    let table = Table::set(Settings { answers: numbered(3), models, wrong, ..Settings::default() }).await;
    let mut body = asking("What is number 1?");
    for (model, said) in [("good", "It is 1."), ("bad", "no idea"), ("judge", "GRADE: C")] {
        body["model"] = json!(model);
        let answer: Value = table.chat(&body).await.json().await.unwrap();
        assert_eq!(answer["choices"][0]["message"]["content"], said);
        assert_eq!(answer["model"], model);
    }
}

#[tokio::test]
async fn a_repeat_is_counted_as_one() {
    let table = Table::set(Settings::default()).await;
    for question in ["a", "b", "a"] {
        table.said(question).await;
    }
    let counters = table.sim.counters();
    assert_eq!((counters.repeated(), counters.answered_calls.len()), (1, 2));
    assert_eq!(counters.totals.in_flight, 0);
}

#[tokio::test]
async fn a_flickering_model_answers_some_repeats_differently() {
    let settings = Settings { answers: numbered(50), accuracy: 0.5, flicker: 0.5, ..Settings::default() };
    let table = Table::set(settings).await;
    let mut said = std::collections::BTreeSet::new();
    for _ in 0..40 {
        said.insert(table.said("What is number 7?").await);
    }
    assert!(said.len() > 1);
}

#[tokio::test(start_paused = true)]
async fn latency_is_waited_for() {
    let latency = Latency { p50_ms: 3_600_000.0, p95_ms: None };
    let table = Table::set(Settings { latency, ..Settings::default() }).await;
    let begun = tokio::time::Instant::now();
    table.said("hello").await;
    assert!(begun.elapsed().as_secs() >= 3_600);
}

#[test]
fn a_blocking_test_has_the_server_on_a_thread() {
    let sim = Simulation::new(Settings::default()).start_on_thread("127.0.0.1:0").unwrap();
    let address = sim.address();
    assert!(std::net::TcpStream::connect(address).is_ok());
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(sim.stop());
    assert!(std::net::TcpStream::connect(address).is_err());
}

#[test]
fn settings_out_of_range_do_not_start() {
    let settings = Settings { accuracy: 1.5, ..Settings::default() };
    let error = Simulation::new(settings).start_on_thread("127.0.0.1:0").unwrap_err();
    assert_eq!(error.to_string(), "`accuracy` is 1.5, which is out of range");
}
