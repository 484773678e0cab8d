//! The words of refusal of each language, as patterns over a sentence in lower case.

mod eastern;
mod english;
mod germanic;
mod romance;

use std::sync::LazyLock;

use regex::Regex;

/// The opening phrases of one language, as regular expressions. In what is refused `~` stands for up to seven words of the
/// same clause, and words in capitals for their part.
struct Words {
    /// ISO 639-1.
    code: &'static str,
    /// What words of refusal are made of, by name: `CANNOT`, `VERB`. A part may be made of those that come after it.
    parts: &'static [(&'static str, &'static [&'static str])],
    /// Words of regret and the like, after which a refusal may follow at once: `unfortunately`.
    soft: &'static [&'static str],
    /// How a clause of such words begins. It goes on to a comma, a dash or a word that turns: `i understand`.
    soft_clauses: &'static [&'static str],
    /// Words that turn: `but`.
    turns: &'static str,
    /// Words of refusal.
    refusals: &'static [&'static str],
    /// What makes a sentence say something else wherever it stands in it: `not only`.
    unless: &'static [&'static str],
}

/// The words of a language, compiled.
pub(super) struct Language {
    /// ISO 639-1.
    pub(super) code: &'static str,
    refusal: Regex,
    softening: Regex,
    unless: &'static [&'static str],
}

impl Language {
    /// Whether a sentence begins with a refusal, be there words of regret before it or not.
    pub(super) fn refuses(&self, sentence: &str) -> bool {
        self.refusal.is_match(sentence) && !self.unless.iter().any(|words| sentence.contains(words))
    }

    /// Whether a sentence is words of regret and the like, and nothing else.
    pub(super) fn only_softens(&self, sentence: &str) -> bool {
        self.softening.is_match(sentence)
    }
}

/// Every language. One whose patterns were wrong would be left out; a test counts them.
pub(super) static LANGUAGES: LazyLock<Vec<Language>> = LazyLock::new(|| {
    let all = [&english::WORDS[..], &germanic::WORDS, &romance::WORDS, &eastern::WORDS];
    all.into_iter().flatten().filter_map(|words| words.compiled().ok()).collect()
});

impl Words {
    fn compiled(&self) -> Result<Language, regex::Error> {
        let (soft, clauses) = (self.soft.join("|"), self.soft_clauses.join("|"));
        let refusals = self.refusals.join("|").replace('~', r"(?:[^ ,;:]+ ){0,7}?");
        let put_in =
            |text: String, (name, part): &(&str, &[&str])| text.replace(name, &format!("(?:{})", part.join("|")));
        let refusals = self.parts.iter().fold(refusals, put_in);
        let turns = self.turns;
        let turned = format!("(?:(?:{turns})[ ,，、]*)*");
        let softened = format!("(?:{soft})[ ,，、;:–—-]*{turned}");
        let softened_clause = format!("(?:{clauses})[^;:]*?(?:[,，、;:–—]| - | ?(?:{turns}))[ ,，、]*{turned}");
        let before = format!("(?:{softened}|{softened_clause})*");
        Ok(Language {
            code: self.code,
            refusal: Regex::new(&format!("^{before}(?:{refusals})"))?,
            softening: Regex::new(&format!("^{before}(?:{softened}|(?:{clauses}).*)$"))?,
            unless: self.unless,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_patterns_of_every_language_compile() {
        let codes: Vec<&str> = LANGUAGES.iter().map(|language| language.code).collect();
        assert_eq!(codes, ["en", "de", "nl", "sv", "fr", "es", "it", "pt", "pl", "ja", "zh"]);
    }
}
