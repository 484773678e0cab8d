//! A recorded run, wherever it rests: in the store, or in a file that somebody exported.

use std::path::Path;
use std::sync::Arc;

use carat_core::compare::{Side, Sides};
use carat_core::event::PlanOutline;
use carat_core::nearest::did_you_mean;
use carat_core::spec::SliceSpec;
use carat_core::{Event, Sample};
use carat_store::{Archive, Detail, RunRecord, Store};

use crate::fault::Fault;
use crate::session::Session;

/// The ending of an exported run.
const EXPORTED: &str = "carat";

/// A recorded run.
pub(crate) enum Recorded {
    /// In the store.
    InStore(Arc<Store>, RunRecord),
    /// In an exported file.
    InFile(Archive),
}

/// A recorded run, or one variant of it, as a person named it: `RUN`, `RUN:VARIANT`, `FILE`, `FILE:VARIANT`.
pub(crate) struct Named {
    pub(crate) recorded: Recorded,
    pub(crate) variant: Option<String>,
}

impl Named {
    /// Finds what a person means. What is there as a file is a file.
    pub(crate) async fn find(reference: &str, session: &Session) -> Result<Self, Fault> {
        if let Some((file, variant)) = as_file(reference) {
            let archive = Archive::open(Path::new(file)).map_err(Fault::mendable)?;
            return Ok(Self { recorded: Recorded::InFile(archive), variant });
        }
        let (run, variant) = parted(reference);
        let store = Arc::new(session.store().await?);
        let run = store.find_run(run).await?;
        Ok(Self { recorded: Recorded::InStore(store, run), variant })
    }

    /// Its sides, folded from its events.
    pub(crate) async fn sides(&self, slices: &[SliceSpec]) -> Result<Folded, Fault> {
        let needs_rows = !slices.is_empty();
        self.folded(Sides::new(self.recorded.name(), slices), needs_rows).await
    }

    /// The same with the clusters that its last plan puts rows into, for what is compared by these.
    pub(crate) async fn clustered_sides(&self, slices: &[SliceSpec]) -> Result<Folded, Fault> {
        let (cluster, folded) = match &self.recorded {
            Recorded::InStore(..) => (self.recorded.plans().await?.pop().and_then(|plan| plan.cluster), None),
            // A file says so only when it has been read to its end.
            Recorded::InFile(_) => {
                let folded = self.sides(slices).await?;
                (folded.plan.as_ref().and_then(|plan| plan.cluster.clone()), Some(folded))
            }
        };
        match (cluster, folded) {
            (None, Some(folded)) => Ok(folded),
            (None, None) => self.sides(slices).await,
            (Some(cluster), _) => self.folded(Sides::grouped(self.recorded.name(), slices, Some(&cluster)), true).await,
        }
    }

    async fn folded(&self, sides: Sides, needs_rows: bool) -> Result<Folded, Fault> {
        let mut folded = Folded { sides, plan: None };
        // Slices and clusters are by fields of the rows.
        let detail = if needs_rows { Detail::Rows } else { Detail::Verdicts };
        self.recorded
            .events(detail, |event| {
                folded.sides.apply(&event);
                if let Some(plan) = event.kind.into_plan() {
                    folded.plan = Some(plan);
                }
                Ok(())
            })
            .await?;
        if let Some(label) = &self.variant
            && folded.sides.of_variant(label).is_none()
        {
            return Err(no_such_variant(&self.recorded.name(), label, folded.sides.all()));
        }
        Ok(folded)
    }
}

fn no_such_variant(run: &str, label: &str, sides: &[Side]) -> Fault {
    let labels: Vec<&str> = sides.iter().map(|side| side.name().variant.as_str()).collect();
    let hint = did_you_mean(label, labels.iter().copied());
    Fault::mendable(format!("{run} has no variant `{label}` (there are {}){hint}", labels.join(", ")))
}

/// What a recorded run comes to, as far as a comparison needs it.
pub(crate) struct Folded {
    pub(crate) sides: Sides,
    pub(crate) plan: Option<PlanOutline>,
}

impl Recorded {
    /// What reports call it: the run's id, or the file.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::InStore(_, run) => run.id.to_string(),
            Self::InFile(archive) => archive.file().to_owned(),
        }
    }

    /// The run, as a list of runs shows it.
    pub(crate) fn record(&self) -> &RunRecord {
        match self {
            Self::InStore(_, run) => run,
            Self::InFile(archive) => archive.run(),
        }
    }

    /// Hands out its events in order.
    pub(crate) async fn events(
        &self,
        detail: Detail,
        mut each: impl FnMut(Event) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        match self {
            Self::InStore(store, run) => {
                let mut replay = store.replay(&run.id, detail).await?;
                while let Some(event) = replay.next().await? {
                    each(event)?;
                }
            }
            Self::InFile(archive) => {
                for event in archive.replay(detail) {
                    each(event.map_err(Fault::mendable)?)?;
                }
            }
        }
        Ok(())
    }

    /// Its plans, as it began and at every resume, oldest first.
    pub(crate) async fn plans(&self) -> Result<Vec<PlanOutline>, Fault> {
        match self {
            Self::InStore(store, run) => Ok(store.plans(&run.id).await?),
            Self::InFile(archive) => {
                let events = archive.replay(Detail::Verdicts);
                let plans = events.filter_map(|event| event.map(|event| event.kind.into_plan()).transpose());
                plans.collect::<Result<_, _>>().map_err(Fault::mendable)
            }
        }
    }

    /// One sample with what went in, by the number of its event.
    pub(crate) async fn sample(&self, seq: u64) -> Result<Sample, Fault> {
        match self {
            Self::InStore(store, run) => Ok(store.sample_at(&run.id, seq).await?),
            Self::InFile(archive) => archive.sample_at(seq).map_err(Fault::mendable),
        }
    }
}

/// The file that a reference means, and the variant in it.
fn as_file(reference: &str) -> Option<(&str, Option<String>)> {
    let is_file = |text: &str| {
        let path = Path::new(text);
        path.extension().is_some_and(|ending| ending == EXPORTED) || path.is_file()
    };
    if is_file(reference) {
        return Some((reference, None));
    }
    let (file, variant) = reference.split_once(':')?;
    is_file(file).then(|| (file, Some(variant.to_owned())))
}

fn parted(reference: &str) -> (&str, Option<String>) {
    reference.split_once(':').map_or((reference, None), |(run, variant)| (run, Some(variant.to_owned())))
}
