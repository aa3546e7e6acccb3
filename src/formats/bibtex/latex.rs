//! What LaTeX in a bibliography field stands for.

use std::sync::LazyLock;

use biblatex::{Bibliography, ChunksExt, Pair, RawBibliography, RawChunk, RawEntry, Spanned};
use regex::Regex;

/// A field's value as a reader sees it: accents and commands undone, braces gone, white space folded.
pub(crate) fn plain(value: &str) -> String {
    let resolved = if value.contains(['\\', '{', '}', '$', '~', '-']) {
        resolve(value).unwrap_or_else(|| value.replace(['{', '}'], ""))
    } else {
        value.to_owned()
    };
    resolved.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Commands that only dress their words; the crate would keep their names.
static DRESS: LazyLock<Regex> = LazyLock::new(|| {
    let commands = "emph|text(?:it|bf|sc|tt|rm|sf|up|md|sl|normal|superscript|subscript)?|mbox|enquote|url|\
                    mkbib(?:quote|emph|italic|bold)|underline|it|itshape|bf|bfseries|em|sc|tt|rm|sf|\
                    newline|noopsort|protect|relax|MakeUppercase|MakeLowercase|hspace|nobreak";
    Regex::new(&format!(r"\\(?:{commands})\b\s*")).expect("the pattern is a constant")
});

/// `\o{}` is the letter alone; the crate would take it for an accent over nothing.
static EMPTY_ARGUMENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?<command>\\[A-Za-z]+)\{\}").expect("the pattern is a constant")
});

/// A field that no special rule is made for.
const FIELD: &str = "title";

/// One field through the `biblatex` crate; `None` where its LaTeX is broken.
fn resolve(value: &str) -> Option<String> {
    let value = DRESS.replace_all(value, "");
    let value = &*EMPTY_ARGUMENT.replace_all(&value, "{${command}}");
    let raw = RawBibliography {
        preamble: String::new(),
        entries: vec![Spanned::zero(RawEntry {
            key: Spanned::zero("key"),
            kind: Spanned::zero("misc"),
            fields: vec![Pair::new(
                Spanned::zero(FIELD),
                Spanned::zero(vec![Spanned::zero(RawChunk::Normal(value))]),
            )],
        })],
        abbreviations: Vec::new(),
    };
    let bibliography = Bibliography::from_raw(raw).ok()?;
    Some(bibliography.get("key")?.get(FIELD)?.format_verbatim())
}

/// A URL as a browser needs it: LaTeX's escapes, braces and line breaks undone.
pub(crate) fn url(written: &str) -> String {
    const WORDS: &[(&str, char)] = &[
        ("textasciitilde", '~'),
        ("textunderscore", '_'),
        ("textpercent", '%'),
        ("textbackslash", '\\'),
        ("slash", '/'),
        ("sim", '~'),
    ];
    let mut url = String::new();
    let mut rest = written;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '\\' => {
                let word = WORDS.iter().find(|(word, _)| rest.starts_with(word));
                if let Some((word, meant)) = word {
                    rest = rest[word.len()..].trim_start();
                    url.push(*meant);
                } else if rest.starts_with("~{}") || rest.starts_with("^{}") {
                    url.push_str(&rest[..1]);
                    rest = &rest[3..];
                } else if let Some(escaped) = rest.chars().next() {
                    // `\-` and `\/` are places for a break.
                    if !matches!(escaped, '-' | '/') || escaped == '/' {
                        url.push(escaped);
                    }
                    rest = &rest[escaped.len_utf8()..];
                }
            }
            '{' | '}' | '$' => {}
            _ if c.is_whitespace() => {}
            _ => url.push(c),
        }
    }
    url
}

/// The names of an `author` field, one each, as written.
pub(crate) fn names(value: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut depth = 0_usize;
    let mut words = vec![String::new()];
    for c in value.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if c.is_whitespace() && depth == 0 {
            words.push(String::new());
        } else if let Some(word) = words.last_mut() {
            word.push(c);
        }
    }
    for group in words.split(|word| word.eq_ignore_ascii_case("and")) {
        let name = plain(&group.join(" "));
        let is_rest = matches!(name.as_str(), "" | "others");
        if !is_rest {
            names.push(name);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::{names, plain, url};

    #[test]
    fn accents_and_braces_are_undone() {
        for (written, meant) in [
            (r#"G{\"o}del, {\'E}tude"#, "Gödel, Étude"),
            (r"\v{Z}em\.{e} and {\ss}", "Žemė and ß"),
            ("The {{DNA}}  of\n {L}ife", "The DNA of Life"),
            (r"A \& B -- 100\% \textit{c}", "A & B – 100% c"),
            ("plain  words", "plain words"),
            ("un}balanced {", "unbalanced"),
            (r"H\o{}iland \ss{} x", "Høiland ß x"),
            (r"{\it Nature} and \emph{\textbf{b}}", "Nature and b"),
            (r"costs 5\$ and x_1", "costs 5$ and x_1"),
        ] {
            assert_eq!(plain(written), meant, "{written}");
        }
    }

    #[test]
    fn urls_are_as_a_browser_needs_them() {
        for (written, meant) in [
            (
                r"https://a.example/x\_y\&z\%20\#f",
                "https://a.example/x_y&z%20#f",
            ),
            (
                r"https://a.example/{\~{}}me/{\textasciitilde}you/\~{}b",
                "https://a.example/~me/~you/~b",
            ),
            (r"https://a.example/$\sim$me", "https://a.example/~me"),
            ("https://a.example/x\n   y", "https://a.example/xy"),
            ("https://a.example/?a=b-c~d", "https://a.example/?a=b-c~d"),
        ] {
            assert_eq!(url(written), meant, "{written}");
        }
    }

    #[test]
    fn names_are_parted_at_and() {
        assert_eq!(
            names(
                "Smith, John AND {Health and Safety Authority} and\nG{\\\"o}del, Kurt and others"
            ),
            ["Smith, John", "Health and Safety Authority", "Gödel, Kurt"]
        );
        assert_eq!(
            names("Anderson, Pand and Sandy Band"),
            ["Anderson, Pand", "Sandy Band"]
        );
        assert!(names(" ").is_empty());
    }
}
