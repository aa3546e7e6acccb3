//! What browsers and programs ask over HTTP: the desk, feeds, and what a running service says about
//! itself.
//!
//! [`desk`] is the table of contents: every address with who may use it. A request passes, in this
//! order, [`security`] (headers on every answer, faults dressed), [`proxy`] (who asks, from where), and
//! [`session`] (which account that is, whether it may, whether a form is ours). Then comes the page, from
//! a file that holds its words and its handler both. A page asks the catalog for what it shows, and a
//! deed of `workflow` for what it does.

pub mod api;
pub mod assets;
pub mod desk;
pub mod editors;
pub mod error;
pub mod feed;
pub mod memento;
pub mod operators;
pub mod page;
pub mod pictures;
pub mod proxy;
pub mod security;
pub mod session;
pub mod sign_in;
pub mod sign_in_limits;
pub mod status;
pub mod time_line;
pub mod tokens;
