//! Another article at the address, and what is none: a home page, a section, a list.

use ibid::model::verdict::{Severity, State};

use super::super::super::case::{Epoch, Reply};
use super::super::super::skeletons::{Main, escaped};
use super::super::super::texts::Text;
use super::super::{Fate, Maker, another};
use super::at_path;

pub(super) const FATES: &[Fate] = &[
    ("changed/replaced_here", 40, |m| replaced(m, false)),
    ("changed/replaced_linked", 30, |m| replaced(m, true)),
    ("changed/replaced_short", 24, replaced_short),
    ("soft_404/section_with_teasers", 24, section),
    ("soft_404/home_with_story", 16, home_with_story),
];

/// One that does not speak of what would be an error or a sale.
fn no_trap(m: &mut Maker, is_same_language: bool) -> &'static Text {
    let found = another(m, is_same_language);
    if found.trap || found.short {
        no_trap(m, false)
    } else {
        found
    }
}

fn other(m: &mut Maker, is_same_language: bool) {
    let other = no_trap(m, is_same_language);
    other.title.clone_into(&mut m.body.title);
    other.author.clone_into(&mut m.body.author);
    m.body.paragraphs.clone_from(&other.paragraphs);
    m.body.table.clone_from(&other.table);
    m.is_quoted = false;
    m.turn();
}

/// Another article of the site; with boxes of links amid and below.
fn replaced(m: &mut Maker, is_linked: bool) -> Vec<Epoch> {
    let is_same_language = !m.chance.once_in(4);
    other(m, is_same_language);
    m.noise.is_inside = is_linked;
    if !is_linked {
        return m.changed(&[Severity::Replaced]);
    }
    let stories: String = (m.language.related.iter())
        .map(|story| {
            format!(
                "<li><a href=\"/r\">{}</a><p>{}</p></li>",
                escaped(story),
                escaped(&m.language.ads[0])
            )
        })
        .collect();
    let html = m.html(&Main::Article).replacen(
        "</body>",
        &format!(
            "<div class=\"x4\"><h3>{}</h3><ul>{stories}</ul></div></body>",
            escaped(&m.language.more)
        ),
        1,
    );
    let right = m.right(State::Changed).severe(&[Severity::Replaced]);
    at_path(m, &html, right)
}

/// A short one, of its first paragraph or two.
fn replaced_short(m: &mut Maker) -> Vec<Epoch> {
    other(m, true);
    m.body.paragraphs.truncate(1 + m.chance.below(2));
    m.body.table.clear();
    m.changed(&[Severity::Replaced, Severity::Major])
}

/// A section's page with teasers of some length, at this address and no other.
fn section(m: &mut Maker) -> Vec<Epoch> {
    m.turn();
    let title = m.language.menu[1 + m.chance.below(3)].clone();
    let items: String = (m.language.related.iter().zip(m.language.ads.iter().cycle()))
        .map(|(story, words)| {
            format!(
                "<article class=\"teaser\"><h2><a href=\"/s/{}\">{}</a></h2><p>{}</p><a href=\"/s\">{}</a></article>",
                story.len(),
                escaped(story),
                escaped(words),
                escaped(&m.language.more)
            )
        })
        .collect();
    let html = m
        .html(&Main::Notice("\u{1}", vec![]))
        .replace(
            "<div class=\"message\"><h1>\u{1}</h1></div>",
            &format!("<h1>{title}</h1>{items}"),
        )
        .replace('\u{1}', &title);
    at_path(m, &html, super::super::Right::is(State::SoftNotFound))
}

/// The home page at every address, with the day's story on top.
fn home_with_story(m: &mut Maker) -> Vec<Epoch> {
    m.turn();
    let text = no_trap(m, true);
    let lead = text.paragraphs[0].clone();
    let title = m.language.menu[0].clone();
    let items: String = (m.language.related.iter())
        .map(|story| {
            format!(
                "<li><h3><a href=\"/s/{}\">{}</a></h3></li>",
                story.len(),
                escaped(story)
            )
        })
        .collect();
    let html = m
        .html(&Main::Notice("\u{1}", vec![]))
        .replace(
            "<div class=\"message\"><h1>\u{1}</h1></div>",
            &format!(
                "<h2><a href=\"/s/lead\">{}</a></h2><p>{}</p><ul>{items}</ul>",
                escaped(&text.title),
                escaped(&lead)
            ),
        )
        .replace('\u{1}', &title);
    Maker::everywhere(Reply::page(200, &html), State::SoftNotFound)
}
