//! Two lists matched member by member, so that the scores of the pairs add up to the most.

mod solve;

use serde_json::Value;

use super::json_diff::{Comparison, Incomparable, Texts};
use super::similarity::Budget;
pub(super) use solve::best;

/// The longest list that is matched: 500 members against 500 take up to 0.15 s of one core, beside their scores.
pub const MOST_MEMBERS: usize = 500;

/// A list is too long to be matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("lists of {output} and {expected} members are too long to match; the most is {MOST_MEMBERS}")]
pub struct TooMany {
    /// How many members the output has.
    pub output: usize,
    /// How many are expected.
    pub expected: usize,
}

/// What members of the output that are not expected are worth.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Surplus {
    /// They count against it: the sum is divided by the length of the longer list.
    #[default]
    Counts,
    /// They are allowed: the sum is divided by the number of expected members.
    Allowed,
}

/// A member of the output and the expected member that it stands for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// Its place in the output, from 0.
    pub output: usize,
    /// Its place in the expectation, from 0.
    pub expected: usize,
    /// What the pair is worth: above 0, at most 1.
    pub score: f64,
}

/// Two lists, matched.
#[derive(Debug, Clone, PartialEq)]
pub struct Matching {
    /// The sum of the pairs' scores over the length that [`Surplus`] says: from 0 to 1.
    pub score: f64,
    /// The pairs, by their place in the expectation. Members that are worth nothing to one another are no pair.
    pub pairs: Vec<Pair>,
    output: usize,
    expected: usize,
}

impl Matching {
    /// The places of the expected members without a partner.
    pub fn missing(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.expected).filter(|place| !self.pairs.iter().any(|pair| pair.expected == *place))
    }

    /// The places of the output's members without a partner.
    pub fn surplus(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.output).filter(|place| !self.pairs.iter().any(|pair| pair.output == *place))
    }
}

/// Matches lists of these lengths by a score from 0 to 1 of any two members, given by their places in the output and in the
/// expectation: the assignment with the greatest sum (Kuhn 1955, Munkres 1957). It is `ListContains` of autoevals, and its
/// `allow_extra_entities` is [`Surplus::Allowed`].
///
/// Two empty lists have 1. An empty list beside another one has 0, also where a surplus is allowed, as the reference has it:
/// where nothing is expected, nothing is what is right. Scores outside of 0 to 1 are brought to its nearer end, NaN is 0, and
/// sums that differ by less than 10^-10 count as the same.
///
/// # Errors
///
/// The refusal of lists over [`MOST_MEMBERS`], before a score is asked for; and whatever the score says.
pub fn matching<E: From<TooMany>>(
    output: usize,
    expected: usize,
    surplus: Surplus,
    mut score: impl FnMut(usize, usize) -> Result<f64, E>,
) -> Result<Matching, E> {
    if output.max(expected) > MOST_MEMBERS {
        return Err(TooMany { output, expected }.into());
    }
    let mut scores = Vec::with_capacity(output * expected);
    for at in 0..expected {
        for partner in 0..output {
            let score = score(partner, at)?;
            scores.push(if score.is_nan() { 0.0 } else { score.clamp(0.0, 1.0) });
        }
    }
    let pairs = pairs(&scores, output, expected);
    let of = match surplus {
        Surplus::Counts => output.max(expected),
        Surplus::Allowed => expected,
    };
    let sum: f64 = pairs.iter().map(|pair| pair.score).sum();
    let score = match (output, expected) {
        (0, 0) => 1.0,
        (0, _) | (_, 0) => 0.0,
        (_, _) => (sum / of as f64).min(1.0),
    };
    Ok(Matching { score, pairs, output, expected })
}

