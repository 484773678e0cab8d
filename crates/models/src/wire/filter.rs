//! What a content filter says when it refuses a prompt.
//!
//! Azure OpenAI answers with 400, the code `content_filter` and, under `innererror`, what it found by category
//! (`{"hate": {"filtered": true, "severity": "high"}, "jailbreak": {"filtered": true, "detected": true}}`).

use serde_json::Value;

/// What it is called by those who have such filters.
const CODES: [&str; 4] =
    ["content_filter", "content_policy_violation", "ResponsibleAIPolicyViolation", "content_filtered"];

/// How many categories are told, of which there are less than ten.
const MOST: usize = 10;

/// What the filter found, such as `hate (high)`, in the body of a refusal; empty where it does not say, and none where no
/// filter refused. It is as untrusted as the body.
pub(crate) fn found(body: &Value) -> Option<String> {
    let error = body.get("error")?;
    let inner = error.get("innererror").or_else(|| error.get("inner_error"));
    let codes = [error.get("code"), error.get("type"), inner.and_then(|inner| inner.get("code"))];
    let is_filter = codes.into_iter().flatten().filter_map(Value::as_str).any(|code| CODES.contains(&code));
    is_filter.then(|| inner.map(categories).unwrap_or_default())
}

fn categories(inner: &Value) -> String {
    let results = inner.get("content_filter_result").or_else(|| inner.get("content_filter_results"));
    let filtered =
        results.and_then(Value::as_object).into_iter().flatten().filter(|(_, said)| said["filtered"] == true);
    let told = filtered.take(MOST).map(|(category, said)| match said["severity"].as_str() {
        Some(severity) => format!("{category} ({severity})"),
        None => category.clone(),
    });
    told.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_a_filter_found_is_told_by_category() {
        let results = json!({"hate": {"filtered": true, "severity": "high"}, "violence": {"filtered": false},
            "jailbreak": {"filtered": true, "detected": true}});
        let inner = json!({"code": "ResponsibleAIPolicyViolation", "content_filter_result": results});
        let body = json!({"error": {"code": "content_filter", "message": "no", "innererror": inner}});
        assert_eq!(found(&body).as_deref(), Some("hate (high), jailbreak"));
    }

    #[test]
    fn a_filter_that_does_not_say_what_it_found_is_one_all_the_same() {
        assert_eq!(found(&json!({"error": {"code": "content_filter"}})).as_deref(), Some(""));
        assert_eq!(
            found(&json!({"error": {"innererror": {"code": "ResponsibleAIPolicyViolation"}}})).as_deref(),
            Some("")
        );
    }

    #[test]
    fn any_other_refusal_is_none() {
        for body in [json!({"error": {"code": 400}}), json!({"error": "content_filter"}), json!([]), json!(null)] {
            assert_eq!(found(&body), None);
        }
    }
}
