//! The one door out: from a URL to a connection to an address that was checked.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_rustls::rustls::ClientConfig;
use url::Host;

use crate::model::url::TargetUrl;
use crate::model::visit::{FailureKind, Phase, Tls, TlsFault};
use crate::net::Settings;
use crate::net::bandwidth::Bandwidth;
use crate::net::file_limit;
use crate::net::guard::Guard;
use crate::net::politeness::{Gates, Pass};
use crate::net::resolver::{Resolver, Route};
use crate::net::stream::{Dialled, Stream};
use crate::net::tls::{HandshakeFailure, Speak, Trust, UnreadableRoots};

/// The way out. One for the whole program: gates and the count of connections are shared by all who
/// go through it.
#[derive(Debug)]
pub struct Door {
    settings: Settings,
    guard: Guard,
    resolver: Resolver,
    trust: Trust,
    gates: Gates,
    slots: Arc<Semaphore>,
    bandwidth: Bandwidth,
}

/// A door that could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum NetError {
    /// A file of `net.extra_roots` could not be used.
    #[error(transparent)]
    ExtraRoots(#[from] UnreadableRoots),
}

/// A connection that stands.
#[derive(Debug)]
pub struct Connection {
    /// What is sent and received through.
    pub stream: Stream,
    /// The address connected to.
    pub remote: IpAddr,
    /// The TLS session, for https.
    pub tls: Option<Tls>,
    /// The protocol to speak.
    pub speak: Speak,
}

/// A connection that did not come to stand.
#[derive(Debug, Clone)]
pub struct ConnectFailure {
    /// How far it had come.
    pub phase: Phase,
    /// What went wrong.
    pub kind: FailureKind,
    /// In words, for a person.
    pub detail: String,
    /// The addresses that were tried, or refused by the guard.
    pub addresses: Vec<IpAddr>,
}

/// More addresses of one name than this are not tried.
const ADDRESSES_TRIED: usize = 8;

impl Door {
    /// Reads the system's resolver settings and trust store, and the extra roots.
    pub fn open(settings: Settings) -> Result<Self, NetError> {
        if !settings.allow.is_empty() {
            let networks: Vec<String> = settings.allow.iter().map(ToString::to_string).collect();
            tracing::info!(
                networks = networks.join(" "),
                "networks opened by net.allow may be visited"
            );
        }
        Ok(Self {
            guard: Guard::new(settings.allow.clone()),
            resolver: Resolver::open(&settings.resolvers, settings.lookup_limit),
            trust: Trust::open(&settings.extra_roots)?,
            gates: Gates::new(settings.per_host, settings.pause, settings.longest_hold),
            slots: Arc::new(Semaphore::new(settings.connections.max(1))),
            bandwidth: Bandwidth::new(settings.bytes_per_second),
            settings,
        })
    }

    /// The bound on what is read, for whoever reads a body.
    pub fn bandwidth(&self) -> &Bandwidth {
        &self.bandwidth
    }

    /// Waits for a turn at the host's gate.
    pub async fn enter(&self, url: &TargetUrl) -> Pass {
        self.gates.enter(&url.authority()).await
    }

    /// From now on there is at least such a pause between two requests to a URL's host.
    pub fn slow_down(&self, url: &TargetUrl, pause: Duration) {
        self.gates.slow_down(&url.authority(), pause);
    }

    /// How the world is reached.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Whether as many connections are open as may be.
    pub fn is_full(&self) -> bool {
        self.slots.available_permits() == 0
    }

    /// Opens a connection for one URL: name, guard, TCP, TLS. A server that refuses HTTP/1.1 is
    /// asked again for HTTP/2. `look_past` says whether a fault of the certificate may be looked
    /// past where it is one that allows it.
    pub async fn connect(
        &self,
        url: &TargetUrl,
        look_past: bool,
    ) -> Result<Connection, ConnectFailure> {
        let addresses = self.find(url).await?;
        let (stream, tried) = self.dial(&addresses).await?;
        if !url.is_https() {
            return Ok(Connection {
                remote: stream.remote,
                stream: Stream::plain(stream),
                tls: None,
                speak: Speak::Http1,
            });
        }
        match self.secure(url, stream, Speak::Http1, look_past).await {
            Ok(connection) => Ok(connection),
            Err((_, HandshakeFailure::ProtocolRefused)) => {
                let (stream, _) = self.dial(&addresses).await?;
                self.secure(url, stream, Speak::Http2, look_past)
                    .await
                    .map_err(|failed| tls_failure(url, failed, tried))
            }
            Err(failed) => Err(tls_failure(url, failed, tried)),
        }
    }

