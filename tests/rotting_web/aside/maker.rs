//! Makes the epochs of one case, and its citation.

use ibid::model::verdict::{Passage, Severity, State};

use super::pages::{self, Body, Main, Noise, Scene, Template};
use super::texts::{self, Pair, Text, Words};
use crate::rotting_web::case::{Case, Epoch, Part, Reply, Right, Way};
use crate::rotting_web::chance::Chance;

/// A fate, and how many sources have it.
pub(super) type Fate = (&'static str, usize, fn(&mut Maker) -> Vec<Epoch>);

/// What a document says of its source beside the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cites {
    Nothing,
    Title,
    Quote,
    /// The same words in the address.
    Fragment,
    /// A heading of the page in the address.
    Anchor,
}

/// Makes a case.
pub(super) fn case(name: &str, number: usize, make: fn(&mut Maker) -> Vec<Epoch>) -> Case {
    let mut maker = Maker::new(name, number);
    let mut epochs = vec![maker.whole(State::Ok)];
    let front = maker.words.menu[0].as_str();
    let home = Reply::page(200, &maker.html(&Main::Listing(front)));
    let missing = maker.notice(404, &maker.pick(&maker.words.not_found), "");
    epochs.extend(make(&mut maker));
    if let Some(first) = maker.first.take() {
        epochs[0] = first;
    }
    let from = usize::from(!maker.is_first_scored);
    let has = |cites| maker.cites == cites;
    Case {
        name: name.to_owned(),
        part: Part::Aside,
        url: maker.url(),
        title: (!has(Cites::Nothing)).then(|| maker.text.title.clone()),
        quote: has(Cites::Quote).then(|| maker.text.quote.clone()),
        scored: (from..epochs.len()).collect(),
        host: maker.host,
        other_hosts: maker.other_hosts,
        home,
        missing,
        epochs,
    }
}

/// The state of a case while its story is made.
pub(super) struct Maker {
    pub(super) name: String,
    pub(super) chance: Chance,
    pub(super) host: String,
    pub(super) path: String,
    pub(super) is_secure: bool,
    pub(super) way: Way,
    pub(super) words: &'static Words,
    pub(super) text: &'static Text,
    pub(super) template: &'static Template,
    pub(super) body: Body,
    pub(super) noise: Noise,
    pub(super) cites: Cites,
    pub(super) other_hosts: Vec<String>,
    /// What stood there on the day the author looked, where it was not the page.
    pub(super) first: Option<Epoch>,
    pub(super) is_first_scored: bool,
}

impl Maker {
    fn new(name: &str, number: usize) -> Self {
        let mut chance = Chance::of(&format!("aside/{name}"));
        let kind = match name.rsplit('/').nth(1).unwrap_or_default() {
            "table_cell" => "table",
            other => other,
        };
        let is_edit = ["figure", "not", "name", "date", "word", "table"].contains(&kind);
        let pool: Vec<_> = texts::all()
            .filter(|(_, text)| text.trap == name.contains("/trap"))
            .filter(|(_, text)| text.short == name.contains("/short"))
            .filter(|(_, text)| !is_edit || text.edits.iter().any(|it| it[0] == kind))
            .collect();
        let (words, text) = *chance.one(&pool);
        let template = chance.one(pages::ALL);
        let is_secure = name.starts_with("ok/https") || name.starts_with("ok/certificate");
        let site = if is_secure { "secure" } else { template.name };
        let is_spaced = !["ja", "zh"].contains(&words.lang.as_str());
        let cites = match chance.below(8) {
            0 | 1 if is_spaced => Cites::Quote,
            0..=2 => Cites::Fragment,
            3 if !text.sections.is_empty() => Cites::Anchor,
            4 => Cites::Nothing,
            _ => Cites::Title,
        };
        Self {
            name: name.to_owned(),
            host: format!("a{number}.{site}.example"),
            path: template
                .path
                .replace("{}", &format!("{}-{}", text.id, chance.below(90_000))),
            is_secure: name.starts_with("ok/certificate"),
            way: if is_secure { Way::Secure } else { Way::Open },
            words,
            text,
            template,
            body: Body {
                title: text.title.clone(),
                author: text.author.clone(),
                notice: None,
                sections: text.sections.clone(),
                paragraphs: text.paragraphs.clone(),
                table: text.table.clone(),
            },
            noise: Noise::default(),
            cites,
            chance,
            other_hosts: Vec::new(),
            first: None,
            is_first_scored: false,
        }
    }

    fn url(&self) -> String {
        let scheme = if self.is_secure { "https" } else { "http" };
        let fragment = match self.cites {
            Cites::Fragment => format!("#:~:text={}", self.directive()),
            Cites::Anchor => "#s2".to_owned(),
            _ => String::new(),
        };
        format!("{scheme}://{}{}{fragment}", self.host, self.path)
    }

    /// The quote in the address: whole, or by its first and last words where it is long.
    fn directive(&self) -> String {
        let coded = |words: &str| {
            words
                .bytes()
                .map(|b| format!("%{b:02X}"))
                .collect::<String>()
        };
        let words: Vec<&str> = self.text.quote.split(' ').collect();
        if words.len() < 8 {
            return coded(&self.text.quote);
        }
        let (start, end) = (words[..3].join(" "), words[words.len() - 3..].join(" "));
        format!("{},{}", coded(&start), coded(&end))
    }

