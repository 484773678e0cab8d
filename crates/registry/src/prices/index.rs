//! Which entries of a table are about a model.

use std::collections::HashMap;

use carat_core::nearest::nearest;

use super::PriceEntry;

/// So many names are compared to find the one that was meant: a table may have thousands that are alike.
const MOST_COMPARED: usize = 1000;

/// The entries of a table by what they are about, as their places in it.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Index(HashMap<String, OfProvider>);

/// The entries of one provider.
#[derive(Debug, Clone, PartialEq, Default)]
struct OfProvider {
    all: Vec<usize>,
    /// Those with the very name of a model.
    named: HashMap<String, Vec<usize>>,
    /// Those with a pattern and its length in characters, the longest first.
    patterns: Vec<(usize, usize)>,
}

impl Index {
    pub(super) fn of(entries: &[PriceEntry]) -> Self {
        let mut index: HashMap<String, OfProvider> = HashMap::new();
        for (place, entry) in entries.iter().enumerate() {
            let of_provider = index.entry(entry.provider.clone()).or_default();
            of_provider.all.push(place);
            let model = entry.model.as_str();
            if entry.model.is_exact() {
                of_provider.named.entry(model.to_owned()).or_default().push(place);
            } else {
                of_provider.patterns.push((model.chars().count(), place));
            }
        }
        for of_provider in index.values_mut() {
            of_provider.patterns.sort_by_key(|(length, _)| std::cmp::Reverse(*length));
        }
        Self(index)
    }

    /// The entries that count for a model, in the order of the file: those with its very name; or else, of the patterns that
    /// fit, the longest.
    pub(super) fn about<'a>(&self, entries: &'a [PriceEntry], provider: &str, model: &str) -> Vec<&'a PriceEntry> {
        let Some(of_provider) = self.of_provider(provider) else { return Vec::new() };
        if let Some(named) = of_provider.named.get(model) {
            return named.iter().map(|place| &entries[*place]).collect();
        }
        let fits = |place: &usize| entries[*place].model.fits(model);
        let patterns = &of_provider.patterns;
        let Some(first) = patterns.iter().position(|(_, place)| fits(place)) else { return Vec::new() };
        let of_one_length = patterns[first..].iter().take_while(|(length, _)| *length == patterns[first].0);
        of_one_length.map(|(_, place)| place).filter(|place| fits(place)).map(|place| &entries[*place]).collect()
    }

    /// The name of a model of this provider that may have been meant.
    pub(super) fn nearest<'a>(&self, entries: &'a [PriceEntry], provider: &str, model: &str) -> Option<&'a str> {
        let length = model.chars().count();
        // What is shorter by a third is never near; most names are told apart by that alone.
        let may_be_near = |stem: &&str| {
            let other = stem.chars().count();
            other > 0 && length.saturating_sub(other) * 3 <= length
        };
        let of_provider = self.of_provider(provider)?;
        let stems = of_provider.all.iter().map(|place| entries[*place].model.stem());
        nearest(model, stems.filter(may_be_near).take(MOST_COMPARED))
    }

    /// Providers are named in lower case.
    fn of_provider(&self, provider: &str) -> Option<&OfProvider> {
        self.0.get(&provider.to_ascii_lowercase())
    }
}
