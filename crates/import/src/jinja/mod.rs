//! From Nunjucks, the template language of promptfoo, to Jinja2.
//!
//! The two are nearly one language. What is only spelt differently is spelt anew; what Jinja2 has no word for is refused by
//! name, so that no prompt is ever rendered into something else than before.

mod expression;

use std::collections::BTreeSet;

use expression::expression;

/// A template that has been carried over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template {
    /// Its source.
    pub(crate) source: String,
    /// The variables that it takes from outside.
    pub(crate) variables: BTreeSet<String>,
    /// Those of them that it asks for with `default` or `is defined`: a row need not have them.
    pub(crate) asked_for: BTreeSet<String>,
    /// Those of them that it also, or only, takes without asking.
    pub(crate) taken: BTreeSet<String>,
}

/// Blocks that both languages have.
const BLOCKS: &[&str] = &[
    "if",
    "elif",
    "elseif",
    "else",
    "endif",
    "for",
    "endfor",
    "set",
    "endset",
    "macro",
    "endmacro",
    "filter",
    "endfilter",
    "call",
    "endcall",
];

/// A piece of a template with its delimiters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Segment<'a> {
    /// Words.
    Text(&'a str),
    /// `{{ … }}`
    Expression(&'a str),
    /// `{% … %}`
    Block(&'a str),
    /// A comment, or a section between `{% raw %}` and `{% endraw %}`: taken as it is.
    AsItIs(&'a str),
}

/// Cuts a template into its pieces.
///
/// # Errors
/// A piece is opened and not closed: what it begins with.
pub(crate) fn segments(source: &str) -> Result<Vec<Segment<'_>>, String> {
    let mut found = Vec::new();
    let mut rest = source;
    while let Some(start) = ["{{", "{%", "{#"].iter().filter_map(|open| rest.find(open)).min() {
        let (text, special) = rest.split_at(start);
        if !text.is_empty() {
            found.push(Segment::Text(text));
        }
        let unclosed = || format!("`{}` is opened and never closed", special.chars().take(24).collect::<String>());
        let segment = match special.get(..2) {
            Some("{{") => closed(special, "}}").map(Segment::Expression),
            Some("{#") => special.find("#}").map(|at| Segment::AsItIs(&special[..at + 2])),
            _ => closed(special, "%}").and_then(|block| match inside(block).split_whitespace().next() {
                Some("raw" | "verbatim") => raw(special).map(Segment::AsItIs),
                _ => Some(Segment::Block(block)),
            }),
        };
        let segment = segment.ok_or_else(unclosed)?;
        let (Segment::Text(taken) | Segment::Expression(taken) | Segment::Block(taken) | Segment::AsItIs(taken)) =
            segment;
        rest = &special[taken.len()..];
        found.push(segment);
    }
    if !rest.is_empty() {
        found.push(Segment::Text(rest));
    }
    Ok(found)
}

/// The text up to and with its closing delimiter, which does not count inside quotes.
fn closed<'a>(text: &'a str, close: &str) -> Option<&'a str> {
    let mut quote = None;
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(2) {
        match quote {
            Some(_) if escaped => escaped = false,
            Some(_) if c == '\\' => escaped = true,
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if text[at..].starts_with(close) => return Some(&text[..at + close.len()]),
            None if matches!(c, '"' | '\'') => quote = Some(c),
            None => {}
        }
    }
    None
}

/// The raw section that the text begins with.
fn raw(text: &str) -> Option<&str> {
    let mut at = 2;
    while let Some(next) = text[at..].find("{%") {
        let block = closed(&text[at + next..], "%}")?;
        at += next + block.len();
        if matches!(inside(block).split_whitespace().next(), Some("endraw" | "endverbatim")) {
            return Some(&text[..at]);
        }
    }
    None
}

/// What stands between the delimiters, without the signs that trim white space.
fn inside(piece: &str) -> &str {
    let inner = piece.get(2..piece.len().saturating_sub(2)).unwrap_or_default();
    let inner = inner.strip_prefix('-').unwrap_or(inner);
    inner.strip_suffix('-').unwrap_or(inner)
}

/// The template in Jinja2.
///
/// # Errors
/// What it has that Jinja2 has not, in words.
pub(crate) fn from_nunjucks(source: &str) -> Result<Template, String> {
    let mut out = String::with_capacity(source.len());
    let mut names = Names::default();
    for segment in segments(source)? {
        match segment {
            Segment::Text(text) => out.push_str(text),
            Segment::AsItIs(text) => out.push_str(&text.replace("verbatim", "raw")),
            Segment::Expression(piece) => out.push_str(&around(piece, &expression(inside(piece), &mut names)?)),
            Segment::Block(piece) => out.push_str(&around(piece, &block(inside(piece), &mut names)?)),
        }
    }
    Ok(names.into_template(out))
}

/// The delimiters of a piece around something else.
fn around(piece: &str, inner: &str) -> String {
    let before = if piece.as_bytes().get(2) == Some(&b'-') { 3 } else { 2 };
    let after = if piece.len() > 5 && piece.as_bytes().get(piece.len() - 3) == Some(&b'-') { 3 } else { 2 };
    format!("{}{inner}{}", &piece[..before], &piece[piece.len() - after..])
}

