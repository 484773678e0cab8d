//! How a model's calls are processed: tables have prices of standard processing.

use carat_core::spec::ModelSpec;
use carat_core::untrusted::one_line;
use serde_json::Value;

/// The parameter by which providers let their callers choose.
const PARAMETER: &str = "service_tier";

/// What means standard processing: OpenAI's `auto` and `default`, Anthropic's `auto` and `standard_only`, Groq's `on_demand`.
const STANDARD: [&str; 5] = ["auto", "default", "standard", "standard_only", "on_demand"];

/// The processing that a model's settings ask for, where it is not standard and has another price: `flex`, `priority`,
/// `scale`. So is any that nobody has heard of, for no price is known of it.
pub(super) fn other_than_standard(spec: &ModelSpec) -> Option<String> {
    match spec.parameters.get(PARAMETER)? {
        Value::Null => None,
        Value::String(tier) => (!STANDARD.contains(&tier.as_str())).then(|| one_line(tier, 40)),
        other => Some(one_line(&other.to_string(), 40)),
    }
}
