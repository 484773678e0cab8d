//! The comment on a pull request.

use carat_core::fold::SliceReport;
use carat_report::{Alone, Format, Subject};

use crate::made::{Made, write_to, written};

fn comment(made: Made) -> String {
    String::from_utf8(written(Format::Markdown, made)).unwrap()
}

#[test]
fn the_verdict_comes_first_then_numbers_then_what_to_look_at() {
    let text = comment(Made { rows: 800, hostile: false });
    let places = [
        "### `triage` on `tickets@1`\n\n**❌ 1 of 3 gates does not hold, 1 warning · better in queue.accuracy",
        "| variant | `queue.accuracy` | `close.mean` | `polite.accuracy` | failures | unscored | cost | p50 / p95 |",
        "| `support/triage@1×gpt-5-mini` | ",
        "**`support/triage-few-shot@1×gpt-5-mini` against `support/triage@1×gpt-5-mini`**",
        "- ▲ `queue.accuracy` better by ",
        "|  | gate | variant | because |",
        "| ❌ | `queue.accuracy` | `support/triage@1×gpt-5-mini` | at least 0.8",
        "| ⚠️ | `errors.share` |",
        "| ✅ | `queue.accuracy` |",
        "<details><summary>",
        "- before: `",
        "- after: `",
        "</details>",
        "<details><summary>Slices</summary>",
        "| `tags=de` | ",
        "<details><summary>All metrics</summary>",
        "<sub>The whole run: `carat run show 01a20635-cfec-70f5-85ae-da5ba16ff6be`.</sub>\n",
    ];
    let mut from = 0;
    for place in places {
        let at = text[from..].find(place).unwrap_or_else(|| panic!("`{place}` is not behind the others in\n{text}"));
        from += at;
    }
}

#[test]
fn the_five_worst_rows_are_shown_with_their_difference_and_reasons() {
    let text = comment(Made { rows: 400, hostile: false });
    let (_, folded) =
        text.split_once("got worse, the first 5: <code>support/triage-few-shot@1×gpt-5-mini</code>").unwrap();
    let (folded, _) = folded.split_once("</details>").unwrap();
    assert_eq!(folded.matches("\n**`t-").count(), 5);
    assert!(folded.contains("- after: no answer\n- timeout: `no answer in 60 s`"), "lost answers come first: {folded}");
    assert!(folded.contains("- difference: ") && folded.contains(" ~~`") && folded.contains(" **`"), "{folded}");
    assert!(folded.contains("- `queue`: `expected "), "{folded}");
}

#[test]
fn a_run_that_is_compared_with_nothing_shows_answers_that_failed() {
    let made = Made { rows: 50, hostile: false };
    let mut folded = made.folded();
    folded.report.comparisons.clear();
    let mut out = Vec::new();
    write_to(Format::Markdown, made, &folded, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.contains("<details><summary>The first 5 answers that failed</summary>"), "{text}");
    assert!(!text.contains("against"), "{text}");
}

#[test]
fn nothing_that_rows_and_models_say_is_markup_or_reaches_anybody() {
    let made = Made { rows: 4, hostile: true };
    let mut folded = made.folded();
    // Row 3 is hostile; on the right it is worse.
    let row = made.sample(6).case.row;
    folded.report.variants[0].variant = "a|b @team <script>".into();
    folded.report.gates[0].because = "see @team, https://evil.example, #12 and <img src=x>\n| a | b |".into();
    let mut out = Vec::new();
    let mut pairs = Worse(made, row);
    let subject = Subject { plan: &folded.plan, report: &folded.report };
    let writer = Format::Markdown.open(Box::new(&mut out), subject, &mut pairs).unwrap();
    writer.finish(&mut pairs).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.contains("1 row got worse") && text.contains("txt.exe"), "the row is shown: {text}");
    let outside = without_code(&text);
    for markup in ["<script", "<img", "@team", "://", "#12", "\u{202e}", "\u{1b}", "</details>@"] {
        assert!(!outside.contains(markup), "`{markup}` outside of code in\n{outside}");
    }
    let opened = outside.matches("<details>").count();
    assert_eq!(outside.matches("</details>").count(), opened, "{outside}");
    for line in text.lines().filter(|line| line.starts_with("| ❌") || line.starts_with("| ✅")) {
        assert_eq!(line.matches('|').count(), 5, "{line}");
    }
}

/// One hostile row that got worse.
struct Worse(Made, carat_core::RowId);

impl carat_report::Pairs for Worse {
    fn changes(&mut self, _: usize) -> Box<dyn Iterator<Item = carat_core::compare::RowChange> + '_> {
        Box::new(std::iter::once(carat_core::compare::RowChange {
            row: self.1.clone(),
            change: carat_core::compare::Change::Regressed,
            deltas: vec![Some(-1.0)],
            broke: true,
            flipped: true,
        }))
    }

    fn samples(&mut self, _: usize, _: &carat_core::RowId) -> std::io::Result<carat_report::PairedSamples> {
        Ok(carat_report::PairedSamples { left: vec![self.0.sample(6)], right: vec![self.0.sample(7)] })
    }
}

/// The text without what is escaped and what stands in code spans, as CommonMark has them: from a run of backticks to the
/// next one as long.
fn without_code(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['`', '\\']) {
        out.push_str(&rest[..at]);
        if rest[at..].starts_with('\\') {
            // What is escaped is no markup.
            rest = rest[at + 1..].strip_prefix(|_: char| true).unwrap_or_default();
            continue;
        }
        let run = rest[at..].len() - rest[at..].trim_start_matches('`').len();
        let inside = &rest[at + run..];
        let mut from = 0;
        let end = loop {
            let Some(next) = inside[from..].find('`') else { break None };
            let length = inside[from + next..].len() - inside[from + next..].trim_start_matches('`').len();
            if length == run {
                break Some(from + next);
            }
            from += next + length;
        };
        match end {
            Some(end) => rest = &inside[end + run..],
            None => {
                out.push_str(&"`".repeat(run));
                rest = inside;
            }
        }
    }
    out + rest
}

#[test]
fn a_comment_is_never_longer_than_github_takes_and_says_what_is_missing() {
    let made = Made { rows: 2, hostile: false };
    let mut folded = made.folded();
    let slice = |number: u32| SliceReport {
        slice: format!("metadata.customer={}", "漢".repeat(60) + &number.to_string()),
        samples: 20,
        metrics: folded.report.variants[0].metrics.clone(),
    };
    let slices: Vec<SliceReport> = (0..2_000).map(slice).collect();
    let gate = folded.report.gates[0].clone();
    folded.report.gates = vec![gate; 3_000];
    folded.report.variants = vec![folded.report.variants[0].clone(); 400];
    folded.report.variants[0].slices = slices;
    let mut out = Vec::new();
    let subject = Subject { plan: &folded.plan, report: &folded.report };
    Format::Markdown.open(Box::new(&mut out), subject, &mut Alone).unwrap().finish(&mut Alone).unwrap();
    let text = String::from_utf8(out).unwrap();
    let length = text.chars().count();
    assert!((20_000..=60_000).contains(&length), "{length}");
    let (_, told) = text.rsplit_once("Left out for GitHub's limit: ").unwrap();
    assert!(told.contains(" variants, ") && told.contains(" gates, ") && told.contains(" slices"), "{told}");
}
