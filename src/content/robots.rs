//! What a site's robots.txt says to us (RFC 9309).

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The name by which a site can speak to us alone.
const OUR_NAME: &str = "ibid";
/// The paths of all robots; the file itself is never among them.
const THE_FILE: &str = "/robots.txt";
/// More of a file than this is not read (RFC 9309 §2.5: at least 500 KiB).
pub const MOST_BYTES: usize = 512 << 10;

/// The rules that hold for us.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Rules {
    /// Whether it allows, and for which paths.
    lines: Vec<(bool, String)>,
    /// The pause between two requests that it asks for (`Crawl-delay`, in no standard and in many files).
    pub crawl_delay: Option<Duration>,
}

/// A group as it is read.
#[derive(Default)]
struct Group {
    is_ours: bool,
    is_everybodys: bool,
    rules: Rules,
}

/// Reads a file. The groups that name us hold; where none does, and `heeds_all`, those for everybody.
pub fn read(file: &[u8], heeds_all: bool) -> Rules {
    let text = String::from_utf8_lossy(&file[..file.len().min(MOST_BYTES)]);
    let text = text.trim_start_matches('\u{feff}');
    let mut groups: Vec<Group> = Vec::new();
    let mut is_head = false;
    for line in text.split(['\n', '\r']) {
        let line = line.split('#').next().unwrap_or_default();
        let Some((key, value)) = line.split_once(':') else {
            continue;
        };
        let (key, value) = (key.trim().to_ascii_lowercase(), value.trim());
        if key == "user-agent" {
            if !is_head {
                groups.push(Group::default());
            }
            is_head = true;
            if let Some(group) = groups.last_mut() {
                group.is_ours |= names_us(value);
                group.is_everybodys |= value == "*";
            }
            continue;
        }
        let Some(rules) = groups.last_mut().map(|group| &mut group.rules) else {
            continue;
        };
        match key.as_str() {
            "allow" | "disallow" if !value.is_empty() => {
                rules.lines.push((key == "allow", value.to_owned()));
            }
            "allow" | "disallow" => {}
            "crawl-delay" => rules.crawl_delay = rules.crawl_delay.max(seconds(value)),
            // Sitemap and the like belong to no group, and end none.
            _ => continue,
        }
        is_head = false;
    }
    let is_named = groups.iter().any(|group| group.is_ours);
    let holds = |group: &Group| {
        if is_named {
            group.is_ours
        } else {
            heeds_all && group.is_everybodys
        }
    };
    let mut rules = Rules::default();
    for group in groups.into_iter().filter(holds) {
        rules.lines.extend(group.rules.lines);
        rules.crawl_delay = rules.crawl_delay.max(group.rules.crawl_delay);
    }
    rules
}

impl Rules {
    /// The path by which an address, given from its path on, is forbidden. The longest path that fits
    /// decides, and of two alike the one that allows (RFC 9309 §2.2.2).
    pub fn forbidding(&self, path_and_query: &str) -> Option<&str> {
        if path_and_query == THE_FILE {
            return None;
        }
        let fitting = self
            .lines
            .iter()
            .filter(|(_, path)| fits(path, path_and_query));
        let (is_allowed, path) =
            fitting.max_by_key(|(is_allowed, path)| (path.len(), *is_allowed))?;
        (!is_allowed).then_some(path.as_str())
    }
}

/// A product token is compared up to its version, and without regard to case (RFC 9309 §2.2.1).
fn names_us(value: &str) -> bool {
    let is_token = |c: char| c.is_ascii_alphabetic() || c == '_' || c == '-';
    let end = value.find(|c| !is_token(c)).unwrap_or(value.len());
    value[..end].eq_ignore_ascii_case(OUR_NAME)
}

fn seconds(value: &str) -> Option<Duration> {
    let seconds: f64 = value.parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

/// Whether a path of the file, with `*` for anything and `$` for the end, fits the beginning of an
/// address. Costs their product at most.
fn fits(pattern: &str, address: &str) -> bool {
    let (pattern, is_whole) = match pattern.strip_suffix('$') {
        Some(pattern) => (pattern, true),
        None => (pattern, false),
    };
    let mut parts = pattern.split('*');
    let Some(mut rest) = address.strip_prefix(parts.next().unwrap_or_default()) else {
        return false;
    };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return !is_whole || rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if is_whole && parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::*;

    fn forbids(file: &str, heeds_all: bool, address: &str) -> bool {
        let rules = read(file.as_bytes(), heeds_all);
        rules.forbidding(address).is_some()
    }

    #[test]
    fn the_group_that_names_us_holds_and_no_other() {
        let file = "User-agent: *\nDisallow: /\nCrawl-delay: 9\n\n# for one\nUser-Agent: IBID/1.0 \n\
                    user-agent: other\nDisallow: /private # not this\nCrawl-delay: 2.5\n\
                    Sitemap: https://a.example/s\nUser-agent: ibid\nDisallow: /more\n";
        for heeds_all in [false, true] {
            assert!(!forbids(file, heeds_all, "/page"));
            assert!(forbids(file, heeds_all, "/private/page"));
            assert!(forbids(file, heeds_all, "/more"));
        }
        let rules = read(file.as_bytes(), false);
        assert_eq!(rules.crawl_delay, Some(Duration::from_millis(2500)));
    }

    #[test]
    fn a_group_for_everybody_is_for_us_only_where_all_are_heeded() {
        let file = "User-agent: *\r\nDisallow: /\r\n";
        assert!(!forbids(file, false, "/page"));
        assert!(forbids(file, true, "/page"));
        assert!(!forbids(file, true, "/robots.txt"));
        assert!(!forbids("User-agent: *\nDisallow:\n", true, "/page"));
        assert!(!forbids(
            "User-agent: ibidem\nDisallow: /\n",
            false,
            "/page"
        ));
        assert!(!forbids("Disallow: /\n", true, "/page"));
    }

    #[test]
    fn the_longest_path_decides_and_of_two_alike_the_one_that_allows() {
        let file = "User-agent: ibid\nDisallow: /a\nAllow: /a/b\nDisallow: /a/b/*.pdf$\nAllow: /x\nDisallow: /x\nDisallow: /*?print=";
        for (address, is_forbidden) in [
            ("/a", true),
            ("/a/b", false),
            ("/a/b/c.pdf", true),
            ("/a/b/c.pdf?x", false),
            ("/x", false),
            ("/y/z?print=1", true),
            ("/y/z?q=1", false),
            ("/", false),
        ] {
            assert_eq!(forbids(file, false, address), is_forbidden, "{address}");
        }
    }

    proptest! {
        #[test]
        fn no_file_is_too_odd(file in any::<Vec<u8>>(), address in "/.*") {
            let _ = read(&file, true).forbidding(&address);
        }

        #[test]
        fn what_is_forbidden_wholly_is_forbidden_everywhere(address in "/[a-z0-9/*$?=]{0,40}") {
            assert!(forbids("User-agent: ibid\nDisallow: /", false, &address));
            assert!(!forbids("User-agent: ibid\nDisallow: /\nAllow: /*", false, &address));
        }
    }
}
