//! The log: on standard error, for whoever runs the program.

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;

/// Starts the log. `RUST_LOG` decides what is said where it is set; otherwise warnings, with `-v`
/// what is done, and with `-vv` each step.
pub fn start(verbose: u8, is_quiet: bool) {
    let level = match (is_quiet, verbose) {
        (true, _) => "error",
        (false, 0) => "warn",
        (false, 1) => "ibid=info,warn",
        (false, _) => "ibid=debug,info",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    // A second start, as in tests that run several commands in one process, changes nothing.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .with_target(false)
        .try_init();
}
