//! What the program says: data on stdout, talk on stderr, colours only where somebody can see them.

use std::borrow::Cow;
use std::io::{self, Write as _};

use anstyle::{AnsiColor, Style};
use carat_core::untrusted::visible;

use crate::fault::Fault;

/// A heading.
pub(crate) const STRONG: Style = Style::new().bold();
/// Something less important.
pub(crate) const FAINT: Style = Style::new().dimmed();
/// Good.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// Bad.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
/// Worth a look.
pub(crate) const ODD: Style = AnsiColor::Yellow.on_default();

/// The text in a style; what is no terminal gets the plain text in the end.
pub(crate) fn styled(style: Style, text: impl std::fmt::Display) -> String {
    format!("{style}{text}{style:#}")
}

/// Writes data. A reader that has seen enough (`| head`) is no fault.
pub(crate) fn data(text: &str) -> Result<(), Fault> {
    let mut stdout = anstream::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Fault::world(format!("cannot write the output: {error}"))),
        Ok(()) => Ok(()),
    }
}

/// Writes a value as JSON, indented.
pub(crate) fn json(value: &impl serde::Serialize) -> Result<(), Fault> {
    let text = serde_json::to_string_pretty(value).map_err(Fault::bug)?;
    data(&format!("{}\n", harmless(&text)))
}

/// Writes a value as JSON on one line.
pub(crate) fn json_line(value: &impl serde::Serialize) -> Result<(), Fault> {
    let text = serde_json::to_string(value).map_err(Fault::bug)?;
    data(&format!("{}\n", harmless(&text)))
}

/// The same JSON, with escapes for what JSON may hold as it is and a terminal would act on.
fn harmless(json: &str) -> Cow<'_, str> {
    let acts = |c: char| c != '\n' && matches!(visible(c.encode_utf8(&mut [0; 4])), Cow::Owned(_));
    if json.is_ascii() && !json.contains('\u{7f}') || !json.contains(acts) {
        return json.into();
    }
    let mut text = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        // All of them are in the basic plane, where one escape is one character.
        if acts(c) { text.push_str(&format!("\\u{:04x}", u32::from(c))) } else { text.push(c) }
    }
    text.into()
}

/// Says something to the person. There is nobody to tell when that fails.
pub(crate) fn talk(text: &str) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// Says what went wrong.
pub(crate) fn fault(fault: &Fault) {
    talk(&format!("{} {}", styled(BAD, "error:"), visible(&fault.message)));
    if fault.exit == crate::exit::Exit::Bug {
        talk("this is a bug in carat; please report it with what you did");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_says_the_same_without_acting_on_a_terminal() {
        let value = serde_json::json!({"a": "é \u{9b}31m\u{7f}\u{202e}\u{1b}"});
        let text = value.to_string();
        let shown = harmless(&text);
        assert_eq!(shown, r#"{"a":"é \u009b31m\u007f\u202e\u001b"}"#);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), value);
    }
}
