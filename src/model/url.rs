//! A URL as an author wrote it, and as Ibid visits it: two types, because the first is evidence
//! and the second is an address.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::model::surt::Surt;

/// An address that can be visited: `http` or `https`, with a host, without user name, password or
/// fragment.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TargetUrl(url::Url);

/// Why a URL cannot be visited.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnvisitableUrl {
    /// It does not parse by the WHATWG URL standard.
    #[error("«{url}» is no URL: {why}")]
    Malformed {
        /// As it was given.
        url: String,
        /// The parser's words.
        why: url::ParseError,
    },
    /// Its scheme is not one that can be visited.
    #[error("«{url}» has the scheme {scheme}; only http and https are visited")]
    Scheme {
        /// As it was given.
        url: String,
        /// The scheme found.
        scheme: String,
    },
    /// It carries a user name or password, which are never sent.
    #[error("«{0}» carries a user name or password, which are never sent")]
    UserInfo(String),
    /// Between its scheme and its host stand not just a colon and two slashes. Programs that read on
    /// all the same do not agree on what is meant.
    #[error("«{0}» is no URL: behind its scheme belong «://» and the host")]
    Slashes(String),
    /// A gap parts it where no gap can be.
    #[error("«{0}» is no URL: there is a gap in it")]
    Gap(String),
    /// It names no host.
    #[error("«{0}» names no host")]
    NoHost(String),
}

impl UnvisitableUrl {
    /// What a person can do about it, as a sentence.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Malformed { .. } | Self::Slashes(_) | Self::Gap(_) | Self::NoHost(_) => {
                "Correct it in the document: http:// or https://, the host, no gaps."
            }
            Self::Scheme { .. } => {
                "Correct it in the document, or cite where the work stands on the web."
            }
            Self::UserInfo(_) => "Cite it without them, or cite where it stands for everybody.",
        }
    }
}

impl TargetUrl {
    /// Reads and normalises by the WHATWG URL standard; the fragment is dropped.
    pub fn parse(text: &str) -> Result<Self, UnvisitableUrl> {
        let url = url::Url::parse(text).map_err(|why| UnvisitableUrl::Malformed {
            url: text.to_owned(),
            why,
        })?;
        Self::from_url(url)
    }

    /// A redirect's or link's target, resolved against this address.
    pub fn join(&self, reference: &str) -> Result<Self, UnvisitableUrl> {
        let url = self
            .0
            .join(reference)
            .map_err(|why| UnvisitableUrl::Malformed {
                url: reference.to_owned(),
                why,
            })?;
        Self::from_url(url)
    }

    fn from_url(mut url: url::Url) -> Result<Self, UnvisitableUrl> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(UnvisitableUrl::Scheme {
                scheme: url.scheme().to_owned(),
                url: url.into(),
            });
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(UnvisitableUrl::UserInfo(url.into()));
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err(UnvisitableUrl::NoHost(url.into()));
        }
        url.set_fragment(None);
        Ok(Self(url))
    }

    /// The whole address.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The parsed form, for its parts.
    pub fn as_url(&self) -> &url::Url {
        &self.0
    }

    /// The host as in the URL: a name in lower-case ASCII, or an address literal.
    pub fn host(&self) -> &str {
        self.0.host_str().expect("the constructor asks for a host")
    }

    /// The port, the scheme's own where none is written.
    pub fn port(&self) -> u16 {
        self.0
            .port_or_known_default()
            .expect("http and https have default ports")
    }

    /// `host`, or `host:port` where the port is not the scheme's own: the `Host` header (RFC 9110
    /// §7.2), and the name of the gate that visits to this host pass.
    pub fn authority(&self) -> String {
        match self.0.port() {
            Some(port) => format!("{}:{port}", self.host()),
            None => self.host().to_owned(),
        }
    }

    /// Whether TLS is spoken.
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Path and query, as in a request line.
    pub fn path_and_query(&self) -> &str {
        &self.0[url::Position::BeforePath..url::Position::AfterQuery]
    }

    /// The key under which the source is kept.
    pub fn surt(&self) -> Surt {
        Surt::of(self)
    }
}

impl fmt::Display for TargetUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for TargetUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for TargetUrl {
    type Err = UnvisitableUrl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl Serialize for TargetUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for TargetUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// The URL that a citation names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CitedUrl {
    /// The document's own characters, line breaks and all: `text[place.bytes]` for text formats.
    pub as_written: String,
    /// The URL that is meant: breaks closed, soft hyphens and trailing punctuation gone, redirectors
    /// and archive prefixes unwrapped, the fragment kept. Not normalised otherwise.
    pub url: String,
    /// Whether a line break inside the URL was closed on evidence.
    pub was_joined: bool,
}

impl CitedUrl {
    /// The address to visit: the URL without its fragment. What a person wrote is read more strictly
    /// than an address that a program sends: the URL standard forgives any number of slashes behind the
    /// scheme, either way round.
    pub fn target(&self) -> Result<TargetUrl, UnvisitableUrl> {
        let target = TargetUrl::parse(&self.url).map_err(|why| match why {
            UnvisitableUrl::Malformed { url, .. } if url.contains(char::is_whitespace) => {
                UnvisitableUrl::Gap(url)
            }
            why => why,
        })?;
        let rest = self.url.split_once("://").map(|(_, rest)| rest);
        match rest {
            Some(rest) if !rest.starts_with(['/', '\\']) => Ok(target),
            _ => Err(UnvisitableUrl::Slashes(self.url.clone())),
        }
    }

