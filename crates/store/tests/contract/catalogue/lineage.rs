//! Which runs used what.

use carat_core::event::{DatasetId, Numbered, PlanOutline, PromptId, Variant};
use carat_core::version::Kind;
use carat_core::{Event, EventKind, ModelId, Sink};

use super::*;

fn variant(number: u32, prompt: u32, model: u32) -> Variant {
    Variant {
        number,
        label: format!("p{prompt}×m{model}"),
        prompt: PromptId { name: "p".into(), version: Some(prompt), digest: content(prompt) },
        model: ModelId { name: "m".into(), digest: content(100 + model) },
        settings: (model > 1).then(|| Numbered { version: model, digest: content(300 + model) }),
        price: None,

        route: None,
    }
}

/// The rows with this digest, of the version that has the digest of the whole.
fn dataset(version: u32, digest: Digest) -> DatasetId {
    let whole = Some(content(200 + version));
    DatasetId { name: "tickets".into(), version: Some(version), digest, whole, rows: 3 }
}

fn begun(number: u32, dataset: DatasetId, variants: Vec<Variant>) -> Event {
    let spec_version = Some(Numbered { version: 1, digest: content(400) });
    let plan = PlanOutline { dataset, variants, spec_version, ..plan() };
    event(0, EventKind::RunStarted { format: carat_core::event::FORMAT, run: run(number), at: AT.into(), plan })
}

fn gone_on(seq: u64, dataset: DatasetId, variants: Vec<Variant>) -> Event {
    let plan = PlanOutline { dataset, variants, ..plan() };
    event(seq, EventKind::RunResumed { at: AT.into(), plan, reuse: Default::default() })
}

/// Runs 1 to 3: over the whole of a dataset's version 1, with a resume; over a part of it; and over version 2.
async fn three_runs() -> Store {
    let store = Store::in_memory().await.unwrap();
    let (first, second) = (content(201), content(202));
    save(&store, Kind::Dataset, "tickets", first).await;
    save(&store, Kind::Dataset, "tickets", second).await;
    let runs = [
        vec![
            begun(1, dataset(1, first), vec![variant(0, 1, 1), variant(1, 2, 1)]),
            case(1),
            gone_on(2, dataset(1, first), vec![variant(1, 2, 1), variant(2, 3, 1)]),
        ],
        vec![begun(2, dataset(1, content(203)), vec![variant(0, 1, 2)]), case(2)],
        vec![begun(3, dataset(2, second), vec![variant(0, 2, 2)]), case(1)],
    ];
    for (number, events) in (1..).zip(runs) {
        let mut journal = begin(&store, number).await;
        journal.emit(&events).await.unwrap();
        journal.close().await;
    }
    store
}

#[tokio::test]
async fn the_runs_of_a_version_are_found_with_the_variants_that_used_it() {
    let store = three_runs().await;
    let used = async |digest| {
        let found = store.runs_with_version(&digest).await.unwrap();
        found.into_iter().map(|(run, labels)| (run.id.to_string(), labels.join(" "))).collect::<Vec<_>>()
    };
    let expected = |runs: &[(u32, &str)]| -> Vec<(String, String)> {
        runs.iter().map(|(number, labels)| (run(*number).to_string(), (*labels).to_owned())).collect()
    };
    // Prompts.
    assert_eq!(used(content(1)).await, expected(&[(2, "p1×m2"), (1, "p1×m1")]));
    assert_eq!(used(content(2)).await, expected(&[(3, "p2×m2"), (1, "p2×m1")]));
    assert_eq!(used(content(3)).await, expected(&[(1, "p3×m1")]));
    // Models.
    assert_eq!(used(content(101)).await, expected(&[(1, "p1×m1 p2×m1 p3×m1")]));
    // A model by its settings: what answers, and the parameters that go along.
    assert_eq!(used(content(302)).await, expected(&[(3, "p2×m2"), (2, "p1×m2")]));
    assert_eq!(used(content(102)).await, []);
    // The spec: those of the plan as it began.
    assert_eq!(used(content(400)).await, expected(&[(3, "p2×m2"), (2, "p1×m2"), (1, "p1×m1 p2×m1")]));
    // Datasets: the part counts for the version that it was taken of, and for itself.
    assert_eq!(used(content(201)).await, expected(&[(2, "p1×m2"), (1, "p1×m1 p2×m1 p3×m1")]));
    assert_eq!(used(content(202)).await, expected(&[(3, "p2×m2")]));
    assert_eq!(used(content(203)).await, expected(&[(2, "p1×m2")]));
    assert_eq!(used(content(9)).await, []);
}

#[tokio::test]
async fn the_runs_of_a_row_are_found() {
    let store = three_runs().await;
    let found = async |number| {
        let runs = store.runs_with_row(&row(number).digest()).await.unwrap();
        runs.into_iter().map(|run| run.id).collect::<Vec<_>>()
    };
    assert_eq!(found(1).await, [run(3), run(1)]);
    assert_eq!(found(2).await, [run(2)]);
    assert_eq!(found(9).await, []);
    store.delete_run(&run(3), &ada(), AT, None).await.unwrap();
    assert_eq!(found(1).await, [run(1)]);
}

#[tokio::test]
async fn many_runs_are_looked_through_page_by_page() {
    let store = Store::in_memory().await.unwrap();
    save(&store, Kind::Dataset, "tickets", content(201)).await;
    for number in 1..=600 {
        let mut journal = store.begin_run(&run(number), "triage", None, AT).await.unwrap();
        journal.emit(&[begun(number, dataset(1, content(201)), vec![variant(0, number % 2, 1)])]).await.unwrap();
    }
    assert_eq!(store.runs_with_version(&content(201)).await.unwrap().len(), 600);
    assert_eq!(store.runs_with_version(&content(1)).await.unwrap().len(), 300);
}

#[tokio::test]
async fn the_runs_of_many_versions_are_counted_in_one_go_and_as_they_are_found_one_by_one() {
    let store = three_runs().await;
    let digests: std::collections::BTreeSet<Digest> = (0..450).map(content).collect();
    let counts = store.count_of_runs(&digests).await.unwrap();
    for digest in &digests {
        let found = store.runs_with_version(digest).await.unwrap().len();
        assert_eq!(counts.get(digest).copied().unwrap_or(0), found, "{digest}");
    }
    assert_eq!(counts.values().sum::<usize>(), 15, "{counts:?}");
    assert_eq!(store.count_of_runs(&[content(2)].into()).await.unwrap().len(), 1, "only those that were asked for");
}
