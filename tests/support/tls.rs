//! Certificates of our own, right and wrong, and server configurations that use them.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use tempfile::TempDir;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::{ServerConfig, SupportedProtocolVersion, version};

/// A certificate authority whose root lies in a file, for `net.extra_roots`.
pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: TempDir,
}

static AUTHORITIES: AtomicUsize = AtomicUsize::new(0);

/// How a site's certificate is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Certificate {
    /// Signed by the authority, for the site's name, valid.
    Right,
    /// It was valid once.
    Expired,
    /// It will be valid.
    NotYetValid,
    /// For another name.
    WrongHost,
    /// Signed by itself, as by `openssl req -x509`: marked as an authority's.
    SelfSigned,
}

/// What a site speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Speaks {
    /// TLS 1.2 and 1.3, HTTP/1.1 and HTTP/2 by ALPN.
    All,
    /// TLS 1.2 alone.
    Tls12,
    /// HTTP/2 alone; any other ALPN is refused.
    Http2,
}

impl Authority {
    /// Makes a key and a root certificate.
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        // Of a name of its own, or another authority would seem to have signed wrongly.
        let number = AUTHORITIES.fetch_add(1, Ordering::SeqCst);
        let name = format!("Test authority {number}");
        params.distinguished_name.push(DnType::CommonName, name);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("root.pem"), issuer.pem()).unwrap();
        Self { issuer, folder }
    }

    /// The file with the root certificate.
    pub(crate) fn root_file(&self) -> PathBuf {
        self.folder.path().join("root.pem")
    }

    /// The folder in which that file lies, for further files.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The configuration of a server for a host: a name or an address.
    pub(crate) fn server(
        &self,
        host: &str,
        certificate: Certificate,
        speaks: Speaks,
    ) -> ServerConfig {
        let name = match certificate {
            Certificate::WrongHost => "another.example",
            _ => host,
        };
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        match certificate {
            Certificate::Expired => params.not_after = date_time_ymd(2001, 1, 1),
            Certificate::NotYetValid => params.not_before = date_time_ymd(2999, 1, 1),
            Certificate::SelfSigned => params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained),
            Certificate::Right | Certificate::WrongHost => {}
        }
        let key = KeyPair::generate().unwrap();
        let signed = if certificate == Certificate::SelfSigned {
            params.self_signed(&key)
        } else {
            params.signed_by(&key, &self.issuer)
        };
        let versions: &[&SupportedProtocolVersion] = match speaks {
            Speaks::Tls12 => &[&version::TLS12],
            Speaks::All | Speaks::Http2 => &[&version::TLS13, &version::TLS12],
        };
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(versions)
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![signed.unwrap().der().clone()],
                PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
            )
            .unwrap();
        config.alpn_protocols = match speaks {
            Speaks::Http2 => vec![b"h2".to_vec()],
            Speaks::All | Speaks::Tls12 => vec![b"h2".to_vec(), b"http/1.1".to_vec()],
        };
        config
    }
}
