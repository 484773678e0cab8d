//! Keys that are used and never shown.

use std::borrow::Cow;
use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};

/// Shorter ones are fill-ins for servers that want no key, such as `-`; hiding them would garble every message.
const SHORTEST_HIDDEN: usize = 4;

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

    /// The text with every occurrence of the key replaced by `***`. A key of fewer than four bytes hides nothing.
    pub fn hide_in<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let key = self.expose();
        if key.len() >= SHORTEST_HIDDEN && text.contains(key) { text.replace(key, "***").into() } else { text.into() }
    }

    /// The key as async-openai wants to be shown it.
    pub(crate) const fn as_secret_string(&self) -> &SecretString {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
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
