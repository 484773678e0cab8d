//! What the gate is for: a pull request that makes triage worse by ten points is stopped, and one that changes nothing is
//! not, although the model never answers twice alike.
//!
//! 50 pull requests of each kind, each with a baseline, a run and luck of its own. At the margin of five points a change of
//! nothing is stopped once in 800 times, and ten points pass less than once in 10,000 times (`error_rate` computes both), so
//! that 50 of 50 are to be expected of both; and each of the hundred ends as computed from its answers.

use std::fmt::Write as _;

use crate::outside::project::Project;

use super::error_rate::{MARGIN, RIGHT, ROWS, holds};
use super::example::{QUEUES, test_tickets, triage};

/// The share of answers that are drawn anew.
const NOISE: f64 = 0.03;
/// The rows that a change of ten points loses.
const TEN_POINTS: usize = 34;
const PULL_REQUESTS: u64 = 50;

/// SplitMix64 (Steele and others 2014): the same numbers for the same seed, everywhere.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Whether something comes to pass that does so this often.
    fn happens(&mut self, often: f64) -> bool {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64 <= often
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
}

/// The answer to every test ticket: how far it is from the right queue, in places of the list of queues. 0 is right.
#[derive(Clone)]
pub(super) struct Answers(Vec<usize>);

impl Answers {
    /// What the model usually says: right on 254 of the 334 tickets, which lie anywhere among them.
    pub(super) fn usual() -> Self {
        let mut dice = Dice::new(334);
        let mut answers: Vec<usize> = (0..ROWS).map(|row| if row < RIGHT { 0 } else { 1 + row % 3 }).collect();
        for row in (1..ROWS).rev() {
            answers.swap(row, dice.below(row + 1));
        }
        Self(answers)
    }

    /// One run of a change that loses so many of the rows that are usually right.
    pub(super) fn drawn(&self, loses: usize, dice: &mut Dice) -> Self {
        let mut answers = self.clone();
        let right = answers.0.iter_mut().filter(|answer| **answer == 0);
        right.take(loses).for_each(|answer| *answer = 1);
        for answer in &mut answers.0 {
            if dice.happens(NOISE) {
                *answer = if dice.happens(RIGHT as f64 / ROWS as f64) { 0 } else { 1 + dice.below(3) };
            }
        }
        answers
    }

    /// How many of the rows that were right are wrong on the other side, and the other way around.
    pub(super) fn against(&self, other: &Self) -> (usize, usize) {
        let count = |before: bool, after: bool| {
            let rows = self.0.iter().zip(&other.0);
            rows.filter(|(a, b)| (**a == 0) == before && (**b == 0) == after).count()
        };
        (count(true, false), count(false, true))
    }

    /// As a file of answers.
    fn recorded(&self, tickets: &[(String, usize)]) -> String {
        let mut lines = String::new();
        for ((id, queue), off) in tickets.iter().zip(&self.0) {
            let answer = QUEUES[(queue + off) % QUEUES.len()];
            writeln!(lines, "{{\"id\": \"{id}\", \"output\": \"{answer}\"}}").unwrap();
        }
        lines
    }
}

/// Triage by a model whose answers are recorded.
fn project() -> Project {
    let project = triage();
    project.write("carat.yaml", "models:\n  m: { provider: recorded, from: answers.jsonl }\n");
    project.write(
        "evals/triage.yaml",
        "prompts: [support/triage]\nmodels: [m]\ndataset: tickets\nsplit: test\nscorers:\n  - { name: queue, exact: {} }\n",
    );
    project
}

/// A pull request: its number decides its luck.
struct PullRequest<'a> {
    project: &'a Project,
    tickets: &'a [(String, usize)],
    baseline: String,
    before: Answers,
    dice: Dice,
}

impl<'a> PullRequest<'a> {
    /// Records the baseline.
    fn opened(project: &'a Project, tickets: &'a [(String, usize)], number: u64) -> Self {
        let mut dice = Dice::new(number);
        let before = Answers::usual().drawn(0, &mut dice);
        let baseline = format!("base-{number}");
        project.write("answers.jsonl", before.recorded(tickets));
        let ended = project.carat(&["eval", "triage", "-q", "--name", &baseline]);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        Self { project, tickets, baseline, before, dice }
    }

    /// The exit code of the gate on a change that loses so many rows.
    fn checked(&mut self, loses: usize) -> Option<i32> {
        let after = Answers::usual().drawn(loses, &mut self.dice);
        self.project.write("answers.jsonl", after.recorded(self.tickets));
        let gate = format!("queue.accuracy no-worse-than baseline by {MARGIN}");
        let ended = self.project.carat(&["eval", "triage", "-q", "--baseline", &self.baseline, "--gate", &gate]);
        let (lost, won) = self.before.against(&after);
        assert_eq!(ended.code == Some(0), holds(lost, won, ROWS, MARGIN), "{lost} lost, {won} won: {ended:?}");
        ended.code
    }
}

#[test]
fn fifty_of_fifty_changes_of_nothing_pass_and_fifty_of_fifty_that_lose_ten_points_are_stopped() {
    let tickets = test_tickets();
    assert_eq!(tickets.len(), ROWS);
    let half = |odd: u64| -> Vec<[Option<i32>; 2]> {
        let project = project();
        let numbers = (0..PULL_REQUESTS).filter(|number| number % 2 == odd);
        let ends = numbers.map(|number| {
            let mut pull_request = PullRequest::opened(&project, &tickets, number);
            [0, TEN_POINTS].map(|loses| pull_request.checked(loses))
        });
        ends.collect()
    };
    // Two at a time, each with a store of its own.
    let ends = std::thread::scope(|scope| {
        let odd = scope.spawn(|| half(1));
        [half(0), odd.join().unwrap()].concat()
    });
    assert_eq!(ends, vec![[Some(0), Some(1)]; 50]);
}
