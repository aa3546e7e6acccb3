//! A name server on loopback (UDP), for `net.resolvers`.
//!
//! ```ignore
//! let dns = Dns::start();
//! dns.says("a.example", &[Reply::Addresses(&["127.0.0.1"]), Reply::NoSuchName]);
//! ```
//! A name that was not told does not exist.

use std::collections::{HashMap, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hickory_resolver::proto::op::{Message, ResponseCode};
use hickory_resolver::proto::rr::rdata::NS;
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};
use tokio::net::UdpSocket;

use crate::support::server::Server;

/// How late a slow answer is.
const SLOWNESS: Duration = Duration::from_millis(500);

/// The name server.
#[derive(Debug)]
pub(crate) struct Dns {
    server: Server,
    names: Arc<Mutex<HashMap<String, NameState>>>,
}

#[derive(Debug, Default)]
struct NameState {
    /// The last one stays.
    replies: VecDeque<Reply>,
    questions: usize,
    name_servers: Vec<String>,
    name_server_questions: usize,
}

/// What is said of a name.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Reply {
    /// These addresses, to be kept for no time (TTL 0).
    Addresses(&'static [&'static str]),
    /// These addresses, half a second late.
    Slowly(&'static [&'static str]),
    /// NXDOMAIN.
    NoSuchName,
    /// The name exists, and has no address.
    NoAddress,
    /// SERVFAIL.
    Failure,
    /// REFUSED.
    Refusal,
    /// Nothing at all.
    Silence,
}

impl Dns {
    /// Starts a name server that knows no name.
    pub(crate) fn start() -> Self {
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_nonblocking(true).unwrap();
        let address = socket.local_addr().unwrap();
        let names: Arc<Mutex<HashMap<String, NameState>>> = Arc::default();
        let shared = Arc::clone(&names);
        let server = Server::run(address, move || async move {
            let socket = Arc::new(UdpSocket::from_std(socket).unwrap());
            let mut packet = [0; 4096];
            while let Ok((length, from)) = socket.recv_from(&mut packet).await {
                let answer = packet.get(..length).and_then(|it| answer(&shared, it));
                let Some((answer, is_slow)) = answer else {
                    continue;
                };
                let socket = Arc::clone(&socket);
                tokio::spawn(async move {
                    if is_slow {
                        tokio::time::sleep(SLOWNESS).await;
                    }
                    let _ = socket.send_to(&answer, from).await;
                });
            }
        });
        Self { server, names }
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.server.address
    }

    /// Says so of a name, one reply after the other for each lookup; the last one stays.
    pub(crate) fn says(&self, name: &str, replies: &[Reply]) {
        let state = NameState {
            replies: replies.iter().copied().collect(),
            ..NameState::default()
        };
        self.names.lock().unwrap().insert(name.to_owned(), state);
    }

    /// A name is delegated to these servers from now on.
    pub(crate) fn delegates(&self, name: &str, servers: &[&str]) {
        let mut names = self.names.lock().unwrap();
        let state = names.entry(name.to_owned()).or_default();
        state.name_servers = servers.iter().map(|&server| server.to_owned()).collect();
    }

    /// How often the name servers of a name were asked for.
    pub(crate) fn name_server_questions(&self, name: &str) -> usize {
        let names = self.names.lock().unwrap();
        names
            .get(name)
            .map_or(0, |state| state.name_server_questions)
    }

    /// How often IPv4 addresses of a name were asked for.
    pub(crate) fn questions(&self, name: &str) -> usize {
        let names = self.names.lock().unwrap();
        names.get(name).map_or(0, |state| state.questions)
    }
}

/// A lookup asks for IPv4 and IPv6 addresses at the same time. IPv4 counts; IPv6 gets the same kind of
/// answer.
fn answer(names: &Mutex<HashMap<String, NameState>>, packet: &[u8]) -> Option<(Vec<u8>, bool)> {
    let question = Message::from_vec(packet).ok()?;
    let query = question.queries.first()?.clone();
    let name = query
        .name()
        .to_string()
        .trim_end_matches('.')
        .to_lowercase();
    if query.query_type() == RecordType::NS {
        return Some((name_servers(names, &name, question)?, false));
    }
    let is_v4 = query.query_type() == RecordType::A;
    let mut names = names.lock().unwrap();
    let reply = names.get_mut(&name).map_or(Reply::NoSuchName, |state| {
        state.questions += usize::from(is_v4);
        let reply = state.replies.front().copied().unwrap_or(Reply::NoSuchName);
        if is_v4 && state.replies.len() > 1 {
            state.replies.pop_front();
        }
        reply
    });
    let mut message = question.into_response();
    message.additionals.clear();
    message.metadata.recursion_available = true;
    message.metadata.response_code = match reply {
        Reply::Silence => return None,
        Reply::NoSuchName => ResponseCode::NXDomain,
        Reply::Failure => ResponseCode::ServFail,
        Reply::Refusal => ResponseCode::Refused,
        Reply::NoAddress => ResponseCode::NoError,
        Reply::Addresses(addresses) | Reply::Slowly(addresses) => {
            for address in addresses {
                let address: IpAddr = address.parse().unwrap();
                if address.is_ipv4() == is_v4 {
                    let record = Record::from_rdata(query.name().clone(), 0, RData::from(address));
                    message.add_answer(record);
                }
            }
            ResponseCode::NoError
        }
    };
    let is_slow = matches!(reply, Reply::Slowly(_));
    Some((message.to_vec().ok()?, is_slow))
}

fn name_servers(
    names: &Mutex<HashMap<String, NameState>>,
    name: &str,
    question: Message,
) -> Option<Vec<u8>> {
    let asked = question.queries.first()?.name().clone();
    let mut names = names.lock().unwrap();
    let servers = names.get_mut(name).map_or(&[][..], |state| {
        state.name_server_questions += 1;
        &state.name_servers
    });
    let mut message = question.into_response();
    message.additionals.clear();
    message.metadata.recursion_available = true;
    for server in servers {
        let server = NS(Name::from_ascii(format!("{server}.")).unwrap());
        message.add_answer(Record::from_rdata(asked.clone(), 0, RData::NS(server)));
    }
    message.to_vec().ok()
}
