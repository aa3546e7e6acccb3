//! The desk: what all pages work with, and the table of every address.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::MethodRouter;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use crate::catalog::accounts::Role;
use crate::catalog::error::CatalogError;
use crate::catalog::interface::Catalog;
use crate::catalog::records::Document;
use crate::model::time::Timestamp;
use crate::web::error::Fault;
use crate::web::memento::{frame, gate, replay};
use crate::web::sign_in_limits::SignInLimits;
use crate::web::{
    api, assets, editors, error, feed, operators, proxy, security, session, sign_in, tokens,
};
use crate::workflow::admission::Admissions;
use crate::workflow::report::Terms;
use crate::workflow::restoring;
use crate::workflow::tools::{Clock, Tools};

/// How the desk is set.
#[derive(Clone)]
pub struct Settings {
    /// Who may see which documents.
    pub admissions: Admissions,
    /// The addresses of proxies whose word is taken for who asks.
    pub trusted_proxies: Arc<dyn Fn(IpAddr) -> bool + Send + Sync>,
    /// The field in which such a proxy names the account, in small letters; empty for none.
    pub user_header: String,
    /// A session that is not used for so long is over.
    pub session_idle: Duration,
    /// And so long after it began, whatever happens.
    pub session_longest: Duration,
    /// Whose the documents are: a path and everything below it, and its owner.
    pub owners: Arc<[(String, String)]>,
    /// The address under which readers of documents reach our copies, without a slash at its end; empty
    /// when they cannot.
    pub public_url: String,
    /// Under which folders documents may be written, by the places that say so.
    pub writable: BTreeMap<String, Vec<PathBuf>>,
    /// Where replays are; `None` where none are shown.
    pub replay: Option<replay::Origin>,
}

/// So many deeds at a time that take seconds.
const LONG_DEEDS: usize = 2;

impl Settings {
    /// How a document is restored from here.
    pub fn restoring(&self, document: &Document) -> restoring::Desk {
        let place = document.place.as_ref();
        restoring::Desk {
            public_url: self.public_url.clone(),
            within: place
                .and_then(|place| self.writable.get(place))
                .cloned()
                .unwrap_or_default(),
        }
    }
}

/// What all pages work with. Cheap to clone.
#[derive(Clone)]
pub struct Desk(Arc<Inner>);

struct Inner {
    /// `None` when the service closes: the archive must have no other holder then.
    now: RwLock<Option<Now>>,
    clock: Clock,
    limits: SignInLimits,
    turns: Semaphore,
}

#[derive(Clone)]
struct Now {
    tools: Tools,
    settings: Arc<Settings>,
}

impl Desk {
    /// A desk with these tools.
    pub fn new(tools: Tools, settings: Settings) -> Self {
        let clock = Arc::clone(&tools.clock);
        let settings = Arc::new(settings);
        Self(Arc::new(Inner {
            now: RwLock::new(Some(Now { tools, settings })),
            clock,
            limits: SignInLimits::default(),
            turns: Semaphore::new(LONG_DEEDS),
        }))
    }

    /// Works with others from now on.
    pub fn renew(&self, tools: Tools, settings: Settings) {
        let settings = Arc::new(settings);
        self.put(Some(Now { tools, settings }));
    }

    /// Lets go of everything: whoever asks is told that the service is closing.
    pub fn close(&self) {
        self.put(None);
    }

    /// The tools of now. Held for one request and no longer.
    pub fn tools(&self) -> Result<Tools, Fault> {
        self.look().map(|now| now.tools)
    }

    /// The settings of now.
    pub fn settings(&self) -> Result<Arc<Settings>, Fault> {
        self.look().map(|now| now.settings)
    }

    /// What a reader calls flagged and confirmed.
    pub fn terms(&self) -> Result<Terms, Fault> {
        self.look().map(|now| Terms {
            flagged_states: now.tools.flagged_states,
            confirm_checks: now.tools.policy.confirm_checks,
        })
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        (self.0.clock)()
    }

    /// Turns for deeds that take seconds of a thread.
    pub fn turns(&self) -> &Semaphore {
        &self.0.turns
    }

    /// How often it was tried to sign in.
    pub fn limits(&self) -> &SignInLimits {
        &self.0.limits
    }

    /// Asks the catalog, or does a deed with it, on a thread that may block.
    pub async fn ask<T, E>(
        &self,
        question: impl FnOnce(&dyn Catalog) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Fault>
    where
        T: Send + 'static,
        E: Into<Fault> + Send + 'static,
    {
        let catalog = self.look()?.tools.catalog;
        match spawn_blocking(move || question(catalog.as_ref())).await {
            Ok(answer) => answer.map_err(Into::into),
            Err(why) => Err(Fault::Broken(why.to_string())),
        }
    }

    fn look(&self) -> Result<Now, Fault> {
        let now = self.0.now.read().unwrap_or_else(PoisonError::into_inner);
        now.clone().ok_or(Fault::Closing)
    }

    fn put(&self, now: Option<Now>) {
        *self.0.now.write().unwrap_or_else(PoisonError::into_inner) = now;
    }
}

impl From<CatalogError> for Fault {
    fn from(why: CatalogError) -> Self {
        Self::Broken(error::in_words(&why))
    }
}

/// Whom an address serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Needs {
    /// Everybody: it shows nothing of anybody's documents.
    Nothing,
    /// Whoever may see some collection, be it without an account. What is shown is up to
    /// [`session::Reader::sight`].
    Sight,
    /// An account with this role, or a greater one.
    Role(Role),
}

/// An address of the desk.
pub struct Place {
    /// Its path, as axum writes it.
    pub path: &'static str,
    /// Whom it serves.
    pub needs: Needs,
    /// What is done for each method.
    pub methods: MethodRouter<Desk>,
}

impl Place {
    /// An address.
    pub fn new(path: &'static str, needs: Needs, methods: MethodRouter<Desk>) -> Self {
        Self {
            path,
            needs,
            methods,
        }
    }
}

/// Every address of the desk. A file of pages has a function `places`, and a line here.
pub fn places() -> Vec<Place> {
    let all = [
        assets::places(),
        sign_in::places(),
        operators::overview::places(),
        operators::events::places(),
        operators::event::places(),
        operators::lessons::places(),
        operators::accounts::places(),
        editors::restore::places(),
        tokens::places(),
        api::operations::places(),
        feed::places(),
        editors::documents::places(),
        editors::document::places(),
        editors::source::places(),
        editors::capture::places(),
        editors::compare::places(),
        editors::rules::places(),
        gate::places(),
        frame::places(),
    ];
    all.into_iter().flatten().collect()
}

/// The desk as a service. What a place needs is asked before its handler runs.
pub fn routes(desk: &Desk) -> Router {
    let mut router = Router::new();
    for place in places() {
        let guard = from_fn_with_state((desk.clone(), place.needs), session::guard);
        router = router.route(place.path, place.methods.layer(guard));
    }
    router
        .fallback(async || Fault::NotFound)
        .method_not_allowed_fallback(async || Fault::WrongMethod)
        .layer(from_fn_with_state(desk.clone(), proxy::know_client))
        .layer(from_fn(security::dress))
        .with_state(desk.clone())
}

/// The row that a path names; one that is no number names nothing.
pub fn row(text: &str) -> Result<i64, Fault> {
    text.parse().map_err(|_| Fault::NotFound)
}
