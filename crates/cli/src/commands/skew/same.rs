//! When two values say the same.

use serde_json::{Number, Value};

/// Whether two values are the same JSON: in any order of keys, and 1 is 1.0. Whole numbers are compared digit by digit, also
/// where a float would not tell them apart. Values are nested no deeper than their readers allow.
pub(super) fn is_same(ours: &Value, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Value::Number(ours), Value::Number(theirs)) => is_same_number(ours, theirs),
        (Value::Array(ours), Value::Array(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(ours, theirs)| is_same(ours, theirs))
        }
        (Value::Object(ours), Value::Object(theirs)) => {
            let is_in = |(key, ours): (&String, &Value)| theirs.get(key).is_some_and(|theirs| is_same(ours, theirs));
            ours.len() == theirs.len() && ours.iter().all(is_in)
        }
        (ours, theirs) => ours == theirs,
    }
}

fn is_same_number(ours: &Number, theirs: &Number) -> bool {
    let is_float = ours.is_f64() || theirs.is_f64();
    ours == theirs || is_float && ours.as_f64() == theirs.as_f64()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_says_the_same_is_the_same_and_large_numbers_keep_their_last_digit() {
        for (ours, theirs, expected) in [
            (json!({"a": 1, "b": [2]}), json!({"b": [2.0], "a": 1.0}), true),
            (json!({"a": null}), json!({}), false),
            (json!({"a": null}), json!({"b": null}), false),
            (json!([1, 2]), json!([2, 1]), false),
            (json!([1]), json!([1, 1]), false),
            (json!(9_007_199_254_740_993_u64), json!(9_007_199_254_740_992_u64), false),
            (json!(-1), json!(u64::MAX), false),
            (json!("1"), json!(1), false),
        ] {
            assert_eq!((is_same(&ours, &theirs), is_same(&theirs, &ours)), (expected, expected), "{ours} {theirs}");
        }
    }
}
