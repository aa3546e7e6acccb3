//! What becomes of sources: each fate makes cases, labelled.

/// Other schemes, other hosts, ways through others.
mod addresses;
/// Plain text, JSON, older charsets, scripts, marks inside a page.
mod media;
/// PDFs, and adverts in bare paragraphs.
mod papers;
/// Whole hosts, first visits, pages that send on.
mod states;
/// Walls, notices and tables: a set of its own.
pub(super) mod words;

use ibid::model::verdict::{Passage, Severity, State};

use super::case::{Case, Epoch, Part, Reply, Right, Way};
use super::chance::Chance;
use super::skeletons::{self, Body, Main, Noise, Scene, Skeleton};
use super::texts::{self, Found, Language, wording};

/// A fate, and how many sources have it.
type Fate = (&'static str, usize, fn(&mut Maker) -> Vec<Epoch>);

/// Sources of one class and the other, by `class/fate`.
const FATES: &[Fate] = &[
    ("ok/same", 160, same),
    ("ok/furniture", 36, |m| m.becomes_noisy(|_| ())),
    ("ok/boxes_inside", 60, boxes_inside),
    ("ok/banner", 20, |m| {
        m.becomes_noisy(|n| n.has_banner = true)
    }),
    ("ok/inner_banner", 16, |m| {
        m.becomes_noisy(|n| n.has_inner_banner = true)
    }),
    ("ok/comments", 24, |m| m.becomes_noisy(|n| n.comments = 4)),
    ("ok/redesign", 50, redesign),
    ("ok/markup", 20, markup),
    ("ok/trap_text", 24, trap),
    ("ok/short", 10, short),
    ("ok/redirected_for_now", 12, redirected_for_now),
    ("ok/changed_back", 8, changed_back),
    ("changed/figure", 40, |m| m.edited("figure")),
    ("changed/not", 30, |m| m.edited("not")),
    ("changed/name", 25, |m| m.edited("name")),
    ("changed/date", 25, |m| m.edited("date")),
    ("changed/word", 25, |m| m.edited("word")),
    ("changed/table_cell", 16, |m| m.edited("table")),
    ("changed/headline", 20, headline),
    ("changed/paragraph_added", 20, paragraph_added),
    ("changed/paragraph_removed", 20, paragraph_removed),
    ("changed/correction", 16, correction),
    ("changed/retraction", 10, retraction),
    ("changed/redesign_and_edit", 30, redesign_and_edit),
    ("changed/half", 16, half),
    ("changed/passage_gone", 20, passage_gone),
    ("changed/replaced", 24, replaced),
    ("soft_404/own_template", 60, error_in_template),
    ("soft_404/home_in_place", 14, |m| m.listing_in_place(None)),
    ("soft_404/section_in_place", 12, |m| {
        m.listing_in_place(Some(0))
    }),
    ("soft_404/search_in_place", 10, search_in_place),
    ("soft_404/empty_article", 10, empty_article),
    ("soft_404/headline_without_body", 10, headline_without_body),
    ("soft_404/sent_home", 16, sent_home),
    ("soft_404/sent_to_error", 8, sent_to_error),
    ("parked/for_sale", 24, for_sale),
    ("parked/suspended", 10, suspended),
    ("parked/default_page", 8, default_page),
    ("parked/advertising", 16, advertising),
    ("parked/gambling", 16, gambling),
    ("blocked/status", 20, refused_status),
    ("blocked/challenge", 24, challenge),
    ("blocked/login_in_place", 10, |m| m.walled(|l| &l.login)),
    ("blocked/login_redirect", 8, login_redirect),
    ("blocked/pay", 14, pay),
    ("blocked/consent", 10, |m| m.walled(|l| &l.consent)),
    ("blocked/geo", 8, |m| m.walled(|l| &l.geo)),
    ("unreachable/status", 16, server_error),
    ("unreachable/maintenance", 16, maintenance),
    ("unreachable/silence", 4, |m| {
        m.replies(vec![Reply::Silence], State::Unreachable)
    }),
    ("unreachable/cut", 6, |m| {
        m.replies(vec![Reply::Cut], State::Unreachable)
    }),
    ("unreachable/cut_body", 6, cut_body),
    ("unreachable/refused", 6, |_| {
        Maker::unnamed(Way::Refused, State::Unreachable)
    }),
    ("unreachable/name_fault", 4, |_| {
        Maker::unnamed(Way::NameFault, State::Unreachable)
    }),
    ("unreachable/loop", 4, |_| {
        Maker::everywhere(Reply::redirect(302, "/loop"), State::Unreachable)
    }),
    ("dead/gone", 24, gone),
    ("dead/no_name", 10, |_| {
        Maker::unnamed(Way::NoName, State::Dead)
    }),
    ("dead/gone_and_back", 6, gone_and_back),
    ("moved/permanent", 16, |m| m.moved(false)),
    ("moved/chain", 10, |m| m.moved(true)),
];

/// Every case.
pub(super) fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    let fates = [
        FATES,
        addresses::FATES,
        media::FATES,
        papers::FATES,
        states::FATES,
    ];
    for (fate, count, make) in fates.into_iter().flatten() {
        for number in 0..*count {
            let name = format!("{fate}/{number:02}");
            cases.push(make_case(&name, cases.len(), *make));
        }
    }
    cases
}

