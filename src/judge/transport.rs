//! What the connection and the status say.

use crate::judge::answer::{bad_status, empty_body, undecodable_body};
use crate::judge::finding::Finding;
use crate::judge::hearing::Hearing;
use crate::model::verdict::State::{Blocked, Dead, Ok as Fine, Unknown, Unreachable};
use crate::model::verdict::Strength::{Decisive, Strong, Weak};
use crate::model::visit::{FailureKind, TlsFault, Truncation};

pub(crate) fn not_visited(hearing: &Hearing) -> Option<Finding> {
    let failure = hearing.case.visit.failure.as_ref()?;
    let why = match failure.kind {
        FailureKind::UnvisitableUrl => "This address is not one that is visited",
        FailureKind::ForbiddenAddress => {
            "The settings forbid connecting to this host's address (see net.allow)"
        }
        FailureKind::FileLimit | FailureKind::OurOwn => "The visit failed for a reason on our side",
        _ => return None,
    };
    let because = format!("{why}: {failure}.");
    Some(Finding::new(Unknown, Decisive, because))
}

pub(crate) fn robots_disallowed(hearing: &Hearing) -> Option<Finding> {
    let failure = hearing.case.visit.failure.as_ref()?;
    (failure.kind == FailureKind::RobotsDisallowed).then(|| {
        let because = format!("It was not visited: {}.", failure.detail);
        Finding::new(Blocked, Decisive, because)
    })
}

/// Of a page that is well; of others, and of errors, it says nothing.
pub(crate) fn noarchive(hearing: &Hearing) -> Option<Finding> {
    hearing.content.filter(|page| page.is_noarchive).map(|_| {
        let because = "The page asks archives to keep no copy of it (noarchive).".to_owned();
        Finding::new(Fine, Weak, because)
    })
}

pub(crate) fn name_not_found(hearing: &Hearing) -> Option<Finding> {
    let failure = hearing.case.visit.failure.as_ref()?;
    (failure.kind == FailureKind::NameNotFound).then(|| {
        let host = failure.url.host();
        let because = if failure.url == *hearing.asked() {
            format!("The host name {host} does not exist (NXDOMAIN).")
        } else {
            format!(
                "The source redirects to {}, and the host name {host} does not exist (NXDOMAIN).",
                failure.url
            )
        };
        Finding::new(Dead, Strong, because)
    })
}

/// A name without an address is among these and not dead: the name stands, so somebody still holds
/// it, and zones lose their addresses for hours when they are moved.
pub(crate) fn no_answer(hearing: &Hearing) -> Option<Finding> {
    let failure = hearing.case.visit.failure.as_ref()?;
    let what = match failure.kind {
        FailureKind::UnvisitableUrl
        | FailureKind::ForbiddenAddress
        | FailureKind::RobotsDisallowed
        | FailureKind::FileLimit
        | FailureKind::OurOwn
        | FailureKind::NameNotFound => return None,
        FailureKind::NameWithoutAddress => "The host name has no address",
        FailureKind::NameServerFailed => "The name servers failed",
        FailureKind::NameTimeout => "No name server answered in time",
        FailureKind::ConnectionRefused => "The host refused the connection",
        FailureKind::HostUnreachable => "There is no route to the host",
        FailureKind::ConnectTimeout => "The connection could not be opened in time",
        FailureKind::Tls(fault) => tls_words(fault),
        FailureKind::TlsTimeout => "The TLS handshake took too long",
        FailureKind::ConnectionCut => "The connection was cut before the answer was complete",
        FailureKind::AnswerTimeout => "The server gave no answer in time",
        FailureKind::NotHttp => "What came was no HTTP",
        FailureKind::HeadTooLong => "The answer's header was longer than the limit",
        FailureKind::TooManyRedirects => "The redirects did not end",
        FailureKind::RedirectLoop => "The redirects lead back to where they were",
        FailureKind::BadRedirect => "A redirect leads nowhere that can be visited",
        FailureKind::VisitTimeout => "The visit took longer than the limit",
    };
    let because = format!("{what}: {failure}.");
    Some(Finding::new(Unreachable, Strong, because))
}

