//! The door to a server as async-openai wants to be told of it. Its own configuration reads the environment and sends an empty
//! key where there is none; this one does neither.

use async_openai::config::Config;
use http::HeaderMap;
use secrecy::SecretString;

use crate::wire::Door;

impl Config for Door {
    fn headers(&self) -> HeaderMap {
        self.headers().clone()
    }

    fn url(&self, path: &str) -> String {
        self.url(path)
    }

    fn query(&self) -> Vec<(&str, &str)> {
        self.query().iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    fn api_base(&self) -> &str {
        self.base()
    }

    fn api_key(&self) -> &SecretString {
        self.key().as_secret_string()
    }
}
