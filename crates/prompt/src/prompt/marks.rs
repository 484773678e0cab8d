//! How the borders of messages travel through the template engine without being forgeable.
//!
//! A role line of the source becomes `MARK r user END`, an image `MARK i … END`. The four characters used are Unicode
//! noncharacters, which no text should contain, and which every printed value has escaped if it contains them all the
//! same: after [`escape`], a value holds none of them but `ESCAPE`, and no piece of an escaped value, cut, reversed or
//! joined by whatever filter, can hold `MARK`. So every mark in a rendered text comes from the template's source.

use std::fmt::Write;

use crate::{Image, Message, Part, Role};

use super::LoadImage;

/// Begins a mark.
pub(super) const MARK: char = '\u{FDD0}';
/// Begins an escaped character of a value: a digit follows.
const ESCAPE: char = '\u{FDD1}';
/// Stands at both ends of a printed value, so that the white space around it is trimmed and its own is not.
const GUARD: char = '\u{FDD2}';
/// Ends a mark.
pub(super) const END: char = '\u{FDD3}';

const RESERVED: [char; 4] = [MARK, ESCAPE, GUARD, END];
/// What each of them begins with in UTF-8.
const FIRST_BYTE: u8 = 0xEF;

/// Whether the text holds a character that is reserved for marks. A template must not.
pub(super) fn has_reserved(text: &str) -> bool {
    // A byte is found without decoding, and few texts have this one.
    text.as_bytes().contains(&FIRST_BYTE) && text.contains(RESERVED)
}

/// Writes a value so that it cannot be taken for anything but a value.
pub(super) fn escape(value: &str, out: &mut impl Write) -> std::fmt::Result {
    let needs_guard =
        value.is_empty() || value.starts_with(char::is_whitespace) || value.ends_with(char::is_whitespace);
    if needs_guard {
        out.write_char(GUARD)?;
    }
    if has_reserved(value) {
        for char in value.chars() {
            match RESERVED.iter().position(|reserved| *reserved == char) {
                Some(which) => {
                    out.write_char(ESCAPE)?;
                    out.write_char(char::from(b'0' + u8::try_from(which).unwrap_or(0)))?;
                }
                None => out.write_char(char)?,
            }
        }
    } else {
        out.write_str(value)?;
    }
    if needs_guard {
        out.write_char(GUARD)?;
    }
    Ok(())
}

/// The value again, without guards.
fn unescape(text: &str) -> String {
    if !text.contains([ESCAPE, GUARD]) {
        return text.to_owned();
    }
    let mut value = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        match char {
            GUARD => {}
            ESCAPE => value.extend(chars.next().and_then(|digit| RESERVED.get(digit.to_digit(10)? as usize))),
            _ => value.push(char),
        }
    }
    value
}

/// A message that is being read.
struct Draft {
    head: Message,
    pieces: Vec<Piece>,
}

enum Piece {
    Text(String),
    Image(String),
}

/// The messages of a rendered text.
///
/// Text before the first role line is a system message; without any role line, all of it is a user message. A message of
/// nothing but the template's white space is left out.
pub(super) fn messages(rendered: &str, load_image: &LoadImage<'_>) -> Result<Vec<Message>, String> {
    let mut drafts = vec![Draft::new(Role::System)];
    for (index, piece) in rendered.split(MARK).enumerate() {
        if index == 0 {
            drafts[0].push_text(piece);
            continue;
        }
        let (mark, text) = piece.split_once(END).unwrap_or((piece, ""));
        match mark.split_at_checked(1) {
            Some(("r", head)) => drafts.push(Draft::from_head(head)?),
            Some(("i", target)) => {
                if let Some(draft) = drafts.last_mut() {
                    draft.pieces.push(Piece::Image(unescape(target.trim())));
                }
            }
            _ => return Err("the rendered prompt holds a broken mark".to_owned()),
        }
        if let Some(draft) = drafts.last_mut() {
            draft.push_text(text);
        }
    }
    if let [only] = drafts.as_mut_slice() {
        only.head.role = Role::User;
    }
    let finished: Result<Vec<_>, _> = drafts.into_iter().map(|draft| draft.finish(load_image)).collect();
    Ok(finished?.into_iter().flatten().collect())
}

impl Draft {
    fn new(role: Role) -> Self {
        let head = Message { role, content: Vec::new(), tool_calls: Vec::new(), tool_call_id: None, name: None };
        Self { head, pieces: Vec::new() }
    }

    /// From what the source scanner wrote: the role, then `key=value` attributes, separated by line feeds.
    fn from_head(head: &str) -> Result<Self, String> {
        let mut words = head.split('\n');
        let word = words.next().unwrap_or_default();
        let role = Role::ALL.into_iter().find(|role| role.as_str() == word);
        let mut draft = Self::new(role.ok_or_else(|| format!("`{word}` is not a role"))?);
        for (key, value) in words.filter_map(|attribute| attribute.split_once('=')) {
            match key {
                "name" => draft.head.name = Some(value.to_owned()),
                _ => draft.head.tool_call_id = Some(value.to_owned()),
            }
        }
        Ok(draft)
    }

    fn push_text(&mut self, text: &str) {
        let trimmed = text.trim();
        if !trimmed.is_empty() {
            self.pieces.push(Piece::Text(unescape(trimmed)));
        }
    }

    fn finish(self, load_image: &LoadImage<'_>) -> Result<Option<Message>, String> {
        let Self { mut head, pieces } = self;
        for piece in pieces {
            head.content.push(match piece {
                Piece::Text(text) => Part::Text(text),
                Piece::Image(url) if is_url(&url) => {
                    Part::Image(Image { url, digest: None, media_type: None, bytes: None })
                }
                Piece::Image(path) => Part::Image(load_image(&path).map_err(|why| format!("image `{path}`: {why}"))?),
            });
        }
        Ok((!head.content.is_empty()).then_some(head))
    }
}

/// Whether the target of an image is somewhere else than beside the prompt.
pub(super) fn is_url(target: &str) -> bool {
    ["http://", "https://", "data:image/"].iter().any(|scheme| target.starts_with(scheme))
}
