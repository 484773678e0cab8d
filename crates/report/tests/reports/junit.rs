//! JUnit's XML, read with a parser as GitLab and Jenkins do.

use carat_report::Format;
use roxmltree::{Document, Node};

use crate::made::{Made, write_to, written};

fn number(node: Node<'_, '_>, name: &str) -> f64 {
    node.attribute(name).unwrap_or_else(|| panic!("{name} is missing")).parse().unwrap()
}

fn children<'a, 'i>(node: Node<'a, 'i>, name: &'static str) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(move |child| child.has_tag_name(name))
}

/// The counts that a suite tells are those of its cases.
fn check_suite(suite: Node<'_, '_>) {
    let cases: Vec<_> = children(suite, "testcase").collect();
    let with = |name: &'static str| cases.iter().filter(|case| children(**case, name).next().is_some()).count() as f64;
    assert_eq!(number(suite, "tests"), cases.len() as f64);
    assert_eq!(number(suite, "failures"), with("failure"));
    assert_eq!(number(suite, "errors"), with("error"));
    assert_eq!(number(suite, "skipped"), with("skipped"));
    let seconds: f64 = cases.iter().map(|case| number(*case, "time")).sum();
    assert!((number(suite, "time") - seconds).abs() < 0.001 * cases.len() as f64 + 0.001);
    for case in cases {
        assert!(case.attribute("name").is_some_and(|name| !name.is_empty()));
        assert!(case.attribute("classname").is_some());
        let said = case.children().filter(Node::is_element).count();
        assert!(said <= 1, "a case fails, or is an error, or is skipped");
    }
}

#[test]
fn suites_are_variants_and_their_counts_are_right() {
    let text = String::from_utf8(written(Format::Junit, Made { rows: 400, hostile: true })).unwrap();
    let document = Document::parse(&text).unwrap();
    let root = document.root_element();
    assert!(root.has_tag_name("testsuites"));
    let suites: Vec<_> = children(root, "testsuite").collect();
    let names: Vec<_> = suites.iter().map(|suite| suite.attribute("name").unwrap()).collect();
    assert_eq!(names, ["support/triage@1×gpt-5-mini", "support/triage-few-shot@1×gpt-5-mini", "gates"]);
    suites.iter().for_each(|suite| check_suite(*suite));
    for name in ["tests", "failures", "errors", "skipped"] {
        let sum: f64 = suites.iter().map(|suite| number(*suite, name)).sum();
        assert_eq!(number(root, name), sum, "{name}");
        assert!(sum > 0.0, "{name}");
    }
    assert_eq!(number(suites[0], "tests"), 400.0);
    assert_eq!(suites[0].attribute("timestamp"), Some("2026-11-23T02:21:59"));
    let properties = children(suites[0], "properties").next().unwrap();
    assert_eq!(children(properties, "property").count(), 4);
}

fn case<'a, 'i>(document: &'a Document<'i>, suite: usize, name: &str) -> Node<'a, 'i> {
    let suite = children(document.root_element(), "testsuite").nth(suite).unwrap();
    children(suite, "testcase").find(|case| case.attribute("name") == Some(name)).unwrap()
}

#[test]
fn a_failure_tells_all_reasons_and_the_difference() {
    let text = String::from_utf8(written(Format::Junit, Made { rows: 60, hostile: false })).unwrap();
    let document = Document::parse(&text).unwrap();
    let suite = children(document.root_element(), "testsuite").next().unwrap();
    let failed = |case: &Node<'_, '_>| {
        children(*case, "failure").next().is_some_and(|failure| failure.attribute("type") == Some("queue, close"))
    };
    let case = children(suite, "testcase").find(failed).unwrap();
    let failure = children(case, "failure").next().unwrap();
    assert!(failure.attribute("message").unwrap().starts_with("queue: expected "), "{failure:?}");
    let body = failure.text().unwrap();
    for part in ["queue: expected ", "\nclose: not as expected", "\n\nexpected: ", "\nanswer: ", "\ndifference: "] {
        assert!(body.contains(part), "{body}");
    }
}

#[test]
fn gates_are_a_suite_in_which_a_warning_breaks_nothing() {
    let text = String::from_utf8(written(Format::Junit, Made { rows: 4, hostile: false })).unwrap();
    let document = Document::parse(&text).unwrap();
    let missed = case(&document, 2, "queue.accuracy of support/triage@1×gpt-5-mini");
    assert!(children(missed, "failure").next().unwrap().attribute("message").unwrap().starts_with("at least 0.8"));
    let warned = case(&document, 2, "errors.share of support/triage-few-shot@1×gpt-5-mini");
    assert!(children(warned, "skipped").next().unwrap().attribute("message").unwrap().starts_with("warning: at most"));
    let held = case(&document, 2, "queue.accuracy of support/triage-few-shot@1×gpt-5-mini");
    assert!(children(held, "system-out").next().is_some());
}

