//! Which questions are asked, how many at a time, and for how much money: answers that were given before, limits of
//! providers, and budgets, through the binary and a server.

mod budget;
mod cache;
mod limits;

use carat_sim::{Endpoint, Running, Settings, Simulation};

use super::project::Project;

/// A server on which the model `m` answers.
fn server(settings: Settings) -> Running {
    Simulation::new(settings).start_on_thread("127.0.0.1:0").unwrap()
}

/// So many questions to the model `m`, which has these settings besides.
fn project(server: &Running, rows: u64, more: &str) -> Project {
    let project = Project::empty();
    let url = server.base_url();
    project.write("carat.yaml", format!("models:\n  m: {{ provider: openai, base_url: \"{url}\"{more} }}\n"));
    project.write("prompts/ask.prompty", "system:\nAnswer in one word.\nuser:\n{{ q }}\n");
    let row =
        |row| format!("{{\"id\": \"q-{row}\", \"input\": {{\"q\": \"What is {row}?\"}}, \"expected\": \"four\"}}\n");
    project.write("datasets/questions.jsonl", (0..rows).map(row).collect::<String>());
    project.write(
        "evals/questions.yaml",
        "prompts: [ask]\nmodels: [m]\ndataset: questions\nscorers:\n  - { name: right, exact: {} }\n",
    );
    project
}

/// How often the server was asked.
fn calls(server: &Running) -> u64 {
    server.counters().totals.requests(Endpoint::Chat)
}

/// What an eval says of a number in its table is not looked at here; that it ends like this, is.
fn ends(project: &Project, code: i32, args: &[&str]) -> super::project::Ended {
    let ended = project.carat(args);
    assert_eq!(ended.code, Some(code), "{args:?}: {ended:?}");
    ended
}
