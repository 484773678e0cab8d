//! Which of some texts is most like another one.
//!
//! Similarity is the cosine between weighted bags of character n-grams and words: cheap, without a model or a vocabulary,
//! and good with typos and inflection. Features are known by a 64-bit hash.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;

use unicode_normalization::UnicodeNormalization as _;

const SHORTEST_GRAM: usize = 3;
const LONGEST_GRAM: usize = 5;

/// Texts, ready to be compared with many others.
pub(super) struct Examples {
    /// The place of a feature in `features`, by its hash.
    places: HashMap<u64, u32, BuildHasherDefault<AlreadyHashed>>,
    features: Vec<Feature>,
    /// In which text a feature stands and with which weight; the texts of one feature stand together, in order.
    occurrences: Vec<(u32, f64)>,
    texts: usize,
}

struct Feature {
    /// How telling it is: the rarer, the more.
    weight: f64,
    occurrences: Range<usize>,
}

impl Examples {
    /// Takes the texts in their order.
    pub(super) fn new(texts: &[Cow<'_, str>]) -> Self {
        let bags: Vec<Vec<(u64, u32)>> = texts.iter().map(|text| counted(text)).collect();
        let mut examples =
            Self { places: HashMap::default(), features: Vec::new(), occurrences: Vec::new(), texts: texts.len() };
        examples.weigh_features(&bags);
        examples.place_occurrences(&bags);
        examples
    }

    /// The place of the text that is most like this one; the first of equals. None when there are no texts.
    pub(super) fn nearest(&self, text: &str) -> Option<usize> {
        let mut likeness = vec![0.0; self.texts];
        for (feature, count) in self.known_features(text) {
            let weight = dampened(count) * feature.weight;
            for (text, theirs) in &self.occurrences[feature.occurrences.clone()] {
                likeness[*text as usize] += weight * theirs;
            }
        }
        let best = likeness.iter().copied().fold(0.0, f64::max);
        likeness.iter().position(|likeness| *likeness >= best)
    }

    /// The features that the text shares with any of the examples, and how often it has them. Others change the length of
    /// its vector only, which is the same towards every example.
    fn known_features(&self, text: &str) -> impl Iterator<Item = (&Feature, u32)> {
        let mut counts = vec![0_u32; self.features.len()];
        let mut seen = Vec::new();
        each_feature(text, |hash| {
            if let Some(place) = self.places.get(&hash) {
                let count = &mut counts[*place as usize];
                if *count == 0 {
                    seen.push(*place as usize);
                }
                *count += 1;
            }
        });
        seen.into_iter().map(move |place| (&self.features[place], counts[place]))
    }

    fn weigh_features(&mut self, bags: &[Vec<(u64, u32)>]) {
        let mut holders: Vec<usize> = Vec::new();
        for (hash, _) in bags.iter().flatten() {
            let place = *self.places.entry(*hash).or_insert_with(|| {
                holders.push(0);
                u32::try_from(holders.len() - 1).unwrap_or(u32::MAX)
            });
            holders[place as usize] += 1;
        }
        let mut start = 0;
        self.features = holders
            .into_iter()
            .map(|holders| {
                let occurrences = start..start + holders;
                start += holders;
                Feature { weight: telling(holders, bags.len()), occurrences }
            })
            .collect();
        self.occurrences = vec![(0, 0.0); start];
    }

    fn place_occurrences(&mut self, bags: &[Vec<(u64, u32)>]) {
        let mut filled = vec![0; self.features.len()];
        for (text, bag) in (0_u32..).zip(bags) {
            let weights: Vec<(usize, f64)> = bag
                .iter()
                .filter_map(|(hash, count)| Some((*self.places.get(hash)? as usize, *count)))
                .map(|(place, count)| (place, dampened(count) * self.features[place].weight))
                .collect();
            let length = weights.iter().map(|(_, weight)| weight * weight).sum::<f64>().sqrt();
            for (place, weight) in weights {
                self.occurrences[self.features[place].occurrences.start + filled[place]] = (text, weight / length);
                filled[place] += 1;
            }
        }
    }
}

/// The tenth occurrence says less than the first.
fn dampened(count: u32) -> f64 {
    1.0 + f64::from(count).ln()
}

/// Inverse document frequency, smoothed so that a feature of every text still counts a little.
#[expect(clippy::cast_precision_loss, reason = "numbers of examples are small")]
fn telling(holders: usize, texts: usize) -> f64 {
    ((1 + texts) as f64 / (1 + holders) as f64).ln() + 1.0
}

/// The features of a text with their counts, in the order of their hashes.
fn counted(text: &str) -> Vec<(u64, u32)> {
    let mut hashes = Vec::new();
    each_feature(text, |hash| hashes.push(hash));
    hashes.sort_unstable();
    let same = hashes.chunk_by(PartialEq::eq);
    same.filter_map(|run| Some((*run.first()?, u32::try_from(run.len()).unwrap_or(u32::MAX)))).collect()
}

/// Every n-gram and every word of a text, as often as it stands there.
fn each_feature(text: &str, mut take: impl FnMut(u64)) {
    let text = folded(text);
    for start in 0..text.len() {
        let mut hash = FeatureHash::GRAM;
        for (length, letter) in (1..=LONGEST_GRAM).zip(&text[start..]) {
            hash.add(*letter);
            if length >= SHORTEST_GRAM {
                take(hash.finish());
            }
        }
    }
    for word in text.split(|letter| !letter.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let mut hash = FeatureHash::WORD;
        word.iter().for_each(|letter| hash.add(*letter));
        take(hash.finish());
    }
}

/// The text in lower case and NFC, with one space for all white space between words and one at each end, so that n-grams
/// know where words begin and end.
fn folded(text: &str) -> Vec<char> {
    let mut letters = Vec::with_capacity(text.len() + 2);
    letters.push(' ');
    let mut push = |letter: char| match letter {
        space if space.is_whitespace() => {
            if letters.last() != Some(&' ') {
                letters.push(' ');
            }
        }
        letter => letters.push(letter),
    };
    if text.is_ascii() {
        text.bytes().for_each(|byte| push(char::from(byte.to_ascii_lowercase())));
    } else {
        text.to_lowercase().nfc().for_each(&mut push);
    }
    push(' ');
    letters
}

/// FNV-1a over characters, with a last mix because the hash table takes the bits as they are.
#[derive(Clone, Copy)]
struct FeatureHash(u64);

impl FeatureHash {
    const GRAM: Self = Self(0xcbf2_9ce4_8422_2325);
    const WORD: Self = Self(0x9e37_79b9_7f4a_7c15);

