//! Whom TLS trusts, and what was wrong when it did not.
//!
//! A page behind an expired certificate can still be read by a reader who clicks on, so a fault of
//! the certificate is an observation: the verifier here keeps it, and whoever visits decides whether
//! to look past it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::client::danger::{
    HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier,
};
use tokio_rustls::rustls::client::{Resumption, WebPkiServerVerifier};
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{
    AlertDescription, CertificateError, ClientConfig, DigitallySignedStruct, Error,
    ProtocolVersion, RootCertStore, SignatureScheme,
};

use crate::model::visit::{Tls, TlsFault};

/// The certificates that are trusted: the system's, and those of `net.extra_roots`.
#[derive(Debug)]
pub struct Trust {
    provider: Arc<CryptoProvider>,
    /// Why TLS cannot be spoken, in words, when nobody is trusted.
    verifier: Result<Arc<WebPkiServerVerifier>, String>,
}

/// A file of `net.extra_roots` that could not be read.
#[derive(Debug, thiserror::Error)]
#[error("{}: no certificate to trust could be read ({why}); net.extra_roots lists PEM files", path.display())]
pub struct UnreadableRoots {
    /// The file.
    pub path: PathBuf,
    /// What was met.
    pub why: String,
}

/// A handshake that did not lead to a session.
#[derive(Debug)]
pub enum HandshakeFailure {
    /// It was refused, by us or by the server.
    Fault(TlsFault, String),
    /// The server does not speak the protocol that we asked for by ALPN (RFC 7301 §3.2).
    ProtocolRefused,
    /// The connection broke.
    Cut(String),
    /// On our side.
    OurOwn(String),
}

/// The HTTP version asked for by ALPN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speak {
    /// `http/1.1`.
    Http1,
    /// `h2`.
    Http2,
}

impl Trust {
    /// Reads the system's trust store and the extra files.
    ///
    /// An empty system store is told at the first TLS session, not here: a web of plain HTTP needs
    /// none.
    pub fn open(extra_roots: &[PathBuf]) -> Result<Self, UnreadableRoots> {
        let provider = Arc::new(ring::default_provider());
        let system = rustls_native_certs::load_native_certs();
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(system.certs);
        for path in extra_roots {
            add_extra_roots(&mut roots, path)?;
        }
        let verifier =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
                .build()
                .map_err(|error| {
                    let met: Vec<String> = system.errors.iter().map(ToString::to_string).collect();
                    format!(
                        "no certificate authority is trusted ({error}; {}); install the system's \
                         ca-certificates or name PEM files in net.extra_roots",
                        met.join("; ")
                    )
                });
        Ok(Self { provider, verifier })
    }

    /// Makes a TLS session over a connection. A fault of the certificate ends the handshake, unless
    /// `look_past` is set and the fault is one that may be looked past; then the session says so.
    pub async fn handshake<S>(
        &self,
        stream: S,
        host: &str,
        speak: Speak,
        look_past: bool,
    ) -> Result<(TlsStream<S>, Tls), HandshakeFailure>
    where
        S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
    {
        let strict = self
            .verifier
            .as_ref()
            .map_err(|why| HandshakeFailure::OurOwn(why.clone()))?;
        let name = server_name(host).ok_or_else(|| {
            HandshakeFailure::Fault(
                TlsFault::Protocol,
                format!("{host} is no name that a certificate can be for"),
            )
        })?;
        let witness = Arc::new(Witness {
            strict: Arc::clone(strict),
            look_past,
            fault: Mutex::new(None),
        });
        let config = self.config(Arc::clone(&witness), speak)?;
        match TlsConnector::from(Arc::new(config))
            .connect(name, stream)
            .await
        {
            Ok(stream) => {
                let session = session(stream.get_ref().1, witness.fault());
                Ok((stream, session))
            }
            Err(error) => Err(failure(&error, witness.fault())),
        }
    }

    /// A configuration that looks past nothing. Without a certificate authority to trust, it trusts
    /// nobody.
    pub fn strict_config(&self) -> ClientConfig {
        let builder = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()
            .expect("the provider has ciphers for the usual protocol versions");
        match &self.verifier {
            Ok(verifier) => builder
                .dangerous()
                .with_custom_certificate_verifier(
                    Arc::clone(verifier) as Arc<dyn ServerCertVerifier>
                )
                .with_no_client_auth(),
            Err(_) => builder
                .with_root_certificates(RootCertStore::empty())
                .with_no_client_auth(),
        }
    }

