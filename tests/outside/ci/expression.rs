//! The expressions of GitHub's workflows, as far as the action and its page use them: names, texts, `==`, `!=`, `&&`,
//! `always()`. Any other one breaks the test that meets it.

use serde_json::Value;

/// What names stand for: `inputs`, `steps`, `github`, `runner`, `env`.
pub(super) struct Names(pub(super) Value);

impl Names {
    /// A text with what its `${{ … }}` stand for.
    pub(super) fn filled(&self, text: &str) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${{") {
            let (expression, after) = after.split_once("}}").unwrap();
            filled.extend([before, &self.value(expression)]);
            rest = after;
        }
        filled + rest
    }

    /// Whether a step is to run, after others that went well or not.
    pub(super) fn holds(&self, condition: Option<&str>, all_went_well: bool) -> bool {
        let condition = condition.unwrap_or_default();
        let condition = condition.trim().trim_start_matches("${{").trim_end_matches("}}");
        let wants = |part: &str| part == "always()" || self.is_true(part);
        let parts = condition.split("&&").map(str::trim).filter(|part| !part.is_empty());
        (all_went_well || condition.contains("always()")) && parts.into_iter().all(wants)
    }

    fn is_true(&self, comparison: &str) -> bool {
        let (equal, unequal) = (comparison.split_once("=="), comparison.split_once("!="));
        match (equal, unequal) {
            (Some((left, right)), None) => self.value(left) == self.value(right),
            (None, Some((left, right))) => self.value(left) != self.value(right),
            (Some(_), Some(_)) | (None, None) => unreachable!("this is no comparison: {comparison}"),
        }
    }

    /// What is not there is empty, as GitHub has it.
    fn value(&self, expression: &str) -> String {
        let expression = expression.trim();
        if let Some(text) = expression.strip_prefix('\'') {
            return text.strip_suffix('\'').unwrap().to_owned();
        }
        let is_name = expression.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
        assert!(is_name, "this is no name: {expression}");
        let found = expression.split('.').try_fold(&self.0, |value, step| value.get(step));
        match found {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        }
    }
}

#[test]
fn expressions_are_read_as_github_reads_them() {
    let names = Names(serde_json::json!({"inputs": {"spec": "quiz", "comment": "true"}, "github": {"number": 7}}));
    assert_eq!(names.filled("a ${{ inputs.spec }} of ${{github.number}}: ${{ inputs.gone }}."), "a quiz of 7: .");
    assert!(names.holds(None, true) && !names.holds(None, false));
    assert!(names.holds(Some("always() && inputs.comment == 'true'"), false));
    assert!(!names.holds(Some("inputs.comment == 'true'"), false));
    assert!(!names.holds(Some("inputs.comment == 'true' && inputs.gone != ''"), true));
}
