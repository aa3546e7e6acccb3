//! A web on loopback: hundreds of hosts (127.0.X.Y) with thousands of pages, made before anything is
//! measured, and served with as little work as can be.
//!
//! `/g/7` is page 7 with gzip, `/i/7` as it is, `/v/7` and `/e/7` with gzip and validators: of those in
//! `/v/` every tenth is another page in the second edition; those in `/e/` all are. `/s/7` comes after a
//! while.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, SanType};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::pages;

/// How long a slow answer takes.
pub(super) const LATENCY: Duration = Duration::from_millis(200);

/// Where the web is.
pub(super) struct Web {
    /// The port of plain HTTP, on every loopback address.
    pub(super) port: u16,
    /// The port of HTTPS.
    pub(super) tls_port: u16,
    /// A port on which connections are taken and nothing is ever said.
    pub(super) dead_port: u16,
    /// The root certificate, PEM.
    pub(super) root_pem: String,
    /// 1, or 2 when pages are to be other ones.
    pub(super) edition: Arc<AtomicUsize>,
}

/// The address of a host by its number.
pub(super) fn host(number: usize) -> Ipv4Addr {
    let number = u32::try_from(number).expect("few hosts");
    Ipv4Addr::from(u32::from(Ipv4Addr::new(127, 0, 1, 1)) + number)
}

struct Answers {
    /// By edition and page: the whole answers.
    gzip: [Vec<Vec<u8>>; 2],
    validated: [Vec<Vec<u8>>; 2],
    identity: [Vec<Vec<u8>>; 2],
    edition: Arc<AtomicUsize>,
}

