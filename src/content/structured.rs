//! The text of what is no page: the values of JSON, the character data of XML, and feeds without
//! what they say of the moment at which they were made.

use quick_xml::events::Event;
use serde_json::Value;

/// Elements of a feed, outside its items, that differ each time it is made (RSS 2.0 «channel», RFC
/// 4287 §4.2.15, Dublin Core, RSS syndication module).
const VOLATILE: &[&str] = &[
    "lastbuilddate",
    "pubdate",
    "updated",
    "date",
    "modified",
    "generator",
    "ttl",
    "updatebase",
    "updatefrequency",
    "updateperiod",
];
/// What holds one entry of a feed.
const ITEMS: &[&str] = &["item", "entry"];

/// The character data of an XML document, a text node a line; the source itself where it is not
/// well-formed.
pub fn xml_text(source: &str) -> String {
    character_data(source, false)
}

/// The same of a feed, without dates of the feed itself.
pub fn feed_text(source: &str) -> String {
    character_data(source, true)
}

fn character_data(source: &str, is_feed: bool) -> String {
    let mut reader = quick_xml::Reader::from_str(source);
    let mut text = String::new();
    let mut items = 0_usize;
    let mut muted = 0_usize;
    loop {
        let piece = match reader.read_event() {
            Ok(Event::Text(piece)) => piece.to_string(),
            Ok(Event::CData(piece)) => piece.to_string(),
            Ok(Event::GeneralRef(name)) => reference(&name),
            Ok(Event::Start(element)) => {
                let name = local_name(element.name().as_ref());
                items += usize::from(ITEMS.contains(&name.as_str()));
                let is_volatile = is_feed && items == 0 && VOLATILE.contains(&name.as_str());
                // What is inside a muted element is muted too.
                muted += usize::from(is_volatile || muted > 0);
                "\n".to_owned()
            }
            Ok(Event::End(element)) => {
                let name = local_name(element.name().as_ref());
                items = items.saturating_sub(usize::from(ITEMS.contains(&name.as_str())));
                muted = muted.saturating_sub(1);
                "\n".to_owned()
            }
            Ok(Event::Eof) => return text,
            Ok(_) => continue,
            Err(_) => return source.to_owned(),
        };
        if muted == 0 {
            text.push_str(&piece);
        }
    }
}

/// The name without its prefix, in small letters.
fn local_name(name: impl AsRef<str>) -> String {
    let name = name.as_ref();
    let local = name.rsplit_once(':').map_or(name, |(_, local)| local);
    local.to_ascii_lowercase()
}

fn reference(name: &str) -> String {
    match name {
        "amp" => "&".to_owned(),
        "lt" => "<".to_owned(),
        "gt" => ">".to_owned(),
        "quot" => "\"".to_owned(),
        "apos" => "'".to_owned(),
        _ => name
            .strip_prefix("#x")
            .map(|digits| u32::from_str_radix(digits, 16))
            .or_else(|| name.strip_prefix('#').map(str::parse))
            .and_then(Result::ok)
            .and_then(char::from_u32)
            .map_or_else(|| format!("&{name};"), String::from),
    }
}

/// Each value of a JSON document behind its path, a value a line, keys in the order of their letters:
/// their order in the source and its white space say nothing (RFC 8259 §4). The source itself where
/// it is no JSON.
pub fn json_text(source: &str) -> String {
    let Ok(value) = serde_json::from_str::<Value>(source) else {
        return source.to_owned();
    };
    let mut text = String::new();
    push_value(&mut text, &mut String::new(), &value);
    text
}

/// `serde_json` refuses nesting beyond 128, so this ends.
fn push_value(text: &mut String, path: &mut String, value: &Value) {
    /// A path is shown to say where a value stands; a hostile one is as long as the document.
    const LONGEST_PATH: usize = 200;
    let length = path.len();
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(name, _)| *name);
            for (name, inner) in fields {
                if path.len() + name.len() <= LONGEST_PATH {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(name);
                }
                push_value(text, path, inner);
                path.truncate(length);
            }
        }
        // Without the place in the list: what is put in before would move all that follows.
        Value::Array(items) => items.iter().for_each(|item| push_value(text, path, item)),
        _ => {
            let words = match value {
                Value::String(words) => words.clone(),
                other => other.to_string(),
            };
            if !path.is_empty() {
                text.push_str(path);
                text.push_str(": ");
            }
            text.push_str(&words);
            text.push('\n');
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_order_of_keys_says_nothing_and_the_order_of_a_list_does() {
        let one = json_text(r#"{"b": [1, {"c": "x y"}], "a": null}"#);
        let other = json_text("{\"a\":null,\n\"b\":[1,{\"c\":\"x y\"}]}");
        assert_eq!(one, other);
        assert_eq!(one, "a: null\nb: 1\nb.c: x y\n");
        assert_ne!(json_text("[1,2]"), json_text("[2,1]"));
        assert_eq!(json_text("{broken"), "{broken");
    }

    #[test]
    fn a_feed_is_read_without_the_dates_of_the_feed_itself() {
        let rss = |built: &str, item: &str| {
            let source = format!(
                "<rss><channel><title>News</title><lastBuildDate>{built}</lastBuildDate>\
                 <dc:date>{built}</dc:date><item><title>A</title><pubDate>{item}</pubDate></item>\
                 </channel></rss>"
            );
            feed_text(&source)
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(rss("Monday", "May"), "News A May");
        assert_eq!(rss("Monday", "May"), rss("Tuesday", "May"));
        assert_ne!(rss("Monday", "May"), rss("Monday", "June"));
        let atom =
            feed_text("<feed><updated>x</updated><entry><updated>y</updated></entry></feed>");
        assert_eq!(atom.trim(), "y");
        assert_eq!(xml_text("<a><updated>x</updated></a>").trim(), "x");
    }

    proptest! {
        #[test]
        fn any_source_has_a_text(source in "([<>/a-c&;{}\\[\\]\",:0-9 ]|item){0,60}") {
            feed_text(&source);
            json_text(&source);
        }
    }
}
