//! Where carat runs: the terminal and its letters.

use std::io::IsTerminal as _;

use super::finding::Finding;

/// The terminal, and the locale.
pub(super) fn look() -> [Finding; 2] {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].map(|name| std::env::var(name).unwrap_or_default());
    [terminal(), letters(&locale)]
}

fn terminal() -> Finding {
    const CHECK: &str = "terminal";
    let stdout = std::io::stdout();
    if !stdout.is_terminal() {
        return Finding::fine(CHECK, "stdout is none: plain text, no redrawn lines");
    }
    let (rows, columns) = console::Term::stdout().size();
    let colours = match anstream::AutoStream::choice(&stdout) {
        anstream::ColorChoice::Never => "no colours (NO_COLOR, TERM or --color)",
        anstream::ColorChoice::Auto | anstream::ColorChoice::Always | anstream::ColorChoice::AlwaysAnsi => "colours",
    };
    let message = format!("{columns} columns, {rows} rows, {colours}");
    if columns < 80 {
        Finding::note(CHECK, message).but("80 columns and more show tables side by side")
    } else {
        Finding::fine(CHECK, message)
    }
}

/// Of the variables that name a locale the first that is set counts (POSIX, "Environment Variables").
fn letters(locale: &[String; 3]) -> Finding {
    const CHECK: &str = "letters";
    let Some(locale) = locale.iter().find(|locale| !locale.is_empty()) else {
        // Elsewhere, terminals say so in other ways.
        return if cfg!(target_os = "linux") {
            Finding::note(CHECK, "no locale is set; signs such as ✓ may not show").but("export LANG=C.UTF-8")
        } else {
            Finding::fine(CHECK, "no locale is set")
        };
    };
    let name = locale.to_lowercase();
    if name.contains("utf-8") || name.contains("utf8") {
        return Finding::fine(CHECK, format!("UTF-8 ({locale})"));
    }
    Finding::note(CHECK, format!("the locale {locale} is not UTF-8; signs such as ✓ may not show"))
        .but("export LANG=C.UTF-8")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(locale: [&str; 3]) -> String {
        let finding = letters(&locale.map(str::to_owned));
        anstream::adapter::strip_str(&super::super::finding::text(&[finding])).to_string()
    }

    #[test]
    fn the_first_variable_that_is_set_says_which_letters_there_are() {
        assert_eq!(said(["", "", "de_DE.UTF-8"]), "✓ letters  UTF-8 (de_DE.UTF-8)\n");
        assert_eq!(said(["", "C.utf8", "C"]), "✓ letters  UTF-8 (C.utf8)\n");
        assert!(said(["C", "", "de_DE.UTF-8"]).starts_with("! letters  the locale C is not UTF-8"));
    }
}
