//! Sets up cases for the unit tests of this room: a citation, a visit, a baseline, and time that
//! passes.

use bytes::Bytes;

use crate::content::decode::Limits;
use crate::content::page::{self, Answer, Page};
use crate::judge::case::{Case, CaseBaseline, Exhibit, Nowhere, Others, Policy, SecondClient};
use crate::judge::known_wall;
use crate::model::citation::{Accessed, Citation, Place};
use crate::model::digest::Sha256;
use crate::model::host::{DomainFacts, HostWall};
use crate::model::ids::{EventId, LessonId};
use crate::model::lesson::{Lesson, Teaching};
use crate::model::review::Acceptance;
use crate::model::time::Timestamp;
use crate::model::url::{CitedUrl, TargetUrl};
use crate::model::verdict::{Baseline, Verdict};
use crate::model::visit::{
    Body, FailureKind, FetchFailure, Headers, Hop, HttpVersion, Phase, Tls, TlsFault, Truncation,
    Visit,
};

/// A case under construction.
#[derive(Debug, Clone)]
pub(crate) struct Stage {
    citation: Citation,
    visit: Visit,
    page: Option<Box<Page>>,
    held: Option<Held>,
    earlier: Option<Verdict>,
    again: Option<Box<Page>>,
    of_site: Vec<Page>,
    earlier_pages: Vec<Page>,
    nowhere: Option<Box<(TargetUrl, u16, Page)>>,
    home: Option<Box<(TargetUrl, u16, Page)>>,
    second: Option<Second>,
    domain: Option<DomainFacts>,
    wall: Option<HostWall>,
    lessons: Vec<Lesson>,
    accepted: Option<Acceptance>,
    now: Timestamp,
    pub(crate) policy: Policy,
}

#[derive(Debug, Clone)]
struct Second {
    status: u16,
    headers: Headers,
    page: Box<Page>,
    ours_again: Option<u16>,
}

#[derive(Debug, Clone)]
struct Held {
    payload_sha256: Sha256,
    page: Page,
    captured_at: Timestamp,
    is_provisional: bool,
}

/// The day of the first check in every test.
pub(crate) fn first_day() -> Timestamp {
    "2020-12-01T12:00:00Z".parse().unwrap()
}

/// An article of some hundred words, of which the test names one.
pub(crate) fn article(title: &str, word: &str) -> String {
    let paragraph = "The river rose in the night and the boats that lay along the quay were carried \
        down to the bridge, where the watchmen had lit their fires. Nobody in the town had seen \
        such water since the year of the great frost, and the old people said so to each other.";
    format!(
        "<html lang=en><title>{title}</title><nav><a href=/>Home</a> <a href=/n>News</a></nav>\
         <article><h1>{title}</h1><p>{paragraph}</p><p>The {word} was seen by all.</p><p>{paragraph} \
         It was a long winter.</p><p>{paragraph} Then the spring came.</p></article>\
         <footer>Imprint</footer></html>"
    )
}

impl Stage {
    /// A citation of this URL, seen on 24 November 2020, and a visit that has not been made.
    pub(crate) fn of(url: &str) -> Self {
        let place = Place {
            bytes: 0..1,
            line: 1,
            column: 1,
        };
        let cited = CitedUrl {
            as_written: url.to_owned(),
            url: url.to_owned(),
            was_joined: false,
        };
        let source = cited.target().unwrap();
        Self {
            citation: Citation {
                note: None,
                place,
                text: String::new(),
                text_bytes: 0..1,
                url: Some(cited),
                accessed: Some(Accessed {
                    date: "2020-11-24".parse().unwrap(),
                    as_written: "2020/11/24".to_owned(),
                    bytes: 0..1,
                    is_ambiguous: false,
                }),
                title: None,
                title_translated: None,
                authors: vec![],
                year: None,
                container: None,
                quote: None,
                archived: None,
            },
            visit: Visit {
                source,
                started_at: first_day(),
                hops: vec![],
                failure: None,
                retried_after: vec![],
            },
            page: None,
            held: None,
            earlier: None,
            again: None,
            of_site: vec![],
            earlier_pages: vec![],
            nowhere: None,
            home: None,
            second: None,
            domain: None,
            wall: None,
            lessons: Vec::new(),
            accepted: None,
            now: first_day(),
            policy: Policy::default(),
        }
    }

