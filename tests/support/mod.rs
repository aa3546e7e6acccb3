//! Servers on loopback for the tests, each in a thread of its own, so that tests that are not async,
//! or that run the program as a process, can use them too. Each stops when it is dropped.
//!
//! - [`site::Site`]: a web site whose pages change over time, in clear or over TLS.
//! - [`raw::RawServer`]: plays a script of bytes, cuts, drips and holds.
//! - [`tls::Authority`]: signs certificates, right and wrong ones.
//! - [`dns::Dns`]: a name server that answers, refuses or keeps silent.
//! - [`smtp::MailServer`]: takes mails, refuses them, or is cut.
//! - [`hook::Hook`]: receives webhooks.
//! - [`pdf`]: makes PDFs.
//! - [`desk::OpenDesk`]: the desk of a house, and people who ask it.
//! - [`house::Ibid`]: a whole house on a temporary archive, with a calendar that the test turns.
//!
//! None of them needs sleeping in a test: make the limits small (`fetch::Settings`) instead.
#![expect(
    clippy::unwrap_used,
    reason = "a server that cannot start has nothing to serve: the test fails there"
)]

pub(crate) mod desk;
pub(crate) mod dns;
pub(crate) mod hook;
pub(crate) mod house;
pub(crate) mod pdf;
pub(crate) mod raw;
pub(crate) mod server;
pub(crate) mod site;
pub(crate) mod smtp;
pub(crate) mod tls;
