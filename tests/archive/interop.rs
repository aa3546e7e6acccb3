//! A collection of every kind of record, for the tools of others.

use std::fs;
use std::path::PathBuf;

use bytes::Bytes;
use ibid::model::visit::{HttpVersion, Truncation, Visit};
use tempfile::TempDir;

use super::{HTML, assert_sound, failed, hop, open, page, redirected, visit_of};

/// One answer of the collection that others' tools are shown.
struct Shown {
    visit: Visit,
    /// Whether its payload was stored by the visit before it.
    is_known: bool,
}

fn shown() -> Vec<Shown> {
    let gzip = |text: &str| {
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        std::io::Write::write_all(&mut gz, text.as_bytes()).unwrap();
        gz.finish().unwrap()
    };
    let text = "<html><head><title>Words</title></head><body><p>words</body></html>".repeat(50);
    let coded_fields = [HTML, ("Content-Encoding", "gzip")];
    let coded = |second, url| visit_of(second, vec![hop(url, 200, &coded_fields, &gzip(&text))]);
    let chunked_fields = [HTML, ("Transfer-Encoding", "chunked")];
    let chunked = hop(
        "http://site.example/chunked",
        200,
        &chunked_fields,
        text.as_bytes(),
    );
    let mut http2 = hop("https://site.example/h2", 200, &[HTML], b"<p>over HTTP/2");
    http2.protocol = HttpVersion::Http2;
    http2.response_head = Bytes::from_static(b"HTTP/2 200\r\ncontent-type: text/html\r\n\r\n");
    let mut cut = hop(
        "https://site.example/cut",
        200,
        &[("Content-Type", "text/plain"), ("Content-Length", "1000")],
        b"cut short",
    );
    cut.body.truncated = Some(Truncation::Disconnect);
    let image: Vec<u8> = (0..200_000_u32).flat_map(u32::to_le_bytes).collect();
    let image = hop(
        "https://site.example/i.png",
        200,
        &[("Content-Type", "image/png")],
        &image,
    );
    let missing = hop("https://site.example/missing", 404, &[HTML], b"<p>not here");
    let empty = hop("https://site.example/empty", 200, &[HTML], b"");
    let mut odd = hop("https://site.example/odd", 200, &[HTML], b"odd");
    odd.response_head = Bytes::from_static(
        b"HTTP/1.1 200\r\nX-Name: J\xfcrgen\r\nX-Long: one\r\n two\r\n\
        Content-Type: text/html\r\nno colon here\r\nX-Empty:\r\n\r\n",
    );
    let new = |visit| Shown {
        visit,
        is_known: false,
    };
    let known = |visit| Shown {
        visit,
        is_known: true,
    };
    vec![
        new(page(
            0,
            "https://www.site.example/Page?b=2&a=\u{fc}",
            "plain words",
        )),
        new(coded(10, "https://site.example/coded")),
        known(coded(20, "https://site.example/coded")),
        known(coded(30, "http://other.example/copy")),
        new(redirected(40)),
        new(visit_of(50, vec![chunked])),
        new(visit_of(60, vec![http2])),
        new(visit_of(70, vec![cut])),
        new(visit_of(80, vec![image])),
        new(visit_of(90, vec![missing])),
        new(visit_of(100, vec![empty])),
        new(visit_of(110, vec![odd])),
        new(failed(120)),
    ]
}

/// `tests/interop/warc_tools.py` names a folder in `IBID_INTEROP`, and shows what is in it to
/// warcio and pywb. Each line of `expected.tsv`: URL, moment, status, target of a redirect, file of
/// the body as stored.
#[tokio::test]
async fn a_collection_of_every_kind_of_record_is_made_for_others_to_read() {
    let temporary = TempDir::new().unwrap();
    let folder =
        std::env::var_os("IBID_INTEROP").map_or_else(|| temporary.path().to_owned(), PathBuf::from);
    let bodies = folder.join("bodies");
    fs::create_dir_all(&bodies).unwrap();
    let archive = open(&folder);
    let mut known = None;
    let mut expected = Vec::new();
    for Shown { visit, is_known } in shown() {
        let known_here = known.as_ref().filter(|_| is_known);
        let stored = archive.store(&visit, known_here).await.unwrap();
        if let Some(capture) = &stored.capture {
            assert_eq!(capture.is_revisit, is_known);
            let kept = archive.read(capture).unwrap();
            assert_eq!(kept.body, visit.answer().unwrap().body.bytes);
        }
        known = stored.capture.or(known);
        for hop in &visit.hops {
            let body = format!("bodies/{}", expected.len());
            fs::write(folder.join(&body), &hop.body.bytes).unwrap();
            expected.push(
                [
                    hop.url.as_str(),
                    &visit.started_at.to_digits14(),
                    &hop.status.to_string(),
                    hop.headers.get("location").unwrap_or("-"),
                    &body,
                ]
                .join("\t"),
            );
        }
    }
    archive.close().await.unwrap();
    fs::write(folder.join("expected.tsv"), expected.join("\n") + "\n").unwrap();
    assert_sound(&folder);
}
