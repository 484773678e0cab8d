//! A verdict as a JSON object.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use super::super::menu::Menu;
use super::{Said, off_the_menu};

/// The object that an answer consists of, bare or in one code block; none where it is something else. Whether it is JSON at
/// all is another question.
pub(super) fn body(text: &str) -> Option<&str> {
    let body = block(text).unwrap_or(text).trim();
    body.starts_with('{').then_some(body)
}

/// What stands in the code block that a text consists of.
fn block(text: &str) -> Option<&str> {
    let (info, rest) = text.strip_prefix("```")?.split_once('\n')?;
    let inner = rest.strip_suffix("```")?;
    (!info.contains('`')).then_some(inner)
}

/// The verdict of such an object, or what is wrong with it.
pub(super) fn read(body: &str, menu: &Menu) -> Result<Said<usize>, String> {
    let written: Written =
        serde_json::from_str(body).map_err(|error| format!("wrote what begins like JSON and is none ({error})"))?;
    if written.verdicts_differ {
        return Err("gave two different verdicts".to_owned());
    }
    let verdict = written.verdict.ok_or_else(|| "wrote JSON without a field `verdict`".to_owned())?;
    let given = || off_the_menu(&super::super::as_text(&verdict), menu);
    let pick = menu.pick_value(&verdict).ok_or_else(given)?;
    let reason = written.reason.as_ref().and_then(Value::as_str).unwrap_or_default();
    Ok(Said::new(pick, reason))
}

/// The fields that count. A map of values would keep the last of several fields with one name, and say nothing of it.
#[derive(Default)]
struct Written {
    reason: Option<Value>,
    verdict: Option<Value>,
    verdicts_differ: bool,
}

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Written;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with a verdict")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Written, A::Error> {
                let mut written = Written::default();
                while let Some(name) = map.next_key::<String>()? {
                    match name.as_str() {
                        "reason" => written.reason = Some(map.next_value()?),
                        "verdict" => written.take(map.next_value()?),
                        _ => drop(map.next_value::<IgnoredAny>()?),
                    }
                }
                Ok(written)
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

impl Written {
    fn take(&mut self, verdict: Value) {
        let differs = self.verdict.as_ref().is_some_and(|first| *first != verdict);
        self.verdicts_differ |= differs;
        self.verdict.get_or_insert(verdict);
    }
}
