//! A verdict as a line of its own: `VERDICT: PASS`.

use super::super::menu::{Menu, is_emphasis};
use super::{Said, off_the_menu};

/// The word that announces a verdict, in any case.
const WORD: &str = "verdict";

/// The verdict of the last mention of one, or what is wrong with it.
pub(super) fn read(text: &str, menu: &Menu) -> Result<Said<usize>, String> {
    let Some(mention) = last_mention(text) else {
        return Err(format!("gave no verdict; {} was asked for", menu.shown()));
    };
    let line = text[..mention.word].rfind('\n').map_or(0, |before| before + 1);
    let end = text[mention.value..].find('\n').map_or(text.len(), |after| mention.value + after);
    if !text[line..mention.word].chars().all(may_begin_a_line) {
        return Err("mentioned a verdict last in the middle of a line, which may be a quotation".to_owned());
    }
    let given = &text[mention.value..end];
    let pick = menu.pick(given).ok_or_else(|| off_the_menu(given, menu))?;
    Ok(Said::new(pick, &text[..line]))
}

/// Where a verdict is mentioned.
struct Mention {
    /// Where the word begins.
    word: usize,
    /// Where what follows the colon begins.
    value: usize,
}

/// The last `verdict` that is a word of its own and has a colon after it, with nothing but marks in between.
fn last_mention(text: &str) -> Option<Mention> {
    let lower = text.to_ascii_lowercase();
    lower.rmatch_indices(WORD).find_map(|(word, _)| {
        let whole = !text[..word].chars().next_back().is_some_and(char::is_alphanumeric);
        let after = text[word + WORD.len()..].trim_start_matches(may_stand_before_a_colon);
        let colon = after.chars().next().filter(|c| matches!(c, ':' | '：' | '='))?;
        whole.then(|| Mention { word, value: text.len() - after.len() + colon.len_utf8() })
    })
}

/// Emphasis, and the quotes and backslashes of JSON in JSON: what has them is a mention, and no line of its own.
fn may_stand_before_a_colon(c: char) -> bool {
    is_emphasis(c) || (c.is_whitespace() && c != '\n') || matches!(c, '"' | '\'' | '\\' | '”' | '’')
}

/// Emphasis, marks of headings and lists, and white space. Not `>` or quotes: what they begin is quoted.
fn may_begin_a_line(c: char) -> bool {
    is_emphasis(c) || c.is_whitespace() || matches!(c, '#' | '-' | '•')
}
