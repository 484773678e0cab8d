//! Where an API is.

use carat_core::spec::ModelSpec;
use url::Url;

/// OpenAI's own address.
const OWN: &str = "https://api.openai.com/v1";

const OWN_HOST: &str = "api.openai.com";

/// Names in a query that stand for a credential.
const CREDENTIALS: [&str; 7] = ["key", "api_key", "api-key", "apikey", "token", "access_token", "sig"];

/// How the addresses of single calls end.
const CALLS: [&str; 4] = ["/chat/completions", "/responses", "/completions", "/embeddings"];

/// A base address that has been checked: HTTP or HTTPS, without credentials, and without a `/` at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    base: String,
    query: Vec<(String, String)>,
    is_own: bool,
}

impl Address {
    /// The address of a model's server: OpenAI's own, where its settings name none.
    ///
    /// # Errors
    /// As [`Address::parse`].
    pub(super) fn of(spec: &ModelSpec) -> Result<Self, String> {
        Self::parse(spec.base_url.as_deref().unwrap_or(OWN))
    }

    /// Reads a base address as a person wrote it.
    ///
    /// # Errors
    /// What is wrong with it and what to do. Credentials in it are not repeated.
    pub(super) fn parse(written: &str) -> Result<Self, String> {
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
        let is_own = url.host_str() == Some(OWN_HOST);
        Ok(Self { base: url.as_str().trim_end_matches('/').to_owned(), query, is_own })
    }

    /// Scheme, host, port and path.
    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// What is added to every call's URL.
    pub(super) fn query(&self) -> &[(String, String)] {
        &self.query
    }

    /// Whether it is OpenAI itself, and not a server that speaks alike.
    pub(super) const fn is_own(&self) -> bool {
        self.is_own
    }

    /// The address in the one spelling that digests are taken of.
    pub(super) fn normalised(&self) -> String {
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
        return Err(
            "`base_url` holds a credential; take it out, and name the variable that holds the key with `api_key_env`"
                .to_owned(),
        );
    }
    Ok(())
}

/// `localhost:8080/v1` is what people write; a URL reader takes `localhost` for the scheme.
fn no_address(written: &str, problem: &str) -> String {
    let advice = if written.contains("://") || written.trim().is_empty() {
        format!("write something like `{OWN}` or `http://localhost:11434/v1`")
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
        assert_eq!(spelling("https://API.openai.com:443/v1/"), OWN);
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
        for call in ["chat/completions", "responses", "embeddings"] {
            let error = Address::parse(&format!("https://api.openai.com/v1/{call}")).unwrap_err();
            assert!(error.ends_with("write the base: `https://api.openai.com/v1`"), "{error}");
        }
    }

    #[test]
    fn credentials_in_an_address_are_refused_and_not_repeated() {
        for written in ["https://me:hunter2@example.org/v1", "https://example.org/v1?key=hunter2"] {
            let error = Address::parse(written).unwrap_err();
            assert!(error.contains("api_key_env") && !error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn only_openai_itself_is_openais_own() {
        assert!(Address::parse(OWN).unwrap().is_own());
        assert!(!Address::parse("https://api.openai.com.example.org/v1").unwrap().is_own());
    }
}
