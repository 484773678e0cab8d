//! What stands under `options` of a test.

use carat_core::Parameters;
use carat_core::spec::FactualitySpec;
use serde_json::Value;

use super::{Desk, providers, view};
use crate::account::{Loss, Note};
use crate::fields::Fields;

/// How the tests that have these options are asked and judged.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Settings {
    /// The part of answers that is looked at, as a JSON path.
    pub(super) path: Option<String>,
    /// The model that judges, by its name in `carat.yaml`.
    pub(super) judge: Option<String>,
    /// The model that embeds.
    pub(super) embedder: Option<String>,
    /// What the categories of `factuality` are worth.
    pub(super) factuality: Option<FactualitySpec>,
    /// What stands before and behind the prompt.
    pub(super) prefix: Option<String>,
    pub(super) suffix: Option<String>,
    /// Whether lists among the variables stay lists.
    pub(super) keeps_lists: bool,
    /// Whether the assertions of `defaultTest` do not hold.
    pub(super) own_only: bool,
}

impl Settings {
    pub(super) fn read(desk: &mut Desk<'_, '_>, fields: &Fields<'_>) -> Self {
        let flag = |key: &str| fields.get(key) == Some(&Value::Bool(true));
        let path = ["transform", "postprocess"].into_iter().find_map(|key| path(fields, key, None));
        let factuality = fields.inner("factuality").map(|weights| categories(&weights));
        let (prefix, suffix) = (fields.text("prefix"), fields.text("suffix"));
        let (keeps_lists, own_only) = (flag("disableVarExpansion"), flag("disableDefaultAsserts"));
        let (judge, embedder) = match fields.get("provider") {
            Some(value) => graders(desk, &fields.at("provider"), value),
            None => (None, None),
        };
        leave_others(fields);
        Self { path, judge, embedder, factuality, prefix, suffix, keeps_lists, own_only }
    }

    /// These, and where they say nothing those.
    pub(super) fn over(self, other: &Self) -> Self {
        Self {
            path: self.path.or_else(|| other.path.clone()),
            judge: self.judge.or_else(|| other.judge.clone()),
            embedder: self.embedder.or_else(|| other.embedder.clone()),
            factuality: self.factuality.or(other.factuality),
            prefix: self.prefix.or_else(|| other.prefix.clone()),
            suffix: self.suffix.or_else(|| other.suffix.clone()),
            keeps_lists: self.keeps_lists || other.keeps_lists,
            own_only: self.own_only || other.own_only,
        }
    }
}

/// The JSON path of a transform; one that is no such path is noted.
pub(super) fn path(fields: &Fields<'_>, key: &str, within: Option<&str>) -> Option<String> {
    let transform = fields.text(key)?;
    view::json_path(&transform, within).unwrap_or_else(|()| {
        let why = "it is a program of JavaScript or Python, and carat looks at answers as they are";
        let advice = "where it takes a part out of the answer, say so with `on`; else score with a program of your own (`program`)";
        fields.note(key, Note::lost("a transform of answers", why, advice));
        None
    })
}

/// The weights of promptfoo: only a disagreement fails where nothing else is said.
pub(super) const FACTUALITY: FactualitySpec =
    FactualitySpec { subset: 1.0, superset: 1.0, same: 1.0, disagree: 0.0, immaterial: 1.0 };

fn categories(weights: &Fields<'_>) -> FactualitySpec {
    let weight = |key: &str, other: f64| weights.number(key).unwrap_or(other);
    FactualitySpec {
        subset: weight("subset", FACTUALITY.subset),
        superset: weight("superset", FACTUALITY.superset),
        same: weight("agree", FACTUALITY.same),
        disagree: weight("disagree", FACTUALITY.disagree),
        immaterial: weight("differButFactual", FACTUALITY.immaterial),
    }
}

/// The models that judge and embed: one for both, or one for each kind of task.
pub(super) fn graders(desk: &mut Desk<'_, '_>, place: &str, value: &Value) -> (Option<String>, Option<String>) {
    let kinds = ["text", "embedding", "classification", "moderation"];
    let Some(map) = value.as_object().filter(|map| kinds.iter().any(|kind| map.contains_key(*kind))) else {
        let model = providers::single(desk, place, value);
        return (model.clone(), model);
    };
    let fields = Fields::new(desk.account, place, map);
    for kind in ["classification", "moderation"] {
        fields.leave(
            kind,
            Loss::Lost,
            "carat has no scorer that asks such a model",
            "score with a program of your own (`program`)",
        );
    }
    let mut of = |key: &str| fields.get(key).and_then(|value| providers::single(desk, &fields.at(key), value));
    (of("text"), of("embedding"))
}

fn leave_others(fields: &Fields<'_>) {
    let judged = "the questions that a judge is asked are carat's own";
    fields.leave("rubricPrompt", Loss::Differs, judged, "put what matters into the rubric");
    let program = "it is a program";
    fields.leave("transformVars", Loss::Lost, program, "write the variables as they are after it");
    fields.leave(
        "storeOutputAs",
        Loss::Lost,
        "in carat no case depends on another",
        "write the conversation into the row's `messages`",
    );
    fields.leave("repeat", Loss::Differs, "in carat an eval repeats all its cases", "set `trials` in the eval");
    fields.leave("runSerially", Loss::Incidental, "the order of cases decides nothing here", "");
    fields.leave("disableConversationVar", Loss::Incidental, "there is no such variable", "");
    for (key, value) in fields.rest() {
        let known =
            Parameters::from_written([(key, value)]).is_ok() || matches!(key.as_str(), "response_format" | "tools");
        let why = if known {
            "parameters belong to the eval, the prompt or the model, not to a row"
        } else {
            "carat does not know this key"
        };
        fields.note(key, Note::lost(format!("`{key}`"), why, "make an eval of its own for such rows"));
    }
}

/// Whether any of the rows has something before or behind the prompt.
pub(super) fn around(settings: &Settings) -> [(&'static str, Option<&String>); 2] {
    [("prompt_prefix", settings.prefix.as_ref()), ("prompt_suffix", settings.suffix.as_ref())]
}
