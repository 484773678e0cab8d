//! What a credential looks like where somebody wrote it down.
//!
//! What people write is kept: as a version, with every request, in what is shown. A key in it is refused where it is read, and
//! is not repeated in what is said about it. Shapes are those that providers document, so that what is refused for them is
//! hardly ever anything else: a digest, a UUID and a word have none of them. Everything is read once from left to right.

mod found;
mod masked;
mod name;
mod place;
mod token;

pub use found::{Fields, Found, found_among, found_in};
pub use masked::masked;
pub use name::{is_name_of_variable, is_value_of};
pub use place::{is_in_address, is_in_words};

/// Whether a text holds a credential, as far as its shape tells: the tokens of known providers (`sk-…`, `AKIA…`, `ghp_…`,
/// `xoxb-…`, `hf_…`), `Bearer …` and `Basic …` (RFC 6750, RFC 7617), signed tokens in three parts (JWT, RFC 7519), private
/// keys (`-----BEGIN … PRIVATE KEY`), and password or key in an address. A key without such a shape is not known from a
/// digest, and not told.
pub fn is_written_in(text: &str) -> bool {
    private_key(text).is_some()
        || text.split(|letter| !token::is_part(letter)).any(token::is_token)
        || token::has_scheme_and_token(text)
        // Most texts have no address.
        || (text.contains("://") && text.split_whitespace().filter(|word| word.contains("://")).any(is_in_address))
}

/// Where a private key in the text form of RFC 7468 or of OpenPGP begins. Other things that begin with `-----BEGIN`, such as
/// certificates and the parts of a long prompt, are no secret.
fn private_key(text: &str) -> Option<usize> {
    const BEGIN: &str = "-----BEGIN";
    /// From so many bytes on it is no label.
    const LONGEST_LABEL: usize = 48;
    let is_private = |at: &usize| {
        let label = text[at + BEGIN.len()..].split(['\n', '-']).next().unwrap_or_default();
        label.len() <= LONGEST_LABEL && label.contains("PRIVATE KEY")
    };
    text.match_indices(BEGIN).map(|(at, _)| at).find(is_private)
}

#[cfg(test)]
mod tests;
