//! Which message of a call is which of the prompt's.

use std::collections::HashMap;

use super::said::Said;

/// What a message of either side is to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// One of the prompt's, and what was sent for it; both by their index.
    Pair { ours: usize, sent: usize },
    /// One of the prompt's that was not sent.
    Missing { ours: usize },
    /// One that was sent before or between the prompt's own.
    Added { sent: usize },
}

/// What it costs to take messages for each other: as many of the prompt's as possible were sent; of those ways the one with
/// the fewest changes counts.
const MISSING: u32 = 1 << 16;
const OTHER_TEXT: u32 = 3;
const OTHER_ROLE: u32 = 2;
const ADDED: u32 = 1;

/// The most pairs of messages that are looked at, beyond those that are the same from the beginning on. Where the prompt has
/// too many, messages are taken for each other by their numbers; of a longer call, only the beginning can be the prompt.
const MOST_PAIRS: usize = 4_000_000;

/// Finds the prompt's messages among those that were sent. Also tells how many of the latter come before the conversation
/// that follows the prompt.
pub(super) fn aligned(ours: &[Said], sent: &[Said]) -> (Vec<Step>, usize) {
    let (ours_known, sent_known) = known(ours, sent);
    let same = ours_known.iter().zip(&sent_known).take_while(|(a, b)| a.cost(b) == Some(0)).count();
    let mut steps: Vec<Step> = (0..same).map(|at| Step::Pair { ours: at, sent: at }).collect();
    let (ours, sent) = (&ours_known[same..], &sent_known[same..]);
    let (rest, end) = if ours.is_empty() {
        (Vec::new(), 0)
    } else if ours.len().saturating_mul(ours.len()) > MOST_PAIRS {
        by_number(ours.len(), sent.len())
    } else {
        cheapest(ours, &sent[..sent.len().min(MOST_PAIRS / ours.len())])
    };
    steps.extend(rest.into_iter().map(|step| match step {
        Step::Pair { ours, sent } => Step::Pair { ours: ours + same, sent: sent + same },
        Step::Missing { ours } => Step::Missing { ours: ours + same },
        Step::Added { sent } => Step::Added { sent: sent + same },
    }));
    (steps, same + end)
}

/// Whether two roles are the same: the rules go by another name with newer models.
pub(super) fn is_role(ours: &str, sent: &str) -> bool {
    let is_rules = |role: &str| matches!(role, "system" | "developer");
    ours == sent || is_rules(ours) && is_rules(sent)
}

/// Enough of a message to tell it from others, at no cost: what each pair is asked for must not depend on how long it is.
struct Known<'a> {
    role: &'a str,
    text: usize,
}

impl Known<'_> {
    /// What it costs to take one for the other; none where they have nothing in common.
    fn cost(&self, sent: &Self) -> Option<u32> {
        match (is_role(self.role, sent.role), self.text == sent.text) {
            (true, true) => Some(0),
            (true, false) => Some(OTHER_TEXT),
            (false, true) => Some(OTHER_ROLE),
            (false, false) => None,
        }
    }
}

/// Each different text gets a number.
fn known<'a>(ours: &'a [Said], sent: &'a [Said]) -> (Vec<Known<'a>>, Vec<Known<'a>>) {
    let mut texts: HashMap<&str, usize> = HashMap::new();
    let mut number = |said: &'a Said| {
        let next = texts.len();
        Known { role: &said.role, text: *texts.entry(&said.text).or_insert(next) }
    };
    let ours = ours.iter().map(&mut number).collect();
    (ours, sent.iter().map(number).collect())
}

fn by_number(ours: usize, sent: usize) -> (Vec<Step>, usize) {
    let step = |at: usize| if at < sent { Step::Pair { ours: at, sent: at } } else { Step::Missing { ours: at } };
    ((0..ours).map(step).collect(), ours.min(sent))
}

/// How the cheapest way to a place came there.
#[derive(Clone, Copy)]
enum Move {
    Pair,
    Missing,
    Added,
}

