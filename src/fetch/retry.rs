//! Which outcomes can pass, and how long to wait before the next attempt.

use std::time::Duration;

use crate::fetch::Settings;
use crate::model::time::Timestamp;
use crate::model::visit::{FailureKind, Truncation, Visit};
use crate::net::politeness::asked_pause;

/// Another attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Retry {
    /// How long to wait before it.
    pub(super) pause: Duration,
    /// What was met, in words.
    pub(super) met: String,
}

/// How often an outcome may be tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Passing {
    Never,
    Once,
    Often,
}

/// Whether to try again after so many attempts, the last of which ended at `now`.
///
/// A host that asks to be left alone for longer than `longest_hold` is left alone.
pub(super) fn after(
    visit: &Visit,
    attempts: u32,
    settings: &Settings,
    longest_hold: Duration,
    now: Timestamp,
) -> Option<Retry> {
    let allowed = match passing(visit) {
        Passing::Never => 0,
        Passing::Once => settings.retries.min(1),
        Passing::Often => settings.retries,
    };
    if attempts > allowed {
        return None;
    }
    let asked = visit
        .hops
        .last()
        .and_then(|hop| asked_pause(&hop.headers, now))
        .unwrap_or_default();
    if asked > longest_hold {
        return None;
    }
    let doubled = 2_u32.saturating_pow(attempts.saturating_sub(1));
    let pause = settings.retry_pause.saturating_mul(doubled).max(asked);
    Some(Retry {
        pause,
        met: format!("{}, tried again after {pause:?}", met(visit)),
    })
}

fn passing(visit: &Visit) -> Passing {
    if let Some(failure) = &visit.failure {
        return match failure.kind {
            FailureKind::NameServerFailed
            | FailureKind::NameTimeout
            | FailureKind::ConnectTimeout
            | FailureKind::TlsTimeout
            | FailureKind::ConnectionCut
            | FailureKind::AnswerTimeout => Passing::Often,
            FailureKind::ConnectionRefused | FailureKind::HostUnreachable => Passing::Once,
            _ => Passing::Never,
        };
    }
    let Some(answer) = visit.answer() else {
        return Passing::Never;
    };
    match answer.status {
        // 520 to 529 are what a content network says when it cannot reach the site behind it.
        408 | 429 | 500 | 502..=504 | 520..=529 => Passing::Often,
        _ if answer.body.truncated == Some(Truncation::Disconnect) => Passing::Once,
        _ => Passing::Never,
    }
}

fn met(visit: &Visit) -> String {
    match (&visit.failure, visit.answer()) {
        (Some(failure), _) => failure.detail.clone(),
        (None, Some(answer)) if answer.body.truncated.is_some() => {
            format!("status {}, cut in its body", answer.status)
        }
        (None, Some(answer)) => format!("status {}", answer.status),
        (None, None) => "no answer".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::model::url::TargetUrl;
    use crate::model::visit::{Body, FetchFailure, Headers, Hop, HttpVersion, Phase, TlsFault};

    fn answered(status: u16, fields: &[(&str, &str)]) -> Visit {
        let url = TargetUrl::parse("http://a.example/").unwrap();
        let headers = fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let hop = Hop {
            url: url.clone(),
            request_head: Bytes::new(),
            response_head: Bytes::new(),
            status,
            headers: Headers(headers),
            body: Body::of(Bytes::new(), None),
            remote: "127.0.0.1".parse().unwrap(),
            protocol: HttpVersion::Http11,
            tls: None,
            took: Duration::ZERO,
        };
        Visit {
            source: url,
            started_at: Timestamp::from_unix(0),
            hops: vec![hop],
            failure: None,
            retried_after: Vec::new(),
        }
    }

    fn failed(kind: FailureKind) -> Visit {
        let mut visit = answered(200, &[]);
        visit.hops.clear();
        visit.failure = Some(FetchFailure {
            url: visit.source.clone(),
            phase: Phase::Connect,
            kind,
            detail: "met".to_owned(),
            addresses: Vec::new(),
        });
        visit
    }

    fn pauses(visit: &Visit) -> Vec<u64> {
        let hold = Duration::from_mins(2);
        (1..10)
            .map_while(|attempts| {
                after(
                    visit,
                    attempts,
                    &Settings::default(),
                    hold,
                    visit.started_at,
                )
            })
            .map(|retry| retry.pause.as_secs())
            .collect()
    }

    #[test]
    fn what_can_pass_is_tried_again_with_doubled_pauses() {
        for status in [408, 429, 500, 502, 503, 504, 520, 522, 529] {
            assert_eq!(pauses(&answered(status, &[])), [2, 4], "{status}");
        }
        for kind in [
            FailureKind::NameTimeout,
            FailureKind::ConnectionCut,
            FailureKind::AnswerTimeout,
        ] {
            assert_eq!(pauses(&failed(kind)), [2, 4], "{kind:?}");
        }
        assert_eq!(pauses(&failed(FailureKind::ConnectionRefused)), [2]);
    }

    #[test]
    fn what_cannot_pass_is_not_tried_again() {
        for status in [200, 204, 301, 400, 401, 403, 404, 410, 451, 501, 505] {
            assert_eq!(pauses(&answered(status, &[])), [0; 0], "{status}");
        }
        for kind in [
            FailureKind::NameNotFound,
            FailureKind::ForbiddenAddress,
            FailureKind::Tls(TlsFault::Protocol),
            FailureKind::VisitTimeout,
            FailureKind::RedirectLoop,
        ] {
            assert_eq!(pauses(&failed(kind)), [0; 0], "{kind:?}");
        }
    }

    #[test]
    fn a_hosts_own_wish_is_the_pause_and_a_long_one_ends_the_visit() {
        assert_eq!(pauses(&answered(503, &[("Retry-After", "60")])), [60, 60]);
        assert_eq!(pauses(&answered(503, &[("Retry-After", "3")])), [3, 4]);
        assert_eq!(pauses(&answered(429, &[("Retry-After", "3600")])), [0; 0]);
    }
}
