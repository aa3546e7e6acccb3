//! A case: a source, what it answers in each epoch, how it is cited, and what is right to say of it.

use std::fmt;

use ibid::model::verdict::{Passage, Severity, State};

use super::chance::hash;

/// What a case is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// The judge may be tuned on it.
    Tuning,
    /// With templates, texts and wordings of its own; the judge's makers have looked at it since.
    Seen,
    /// The judge's makers do not look at it.
    Aside,
}

impl Part {
    /// Two thirds are for tuning, by the hash of a name.
    pub(super) fn of(name: &str) -> Self {
        if hash(name).is_multiple_of(3) {
            Self::Seen
        } else {
            Self::Tuning
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Tuning => "tuning",
            Self::Seen => "seen",
            Self::Aside => "aside",
        })
    }
}

/// What a server does with a request.
#[derive(Debug, Clone)]
pub(super) enum Reply {
    Answer {
        status: u16,
        fields: Vec<(String, String)>,
        body: Vec<u8>,
    },
    /// Takes the request, and says nothing.
    Silence,
    /// Closes without an answer.
    Cut,
    /// Announces more than it sends.
    CutBody(Vec<u8>),
}

impl Reply {
    pub(super) fn page(status: u16, html: &str) -> Self {
        Self::Answer {
            status,
            fields: vec![(
                "Content-Type".to_owned(),
                "text/html; charset=utf-8".to_owned(),
            )],
            body: html.as_bytes().to_vec(),
        }
    }

    pub(super) fn redirect(status: u16, to: &str) -> Self {
        Self::page(status, "").with("Location", to)
    }

    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        if let Self::Answer { fields, .. } = &mut self {
            fields.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    /// The payload, for the simple checkers.
    pub(super) fn body(&self) -> &[u8] {
        match self {
            Self::Answer { body, .. } | Self::CutBody(body) => body,
            Self::Silence | Self::Cut => &[],
        }
    }
}

/// How a host is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// By the web's server.
    Open,
    /// The same; and over TLS, with a certificate that holds.
    Secure,
    /// The same; and over TLS, with one that has expired.
    Expired,
    /// Nobody listens.
    Refused,
    /// The name does not exist.
    NoName,
    /// The name servers fail.
    NameFault,
}

/// What a host answers in one epoch: pages by path; `*` for all others; its home page, or 404. A key
/// of `https:/path` is for TLS alone, one of `//host/path` for another host.
#[derive(Debug, Clone)]
pub(super) struct Epoch {
    pub(super) way: Way,
    pub(super) pages: Vec<(String, Reply)>,
    pub(super) right: Right,
}

/// What is right to say.
#[derive(Debug, Clone)]
pub(super) struct Right {
    /// Any of these; the first is the label.
    pub(super) states: Vec<State>,
    /// For `changed`, any of these; empty: not scored.
    pub(super) severities: Vec<Severity>,
    /// Not scored where `None`.
    pub(super) passage: Option<Passage>,
    /// Not scored where `None`.
    pub(super) is_confirmed: Option<bool>,
}

impl Right {
    pub(super) fn is(state: State) -> Self {
        Self {
            states: vec![state],
            severities: Vec::new(),
            passage: None,
            is_confirmed: state.needs_confirmation().then_some(false),
        }
    }

    pub(super) fn or(mut self, state: State) -> Self {
        self.states.push(state);
        self
    }

    pub(super) fn severe(mut self, all: &[Severity]) -> Self {
        self.severities = all.to_vec();
        self
    }

    pub(super) fn passage(mut self, passage: Passage) -> Self {
        self.passage = Some(passage);
        self
    }

    pub(super) fn confirmed(mut self) -> Self {
        self.is_confirmed = Some(true);
        self
    }
}

/// One labelled source.
#[derive(Debug, Clone)]
pub(super) struct Case {
    /// `class/fate/number`.
    pub(super) name: String,
    pub(super) part: Part,
    pub(super) host: String,
    pub(super) other_hosts: Vec<String>,
    /// What stands at `/` from the first day.
    pub(super) home: Reply,
    /// The answer to an address of nothing.
    pub(super) missing: Reply,
    /// The address as cited, with its fragment.
    pub(super) url: String,
    pub(super) title: Option<String>,
    pub(super) quote: Option<String>,
    /// From the day the author looked on. One that ends early stays as it was.
    pub(super) epochs: Vec<Epoch>,
    /// The epochs whose verdicts are scored.
    pub(super) scored: Vec<usize>,
}

impl Case {
    /// `class/fate`.
    pub(super) fn fate(&self) -> &str {
        self.name.rsplit_once('/').unwrap().0
    }

    pub(super) fn epoch(&self, number: usize) -> &Epoch {
        self.epochs.get(number).or(self.epochs.last()).unwrap()
    }

    pub(super) fn hosts(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.host).chain(&self.other_hosts)
    }

    /// What one of its hosts answers to a path in an epoch.
    pub(super) fn reply(&self, epoch: usize, is_secure: bool, host: &str, path: &str) -> Reply {
        let pages = &self.epoch(epoch).pages;
        let by = |key: &str| pages.iter().find(|(it, _)| it == key).map(|it| &it.1);
        let found = if host == self.host {
            let secure = is_secure.then(|| by(&format!("https:{path}"))).flatten();
            secure.or_else(|| by(path)).or_else(|| by("*"))
        } else {
            by(&format!("//{host}{path}"))
        };
        found
            .unwrap_or(if path == "/" {
                &self.home
            } else {
                &self.missing
            })
            .clone()
    }
}
