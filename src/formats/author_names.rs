//! Splits the authors of a reference.

use std::sync::LazyLock;

use regex::Regex;

/// The authors of `text`, one each, as written. Empty where it does not read like names: a wrong
/// guess is worse than none.
pub(crate) fn split(text: &str) -> Vec<String> {
    let text = bare(text);
    if !reads_like_names(text) {
        return Vec::new();
    }
    let parts: Vec<&str> = parts(text).collect();
    let joined = if is_surname_first(&parts) {
        join_surnames(&parts)
    } else if parts.len() == 1 || parts.iter().all(|part| is_whole_name(part)) {
        parts.iter().map(|part| (*part).to_owned()).collect()
    } else if parts.len() == 2 && !text.contains(" and ") && !text.contains('&') {
        // «Smith, John», «Ministry of Health, Singapore»: one, as written.
        vec![text.to_owned()]
    } else if is_surname_first_once(&parts) {
        // «Smith, John, and Jane Doe»: only the first is turned round.
        let mut names = vec![format!("{}, {}", parts[0], parts[1])];
        names.extend(parts[2..].iter().map(|part| (*part).to_owned()));
        names
    } else {
        vec![text.to_owned()]
    };
    joined
        .into_iter()
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .collect()
}

/// Without «See», «et al.», «(eds)» and the marks around.
fn bare(text: &str) -> &str {
    static BEFORE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(?i:see also|see|cf\.?|vgl\.?|siehe|voir|véase|vid\.|см\.|див\.|zob\.|viz|por\.|参见|见|by|e\.g\.,?|for example,?)[:,]?\s+")
            .expect("the expression is right")
    });
    static BEHIND: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)[,;]?\s*(?:et al\.?|и др\.?|та ін\.?|u\. ?a\.|等|他|\((?:eds?|hrsg|hg|dir|coord|ред|org|orgs)\.?\)|,\s*eds?\.?)\s*$")
            .expect("the expression is right")
    });
    let text = text
        .trim()
        .trim_start_matches([',', ';', '-', '–', '—', '•', '*'])
        .trim();
    let text = BEFORE.find(text).map_or(text, |found| &text[found.end()..]);
    let text = text.trim_end_matches([',', ';', ':', ' ']);
    let text = BEHIND
        .find(text)
        .map_or(text, |found| &text[..found.start()]);
    text.trim_end_matches([',', ';', ':', ' '])
}

/// No sentence, no address, not too long, and with a capital or a script without capitals.
fn reads_like_names(text: &str) -> bool {
    const LONGEST: usize = 300;
    /// Words that a sentence has, and no name.
    const SENTENCE: [&str; 28] = [
        "according",
        "says",
        "said",
        "is",
        "are",
        "was",
        "were",
        "this",
        "that",
        "which",
        "writes",
        "wrote",
        "has",
        "have",
        "had",
        "as",
        "on",
        "with",
        "to",
        "because",
        "in",
        "ist",
        "wird",
        "que",
        "est",
        "что",
        "also",
        "it",
    ];
    let is_sentence = text.split_whitespace().any(|word| SENTENCE.contains(&word));
    !text.is_empty()
        && text.len() <= LONGEST
        && !is_sentence
        && !text.contains("://")
        && !text.contains(". \u{201c}")
        && text
            .chars()
            .next()
            .is_some_and(|c| c.is_alphanumeric() && !c.is_lowercase())
        && text.chars().filter(char::is_ascii_digit).count() <= 4
        && text.chars().any(char::is_alphabetic)
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    static BETWEEN: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\s*(?:[,;，；、]\s*(?:and|&|und|et|y|e|и|та|i|a|og|och|en)\s+|[,;，；、]\s*|\s+&\s+|\s+(?:and|und|и|та)\s+)")
            .expect("the expression is right")
    });
    BETWEEN.split(text).filter(|part| !part.is_empty())
}

/// «S.W.», «J.-P.», «JA», «X. P.».
fn is_initials(part: &str) -> bool {
    static INITIALS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(?:\p{Lu}\p{Ll}{0,2}\.[\s-]*){1,4}$|^\p{Lu}{1,3}$|^(?:Jr|Sr)\.?$")
            .expect("the expression is right")
    });
    INITIALS.is_match(part)
}

fn is_surname_first(parts: &[&str]) -> bool {
    parts.len() >= 2
        && parts.len().is_multiple_of(2)
        && parts
            .chunks(2)
            .all(|pair| !is_initials(pair[0]) && is_initials(pair[1]))
}

fn join_surnames(parts: &[&str]) -> Vec<String> {
    parts
        .chunks(2)
        .map(|pair| format!("{}, {}", pair[0], pair[1]))
        .collect()
}

/// «Smith, John, and Jane Doe».
fn is_surname_first_once(parts: &[&str]) -> bool {
    parts.len() >= 3
        && !parts[0].contains(' ')
        && parts[1].split(' ').count() <= 3
        && parts[2..].iter().all(|part| is_whole_name(part))
}

/// «Jane Doe», «J. Doe», «Doe J», «Иванов И.И.», «张三».
fn is_whole_name(part: &str) -> bool {
    static NAME: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(concat!(
            r"^(?:[\p{Lu}][\p{L}.'’-]*)(?:\s(?:[\p{Lu}][\p{L}.'’-]*|von|van|de|der|den|da|dos|la|le|di|bin|al))*\s[\p{Lu}][\p{L}.'’-]*$",
            r"|^\p{Lu}[\p{L}'’-]+\s(?:\p{Lu}\.\s?){1,3}$|^[\p{Han}\p{Hangul}·]{2,12}$|^[\p{Hiragana}\p{Katakana}\p{Han}ー・]{2,16}$"
        ))
        .expect("the expression is right")
    });
    NAME.is_match(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authors_are_split_as_their_styles_write_them() {
        for (text, names) in [
            ("Williams, S.W.", &["Williams, S.W."][..]),
            (
                "Alexeeva, O., Lasserre, F.",
                &["Alexeeva, O.", "Lasserre, F."],
            ),
            ("Smith, J., & Doe, A. B.", &["Smith, J.", "Doe, A. B."]),
            ("Trading Economics", &["Trading Economics"]),
            ("The Siberian Times,", &["The Siberian Times"]),
            (
                "J. Smith, A. Doe, and B. Roe",
                &["J. Smith", "A. Doe", "B. Roe"],
            ),
            ("Smith, John, and Jane Doe", &["Smith, John", "Jane Doe"]),
            ("Smith, John", &["Smith, John"]),
            ("Smith J, Doe AB", &["Smith J", "Doe AB"]),
            ("Иванов И.И., Петров П.П.", &["Иванов И.И.", "Петров П.П."]),
            ("张三, 李四", &["张三", "李四"]),
            ("See Smith, J. et al.", &["Smith, J."]),
            (
                "Ministry of Health, Labour and Welfare",
                &["Ministry of Health, Labour and Welfare"],
            ),
        ] {
            assert_eq!(split(text), names, "{text}");
        }
        for text in [
            "",
            "according to Smith",
            "As Smith said on Monday",
            "http://a.example",
            "lower case",
        ] {
            assert!(split(text).is_empty(), "{text}");
        }
    }
}
