//! The `carat-sim` program; see the library for what it does.

use std::process::ExitCode;

fn main() -> ExitCode {
    carat_sim::launch::main()
}
