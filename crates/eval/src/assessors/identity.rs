//! What a recorded score was made with.

use carat_core::Digest;
use carat_core::spec::{ScorerKind, ScorerSpec};
use serde_json::json;

use super::{Surroundings, judge, program};

/// The name of all that decides what an assessor says of an answer, apart from the answer and the row: its settings, the
/// digests of the models that it asks, the revision of the words in which judges are asked, and the content of a program's
/// files. A recorded score stands for as long as this stays the same. Which run the baseline is, is not in it.
///
/// A model or a file that is not there has no digest, which is another name than any that it could have.
pub fn digest(spec: &ScorerSpec, around: &Surroundings<'_>) -> Digest {
    let models = |names: &[&str]| {
        let digests = names.iter().map(|name| (around.judge)(name).ok().map(|id| id.digest));
        digests.collect::<Vec<_>>()
    };
    let asked = match spec.kind() {
        Ok(ScorerKind::Judge(judge)) => json!({"models": models(&judge.judges()), "words": judge::REVISION}),
        Ok(ScorerKind::Embedding(embedding)) => json!({"models": models(&[&embedding.model])}),
        Ok(ScorerKind::Program(program)) => json!({"files": program::contents(program, around.folder)}),
        Ok(_) | Err(_) => json!(null),
    };
    Digest::of_json(&json!({"settings": spec.digest(), "asked": asked}))
}