    pub(crate) fn titled(mut self, title: &str) -> Self {
        self.citation.title = Some(title.to_owned());
        self
    }

    pub(crate) fn quoting(mut self, quote: &str) -> Self {
        self.citation.quote = Some(quote.to_owned());
        self
    }

    /// The visit is redirected to this address.
    pub(crate) fn redirected(mut self, status: u16, to: &str) -> Self {
        let from = self.last_address();
        self.visit
            .hops
            .push(hop(from, status, &[("Location", to)], b""));
        self
    }

    /// The answer is an HTML page.
    pub(crate) fn answers(self, status: u16, html: &str) -> Self {
        self.sends(
            status,
            &[("Content-Type", "text/html; charset=utf-8")],
            html.as_bytes(),
        )
    }

    /// The answer is this.
    pub(crate) fn sends(mut self, status: u16, headers: &[(&str, &str)], body: &[u8]) -> Self {
        let hop = hop(self.last_address(), status, headers, body);
        self.page = Some(Box::new(read(&hop.url, &hop.headers, body)));
        self.visit.hops.push(hop);
        self
    }

    pub(crate) fn fails(mut self, kind: FailureKind) -> Self {
        self.visit.failure = Some(FetchFailure {
            url: self.last_address(),
            phase: Phase::Connect,
            kind,
            detail: "as it was met".to_owned(),
            addresses: vec![],
        });
        self.page = None;
        self
    }

    /// The last answer came over a TLS session with a fault that was looked past.
    pub(crate) fn over_broken_tls(mut self, fault: TlsFault) -> Self {
        self.visit.hops.last_mut().unwrap().tls = Some(Tls {
            version: "1.3".to_owned(),
            cipher: "x".to_owned(),
            fault: Some(fault),
            chain: vec![],
        });
        self
    }

    /// The last answer's body broke off.
    pub(crate) fn cut(mut self) -> Self {
        self.visit.hops.last_mut().unwrap().body.truncated = Some(Truncation::Length);
        self
    }

    /// The answer was not read.
    pub(crate) fn unread(mut self) -> Self {
        self.page = None;
        self
    }

    /// The baseline is this HTML, captured within the window.
    pub(crate) fn held(self, html: &str) -> Self {
        self.held_as("text/html", html.as_bytes())
    }

    pub(crate) fn held_as(mut self, media_type: &str, body: &[u8]) -> Self {
        let headers = Headers(vec![("Content-Type".to_owned(), media_type.to_owned())]);
        self.held = Some(Held {
            payload_sha256: Sha256::of(body),
            page: read(&self.visit.source, &headers, body),
            captured_at: "2020-11-25T00:00:00Z".parse().unwrap(),
            is_provisional: false,
        });
        self
    }

    /// The baseline was captured at the beginning of this day.
    pub(crate) fn captured(mut self, day: &str) -> Self {
        self.held.as_mut().unwrap().captured_at = day.parse().unwrap();
        self
    }

    pub(crate) fn provisional(mut self) -> Self {
        self.held.as_mut().unwrap().is_provisional = true;
        self
    }

    /// The same citation at a later check, nothing visited yet.
    pub(crate) fn later(&self, days: i64) -> Self {
        let mut next = self.clone();
        next.earlier = Some(self.judge());
        next.now = self.now.plus_seconds(days * 86_400);
        next.visit.started_at = next.now;
        next.visit.hops.clear();
        next.visit.failure = None;
        next.page = None;
        next.second = None;
        next
    }

