//! Links as header fields and `TimeMaps` write them (RFC 8288 §3, RFC 6690 §2).

/// One link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Where it leads, as written.
    pub target: String,
    /// Its parameters, names in lower case.
    pub parameters: Vec<(String, String)>,
}

impl Link {
    /// The first parameter of that name (RFC 8288 §3.3: later ones are ignored).
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let mut held = self.parameters.iter().filter(|(held, _)| held == name);
        held.next().map(|(_, value)| value.as_str())
    }

    /// Its relation types.
    pub fn relations(&self) -> impl Iterator<Item = &str> {
        self.parameter("rel")
            .unwrap_or_default()
            .split_ascii_whitespace()
    }
}

/// All links; what is none is passed over.
pub fn read(text: &str) -> Vec<Link> {
    let mut links = Vec::new();
    let mut rest = text;
    while let Some((target, after)) = rest
        .split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'))
    {
        let (parameters, after) = parameters(after);
        links.push(Link {
            target: target.trim().to_owned(),
            parameters,
        });
        rest = after;
    }
    links
}

/// The parameters up to the comma that ends the link, and what follows it.
fn parameters(text: &str) -> (Vec<(String, String)>, &str) {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(after) = rest.strip_prefix(';') {
        let name_end = after.find(['=', ';', ',']).unwrap_or(after.len());
        let name = after[..name_end].trim().to_ascii_lowercase();
        rest = &after[name_end..];
        let mut value = String::new();
        if let Some(after) = rest.strip_prefix('=') {
            (value, rest) = one_value(after.trim_start());
        }
        if !name.is_empty() {
            found.push((name, value));
        }
        rest = rest.trim_start();
    }
    (found, rest.find(',').map_or("", |comma| &rest[comma + 1..]))
}

/// A token or a quoted string, and what follows it.
fn one_value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([';', ',']).unwrap_or(text.len());
        return (text[..end].trim().to_owned(), &text[end..]);
    };
    let mut value = String::new();
    let mut is_escaped = false;
    for (at, c) in quoted.char_indices() {
        match c {
            '\\' if !is_escaped => is_escaped = true,
            '"' if !is_escaped => return (value, &quoted[at + 1..]),
            _ => {
                value.push(c);
                is_escaped = false;
            }
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_tokens_or_quoted() {
        let links = read(r#"<a,b>; rel=x; Title="c, \"d\"; e", <f>;rel="y z""#);
        assert_eq!(links.len(), 2);
        assert_eq!(links[0].target, "a,b");
        assert_eq!(links[0].parameter("title"), Some("c, \"d\"; e"));
        assert_eq!(links[1].relations().collect::<Vec<_>>(), ["y", "z"]);
    }
}