/// The pairs of the best assignment, of scores that stand row by row for the expected members.
fn pairs(scores: &[f64], output: usize, expected: usize) -> Vec<Pair> {
    let score = |at: usize, partner: usize| scores.get(at * output + partner).copied().unwrap_or(0.0);
    let weight = |at: usize, partner: usize| solve::weight(score(at, partner));
    let partners = best(expected, output, weight);
    let pairs =
        partners.into_iter().map(|(at, partner)| Pair { output: partner, expected: at, score: score(at, partner) });
    pairs.filter(|pair| pair.score > 0.0).collect()
}

/// Two lists of texts or JSON values that cannot be matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unmatched {
    /// There are too many of them.
    #[error(transparent)]
    TooMany(#[from] TooMany),
    /// The members are too long, all of them together.
    #[error("the members of the two lists are too long to compare with one another")]
    TooLong,
    /// A member is nested too deep.
    #[error(transparent)]
    Incomparable(Incomparable),
}

/// [`matching`] by the Levenshtein ratio of the texts, which is what `ListContains` does of itself.
///
/// # Errors
///
/// Why they cannot be matched. The cost of all texts together is bounded as that of one pair is in
/// [`similarity`](super::similarity).
pub fn matching_texts(
    output: &[impl AsRef<str>],
    expected: &[impl AsRef<str>],
    surplus: Surplus,
) -> Result<Matching, Unmatched> {
    let mut budget = Budget::new();
    matching(output.len(), expected.len(), surplus, |o, e| {
        budget.levenshtein_ratio(output[o].as_ref(), expected[e].as_ref()).ok_or(Unmatched::TooLong)
    })
}

