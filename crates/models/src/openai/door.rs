//! What every call to a server has in common, as async-openai wants to be told it.

use async_openai::config::Config;
use http::{HeaderMap, HeaderValue, header};
use secrecy::SecretString;

use super::address::Address;
use crate::Secret;
use crate::setup::Problem;

const ORGANISATION: &str = "openai-organization";
const USER_AGENT: &str = concat!("carat/", env!("CARGO_PKG_VERSION"));

/// Address, key and headers. async-openai's own configuration reads the environment and sends an empty key where there is
/// none; this one does neither, and makes its headers once.
#[derive(Clone)]
pub(super) struct Door {
    address: Address,
    headers: HeaderMap,
    key: Secret,
}

impl Door {
    /// Takes what has been checked; the extra headers may not be those that are made here.
    pub(super) fn new(
        address: Address,
        key: Option<&Secret>,
        organisation: Option<&str>,
        mut headers: HeaderMap,
    ) -> Result<Self, Problem> {
        headers.entry(header::USER_AGENT).or_insert(HeaderValue::from_static(USER_AGENT));
        if let Some(organisation) = organisation {
            let problem = "it is made of `organization`, which has characters that cannot stand in a header";
            let value = HeaderValue::from_str(organisation)
                .map_err(|_| Problem::BadHeader { header: ORGANISATION.to_owned(), problem })?;
            headers.insert(ORGANISATION, value);
        }
        if let Some(key) = key {
            let mut value =
                HeaderValue::from_str(&format!("Bearer {}", key.expose())).map_err(|_| Problem::UnusableKey)?;
            value.set_sensitive(true);
            headers.insert(header::AUTHORIZATION, value);
        }
        Ok(Self { address, headers, key: key.cloned().unwrap_or_else(|| Secret::new("")) })
    }

    /// Where a call goes, as a person is shown it: without the query.
    pub(super) fn shown_url(&self, path: &str) -> String {
        format!("{}{path}", self.address.base())
    }
}

impl Config for Door {
    fn headers(&self) -> HeaderMap {
        self.headers.clone()
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address.base())
    }

    fn query(&self) -> Vec<(&str, &str)> {
        self.address.query().iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    fn api_base(&self) -> &str {
        self.address.base()
    }

    fn api_key(&self) -> &SecretString {
        self.key.as_secret_string()
    }
}
