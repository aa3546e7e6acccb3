//! Judges what a visit brought, once for each citation of its source.

use std::collections::HashMap;
use std::sync::Arc;

use crate::archive::archive::Archive;
use crate::catalog::error::CatalogError;
use crate::catalog::records::{Event, HeldCapture, Judgement, RecordedCheck, Source};
use crate::content::decode::Limits;
use crate::content::page::{self, Answer, Page};
use crate::judge::case::{Case, CaseBaseline, Exhibit};
use crate::judge::{judge, unfit};
use crate::model::ids::CaptureId;
use crate::model::verdict::Baseline;
use crate::model::visit::Visit;
use crate::workflow::baseline;
use crate::workflow::tools::Tools;

/// Who holds a baseline that is our own snapshot.
const OWN: &str = "own";

/// A source that was visited, with its rows, and not judged yet.
#[derive(Debug)]
pub struct Unjudged {
    /// The source.
    pub source: Source,
    /// What happened.
    pub visit: Visit,
    /// Where that is kept.
    pub recorded: RecordedCheck,
}

/// Judges every citation of the source, and gives the events of those that turned.
pub async fn judge_source(tools: &Tools, unjudged: Unjudged) -> Result<Vec<Event>, CatalogError> {
    let tools = tools.clone();
    // Reading pages and comparing them is work for a processor, not for the threads that wait.
    tokio::task::spawn_blocking(move || judge_citations(&tools, &unjudged))
        .await
        .expect("judging does not panic")
}

fn judge_citations(tools: &Tools, unjudged: &Unjudged) -> Result<Vec<Event>, CatalogError> {
    let Unjudged {
        source,
        visit,
        recorded,
    } = unjudged;
    let catalog = tools.catalog.as_ref();
    let now = (tools.clock)();
    let page = visit.answer().map(|hop| {
        page::read(&Answer {
            url: &hop.url,
            headers: &hop.headers,
            body: &hop.body.bytes,
            limits: tools.page_limits,
        })
    });
    let mut pages = BaselinePages::new(&tools.archive, tools.page_limits);
    let mut judgements = Vec::new();
    for held in catalog.citations_of_source(source.id)? {
        let accessed = held
            .citation
            .accessed
            .as_ref()
            .map(|accessed| accessed.date);
        let window = tools.policy.baseline_window;
        let chosen = baseline::nearest(catalog, source.id, accessed, window)?;
        let earlier = catalog.last_verdict(held.id)?;
        let verdict = judge(
            &Case {
                citation: &held.citation,
                visit,
                page: page.as_ref(),
                baseline: chosen.as_ref().map(|choice| CaseBaseline {
                    baseline: Baseline {
                        captured_at: choice.snapshot.capture.captured_at,
                        from: OWN.to_owned(),
                        url: choice.snapshot.capture.url.to_string(),
                    },
                    payload_sha256: choice.snapshot.capture.payload_sha256,
                    page: pages.of(&choice.snapshot, visit, page.as_ref()),
                    is_within_window: choice.is_within_window,
                    is_provisional: !choice.is_within_window,
                }),
                earlier: earlier.as_ref(),
                now,
            },
            &tools.policy,
        );
        judgements.push(Judgement {
            citation: held.id,
            check: recorded.check,
            verdict,
        });
    }
    let events = catalog.record_verdicts(&judgements)?;
    if let (Some(capture), Some(hop), Some(page)) = (recorded.capture, visit.answer(), &page) {
        let exhibit = Exhibit {
            asked: &source.url,
            answered: &hop.url,
            status: hop.status,
            headers: &hop.headers,
            page,
        };
        // What one citation shows to be another page is no baseline for the others.
        let is_elsewhere = judgements
            .iter()
            .any(|judgement| judgement.verdict.state.needs_confirmation());
        let is_snapshot = !is_elsewhere && unfit(&exhibit).is_none();
        catalog.mark_capture(capture, is_snapshot, page.text_sha256)?;
    }
    Ok(events)
}

/// Baselines read back from the archive: each once, and only when the payload is another than the
/// visit's, since the same bytes say the same.
struct BaselinePages<'a> {
    archive: &'a Arc<Archive>,
    limits: Limits,
    read: HashMap<CaptureId, Option<Page>>,
}

impl<'a> BaselinePages<'a> {
    fn new(archive: &'a Arc<Archive>, limits: Limits) -> Self {
        Self {
            archive,
            limits,
            read: HashMap::new(),
        }
    }

    fn of<'p>(
        &'p mut self,
        snapshot: &HeldCapture,
        visit: &Visit,
        visited: Option<&'p Page>,
    ) -> Option<&'p Page> {
        let payload = visit.answer()?.body.sha256;
        if payload == snapshot.capture.payload_sha256 {
            return visited;
        }
        let (archive, limits) = (self.archive, self.limits);
        self.read
            .entry(snapshot.id)
            .or_insert_with(|| read_again(archive, snapshot, limits))
            .as_ref()
    }
}

fn read_again(archive: &Archive, snapshot: &HeldCapture, limits: Limits) -> Option<Page> {
    match archive.read(&snapshot.capture) {
        Ok(kept) => Some(page::read(&Answer {
            url: &snapshot.capture.url,
            headers: &kept.headers,
            body: &kept.body,
            limits,
        })),
        Err(why) => {
            tracing::warn!(source.url = %snapshot.capture.source_url, "a baseline cannot be read: {why}");
            None
        }
    }
}
