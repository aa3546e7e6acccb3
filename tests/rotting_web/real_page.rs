//! A page as a site served it, the article in its source, and what may become of both: every edit is
//! made in the source's own bytes, so that nothing else of the page changes.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};
use scraper::{ElementRef, Html, Selector};

use super::texts::{LANGUAGES, Language};

/// A paragraph counts as text of the article from so many letters.
const LONG: usize = 100;
/// The same where a letter says more.
const LONG_WITHOUT_SPACES: usize = 40;
/// An article has so many of them.
const ENOUGH: usize = 4;
/// They hold so much of all long paragraphs on the page.
const MOST: f64 = 0.6;

/// Why a page is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Unfit {
    /// Its bytes are no UTF-8.
    NotUtf8,
    /// No article of at least four long paragraphs was found, one beside the other.
    NoArticle,
    /// Much of its text stands elsewhere.
    Scattered,
}

/// A page with its article.
#[derive(Debug)]
pub(super) struct RealPage {
    pub(super) name: String,
    pub(super) html: String,
    pub(super) language: &'static Language,
    paragraphs: Vec<Paragraph>,
    /// After the start tags of its head and body.
    head: usize,
    body: usize,
}

/// New text for places in the source.
pub(super) type Edits = Vec<(Range<usize>, String)>;

/// A paragraph's place in the source.
#[derive(Debug, Clone)]
struct Paragraph {
    outer: Range<usize>,
    inner: Range<usize>,
    text: String,
}

static PARAGRAPH: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?is)<p(?:\s[^>]*)?>(.*?)</p\s*>").unwrap());
/// Where `<p>` is no element.
static OPAQUE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?is)<script\b.*?</script>|<style\b.*?</style>|<noscript\b.*?</noscript>|<!--.*?-->",
    )
    .unwrap()
});
static HEAD: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?is)<head(?:\s[^>]*)?>").unwrap());
static BODY: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?is)<body(?:\s[^>]*)?>").unwrap());
static TITLE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?is)<title(?:\s[^>]*)?>(.*?)</title>").unwrap());
static HEADING: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?is)<h1(?:\s[^>]*)?>(.*?)</h1>").unwrap());
static ITEM: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?i)</li>").unwrap());
static ATTRIBUTES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"<([a-z][a-z0-9]*)((?:\s+[a-z-]+="[^"<>]*"){2,})(\s*/?)>"#).unwrap()
});
static ATTRIBUTE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#"[a-z-]+="[^"<>]*""#).unwrap());
static FIGURE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(^|[^0-9A-Za-z&#.,;=/])([0-9]{1,6})([^0-9A-Za-z;=/]|$)").unwrap()
});
static NAME: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"([a-z,] )([A-Z][a-z]{3,14})\b|()([ァ-ヴー]{3,})").unwrap());

/// Words beside which a «not» fits, by language.
static ASSERTED: LazyLock<HashMap<&str, Vec<(Regex, &str)>>> = LazyLock::new(|| {
    let each = [
        (
            "en",
            r" (is|was|are|were|will|can|could|would|should|has been|have been) ([a-mo-z])",
            " $1 not $2",
        ),
        (
            "de",
            r" (ist|war|wird|sind|waren|wurde|kann) ([a-mo-z])",
            " $1 nicht $2",
        ),
        ("fr", r" (est|était) ([a-z])", " n’$1 pas $2"),
        ("ja", r"ました。", "ませんでした。"),
        ("ja", r"ます。", "ません。"),
        ("ja", r"している", "していない"),
        ("ja", r"した", "しなかった"),
        ("ja", r"である", "ではない"),
    ];
    let mut map: HashMap<&str, Vec<(Regex, &str)>> = HashMap::new();
    for (language, words, negated) in each {
        let pair = (Regex::new(words).unwrap(), negated);
        map.entry(language).or_default().push(pair);
    }
    map
});

