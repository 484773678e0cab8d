//! Which part of an interface a request path speaks to, whatever stands before it.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::dialect::Dialect;

/// A part of an interface, OpenAI's unless it says otherwise, as counters and fault rules name it.
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
    /// `POST …/messages`, in Anthropic's dialect
    Messages,
    /// `POST …/v2/models/{model}/infer` and `…/generate`, in that of the Open Inference Protocol
    Infer,
    /// Lines of batches, which are worked on when their batch is
    BatchLines,
}

impl Endpoint {
    /// All endpoints, in the order of [`Endpoint::place`].
    pub(crate) const ALL: [Self; 9] = [
        Self::Chat,
        Self::Responses,
        Self::Embeddings,
        Self::Models,
        Self::Files,
        Self::Batches,
        Self::Messages,
        Self::Infer,
        Self::BatchLines,
    ];

    pub(crate) fn place(self) -> usize {
        self as usize
    }

    /// Whether a model does work for a request here; limits and fault rules that name no endpoint mean these.
    pub(crate) fn is_inference(self) -> bool {
        matches!(self, Self::Chat | Self::Responses | Self::Embeddings | Self::Messages | Self::Infer)
    }
}

/// A request path with what it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Route<'p> {
    Chat,
    Responses,
    Embeddings,
    /// A chat with a deployment of Azure OpenAI.
    DeployedChat(Cow<'p, str>),
    DeployedEmbeddings(Cow<'p, str>),
    Messages,
    /// Whether a server of the Open Inference Protocol is `live` or `ready`.
    Health(&'p str),
    /// One of its models.
    Inference(InferencePath<'p>),
    ModelList,
    Model(Cow<'p, str>),
    FileList,
    File(&'p str),
    FileContent(&'p str),
    BatchList,
    Batch(&'p str),
    BatchCancel(&'p str),
}

/// A model of the Open Inference Protocol, and what is wanted of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InferencePath<'p> {
    pub(crate) model: Cow<'p, str>,
    pub(crate) version: Option<&'p str>,
    pub(crate) verb: Verb,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    Describe,
    Ready,
    Infer,
    Generate,
}

impl<'p> Route<'p> {
    /// Reads the end of a path; any prefix is accepted, as servers live under many.
    pub(crate) fn of(path: &'p str) -> Option<Self> {
        let path = path.trim_end_matches('/');
        if path.ends_with("/chat/completions") && !path.contains("/deployments/") {
            return Some(Self::Chat);
        }
        let segments: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        if let Some(route) = inference(&segments) {
            return Some(route);
        }
        match segments.as_slice() {
            [.., "deployments", name, "chat", "completions"] => Some(Self::DeployedChat(decoded(name))),
            [.., "deployments", name, "embeddings"] => Some(Self::DeployedEmbeddings(decoded(name))),
            [.., "chat", "completions"] => Some(Self::Chat),
            [.., "messages"] => Some(Self::Messages),
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

    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            Self::DeployedChat(_) | Self::DeployedEmbeddings(_) => Dialect::Azure,
            Self::Messages => Dialect::Anthropic,
            Self::Health(_) | Self::Inference(_) => Dialect::Inference,
            Self::Chat
            | Self::Responses
            | Self::Embeddings
            | Self::ModelList
            | Self::Model(_)
            | Self::FileList
            | Self::File(_)
            | Self::FileContent(_)
            | Self::BatchList
            | Self::Batch(_)
            | Self::BatchCancel(_) => Dialect::OpenAi,
        }
    }

    /// The model that the path names and the body does not.
    pub(crate) fn model(&self) -> Option<&str> {
        match self {
            Self::DeployedChat(name) | Self::DeployedEmbeddings(name) => Some(name),
            Self::Inference(path) => Some(&path.model),
            _ => None,
        }
    }

    pub(crate) fn endpoint(&self) -> Endpoint {
        match self {
            Self::Chat | Self::DeployedChat(_) => Endpoint::Chat,
            Self::Responses => Endpoint::Responses,
            Self::Embeddings | Self::DeployedEmbeddings(_) => Endpoint::Embeddings,
            Self::Messages => Endpoint::Messages,
            Self::Inference(path) => path.verb.endpoint(),
            Self::ModelList | Self::Model(_) | Self::Health(_) => Endpoint::Models,
            Self::FileList | Self::File(_) | Self::FileContent(_) => Endpoint::Files,
            Self::BatchList | Self::Batch(_) | Self::BatchCancel(_) => Endpoint::Batches,
        }
    }
}

impl Verb {
    fn endpoint(self) -> Endpoint {
        match self {
            Self::Infer | Self::Generate => Endpoint::Infer,
            Self::Describe | Self::Ready => Endpoint::Models,
        }
    }
}

/// What stands after `v2` in a path of the Open Inference Protocol.
fn inference<'p>(segments: &[&'p str]) -> Option<Route<'p>> {
    let version = segments.iter().position(|part| *part == "v2")?;
    let (model, rest) = match segments.get(version + 1..)? {
        ["health", what @ ("live" | "ready")] => return Some(Route::Health(what)),
        ["models", model, rest @ ..] => (decoded(model), rest),
        _ => return None,
    };
    let (version, rest) = match rest {
        ["versions", version, rest @ ..] => (Some(*version), rest),
        _ => (None, rest),
    };
    let verb = match rest {
        [] => Verb::Describe,
        ["ready"] => Verb::Ready,
        ["infer"] => Verb::Infer,
        ["generate"] => Verb::Generate,
        _ => return None,
    };
    Some(Route::Inference(InferencePath { model, version, verb }))
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
    fn a_deployment_and_an_inference_model_are_named_by_the_path() {
        let deployed = Route::of("/openai/deployments/gpt-4o%3Aeu/chat/completions");
        assert_eq!(deployed, Some(Route::DeployedChat("gpt-4o:eu".into())));
        assert_eq!(deployed.map(|route| route.dialect()), Some(Dialect::Azure));
        let path = InferencePath { model: "m".into(), version: Some("3"), verb: Verb::Generate };
        assert_eq!(Route::of("/v2/models/m/versions/3/generate"), Some(Route::Inference(path)));
        assert_eq!(Route::of("/serving/v2/health/ready"), Some(Route::Health("ready")));
        assert_eq!(Route::of("/v2/models"), Some(Route::ModelList));
        assert_eq!(Route::of("/v2/models/org/name"), Some(Route::Model("org/name".into())));
    }

    #[test]
    fn a_model_name_may_hold_slashes() {
        let named = Route::Model("org/model:free".into());
        assert_eq!(Route::of("/v1/models/org/model:free"), Some(named.clone()));
        assert_eq!(Route::of("/v1/models/org%2Fmodel%3Afree"), Some(named));
    }
}
