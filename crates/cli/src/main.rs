//! The binary `carat`: one file a command, wiring, exit codes, terminal output.

mod args;
mod commands;
mod exit;
mod fault;
mod out;
mod recorded;
mod report_files;
mod session;
mod table;
mod who;

use std::process::ExitCode;

use clap::Parser as _;

use args::{Cli, Color, Command};
use exit::Exit;
use fault::Fault;
use session::Session;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match cli.global.color {
        Color::Auto => {}
        Color::Always => anstream::ColorChoice::Always.write_global(),
        Color::Never => anstream::ColorChoice::Never.write_global(),
    }
    // A panic has told its story on stderr; what is left is to end as the promise about exit codes says.
    let ended = std::panic::catch_unwind(|| carry_out(&cli));
    match ended.unwrap_or_else(|_| Err(Fault::bug("carat broke"))) {
        Ok(exit) => exit.into(),
        Err(fault) => {
            out::fault(&fault);
            fault.exit.into()
        }
    }
}

fn carry_out(cli: &Cli) -> Result<Exit, Fault> {
    match &cli.command {
        Command::Schema(args) => commands::schema::run(args),
        Command::Completions(args) => commands::completions::run(args),
        Command::Import(args) => commands::import::run(args, &cli.global),
        Command::Init(args) => commands::init::run(args, &cli.global),
        Command::Doctor(args) => on_runtime(commands::doctor::run(args, &cli.global)),
        Command::Dataset(args) => on_runtime(commands::dataset::run(args, &Session::open(&cli.global)?)),
        Command::Spec(args) => on_runtime(commands::spec::run(args, &Session::open(&cli.global)?)),
        Command::Model(args) => on_runtime(commands::model::run(args, &Session::open(&cli.global)?)),
        Command::Prompt(args) => on_runtime(commands::prompt::run(args, &Session::open(&cli.global)?)),
        Command::Promotion(args) => on_runtime(commands::promotion::run(args, &Session::open(&cli.global)?)),
        Command::Audit(args) => on_runtime(commands::audit::run(args, &Session::open(&cli.global)?)),
        Command::Eval(args) => on_runtime(commands::eval::run(args, &Session::open(&cli.global)?)),
        Command::Diff(args) => on_runtime(commands::diff::run(args, &Session::open(&cli.global)?)),
        Command::Status(args) => on_runtime(commands::status::run(args, &Session::open(&cli.global)?)),
        Command::Run(args) => on_runtime(commands::run::run(args, &Session::open(&cli.global)?)),
    }
}

/// Commands that wait for something share one runtime; the others do not pay for it.
fn on_runtime(command: impl Future<Output = Result<Exit, Fault>>) -> Result<Exit, Fault> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Fault::world(format!("cannot start: {error}")))?;
    let ended = runtime.block_on(async {
        outlive_limits();
        command.await
    });
    // A program or a file that is still being read must not keep the person waiting.
    runtime.shutdown_background();
    ended
}

/// A limit on the size of files (`ulimit -f`) is told like a full disk: what a signal would end without a word is an error
/// of the write instead, once somebody listens for the signal.
fn outlive_limits() {
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    {
        const SIGXFSZ: i32 = 25;
        // Where it cannot be listened for, all is as it was. The listening goes on when the value is gone.
        let _ = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::from_raw(SIGXFSZ));
    }
}
