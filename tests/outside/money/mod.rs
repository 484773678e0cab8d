//! What models cost, and what a run is going to cost.

mod dry_run;
mod prices;

use carat_sim::{ModelSettings, Running, Settings, Simulation};

use super::project::Project;

/// A server whose models say `yes`.
fn server() -> Running {
    let yes = ModelSettings { reply: Some("yes".to_owned()), ..ModelSettings::default() };
    let models = [("m".to_owned(), yes)].into();
    Simulation::new(Settings { models, ..Settings::default() }).start_on_thread("127.0.0.1:0").unwrap()
}

/// An entry of a table for the model `m` on that server.
fn entry(input: f64, more: &str) -> String {
    format!(
        "- {{ provider: 127.0.0.1, model: m, input: {input}, output: 8, source: our contract, as_of: 2026-11-02{more} }}\n"
    )
}

/// A project with one model `m` on that server, and the eval on it.
fn project(server: &Running) -> Project {
    let project = Project::small();
    project.asks(&server.base_url(), "");
    project
}