    /// The address, asked again at once, says this.
    pub(crate) fn says_again(mut self, html: &str) -> Self {
        self.again = Some(Box::new(self.html(html)));
        self
    }

    /// Another page of the site says this.
    pub(crate) fn site_says(mut self, html: &str) -> Self {
        let page = self.html(html);
        self.of_site.push(page);
        self
    }

    /// An earlier capture, found to be ok, says this.
    pub(crate) fn said_before(mut self, html: &str) -> Self {
        let page = self.html(html);
        self.earlier_pages.push(page);
        self
    }

    /// The answer is this page, and not the one before.
    pub(crate) fn answered_instead(mut self, html: &str) -> Self {
        self.visit.hops.pop();
        self.answers(200, html)
    }

    /// An address of the site that nobody has linked answers this.
    pub(crate) fn answers_nowhere(mut self, status: u16, html: &str) -> Self {
        let url = self.visit.source.join("qx7-page").unwrap();
        self.nowhere = Some(Box::new((url, status, self.html(html))));
        self
    }

    /// The home page of the site answers this.
    pub(crate) fn answers_home(mut self, status: u16, html: &str) -> Self {
        let url = self.visit.source.join("/").unwrap();
        self.home = Some(Box::new((url, status, self.html(html))));
        self
    }

    /// What is met here is known as the wall of its host from now on.
    pub(crate) fn makes_a_known_wall(mut self) -> Self {
        self.wall = known_wall::met(&self.visit, self.page.as_deref().unwrap(), &self.judge());
        assert!(self.wall.is_some(), "{:#?}", self.judge());
        self
    }

    /// Somebody taught this of the source's host.
    pub(crate) fn taught(self, teaching: Teaching) -> Self {
        let host = self.visit.source.authority();
        self.taught_of(&host, teaching)
    }

    /// Somebody taught this of a host.
    pub(crate) fn taught_of(mut self, host: &str, teaching: Teaching) -> Self {
        self.lessons.push(Lesson {
            id: LessonId(1),
            host: host.to_owned(),
            teaching,
            taught_by: "anna".to_owned(),
            taught_at: first_day(),
            event: EventId(1),
        });
        self
    }

    /// Somebody accepted the baseline.
    pub(crate) fn accepted(mut self) -> Self {
        self.accepted = Some(Acceptance {
            by: "anna".to_owned(),
            at: first_day(),
        });
        self
    }

    /// The source's domain has these name servers.
    pub(crate) fn served_by(mut self, servers: &[&str]) -> Self {
        let servers = servers.iter().map(|name| (*name).to_owned()).collect();
        self.domain().servers = servers;
        self
    }

    /// The source's domain was registered at the beginning of this day.
    pub(crate) fn registered(mut self, day: &str) -> Self {
        self.domain().registered_at = Some(day.parse().unwrap());
        self
    }

    fn domain(&mut self) -> &mut DomainFacts {
        self.domain.get_or_insert_with(|| DomainFacts {
            name: "site.example".to_owned(),
            servers: vec![],
            registered_at: None,
        })
    }

    /// A client that asks as a browser does gets this page, and we, asking again, this status.
    pub(crate) fn lets_a_browser_in(mut self, html: &str, ours_again: u16) -> Self {
        self.second = Some(Second {
            status: 200,
            headers: Headers::default(),
            page: Box::new(self.html(html)),
            ours_again: Some(ours_again),
        });
        self
    }

    /// A client that asks as a browser does gets this status.
    pub(crate) fn keeps_a_browser_out(mut self, status: u16) -> Self {
        self.second = Some(Second {
            status,
            headers: Headers::default(),
            page: Box::new(self.html("no")),
            ours_again: None,
        });
        self
    }

    fn html(&self, html: &str) -> Page {
        let headers = Headers(vec![("Content-Type".to_owned(), "text/html".to_owned())]);
        read(&self.visit.source, &headers, html.as_bytes())
    }

