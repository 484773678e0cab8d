//! Text inside of HTML.

use carat_core::untrusted::visible;

/// A text as the content of an element or the value of an attribute in double quotes. What would act on the direction of
/// text is shown by its code.
pub(super) fn text(text: &str) -> String {
    let shown = visible(text);
    let mut out = String::with_capacity(shown.len() + 16);
    for c in shown.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// A name that may break after a `/`, `@`, `×`, `.` or `_`, so that long ones do not widen a table.
pub(super) fn name(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 32);
    for piece in name.split_inclusive(['/', '@', '×', '.', '_', '=']) {
        if !out.is_empty() {
            out.push_str("<wbr>");
        }
        out.push_str(&text(piece));
    }
    out
}

/// A part of the page with a title of its own; nothing where it would be empty.
pub(super) fn section(id: &str, title: &str, inside: &str) -> String {
    if inside.is_empty() {
        return String::new();
    }
    format!(
        "<section id=\"{id}\" aria-labelledby=\"{id}-title\">\n<h2 id=\"{id}-title\">{title}</h2>\n{inside}</section>\n"
    )
}

/// A table that scrolls by itself where the screen is narrow.
pub(super) fn table(class: &str, caption: &str, head: &str, body: &str) -> String {
    format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"{caption}\"><table class=\"{class}\">\
         <caption class=\"unseen\">{caption}</caption>\
         <thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody></table></div>\n"
    )
}

/// The same for a table that the style lays out anew where the screen is narrow: it says of each part what it is, so that
/// those who are read to still have a table.
pub(super) fn table_with_roles(class: &str, caption: &str, head: &str, body: &str) -> String {
    let roles = [
        ("<table", "table"),
        ("<thead", "rowgroup"),
        ("<tbody", "rowgroup"),
        ("<tr", "row"),
        ("<td", "cell"),
        ("<th scope=\"col\"", "columnheader"),
        ("<th scope=\"row\"", "rowheader"),
    ];
    // Names are escaped, so that these only stand where they are meant.
    roles.iter().fold(table(class, caption, head, body), |table, (tag, role)| {
        table
            .replace(&format!("{tag} "), &format!("{tag} role=\"{role}\" "))
            .replace(&format!("{tag}>"), &format!("{tag} role=\"{role}\">"))
    })
}

/// Something folded.
pub(super) fn details(title: &str, inside: &str) -> String {
    format!("<details><summary>{title}</summary>\n{inside}</details>\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_never_markup() {
        assert_eq!(text("<b a='\"'>&\u{202e}"), "&lt;b a=&#39;&quot;&#39;&gt;&amp;&lt;U+202E&gt;");
        assert_eq!(name("a/b@1×c<"), "a/<wbr>b@<wbr>1×<wbr>c&lt;");
    }
}
