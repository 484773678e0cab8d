//! What is checked before any line of a batch is worked on.

use std::borrow::Cow;
use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::world::Scene;

/// More are not listed.
const MOST_PROBLEMS: usize = 100;

/// Why a batch fails, as its `errors.data` has it.
#[derive(Debug, Serialize)]
pub(super) struct Problem {
    code: &'static str,
    message: String,
    param: Option<&'static str>,
    /// From 1; null for the file as a whole.
    line: Option<usize>,
}

impl Problem {
    pub(super) fn of_file(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), param: None, line: None }
    }
}

#[derive(Deserialize)]
struct Draft<'l> {
    #[serde(default)]
    custom_id: Option<String>,
    #[serde(borrow, default)]
    method: Option<Cow<'l, str>>,
    #[serde(borrow, default)]
    url: Option<Cow<'l, str>>,
    #[serde(borrow, default)]
    body: Option<&'l RawValue>,
}

#[derive(Deserialize)]
struct Body<'l> {
    #[serde(borrow, default)]
    model: Option<Cow<'l, str>>,
}

/// The lines of a file that are not blank, each with its number from 1.
pub(super) fn lines(file: &str) -> impl Iterator<Item = (usize, &str)> {
    file.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty()).map(|(line, number)| (number, line))
}

/// Everything that is wrong with a file of lines for an endpoint; nothing where the batch may begin.
pub(super) fn problems(scene: &Scene, file: &str, endpoint: &str) -> Vec<Problem> {
    if let Some(problem) = size_problem(scene, file) {
        return vec![problem];
    }
    let mut reader = Reader { scene, endpoint, ids: HashSet::new(), model: None };
    let wrong = lines(file).filter_map(|(number, line)| {
        let (code, message, param) = reader.problem(line)?;
        Some(Problem { code, message, param, line: Some(number) })
    });
    wrong.take(MOST_PROBLEMS).collect()
}

fn size_problem(scene: &Scene, file: &str) -> Option<Problem> {
    let settings = &scene.settings.batches;
    let (count, tokens) = (lines(file).count(), file.len() as u64 / 4);
    let (code, message) = if file.len() > settings.max_bytes {
        ("file_too_large", format!("The input file is larger than {} bytes.", settings.max_bytes))
    } else if count == 0 {
        (
            "empty_file",
            "The input file is empty. Please ensure that the batch contains at least one request.".to_owned(),
        )
    } else if count > settings.max_lines {
        ("too_many_requests", format!("The input file has more than {} requests.", settings.max_lines))
    } else if let Some(most) = settings.max_tokens.filter(|most| tokens > *most) {
        ("token_limit_exceeded", format!("Enqueued token limit reached. Limit: {most} enqueued tokens."))
    } else {
        return None;
    };
    Some(Problem::of_file(code, message))
}

/// What a problem of a line consists of.
type Wrong = (&'static str, String, Option<&'static str>);

/// Reads lines, and remembers what must not differ or repeat.
struct Reader<'r> {
    scene: &'r Scene,
    endpoint: &'r str,
    ids: HashSet<String>,
    model: Option<String>,
}

impl Reader<'_> {
    fn problem(&mut self, line: &str) -> Option<Wrong> {
        let Ok(draft) = serde_json::from_str::<Draft<'_>>(line) else {
            let message = "This line is not parseable as valid JSON.".to_owned();
            return Some(("invalid_json_line", message, None));
        };
        let Draft { custom_id: Some(id), method: Some(method), url: Some(url), body: Some(body) } = &draft else {
            return Some(missing(&draft));
        };
        if method != "POST" {
            let message = format!("The method '{method}' is not supported.");
            return Some(("invalid_method", message, Some("method")));
        }
        if url != self.endpoint {
            let message = "The URL provided for this request does not match the batch endpoint.".to_owned();
            return Some(("invalid_url", message, Some("url")));
        }
        if !self.ids.insert(id.clone()) {
            let message = format!(
                "The custom_id '{id}' for this request is a duplicate of another request. The custom_id parameter must be \
                 unique for each request in a batch."
            );
            return Some(("duplicate_custom_id", message, Some("custom_id")));
        }
        self.model_problem(body)
    }

    /// A batch asks one model, which has to be there.
    fn model_problem(&mut self, body: &RawValue) -> Option<Wrong> {
        let body: Option<Body<'_>> = serde_json::from_str(body.get()).ok();
        let Some(model) = body.and_then(|body| body.model) else {
            let message = "Missing required parameter: 'body.model'.".to_owned();
            return Some(("missing_required_parameter", message, Some("body.model")));
        };
        if !self.scene.knows(&model) {
            let message = format!("The provided model '{model}' is not supported by the Batch API.");
            return Some(("model_not_found", message, Some("body.model")));
        }
        let first = self.model.get_or_insert_with(|| model.clone().into_owned());
        if *first == model {
            return None;
        }
        let message = format!(
            "The provided model '{model}' does not match the rest of the batch. Each batch must contain requests for a \
             single model."
        );
        Some(("mismatched_model", message, Some("body.model")))
    }
}

fn missing(draft: &Draft<'_>) -> Wrong {
    let fields = [
        ("custom_id", draft.custom_id.is_some()),
        ("method", draft.method.is_some()),
        ("url", draft.url.is_some()),
        ("body", draft.body.is_some()),
    ];
    let name = fields.into_iter().find(|(_, there)| !there).map_or("body", |(name, _)| name);
    ("missing_required_parameter", format!("Missing required parameter: '{name}'."), Some(name))
}
