//! Reading a template's source: where its role lines and images are, and what it includes.
//!
//! This knows just enough Jinja2 to tell text from expressions, blocks, comments and raw sections; all else is the
//! template engine's.

use std::collections::BTreeMap;

use crate::Digest;

use super::marks::{END, MARK, has_reserved, is_url};
use super::{Beside, PromptError, Template};

/// A piece of source with its delimiters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Segment<'a> {
    Text(&'a str),
    Expression(&'a str),
    Block(&'a str),
    Comment(&'a str),
    /// `{% raw %} … {% endraw %}`
    Raw(&'a str),
}

impl<'a> Segment<'a> {
    pub(super) const fn source(self) -> &'a str {
        match self {
            Self::Text(s) | Self::Expression(s) | Self::Block(s) | Self::Comment(s) | Self::Raw(s) => s,
        }
    }
}

/// Cuts a source into its pieces; joined they are the source again. What is not closed is text to the end, and the
/// template engine's to complain about.
pub(super) fn segments(source: &str) -> Vec<Segment<'_>> {
    let mut found = Vec::new();
    let mut rest = source;
    while !rest.is_empty() {
        let Some(start) = opening(rest) else { break };
        let Some(segment) = special(&rest[start..]) else { break };
        if start > 0 {
            found.push(Segment::Text(&rest[..start]));
        }
        rest = &rest[start + segment.source().len()..];
        found.push(segment);
    }
    if !rest.is_empty() {
        found.push(Segment::Text(rest));
    }
    found
}

/// Where the next expression, block or comment opens. One pass, so that a source without comments is not searched to its end
/// for one behind every expression.
fn opening(text: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = text[from..].find('{').map(|at| from + at) {
        if matches!(text.as_bytes().get(at + 1), Some(b'{' | b'%' | b'#')) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

/// The expression, block, comment or raw section that the text starts with.
fn special(text: &str) -> Option<Segment<'_>> {
    if text.starts_with("{#") {
        return text.find("#}").map(|at| Segment::Comment(&text[..at + 2]));
    }
    if text.starts_with("{{") {
        return closed(text, "}}").map(Segment::Expression);
    }
    let block = closed(text, "%}")?;
    if words(block).next() != Some("raw") {
        return Some(Segment::Block(block));
    }
    let mut at = block.len();
    while let Some(next) = text[at..].find("{%") {
        let candidate = closed(&text[at + next..], "%}")?;
        at += next + candidate.len();
        if words(candidate).next() == Some("endraw") {
            return Some(Segment::Raw(&text[..at]));
        }
    }
    None
}

/// The text up to and with its closing delimiter, which does not count inside quotes.
fn closed<'a>(text: &'a str, close: &str) -> Option<&'a str> {
    let mut quote = None;
    let mut escaped = false;
    for (at, char) in text.char_indices().skip(2) {
        match quote {
            Some(_) if escaped => escaped = false,
            Some(_) if char == '\\' => escaped = true,
            Some(open) if char == open => quote = None,
            Some(_) => {}
            None if text[at..].starts_with(close) => return Some(&text[..at + close.len()]),
            None if char == '"' || char == '\'' => quote = Some(char),
            None => {}
        }
    }
    None
}

/// The words of a block, without its delimiters.
pub(super) fn words(block: &str) -> impl Iterator<Item = &str> {
    let inner = block.trim_start_matches("{%").trim_end_matches("%}");
    inner.trim_matches(['-', '+']).split_whitespace()
}

/// The source without what stands in its comments; their delimiters stay, for they may trim white space.
pub(super) fn without_comments(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    for segment in segments(source) {
        let Segment::Comment(comment) = segment else {
            out.push_str(segment.source());
            continue;
        };
        let inner = &comment[2..comment.len() - 2];
        let trims = |char: &char| matches!(char, '-' | '+');
        out.push_str("{#");
        out.extend(inner.chars().next().filter(trims));
        out.extend(inner.chars().next_back().filter(trims).filter(|_| inner.len() > 1));
        out.push_str("#}");
    }
    out
}

/// The source with its role lines and images turned into marks. Lines stay where they are.
pub(super) fn marked(source: &str) -> String {
    let segments = segments(source);
    let mut out = String::with_capacity(source.len() + 64);
    let mut in_image = false;
    for (index, segment) in segments.iter().enumerate() {
        match segment {
            Segment::Text(text) => mark_text(text, &segments[..index], &segments[index + 1..], &mut in_image, &mut out),
            other => out.push_str(other.source()),
        }
    }
    out
}

/// Marks one text, line by line. Its first and its last line may go on in the segments beside it.
fn mark_text(text: &str, before: &[Segment<'_>], after: &[Segment<'_>], in_image: &mut bool, out: &mut String) {
    let lines: Vec<&str> = text.split('\n').collect();
    let last = lines.len() - 1;
    for (index, line) in lines.iter().enumerate() {
        let whole = (index > 0 || silent(before.iter().rev(), |text| text.rsplit('\n').next()))
            && (index < last || silent(after.iter(), |text| text.split('\n').next()));
        match role_line(line).filter(|_| whole) {
            Some(head) => {
                out.extend([MARK, 'r']);
                out.push_str(&head);
                out.push(END);
            }
            None => mark_images(line, if index < last { &[] } else { after }, in_image, out),
        }
        if index < last {
            out.push('\n');
        }
    }
}

/// Whether nothing is printed between here and the border of the line, going through the segments on one side. `nearest`
/// cuts the part of a text that is on this line.
fn silent<'a>(segments: impl Iterator<Item = &'a Segment<'a>>, nearest: impl Fn(&'a str) -> Option<&'a str>) -> bool {
    for segment in segments {
        match segment {
            Segment::Block(_) | Segment::Comment(_) => {}
            Segment::Expression(_) | Segment::Raw(_) => return false,
            Segment::Text(text) => {
                if !nearest(text).unwrap_or_default().trim().is_empty() {
                    return false;
                }
                if text.contains('\n') {
                    return true;
                }
            }
        }
    }
    true
}