fn tls_words(fault: TlsFault) -> &'static str {
    match fault {
        TlsFault::Expired => "The server's certificate has expired",
        TlsFault::NotYetValid => "The server's certificate is not valid yet",
        TlsFault::WrongHost => "The server's certificate is for another host",
        TlsFault::UnknownIssuer => "The server's certificate is signed by nobody we trust",
        TlsFault::Revoked => "The server's certificate was revoked",
        TlsFault::BadCertificate => "The server's certificate cannot be used",
        TlsFault::Protocol => "No TLS session could be agreed on",
    }
}

pub(crate) fn gone_status(hearing: &Hearing) -> Option<Finding> {
    bad_status(hearing.answer?.status, &hearing.answer?.url)
        .filter(|finding| finding.speaks_for == Dead)
}

pub(crate) fn server_error(hearing: &Hearing) -> Option<Finding> {
    bad_status(hearing.answer?.status, &hearing.answer?.url)
        .filter(|finding| finding.speaks_for == Unreachable)
}

pub(crate) fn empty_answer(hearing: &Hearing) -> Option<Finding> {
    empty_body(hearing.exhibit.as_ref()?)
}

pub(crate) fn undecodable(hearing: &Hearing) -> Option<Finding> {
    match &hearing.exhibit {
        Some(exhibit) => undecodable_body(exhibit),
        None => hearing
            .answer
            .filter(|answer| bad_status(answer.status, &answer.url).is_none())
            .map(|answer| {
                let because = format!("The answer of {} was not read.", answer.url);
                Finding::new(Unknown, Strong, because)
            }),
    }
}

/// Why the page is only a beginning, if it is.
pub(crate) fn cut(hearing: &Hearing) -> Option<&'static str> {
    match hearing.answer?.body.truncated {
        Some(Truncation::Length) => Some("it is longer than the limit"),
        Some(Truncation::Time) => Some("it came too slowly"),
        Some(Truncation::Disconnect) => Some("the connection broke"),
        None => hearing
            .content
            .filter(|page| page.is_truncated)
            .map(|_| "its content coding breaks off"),
    }
}

pub(crate) fn cut_body(hearing: &Hearing) -> Option<Finding> {
    let why = cut(hearing)?;
    let because = format!("Only the beginning of the page came, since {why}.");
    Some(Finding::new(Fine, Weak, because))
}

