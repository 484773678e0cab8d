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
    /// Whether both claims may name the same person: an address that both have, wherever it stands, or, where one has none,
    /// the same name. Neither case nor blanks nor characters that cannot be seen matter. What looks alike and is not, such as
    /// letters of another script, is somebody else: a claim is a claim.
    pub fn is(&self, other: &Self) -> bool {
        let ((name, addresses), (other_name, other_addresses)) = (self.parts(), other.parts());
        if addresses.is_empty() || other_addresses.is_empty() {
            return name == other_name;
        }
        addresses.iter().any(|address| other_addresses.contains(address))
    }

    /// The name and the addresses of `Ada Lovelace <ada@example.com>`; an address alone is the name as well.
    fn parts(&self) -> (String, Vec<String>) {
        let seen: String = self.name.chars().filter_map(seen).collect();
        let text = seen.to_lowercase();
        let is_apart = |c: char| c.is_whitespace() || "<>()[]{}\"',;:|".contains(c);
        let words = || text.split(is_apart).map(|word| word.trim_matches('.')).filter(|word| !word.is_empty());
        let is_address =
            |word: &&str| word.split_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty());
        let mut addresses: Vec<String> = words().filter(is_address).map(without_tag).collect();
        addresses.sort();
        addresses.dedup();
        let name: Vec<&str> = words().filter(|word| !is_address(word) && *word != "mailto").collect();
        let name = if name.is_empty() { addresses.join(" ") } else { name.join(" ") };
        (name, addresses)
    }
}

/// What a reader sees of a character: none of what is not seen, and the plain form of a wide one.
fn seen(c: char) -> Option<char> {
    match c {
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => None,
        '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}' => None,
        c if c.is_control() && !c.is_whitespace() => None,
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0),
        c => Some(c),
    }
}

/// `ada+work@example.com` is delivered to `ada@example.com`.
fn without_tag(address: &str) -> String {
    let (user, host) = address.split_once('@').unwrap_or((address, ""));
    let user = user.split_once('+').map_or(user, |(user, _)| user);
    format!("{user}@{host}")
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
            // Other ways to write an address.
            ("Eve <eve@x>", "Mallory eve@x", true),
            ("Eve <eve@x>", "Mallory (eve@x)", true),
            ("Eve <eve@x>", "<mailto:eve@x>", true),
            ("Eve <eve@x>", "Zed <eve@x", true),
            ("Eve <eve@x>", "Zed <eve+reviews@x.>", true),
            ("Eve <eve@x>", "Zed <eve@x> <zed@y>", true),
            ("Eve <eve@x>", "Zed <e\u{200b}ve@x>\u{2060}", true),
            ("Eve <eve@x>", "Zed <ｅｖｅ@x>", true),
            ("Eve", "E\u{ad}ve\u{feff}", true),
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