impl RealPage {
    /// Finds the article: the long paragraphs under one element which hold most text.
    pub(super) fn of(name: &str, bytes: Vec<u8>) -> Result<Self, Unfit> {
        let html = String::from_utf8(bytes).map_err(|_| Unfit::NotUtf8)?;
        let dom = Html::parse_document(&html);
        let root = dom.root_element();
        let language = language_of(root.attr("lang").unwrap_or_default(), &html);
        let least = if language.lang == "ja" {
            LONG_WITHOUT_SPACES
        } else {
            LONG
        };
        let mut by_parent: HashMap<_, Vec<(ElementRef, String)>> = HashMap::new();
        let mut whole = 0;
        for element in dom.select(&Selector::parse("p").unwrap()) {
            let text = folded(&element.text().collect::<String>());
            let Some(parent) = element.parent().filter(|_| text.chars().count() >= least) else {
                continue;
            };
            whole += text.len();
            by_parent
                .entry(parent.id())
                .or_default()
                .push((element, text));
        }
        let length =
            |run: &[(ElementRef, String)]| -> usize { run.iter().map(|it| it.1.len()).sum() };
        // Of two equally long ones always the same.
        let run = by_parent
            .into_values()
            .max_by_key(|run| (length(run), run[0].1.clone()))
            .ok_or(Unfit::NoArticle)?;
        let places = places(&html);
        let mut paragraphs: Vec<Paragraph> = run
            .iter()
            .filter_map(
                |(element, text)| match places.get(&element.inner_html())?.as_slice() {
                    [(outer, inner)] => Some(Paragraph {
                        outer: outer.clone(),
                        inner: inner.clone(),
                        text: text.clone(),
                    }),
                    _ => None,
                },
            )
            .collect();
        paragraphs.sort_by_key(|it| it.outer.start);
        if paragraphs.len() < ENOUGH {
            return Err(Unfit::NoArticle);
        }
        let found: usize = paragraphs.iter().map(|it| it.text.len()).sum();
        #[expect(clippy::cast_precision_loss, reason = "a page has no 2^52 bytes")]
        if (found as f64) < whole as f64 * MOST {
            return Err(Unfit::Scattered);
        }
        let after = |tag: &Regex| tag.find(&html).map(|it| it.end());
        let (Some(head), Some(body)) = (after(&HEAD), after(&BODY)) else {
            return Err(Unfit::NoArticle);
        };
        Ok(Self {
            name: name.to_owned(),
            language,
            paragraphs,
            head,
            body,
            html,
        })
    }

    /// The source with these edits, none of which overlaps another.
    pub(super) fn with(&self, mut edits: Edits) -> String {
        edits.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
        let mut html = self.html.clone();
        for (range, new) in edits {
            html.replace_range(range, &new);
        }
        html
    }

    fn before_first(&self) -> usize {
        self.paragraphs[0].outer.start
    }

    fn after_last(&self) -> usize {
        self.paragraphs.last().unwrap().outer.end
    }

