//! `/documents/ID/restore`: for each citation that is broken its copies, the best first; the note with the
//! one that was picked; and the document or a patch, to be taken away or written.
//!
//! Everything that somebody picks stands in the address, so that it works without JavaScript, can be gone
//! back to, and is the same for what is shown, downloaded and written.

use std::collections::BTreeMap;

use axum::extract::{Path, RawForm, RawQuery, State as Held};
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use maud::{Markup, html};
use tokio::task::spawn_blocking;

use crate::catalog::accounts::{Role, Sight};
use crate::catalog::records::Document;
use crate::model::digest::Sha256;
use crate::model::ids::{CitationId, DocumentId};
use crate::report::patch;
use crate::report::visible::visible;
use crate::web::desk::{Desk, Needs, Place, row};
use crate::web::error::{self, Fault};
use crate::web::page;
use crate::web::session::{Reader, see_other};
use crate::workflow::copies::{Copy, Holds};
use crate::workflow::patched::{self, Patched, Piece};
use crate::workflow::restore::{Answer, Asked, Chosen, Outcome, Pick, Plan, RestoreError};
use crate::workflow::restoring;

/// The addresses.
pub fn places() -> Vec<Place> {
    let sight = |path, methods| Place::new(path, Needs::Sight, methods);
    let editor = |path, methods| Place::new(path, Needs::Role(Role::Editor), methods);
    vec![
        sight("/restore", get(of_citation)),
        sight("/documents/{id}/restore", get(shown)),
        sight("/documents/{id}/restore/patch", get(as_patch)),
        sight("/documents/{id}/restore/document", get(as_document)),
        editor("/documents/{id}/restore/apply", post(apply)),
        editor("/documents/{id}/restore/undo", post(undo)),
    ]
}

/// The field of the one citation that is asked for.
const CITATION: &str = "citation";

/// What the field of a pick begins with; the citation's row follows.
const PICK: &str = "pick.";

/// And of an address that a person types in.
const OTHER: &str = "other.";

/// The value of a pick that leaves the citation as it is.
const LEAVE: &str = "leave";

/// The value of a pick that means what is typed.
const TYPED: &str = "typed";

/// What a query or a form asks for, and what of it cannot be meant.
#[derive(Debug, Default)]
pub struct Request {
    /// What is asked.
    pub asked: Asked,
    /// What is wrong with the copies that were typed in.
    pub faults: BTreeMap<CitationId, String>,
    /// The digest of the document that was seen.
    seen: Option<Sha256>,
    /// What is asked, as fields, without what only a form has.
    fields: Vec<(String, String)>,
}

impl Request {
    /// Reads fields as a form sends them.
    pub fn read(fields: &[u8]) -> Self {
        let mut request = Self::default();
        let mut typed: BTreeMap<CitationId, String> = BTreeMap::new();
        let mut wants_typed = Vec::new();
        for (name, value) in url::form_urlencoded::parse(fields) {
            let row = |text: &str| text.parse().ok().map(CitationId);
            if name == CITATION {
                request.asked.citation = row(&value);
            } else if name == "sha256" {
                request.seen = value.parse().ok();
                continue;
            } else if let Some(id) = name.strip_prefix(PICK).and_then(row) {
                match &*value {
                    LEAVE => drop(request.asked.picks.insert(id, Pick::Leave)),
                    TYPED => wants_typed.push(id),
                    _ => request.pick(id, &value),
                }
            } else if let Some(id) = name.strip_prefix(OTHER).and_then(row) {
                typed.insert(id, value.trim().to_owned());
            } else {
                continue;
            }
            request.fields.push((name.into_owned(), value.into_owned()));
        }
        for (id, text) in typed {
            if wants_typed.contains(&id) && !text.is_empty() {
                request.pick(id, &text);
            }
        }
        request
    }

    fn pick(&mut self, id: CitationId, text: &str) {
        match text.parse::<Chosen>() {
            Ok(chosen) => drop(self.asked.picks.insert(id, Pick::Copy(chosen))),
            Err(why) => drop(self.faults.insert(id, why.to_string())),
        }
    }