    /// Opens a TCP connection for a URL and closes it: whether its host can be reached at all.
    pub async fn reach(&self, url: &TargetUrl) -> Result<(), ConnectFailure> {
        let addresses = self.find(url).await?;
        self.dial(&addresses).await.map(|_| ())
    }

    /// The addresses of a URL's host that may be connected to, for a client of another make: it must
    /// connect to these and no others.
    pub async fn addresses(&self, url: &TargetUrl) -> Result<Vec<SocketAddr>, ConnectFailure> {
        self.find(url).await
    }

    /// The registered domain of a URL's host, and its name servers. `None` for a host that is no name
    /// below a public suffix, and for one with a fixed address, which is never looked up.
    pub async fn name_servers(&self, url: &TargetUrl) -> Option<(String, Vec<String>)> {
        if Route::find(&self.settings.hosts, url.host(), url.port()).is_some()
            || !matches!(url.as_url().host(), Some(Host::Domain(_)))
        {
            return None;
        }
        let domain = psl::domain_str(url.host().trim_end_matches('.'))?;
        let servers = self.resolver.name_servers(domain).await;
        Some((domain.to_owned(), servers))
    }

    /// Whom such a client is to trust.
    pub fn tls_config(&self) -> ClientConfig {
        self.trust.strict_config()
    }

    /// The addresses of a URL's host that may be connected to.
    async fn find(&self, url: &TargetUrl) -> Result<Vec<SocketAddr>, ConnectFailure> {
        let (phase, found) = self.all_addresses(url).await?;
        let (open, shut): (Vec<_>, Vec<_>) = found
            .iter()
            .map(|&address| self.guard.check(address.ip()).map(|()| address))
            .partition(Result::is_ok);
        if open.is_empty() {
            let why = shut.into_iter().find_map(Result::err);
            return Err(ConnectFailure {
                phase,
                kind: FailureKind::ForbiddenAddress,
                detail: why.map_or_else(String::new, |why| format!("{}: {why}", url.host())),
                addresses: found.iter().map(SocketAddr::ip).collect(),
            });
        }
        Ok(open.into_iter().flatten().take(ADDRESSES_TRIED).collect())
    }