    fn story(&self, number: usize) -> &'static str {
        let all = &self.language.related;
        &all[number % all.len()]
    }

    /// Words that an author can quote, from the second paragraph: no edit of one word goes there.
    pub(super) fn quote(&self) -> Option<String> {
        let text = &self.paragraphs[1].text;
        let quote: String = if self.language.lang == "ja" {
            text.chars().skip(4).take(26).collect()
        } else {
            let words: Vec<&str> = text.split(' ').skip(2).take(11).collect();
            words.join(" ")
        };
        let is_plain = !quote.contains(['"', '“', '”', '«', '»', '„']);
        (is_plain && quote.chars().count() > 20).then_some(quote)
    }

    /// An answer's tokens: each one has its own.
    pub(super) fn tokens(&self, turn: usize) -> Edits {
        let token = super::chance::hash(&format!("{}/{turn}", self.name));
        let head = format!(
            "<meta name=\"csrf-token\" content=\"{token:x}\"><script nonce=\"{token:016x}\">window.__state={{\"session\":\"{token:x}\",\"t\":{}}};</script>",
            token % 1_000_003
        );
        let body =
            format!("<input type=\"hidden\" name=\"authenticity_token\" value=\"{token:x}\">");
        vec![(self.head..self.head, head), (self.body..self.body, body)]
    }

    /// The attributes of every start tag the other way round.
    pub(super) fn with_attributes_turned(&self) -> String {
        let turned = |tag: &Captures| {
            let mut all: Vec<&str> = ATTRIBUTE.find_iter(&tag[2]).map(|it| it.as_str()).collect();
            all.reverse();
            format!("<{} {}{}>", &tag[1], all.join(" "), &tag[3])
        };
        ATTRIBUTES.replace_all(&self.html, turned).into_owned()
    }

    /// A sentence of advertising between two paragraphs, in an element without a class.
    pub(super) fn advert(&self, turn: usize) -> Edits {
        let words = &self.language.ads[turn % self.language.ads.len()];
        let at = self.paragraphs[self.paragraphs.len() / 2].outer.start;
        inserted(at, format!("<div>{words}</div>"))
    }

    pub(super) fn related(&self, turn: usize) -> Edits {
        let items: String = (0..4)
            .map(|n| {
                format!(
                    "<li><a href=\"/story/{n}{turn}\">{}</a></li>",
                    self.story(turn * 3 + n)
                )
            })
            .collect();
        let heading = &self.language.most_read;
        inserted(
            self.after_last(),
            format!("<div class=\"more\"><h3>{heading}</h3><ul>{items}</ul></div>"),
        )
    }

    pub(super) fn banner(&self) -> Edits {
        let words = &self.language.newsletter;
        inserted(
            self.body,
            format!("<div class=\"site-message\"><p>{words}</p><a href=\"/go\">OK</a></div>"),
        )
    }

    pub(super) fn cookies(&self) -> Edits {
        let words = &self.language.cookie;
        inserted(
            self.body,
            format!("<div id=\"cookie-notice\"><p>{words}</p><button>OK</button></div>"),
        )
    }

    pub(super) fn counters(&self, turn: usize) -> Edits {
        let comments = &self.language.comments;
        let html = format!(
            "<div class=\"post-meta\"><span class=\"views\">{}</span> <span>{} {comments}</span></div>",
            1204 + turn * 4_391,
            3 + turn * 14,
        );
        inserted(self.before_first(), html)
    }

    /// How long ago it was, as counted on the day.
    pub(super) fn ago(&self, turn: usize) -> Edits {
        let n = 3 + turn * 4;
        let words = match self.language.lang.as_str() {
            "ja" => format!("{n}時間前"),
            "de" => format!("vor {n} Stunden"),
            "fr" => format!("il y a {n} heures"),
            _ => format!("{n} hours ago"),
        };
        inserted(self.before_first(), format!("<div>{words}</div>"))
    }

    pub(super) fn menu_entry(&self) -> Option<Edits> {
        let before = &self.html[..self.before_first()];
        let at = ITEM.find(before)?.end();
        let entry = self.language.menu.last().unwrap();
        Some(inserted(
            at,
            format!("<li><a href=\"/new\">{entry}</a></li>"),
        ))
    }

    /// The date of the day in the header.
    pub(super) fn day(&self, turn: usize) -> Edits {
        let day = 24 + turn;
        let words = match self.language.lang.as_str() {
            "ja" => format!("2020年11月{day}日"),
            "de" => format!("{day}. November 2020"),
            "fr" => format!("{day} novembre 2020"),
            _ => format!("November {day}, 2020"),
        };
        inserted(self.body, format!("<div class=\"today\">{words}</div>"))
    }

    /// The first paragraph, but the second, whose words allow the edit.
    fn edited(&self, edit: impl Fn(&str) -> Option<String>) -> Option<Edits> {
        let from = 2 % self.paragraphs.len();
        let order = (from..self.paragraphs.len()).chain([0]);
        for paragraph in order.map(|it| &self.paragraphs[it]) {
            let inner = &self.html[paragraph.inner.clone()];
            if let Some(new) = in_words(inner, &edit) {
                return Some(vec![(paragraph.inner.clone(), new)]);
            }
        }
        None
    }

    pub(super) fn other_figure(&self) -> Option<Edits> {
        self.edited(|words| {
            let found = FIGURE.captures(words)?.get(2)?;
            let first = found.as_str().as_bytes()[0] - b'0';
            let new = format!("{}{}", first % 9 + 1, &found.as_str()[1..]);
            Some(spliced(words, found.range(), &new))
        })
    }

    pub(super) fn negation(&self) -> Option<Edits> {
        let pairs = ASSERTED.get(self.language.lang.as_str())?;
        self.edited(|words| {
            let (asserted, negated) = pairs
                .iter()
                .find(|(asserted, _)| asserted.is_match(words))?;
            Some(asserted.replace(words, *negated).into_owned())
        })
    }

    pub(super) fn other_name(&self) -> Option<Edits> {
        self.edited(|words| {
            let found = NAME.captures(words)?;
            let (found, new) = match found.get(2) {
                Some(latin) => (latin, "Harrowgate"),
                None => (found.get(4)?, "カルドナ"),
            };
            Some(spliced(words, found.range(), new))
        })
    }

    pub(super) fn paragraph_less(&self) -> Edits {
        vec![(self.paragraphs[2].outer.clone(), String::new())]
    }

    /// The article of another page under this one's template and headline.
    pub(super) fn body_of(&self, other: &Self) -> Edits {
        let inner = |it: &Paragraph| other.html[it.inner.clone()].to_owned();
        let text: String = other
            .paragraphs
            .iter()
            .map(|it| format!("<p>{}</p>", inner(it)))
            .collect();
        vec![(self.before_first()..self.after_last(), text)]
    }

    /// The headline stands, and nothing under it.
    pub(super) fn no_body(&self) -> Edits {
        vec![(self.before_first()..self.after_last(), String::new())]
    }

    /// An error in the article's place.
    pub(super) fn error(&self, [title, line]: &[String; 2]) -> Edits {
        let mut edits = Vec::new();
        if let Some(at) = TITLE.captures(&self.html).and_then(|it| it.get(1)) {
            edits.push((at.range(), title.clone()));
        }
        let inside = self.before_first()..self.after_last();
        let heading = HEADING.captures(&self.html).and_then(|it| it.get(1));
        let heading = heading.filter(|at| !inside.contains(&at.start()));
        let mut instead = format!("<p>{line}</p>");
        match heading {
            Some(at) => edits.push((at.range(), title.clone())),
            None => instead.insert_str(0, &format!("<h2>{title}</h2>")),
        }
        edits.push((inside, instead));
        edits
    }
}

