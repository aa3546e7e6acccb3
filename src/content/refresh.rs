//! Where a page that says little else sends its readers by itself, without a redirect in its status:
//! `<meta http-equiv=refresh>` (HTML §4.2.5.3) and the header field `Refresh` of the same form.

use crate::content::decode::{self, Limits};
use crate::content::kind::{self, Kind};
use crate::content::metadata::refresh_target;
use crate::content::page::{self, Answer};
use crate::model::url::TargetUrl;

/// A page that only sends its readers on is no longer, in bytes before and after decoding.
const LONGEST_BYTES: usize = 64 << 10;
/// «This page has moved, click here», in some languages, has no more characters. A page that says
/// more is there to be read.
const LONGEST_SAID: usize = 600;

/// The address to which an answer with a good status sends its readers within seconds, where it has
/// next to nothing else to say.
pub fn target(answer: &Answer) -> Option<TargetUrl> {
    if answer.body.len() > LONGEST_BYTES {
        return None;
    }
    let by_field = answer.headers.get("refresh").and_then(refresh_target);
    let limits = Limits {
        max_decoded_bytes: LONGEST_BYTES,
        ..answer.limits
    };
    let decoded = decode::entity(answer.headers, answer.body, &limits).ok()?;
    let kind = kind::of(answer.headers.media_type().as_deref(), &decoded.bytes);
    let is_sent = by_field.is_some() || sends_by_markup(&decoded.bytes);
    if decoded.is_truncated || !matches!(kind, Kind::Html | Kind::Text) || !is_sent {
        return None;
    }
    let page = page::read(&Answer { limits, ..*answer });
    if page.visible_text.chars().nth(LONGEST_SAID).is_some() {
        return None;
    }
    match by_field {
        Some(field) => answer.url.join(&field).ok(),
        None => page.refresh,
    }
}

/// Whether the source has such an element, and not only for readers without scripts: what those are
/// sent to is often that they have none.
fn sends_by_markup(bytes: &[u8]) -> bool {
    let markup = String::from_utf8_lossy(bytes).to_ascii_lowercase();
    let mut parts = markup.split("<noscript").enumerate();
    parts.any(|(number, part)| {
        let shown = match (number, part.split_once("</noscript")) {
            (0, _) => part,
            (_, Some((_, after))) => after,
            (_, None) => "",
        };
        shown.contains("http-equiv") && shown.contains("refresh")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::visit::Headers;

    fn sent(fields: &[(&str, &str)], html: &str) -> Option<String> {
        let mut headers = vec![("Content-Type".to_owned(), "text/html".to_owned())];
        headers
            .extend((fields.iter()).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let url = TargetUrl::parse("https://a.example/d/x").unwrap();
        target(&Answer {
            url: &url,
            headers: &Headers(headers),
            body: html.as_bytes(),
            limits: Limits::default(),
        })
        .map(|url| url.to_string())
    }

    #[test]
    fn a_page_that_only_sends_on_is_followed() {
        for (html, to) in [
            (
                "<meta http-equiv=refresh content='0; url=/new'>",
                "https://a.example/new",
            ),
            (
                "<META HTTP-EQUIV=\"Refresh\" CONTENT=\"5;URL='y'\"><p>Moved.",
                "https://a.example/d/y",
            ),
            (
                "<meta http-equiv=refresh content='0;https://b.example/'>",
                "https://b.example/",
            ),
        ] {
            assert_eq!(sent(&[], html).as_deref(), Some(to), "{html}");
        }
        let by_field = sent(&[("Refresh", "0; url=/new")], "");
        assert_eq!(by_field.as_deref(), Some("https://a.example/new"));
    }

    #[test]
    fn a_page_with_a_text_one_that_reloads_and_one_for_others_are_not() {
        let text = "<p>Words that somebody wrote to be read.".repeat(30);
        for html in [
            &format!("<meta http-equiv=refresh content='0; url=/new'>{text}"),
            "<meta http-equiv=refresh content=5>",
            "<meta http-equiv=refresh content='300; url=/new'>",
            "<noscript><meta http-equiv=refresh content='0; url=/nojs'></noscript><p>x",
            "<meta http-equiv=refresh content='0; url=mailto:a@b.example'>",
            "<p>meta http-equiv refresh",
        ] {
            assert_eq!(sent(&[], html), None, "{html}");
        }
        assert_eq!(sent(&[("Refresh", "0; url=/new")], &text), None);
        assert_eq!(sent(&[("Refresh", "30")], "x"), None);
    }
}
