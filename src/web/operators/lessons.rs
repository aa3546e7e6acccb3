//! `/lessons`: what false alarms taught, by whom, how often it helped, and how it is taken back.

use axum::extract::{Path, State as Held};
use axum::http::Uri;
use axum::response::Response;
use axum::routing::{get, post};
use maud::{Markup, html};

use crate::catalog::accounts::Role;
use crate::catalog::lessons::HeldLesson;
use crate::model::ids::LessonId;
use crate::model::lesson::{Noise, Teaching};
use crate::report::html::changed_words;
use crate::report::visible::visible;
use crate::web::desk::{Desk, Needs, Place};
use crate::web::error::Fault;
use crate::web::page::{self, Tab};
use crate::web::session::{Reader, see_other};

/// Where this is.
const HERE: &str = "/lessons";

/// Lessons on one page.
const TOGETHER: u32 = 50;

/// The addresses.
pub fn places() -> Vec<Place> {
    let place = |path, methods| Place::new(path, Needs::Role(Role::Operator), methods);
    vec![
        place(HERE, get(list)),
        place("/lessons/{id}/take-back", post(take_back)),
    ]
}

async fn list(Held(desk): Held<Desk>, reader: Reader, uri: Uri) -> Result<Response, Fault> {
    let query = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    let mut before = query.filter(|(name, _)| name == "before");
    let before = before.next().and_then(|(_, value)| value.parse().ok());
    let before = LessonId(before.unwrap_or(i64::MAX));
    let sight = reader.sight.clone();
    let mut lessons = desk
        .ask(move |catalog| catalog.lessons_seen(&sight, before, TOGETHER + 1))
        .await?;
    let most = usize::try_from(TOGETHER).unwrap_or(usize::MAX);
    let has_more = lessons.len() > most;
    lessons.truncate(most);
    let next = lessons.last().filter(|_| has_more).map(|it| it.lesson.id);
    let body = html! {
        p {
            "What was called a false alarm is known from then on, of its host alone. A lesson that is taken \
             back counts no more from the next visit on."
        }
        @if lessons.is_empty() { p { "Nothing was taught yet." } }
        @else {
            div.scroll { table.stack {
                thead {
                    tr {
                        th scope="col" { "Lesson" }
                        th scope="col" { "Host" }
                        th scope="col" { "What is known" }
                        th scope="col" { "Taught" }
                        th.number scope="col" { "Helped" }
                        th scope="col" { "Take back" }
                    }
                }
                tbody data-list="" { @for held in &lessons { (row(&reader, held)) } }
            } }
        }
        nav.pager aria-label="Pages" {
            @if before.0 < i64::MAX { a href=(HERE) { "First page" } }
            @if let Some(last) = next { a rel="next" href={ (HERE) "?before=" (last) } { "Next page" } }
        }
    };
    Ok(page::page(&reader, "Lessons", Some(Tab::Lessons), body))
}

fn row(reader: &Reader, held: &HeldLesson) -> Markup {
    let lesson = &held.lesson;
    html! {
        tr data-row="" {
            th scope="row" { (lesson.id) }
            td.url data-label="Host" { (visible(&lesson.host)) }
            td data-label="Known" { (teaching(&lesson.teaching)) }
            td data-label="Taught" {
                (page::day(lesson.taught_at)) " by " (visible(&lesson.taught_by)) ", by "
                a href={ "/events/" (lesson.event) } { "event " (lesson.event) }
            }
            td.number data-label="Helped" {
                (held.helped)
                @if let Some(at) = held.helped_at { div.faint { "last " (page::day(at)) } }
            }
            td {
                @match &held.taken_back {
                    Some((at, by)) => { "taken back " (page::day(*at)) " by " (visible(by)) }
                    None => {
                        form method="post" action={ (HERE) "/" (lesson.id) "/take-back" } {
                            (page::token(reader))
                            button aria-label={ "Take back lesson " (lesson.id) } { "Take back" }
                        }
                    }
                }
            }
        }
    }
}

/// What a lesson says.
fn teaching(teaching: &Teaching) -> Markup {
    match teaching {
        Teaching::Page(taught) => html! {
            p { "An answer like this is " strong { (taught.is.in_words()) } " (status " (taught.status) "):" }
            blockquote { (visible(&taught.shown)) }
        },
        Teaching::Noise(noise) => of_noise(noise),
    }
}

fn of_noise(noise: &Noise) -> Markup {
    html! {
        @if !noise.lines.is_empty() {
            p { "What changes in lines like these, where they stand:" }
            blockquote { @for line in &noise.lines { div { (changed_words(&visible(&line.shown))) } } }
        }
        @if !noise.boxes.is_empty() {
            p { "What stands in small boxes of which nothing stayed:" }
            blockquote { @for it in &noise.boxes { div { (visible(&it.shown)) } } }
        }
    }
}

async fn take_back(
    Held(desk): Held<Desk>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let id = LessonId(id.parse().map_err(|_| Fault::NotFound)?);
    let by = reader.account.as_ref().map(|account| account.name.clone());
    let by = by.ok_or(Fault::Forbidden)?;
    let (sight, now) = (reader.sight.clone(), desk.now());
    let is_done = desk
        .ask(move |catalog| catalog.take_back_lesson(&sight, id, &by, now))
        .await?;
    if !is_done {
        return Err(Fault::NotFound);
    }
    Ok(see_other(HERE, &format!("Lesson {id} is taken back.")))
}
