//! The extra headers of a model.

use std::collections::BTreeMap;

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::Secret;
use crate::setup::Problem;

/// Headers that carry a credential.
const CREDENTIALS: [&str; 12] = [
    "authorization",
    "proxy-authorization",
    "api-key",
    "apikey",
    "x-api-key",
    "x-goog-api-key",
    "x-auth-token",
    "x-access-token",
    "ocp-apim-subscription-key",
    "x-amz-security-token",
    "cookie",
    "set-cookie",
];

/// Endings of names of headers that carry a credential.
const CREDENTIAL_ENDINGS: [&str; 5] = ["-api-key", "-auth-token", "-access-token", "-secret", "-password"];

/// Headers that say how the message is framed, which only the one who frames it can know.
const FRAMING: [&str; 6] = ["content-length", "content-type", "transfer-encoding", "connection", "host", "te"];

const IN_VALUE: &str = "write `${NAME}` in its place, and set that variable";

/// Reads the extra headers, and the values that came from the environment, which are never shown.
pub(crate) fn read(
    written: &BTreeMap<String, String>,
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<(HeaderMap, Vec<Secret>), Problem> {
    let mut headers = HeaderMap::new();
    let mut secrets = Vec::new();
    for (name, value) in written {
        let key = read_name(name)?;
        if Secret::is_written_in(value) {
            return Err(Problem::Credential { place: format!("headers.{key}"), advice: IN_VALUE });
        }
        let (value, taken) = filled(name, value, env)?;
        let mut value = HeaderValue::from_str(&value).map_err(|_| {
            bad(name, "its value has characters that cannot stand in a header; use printable ASCII, in one line")
        })?;
        value.set_sensitive(!taken.is_empty());
        secrets.extend(taken.into_iter().map(Secret::new));
        headers.insert(key, value);
    }
    Ok((headers, secrets))
}

fn read_name(name: &str) -> Result<HeaderName, Problem> {
    let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_| {
        bad(name, "its name has characters that cannot stand in a header's name; use letters, digits and `-`")
    })?;
    let plain = key.as_str().replace('_', "-");
    if CREDENTIALS.contains(&plain.as_str()) || CREDENTIAL_ENDINGS.iter().any(|ending| plain.ends_with(ending)) {
        return Err(Problem::CredentialHeader { header: name.to_owned() });
    }
    if FRAMING.contains(&plain.as_str()) {
        return Err(bad(name, "it is set by the connection itself; leave it out"));
    }
    Ok(key)
}

/// The value with each `${NAME}` taken from the environment, and what was taken.
fn filled(header: &str, written: &str, env: &dyn Fn(&str) -> Option<String>) -> Result<(String, Vec<String>), Problem> {
    let mut value = String::new();
    let mut taken = Vec::new();
    let mut rest = written;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((variable, after)) = after.split_once('}') else {
            return Err(bad(header, "a `${` in its value has no `}`"));
        };
        let found = env(variable).ok_or_else(|| Problem::MissingHeaderVariable {
            header: header.to_owned(),
            variable: variable.to_owned(),
        })?;
        value.push_str(before);
        value.push_str(found.trim());
        taken.push(found.trim().to_owned());
        rest = after;
    }
    value.push_str(rest);
    Ok((value, taken))
}

fn bad(header: &str, problem: &'static str) -> Problem {
    Problem::BadHeader { header: header.to_owned(), problem }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_one(name: &str, value: &str) -> Result<HeaderMap, String> {
        let env = |name: &str| (name == "TEAM").then(|| "support\n".to_owned());
        let written = BTreeMap::from([(name.to_owned(), value.to_owned())]);
        read(&written, &env).map(|(headers, _)| headers).map_err(|problem| problem.to_string())
    }

    #[test]
    fn variables_are_filled_in() {
        assert_eq!(read_one("X-Team", "a ${TEAM}/${TEAM} z").unwrap()["x-team"], "a support/support z");
        assert_eq!(read_one("X-Cost", "$5 {x}").unwrap()["x-cost"], "$5 {x}");
    }

    #[test]
    fn a_missing_variable_is_named() {
        insta::assert_snapshot!(read_one("X-Team", "${TAEM}").unwrap_err(), @"the header `X-Team` takes its value from the variable TAEM, which is not set; set it (`export TAEM=…`)");
    }

    #[test]
    fn headers_that_carry_credentials_are_refused_with_the_way_out() {
        for name in ["Authorization", "api-key", "X-API-Key", "api_key", "Cookie", "X-Gateway-Api-Key"] {
            assert!(read_one(name, "x").unwrap_err().contains("api_key_env"), "{name}");
        }
        assert!(read_one("X-Max-Tokens", "5").is_ok());
    }

    #[test]
    fn a_credential_in_the_value_of_any_header_is_refused_and_not_repeated() {
        insta::assert_snapshot!(read_one("X-Team", "Bearer hunter2").unwrap_err(), @"`headers.x-team` holds a credential; write `${NAME}` in its place, and set that variable");
        assert!(!read_one("X-Team", "a ${sk-test-1234567890}").unwrap_err().contains("1234"));
        assert!(read_one("X-Team", "Bearer ${TEAM}").is_ok());
    }

    #[test]
    fn headers_that_frame_the_message_and_broken_ones_are_refused() {
        for (name, value) in [("Content-Length", "5"), ("X Team", "a"), ("X-Team", "a\nb"), ("X-Team", "${TEAM")] {
            assert!(read_one(name, value).is_err(), "{name}");
        }
    }
}
