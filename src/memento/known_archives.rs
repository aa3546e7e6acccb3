//! Public archives' URLs, and the original that each of them holds a copy of.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::model::time::AccessDate;
use crate::model::url::percent_decode;

/// A URL that is a copy in an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownArchiveCopy {
    /// The archive's name, or its host where the URL has the form of a memento and the host is not
    /// in the table.
    pub archive: String,
    /// The original's URL, where the copy's tells it.
    pub original: Option<String>,
    /// When it was captured, where the copy's URL tells it.
    pub date: Option<AccessDate>,
}

/// What a URL is a copy of; `None` where it is no archive's copy.
pub fn unwrap(url: &str) -> Option<KnownArchiveCopy> {
    let (_, rest) = url.split_once("://")?;
    let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let host = host.to_ascii_lowercase();
    let host = host
        .strip_suffix(":443")
        .or(host.strip_suffix(":80"))
        .unwrap_or(&host);
    let mut known = TABLE
        .archive
        .iter()
        .filter(|archive| archive.host.iter().any(|h| h == host));
    let copy = |archive: &str, found: Found| KnownArchiveCopy {
        archive: archive.to_owned(),
        original: found.original,
        date: found.date,
    };
    match known.next() {
        Some(archive) => archive.read(path).map(|found| copy(&archive.name, found)),
        // An archive that the table does not know: a whole timestamp before a whole URL is no chance.
        None => wayback(path, WHOLE_TIMESTAMP, true).map(|found| copy(host, found)),
    }
}

/// The digits of a timestamp to the second.
const WHOLE_TIMESTAMP: usize = 14;

/// Archives complete shorter timestamps, down to the year.
const SHORTEST_TIMESTAMP: usize = 4;

#[derive(Deserialize)]
struct Table {
    archive: Vec<Archive>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Archive {
    name: String,
    host: Vec<String>,
    form: Form,
    #[serde(default)]
    prefix: Vec<String>,
    #[serde(default)]
    parameter: Vec<String>,
    date_parameter: Option<String>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
enum Form {
    Wayback,
    Code,
    Parameter,
    Megalodon,
    Google,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    toml::from_str(include_str!("../../config/signals/archives.toml"))
        .expect("the table is part of the program")
});

#[derive(Default)]
struct Found {
    original: Option<String>,
    date: Option<AccessDate>,
}

impl Archive {
    fn read(&self, path: &str) -> Option<Found> {
        match self.form {
            Form::Wayback => wayback(path, SHORTEST_TIMESTAMP, false).or_else(|| self.bare(path)),
            Form::Code => wayback(path, SHORTEST_TIMESTAMP, true)
                .or_else(|| self.bare(path))
                .or_else(|| self.code(path)),
            Form::Parameter => self.parameters(path),
            Form::Megalodon => megalodon(path),
            Form::Google => google(path),
        }
    }

    /// `/web/http://…`: the newest copy.
    fn bare(&self, path: &str) -> Option<Found> {
        let prefixes = self.prefix.iter();
        prefixes
            .filter_map(|prefix| path.strip_prefix(prefix.as_str()))
            .find_map(|rest| original(rest, true))
            .map(|original| Found {
                original: Some(original),
                date: None,
            })
    }

    /// `/AbCd3`, `/XXXX-XXXX`, `/archive/AbCd3`.
    fn code(&self, path: &str) -> Option<Found> {
        // `/o/CODE/ORIGINAL`: the address that a copy was made of.
        let behind_code = path
            .strip_prefix("/o/")
            .and_then(|rest| rest.split_once('/'));
        if let Some(original) = behind_code.and_then(|(_, rest)| original(rest, false)) {
            return Some(Found {
                original: Some(original),
                date: None,
            });
        }
        let paths = self
            .prefix
            .iter()
            .filter_map(|prefix| path.strip_prefix(prefix.as_str()));
        let rest = paths.chain(path.strip_prefix('/')).next()?;
        let code = rest.split(['?', '#']).next().unwrap_or_default();
        let code = code.strip_suffix('/').unwrap_or(code);
        let code = code.split('/').next().unwrap_or_default();
        let is_code = (4..=14).contains(&code.len())
            && code
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        is_code.then(Found::default)
    }

