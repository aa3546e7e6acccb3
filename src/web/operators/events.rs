//! `/events`: what turned, and what is said of it.

use axum::extract::{RawForm, State as Held};
use axum::http::Uri;
use axum::response::Response;
use axum::routing::{get, post};
use maud::{Markup, html};
use tokio::task::spawn_blocking;

use crate::catalog::accounts::Role;
use crate::catalog::error::CatalogError;
use crate::catalog::reviews::ListedEvent;
use crate::model::ids::EventId;
use crate::model::lesson::Taken;
use crate::model::review::Deed;
use crate::model::time::Timestamp;
use crate::model::verdict::Verdict;
use crate::report::html::{changed_words, link};
use crate::report::visible::visible;
use crate::web::desk::{Desk, Needs, Place};
use crate::web::error::{self, Fault};
use crate::web::operators::event_list::{self, Asked, day};
use crate::web::page::{self, Tab};
use crate::web::session::{Reader, see_other};
use crate::workflow::review::{self, ReviewError, Reviewer, Said, Saying};

/// Lines of changed words shown of an event, and how long each is at most, in characters.
const LINES: usize = 3;
const LONGEST_LINE: usize = 400;

/// For how many days a snooze is, unless said otherwise.
const SNOOZE_DAYS: i64 = 7;

/// The addresses.
pub fn places() -> Vec<Place> {
    vec![
        Place::new("/events", Needs::Sight, get(list)),
        Place::new("/events/review", Needs::Role(Role::Editor), post(say)),
    ]
}

impl From<ReviewError> for Fault {
    fn from(why: ReviewError) -> Self {
        match why {
            ReviewError::Catalog(why) => Self::Broken(error::in_words(&why)),
            ReviewError::Unknown(_) => Self::NotFound,
            ReviewError::Forbidden => Self::Forbidden,
            other => Self::Unusable(format!("Nothing was changed: {other}.")),
        }
    }
}

async fn list(Held(desk): Held<Desk>, reader: Reader, uri: Uri) -> Result<Response, Fault> {
    let asked = Asked::of(&uri);
    let settings = desk.settings()?;
    let (sight, now) = (reader.sight.clone(), desk.now());
    let (query, owners) = (asked.clone(), settings.owners.clone());
    let (events, has_more) = desk
        .ask(move |catalog| {
            let listed = event_list::listed(catalog, &sight, &query, &owners, now)?;
            Ok::<_, CatalogError>(listed)
        })
        .await?;
    let may_review = reader.may(Role::Editor);
    let next = events.last().filter(|_| has_more).map(|it| it.cursor);
    let body = html! {
        (asked.form(&event_list::owners(&settings.owners)))
        @if events.is_empty() {
            p { @if asked.is_narrowed() { "No event is like that." } @else { "Nothing waits for a review." } }
            @if may_review {
                form method="post" action="/events/review" {
                    (page::token(&reader))
                    (here(&asked.address()))
                    div.row { (undo_button()) }
                }
            }
        } @else {
            form method="post" action="/events/review" {
                (page::token(&reader))
                (here(&asked.address()))
                // Enter in a field of the form presses nothing.
                button type="submit" disabled hidden {}
                @if may_review { (deeds(&reader, now)) }
                div.scroll { table.stack.events {
                    caption {
                        (events.len()) @if has_more || asked.goes_on() { " of the" } " events"
                    }
                    thead {
                        tr {
                            @if may_review {
                                th scope="col" {
                                    input type="checkbox" id="all" data-all="" aria-label="Choose all on this page";
                                }
                            }
                            th scope="col" { "Citation" }
                            th scope="col" { "Turn" }
                            th scope="col" { "Why" }
                        }
                    }
                    tbody data-list="" {
                        @for listed in &events { (row(listed, may_review, now)) }
                    }
                } }
            }
        }
        nav.pager aria-label="Pages" {
            @if asked.goes_on() { a href=(asked.after(None).address()) { "First page" } }
            @if next.is_some() { a rel="next" data-key="n" data-says="next page" href=(asked.after(next).address()) { "Next page" } }
        }
    };
    Ok(page::page(&reader, "Events", Some(Tab::Events), body))
}

