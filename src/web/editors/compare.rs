//! `/compare`: two captures of a source beside each other, or in one column: by default the baseline of a
//! citation and what was judged last.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State as Held};
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use crate::catalog::error::CatalogError;
use crate::catalog::records::HeldCapture;
use crate::catalog::showing::CitedBy;
use crate::model::ids::{CaptureId, CitationId};
use crate::report::visible::visible;
use crate::web::desk::{Desk, Needs, Place, row};
use crate::web::editors::document::{label, standing};
use crate::web::editors::source::what;
use crate::web::error::{Fault, in_words};
use crate::web::operators::overview::{bytes, thousands};
use crate::web::page::{self, Tab};
use crate::web::session::Reader;
use crate::workflow::compare::{self, Body, Change, Comparison, Piece, Row, Seen};
use crate::workflow::explaining;

/// So many comparisons are made at a time: each may read a PDF, and works the processor.
static AT_A_TIME: Semaphore = Semaphore::const_new(2);

/// More paragraphs or words that stayed are folded, but for those next to a change.
const MOST_UNFOLDED: usize = 3;
const MOST_UNFOLDED_WORDS: usize = 160;

/// The address.
pub fn places() -> Vec<Place> {
    vec![Place::new("/compare", Needs::Sight, get(comparison))]
}

/// What is asked for.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
struct Asked {
    /// A citation: its baseline and what was judged last.
    citation: String,
    /// A capture, in place of the baseline.
    from: String,
    /// A capture, in place of what was judged.
    to: String,
    /// `one` for one column.
    view: String,
    /// `all` for all that a reader could see.
    text: String,
}

impl Asked {
    fn is_one(&self) -> bool {
        self.view == "one"
    }

    fn is_whole(&self) -> bool {
        self.text == "all"
    }

    /// The same page otherwise seen.
    fn address(&self, is_one: bool, is_whole: bool) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let asked = [
            ("citation", self.citation.as_str()),
            ("from", &self.from),
            ("to", &self.to),
            ("view", if is_one { "one" } else { "" }),
            ("text", if is_whole { "all" } else { "" }),
        ];
        query.extend_pairs(asked.into_iter().filter(|(_, value)| !value.is_empty()));
        format!("/compare?{}", query.finish())
    }
}

/// What is compared.
struct Pair {
    cited: Option<CitedBy>,
    old: HeldCapture,
    new: HeldCapture,
}

