//! One server on loopback for all hosts of the web, with a clock of epochs.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::case::{Case, Reply};
use crate::support::server::{Server, listener};

/// The server.
#[derive(Debug)]
pub(super) struct Web {
    server: Server,
    epoch: Arc<AtomicUsize>,
}

impl Web {
    /// Serves these cases, in epoch 0.
    pub(super) fn start(cases: &[Case]) -> Self {
        let (listener, address) = listener();
        let epoch = Arc::new(AtomicUsize::new(0));
        let now = Arc::clone(&epoch);
        let hosts: HashMap<String, Case> = cases
            .iter()
            .map(|case| (case.host.clone(), case.clone()))
            .collect();
        let hosts = Arc::new(hosts);
        let server = Server::run(address, move || async move {
            let listener = TcpListener::from_std(listener).unwrap();
            while let Ok((stream, _)) = listener.accept().await {
                let (hosts, now) = (Arc::clone(&hosts), Arc::clone(&now));
                // A client that goes away is no trouble of the web's.
                tokio::spawn(
                    async move { serve(stream, &hosts, now.load(Ordering::SeqCst)).await },
                );
            }
        });
        Self { server, epoch }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.server.address
    }

    /// Sets the clock.
    pub(super) fn turn_to(&self, epoch: usize) {
        self.epoch.store(epoch, Ordering::SeqCst);
    }
}

async fn serve(
    mut stream: TcpStream,
    hosts: &HashMap<String, Case>,
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
    let reply = match hosts.get(host.trim()) {
        Some(case) => case.reply(epoch, path),
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
            stream.write_all(&body).await?;
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
