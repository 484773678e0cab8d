//! Which version an answer came from, for logs, traces and whoever looks into them.

use std::collections::BTreeMap;

use carat_prompt::Digest;
use serde::Serialize;

/// So many characters OpenAI takes as a value of `metadata`.
const LONGEST: usize = 512;

/// The version that a request was rendered from.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Stamp {
    /// The name in the project: `support/triage`.
    pub name: String,
    /// The number of the version; none for a working file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// The name of the content: the same digest that runs of evals record.
    pub digest: Digest,
}

impl Stamp {
    /// What to send along as OpenAI's `metadata`: `prompt`, `prompt_version` and `prompt_digest`.
    ///
    /// These are at most 3 of the 16 pairs that are taken, with keys within 64 and values within 512 characters; of a longer
    /// name the end is kept, behind `…`.
    pub fn metadata(&self) -> BTreeMap<String, String> {
        let version = self.version.map(|version| ("prompt_version", version.to_string()));
        let pairs = [("prompt", within_limits(&self.name)), ("prompt_digest", self.digest.to_string())];
        pairs.into_iter().chain(version).map(|(key, value)| (key.to_owned(), value)).collect()
    }

    /// What to set on a span, by the names of OpenTelemetry's conventions for generative AI: `gen_ai.prompt.name`,
    /// `gen_ai.prompt.version`, and `carat.prompt.digest`.
    pub fn attributes(&self) -> Vec<(&'static str, String)> {
        let version = self.version.map(|version| ("gen_ai.prompt.version", version.to_string()));
        let known = [("gen_ai.prompt.name", self.name.clone()), ("carat.prompt.digest", self.digest.to_string())];
        known.into_iter().chain(version).collect()
    }
}

impl std::fmt::Display for Stamp {
    /// `support/triage@7 (sha256:9f2c41ab03de)`; of a working file `support/triage (sha256:9f2c41ab03de)`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.version {
            Some(version) => write!(f, "{}@{version} (sha256:{})", self.name, self.digest.short()),
            None => write!(f, "{} (sha256:{})", self.name, self.digest.short()),
        }
    }
}

fn within_limits(value: &str) -> String {
    let length = value.chars().count();
    if length <= LONGEST {
        return value.to_owned();
    }
    std::iter::once('…').chain(value.chars().skip(length + 1 - LONGEST)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(name: &str, version: Option<u32>) -> Stamp {
        Stamp { name: name.to_owned(), version, digest: Digest::of_bytes(b"x") }
    }

    #[test]
    fn a_stamp_tells_name_version_and_digest_wherever_it_goes() {
        let stamp = stamp("support/triage", Some(7));
        let digest = "sha256:2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881".to_owned();
        assert_eq!(
            stamp.attributes(),
            [
                ("gen_ai.prompt.name", "support/triage".to_owned()),
                ("carat.prompt.digest", digest.clone()),
                ("gen_ai.prompt.version", "7".to_owned())
            ]
        );
        let pairs: Vec<(String, String)> = stamp.metadata().into_iter().collect();
        let expected =
            [("prompt", "support/triage".to_owned()), ("prompt_digest", digest), ("prompt_version", "7".to_owned())];
        assert_eq!(pairs, expected.map(|(key, value)| (key.to_owned(), value)));
        assert_eq!(stamp.to_string(), "support/triage@7 (sha256:2d711642b726)");
    }

    #[test]
    fn a_working_file_has_no_number_to_tell() {
        let stamp = stamp("triage", None);
        assert_eq!((stamp.metadata().len(), stamp.attributes().len()), (2, 2));
        assert_eq!(stamp.to_string(), "triage (sha256:2d711642b726)");
    }

    #[test]
    fn no_value_of_metadata_is_longer_than_openai_takes() {
        let name = format!("{}/{}", "ä".repeat(512), "b".repeat(20));
        let metadata = stamp(&name, Some(u32::MAX)).metadata();
        assert_eq!(metadata["prompt"].chars().count(), 512);
        assert!(metadata["prompt"].starts_with("…ä") && metadata["prompt"].ends_with("ä/bbbbbbbbbbbbbbbbbbbb"));
        assert!(metadata.iter().all(|(key, value)| key.len() <= 64 && value.chars().count() <= 512));
        let name = "é".repeat(512);
        assert_eq!(stamp(&name, None).metadata()["prompt"], name);
    }
}
