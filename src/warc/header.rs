//! Named fields: the `Name: value` lines of a record's head, and of a block that is
//! `application/warc-fields`.

/// Named fields in order. Names compare without regard to case, and may be repeated.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

/// A field that cannot be written, or a line that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FieldError {
    /// The name is no token (WARC 1.1 §4, RFC 9110 §5.6.2).
    #[error("«{0}» is no field name: only letters, digits and some marks may stand in one")]
    Name(String),
    /// The value holds a line break or another control character, and would end its line early.
    #[error("the value of the field {name} holds a control character: {value:?}")]
    Value {
        /// The field's name.
        name: String,
        /// The value refused.
        value: String,
    },
    /// The line has no colon, or continues a field that is not there.
    #[error("«{0}» is no field: no colon in it")]
    NoColon(String),
}

impl Fields {
    /// Adds a field. Spaces and tabs around the value are dropped, as a reader would.
    pub fn push(&mut self, name: &str, value: &str) -> Result<(), FieldError> {
        if !is_token(name) {
            return Err(FieldError::Name(name.to_owned()));
        }
        if value.chars().any(char::is_control) {
            return Err(FieldError::Value {
                name: name.to_owned(),
                value: value.to_owned(),
            });
        }
        self.0.push((name.to_owned(), trim(value).to_owned()));
        Ok(())
    }

    /// Adds words meant for people, in which a control character is only a blank.
    pub fn push_words(&mut self, name: &str, words: &str) -> Result<(), FieldError> {
        let words: String = words
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        self.push(name, &words)
    }

    /// The first field of that name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter()
            .find(|(held, _)| held.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// All fields of that name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(held, _)| held.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// Every field, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Appends the lines, each ended by CRLF, without the empty line that ends a head.
    pub fn write_to(&self, out: &mut Vec<u8>) {
        for (name, value) in &self.0 {
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(b": ");
            out.extend_from_slice(value.as_bytes());
            out.extend_from_slice(b"\r\n");
        }
    }

    /// Reads lines up to the first empty one or the end. Bare line feeds end a line too, a line
    /// that begins with a blank continues the one before it (WARC 1.1 §4), and octets that are not
    /// UTF-8 become U+FFFD: others' files have all of these.
    pub fn parse(lines: &[u8]) -> Result<Self, FieldError> {
        let mut fields = Self::default();
        for line in lines.split(|&byte| byte == b'\n') {
            let line = String::from_utf8_lossy(line);
            let line = line.strip_suffix('\r').unwrap_or(&line);
            if line.is_empty() {
                break;
            }
            let no_colon = || FieldError::NoColon(line.chars().take(80).collect());
            if line.starts_with([' ', '\t']) {
                let (_, value) = fields.0.last_mut().ok_or_else(no_colon)?;
                trim(&[value, " ", trim(line)].concat()).clone_into(value);
                continue;
            }
            let (name, value) = line.split_once(':').ok_or_else(no_colon)?;
            if !is_token(name) {
                return Err(FieldError::Name(name.chars().take(80).collect()));
            }
            fields.0.push((name.to_owned(), trim(value).to_owned()));
        }
        Ok(fields)
    }
}

fn trim(value: &str) -> &str {
    value.trim_matches([' ', '\t'])
}

fn is_token(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_value_cannot_begin_a_line_of_its_own() {
        let mut fields = Fields::default();
        for value in ["a\r\nWARC-Type: x", "a\nb", "a\rb", "a\0b", "a\u{85}b"] {
            assert!(
                matches!(fields.push("via", value), Err(FieldError::Value { .. })),
                "{value:?}"
            );
        }
        for name in ["", "a b", "a:b", "a\r\nb", "ä"] {
            assert!(fields.push(name, "x").is_err(), "{name:?}");
        }
        fields.push_words("detail", "two\r\nlines").unwrap();
        assert_eq!(fields.get("Detail"), Some("two  lines"));
    }

    #[test]
    fn what_others_write_is_read() {
        let fields = Fields::parse(b"A: 1\nb:  2 \r\n\tand 3\r\nA:\xff\r\n\r\nnot: read").unwrap();
        assert_eq!(
            fields.iter().collect::<Vec<_>>(),
            [("A", "1"), ("b", "2 and 3"), ("A", "\u{fffd}")]
        );
        assert!(Fields::parse(b" no field before\r\n").is_err());
        assert!(Fields::parse(b"no colon\r\n").is_err());
    }

    #[test]
    fn a_continued_line_of_blanks_adds_nothing() {
        let fields = Fields::parse(b"A: 1\r\n \r\nB:\r\n 2\r\n").unwrap();
        assert_eq!(fields.iter().collect::<Vec<_>>(), [("A", "1"), ("B", "2")]);
    }

    proptest! {
        #[test]
        fn written_fields_are_read_back(
            pairs in prop::collection::vec(("[A-Za-z0-9-]{1,12}", "\\PC{0,40}"), 0..8)
        ) {
            let mut fields = Fields::default();
            for (name, value) in &pairs {
                fields.push(name, value).unwrap();
            }
            let mut lines = Vec::new();
            fields.write_to(&mut lines);
            prop_assert_eq!(Fields::parse(&lines).unwrap(), fields);
        }

        #[test]
        fn any_bytes_are_fields_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = Fields::parse(&bytes);
        }
    }
}
