//! What is loaded: versions by everything that they are asked for by.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use carat_prompt::Digest;
use carat_prompt::nearest::did_you_mean;

use crate::bundle::Ready;
use crate::reference::{Pick, Reference};
use crate::{BadReference, Prompt, Split, SplitError};

/// So many names, labels or numbers are listed in a message.
const MOST_LISTED: usize = 8;

/// A prompt cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GetError {
    /// What was asked for cannot be a reference.
    #[error(transparent)]
    BadReference(#[from] BadReference),
    /// What was asked for cannot be a split.
    #[error(transparent)]
    BadSplit(#[from] SplitError),
    /// There is no prompt of that name.
    #[error("there is no prompt `{name}` in {place}{hint}")]
    UnknownName {
        /// The name.
        name: String,
        /// Where it was looked for.
        place: String,
        /// The nearest name, or those that there are.
        hint: String,
    },
    /// The prompt has no such version.
    #[error("{place} has no `{name}@{pick}`; {hint}")]
    UnknownVersion {
        /// The prompt's name.
        name: String,
        /// What stood behind the `@`.
        pick: String,
        /// Where it was looked for.
        place: String,
        /// Which versions there are, and the nearest label.
        hint: String,
    },
    /// Several versions have a digest that begins so.
    #[error("`{name}@{digits}` may be any of {versions}; give more digits")]
    Ambiguous {
        /// The prompt's name.
        name: String,
        /// The digits that were given.
        digits: String,
        /// The versions with such a digest.
        versions: String,
    },
    /// A name alone means a working file, and there are saved versions only.
    #[error("`{name}` alone means a working file, and {place} holds saved versions; say which one: {hint}")]
    WhichVersion {
        /// The prompt's name.
        name: String,
        /// Where it was looked for.
        place: String,
        /// Which versions there are.
        hint: String,
    },
    /// Working files have no versions.
    #[error(
        "`{name}@{pick}`: {place} holds working files, which have no labels and numbers; ask for `{name}`, or open a bundle, \
         which has them (`carat prompt export {name}@{pick} --out prompts.carat`)"
    )]
    OnlyWorking {
        /// The prompt's name.
        name: String,
        /// What stood behind the `@`.
        pick: String,
        /// Where it was looked for.
        place: String,
    },
    /// The version is there, and cannot be used.
    #[error("{name}@{version} cannot be used: {why}")]
    Unusable {
        /// The prompt's name.
        name: String,
        /// The number of the version.
        version: u32,
        /// Why not.
        why: String,
    },
}

/// What is loaded. It never changes; another one takes its place.
pub(crate) struct Shelf {
    /// Where it came from, for messages.
    place: String,
    /// The name of all that is loaded.
    pub(crate) digest: Digest,
    /// By every reference that names a version without a digest: the one look-up on the path of a request.
    index: HashMap<Box<str>, Prompt>,
    names: BTreeMap<String, Named>,
}

/// The versions of a name.
#[derive(Default)]
struct Named {
    versions: BTreeMap<u32, Prompt>,
    labels: BTreeMap<String, u32>,
    /// Those that are there and cannot be used, and why.
    unusable: BTreeMap<u32, String>,
}

/// A version that is there and cannot be used.
pub(crate) struct Unusable {
    pub(crate) name: String,
    pub(crate) version: u32,
    pub(crate) labels: BTreeSet<String>,
    pub(crate) why: String,
}

impl Shelf {
    /// Saved versions.
    pub(crate) fn of_versions(place: String, digest: Digest, ready: Vec<Ready>, unusable: Vec<Unusable>) -> Self {
        let mut index = HashMap::with_capacity(ready.len() * 2);
        let mut names: BTreeMap<String, Named> = BTreeMap::new();
        for Ready { prompt, labels } in ready {
            let (name, number) = (prompt.name().to_owned(), prompt.version().unwrap_or(0));
            let named = names.entry(name.clone()).or_default();
            for label in labels {
                index.insert(format!("{name}@{label}").into(), prompt.clone());
                named.labels.insert(label, number);
            }
            index.insert(format!("{name}@{number}").into(), prompt.clone());
            named.versions.insert(number, prompt);
        }
        for Unusable { name, version, labels, why } in unusable {
            let named = names.entry(name).or_default();
            named.labels.extend(labels.into_iter().map(|label| (label, version)));
            named.unusable.insert(version, why);
        }
        Self { place, digest, index, names }
    }

    /// Working files.
    pub(crate) fn of_files(place: String, digest: Digest, prompts: Vec<Prompt>) -> Self {
        let names = prompts.iter().map(|prompt| (prompt.name().to_owned(), Named::default())).collect();
        let index = prompts.into_iter().map(|prompt| (prompt.name().into(), prompt)).collect();
        Self { place, digest, index, names }
    }

    /// How many versions there are that can be used.
    pub(crate) fn len(&self) -> usize {
        let saved: usize = self.names.values().map(|named| named.versions.len()).sum();
        if saved == 0 { self.index.len() } else { saved }
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.names.keys().cloned().collect()
    }

