//! One attempt to reach a source: what happened, and no judgement of it.
//!
//! Not reaching a source is an observation like any other, so a failure is a [`Visit`] too and
//! never an error.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::model::digest::{Sha1, Sha256};
use crate::model::time::Timestamp;
use crate::model::url::TargetUrl;

/// One visit, from the address asked for to an answer or a failure.
#[derive(Debug, Clone)]
pub struct Visit {
    /// The address asked for.
    pub source: TargetUrl,
    /// When the visit began; the `WARC-Date` of all its records.
    pub started_at: Timestamp,
    /// Every answer received, redirects first, in order. Empty when there was none.
    pub hops: Vec<Hop>,
    /// Why it ended without a final answer; `None` when the last hop is that answer.
    pub failure: Option<FetchFailure>,
    /// What earlier attempts of the same visit met before this one was made.
    pub retried_after: Vec<String>,
}

impl Visit {
    /// The final answer, if the visit got one.
    pub fn answer(&self) -> Option<&Hop> {
        self.hops.last().filter(|_| self.failure.is_none())
    }

    /// Whether nobody was asked for anything, since the site asks us to let it be.
    pub fn was_not_made(&self) -> bool {
        let kind = self.failure.as_ref().map(|failure| failure.kind);
        self.hops.is_empty() && kind == Some(FailureKind::RobotsDisallowed)
    }

    /// Whether its host let us wait until we gave up, without a word: others of its addresses would cost
    /// as long.
    pub fn hung(&self) -> bool {
        let kind = self.failure.as_ref().map(|failure| failure.kind);
        let has_hung = matches!(
            kind,
            Some(
                FailureKind::ConnectTimeout | FailureKind::TlsTimeout | FailureKind::AnswerTimeout
            )
        );
        has_hung && self.hops.is_empty()
    }

    /// Whether no connection stood anywhere on the way: the sign of a trouble that may be ours.
    pub fn failed_before_connection(&self) -> bool {
        self.hops.is_empty()
            && self
                .failure
                .as_ref()
                .is_some_and(FetchFailure::is_before_connection)
    }
}

/// One request and its answer.
#[derive(Debug, Clone)]
pub struct Hop {
    /// The address requested.
    pub url: TargetUrl,
    /// Request line and header fields as sent, each ended by CRLF, with the empty line.
    pub request_head: Bytes,
    /// Status line and header fields as received (HTTP/2: as HTTP/1.1 would write them), each
    /// ended by CRLF, with the empty line.
    pub response_head: Bytes,
    /// The status code.
    pub status: u16,
    /// The response's header fields.
    pub headers: Headers,
    /// The entity body, transfer coding undone, content coding kept.
    pub body: Body,
    /// The address connected to.
    pub remote: IpAddr,
    /// The protocol spoken.
    pub protocol: HttpVersion,
    /// The TLS session, for https.
    pub tls: Option<Tls>,
    /// From the request's first byte to the body's last.
    pub took: Duration,
}

/// Header fields in the order received, names as received.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headers(pub Vec<(String, String)>);

impl Headers {
    /// The first field of that name, whatever its case. Octets beyond ASCII were read as Latin-1.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(held, _)| held.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// All fields of that name, whatever its case.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(held, _)| held.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The media type without its parameters, in lower case.
    pub fn media_type(&self) -> Option<String> {
        let value = self.get("content-type")?;
        let essence = value.split(';').next()?.trim().to_ascii_lowercase();
        (!essence.is_empty()).then_some(essence)
    }
}

/// By what a server knows whether its answer is still the one that we hold (RFC 9110 §8.8).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Validators {
    /// The `ETag`, quotes and all.
    pub etag: Option<String>,
    /// The `Last-Modified` date, as the server wrote it.
    pub last_modified: Option<String>,
}

impl Validators {
    /// Longer ones are not worth their place in the catalog, in bytes.
    const LONGEST: usize = 256;

    /// Those of an answer; `None` where it has none.
    pub fn of(headers: &Headers) -> Option<Self> {
        let short = |name| {
            let value = headers.get(name).filter(|it| it.len() <= Self::LONGEST)?;
            (!value.is_empty()).then(|| value.to_owned())
        };
        let (etag, last_modified) = (short("etag"), short("last-modified"));
        (etag.is_some() || last_modified.is_some()).then_some(Self {
            etag,
            last_modified,
        })
    }
}

/// An entity body.
#[derive(Debug, Clone)]
pub struct Body {
    /// As sent, still content-coded, at most as long as the limit.
    pub bytes: Bytes,
    /// SHA-256 of `bytes`: the payload digest.
    pub sha256: Sha256,
    /// SHA-1 of `bytes`, to be compared with other archives' indexes.
    pub sha1: Sha1,
    /// Why it ends before its end.
    pub truncated: Option<Truncation>,
}

