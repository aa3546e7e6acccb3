//! One request and the head of its answer over one connection.

use std::error::Error;
use std::net::IpAddr;

use bytes::Bytes;
use http_body_util::Empty;
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper::header::{HOST, HeaderMap, HeaderValue};
use hyper::{Request, Response, Version};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::fetch::head;
use crate::fetch::recording::{Copied, HeadCopy, Recording};
use crate::model::url::TargetUrl;
use crate::model::visit::{FailureKind, Headers, HttpVersion, Tls};
use crate::net::door::Connection;
use crate::net::tls::Speak;

/// A connection on which requests are asked, one after the other.
#[derive(Debug)]
pub(super) struct Line {
    sender: Sender,
    copy: HeadCopy,
    driver: JoinHandle<()>,
    /// The address connected to.
    pub(super) remote: IpAddr,
    /// The TLS session, for https.
    pub(super) tls: Option<Tls>,
}

#[derive(Debug)]
enum Sender {
    Http1(http1::SendRequest<Empty<Bytes>>),
    Http2(http2::SendRequest<Empty<Bytes>>),
}

/// The head of an answer, with its body still to be read.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) asked_at: Instant,
    pub(super) request_head: Bytes,
    pub(super) response_head: Bytes,
    pub(super) status: u16,
    pub(super) headers: Headers,
    pub(super) protocol: HttpVersion,
    pub(super) body: Incoming,
}

/// A request without an answer.
#[derive(Debug)]
pub(super) struct AskFailure {
    /// What went wrong.
    pub(super) kind: FailureKind,
    /// In words.
    pub(super) detail: String,
    /// The connection ended before a byte of an answer: on one that was used before, the sign that
    /// the server had closed it while the request was on its way.
    pub(super) is_stale: bool,
}

/// More fields than this are no head of a page.
const FIELDS: usize = 1024;

impl Line {
    /// Begins to speak HTTP over a connection.
    pub(super) async fn open(
        connection: Connection,
        head_limit_bytes: usize,
    ) -> Result<Self, AskFailure> {
        let copy = HeadCopy::default();
        let (sender, driver) = match connection.speak {
            Speak::Http1 => {
                let stream = Recording::new(connection.stream, copy.clone(), head_limit_bytes);
                let (sender, work) = http1::Builder::new()
                    .title_case_headers(true)
                    .allow_obsolete_multiline_headers_in_responses(true)
                    .allow_spaces_after_header_name_in_responses(true)
                    .ignore_invalid_headers_in_responses(true)
                    .max_headers(FIELDS)
                    // The recording counts the head; the buffer also takes what comes behind it.
                    .max_buf_size(head_limit_bytes + (64 << 10))
                    .handshake(TokioIo::new(stream))
                    .await
                    .map_err(|error| AskFailure::of(&error, &Copied::default()))?;
                let driver = tokio::spawn(async move {
                    // Its errors come out of the request as well.
                    let _ = work.await;
                });
                (Sender::Http1(sender), driver)
            }
            Speak::Http2 => {
                let limit = u32::try_from(head_limit_bytes).unwrap_or(u32::MAX);
                let (sender, work) = http2::Builder::new(TokioExecutor::new())
                    .max_header_list_size(limit)
                    .handshake(TokioIo::new(connection.stream))
                    .await
                    .map_err(|error| AskFailure::of(&error, &Copied::default()))?;
                let driver = tokio::spawn(async move {
                    let _ = work.await;
                });
                (Sender::Http2(sender), driver)
            }
        };
        Ok(Self {
            sender,
            copy,
            driver,
            remote: connection.remote,
            tls: connection.tls,
        })
    }

    /// Whether a further request may be asked here.
    pub(super) fn is_open(&self) -> bool {
        match &self.sender {
            Sender::Http1(sender) => !sender.is_closed(),
            Sender::Http2(sender) => !sender.is_closed(),
        }
    }

