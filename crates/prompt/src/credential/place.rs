//! Credentials in addresses and in command lines.

use super::is_written_in;
use super::name::{is_gap, is_name_in_query, is_stand_in, is_value_of};

/// Whether an address holds a credential: a password before its host, or a key in its query. It need not have a scheme.
pub fn is_in_address(address: &str) -> bool {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let (before, query) = rest.split_once('?').unwrap_or((rest, ""));
    let authority = before.split(['/', '#', '\\']).next().unwrap_or(before);
    let password = authority.rsplit_once('@').and_then(|(user, _)| user.split_once(':')).map(|(_, password)| password);
    let in_query = || {
        let mut pairs = query.split(['&', ';', '#']).filter_map(|pair| pair.split_once('='));
        pairs.any(|(name, value)| is_name_in_query(name) && !is_stand_in(value))
    };
    password.is_some_and(|password| !password.is_empty() && !is_gap(password)) || in_query()
}

/// Whether the words of a command line hold a credential: one as [`is_written_in`] knows it, or the value of `--api-key` and
/// the like, or of `API_KEY=…`. What only names a variable (`$NAME`, `NAME`) is none.
pub fn is_in_words<'a>(words: impl Iterator<Item = &'a str>) -> bool {
    // Of a script in one word, as `sh -c` takes it, each word counts as well.
    let is_end = |letter: char| letter.is_whitespace() || matches!(letter, '"' | '\'' | '`' | ';' | '(' | ')' | ',');
    let mut named: Option<&str> = None;
    for word in words {
        if is_written_in(word) {
            return true;
        }
        for piece in word.split(is_end).filter(|piece| !piece.is_empty()) {
            if named.take().is_some_and(|name| is_value_of(name, piece)) {
                return true;
            }
            match piece.split_once(['=', ':']) {
                Some((name, "")) => named = Some(name),
                Some((name, value)) if is_value_of(name, value) => return true,
                Some(_) => {}
                None => named = Some(piece).filter(|piece| piece.starts_with('-')),
            }
        }
    }
    false
}
