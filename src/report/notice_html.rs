//! A notice as HTML for mailboxes: no script, no picture, no request to anywhere. Styles stand on the
//! elements, since many mailboxes drop style sheets; the sheet only turns them dark where one is kept.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::model::verdict::State;
use crate::report::html::{changed_words, link};
use crate::report::notice::{Item, Kind, Notice};
use crate::report::notice_text::{cited, more, sentence, since};
use crate::report::visible::visible;

const STYLE: &str = "@media (prefers-color-scheme: dark) {\
 .ground { background: #171715 !important; color: #ebe8e0 !important }\
 .card { background: #20201d !important; border-color: #3b3a35 !important }\
 .faint { color: #a9a59a !important } a { color: #8fc1f0 !important }\
 .bad { color: #f2a0a0 !important } .warn { color: #e8bf6f !important }\
 .wait { color: #9cc6ee !important } .good { color: #93d3a8 !important } }";
const GROUND: &str = "margin:0;padding:16px;background:#fbfaf7;color:#1d1d1b;\
    font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif";
const CARD: &str = "margin:0 0 16px;padding:12px 16px;background:#ffffff;\
    border:1px solid #d9d5cb;border-radius:4px;overflow-wrap:anywhere";
const FAINT: &str = "color:#5c5a54;font-size:14px";
const LINE: &str = "margin:6px 0";

/// Writes the page.
pub fn write(notice: &Notice) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="color-scheme" content="light dark";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (visible(&notice.subject)) }
                style { (PreEscaped(STYLE)) }
            }
            body class="ground" style=(GROUND) {
                div style="max-width:640px;margin:0 auto" {
                    h1 style="font-size:20px;line-height:1.3;margin:0 0 16px;overflow-wrap:anywhere" {
                        (visible(&notice.subject))
                    }
                    @if notice.kind == Kind::Test {
                        p { "Nothing turned. Somebody tried whether notices get here: they do." }
                    }
                    @for alert in &notice.alerts {
                        div class="card" style=(CARD) {
                            p style=(LINE) { strong { (visible(&sentence(&alert.headline()))) } }
                            @if !alert.why.is_empty() { p style=(LINE) { (visible(&alert.why)) } }
                            p class="faint" style=(FAINT) { (alert.at) }
                        }
                    }
                    @for item in &notice.items { (card(item)) }
                    @if notice.items_left_out > 0 {
                        p { (notice.items_left_out) " more: " code { "ibid report --since " (notice.made_at.to_day()) } }
                    }
                    p class="faint" style=(FAINT) {
                        "Ibid, route " (visible(&notice.route)) ", notice " (notice.id)
                    }
                }
            }
        }
    };
    page.into_string() + "\n"
}

fn card(item: &Item) -> Markup {
    let (class, colour) = tone(item.state);
    html! {
        div class="card" style=(CARD) {
            p style=(LINE) {
                strong class=(class) style=(format!("color:{colour}")) { (item.words()) }
                @if let Some(host) = &item.host {
                    " · " (visible(host)) " · " (item.source_count) " sources"
                }
            }
            @for address in &item.sources { p style=(LINE) { (link(address)) } }
            @if let Some(more) = more(item.source_count, item.sources.len(), "source") { p style=(LINE) { (more) } }
            p style=(LINE) { (visible(&item.reason)) }
            @for line in item.diff.iter().flat_map(|diff| diff.lines()) {
                blockquote style="margin:6px 0;padding:0 12px;border-left:3px solid #d9d5cb" {
                    (changed_words(&visible(line)))
                }
            }
            p style=(LINE) { strong { "To do: " } (visible(&item.advice)) }
            ul class="faint" style=(format!("{FAINT};margin:6px 0;padding-left:18px")) {
                li { (since(item)) }
                @for words in cited(item) { li { (visible(&words)) } }
                @if let Some(more) = more(item.citation_count, item.cited_in.len(), "citation") { li { (more) } }
                li { "Why: " code { (visible(&item.explained_by)) } }
            }
        }
    }
}

/// The class and the colour of a state's word.
fn tone(state: State) -> (&'static str, &'static str) {
    match state {
        State::Dead | State::SoftNotFound | State::Parked => ("bad", "#9b1c1c"),
        State::Changed => ("warn", "#7a4b00"),
        State::Moved | State::Blocked | State::Unreachable | State::Unknown => ("wait", "#1f4e79"),
        State::Ok => ("good", "#1c5e34"),
    }
}
