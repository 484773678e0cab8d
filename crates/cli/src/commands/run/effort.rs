//! What answering took, beside what the table says: answers that were given before, and how many calls were in flight.

use carat_core::compare::RowsReport;
use carat_core::fold::{LimitReport, Report};
use carat_core::untrusted::one_line;

use crate::out::{ODD, STRONG, styled};

/// A paragraph, where there is something to say.
pub(super) fn told(report: &Report) -> String {
    let lines: String = cached(report).into_iter().chain(report.limits.iter().map(limit)).collect();
    if lines.is_empty() { lines } else { format!("\n{}\n{lines}", styled(STRONG, "effort")) }
}

/// A pair whose answer is the same because it *is* the same shows no difference, however much the model has changed.
pub(crate) fn shared(rows: &RowsReport) -> String {
    let RowsReport { shared, paired, .. } = rows;
    if *shared == 0 {
        return String::new();
    }
    let are = if *shared == 1 { "is" } else { "are" };
    let said =
        format!("{shared} of {paired} pairs {are} one and the same answer, from the record (--refresh asks again)");
    format!("  {}\n", styled(ODD, said))
}

/// `  120 of 668 answers were given before, and cost nothing now; $0.0312 paid of $0.0400 (--refresh asks again)`
fn cached(report: &Report) -> Option<String> {
    let cached = report.run.cached;
    let answered: u64 = report.variants.iter().map(|variant| variant.samples - variant.errors).sum();
    let sum = |cost: fn(&carat_core::fold::CostReport) -> Option<f64>| {
        report.variants.iter().map(|variant| cost(&variant.cost)).sum::<Option<f64>>()
    };
    let paid = sum(|cost| cost.paid_usd.or(cost.usd)).zip(sum(|cost| cost.usd));
    let paid = paid.map(|(paid, all)| format!("; ${paid:.4} paid of ${all:.4}")).unwrap_or_default();
    (cached > 0).then(|| {
        let were = if cached == 1 { "was" } else { "were" };
        format!(
            "  {cached} of {answered} answers {were} given before, and cost nothing now{paid} (--refresh asks again)\n"
        )
    })
}

/// `  api.openai.com (OPENAI_API_KEY): 16 calls in flight at first, 64 at most, 51 at the end; cut once for refused calls`
fn limit(limit: &LimitReport) -> String {
    let cuts = match limit.cuts {
        0 => String::new(),
        1 => "; cut once, for calls that were refused".to_owned(),
        cuts => format!("; cut {cuts} times, for calls that were refused"),
    };
    let LimitReport { first, highest, last, .. } = limit;
    let account = one_line(&limit.account, 80);
    format!("  {account}: {first} calls in flight at first, {highest} at most, {last} at the end{cuts}\n")
}