    /// Whether every version can be used.
    #[cfg(feature = "store")]
    pub(crate) fn is_all_usable(&self) -> bool {
        self.names.values().all(|named| named.unusable.is_empty())
    }

    #[cfg(feature = "store")]
    pub(crate) fn version(&self, name: &str, number: u32) -> Option<&Prompt> {
        self.names.get(name)?.versions.get(&number)
    }

    /// The version that a reference names.
    pub(crate) fn get(&self, reference: &str) -> Result<Prompt, GetError> {
        match self.index.get(reference) {
            Some(prompt) => Ok(prompt.clone()),
            None => self.search(reference),
        }
    }

    /// The version that a split has for a key. Every arm has to be there, whichever it is: what would fail for five of a
    /// hundred keys fails for the first one.
    pub(crate) fn choose(&self, split: &Split, key: &str) -> Result<Prompt, GetError> {
        let mut arms = split.references().map(|arm| self.get(&arm)).collect::<Result<Vec<_>, _>>()?;
        Ok(arms.swap_remove(split.arm(key)))
    }

    /// Whether a reference, or every arm of a split, is there.
    pub(crate) fn has(&self, reference: &str) -> Result<(), GetError> {
        match Split::is_split(reference) {
            true => Split::read(reference)?.references().try_for_each(|arm| self.get(&arm).map(drop)),
            false => self.get(reference).map(drop),
        }
    }

    /// What is not in the index: digests, numbers written in another way, and what is not there.
    fn search(&self, reference: &str) -> Result<Prompt, GetError> {
        let Reference { name, pick } = Reference::read(reference)?;
        let named = self.names.get(name).ok_or_else(|| self.unknown_name(name))?;
        let place = || self.place.clone();
        if named.is_working() {
            let pick = pick.map_or_else(String::new, |pick| pick.to_string());
            return Err(GetError::OnlyWorking { name: name.to_owned(), pick, place: place() });
        }
        let Some(pick) = pick else {
            return Err(GetError::WhichVersion { name: name.to_owned(), place: place(), hint: named.listed(name) });
        };
        let number = match &pick {
            Pick::Number(number) => Some(*number),
            Pick::Label(label) => named.labels.get(*label).copied(),
            Pick::Digest(digits) => named.by_digest(name, digits)?,
        };
        let version = number.unwrap_or(0);
        match (named.versions.get(&version), named.unusable.get(&version)) {
            (Some(prompt), _) => Ok(prompt.clone()),
            (None, Some(why)) => Err(GetError::Unusable { name: name.to_owned(), version, why: why.clone() }),
            (None, None) => {
                let hint = named.listed(name) + &named.nearest(&pick);
                Err(GetError::UnknownVersion { name: name.to_owned(), pick: pick.to_string(), place: place(), hint })
            }
        }
    }

    fn unknown_name(&self, name: &str) -> GetError {
        let near = did_you_mean(name, self.names.keys().map(String::as_str));
        let hint = if near.is_empty() { format!("; it has {}", list(self.names.keys())) } else { near };
        GetError::UnknownName { name: name.to_owned(), place: self.place.clone(), hint }
    }
}

impl Named {
    fn is_working(&self) -> bool {
        self.versions.is_empty() && self.unusable.is_empty()
    }

    fn by_digest(&self, name: &str, digits: &str) -> Result<Option<u32>, GetError> {
        let fits = |prompt: &&Prompt| prompt.digest().hex().starts_with(digits);
        let found: Vec<&Prompt> = self.versions.values().filter(fits).collect();
        // Two numbers of one content are one version by its digest.
        if found.windows(2).all(|pair| pair[0].digest() == pair[1].digest()) {
            return Ok(found.last().and_then(|prompt| prompt.version()));
        }
        let versions = list(found.iter().map(|prompt| prompt.stamp()));
        Err(GetError::Ambiguous { name: name.to_owned(), digits: digits.to_owned(), versions })
    }

    /// Which versions there are: labels first, for those are what people ask for.
    fn listed(&self, name: &str) -> String {
        let labels = self.labels.iter().map(|(label, number)| format!("{name}@{label} ({number})"));
        let unlabelled =
            self.versions.keys().rev().filter(|number| !self.labels.values().any(|other| other == *number));
        format!("there are {}", list(labels.chain(unlabelled.map(|number| format!("{name}@{number}")))))
    }

    fn nearest(&self, pick: &Pick<'_>) -> String {
        match pick {
            Pick::Label(label) => did_you_mean(label, self.labels.keys().map(String::as_str)),
            Pick::Number(_) | Pick::Digest(_) => String::new(),
        }
    }
}

fn list(words: impl Iterator<Item = impl std::fmt::Display>) -> String {
    let mut words: Vec<String> = words.map(|word| word.to_string()).collect();
    let more = words.len().saturating_sub(MOST_LISTED);
    if more > 0 {
        words.truncate(MOST_LISTED);
        words.push(format!("{more} more"));
    }
    words.join(", ")
}
