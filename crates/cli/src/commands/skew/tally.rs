//! How many calls came out how.

use std::collections::{BTreeMap, BTreeSet};

use crate::exit::Exit;
use crate::out::{BAD, GOOD, ODD, styled};

/// How many calls came out how, and how many lines are none.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) same: u64,
    pub(super) differ: u64,
    pub(super) unrenderable: u64,
    pub(super) unknown: u64,
    pub(super) unreadable: u64,
    /// What nothing was held against, and how many calls had it.
    pub(super) apart: BTreeMap<&'static str, u64>,
}

impl Tally {
    /// The calls that were read.
    pub(super) const fn calls(&self) -> u64 {
        self.same + self.faults()
    }

    /// Those of them that are not what their prompt says.
    pub(super) const fn faults(&self) -> u64 {
        self.differ + self.unrenderable + self.unknown
    }

    /// Counts what one call had besides.
    pub(super) fn leave_apart(&mut self, names: BTreeSet<&'static str>) {
        names.into_iter().for_each(|name| *self.apart.entry(name).or_default() += 1);
    }

    pub(super) const fn exit(&self) -> Exit {
        match (self.unreadable, self.faults()) {
            (0, 0) => Exit::Fine,
            (0, _) => Exit::GateFailed,
            _ => Exit::Mendable,
        }
    }

    /// The last lines, for a terminal.
    pub(super) fn text(&self) -> String {
        let word = |count: u64, style, what: &str| (count > 0).then(|| styled(style, format!("{count} {what}")));
        let differ = if self.differ == 1 { "differs" } else { "differ" };
        let parts = [
            word(self.same, GOOD, "as their prompt says"),
            word(self.differ, BAD, differ),
            word(self.unrenderable, BAD, "cannot be rendered"),
            word(self.unknown, ODD, "of a version that this project does not know"),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        let calls = match self.calls() {
            0 => "no captured call".to_owned(),
            1 => format!("1 captured call: {}", parts.join(", ")),
            calls => format!("{calls} captured calls: {}", parts.join(", ")),
        };
        let lines = if self.unreadable == 1 { "line cannot be read" } else { "lines cannot be read" };
        let unreadable = word(self.unreadable, BAD, lines).map(|told| format!("; {told}")).unwrap_or_default();
        format!("{calls}{unreadable}\n{}", self.apart_text())
    }

    fn apart_text(&self) -> String {
        let told =
            |(name, count): (&&str, &u64)| format!("{name} in {count} call{}", if *count == 1 { "" } else { "s" });
        let told: Vec<String> = self.apart.iter().map(told).collect();
        if told.is_empty() { String::new() } else { format!("not compared: {}\n", told.join(", ")) }
    }
}
