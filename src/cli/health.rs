//! `ibid health`: asks a running service how it is.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::Context;
use clap::Args;

use crate::app::wiring;
use crate::cli::{Common, Ending, output};

/// Ask a running service how it is
///
/// For containers and scripts: it asks the `ibid serve` that listens where the settings say (key
/// `service.listen`), and prints its answer.
#[derive(Debug, Args)]
#[command(after_long_help = "\
EXIT CODES
  0  it is well
  1  it is not, or does not answer
  2  the settings cannot be read, or name no address to ask")]
pub struct Health {
    /// Ask whether it can do its work, not only whether it lives
    ///
    /// It cannot while it starts or stops, while our own network is down, and while something keeps it
    /// from writing to its archive.
    #[arg(long)]
    ready: bool,
}

/// A service that does not answer within so long is not well.
const PATIENCE: Duration = Duration::from_secs(5);

impl Health {
    /// Asks, and prints the answer.
    pub fn run(&self, common: &Common) -> anyhow::Result<Ending> {
        let config = wiring::configure(common.config.as_deref(), common.archive.as_deref())?;
        let listen = &config.service.listen;
        let address: SocketAddr = listen
            .parse()
            .context("service.listen names no address to ask")?;
        let page = if self.ready { "/readyz" } else { "/healthz" };
        match ask(address, page) {
            Ok((is_well, words)) => {
                output::write(&words, None)?;
                Ok(if is_well {
                    Ending::Clear
                } else {
                    Ending::Flagged
                })
            }
            Err(why) => {
                output::say(&format!(
                    "ibid: no answer from the service at {listen}: {why}"
                ));
                Ok(Ending::Flagged)
            }
        }
    }
}

/// Whether the answer is 200, and what it says.
fn ask(address: SocketAddr, page: &str) -> std::io::Result<(bool, String)> {
    const ENOUGH_BYTES: u64 = 1 << 16;
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(
        stream,
        "GET {page} HTTP/1.0\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = Vec::new();
    stream.take(ENOUGH_BYTES).read_to_end(&mut answer)?;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let is_well = answer.split(' ').nth(1) == Some("200");
    let (_, words) = answer.split_once("\r\n\r\n").unwrap_or_default();
    Ok((is_well, words.to_owned()))
}
