//! Which part of the interface a request path speaks to, whatever stands before it.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// A part of the OpenAI interface, as counters and fault rules name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Endpoint {
    /// `POST …/chat/completions`
    Chat,
    /// `POST …/responses`
    Responses,
    /// `POST …/embeddings`
    Embeddings,
    /// `GET …/models` and `GET …/models/{id}`
    Models,
    /// Everything under `…/files`
    Files,
    /// Everything under `…/batches`
    Batches,
}

impl Endpoint {
    /// All endpoints, in the order of [`Endpoint::place`].
    pub(crate) const ALL: [Self; 6] =
        [Self::Chat, Self::Responses, Self::Embeddings, Self::Models, Self::Files, Self::Batches];

    pub(crate) fn place(self) -> usize {
        self as usize
    }

    /// Whether a model does work here; fault rules that name no endpoint mean these.
    pub(crate) fn is_inference(self) -> bool {
        matches!(self, Self::Chat | Self::Responses | Self::Embeddings)
    }
}

/// A request path with what it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Route<'p> {
    Chat,
    Responses,
    Embeddings,
    ModelList,
    Model(Cow<'p, str>),
    FileList,
    File(&'p str),
    FileContent(&'p str),
    BatchList,
    Batch(&'p str),
    BatchCancel(&'p str),
}

impl<'p> Route<'p> {
    /// Reads the end of a path; any prefix is accepted, as servers live under many.
    pub(crate) fn of(path: &'p str) -> Option<Self> {
        let path = path.trim_end_matches('/');
        if path.ends_with("/chat/completions") {
            return Some(Self::Chat);
        }
        let segments: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        match segments.as_slice() {
            [.., "responses"] => Some(Self::Responses),
            [.., "embeddings"] => Some(Self::Embeddings),
            [.., "models"] => Some(Self::ModelList),
            [.., "files"] => Some(Self::FileList),
            [.., "files", id] => Some(Self::File(id)),
            [.., "files", id, "content"] => Some(Self::FileContent(id)),
            [.., "batches"] => Some(Self::BatchList),
            [.., "batches", id] => Some(Self::Batch(id)),
            [.., "batches", id, "cancel"] => Some(Self::BatchCancel(id)),
            _ => path.split_once("/models/").map(|(_, id)| Self::Model(decoded(id))),
        }
    }

    pub(crate) fn endpoint(&self) -> Endpoint {
        match self {
            Self::Chat => Endpoint::Chat,
            Self::Responses => Endpoint::Responses,
            Self::Embeddings => Endpoint::Embeddings,
            Self::ModelList | Self::Model(_) => Endpoint::Models,
            Self::FileList | Self::File(_) | Self::FileContent(_) => Endpoint::Files,
            Self::BatchList | Self::Batch(_) | Self::BatchCancel(_) => Endpoint::Batches,
        }
    }
}

/// Model names hold slashes and colons, and clients differ in whether they escape them.
fn decoded(id: &str) -> Cow<'_, str> {
    if !id.contains('%') {
        return Cow::Borrowed(id);
    }
    let plain = id.replace("%2F", "/").replace("%2f", "/");
    Cow::Owned(plain.replace("%3A", ":").replace("%3a", ":"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_does_not_matter() {
        assert_eq!(Route::of("/openai/v1/chat/completions"), Some(Route::Chat));
        assert_eq!(Route::of("/chat/completions/"), Some(Route::Chat));
        assert_eq!(Route::of("/v1/responses"), Some(Route::Responses));
        assert_eq!(Route::of("/v1/nothing"), None);
    }

    #[test]
    fn a_model_name_may_hold_slashes() {
        let named = Route::Model("org/model:free".into());
        assert_eq!(Route::of("/v1/models/org/model:free"), Some(named.clone()));
        assert_eq!(Route::of("/v1/models/org%2Fmodel%3Afree"), Some(named));
    }
}
