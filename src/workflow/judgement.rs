//! Judges what a visit brought, once for each citation of its source.

use std::collections::HashMap;
use std::sync::Arc;

use crate::archive::archive::Archive;
use crate::catalog::error::CatalogError;
use crate::catalog::records::{CheckRecord, HeldCapture, HeldCitation, JudgedCheck, Mark, Source};
use crate::content::decode::Limits;
use crate::content::page::{self, Answer, Page};
use crate::judge::case::{Case, CaseBaseline, Exhibit};
use crate::judge::{judge, precedent, unfit};
use crate::model::ids::{CaptureId, CitationId};
use crate::model::time::Timestamp;
use crate::model::verdict::{Baseline, State, Verdict};
use crate::model::visit::Visit;
use crate::workflow::baseline::{self, Choice};
use crate::workflow::tools::Tools;

/// Who holds a baseline that is our own snapshot.
const OWN: &str = "own";

/// What was made of a visit: to be recorded with its check.
#[derive(Debug, Default)]
pub struct Judged {
    /// The verdicts on the source's citations.
    pub verdicts: Vec<(CitationId, Verdict)>,
    /// What was seen of the capture; `None` where there is none.
    pub mark: Option<Mark>,
}

impl Judged {
    /// With the check that it is about.
    pub fn of(self, check: CheckRecord) -> JudgedCheck {
        JudgedCheck {
            check,
            verdicts: self.verdicts,
            mark: self.mark,
        }
    }
}

/// Judges every citation of the source by this visit. Works the processor and reads the disk: call
/// it on a thread that may block.
pub fn judge_citations(
    tools: &Tools,
    source: &Source,
    visit: &Visit,
) -> Result<Judged, CatalogError> {
    let catalog = tools.catalog.as_ref();
    let now = (tools.clock)();
    let mut heard = Vec::new();
    for held in catalog.citations_of_source(source.id)? {
        heard.push(Heard::of(tools, source, held)?);
    }
    if let Some(judged) = by_precedent(tools, source, visit, &heard, now)? {
        return Ok(judged);
    }
    let page = visit.answer().map(|hop| {
        page::read(&Answer {
            url: &hop.url,
            headers: &hop.headers,
            body: &hop.body.bytes,
            limits: tools.page_limits,
        })
    });
    let mut pages = BaselinePages::new(&tools.archive, tools.page_limits);
    let verdicts: Vec<_> = heard
        .iter()
        .map(|heard| {
            let held = heard
                .chosen
                .as_ref()
                .and_then(|choice| pages.of(&choice.snapshot, visit, page.as_ref()));
            let case = heard.case(visit, (page.as_ref(), held), now);
            (heard.held.id, judge(&case, &tools.policy))
        })
        .collect();
    // What one citation shows to be another page, or a wall, is no baseline for the others.
    let is_elsewhere = verdicts
        .iter()
        .any(|(_, verdict)| verdict.state.needs_confirmation() || verdict.state == State::Blocked);
    let mark = visit.answer().zip(page.as_ref()).map(|(hop, page)| Mark {
        is_snapshot: !is_elsewhere
            && unfit(&Exhibit {
                asked: &source.url,
                answered: &hop.url,
                status: hop.status,
                headers: &hop.headers,
                page,
            })
            .is_none(),
        text_sha256: page.text_sha256,
    });
    Ok(Judged { verdicts, mark })
}

/// A citation with what is known of it before the page is read.
struct Heard {
    held: HeldCitation,
    chosen: Option<Choice>,
    earlier: Option<Verdict>,
}

impl Heard {
    fn of(tools: &Tools, source: &Source, held: HeldCitation) -> Result<Self, CatalogError> {
        let catalog = tools.catalog.as_ref();
        let accessed = held.citation.accessed.as_ref();
        let accessed = accessed.map(|accessed| accessed.date);
        let window = tools.policy.baseline_window;
        Ok(Self {
            chosen: baseline::nearest(catalog, source.id, accessed, window)?,
            earlier: catalog.last_verdict(held.id)?,
            held,
        })
    }

    /// The case, with the page and the baseline's where they were read.
    fn case<'a>(
        &'a self,
        visit: &'a Visit,
        (page, baseline_page): (Option<&'a Page>, Option<&'a Page>),
        now: Timestamp,
    ) -> Case<'a> {
        Case {
            citation: &self.held.citation,
            visit,
            page,
            baseline: self.chosen.as_ref().map(|choice| CaseBaseline {
                baseline: Baseline {
                    captured_at: choice.snapshot.capture.captured_at,
                    from: OWN.to_owned(),
                    url: choice.snapshot.capture.url.to_string(),
                },
                payload_sha256: choice.snapshot.capture.payload_sha256,
                page: baseline_page,
                is_within_window: choice.is_within_window,
                is_provisional: !choice.is_within_window,
            }),
            earlier: self.earlier.as_ref(),
            now,
        }
    }
}

/// The verdicts that stand, where every one of them was made on the same facts, and the mark of the
/// newest snapshot, where it holds the same payload under the same status and address.
fn by_precedent(
    tools: &Tools,
    source: &Source,
    visit: &Visit,
    heard: &[Heard],
    now: Timestamp,
) -> Result<Option<Judged>, CatalogError> {
    let Some(answer) = visit.answer().filter(|_| !heard.is_empty()) else {
        return Ok(None);
    };
    let follow = |heard: &Heard| {
        let verdict = precedent::follow(&heard.case(visit, (None, None), now), &tools.policy)?;
        Some((heard.held.id, verdict))
    };
    let Some(verdicts) = heard.iter().map(follow).collect() else {
        return Ok(None);
    };
    let latest = tools.catalog.latest_snapshot(source.id)?;
    Ok(latest
        .filter(|latest| {
            latest.capture.payload_sha256 == answer.body.sha256
                && latest.capture.status == answer.status
                && latest.capture.url == answer.url
        })
        .map(|latest| Judged {
            verdicts,
            mark: Some(Mark {
                is_snapshot: true,
                text_sha256: latest.text_sha256,
            }),
        }))
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