pub(crate) fn tls_fault(hearing: &Hearing) -> Option<Finding> {
    let fault = hearing.answer?.tls.as_ref()?.fault?;
    let because = format!(
        "{}; a reader is warned, and can still get to the page.",
        tls_words(fault)
    );
    // For another state, though it never decides: of a source that is well it is a warning.
    Some(Finding::new(Unreachable, Weak, because))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::stage::{Stage, article, is, says};
    use crate::model::verdict::{Grade, State};

    const URL: &str = "https://site.example/a/page";

    #[test]
    fn what_we_did_not_do_says_nothing_of_the_source() {
        for kind in [
            FailureKind::OurOwn,
            FailureKind::FileLimit,
            FailureKind::ForbiddenAddress,
            FailureKind::UnvisitableUrl,
        ] {
            let verdict = Stage::of(URL).fails(kind).judge();
            is(&verdict, "unknown", "not_visited");
            assert_eq!(verdict.failed_checks, 0);
        }
    }

    #[test]
    fn a_name_that_does_not_exist_is_dead_and_one_without_address_is_not() {
        let gone = Stage::of(URL).fails(FailureKind::NameNotFound).judge();
        is(&gone, "dead", "name_not_found");
        assert!(!gone.is_confirmed && gone.failed_checks == 1);
        assert!(
            gone.reason()
                .unwrap()
                .contains("site.example does not exist")
        );
        let target = Stage::of(URL)
            .redirected(301, "https://gone.example/")
            .fails(FailureKind::NameNotFound)
            .judge();
        assert!(
            target
                .reason()
                .unwrap()
                .contains("redirects to https://gone.example/")
        );
        is(
            &Stage::of(URL)
                .fails(FailureKind::NameWithoutAddress)
                .judge(),
            "unreachable",
            "no_answer",
        );
    }

    #[test]
    fn silence_is_unreachable() {
        for kind in [
            FailureKind::NameTimeout,
            FailureKind::ConnectionRefused,
            FailureKind::Tls(TlsFault::Protocol),
            FailureKind::RedirectLoop,
            FailureKind::VisitTimeout,
        ] {
            is(
                &Stage::of(URL).fails(kind).judge(),
                "unreachable",
                "no_answer",
            );
        }
    }

    #[test]
    fn statuses_say_what_they_say() {
        for (status, state, rule) in [
            (404, "dead", "gone_status"),
            (410, "dead", "gone_status"),
            (451, "dead", "gone_status"),
            (500, "unreachable", "server_error"),
            (503, "unreachable", "server_error"),
            (408, "unreachable", "server_error"),
            (304, "unreachable", "server_error"),
            (400, "blocked", "refused"),
            (405, "blocked", "refused"),
            (999, "blocked", "refused"),
        ] {
            let verdict = Stage::of(URL)
                .answers(status, &article("A title", "x"))
                .judge();
            is(&verdict, state, rule);
            assert_eq!(verdict.http_status, Some(status));
        }
        let verdict = Stage::of(URL).answers(404, "gone").judge();
        assert_eq!(
            verdict.reason(),
            Some("The server answered 404 Not Found at https://site.example/a/page.")
        );
    }

    #[test]
    fn a_status_speaks_without_the_page() {
        let dead = Stage::of(URL).answers(404, "gone").unread().judge();
        is(&dead, "dead", "gone_status");
        let unread = Stage::of(URL).answers(200, "there").unread().judge();
        is(&unread, "unknown", "undecodable");
    }

    #[test]
    fn an_empty_answer_is_no_page() {
        is(
            &Stage::of(URL).answers(200, "").judge(),
            "unreachable",
            "empty_body",
        );
        is(
            &Stage::of(URL).answers(204, "").judge(),
            "unreachable",
            "empty_body",
        );
    }

    #[test]
    fn what_cannot_be_decoded_is_not_judged() {
        let verdict = Stage::of(URL)
            .sends(200, &[("Content-Encoding", "deflate")], b"\xff\xff\xff")
            .judge();
        is(&verdict, "unknown", "undecodable");
    }

    #[test]
    fn a_broken_certificate_is_a_warning() {
        let page = article("A title", "comet");
        let verdict = Stage::of(URL)
            .held(&page)
            .answers(200, &page)
            .over_broken_tls(TlsFault::Expired)
            .judge();
        assert_eq!((verdict.state, verdict.grade), (State::Ok, Grade::Proven));
        assert!(says(&verdict, "tls_fault").unwrap().contains("has expired"));
    }

    #[test]
    fn a_site_that_asks_us_not_to_visit_it_is_blocked_and_never_dead() {
        let mut stage = Stage::of(URL).fails(FailureKind::RobotsDisallowed);
        for _ in 0..40 {
            let verdict = stage.judge();
            is(&verdict, "blocked", "robots_disallowed");
            assert_eq!(verdict.failed_checks, 0);
            stage = stage.later(7).fails(FailureKind::RobotsDisallowed);
        }
    }

    #[test]
    fn a_page_that_asks_for_no_copy_is_judged_as_any_other() {
        let page = article("A title", "comet");
        let asks = page.replacen("<title>", "<meta name=robots content=noarchive><title>", 1);
        let verdict = Stage::of(URL).held(&page).answers(200, &asks).judge();
        assert_eq!(verdict.state, State::Ok, "{verdict:#?}");
        assert!(says(&verdict, "noarchive").is_some());
    }

    #[test]
    fn a_page_that_breaks_off_is_not_called_changed() {
        let page = article("A title", "comet");
        let verdict = Stage::of(URL)
            .quoting("Then the spring came.")
            .held(&page)
            .answers(200, &page[..page.len() / 2])
            .cut()
            .judge();
        assert_eq!(verdict.state, State::Ok, "{verdict:#?}");
        assert!(says(&verdict, "cut_body").is_some());
    }
}
