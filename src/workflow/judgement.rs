//! Judges what a visit brought, once for each citation of its source.

use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap};

use crate::catalog::error::CatalogError;
use crate::catalog::records::{
    CheckRecord, HeldCapture, HeldCitation, JudgedCheck, Mark, NextCheck, Source,
};
use crate::content::page::{Answer, Page};
use crate::judge::case::{Case, CaseBaseline, Exhibit, Nowhere, Others, SecondClient};
use crate::judge::{judge, known_wall, lesson, precedent, unfit};
use crate::model::capture::HeldBy;
use crate::model::digest::Sha256;
use crate::model::host::HostWall;
use crate::model::ids::{CaptureId, CitationId};
use crate::model::lesson::Lesson;
use crate::model::review::Acceptance;
use crate::model::time::Timestamp;
use crate::model::url::TargetUrl;
use crate::model::verdict::{Baseline, State, Verdict};
use crate::model::visit::Visit;
use crate::workflow::baseline::{self, Choice};
use crate::workflow::doubts::{self, Doubt};
use crate::workflow::looks::{Look, Looks};
use crate::workflow::next_check::Finding;
use crate::workflow::tools::Tools;
use crate::workflow::{conditional, mementos, other_pages, page_reading};

/// Who holds a baseline that is our own snapshot.
const OWN: &str = "own";

/// What was made of a visit: to be recorded with its check.
#[derive(Debug, Default)]
pub struct Judged {
    /// The verdicts on the source's citations.
    pub verdicts: Vec<(CitationId, Verdict)>,
    /// What was seen of the capture; `None` where there is none.
    pub mark: Option<Mark>,
    /// The same of the second visit's.
    pub mark_again: Option<Mark>,
    /// Whether the visit as a browser asks was given what a snapshot can be.
    pub mark_second: Option<Mark>,
    /// Why it is to be looked again before this is recorded.
    pub doubts: BTreeSet<Doubt>,
    /// The wall of the host that was met.
    pub wall: Option<HostWall>,
    /// What it comes to for the question when to look again.
    pub finding: Finding,
}

impl Judged {
    /// What is made of a visit that says nothing of its source.
    pub fn nothing() -> Self {
        Self {
            finding: Finding::Nothing,
            ..Self::default()
        }
    }

    /// The same of a visit of which nobody knows when it was made: what it brought is looked at, and no
    /// verdict rests on it.
    #[must_use]
    pub fn untimely(self) -> Self {
        Self {
            verdicts: Vec::new(),
            finding: Finding::NoTime,
            ..self
        }
    }

    /// Whether the source was there for one of its citations.
    pub fn is_there(&self) -> bool {
        let mut states = self.verdicts.iter().map(|(_, verdict)| verdict.state);
        states.any(|state| matches!(state, State::Ok | State::Moved))
    }

    /// With the check that it is about, the visit that this was, and the next one.
    pub fn of(self, check: CheckRecord, visit: &Visit, next: NextCheck) -> JudgedCheck {
        JudgedCheck {
            check,
            verdicts: self.verdicts,
            mark: self.mark,
            next: Some(next),
            validators: conditional::of(visit),
        }
    }

    /// With the check that a look was: it says nothing by itself.
    pub fn of_look(&self, (look, check): (Look, CheckRecord)) -> JudgedCheck {
        JudgedCheck {
            check,
            verdicts: Vec::new(),
            mark: match look {
                Look::Again => self.mark_again,
                Look::Second => self.mark_second,
            },
            next: None,
            validators: None,
        }
    }
}

/// Pages that were read for a judgement: what is judged again, with more seen, reads them no second time.
#[derive(Default)]
pub struct PagesRead {
    /// The visit's own; the inner `None` where it brought none.
    own: OnceCell<Option<Page>>,
    /// The baselines'.
    of_baselines: HashMap<CaptureId, Option<Page>>,
    around: Option<PagesAround>,
}

/// Pages that show what of a changed page is not its text.
struct PagesAround {
    /// Other pages of the site.
    of_site: Vec<Page>,
    /// What the source itself said earlier.
    earlier: Vec<Page>,
}

