//! What every call to a server has in common.

use http::{HeaderMap, HeaderValue, header};
use url::Url;

use super::address::Address;
use super::dialect::Dialect;
use super::failure::Failure;
use crate::Secret;
use crate::setup::Problem;

const ORGANISATION: &str = "openai-organization";
const USER_AGENT: &str = concat!("carat/", env!("CARGO_PKG_VERSION"));

/// Address, key and headers, made once.
#[derive(Clone)]
pub(crate) struct Door {
    /// What the paths of calls are put behind: scheme, host, port and path.
    base: String,
    query: Vec<(String, String)>,
    headers: HeaderMap,
    key: Secret,
}

impl Door {
    /// Takes what has been checked; the extra headers may not be those that are made here.
    pub(super) fn new(
        dialect: Dialect,
        address: &Address,
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
        dialect.sign(&mut headers, key)?;
        let (base, query) = (address.base().to_owned(), address.query().to_vec());
        Ok(Self { base, query, headers, key: key.cloned().unwrap_or_else(|| Secret::new("")) })
    }

    /// The door to what is further down the path. A segment may have any characters: none of them ends it.
    #[must_use]
    pub(crate) fn below<'a>(self, segments: impl IntoIterator<Item = &'a str>) -> Self {
        let Ok(mut url) = Url::parse(&self.base) else { return self };
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        Self { base: url.as_str().trim_end_matches('/').to_owned(), ..self }
    }

    /// The door with this in the query of every call.
    #[must_use]
    pub(crate) fn asking(mut self, name: &str, value: &str) -> Self {
        self.query.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Where a call goes, as a person is shown it: without the query.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Where a call goes, with the query.
    pub(crate) fn full_url(&self, path: &str) -> Result<Url, Failure> {
        let mut url = Url::parse(&self.url(path)).map_err(|error| Failure::Unsendable(error.to_string()))?;
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        Ok(url)
    }

    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    pub(crate) fn query(&self) -> &[(String, String)] {
        &self.query
    }

    pub(crate) const fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    pub(crate) const fn key(&self) -> &Secret {
        &self.key
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn door(address: &str) -> Door {
        let address = Address::parse(address).unwrap();
        Door::new(Dialect::Azure, &address, Some(&Secret::new("k1")), None, HeaderMap::new()).unwrap()
    }

    #[test]
    fn what_is_behind_a_door_is_found_under_its_path_with_its_query() {
        let door =
            door("https://a.example/gate?x=1").below(["openai", "deployments", "org/m"]).asking("api-version", "1 2");
        assert_eq!(door.url("/chat"), "https://a.example/gate/openai/deployments/org%2Fm/chat");
        let expected = "https://a.example/gate/openai/deployments/org%2Fm/chat?x=1&api-version=1+2";
        assert_eq!(door.full_url("/chat").unwrap().as_str(), expected);
        assert_eq!(door.headers()["api-key"], "k1");
    }

    proptest! {
        #[test]
        fn no_name_leads_to_another_server(name in "\\PC{0,20}|[./?#@:]{0,6}") {
            let url = door("https://a.example/v1").below(["models", &name]).full_url("/infer").unwrap();
            prop_assert_eq!((url.host_str(), url.query(), url.fragment()), (Some("a.example"), None, None));
            prop_assert!(url.path().starts_with("/v1/models") && url.path().ends_with("/infer"), "{}", url);
        }
    }
}
