//! "Did you mean …?"

/// The candidate that a person most likely meant by `word`, or nothing when none is close.
///
/// Close means an optimal-string-alignment distance of at most a third of the longer word, so that `exat` finds `exact` and
/// `foo` finds nothing; or that the word, of four letters or more, begins the candidate: `api_key` finds `api_key_env`.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (strsim::osa_distance(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| {
            let near = *distance * 3 <= lower.chars().count().max(candidate.chars().count());
            near || (lower.len() >= 4 && candidate.to_lowercase().starts_with(&lower))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The tail of an error message: `; did you mean `x`?`, or nothing.
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, candidates).map_or_else(String::new, |found| format!("; did you mean `{found}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_finds_the_word_that_was_meant() {
        assert_eq!(nearest("exat", ["contains", "exact"]), Some("exact"));
        assert_eq!(nearest("lavenshtien", ["levenshtein", "exact"]), Some("levenshtein"));
        assert_eq!(nearest("api_key", ["api", "api_key_env"]), Some("api_key_env"));
    }

    #[test]
    fn a_word_that_is_like_nothing_finds_nothing() {
        assert_eq!(nearest("foo", ["contains", "exact"]), None);
    }
}
