//! `ibid`, the command.

use std::process::ExitCode;

fn main() -> ExitCode {
    ibid::cli::run()
}
