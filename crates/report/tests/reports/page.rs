//! The page, opened in a browser.

use std::path::PathBuf;

use carat_core::compare::{Change, Pairing, rows_in_order_of_harm};
use carat_report::Format;
use serde_json::Value;
use tempfile::TempDir;

use crate::browser::opened;
use crate::made::{Folded, Made, write_to};

/// A page in a folder that goes away with it.
struct Page {
    _folder: TempDir,
    file: PathBuf,
    folded: Folded,
}

fn page(made: Made, change: impl FnOnce(&mut Folded)) -> Page {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.html");
    let mut folded = made.folded();
    change(&mut folded);
    write_to(Format::Html, made, &folded, &mut std::fs::File::create(&file).unwrap()).unwrap();
    Page { _folder: folder, file, folded }
}

/// What the page's test of itself has found.
fn tested(page: &str) -> Value {
    let (_, rest) = page.split_once("<pre id=\"selftest\">").expect("the page's script has come to its end");
    let (json, _) = rest.split_once("</pre>").unwrap();
    serde_json::from_str(&json.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")).unwrap()
}

#[test]
fn ten_thousand_rows_some_of_them_hostile_open_and_filter_at_once() {
    let page = page(Made { rows: 10_000, hostile: true }, |_| {});
    let shown = opened(&page.file, "selftest");
    assert!(!shown.contains("data-owned"), "a hostile row has run a script");
    let found = tested(&shown);
    assert_eq!((&found["rows"], &found["samples"]), (&10_000.into(), &20_000.into()));

    let [left, right] = page.folded.sides.all() else { panic!("two variants") };
    let changes = rows_in_order_of_harm(left, right, &Pairing::of(left, right), None);
    let count = |change| changes.iter().filter(|row| row.change == change).count();
    let filters = &found["views"][0]["filters"];
    assert_eq!(found["views"][0]["all"], 10_000);
    assert_eq!(filters["regressed"], count(Change::Regressed));
    assert_eq!(filters["improved"], count(Change::Improved));
    assert_eq!(filters["no answer"], count(Change::Error));
    assert_eq!(filters["other words"], count(Change::Changed));
    assert_eq!(filters["same"], count(Change::Same));
    for (view, variant) in (1..).zip(&page.folded.report.variants) {
        let filters = &found["views"][view]["filters"];
        assert_eq!(filters["errors"], variant.errors);
        assert_eq!(filters["unscored"], variant.unscored);
        let accuracy = &variant.metrics["queue.accuracy"];
        let failed = (accuracy.n as f64 * (1.0 - accuracy.value)).round();
        assert_eq!(filters["failed queue"].as_f64(), Some(failed));
    }
    let hostile = (0..10_000).filter(|row| row % 97 == 3).count();
    assert!(found["searches"][0]["found"].as_u64().unwrap() >= hostile as u64 * 9 / 10, "{found}");
    assert_eq!(found["searches"][1]["found"], 0);

    let first = changes.iter().map(|row| row.row.as_str()).take(2).collect::<Vec<_>>();
    let keys = &found["keys"];
    assert_eq!((&keys["j"], &keys["next"], &keys["k"]), (&first[0].into(), &first[1].into(), &first[0].into()));
    assert_eq!((&keys["search"], &keys["page"]), (&"search".into(), &1.into()));

    // Far from what a person notices on a quick machine; far from flaky on a slow one.
    for took in [&found["open_ms"], &found["views"][0]["slowest_ms"], &found["searches"][2]["ms"]] {
        assert!(took.as_f64().unwrap() < 4_000.0, "{found}");
    }
}

#[test]
fn a_page_shows_hostile_text_as_text() {
    let page = page(Made { rows: 40, hostile: true }, |folded| {
        let report = &mut folded.report;
        for name in [&mut report.run.eval, &mut report.dataset.name, &mut report.gates[0].because] {
            name.push_str("</style></script><script>document.documentElement.dataset.owned=1</script><img src=x onerror=\"document.documentElement.dataset.owned=1\">");
        }
        report.variants[0].failures.insert("<svg onload=document.documentElement.dataset.owned=1>".into(), 3);
        report.comparisons[0].metrics[0].sentence.push_str("<b>\u{202e}");
    });
    let shown = opened(&page.file, "");
    assert!(!shown.contains("data-owned"), "a name has run a script");
    assert!(shown.contains("&lt;svg onload=") && shown.contains("&lt;b&gt;&lt;U+202E&gt;"));
    assert!(shown.contains("<button class=\"open mono\""), "the script of the page itself did run");
    assert!(!shown.contains('\u{202e}') && !shown.contains('\u{7}'));
}

#[test]
fn a_long_answer_is_cut_and_the_page_says_so() {
    let made = Made { rows: 120, hostile: true };
    let text = std::fs::read_to_string(page(made, |_| {}).file).unwrap();
    assert!(!text.contains(&"long ".repeat(4_001)));
    assert!(text.contains("long \",180000]"), "200,000 characters, of which 20,000 are shown");
}

#[test]
fn what_another_run_answered_is_on_the_page_beside_what_this_one_did() {
    let page = page(Made { rows: 50, hostile: false }, |folded| folded.report.comparisons[0].left.run = "0199f".into());
    let shown = opened(&page.file, "selftest");
    assert!(shown.contains("<span class=\"faint\">of 0199f</span>"));
    let [left, right] = page.folded.sides.all() else { panic!("two variants") };
    let worst = rows_in_order_of_harm(left, right, &Pairing::of(left, right), None).remove(0).row;
    let (_, opened) = shown.split_once("<div class=\"panel\">").unwrap();
    assert!(shown.contains(&format!("<span class=\"clip\">{worst}</span>")));
    assert!(
        opened.contains("before · support/triage@1×gpt-5-mini") && opened.contains("after · support/triage-few-shot@1")
    );
    assert!(opened.contains("the customer asks about a payment that went through twice."));
}

#[test]
fn beyond_twenty_thousand_samples_only_those_are_on_the_page_that_one_looks_for() {
    let page = page(Made { rows: 10_500, hostile: false }, |_| {});
    let text = std::fs::read_to_string(&page.file).unwrap();
    let found = tested(&opened(&page.file, "selftest"));
    let taken = found["samples"].as_u64().unwrap();
    assert!(taken > 15_000 && taken <= 20_000, "{taken}");
    assert!(text.contains(&format!("\"all\":21000,\"taken\":{taken},\"partial\":true")));
    let [left, right] = page.folded.sides.all() else { panic!("two variants") };
    let changes = rows_in_order_of_harm(left, right, &Pairing::of(left, right), None);
    let regressed = changes.iter().filter(|row| row.change == Change::Regressed).count();
    assert_eq!(found["views"][0]["filters"]["regressed"], regressed, "the most harmful rows are all there");
    assert!(found["views"][0]["all"].as_u64().unwrap() < changes.len() as u64);
}

#[test]
fn nothing_is_loaded_and_only_the_pages_own_script_may_run() {
    let text = std::fs::read_to_string(page(Made { rows: 5, hostile: false }, |_| {}).file).unwrap();
    assert!(
        text.contains("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'sha256-")
    );
    for reaching_out in ["http://", "https://", "src=", "url(", "@import", "unsafe-inline", " style="] {
        assert!(!text.contains(reaching_out), "{reaching_out}");
    }
}