    /// All addresses of a URL's host, by its route, as they stand in the URL, or by a lookup; and
    /// the phase in which they were found.
    async fn all_addresses(
        &self,
        url: &TargetUrl,
    ) -> Result<(Phase, Vec<SocketAddr>), ConnectFailure> {
        let (host, port) = (url.host(), url.port());
        if let Some(address) = Route::find(&self.settings.hosts, host, port) {
            return Ok((Phase::Name, vec![address]));
        }
        let literal = match url.as_url().host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            _ => None,
        };
        if let Some(address) = literal {
            return Ok((Phase::Address, vec![SocketAddr::new(address, port)]));
        }
        match self.resolver.look_up(host).await {
            Ok(found) => {
                let with_port = found.into_iter().map(|it| SocketAddr::new(it, port));
                Ok((Phase::Name, with_port.collect()))
            }
            Err(failed) => Err(ConnectFailure {
                phase: Phase::Name,
                kind: failed.kind,
                detail: failed.detail,
                addresses: Vec::new(),
            }),
        }
    }

    /// Connects to the first address that answers, in order. Each has an equal share of the time
    /// that is left, so that a dead first address does not use up the second's.
    async fn dial(
        &self,
        addresses: &[SocketAddr],
    ) -> Result<(Dialled, Vec<IpAddr>), ConnectFailure> {
        let slot = Arc::clone(&self.slots)
            .acquire_owned()
            .await
            .expect("the slots are never closed");
        let deadline = Instant::now() + self.settings.connect_limit;
        let mut tried = Vec::new();
        let mut worst: Option<(FailureKind, String)> = None;
        for (number, &address) in addresses.iter().enumerate() {
            tried.push(address.ip());
            let left = u32::try_from(addresses.len() - number).unwrap_or(u32::MAX);
            let share = deadline.saturating_duration_since(Instant::now()) / left;
            let failed = match timeout(share, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => {
                    // Without it a small request would wait for the answer to the handshake; that
                    // it cannot be set is no reason to fail.
                    let _ = stream.set_nodelay(true);
                    return Ok((Dialled::new(stream, address.ip(), slot), tried));
                }
                Ok(Err(error)) => (kind_of(&error), format!("{address}: {error}")),
                Err(_) => (
                    FailureKind::ConnectTimeout,
                    format!("{address}: no answer to the connection within {share:?}"),
                ),
            };
            // Most telling first: what was not tried says nothing of the rest, a refusal is the host's word, a missing route may be ours.
            if worst
                .as_ref()
                .is_none_or(|(kind, _)| weight(failed.0) > weight(*kind))
            {
                worst = Some(failed);
            }
        }
        let (kind, detail) =
            worst.unwrap_or((FailureKind::NameWithoutAddress, "no address".to_owned()));
        Err(ConnectFailure {
            phase: Phase::Connect,
            kind,
            detail,
            addresses: tried,
        })
    }

    async fn secure(
        &self,
        url: &TargetUrl,
        stream: Dialled,
        speak: Speak,
        look_past: bool,
    ) -> Result<Connection, (FailureKind, HandshakeFailure)> {
        let remote = stream.remote;
        let deadline = Instant::now() + self.settings.tls_limit;
        let handshake = self.trust.handshake(stream, url.host(), speak, look_past);
        match timeout_at(deadline, handshake).await {
            Ok(Ok((stream, tls))) => Ok(Connection {
                stream: Stream::tls(stream),
                remote,
                tls: Some(tls),
                speak,
            }),
            Ok(Err(failed)) => Err((kind_of_handshake(&failed), failed)),
            Err(_) => Err((
                FailureKind::TlsTimeout,
                HandshakeFailure::Cut(format!(
                    "no TLS session within {:?}",
                    self.settings.tls_limit
                )),
            )),
        }
    }
}

fn tls_failure(
    url: &TargetUrl,
    (kind, failed): (FailureKind, HandshakeFailure),
    addresses: Vec<IpAddr>,
) -> ConnectFailure {
    let why = match failed {
        HandshakeFailure::Fault(_, why)
        | HandshakeFailure::Cut(why)
        | HandshakeFailure::OurOwn(why) => why,
        HandshakeFailure::ProtocolRefused => {
            "the server speaks neither HTTP/1.1 nor HTTP/2".to_owned()
        }
    };
    ConnectFailure {
        phase: Phase::Tls,
        kind,
        detail: format!("TLS with {}: {why}", url.authority()),
        addresses,
    }
}

fn kind_of_handshake(failed: &HandshakeFailure) -> FailureKind {
    match failed {
        HandshakeFailure::Fault(fault, _) => FailureKind::Tls(*fault),
        HandshakeFailure::ProtocolRefused => FailureKind::Tls(TlsFault::Protocol),
        HandshakeFailure::Cut(_) => FailureKind::ConnectionCut,
        HandshakeFailure::OurOwn(_) => FailureKind::OurOwn,
    }
}

fn kind_of(error: &io::Error) -> FailureKind {
    match error.kind() {
        _ if file_limit::is_met(error) => FailureKind::FileLimit,
        io::ErrorKind::ConnectionRefused => FailureKind::ConnectionRefused,
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
            FailureKind::HostUnreachable
        }
        io::ErrorKind::TimedOut => FailureKind::ConnectTimeout,
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted => {
            FailureKind::ConnectionCut
        }
        // No free port, no right, no such address family, network down.
        _ => FailureKind::OurOwn,
    }
}

fn weight(kind: FailureKind) -> u8 {
    match kind {
        FailureKind::ConnectionRefused | FailureKind::ConnectionCut => 3,
        FailureKind::ConnectTimeout => 2,
        FailureKind::HostUnreachable => 1,
        FailureKind::FileLimit => 4,
        _ => 0,
    }
}
