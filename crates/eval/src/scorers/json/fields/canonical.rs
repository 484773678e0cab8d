//! One text for all ways to write the same JSON value.

use serde_json::{Number, Value};

/// A text that two values share exactly when they are the same: 1 and 1.0 are, and objects whatever the order of their keys.
/// Whole numbers are compared digit by digit, also where floating point would round them.
pub(super) fn canonical(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Null | Value::Bool(_) | Value::String(_) => text.push_str(&value.to_string()),
        Value::Number(number) => text.push_str(&number_text(number)),
        Value::Array(members) => {
            text.push('[');
            for member in members {
                write(member, text);
                text.push(',');
            }
            text.push(']');
        }
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_unstable_by_key(|(key, _)| *key);
            text.push('{');
            for (key, value) in fields {
                text.push_str(&Value::from(key.as_str()).to_string());
                text.push(':');
                write(value, text);
                text.push(',');
            }
            text.push('}');
        }
    }
}

fn number_text(number: &Number) -> String {
    match number.as_f64() {
        // Beyond 2^96 every floating-point number is whole, and no integer type of JSON's reader reaches there.
        Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < 2f64.powi(96) => {
            (float as i128).to_string()
        }
        _ => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn whole_numbers_are_the_same_in_either_notation_and_never_rounded() {
        assert_eq!(canonical(&json!(1)), canonical(&json!(1.0)));
        assert_eq!(canonical(&json!(0)), canonical(&json!(-0.0)));
        assert_eq!(canonical(&json!(1e19)), canonical(&json!(10_000_000_000_000_000_000_u64)));
        assert_ne!(canonical(&json!(9_007_199_254_740_993_u64)), canonical(&json!(9_007_199_254_740_992_u64)));
        assert_ne!(canonical(&json!(0.1)), canonical(&json!(0.2)));
    }

    #[test]
    fn texts_cannot_pass_for_structure() {
        assert_ne!(canonical(&json!(["a,", "b"])), canonical(&json!(["a", ",b"])));
        assert_ne!(canonical(&json!(["a\",\"b"])), canonical(&json!(["a", "b"])));
        assert_ne!(canonical(&json!({"a": {"b": 1}})), canonical(&json!({"a:b": 1})));
    }

    fn tree() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((any::<String>(), inner), 0..4)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    fn reversed(value: &Value) -> Value {
        match value {
            Value::Object(fields) => {
                Value::Object(fields.iter().rev().map(|(key, value)| (key.clone(), reversed(value))).collect())
            }
            Value::Array(members) => members.iter().map(reversed).collect(),
            other => other.clone(),
        }
    }

    proptest! {
        #[test]
        fn the_order_of_keys_does_not_matter(value in tree()) {
            prop_assert_eq!(canonical(&value), canonical(&reversed(&value)));
        }

        #[test]
        fn different_values_have_different_texts(a in tree(), b in tree()) {
            // With integers and fractions apart, equal texts come from equal values.
            prop_assert!(canonical(&a) != canonical(&b) || a == b || a.to_string().contains('e') || a.to_string().contains(".0"));
        }
    }
}
