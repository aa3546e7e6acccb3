use ibid::model::visit::{FailureKind, HttpVersion, Phase, TlsFault, Truncation};
use ibid::net::door::Door;

use super::{Setup, answered, failed, setup};
use crate::support::raw::{RawServer, Step};
use crate::support::site::{Answer, Site};
use crate::support::tls::{Authority, Certificate, Speaks};

fn site(authority: &Authority, certificate: Certificate, speaks: Speaks) -> (Site, Setup) {
    let site = Site::over_tls(authority.server("a.example", certificate, speaks));
    site.page("/").says("here");
    let mut setup = setup();
    setup.net.extra_roots = vec![authority.root_file()];
    setup.net.hosts = vec![site.route("a.example")];
    (site, setup)
}

#[tokio::test]
async fn a_right_certificate_is_trusted_and_the_session_kept() {
    let authority = Authority::new();
    for (speaks, version, cipher) in [
        (Speaks::All, "1.3", "TLS_AES_256_GCM_SHA384"),
        (
            Speaks::Tls12,
            "1.2",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        ),
    ] {
        let (_site, setup) = site(&authority, Certificate::Right, speaks);
        let visit = setup.visit("https://a.example/").await;
        assert_eq!(answered(&visit), (200, &b"here"[..]));
        let hop = visit.answer().unwrap();
        assert_eq!(hop.protocol, HttpVersion::Http11);
        let tls = hop.tls.as_ref().unwrap();
        assert_eq!(
            (tls.version.as_str(), tls.cipher.as_str()),
            (version, cipher)
        );
        assert_eq!((tls.fault, tls.chain.len()), (None, 1));
    }
}

#[tokio::test]
async fn http2_is_spoken_where_nothing_else_is() {
    let authority = Authority::new();
    let (site, setup) = site(&authority, Certificate::Right, Speaks::Http2);
    let visit = setup.visit("https://a.example/?q=1").await;
    assert_eq!(answered(&visit).0, 404);
    let hop = visit.answer().unwrap();
    assert_eq!(hop.protocol, HttpVersion::Http2);
    let request = String::from_utf8_lossy(&hop.request_head).into_owned();
    assert!(
        request.starts_with("GET /?q=1 HTTP/1.1\r\nHost: a.example\r\nuser-agent: Ibid/"),
        "{request}"
    );
    assert!(hop.response_head.starts_with(b"HTTP/1.1 404 Not Found\r\n"));
    assert!(hop.response_head.ends_with(b"\r\n\r\n"));
    assert_eq!(site.connections(), 2);
}

#[tokio::test]
async fn faults_are_told_apart_and_looked_past_only_as_evidence() {
    let authority = Authority::new();
    for (certificate, fault) in [
        (Certificate::Expired, TlsFault::Expired),
        (Certificate::NotYetValid, TlsFault::NotYetValid),
        (Certificate::WrongHost, TlsFault::WrongHost),
        (Certificate::SelfSigned, TlsFault::UnknownIssuer),
    ] {
        let (_site, mut setup) = site(&authority, certificate, Speaks::All);
        let visit = setup.clone().visit("https://a.example/").await;
        assert_eq!(answered(&visit), (200, &b"here"[..]), "{certificate:?}");
        let tls = visit.answer().unwrap().tls.as_ref().unwrap();
        assert_eq!(tls.fault, Some(fault), "{certificate:?}");
        assert_eq!(tls.chain.len(), 1);
        setup.fetch.look_past_tls_faults = false;
        setup.fetch.retries = 2;
        let visit = setup.visit("https://a.example/").await;
        assert_eq!(failed(&visit), (FailureKind::Tls(fault), Phase::Tls));
        assert_eq!(visit.retried_after, [""; 0]);
        assert!(!visit.failed_before_connection());
    }
}

#[tokio::test]
async fn an_authority_that_is_not_named_is_unknown() {
    let authority = Authority::new();
    let (_site, mut setup) = site(&authority, Certificate::Right, Speaks::All);
    setup.net.extra_roots = vec![Authority::new().root_file()];
    // The folder of that authority is gone by now, and so is its file.
    let refused = Door::open(setup.net.clone()).unwrap_err().to_string();
    assert!(refused.contains("net.extra_roots"), "{refused}");
    let other = Authority::new();
    setup.net.extra_roots = vec![other.root_file()];
    setup.fetch.look_past_tls_faults = false;
    let visit = setup.visit("https://a.example/").await;
    assert_eq!(
        failed(&visit),
        (FailureKind::Tls(TlsFault::UnknownIssuer), Phase::Tls)
    );
}