/// Judges every citation of the source by this visit, and by what was seen when it was looked again.
/// Works the processor and reads the disk: call
/// it on a thread that may block. `read_before` is of this visit and of no other.
pub fn judge_citations(
    tools: &Tools,
    source: &Source,
    visit: &Visit,
    looks: &Looks,
    read_before: &mut PagesRead,
) -> Result<Judged, CatalogError> {
    let catalog = tools.catalog.as_ref();
    let now = (tools.clock)();
    let mut heard = Vec::new();
    for held in catalog.citations_of_source(source.id)? {
        heard.push(Heard::of(tools, source, held)?);
    }
    let lessons = match visit.answer() {
        Some(answer) => catalog.lessons_of(&answer.url.authority())?,
        None => Vec::new(),
    };
    if let Some(judged) = by_precedent(tools, source, visit, (&heard, &lessons), now)? {
        return Ok(judged);
    }
    let PagesRead {
        own,
        of_baselines,
        around,
    } = read_before;
    let page = own.get_or_init(|| read(tools, visit)).as_ref();
    let mut others = OtherPages {
        again: looks.again.as_ref().and_then(|visit| read(tools, visit)),
        second: looks.second.as_ref().and_then(|visit| read(tools, visit)),
        nowhere: looks.nowhere.as_ref().and_then(|visit| read(tools, visit)),
        home: looks.home.as_ref().and_then(|visit| read(tools, visit)),
        around: None,
    };
    let mut pages = BaselinePages {
        tools,
        read: of_baselines,
    };
    let mut judge_all = |others: &OtherPages<'_>| -> Vec<(CitationId, Verdict)> {
        let judge_one = |heard: &Heard| {
            let held = heard
                .chosen
                .as_ref()
                .and_then(|choice| pages.of(&choice.snapshot, visit, page));
            let case = Case {
                others: others.of(source, looks),
                ..heard.case(visit, (page, held), &lessons, now)
            };
            (heard.held.id, judge(&case, &tools.policy))
        };
        heard.iter().map(judge_one).collect()
    };
    let mut verdicts = judge_all(&others);
    let is_changed = |verdict: &Verdict| verdict.state == State::Changed;
    if verdicts.iter().any(|(_, verdict)| is_changed(verdict)) {
        if around.is_none() {
            let earlier = heard.iter().map(|heard| heard.earlier.as_ref());
            *around = Some(PagesAround {
                of_site: other_pages::of_site(tools, source)?,
                earlier: other_pages::of_history(tools, source, visit, earlier)?,
            });
        }
        others.around = around.as_ref();
        if others.has_any() {
            verdicts = judge_all(&others);
        }
    }
    let doubts = if looks.are_done {
        BTreeSet::new()
    } else {
        let pairs = verdicts.iter().zip(&heard);
        let pairs = pairs.map(|((_, verdict), heard)| (verdict, heard.earlier.as_ref()));
        doubts::of(visit, pairs)
    };
    // What one citation shows to be another page, or a wall, is no baseline for the others.
    let is_elsewhere = verdicts.iter().any(|(_, verdict)| {
        verdict.state.needs_confirmation()
            || matches!(verdict.state, State::Blocked | State::Unreachable)
    });
    let mark = |visit: &Visit, page: Option<&Page>| {
        let mark = mark(source, visit, page?, &lessons)?;
        Some(Mark {
            is_snapshot: mark.is_snapshot && !is_elsewhere,
            ..mark
        })
    };
    Ok(Judged {
        finding: finding(&verdicts, &heard),
        mark: mark(visit, page),
        mark_again: (looks.again.as_ref()).and_then(|again| mark(again, others.again.as_ref())),
        wall: page.and_then(|page| {
            let mut verdicts = verdicts.iter();
            verdicts.find_map(|(_, verdict)| known_wall::met(visit, page, verdict))
        }),
        // A wall before us says nothing of what another was given.
        mark_second: (looks.second.as_ref().zip(others.second.as_ref()))
            .and_then(|(second, page)| self::mark(source, second, page, &[])),
        verdicts,
        doubts,
    })
}

fn finding(verdicts: &[(CitationId, Verdict)], heard: &[Heard]) -> Finding {
    let before = heard.iter().map(|heard| heard.earlier.as_ref());
    Finding::of(verdicts.iter().zip(before))
}