    /// The fragment without its text directives, decoded: an `id` on the page, or `page=3` of a PDF.
    pub fn anchor(&self) -> Option<String> {
        let fragment = self.fragment()?;
        let anchor = fragment.split(":~:").next().unwrap_or_default();
        (!anchor.is_empty()).then(|| percent_decode(anchor))
    }

    /// The text directives (`#:~:text=…`) of the fragment, in order
    /// (WICG Scroll-To-Text-Fragment §3.3).
    pub fn text_fragments(&self) -> Vec<TextFragment> {
        let Some((_, directives)) = self.fragment().and_then(|f| f.split_once(":~:")) else {
            return Vec::new();
        };
        directives
            .split('&')
            .filter_map(|directive| TextFragment::parse(directive.strip_prefix("text=")?))
            .collect()
    }

    fn fragment(&self) -> Option<&str> {
        self.url.split_once('#').map(|(_, fragment)| fragment)
    }
}

/// One `text=` directive: the passage from `start` to `end`, between `prefix` and `suffix`
/// (WICG Scroll-To-Text-Fragment §3.3.1). Percent-encoding is undone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextFragment {
    /// What stands right before the passage.
    pub prefix: Option<String>,
    /// The passage, or its first words when there is an `end`.
    pub start: String,
    /// The passage's last words.
    pub end: Option<String>,
    /// What stands right after the passage.
    pub suffix: Option<String>,
}

impl TextFragment {
    /// Reads the value of a `text=` directive: `[prefix-,]start[,end][,-suffix]`.
    pub fn parse(value: &str) -> Option<Self> {
        let mut parts: Vec<&str> = value.split(',').collect();
        let prefix = parts
            .first()
            .and_then(|part| part.strip_suffix('-'))
            .filter(|_| parts.len() > 1);
        if prefix.is_some() {
            parts.remove(0);
        }
        let suffix = parts
            .last()
            .and_then(|part| part.strip_prefix('-'))
            .filter(|_| parts.len() > 1);
        if suffix.is_some() {
            parts.pop();
        }
        let (start, end) = match parts[..] {
            [start] => (start, None),
            [start, end] => (start, Some(end)),
            _ => return None,
        };
        let decode = |part: &str| Some(percent_decode(part)).filter(|text| !text.trim().is_empty());
        Some(Self {
            prefix: prefix.and_then(decode),
            start: decode(start)?,
            end: end.and_then(decode),
            suffix: suffix.and_then(decode),
        })
    }
}

/// Undoes percent-encoding; what is not valid UTF-8 becomes U+FFFD.
pub fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let digit = |at: usize| {
        bytes
            .get(at)
            .and_then(|&byte| char::from(byte).to_digit(16))
    };
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let escaped = (byte == b'%')
            .then(|| Some(digit(at + 1)? * 16 + digit(at + 2)?))
            .flatten()
            .and_then(|value| u8::try_from(value).ok());
        decoded.push(escaped.unwrap_or(byte));
        at += if escaped.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_visited_says_why() {
        for (text, word) in [
            ("mailto:a@b.example", "scheme"),
            ("file:///etc/passwd", "scheme"),
            ("http://user@site.example/", "user name"),
            ("nonsense", "no URL"),
            ("http://", "no URL"),
        ] {
            let why = TargetUrl::parse(text).unwrap_err().to_string();
            assert!(why.contains(word), "{text}: {why}");
        }
    }

    #[test]
    fn a_target_has_no_fragment_and_knows_its_gate() {
        let target = TargetUrl::parse("HTTPS://Site.Example:8443/a b?q=1#x").unwrap();
        assert_eq!(target.as_str(), "https://site.example:8443/a%20b?q=1");
        assert_eq!(target.authority(), "site.example:8443");
        assert_eq!(target.path_and_query(), "/a%20b?q=1");
        assert_eq!(
            TargetUrl::parse("http://a.example:80/")
                .unwrap()
                .authority(),
            "a.example"
        );
    }

    #[test]
    fn text_directives_are_read_in_all_their_parts() {
        let cited = |url: &str| CitedUrl {
            as_written: url.to_owned(),
            url: url.to_owned(),
            was_joined: false,
        };
        let both = cited("https://a.example/p#sec:~:text=before-,first%20words,last,-after&text=b");
        assert_eq!(both.anchor().as_deref(), Some("sec"));
        let fragments = both.text_fragments();
        assert_eq!(fragments.len(), 2);
        assert_eq!(fragments[0].prefix.as_deref(), Some("before"));
        assert_eq!(fragments[0].start, "first words");
        assert_eq!(fragments[0].end.as_deref(), Some("last"));
        assert_eq!(fragments[0].suffix.as_deref(), Some("after"));
        assert_eq!(fragments[1].start, "b");
        assert_eq!(cited("https://a.example/p#:~:text=").text_fragments(), []);
        assert_eq!(cited("https://a.example/").anchor(), None);
    }

    #[test]
    fn percent_decoding_forgives() {
        assert_eq!(percent_decode("%D1%81.%2"), "с.%2");
        assert_eq!(percent_decode("%zz%e4"), "%zz\u{fffd}");
    }
}
