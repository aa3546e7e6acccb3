//! The one door out: who may be connected to, how names are looked up, whom TLS trusts, and how
//! often a host is asked.
//!
//! Whoever wants to reach the world goes through [`door::Door`]. It passes a host's gate
//! ([`politeness`]), looks its name up once ([`resolver`]), drops the addresses that may not be
//! connected to ([`guard`]), connects to one that is left, and speaks TLS ([`tls`]). [`client`] asks
//! over HTTP where an answer is not kept as it was sent. [`canary`] says whether it is our own network
//! that is down.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::net::guard::Network;
use crate::net::resolver::Route;

pub mod bandwidth;
pub mod canary;
pub mod client;
pub mod door;
pub mod file_limit;
pub mod guard;
pub mod politeness;
pub mod resolver;
pub mod stream;
pub mod tls;

/// How the world is reached.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Networks that may be connected to although their addresses are special, such as
    /// `192.168.7.0/24` for a wiki of one's own.
    pub allow: Vec<Network>,
    /// Name servers to ask, instead of the system's. The system's hosts file is not read then.
    pub resolvers: Vec<SocketAddr>,
    /// Hosts that are reached elsewhere than their name says. The guard still holds.
    pub hosts: Vec<Route>,
    /// PEM files of certificates to trust besides the system's.
    pub extra_roots: Vec<PathBuf>,
    /// Requests to one host at a time; 0 counts as 1.
    pub per_host: usize,
    /// Between the end of a request to a host and the start of the next.
    pub pause: Duration,
    /// The longest that a host's own wish (`Retry-After`, `RateLimit`) holds its gate. A visit that
    /// is asked to come back later than this ends with what it has.
    pub longest_hold: Duration,
    /// Connections open at a time, to all hosts together; 0 counts as 1.
    pub connections: usize,
    /// Bytes of bodies that are read in a second, of all hosts together; 0 for any number.
    pub bytes_per_second: u64,
    /// How long the lookup of a name may take.
    pub lookup_limit: Duration,
    /// How long opening a TCP connection may take, all addresses of a name together.
    pub connect_limit: Duration,
    /// How long a TLS handshake may take.
    pub tls_limit: Duration,
    /// Hosts (`host` or `host:port`, port 443 where none is given) of which at least one is
    /// reachable whenever our network is up. Nobody is asked by default.
    pub canary_hosts: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            allow: Vec::new(),
            resolvers: Vec::new(),
            hosts: Vec::new(),
            extra_roots: Vec::new(),
            per_host: 1,
            pause: Duration::from_secs(1),
            longest_hold: Duration::from_mins(2),
            connections: 256,
            bytes_per_second: 0,
            lookup_limit: Duration::from_secs(10),
            connect_limit: Duration::from_secs(10),
            tls_limit: Duration::from_secs(10),
            canary_hosts: Vec::new(),
        }
    }
}
