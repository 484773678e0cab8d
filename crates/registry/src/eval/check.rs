//! What is wrong with a spec although it has the right shape, and where.

use std::collections::BTreeSet;

use carat_core::spec::EvalSpec;
use carat_core::yaml::YamlError;

use crate::ProjectError;

/// What the types cannot say. An error names the word in the file that it is about.
pub(super) fn check(spec: &EvalSpec) -> Result<(), (String, String)> {
    let not_empty = [
        ("prompts", spec.prompts.is_empty()),
        ("models", spec.models.is_empty()),
        ("scorers", spec.scorers.is_empty() && spec.graders.is_empty()),
    ];
    if let Some((key, _)) = not_empty.iter().find(|(_, empty)| *empty) {
        return Err(((*key).to_owned(), format!("`{key}` needs at least one member")));
    }
    if spec.trials == 0 {
        return Err(("trials".to_owned(), "`trials` must be at least 1".to_owned()));
    }
    let mut names = BTreeSet::new();
    for scorer in &spec.scorers {
        scorer.kind().map_err(|message| (scorer.name.clone(), message))?;
        if !names.insert(&scorer.name) {
            return Err((scorer.name.clone(), format!("two scorers are called `{}`", scorer.name)));
        }
        if scorer.name.is_empty() || scorer.name.contains(|c: char| c.is_whitespace() || c == '.') {
            return Err((scorer.name.clone(), format!("`{}` cannot name a scorer: no spaces, no points", scorer.name)));
        }
    }
    for list in [&spec.prompts, &spec.models] {
        let mut seen = BTreeSet::new();
        if let Some(twice) = list.iter().find(|name| !seen.insert(*name)) {
            return Err((twice.clone(), format!("`{twice}` is named twice")));
        }
    }
    Ok(())
}

/// An error on the last line that holds the word as a whole, for a doubled name is the second one.
pub(super) fn at_word(text: &str, shown: &str, word: &str, message: String) -> ProjectError {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
    let whole = |line: &str| {
        let mut found = line.match_indices(word);
        found.find_map(|(at, _)| {
            let before = line[..at].chars().next_back().is_none_or(|c| !is_part(c));
            let after = line[at + word.len()..].chars().next().is_none_or(|c| !is_part(c));
            (before && after).then_some(at)
        })
    };
    let place = text.lines().enumerate().filter_map(|(line, text)| Some((line, whole(text)?))).last();
    let (line, column) = place.map_or((1, 1), |(line, column)| (line as u64 + 1, column as u64 + 1));
    YamlError { file: shown.to_owned(), line, column, message }.into()
}
