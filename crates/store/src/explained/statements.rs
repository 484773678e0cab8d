//! The SQL in the sources of this crate.

use std::collections::HashMap;
use std::path::Path;

/// What a source is made of, as far as it matters here.
#[derive(Debug, Clone, PartialEq)]
enum Token {
    Text(String),
    Word(String),
    Mark(char),
}

/// What a macro puts together: texts, and the numbers of its arguments.
type Template = Vec<Result<String, usize>>;

/// The statements that begin with one of these words, each once. What is put in by a program is a value here.
pub(super) fn beginning_with(words: &[&str]) -> Vec<String> {
    let mut sources = Vec::new();
    read(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut sources);
    let sources: Vec<Vec<Token>> = sources.iter().map(|source| tokens(source)).collect();
    let templates: HashMap<String, Template> = sources.iter().flat_map(|source| templates(source)).collect();
    let mut found: Vec<String> = sources.iter().flat_map(|source| texts(source, &templates)).collect();
    found.retain(|text| words.iter().any(|word| text.starts_with(word)));
    found.sort();
    found.dedup();
    found
}

/// The sources without their tests.
fn read(folder: &Path, sources: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.file_stem().is_some_and(|name| name == "explained") {
            continue;
        }
        if path.is_dir() {
            read(&path, sources);
        } else {
            let source = std::fs::read_to_string(&path).unwrap();
            sources.push(source.split("#[cfg(test)]\nmod tests").next().unwrap().to_owned());
        }
    }
}

fn tokens(source: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if first == '"' {
            let (text, length) = quoted(rest);
            tokens.push(Token::Text(text));
            length
        } else if let Some(length) = raw(rest) {
            tokens.push(Token::Text(rest[..length].to_owned()));
            length
        } else if first == '\'' {
            letter(rest)
        } else if first.is_alphanumeric() || first == '_' {
            let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            tokens.push(Token::Word(rest[..length].to_owned()));
            length
        } else {
            tokens.extend((!first.is_whitespace()).then_some(Token::Mark(first)));
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    tokens
}

/// A text in quotes, and how long it is in the source.
fn quoted(source: &str) -> (String, usize) {
    let (mut text, mut chars) = (String::new(), source.char_indices().skip(1).peekable());
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (text, at + 1),
            '\\' => match chars.next() {
                Some((_, '\n')) => while chars.next_if(|(_, c)| c.is_whitespace()).is_some() {},
                other => text.extend(other.map(|(_, c)| c)),
            },
            c => text.push(c),
        }
    }
    (text, source.len())
}

/// How long a text is in which nothing has to be escaped, if that is one; there is no SQL in these.
fn raw(source: &str) -> Option<usize> {
    let hashes = source.strip_prefix('r')?.split('"').next()?;
    let is_raw = hashes.bytes().all(|byte| byte == b'#') && source[1 + hashes.len()..].starts_with('"');
    let end = format!("\"{hashes}");
    let start = hashes.len() + 2;
    is_raw.then(|| source[start..].find(&end).map_or(source.len(), |at| start + at + end.len()))
}

/// How long a character in quotes is, or the quote before the name of a lifetime.
fn letter(source: &str) -> usize {
    let mut chars = source.char_indices().skip(1);
    match (chars.next(), chars.next(), chars.next()) {
        (Some((_, '\\')), _, _) => source[2..].find('\'').map_or(1, |at| if at == 0 { 4 } else { at + 3 }),
        (Some(_), Some((at, '\'')), _) => at + 1,
        _ => 1,
    }
}

/// The macros that put texts together.
fn templates(source: &[Token]) -> Vec<(String, Template)> {
    let defined = source.iter().enumerate().filter(|(_, token)| is_word(token, "macro_rules"));
    defined.filter_map(|(at, _)| template(source.get(at + 2..)?)).collect()
}

/// `name { ($a:literal, …) => { concat!("…", $a, …) }`
fn template(source: &[Token]) -> Option<(String, Template)> {
    let Some(Token::Word(name)) = source.first() else { return None };
    let concat = source.iter().position(|token| is_word(token, "concat"))?;
    let named = |token: &[Token]| match token {
        [Token::Mark('$'), Token::Word(name)] => Some(name.clone()),
        _ => None,
    };
    let arguments: Vec<String> = source[..concat].windows(2).filter_map(named).collect();
    let end = concat + source[concat..].iter().position(|token| *token == Token::Mark(')'))?;
    let part = |token: &Token| match token {
        Token::Text(text) => Some(Ok(text.clone())),
        Token::Word(word) => arguments.iter().position(|argument| argument == word).map(Err),
        Token::Mark(_) => None,
    };
    Some((name.clone(), source[concat..end].iter().filter_map(part).collect()))
}

/// The texts of a source, those of macros put together.
fn texts(source: &[Token], templates: &HashMap<String, Template>) -> Vec<String> {
    let mut found = Vec::new();
    for (at, token) in source.iter().enumerate() {
        match token {
            Token::Text(text) => found.push(text.replace("{}", "$9")),
            Token::Word(word) if word == "Bulk" => found.extend(bulk(&source[at..])),
            Token::Word(word) => {
                let template = templates.get(word).filter(|_| source.get(at + 1) == Some(&Token::Mark('!')));
                found.extend(template.map(|template| put_together(template, &arguments(&source[at..]))));
            }
            Token::Mark(_) => {}
        }
    }
    // The beginning of what a macro puts together is no statement by itself.
    let heads: Vec<&str> = templates.values().filter_map(|parts| parts.first()?.as_deref().ok()).collect();
    found.retain(|text| !heads.contains(&text.as_str()) && !text.ends_with("VALUES") && !text.ends_with(" ("));
    found
}

/// `Bulk::new("head", "item", "tail")`, for two items.
fn bulk(source: &[Token]) -> Option<String> {
    let is_new = source.get(3).is_some_and(|token| is_word(token, "new"));
    match (is_new, arguments(source).as_slice()) {
        (true, [head, item, tail]) => Some(format!("{head} {item},{item}{tail}")),
        _ => None,
    }
}

/// The texts up to the next closing bracket.
fn arguments(source: &[Token]) -> Vec<String> {
    let until_end = source.iter().take_while(|token| **token != Token::Mark(')'));
    let text = |token: &Token| match token {
        Token::Text(text) => Some(text.clone()),
        Token::Word(_) | Token::Mark(_) => None,
    };
    until_end.filter_map(text).collect()
}

fn put_together(template: &Template, arguments: &[String]) -> String {
    let part = |part: &Result<String, usize>| match part {
        Ok(text) => text.clone(),
        Err(number) => arguments[*number].clone(),
    };
    template.iter().map(part).collect()
}

fn is_word(token: &Token, word: &str) -> bool {
    matches!(token, Token::Word(found) if found == word)
}