fn inserted(at: usize, new: String) -> Edits {
    vec![(at..at, new)]
}

/// Every paragraph of the source by what it holds, as a parser writes it.
#[expect(clippy::type_complexity, reason = "it is taken apart at once")]
fn places(html: &str) -> HashMap<String, Vec<(Range<usize>, Range<usize>)>> {
    let opaque: Vec<Range<usize>> = OPAQUE.find_iter(html).map(|it| it.range()).collect();
    let mut places: HashMap<String, Vec<_>> = HashMap::new();
    for found in PARAGRAPH.captures_iter(html) {
        let (outer, inner) = (found.get(0).unwrap(), found.get(1).unwrap());
        if opaque.iter().any(|it| it.contains(&outer.start())) {
            continue;
        }
        let held = Html::parse_fragment(inner.as_str())
            .root_element()
            .inner_html();
        let place = (outer.range(), inner.range());
        places.entry(held).or_default().push(place);
    }
    places
}

/// An edit of the first stretch between tags that allows it.
fn in_words(inner: &str, edit: impl Fn(&str) -> Option<String>) -> Option<String> {
    let mut from = 0;
    while from < inner.len() {
        let to = inner[from..].find('<').map_or(inner.len(), |it| from + it);
        if let Some(new) = edit(&inner[from..to]) {
            return Some(spliced(inner, from..to, &new));
        }
        from = inner[to..].find('>').map_or(inner.len(), |it| to + it + 1);
    }
    None
}

fn spliced(words: &str, range: Range<usize>, new: &str) -> String {
    format!("{}{new}{}", &words[..range.start], &words[range.end..])
}

pub(super) fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// By the attribute, or by the letters.
fn language_of(attribute: &str, html: &str) -> &'static Language {
    let by = |lang: &str| LANGUAGES.iter().find(|it| it.lang == lang);
    let primary = attribute.split(['-', '_']).next().unwrap_or_default();
    let is_kana = |letter: &char| ('ぁ'..='ヴ').contains(letter);
    let lang = match by(&primary.to_ascii_lowercase()) {
        _ if html.chars().filter(is_kana).count() > 300 => "ja",
        Some(language) => language.lang.as_str(),
        None => "en",
    };
    by(lang).unwrap()
}