fn make_case(name: &str, number: usize, make: fn(&mut Maker) -> Vec<Epoch>) -> Case {
    let part = Part::of(name);
    let mut maker = Maker::new(name, number, part);
    let mut epochs = vec![maker.whole(State::Ok)];
    let home = Reply::page(200, &maker.html(&Main::Listing(&maker.language.menu[0])));
    let [title, line] = maker.wording(&maker.language.not_found);
    let missing = Reply::page(404, &maker.html(&Main::Notice(&title, vec![&line])));
    epochs.extend(make(&mut maker));
    if let Some(first) = maker.first.take() {
        epochs[0] = first;
    }
    let scored = (1..epochs.len()).collect();
    let text = maker.text;
    Case {
        name: name.to_owned(),
        part,
        url: maker.url(),
        host: maker.host,
        other_hosts: maker.other_hosts,
        home,
        missing,
        title: maker.is_titled.then(|| text.title.clone()),
        quote: text.quote.clone().filter(|_| maker.is_quoted),
        epochs,
        scored,
    }
}

/// Makes the epochs of one case.
struct Maker {
    name: String,
    part: Part,
    chance: Chance,
    host: String,
    path: String,
    language: &'static Language,
    text: &'static texts::Text,
    skeleton: &'static Skeleton,
    body: Body,
    noise: Noise,
    is_titled: bool,
    is_quoted: bool,
    way: Way,
    /// Hosts beside its own that its story needs.
    other_hosts: Vec<String>,
    /// A mark in the page that the citation points to.
    anchor: Option<&'static str>,
    /// What it was on the day its author looked, where that is no page of the template.
    first: Option<Epoch>,
}

