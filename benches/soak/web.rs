//! A web of as many loopback hosts (127.0.X.Y) as are asked for, which lives: every page is another one
//! after some minutes, one in ten knows validators, one in fifty is gone and back by turns, one in four
//! hundred never answers. And a receiver of notices.

use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Where the web is.
pub(super) struct Web {
    pub(super) port: u16,
    posts: Arc<AtomicU64>,
}

impl Web {
    /// How many notices came.
    pub(super) fn posts(&self) -> u64 {
        self.posts.load(Ordering::Relaxed)
    }
}

/// The address of a host by its number.
pub(super) fn host(number: usize) -> Ipv4Addr {
    let number = u32::try_from(number).expect("few hosts");
    Ipv4Addr::from(u32::from(Ipv4Addr::new(127, 0, 1, 1)) + number)
}

/// Serves until the process ends.
pub(super) fn serve() -> Web {
    let listener = SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 0);
    let listener = std::net::TcpListener::bind(listener).unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let posts = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&posts);
    let began = Instant::now();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async move {
            let listener = TcpListener::from_std(listener).unwrap();
            loop {
                let Ok((stream, _)) = listener.accept().await else {
                    continue;
                };
                let counter = Arc::clone(&counter);
                tokio::spawn(async move {
                    // Whoever hangs up has his reasons.
                    let _ = speak(stream, began, &counter).await;
                });
            }
        });
    });
    Web { port, posts }
}

async fn speak(mut stream: TcpStream, began: Instant, posts: &AtomicU64) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut held = Vec::with_capacity(4096);
    loop {
        let end = loop {
            if let Some(at) = held.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            if stream.read_buf(&mut held).await? == 0 {
                return Ok(());
            }
        };
        let head = String::from_utf8_lossy(&held[..end]).to_lowercase();
        let field = |name: &str| {
            let mut fields = head.lines().filter_map(|line| line.split_once(": "));
            fields.find(|(named, _)| *named == name).map(|(_, it)| it)
        };
        let length = field("content-length").and_then(|it| it.parse().ok());
        let whole = end + length.unwrap_or(0_usize);
        while held.len() < whole {
            if stream.read_buf(&mut held).await? == 0 {
                return Ok(());
            }
        }
        held.drain(..whole);
        let path = head.split(' ').nth(1).unwrap_or_default();
        if path == "/hook" {
            posts.fetch_add(1, Ordering::Relaxed);
            let done = b"HTTP/1.1 204 No Content\r\n\r\n";
            stream.write_all(done).await?;
            continue;
        }
        let page = path.trim_start_matches('/').parse();
        match page.map(|page| answer(page, began.elapsed().as_secs(), field("if-none-match"))) {
            Ok(Some(answer)) => stream.write_all(answer.as_bytes()).await?,
            Ok(None) => std::future::pending().await,
            Err(_) => {
                let nothing = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
                stream.write_all(nothing).await?;
            }
        }
    }
}

/// What a page answers after so many seconds; `None` for nothing, ever.
fn answer(page: u64, seconds: u64, known: Option<&str>) -> Option<String> {
    if page % 400 == 399 {
        return None;
    }
    if page % 50 == 7 && (seconds + page) / 180 % 2 == 1 {
        return Some("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone".to_owned());
    }
    // Each has its own time to be edited, between five and eleven minutes.
    let edition = (seconds + page * 7) / (300 + page % 7 * 60);
    let tag = format!("\"{page}-{edition}\"");
    let validators = if page % 10 == 1 {
        format!("ETag: {tag}\r\nCache-Control: max-age=60\r\n")
    } else {
        String::new()
    };
    if page % 10 == 1 && known == Some(tag.as_str()) {
        return Some(format!("HTTP/1.1 304 Not Modified\r\n{validators}\r\n"));
    }
    let body = text(page, edition);
    Some(format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n{validators}Content-Length: {}\r\n\r\n\
         {body}",
        body.len()
    ))
}

fn text(page: u64, edition: u64) -> String {
    const WORDS: [&str; 16] = [
        "river", "treaty", "council", "winter", "bridge", "harvest", "railway", "minister",
        "museum", "letter", "market", "garden", "teacher", "village", "island", "harbour",
    ];
    let mut dice = page.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut word = || {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        WORDS[usize::try_from(dice % 16).expect("below 16")]
    };
    let mut html = format!("<title>Report {page}</title><main><h1>Report {page}</h1>");
    for _ in 0..30 {
        html += &format!(
            "<p>In the {} the {} of the {} was shown to the {}, and nobody spoke of the {} or of the {} \
             any more before the {} had come to the {}.</p>",
            word(),
            word(),
            word(),
            word(),
            word(),
            word(),
            word(),
            word()
        );
    }
    html + &format!("<p>The council met {edition} times until now.</p></main>")
}