async fn comparison(
    Held(desk): Held<Desk>,
    reader: Reader,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Fault> {
    let asked = asked.map(|Query(asked)| asked).unwrap_or_default();
    let pair = pair(&desk, &reader, &asked).await?;
    let tools = desk.tools()?;
    let _turn = AT_A_TIME.acquire().await;
    let is_whole = asked.is_whole();
    let (compared, pair) = spawn_blocking(move || {
        let cited = pair.cited.as_ref().map(|cited| &cited.held.citation);
        let compared = compare::compare(&tools, (&pair.old, &pair.new), cited, is_whole);
        (compared, pair)
    })
    .await
    .map_err(|why| Fault::Broken(why.to_string()))?;
    let compared = compared.map_err(|why| Fault::Broken(in_words(&why)))?;
    let confirm_checks = desk.terms()?.confirm_checks;
    let is_single = pair.old.id == pair.new.id;
    let title = if is_single {
        format!("Text of {}", pair.new.capture.captured_at.to_day())
    } else {
        "Then and now".to_owned()
    };
    let body = html! {
        (about(&pair, confirm_checks))
        (switch(&asked, is_single))
        @if is_single { (side("This capture", &pair.old, &compared.old)) }
        @else {
            div.halves {
                (side("Then", &pair.old, &compared.old))
                (side("Now", &pair.new, &compared.new))
            }
        }
        (shown(&asked, &pair, &compared))
    };
    Ok(page::page(&reader, &title, Some(Tab::Documents), body))
}

async fn pair(desk: &Desk, reader: &Reader, asked: &Asked) -> Result<Pair, Fault> {
    let named = |text: &str| (!text.is_empty()).then(|| row(text)).transpose();
    let citation = named(&asked.citation)?.map(CitationId);
    let (from, to) = (named(&asked.from)?, named(&asked.to)?);
    let sight = reader.sight.clone();
    let found = desk
        .ask(move |catalog| {
            let of = |id: Option<i64>| match id {
                Some(id) => catalog.capture_seen(&sight, CaptureId(id)),
                None => Ok(None),
            };
            let (mut old, mut new) = (of(from)?, of(to)?);
            if (from.is_some() && old.is_none()) || (to.is_some() && new.is_none()) {
                return Ok::<_, CatalogError>(None);
            }
            let cited = match citation {
                Some(id) => catalog.citation_seen(&sight, id)?,
                None => None,
            };
            if let Some(cited) = &cited {
                let exhibits = explaining::exhibits(catalog, cited)?;
                old = old.or(exhibits.baseline);
                new = new.or(exhibits.judged);
            }
            Ok(Some((cited, old, new)))
        })
        .await?;
    let (cited, old, new) = found.ok_or(Fault::NotFound)?;
    if citation.is_some() && cited.is_none() {
        return Err(Fault::NotFound);
    }
    match (old, new) {
        (Some(old), Some(new)) => Ok(Pair { cited, old, new }),
        (None, None) if cited.is_none() => Err(Fault::Unusable(
            "Name a citation, or two captures of a source: the source's page lists them.".to_owned(),
        )),
        _ => Err(Fault::Unusable(
            "There are no two captures to compare: of the baseline or of the last visit nothing is kept here. The source's page lists what is."
                .to_owned(),
        )),
    }
}

fn about(pair: &Pair, confirm_checks: u32) -> Markup {
    html! {
        p.url { a href={ "/sources/" (pair.new.source) } { (visible(pair.new.capture.source_url.as_str())) } }
        @if pair.old.source != pair.new.source {
            p { "Compared with a capture of another source, " a href={ "/sources/" (pair.old.source) } { (visible(pair.old.capture.source_url.as_str())) } }
        }
        @if let Some(cited) = &pair.cited {
            p {
                a href={ "/documents/" (cited.held.document) "#n" (cited.held.id) } { (visible(page::short(&cited.document))) ", note " (label(&cited.held.citation)) }
                ": " (standing(&cited.held.citation, cited.verdict.as_ref(), confirm_checks))
            }
            @if let Some(quote) = &cited.held.citation.quote { blockquote { p { (visible(quote)) } } }
        }
    }
}

fn switch(asked: &Asked, is_single: bool) -> Markup {
    let (is_one, is_whole) = (asked.is_one(), asked.is_whole());
    let current = |is_it: bool| is_it.then_some("true");
    html! {
        p.row {
            @if !is_single {
                a href=(asked.address(false, is_whole)) aria-current=[current(!is_one)] { "side by side" }
                a href=(asked.address(true, is_whole)) aria-current=[current(is_one)] { "in one column" }
                span.faint aria-hidden="true" { "|" }
            }
            a href=(asked.address(is_one, false)) aria-current=[current(!is_whole)] { "main text" }
            a href=(asked.address(is_one, true)) aria-current=[current(is_whole)] { "all text" }
        }
    }
}

fn side(name: &str, held: &HeldCapture, seen: &Seen) -> Markup {
    html! {
        section.side {
            h2 { (name) }
            p { a href={ "/captures/" (held.id) } { (page::moment(held.capture.captured_at)) } ", " (what(held)) }
            @if let Some(title) = &seen.title { p { "«" (visible(title)) "»" } }
            @match seen.is_cited_here {
                Some(true) => p { span.state.good { span.mark aria-hidden="true" { "✓" } " What is cited stands in it" } ", " mark { "marked so" } "." },
                Some(false) => p { span.state.warn { span.mark aria-hidden="true" { "≠" } " What is cited was not found in it." } },
                None => {},
            }
            @for doubt in &seen.doubts { p.faint { (visible(doubt)) } }
        }
    }
}

fn shown(asked: &Asked, pair: &Pair, compared: &Comparison) -> Markup {
    html! {
        @match &compared.body {
            Body::Texts { rows, removed_words, added_words, is_rough } => {
                @if pair.old.id == pair.new.id {
                    div.reading { @for row in rows { @if let Row::Same(text) = row { p { (pieces(text)) } } } }
                } @else {
                    p {
                        @if *removed_words == 0 && *added_words == 0 { "The words are the same." }
                        @else {
                            (thousands(*removed_words as u64)) @if *removed_words == 1 { " word " } @else { " words " } del { "removed" } ", "
                            (thousands(*added_words as u64)) " " ins { "added" } "."
                        }
                        @if *is_rough { " They differ so much that some stretches are shown whole." }
                    }
                    @if asked.is_one() { (in_one(rows)) } @else { (in_two(rows)) }
                }
            },
            Body::Images => {
                div.halves {
                    (picture("Then", &pair.old))
                    (picture("Now", &pair.new))
                }
            },
            Body::Bytes { are_same } => {
                p { @if *are_same { "They are the same, byte for byte." } @else { "They are not the same, and hold no text that can be read here." } }
                div.scroll { table.stack {
                    thead { tr { th scope="col" { "Capture" } th scope="col" { "What" } th.number scope="col" { "Size" } th scope="col" { "SHA-256" } th scope="col" { "Bytes" } } }
                    tbody { (digest("Then", &pair.old, &compared.old)) (digest("Now", &pair.new, &compared.new)) }
                } }
            },
        }
    }
}

fn picture(name: &str, held: &HeldCapture) -> Markup {
    html! {
        figure {
            img src={ "/captures/" (held.id) "/image" } alt={ (name) ": the image as captured on " (held.capture.captured_at.to_day()) };
            figcaption { (name) ", " (bytes(held.capture.payload_bytes)) }
        }
    }
}

fn digest(name: &str, held: &HeldCapture, seen: &Seen) -> Markup {
    html! {
        tr {
            th scope="row" { (name) }
            td data-label="What" { (seen.noun) }
            td.number data-label="Size" { (bytes(held.capture.payload_bytes)) }
            td.url data-label="SHA-256" { code { (held.capture.payload_sha256.to_hex()) } }
            td data-label="Bytes" { a href={ "/captures/" (held.id) "/raw" } download { "download" } }
        }
    }
}

/// A part of the rows: one that is shown, or several that are folded.
enum Part<'r> {
    Shown(&'r Row),
    Folded(Vec<&'r [Piece]>),
}

/// Folds what stayed, but for the paragraph on each side of a change, and what is cited.
fn parts(rows: &[Row]) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut stayed: Vec<(&Row, &[Piece])> = Vec::new();
    let mut is_after_change = false;
    for row in rows {
        match row {
            Row::Same(text) if !text.iter().any(|piece| piece.is_cited) => stayed.push((row, text)),
            _ => {
                fold(&mut parts, &mut stayed, is_after_change, true);
                parts.push(Part::Shown(row));
                is_after_change = true;
            }
        }
    }
    fold(&mut parts, &mut stayed, is_after_change, false);
    parts
}

fn fold<'r>(
    parts: &mut Vec<Part<'r>>,
    stayed: &mut Vec<(&'r Row, &'r [Piece])>,
    is_after_change: bool,
    is_before_change: bool,
) {
    let stayed = std::mem::take(stayed);
    let words: usize = stayed.iter().map(|(_, text)| count(text)).sum();
    let (first, last) = (
        usize::from(is_after_change),
        stayed.len().saturating_sub(usize::from(is_before_change)),
    );
    let is_short = stayed.len() <= MOST_UNFOLDED && words <= MOST_UNFOLDED_WORDS;
    if is_short || last <= first {
        parts.extend(stayed.into_iter().map(|(row, _)| Part::Shown(row)));
        return;
    }
    parts.extend(stayed[..first].iter().map(|(row, _)| Part::Shown(row)));
    parts.push(Part::Folded(
        stayed[first..last].iter().map(|(_, text)| *text).collect(),
    ));
    parts.extend(stayed[last..].iter().map(|(row, _)| Part::Shown(row)));
}