impl Maker {
    fn new(name: &str, number: usize, part: Part) -> Self {
        let mut chance = Chance::of(name);
        let wants = |(language, text): &Found| {
            let edit = name.rsplit('/').nth(1).unwrap_or_default();
            let edit = if edit == "table_cell" { "table" } else { edit };
            let is_edit = ["figure", "not", "name", "date", "word", "table"].contains(&edit);
            let has_edit = !is_edit || text.edits.iter().any(|it| it[0] == edit);
            text.trap == name.starts_with("ok/trap")
                && text.short == name.starts_with("ok/short")
                && (!name.contains("/charset")
                    || ["ja", "ru", "uk", "zh"].contains(&language.lang.as_str()))
                // The letters of the font that PDFs are set in.
                && (!name.contains("/pdf")
                    || ["de", "en", "es", "fr", "it", "nl", "pt"].contains(&language.lang.as_str()))
                && has_edit
        };
        let mut pool: Vec<Found> = texts::of_part(part).into_iter().filter(wants).collect();
        if pool.is_empty() {
            // So few are traps that one part may have none.
            let other = [Part::Tuning, Part::Seen].map(texts::of_part).concat();
            pool = other.into_iter().filter(wants).collect();
        }
        let (language, text) = *chance.one(&pool);
        let skeleton = chance.one(skeletons::of_part(part));
        let body = Body {
            title: text.title.clone(),
            author: text.author.clone(),
            paragraphs: text.paragraphs.clone(),
            table: text.table.clone(),
            pieces: Vec::new(),
        };
        let is_secure = name.starts_with("ok/https") || name.starts_with("ok/certificate");
        // The names that the web's certificates are for.
        let site = if is_secure { "secure" } else { skeleton.name };
        Self {
            name: name.to_owned(),
            part,
            host: format!("s{number}.{site}.example"),
            path: format!("/{}/{}-{}", language.lang, text.id, chance.below(90_000)),
            language,
            text,
            skeleton,
            body,
            noise: Noise::default(),
            is_titled: !chance.once_in(4),
            is_quoted: chance.once_in(3),
            chance,
            way: if is_secure { Way::Secure } else { Way::Open },
            other_hosts: Vec::new(),
            anchor: None,
            first: None,
        }
    }

    fn url(&self) -> String {
        let directive = self.text.fragment.as_ref().filter(|_| self.is_quoted);
        let directive = directive.map_or_else(String::new, |words| {
            let coded: String = words.bytes().map(|b| format!("%{b:02X}")).collect();
            format!("#:~:text={coded}")
        });
        let anchor = self.anchor.map_or_else(String::new, |it| format!("#{it}"));
        let scheme = if self.name.starts_with("ok/certificate") {
            "https"
        } else {
            "http"
        };
        format!("{scheme}://{}{}{anchor}{directive}", self.host, self.path)
    }

    fn other_host(&mut self, host: &str) -> String {
        self.other_hosts.push(host.to_owned());
        host.to_owned()
    }

    fn html(&self, main: &Main) -> String {
        self.skeleton.page(
            &Scene {
                language: self.language,
                site: self.host.split('.').nth(1).unwrap(),
                body: &self.body,
                noise: self.noise,
            },
            main,
        )
    }

    /// The page as it is now, at its address.
    fn whole(&self, state: State) -> Epoch {
        let reply = Reply::page(200, &self.html(&Main::Article));
        self.at_path(reply, self.right(state))
    }

    /// With the passage that is right for a page that is there.
    fn right(&self, state: State) -> Right {
        let right = Right::is(state);
        match self.passage() {
            Some(passage) => right.passage(passage),
            None => right,
        }
    }

    fn passage(&self) -> Option<Passage> {
        let cited = self.text.quote.as_ref().or(self.text.fragment.as_ref())?;
        if !self.is_quoted {
            return None;
        }
        let is_here = self.body.paragraphs.iter().any(|it| it.contains(cited));
        Some(if is_here {
            Passage::Present
        } else {
            Passage::Gone
        })
    }

    fn at_path(&self, reply: Reply, right: Right) -> Epoch {
        Epoch {
            way: self.way,
            pages: vec![(self.path.clone(), reply)],
            right,
        }
    }

    fn turn(&mut self) {
        self.noise.turn += 1;
    }

    /// The same text, with everything around it turned.
    fn becomes_noisy(&mut self, mut change: impl FnMut(&mut Noise)) -> Vec<Epoch> {
        self.turn();
        change(&mut self.noise);
        vec![self.whole(State::Ok)]
    }

    /// Changed, and half of the time with other furniture as well.
    fn changed(&mut self, severities: &[Severity]) -> Vec<Epoch> {
        if self.chance.once_in(2) {
            self.turn();
        }
        let mut epoch = self.whole(State::Changed);
        // The passage lost is a major change, however few the words.
        epoch.right.severities = if self.passage() == Some(Passage::Gone) {
            vec![Severity::Major, Severity::Replaced]
        } else {
            severities.to_vec()
        };
        vec![epoch]
    }

