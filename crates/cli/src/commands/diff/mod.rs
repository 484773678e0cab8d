//! `carat diff A B`

pub(crate) mod answers;
mod rows;
mod sides;

use carat_core::compare::{Change, Comparison, Pairing, RowChange, Settings, Side, compare_all, rows_in_order_of_harm};
use carat_core::spec::SliceSpec;
use clap::ValueEnum;

use crate::commands::run::effort;
use crate::commands::run::summary::found;
use crate::exit::Exit;
use crate::fault::Fault;
use crate::out::{self, FAINT, ODD, STRONG, styled};
use crate::session::Session;
use crate::table::{Cell, Table, prose};

use sides::{Chosen, Pair};

/// Two runs, or two variants of one, row by row
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What it is compared with: a run, RUN:VARIANT, or an exported file
    #[arg(value_name = "A", default_value = "@last")]
    left: String,
    /// What is compared; without it the variants of A with its first one
    #[arg(value_name = "B")]
    right: Option<String>,
    /// Only rows that changed in this way; may be given more than once
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    only: Vec<Only>,
    /// At most so many rows; 0 for the summary alone
    #[arg(long, value_name = "N", default_value_t = 10)]
    rows: usize,
    /// Order and filter the rows by one scorer alone
    #[arg(long, value_name = "NAME")]
    scorer: Option<String>,
    /// Compare parts of the data too: tags, split, metadata.FIELD or input.FIELD; may be given more than once
    #[arg(long, value_name = "BY")]
    slice: Vec<String>,
    /// Where the random numbers of bootstrap and permutation begin
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// As JSON: the comparisons, and the rows
    #[arg(long)]
    json: bool,
}

/// Which rows are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Only {
    /// A score fell
    Regressed,
    /// A score rose
    Improved,
    /// The answer is another one, and as good
    Changed,
    /// A side has no answer
    Errors,
    /// A verdict is another one
    Flipped,
}

impl Only {
    fn is(self, row: &RowChange) -> bool {
        match self {
            Self::Regressed => row.change == Change::Regressed,
            Self::Improved => row.change == Change::Improved,
            Self::Changed => row.change == Change::Changed,
            Self::Errors => row.change == Change::Error,
            Self::Flipped => row.flipped,
        }
    }
}

pub(crate) async fn run(args: &Args, session: &Session) -> Result<Exit, Fault> {
    let slices = slices(&args.slice)?;
    let chosen = Chosen::find(&args.left, args.right.as_deref(), &slices, session).await?;
    let settings = Settings { seed: args.seed, ..Settings::default() };
    let pairs = chosen.pairs();
    refuse_unknown_scorer(args.scorer.as_deref(), &pairs)?;
    let compared: Vec<Comparison> = compare_all(pairs.iter().map(|pair| (pair.left, pair.right)), &settings);
    refuse_foreign(&compared)?;
    if !slices.is_empty() && compared.iter().all(|comparison| comparison.slices.is_empty()) {
        let by: Vec<&str> = slices.iter().map(|slice| slice.by.as_str()).collect();
        session.talk(&format!("no slice by {} has {} rows on both sides", by.join(", "), slices[0].minimum));
    }
    let changes: Vec<Vec<RowChange>> = pairs.iter().map(|pair| changes(pair, args)).collect();
    if args.json {
        return rows::as_json(&chosen, &pairs, &compared, &changes, args.rows).await;
    }
    let mut text = String::new();
    for ((pair, comparison), changes) in pairs.iter().zip(&compared).zip(&changes) {
        text.push_str(&summary(pair, comparison, changes));
        text.push_str(&rows::told(&chosen, pair, changes, args).await?);
    }
    out::data(&prose(text, 2))?;
    Ok(Exit::Fine)
}

fn slices(written: &[String]) -> Result<Vec<SliceSpec>, Fault> {
    let slice = |by: &String| {
        let spec: SliceSpec = serde_json::from_value(by.as_str().into()).map_err(Fault::bug)?;
        spec.check().map_err(|why| Fault::mendable(format!("--slice: {why}")))?;
        Ok(spec)
    };
    written.iter().map(slice).collect()
}

