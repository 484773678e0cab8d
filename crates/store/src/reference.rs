//! How people name runs, versions and promotions, and what is said when that names none or several.

/// What a person wrote names no run, version or promotion, or several.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    /// There is no run at all.
    #[error("there are no runs yet; `carat eval` makes one")]
    NoRuns,
    /// `@last~N` reaches back too far.
    #[error("`{reference}` reaches back too far: there are {runs} runs, the oldest is `@last~{}`", runs - 1)]
    TooFarBack {
        /// What was written.
        reference: String,
        /// How many runs there are; at least one.
        runs: u64,
    },
    /// Nothing is called that.
    #[error("no run is called `{reference}`{hint}")]
    UnknownRun {
        /// What was written.
        reference: String,
        /// `; did you mean …?`, or the last runs.
        hint: String,
    },
    /// Nothing has been proposed at all.
    #[error("there are no promotions yet")]
    NoPromotions,
    /// No promotion has that id.
    #[error("there is no promotion `{reference}`{hint}")]
    UnknownPromotion {
        /// What was written.
        reference: String,
        /// `; did you mean …?`, or the last promotions.
        hint: String,
    },
    /// Too few characters to tell things apart by.
    #[error("`{reference}` is too short: at least {least} characters of an id are needed")]
    TooShort {
        /// What was written.
        reference: String,
        /// How many characters it takes.
        least: usize,
    },
    /// Something that is not the beginning of a digest.
    #[error("`{reference}` is not the beginning of a digest: only 0-9 and a-f stand in one")]
    NotADigest {
        /// What was written.
        reference: String,
    },
    /// Several things begin like that.
    #[error("`{reference}` could be {}; write some more of it", candidates.join(" or "))]
    Ambiguous {
        /// What was written.
        reference: String,
        /// What it could be: at least two.
        candidates: Vec<String>,
    },
}

/// How a person names a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RunReference<'a> {
    /// So many runs before the newest.
    Last(u64),
    /// A name, an id or the beginning of one.
    Called(&'a str),
}

impl<'a> RunReference<'a> {
    pub(crate) fn read(text: &'a str) -> Self {
        let back = match text.strip_prefix("@last") {
            Some("") => Some(0),
            Some(rest) => rest.strip_prefix('~').and_then(|number| number.parse().ok()),
            None => None,
        };
        back.map_or(Self::Called(text), Self::Last)
    }
}

/// The least text that is greater than every text that begins with `prefix`, in the order of bytes; none where there is no
/// such text.
pub(crate) fn after_all_that_begin_with(prefix: &str) -> Option<String> {
    let mut letters: Vec<char> = prefix.chars().collect();
    while let Some(last) = letters.pop() {
        if let Some(next) = (last..=char::MAX).nth(1) {
            letters.push(next);
            return Some(letters.into_iter().collect());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_runs_are_counted_from_the_newest() {
        assert_eq!(RunReference::read("@last"), RunReference::Last(0));
        assert_eq!(RunReference::read("@last~2"), RunReference::Last(2));
        assert_eq!(RunReference::read("@last~x"), RunReference::Called("@last~x"));
        assert_eq!(RunReference::read("nightly"), RunReference::Called("nightly"));
    }

    #[test]
    fn the_end_of_a_prefix_is_just_behind_it() {
        assert_eq!(after_all_that_begin_with("019f").as_deref(), Some("019g"));
        assert_eq!(after_all_that_begin_with("a\u{10ffff}").as_deref(), Some("b"));
        assert_eq!(after_all_that_begin_with("\u{10ffff}"), None);
    }
}
