//! How many calls might be in flight.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::fold::{LimitChange, LimitTally};

use super::{LimitReport, LimitStep};

pub(super) fn reports(tallies: &BTreeMap<Arc<str>, LimitTally>) -> Vec<LimitReport> {
    let step = |change: &LimitChange| LimitStep {
        at_ms: change.elapsed_us / 1000,
        limit: change.limit,
        because: change.why.as_str().to_owned(),
    };
    let of = |(account, tally): (&Arc<str>, &LimitTally)| LimitReport {
        account: account.to_string(),
        first: tally.first,
        lowest: tally.lowest,
        highest: tally.highest,
        last: tally.now(),
        cuts: tally.cuts,
        changed: tally.changed,
        history: tally.changes.iter().map(step).collect(),
    };
    tallies.iter().map(of).collect()
}