fn here(address: &str) -> Markup {
    html! { input type="hidden" name="back" value=(address); }
}

fn undo_button() -> Markup {
    html! {
        button.quiet name="deed" value="undo" data-key="u" data-says="take back what you said last" {
            "Undo what you did last"
        }
    }
}

/// The buttons by which something is said, as far as somebody may say it.
pub fn deeds(reader: &Reader, now: Timestamp) -> Markup {
    let role = reader.role().unwrap_or(Role::Reader);
    let button = |deed: Deed, key: &str, words: &str, says: &str| {
        html! {
            @if review::may(role, deed) {
                button name="deed" value=(deed) data-key=(key) data-each="" data-says=(says) { (words) }
            }
        }
    };
    let until = now.plus_seconds(SNOOZE_DAYS * 86_400).to_day();
    html! {
        div.row.deeds role="group" aria-label="Say of the chosen events" {
            (button(Deed::Acknowledged, "a", "Acknowledge", "acknowledge: it is so"))
            (button(Deed::FalseAlarm, "f", "False alarm", "false alarm: it is not so, and Ibid learns"))
            (button(Deed::NewBaseline, "b", "Accept as baseline", "accept what is there as the new baseline"))
            @if review::may(role, Deed::Snoozed) {
                (button(Deed::Snoozed, "s", "Snooze until", "snooze until the day that is written"))
                input type="date" name="until" value=(until) aria-label="Snooze until";
            }
            (button(Deed::Restored, "r", "Restored", "restored: the document was put right"))
            (undo_button())
        }
    }
}

fn row(listed: &ListedEvent, may_review: bool, now: Timestamp) -> Markup {
    let event = &listed.event;
    let id = event.id;
    let name = visible(page::name_of(&event.citation));
    html! {
        tr data-row="" {
            @if may_review {
                td.choose { input type="checkbox" name="event" value=(id) aria-label={ "Choose event " (id) ": " (name) }; }
            }
            th scope="row" {
                a href={ "/events/" (id) } { (name) }
                (whereabouts(listed))
            }
            td data-label="Turn" { (turn(listed)) }
            td data-label="Why" {
                (why(&event.after))
                @if let Some(review) = &listed.review {
                    p.review {
                        @if review.is_over(now) { "Its snooze is over: " }
                        (visible(&review.in_words())) "."
                    }
                }
                (links(listed))
            }
        }
    }
}

/// The document, the note, and the address that is cited.
pub fn whereabouts(listed: &ListedEvent) -> Markup {
    let citation = &listed.event.citation;
    html! {
        div.faint {
            (visible(page::short(&listed.event.document)))
            @if let Some(note) = &citation.note { ", note " (visible(note)) }
        }
        @if let Some(url) = citation.url.as_ref().filter(|_| citation.title.is_some()) {
            div.faint.url { (link(&url.url)) }
        }
    }
}

/// What it was, and what it turned to, and when.
pub fn turn(listed: &ListedEvent) -> Markup {
    let event = &listed.event;
    html! {
        @if let Some(before) = &event.before {
            (page::state(before.state, before.severity)) " → "
        }
        (page::state(event.after.state, event.after.severity))
        @if !event.after.is_confirmed {
            div.faint { "not confirmed yet" }
        } @else if event.before.as_ref().is_some_and(|it| !it.is_confirmed) {
            div.faint { "confirmed now" }
        }
        div.faint { (page::moment(event.at)) }
    }
}

