//! Documents on the web: fetched through the guard and the host's gate, with redirects followed by
//! hand, within limits, and only when they changed.
//!
//! This is not how sources are visited: nothing of it is kept in the archive, and a failure says
//! nothing about a source.

use std::io::Read as _;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use encoding_rs::Encoding;
use flate2::read::MultiGzDecoder;
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use crate::model::time::Timestamp;
use crate::model::url::TargetUrl;
use crate::model::visit::Headers;
use crate::net::client::{Client, Question, Response, Unanswered};
use crate::net::door::Door;
use crate::net::politeness::asked_pause;

/// How documents are fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// For one address with all its redirects, once its turn has come.
    pub limit: Duration,
    /// The longest document, decoded, in bytes.
    pub max_bytes: u64,
    /// Redirects followed.
    pub max_redirects: usize,
}

/// What an answer says of the version it brought (RFC 9110 §8.8).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validators {
    /// Its `ETag`, as sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// Its `Last-Modified`, as sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
}

/// What came of asking.
#[derive(Debug, Clone)]
pub enum Fetched {
    /// It is as it was (304).
    Unchanged,
    /// It is there.
    Page(FetchedPage),
}

/// A document that came.
#[derive(Debug, Clone)]
pub struct FetchedPage {
    /// The address that gave it.
    pub url: TargetUrl,
    /// What it is by its `Content-Type`, in small letters and without parameters.
    pub media_type: Option<String>,
    /// The encoding that its `Content-Type` names.
    pub charset: Option<&'static Encoding>,
    /// What it says of its version.
    pub validators: Validators,
    /// Its bytes, unpacked.
    pub bytes: Bytes,
}

/// A document that did not come.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{url}: {why}")]
pub struct PageFault {
    /// The address asked for.
    pub url: TargetUrl,
    /// The status of the answer, where there was one.
    pub status: Option<u16>,
    /// What was met, and what to do.
    pub why: String,
}

/// Fetches documents.
#[derive(Debug)]
pub struct RemoteReader {
    door: Arc<Door>,
    client: Arc<Client>,
    settings: Settings,
}

impl FetchedPage {
    /// The bytes for a reader that knows no header fields: what the `Content-Type` says of the
    /// encoding stands before what the bytes say (WHATWG encoding §4.1), so they come as UTF-8 with
    /// its mark, unless a mark of their own says what they are.
    pub fn text_bytes(&self) -> Bytes {
        const MARK: &[u8] = b"\xef\xbb\xbf";
        match self.charset {
            Some(charset) if Encoding::for_bom(&self.bytes).is_none() => {
                let (text, _) = charset.decode_without_bom_handling(&self.bytes);
                [MARK, text.as_bytes()].concat().into()
            }
            _ => self.bytes.clone(),
        }
    }
}

impl RemoteReader {
    /// A reader that waits at this door's gates, and asks by this client.
    pub fn new(door: Arc<Door>, client: Arc<Client>, settings: Settings) -> Self {
        Self {
            door,
            client,
            settings,
        }
    }

    /// Fetches one address, if it is not as these validators say.
    pub async fn get(
        &self,
        url: &TargetUrl,
        known: &Validators,
        now: Timestamp,
    ) -> Result<Fetched, PageFault> {
        let mut at = url.clone();
        for _ in 0..=self.settings.max_redirects {
            let pass = self.door.enter(&at).await;
            let asked = timeout(self.settings.limit, self.ask(&at, known)).await;
            let fault = |status, why: String| PageFault {
                url: url.clone(),
                status,
                why: if at == *url {
                    why
                } else {
                    format!("at {at}: {why}")
                },
            };
            let answer = asked
                .unwrap_or_else(|_| {
                    Err(format!("no whole answer within {:?}", self.settings.limit))
                })
                .map_err(|why| fault(None, why))?;
            if let Some(pause) = asked_pause(&answer.headers, now) {
                pass.hold(pause);
            }
            drop(pass);
            match answer.status {
                304 => return Ok(Fetched::Unchanged),
                200 => {
                    let bytes = unpack(answer.body, &answer.headers, self.settings.max_bytes)
                        .map_err(|why| fault(Some(200), why))?;
                    return Ok(Fetched::Page(page(at, &answer.headers, bytes)));
                }
                301 | 302 | 303 | 307 | 308 if answer.headers.get("location").is_some() => {
                    let location = answer.headers.get("location").unwrap_or_default();
                    at = at.join(location).map_err(|why| {
                        fault(
                            Some(answer.status),
                            format!("its redirect cannot be followed: {why}"),
                        )
                    })?;
                }
                status => return Err(fault(Some(status), format!("it answered {status}"))),
            }
        }
        Err(PageFault {
            url: url.clone(),
            status: None,
            why: format!("more than {} redirects", self.settings.max_redirects),
        })
    }