    /// Asks for a page, and waits for the head of the answer. The fields go without `Host`.
    pub(super) async fn ask(
        &mut self,
        url: &TargetUrl,
        fields: HeaderMap,
    ) -> Result<Answer, AskFailure> {
        self.copy.begin();
        match &mut self.sender {
            Sender::Http1(sender) => {
                let asked = async {
                    sender.ready().await?;
                    let asked_at = Instant::now();
                    let request = http1_request(url, fields).map_err(Unsendable::Request)?;
                    Ok((sender.send_request(request).await?, asked_at))
                };
                let result: Result<_, Unsendable> = asked.await;
                let copied = self.copy.take();
                let (response, asked_at) =
                    result.map_err(|unsendable| unsendable.failure(&copied))?;
                Ok(http1_answer(asked_at, response, copied))
            }
            Sender::Http2(sender) => {
                let asked = async {
                    sender.ready().await?;
                    let asked_at = Instant::now();
                    let request = http2_request(url, fields).map_err(Unsendable::Request)?;
                    let (parts, body) = request.into_parts();
                    let written =
                        head::written_request(&parts, &url.authority(), url.path_and_query());
                    let request = Request::from_parts(parts, body);
                    Ok((sender.send_request(request).await?, asked_at, written))
                };
                let result: Result<_, Unsendable> = asked.await;
                let (response, asked_at, written) =
                    result.map_err(|unsendable| unsendable.failure(&Copied::default()))?;
                Ok(http2_answer(asked_at, response, written))
            }
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

enum Unsendable {
    Request(hyper::http::Error),
    Connection(hyper::Error),
}

impl From<hyper::Error> for Unsendable {
    fn from(error: hyper::Error) -> Self {
        Self::Connection(error)
    }
}

impl Unsendable {
    fn failure(&self, copied: &Copied) -> AskFailure {
        match self {
            Self::Request(error) => AskFailure {
                kind: FailureKind::UnvisitableUrl,
                detail: format!("no request can be written for this address: {error}"),
                is_stale: false,
            },
            Self::Connection(error) => AskFailure::of(error, copied),
        }
    }
}

impl AskFailure {
    fn of(error: &hyper::Error, copied: &Copied) -> Self {
        let kind = if copied.is_too_long || error.is_parse_too_large() {
            FailureKind::HeadTooLong
        } else if error.is_parse() {
            FailureKind::NotHttp
        } else {
            FailureKind::ConnectionCut
        };
        let mut detail = match kind {
            FailureKind::HeadTooLong => "the answer's head is too long".to_owned(),
            FailureKind::NotHttp => "the answer is no HTTP".to_owned(),
            _ => "the connection was closed before an answer".to_owned(),
        };
        let mut cause: Option<&dyn Error> = Some(error);
        while let Some(met) = cause {
            detail = format!("{detail}: {met}");
            cause = met.source();
        }
        Self {
            kind,
            detail,
            is_stale: kind == FailureKind::ConnectionCut && copied.received.is_untouched(),
        }
    }
}

fn http1_request(
    url: &TargetUrl,
    fields: HeaderMap,
) -> Result<Request<Empty<Bytes>>, hyper::http::Error> {
    let mut request = Request::get(url.path_and_query())
        .header(HOST, HeaderValue::try_from(url.authority())?)
        .body(Empty::new())?;
    request.headers_mut().extend(fields);
    Ok(request)
}

fn http2_request(
    url: &TargetUrl,
    fields: HeaderMap,
) -> Result<Request<Empty<Bytes>>, hyper::http::Error> {
    let mut request = Request::get(url.as_str()).body(Empty::new())?;
    *request.version_mut() = Version::HTTP_2;
    request.headers_mut().extend(fields);
    Ok(request)
}

fn http1_answer(asked_at: Instant, response: Response<Incoming>, copied: Copied) -> Answer {
    let response_head = copied.received.finish();
    Answer {
        asked_at,
        request_head: copied.sent.into(),
        headers: head::fields(&response_head),
        response_head,
        status: response.status().as_u16(),
        protocol: if response.version() == Version::HTTP_10 {
            HttpVersion::Http10
        } else {
            HttpVersion::Http11
        },
        body: response.into_body(),
    }
}

fn http2_answer(asked_at: Instant, response: Response<Incoming>, request_head: Bytes) -> Answer {
    let response_head = head::written_answer(response.status(), response.headers());
    Answer {
        asked_at,
        request_head,
        headers: head::fields(&response_head),
        response_head,
        status: response.status().as_u16(),
        protocol: HttpVersion::Http2,
        body: response.into_body(),
    }
}
