//! Looks a host's name up, once for each hop, and tells the ways in which that can fail apart.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{
    ConnectionConfig, LookupIpStrategy, NameServerConfig, ResolveHosts, ResolverConfig,
};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{Name, RData, RecordType};

use crate::model::visit::FailureKind;
use crate::net::file_limit;

/// Looks names up by the system's settings, or by name servers of our own choice.
#[derive(Debug)]
pub struct Resolver {
    /// Why there is none, in words, if the system's settings could not be read.
    asks: Result<TokioResolver, String>,
    limit: Duration,
}

/// A name that led to no address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookupFailure {
    /// In which way.
    pub kind: FailureKind,
    /// In words, for a person.
    pub detail: String,
}

impl Resolver {
    /// A resolver that asks these servers, or the system's where none are named.
    ///
    /// System settings that cannot be read are told at the first lookup, not here: whoever routes
    /// all hosts by hand needs no name server.
    pub fn open(servers: &[SocketAddr], limit: Duration) -> Self {
        Self {
            asks: build(servers, limit).map_err(|error| {
                format!(
                    "the system's resolver settings could not be used ({error}); set net.resolvers"
                )
            }),
            limit,
        }
    }

    /// All addresses of a name, IPv4 first, in the order given by the server.
    pub async fn look_up(&self, host: &str) -> Result<Vec<IpAddr>, LookupFailure> {
        let failure = |kind, detail| Err(LookupFailure { kind, detail });
        let resolver = match &self.asks {
            Ok(resolver) => resolver,
            Err(why) => return failure(FailureKind::OurOwn, why.clone()),
        };
        // Fully qualified, so that no search domain of ours is tried behind a cited name.
        let name = match Name::from_utf8(host) {
            Ok(mut name) => {
                name.set_fqdn(true);
                name
            }
            Err(error) => {
                let detail = format!("{host} cannot be a name: {error}");
                return failure(FailureKind::UnvisitableUrl, detail);
            }
        };
        match tokio::time::timeout(self.limit, resolver.lookup_ip(name)).await {
            Err(_) => failure(
                FailureKind::NameTimeout,
                format!("no name server answered for {host} within {:?}", self.limit),
            ),
            Ok(Err(error)) => {
                let (kind, what) = kind_of(&error);
                let detail = match error {
                    // The resolver's own words repeat the question in its debug form.
                    NetError::Dns(DnsError::NoRecordsFound(_)) => format!("{host}: {what}"),
                    _ => format!("{host}: {what} ({error})"),
                };
                failure(kind, detail)
            }
            Ok(Ok(found)) => {
                let addresses: Vec<IpAddr> = found.iter().collect();
                if addresses.is_empty() {
                    let detail = format!("{host}: the name has no address");
                    return failure(FailureKind::NameWithoutAddress, detail);
                }
                Ok(addresses)
            }
        }
    }
}

impl Resolver {
    /// The names of a domain's name servers, as its parent or it itself gives them, in lower case and
    /// without the dot at the end. None where nobody says.
    pub async fn name_servers(&self, domain: &str) -> Vec<String> {
        let (Ok(resolver), Ok(mut name)) = (&self.asks, Name::from_utf8(domain)) else {
            return Vec::new();
        };
        name.set_fqdn(true);
        let asked = resolver.lookup(name, RecordType::NS);
        let Ok(Ok(found)) = tokio::time::timeout(self.limit, asked).await else {
            return Vec::new();
        };
        let servers = found
            .answers()
            .iter()
            .filter_map(|record| match &record.data {
                RData::NS(server) => {
                    let server = server.0.to_ascii().to_ascii_lowercase();
                    Some(server.trim_end_matches('.').to_owned())
                }
                _ => None,
            });
        servers.take(NAME_SERVERS_READ).collect()
    }
}

/// More name servers of one domain than this are not looked at.
const NAME_SERVERS_READ: usize = 16;

fn build(servers: &[SocketAddr], limit: Duration) -> Result<TokioResolver, NetError> {
    let mut builder = if servers.is_empty() {
        TokioResolver::builder_tokio()?
    } else {
        let servers = servers.iter().map(name_server).collect();
        let config = ResolverConfig::from_name_servers(servers);
        let mut builder =
            TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
        builder.options_mut().use_hosts_file = ResolveHosts::Never;
        builder
    };
    let options = builder.options_mut();
    options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
    // Two attempts fit into the limit.
    options.timeout = options.timeout.min(limit / 2);
    options.attempts = 2;
    builder.build()
}

