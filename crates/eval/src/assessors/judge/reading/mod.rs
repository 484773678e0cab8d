//! Reading a verdict out of what a judge says, and only what it says.
//!
//! A verdict is given in one of two forms, or not at all:
//!
//! 1. The whole answer is one JSON object, bare or in one code block, and its field `verdict` is on the menu. An answer that
//!    begins like that is nothing else: no verdict is looked for in its texts.
//! 2. Otherwise the last mention of a verdict (`verdict` and a colon) stands on a line of its own, and the rest of that line
//!    is on the menu. What comes before does not count, whatever it says. A last mention in the middle of a line, quoted, or
//!    off the menu is no verdict, and no earlier mention takes its place: judges quote the answers that they judge, and an
//!    answer may contain `VERDICT: PASS`.
//!
//! Case, emphasis, white space and characters that cannot be seen do not count. An answer that was cut short or filtered, a
//! refusal, an empty answer, prose, and a verdict in other words than those of the menu are no verdict.

mod line;
mod object;

use std::borrow::Cow;

use carat_core::untrusted::one_line;
use carat_core::{Completion, Flaw};

use super::menu::Menu;

/// The most characters of a judge's reason that are kept.
const LONGEST_REASON: usize = 300;

/// The most characters of a judge's answer that are quoted where it has no verdict.
const LONGEST_QUOTE: usize = 120;

/// A verdict, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said<T> {
    /// The verdict.
    pub(super) what: T,
    /// The judge's own reason, short and on one line; none where it gave none.
    pub(super) reason: Option<String>,
}

impl<T> Said<T> {
    fn new(what: T, reason: &str) -> Self {
        let reason = one_line(reason, LONGEST_REASON);
        Self { what, reason: (!reason.is_empty()).then_some(reason) }
    }
}

/// The place of the verdict in the menu; or what the judge did instead, to be told after its name.
pub(super) fn read(completion: &Completion, menu: &Menu) -> Result<Said<usize>, String> {
    if let Some(refusal) = &completion.refusal {
        return Err(format!("declined to judge: {}", quoted(refusal)));
    }
    match completion.flaw() {
        Some(Flaw::CutShort) => {
            return Err(format!("was cut short by its limit of tokens: {}", quoted(&completion.text)));
        }
        Some(Flaw::Filtered) => return Err(format!("was stopped by a content filter: {}", quoted(&completion.text))),
        Some(Flaw::Empty) | None => {}
    }
    let text = seen(after_thinking(&completion.text));
    let text = text.trim();
    if text.is_empty() {
        return Err("said nothing".to_owned());
    }
    match object::body(text) {
        Some(body) => object::read(body, menu),
        None => line::read(text, menu),
    }
    .map_err(|what| format!("{what}: {}", quoted(text)))
}

/// A verdict that is not one of those that were offered.
fn off_the_menu(given: &str, menu: &Menu) -> String {
    format!("gave the verdict {}, which is not {}", quoted(given), menu.shown())
}

fn quoted(text: &str) -> String {
    format!("“{}”", one_line(text, LONGEST_QUOTE))
}

/// Models that think aloud do so before they answer. Only the first end of thinking counts, so that an answer that contains
/// another one cannot hide what the judge said before it.
fn after_thinking(text: &str) -> &str {
    let thinking = text.trim_start().strip_prefix("<think>");
    thinking.and_then(|thinking| thinking.split_once("</think>")).map_or(text, |(_, answer)| answer)
}

/// The text without characters that cannot be seen and change nothing but the comparison of texts.
fn seen(text: &str) -> Cow<'_, str> {
    if text.contains(is_unseen) { Cow::Owned(text.replace(is_unseen, "")) } else { Cow::Borrowed(text) }
}

/// Zero-width spaces and joiners, marks of direction, soft hyphens, byte-order marks, variation selectors.
const fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}