/// [`matching`] by the [`json_similarity`](super::json_diff::json_similarity) of the members.
///
/// # Errors
///
/// Why they cannot be matched. The cost of all members together is bounded as that of one pair is.
pub fn matching_json(
    output: &[Value],
    expected: &[Value],
    surplus: Surplus,
    texts: Texts,
) -> Result<Matching, Unmatched> {
    let mut comparison = Comparison::new(texts);
    matching(output.len(), expected.len(), surplus, |o, e| {
        comparison.similarity(&output[o], &expected[e]).map_err(|why| match why {
            Incomparable::TooLong => Unmatched::TooLong,
            Incomparable::TooDeep => Unmatched::Incomparable(why),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn of_scores(scores: &[Vec<f64>], surplus: Surplus) -> Matching {
        let output = scores.first().map_or(0, Vec::len);
        matching::<TooMany>(output, scores.len(), surplus, |o, e| Ok(scores[e][o])).unwrap()
    }

    /// The greatest sum over all assignments, tried one by one.
    fn by_trying(scores: &[Vec<f64>], taken: &mut Vec<bool>) -> f64 {
        let Some((row, rest)) = scores.split_first() else { return 0.0 };
        let mut best = by_trying(rest, taken);
        for place in 0..row.len() {
            if !taken[place] {
                taken[place] = true;
                best = best.max(row[place] + by_trying(rest, taken));
                taken[place] = false;
            }
        }
        best
    }

    #[test]
    fn the_greatest_sum_wins_over_the_best_single_pair() {
        let matched = of_scores(&[vec![0.9, 0.8], vec![0.8, 0.0]], Surplus::Counts);
        assert_eq!(matched.pairs.iter().map(|pair| (pair.expected, pair.output)).collect::<Vec<_>>(), [(0, 1), (1, 0)]);
        assert!((matched.score - 0.8).abs() < 1e-12);
    }

    #[test]
    fn who_has_no_partner_is_known() {
        let matched = matching_texts(&["b", "x"], &["a", "b", "c"], Surplus::Counts).unwrap();
        assert_eq!(matched.pairs, [Pair { output: 0, expected: 1, score: 1.0 }]);
        assert_eq!(matched.missing().collect::<Vec<_>>(), [0, 2]);
        assert_eq!(matched.surplus().collect::<Vec<_>>(), [1]);
    }

    #[test]
    fn nothing_is_right_where_nothing_is_expected() {
        let none: [&str; 0] = [];
        for surplus in [Surplus::Counts, Surplus::Allowed] {
            let score = |output: &[&str], expected: &[&str]| matching_texts(output, expected, surplus).unwrap().score;
            assert_eq!((score(&none, &none), score(&["a"], &none), score(&none, &["a"])), (1.0, 0.0, 0.0));
        }
    }

    #[test]
    fn scores_that_are_none_are_worth_nothing() {
        assert_eq!(of_scores(&[vec![f64::NAN]], Surplus::Counts).score, 0.0);
        assert_eq!(of_scores(&[vec![-3.0, 7.0]], Surplus::Allowed).score, 1.0);
        assert_eq!(of_scores(&[vec![f64::NEG_INFINITY, f64::INFINITY]], Surplus::Counts).score, 0.5);
    }

    #[test]
    fn lists_that_are_too_long_are_refused_before_anything_is_compared() {
        let refused = matching(501, 1, Surplus::Counts, |_, _| -> Result<f64, TooMany> { panic!("compared") });
        assert_eq!(refused, Err(TooMany { output: 501, expected: 1 }));
        let (long, other) = ("x".repeat(150_000), "y".repeat(150_000));
        assert_eq!(matching_texts(&[long], &[other], Surplus::Counts), Err(Unmatched::TooLong));
    }

    #[test]
    fn members_that_are_json_are_matched_by_what_they_have_in_common_and_cost_together_no_more_than_one() {
        let (output, expected) = ([json!({"a": 2, "b": "x"}), json!(7)], [json!(7), json!({"a": 1, "b": "x"})]);
        let matched = matching_json(&output, &expected, Surplus::Counts, Texts::Read).unwrap();
        assert_eq!(matched.pairs.iter().map(|pair| pair.output).collect::<Vec<_>>(), [1, 0]);
        assert!((matched.score - (1.0 + (2.0 / 3.0 + 1.0) / 2.0) / 2.0).abs() < 1e-12);
        let huge = [Value::from(vec![0; 200_000])];
        let refused = matching_json(&huge, &vec![huge[0].clone(); 60], Surplus::Counts, Texts::Read);
        assert_eq!(refused, Err(Unmatched::TooLong));
    }

    #[test]
    fn the_longest_lists_are_matched_in_a_moment() {
        let some = |o: usize, e: usize| ((o * 7_919 + e * 104_729) % 1_000) as f64 / 1_100.0;
        let score = |o, e| -> Result<f64, TooMany> { Ok(if o == e { 1.0 } else { some(o, e) }) };
        let matched = matching(MOST_MEMBERS, MOST_MEMBERS, Surplus::Counts, score).unwrap();
        assert!(matched.pairs.iter().all(|pair| pair.output == pair.expected));
    }

    proptest! {
        #[test]
        fn no_assignment_is_better(scores in (1usize..5).prop_flat_map(|output| {
            prop::collection::vec(prop::collection::vec(0.0f64..1.0, output), 1..5)
        })) {
            let matched = of_scores(&scores, Surplus::Counts);
            let of = scores.len().max(scores[0].len()) as f64;
            let best = by_trying(&scores, &mut vec![false; scores[0].len()]) / of;
            prop_assert!((matched.score - best).abs() < 1e-9, "{} rather than {best}", matched.score);
        }

        #[test]
        fn the_order_of_the_lists_does_not_matter(
            left in prop::collection::vec("[ab]{0,3}", 0..6), right in prop::collection::vec("[ab]{0,3}", 0..6),
        ) {
            let score = |left: &[String], right: &[String]| matching_texts(left, right, Surplus::Counts).unwrap().score;
            let value = score(&left, &right);
            prop_assert!((0.0..=1.0).contains(&value));
            prop_assert!((score(&right, &left) - value).abs() < 1e-9);
            let turned: Vec<String> = left.iter().rev().cloned().collect();
            prop_assert!((score(&turned, &right) - value).abs() < 1e-9);
            prop_assert!((score(&left, &turned) - 1.0).abs() < 1e-9);
        }
    }
}