#[test]
fn files_that_hold_no_certificate_are_refused_by_name() {
    let authority = Authority::new();
    let path = authority.folder().join("empty.pem");
    for content in [
        "",
        "no PEM",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        std::fs::write(&path, content).unwrap();
        let mut setup = setup();
        setup.net.extra_roots = vec![path.clone()];
        let refused = Door::open(setup.net).unwrap_err().to_string();
        assert!(refused.contains("empty.pem"), "{content}: {refused}");
    }
}

#[tokio::test]
async fn a_certificate_for_an_address_is_checked_too() {
    let authority = Authority::new();
    let site = Site::over_tls(authority.server("127.0.0.1", Certificate::Right, Speaks::All));
    site.page("/").says("here");
    let mut setup = setup();
    setup.net.extra_roots = vec![authority.root_file()];
    let visit = setup.visit(&site.url("/")).await;
    assert_eq!(answered(&visit).0, 200);
    assert_eq!(visit.answer().unwrap().tls.as_ref().unwrap().fault, None);
}

#[tokio::test]
async fn what_is_no_tls_is_a_fault_of_the_protocol() {
    let server = RawServer::start(vec![vec![
        Step::send("HTTP/1.1 400 Bad Request\r\n\r\n"),
        Step::Hold,
    ]]);
    let url = server.url("/").replace("http:", "https:");
    let visit = setup().visit(&url).await;
    assert_eq!(
        failed(&visit),
        (FailureKind::Tls(TlsFault::Protocol), Phase::Tls)
    );
}

#[tokio::test]
async fn a_cut_or_silent_handshake_is_no_fault_of_a_certificate() {
    let cut = RawServer::start(vec![vec![]]);
    let visit = setup()
        .visit(&cut.url("/").replace("http:", "https:"))
        .await;
    assert_eq!(failed(&visit), (FailureKind::ConnectionCut, Phase::Tls));
    let silent = RawServer::start(vec![vec![Step::Hold]]);
    let mut setup = setup();
    setup.net.tls_limit = std::time::Duration::from_millis(100);
    let visit = setup
        .visit(&silent.url("/").replace("http:", "https:"))
        .await;
    assert_eq!(failed(&visit), (FailureKind::TlsTimeout, Phase::Tls));
}

#[tokio::test]
async fn secure_cookies_go_only_where_nothing_is_wrong() {
    let authority = Authority::new();
    let set = Answer::status(302)
        .header("Location", "/b")
        .header("Set-Cookie", "k=v; Secure");
    for (certificate, goes) in [(Certificate::Right, true), (Certificate::Expired, false)] {
        let (site, setup) = site(&authority, certificate, Speaks::All);
        site.page("/a").answers(set.clone());
        let page = site.page("/b").says("here");
        let visit = setup.visit("https://a.example/a").await;
        assert_eq!(answered(&visit).0, 200);
        assert_eq!(
            page.heads()[0].contains("cookie: k=v"),
            goes,
            "{certificate:?}"
        );
    }
}

#[tokio::test]
async fn an_end_without_a_goodbye_is_an_end_only_where_nothing_was_announced() {
    let authority = Authority::new();
    for (answer, truncated) in [
        ("HTTP/1.1 200 OK\r\n\r\nhello", None),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello",
            Some(Truncation::Disconnect),
        ),
    ] {
        let config = authority.server("127.0.0.1", Certificate::Right, Speaks::All);
        let script = vec![vec![Step::Read, Step::send(answer)]];
        let server = RawServer::over_tls(config, script);
        let mut setup = setup();
        setup.net.extra_roots = vec![authority.root_file()];
        let visit = setup.visit(&server.url("/")).await;
        assert_eq!(answered(&visit), (200, &b"hello"[..]));
        assert_eq!(visit.hops[0].body.truncated, truncated);
    }
}