/// The names of a template.
#[derive(Debug, Default)]
struct Names {
    taken: BTreeSet<String>,
    asked_for: BTreeSet<String>,
    /// What the template sets by itself.
    own: BTreeSet<String>,
}

impl Names {
    fn into_template(self, source: String) -> Template {
        let Self { mut taken, mut asked_for, own } = self;
        taken.retain(|name| !own.contains(name));
        asked_for.retain(|name| !own.contains(name));
        Template { source, variables: taken.union(&asked_for).cloned().collect(), asked_for, taken }
    }
}

fn block(inner: &str, names: &mut Names) -> Result<String, String> {
    let lead = inner.len() - inner.trim_start().len();
    let word = inner.split_whitespace().next().unwrap_or_default();
    if !BLOCKS.contains(&word) {
        return Err(format!("the block `{{% {word} %}}`"));
    }
    let rest = &inner[lead + word.len()..];
    let spelt = if word == "elseif" { "elif" } else { word };
    let written = match word {
        "for" => match rest.split_once(" in ") {
            Some((targets, over)) => {
                names.own.extend(words(targets));
                format!("{targets} in {}", expression(over, names)?)
            }
            None => return Err("a `{% for %}` without `in`".to_owned()),
        },
        "set" => match rest.split_once('=') {
            Some((targets, value)) => {
                names.own.extend(words(targets));
                format!("{targets}={}", expression(value, names)?)
            }
            None => {
                names.own.extend(words(rest));
                rest.to_owned()
            }
        },
        "macro" => {
            names.own.extend(words(rest));
            rest.to_owned()
        }
        // A filter stands where an expression has one behind a bar.
        "filter" => expression(&format!("|{rest}"), names)?.replacen('|', "", 1),
        _ => expression(rest, names)?,
    };
    Ok(format!("{}{spelt}{written}", &inner[..lead]))
}

/// The names in a list of targets.
fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn jinja(source: &str) -> String {
        from_nunjucks(source).map_or_else(|why| format!("refused: {why}"), |template| template.source)
    }

    #[test]
    fn what_is_spelt_differently_is_spelt_anew() {
        for (nunjucks, expected) in [
            ("{{ name }}", "{{ name }}"),
            ("{{ text | safe }}!", "{{ text }}!"),
            ("{{- vars | dump(2) -}}", "{{- vars | tojson(2) -}}"),
            (
                "{% if a === 'x' %}1{% elseif b !== null %}2{% endif %}",
                "{% if a == 'x' %}1{% elif b != none %}2{% endif %}",
            ),
            ("{% if items.length > 1 %}", "{% if items|length > 1 %}"),
            (
                "{% for k, v in map | dictsort %}{{ k }}{% endfor %}",
                "{% for k, v in map | dictsort %}{{ k }}{% endfor %}",
            ),
            (
                "{# {{ not | read }} #}{% raw %}{{ x | nl2br }}{% endraw %}",
                "{# {{ not | read }} #}{% raw %}{{ x | nl2br }}{% endraw %}",
            ),
            ("{{ 'a | b && c' }}", "{{ 'a | b && c' }}"),
            (
                "{% set total=(a + b) %}{% filter upper %}x{% endfilter %}",
                "{% set total=(a + b) %}{% filter upper %}x{% endfilter %}",
            ),
        ] {
            assert_eq!(jinja(nunjucks), expected);
        }
    }

    #[test]
    fn what_has_no_counterpart_is_refused_by_name() {
        for (nunjucks, why) in [
            ("{{ x | nl2br }}", "the filter `nl2br`"),
            ("{{ x.toUpperCase() }}", "the method `.toUpperCase()`"),
            ("{% asyncEach x in y %}", "the block `{% asyncEach %}`"),
            ("{{ env.HOME }}", "the environment (`env`)"),
            ("{{ a && b }}", "the operator `&&`"),
            ("{{ a ", "`{{ a ` is opened and never closed"),
        ] {
            assert_eq!(jinja(nunjucks), format!("refused: {why}"));
        }
    }

    #[test]
    fn the_variables_that_come_from_outside_are_known() {
        let source = "{% set a = b %}{% for x in xs %}{{ x.name }} {{ a }} {{ d | default('e') }} {{ loop.index }}{% endfor %}\
                      {% if f is not defined or b is divisibleby(3) %}{{ f }}{% endif %}";
        let template = from_nunjucks(source).unwrap();
        let list = |names: &BTreeSet<String>| names.iter().cloned().collect::<Vec<_>>().join(" ");
        assert_eq!(list(&template.variables), "b d f xs");
        assert_eq!((list(&template.asked_for), list(&template.taken)), ("d f".to_owned(), "b f xs".to_owned()));
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(source in "([ a-z|.(){}%#'\"=&-]|\\{\\{|\\}\\}|\\{%|%\\}|é|\n){0,40}") {
            let _ = from_nunjucks(&source);
        }

        #[test]
        fn words_stay_as_they_are(source in "[^{]*") {
            prop_assert_eq!(jinja(&source), source);
        }
    }
}
