//! Which prompt a call says that it came from.

use carat_core::version::{Pick, Reference};
use carat_core::{Digest, untrusted::one_line};
use serde_json::{Map, Value};

/// The keys of the library's stamp in the metadata of a request: name, version and digest.
pub(super) const METADATA: [&str; 3] = ["prompt", "prompt_version", "prompt_digest"];

/// So many bytes a name may have, as paths do.
const LONGEST: usize = 4096;

/// Which prompt a call says that it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PromptName {
    pub(super) name: String,
    /// A number, a label.
    pub(super) version: Option<String>,
    pub(super) digest: Option<Digest>,
}

impl PromptName {
    /// What `prompt` says, else the stamp in the metadata of the request.
    pub(super) fn read(prompt: Option<Value>, metadata: Option<&Value>) -> Result<Self, String> {
        let named = match (prompt, metadata) {
            (Some(Value::String(reference)), _) => Ok(Self::of(reference)),
            (Some(Value::Object(stamp)), _) => Self::stamped(&stamp, "prompt", ["name", "version", "digest"]),
            (Some(other), _) => Err(format!("`prompt` is {}; it is a reference or a stamp", brief(&other))),
            (None, Some(Value::Object(metadata))) if metadata.contains_key(METADATA[0]) => {
                Self::stamped(metadata, "request.metadata", METADATA)
            }
            (None, _) => Err("neither `prompt` nor a stamp in `request.metadata` says where it came from".to_owned()),
        }?;
        let is_long =
            named.name.len() > LONGEST || named.version.as_ref().is_some_and(|version| version.len() > LONGEST);
        if is_long { Err(format!("its prompt has a name of more than {LONGEST} bytes")) } else { Ok(named) }
    }

    fn of(reference: String) -> Self {
        // An `@` in a path is part of the name.
        let (name, version) = match reference.rsplit_once('@').filter(|(_, version)| !version.contains('/')) {
            Some((name, version)) => (name.to_owned(), Some(version.to_owned())),
            None => (reference, None),
        };
        Self { name, version, digest: None }
    }

    fn stamped(stamp: &Map<String, Value>, place: &str, [name, version, digest]: [&str; 3]) -> Result<Self, String> {
        let bad =
            |key: &str, value: &Value, what: &str| Err(format!("`{place}.{key}` is {}; it is {what}", brief(value)));
        let name = match stamp.get(name) {
            Some(Value::String(text)) => text.clone(),
            Some(other) => return bad(name, other, "a name"),
            None => return Err(format!("`{place}` has no `{name}`")),
        };
        let version = match stamp.get(version) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text.clone()),
            Some(Value::Number(number)) => Some(number.to_string()),
            Some(other) => return bad(version, other, "a number or a label"),
        };
        let digest = match stamp.get(digest) {
            None | Some(Value::Null) => None,
            Some(value) => match value.as_str().and_then(|text| text.parse().ok()) {
                Some(digest) => Some(digest),
                None => return bad(digest, value, "`sha256:` and 64 hexadecimal digits"),
            },
        };
        Ok(Self { name, version, digest })
    }

    /// As people type it.
    pub(super) fn reference(&self) -> String {
        match &self.version {
            Some(version) => format!("{}@{version}", self.name),
            None => self.name.clone(),
        }
    }

    /// Whether it means another version from one moment to the next: a label, or `latest`.
    pub(super) fn moves(&self) -> bool {
        let pick = Reference::read(&self.reference()).map(|reference| reference.pick);
        self.digest.is_none() && matches!(pick, Ok(Pick::Label(_) | Pick::Latest))
    }
}

impl std::fmt::Display for PromptName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.reference())?;
        self.digest.map_or(Ok(()), |digest| write!(f, " ({})", digest.short()))
    }
}

/// A value that is not what it should be, as much of it as a line has room for.
pub(super) fn brief(value: &Value) -> String {
    match value {
        Value::Object(_) => "an object".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        other => one_line(&other.to_string(), 80),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_call_says_in_several_ways_which_prompt_it_came_from() {
        let digest = Digest::of_bytes(b"x");
        let read = |prompt: Value, metadata: Value| {
            PromptName::read(Some(prompt).filter(|prompt| !prompt.is_null()), Some(&metadata))
                .map(|name| name.to_string())
        };
        let whole = format!("a/b@7 ({})", digest.short());
        for (prompt, metadata, expected) in [
            (json!("a/b@7"), json!({"prompt": "other"}), "a/b@7"),
            (json!("teams/@search/triage"), Value::Null, "teams/@search/triage"),
            (json!({"name": "a/b", "version": 7, "digest": digest}), Value::Null, &whole),
            (Value::Null, json!({"prompt": "a/b", "prompt_version": "7", "prompt_digest": digest}), &whole),
        ] {
            assert_eq!(read(prompt, metadata).as_deref(), Ok(expected));
        }
        for (prompt, metadata, why) in [
            (Value::Null, json!([]), "neither `prompt` nor a stamp in `request.metadata` says where it came from"),
            (json!(7), Value::Null, "`prompt` is 7; it is a reference or a stamp"),
            (json!({"name": []}), Value::Null, "`prompt.name` is a list; it is a name"),
            (json!({}), Value::Null, "`prompt` has no `name`"),
            (
                json!({"name": "a", "version": {}}),
                Value::Null,
                "`prompt.version` is an object; it is a number or a label",
            ),
            (
                Value::Null,
                json!({"prompt": "a", "prompt_digest": "x\n"}),
                "`request.metadata.prompt_digest` is \"x\\n\"; it is `sha256:` and 64 hexadecimal digits",
            ),
            (json!("x".repeat(5000)), Value::Null, "its prompt has a name of more than 4096 bytes"),
        ] {
            assert_eq!(read(prompt, metadata), Err(why.to_owned()));
        }
    }

    #[test]
    fn labels_move_and_numbers_and_digests_do_not() {
        let moves = |prompt: Value| PromptName::read(Some(prompt), None).unwrap().moves();
        assert!(moves(json!("a@production")) && moves(json!("a@latest")));
        assert!(
            !moves(json!("a@3"))
                && !moves(json!("a"))
                && !moves(json!("a@9f2c41ab"))
                && !moves(json!("a@production/b"))
        );
        assert!(!moves(json!({"name": "a", "version": "production", "digest": Digest::of_bytes(b"")})));
    }
}
