//! How long work shows itself: a bar on a terminal, plain lines otherwise, on standard error.

use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicUsize, Ordering};

use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::output::say;
use crate::report::visible::visible;
use crate::workflow::check::Step;

/// Shows each step of a check.
#[derive(Debug)]
pub enum Progress {
    /// On a terminal.
    Bar(ProgressBar),
    /// In a log: a line a source.
    Lines {
        /// Sources to visit.
        total: AtomicUsize,
        /// Sources done.
        done: AtomicUsize,
    },
    /// Nothing at all (`--quiet`).
    Silent,
}

impl Progress {
    /// The way that fits standard error.
    pub fn start(is_quiet: bool) -> Self {
        if is_quiet {
            Self::Silent
        } else if io::stderr().is_terminal() {
            let style =
                ProgressStyle::with_template("{bar:30} {pos} of {len} sources · {wide_msg}")
                    .expect("the template is a constant");
            Self::Bar(ProgressBar::new(0).with_style(style))
        } else {
            Self::Lines {
                total: AtomicUsize::new(0),
                done: AtomicUsize::new(0),
            }
        }
    }

    /// Shows one step.
    pub fn show(&self, step: &Step<'_>) {
        match (self, step) {
            (Self::Silent, _) => {}
            (Self::Bar(bar), Step::Sources(count)) => bar.set_length(*count as u64),
            (Self::Bar(bar), Step::Visited { url, outcome }) => {
                bar.set_message(format!("{url}: {}", visible(outcome)));
                bar.inc(1);
            }
            (Self::Bar(bar), Step::Noted(words)) => bar.suspend(|| say(&format!("ibid: {words}"))),
            (Self::Lines { total, .. }, Step::Sources(count)) => {
                total.store(*count, Ordering::Relaxed);
            }
            (Self::Lines { total, done }, Step::Visited { url, outcome }) => {
                let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                let total = total.load(Ordering::Relaxed);
                say(&format!("[{done}/{total}] {url}: {outcome}"));
            }
            (Self::Lines { .. }, Step::Noted(words)) => say(&format!("ibid: {words}")),
        }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}
