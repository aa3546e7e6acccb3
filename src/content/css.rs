//! Style sheets with other addresses in place of theirs: `url()`, `@import`, `image-set()` and `src()`,
//! found by the tokens of CSS Syntax §4, so that what is in comments and strings is let be.

use crate::content::references::{Base, Use};

/// A style sheet, or the declarations of a `style` attribute, with its references rewritten.
pub fn rewrite(css: &str, base: &Base<'_>) -> String {
    let mut scanner = Scanner {
        css,
        at: 0,
        copied: 0,
        out: String::with_capacity(css.len() + css.len() / 8),
        rule: Rule::Other,
        blocks: Vec::new(),
        functions: Vec::new(),
        base,
    };
    scanner.run();
    scanner.out
}

/// What is at hand of a rule, up to its block or semicolon.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// `@import`, whose address has not come yet.
    Import,
    /// `@namespace`, whose address is a name.
    Namespace,
    /// `@font-face`.
    FontFace,
    /// Any other.
    Other,
}

struct Scanner<'a> {
    css: &'a str,
    at: usize,
    /// Up to here it is in `out`, or left out.
    copied: usize,
    out: String,
    rule: Rule,
    /// For each open block, whether it is of `@font-face`.
    blocks: Vec<bool>,
    /// For each open parenthesis, whether strings in it are addresses.
    functions: Vec<bool>,
    base: &'a Base<'a>,
}

/// No sheet that is meant nests deeper.
const DEEPEST: usize = 4096;