impl Body {
    /// Hashes a body that is wholly here.
    pub fn of(bytes: Bytes, truncated: Option<Truncation>) -> Self {
        Self {
            sha256: Sha256::of(&bytes),
            sha1: Sha1::of(&bytes),
            bytes,
            truncated,
        }
    }
}

/// Why a body is shorter than the server's (WARC 1.1 §5.13).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Truncation {
    /// It passed the size limit.
    Length,
    /// It passed the time limit, or came too slowly.
    Time,
    /// The connection broke.
    Disconnect,
}

/// The HTTP version spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum HttpVersion {
    /// HTTP/1.0, as the server answered.
    Http10,
    /// HTTP/1.1.
    Http11,
    /// HTTP/2.
    Http2,
}

/// A TLS session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// `1.2` or `1.3`.
    pub version: String,
    /// The cipher suite's IANA name.
    pub cipher: String,
    /// The fault for which verification was left out, so that the page could be looked at.
    pub fault: Option<TlsFault>,
    /// The server's certificates, DER, leaf first.
    pub chain: Vec<Bytes>,
}

/// What was wrong with a TLS session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TlsFault {
    /// The certificate has expired.
    Expired,
    /// The certificate is not valid yet.
    NotYetValid,
    /// The certificate is for another host.
    WrongHost,
    /// Nobody we trust has signed it.
    UnknownIssuer,
    /// It was revoked.
    Revoked,
    /// The certificate cannot be read or used.
    BadCertificate,
    /// No version or cipher in common, or a broken handshake.
    Protocol,
}

impl TlsFault {
    /// Whether the page may be looked at all the same, as evidence.
    pub fn may_be_looked_past(self) -> bool {
        !matches!(self, Self::Protocol | Self::Revoked)
    }
}

/// How far a visit had come when it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Before anything: the address itself is refused.
    Address,
    /// Looking up the host's name.
    Name,
    /// Opening a TCP connection.
    Connect,
    /// The TLS handshake.
    Tls,
    /// Sending the request and waiting for the answer's head.
    Head,
    /// Reading the answer's body.
    Body,
    /// Following a redirect.
    Redirect,
}

/// What went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// The URL is not one that is visited.
    UnvisitableUrl,
    /// The site asks us not to visit it (robots.txt): it was not asked for anything.
    RobotsDisallowed,
    /// The host is, or resolves only to, addresses that may not be connected to.
    ForbiddenAddress,
    /// The name does not exist (NXDOMAIN).
    NameNotFound,
    /// The name exists and has no address.
    NameWithoutAddress,
    /// The name servers answered with a failure (SERVFAIL, REFUSED).
    NameServerFailed,
    /// No name server answered in time.
    NameTimeout,
    /// The host refused the connection.
    ConnectionRefused,
    /// No route to the host or network.
    HostUnreachable,
    /// The connection could not be opened in time.
    ConnectTimeout,
    /// The TLS session could not be had.
    Tls(TlsFault),
    /// The TLS handshake took too long.
    TlsTimeout,
    /// The connection was reset or closed before the answer's head was complete.
    ConnectionCut,
    /// No answer in time.
    AnswerTimeout,
    /// The answer is no HTTP.
    NotHttp,
    /// The answer's head is longer than the limit.
    HeadTooLong,
    /// More redirects than the limit.
    TooManyRedirects,
    /// Redirects that lead back to where they were.
    RedirectLoop,
    /// A redirect without a target, or to one that may not be visited.
    BadRedirect,
    /// The whole visit took too long.
    VisitTimeout,
    /// As many files and connections are open as may be: nothing was tried.
    FileLimit,
    /// Something else on our side.
    OurOwn,
}

/// A visit that ended without a final answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FetchFailure {
    /// The address at which it failed.
    pub url: TargetUrl,
    /// How far it had come.
    pub phase: Phase,
    /// What went wrong.
    pub kind: FailureKind,
    /// In words, for a person: what was being done, and what was met.
    pub detail: String,
    /// The addresses that were tried.
    pub addresses: Vec<IpAddr>,
}

impl FetchFailure {
    /// Whether it failed before a connection stood, for a reason that a broken network of our own
    /// would give as well.
    pub fn is_before_connection(&self) -> bool {
        matches!(
            self.kind,
            FailureKind::NameNotFound
                | FailureKind::NameWithoutAddress
                | FailureKind::NameServerFailed
                | FailureKind::NameTimeout
                | FailureKind::ConnectionRefused
                | FailureKind::HostUnreachable
                | FailureKind::ConnectTimeout
                | FailureKind::OurOwn
        )
    }
}

impl fmt::Display for FetchFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.url, self.detail)
    }
}
