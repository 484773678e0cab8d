//! How two JSON documents differ.

mod known;
mod path;

use std::collections::HashMap;
use std::ops::Range;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::common::{Common, Gap};
use super::pairs::{Bag, SAME, are_short, pairs};
use super::work::Work;
use known::{Inside, Known, Node};
use path::{Step, path};

/// So many changes are told; of the others it is said how many there are.
pub const MOST_CHANGES: usize = 200;

/// So many bytes of paths are told, since a key may be as long as an answer and stand above many changes.
const MOST_PATH_BYTES: usize = 1 << 20;

/// How two JSON documents differ; they do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JsonDiff {
    /// The first changes, in the order of the right document; what only the left one has comes where it stood in a list, and
    /// last in an object.
    pub changes: Vec<JsonChange>,
    /// How many more there are.
    pub more: usize,
}

/// A place at which two JSON documents differ. At least one of them has a value there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JsonChange {
    /// Where, as JSONPath (RFC 9535): `$.items[0].sku`, and `$` for the whole. It is the place in the right document; for what
    /// only the left one has, the place there.
    pub path: String,
    /// Where it stands in the left document, if both have it and that is another place: something before it in a list was
    /// added or removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_path: Option<String>,
    /// What the left document has there; none where it has nothing, which is not `null`.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "there")]
    pub left: Option<Value>,
    /// What the right document has there.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "there")]
    pub right: Option<Value>,
}

/// Serde would take a `null` for nothing.
fn there<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// How two JSON documents differ; none where they are the same. Both must have come from the reader of JSON, which bounds how
/// deep they are nested.
pub(super) fn changes(left: &Value, right: &Value) -> Option<JsonDiff> {
    let mut known = Known::default();
    let (left, right) = (known.node(left), known.node(right));
    let found = JsonDiff { changes: Vec::new(), more: 0 };
    let mut walk = Walk { known, work: Work::new(), at: Vec::new(), path_bytes: 0, found };
    walk.values(&left, &right);
    (!walk.found.changes.is_empty()).then_some(walk.found)
}

struct Walk<'v> {
    known: Known<'v>,
    work: Work,
    /// The steps from the top, in the left document and in the right one.
    at: Vec<(Step<'v>, Step<'v>)>,
    path_bytes: usize,
    found: JsonDiff,
}

impl<'v> Walk<'v> {
    fn values(&mut self, left: &Node<'v>, right: &Node<'v>) {
        if left.number == right.number {
            return;
        }
        match (&left.inside, &right.inside) {
            (Inside::Fields(left), Inside::Fields(right)) => self.objects(left, right),
            (Inside::Items(left), Inside::Items(right)) => self.lists(left, right),
            _ => self.note(Some(left.value), Some(right.value)),
        }
    }

    fn objects(&mut self, left: &[(&'v str, Node<'v>)], right: &[(&'v str, Node<'v>)]) {
        // What no key of the right object takes away is what only the left one has.
        let mut places: HashMap<&str, usize> = left.iter().enumerate().map(|(at, (key, _))| (*key, at)).collect();
        for (key, value) in right {
            let before = places.remove(key).map(|at| &left[at].1);
            self.below(Step::Key(key), Step::Key(key), before, Some(value));
        }
        for (key, value) in left.iter().filter(|(key, _)| places.contains_key(key)) {
            self.below(Step::Key(key), Step::Key(key), Some(value), None);
        }
    }

    fn lists(&mut self, left: &[Node<'v>], right: &[Node<'v>]) {
        let numbers = |items: &[Node<'v>]| items.iter().map(|item| item.number).collect::<Vec<_>>();
        let common = Common::of(&numbers(left), &numbers(right), &mut self.work);
        for (gap, _) in common.steps() {
            let (mut at_left, mut at_right) = (gap.left.start, gap.right.start);
            for (l, r) in self.pairs(&left[gap.left.clone()], &right[gap.right.clone()]) {
                let (l, r) = (gap.left.start + l, gap.right.start + r);
                self.alone(left, at_left..l, right, at_right..r);
                self.below(Step::Place(l), Step::Place(r), Some(&left[l]), Some(&right[r]));
                (at_left, at_right) = (l + 1, r + 1);
            }
            let Gap { left: on_left, right: on_right } = gap;
            self.alone(left, at_left..on_left.end, right, at_right..on_right.end);
        }
    }

    /// Which items became which. Every item that can be one of a pair is, since there may be nothing left of what it was.
    fn pairs(&mut self, left: &[Node<'v>], right: &[Node<'v>]) -> Vec<(usize, usize)> {
        let most = left.len().min(right.len());
        if most == 0 || !are_short(left.len(), right.len()) {
            return (0..most).map(|place| (place, place)).collect();
        }
        let bags: [Vec<Bag>; 2] = [left, right].map(|items| items.iter().map(|item| self.known.bag(item)).collect());
        let alike = |l: usize, r: usize| {
            let (before, after) = (&left[l], &right[r]);
            let same_kind = std::mem::discriminant(before.value) == std::mem::discriminant(after.value);
            Some(match (before.number == after.number, same_kind) {
                (true, _) => SAME,
                (false, true) => 2 + bags[0][l].share(&bags[1][r]),
                (false, false) => 1,
            })
        };
        pairs((&bags[0], &bags[1]), alike, &mut self.work)
    }

    fn alone(&mut self, left: &[Node<'v>], on_left: Range<usize>, right: &[Node<'v>], on_right: Range<usize>) {
        for place in on_left {
            self.below(Step::Place(place), Step::Place(place), Some(&left[place]), None);
        }
        for place in on_right {
            self.below(Step::Place(place), Step::Place(place), None, Some(&right[place]));
        }
    }

    fn below(&mut self, on_left: Step<'v>, on_right: Step<'v>, left: Option<&Node<'v>>, right: Option<&Node<'v>>) {
        self.at.push((on_left, on_right));
        match (left, right) {
            (Some(left), Some(right)) => self.values(left, right),
            (None, _) | (_, None) => self.note(left.map(|node| node.value), right.map(|node| node.value)),
        }
        self.at.pop();
    }

    fn note(&mut self, left: Option<&Value>, right: Option<&Value>) {
        if self.found.changes.len() == MOST_CHANGES || self.path_bytes > MOST_PATH_BYTES {
            self.found.more += 1;
            return;
        }
        let in_left = path(self.at.iter().map(|(left, _)| *left));
        let in_right = path(self.at.iter().map(|(_, right)| *right));
        let (path, left_path) = match (left, right) {
            (_, None) => (in_left, None),
            (None, Some(_)) => (in_right, None),
            (Some(_), Some(_)) => (in_right.clone(), Some(in_left).filter(|path| *path != in_right)),
        };
        self.path_bytes += path.len();
        self.found.changes.push(JsonChange { path, left_path, left: left.cloned(), right: right.cloned() });
    }
}

#[cfg(test)]
mod tests;