    fn field(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().find(|(it, _)| it == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The same as a query.
    fn query(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.fields);
        query.finish()
    }
}

impl From<RestoreError> for Fault {
    fn from(why: RestoreError) -> Self {
        match why {
            RestoreError::Catalog(why) => Self::Broken(error::in_words(&why)),
            other => Self::Unusable(format!("{}.", error::in_words(&other))),
        }
    }
}

/// A plan, and what else a page needs.
pub struct Planned {
    /// The document.
    pub document: Document,
    /// The plan, or why there is none.
    pub plan: Result<(Plan, Vec<Patched>), RestoreError>,
    /// Whether it may be written from here.
    pub is_writable: bool,
    /// Who wrote it last from here, and when, if that was not taken back.
    pub last_writing: Option<(String, crate::model::time::Timestamp)>,
}

/// Plans for somebody, on a thread that may block. Reading copies takes its time: only some at a time do.
pub async fn planned(
    desk: &Desk,
    sight: Sight,
    id: DocumentId,
    asked: Asked,
) -> Result<Planned, Fault> {
    let turn = desk.turns().acquire().await;
    let turn = turn.map_err(|why| Fault::Broken(why.to_string()))?;
    let (tools, settings, now) = (desk.tools()?, desk.settings()?, desk.now());
    let done = spawn_blocking(move || {
        let document = tools.catalog.document_seen(&sight, id)?;
        let document = document.ok_or(Fault::NotFound)?;
        let own = settings.restoring(&document);
        let plan = restoring::plan(&tools, &own, &document, &asked, now).map(|plan| {
            let notes = patched::notes(&plan);
            (plan, notes)
        });
        let plan = match plan {
            Err(RestoreError::Catalog(why)) => return Err(why.into()),
            plan => plan,
        };
        let writings = tools.catalog.writings_of(id, 20)?;
        let last = writings.into_iter().find(|it| it.undone_at.is_none());
        Ok(Planned {
            is_writable: restoring::is_writable(&document, &own.within),
            last_writing: last.map(|it| (it.writing.written_by, it.writing.written_at)),
            document,
            plan,
        })
    });
    let done = done.await.map_err(|why| Fault::Broken(why.to_string()))?;
    drop(turn);
    done
}

async fn of_citation(
    Held(desk): Held<Desk>,
    reader: Reader,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let request = Request::read(query.unwrap_or_default().as_bytes());
    let id = request.asked.citation.ok_or(Fault::NotFound)?;
    let found = desk
        .ask(move |catalog| catalog.citation_seen(&reader.sight, id))
        .await?;
    let document = found.ok_or(Fault::NotFound)?.held.document;
    let to = format!("/documents/{document}/restore?{CITATION}={id}");
    Ok(Redirect::to(&to).into_response())
}

async fn shown(
    Held(desk): Held<Desk>,
    reader: Reader,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let request = Request::read(query.unwrap_or_default().as_bytes());
    let id = DocumentId(row(&id)?);
    let asked = request.asked.clone();
    let planned = planned(&desk, reader.sight.clone(), id, asked).await?;
    let title = format!("Restore {}", page::short(&planned.document.path));
    let body = html! {
        p { a href={ "/documents/" (id) } { "The document" } }
        @match &planned.plan {
            Ok((plan, notes)) => (plan_shown(&reader, &request, &planned, plan, notes)),
            Err(why) => p.fault role="alert" { (visible(&error::in_words(why))) "." },
        }
    };
    Ok(page::page(&reader, &title, None, body))
}

fn plan_shown(
    reader: &Reader,
    request: &Request,
    planned: &Planned,
    plan: &Plan,
    notes: &[Patched],
) -> Markup {
    let here = format!("/documents/{}/restore", plan.document.id);
    let query = request.query();
    let is_one = request.asked.citation.is_some();
    html! {
        @if is_one { p { a href=(here) { "All broken citations of this document" } } }
        @if let Some((by, at)) = &planned.last_writing { (undo_form(reader, planned, &here, by, *at)) }
        @if plan.answers.is_empty() {
            p {
                @if is_one { "This citation is not in the document any more." }
                @else { "No citation of this document is dead, soft 404, parked or changed." }
            }
        } @else {
            form method="get" action=(here) data-submits="" {
                @if let Some(id) = request.asked.citation {
                    input type="hidden" name=(CITATION) value=(id);
                }
                div data-list="" {
                    @for (answer, note) in plan.answers.iter().zip(notes) {
                        (answer_shown(request, answer, note))
                    }
                }
                p { button { "Show with these copies" } }
            }
            section {
                h2 { "The document" }
                @if plan.mended.edits.is_empty() { p { "Nothing would be changed." } }
                @else {
                    p { (plan.mended.edits.len()) " changes; every other byte stays as it is." }
                    div.row {
                        a.button href={ (here) "/document?" (query) } { "Download the document" }
                        a.button href={ (here) "/patch?" (query) } { "Download a patch" }
                        (apply_form(reader, request, planned, plan, &here))
                    }
                }
            }
        }
    }
}

fn undo_form(
    reader: &Reader,
    planned: &Planned,
    here: &str,
    by: &str,
    at: crate::model::time::Timestamp,
) -> Markup {
    html! {
        div.row {
            p { "Copies were written into it by " (visible(by)) " at " (page::moment(at)) "." }
            @if planned.is_writable && reader.may(Role::Editor) {
                form method="post" action={ (here) "/undo" } {
                    (page::token(reader))
                    button data-key="u" { "Take that back" }
                }
            }
        }
    }
}

fn apply_form(
    reader: &Reader,
    request: &Request,
    planned: &Planned,
    plan: &Plan,
    here: &str,
) -> Markup {
    html! {
        @if planned.is_writable && reader.may(Role::Editor) {
            form method="post" action={ (here) "/apply" } {
                (page::token(reader))
                input type="hidden" name="sha256" value=(Sha256::of(&plan.before));
                @for (name, value) in &request.fields {
                    input type="hidden" name=(name) value=(value);
                }
                button { "Write it into the file" }
            }
        }
    }
}

fn answer_shown(request: &Request, answer: &Answer, note: &Patched) -> Markup {
    let held = &answer.cited.cited;
    let (id, citation) = (held.id, &held.citation);
    let verdict = answer.cited.verdict.as_ref();
    let label = match &citation.note {
        Some(note) => format!("Note {note}"),
        None => format!("Line {}", citation.place.line),
    };
    html! {
        section.card data-row="" id={ "c" (id) } {
            h2 { (visible(&label)) ": " (visible(page::name_of(citation))) }
            p {
                @if let Some(verdict) = verdict { (page::state(verdict.state, verdict.severity)) " " }
                @if let Some(url) = &citation.url { span.url { (visible(&url.url)) } }
                @if let Some(accessed) = &citation.accessed { ", seen by the author on " (accessed.date) }
            }
            @if let Some(why) = request.faults.get(&id) { p.fault role="alert" { (visible(why)) "." } }
            @match &answer.outcome {
                Outcome::NotWritten(why) => p { "Nothing is put in: " (visible(&why.to_string())) "." },
                Outcome::NotConfirmed => p {
                    "It was not found so often enough to be sure yet. "
                    a href={ "/restore?" (CITATION) "=" (id) } { "Restore it all the same" }
                },
                Outcome::NoGoodCopy(left) => {
                    p { strong { "No copy is good enough." } " What is left:" }
                    ul { @for it in left { li { (visible(&in_page_words(it))) } } }
                },
                Outcome::Left => p { "It stays as it is." },
                Outcome::Restored(_) => {},
            }
            @if !matches!(answer.outcome, Outcome::NotWritten(_)) || request.field(&format!("{PICK}{id}")).is_some() {
                (choice(request, answer))
            }
            @if note.is_changed() { (changed(id, note)) }
        }
    }
}

/// What the command line calls by its options is a choice here.
fn in_page_words(left: &str) -> String {
    left.replace("--choose URL@YYYY-MM-DD", "write its address and day below")
        .split(": --choose ")
        .next()
        .unwrap_or_default()
        .to_owned()
}

fn choice(request: &Request, answer: &Answer) -> Markup {
    let id = answer.cited.cited.id;
    let name = format!("{PICK}{id}");
    let picked = match &answer.outcome {
        Outcome::Restored(copy) => Some(copy),
        _ => None,
    };
    let is_picked = |copy: &Copy| {
        picked.is_some_and(|it| it.address == copy.address && it.captured_at == copy.captured_at)
    };
    let is_listed = answer.copies.iter().any(&is_picked);
    let typed = request.field(&format!("{OTHER}{id}")).unwrap_or_default();
    html! {
        fieldset {
            legend { "The copy" }
            @for (at, copy) in answer.copies.iter().enumerate() {
                @let own = format!("copy-{id}-{at}");
                div {
                    @match &copy.address {
                        Some(address) => {
                            input id=(own) type="radio" name=(name) value={ (copy.captured_at) " " (address) } checked[is_picked(copy)];
                            label for=(own) { (described(copy)) }
                            div.faint.url { (visible(address)) }
                        },
                        None => {
                            input id=(own) type="radio" name=(name) disabled;
                            label.faint for=(own) { (described(copy)) ", which readers of the document cannot open" }
                        },
                    }
                }
            }
            @if let Some(other) = picked.filter(|_| !is_listed) {
                @let address = other.address.as_deref().unwrap_or_default();
                div {
                    input id={ "typed-now-" (id) } type="radio" name=(name) value={ (other.captured_at) " " (address) } checked;
                    label for={ "typed-now-" (id) } { "The one that was typed in, of " (page::day(other.captured_at)) }
                    div.faint.url { (visible(address)) }
                }
            }
            div {
                input id={ "leave-" (id) } type="radio" name=(name) value=(LEAVE) checked[answer.outcome == Outcome::Left];
                label for={ "leave-" (id) } { "None: leave it as it is" }
            }
            div {
                input id={ "typed-" (id) } type="radio" name=(name) value=(TYPED);
                label for={ "typed-" (id) } { "Another one:" } " "
                input name={ (OTHER) (id) } value=(typed) aria-label="Its address, and the day behind an @" size="40"
                    placeholder="https://…@2020-11-25" data-picks={ "typed-" (id) };
            }
        }
    }
}

fn described(copy: &Copy) -> Markup {
    let whose = copy.archive.as_deref().unwrap_or("our own");
    let days = copy.distance.map(|distance| distance.num_days());
    html! {
        strong { (visible(whose)) } ", " (page::day(copy.captured_at))
        @match days {
            None => ", no access date to be near to",
            Some(0) => ", within a day of the access date",
            Some(days) => { ", " (days) " days from the access date" },
        }
        @match copy.holds {
            Holds::Words => { ", " span.state.good { "holds the words cited" } },
            Holds::Title => { ", " span.state.good { "holds the title cited" } },
            Holds::Otherwise => { ", " span.state.bad { "without the words cited" } },
            Holds::Unknown => {},
        }
        @if !copy.is_good { ", " span.state.warn { "look at it before you pick it" } }
    }
}

fn changed(id: CitationId, note: &Patched) -> Markup {
    let after = note.after();
    let rows = after.lines().count().clamp(2, 12);
    html! {
        pre.note {
            @for piece in &note.pieces {
                @match piece {
                    Piece::Kept(text) => (text),
                    Piece::Removed(text) => del { (text) },
                    Piece::Added(text) => ins { (text) },
                }
            }
        }
        div {
            label for={ "note-" (id) } { "The note, to be copied" }
            textarea.whole id={ "note-" (id) } readonly rows=(rows) { "\n" (after) }
            button type="button" hidden data-copies={ "note-" (id) } data-key="c" { "Copy" }
        }
    }
}

async fn wanted(
    desk: &Desk,
    reader: &Reader,
    id: &str,
    fields: &[u8],
) -> Result<(Document, Plan, Request), Fault> {
    let request = Request::read(fields);
    if let Some(why) = request.faults.values().next() {
        return Err(Fault::Unusable(format!("{why}.")));
    }
    let asked = request.asked.clone();
    let planned = planned(desk, reader.sight.clone(), DocumentId(row(id)?), asked).await?;
    let (plan, _) = planned.plan?;
    Ok((planned.document, plan, request))
}

async fn as_patch(
    Held(desk): Held<Desk>,
    reader: Reader,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let query = query.unwrap_or_default();
    let (document, plan, _) = wanted(&desk, &reader, &id, query.as_bytes()).await?;
    let name = file_name(&document);
    let diff = patch::unified(&name, &plan.before, &plan.mended.edits);
    Ok(download(&format!("{name}.patch"), "text/x-diff", diff))
}

async fn as_document(
    Held(desk): Held<Desk>,
    reader: Reader,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let query = query.unwrap_or_default();
    let (document, plan, _) = wanted(&desk, &reader, &id, query.as_bytes()).await?;
    let name = file_name(&document);
    Ok(download(
        &name,
        "application/octet-stream",
        plan.mended.bytes,
    ))
}

/// The last part of a document's path.
fn file_name(document: &Document) -> String {
    let name = document.path.rsplit('/').next().unwrap_or_default();
    if name.is_empty() { "document" } else { name }.to_owned()
}

/// A file to be kept (RFC 6266; its name by RFC 8187).
pub fn download(name: &str, media_type: &'static str, bytes: Vec<u8>) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    if let Ok(value) = HeaderValue::from_str(&disposition(name)) {
        headers.insert(CONTENT_DISPOSITION, value);
    }
    response
}

