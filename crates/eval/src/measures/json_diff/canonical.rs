//! One text for a JSON value, whatever the order of its keys.

use serde_json::Value;

use super::Incomparable;

/// The value's JSON, its keys sorted and without white space, where it holds at most so many levels of other values.
pub(super) fn canonical(value: &Value, levels: usize) -> Result<String, Incomparable> {
    let mut text = String::new();
    write(value, levels, &mut text)?;
    Ok(text)
}

fn write(value: &Value, levels: usize, text: &mut String) -> Result<(), Incomparable> {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => text.push_str(&value.to_string()),
        Value::Array(members) => {
            text.push('[');
            separated(members, text, |member, text| write(member, below(levels)?, text))?;
            text.push(']');
        }
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_unstable_by_key(|(key, _)| *key);
            text.push('{');
            separated(fields, text, |(key, value), text| {
                text.push_str(&Value::from(key.as_str()).to_string());
                text.push(':');
                write(value, below(levels)?, text)
            })?;
            text.push('}');
        }
    }
    Ok(())
}

fn separated<T>(
    parts: impl IntoIterator<Item = T>,
    text: &mut String,
    mut write: impl FnMut(T, &mut String) -> Result<(), Incomparable>,
) -> Result<(), Incomparable> {
    for (at, part) in parts.into_iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        write(part, text)?;
    }
    Ok(())
}

fn below(levels: usize) -> Result<usize, Incomparable> {
    levels.checked_sub(1).ok_or(Incomparable::TooDeep)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_are_sorted_at_every_level_and_texts_are_escaped_where_json_wants_it() {
        let value = json!({"b": [1, 2.5, {"d": null, "c": "é\""}], "a": true});
        assert_eq!(canonical(&value, 9).unwrap(), r#"{"a":true,"b":[1,2.5,{"c":"é\"","d":null}]}"#);
        assert_eq!(canonical(&json!([[]]), 1).unwrap(), "[[]]");
        assert_eq!(canonical(&json!([[]]), 0), Err(Incomparable::TooDeep));
    }
}
