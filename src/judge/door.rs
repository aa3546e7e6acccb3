//! What a page has to choose, to prove or to agree by: buttons that lead nowhere, boxes to tick, a picture
//! to read. Walls are made of little else, whatever language they are in.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::content::page::Page;
use crate::content::passage::squeezed;
use crate::judge::lander_shape::text_fields;
use crate::judge::listing::link_texts;

/// To accept and to refuse.
const CHOICE: usize = 2;

/// What shows that a page is a door, in words that end «… in its source».
pub(crate) fn sign(page: &Page, other: Option<&Page>) -> Option<&'static str> {
    let markup = page.markup.to_ascii_lowercase();
    let was = other.map_or_else(String::new, |it| it.markup.to_ascii_lowercase());
    let count = |sign: &Regex, markup: &str| sign.find_iter(markup).count();
    let is_new = |sign: &Regex| count(sign, &markup) > count(sign, &was);
    let choices = choices(page, other);
    let fields = text_fields(&page.markup);
    let has_new_field = fields > other.map_or(0, |it| text_fields(&it.markup));
    if has_new_field {
        // What stands on a picture is to be typed.
        return (choices > 0
            && PICTURE.is_match(&markup)
            && !PICTURE.is_match(&was)
            && fields == 1)
            .then_some("a picture to read, with a field and a button,");
    }
    if choices >= CHOICE {
        Some("buttons to choose by")
    } else if choices == 1 && is_new(&TICK) {
        Some("a box to tick, with a button,")
    } else if choices == 1 && is_new(&DIALOG) {
        Some("a dialog with a button")
    } else {
        None
    }
}

static TICK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"<input\b[^>]*\btype\s*=\s*["']?checkbox|role\s*=\s*["']?checkbox"#)
        .expect("the pattern is constant")
});
static DIALOG: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"<dialog\b|role\s*=\s*["']?(alert)?dialog|aria-modal|<form\b[^>]*\bmethod\s*=\s*["']?post"#)
        .expect("the pattern is constant")
});
static PICTURE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?s)<form\b(?:[^<]|<[^/]|</[^f])*<img\b(?:[^<]|<[^/]|</[^f])*<input\b")
        .expect("the pattern is constant")
});
static BUTTON: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?is)<button\b([^>]*)>(.*?)</button").expect("the pattern is constant")
});
static INPUT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i)<input\b[^>]*\btype\s*=\s*["']?(?:submit|button)\b[^>]*>"#)
        .expect("the pattern is constant")
});
static VALUE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i)\bvalue\s*=\s*(?:"([^"]*)"|'([^']*)'|(\S+))"#)
        .expect("the pattern is constant")
});
static LINK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?is)<(?:a|span|div)\b([^>]*\brole\s*=\s*["']?button[^>]*)>(.*?)</"#)
        .expect("the pattern is constant")
});
static LEADS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i)\bhref\s*=\s*["']?(?:[^"'#j\s]|j[^a])"#).expect("the pattern is constant")
});
static TAG: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?s)<[^>]*>").expect("the pattern is constant"));

/// How many buttons the page has that the other one has not, and that say what no link of the page says:
/// those of an error page lead where the menu leads.
pub(crate) fn choices(page: &Page, other: Option<&Page>) -> usize {
    let was: HashSet<String> = other.map_or_else(HashSet::new, |it| labels(&it.markup));
    // A button that is made of a link is none that leads somewhere.
    let links = LINK.replace_all(&page.markup, |found: &regex::Captures| {
        let is_button = !LEADS.is_match(&found[1]);
        if is_button {
            String::new()
        } else {
            found[0].to_owned()
        }
    });
    let links = link_texts(&links);
    labels(&page.markup)
        .difference(&was)
        .filter(|label| !links.contains(*label))
        .count()
}

/// What the buttons say that lead nowhere by themselves.
fn labels(markup: &str) -> HashSet<String> {
    let text = |inner: &str| squeezed(&TAG.replace_all(inner, " "));
    let buttons = BUTTON.captures_iter(markup).map(|found| text(&found[2]));
    let inputs = (INPUT.find_iter(markup))
        .filter_map(|tag| VALUE.captures(tag.as_str()))
        .map(|value| {
            let all = value.iter().skip(1).flatten();
            all.map(|part| squeezed(part.as_str())).collect::<String>()
        });
    let links = LINK
        .captures_iter(markup)
        .filter(|found| !LEADS.is_match(&found[1]))
        .map(|found| text(&found[2]));
    buttons
        .chain(inputs)
        .chain(links)
        .filter(|label| !label.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::content::decode::Limits;
    use crate::content::page::{self, Answer, Page};
    use crate::model::url::TargetUrl;
    use crate::model::visit::Headers;

    use super::sign;

    fn page(html: &str) -> Page {
        page::read(&Answer {
            url: &TargetUrl::parse("https://site.example/a").unwrap(),
            headers: &Headers(vec![("Content-Type".to_owned(), "text/html".to_owned())]),
            body: html.as_bytes(),
            limits: Limits::default(),
        })
    }

    #[test]
    fn doors_are_known_by_what_they_are_made_of() {
        for html in [
            "<p>Elige.</p><button>Ita</button><button class=x>Non</button>",
            "<form><input type=submit value='Ita'><input value=Non type=\"button\"></form>",
            "<a role=button href='#'>Ita vero</a><a href=\"javascript:no()\" role=\"button\">Non ita</a>",
            "<div class=wrap><p>Elige.</p><a role=button href='#'>Ita vero</a><span role=button>Non ita</span></div>",
            "<a class=b role=button href='#'>Recte dicis, placet</a><a role=button href=#>Non omnia, sed pauca</a>",
            "<form><input type=checkbox> Homo sum <button>Perge</button></form>",
            "<div role=dialog><p>Crustula.</p><button>Placet</button></div>",
            "<form><img src=/p.png><input name=a><button>Perge</button></form>",
        ] {
            assert!(sign(&page(html), None).is_some(), "{html}");
        }
        for html in [
            "<p>Nihil.</p><button>Ita</button>",
            "<ul><li><a href=/>Domum suam</a><li><a href=/n>Nova omnia</a></ul><button>Domum suam</button><button>Nova omnia</button>",
            "<form><input name=offer><button>Emo</button><button>Vendo</button></form>",
            "<a role=button href=/a>Domum suam</a><a role=button href=/b>Nova omnia</a>",
        ] {
            assert_eq!(sign(&page(html), None), None, "{html}");
        }
        let both = page("<button>Ita</button><button>Non</button>");
        assert_eq!(sign(&both, Some(&both)), None);
    }
}