/// The field that makes a browser keep a file under a name.
pub fn disposition(name: &str) -> String {
    let mut coded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._".contains(&byte) {
            coded.push(char::from(byte));
        } else {
            coded += &format!("%{byte:02X}");
        }
    }
    format!("attachment; filename*=UTF-8''{coded}")
}

async fn apply(
    Held(desk): Held<Desk>,
    reader: Reader,
    Path(id): Path<String>,
    RawForm(form): RawForm,
) -> Result<Response, Fault> {
    let (document, plan, request) = wanted(&desk, &reader, &id, &form).await?;
    let seen = request.seen.ok_or(Fault::ForeignForm)?;
    let by = reader.account.as_ref().map(|it| it.name.clone());
    let by = by.ok_or(Fault::Forbidden)?;
    let (tools, settings, now) = (desk.tools()?, desk.settings()?, desk.now());
    let own = settings.restoring(&document);
    let changes = plan.mended.edits.len();
    tracing::info!(by, document = document.path, changes, "copies are written");
    let done = spawn_blocking(move || restoring::apply(&tools, &own, &plan, seen, &by, now));
    done.await.map_err(|why| Fault::Broken(why.to_string()))??;
    let here = format!("/documents/{}/restore", document.id);
    Ok(see_other(&here, &format!("{changes} changes are written.")))
}

