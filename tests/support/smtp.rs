//! A mail server on loopback, in raw SMTP (RFC 5321), with STARTTLS and AUTH PLAIN where it is asked to.
//!
//! ```ignore
//! let server = MailServer::start();
//! server.is(Mood::Refuses);       // from now on
//! assert_eq!(server.mails().len(), 0);
//! ```

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

use crate::support::server::{Server, listener};

/// The server.
pub(crate) struct MailServer {
    server: Server,
    state: Arc<State>,
}

/// How it meets its clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    /// Takes mails.
    Takes,
    /// Says «try later» to every mail.
    Refuses,
    /// Takes a mail and closes the connection before it says so.
    CutsAfterTaking,
    /// Takes a mail, says so, and closes the connection before the goodbye.
    CutsBeforeGoodbye,
    /// Says nothing at all.
    Hangs,
}

/// A mail that was taken.
#[derive(Debug, Clone)]
pub(crate) struct Mail {
    /// Its receivers.
    pub(crate) to: Vec<String>,
    /// Head and body as sent.
    pub(crate) text: String,
    /// Whether it came under TLS.
    pub(crate) is_secret: bool,
    /// Who had logged in: name, password.
    pub(crate) login: Option<(String, String)>,
}

impl Mail {
    /// A field of the head, unfolded.
    pub(crate) fn field(&self, name: &str) -> String {
        let head = self.text.split("\r\n\r\n").next().unwrap();
        let head = head.replace("\r\n ", " ");
        let start = format!("{name}: ");
        let mut lines = head.lines();
        let found = lines.find_map(|line| line.strip_prefix(&start));
        found
            .unwrap_or_else(|| panic!("no {name} in {head}"))
            .to_owned()
    }

    /// The whole of it with the soft line breaks of quoted-printable taken out.
    pub(crate) fn unfolded(&self) -> String {
        self.text.replace("=\r\n", "").replace("=3D", "=")
    }
}

struct State {
    mood: Mutex<Mood>,
    mails: Mutex<Vec<Mail>>,
    tls: Option<TlsAcceptor>,
    is_tls_from_start: bool,
}

impl MailServer {
    /// Starts one in clear.
    pub(crate) fn start() -> Self {
        let (listener, address) = listener();
        Self::run(listener, address, None, false)
    }

    /// Starts one where an earlier one was.
    pub(crate) fn start_at(address: SocketAddr) -> Self {
        let listener = std::net::TcpListener::bind(address).unwrap();
        listener.set_nonblocking(true).unwrap();
        Self::run(listener, address, None, false)
    }

    /// Starts one that offers STARTTLS, or speaks TLS from the start; it asks for a login.
    pub(crate) fn with_tls(mut config: ServerConfig, is_tls_from_start: bool) -> Self {
        config.alpn_protocols.clear();
        let (listener, address) = listener();
        let tls = TlsAcceptor::from(Arc::new(config));
        Self::run(listener, address, Some(tls), is_tls_from_start)
    }

    fn run(
        listener: std::net::TcpListener,
        address: SocketAddr,
        tls: Option<TlsAcceptor>,
        is_tls_from_start: bool,
    ) -> Self {
        let state = Arc::new(State {
            mood: Mutex::new(Mood::Takes),
            mails: Mutex::default(),
            tls,
            is_tls_from_start,
        });
        let shared = Arc::clone(&state);
        let server = Server::run(address, move || async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(accept(stream, Arc::clone(&shared)));
            }
        });
        Self { server, state }
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.server.address
    }

    /// Meets its clients so from now on.
    pub(crate) fn is(&self, mood: Mood) {
        *self.state.mood.lock().unwrap() = mood;
    }

    /// The mails taken until now.
    pub(crate) fn mails(&self) -> Vec<Mail> {
        self.state.mails.lock().unwrap().clone()
    }
}

async fn accept(stream: tokio::net::TcpStream, state: Arc<State>) {
    let tls = state.tls.clone();
    match tls {
        Some(tls) if state.is_tls_from_start => {
            if let Ok(stream) = tls.accept(stream).await {
                let _ = session(stream, &state, true, true).await;
            }
        }
        Some(tls) => {
            if let Ok(Some(stream)) = session(stream, &state, false, true).await
                && let Ok(stream) = tls.accept(stream).await
            {
                let _ = session(stream, &state, true, false).await;
            }
        }
        None => {
            let _ = session(stream, &state, false, true).await;
        }
    }
}

/// Talks until the client leaves, which gives `None`, or asks for TLS.
async fn session<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    state: &State,
    is_secret: bool,
    greets: bool,
) -> std::io::Result<Option<S>> {
    let mut stream = BufReader::new(stream);
    let mood = || *state.mood.lock().unwrap();
    if mood() == Mood::Hangs {
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        return Ok(None);
    }
    if greets {
        stream.write_all(b"220 mail.example\r\n").await?;
    }
    let mut mail = Mail {
        to: Vec::new(),
        text: String::new(),
        is_secret,
        login: None,
    };
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(None);
        }
        let words = line.trim_end();
        let reply = match words.get(..4).unwrap_or(words) {
            "EHLO" => match (&state.tls, is_secret) {
                (None, _) => "250 mail.example",
                (Some(_), false) => "250-mail.example\r\n250 STARTTLS",
                (Some(_), true) => "250-mail.example\r\n250 AUTH PLAIN",
            },
            "STAR" => {
                stream.write_all(b"220 go on\r\n").await?;
                return Ok(Some(stream.into_inner()));
            }
            "AUTH" => {
                let secret = words.rsplit(' ').next().unwrap();
                let secret = data_encoding::BASE64.decode(secret.as_bytes()).unwrap();
                let secret = String::from_utf8(secret).unwrap();
                let mut parts = secret.split('\0').skip(1).map(str::to_owned);
                mail.login = parts.next().zip(parts.next());
                "235 welcome"
            }
            "RCPT" => {
                let address = words.split(['<', '>']).nth(1).unwrap();
                mail.to.push(address.to_owned());
                "250 ok"
            }
            "DATA" if mood() == Mood::Refuses => "451 not now",
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await?;
                let mut line = String::new();
                while stream.read_line(&mut line).await? > 0 && line != ".\r\n" {
                    mail.text += line.strip_prefix('.').unwrap_or(&line);
                    line.clear();
                }
                state.mails.lock().unwrap().push(mail.clone());
                match mood() {
                    Mood::CutsAfterTaking => return Ok(None),
                    Mood::CutsBeforeGoodbye => {
                        stream.write_all(b"250 taken\r\n").await?;
                        return Ok(None);
                    }
                    _ => "250 taken",
                }
            }
            "QUIT" => {
                stream.write_all(b"221 bye\r\n").await?;
                return Ok(None);
            }
            _ => "250 ok",
        };
        stream.write_all(format!("{reply}\r\n").as_bytes()).await?;
    }
}
