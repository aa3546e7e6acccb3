//! Who asks, from where, and how: as the connection says, or a proxy whose word is taken.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::HeaderMap;
use axum::http::header::HOST;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::web::desk::{Desk, Settings};

/// Whoever asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// Its address; `None` where the connection has none.
    pub address: Option<IpAddr>,
    /// Whether it came over TLS.
    pub is_secure: bool,
    /// The host, with its port where that is not the scheme's own, to which it spoke; perhaps empty.
    pub host: String,
    /// The account that a trusted proxy names.
    pub user: Option<String>,
}

impl Client {
    /// The origin of our pages, as this client knows it.
    pub fn origin(&self) -> String {
        let scheme = if self.is_secure { "https" } else { "http" };
        format!("{scheme}://{}", self.host)
    }
}

/// Notes who asks, for whoever comes after.
pub async fn know_client(State(desk): State<Desk>, mut request: Request, next: Next) -> Response {
    let settings = match desk.settings() {
        Ok(settings) => settings,
        Err(fault) => return fault.into_response(),
    };
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map(|peer| peer.0.ip().to_canonical());
    let client = client(peer, request.headers(), &settings);
    request.extensions_mut().insert(client);
    next.run(request).await
}

/// Whoever asks. Of the chain of addresses that proxies write (`X-Forwarded-For`), the last one that is
/// no trusted proxy is the client: those before it are its own words.
fn client(peer: Option<IpAddr>, headers: &HeaderMap, settings: &Settings) -> Client {
    let host = field(headers, HOST.as_str()).unwrap_or_default();
    let is_trusted = |address: IpAddr| (settings.trusted_proxies)(address);
    let direct = Client {
        address: peer,
        is_secure: false,
        host: host.to_ascii_lowercase(),
        user: None,
    };
    let Some(peer) = peer.filter(|peer| is_trusted(*peer)) else {
        return direct;
    };
    let mut address = peer;
    let chain = headers.get_all("x-forwarded-for").iter();
    let chain: Vec<&str> = chain
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    for word in chain.into_iter().rev() {
        let Ok(before) = word.trim().parse::<IpAddr>() else {
            break;
        };
        address = before.to_canonical();
        if !is_trusted(address) {
            break;
        }
    }
    // The proxy next to us is the last to write: its word is the last one.
    let last = |name| field(headers, name).and_then(|value| value.rsplit(',').next());
    let host =
        last("x-forwarded-host").map_or(direct.host, |host| host.trim().to_ascii_lowercase());
    let user = match settings.user_header.as_str() {
        "" => None,
        name => field(headers, name).map(str::to_owned),
    };
    Client {
        address: Some(address),
        is_secure: last("x-forwarded-proto").is_some_and(|it| it.trim() == "https"),
        host,
        user: user.filter(|user| !user.is_empty()),
    }
}

/// The last field of this name.
fn field<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get_all(name).iter().next_back()?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use axum::http::{HeaderName, HeaderValue};

    use super::*;
    use crate::workflow::admission::Admissions;

    fn seen(peer: &str, fields: &[(&'static str, &'static str)]) -> Client {
        let settings = Settings {
            admissions: Admissions::default(),
            trusted_proxies: Arc::new(|address: IpAddr| address.to_string().starts_with("10.")),
            user_header: "x-user".to_owned(),
            session_idle: Duration::ZERO,
            session_longest: Duration::ZERO,
            owners: Vec::new().into(),
            public_url: String::new(),
            writable: std::collections::BTreeMap::new(),
            replay: None,
        };
        let fields = fields.iter().map(|(name, value)| {
            let name = HeaderName::from_static(name);
            (name, HeaderValue::from_static(value))
        });
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(name, value);
        }
        client(Some(peer.parse().unwrap()), &headers, &settings)
    }

    #[test]
    fn a_stranger_is_who_the_connection_says_whatever_they_write() {
        let client = seen(
            "192.0.2.7",
            &[
                ("host", "Desk.example"),
                ("x-forwarded-for", "10.0.0.1"),
                ("x-forwarded-proto", "https"),
                ("x-forwarded-host", "bank.example"),
                ("x-user", "admin"),
            ],
        );
        assert_eq!(client.address, "192.0.2.7".parse().ok());
        assert_eq!(client.origin(), "http://desk.example");
        assert_eq!(client.user, None);
    }

    #[test]
    fn a_trusted_proxy_says_who_asks_and_its_client_cannot() {
        let client = seen(
            "10.0.0.1",
            &[
                ("host", "127.0.0.1:7117"),
                ("x-forwarded-for", "10.9.9.9, 192.0.2.7"),
                ("x-forwarded-for", "198.51.100.3, 10.0.0.2"),
                ("x-forwarded-proto", "http, https"),
                ("x-forwarded-host", "desk.example"),
                ("x-user", "anna"),
            ],
        );
        assert_eq!(client.address, "198.51.100.3".parse().ok());
        assert_eq!(client.origin(), "https://desk.example");
        assert_eq!(client.user.as_deref(), Some("anna"));
        let nonsense = seen("10.0.0.1", &[("x-forwarded-for", "198.51.100.3, what")]);
        assert_eq!(nonsense.address, "10.0.0.1".parse().ok());
    }
}