    fn parameters(&self, path: &str) -> Option<Found> {
        let query = path
            .split_once('?')
            .map(|(_, query)| query)
            .unwrap_or_default();
        let value = |name: &str| {
            query
                .split('&')
                .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
        };
        let address = self.parameter.iter().find_map(|name| value(name));
        let found = Found {
            // An address that is not escaped goes on to the end, with ampersands of its own.
            original: address.and_then(|address| {
                let from = query.find(address)?;
                let is_plain = address.contains("://");
                original(if is_plain { &query[from..] } else { address }, false)
            }),
            date: self
                .date_parameter
                .as_deref()
                .and_then(value)
                .and_then(|date| date.get(..10)?.parse().ok()),
        };
        let has_code = path.trim_matches('/').len() >= 4;
        (found.original.is_some() || has_code).then_some(found)
    }
}

/// `…/TIMESTAMP[modifier]/ORIGINAL`, `…/*/ORIGINAL`.
fn wayback(path: &str, shortest: usize, is_scheme_wanted: bool) -> Option<Found> {
    /// Steps before the timestamp: a collection, a language, a user.
    const MOST_STEPS: usize = 6;
    let mut rest = path.strip_prefix('/')?;
    for _ in 0..=MOST_STEPS {
        let (step, next) = rest.split_once('/')?;
        if let Some(Stamp(date)) = timestamp(step, shortest)
            && let Some(original) = original(next, !is_scheme_wanted)
        {
            return Some(Found {
                original: Some(original),
                date,
            });
        }
        // What stands behind a scheme is the original's own path.
        if step.ends_with(':') {
            return None;
        }
        rest = next;
    }
    None
}

/// What stands for a moment in a copy's URL: a date, or `*` for any.
struct Stamp(Option<AccessDate>);

/// The date of `20201124`, `20201124101112id_`, `2013.12.30-131415`, `20201124*`; none for `*`.
fn timestamp(step: &str, shortest: usize) -> Option<Stamp> {
    if step == "*" {
        return Some(Stamp(None));
    }
    let step = step.strip_suffix('*').unwrap_or(step);
    let digits_end = step
        .find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | '-'))
        .unwrap_or(step.len());
    let (digits, modifier) = step.split_at(digits_end);
    let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
    let is_modifier = modifier.is_empty()
        || (modifier.len() == 3
            && modifier.ends_with('_')
            && modifier[..2].bytes().all(|b| b.is_ascii_lowercase()));
    if !is_modifier || digits.len() < shortest || digits.len() > WHOLE_TIMESTAMP {
        return None;
    }
    let number = |part: std::ops::Range<usize>| digits.get(part)?.parse::<u32>().ok();
    let year = i32::try_from(number(0..4)?).ok()?;
    let date = match (number(4..6), number(6..8)) {
        (Some(month), Some(day)) => AccessDate::day(year, month, day),
        (Some(month), None) => AccessDate::month(year, month),
        _ => AccessDate::year(year),
    };
    // Collections have numbers too; a date that is none is one of them.
    date.filter(|_| (1990..=2100).contains(&year))
        .map(|date| Stamp(Some(date)))
}

/// The original as it stands in a copy's URL: with a collapsed `//`, escaped, or without scheme.
fn original(text: &str, may_lack_scheme: bool) -> Option<String> {
    let text = text
        .strip_suffix("/*")
        .map_or(text, |_| &text[..text.len() - 1]);
    let lower: String = text
        .chars()
        .take(12)
        .collect::<String>()
        .to_ascii_lowercase();
    let is_escaped = lower.starts_with("http%3a") || lower.starts_with("https%3a");
    let text = if is_escaped {
        percent_decode(text)
    } else {
        text.to_owned()
    };
    for scheme in ["https:", "http:"] {
        let has_scheme = text
            .get(..scheme.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(scheme));
        if has_scheme {
            let rest = text[scheme.len()..].trim_start_matches('/');
            return is_address(rest).then(|| format!("{}//{rest}", &text[..scheme.len()]));
        }
    }
    (may_lack_scheme && is_address(&text)).then(|| format!("http://{text}"))
}

