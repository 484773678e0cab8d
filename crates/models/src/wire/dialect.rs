//! What is spoken to a server, as far as calls differ by it.

use carat_core::spec::Provider;
use http::{HeaderMap, HeaderName, HeaderValue, header};

use super::address::Address;
use crate::Secret;
use crate::setup::Problem;

/// The variable that holds the key of OpenAI itself, where the project names none.
const OPENAI_KEY: &str = "OPENAI_API_KEY";

/// The same for resources of Azure OpenAI.
const AZURE_KEY: &str = "AZURE_OPENAI_API_KEY";

/// The same for Anthropic itself.
const ANTHROPIC_KEY: &str = "ANTHROPIC_API_KEY";

/// All variables that a key may be taken from without being named.
pub(crate) const USUAL_KEYS: [&str; 3] = [OPENAI_KEY, AZURE_KEY, ANTHROPIC_KEY];

const API_KEY: HeaderName = HeaderName::from_static("api-key");
const X_API_KEY: HeaderName = HeaderName::from_static("x-api-key");
const ANTHROPIC_VERSION: HeaderName = HeaderName::from_static("anthropic-version");

/// The version of Anthropic's API that this was written against; there is no later one.
const VERSION: HeaderValue = HeaderValue::from_static("2023-06-01");

/// An interface that servers have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// OpenAI's own, and that of all who speak as it does.
    OpenAi,
    /// OpenAI's, as Azure has it.
    Azure,
    /// Anthropic's messages.
    Anthropic,
    /// The Open Inference Protocol, version 2, and Triton's extension.
    Inference,
}

impl Dialect {
    /// What is spoken to models of this provider; none where no server is.
    pub(crate) const fn of(provider: Provider) -> Option<Self> {
        match provider {
            Provider::Openai => Some(Self::OpenAi),
            Provider::Azure => Some(Self::Azure),
            Provider::Anthropic => Some(Self::Anthropic),
            Provider::Oip => Some(Self::Inference),
            Provider::Baseline | Provider::Recorded | Provider::Command => None,
        }
    }

    /// What a person calls it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::OpenAi => "OpenAI's API",
            Self::Azure => "Azure OpenAI's API",
            Self::Anthropic => "Anthropic's API",
            Self::Inference => "the Open Inference Protocol",
        }
    }

    /// The variable that the key is taken from where the project names none: only where the server is the provider's own, so
    /// that a key is never sent to anybody else.
    pub(crate) fn usual_key(self, address: &Address) -> Option<&'static str> {
        match self {
            Self::OpenAi => address.is_of(Provider::Openai).then_some(OPENAI_KEY),
            Self::Azure => address.is_of(Provider::Azure).then_some(AZURE_KEY),
            Self::Anthropic => address.is_of(Provider::Anthropic).then_some(ANTHROPIC_KEY),
            Self::Inference => None,
        }
    }

    /// Adds what goes along with every call: the key, in its place, and the version of the interface.
    ///
    /// # Errors
    /// The key has characters that cannot stand in a header.
    pub(super) fn sign(self, headers: &mut HeaderMap, key: Option<&Secret>) -> Result<(), Problem> {
        if self == Self::Anthropic {
            headers.entry(ANTHROPIC_VERSION).or_insert(VERSION);
        }
        let Some(key) = key.map(Secret::expose) else { return Ok(()) };
        let (name, text) = match self {
            Self::OpenAi | Self::Inference => (header::AUTHORIZATION, &*format!("Bearer {key}")),
            Self::Azure => (API_KEY, key),
            Self::Anthropic => (X_API_KEY, key),
        };
        let mut value = HeaderValue::from_str(text).map_err(|_| Problem::UnusableKey)?;
        value.set_sensitive(true);
        headers.insert(name, value);
        Ok(())
    }
}