    async fn ask(&self, url: &TargetUrl, known: &Validators) -> Result<Response, String> {
        let mut fields = vec![("accept-encoding", "gzip".to_owned())];
        for (name, value) in [
            ("if-none-match", &known.etag),
            ("if-modified-since", &known.last_modified),
        ] {
            fields.extend(value.clone().map(|value| (name, value)));
        }
        let answer = self.client.ask(Question {
            url,
            fields: &fields,
            post: None,
            wants_body_of: |status| status == 200,
            max_bytes: usize::try_from(self.settings.max_bytes).unwrap_or(usize::MAX),
        });
        answer.await.map_err(|why| match why {
            Unanswered::TooLong(_) => too_long(self.settings.max_bytes),
            why => why.to_string(),
        })
    }
}

fn page(url: TargetUrl, headers: &Headers, bytes: Bytes) -> FetchedPage {
    let content_type = headers.get("content-type").unwrap_or_default();
    let (media_type, parameters) = content_type.split_once(';').unwrap_or((content_type, ""));
    let media_type = media_type.trim().to_ascii_lowercase();
    let charset = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let is_charset = name.trim().eq_ignore_ascii_case("charset");
        Encoding::for_label(value.trim().trim_matches(['"', '\'']).as_bytes())
            .filter(|_| is_charset)
    });
    let field = |name| headers.get(name).map(str::to_owned);
    FetchedPage {
        url,
        media_type: Some(media_type).filter(|it| !it.is_empty()),
        charset,
        validators: Validators {
            etag: field("etag"),
            last_modified: field("last-modified"),
        },
        bytes,
    }
}

/// Undoes gzip, be it for the way or the file's own (`sitemap.xml.gz`), at most both.
fn unpack(body: Bytes, headers: &Headers, max_bytes: u64) -> Result<Bytes, String> {
    let encoding = headers
        .get("content-encoding")
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    if !matches!(encoding.as_str(), "" | "identity" | "gzip" | "x-gzip") {
        return Err(format!("it came as {encoding}, which was not asked for"));
    }
    let mut bytes = body;
    for _ in 0..2 {
        if !bytes.starts_with(b"\x1f\x8b") {
            break;
        }
        let mut unpacked = Vec::new();
        MultiGzDecoder::new(&*bytes)
            .take(max_bytes.saturating_add(1))
            .read_to_end(&mut unpacked)
            .map_err(|why| format!("its gzip cannot be undone: {why}"))?;
        if unpacked.len() as u64 > max_bytes {
            return Err(too_long(max_bytes));
        }
        bytes = unpacked.into();
    }
    Ok(bytes)
}

fn too_long(max_bytes: u64) -> String {
    format!("it has more than {max_bytes} bytes, and no more are read (documents.max_bytes)")
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn zipped(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn headers(fields: &[(&str, &str)]) -> Headers {
        let owned = fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Headers(owned.collect())
    }

    #[test]
    fn gzip_is_undone_for_the_way_and_of_the_file_and_bounded() {
        let once = zipped(b"text");
        let twice = zipped(&once);
        let gzip = headers(&[("content-encoding", "gzip")]);
        for (body, fields) in [
            (b"text".to_vec(), headers(&[])),
            (once.clone(), headers(&[])),
            (twice, gzip),
        ] {
            assert_eq!(&*unpack(body.into(), &fields, 100).unwrap(), b"text");
        }
        let bomb = zipped(&vec![b'a'; 1_000_000]);
        assert!(
            unpack(bomb.into(), &headers(&[]), 10_000)
                .unwrap_err()
                .contains("10000")
        );
        assert!(unpack(once[..9].to_vec().into(), &headers(&[]), 100).is_err());
        let brotli = headers(&[("content-encoding", "br")]);
        assert!(unpack(Bytes::from_static(b"x"), &brotli, 100).is_err());
    }

    #[test]
    fn the_encoding_that_the_header_names_stands_before_what_the_bytes_say() {
        let url: TargetUrl = "https://a.example/".parse().unwrap();
        let read = |content_type: &str, bytes: &'static [u8]| {
            let fields = headers(&[("content-type", content_type)]);
            page(url.clone(), &fields, Bytes::from_static(bytes)).text_bytes()
        };
        let marked = "\u{feff}žė".as_bytes();
        assert_eq!(
            read("text/html; charset=\"windows-1257\"", b"\xfe\xeb"),
            marked
        );
        assert_eq!(
            read(
                "text/html; charset=windows-1257",
                b"\xef\xbb\xbf\xc5\xbe\xc4\x97"
            ),
            marked
        );
        assert_eq!(read("Text/HTML", b"\xfe\xeb"), &b"\xfe\xeb"[..]);
        assert_eq!(read("text/html; charset=nonsense", b"a"), &b"a"[..]);
    }
}
