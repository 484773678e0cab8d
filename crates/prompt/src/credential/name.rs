//! Names whose values are credentials.

/// Endings of names, with `-` for `_`, whose values are credentials.
const NAMES: [&str; 10] = [
    "api-key",
    "apikey",
    "access-key",
    "secret-key",
    "secret",
    "password",
    "passwd",
    "auth-token",
    "access-token",
    "api-token",
];

/// Endings of names whose values may be credentials, and may be tokens of a tokeniser or keys of a table.
const VAGUE_NAMES: [&str; 3] = ["token", "key", "authorization"];

/// Those of them that never are.
const OPEN_NAMES: [&str; 3] = ["cache-key", "idempotency-key", "public-key"];

/// Values for servers that want no key.
const FILL_INS: [&str; 12] = [
    "none",
    "null",
    "empty",
    "dummy",
    "test",
    "fake",
    "no-key",
    "nokey",
    "ollama",
    "lm-studio",
    "not-needed",
    "changeme",
];

/// Names in the query of an address that stand for a credential.
const QUERY: [&str; 5] = ["key", "token", "sig", "signature", "auth"];

/// What is longer is no name of a setting.
const LONGEST_NAME: usize = 80;

/// From so many letters and digits in one piece on, what has both is more likely a key than a name with a number.
const PIECE: usize = 12;

/// Whether something of this name is a credential: `api_key`, `X-Api-Key`, `--password`.
pub(super) fn is_name(name: &str) -> bool {
    ends_in(name, &NAMES)
}

/// The same of a name in the query of an address.
pub(super) fn is_name_in_query(name: &str) -> bool {
    is_name(name) || (name.len() <= LONGEST_NAME && QUERY.contains(&plain(name).as_str()))
}

/// Whether a variable of this name holds a credential, if names are right: `MY_KEY`, `HF_TOKEN_2`.
pub fn is_name_of_variable(name: &str) -> bool {
    let name = name.trim_end_matches(|letter: char| letter.is_ascii_digit() || letter == '_');
    is_name(name) || ends_in(name, &VAGUE_NAMES)
}

/// Whether a text is what a setting of this name keeps secret: anything under `api_key` and `password` but a stand-in such as
/// `$NAME`, `<key>` or `none`; and under `key` and `token` what looks like a key.
pub fn is_value_of(name: &str, value: &str) -> bool {
    let is_vague = || is_like_a_key(value) && ends_in(name, &VAGUE_NAMES) && !ends_in(name, &OPEN_NAMES);
    !is_stand_in(value) && (is_name(name) || is_vague())
}

/// Endings count from the beginning of a word: `monkey` is no key.
fn ends_in(name: &str, endings: &[&str]) -> bool {
    if name.len() > LONGEST_NAME {
        return false;
    }
    let name = plain(name);
    endings.iter().any(|ending| name.strip_suffix(ending).is_some_and(|rest| rest.is_empty() || rest.ends_with('-')))
}

fn plain(name: &str) -> String {
    name.trim_start_matches('-').to_ascii_lowercase().replace('_', "-")
}

/// Whether a text only stands where a credential will be: a variable, a gap to be filled, a fill-in, another option.
pub(super) fn is_stand_in(text: &str) -> bool {
    let is_variable = text.contains('_') && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    is_variable || text.len() < 4 || is_gap(text) || FILL_INS.iter().any(|fill_in| text.eq_ignore_ascii_case(fill_in))
}

/// A variable, or what documentation writes for what is to be filled in.
pub(super) fn is_gap(text: &str) -> bool {
    text.starts_with(['$', '<', '{', '%', '*', '-', '[', '@', '…'])
}

/// A word of 16 bytes or more with letters and digits mixed in one piece: `support-triage-v3` is none.
pub(super) fn is_like_a_key(text: &str) -> bool {
    let mut pieces = text.split(|letter: char| !letter.is_ascii_alphanumeric());
    text.len() >= 16
        && !text.contains(char::is_whitespace)
        && pieces.any(|piece| piece.len() >= PIECE && is_mixed(piece))
}

/// Whether there are both digits and letters.
pub(super) fn is_mixed(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit()) && text.bytes().any(|byte| byte.is_ascii_alphabetic())
}