    fn edit(&mut self, kind: &str) {
        let edits: Vec<_> = self.text.edits.iter().filter(|it| it[0] == kind).collect();
        let [_, old, new] = *self.chance.one(&edits);
        for words in &mut self.body.paragraphs {
            *words = words.replacen(old, new, 1);
        }
        for cell in self.body.table.iter_mut().flatten().filter(|it| *it == old) {
            new.clone_into(cell);
        }
    }

    fn edited(&mut self, kind: &str) -> Vec<Epoch> {
        self.edit(kind);
        self.changed(&[Severity::Minor])
    }

    fn other_skeleton(&mut self) {
        let before = self.skeleton.name;
        while self.skeleton.name == before {
            self.skeleton = self.chance.one(skeletons::of_part(self.part));
        }
    }

    fn wording(&self, all: &'static [[String; 2]]) -> [String; 2] {
        let [title, line] = wording(all, self.part, &self.name);
        [title, line].map(|words| words.replace("{host}", &self.host))
    }

    fn replies(&self, all: Vec<Reply>, state: State) -> Vec<Epoch> {
        all.into_iter()
            .map(|reply| self.at_path(reply, Right::is(state)))
            .collect()
    }

    fn everywhere(reply: Reply, state: State) -> Vec<Epoch> {
        vec![Epoch {
            way: Way::Open,
            pages: vec![("*".to_owned(), reply)],
            right: Right::is(state),
        }]
    }

    fn unnamed(way: Way, state: State) -> Vec<Epoch> {
        let epoch = Epoch {
            way,
            pages: Vec::new(),
            right: Right::is(state),
        };
        Self::lasting(epoch)
    }

    /// Seen at three checks that count.
    fn lasting(epoch: Epoch) -> Vec<Epoch> {
        let mut third = epoch.clone();
        if third.right.states[0].needs_confirmation() {
            third.right = third.right.confirmed();
        }
        vec![epoch.clone(), epoch, third]
    }

    fn bare(&self, status: u16, title: &str, inner: &str) -> Reply {
        Reply::page(
            status,
            &format!(
                "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{title}</title></head><body>{inner}</body></html>",
                self.language.lang
            ),
        )
    }

    fn listing_in_place(&mut self, section: Option<usize>) -> Vec<Epoch> {
        self.turn();
        let title = section.map_or("", |it| self.language.menu[1 + it].as_str());
        let title = if title.is_empty() {
            self.language.menu[0].as_str()
        } else {
            title
        };
        let html = self.html(&Main::Listing(title));
        Self::everywhere(Reply::page(200, &html), State::SoftNotFound)
    }