    pub(crate) fn judge(&self) -> Verdict {
        crate::judge::judge(&self.case(), &self.policy)
    }

    pub(crate) fn case(&self) -> Case<'_> {
        Case {
            citation: &self.citation,
            visit: &self.visit,
            page: self.page.as_deref(),
            baseline: self.held.as_ref().map(|held| CaseBaseline {
                baseline: Baseline {
                    captured_at: held.captured_at,
                    from: "own".to_owned(),
                    url: self.visit.source.to_string(),
                },
                payload_sha256: held.payload_sha256,
                page: Some(&held.page),
                is_within_window: true,
                is_provisional: held.is_provisional,
                is_raw: true,
                accepted: self.accepted.as_ref(),
                made_of: None,
            }),
            earlier: self.earlier.as_ref(),
            lessons: &self.lessons,
            archives_not_known: None,
            others: Others {
                again: self.again.as_deref(),
                of_site: self.of_site.iter().collect(),
                nowhere: self.nowhere.as_deref().map(answered),
                home: self.home.as_deref().map(answered),
                earlier: self.earlier_pages.iter().collect(),
                second: self.second.as_ref().map(|second| SecondClient {
                    exhibit: Exhibit {
                        asked: &self.visit.source,
                        answered: &self.visit.source,
                        status: second.status,
                        headers: &second.headers,
                        page: &second.page,
                    },
                    ours_again: second.ours_again,
                }),
                listed: None,
                domain: self.domain.as_ref(),
                wall: self.wall.as_ref(),
            },
            now: self.now,
        }
    }

    pub(crate) fn exhibit(&self) -> Exhibit<'_> {
        let answer = self.visit.answer().unwrap();
        Exhibit {
            asked: &self.visit.source,
            answered: &answer.url,
            status: answer.status,
            headers: &answer.headers,
            page: self.page.as_deref().unwrap(),
        }
    }

    fn last_address(&self) -> TargetUrl {
        match self.visit.hops.last() {
            Some(hop) => hop.url.join(hop.headers.get("location").unwrap()).unwrap(),
            None => self.visit.source.clone(),
        }
    }
}

fn answered((url, status, page): &(TargetUrl, u16, Page)) -> Nowhere<'_> {
    Nowhere {
        url,
        status: *status,
        page,
    }
}

fn hop(url: TargetUrl, status: u16, headers: &[(&str, &str)], body: &[u8]) -> Hop {
    Hop {
        url,
        request_head: Bytes::new(),
        response_head: Bytes::new(),
        status,
        headers: Headers(
            headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        ),
        body: Body::of(Bytes::copy_from_slice(body), None),
        remote: [127, 0, 0, 1].into(),
        protocol: HttpVersion::Http11,
        tls: None,
        took: std::time::Duration::ZERO,
    }
}

fn read(url: &TargetUrl, headers: &Headers, body: &[u8]) -> Page {
    page::read(&Answer {
        url,
        headers,
        body,
        limits: Limits::default(),
    })
}

/// The state, and the rule whose evidence is the reason.
pub(crate) fn told(verdict: &Verdict) -> (String, String) {
    (
        verdict.state.to_string(),
        verdict
            .evidence
            .first()
            .map(|evidence| evidence.rule.clone())
            .unwrap_or_default(),
    )
}

/// The sentence of one rule, if it spoke.
pub(crate) fn says<'v>(verdict: &'v Verdict, rule: &str) -> Option<&'v str> {
    verdict
        .evidence
        .iter()
        .find(|evidence| evidence.rule == rule)
        .map(|evidence| evidence.because.as_str())
}

/// Asserts the state, and the rule whose evidence is the reason.
pub(crate) fn is(verdict: &Verdict, state: &str, rule: &str) {
    let expected = (state.to_owned(), rule.to_owned());
    assert_eq!(told(verdict), expected, "{verdict:#?}");
}
