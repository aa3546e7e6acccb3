//! References of pages and style sheets to what they are made of: what each is for, and where it leads.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use quick_xml::escape::resolve_html5_entity;
use url::Url;

/// What a reference is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Use {
    /// A style sheet.
    Style,
    /// An image.
    Image,
    /// A font.
    Font,
    /// Sound, film, captions.
    Media,
    /// A page within the page.
    Frame,
    /// A page that a reader may go to.
    Page,
}

/// Says what stands in place of an address, or that nothing does.
pub trait Addresses {
    /// The new address, whole or from the root of its site on; `None` to leave the reference out.
    /// `url` is of http or https and has its fragment.
    fn address(&self, url: &Url, purpose: Use) -> Option<String>;
}

/// Against what references are resolved.
pub struct Base<'a> {
    /// The address.
    pub url: Url,
    /// The encoding in which queries are escaped (URL §4.4).
    pub encoding: &'static Encoding,
    /// Who says what stands in their place.
    pub addresses: &'a dyn Addresses,
}

impl<'a> Base<'a> {
    /// A base for a text in UTF-8.
    pub fn new(url: &Url, addresses: &'a dyn Addresses) -> Self {
        Self {
            url: url.clone(),
            encoding: UTF_8,
            addresses,
        }
    }

    /// What stands in place of a reference. Places in the page itself stay as they are, and so do images
    /// and fonts that are whole in their address; `None` for all else that does not lead to the web.
    pub fn rewrite(&self, reference: &str, purpose: Use) -> Option<String> {
        let reference = reference.trim_matches(|c: char| c.is_ascii_whitespace() || c < ' ');
        if reference.is_empty() {
            return None;
        }
        if reference.starts_with('#') {
            return Some(reference.to_owned());
        }
        let encoding = self.encoding;
        let encode: &dyn Fn(&str) -> Cow<'_, [u8]> =
            &|text| Cow::Owned(encoding.encode(text).0.into_owned());
        let url = Url::options()
            .base_url(Some(&self.url))
            .encoding_override(Some(encode))
            .parse(reference)
            .ok()?;
        match url.scheme() {
            "http" | "https" if url.username().is_empty() && url.password().is_none() => {
                self.addresses.address(&url, purpose)
            }
            "data" if matches!(purpose, Use::Image | Use::Font) => Some(url.into()),
            _ => None,
        }
    }
}

/// The value of an attribute as a browser understands it (HTML §13.2.5.72 and after it).
pub fn unescape(value: &str) -> Cow<'_, str> {
    if !value.contains('&') {
        return Cow::Borrowed(value);
    }
    let mut text = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = rest.find('&') {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let (meant, length) = reference(rest).unwrap_or((Cow::Borrowed("&"), 1));
        text.push_str(&meant);
        rest = &rest[length..];
    }
    text.push_str(rest);
    Cow::Owned(text)
}

/// What the character reference at the start of a text stands for, and its length.
fn reference(text: &str) -> Option<(Cow<'static, str>, usize)> {
    /// Of those that may stand without a semicolon, the ones that mean something in an address.
    const BARE: &[&str] = &["amp", "lt", "gt", "quot", "AMP", "LT", "GT", "QUOT"];
    /// No name is longer.
    const LONGEST: usize = 33;
    let inner = &text[1..];
    if let Some(digits) = inner.strip_prefix('#') {
        return numeric(digits).map(|(c, length)| (Cow::Owned(c.to_string()), length + 2));
    }
    let is_name = |c: char| c.is_ascii_alphanumeric();
    let end = inner.find(|c| !is_name(c)).unwrap_or(inner.len());
    let name = &inner[..end];
    if inner[end..].starts_with(';')
        && end <= LONGEST
        && let Some(meant) = resolve_html5_entity(name)
    {
        return Some((Cow::Borrowed(meant), end + 2));
    }
    // A name that goes on, or is set to something, is an argument of a query.
    let is_bare = BARE.contains(&name) && !inner[end..].starts_with('=');
    let meant = is_bare.then(|| resolve_html5_entity(name)).flatten()?;
    Some((Cow::Borrowed(meant), end + 1))
}

/// The character of a number, and how long the number is with its `x` and its semicolon.
fn numeric(digits: &str) -> Option<(char, usize)> {
    let hexadecimal = digits.strip_prefix(['x', 'X']);
    let (radix, digits, before) = match hexadecimal {
        Some(digits) => (16, digits, 1),
        None => (10, digits, 0),
    };
    let end = digits.find(|c: char| !c.is_digit(radix));
    let end = end.unwrap_or(digits.len());
    if end == 0 {
        return None;
    }
    let code = u32::from_str_radix(&digits[..end], radix).unwrap_or(u32::MAX);
    let c = match code {
        0 => char::REPLACEMENT_CHARACTER,
        0x80..=0x9f => {
            let byte = u8::try_from(code).ok()?;
            WINDOWS_1252.decode(&[byte]).0.chars().next()?
        }
        code => char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER),
    };
    let semicolon = usize::from(digits[end..].starts_with(';'));
    Some((c, before + end + semicolon))
}

