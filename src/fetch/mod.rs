//! One visit to one source: what was asked, what was answered, in which phase it failed.
//!
//! [`interface::Fetcher`] is the seam; [`http::HttpFetcher`] is the adapter that speaks HTTP. A
//! visit never fails as an error: not reaching a source is what was observed.

use std::time::Duration;

mod body;
mod cookies;
mod exchange;
mod head;
pub mod http;
mod idle;
pub mod interface;
mod recording;
mod redirects;
mod retry;
mod room;

/// How sources are asked, and how much of their answers is taken.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The `User-Agent`; see [`user_agent`].
    pub user_agent: String,
    /// The `Accept`.
    pub accept: String,
    /// The `Accept-Language`. The default asks for no language, since the author's is not known.
    pub accept_language: String,
    /// How long the head of an answer may take, from the request on.
    pub answer_limit: Duration,
    /// How long nothing may come in the middle of a body.
    pub idle_limit: Duration,
    /// How long one attempt may take with all its redirects, waiting at gates not counted.
    pub total_limit: Duration,
    /// The slowest a body may come, in bytes a second, on average over [`Self::rate_window`].
    pub minimum_rate: u64,
    /// The time over which [`Self::minimum_rate`] is looked at, again and again.
    pub rate_window: Duration,
    /// The longest head of an answer, in bytes.
    pub head_limit_bytes: usize,
    /// The longest body, in bytes as sent; what is longer is cut there.
    pub body_limit_bytes: usize,
    /// What all long bodies together may hold in memory at a time, in bytes, by their greatest length.
    pub bodies_bytes: usize,
    /// The longest body of a redirect, in bytes.
    pub redirect_body_limit_bytes: usize,
    /// The most redirects that are followed.
    pub redirects: usize,
    /// Attempts after the first, for failures that can pass.
    pub retries: u32,
    /// The pause before the first of them; it doubles each time.
    pub retry_pause: Duration,
    /// Whether a page behind a faulty certificate is looked at all the same, as evidence.
    pub look_past_tls_faults: bool,
    /// How long a connection is kept open for the next source of the same host.
    pub keep_idle: Duration,
}

/// HTML first, since that is what most citations are of; then what else is read.
const ACCEPTED: &str =
    "text/html,application/xhtml+xml,application/pdf;q=0.9,text/plain;q=0.9,*/*;q=0.8";

impl Default for Settings {
    fn default() -> Self {
        Self {
            user_agent: user_agent(None),
            accept: ACCEPTED.to_owned(),
            accept_language: "*".to_owned(),
            answer_limit: Duration::from_secs(30),
            idle_limit: Duration::from_secs(30),
            total_limit: Duration::from_mins(5),
            minimum_rate: 256,
            rate_window: Duration::from_secs(30),
            head_limit_bytes: 256 << 10,
            body_limit_bytes: 64 << 20,
            bodies_bytes: 256 << 20,
            redirect_body_limit_bytes: 1 << 20,
            redirects: 10,
            retries: 2,
            retry_pause: Duration::from_secs(2),
            look_past_tls_faults: true,
            keep_idle: Duration::from_secs(10),
        }
    }
}

impl Settings {
    /// The fewest bytes of a body that must come in each [`Self::rate_window`].
    fn fewest_bytes(&self) -> u64 {
        let millis = u64::try_from(self.rate_window.as_millis()).unwrap_or(u64::MAX);
        self.minimum_rate.saturating_mul(millis) / 1000
    }
}

/// What Ibid calls itself: `Ibid/VERSION (+contact)`. The contact is an address or page where the
/// operator can be reached, so that a site's owner can complain to someone.
pub fn user_agent(contact: Option<&str>) -> String {
    let about = contact.map_or_else(
        || "link checker for citations".to_owned(),
        |contact| format!("+{contact}"),
    );
    format!("Ibid/{} ({about})", env!("CARGO_PKG_VERSION"))
}