#[test]
fn repeats_are_told_apart_by_their_names() {
    let made = Made { rows: 2, hostile: false };
    let mut folded = made.folded();
    folded.plan.trials = 2;
    let mut out = Vec::new();
    write_to(Format::Junit, made, &folded, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(case(&Document::parse(&text).unwrap(), 0, "t-00001 #0").has_attribute("time"));
}

#[test]
fn a_small_run_as_a_whole() {
    let text = String::from_utf8(written(Format::Junit, Made { rows: 2, hostile: false })).unwrap();
    insta::assert_snapshot!(text, @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="triage" tests="7" failures="3" errors="0" skipped="1" time="3.023">
      <testsuite name="support/triage@1×gpt-5-mini" tests="2" failures="2" errors="0" skipped="0" time="1.663" timestamp="2026-11-23T02:21:59">
        <properties>
          <property name="carat.run" value="01a20635-cfec-70f5-85ae-da5ba16ff6be"/>
          <property name="carat.dataset" value="sha256:bc51e9e65d79e1c90ba544ab2eae1044ccdf8c1af7a559ba375cba4276f7d99e"/>
          <property name="carat.prompt" value="sha256:36708b3edae246923b67214bda24bdecac98e006fa9d6c6f3de4b072c0f11da2"/>
          <property name="carat.model" value="sha256:9372c470eeadd5ecd9c3c74c2b3cb633f8e2f2fad799250a0f70d652b6b825e4"/>
        </properties>
        <testcase classname="support/triage@1×gpt-5-mini" name="t-00000" time="0.922">
          <failure type="queue" message="queue: expected other, answered billing">queue: expected other, answered billing

    expected: other
    answer: billing: the customer asks about a payment that went through twice.
    difference: [-other-]{+billing: the customer asks about a payment that went through twice.+}</failure>
        </testcase>
        <testcase classname="support/triage@1×gpt-5-mini" name="t-00001" time="0.741">
          <failure type="close" message="close: not as expected">close: not as expected

    expected: other
    answer: other: the customer asks about a payment that went through twice.
    difference: other{+: the customer asks about a payment that went through twice.+}</failure>
        </testcase>
      </testsuite>
      <testsuite name="support/triage-few-shot@1×gpt-5-mini" tests="2" failures="0" errors="0" skipped="0" time="1.360" timestamp="2026-11-23T02:21:59">
        <properties>
          <property name="carat.run" value="01a20635-cfec-70f5-85ae-da5ba16ff6be"/>
          <property name="carat.dataset" value="sha256:bc51e9e65d79e1c90ba544ab2eae1044ccdf8c1af7a559ba375cba4276f7d99e"/>
          <property name="carat.prompt" value="sha256:2fcda75d44bd52e49854b1270575b550b0a0c5ddb205e9f4e997b143af7aa9a5"/>
          <property name="carat.model" value="sha256:9372c470eeadd5ecd9c3c74c2b3cb633f8e2f2fad799250a0f70d652b6b825e4"/>
        </properties>
        <testcase classname="support/triage-few-shot@1×gpt-5-mini" name="t-00000" time="0.860"/>
        <testcase classname="support/triage-few-shot@1×gpt-5-mini" name="t-00001" time="0.500"/>
      </testsuite>
      <testsuite name="gates" tests="3" failures="1" errors="0" skipped="1" time="0.000">
        <testcase classname="gates" name="queue.accuracy of support/triage@1×gpt-5-mini" time="0.000"><failure type="gate" message="at least 0.8: the lower end is 0.6123; measured 0.6634 (0.6123 to 0.7011) on 334">at least 0.8: the lower end is 0.6123; measured 0.6634 (0.6123 to 0.7011) on 334</failure></testcase>
        <testcase classname="gates" name="queue.accuracy of support/triage-few-shot@1×gpt-5-mini" time="0.000"><system-out>no worse than support/triage@1×gpt-5-mini by more than 0.02: the lower end is +0.0912</system-out></testcase>
        <testcase classname="gates" name="errors.share of support/triage-few-shot@1×gpt-5-mini" time="0.000"><skipped message="warning: at most 0.001: the upper end is 0.0114"/></testcase>
      </testsuite>
    </testsuites>
    "#);
}