/// Makes the pages and serves them until the process ends.
pub(super) fn serve(count: usize, hosts: usize) -> Web {
    let edition = Arc::new(AtomicUsize::new(1));
    let answers = Arc::new(Answers::make(count, Arc::clone(&edition)));
    let (root_pem, tls) = trust(hosts);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let listen = |address: Ipv4Addr| {
        let listener = std::net::TcpListener::bind(SocketAddrV4::new(address, 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        listener
    };
    let plain = listen(Ipv4Addr::UNSPECIFIED);
    let secure = listen(Ipv4Addr::UNSPECIFIED);
    let dead = listen(Ipv4Addr::LOCALHOST);
    let port = |listener: &std::net::TcpListener| {
        listener
            .local_addr()
            .map(|it: SocketAddr| it.port())
            .unwrap()
    };
    let web = Web {
        port: port(&plain),
        tls_port: port(&secure),
        dead_port: port(&dead),
        root_pem,
        edition,
    };
    std::thread::spawn(move || {
        runtime.block_on(async move {
            let shared = Arc::clone(&answers);
            tokio::spawn(async move {
                let dead = TcpListener::from_std(dead).unwrap();
                let mut held = Vec::new();
                while let Ok(connection) = dead.accept().await {
                    held.push(connection);
                }
            });
            tokio::spawn(async move {
                let secure = TcpListener::from_std(secure).unwrap();
                while let Ok((stream, _)) = secure.accept().await {
                    let (tls, answers) = (tls.clone(), Arc::clone(&shared));
                    tokio::spawn(async move {
                        let _ = stream.set_nodelay(true);
                        if let Ok(stream) = tls.accept(stream).await {
                            let _ = answers.speak(stream).await;
                        }
                    });
                }
            });
            let plain = TcpListener::from_std(plain).unwrap();
            while let Ok((stream, _)) = plain.accept().await {
                let answers = Arc::clone(&answers);
                tokio::spawn(async move {
                    let _ = stream.set_nodelay(true);
                    let _ = answers.speak(stream).await;
                });
            }
        });
    });
    web
}

impl Answers {
    fn make(count: usize, edition: Arc<AtomicUsize>) -> Self {
        let of = |coding: &str, validators: bool, edition: usize, number: usize, body: &[u8]| {
            let coding = if coding.is_empty() {
                String::new()
            } else {
                format!("Content-Encoding: {coding}\r\n")
            };
            let validators = if validators {
                format!("ETag: \"{number}-{edition}\"\r\nCache-Control: max-age=60\r\n")
            } else {
                String::new()
            };
            let head = format!(
                "HTTP/1.1 200 OK\r\nServer: bench\r\nDate: Tue, 24 Nov 2026 10:00:00 GMT\r\n\
                 Content-Type: text/html; charset=utf-8\r\n{coding}{validators}Content-Length: {}\r\n\r\n",
                body.len()
            );
            [head.as_bytes(), body].concat()
        };
        let mut answers = Self {
            gzip: [Vec::new(), Vec::new()],
            validated: [Vec::new(), Vec::new()],
            identity: [Vec::new(), Vec::new()],
            edition,
        };
        for edition in 1..=2 {
            let at = edition - 1;
            for number in 0..count {
                let plain = pages::page(number, edition).into_bytes();
                let packed = pages::gzip(&plain);
                answers.gzip[at].push(of("gzip", false, edition, number, &packed));
                answers.validated[at].push(of("gzip", true, edition, number, &packed));
                answers.identity[at].push(of("", false, edition, number, &plain));
            }
        }
        answers
    }

    async fn speak(&self, mut stream: impl AsyncRead + AsyncWrite + Unpin) -> io::Result<()> {
        let mut held = Vec::with_capacity(4096);
        loop {
            let end = loop {
                if let Some(at) = held.windows(4).position(|four| four == b"\r\n\r\n") {
                    break at + 4;
                }
                if stream.read_buf(&mut held).await? == 0 {
                    return Ok(());
                }
            };
            let request = String::from_utf8_lossy(&held[..end]).into_owned();
            held.drain(..end);
            self.answer(&request, &mut stream).await?;
        }
    }

    async fn answer(
        &self,
        request: &str,
        stream: &mut (impl AsyncWrite + Unpin),
    ) -> io::Result<()> {
        let path = request.split(' ').nth(1).unwrap_or_default();
        let mut parts = path.trim_start_matches('/').split('/');
        let kind = parts.next().unwrap_or_default();
        let number = parts.next().and_then(|it| it.parse::<usize>().ok());
        let edition = self.edition.load(Ordering::Relaxed) - 1;
        let turns = kind != "v" || number.is_some_and(|number| number % 10 == 0);
        let edition = if turns { edition } else { 0 };
        if kind == "s" {
            tokio::time::sleep(LATENCY).await;
        }
        let set = match kind {
            "i" => &self.identity,
            "v" | "e" => &self.validated,
            _ => &self.gzip,
        };
        let Some(whole) = number.and_then(|number| set[edition].get(number)) else {
            return stream
                .write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
                .await;
        };
        let tag = format!("\"{}-{}\"", number.unwrap_or_default(), edition + 1);
        let asks_if = request
            .lines()
            .filter_map(|line| line.split_once(": "))
            .any(|(name, value)| name.eq_ignore_ascii_case("if-none-match") && value == tag);
        if asks_if && (kind == "v" || kind == "e") {
            let head = format!(
                "HTTP/1.1 304 Not Modified\r\nServer: bench\r\nDate: Tue, 24 Nov 2026 10:00:00 GMT\r\nETag: {tag}\r\n\r\n"
            );
            return stream.write_all(head.as_bytes()).await;
        }
        stream.write_all(whole).await
    }
}

/// A root of our own, and a server whose certificate names every host.
fn trust(hosts: usize) -> (String, TlsAcceptor) {
    let key = KeyPair::generate().unwrap();
    let mut root = CertificateParams::new(Vec::new()).unwrap();
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root_certificate = root.self_signed(&key).unwrap();
    let issuer = Issuer::new(root, key);
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.subject_alt_names = (0..hosts)
        .map(|number| SanType::IpAddress(host(number).into()))
        .collect();
    let own_key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&own_key, &issuer).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from(certificate.der().to_vec())],
            PrivateKeyDer::try_from(own_key.serialize_der()).unwrap(),
        )
        .unwrap();
    (root_certificate.pem(), TlsAcceptor::from(Arc::new(config)))
}