    fn walled(&mut self, words: fn(&'static Language) -> &'static [[String; 2]]) -> Vec<Epoch> {
        let [title, line] = self.wording(words(self.language));
        let field = if line.contains("passw") || self.name.contains("login") {
            "<form><input name=\"user\"><input type=\"password\" name=\"p\"><button>OK</button></form>"
        } else {
            "<button>OK</button>"
        };
        let reply = if self.chance.once_in(2) {
            Reply::page(
                200,
                &self.html(&Main::Notice(&title, vec![&line])).replace(
                    "<div class=\"message\">",
                    &format!("<div class=\"message\">{field}"),
                ),
            )
        } else {
            self.bare(
                200,
                &title,
                &format!("<h1>{title}</h1><p>{line}</p>{field}"),
            )
        };
        Self::everywhere(reply, State::Blocked)
    }

    fn moved(&mut self, is_chain: bool) -> Vec<Epoch> {
        self.turn();
        let page = Reply::page(200, &self.html(&Main::Article));
        let new = format!("/archive{}", self.path);
        let status = *self.chance.one(&[301, 308]);
        let mut pages = vec![(new.clone(), page)];
        if is_chain {
            pages.push((self.path.clone(), Reply::redirect(status, "/go/1")));
            pages.push(("/go/1".to_owned(), Reply::redirect(301, &new)));
        } else {
            pages.push((self.path.clone(), Reply::redirect(status, &new)));
        }
        let right = self.right(State::Moved);
        vec![Epoch {
            way: Way::Open,
            pages,
            right,
        }]
    }
}

fn same(m: &mut Maker) -> Vec<Epoch> {
    vec![m.whole(State::Ok)]
}

fn boxes_inside(m: &mut Maker) -> Vec<Epoch> {
    m.becomes_noisy(|noise| noise.is_inside = true)
}

fn redesign(m: &mut Maker) -> Vec<Epoch> {
    m.other_skeleton();
    m.becomes_noisy(|_| ())
}

/// The same page by another editor: entities, quotes, spaces, attributes.
fn markup(m: &mut Maker) -> Vec<Epoch> {
    let html = m.html(&Main::Article);
    let html = match m.chance.below(4) {
        0 => html.replace(". ", ".&nbsp; ").replace('’', "&#39;"),
        1 => html
            .replace("<p>", "<p\n   class=\"x\" data-v=\"1\">")
            .replace(" - ", " – "),
        2 => html
            .replace("<p>", "<P>")
            .replace("</p>", "</P>\n\n\n")
            .replace(['“', '”'], "\""),
        _ => html
            .replace('é', "&eacute;")
            .replace('ü', "&uuml;")
            .replace(", ", ",\n"),
    };
    let right = m.right(State::Ok);
    vec![m.at_path(Reply::page(200, &html), right)]
}

fn trap(m: &mut Maker) -> Vec<Epoch> {
    m.becomes_noisy(|_| ())
}

fn short(m: &mut Maker) -> Vec<Epoch> {
    m.becomes_noisy(|_| ())
}

fn redirected_for_now(m: &mut Maker) -> Vec<Epoch> {
    let page = Reply::page(200, &m.html(&Main::Article));
    let right = m.right(State::Ok).or(State::Moved);
    let pages = vec![
        (m.path.clone(), Reply::redirect(302, "/now")),
        ("/now".to_owned(), page),
    ];
    vec![Epoch {
        way: Way::Open,
        pages,
        right,
    }]
}

fn changed_back(m: &mut Maker) -> Vec<Epoch> {
    let whole = m.body.clone();
    m.edit("figure");
    let mut epochs = m.changed(&[Severity::Minor]);
    m.body = whole;
    m.turn();
    epochs.push(m.whole(State::Ok));
    epochs
}

fn headline(m: &mut Maker) -> Vec<Epoch> {
    m.text.headline.clone_into(&mut m.body.title);
    m.is_quoted = false;
    m.changed(&[Severity::Minor])
}

fn paragraph_added(m: &mut Maker) -> Vec<Epoch> {
    let at = 1 + m.chance.below(m.body.paragraphs.len());
    m.body.paragraphs.insert(at, m.text.added.clone());
    m.changed(&[Severity::Minor])
}

fn paragraph_removed(m: &mut Maker) -> Vec<Epoch> {
    let at = 1 + m.chance.below(m.body.paragraphs.len() - 1);
    m.body.paragraphs.remove(at);
    m.changed(&[Severity::Minor, Severity::Major])
}

fn correction(m: &mut Maker) -> Vec<Epoch> {
    m.edit("figure");
    m.body.paragraphs.push(m.language.correction.clone());
    m.changed(&[Severity::Minor, Severity::Major])
}

fn retraction(m: &mut Maker) -> Vec<Epoch> {
    m.body.paragraphs.insert(0, m.language.retraction.clone());
    m.changed(&[Severity::Major])
}

fn redesign_and_edit(m: &mut Maker) -> Vec<Epoch> {
    m.other_skeleton();
    m.turn();
    let kind = if m.chance.once_in(2) {
        "figure"
    } else {
        "word"
    };
    let kind = if m.text.edits.iter().any(|it| it[0] == kind) {
        kind
    } else {
        "figure"
    };
    m.edited(kind)
}

fn another(m: &mut Maker, is_same_language: bool) -> &'static texts::Text {
    let all = texts::of_part(m.part);
    let others: Vec<_> = all
        .iter()
        .filter(|(language, text)| {
            text.id != m.text.id && (!is_same_language || language.lang == m.language.lang)
        })
        .collect();
    if others.is_empty() {
        return another(m, false);
    }
    m.chance.one(&others).1
}

