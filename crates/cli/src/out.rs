//! What the program says: data on stdout, talk on stderr, colours only where somebody can see them.

use std::io::{self, Write as _};

use anstyle::{AnsiColor, Style};

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
    data(&format!("{text}\n"))
}

/// Says something to the person. There is nobody to tell when that fails.
pub(crate) fn talk(text: &str) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// Says what went wrong.
pub(crate) fn fault(fault: &Fault) {
    talk(&format!("{} {}", styled(BAD, "error:"), carat_core::untrusted::visible(&fault.message)));
    if fault.exit == crate::exit::Exit::Bug {
        talk("this is a bug in carat; please report it with what you did");
    }
}