/// The head of the message that a line begins: the role, then attributes as `key=value`, separated by line feeds.
///
/// `user:`, `# user:` and `tool[tool_call_id="call_1"]:` are such lines, in any case, alone on their line.
fn role_line(line: &str) -> Option<String> {
    let line = line.trim_end().strip_suffix(':')?.trim_end();
    let line = line.trim_start().trim_start_matches('#').trim_start();
    let (word, attributes) = match line.split_once('[') {
        Some((word, rest)) => (word.trim_end(), Some(rest.strip_suffix(']')?)),
        None => (line, None),
    };
    let role = crate::Role::ALL.into_iter().find(|role| role.as_str().eq_ignore_ascii_case(word))?;
    let mut head = role.as_str().to_owned();
    for attribute in attributes.into_iter().flat_map(|list| list.split(',')) {
        let (key, value) = attribute.split_once('=')?;
        let (key, value) = (key.trim(), value.trim().trim_matches(['"', '\'']));
        if !matches!(key, "name" | "tool_call_id") {
            return None;
        }
        head.push_str(&format!("\n{key}={value}"));
    }
    Some(head)
}

/// Marks the images `![…](…)` of a line, or of a part of one; the target may hold expressions, which follow in `after`.
fn mark_images(line: &str, after: &[Segment<'_>], in_image: &mut bool, out: &mut String) {
    let mut rest = line;
    loop {
        if *in_image {
            let Some(close) = rest.find(')') else { break };
            out.push_str(&rest[..close]);
            out.push(END);
            rest = &rest[close + 1..];
            *in_image = false;
        }
        // Most lines have no `!`, which is found out faster than that they have no `![`.
        let Some(start) = rest.find('!').and_then(|_| rest.find("![")) else { break };
        let Some(open) = rest[start..].find("](") else { break };
        let target = &rest[start + open + 2..];
        if !closes(target, after) {
            break;
        }
        out.push_str(&rest[..start]);
        out.extend([MARK, 'i']);
        *in_image = true;
        rest = target;
    }
    out.push_str(rest);
}

/// Whether the target of an image is closed on its line.
fn closes(target: &str, after: &[Segment<'_>]) -> bool {
    if target.contains(')') {
        return true;
    }
    for segment in after {
        match segment {
            Segment::Text(text) => match text.find([')', '\n']) {
                Some(at) => return text[at..].starts_with(')'),
                None => continue,
            },
            Segment::Expression(_) => {}
            Segment::Block(_) | Segment::Comment(_) | Segment::Raw(_) => return false,
        }
    }
    false
}

/// The template and everything that it includes, itself first.
///
/// An include must be named by a literal: what a version consists of cannot depend on a row. And it must come to an end,
/// whatever the rows say.
pub(super) fn closure(main: Template, file: &str, beside: &mut dyn Beside) -> Result<Vec<Template>, PromptError> {
    let mut closure = vec![main];
    let mut arrows: Vec<Vec<(usize, u64)>> = Vec::new();
    let mut next = 0;
    while let Some(template) = closure.get(next).cloned() {
        refuse_reserved(&template, file)?;
        let mut from_here = Vec::new();
        for (name, line) in includes(&template, file)? {
            let known = closure.iter().position(|known| known.name == name);
            from_here.push((known.unwrap_or(closure.len()), line));
            if known.is_some() {
                continue;
            }
            let why =
                |why| PromptError { file: shown(file, &template.name, next == 0), line: Some(line), message: why };
            let source = beside.text(&name).map_err(|reason| why(format!("cannot include `{name}`: {reason}")))?;
            closure.push(Template { name, source: source.replace("\r\n", "\n"), lines_before: 0 });
        }
        arrows.push(from_here);
        next += 1;
    }
    refuse_circles(&closure, &arrows, file)?;
    Ok(closure)
}

/// Finds files that include each other in a circle: each arrow has the place of a template and the line of the include.
fn refuse_circles(closure: &[Template], arrows: &[Vec<(usize, u64)>], file: &str) -> Result<(), PromptError> {
    // The way from the first template to where we are: each with the number of its arrows that have been followed.
    let (mut way, mut is_done) = (vec![(0, 0)], vec![false; closure.len()]);
    while let Some((place, followed)) = way.last_mut() {
        let (from, next) = (*place, *followed);
        *followed += 1;
        let Some((to, line)) = arrows.get(from).and_then(|arrows| arrows.get(next)).copied() else {
            is_done[from] = true;
            way.pop();
            continue;
        };
        if let Some(begin) = way.iter().position(|(place, _)| *place == to) {
            let names = way[begin..].iter().map(|(place, _)| *place).chain([to]);
            let names: Vec<&str> = names.map(|place| closure[place].name.as_str()).collect();
            return Err(PromptError {
                file: shown(file, &closure[from].name, from == 0),
                line: Some(line),
                message: format!("includes go in a circle: {}", names.join(" → ")),
            });
        }
        if !is_done[to] {
            way.push((to, 0));
        }
    }
    Ok(())
}

/// The pictures that templates name by a path written out, with their digests. `marked` is what [`marked`] makes of each.
pub(super) fn pictures(
    templates: &[Template],
    marked: &[String],
    file: &str,
    beside: &mut dyn Beside,
) -> Result<BTreeMap<String, Digest>, PromptError> {
    let mut pictures = BTreeMap::new();
    for (index, (template, marked)) in templates.iter().zip(marked).enumerate() {
        for (line, text) in marked.lines().enumerate() {
            for target in text.split([MARK]).filter_map(|piece| piece.strip_prefix('i')?.split_once(END)) {
                let path = target.0.trim();
                if path.contains("{{") || is_url(path) {
                    continue;
                }
                let digest =
                    beside.picture(path).and_then(|image| image.digest.ok_or_else(|| "it has no digest".to_owned()));
                let digest = digest.map_err(|why| PromptError {
                    file: shown(file, &template.name, index == 0),
                    line: Some(line as u64 + 1 + template.lines_before),
                    message: format!("image `{path}`: {why}"),
                })?;
                pictures.insert(path.to_owned(), digest);
            }
        }
    }
    Ok(pictures)
}

fn refuse_reserved(template: &Template, file: &str) -> Result<(), PromptError> {
    let Some(line) = template.source.lines().position(has_reserved) else { return Ok(()) };
    Err(PromptError {
        file: shown(file, &template.name, template.lines_before > 0),
        line: Some(line as u64 + 1 + template.lines_before),
        message: "the template holds a Unicode noncharacter (U+FDD0 to U+FDD3), which no text should; remove it"
            .to_owned(),
    })
}

/// The names that a template includes, imports or extends, with their lines.
fn includes(template: &Template, file: &str) -> Result<Vec<(String, u64)>, PromptError> {
    let mut names = Vec::new();
    let mut line = template.lines_before + 1;
    for segment in segments(&template.source) {
        if let Segment::Block(block) = segment {
            let mut words = words(block);
            if matches!(words.next(), Some("include" | "import" | "from" | "extends")) {
                let name = literal(block).ok_or_else(|| PromptError {
                    file: shown(file, &template.name, template.lines_before > 0),
                    line: Some(line),
                    message: format!(
                        "`{block}` must name its file in quotes, so that it is known what the version consists of"
                    ),
                })?;
                names.push((join(&template.name, name), line));
            }
        }
        line += segment.source().matches('\n').count() as u64;
    }
    Ok(names)
}

/// The quoted name right behind the first word of a block.
fn literal(block: &str) -> Option<&str> {
    let inner = block.trim_start_matches("{%").trim_start_matches(['-', '+']).trim_start();
    let after = inner.trim_start_matches(char::is_alphanumeric).trim_start();
    let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    after[1..].split_once(quote).map(|(name, _)| name)
}

/// A name as written in a file, as a path relative to the prompt's folder.
pub(super) fn join(parent: &str, name: &str) -> String {
    let folder = parent.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut path: Vec<&str> = Vec::new();
    for step in folder.split('/').chain(name.split('/')) {
        match step {
            "" | "." => {}
            ".." if path.last().is_some_and(|last| *last != "..") => {
                path.pop();
            }
            _ => path.push(step),
        }
    }
    if name.starts_with('/') { format!("/{}", path.join("/")) } else { path.join("/") }
}

/// The path of a file of the prompt, as the person knows it.
pub(super) fn shown(file: &str, name: &str, is_main: bool) -> String {
    match file.rsplit_once('/') {
        _ if is_main => file.to_owned(),
        Some((folder, _)) => format!("{folder}/{name}"),
        None => name.to_owned(),
    }
}
