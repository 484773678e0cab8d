//! Who serves a model, and what that provider calls it: what the calendar of shutdowns and the table of prices have in
//! common.

pub(crate) mod list;
mod pattern;
mod steps;

use carat_core::nearest::did_you_mean;
use carat_core::spec::{ModelSpec, Provider};
use carat_core::untrusted::one_line;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

pub use pattern::ModelPattern;

/// How a calendar and a table of prices name OpenAI itself.
pub const OPENAI: &str = "openai";

/// How they name Anthropic itself.
pub const ANTHROPIC: &str = "anthropic";

/// How they name models that OpenAI's API serves from Azure, whatever the resource is called.
pub const AZURE: &str = "azure";

/// Providers that go by a word; all others are named by the host of their address.
const WORDS: [&str; 3] = [OPENAI, ANTHROPIC, AZURE];

/// The longest name that a host can have (RFC 1035, 2.3.4).
const LONGEST_HOST: usize = 253;

/// Who serves a model, as a calendar and a table of prices name them: a word for those that have one, else the host of its
/// address in lower case. None where nobody does, because its answers come from here.
///
/// Only what is reached by HTTPS on the usual port is the provider itself. Anything else on a host of that name is a gateway,
/// a test or a deception, and is named by the host.
pub fn provider_of(spec: &ModelSpec) -> Option<String> {
    match spec.provider {
        // Whatever stands before a resource, such as a gateway: what it serves is Azure's.
        Provider::Azure => Some(AZURE.to_owned()),
        Provider::Openai | Provider::Anthropic | Provider::Oip => {
            spec.base_url.as_deref().or(spec.provider.own_address()).map(|url| Place::of(url).name())
        }
        Provider::Baseline | Provider::Recorded | Provider::Command => None,
    }
}

/// Where an address leads.
struct Place<'a> {
    is_https: bool,
    /// In lower case.
    host: String,
    /// As it is written, without the colon; empty where none is.
    port: &'a str,
}

impl<'a> Place<'a> {
    fn of(url: &'a str) -> Self {
        let (scheme, rest) = url.trim().split_once("://").unwrap_or(("", url.trim()));
        // To those who call the server a `\` is a `/`.
        let authority = rest.split(['/', '\\', '?', '#']).next().unwrap_or(rest);
        let place = authority.rsplit_once('@').map_or(authority, |(_, place)| place);
        let port = place.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
        let (host, port) = port.unwrap_or((place, ""));
        Self { is_https: scheme.eq_ignore_ascii_case("https"), host: host.to_lowercase(), port }
    }

    fn name(self) -> String {
        let is_usual = self.is_https && (self.port.is_empty() || self.port.parse() == Ok(443_u16));
        if is_usual { named(&self.host) } else { self.host }
    }
}

/// The word of a host that has one, else the host.
fn named(host: &str) -> String {
    match Provider::of_host(host) {
        Some(provider) => provider.as_str().to_owned(),
        None => host.to_owned(),
    }
}

/// A provider, in lower case; a host that has a word by that word. One that nothing can ever be served by is a misspelt one,
/// and its entry would never count.
pub(crate) fn provider<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let written = String::deserialize(deserializer)?;
    let name = written.to_lowercase();
    if WORDS.contains(&name.as_str()) || is_host(&name) {
        return Ok(named(&name));
    }
    Err(D::Error::custom(no_provider(&written)))
}

fn is_host(name: &str) -> bool {
    let is_of_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    (name.contains('.') || name == "localhost") && name.len() <= LONGEST_HOST && name.chars().all(is_of_host)
}

/// What is wrong with the name of a provider, and what may have been meant.
fn no_provider(written: &str) -> String {
    let shown = one_line(written, 80);
    let Place { host, port, .. } = Place::of(written);
    if is_host(&host) && !port.is_empty() && written.len() == host.len() + 1 + port.len() {
        return format!("`{shown}` has a port; write the host without the port: `{host}`");
    }
    if is_host(&host) {
        return format!("`{shown}` is an address; write its host alone, without the port: `{host}`");
    }
    let hint = did_you_mean(&shown.to_lowercase(), WORDS);
    format!("`{shown}` is neither `openai`, `anthropic` or `azure` nor a host such as `api.mistral.ai`{hint}")
}

