//! Comparing field by field.
//!
//! A field is a dotted path of keys and, in lists, of positions from 0. `*` is every top-level field of the expectation of
//! which no part is named. Fields that only the answer has do not count; a schema with `additionalProperties: false` refuses
//! them. How one field is compared is in [`comparison`].

mod canonical;
mod comparison;
mod path;

use std::collections::BTreeMap;

use carat_core::Unscored;
use carat_core::nearest::did_you_mean;
use carat_core::spec::FieldComparison;
use serde_json::Value;

use crate::scorers::error::BadSetting;
use crate::scorers::excerpt::excerpt;
use crate::scorers::expected::bad;
use comparison::Comparand;
use path::FieldPath;

const KEY: &str = "json.fields";

/// Which fields are compared, and how.
pub(super) struct Fields {
    named: Vec<(FieldPath, FieldComparison)>,
    others: Option<FieldComparison>,
}

impl Fields {
    pub(super) fn new(written: &BTreeMap<String, FieldComparison>) -> Result<Self, BadSetting> {
        if written.values().all(|comparison| *comparison == FieldComparison::Ignore) {
            return Err(BadSetting::new(KEY, "every field is ignored, so that none is compared"));
        }
        let mut fields = Self { named: Vec::new(), others: None };
        for (name, comparison) in written {
            if name == "*" {
                fields.others = Some(comparison.clone());
            } else {
                let path = FieldPath::parse(name).map_err(|why| BadSetting::new(KEY, why))?;
                fields.named.push((path, comparison.clone()));
            }
        }
        fields.refuse_parts_of_wholes()?;
        Ok(fields)
    }

    /// A part of a field that is compared as a whole would count twice, or not be ignored although it says so.
    fn refuse_parts_of_wholes(&self) -> Result<(), BadSetting> {
        for (whole, _) in &self.named {
            if let Some((part, _)) = self.named.iter().find(|(part, _)| whole.holds(part)) {
                let (part, whole) = (part.name(), whole.name());
                let message = format!("`{part}` is a part of `{whole}`, which is named as a whole; name one of them");
                return Err(BadSetting::new(KEY, message));
            }
        }
        Ok(())
    }

    /// The fields of one expectation that are compared; never none.
    pub(super) fn wanted(&self, expectation: &Value) -> Result<Vec<Wanted>, Unscored> {
        let mut wanted = Vec::new();
        for (path, comparison) in self.named.iter().filter(|(_, comparison)| counts(comparison)) {
            let value = path.find(expectation).ok_or_else(|| lacking(path, expectation))?;
            wanted.push(Wanted::new(path.clone(), comparison, value)?);
        }
        if let Some(comparison) = self.others.as_ref().filter(|comparison| counts(comparison)) {
            let object = expectation
                .as_object()
                .ok_or_else(|| bad("the expectation is not an object, so `*` names no field"))?;
            for (key, value) in object.iter().filter(|(key, _)| !self.names_part_of(key)) {
                wanted.push(Wanted::new(FieldPath::of_key(key), comparison, value)?);
            }
        }
        if wanted.is_empty() { Err(bad("the expectation has no field to compare")) } else { Ok(wanted) }
    }

    fn names_part_of(&self, key: &str) -> bool {
        self.named.iter().any(|(path, _)| path.begins_with(key))
    }
}

fn counts(comparison: &FieldComparison) -> bool {
    *comparison != FieldComparison::Ignore
}

fn lacking(path: &FieldPath, expectation: &Value) -> Unscored {
    let keys = expectation.as_object().into_iter().flat_map(|object| object.keys().map(String::as_str));
    bad(format!("the expectation has no field `{}`{}", path.name(), did_you_mean(path.name(), keys)))
}

/// A field, and what it is compared with.
pub(in crate::scorers) struct Wanted {
    path: FieldPath,
    comparand: Comparand,
}

impl Wanted {
    fn new(path: FieldPath, comparison: &FieldComparison, value: &Value) -> Result<Self, Unscored> {
        let comparand = Comparand::new(comparison, value).map_err(|what| {
            let shown = excerpt(&value.to_string());
            bad(format!("the expectation's field `{}` is not {what}: {shown}", path.name()))
        })?;
        Ok(Self { path, comparand })
    }

    /// The field's path, as it is written.
    pub(super) fn name(&self) -> &str {
        self.path.name()
    }

    /// Whether the answer agrees in this field.
    pub(super) fn is_met_by(&self, answer: &Value) -> bool {
        self.comparand.is_met_by(self.path.find(answer))
    }
}