fn half(m: &mut Maker) -> Vec<Epoch> {
    let other = another(m, true);
    let count = m.body.paragraphs.len();
    m.body.paragraphs.truncate(count / 2);
    m.body
        .paragraphs
        .extend(other.paragraphs.iter().take(2).cloned());
    m.changed(&[Severity::Major, Severity::Replaced])
}

fn passage_gone(m: &mut Maker) -> Vec<Epoch> {
    m.is_quoted = true;
    let cited = m.text.quote.as_ref().or(m.text.fragment.as_ref()).unwrap();
    m.body.paragraphs.retain(|words| !words.contains(cited));
    m.changed(&[Severity::Major])
}

fn replaced(m: &mut Maker) -> Vec<Epoch> {
    let other = another(m, true);
    other.title.clone_into(&mut m.body.title);
    m.body.paragraphs.clone_from(&other.paragraphs);
    m.body.table.clone_from(&other.table);
    m.changed(&[Severity::Replaced])
}

fn error_in_template(m: &mut Maker) -> Vec<Epoch> {
    m.turn();
    let [title, line] = m.wording(&m.language.not_found);
    let html = m.html(&Main::Notice(&title, vec![&line]));
    let epoch = Maker::everywhere(Reply::page(200, &html), State::SoftNotFound).remove(0);
    if m.chance.once_in(4) {
        Maker::lasting(epoch)
    } else {
        vec![epoch]
    }
}

fn search_in_place(m: &mut Maker) -> Vec<Epoch> {
    m.turn();
    let html = m.html(&Main::Notice(
        &m.language.search_empty,
        vec![&m.language.newsletter],
    ));
    Maker::everywhere(Reply::page(200, &html), State::SoftNotFound)
}

fn empty_article(m: &mut Maker) -> Vec<Epoch> {
    m.turn();
    let html = m.html(&Main::Empty);
    let mut epochs = Maker::everywhere(Reply::page(200, &html), State::SoftNotFound);
    epochs[0].right = Right::is(State::SoftNotFound).or(State::Unknown);
    epochs
}

fn headline_without_body(m: &mut Maker) -> Vec<Epoch> {
    m.turn();
    let html = m.html(&Main::Notice(&m.text.title, vec![]));
    let right = Right::is(State::SoftNotFound)
        .or(State::Changed)
        .severe(&[Severity::Major, Severity::Replaced]);
    vec![m.at_path(Reply::page(200, &html), right)]
}

fn sent_home(m: &mut Maker) -> Vec<Epoch> {
    m.turn();
    let home = Reply::page(200, &m.html(&Main::Listing(&m.language.menu[0])));
    let status = *m.chance.one(&[301, 302]);
    let pages = vec![
        (m.path.clone(), Reply::redirect(status, "/")),
        ("/".to_owned(), home),
    ];
    vec![Epoch {
        way: Way::Open,
        pages,
        right: Right::is(State::SoftNotFound),
    }]
}

fn sent_to_error(m: &mut Maker) -> Vec<Epoch> {
    let [title, line] = m.wording(&m.language.not_found);
    let page = Reply::page(200, &m.html(&Main::Notice(&title, vec![&line])));
    let pages = vec![
        (m.path.clone(), Reply::redirect(302, "/site/oops")),
        ("/site/oops".to_owned(), page),
    ];
    vec![Epoch {
        way: Way::Open,
        pages,
        right: Right::is(State::SoftNotFound),
    }]
}

