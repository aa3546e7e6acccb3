//! The seam: what a channel does with a notice. `tests/contract/notifier.rs` holds each of them to it.

use std::pin::Pin;
use std::time::Duration;

use crate::model::time::Timestamp;

/// A notice, dressed for every kind of channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// What the notice is known by: letters, digits and hyphens. The same at every attempt.
    pub id: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// What it comes to, on one line.
    pub subject: String,
    /// For people who read text.
    pub text: String,
    /// For people who read pages.
    pub html: String,
    /// For programs: one JSON document, the same bytes at every attempt.
    pub json: String,
}

/// When a notice that was not delivered is worth another attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// After a while.
    Later,
    /// Not before this has passed: the receiver says so.
    After(Duration),
    /// Never: the receiver is gone for good.
    Never,
}

/// Why a notice was not delivered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct NotDelivered {
    /// Whether to try again.
    pub retry: Retry,
    /// What was met, with the server's own words, and never a secret.
    pub why: String,
}

impl NotDelivered {
    /// Trouble that may pass.
    pub fn for_now(why: impl Into<String>) -> Self {
        Self {
            retry: Retry::Later,
            why: why.into(),
        }
    }
}

/// How an attempt ends.
pub type Delivery<'a> = Pin<Box<dyn Future<Output = Result<(), NotDelivered>> + Send + 'a>>;

/// A channel.
///
/// One call is one attempt, and it ends within the channel's time limit. `Ok` means that the receiver
/// has taken the notice over. An error means that it may or may not have: a connection can be cut
/// between its deed and its answer. So a notice can arrive twice, and both times it carries the same
/// [`Message::id`], by which the receiver can tell: the `Idempotency-Key` of a webhook, the
/// `Message-ID` of a mail.
pub trait Notifier: Send + Sync {
    /// Tries to deliver; `now` is the moment of this attempt.
    fn send<'a>(&'a self, message: &'a Message, now: Timestamp) -> Delivery<'a>;
}