fn refuse_unknown_scorer(scorer: Option<&str>, pairs: &[Pair<'_>]) -> Result<(), Fault> {
    let Some(scorer) = scorer else { return Ok(()) };
    let known: Vec<&str> = pairs.iter().flat_map(|pair| pair.right.scorer_names()).collect();
    if known.contains(&scorer) {
        return Ok(());
    }
    let hint = carat_core::nearest::did_you_mean(scorer, known.iter().copied());
    Err(Fault::mendable(format!("--scorer: there is no scorer `{scorer}`{hint}")))
}

/// Nothing in common is no comparison.
fn refuse_foreign(compared: &[Comparison]) -> Result<(), Fault> {
    let Some(first) = compared.first() else { return Ok(()) };
    if compared.iter().any(|comparison| comparison.rows.paired > 0) {
        return Ok(());
    }
    let rows = &first.rows;
    Err(Fault::mendable(format!(
        "the two have no row in common: {} rows are only in A, {} only in B, and {} have the same id and other content; \
         were they measured on the same data?",
        rows.left_only, rows.right_only, rows.changed
    )))
}

fn changes(pair: &Pair<'_>, args: &Args) -> Vec<RowChange> {
    let pairing = Pairing::of(pair.left, pair.right);
    let mut changes = rows_in_order_of_harm(pair.left, pair.right, &pairing, args.scorer.as_deref());
    if args.only.is_empty() {
        changes.retain(|row| row.change != Change::Same);
    } else {
        changes.retain(|row| args.only.iter().any(|only| only.is(row)));
    }
    changes
}

/// Who is compared, on how many rows, and what the numbers allow to say.
fn summary(pair: &Pair<'_>, comparison: &Comparison, changes: &[RowChange]) -> String {
    let side = |side: &Side| {
        let (name, run) = (side.name(), side.name().run.as_str());
        format!("{}  {}", styled(STRONG, &name.variant), styled(FAINT, run))
    };
    let mut text = format!("A  {}\nB  {}\n", side(pair.left), side(pair.right));
    text.push_str(&set_apart(comparison));
    text.push('\n');
    text.push_str(&table(comparison).fitted());
    text.push('\n');
    for metric in &comparison.metrics {
        text.push_str(&format!("{}\n", found(metric)));
    }
    for not in &comparison.not_compared {
        text.push_str(&format!("{} {}: {}\n", styled(ODD, "not compared:"), not.metric, not.because));
    }
    text.push_str(&slice_table(comparison));
    let count = |change: Change| changes.iter().filter(|row| row.change == change).count();
    let counted = [
        (Change::Regressed, "regressed"),
        (Change::Improved, "improved"),
        (Change::Changed, "another answer, as good"),
        (Change::Error, "without an answer"),
    ];
    let counted: Vec<String> = counted
        .into_iter()
        .filter(|(change, _)| count(*change) > 0)
        .map(|(change, word)| format!("{} {word}", count(change)))
        .collect();
    text.push_str(&format!(
        "\n{}\n",
        if counted.is_empty() { "no row to show".to_owned() } else { counted.join(", ") }
    ));
    text
}

/// Rows that could not be set side by side.
fn set_apart(comparison: &Comparison) -> String {
    let rows = &comparison.rows;
    let mut text = format!("{} rows on both sides\n{}", rows.paired, effort::shared(rows));
    let apart = [
        (rows.left_only, "only in A", &rows.left_only_rows),
        (rows.right_only, "only in B", &rows.right_only_rows),
        (rows.changed, "with the same id and other content", &rows.changed_rows),
    ];
    for (n, what, named) in apart.into_iter().filter(|(n, ..)| *n > 0) {
        let first: Vec<_> = named.iter().take(3).map(|row| carat_core::untrusted::one_line(row, 40)).collect();
        let more = if n > first.len() as u64 { ", …" } else { "" };
        text.push_str(&format!("{} {n} {what}, set apart: {}{more}\n", styled(ODD, "!"), first.join(", ")));
    }
    text
}

fn table(comparison: &Comparison) -> Table {
    let mut table = Table::new(["metric", ">A", ">B", ">B - A", "95 %", ">p, corrected", ">wins", ">losses", ">ties"]);
    let is_money = |name: &str| name.starts_with("cost.");
    for metric in &comparison.metrics {
        let shown = |value: f64| {
            if is_money(&metric.metric) { format!("{value:.6}") } else { format!("{:.1} %", value * 100.0) }
        };
        let signed = |value: f64| {
            if is_money(&metric.metric) { format!("{value:+.6}") } else { format!("{:+.1}", value * 100.0) }
        };
        let p = metric.adjusted_p.or(metric.p);
        table.row(vec![
            metric.metric.as_str().into(),
            shown(metric.left).into(),
            shown(metric.right).into(),
            signed(metric.delta).into(),
            format!("[{}, {}]", signed(metric.low), signed(metric.high)).into(),
            p.map_or_else(|| Cell::styled(FAINT, "–"), |p| p_value(p).into()),
            metric.wins.to_string().into(),
            metric.losses.to_string().into(),
            metric.ties.to_string().into(),
        ]);
    }
    table
}

/// Never zero.
fn p_value(p: f64) -> String {
    if p < 0.0001 { "< 0.0001".to_owned() } else { format!("{p:.4}") }
}

fn slice_table(comparison: &Comparison) -> String {
    if comparison.slices.is_empty() {
        return String::new();
    }
    let mut table = Table::new(["slice", "metric", ">rows", ">A", ">B", ">B - A", "95 %", ">p, corrected"]);
    for slice in &comparison.slices {
        let metric = &slice.comparison;
        let p = metric.adjusted_p.or(metric.p);
        table.row(vec![
            slice.slice.as_str().into(),
            metric.metric.as_str().into(),
            metric.pairs.to_string().into(),
            format!("{:.1} %", metric.left * 100.0).into(),
            format!("{:.1} %", metric.right * 100.0).into(),
            format!("{:+.1}", metric.delta * 100.0).into(),
            format!("[{:+.1}, {:+.1}]", metric.low * 100.0, metric.high * 100.0).into(),
            p.map_or_else(|| Cell::styled(FAINT, "–"), |p| p_value(p).into()),
        ]);
    }
    format!("\n{}\n{}", styled(STRONG, "slices"), table.fitted())
}