/// Begins with a host: a dot in it, no step of a path that only looks like one.
fn is_address(rest: &str) -> bool {
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default();
    let end = host.rsplit('.').next().unwrap_or_default();
    let is_literal = host.starts_with('[') || host.parse::<std::net::Ipv4Addr>().is_ok();
    let is_name = host.contains('.')
        && !host.starts_with('.')
        && end.chars().count() >= 2
        && !end.starts_with(|c: char| c.is_ascii_digit());
    let is_page = matches!(
        end,
        "html" | "htm" | "php" | "xml" | "txt" | "css" | "js" | "svg"
    );
    (is_literal || (is_name && !is_page)) && !rest.contains(char::is_whitespace)
}

/// `/2020-1124-1234-56/HOST/PATH`.
fn megalodon(path: &str) -> Option<Found> {
    let (stamp, rest) = path.strip_prefix('/')?.split_once('/')?;
    let digits: String = stamp.chars().filter(char::is_ascii_digit).collect();
    let Stamp(date) = timestamp(digits.get(..8)?, 8)?;
    let rest = rest.strip_prefix("https/").unwrap_or(rest);
    Some(Found {
        original: original(rest, true),
        date,
    })
}

/// `/search?q=cache:CODE:HOST/PATH+words`.
fn google(path: &str) -> Option<Found> {
    let (_, query) = path.split_once("q=cache:")?;
    let value = query.split(['&', '+', ' ']).next().unwrap_or_default();
    let value = percent_decode(value);
    let rest = match value.split_once(':') {
        Some((code, rest)) if !code.contains('.') && !code.starts_with("http") => rest,
        _ => &value,
    };
    Some(Found {
        original: original(rest, true),
        date: None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    #[expect(clippy::too_many_lines, reason = "a table of every form")]
    fn the_original_and_the_day_are_read_from_a_copys_url() {
        for (url, original, date) in [
            (
                "https://web.archive.org/web/20201124101112/https://a.example/b?c=d#e",
                "https://a.example/b?c=d#e",
                "2020-11-24",
            ),
            (
                "http://web.archive.org/web/20201124101112id_/http://a.example/",
                "http://a.example/",
                "2020-11-24",
            ),
            (
                "https://web.archive.org/web/20201124if_/http://a.example/",
                "http://a.example/",
                "2020-11-24",
            ),
            (
                "https://web.archive.org/web/2020/a.example/b",
                "http://a.example/b",
                "2020",
            ),
            (
                "https://web.archive.org/web/202011/http:/a.example/b",
                "http://a.example/b",
                "2020-11",
            ),
            (
                "https://web.archive.org/web/*/http://a.example/*",
                "http://a.example/",
                "",
            ),
            (
                "https://web.archive.org/web/2020*/http://a.example/b",
                "http://a.example/b",
                "2020",
            ),
            (
                "https://web.archive.org/web/http://a.example/b",
                "http://a.example/b",
                "",
            ),
            (
                "https://web.archive.org/save/http://a.example/b",
                "http://a.example/b",
                "",
            ),
            (
                "https://web.archive.org/http://a.example/b",
                "http://a.example/b",
                "",
            ),
            (
                "https://web.archive.org/web/20201124000000/https%3A%2F%2Fa.example%2Fb",
                "https://a.example/b",
                "2020-11-24",
            ),
            (
                "https://archive.ph/20201124101112/https://a.example/b",
                "https://a.example/b",
                "2020-11-24",
            ),
            (
                "http://archive.is/2013.12.30-131415/http://a.example/b",
                "http://a.example/b",
                "2013-12-30",
            ),
            (
                "https://archive.today/newest/https://a.example/b",
                "https://a.example/b",
                "",
            ),
            (
                "https://archive.md/o/AbCd3/https://a.example/b",
                "https://a.example/b",
                "",
            ),
            ("https://archive.is/AbCd3", "", ""),
            ("https://perma.cc/AB12-CD34", "", ""),
            (
                "https://www.webcitation.org/6AbCdEfGh?url=http://a.example/b",
                "http://a.example/b",
                "",
            ),
            (
                "https://www.webcitation.org/query?url=http%3A%2F%2Fa.example%2Fb&date=2008-12-20",
                "http://a.example/b",
                "2008-12-20",
            ),
            ("https://www.webcitation.org/6AbCdEfGh", "", ""),
            (
                "https://wayback.archive-it.org/1234/20201124101112/https://a.example/b",
                "https://a.example/b",
                "2020-11-24",
            ),
            (
                "https://web.archive.bibalex.org/web/20051124101112/http://a.example/b",
                "http://a.example/b",
                "2005-11-24",
            ),
            (
                "https://webarchive.nationalarchives.gov.uk/ukgwa/20201124101112/https://a.example/b",
                "https://a.example/b",
                "2020-11-24",
            ),
            (
                "https://webarchive.nationalarchives.gov.uk/20101124/http://a.example/b",
                "http://a.example/b",
                "2010-11-24",
            ),
            (
                "https://webarchive.loc.gov/all/20201124101112/https://a.example/b",
                "https://a.example/b",
                "2020-11-24",
            ),
            (
                "https://arquivo.pt/wayback/20201124101112/https://a.example/b",
                "https://a.example/b",
                "2020-11-24",
            ),
            (
                "https://arquivo.pt/noFrame/replay/20201124101112/https://a.example/b",
                "https://a.example/b",
                "2020-11-24",
            ),
            (
                "https://www.webarchive.org.uk/wayback/archive/20201124101112/https://a.example/b",
                "https://a.example/b",
                "2020-11-24",
            ),
            (
                "https://megalodon.jp/2020-1124-1234-56/a.example/b",
                "http://a.example/b",
                "2020-11-24",
            ),
            (
                "https://webcache.googleusercontent.com/search?q=cache:AbC:https://a.example/b+x&cd=1",
                "https://a.example/b",
                "",
            ),
            (
                "https://some.archive.example/coll/20201124101112/https://a.example/b",
                "https://a.example/b",
                "2020-11-24",
            ),
            ("https://ghostarchive.org/archive/AbCd3", "", ""),
        ] {
            let copy = unwrap(url).unwrap_or_else(|| panic!("{url} is a copy"));
            assert_eq!(copy.original.unwrap_or_default(), original, "{url}");
            let found = copy.date.map(|date| date.to_string()).unwrap_or_default();
            assert_eq!(found, date, "{url}");
        }
    }

    #[test]
    fn other_pages_are_no_copies() {
        for url in [
            "https://archive.org/details/book",
            "https://web.archive.org/",
            "https://archive.is/",
            "https://www.webcitation.org/",
            "https://a.example/2020/11/24/story",
            "https://a.example/20201124/http.html",
            "https://a.example/share?u=https://b.example/",
            "https://arquivo.pt/",
            "nonsense",
        ] {
            assert_eq!(unwrap(url), None, "{url}");
        }
    }

    proptest! {
        #[test]
        fn what_is_wrapped_comes_out_again(
            path in "[a-zA-Z0-9/._~%=&?#-]{0,40}",
            year in 1996..2026_i32, month in 1..=12_u32, day in 1..=28_u32,
            archive in prop::sample::select(vec!["https://web.archive.org/web/", "https://wayback.archive-it.org/12/", "https://archive.ph/", "https://arquivo.pt/wayback/"]),
            modifier in prop::sample::select(vec!["", "id_", "if_"]),
        ) {
            prop_assume!(!path.ends_with("/*"));
            let original = format!("https://a.example/{path}");
            let copy = unwrap(&format!("{archive}{year}{month:02}{day:02}101112{modifier}/{original}")).unwrap();
            prop_assert_eq!(copy.original, Some(original));
            prop_assert_eq!(copy.date, AccessDate::day(year, month, day));
        }

        #[test]
        fn any_text_is_read(text in "(?:https://web\\.archive\\.org/web/|https://archive\\.is/|[0-9*/]|http:|\\PC){0,20}") {
            let _ = unwrap(&text);
        }
    }
}
