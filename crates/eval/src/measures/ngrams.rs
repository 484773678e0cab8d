//! n-grams of an output and its references, named by numbers and counted.

use std::collections::HashMap;
use std::hash::Hash;

/// The number of all n-grams that no reference has: they match nothing.
pub(super) const ABSENT: u32 = u32::MAX;

/// The n-grams of one order, place by place: equal n-grams have equal numbers, from 0 on.
///
/// Only those of the references are kept in a table, so that a huge output of an untrusted model needs four bytes a token,
/// and its n-grams are not looked up from the first token on that no reference has.
pub(super) struct Grams {
    order: usize,
    kinds: usize,
    output: Vec<u32>,
    references: Vec<Vec<u32>>,
}

impl Grams {
    /// The n-grams of order 1: the tokens.
    pub(super) fn of_tokens<T: Eq + Hash>(
        output: impl IntoIterator<Item = T>,
        references: impl IntoIterator<Item = impl IntoIterator<Item = T>>,
    ) -> Self {
        let mut known = HashMap::new();
        let references = references.into_iter().map(|tokens| number(tokens, &mut known)).collect();
        let output = output.into_iter().map(|token| known.get(&token).copied().unwrap_or(ABSENT)).collect();
        Self { order: 1, kinds: known.len(), output, references }
    }

    /// The n-grams that are one token longer, from these and the tokens.
    pub(super) fn longer(&self, tokens: &Self) -> Self {
        let mut known = HashMap::new();
        let order = self.order;
        let references = self.references.iter().zip(&tokens.references);
        let references = references.map(|(grams, tokens)| number(pairs(grams, tokens, order), &mut known)).collect();
        let output = pairs(&self.output, &tokens.output, order).map(|(gram, token)| {
            if gram == ABSENT || token == ABSENT {
                ABSENT
            } else {
                known.get(&(gram, token)).copied().unwrap_or(ABSENT)
            }
        });
        let output = output.collect();
        Self { order: order + 1, kinds: known.len(), output, references }
    }

    /// The n-grams of all orders from 1 to `last`.
    pub(super) fn orders(tokens: Self, last: usize) -> Vec<Self> {
        let mut orders = Vec::with_capacity(last.min(8));
        if last == 0 {
            return orders;
        }
        orders.push(tokens);
        while orders.len() < last {
            let (Some(longest), Some(tokens)) = (orders.last(), orders.first()) else { break };
            orders.push(longest.longer(tokens));
        }
        orders
    }

    /// How many different n-grams the references have.
    pub(super) fn kinds(&self) -> usize {
        self.kinds
    }

    /// The n-grams of the output, place by place; [`ABSENT`] where no reference has them.
    pub(super) fn output(&self) -> &[u32] {
        &self.output
    }

    /// The n-grams of each reference, place by place.
    pub(super) fn references(&self) -> &[Vec<u32>] {
        &self.references
    }

    /// How many n-grams of the output match one of a reference, each of which matches once.
    pub(super) fn matches(&self, reference: &[u32]) -> usize {
        self.spend(self.tally(reference))
    }

    /// The same where an n-gram matches as often as the reference has it that has it most often.
    pub(super) fn matches_any(&self) -> usize {
        let mut most = vec![0; self.kinds];
        for reference in &self.references {
            for (most, times) in most.iter_mut().zip(self.tally(reference)) {
                *most = times.max(*most);
            }
        }
        self.spend(most)
    }

    /// How often each n-gram stands in a reference.
    fn tally(&self, reference: &[u32]) -> Vec<u32> {
        let mut times = vec![0; self.kinds];
        for gram in reference {
            if let Some(times) = times.get_mut(*gram as usize) {
                *times += 1;
            }
        }
        times
    }

    fn spend(&self, mut left: Vec<u32>) -> usize {
        let spent = self.output.iter().filter(|gram| match left.get_mut(**gram as usize) {
            Some(left) if *left > 0 => {
                *left -= 1;
                true
            }
            Some(_) | None => false,
        });
        spent.count()
    }
}

/// Each item's number; one that is new gets the next.
fn number<T: Eq + Hash>(items: impl IntoIterator<Item = T>, known: &mut HashMap<T, u32>) -> Vec<u32> {
    let numbers = items.into_iter().map(|item| {
        let next = super::counts::count(known.len());
        *known.entry(item).or_insert(next)
    });
    numbers.collect()
}

/// Each n-gram with the token that follows it.
fn pairs<'a>(grams: &'a [u32], tokens: &'a [u32], order: usize) -> impl Iterator<Item = (u32, u32)> + 'a {
    grams.iter().copied().zip(tokens.get(order..).unwrap_or_default().iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn orders(output: &str, references: &[&str], last: usize) -> Vec<Grams> {
        Grams::orders(Grams::of_tokens(output.chars(), references.iter().map(|text| text.chars())), last)
    }

    #[test]
    fn an_n_gram_matches_as_often_as_one_reference_has_it() {
        let grams = orders("aaaab", &["aab", "ba"], 3);
        let any: Vec<usize> = grams.iter().map(Grams::matches_any).collect();
        assert_eq!(any, [3, 2, 1]);
        let second: Vec<usize> = grams.iter().map(|grams| grams.matches(&grams.references()[1])).collect();
        assert_eq!(second, [2, 0, 0]);
        let lengths: Vec<usize> = grams.iter().map(|grams| grams.output().len()).collect();
        assert_eq!(lengths, [5, 4, 3]);
    }

    #[test]
    fn a_text_that_is_too_short_has_no_n_grams() {
        let grams = orders("ab", &["", "ab"], 4);
        let lengths: Vec<_> = grams.iter().map(|g| (g.output().len(), g.references()[0].len(), g.kinds())).collect();
        assert_eq!(lengths, [(2, 0, 2), (1, 0, 1), (0, 0, 0), (0, 0, 0)]);
        assert!(orders("ab", &["ab"], 0).is_empty());
    }
}