async fn undo(
    Held(desk): Held<Desk>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let (id, sight) = (DocumentId(row(&id)?), reader.sight.clone());
    let document = desk
        .ask(move |catalog| catalog.document_seen(&sight, id))
        .await?;
    let document = document.ok_or(Fault::NotFound)?;
    let (tools, settings, now) = (desk.tools()?, desk.settings()?, desk.now());
    let own = settings.restoring(&document);
    let by = reader.account.as_ref().map(|it| it.name.as_str());
    tracing::info!(by, document = document.path, "copies are taken back");
    let done = spawn_blocking(move || restoring::undo(&tools, &own, &document, now));
    done.await.map_err(|why| Fault::Broken(why.to_string()))??;
    let here = format!("/documents/{id}/restore");
    Ok(see_other(&here, "What was written is taken back."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn picks_are_read_from_fields_and_those_that_cannot_be_meant_are_named() {
        let request = Request::read(
            b"citation=7&pick.7=2020-11-25T12%3A00%3A00Z+https%3A%2F%2Fa.example%2Fx&pick.8=leave\
              &pick.9=typed&other.9=https%3A%2F%2Fb.example%2Fy&other.10=unpicked&pick.11=ftp%3A%2F%2Fz&junk=1",
        );
        assert_eq!(request.asked.citation, Some(CitationId(7)));
        assert_eq!(request.asked.picks[&CitationId(8)], Pick::Leave);
        let Pick::Copy(copy) = &request.asked.picks[&CitationId(7)] else {
            panic!("{request:?}");
        };
        assert_eq!(copy.url, "https://a.example/x");
        assert_eq!(copy.at.to_rfc3339(), "2020-11-25T12:00:00Z");
        assert!(request.faults[&CitationId(9)].contains("on which day"));
        assert!(request.faults.contains_key(&CitationId(11)));
        assert!(!request.faults.contains_key(&CitationId(10)));
        assert!(request.query().contains("pick.8=leave"));
        assert!(!request.query().contains("junk"));
    }

    #[test]
    fn a_files_name_cannot_end_its_field() {
        assert_eq!(
            disposition("a \"b\"\r\nX: ž.txt"),
            "attachment; filename*=UTF-8''a%20%22b%22%0D%0AX%3A%20%C5%BE.txt"
        );
    }
}