#[cfg(test)]
mod tests {
    use carat_core::yaml;

    use super::*;

    fn served(settings: &str) -> Option<String> {
        provider_of(&yaml::read(settings, "carat.yaml").unwrap())
    }

    fn at(url: &str) -> String {
        let url = serde_json::to_string(url).unwrap();
        served(&format!("provider: openai\nbase_url: {url}")).unwrap()
    }

    #[test]
    fn a_provider_has_a_word_or_is_named_by_its_host() {
        assert_eq!(served("provider: openai").as_deref(), Some("openai"));
        assert_eq!(at("https://API.openai.com:443/v1"), "openai");
        assert_eq!(at("https://api.anthropic.com/v1/"), "anthropic");
        assert_eq!(at("https://Us-East.openai.azure.com/openai/v1"), "azure");
        assert_eq!(at("http://localhost:11434/v1"), "localhost");
        assert_eq!(at("https://api.openai.com.example.org?x=@api.openai.com"), "api.openai.com.example.org");
        assert_eq!(at("https://openai.azure.com.example.org"), "openai.azure.com.example.org");
        assert_eq!(at("http://[::1]:8000/v1"), "[::1]");
        assert_eq!(served("provider: anthropic").as_deref(), Some("anthropic"));
        assert_eq!(served("provider: azure\nbase_url: https://gate.example").as_deref(), Some("azure"));
        assert_eq!(served("provider: oip\nbase_url: http://triton:8000").as_deref(), Some("triton"));
    }

    #[test]
    fn only_what_is_reached_by_https_on_the_usual_port_is_the_provider_itself() {
        for own in ["https://api.openai.com", "HTTPS://api.openai.com:/v1", " https://api.openai.com:0443/v1 "] {
            assert_eq!(at(own), "openai", "{own}");
        }
        for other in [
            "http://api.openai.com:8080",
            "http://api.openai.com/v1",
            "http://api.openai.com:443/v1",
            "https://api.openai.com:8443/v1",
            "https://api.openai.com:65979/v1",
            "api.openai.com/v1",
        ] {
            assert_eq!(at(other), "api.openai.com", "{other}");
        }
        assert_eq!(at("http://my.openai.azure.com/openai/v1"), "my.openai.azure.com");
        assert_eq!(at(r"https://evil.example\@api.openai.com/v1"), "evil.example", "where the call goes");
    }

    #[derive(Deserialize)]
    struct Provided(#[serde(deserialize_with = "provider")] String);

    fn provided(name: &str) -> Result<String, String> {
        let read: Result<Provided, _> = serde_json::from_value(name.into());
        read.map(|Provided(name)| name).map_err(|error| error.to_string())
    }

    #[test]
    fn a_host_that_has_a_word_means_that_word() {
        let read = |name: &str| provided(name).unwrap();
        assert_eq!((read("API.OpenAI.com"), read("my.openai.azure.com")), ("openai".to_owned(), "azure".to_owned()));
        assert_eq!((read("Azure"), read("api.mistral.ai")), ("azure".to_owned(), "api.mistral.ai".to_owned()));
    }

    #[test]
    fn more_than_a_host_is_told_with_the_host() {
        let told = |name: &str| provided(name).unwrap_err();
        insta::assert_snapshot!(told("127.0.0.1:7748"), @"`127.0.0.1:7748` has a port; write the host without the port: `127.0.0.1`");
        insta::assert_snapshot!(told("LocalHost:80"), @"`LocalHost:80` has a port; write the host without the port: `localhost`");
        insta::assert_snapshot!(told("https://llm.example.org:8443/v1"), @"`https://llm.example.org:8443/v1` is an address; write its host alone, without the port: `llm.example.org`");
        insta::assert_snapshot!(told("opneai"), @"`opneai` is neither `openai`, `anthropic` or `azure` nor a host such as `api.mistral.ai`; did you mean `openai`?");
        let long = told(&"a.".repeat(1_000_000));
        assert!(long.len() < 300, "{} bytes", long.len());
    }

    #[test]
    fn what_answers_here_is_served_by_nobody() {
        assert_eq!(served("provider: baseline"), None);
        assert_eq!(served("provider: command\ncommand: [cat]"), None);
    }
}
