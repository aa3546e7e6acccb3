//! Reads a body within its limits, and hashes it as it comes.

use std::time::Duration;

use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};
use sha2::Digest as _;
use tokio::time::{Instant, timeout_at};

use crate::fetch::room::{self, Room, SMALL_BYTES};
use crate::model::digest::{Sha1, Sha256};
use crate::model::visit::{Body, FailureKind, Truncation};
use crate::net::bandwidth::Bandwidth;

/// What is taken of a body.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// The longest body, in bytes.
    pub(super) length_bytes: usize,
    /// How long nothing may come.
    pub(super) idle: Duration,
    /// The fewest bytes that must come in each window.
    pub(super) window_bytes: u64,
    /// The window.
    pub(super) window: Duration,
    /// When the visit must be over.
    pub(super) deadline: Instant,
}

/// A body that ends before its end.
#[derive(Debug)]
pub(super) struct Cut {
    /// How the part that came is marked.
    pub(super) truncation: Truncation,
    /// What it is when nothing came.
    pub(super) kind: FailureKind,
    /// In words.
    pub(super) why: String,
}

/// Reads until the body's end or a limit. What came is kept in either case. The waits for room
/// and for bandwidth are nobody's fault, and not counted.
pub(super) async fn read(
    incoming: &mut Incoming,
    limits: Limits,
    room: &Room,
    bandwidth: &Bandwidth,
) -> (Body, Option<Cut>) {
    let mut bytes = Vec::with_capacity(first_capacity(incoming, &limits));
    let mut turn = None;
    let mut sha256 = sha2::Sha256::new();
    let mut sha1 = sha1::Sha1::new();
    let mut pace = Pace::new(limits);
    let cut = loop {
        let frame = match timeout_at(pace.next_look(), incoming.frame()).await {
            Err(_) => match pace.look() {
                Some(cut) => break Some(cut),
                None => continue,
            },
            Ok(None) => break None,
            Ok(Some(Err(error))) => {
                break Some(Cut {
                    truncation: Truncation::Disconnect,
                    kind: FailureKind::ConnectionCut,
                    why: format!("the connection broke in the body: {error}"),
                });
            }
            Ok(Some(Ok(frame))) => frame,
        };
        // Trailers are fields of a kind that nothing here asks for.
        let Ok(part) = frame.into_data() else {
            continue;
        };
        if turn.is_none() && bytes.len() + part.len() > SMALL_BYTES {
            let came_at = Instant::now();
            turn = Some(room.take().await);
            pace.pass_over(came_at.elapsed());
        }
        pace.pass_over(bandwidth.pay(part.len()).await);
        pace.note(part.len());
        let left = limits.length_bytes - bytes.len();
        let taken = part.get(..left.min(part.len())).unwrap_or_default();
        sha256.update(taken);
        sha1.update(taken);
        bytes.extend_from_slice(taken);
        if part.len() > left {
            break Some(Cut {
                truncation: Truncation::Length,
                kind: FailureKind::OurOwn,
                why: format!("longer than {} bytes", limits.length_bytes),
            });
        }
        if let Some(cut) = pace.look() {
            break Some(cut);
        }
    };
    let body = Body {
        bytes: room::held(bytes, turn),
        sha256: Sha256::from_octets(sha256.finalize().into()),
        sha1: Sha1::from_octets(sha1.finalize().into()),
        truncated: cut.as_ref().map(|cut| cut.truncation),
    };
    (body, cut)
}

/// Room for the length announced, as far as a lie costs us little.
fn first_capacity(incoming: &Incoming, limits: &Limits) -> usize {
    const CHEAP: usize = 256 << 10;
    usize::try_from(incoming.size_hint().lower())
        .unwrap_or(usize::MAX)
        .min(limits.length_bytes)
        .min(CHEAP)
}

/// How a body comes along.
struct Pace {
    limits: Limits,
    idle_ends: Instant,
    window_ends: Instant,
    window_bytes: u64,
}

impl Pace {
    fn new(limits: Limits) -> Self {
        let now = Instant::now();
        Self {
            limits,
            idle_ends: now + limits.idle,
            window_ends: now + limits.window,
            window_bytes: 0,
        }
    }

    fn note(&mut self, bytes: usize) {
        self.idle_ends = Instant::now() + self.limits.idle;
        self.window_bytes += u64::try_from(bytes).unwrap_or(u64::MAX);
    }

    fn pass_over(&mut self, span: Duration) {
        self.window_ends += span;
        self.limits.deadline += span;
    }

    fn next_look(&self) -> Instant {
        self.idle_ends
            .min(self.window_ends)
            .min(self.limits.deadline)
    }

    /// Whether it has become too slow.
    fn look(&mut self) -> Option<Cut> {
        let now = Instant::now();
        let too_slow = |kind, why| {
            Some(Cut {
                truncation: Truncation::Time,
                kind,
                why,
            })
        };
        if now >= self.limits.deadline {
            let why = "the visit took too long in the body".to_owned();
            return too_slow(FailureKind::VisitTimeout, why);
        }
        if now >= self.idle_ends {
            let why = format!("nothing came for {:?} in the body", self.limits.idle);
            return too_slow(FailureKind::AnswerTimeout, why);
        }
        if now >= self.window_ends {
            if self.window_bytes < self.limits.window_bytes {
                let why = format!(
                    "{} bytes in {:?} are too slow",
                    self.window_bytes, self.limits.window
                );
                return too_slow(FailureKind::AnswerTimeout, why);
            }
            self.window_ends = now + self.limits.window;
            self.window_bytes = 0;
        }
        None
    }
}
