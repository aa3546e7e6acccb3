//! One server on loopback for all hosts of the web, in clear and over TLS, with a clock of epochs.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::case::{Case, Reply};
use super::chance::hash;
use crate::support::server::{Server, listener};
use crate::support::tls::{Authority, Certificate, Speaks};

/// The server.
pub(super) struct Web {
    clear: Server,
    secure: Server,
    expired: Server,
    authority: Authority,
    epoch: Arc<AtomicUsize>,
}

type Hosts = Arc<HashMap<String, Arc<Case>>>;

impl Web {
    /// Serves these cases, in epoch 0.
    pub(super) fn start(cases: &[Case]) -> Self {
        let epoch = Arc::new(AtomicUsize::new(0));
        let mut hosts = HashMap::new();
        for case in cases {
            let shared = Arc::new(case.clone());
            hosts.extend(case.hosts().map(|host| (host.clone(), Arc::clone(&shared))));
        }
        let hosts = Arc::new(hosts);
        let authority = Authority::new();
        let run = |certificate: Option<Certificate>| {
            let tls = certificate.map(|certificate| {
                let name = "*.secure.example";
                TlsAcceptor::from(Arc::new(authority.server(name, certificate, Speaks::Tls12)))
            });
            run(tls, Arc::clone(&hosts), Arc::clone(&epoch))
        };
        Self {
            clear: run(None),
            secure: run(Some(Certificate::Right)),
            expired: run(Some(Certificate::Expired)),
            authority,
            epoch,
        }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.clear.address
    }

    pub(super) fn secure_address(&self, is_good: bool) -> SocketAddr {
        if is_good {
            self.secure.address
        } else {
            self.expired.address
        }
    }

    /// The root of the certificates.
    pub(super) fn root_file(&self) -> PathBuf {
        self.authority.root_file()
    }

    /// Sets the clock.
    pub(super) fn turn_to(&self, epoch: usize) {
        self.epoch.store(epoch, Ordering::SeqCst);
    }
}

fn run(tls: Option<TlsAcceptor>, hosts: Hosts, epoch: Arc<AtomicUsize>) -> Server {
    let (listener, address) = listener();
    Server::run(address, move || async move {
        let listener = TcpListener::from_std(listener).unwrap();
        while let Ok((stream, _)) = listener.accept().await {
            let (hosts, tls) = (Arc::clone(&hosts), tls.clone());
            let now = epoch.load(Ordering::SeqCst);
            // A client that goes away is no trouble of the web's.
            tokio::spawn(async move {
                match tls {
                    Some(tls) => serve(tls.accept(stream).await?, true, &hosts, now).await,
                    None => serve(stream, false, &hosts, now).await,
                }
            });
        }
    })
}

/// Puts tokens and counters that no two answers share where a page wants them, of the same length.
fn of_this_visit(body: Vec<u8>) -> Vec<u8> {
    static VISITS: AtomicUsize = AtomicUsize::new(0);
    let text = match String::from_utf8(body) {
        Ok(text) if text.contains("@@") => text,
        Ok(text) => return text.into_bytes(),
        Err(other) => return other.into_bytes(),
    };
    let visit = VISITS.fetch_add(1, Ordering::Relaxed);
    let token = format!("{:015x}", hash(&visit.to_string()) >> 4);
    text.replace("@@VISIT-TOKEN@@", &token)
        .replace("@@N@@", &format!("{:05}", visit % 90_000 + 1_000))
        .into_bytes()
}

async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    is_secure: bool,
    hosts: &HashMap<String, Arc<Case>>,
    epoch: usize,
) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head);
    let path = head.split(' ').nth(1).unwrap_or("/");
    let host = head
        .lines()
        .find_map(|line| {
            line.to_ascii_lowercase()
                .strip_prefix("host: ")
                .map(str::to_owned)
        })
        .unwrap_or_default();
    let host = host.trim();
    let reply = match hosts.get(host) {
        Some(case) => case.reply(epoch, is_secure, host, path),
        None => Reply::page(404, ""),
    };
    match reply {
        Reply::Silence => while stream.read(&mut [0; 1024]).await? > 0 {},
        Reply::Cut => {}
        Reply::Answer {
            status,
            fields,
            body,
        } => {
            let fields: String = fields
                .iter()
                .map(|(name, value)| format!("{name}: {value}\r\n"))
                .collect();
            let head = format!(
                "HTTP/1.1 {status} -\r\n{fields}Content-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            stream.write_all(head.as_bytes()).await?;
            stream.write_all(&of_this_visit(body)).await?;
        }
        Reply::CutBody(body) => {
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\r\n",
                body.len() * 2
            );
            stream.write_all(head.as_bytes()).await?;
            stream.write_all(&body).await?;
        }
    }
    stream.shutdown().await
}
