//! The page around what it says.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::heading;
use super::markup::text;
use crate::Subject;

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Where the data of the rows stand.
const DATA: &str = "{{data}}";

/// Everything before the data.
pub(super) fn before(sections: &str, subject: &Subject<'_>) -> String {
    let (before, _) = PAGE.split_once(DATA).unwrap_or((PAGE, ""));
    let title = format!("{} on {}", subject.report.run.eval, subject.dataset());
    filled(before, &|name| match name {
        "rules" => rules(),
        "title" => text(&title),
        "style" => STYLE.to_owned(),
        "heading" => heading::heading(subject),
        "verdict" => heading::verdict(subject.report),
        "contents" => heading::contents(sections),
        "sections" => sections.to_owned(),
        _ => String::new(),
    })
}

/// Everything after the data.
pub(super) fn after() -> String {
    let (_, after) = PAGE.split_once(DATA).unwrap_or(("", ""));
    filled(after, &|name| if name == "script" { SCRIPT.to_owned() } else { String::new() })
}

/// What may run on the page and what it may load: this very script, this very style, nothing else.
fn rules() -> String {
    let digest = |of: &str| STANDARD.encode(Sha256::digest(of));
    format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        digest(SCRIPT),
        digest(STYLE)
    )
}

/// The template with what its `{{names}}` stand for. What is filled in is not looked at again.
fn filled(template: &str, value: &dyn Fn(&str) -> String) -> String {
    let mut parts = template.split("{{");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once("}}") {
            Some((name, rest)) => out.extend([value(name), rest.to_owned()]),
            None => out.extend(["{{", part]),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_in_is_not_looked_at_again() {
        let value = |name: &str| if name == "a" { "{{b}}".to_owned() } else { "x".to_owned() };
        assert_eq!(filled("<{{a}}-{{b}}>", &value), "<{{b}}-x>");
    }

    #[test]
    fn style_and_script_cannot_end_their_elements_and_digest_as_they_are_read() {
        for part in [STYLE, SCRIPT] {
            assert!(!part.contains("</") && !part.contains('\r') && !part.contains("<!--"));
        }
        assert_eq!(PAGE.matches(DATA).count(), 1);
    }
}
