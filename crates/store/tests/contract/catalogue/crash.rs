//! Several processes change the catalogue, and some of them die of it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use carat_core::audit::Action;
use carat_core::version::Kind;
use carat_store::Arrival;

use super::promotions::proposed;
use super::*;

const STORE: &str = "CARAT_TEST_CHILD_STORE";
const FIRST: &str = "CARAT_TEST_CHILD_FIRST";
const CONTENTS: u32 = 40;
const ARRIVING: u32 = 600;
const NAME: &str = "support/triage";

/// Not a test but the child of one: it saves the same contents as its rivals, beginning with another one.
#[tokio::test]
#[ignore = "runs as a child of the tests below"]
async fn save_everything() {
    let store = Store::open(&std::env::var(STORE).unwrap()).await.unwrap();
    let first: u32 = std::env::var(FIRST).unwrap().parse().unwrap();
    for step in 0..CONTENTS {
        let id = save(&store, Kind::Prompt, NAME, content((first + step) % CONTENTS)).await;
        println!("saved {} as {}", id.digest, id.number);
    }
}

/// Not a test but the child of one: it changes whatever can be changed until somebody kills it.
#[tokio::test]
#[ignore = "runs as a child of the tests below"]
async fn change_until_killed() {
    let store = Store::open(&std::env::var(STORE).unwrap()).await.unwrap();
    for number in 1.. {
        save(&store, Kind::Prompt, NAME, content(number)).await;
        store.move_label(Kind::Prompt, NAME, &label("next"), Some(number), &grace(), AT, None).await.unwrap();
        proposed(&store, &format!("{number:08}"), number).await;
        println!("saved {number}");
    }
}

/// Versions that come from elsewhere together, with a label each.
async fn take_in(store: &Store, count: u32) {
    let (by, names) = (ada(), (0..count).map(|number| format!("prompt-{number}")).collect::<Vec<_>>());
    let labels = [label("stable")];
    let arrivals: Vec<Arrival<'_>> = (0..count)
        .zip(&names)
        .map(|(number, name)| {
            let version = new(Kind::Prompt, name, content(number), &by);
            Arrival { version, number: Some(7), labels: &labels, why: None }
        })
        .collect();
    store.take_in(&arrivals).await.unwrap();
}

/// Not a test but the child of one: it takes in many versions at once.
#[tokio::test]
#[ignore = "runs as a child of the tests below"]
async fn take_in_many() {
    let store = Store::open(&std::env::var(STORE).unwrap()).await.unwrap();
    println!("saved nothing yet");
    take_in(&store, ARRIVING).await;
}

fn child(test: &str, location: &str, first: u32) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([&format!("catalogue::crash::{test}"), "--exact", "--ignored", "--nocapture"])
        .env(STORE, location)
        .env(FIRST, first.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

#[tokio::test]
async fn processes_that_save_the_same_contents_agree_on_their_numbers() {
    let folder = folder();
    let children: Vec<Child> =
        (0..3).map(|rival| child("save_everything", &location(folder.path()), rival * 11)).collect();
    let mut told = std::collections::BTreeSet::new();
    for child in children {
        let output = child.wait_with_output().unwrap();
        let output = String::from_utf8(output.stdout).unwrap();
        let saved: Vec<_> = output.lines().filter_map(|line| line.split("saved ").nth(1).map(str::to_owned)).collect();
        assert_eq!(saved.len(), CONTENTS as usize, "{output}");
        told.extend(saved);
    }
    assert_eq!(told.len(), CONTENTS as usize, "each content has one number: {told:?}");
    let store = open(folder.path()).await;
    assert_eq!(store.versions(Kind::Prompt, NAME).await.unwrap().len(), CONTENTS as usize);
    assert_eq!(whole_log(&store).await.len(), CONTENTS as usize);
}

#[tokio::test]
async fn what_a_killed_process_leaves_is_a_whole_chain_that_says_what_the_catalogue_says() {
    for lifetime in [1, 7, 20] {
        let folder = folder();
        let mut child = child("change_until_killed", &location(folder.path()), 0);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut saved = lines.by_ref().filter_map(|line| line.split("saved ").nth(1)?.parse::<u32>().ok());
        let told = saved.nth(lifetime).unwrap();
        child.kill().unwrap();
        let told = saved.last().unwrap_or(told);
        child.wait().unwrap();

        let store = open(folder.path()).await;
        let log = whole_log(&store).await;
        let count = |action| log.iter().filter(|entry| entry.action == action).count();
        let versions = store.versions(Kind::Prompt, NAME).await.unwrap();
        let moves = store.label_history(Kind::Prompt, NAME, None).await.unwrap();
        let promotions = store.promotions(None, None).await.unwrap();
        assert_eq!(versions.len(), count(Action::VersionSaved));
        assert_eq!(moves.len(), count(Action::LabelMoved));
        assert_eq!(promotions.len(), count(Action::PromotionProposed));
        assert!(promotions.len() >= told as usize, "{told} of {}", promotions.len());
        save(&store, Kind::Prompt, NAME, content(0)).await;
        assert_eq!(whole_log(&store).await.len(), log.len() + 1);
    }
}

#[tokio::test]
async fn of_what_comes_together_a_killed_process_leaves_all_or_nothing_and_the_same_again_completes_it() {
    for lifetime in [5, 40, 90] {
        let folder = folder();
        let mut child = child("take_in_many", &location(folder.path()), 0);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        assert!(lines.any(|line| line.contains("saved nothing yet")));
        std::thread::sleep(std::time::Duration::from_millis(lifetime));
        child.kill().unwrap();
        child.wait().unwrap();

        let store = open(folder.path()).await;
        let (there, entries) = (store.names(Kind::Prompt).await.unwrap().len(), whole_log(&store).await.len());
        assert!((there, entries) == (0, 0) || (there, entries) == (600, 1200), "{there} versions, {entries} entries");
        take_in(&store, ARRIVING).await;
        let log = whole_log(&store).await;
        let count = |action| log.iter().filter(|entry| entry.action == action).count();
        assert_eq!((count(Action::VersionSaved), count(Action::LabelMoved)), (600, 600));
        assert_eq!(store.labelled(Kind::Prompt, &label("stable")).await.unwrap().len(), 600);
    }
}