fn count(text: &[Piece]) -> usize {
    text.iter()
        .map(|piece| piece.text.split_whitespace().count())
        .sum()
}

fn folded(paragraphs: &[&[Piece]]) -> Markup {
    let words: usize = paragraphs.iter().map(|text| count(text)).sum();
    let many = paragraphs.len();
    html! {
        details.folded {
            summary { (many) @if many == 1 { " paragraph" } @else { " paragraphs" } " as before, " (thousands(words as u64)) " words" }
            @for text in paragraphs { p { (pieces(text)) } }
        }
    }
}

fn in_two(rows: &[Row]) -> Markup {
    html! {
        table.compare {
            thead { tr { th scope="col" { "Then" } th scope="col" { "Now" } } }
            tbody {
                @for part in parts(rows) {
                    @match part {
                        Part::Folded(texts) => tr { td colspan="2" { (folded(&texts)) } },
                        Part::Shown(Row::Same(text)) => tr { td.same colspan="2" { (pieces(text)) } },
                        Part::Shown(Row::Edited { old, new, .. }) => tr { td.was { (pieces(old)) } td.is { (pieces(new)) } },
                        Part::Shown(Row::Removed { text, is_moved }) => tr { td.was { (whole(text, *is_moved, "It stands elsewhere now.")) } td.none {} },
                        Part::Shown(Row::Added { text, is_moved }) => tr { td.none {} td.is { (whole(text, *is_moved, "It stood elsewhere.")) } },
                    }
                }
            }
        }
    }
}

