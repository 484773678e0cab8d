//! What each column of a table is.

use std::collections::BTreeMap;

use super::row::FIELDS;

/// A way through nested objects, outermost key first.
pub(super) type Path = [String];

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Column {
    Id,
    Input,
    InputAt(Vec<String>),
    Expected,
    Tags,
    Split,
    Metadata,
    MetadataAt(Vec<String>),
    Messages,
    /// An index that pandas wrote by itself.
    Ignored,
}

impl Column {
    /// The field with this very name, if there is one.
    pub(super) fn field(name: &str) -> Option<Self> {
        Some(match name {
            "id" => Self::Id,
            "input" => Self::Input,
            "expected" => Self::Expected,
            "tags" => Self::Tags,
            "split" => Self::Split,
            "metadata" => Self::Metadata,
            "messages" => Self::Messages,
            _ => return None,
        })
    }

    fn of(name: &str) -> Self {
        let path = |rest: &str| rest.split('.').map(str::to_owned).collect();
        if let Some(field) = Self::field(name) {
            field
        } else if let Some(rest) = name.strip_prefix("input.") {
            Self::InputAt(path(rest))
        } else if let Some(rest) = name.strip_prefix("metadata.") {
            Self::MetadataAt(path(rest))
        } else if name.starts_with("__index_level_") && name.ends_with("__") {
            Self::Ignored
        } else {
            Self::InputAt(vec![name.to_owned()])
        }
    }
}

/// What the columns with these names hold, in order.
///
/// # Errors
/// A column has no name, or two columns would fill the same place.
pub(super) fn plan<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Vec<Column>, String> {
    let mut columns = Vec::new();
    let mut places: BTreeMap<Vec<String>, (usize, &str)> = BTreeMap::new();
    for (index, name) in names.into_iter().enumerate() {
        if name.trim().is_empty() {
            return Err(nameless(index));
        }
        let column = Column::of(name);
        let place = place(name, &column);
        if let Some(&(other, other_name)) = places.get(&place) {
            return Err(twice(other_name, other, name, index));
        }
        places.insert(place, (index, name));
        columns.push(column);
    }
    // Sorted, what lies below a place comes directly behind it.
    for ((outer, (_, outer_name)), (inner, (_, inner_name))) in places.iter().zip(places.iter().skip(1)) {
        if inner.starts_with(outer) {
            return Err(format!(
                "the columns `{outer_name}` and `{inner_name}` cannot both be filled: the second lies inside the first"
            ));
        }
    }
    Ok(columns)
}

/// Where in a row the column's values go.
fn place(name: &str, column: &Column) -> Vec<String> {
    let below = |field: &str, path: &Path| [&[field.to_owned()], path].concat();
    match column {
        Column::InputAt(path) => below("input.", path),
        Column::MetadataAt(path) => below("metadata", path),
        Column::Input => below("input.", &["input".to_owned()]),
        _ => vec![name.to_owned()],
    }
}

fn nameless(index: usize) -> String {
    let advice = if index == 0 { "; pandas writes its index so, `to_csv(index=False)` does not" } else { "" };
    format!("column {} has no name in the header{advice}", index + 1)
}

fn twice(first: &str, at: usize, second: &str, again: usize) -> String {
    let (at, again) = (at + 1, again + 1);
    if first == second {
        format!("the header names `{first}` twice, in columns {at} and {again}; rename one")
    } else {
        format!("the columns `{first}` ({at}) and `{second}` ({again}) are the same input; rename one")
    }
}

/// The field that a name nearly is: another case, a space, a letter or two off. Never for a field's own name, nor
/// for `message`, which is as good a name for an input as any.
pub(super) fn near_miss(name: &str) -> Option<&'static str> {
    if Column::field(name).is_some() || name == "message" {
        return None;
    }
    let plain = name.trim().trim_matches('_').to_lowercase();
    FIELDS.into_iter().find(|field| {
        // Two or four letters leave no room: `is`, `as` and `text` are honest words.
        let room = match field.len() {
            ..=2 => 0,
            3..=5 => 1,
            _ => 2,
        };
        strsim::osa_distance(&plain, field) <= room
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_dots_lead_inwards() {
        let columns = plan(["id", "body", "input.user.name", "metadata.source"]).unwrap();
        let path = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            columns,
            [
                Column::Id,
                Column::InputAt(path(&["body"])),
                Column::InputAt(path(&["user", "name"])),
                Column::MetadataAt(path(&["source"])),
            ]
        );
    }

    #[test]
    fn two_columns_never_fill_one_place() {
        assert_eq!(
            plan(["body", "id", "input.body"]).unwrap_err(),
            "the columns `body` (1) and `input.body` (3) are the same input; rename one"
        );
        assert_eq!(
            plan(["input.user", "z", "input.user.name"]).unwrap_err(),
            "the columns `input.user` and `input.user.name` cannot both be filled: the second lies inside the first"
        );
        assert_eq!(
            plan(["metadata", "metadata.source"]).unwrap_err(),
            "the columns `metadata` and `metadata.source` cannot both be filled: the second lies inside the first"
        );
    }

    #[test]
    fn near_misses_are_seen_and_honest_words_are_not() {
        for (name, field) in
            [("expcted", "expected"), ("Expected", "expected"), ("tag", "tags"), ("ID", "id"), ("inputs", "input")]
        {
            assert_eq!(near_miss(name), Some(field), "{name}");
        }
        for name in ["expected", "text", "is", "body", "message", "output", "data"] {
            assert_eq!(near_miss(name), None, "{name}");
        }
    }
}
