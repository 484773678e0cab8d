//! How two answers differ, for a person who reads them side by side.
//!
//! [`words`] is for running text, [`lines`] for what is read line by line, and [`answers`] looks first whether both are JSON.
//! A difference is never hidden: what is said of the left text and of the right one adds up to the very texts, white space
//! included. What is found in common is the best for reading, not the most there is: words that unrelated sentences share by
//! chance are shown as removed and added, and so are two texts with almost nothing in common.
//!
//! Texts may be megabytes, and hostile. Beside the linear work of taking them apart, one call takes no more than a fixed
//! amount of work, about a quarter of a second; what would take more is shown as removed and added without looking for what
//! its middle has in common. There is no clock in it: the same texts always give the same difference.

mod answers;
mod common;
mod json;
mod legible;
mod lines;
mod pairs;
mod tokens;
mod words;
mod work;

use serde::{Deserialize, Serialize};

pub use answers::{AnswerDiff, answers};
pub use json::{JsonChange, JsonDiff, MOST_CHANGES};
pub use lines::{Line, lines};
pub use words::words;

/// A piece of one text, or of both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Piece {
    /// Who has it.
    pub kind: Kind,
    /// What it says, as it stands in the text: untrusted, and with its white space. Never empty.
    pub text: String,
}

/// Who has a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Both texts.
    Same,
    /// Only the left one.
    Removed,
    /// Only the right one.
    Added,
}

impl Kind {
    /// Whether the left text has it. Those pieces make up the left text.
    pub const fn is_left(self) -> bool {
        match self {
            Self::Same | Self::Removed => true,
            Self::Added => false,
        }
    }

    /// Whether the right text has it. Those pieces make up the right text.
    pub const fn is_right(self) -> bool {
        match self {
            Self::Same | Self::Added => true,
            Self::Removed => false,
        }
    }
}

#[cfg(test)]
mod tests;