fn in_one(rows: &[Row]) -> Markup {
    html! {
        div.reading {
            @for part in parts(rows) {
                @match part {
                    Part::Folded(texts) => (folded(&texts)),
                    Part::Shown(Row::Same(text)) => p { (pieces(text)) },
                    Part::Shown(Row::Edited { both, .. }) => p.edited { (pieces(both)) },
                    Part::Shown(Row::Removed { text, is_moved }) => p.edited { (whole(text, *is_moved, "It stands elsewhere now.")) },
                    Part::Shown(Row::Added { text, is_moved }) => p.edited { (whole(text, *is_moved, "It stood elsewhere.")) },
                }
            }
        }
    }
}

/// A paragraph that one side has alone; one that moved is neither removed nor added.
fn whole(text: &[Piece], is_moved: bool, says: &str) -> Markup {
    html! {
        @if is_moved {
            span.faint { "(" (says) ") " }
            @for piece in text { (plain(piece)) }
        } @else { (pieces(text)) }
    }
}

fn pieces(text: &[Piece]) -> Markup {
    html! {
        @for piece in text {
            @match piece.change {
                Change::Stays => (plain(piece)),
                Change::Removed => del { (plain(piece)) },
                Change::Added => ins { (plain(piece)) },
            }
        }
    }
}

fn plain(piece: &Piece) -> Markup {
    let text = visible(&piece.text);
    // What is shown is trimmed; the spaces at the edges belong between the words.
    let before = piece.text.starts_with(char::is_whitespace);
    let after = piece.text.ends_with(char::is_whitespace) && !text.is_empty();
    html! {
        @if before { " " }
        @if piece.is_cited { mark { (text) } } @else { (text) }
        @if after { " " }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(text: &str, is_cited: bool) -> Row {
        Row::Same(vec![Piece {
            text: text.to_owned(),
            change: Change::Stays,
            is_cited,
        }])
    }

    #[test]
    fn what_stayed_is_folded_but_for_what_is_next_to_a_change_or_cited() {
        let mut rows: Vec<Row> = (0..6)
            .map(|at| same(&format!("before {at}"), false))
            .collect();
        rows.push(Row::Added {
            text: Vec::new(),
            is_moved: false,
        });
        rows.extend((0..6).map(|at| same(&format!("after {at}"), at == 4)));
        let told: Vec<String> = parts(&rows)
            .iter()
            .map(|part| match part {
                Part::Folded(texts) => format!("{} folded", texts.len()),
                Part::Shown(Row::Same(text)) => text[0].text.clone(),
                Part::Shown(_) => "changed".to_owned(),
            })
            .collect();
        assert_eq!(
            told,
            [
                "5 folded", "before 5", "changed", "after 0", "2 folded", "after 3", "after 4",
                "after 5"
            ]
        );
    }
}
