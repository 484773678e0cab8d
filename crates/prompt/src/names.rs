//! Names that are more than strings.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl<T: Into<Arc<str>>> From<T> for $name {
            fn from(text: T) -> Self {
                Self(text.into())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &*self.0)
            }
        }
    };
}

name! {
    /// Which row: its `id`, else the digest of its input. Never a position.
    RowId
}

name! {
    /// Which run: a UUID of version 7, so that ids sort by time. A unique prefix is enough for people.
    RunId
}

/// Why a text cannot be the name of a prompt, a dataset or an eval; none where it can. It is that of a file below the folder of
/// its kind, `support/triage`, and no version of it reads as the file itself: its last part has no `@`.
///
/// What saves versions, what carries them elsewhere and what takes them in ask this, so that whatever has a version can be
/// carried, and taken in again.
pub fn unfit(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        return Some("it is empty");
    }
    if name.chars().any(char::is_control) {
        return Some("it holds a control character");
    }
    if name.contains('\\') || name.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return Some("it is no path of a file below one folder, such as `support/triage`");
    }
    let has_at = name.rsplit('/').next().is_some_and(|last| last.contains('@'));
    has_at.then_some("what follows its last `@` reads as a version")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_path_of_a_file_and_reads_as_no_version() {
        for name in
            ["triage", "support/triage", "support/v1.2", "größe", "teams/@search/triage", "a@1/b", "a b", "..a", "…"]
        {
            assert_eq!(unfit(name), None, "{name}");
        }
        let outside = "it is no path of a file below one folder, such as `support/triage`";
        for name in ["/etc/passwd", "../x", "a/../b", "./a", "a//b", "a/", ".", "..", "a\\b", "a@b/"] {
            assert_eq!(unfit(name), Some(outside), "{name}");
        }
        for name in ["triage@3", "triage@production", "a/b@", "@x", "tri@ge", "@"] {
            assert_eq!(unfit(name), Some("what follows its last `@` reads as a version"), "{name}");
        }
        assert_eq!(unfit(""), Some("it is empty"));
        assert_eq!(unfit("a\nb"), Some("it holds a control character"));
    }
}