/// The verdicts on a source's citations, if every one of them was made on the answer with this digest
/// and nothing else has come to be known since. Reads the catalog.
pub fn standing(
    tools: &Tools,
    source: &Source,
    answer: Sha256,
    now: Timestamp,
) -> Result<Option<Judged>, CatalogError> {
    let not_yet = Visit {
        source: source.url.clone(),
        started_at: now,
        hops: Vec::new(),
        failure: None,
        retried_after: Vec::new(),
    };
    // Only an answer without a detour is asked for so.
    let lessons = tools.catalog.lessons_of(&source.url.authority())?;
    let mut verdicts = Vec::new();
    let mut all_heard = Vec::new();
    for held in tools.catalog.citations_of_source(source.id)? {
        let heard = Heard::of(tools, source, held)?;
        let case = heard.case(&not_yet, (None, None), &lessons, now);
        let Some(verdict) = precedent::stand(&case, &tools.policy, answer) else {
            return Ok(None);
        };
        verdicts.push((heard.held.id, verdict));
        all_heard.push(heard);
    }
    if verdicts.is_empty() {
        return Ok(None);
    }
    Ok(Some(Judged {
        finding: finding(&verdicts, &all_heard),
        verdicts,
        ..Judged::default()
    }))
}

fn read(tools: &Tools, visit: &Visit) -> Option<Page> {
    let hop = visit.answer()?;
    let answer = Answer {
        url: &hop.url,
        headers: &hop.headers,
        body: &hop.body.bytes,
        limits: tools.page_limits,
    };
    Some(page_reading::read(&answer, &tools.pdf_reader))
}

fn exhibit<'a>(source: &'a Source, visit: &'a Visit, page: &'a Page) -> Option<Exhibit<'a>> {
    let hop = visit.answer()?;
    Some(Exhibit {
        asked: &source.url,
        answered: &hop.url,
        status: hop.status,
        headers: &hop.headers,
        page,
    })
}

fn mark(source: &Source, visit: &Visit, page: &Page, lessons: &[Lesson]) -> Option<Mark> {
    let exhibit = exhibit(source, visit, page)?;
    Some(Mark {
        is_snapshot: unfit(&exhibit).is_none() || lesson::is_source(lessons, &exhibit),
        text_sha256: page.text_sha256,
    })
}

/// Pages beside the one that is judged.
struct OtherPages<'r> {
    again: Option<Page>,
    second: Option<Page>,
    nowhere: Option<Page>,
    home: Option<Page>,
    /// Only where the page seems to have changed.
    around: Option<&'r PagesAround>,
}

impl OtherPages<'_> {
    fn has_any(&self) -> bool {
        self.around
            .is_some_and(|it| !it.of_site.is_empty() || !it.earlier.is_empty())
    }

    fn of<'a>(&'a self, source: &'a Source, looks: &'a Looks) -> Others<'a> {
        let again = looks.again.as_ref().zip(self.again.as_ref());
        let around = |which: fn(&PagesAround) -> &Vec<Page>| -> Vec<&'a Page> {
            self.around.map(which).into_iter().flatten().collect()
        };
        Others {
            // A wall or an error says nothing of what varies.
            again: again
                .filter(|(visit, page)| {
                    mark(source, visit, page, &[]).is_some_and(|it| it.is_snapshot)
                })
                .map(|(_, page)| page),
            of_site: around(|around| &around.of_site),
            nowhere: answered(looks.nowhere.as_ref(), self.nowhere.as_ref()),
            home: answered(looks.home.as_ref(), self.home.as_ref()),
            earlier: around(|around| &around.earlier),
            second: (looks.second.as_ref())
                .and_then(|visit| exhibit(source, visit, self.second.as_ref()?))
                .map(|exhibit| SecondClient {
                    exhibit,
                    ours_again: (looks.again.as_ref().and_then(Visit::answer))
                        .map(|answer| answer.status),
                }),
            listed: looks.listed.as_ref(),
            domain: looks.domain.as_ref(),
            wall: looks.wall.as_ref(),
        }
    }
}

fn answered<'a>(visit: Option<&'a Visit>, page: Option<&'a Page>) -> Option<Nowhere<'a>> {
    let visit = visit?;
    Some(Nowhere {
        url: &visit.source,
        status: visit.answer()?.status,
        page: page?,
    })
}

/// A citation with what is known of it before the page is read.
struct Heard {
    held: HeldCitation,
    chosen: Option<Choice>,
    accepted: Option<Acceptance>,
    made_of: Option<TargetUrl>,
    earlier: Option<Verdict>,
    archives_not_known: Option<String>,
}

