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
    insta::assert_snapshot!(with_prompt("user:\nIs this one: {{ thign }}?\n"), @"
    exit 2
    error: prompts/sort.prompty:2: `thign` is undefined (given are thing); did you mean `thing`?
    ");
    insta::assert_snapshot!(with_prompt("---\ninputs:\n  thing: { kind: number }\n---\nuser:\n{{ thing }}\n"), @r#"
    exit 2
    error: prompts/sort.prompty: input `thing` is declared as number, but is a string ("apples")
    "#);
    insta::assert_snapshot!(with_prompt("user:\n{{ thing | no_filter }}\n"), @"
    exit 2
    error: prompts/sort.prompty:2: filter no_filter is unknown to the template engine
    ");
    insta::assert_snapshot!(with_prompt(""), @"
    exit 2
    error: prompts/sort.prompty: the prompt renders to no message at all
    ");
}

#[test]
fn what_cannot_be_read_is_told_with_its_line() {
    insta::assert_snapshot!(with_prompt("user:\n{% include \"missing.txt\" %}\n"), @"
    exit 2
    error: prompts/sort.prompty:2: cannot include `missing.txt`: there is no such file
    ");
    insta::assert_snapshot!(with_prompt("user:\n{% include \"../../../etc/passwd\" %}\n"), @"
    exit 2
    error: prompts/sort.prompty:2: cannot include `../../../etc/passwd`: it lies outside the project, so that others would not have it
    ");
    insta::assert_snapshot!(with_prompt("user:\n{{ thing\n"), @"
    exit 2
    error: prompts/sort.prompty:2: syntax error: unexpected end of input, expected end of variable block
    ");
    insta::assert_snapshot!(with_prompt("user:\n{% if thing %}yes\n"), @"
    exit 2
    error: prompts/sort.prompty:2: syntax error: unexpected end of input, expected end of block
    ");
    insta::assert_snapshot!(with_prompt("---\nname: x\nuser:\nx\n"), @"
    exit 2
    error: prompts/sort.prompty:1: the front matter that `---` opens is never closed by a line `---`
    ");
    insta::assert_snapshot!(with_prompt("---\ninputs:\n  thing: { knid: string }\n---\nuser:\n{{ thing }}\n"), @"
    exit 2
    error: prompts/sort.prompty:2: inputs: thing: unknown key `knid`; did you mean `kind`?
    ");
}

#[test]
fn inputs_that_cannot_be_mapped_are_told_with_the_eval() {
    let project = Project::small();
    let eval = std::fs::read_to_string(project.file("evals/fruit.yaml")).unwrap();
    let told =
        ["thing: \"{{ input.thing \"", "thing: \"{{ input.thign }}\"", "thnig: \"{{ input.thing }}\""].map(|input| {
            project.write("evals/fruit.yaml", format!("{eval}inputs:\n  {input}\n"));
            project.carat(&["eval", "fruit"]).told(&project)
        });
    insta::assert_snapshot!(told.join(""), @"
    exit 2
    error: evals/fruit.yaml: inputs.thing: syntax error: unexpected end of input, expected end of variable block (in thing:1)
    exit 2
    error: evals/fruit.yaml: inputs.thing: undefined value: `input.thign` is undefined
    exit 2
    error: prompts/sort.prompty: input `thing` is declared, but not given (given: thnig); did you mean `thnig`?
    ");
}

#[test]
fn a_row_that_does_not_fit_is_a_result_and_the_summary_says_why() {
    let project = Project::small();
    let rows = std::fs::read_to_string(project.file("datasets/fruit.jsonl")).unwrap();
    project.write(
        "datasets/fruit.jsonl",
        format!("{rows}{{\"id\": \"n\", \"input\": {{\"thing\": 3}}, \"expected\": \"no\"}}\n"),
    );
    let ended = project.carat(&["eval", "fruit"]);
    insta::assert_snapshot!(ended.summed_up(&project), @"
    exit 0
    fruit on fruit@1, 5 rows: 10 cases  run RUN
    ✗ unrendered: prompts/sort.prompty: input `thing` is declared as string, but is a number (3)
    ");
    let report = project.report("@last");
    assert_eq!(report["variants"][0]["failures"], serde_json::json!({"unrendered": 1}));
    let shown = project.carat(&["run", "show", "@last", "--row", "n"]);
    insta::assert_snapshot!(shown.data, @"
    n  sort@1×nearest
    not rendered: prompts/sort.prompty: input `thing` is declared as string, but is a number (3)

    n  sort@1×echo
    not rendered: prompts/sort.prompty: input `thing` is declared as string, but is a number (3)
    ");
}

#[test]
fn a_credential_in_front_matter_is_told_and_neither_shown_nor_saved() {
    const KEY: &str = "sk-very-secret-0123456789";
    let project = Project::small();
    let text = format!("---\nmodel:\n  options:\n    metadata: {{ api_key: {KEY} }}\n---\nuser:\n{{{{ thing }}}}\n");
    project.write("prompts/sort.prompty", text);
    for args in [&["prompt", "save", "sort"][..], &["eval", "fruit"], &["prompt", "check"], &["prompt", "show", "sort"]]
    {
        let ended = project.carat(args);
        assert_eq!(ended.code, Some(2), "{args:?}: {ended:?}");
        let told = format!("{ended:?}");
        assert!(told.contains("prompts/sort.prompty:4: `model.options.metadata.api_key` holds a credential"), "{told}");
        assert!(!told.contains(KEY), "{args:?}: {ended:?}");
    }
}

#[test]
fn a_key_in_the_wrong_place_of_a_file_is_not_repeated() {
    const KEY: &str = "sk-very-secret-0123456789";
    let project = Project::small();
    let eval = std::fs::read_to_string(project.file("evals/fruit.yaml")).unwrap();
    let files = [
        ("prompts/sort.prompty", format!("---\n{KEY}: x\n---\nuser:\n{{{{ thing }}}}\n")),
        ("evals/fruit.yaml", format!("{eval}{KEY}: x\n")),
        ("carat.yaml", format!("models:\n  echo: {{ provider: {KEY} }}\n")),
        ("carat.yaml", format!("models:\n  echo: {{ provider: baseline, timeout: {KEY} }}\n")),
    ];
    for (file, text) in files {
        project.write(file, text);
        let ended = project.carat(&["eval", "fruit"]);
        assert_eq!(ended.code, Some(2), "{file}: {ended:?}");
        assert!(ended.talk.contains(file) && ended.talk.contains("***"), "{file}: {ended:?}");
        assert!(!format!("{ended:?}").contains(KEY), "{file}: {ended:?}");
    }
}