impl Scanner<'_> {
    fn run(&mut self) {
        while let Some(byte) = self.peek(0) {
            match byte {
                b'/' if self.peek(1) == Some(b'*') => {
                    let end = self.css[self.at + 2..].find("*/");
                    self.at = end.map_or(self.css.len(), |end| self.at + 2 + end + 2);
                }
                b'"' | b'\'' => self.string(),
                b'@' => self.at_rule(),
                b'{' => {
                    self.open(self.rule == Rule::FontFace);
                    self.rule = Rule::Other;
                }
                b'}' => {
                    self.blocks.pop();
                    self.rule = Rule::Other;
                    self.at += 1;
                }
                b';' => {
                    self.rule = Rule::Other;
                    self.at += 1;
                }
                b'(' => {
                    self.functions.push(false);
                    self.functions.truncate(DEEPEST);
                    self.at += 1;
                }
                b')' => {
                    self.functions.pop();
                    self.at += 1;
                }
                _ if self.is_name_at(self.at) => self.name(),
                _ => self.skip_char(),
            }
        }
        self.out.push_str(&self.css[self.copied..]);
    }

    fn open(&mut self, is_font_face: bool) {
        self.blocks.push(is_font_face);
        self.blocks.truncate(DEEPEST);
        self.functions.clear();
        self.at += 1;
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.css.as_bytes().get(self.at + ahead).copied()
    }

    fn skip_char(&mut self) {
        let c = self.css[self.at..].chars().next();
        self.at += c.map_or(1, char::len_utf8);
    }

    fn is_name_at(&self, at: usize) -> bool {
        match self.css[at..].chars().next() {
            Some('\\') => !self.css[at + 1..].starts_with(['\n', '\r', '\x0c']),
            Some(c) => c.is_ascii_alphanumeric() || matches!(c, '-' | '_') || !c.is_ascii(),
            None => false,
        }
    }

    /// A name with its escapes undone, in small letters.
    fn take_name(&mut self) -> String {
        let mut name = String::new();
        while self.at < self.css.len() && self.is_name_at(self.at) {
            name.extend(self.take_char());
        }
        name.to_ascii_lowercase()
    }

    /// The next character, an escape undone; none for an escaped end of line.
    fn take_char(&mut self) -> Option<char> {
        let c = self.css[self.at..].chars().next()?;
        self.at += c.len_utf8();
        if c != '\\' {
            return Some(c);
        }
        let rest = &self.css[self.at..];
        let digits = rest.bytes().take(6).take_while(u8::is_ascii_hexdigit);
        let digits = digits.count();
        if digits == 0 {
            let c = rest.chars().next()?;
            self.at += c.len_utf8();
            return (!matches!(c, '\n' | '\r' | '\x0c')).then_some(c);
        }
        let code = u32::from_str_radix(&rest[..digits], 16).unwrap_or_default();
        self.at += digits;
        if self.css[self.at..].starts_with("\r\n") {
            self.at += 2;
        } else if self.css[self.at..].starts_with([' ', '\t', '\n', '\r', '\x0c']) {
            self.at += 1;
        }
        let c = char::from_u32(code).filter(|c| *c != '\0');
        Some(c.unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn at_rule(&mut self) {
        self.at += 1;
        self.rule = match self.take_name().as_str() {
            "import" => Rule::Import,
            "namespace" => Rule::Namespace,
            "font-face" => Rule::FontFace,
            _ => Rule::Other,
        };
    }

    /// A string; an address where one is expected.
    fn string(&mut self) {
        let from = self.at;
        let value = self.take_string();
        if self.rule == Rule::Import {
            self.rule = Rule::Other;
            self.replace(from, &value, Use::Style, false);
        } else if self.functions.contains(&true) {
            self.replace(from, &value, Use::Image, false);
        }
    }

    fn take_string(&mut self) -> String {
        let quote = self.peek(0);
        self.at += 1;
        let mut value = String::new();
        while let Some(byte) = self.peek(0) {
            if Some(byte) == quote {
                self.at += 1;
                break;
            }
            // A string that is not ended ends with its line.
            if matches!(byte, b'\n' | b'\r' | b'\x0c') {
                break;
            }
            value.extend(self.take_char());
        }
        value
    }

    fn name(&mut self) {
        let from = self.at;
        let name = self.take_name();
        if self.peek(0) != Some(b'(') {
            return;
        }
        self.at += 1;
        match name.as_str() {
            "url" | "src" => {
                let value = self.take_url();
                let purpose = match self.rule {
                    Rule::Namespace => return,
                    Rule::Import => Use::Style,
                    _ if self.blocks.last() == Some(&true) => Use::Font,
                    Rule::FontFace | Rule::Other => Use::Image,
                };
                if self.rule == Rule::Import {
                    self.rule = Rule::Other;
                }
                self.replace(from, &value, purpose, true);
            }
            name => {
                self.functions.push(name.ends_with("image-set"));
                self.functions.truncate(DEEPEST);
            }
        }
    }

    /// The address behind `url(`, up to the parenthesis that closes it.
    fn take_url(&mut self) -> String {
        let is_space = |byte: u8| byte.is_ascii_whitespace();
        while self.peek(0).is_some_and(is_space) {
            self.at += 1;
        }
        let value = if matches!(self.peek(0), Some(b'"' | b'\'')) {
            self.take_string()
        } else {
            let mut value = String::new();
            while let Some(byte) = self.peek(0).filter(|it| *it != b')' && !is_space(*it)) {
                if matches!(byte, b'"' | b'\'' | b'(') {
                    break;
                }
                value.extend(self.take_char());
            }
            value
        };
        // What else stands there makes it none, or modifies it.
        while let Some(byte) = self.peek(0) {
            if byte == b')' {
                self.at += 1;
                break;
            }
            let _ = self.take_char();
        }
        value
    }

    /// Puts another address in place of what was read from `from` on.
    fn replace(&mut self, from: usize, value: &str, purpose: Use, is_function: bool) {
        let address = self.base.rewrite(value, purpose);
        // Nothing is loaded from it, and a list stays a list.
        let address = address.unwrap_or_else(|| "data:,".to_owned());
        self.out.push_str(&self.css[self.copied..from]);
        if is_function {
            self.out.push_str("url(");
        }
        self.out.push('"');
        for c in address.chars() {
            match c {
                '"' | '\\' | '<' | '\n' | '\r' | '\x0c' => {
                    self.out.push_str(&format!("\\{:x} ", u32::from(c)));
                }
                c => self.out.push(c),
            }
        }
        self.out.push('"');
        if is_function {
            self.out.push(')');
        }
        self.copied = self.at;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use url::Url;

    use super::*;
    use crate::content::references::Addresses;

    struct Marked;

    impl Addresses for Marked {
        fn address(&self, url: &Url, purpose: Use) -> Option<String> {
            Some(format!("/{purpose:?}/{url}"))
        }
    }

    fn rewritten(css: &str) -> String {
        let url = Url::parse("https://a.example/c/s.css").unwrap();
        rewrite(css, &Base::new(&url, &Marked))
    }

    #[test]
    fn references_are_found_by_what_they_are_for() {
        for (css, expected) in [
            (
                "a { background: url( 'x.png' ) }",
                "a { background: url(\"/Image/https://a.example/c/x.png\") }",
            ),
            (
                "@import 'b.css' screen; @IMPORT url(//b.example/d.css);",
                "@import \"/Style/https://a.example/c/b.css\" screen; \
                 @IMPORT url(\"/Style/https://b.example/d.css\");",
            ),
            (
                "@font-face{src:url(f.woff2)format('woff2')} b{cursor:url(c.cur)}",
                "@font-face{src:url(\"/Font/https://a.example/c/f.woff2\")format('woff2')} \
                 b{cursor:url(\"/Image/https://a.example/c/c.cur\")}",
            ),
            (
                "a{b:image-set('x.png' 1x, url(y.png) 2x)}",
                "a{b:image-set(\"/Image/https://a.example/c/x.png\" 1x, \
                 url(\"/Image/https://a.example/c/y.png\") 2x)}",
            ),
            (
                r"a{b:\75r\6c (x\.png)}",
                "a{b:url(\"/Image/https://a.example/c/x.png\")}",
            ),
            (
                "a{filter:url(#f);b:url(data:image/png,x)}",
                "a{filter:url(\"#f\");b:url(\"data:image/png,x\")}",
            ),
            ("a{b:url(javascript:x)}", "a{b:url(\"data:,\")}"),
        ] {
            assert_eq!(rewritten(css), expected, "{css}");
        }
    }

    #[test]
    fn what_is_no_reference_is_let_be() {
        for css in [
            "/* url(x) */ a { content: \"url(x)\" }",
            "@namespace svg url(http://www.w3.org/2000/svg);",
            "a { b: my-url(x); c: 'it\\'s url(x)' }",
            "a::before { content: 'x' }",
        ] {
            assert_eq!(rewritten(css), css);
        }
    }

    #[test]
    fn no_address_closes_the_element_that_holds_the_sheet() {
        let css = r"a{b:url('data:image/svg+xml,\3c/style>\22 ')}";
        let rewritten = rewritten(css);
        assert!(!rewritten.contains('<'), "{rewritten}");
        assert!(!rewritten.contains("\"\""), "{rewritten}");
    }

    proptest! {
        #[test]
        fn no_sheet_breaks_it(css in any::<String>()) {
            let _ = rewritten(&css);
        }
    }
}
