//! Regular expressions as people write them, with the place of what is wrong.

use regex::Regex;
use regex_syntax::ast::Span;

use super::error::BadSetting;

/// Compiles an expression. It matches in linear time, whatever the answer.
pub(super) fn compile(key: &str, pattern: &str) -> Result<Regex, BadSetting> {
    if let Err(error) = regex_syntax::parse(pattern) {
        return Err(BadSetting::new(key, explain(&error, pattern)));
    }
    Regex::new(pattern).map_err(|error| BadSetting::new(key, format!("`{pattern}` cannot be used: {error}")))
}

fn explain(error: &regex_syntax::Error, pattern: &str) -> String {
    match error {
        regex_syntax::Error::Parse(error) => at(error.span(), &error.kind().to_string(), pattern),
        regex_syntax::Error::Translate(error) => at(error.span(), &error.kind().to_string(), pattern),
        _ => format!("`{pattern}` is not a regular expression"),
    }
}

fn at(span: &Span, what: &str, pattern: &str) -> String {
    let place = match span.start.line {
        1 => format!("character {}", span.start.column),
        line => format!("line {line}, character {}", span.start.column),
    };
    format!("at {place} of `{pattern}`: {what}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let told = |pattern| compile("regex.pattern", pattern).unwrap_err().of("s").to_string();
        assert_eq!(told("é(b"), "scorer `s`: regex.pattern: at character 2 of `é(b`: unclosed group");
        assert!(told(r"(?=x)").contains("at character 1 of `(?=x)`: look-around"), "{}", told(r"(?=x)"));
        assert!(told(r"(\w{1000}){1000}").contains("cannot be used"));
    }
}
