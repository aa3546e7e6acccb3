//! What the deeds work with.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::TimeDelta;

use crate::archive;
use crate::archive::archive::Archive;
use crate::catalog::interface::Catalog;
use crate::content::decode::Limits;
use crate::documents::remote::RemoteReader;
use crate::fetch::http::HttpFetcher;
use crate::judge::case::Policy;
use crate::model::time::Timestamp;
use crate::model::verdict::State;
use crate::net::door::Door;
use crate::workflow::audit::Shelf;
use crate::workflow::looks;
use crate::workflow::manners::Manners;
use crate::workflow::mementos::Archives;
use crate::workflow::next_check::Cadence;
use crate::workflow::registration::Registries;
use crate::workflow::vitals::Vitals;

/// Says what time it is.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The house's tools, one of each.
#[derive(Clone)]
pub struct Tools {
    /// What is known.
    pub catalog: Arc<dyn Catalog>,
    /// The WARC files.
    pub archive: Arc<Archive>,
    /// How sources are visited.
    pub fetcher: Arc<HttpFetcher>,
    /// How they are visited as a browser does; `None` when they never are.
    pub second_client: Option<Arc<HttpFetcher>>,
    /// How sites' own lists are read; `None` when they never are.
    pub scout: Option<Arc<HttpFetcher>>,
    /// What sites ask of robots; `None` where that is not heeded.
    pub manners: Option<Arc<Manners>>,
    /// The one door out.
    pub door: Arc<Door>,
    /// The public archives; `None` when they are not asked.
    pub archives: Option<Arc<Archives>>,
    /// Who is asked about registrations; `None` when nobody is.
    pub registries: Option<Arc<Registries>>,
    /// How verdicts are made.
    pub policy: Policy,
    /// When and how it is looked again.
    pub looks: looks::Settings,
    /// With less than this free on the archive's disk, in bytes, what is new is not captured.
    pub min_free_bytes: u64,
    /// How long «not modified» is taken for an answer before the whole page is asked for again; zero for
    /// never.
    pub full_visit_every: TimeDelta,
    /// How much of a page is read.
    pub page_limits: Limits,
    /// The program that reads PDFs; empty for this one.
    pub pdf_reader: PathBuf,
    /// Hosts visited at the same time.
    pub workers: usize,
    /// Visits to one host at the same time.
    pub visits_per_host: usize,
    /// How documents on the web are fetched.
    pub remote_documents: Arc<RemoteReader>,
    /// The largest document that is read, in bytes.
    pub max_document_bytes: u64,
    /// States that count as flagged.
    pub flagged_states: Vec<State>,
    /// What time it is. Asked for at the beginning of each visit, since a run can take hours.
    pub clock: Clock,
    /// When a source is visited next.
    pub cadence: Cadence,
    /// What was done since the start.
    pub vitals: Arc<Vitals>,
}

impl Tools {
    /// What can be looked at in the archive.
    pub fn shelf(&self) -> Shelf<'_> {
        Shelf {
            root: self.archive.layout().root(),
            max_read_bytes: archive::Settings::default().max_read_bytes,
            page_limits: self.page_limits,
            pdf_reader: &self.pdf_reader,
        }
    }

    /// Asks the catalog on a thread that may block.
    ///
    /// # Panics
    /// When the question itself panics.
    pub async fn on_catalog<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&dyn Catalog) -> T + Send + 'static,
    ) -> T {
        let catalog = Arc::clone(&self.catalog);
        tokio::task::spawn_blocking(move || ask(catalog.as_ref()))
            .await
            .expect("a question to the catalog does not panic")
    }
}