    /// A configuration for one session, so that what its verifier saw is that session's. Sessions
    /// are not resumed: a resumed one shows no certificates.
    fn config(
        &self,
        witness: Arc<Witness>,
        speak: Speak,
    ) -> Result<ClientConfig, HandshakeFailure> {
        let mut config = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| HandshakeFailure::OurOwn(error.to_string()))?
            .dangerous()
            .with_custom_certificate_verifier(witness)
            .with_no_client_auth();
        config.resumption = Resumption::disabled();
        config.alpn_protocols = vec![match speak {
            Speak::Http1 => b"http/1.1".to_vec(),
            Speak::Http2 => b"h2".to_vec(),
        }];
        Ok(config)
    }
}

fn add_extra_roots(roots: &mut RootCertStore, path: &Path) -> Result<(), UnreadableRoots> {
    let unreadable = |why: String| UnreadableRoots {
        path: path.to_owned(),
        why,
    };
    let mut count = 0;
    for certificate in CertificateDer::pem_file_iter(path).map_err(|e| unreadable(e.to_string()))? {
        let certificate = certificate.map_err(|error| unreadable(error.to_string()))?;
        roots
            .add(certificate)
            .map_err(|error| unreadable(error.to_string()))?;
        count += 1;
    }
    if count == 0 {
        return Err(unreadable("it holds none".to_owned()));
    }
    Ok(())
}

fn server_name(host: &str) -> Option<ServerName<'static>> {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    ServerName::try_from(host.trim_end_matches('.').to_owned()).ok()
}

fn session(connection: &tokio_rustls::rustls::ClientConnection, fault: Option<TlsFault>) -> Tls {
    let version = match connection.protocol_version() {
        Some(ProtocolVersion::TLSv1_3) => "1.3".to_owned(),
        Some(ProtocolVersion::TLSv1_2) => "1.2".to_owned(),
        other => format!("{other:?}"),
    };
    let cipher = connection
        .negotiated_cipher_suite()
        .and_then(|suite| suite.suite().as_str())
        .unwrap_or("unknown")
        // rustls names the suites of TLS 1.3 with a number inside the prefix; IANA does not.
        .replacen("TLS13_", "TLS_", 1);
    let chain = connection
        .peer_certificates()
        .unwrap_or_default()
        .iter()
        .map(|certificate| Bytes::copy_from_slice(certificate))
        .collect();
    Tls {
        version,
        cipher,
        fault,
        chain,
    }
}

fn failure(error: &std::io::Error, seen: Option<TlsFault>) -> HandshakeFailure {
    match error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<Error>())
    {
        Some(Error::AlertReceived(AlertDescription::NoApplicationProtocol)) => {
            HandshakeFailure::ProtocolRefused
        }
        Some(refused @ Error::InvalidCertificate(why)) => {
            HandshakeFailure::Fault(seen.unwrap_or_else(|| fault_of(why)), refused.to_string())
        }
        Some(other) => HandshakeFailure::Fault(TlsFault::Protocol, other.to_string()),
        None => HandshakeFailure::Cut(error.to_string()),
    }
}

fn fault_of(error: &CertificateError) -> TlsFault {
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => TlsFault::Expired,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            TlsFault::NotYetValid
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            TlsFault::WrongHost
        }
        CertificateError::UnknownIssuer => TlsFault::UnknownIssuer,
        CertificateError::Revoked => TlsFault::Revoked,
        // Most self-signed certificates are marked as an authority's. The verifier refuses that
        // before it asks for the issuer, in an error that is not public to us by its type.
        CertificateError::Other(other) if format!("{other:?}").contains("CaUsedAsEndEntity") => {
            TlsFault::UnknownIssuer
        }
        _ => TlsFault::BadCertificate,
    }
}

/// Verifies one session's certificates as strictly as ever, keeps the outcome, and lets the session
/// stand in spite of it where that is wanted. Signatures of the handshake are always verified.
#[derive(Debug)]
struct Witness {
    strict: Arc<WebPkiServerVerifier>,
    look_past: bool,
    fault: Mutex<Option<TlsFault>>,
}

impl Witness {
    fn fault(&self) -> Option<TlsFault> {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let strictly = self.strict.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        );
        let Err(error) = strictly else {
            return strictly;
        };
        let fault = match &error {
            Error::InvalidCertificate(why) => fault_of(why),
            _ => TlsFault::BadCertificate,
        };
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = Some(fault);
        if self.look_past && fault.may_be_looked_past() {
            return Ok(ServerCertVerified::assertion());
        }
        Err(error)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.strict
            .verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.strict
            .verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.strict.supported_verify_schemes()
    }
}
