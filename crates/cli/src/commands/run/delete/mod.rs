//! `carat run delete RUN…`, and by age, number, eval and status.

mod chosen;
mod needed;
mod told;

use std::time::Duration;

use carat_core::RunId;
use carat_core::spec::Age;
use carat_store::{GivenBack, Room, RunRecord, Store, StoreError};

use crate::exit::Exit;
use crate::fault::Fault;
use crate::session::{Session, now};

use chosen::Status;
use needed::Needed;

/// So long is worked on giving room back; what is left is for the next deletion.
const GIVING_BACK: Duration = Duration::from_secs(60);

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Runs: ids or beginnings of ids, names, @last or @last~1
    #[arg(
        value_name = "RUN",
        required_unless_present_any = ["older_than", "keep_last", "eval", "status"],
        conflicts_with_all = ["older_than", "keep_last", "eval", "status"]
    )]
    runs: Vec<String>,
    /// All runs that began longer ago: 90m, 12h, 30d, 8w
    #[arg(long, value_name = "AGE")]
    older_than: Option<Age>,
    /// All runs but the newest N of each eval
    #[arg(long, value_name = "N")]
    keep_last: Option<usize>,
    /// All runs of this eval; may be given several times
    #[arg(long, value_name = "NAME")]
    eval: Vec<String>,
    /// All runs that ended like this; may be given several times
    #[arg(long, value_name = "STATUS")]
    status: Vec<Status>,
    /// Delete what promotions and other runs need, too
    #[arg(long)]
    force: bool,
    /// Only tell what would go, and about how much room that is
    #[arg(long)]
    dry_run: bool,
    /// The reason, for the record
    #[arg(long, value_name = "TEXT")]
    why: Option<String>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// What is to be done, decided before anything is.
#[derive(Debug, Default)]
struct Decision {
    /// What goes, newest first.
    going: Vec<RunRecord>,
    /// What was chosen, and stays because of something.
    kept: Vec<Kept>,
}

/// A run that stays.
#[derive(Debug)]
struct Kept {
    run: RunRecord,
    /// Each as a sentence without its subject: `is evidence of …`.
    because: Vec<String>,
    /// Whether nothing would make it go now.
    is_running: bool,
}

/// What was done.
#[derive(Debug)]
struct Done {
    before: Room,
    after: Room,
    given: GivenBack,
}

pub(super) async fn delete(session: &Session, args: &Args) -> Result<Exit, Fault> {
    // Where there is no store there are no runs, and none is made to find that out.
    let store = session.only_looking().store().await?;
    let ended = deleted(session, &store, args).await;
    store.close().await;
    ended
}

async fn deleted(session: &Session, store: &Store, args: &Args) -> Result<Exit, Fault> {
    let runs = store.runs().await?;
    let chosen = chosen::chosen(store, &runs, args).await?;
    let mut decision = Needed::of(store).await?.decide(store, &runs, chosen, args.force)?;
    if !args.runs.is_empty() && !decision.kept.is_empty() && !args.dry_run {
        // Of runs that are named, all go or none does.
        return Err(Fault::mendable(told::refused(&decision.kept)));
    }
    if args.dry_run {
        told::would_go(session, store, &decision, args.json).await?;
        return Ok(Exit::Fine);
    }
    let before = store.room().await?;
    carry_out(session, store, &mut decision, args).await?;
    let given = if decision.going.is_empty() { GivenBack::All } else { store.give_back(GIVING_BACK).await? };
    let done = Done { before, after: store.room().await?, given };
    told::done(session, &decision, &done, args.json)?;
    Ok(Exit::Fine)
}

/// Deletes run by run, each with its entry in the audit log. Who stops it half-way has deleted the first ones.
async fn carry_out(session: &Session, store: &Store, decision: &mut Decision, args: &Args) -> Result<(), Fault> {
    let by = if decision.going.is_empty() { return Ok(()) } else { session.actor() };
    let mut gone = Vec::with_capacity(decision.going.len());
    for run in std::mem::take(&mut decision.going) {
        match store.delete_run(&run.id, &by, &now(), args.why.as_deref()).await {
            Ok(()) => gone.push(run),
            // Somebody else has just deleted it.
            Err(StoreError::NoSuchRun { .. }) => {}
            Err(StoreError::Running { .. }) => decision.kept.push(Kept::running(run)),
            Err(error) => {
                let fault = Fault::from(error);
                let message = format!("{}; deleted {} before that", fault.message, told::runs(gone.len()));
                return Err(Fault { message, ..fault });
            }
        }
    }
    decision.going = gone;
    Ok(())
}

impl Kept {
    fn running(run: RunRecord) -> Self {
        Self { run, because: vec!["is being written".to_owned()], is_running: true }
    }
}

/// The ids of runs.
fn ids<'a>(runs: impl IntoIterator<Item = &'a RunRecord>) -> Vec<RunId> {
    runs.into_iter().map(|run| run.id.clone()).collect()
}