fn held_by(snapshot: &HeldCapture) -> Option<&HeldBy> {
    snapshot.capture.held_by.as_ref()
}

impl Heard {
    fn of(tools: &Tools, source: &Source, held: HeldCitation) -> Result<Self, CatalogError> {
        let catalog = tools.catalog.as_ref();
        let accessed = held.citation.accessed.as_ref();
        let accessed = accessed.map(|accessed| accessed.date);
        let window = tools.policy.baseline_window;
        let lookup = match accessed {
            Some(date) if tools.archives.is_some() => catalog.lookup(source.id, date)?,
            _ => None,
        };
        let accepted = catalog.accepted_baseline(held.id)?;
        let (chosen, accepted) = match accepted {
            Some((snapshot, accepted)) => {
                let choice = Choice {
                    snapshot,
                    is_within_window: false,
                };
                (Some(choice), Some(accepted))
            }
            None => (
                baseline::nearest(catalog, source.id, accessed, window)?,
                None,
            ),
        };
        let is_settled =
            accepted.is_some() || chosen.as_ref().is_some_and(|it| it.is_within_window);
        Ok(Self {
            archives_not_known: lookup
                .filter(|_| !is_settled)
                .and_then(|lookup| lookup.not_known),
            made_of: (chosen.as_ref())
                .and_then(|choice| mementos::made_of(&choice.snapshot.capture)),
            chosen,
            accepted,
            earlier: catalog.last_verdict(held.id)?,
            held,
        })
    }

    /// The case, with the page and the baseline's where they were read.
    fn case<'a>(
        &'a self,
        visit: &'a Visit,
        (page, baseline_page): (Option<&'a Page>, Option<&'a Page>),
        lessons: &'a [Lesson],
        now: Timestamp,
    ) -> Case<'a> {
        Case {
            citation: &self.held.citation,
            visit,
            page,
            baseline: self.chosen.as_ref().map(|choice| CaseBaseline {
                baseline: Baseline {
                    captured_at: choice.snapshot.capture.captured_at,
                    from: held_by(&choice.snapshot)
                        .map_or(OWN, |it| &it.archive)
                        .to_owned(),
                    url: held_by(&choice.snapshot).map_or_else(
                        || choice.snapshot.capture.url.to_string(),
                        |it| it.url.clone(),
                    ),
                },
                payload_sha256: choice.snapshot.capture.payload_sha256,
                page: baseline_page,
                is_within_window: choice.is_within_window,
                is_provisional: !choice.is_within_window
                    && held_by(&choice.snapshot).is_none()
                    && self.accepted.is_none(),
                accepted: self.accepted.as_ref(),
                is_raw: held_by(&choice.snapshot).is_none_or(mementos::is_as_captured),
                made_of: self.made_of.as_ref(),
            }),
            earlier: self.earlier.as_ref(),
            others: Others::default(),
            lessons,
            archives_not_known: self.archives_not_known.as_deref(),
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
    (heard, lessons): (&[Heard], &[Lesson]),
    now: Timestamp,
) -> Result<Option<Judged>, CatalogError> {
    let Some(answer) = visit.answer().filter(|_| !heard.is_empty()) else {
        return Ok(None);
    };
    let follow = |heard: &Heard| {
        let verdict = precedent::follow(
            &heard.case(visit, (None, None), lessons, now),
            &tools.policy,
        )?;
        Some((heard.held.id, verdict))
    };
    let Some(verdicts) = heard.iter().map(follow).collect::<Option<Vec<_>>>() else {
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
            finding: finding(&verdicts, heard),
            verdicts,
            mark: Some(Mark {
                is_snapshot: true,
                text_sha256: latest.text_sha256,
            }),
            mark_again: None,
            mark_second: None,
            doubts: BTreeSet::new(),
            wall: None,
        }))
}

/// Baselines read back from the archive: each once, and only when the payload is another than the
/// visit's, since the same bytes say the same.
struct BaselinePages<'a> {
    tools: &'a Tools,
    read: &'a mut HashMap<CaptureId, Option<Page>>,
}

impl BaselinePages<'_> {
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
        let tools = self.tools;
        self.read
            .entry(snapshot.id)
            .or_insert_with(|| other_pages::read_again(tools, snapshot))
            .as_ref()
    }
}