/// The sentence, and the words that changed.
fn why(verdict: &Verdict) -> Markup {
    let lines = verdict.diff.as_deref().unwrap_or_default().lines();
    let lines: Vec<String> = lines
        .filter(|line| !line.trim().is_empty())
        .map(|line| shortened(&visible(line)))
        .collect();
    html! {
        @if let Some(reason) = verdict.reason() { p { (visible(reason)) } }
        @if !lines.is_empty() {
            blockquote {
                @for line in lines.iter().take(LINES) { div { (changed_words(line)) } }
                @if lines.len() > LINES { div.faint { "and " (lines.len() - LINES) " more" } }
            }
        }
    }
}

fn shortened(line: &str) -> String {
    match line.char_indices().nth(LONGEST_LINE) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

/// Where more of it is to be seen.
pub fn links(listed: &ListedEvent) -> Markup {
    html! {
        p.links {
            @if let Some(source) = listed.source {
                a href={ "/sources/" (source) } { "Source" } " "
                a href={ "/compare?citation=" (listed.event.citation_id) } { "Compare" } " "
            }
            a href={ "/documents/" (listed.document) } { "Document" }
        }
    }
}

/// What a form says.
struct Written {
    events: Vec<EventId>,
    deed: String,
    until: Option<Timestamp>,
    taken: Option<Taken>,
    back: String,
}

fn read(form: &[u8]) -> Written {
    let mut written = Written {
        events: Vec::new(),
        deed: String::new(),
        until: None,
        taken: None,
        back: "/events".to_owned(),
    };
    for (name, value) in url::form_urlencoded::parse(form) {
        match &*name {
            "event" => written.events.extend(value.parse().ok().map(EventId)),
            "deed" => written.deed = value.into_owned(),
            "until" => written.until = day(&value),
            "taken" => {
                written.taken = Taken::ALL.into_iter().find(|it| it.as_str() == value);
            }
            "back" => written.back = value.into_owned(),
            _ => {}
        }
    }
    written
}

async fn say(
    Held(desk): Held<Desk>,
    reader: Reader,
    RawForm(form): RawForm,
) -> Result<Response, Fault> {
    let written = read(&form);
    let account = reader.account.clone().ok_or(Fault::Forbidden)?;
    let (tools, sight, now) = (desk.tools()?, reader.sight.clone(), desk.now());
    let back = written.back.clone();
    let said = spawn_blocking(move || -> Result<String, Fault> {
        let who = Reviewer {
            name: &account.name,
            role: account.role,
            sight: &sight,
        };
        if written.deed == "undo" {
            let undone = review::undo(tools.catalog.as_ref(), who, &written.events, now)?;
            return Ok(match undone {
                0 => "There is nothing to take back.".to_owned(),
                1 => "What was said of one event is taken back.".to_owned(),
                many => format!("What was said of {many} events is taken back."),
            });
        }
        let deed: Deed = (written.deed.parse())
            .map_err(|why| Fault::Unusable(format!("Nothing was changed: {why}.")))?;
        let saying = Saying {
            deed,
            until: written.until,
            taken: written.taken,
        };
        let said = review::review(&tools, who, &written.events, saying)?;
        tracing::info!(by = account.name, deed = %deed, events = said.events, "events were reviewed");
        Ok(in_words(deed, &said))
    });
    let said = said.await.map_err(|why| Fault::Broken(why.to_string()))??;
    Ok(see_other(&back, &said))
}

fn in_words(deed: Deed, said: &Said) -> String {
    /// What is said once stands in a cookie.
    const MOST_REASONS: usize = 2;
    let events = match said.events {
        1 => "One event was".to_owned(),
        many => format!("{many} events were"),
    };
    let mut words = format!("{events} {}.", deed.in_words());
    if deed == Deed::FalseAlarm {
        words += &match said.lessons {
            0 => " Nothing was learned.".to_owned(),
            1 => " One lesson was learned.".to_owned(),
            many => format!(" {many} lessons were learned."),
        };
        for why in said.not_taught.iter().take(MOST_REASONS) {
            words += &format!(" {why}");
        }
    }
    words
}
