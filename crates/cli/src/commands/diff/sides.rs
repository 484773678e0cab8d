//! Which sides two references mean.

use carat_core::compare::Side;
use carat_core::nearest::did_you_mean;
use carat_core::spec::SliceSpec;

use crate::fault::Fault;
use crate::recorded::{Folded, Named, Recorded};
use crate::session::Session;

/// What a person wants to see side by side.
pub(super) struct Chosen {
    left: (Named, Folded),
    right: Option<(Named, Folded)>,
    /// The second variant of a single run.
    variant: Option<String>,
}

/// Two sides.
pub(super) struct Pair<'a> {
    pub(super) left: &'a Side,
    pub(super) right: &'a Side,
}

impl Chosen {
    /// Finds them. `B` may be the name of a variant of `A`.
    pub(super) async fn find(
        left: &str,
        right: Option<&str>,
        slices: &[SliceSpec],
        session: &Session,
    ) -> Result<Self, Fault> {
        // Rows hang together as the right side has it: what is on the left alone need not say.
        let left = folding(Named::find(left, session).await?, slices, right.is_none());
        // Both are read at once: that is most of the work.
        let other = match right {
            Some(right) => Named::find(right, session).await.map(|named| folding(named, slices, true)).map(Some),
            None => Ok(None),
        };
        let mut left = folded(left).await?;
        let variant = right.filter(|right| left.1.sides.of_variant(right).is_some()).map(str::to_owned);
        if variant.is_some() && left.1.plan.as_ref().is_some_and(|plan| plan.cluster.is_some()) {
            left = folded(folding(left.0, slices, true)).await?;
        }
        let right = match (other, &variant) {
            (_, Some(_)) | (Ok(None), None) => None,
            (Ok(Some(other)), None) => Some(folded(other).await?),
            (Err(fault), None) => return Err(fault),
        };
        let chosen = Self { left, right, variant };
        if chosen.pairs().is_empty() {
            return Err(chosen.nothing());
        }
        Ok(chosen)
    }

    /// The sides, each left one with its right one.
    pub(super) fn pairs(&self) -> Vec<Pair<'_>> {
        let lefts = meant(&self.left);
        match &self.right {
            None => {
                let all = self.left.1.sides.all();
                let first = lefts.first().copied();
                let wanted = |side: &&Side| {
                    let is_it = self.variant.as_ref().is_none_or(|label| side.name().variant == *label);
                    is_it && first.is_some_and(|first| first.name() != side.name())
                };
                all.iter().filter(wanted).filter_map(|right| Some(Pair { left: first?, right })).collect()
            }
            Some(right) => match (lefts.as_slice(), meant(right).as_slice()) {
                ([left], [right]) => vec![Pair { left, right }],
                (lefts, rights) => alike(lefts, rights),
            },
        }
    }

    /// The run that recorded a side's samples.
    pub(super) fn recorded(&self, side: &Side) -> &Recorded {
        let right = self.right.as_ref().map(|(named, _)| &named.recorded);
        right.filter(|recorded| recorded.name() == side.name().run).unwrap_or(&self.left.0.recorded)
    }

    fn nothing(&self) -> Fault {
        let labels =
            |folded: &Folded| folded.sides.all().iter().map(|side| side.name().variant.clone()).collect::<Vec<_>>();
        let left = labels(&self.left.1);
        match &self.right {
            None if left.len() < 2 => Fault::mendable(format!(
                "run {} has one variant, {}; name what to compare it with: carat diff A B",
                self.left.0.recorded.name(),
                left.join(", ")
            )),
            None => Fault::mendable("a variant is not compared with itself"),
            Some((_, right)) => {
                let right = labels(right);
                let hint = left.first().map(|label| did_you_mean(label, right.iter().map(String::as_str)));
                Fault::mendable(format!(
                    "no variant of A ({}) has its like in B ({}); name one of each: RUN:VARIANT{}",
                    left.join(", "),
                    right.join(", "),
                    hint.unwrap_or_default()
                ))
            }
        }
    }
}

type Folding = tokio::task::JoinHandle<Result<(Named, Folded), Fault>>;

/// Reads a run on a thread of its own, with or without the clusters of its rows.
fn folding(named: Named, slices: &[SliceSpec], clustered: bool) -> Folding {
    let slices = slices.to_vec();
    tokio::spawn(async move {
        let folded = if clustered { named.clustered_sides(&slices).await? } else { named.sides(&slices).await? };
        Ok((named, folded))
    })
}

async fn folded(folding: Folding) -> Result<(Named, Folded), Fault> {
    folding.await.map_err(Fault::bug)?
}

/// The side that is named, or all of them.
fn meant((named, folded): &(Named, Folded)) -> Vec<&Side> {
    match &named.variant {
        Some(label) => folded.sides.of_variant(label).into_iter().collect(),
        None => folded.sides.all().iter().collect(),
    }
}

/// Each with the one of the same prompt and model.
fn alike<'a>(lefts: &[&'a Side], rights: &[&'a Side]) -> Vec<Pair<'a>> {
    let pair = |right: &&'a Side| {
        let left = lefts.iter().find(|left| left.is_like(right))?;
        Some(Pair { left, right })
    };
    rights.iter().filter_map(pair).collect()
}
