//! Ibid keeps every source that a text cites: it finds citations, visits and archives what they
//! cite, and says which sources went dead or changed since their author looked.
//!
//! One visit, many verdicts. A *document* makes *citations*; many citations name one *source*. A
//! source is *visited* once per check; a visit that brought something becomes a *capture* in the
//! WARC archive; then each citation of that source is *judged* on its own, because each has its own
//! access date and so its own baseline. What happened ([`model::visit`]), what was kept
//! ([`model::capture`]) and what it means ([`model::verdict`]) are three types in three rooms.
//!
//! The rooms, lowest floor first. A room uses only rooms on floors below it; `tests/house_plan.rs`
//! holds the crate to that. To follow one citation from its document to its verdict, read
//! [`workflow::check`].

/// Floor 1: the words. Plain types that every other room speaks in.
pub mod model;

/// Floor 2: reads WARC 1.1 records, CDXJ lines, and writes them.
pub mod warc;

/// Floor 2: what is known of public archives and their URLs.
pub mod memento;

/// Floor 2: finds citations in documents.
pub mod formats;

/// Floor 2: reads what a captured page says, and compares two readings.
pub mod content;

/// Floor 2: change reports, in every dress that people and programs read.
pub mod report;

/// Floor 2: the one door out: who may be connected to, and how often.
pub mod net;

/// Floor 2: what is known, in SQLite: documents, citations, sources, checks, captures, verdicts.
pub mod catalog;

/// Floor 3: the verdict, from evidence, by the rules in one table.
pub mod judge;

/// Floor 3: the WARC files on disk: append, seal, read back, verify.
pub mod archive;

/// Floor 3: one visit to one source.
pub mod fetch;
/// Floor 3: asks archives of others for mementos (RFC 7089, Wayback CDX).
pub mod public_archive;

/// Floor 3: tells people and programs: mails and webhooks.
pub mod notify;

/// Floor 3: the texts that cite, read from a disk or from a site.
pub mod documents;

/// Floor 4: what Ibid does, one file a deed.
pub mod workflow;

/// Floor 5: when what is done, and the workers that do it.
pub mod scheduler;

/// Floor 5: pages, feeds and numbers over HTTP.
pub mod web;

/// Floor 6: settings and wiring.
pub mod app;

/// Floor 7: the command line, one file a subcommand.
pub mod cli;
