//! Names for what is made: of files, models, scorers.

use std::collections::BTreeSet;

/// The most characters of a name that is made of words of the source.
const LONGEST: usize = 48;

/// A name of lower-case letters, digits and hyphens, made of any text: `Hello, World!` is `hello-world`. Empty where the text
/// has neither letters nor digits.
pub(crate) fn slug(text: &str) -> String {
    let mut slug = String::new();
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let word = word.to_lowercase();
        if !slug.is_empty() && slug.chars().count() + word.chars().count() >= LONGEST {
            break;
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.extend(word.chars().take(LONGEST));
    }
    slug
}

/// A name that an eval, a model or a scorer can have: what is neither letter nor digit nor one of `allowed` is `_`.
pub(crate) fn word(text: &str, allowed: &[char]) -> String {
    let fit = |c: char| if c.is_alphanumeric() || c == '_' || allowed.contains(&c) { c } else { '_' };
    text.trim().chars().take(LONGEST).map(fit).collect::<String>().trim_matches('_').to_owned()
}

/// Gives each name once.
#[derive(Debug, Default)]
pub(crate) struct Unique(BTreeSet<String>);

impl Unique {
    /// The name, or the first of `NAME2`, `NAME3`, … that is free, with `between` before the number.
    pub(crate) fn name(&mut self, wished: &str, between: &str) -> String {
        let numbered = (2..).map(|number: u64| format!("{wished}{between}{number}"));
        let free = std::iter::once(wished.to_owned()).chain(numbered).find(|name| !self.0.contains(name));
        let name = free.unwrap_or_default();
        self.0.insert(name.clone());
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_any_kind_become_names() {
        assert_eq!(slug("Hello, World! (2)"), "hello-world-2");
        assert_eq!(slug("  ¿Cómo estás?  "), "cómo-estás");
        assert_eq!(slug("…"), "");
        assert!(slug(&"long ".repeat(100)).chars().count() <= LONGEST);
        assert_eq!(word("llm-rubric", &[]), "llm_rubric");
        assert_eq!(word("Tone & style", &['-']), "Tone___style");
    }

    #[test]
    fn no_name_is_given_twice() {
        let mut unique = Unique::default();
        assert_eq!(["a", "a", "a"].map(|name| unique.name(name, "_")), ["a", "a_2", "a_3"]);
    }
}