/// The cheapest way through the table of both (Needleman and Wunsch, 1970). What was sent behind the last of the prompt's
/// costs nothing, for it is another matter.
fn cheapest(ours: &[Known<'_>], sent: &[Known<'_>]) -> (Vec<Step>, usize) {
    let width = sent.len() + 1;
    let mut costs: Vec<u32> = std::iter::successors(Some(0_u32), |cost| cost.checked_add(ADDED)).take(width).collect();
    let mut moves: Vec<Move> = Vec::with_capacity(ours.len() * width);
    for ours in ours {
        let mut before = costs[0];
        costs[0] += MISSING;
        moves.push(Move::Missing);
        for (at, sent) in sent.iter().enumerate() {
            let missing = (costs[at + 1] + MISSING, Move::Missing);
            let added = (costs[at] + ADDED, Move::Added);
            let pair = ours.cost(sent).map(|cost| (before + cost, Move::Pair));
            let other = if added.0 <= missing.0 { added } else { missing };
            let (cost, came) = pair.filter(|pair| pair.0 <= other.0).unwrap_or(other);
            before = costs[at + 1];
            costs[at + 1] = cost;
            moves.push(came);
        }
    }
    let end = (0..width).min_by_key(|at| costs[*at]).unwrap_or(0);
    (back(&moves, width, ours.len(), end), end)
}

/// The way to a place, from its beginning.
fn back(moves: &[Move], width: usize, mut ours: usize, mut sent: usize) -> Vec<Step> {
    let mut steps = Vec::new();
    while ours > 0 || sent > 0 {
        let came = if ours == 0 { Move::Added } else { moves[(ours - 1) * width + sent] };
        match came {
            Move::Pair => {
                (ours, sent) = (ours - 1, sent - 1);
                steps.push(Step::Pair { ours, sent });
            }
            Move::Missing => {
                ours -= 1;
                steps.push(Step::Missing { ours });
            }
            Move::Added => {
                sent -= 1;
                steps.push(Step::Added { sent });
            }
        }
    }
    steps.reverse();
    steps
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    /// Messages such as `s:rules`.
    fn said(messages: &str) -> Vec<Said> {
        let roles = [("s", "system"), ("d", "developer"), ("u", "user"), ("a", "assistant")];
        let said = |word: &str| {
            let (role, text) = word.split_once(':').unwrap();
            let role = roles.iter().find(|(short, _)| *short == role).unwrap().1;
            Said { role: role.to_owned(), text: text.to_owned(), ..Said::default() }
        };
        messages.split_whitespace().map(said).collect()
    }

    fn told(ours: &str, sent: &str) -> String {
        let (steps, end) = aligned(&said(ours), &said(sent));
        let told = steps.into_iter().map(|step| match step {
            Step::Pair { ours, sent } => format!("{ours}={sent} "),
            Step::Missing { ours } => format!("-{ours} "),
            Step::Added { sent } => format!("+{sent} "),
        });
        format!("{}|{end}", told.collect::<String>())
    }

    #[test]
    fn the_messages_of_a_prompt_are_found_wherever_something_was_put_between() {
        for (ours, sent, expected) in [
            ("s:r u:q", "d:r u:q a:x u:y", "0=0 1=1 |2"),
            ("s:r u:q", "s:x s:r u:q", "+0 0=1 1=2 |3"),
            ("s:r u:q", "s:r s:x u:q", "0=0 +1 1=2 |3"),
            ("s:r u:q", "s:r u:x u:q", "0=0 +1 1=2 |3"),
            ("s:r u:q", "s:r s:x u:y", "0=0 +1 1=2 |3"),
            ("s:r u:q", "s:y u:q", "0=0 1=1 |2"),
            ("s:r u:q", "s:r u:y s:x", "0=0 1=1 |2"),
            ("s:r u:q", "s:r s:x", "0=0 -1 |1"),
            ("s:r u:q", "u:r", "0=0 -1 |1"),
            ("s:r u:q", "u:q a:x", "-0 1=0 |1"),
            ("s:r u:q", "", "-0 -1 |0"),
            ("s:r", "u:x", "-0 |0"),
            ("u:q a:b u:c", "u:q u:c", "0=0 -1 2=1 |2"),
        ] {
            assert_eq!(told(ours, sent), expected, "{ours} held against {sent}");
        }
    }

    #[test]
    fn however_many_messages_there_are_it_takes_its_time_and_no_more() {
        let many = |count: usize, text: &str| said(&format!("u:{text} ").repeat(count));
        let start = Instant::now();
        let (steps, end) = aligned(&many(1, "q"), &many(300_000, "x"));
        assert_eq!((steps, end), (vec![Step::Pair { ours: 0, sent: 0 }], 1));
        let (steps, end) = aligned(&many(3000, "q"), &many(2000, "x"));
        assert_eq!((steps.len(), steps[2000], end), (3000, Step::Missing { ours: 2000 }, 2000));
        assert_eq!(aligned(&many(2000, "q"), &many(100_000, "x")).1, 2000);
        assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    }
}
