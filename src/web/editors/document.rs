//! `/documents/ID`: one text that cites, as its author sees it: its notes in order, and the text with the
//! citations marked in place.

use std::collections::HashMap;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State as Held};
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;
use tokio::task::spawn_blocking;

use crate::catalog::error::CatalogError;
use crate::catalog::records::{CurrentVerdict, Document, HeldCitation};
use crate::model::citation::Citation;
use crate::model::ids::{CitationId, DocumentId, SourceId};
use crate::model::verdict::{State, Verdict};
use crate::report::entry;
use crate::report::html::link;
use crate::report::visible::{is_hidden, visible, visible_exact};
use crate::report::wording::{tone, wording};
use crate::web::desk::{Desk, Needs, Place, row};
use crate::web::error::Fault;
use crate::web::page::{self, Tab};
use crate::web::session::Reader;
use crate::workflow::document_text::{self, DocumentText, Part};

/// So many notes are on a page.
const ROWS: usize = 200;

/// The address.
pub fn places() -> Vec<Place> {
    vec![Place::new("/documents/{id}", Needs::Sight, get(document))]
}

/// Which of its notes are asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// The position behind which they go on.
    after: Option<i64>,
}

async fn document(
    Held(desk): Held<Desk>,
    reader: Reader,
    Path(id): Path<String>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Fault> {
    let id = DocumentId(row(&id)?);
    let after = asked
        .ok()
        .and_then(|Query(asked)| asked.after)
        .unwrap_or(-1);
    let sight = reader.sight.clone();
    let found = desk
        .ask(move |catalog| {
            let Some(document) = catalog.document_seen(&sight, id)? else {
                return Ok::<_, CatalogError>(None);
            };
            let limit = u32::try_from(ROWS + 1).unwrap_or(u32::MAX);
            let notes = catalog.notes_of(id, after, limit)?;
            let cited = catalog.citations_of(id)?;
            Ok(Some((document, notes, cited)))
        })
        .await?;
    let (document, mut notes, cited) = found.ok_or(Fault::NotFound)?;
    let tools = desk.tools()?;
    let (text, document, cited) = spawn_blocking(move || {
        let text = document_text::read(&document, &cited, tools.max_document_bytes);
        (text, document, cited)
    })
    .await
    .map_err(|why| Fault::Broken(why.to_string()))?;
    let has_more = notes.len() > ROWS;
    notes.truncate(ROWS);
    let next = notes.last().filter(|_| has_more).map(|(at, _)| *at);
    let confirm_checks = desk.terms()?.confirm_checks;
    let body = html! {
        (facts(&document))
        section {
            h2 { "Notes" }
            (list(&notes, confirm_checks, matches!(text, DocumentText::Here(_))))
            nav.pager aria-label="Pages of notes" {
                @if after >= 0 { a href={ "/documents/" (id) } { "To the beginning" } }
                @if let Some(next) = next {
                    a rel="next" href={ "/documents/" (id) "?after=" (next) } { "Next " (ROWS) }
                }
            }
        }
        section id="text" { h2 { "The text" } (shown(&document, &text, &marked(&cited, &notes))) }
    };
    let title = page::short(&document.path);
    Ok(page::page(&reader, title, Some(Tab::Documents), body))
}

fn facts(document: &Document) -> Markup {
    html! {
        dl {
            dt { "Where it is" } dd.url { @if document.path.contains("://") { (link(&document.path)) } @else { (visible(&document.path)) } }
            @if let Some(place) = &document.place { dt { "Place" } dd { (visible(place)) } }
            dt { "Last read" } dd { (page::moment(document.read_at)) }
            @if let Some(gone_at) = document.gone_at {
                dt { "Gone" } dd { "It was found to be there no more on " (page::day(gone_at)) "." }
            }
        }
    }
}

fn list(notes: &[(i64, CurrentVerdict)], confirm_checks: u32, is_text_here: bool) -> Markup {
    html! {
        @if notes.is_empty() { p { "It cites nothing." } }
        @else {
            div.scroll { table.stack data-list {
                thead {
                    tr {
                        th scope="col" { "Note" }
                        th scope="col" { "Source" }
                        th scope="col" { "State" }
                        th scope="col" { "Author looked" }
                        th scope="col" { "Baseline" }
                        th scope="col" { "Why" }
                    }
                }
                tbody {
                    @for (_, note) in notes { (row_of(note, confirm_checks, is_text_here)) }
                }
            } }
        }
    }
}

fn row_of(note: &CurrentVerdict, confirm_checks: u32, is_text_here: bool) -> Markup {
    let (held, citation) = (&note.cited, &note.cited.citation);
    html! {
        tr data-row id={ "n" (held.id) } {
            th scope="row" {
                (label(citation))
                @if is_text_here {
                    " " a.faint.whole href={ "#c" (held.id) } aria-label={ "In the text: " (label(citation)) } { "line " (citation.place.line) }
                } @else { " " span.faint.whole { "line " (citation.place.line) } }
            }
            td.roomy data-label="Source" {
                @match held.source {
                    Some(source) => a href={ "/sources/" (source) "#c" (held.id) } { (entry::title(citation)) },
                    None => (entry::title(citation)),
                }
                @if let Some(url) = &citation.url { div.faint.url { (visible(&url.url)) } }
            }
            td data-label="State" { (standing(citation, note.verdict.as_ref(), confirm_checks)) }
            td data-label="Author looked" {
                @match &citation.accessed {
                    Some(accessed) => { time datetime=(accessed.date) { (accessed.date) } @if accessed.is_ambiguous { span.faint { " or the other way round" } } },
                    None => span.faint { "not said" },
                }
            }
            td data-label="Baseline" {
                @match note.verdict.as_ref().and_then(|verdict| verdict.baseline.as_ref()) {
                    Some(baseline) => {
                        (page::day(baseline.captured_at))
                        @if baseline.from != "own" { div.faint { (visible(&baseline.from)) } }
                    },
                    None => span.faint { "none" },
                }
            }
            td data-label="Why" { (sentence(citation, note.verdict.as_ref())) }
        }
    }
}

/// The note's label, or its line without one.
pub fn label(citation: &Citation) -> String {
    match &citation.note {
        Some(note) => visible(note).into_owned(),
        None => "–".to_owned(),
    }
}

/// The state with its confirmation, or why there is none.
pub fn standing(citation: &Citation, verdict: Option<&Verdict>, confirm_checks: u32) -> Markup {
    html! {
        @match verdict {
            Some(verdict) => span class={ "state " (tone(verdict.state)) } {
                span.mark aria-hidden="true" { (page::mark(verdict.state)) } " " (entry::label(verdict, confirm_checks))
            },
            None if citation.url.is_none() => span.faint { "no URL" },
            None if citation.broken_address().is_some() => span.state.bad { (entry::UNWATCHABLE) },
            None => span.state { "not judged yet" },
        }
    }
}

/// Why it is in this state, in a sentence.
pub fn sentence(citation: &Citation, verdict: Option<&Verdict>) -> String {
    match verdict {
        Some(verdict) => {
            let words = wording(verdict.state, verdict.severity);
            let reason = verdict.reason().filter(|reason| !reason.trim().is_empty());
            visible(reason.unwrap_or(words.meaning)).into_owned()
        }
        None if citation.url.is_none() => "There is no URL to visit.".to_owned(),
        None => match citation.broken_address() {
            Some(why) => visible(&why).into_owned(),
            None => "It waits for its first visit.".to_owned(),
        },
    }
}

/// What is known of a citation where it is marked in the text.
struct Marked {
    source: Option<SourceId>,
    state: Option<State>,
}

/// The citations of a document; their states as far as their notes are on this page.
fn marked(cited: &[HeldCitation], notes: &[(i64, CurrentVerdict)]) -> HashMap<CitationId, Marked> {
    let mut marked: HashMap<_, _> = cited
        .iter()
        .map(|held| {
            let source = held.source;
            (
                held.id,
                Marked {
                    source,
                    state: None,
                },
            )
        })
        .collect();
    for (_, note) in notes {
        if let Some(marked) = marked.get_mut(&note.cited.id) {
            marked.state = note.verdict.as_ref().map(|verdict| verdict.state);
        }
    }
    marked
}

fn shown(document: &Document, text: &DocumentText, marked: &HashMap<CitationId, Marked>) -> Markup {
    html! {
        @match text {
            DocumentText::Here(parts) => {
                p.faint { "As it is in the file. Each marked address leads to its source." }
                div.text { @for part in parts { (stretch(part, marked)) } }
            },
            DocumentText::OnTheWeb => p { "It is a page on the web: " (link(&document.path)) },
            DocumentText::Changed => p { "The file is not the one that was read on " (page::moment(document.read_at)) "; the next reading will find what changed." },
            DocumentText::Unreadable(why) => p { "It cannot be shown: " (visible(why)) "." },
        }
    }
}

fn stretch(part: &Part, marked: &HashMap<CitationId, Marked>) -> Markup {
    let known = part.citation.and_then(|id| Some((id, marked.get(&id)?)));
    let Some((id, marked)) = known else {
        return html! {
            @if part.is_reference { span.reference { (lines(&part.text)) } }
            @else { (lines(&part.text)) }
        };
    };
    html! {
        mark.cited.(marked.state.map_or("", tone)) id={ "c" (id) } {
            @match marked.source {
                Some(source) => a href={ "/sources/" (source) "#c" (id) } { (lines(&part.text)) },
                None => (lines(&part.text)),
            }
        }
        @if let Some(state) = marked.state {
            a.tag.state.(tone(state)) href={ "#n" (id) } title="To its note" {
                span aria-hidden="true" { (page::mark(state)) " " } (wording(state, None).name)
            }
        }
    }
}

/// Text of several lines, with what acts instead of being seen written out.
pub fn lines(text: &str) -> Markup {
    html! {
        @for (at, line) in text.split('\n').enumerate() {
            @if at > 0 { "\n" }
            (visible_line(line))
        }
    }
}

/// A line as it is, its spaces kept.
fn visible_line(line: &str) -> String {
    let line = line.strip_suffix('\r').unwrap_or(line);
    let mut shown = String::with_capacity(line.len());
    for c in line.chars() {
        if is_hidden(c) && c != '\t' {
            shown += &visible_exact(c.encode_utf8(&mut [0; 4]));
        } else {
            shown.push(c);
        }
    }
    shown
}