    pub(super) fn scene(&self) -> Scene<'_> {
        Scene {
            words: self.words,
            site: self.template.name,
            body: &self.body,
            noise: self.noise,
        }
    }

    pub(super) fn html(&self, main: &Main) -> String {
        self.template.page(&self.scene(), main)
    }

    pub(super) fn page(&self) -> Reply {
        Reply::page(200, &self.html(&Main::Article))
    }

    /// A heading and a line in the template of the site, and what follows them.
    pub(super) fn notice(&self, status: u16, [title, line]: &Pair, after: &str) -> Reply {
        let inner = format!("<p>{line}</p>{after}");
        Reply::page(status, &self.html(&Main::Notice(title, inner)))
    }

    /// The same on a page of its own.
    pub(super) fn bare(&self, status: u16, [title, line]: &Pair, after: &str) -> Reply {
        let lang = &self.words.lang;
        Reply::page(
            status,
            &format!(
                "<!doctype html><html lang=\"{lang}\"><head><meta charset=\"utf-8\"><title>{title}</title></head><body><div class=\"box\"><h1>{title}</h1><p>{line}</p>{after}</div></body></html>"
            ),
        )
    }

    /// In the template or on a page of its own.
    pub(super) fn either(&mut self, status: u16, pair: &Pair, after: &str) -> Reply {
        if self.chance.once_in(2) {
            self.notice(status, pair, after)
        } else {
            self.bare(status, pair, after)
        }
    }

    pub(super) fn pick(&self, all: &[Pair]) -> Pair {
        let pair = Chance::of(&format!("pick/{}", self.name)).one(all).clone();
        self.named(&pair)
    }

    pub(super) fn named(&self, pair: &Pair) -> Pair {
        pair.clone().map(|it| it.replace("{host}", &self.host))
    }

    pub(super) fn at(&self, reply: Reply, right: Right) -> Epoch {
        Epoch {
            way: self.way,
            pages: vec![(self.path.clone(), reply)],
            right,
        }
    }

    /// At this address and at all that hold nothing; the home page stands.
    pub(super) fn at_unknown(&self, reply: Reply, right: Right) -> Epoch {
        let home = Reply::page(200, &self.html(&Main::Listing(&self.words.menu[0])));
        let mut epoch = self.at(reply.clone(), right);
        epoch
            .pages
            .extend([("/".to_owned(), home), ("*".to_owned(), reply)]);
        epoch
    }

    /// The address sends elsewhere.
    pub(super) fn sent(
        &self,
        status: u16,
        to: &str,
        key: &str,
        there: Reply,
        right: Right,
    ) -> Epoch {
        let mut epoch = self.at(Reply::redirect(status, to), right);
        epoch.pages.push((key.to_owned(), there));
        epoch
    }

    /// Every address of the host sends there.
    pub(super) fn all_sent(to: &str, key: &str, there: Reply, right: Right) -> Epoch {
        let mut epoch = Self::everywhere(Reply::redirect(302, to), right);
        epoch.pages.insert(0, (key.to_owned(), there));
        epoch
    }

    pub(super) fn other_host(&mut self, host: &str) -> String {
        self.other_hosts.push(host.to_owned());
        host.to_owned()
    }

    /// The page as it is now.
    pub(super) fn whole(&self, state: State) -> Epoch {
        self.at(self.page(), self.right(state))
    }

    pub(super) fn right(&self, state: State) -> Right {
        let right = Right::is(state);
        match self.passage() {
            Some(passage) => right.passage(passage),
            None => right,
        }
    }

    pub(super) fn passage(&self) -> Option<Passage> {
        let is_here = match self.cites {
            Cites::Quote | Cites::Fragment => self
                .body
                .paragraphs
                .iter()
                .any(|it| it.contains(&self.text.quote)),
            Cites::Anchor => self.body.sections.len() > 1 && self.body.paragraphs.len() > 3,
            Cites::Nothing | Cites::Title => return None,
        };
        Some(if is_here {
            Passage::Present
        } else {
            Passage::Gone
        })
    }

    pub(super) fn turn(&mut self) {
        self.noise.turn += 1;
    }

    /// Changed, and half of the time with everything around it as well.
    pub(super) fn changed(&mut self, severities: &[Severity]) -> Vec<Epoch> {
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

    pub(super) fn edit(&mut self, kind: &str) {
        let edits: Vec<_> = self.text.edits.iter().filter(|it| it[0] == kind).collect();
        let [_, old, new] = *self.chance.one(&edits);
        for words in &mut self.body.paragraphs {
            *words = words.replacen(old, new, 1);
        }
        if kind == "table" {
            for cell in self.body.table.iter_mut().flatten().filter(|it| *it == old) {
                new.clone_into(cell);
            }
        }
    }

    pub(super) fn redesigned(&mut self) {
        let before = self.template.name;
        while self.template.name == before {
            self.template = self.chance.one(pages::ALL);
        }
        self.turn();
    }

    /// Three checks that count; the last confirms what needs confirmation.
    pub(super) fn lasting(epoch: Epoch) -> Vec<Epoch> {
        let mut third = epoch.clone();
        if third.right.states[0].needs_confirmation() {
            third.right = third.right.confirmed();
        }
        vec![epoch.clone(), epoch, third]
    }

    /// Once, or, every fourth time, at three checks.
    pub(super) fn for_a_while(&mut self, epoch: Epoch) -> Vec<Epoch> {
        if self.chance.once_in(4) {
            Self::lasting(epoch)
        } else {
            vec![epoch]
        }
    }

    /// At every address of the host.
    pub(super) fn everywhere(reply: Reply, right: Right) -> Epoch {
        Epoch {
            way: Way::Open,
            pages: vec![("*".to_owned(), reply)],
            right,
        }
    }

    /// Already so when the author looked, and at the next check.
    pub(super) fn already(&mut self, epoch: &Epoch) -> Vec<Epoch> {
        self.first = Some(epoch.clone());
        self.is_first_scored = true;
        vec![epoch.clone()]
    }
}
