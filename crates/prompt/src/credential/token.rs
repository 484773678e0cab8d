//! The tokens of providers, and those that follow the name of a scheme.
//!
//! The prefixes are the ones that scanners of repositories go by (GitHub's "supported secret scanning patterns", gitleaks'
//! default rules).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::name::{is_mixed, is_stand_in};

/// How the tokens of providers begin, and how much has to follow: letters and digits, and `-` and `_` where so noted.
const TOKENS: [(&str, usize, bool); 15] = [
    ("sk-", 12, true),
    ("AKIA", 16, false),
    ("ASIA", 16, false),
    ("ghp_", 20, false),
    ("gho_", 20, false),
    ("ghu_", 20, false),
    ("ghs_", 20, false),
    ("ghr_", 20, false),
    ("github_pat_", 20, true),
    ("glpat-", 20, true),
    ("hf_", 20, false),
    ("gsk_", 20, false),
    ("xai-", 20, false),
    ("AIza", 35, true),
    ("xox", 12, true),
];

/// No token is shorter: that of a scheme is looked at elsewhere.
const SHORTEST: usize = 15;

/// How many bytes of a token are looked at: enough to know it.
const LOOKED_AT: usize = 512;

/// From so many letters and digits in one piece on, a digit among them is no number of a version.
const PIECE: usize = 8;

/// Whether a letter can be a part of a token.
pub(super) const fn is_part(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.')
}

/// Whether a word is a token of a provider that documents its shape, or a signed token in three parts.
pub(super) fn is_token(word: &str) -> bool {
    // Most words are shorter, and looked at no further.
    if word.len() < SHORTEST {
        return false;
    }
    let word = word.trim_matches(['-', '.', '_']);
    let word = word.get(..LOOKED_AT).unwrap_or(word);
    TOKENS.iter().any(|(prefix, length, hyphens)| {
        word.strip_prefix(prefix).is_some_and(|rest| {
            let is_one = |byte: u8| byte.is_ascii_alphanumeric() || (*hyphens && matches!(byte, b'-' | b'_'));
            let end = rest.bytes().position(|byte| !is_one(byte)).unwrap_or(rest.len());
            end >= *length && is_no_words(&rest[..end]) && is_rest_of(prefix, rest)
        })
    }) || is_signed(word)
}

/// Slack's tokens have a letter for their kind; Amazon's identifiers have one length and no small letters.
fn is_rest_of(prefix: &str, rest: &str) -> bool {
    match prefix {
        "xox" => rest.as_bytes().get(1) == Some(&b'-'),
        "AKIA" | "ASIA" => {
            rest.len() == 16 && rest.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        }
        _ => true,
    }
}

/// Small words and numbers with hyphens between them are no token, however they begin: `sk-learn-pipelines-2026`.
fn is_no_words(text: &str) -> bool {
    let has_digit = |piece: &str| piece.len() >= PIECE && piece.bytes().any(|byte| byte.is_ascii_digit());
    text.split(['-', '_']).any(has_digit) || (text.len() >= 20 && text.bytes().any(|byte| byte.is_ascii_uppercase()))
}

/// A JWT (RFC 7519): its first part is the base64 of a JSON object, which begins with `eyJ`.
fn is_signed(word: &str) -> bool {
    let mut parts = word.split('.');
    word.starts_with("eyJ") && parts.by_ref().take(2).all(|part| part.len() >= 10) && {
        // Of a long one the third part may lie beyond what is looked at.
        parts.next().map_or(word.len() == LOOKED_AT, |part| part.len() >= 10)
    }
}

/// `Bearer …` or `Basic …`, as the header `Authorization` has them, with something that is no word after it.
pub(super) fn has_scheme_and_token(text: &str) -> bool {
    let is_end = |letter: char| letter.is_whitespace() || matches!(letter, '"' | '\'' | '`' | ':' | ',' | ';' | ')');
    let mut before = "";
    text.split(is_end)
        .filter(|word| !word.is_empty())
        .any(|word| is_of_scheme(std::mem::replace(&mut before, word), word))
}

/// Whether a word is the credential that the scheme before it announces.
pub(super) fn is_of_scheme(scheme: &str, word: &str) -> bool {
    if scheme.eq_ignore_ascii_case("bearer") {
        return !is_stand_in(word) && word.len() >= 6 && (is_mixed(word) || word.len() >= 24);
    }
    scheme.eq_ignore_ascii_case("basic") && is_user_and_password(word)
}

/// The base64 of `user:password` (RFC 7617): `basic` is a word that others follow, and hardly one of them reads like that.
fn is_user_and_password(word: &str) -> bool {
    let word = word.trim_end_matches('=');
    let is_shown = |byte: &u8| !byte.is_ascii_control();
    let decoded = STANDARD_NO_PAD.decode(word.get(..LOOKED_AT).unwrap_or(word)).ok();
    let text = decoded.filter(|bytes| bytes.iter().all(is_shown)).and_then(|bytes| String::from_utf8(bytes).ok());
    text.is_some_and(|text| text.len() >= 4 && text.contains(':'))
}
