//! Who does something, as they claim.

use serde::{Deserialize, Serialize};

/// A person or a program that changes something. Nobody has checked the name: what is recorded is the claim and where it
/// came from.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Actor {
    /// `Ada Lovelace <ada@example.com>`, a login, whatever the source says.
    pub name: String,
    /// Where the name came from.
    pub source: Source,
}

/// Where the name of an [`Actor`] came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// The command line or `CARAT_ACTOR`.
    Flag,
    /// The variables of a CI system.
    Ci,
    /// `user.name` and `user.email` of git.
    Git,
    /// The login of the machine.
    Login,
    /// Nothing said who it is.
    Unknown,
}

impl Source {
    /// The word in records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Flag => "flag",
            Self::Ci => "ci",
            Self::Git => "git",
            Self::Login => "login",
            Self::Unknown => "unknown",
        }
    }
}

impl Actor {
    /// Whether both claims may name the same person: the same address where both have one, else the same name. Neither case
    /// nor blanks around them matter.
    pub fn is(&self, other: &Self) -> bool {
        let ((name, address), (other_name, other_address)) = (self.parts(), other.parts());
        match (address, other_address) {
            (Some(address), Some(other)) => address == other,
            _ => name == other_name,
        }
    }

    /// The name and the address of `Ada Lovelace <ada@example.com>`; an address alone is both.
    fn parts(&self) -> (String, Option<String>) {
        let text = self.name.trim().to_lowercase();
        let both = text.strip_suffix('>').and_then(|text| text.rsplit_once('<'));
        if let Some((name, address)) = both.filter(|(name, _)| !name.trim().is_empty()) {
            return (name.trim().to_owned(), Some(address.trim().to_owned()).filter(|address| !address.is_empty()));
        }
        let alone = both.map_or(text.as_str(), |(_, address)| address.trim()).to_owned();
        let is_address = alone.contains('@') && !alone.starts_with('@') && !alone.contains(char::is_whitespace);
        (alone.clone(), is_address.then_some(alone))
    }
}

impl std::fmt::Display for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn actor(name: &str) -> Actor {
        Actor { name: name.to_owned(), source: Source::Git }
    }

    #[test]
    fn people_are_known_by_their_address_and_else_by_their_name() {
        for (a, b, same) in [
            ("Ada <ada@x>", "Ada Lovelace <ADA@x>", true),
            ("Ada <ada@x>", "Ada <ada@y>", false),
            ("Ada <ada@x>", "ada", true),
            ("Ada <ada@x>", "ada@x", true),
            ("Ada <ada@x>", "<ada@x>", true),
            ("ada@x", "ada", false),
            (" Ada ", "ada", true),
            ("Ada", "Bob", false),
            ("@ada", "ada", false),
            ("Ada <>", "Ada", true),
            ("a < b", "a", false),
        ] {
            assert_eq!(actor(a).is(&actor(b)), same, "{a} and {b}");
            assert_eq!(actor(b).is(&actor(a)), same, "{b} and {a}");
        }
    }

    #[test]
    fn the_words_in_records_are_those_of_serde() {
        for source in [Source::Flag, Source::Ci, Source::Git, Source::Login, Source::Unknown] {
            assert_eq!(serde_json::to_value(source).unwrap(), source.as_str());
        }
    }

    proptest! {
        #[test]
        fn everybody_is_themselves(name in "[A-Za-z @<>.]{0,12}|.*", other in "[A-Za-z @<>.]{0,12}|.*") {
            prop_assert!(actor(&name).is(&actor(&name)));
            prop_assert_eq!(actor(&name).is(&actor(&other)), actor(&other).is(&actor(&name)));
            prop_assert_eq!(actor(&name).to_string(), name);
        }
    }
}