    fn add(&mut self, letter: char) {
        self.0 = (self.0 ^ u64::from(letter)).wrapping_mul(0x0100_0000_01b3);
    }

    const fn finish(self) -> u64 {
        let mixed = (self.0 ^ (self.0 >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
        mixed ^ (mixed >> 32)
    }
}

/// A hasher for keys that are hashes.
#[derive(Default)]
struct AlreadyHashed(u64);

impl Hasher for AlreadyHashed {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn examples(texts: &[&str]) -> Examples {
        Examples::new(&texts.iter().map(|text| Cow::Borrowed(*text)).collect::<Vec<_>>())
    }

    #[test]
    fn the_most_similar_text_is_found_in_spite_of_case_and_typos() {
        let examples = examples(&["I was charged twice", "The app crashes at start", "How do I reset my password?"]);
        assert_eq!(examples.nearest("i forgot my PASWORD, how do i reset it"), Some(2));
        assert_eq!(examples.nearest("app crashed"), Some(1));
        assert_eq!(examples.nearest("charged two times"), Some(0));
    }

    #[test]
    fn of_equally_near_texts_the_first_is_taken() {
        assert_eq!(examples(&["b", "same", "same"]).nearest("same"), Some(1));
        assert_eq!(examples(&["x", "y"]).nearest("nothing in common"), Some(0));
        assert_eq!(examples(&["", ""]).nearest(""), Some(0));
    }

    #[test]
    fn no_texts_have_no_nearest() {
        assert_eq!(examples(&[]).nearest("x"), None);
    }

    #[test]
    fn a_letter_with_an_accent_is_the_same_however_it_was_typed() {
        let examples = examples(&["cafe", "caf\u{e9}"]);
        assert_eq!(examples.nearest("CAFE\u{301}"), Some(1));
    }

    #[test]
    fn a_rare_word_tells_more_than_a_frequent_one() {
        let examples = examples(&["please help please help please", "please refund", "please help me"]);
        assert_eq!(examples.nearest("please please please refund"), Some(1));
    }

    proptest! {
        #[test]
        fn any_text_has_the_same_nearest_every_time(texts in prop::collection::vec("\\PC{0,40}", 1..8), text in ".{0,60}") {
            let texts: Vec<Cow<'_, str>> = texts.into_iter().map(Cow::Owned).collect();
            let found = Examples::new(&texts).nearest(&text);
            prop_assert!(found.is_some_and(|place| place < texts.len()));
            prop_assert_eq!(found, Examples::new(&texts).nearest(&text));
        }

        #[test]
        fn a_text_is_nearest_to_itself(texts in prop::collection::vec("[a-zé]{3}[a-zé ]{1,27}", 1..8), place in 0_usize..8) {
            let texts: Vec<Cow<'_, str>> = texts.into_iter().map(Cow::Owned).collect();
            let text = &texts[place % texts.len()];
            let found = Examples::new(&texts).nearest(text).map(|found| folded(&texts[found]));
            let same = |found: &Vec<char>| counted(&found.iter().collect::<String>()) == counted(text);
            prop_assert!(found.as_ref().is_some_and(same));
        }
    }
}
