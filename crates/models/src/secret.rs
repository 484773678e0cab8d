//! Keys that are used and never shown.

mod cover;
mod found;
mod settings;

use std::borrow::Cow;
use std::fmt;

use carat_core::credential;
use secrecy::{ExposeSecret as _, SecretString};

pub(crate) use carat_core::credential::is_in_address;
pub(crate) use cover::{Secrets, named_in};
pub(crate) use settings::refuse_credentials;

/// Shorter ones are fill-ins for servers that want no key, such as `-`; hiding them would garble every message.
const SHORTEST_HIDDEN: usize = 4;

/// What stands in the place of a secret.
const HIDDEN: &str = "***";

/// A key. `Debug` does not show it, there is no `Display` and no `Serialize`, and its memory is wiped when it is dropped.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes a key.
    pub fn new(key: impl Into<String>) -> Self {
        Self(SecretString::from(key.into()))
    }

    /// The key, for the one place that sends it.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// The text with every occurrence of the key replaced by `***`, of a key of eight bytes or more in upper and lower case
    /// alike (ASCII). A key of fewer than four bytes hides nothing.
    pub fn hide_in<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let key = self.expose();
        let hidden = if key.len() >= SHORTEST_HIDDEN { found::hidden(text, key) } else { None };
        hidden.map_or(Cow::Borrowed(text), Cow::Owned)
    }

    /// Whether [`Secret::hide_in`] finds the key.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        let key = self.expose();
        key.len() >= SHORTEST_HIDDEN && found::is_in(text, key)
    }

    /// Whether a text that somebody wrote into a file holds a credential, as far as its shape tells: see
    /// [`credential::is_written_in`].
    pub fn is_written_in(text: &str) -> bool {
        credential::is_written_in(text)
    }

    /// Whether the words of a command line hold a credential: see [`credential::is_in_words`].
    pub fn is_in_command(words: &[String]) -> bool {
        credential::is_in_words(words.iter().map(String::as_str))
    }

    /// The key as async-openai wants to be shown it.
    pub(crate) const fn as_secret_string(&self) -> &SecretString {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_never_shown() {
        let secret = Secret::new("sk-very-secret");
        assert_eq!(format!("{secret:?}"), "***");
        assert_eq!(secret.hide_in("bad key sk-very-secret!"), "bad key ***!");
    }

    #[test]
    fn a_fill_in_key_does_not_garble_messages() {
        assert_eq!(Secret::new("-").hide_in("not-found"), "not-found");
    }
}
