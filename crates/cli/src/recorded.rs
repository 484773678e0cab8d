//! A recorded run, wherever it rests: in the store, or in a file that somebody exported.

use std::path::Path;
use std::sync::Arc;

use carat_core::compare::{Side, Sides};
use carat_core::event::PlanOutline;
use carat_core::nearest::did_you_mean;
use carat_core::spec::SliceSpec;
use carat_core::{Event, EventKind, Sample};
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
        let mut folded = Folded { sides: Sides::new(self.recorded.name(), slices), plan: None };
        // Slices are by fields of the rows.
        let detail = if slices.is_empty() { Detail::Verdicts } else { Detail::Rows };
        self.recorded
            .events(detail, |event| {
                folded.sides.apply(&event);
                if let EventKind::RunStarted { plan, .. } | EventKind::RunResumed { plan, .. } = event.kind {
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