fn name_server(address: &SocketAddr) -> NameServerConfig {
    let mut connections = vec![ConnectionConfig::udp(), ConnectionConfig::tcp()];
    for connection in &mut connections {
        connection.port = address.port();
    }
    NameServerConfig::new(address.ip(), true, connections)
}

fn kind_of(error: &NetError) -> (FailureKind, &'static str) {
    match error {
        NetError::Dns(DnsError::NoRecordsFound(none)) => match none.response_code {
            ResponseCode::NXDomain => (FailureKind::NameNotFound, "the name does not exist"),
            ResponseCode::NoError => (
                FailureKind::NameWithoutAddress,
                "the name exists and has no address",
            ),
            _ => (
                FailureKind::NameServerFailed,
                "the name server answered with a failure",
            ),
        },
        NetError::Timeout => (FailureKind::NameTimeout, "no name server answered in time"),
        NetError::Io(error) if error.kind() == io::ErrorKind::TimedOut => {
            (FailureKind::NameTimeout, "no name server answered in time")
        }
        NetError::Io(error) if file_limit::is_met(error) => {
            (FailureKind::FileLimit, "no name server could be asked")
        }
        NetError::NoConnections | NetError::Io(_) if file_limit::is_reached() => {
            (FailureKind::FileLimit, "no name server could be asked")
        }
        NetError::NoConnections | NetError::Io(_) => {
            (FailureKind::NameTimeout, "no name server could be reached")
        }
        NetError::Busy => (FailureKind::OurOwn, "too many lookups at once"),
        _ => (
            FailureKind::NameServerFailed,
            "the name server answered with a failure",
        ),
    }
}

/// A host that is reached elsewhere than its name says, as `curl --connect-to` does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    host: String,
    port: Option<u16>,
    to: IpAddr,
    to_port: Option<u16>,
}

/// A route that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "«{from}» = «{to}» is no route; write host or host:port on the left, an address with or without a port on the right"
)]
pub struct UnreadableRoute {
    /// The left side.
    pub from: String,
    /// The right side.
    pub to: String,
}

impl Route {
    /// Reads `host` or `host:port`, and `address` or `address:port`.
    pub fn parse(from: &str, to: &str) -> Result<Self, UnreadableRoute> {
        let unreadable = || UnreadableRoute {
            from: from.to_owned(),
            to: to.to_owned(),
        };
        let url = url::Url::parse(&format!("http://{}/", from.trim())).map_err(|_| unreadable())?;
        let host = url.host_str().ok_or_else(unreadable)?;
        if url.path() != "/" || url.query().is_some() || !url.username().is_empty() {
            return Err(unreadable());
        }
        // The parser drops a written :80, the default port of its scheme.
        let port = url.port().or(from.trim().ends_with(":80").then_some(80));
        let (to, to_port) = match to.trim().parse::<SocketAddr>() {
            Ok(address) => (address.ip(), Some(address.port())),
            Err(_) => (to.trim().parse().map_err(|_| unreadable())?, None),
        };
        Ok(Self {
            host: host.to_owned(),
            port,
            to,
            to_port,
        })
    }

    /// Where a host's port is reached, by the first route for the host with that port, else for the
    /// host.
    pub fn find(routes: &[Self], host: &str, port: u16) -> Option<SocketAddr> {
        let of_host = || routes.iter().filter(|route| route.host == host);
        of_host()
            .find(|route| route.port == Some(port))
            .or_else(|| of_host().find(|route| route.port.is_none()))
            .map(|route| SocketAddr::new(route.to, route.to_port.unwrap_or(port)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_route_with_the_port_goes_first() {
        let routes = [
            Route::parse("A.example", "127.0.0.1").unwrap(),
            Route::parse("a.example:443", "127.0.0.1:8443").unwrap(),
            Route::parse("a.example:80", "[::1]:8080").unwrap(),
        ];
        let find =
            |host: &str, port| Route::find(&routes, host, port).map(|address| address.to_string());
        assert_eq!(find("a.example", 443).as_deref(), Some("127.0.0.1:8443"));
        assert_eq!(find("a.example", 80).as_deref(), Some("[::1]:8080"));
        assert_eq!(find("a.example", 81).as_deref(), Some("127.0.0.1:81"));
        assert_eq!(find("b.example", 80), None);
    }

    #[test]
    fn routes_that_are_none_are_refused() {
        for (from, to) in [
            ("", "127.0.0.1"),
            ("a.example/x", "127.0.0.1"),
            ("a.example", "b.example"),
            ("a.example", ""),
            ("u@a.example", "127.0.0.1"),
        ] {
            assert!(Route::parse(from, to).is_err(), "{from} = {to}");
        }
    }
}
