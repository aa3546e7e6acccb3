//! The integration tests: one binary, a sentence for each part.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

/// Servers on loopback that change over time, and a whole Ibid on a temporary archive.
mod support;

/// Every room uses only rooms on floors below it, and nothing is re-exported.
mod house_plan;

/// What is stored is durable, standard, and read back; damage is found and mended.
mod archive;
/// The catalog keeps what it was told, whatever its adapter.
mod catalog;
/// From a document to its verdicts, end to end.
mod check;
/// The command line as a user meets it.
mod cli;
/// The pages of the service: who may see what, signing in, accounts, the overview.
mod desk;
/// What is cited is found, in every format, byte for byte.
mod extract;
/// HTML, Markdown and bibliographies as people and programs write them, hostile ones too.
mod extract_formats;
/// The service is killed, starved and lied to on purpose, and goes on.
mod faults;
/// The program is killed at many points of a check, and loses nothing that it acknowledged.
mod kill;
/// Documents are read from folders and sites again and again, and none is lost.
mod places;
/// Archives of others are asked in every way, whatever they answer.
mod public_archive;
/// Dead citations get their copies, in the document's own words, and lose them again when told to.
mod restore;
/// What is older than wanted and pinned by nothing goes; a prune that is cut off anywhere loses nothing.
mod retention;
/// A web that rots, and how much of it the judge sees.
mod rotting_web;
/// The background service: schedule, signals, status.
mod serve;
/// What turned is told once, whatever is down meanwhile.
mod telling;
/// Visits against real servers: hostile, slow, cut, redirecting, over TLS.
mod visit;
