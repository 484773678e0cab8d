//! Prompts that cannot be read, or cannot be rendered.

use crate::outside::project::Project;

/// What `carat eval fruit` says where this is the prompt.
fn with_prompt(text: &str) -> String {
    let project = Project::small();
    project.write("prompts/sort.prompty", text);
    let told = project.carat(&["eval", "fruit"]).told(&project);
    assert!(!project.file(".carat").exists(), "told before anything is run");
    told
}

#[test]
fn what_no_row_can_be_put_into_is_told_before_anything_is_paid_for() {
    insta::assert_snapshot!(with_prompt("user:\nIs this one: {{ thign }}?\n"), @"");
    insta::assert_snapshot!(with_prompt("---\ninputs:\n  thing: { kind: number }\n---\nuser:\n{{ thing }}\n"), @"");
    insta::assert_snapshot!(with_prompt("user:\n{{ thing | no_filter }}\n"), @"");
    insta::assert_snapshot!(with_prompt(""), @"");
}

#[test]
fn what_cannot_be_read_is_told_with_its_line() {
    insta::assert_snapshot!(with_prompt("user:\n{% include \"missing.txt\" %}\n"), @"");
    insta::assert_snapshot!(with_prompt("user:\n{% include \"../../../etc/passwd\" %}\n"), @"");
    insta::assert_snapshot!(with_prompt("user:\n{{ thing\n"), @"");
    insta::assert_snapshot!(with_prompt("user:\n{% if thing %}yes\n"), @"");
    insta::assert_snapshot!(with_prompt("---\nname: x\nuser:\nx\n"), @"");
    insta::assert_snapshot!(with_prompt("---\ninputs:\n  thing: { knid: string }\n---\nuser:\n{{ thing }}\n"), @"");
}

#[test]
fn a_template_without_end_is_cut_short() {
    let endless = "{% for i in range(100000) %}{% for j in range(100000) %}x{% endfor %}{% endfor %}";
    insta::assert_snapshot!(with_prompt(&format!("user:\n{endless}\n")), @"");
}

#[test]
fn inputs_that_cannot_be_mapped_are_told_with_the_eval() {
    let project = Project::small();
    let eval = std::fs::read_to_string(project.file("evals/fruit.yaml")).unwrap();
    let told = ["thing: \"{{ input.thing \"", "thing: \"{{ input.thign }}\"", "thnig: \"{{ input.thing }}\""].map(|input| {
        project.write("evals/fruit.yaml", format!("{eval}inputs:\n  {input}\n"));
        project.carat(&["eval", "fruit"]).told(&project)
    });
    insta::assert_snapshot!(told.join(""), @"");
}

#[test]
fn a_row_that_does_not_fit_is_a_result_and_the_summary_says_why() {
    let project = Project::small();
    let rows = std::fs::read_to_string(project.file("datasets/fruit.jsonl")).unwrap();
    project.write("datasets/fruit.jsonl", format!("{rows}{{\"id\": \"n\", \"input\": {{\"thing\": 3}}, \"expected\": \"no\"}}\n"));
    let ended = project.carat(&["eval", "fruit"]);
    insta::assert_snapshot!(ended.summed_up(&project), @"");
    let report = project.report("@last");
    assert_eq!(report["variants"][0]["failures"], serde_json::json!({"unrendered": 1}));
    let shown = project.carat(&["run", "show", "@last", "--row", "n"]);
    insta::assert_snapshot!(shown.data, @"");
}
