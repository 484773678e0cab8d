//! Over which clusters of rows the intervals are.

use carat_core::fold::ClustersReport;
use carat_report::Format;

use crate::made::{Made, write_to};

/// A report on a few rows that hang together by this field.
fn written(format: Format, by: &str, caution: Option<&str>) -> String {
    let made = Made { rows: 20, hostile: false };
    let mut folded = made.folded();
    let caution = caution.map(str::to_owned);
    folded.report.clusters =
        Some(ClustersReport { by: by.to_owned(), clusters: 1_200, alone: 1, effective: 1_100.0, caution });
    let mut out = Vec::new();
    write_to(format, made, &folded, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_comment_says_over_how_many_clusters_it_speaks_and_what_they_cannot_show() {
    let told = |caution| {
        let text = written(Format::Markdown, "metadata.document", caution);
        text.lines().find(|line| line.contains("clusters of rows")).unwrap().to_owned()
    };
    let told = [None, Some("1200 clusters are few")].map(told);
    insta::assert_snapshot!(told.join("\n"), @"
    Intervals are over clusters of rows: 1 200 by `metadata.document`, 1 row without it.
    Intervals are over clusters of rows: 1 200 by `metadata.document`, 1 row without it; 1200 clusters are few.
    ");
}

#[test]
fn a_page_says_over_how_many_clusters_it_speaks_whatever_they_are_called() {
    let page = written(Format::Html, "metadata.<b>doc", Some("few & <i>far"));
    let fact = page.split_once("<dt>clusters</dt><dd>").unwrap().1.split_once("</dd>").unwrap().0;
    insta::assert_snapshot!(fact, @"1 200 by metadata.<wbr>&lt;b&gt;doc, 1 row without it");
    assert!(!page.contains("<b>doc") && !page.contains("<i>far") && page.contains("few &amp; &lt;i&gt;far"));
}
