//! Where an API is.

use carat_core::spec::{ModelSpec, Provider};
use url::Url;

use crate::Secret;
use crate::secret::is_in_address;
use crate::setup::Problem;

/// What people are shown as an address.
const EXAMPLE: &str = "https://api.openai.com/v1";

/// Names in a query that stand for a credential.
const CREDENTIALS: [&str; 7] = ["key", "api_key", "api-key", "apikey", "token", "access_token", "sig"];

const CREDENTIAL: &str =
    "`base_url` holds a credential; take it out, and name the variable that holds the key with `api_key_env`";

/// How the addresses of single calls end.
const CALLS: [&str; 5] = ["/chat/completions", "/responses", "/completions", "/embeddings", "/messages"];

/// A base address that has been checked: HTTP or HTTPS, without credentials, and without a `/` at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    base: String,
    query: Vec<(String, String)>,
    /// Whose own host it is. A server that only speaks alike is not the provider itself.
    owner: Option<Provider>,
}

impl Address {
    /// The address of a model's server: the provider's own, where its settings name none.
    ///
    /// # Errors
    /// As [`Address::parse`]; or there is none, and the provider has none of its own.
    pub(crate) fn of(spec: &ModelSpec) -> Result<Self, Problem> {
        let written = spec.base_url.as_deref().or(spec.provider.own_address());
        let written = written.ok_or_else(|| Problem::Missing {
            key: "base_url",
            provider: spec.provider.as_str(),
            example: "where the server is, such as `base_url: https://NAME.openai.azure.com` or `base_url: http://localhost:8000`",
        })?;
        Self::parse(written).map_err(Problem::BadBaseUrl)
    }

    /// Reads a base address as a person wrote it.
    ///
    /// # Errors
    /// What is wrong with it and what to do. Credentials in it are not repeated.
    pub(crate) fn parse(written: &str) -> Result<Self, String> {
        // What cannot be read as an address is shown, so that it has to be looked at before.
        if Secret::is_written_in(written)
            || is_in_address(written)
            || written.split(['/', '?', '#']).next().is_some_and(|host| host.contains('@'))
        {
            return Err(CREDENTIAL.to_owned());
        }
        let mut url = Url::parse(written.trim()).map_err(|error| no_address(written, &error.to_string()))?;
        refuse_credentials(&url)?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(no_address(written, "it does not begin with http:// or https://"));
        }
        let path = url.path().trim_end_matches('/').to_owned();
        if let Some(base) = CALLS.iter().find_map(|end| path.strip_suffix(end)) {
            url.set_path(base);
            url.set_query(None);
            return Err(format!(
                "`base_url` names one call of the API; write the base: `{}`",
                url.as_str().trim_end_matches('/')
            ));
        }
        let query = url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
        url.set_query(None);
        url.set_fragment(None);
        url.set_path(&path);
        // A provider is itself where nobody on the way can read along, and nowhere else: its usual key goes there unasked.
        let is_guarded = url.scheme() == "https" && url.port().is_none();
        let owner = url.host_str().filter(|_| is_guarded).and_then(Provider::of_host);
        Ok(Self { base: url.as_str().trim_end_matches('/').to_owned(), query, owner })
    }

    /// Scheme, host, port and path.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// What stands in the base before the last of these pieces of a path; none where it has no such piece.
    pub(crate) fn before(&self, piece: &str) -> Option<&str> {
        let (before, after) = self.base.rsplit_once(piece)?;
        (after.is_empty() || after.starts_with('/')).then_some(before)
    }

    /// Host and port.
    pub(crate) fn host(&self) -> &str {
        let rest = self.base.split_once("://").map_or(&*self.base, |(_, rest)| rest);
        rest.split('/').next().unwrap_or(rest)
    }

    /// What is added to every call's URL.
    pub(crate) fn query(&self) -> &[(String, String)] {
        &self.query
    }

    /// Whether it is this provider's own, and not a server that speaks alike.
    pub(crate) fn is_of(&self, provider: Provider) -> bool {
        self.owner == Some(provider)
    }

    /// The address in the one spelling that digests are taken of.
    pub(crate) fn normalised(&self) -> String {
        let mut text = self.base.clone();
        for (place, (name, value)) in self.query.iter().enumerate() {
            text.push(if place == 0 { '?' } else { '&' });
            text.push_str(&format!("{name}={value}"));
        }
        text
    }
}

