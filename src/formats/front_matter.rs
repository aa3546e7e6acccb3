//! The settings that stand before a Markdown text, in YAML between `---` or in TOML between `+++`.
//!
//! They are no content. Of all they can hold only the text's own address and its language are
//! wanted, and those are simple lines in every site generator.

/// What the settings say.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct FrontMatter {
    /// Where the text begins, in bytes; 0 where there are no settings.
    pub(crate) end: usize,
    /// The text's own address, where it is absolute.
    pub(crate) own_url: Option<String>,
    /// The text's language.
    pub(crate) language: Option<String>,
}

/// Reads the settings at the head of a text.
pub(crate) fn read(text: &str) -> FrontMatter {
    let mut lines = text.split_inclusive(['\n']);
    let first = lines.next().unwrap_or_default();
    let separator = match first.trim_end() {
        "---" => ':',
        "+++" => '=',
        _ => return FrontMatter::default(),
    };
    let mut found = FrontMatter::default();
    let mut end = first.len();
    let mut has_setting = false;
    for line in lines {
        end += line.len();
        let content = line.trim_end();
        if content == first.trim_end() || (content == "..." && separator == ':') {
            // Without a setting it is text between two rules.
            found.end = if has_setting { end } else { 0 };
            return found;
        }
        let Some((key, value)) = content.split_once(separator) else {
            continue;
        };
        let key = key.trim_end();
        let is_key = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
        if key.is_empty() || !key.chars().all(is_key) {
            continue;
        }
        has_setting = true;
        let value = unquoted(value);
        match key.to_ascii_lowercase().as_str() {
            "url" | "canonical" | "canonical_url" | "canonicalurl" | "permalink"
                if value.starts_with("http://") || value.starts_with("https://") =>
            {
                found.own_url = Some(value.to_owned());
            }
            "lang" | "language" | "locale" if !value.is_empty() => {
                found.language = Some(value.to_owned());
            }
            _ => {}
        }
    }
    // Settings that do not end are none.
    FrontMatter::default()
}

fn unquoted(value: &str) -> &str {
    let value = value.trim();
    for quote in ['"', '\''] {
        if let Some(rest) = value.strip_prefix(quote) {
            return rest.split(quote).next().unwrap_or_default();
        }
    }
    value.split(" #").next().unwrap_or_default().trim_end()
}

#[cfg(test)]
mod tests {
    use super::{FrontMatter, read};

    #[test]
    fn settings_are_passed_and_the_address_and_language_kept() {
        let read_at = |text: &str| {
            let found = read(text);
            (text[found.end..].to_owned(), found.own_url, found.language)
        };
        let own = Some("https://own.example/a".to_owned());
        let text = "---\r\ntitle: \"A: b\"\r\ncanonical: 'https://own.example/a' # x\r\nlang: lt\r\ntags:\r\n  - url: https://no.example/\r\n---\r\nText";
        assert_eq!(
            read_at(text),
            ("Text".to_owned(), own.clone(), Some("lt".to_owned()))
        );
        let text = "+++\nurl = \"https://own.example/a\"\nlanguage = \"de-AT\"\n+++\nText";
        assert_eq!(
            read_at(text),
            ("Text".to_owned(), own, Some("de-AT".to_owned()))
        );
        for text in [
            "---\n\nText\n\n---\n",
            "---\nurl: https://a.example/\n",
            "Text: x\n",
            "",
            "---",
        ] {
            assert_eq!(read(text), FrontMatter::default(), "{text}");
        }
    }
}
