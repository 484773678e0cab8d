//! Transforms: expressions of JavaScript that take a part out of an answer.

/// The part of an answer that a transform takes, as a JSON path; none where it takes the answer as it is.
///
/// Known are ways into JSON: `output.countries`, `JSON.parse(output).items[0].name`. `within` is the way that another
/// transform has taken before.
///
/// # Errors
/// The transform does something else.
pub(super) fn json_path(transform: &str, within: Option<&str>) -> Result<Option<String>, ()> {
    let text = transform.trim().trim_start_matches("return ").trim_end_matches(';').trim();
    let (base, rest) = match text.strip_prefix("JSON.parse(output)") {
        // What has been taken apart once is no text any more.
        Some(_) if within.is_some() => return Err(()),
        Some(rest) => (Some("$"), rest),
        None => (within, text.strip_prefix("output").ok_or(())?),
    };
    let steps = steps(rest).ok_or(())?;
    match base {
        None if steps.is_empty() => Ok(None),
        base => Ok(Some(format!("{}{steps}", base.unwrap_or("$")))),
    }
}

/// `.a[0]['b']` as the steps of a JSON path.
fn steps(mut rest: &str) -> Option<String> {
    let mut path = String::new();
    while !rest.is_empty() {
        rest = rest.strip_prefix("?.").map_or(rest, |after| if after.starts_with('[') { after } else { &rest[1..] });
        if let Some(after) = rest.strip_prefix('.') {
            let end = after.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(after.len());
            path.push_str(&step(&after[..end])?);
            rest = &after[end..];
        } else {
            let (inner, after) = rest.strip_prefix('[')?.split_once(']')?;
            path.push_str(&member(inner.trim())?);
            rest = after;
        }
    }
    Some(path)
}

fn step(name: &str) -> Option<String> {
    let begins = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    (begins && name != "length").then(|| format!(".{name}"))
}

fn member(inner: &str) -> Option<String> {
    if !inner.is_empty() && inner.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(format!("[{inner}]"));
    }
    let quote = inner.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let name = inner.strip_prefix(quote)?.strip_suffix(quote)?;
    (!name.contains(['\'', '"', '\\'])).then(|| format!("['{name}']"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_into_json_are_understood() {
        for (transform, within, path) in [
            ("output", None, None),
            ("JSON.parse(output)", None, Some("$")),
            ("output.countries", None, Some("$.countries")),
            ("output.countries", Some("$"), Some("$.countries")),
            ("output[0]['a b'].c", Some("$.list"), Some("$.list[0]['a b'].c")),
            ("return JSON.parse(output)?.items?.[1];", None, Some("$.items[1]")),
        ] {
            assert_eq!(json_path(transform, within), Ok(path.map(str::to_owned)), "{transform}");
        }
    }

    #[test]
    fn whatever_computes_is_not() {
        for transform in
            ["output.toLowerCase()", "output.split(' ')[0]", "output.length", "file://t.js", "output.a + 1", "[output]"]
        {
            assert_eq!(json_path(transform, None), Err(()), "{transform}");
        }
        assert_eq!(json_path("JSON.parse(output)", Some("$")), Err(()));
    }
}
