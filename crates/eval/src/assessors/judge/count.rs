//! What several judges say together.
//!
//! More than half of those that were *asked* must agree: a judge that failed or gave no verdict is no vote for anybody. So of
//! two judges both must agree, and an even panel decides less often than the odd one that is smaller by one.

use carat_core::untrusted::one_line;
use carat_core::{UnitInterval, Unscored, UnscoredKind};

use super::bench::Ballot;

/// The most characters that are told of one judge of a panel.
const LONGEST_OF_ONE: usize = 120;

/// The verdict of more than half of those that were asked. Verdicts with the same key are the same.
///
/// # Errors
/// There is none: how they voted. It is the judges' failure rather than their verdict where those that failed could still
/// make a majority, so that they are asked again.
pub(super) fn majority<T, K: PartialEq + Copy>(
    ballots: &[Ballot<T>],
    key: impl Fn(&T) -> K,
    shown: impl Fn(&T) -> String,
) -> Result<K, Unscored> {
    let votes: Vec<K> = verdicts(ballots).map(key).collect();
    let count = |key: &K| votes.iter().filter(|vote| *vote == key).count();
    let most = votes.iter().map(count).max().unwrap_or(0);
    let winner = votes.iter().find(|vote| is_majority(count(vote), ballots));
    winner.copied().ok_or_else(|| undecided(ballots, most, shown))
}

/// The middle of the numbers, or of the two in the middle, where more than half of those that were asked gave one.
///
/// # Errors
/// Fewer did: who gave which.
pub(super) fn median<T>(
    ballots: &[Ballot<T>],
    value: impl Fn(&T) -> UnitInterval,
    shown: impl Fn(&T) -> String,
) -> Result<UnitInterval, Unscored> {
    let mut values: Vec<f64> = verdicts(ballots).map(|said| value(said).get()).collect();
    if !is_majority(values.len(), ballots) {
        return Err(undecided(ballots, values.len(), shown));
    }
    values.sort_by(f64::total_cmp);
    let (below, above) = ((values.len() - 1) / 2, values.len() / 2);
    let middle = (values[below] + values[above]) / 2.0;
    UnitInterval::clamped(middle).ok_or_else(|| undecided(ballots, 0, shown))
}

/// The reasons, short, each with its judge's name where there are several; none where nobody gave one.
pub(super) fn reasons<T>(ballots: &[Ballot<T>], shown: impl Fn(&T) -> String) -> Option<String> {
    if let [Ballot { said, .. }] = ballots {
        return said.as_ref().ok().and_then(|said| said.reason.clone());
    }
    Some(told(ballots, shown))
}

fn verdicts<T>(ballots: &[Ballot<T>]) -> impl Iterator<Item = &T> {
    ballots.iter().filter_map(|ballot| ballot.said.as_ref().ok().map(|said| &said.what))
}

const fn is_majority<T>(votes: usize, ballots: &[Ballot<T>]) -> bool {
    votes * 2 > ballots.len()
}

/// Why nothing was decided.
fn undecided<T>(ballots: &[Ballot<T>], most: usize, shown: impl Fn(&T) -> String) -> Unscored {
    if let [Ballot { said: Err(why), .. }] = ballots {
        return why.clone();
    }
    let failed = |ballot: &&Ballot<T>| matches!(&ballot.said, Err(why) if why.reason == UnscoredKind::JudgeFailed);
    let missing = ballots.iter().filter(failed).count();
    let open = missing > 0 && is_majority(most + missing, ballots);
    let kind = if open { UnscoredKind::JudgeFailed } else { UnscoredKind::NoVerdict };
    Unscored::new(kind, format!("no majority of the {} judges: {}", ballots.len(), told(ballots, shown)))
}

/// What each of them said.
fn told<T>(ballots: &[Ballot<T>], shown: impl Fn(&T) -> String) -> String {
    let one = |ballot: &Ballot<T>| {
        let said = match &ballot.said {
            Ok(said) => match &said.reason {
                Some(reason) => format!("{}, {reason}", shown(&said.what)),
                None => shown(&said.what),
            },
            Err(why) => format!("{}, {}", why.reason.as_str(), why.detail),
        };
        format!("{}: {}", ballot.judge, one_line(&said, LONGEST_OF_ONE))
    };
    ballots.iter().map(one).collect::<Vec<_>>().join("; ")
}