fn for_sale(m: &mut Maker) -> Vec<Epoch> {
    let [title, line] = m.wording(&m.language.parked);
    let epoch = Maker::everywhere(
        m.bare(
            200,
            &title,
            &format!("<h1>{title}</h1><p>{line}</p><form><input name=\"offer\"></form>"),
        ),
        State::Parked,
    )
    .remove(0);
    if m.chance.once_in(3) {
        Maker::lasting(epoch)
    } else {
        vec![epoch]
    }
}

fn suspended(m: &mut Maker) -> Vec<Epoch> {
    let [title, line] = m.wording(&m.language.suspended);
    Maker::everywhere(
        m.bare(200, &title, &format!("<h2>{title}</h2><p>{line}</p>")),
        State::Parked,
    )
}

fn default_page(m: &mut Maker) -> Vec<Epoch> {
    let (title, line) = *m.chance.one(&[
        ("Welcome to nginx!", "If you see this page, the nginx web server is successfully installed and working. Further configuration is required."),
        ("Apache2 Debian Default Page: It works", "This is the default welcome page used to test the correct operation of the Apache2 server after installation."),
        ("IIS Windows Server", ""),
        ("Coming soon", "A new website is being built here. Powered by your hosting provider."),
    ]);
    Maker::everywhere(
        m.bare(200, title, &format!("<h1>{title}</h1><p>{line}</p>")),
        State::Parked,
    )
}

/// A lander: sponsored links by topic, and a search field.
fn advertising(m: &mut Maker) -> Vec<Epoch> {
    Maker::everywhere(advertising_page(m), State::Parked)
}

fn advertising_page(m: &mut Maker) -> Reply {
    let topics = [
        "Car insurance",
        "Cheap flights",
        "Online degrees",
        "Hotel deals",
        "Credit cards",
        "Web hosting",
        "Home loans",
        "Dating",
    ];
    let from = m.chance.below(topics.len());
    let links: String = (0..6)
        .map(|n| {
            format!(
                "<li><a href=\"/click?k={n}\">{}</a></li>",
                topics[(from + n) % topics.len()]
            )
        })
        .collect();
    let script = match (m.part, m.chance.below(2)) {
        (Part::Tuning, 0) => "<script src=\"//img.sedoparking.com/templates/x.js\"></script>",
        (Part::Tuning, _) => "<script>window.park={\"domain\":\"x\",\"ads\":true}</script>",
        (Part::Seen | Part::Aside, 0) => {
            "<script src=\"https://www.google.com/adsense/domains/caf.js\"></script>"
        }
        (Part::Seen | Part::Aside, _) => "<script src=\"/px.js?ch=1\"></script>",
    };
    let inner = format!(
        "<h1>{}</h1><p>Related Searches</p><ul>{links}</ul><p>Sponsored listings</p><form><input name=\"q\"></form>{script}",
        m.host
    );
    m.bare(200, &m.host, &inner)
}

/// Another site has the name: bets and prizes.
fn gambling(m: &mut Maker) -> Vec<Epoch> {
    let brand = m
        .chance
        .one(&[
            "Raja Slot 88",
            "Lucky Spin Club",
            "Bet Master",
            "Mega Casino",
        ])
        .to_owned();
    let sentences: &[&str] = match m.part {
        Part::Tuning => &[
            "is the most trusted online slot site with daily jackpots and fast withdrawal.",
            "Register now and claim a 100% welcome bonus on your first deposit.",
            "Play baccarat, roulette and poker with live dealers around the clock.",
            "Our casino offers free spins to every new member.",
        ],
        Part::Seen | Part::Aside => &[
            "adalah situs judi slot online gacor dengan deposit murah.",
            "Daftar sekarang dan dapatkan bonus new member 100 persen.",
            "Main poker, togel dan taruhan bola setiap hari.",
            "Bandar casino terpercaya dengan jackpot terbesar.",
        ],
    };
    let inner: String = (0..3)
        .flat_map(|_| sentences)
        .map(|words| format!("<p>{brand} {words}</p>"))
        .collect();
    let title = format!("{brand} - Slot Online");
    Maker::everywhere(
        m.bare(200, &title, &format!("<h1>{brand}</h1>{inner}")),
        State::Parked,
    )
}