fn refuse_credentials(url: &Url) -> Result<(), String> {
    let in_query = url.query_pairs().any(|(name, _)| CREDENTIALS.contains(&&*name.to_lowercase()));
    if in_query || !url.username().is_empty() || url.password().is_some() {
        return Err(CREDENTIAL.to_owned());
    }
    Ok(())
}

/// `localhost:8080/v1` is what people write; a URL reader takes `localhost` for the scheme.
fn no_address(written: &str, problem: &str) -> String {
    let advice = if written.contains("://") || written.trim().is_empty() {
        format!("write something like `{EXAMPLE}` or `http://localhost:11434/v1`")
    } else {
        format!("did you mean `http://{}`?", written.trim())
    };
    format!("`base_url` is no address ({problem}); {advice}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_has_one_spelling() {
        let spelling = |text: &str| Address::parse(text).unwrap().normalised();
        assert_eq!(spelling("https://API.openai.com:443/v1/"), EXAMPLE);
        assert_eq!(spelling(" http://localhost:11434 "), "http://localhost:11434");
        assert_eq!(
            spelling("https://a.example/openai/v1/?api-version=preview"),
            "https://a.example/openai/v1?api-version=preview"
        );
    }

    #[test]
    fn an_address_without_a_scheme_is_told_with_one() {
        let error = Address::parse("localhost:11434/v1").unwrap_err();
        assert!(error.ends_with("did you mean `http://localhost:11434/v1`?"), "{error}");
        assert!(Address::parse("").unwrap_err().contains("write something like"));
        assert!(Address::parse("ftp://example.org").is_err());
    }

    #[test]
    fn the_address_of_one_call_is_told_its_base() {
        for call in ["chat/completions", "responses", "embeddings", "messages"] {
            let error = Address::parse(&format!("https://api.openai.com/v1/{call}")).unwrap_err();
            assert!(error.ends_with("write the base: `https://api.openai.com/v1`"), "{error}");
        }
    }

    #[test]
    fn credentials_in_an_address_are_refused_and_not_repeated() {
        for written in [
            "https://me:hunter2@example.org/v1",
            "https://hunter2@example.org/v1",
            "https://example.org/v1?key=hunter2",
            "me:hunter2@example.org/v1",
            "me:hunter2@example.org:port",
            "https://me:hunter2@example.org:port/v1",
            "https://example .org/v1?api_key=hunter2",
            "https://example.org/sk-hunter2-12345678/v1",
        ] {
            let error = Address::parse(written).unwrap_err();
            assert!(error.contains("api_key_env") && !error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn only_the_providers_themselves_are_themselves() {
        let address = |text: &str| Address::parse(text).unwrap();
        assert!(address(EXAMPLE).is_of(Provider::Openai));
        assert!(!address("https://api.openai.com.example.org/v1").is_of(Provider::Openai));
        assert!(!address("http://api.openai.com/v1").is_of(Provider::Openai), "anybody on the way reads along");
        assert!(!address("https://api.openai.com:8443/v1").is_of(Provider::Openai));
        assert!(
            address("https://EU.openai.azure.com").is_of(Provider::Azure)
                && !address("https://openai.azure.com.example").is_of(Provider::Azure)
        );
        assert!(address("https://api.anthropic.com/v1").is_of(Provider::Anthropic));
        assert!(!address("http://127.0.0.1/?x=api.anthropic.com").is_of(Provider::Anthropic));
    }

    #[test]
    fn a_piece_of_a_path_is_found_as_a_whole() {
        let before = |text: &str, piece: &str| Address::parse(text).unwrap().before(piece).map(str::to_owned);
        assert_eq!(before("https://a.example/gate/openai/v1", "/openai").as_deref(), Some("https://a.example/gate"));
        assert_eq!(before("https://a.example/openai", "/openai").as_deref(), Some("https://a.example"));
        assert_eq!(before("https://a.example/openaix", "/openai"), None);
    }
}