/// The one address of a `srcset` that is enough for a page on a usual screen: the widest of at most 1600
/// pixels or twice the density, else the smallest (HTML §4.8.4.2.1).
pub fn one_of_srcset(srcset: &str) -> Option<&str> {
    const WIDE_ENOUGH: f64 = 1600.0;
    let mut best: Option<(f64, &str)> = None;
    let mut rest = srcset;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',');
        if rest.is_empty() {
            break;
        }
        let end = rest.find(|c: char| c.is_ascii_whitespace());
        let (address, after) = rest.split_at(end.unwrap_or(rest.len()));
        let (address, descriptor, after) = if let Some(address) = address.strip_suffix(',') {
            (address.trim_end_matches(','), "", after)
        } else {
            let (descriptor, after) = after.split_once(',').unwrap_or((after, ""));
            (address, descriptor.trim(), after)
        };
        rest = after;
        let size = size_of(descriptor);
        let is_better = best.is_none_or(|(held, _)| {
            if held > WIDE_ENOUGH {
                size < held
            } else {
                size > held && size <= WIDE_ENOUGH
            }
        });
        if is_better && !address.is_empty() {
            best = Some((size, address));
        }
    }
    best.map(|(_, address)| address)
}

/// A width, or a density as the width that is as good.
fn size_of(descriptor: &str) -> f64 {
    let of = |number: &str, times: f64| number.parse::<f64>().unwrap_or(1.0) * times;
    match descriptor.split_at_checked(descriptor.len().saturating_sub(1)) {
        Some((number, "w")) => of(number, 1.0),
        Some((number, "x")) => of(number, 800.0),
        _ => 800.0,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    struct Same;

    impl Addresses for Same {
        fn address(&self, url: &Url, _: Use) -> Option<String> {
            Some(url.as_str().to_owned())
        }
    }

    #[test]
    fn references_are_read_as_browsers_read_them() {
        for (written, meant) in [
            ("a?b=1&amp;c=2", "a?b=1&c=2"),
            ("a?b=1&copy=2&amp=3&lt", "a?b=1&copy=2&amp=3<"),
            ("java&Tab;script&colon;x", "java\tscript:x"),
            ("&#104;ttp&#x3a;//&#x61", "http://a"),
            ("&#0;&#x110000;&#128;", "\u{fffd}\u{fffd}€"),
            ("&;&&unknown;&#;", "&;&&unknown;&#;"),
        ] {
            assert_eq!(unescape(written), meant, "{written}");
        }
    }

    #[test]
    fn only_the_web_and_whole_images_stay() {
        let url = Url::parse("https://a.example/b/c").unwrap();
        let base = Base::new(&url, &Same);
        for (reference, purpose, expected) in [
            (" ../x ", Use::Image, Some("https://a.example/x")),
            ("//b.example", Use::Page, Some("https://b.example/")),
            ("#here", Use::Page, Some("#here")),
            ("data:image/png,x", Use::Image, Some("data:image/png,x")),
            ("data:text/html,x", Use::Frame, None),
            ("java\nscript:x()", Use::Page, None),
            ("mailto:x@b.example", Use::Page, None),
            ("http://user:word@b.example/", Use::Image, None),
            ("", Use::Page, None),
        ] {
            let rewritten = base.rewrite(reference, purpose);
            assert_eq!(rewritten.as_deref(), expected, "{reference}");
        }
    }

    #[test]
    fn one_picture_of_many_is_enough() {
        for (srcset, expected) in [
            ("a.png 400w, b.png 1200w, c.png 4000w", Some("b.png")),
            ("a.png, b.png 2x, c.png 3x", Some("b.png")),
            ("c.png 4000w,b.png 3000w", Some("b.png")),
            ("a,b.png 1x", Some("a,b.png")),
            (" , ", None),
        ] {
            assert_eq!(one_of_srcset(srcset), expected, "{srcset}");
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_them(text in any::<String>()) {
            let _ = unescape(&text);
            let _ = one_of_srcset(&text);
            let url = Url::parse("https://a.example/").unwrap();
            let _ = Base::new(&url, &Same).rewrite(&text, Use::Image);
        }
    }
}