fn refused_status(m: &mut Maker) -> Vec<Epoch> {
    let status = *m.chance.one(&[401, 402, 403, 429]);
    let reply = m.bare(status, "Denied", "<h1>Denied</h1>");
    m.replies(vec![reply.clone(), reply.clone(), reply], State::Blocked)
}

fn challenge(m: &mut Maker) -> Vec<Epoch> {
    let status = *m.chance.one(&[200, 403, 503]);
    let reply = if m.chance.once_in(3) {
        m.bare(status, "Just a moment...", "<script>window._cf_chl_opt={cRay:1}</script><noscript>Enable JavaScript and cookies to continue</noscript>")
    } else {
        let [title, line] = m.wording(&m.language.challenge);
        m.bare(status, &title, &format!("<h1>{title}</h1><p>{line}</p><div class=\"captcha\"></div><script src=\"/captcha.js\"></script>"))
    };
    Maker::everywhere(reply, State::Blocked)
}

fn login_redirect(m: &mut Maker) -> Vec<Epoch> {
    let [title, line] = m.wording(&m.language.login);
    let page = m.bare(
        200,
        &title,
        &format!(
            "<h1>{title}</h1><p>{line}</p><form><input name=\"u\"><input type=\"password\"></form>"
        ),
    );
    let to = *m
        .chance
        .one(&["/account/login?next=x", "/signin?r=1", "/user/login"]);
    let pages = vec![
        (m.path.clone(), Reply::redirect(302, to)),
        ("*".to_owned(), page),
    ];
    vec![Epoch {
        way: Way::Open,
        pages,
        right: Right::is(State::Blocked),
    }]
}

/// The headline and the first sentences, then the offer.
fn pay(m: &mut Maker) -> Vec<Epoch> {
    m.turn();
    let [title, line] = m.wording(&m.language.pay);
    let teaser = m.body.paragraphs[0].clone();
    let html = m.html(&Main::Notice(&m.text.title, vec![&teaser, &title, &line]));
    let right = Right::is(State::Blocked);
    vec![m.at_path(Reply::page(200, &html), right)]
}

fn server_error(m: &mut Maker) -> Vec<Epoch> {
    let status = *m.chance.one(&[500, 502, 503, 504, 520]);
    let reply = m.bare(status, "Error", "<h1>Internal error</h1>");
    m.replies(
        vec![reply.clone(), reply.clone(), reply],
        State::Unreachable,
    )
}

fn maintenance(m: &mut Maker) -> Vec<Epoch> {
    let status = *m.chance.one(&[200, 200, 503]);
    let [title, line] = m.wording(&m.language.maintenance);
    Maker::everywhere(
        m.bare(status, &title, &format!("<h1>{title}</h1><p>{line}</p>")),
        State::Unreachable,
    )
}

/// Half of the page came.
fn cut_body(m: &mut Maker) -> Vec<Epoch> {
    let html = m.html(&Main::Article);
    let half = html.as_bytes()[..html.len() / 2].to_vec();
    let right = Right::is(State::Unreachable)
        .or(State::Unknown)
        .or(State::Ok);
    vec![m.at_path(Reply::CutBody(half), right)]
}

fn gone(m: &mut Maker) -> Vec<Epoch> {
    let [title, line] = m.wording(&m.language.not_found);
    let status = *m.chance.one(&[404, 404, 410, 451]);
    let html = m.html(&Main::Notice(&title, vec![&line]));
    let epoch = m.at_path(Reply::page(status, &html), Right::is(State::Dead));
    Maker::lasting(epoch)
}

fn gone_and_back(m: &mut Maker) -> Vec<Epoch> {
    let gone = m.at_path(Reply::page(404, "<h1>404</h1>"), Right::is(State::Dead));
    m.turn();
    let mut epochs = Maker::lasting(gone);
    epochs.push(m.whole(State::Ok));
    epochs
}
