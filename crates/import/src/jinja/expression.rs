//! Expressions of Nunjucks, token by token.

use super::Names;

/// Filters that both languages have, and that do the same.
const FILTERS: &[&str] = &[
    "abs",
    "batch",
    "capitalize",
    "d",
    "default",
    "dictsort",
    "first",
    "float",
    "groupby",
    "indent",
    "int",
    "join",
    "last",
    "length",
    "list",
    "lower",
    "reject",
    "rejectattr",
    "replace",
    "reverse",
    "round",
    "select",
    "selectattr",
    "slice",
    "sort",
    "string",
    "sum",
    "title",
    "trim",
    "upper",
    "urlencode",
];

/// Words of an expression that are no variables.
const WORDS: &[&str] =
    &["and", "or", "not", "in", "is", "if", "else", "true", "false", "none", "null", "loop", "range", "caller"];

/// A token of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    Space(&'a str),
    Name(&'a str),
    /// A quoted text, a number.
    Constant(&'a str),
    Sign(&'a str),
}

impl<'a> Token<'a> {
    const fn text(self) -> &'a str {
        match self {
            Self::Space(text) | Self::Name(text) | Self::Constant(text) | Self::Sign(text) => text,
        }
    }
}

fn tokens(mut rest: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    while let Some(first) = rest.chars().next() {
        let run = |is_of: fn(char) -> bool| rest.find(|c| !is_of(c)).unwrap_or(rest.len());
        let (length, kind): (usize, fn(&str) -> Token<'_>) = match first {
            c if c.is_whitespace() => (run(char::is_whitespace), |text| Token::Space(text)),
            c if c.is_ascii_digit() => (run(|c| c.is_ascii_digit()), |text| Token::Constant(text)),
            c if c.is_alphanumeric() || c == '_' || c == '$' => {
                (run(|c| c.is_alphanumeric() || c == '_' || c == '$'), |text| Token::Name(text))
            }
            '"' | '\'' => (quoted(rest), |text| Token::Constant(text)),
            c => {
                let signs = ["===", "!==", "==", "!=", "<=", ">=", "//", "**", "&&", "||"];
                let sign = signs.iter().find(|sign| rest.starts_with(*sign)).map_or(c.len_utf8(), |sign| sign.len());
                (sign, |text| Token::Sign(text))
            }
        };
        let (token, after) = rest.split_at(length);
        tokens.push(kind(token));
        rest = after;
    }
    tokens
}

/// The length of the quoted text at the beginning.
fn quoted(text: &str) -> usize {
    let quote = text.chars().next();
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if Some(c) == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// An expression in Jinja2; its variables are added to the names.
pub(super) fn expression(source: &str, names: &mut Names) -> Result<String, String> {
    let tokens = tokens(source);
    let mut out = String::new();
    for (at, token) in tokens.iter().enumerate() {
        let before = neighbour(tokens[..at].iter().rev());
        let after = neighbour(tokens[at + 1..].iter());
        match token {
            Token::Sign("===") => out.push_str("=="),
            Token::Sign("!==") => out.push_str("!="),
            Token::Sign(sign @ ("&&" | "||")) => return Err(format!("the operator `{sign}`")),
            Token::Name("null" | "undefined") if before != "." => out.push_str("none"),
            Token::Name(name) if before == "|" => filter(name, &mut out)?,
            Token::Name(name) if before == "." => property(name, after, &mut out)?,
            Token::Name("env") => return Err("the environment (`env`)".to_owned()),
            Token::Name("r") if after == "/" => return Err("a regular expression (`r/…/`)".to_owned()),
            Token::Name(name) => {
                let is_argument = after == "=" && (before == "(" || before == ",");
                if !WORDS.contains(name) && !is_argument && !is_test(&tokens[..at]) {
                    let names = if is_asked_for(&tokens[at + 1..]) { &mut names.asked_for } else { &mut names.taken };
                    names.insert((*name).to_owned());
                }
                out.push_str(name);
            }
            other => out.push_str(other.text()),
        }
    }
    Ok(out)
}

/// Whether a name is that of a test, by what stands before it: `is NAME`, `is not NAME`.
fn is_test(before: &[Token<'_>]) -> bool {
    let mut words = before.iter().rev().map(|token| token.text()).filter(|text| !text.trim().is_empty());
    match words.next() {
        Some("is") => true,
        Some("not") => words.next() == Some("is"),
        _ => false,
    }
}

/// Whether a variable need not be there, by what stands behind it: `| default(…)`, `is defined`, `is not undefined`.
fn is_asked_for(after: &[Token<'_>]) -> bool {
    let mut words = after.iter().map(|token| token.text()).filter(|text| !text.trim().is_empty());
    matches!(
        (words.next(), words.next(), words.next()),
        (Some("|"), Some("default" | "d"), _)
            | (Some("is"), Some("defined" | "undefined"), _)
            | (Some("is"), Some("not"), Some("defined" | "undefined"))
    )
}

/// The nearest token that is not white space.
fn neighbour<'a>(tokens: impl Iterator<Item = &'a Token<'a>>) -> &'a str {
    tokens.map(|token| token.text()).find(|text| !text.trim().is_empty()).unwrap_or_default()
}

fn filter(name: &str, out: &mut String) -> Result<(), String> {
    match name {
        // Nothing is escaped here, so that there is nothing to keep from it.
        "safe" => {
            let bar = out.rfind('|').unwrap_or(out.len());
            out.truncate(bar);
            out.truncate(out.trim_end().len());
        }
        "dump" => out.push_str("tojson"),
        known if FILTERS.contains(&known) => out.push_str(known),
        other => return Err(format!("the filter `{other}`")),
    }
    Ok(())
}

fn property(name: &str, after: &str, out: &mut String) -> Result<(), String> {
    if after == "(" {
        return Err(format!("the method `.{name}()`"));
    }
    if name == "length" {
        let dot = out.rfind('.').unwrap_or(out.len());
        out.truncate(dot);
        out.push_str("|length");
    } else {
        out.push_str(name);
    }
    Ok(())
}
