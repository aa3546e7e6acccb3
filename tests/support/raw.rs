//! A listener on loopback that plays scripts of bytes: for answers that no HTTP server would give.
//!
//! ```ignore
//! let server = RawServer::start(vec![
//!     vec![Step::Read, Step::Reset],                                  // the first connection
//!     vec![Step::Read, Step::send("HTTP/1.1 200 OK\r\n\r\nhello")],   // the second and all others
//! ]);
//! ```
//! A connection is closed at its script's end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::server::TlsStream;

use crate::support::server::{Server, listener};

/// The listener.
#[derive(Debug)]
pub(crate) struct RawServer {
    server: Server,
    connections: Arc<AtomicUsize>,
    scheme: &'static str,
}

/// One thing that it does on a connection.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// Reads up to the empty line that ends a request.
    Read,
    /// Sends these bytes.
    Send(Vec<u8>),
    /// Sends these bytes again and again, until the other side closes.
    Endlessly(Vec<u8>),
    /// Sends this byte every two milliseconds, until the other side closes.
    Drip(u8),
    /// Sends nothing more, until the other side closes.
    Hold,
    /// Closes by a reset, not by an end.
    Reset,
}

impl Step {
    /// Sends this text.
    pub(crate) fn send(text: &str) -> Self {
        Self::Send(text.as_bytes().to_vec())
    }
}

impl RawServer {
    /// Plays each script on one connection, the last one on all that come after.
    pub(crate) fn start(scripts: Vec<Vec<Step>>) -> Self {
        Self::run(scripts, None)
    }

    /// The same under TLS. A connection is cut at its script's end, without TLS's own goodbye.
    pub(crate) fn over_tls(config: ServerConfig, scripts: Vec<Vec<Step>>) -> Self {
        Self::run(scripts, Some(TlsAcceptor::from(Arc::new(config))))
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.server.address
    }

    fn run(scripts: Vec<Vec<Step>>, tls: Option<TlsAcceptor>) -> Self {
        let scheme = if tls.is_some() { "https" } else { "http" };
        let (listener, address) = listener();
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        let server = Server::run(address, move || async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            while let Ok((stream, _)) = listener.accept().await {
                let number = count.fetch_add(1, Ordering::SeqCst);
                let script = scripts.get(number).or(scripts.last()).cloned();
                let (script, tls) = (script.unwrap_or_default(), tls.clone());
                // The other side may close at any step, which ends the script.
                tokio::spawn(async move {
                    match tls {
                        None => play(stream, script).await,
                        Some(tls) => play(tls.accept(stream).await?, script).await,
                    }
                });
            }
        });
        Self {
            server,
            connections,
            scheme,
        }
    }

    /// Reads a request, sends this text, and closes; on every connection.
    pub(crate) fn says(text: &str) -> Self {
        Self::start(vec![vec![Step::Read, Step::send(text)]])
    }

    /// The URL of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}://{}{path}", self.scheme, self.server.address)
    }

    /// How many connections were opened to it.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// A host that answers no connection: its queue is full, and nobody takes from it.
#[derive(Debug)]
pub(crate) struct Deaf {
    _listener: tokio::net::TcpListener,
    _queued: Vec<TcpStream>,
}

impl Deaf {
    /// At this address, which may have port 0 for any. The address comes back.
    pub(crate) async fn start(address: SocketAddr) -> (Self, SocketAddr) {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(address).unwrap();
        let listener = socket.listen(1).unwrap();
        let address = listener.local_addr().unwrap();
        let patience = Duration::from_millis(100);
        let mut queued = Vec::new();
        while let Ok(stream) = timeout(patience, TcpStream::connect(address)).await {
            queued.push(stream.unwrap());
        }
        let deaf = Self {
            _listener: listener,
            _queued: queued,
        };
        (deaf, address)
    }
}

async fn play<S: Tcp>(mut stream: S, script: Vec<Step>) -> std::io::Result<()> {
    for step in script {
        match step {
            Step::Read => read_head(&mut stream).await?,
            Step::Send(bytes) => {
                stream.write_all(&bytes).await?;
                stream.flush().await?;
            }
            Step::Endlessly(bytes) => loop {
                stream.write_all(&bytes).await?;
            },
            Step::Drip(byte) => {
                let mut ticks = tokio::time::interval(Duration::from_millis(2));
                loop {
                    ticks.tick().await;
                    stream.write_all(&[byte]).await?;
                }
            }
            Step::Hold => while stream.read(&mut [0; 1024]).await? > 0 {},
            Step::Reset => stream.tcp().set_zero_linger()?,
        }
    }
    Ok(())
}

/// A connection, in clear or under TLS.
trait Tcp: AsyncRead + AsyncWrite + Unpin {
    fn tcp(&self) -> &TcpStream;
}

impl Tcp for TcpStream {
    fn tcp(&self) -> &TcpStream {
        self
    }
}

impl Tcp for TlsStream<TcpStream> {
    fn tcp(&self) -> &TcpStream {
        self.get_ref().0
    }
}

async fn read_head<S: Tcp>(stream: &mut S) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    Ok(())
}
