//! Reads authors, year, title and container from a reference, as the common styles write them.
//!
//! Only what the form proves is taken: quotation marks, a year in its place, a mark such as
//! `[Internet]`. A wrong guess is worse than none.

use std::sync::LazyLock;

use regex::Regex;

use crate::formats::author_names;
use crate::formats::note_terms;
use crate::formats::quoted_title;

/// What a reference says of the work.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Bibliographic {
    /// Authors, one each.
    pub(crate) authors: Vec<String>,
    /// Year of publication.
    pub(crate) year: Option<i32>,
    /// The title.
    pub(crate) title: Option<String>,
    /// Its translation in brackets.
    pub(crate) title_translated: Option<String>,
    /// The work that it is part of.
    pub(crate) container: Option<String>,
}

/// Reads the part of a reference that stands before its URL and its access date.
pub(crate) fn read(reference: &str) -> Bibliographic {
    /// A reference is longer only where it is none.
    const LONGEST: usize = 3000;
    if reference.len() > LONGEST {
        return Bibliographic::default();
    }
    let folded = fold(reference);
    let text = note_terms::without_available(&folded);
    quoted(text)
        .or_else(|| by_slashes(text))
        .or_else(|| by_year(text))
        .or_else(|| by_medium(text))
        .unwrap_or_default()
}

/// White space of every kind becomes one space.
pub(crate) fn fold(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `Authors (year), “Title” [translation], container`, and the same with the year behind.
fn quoted(text: &str) -> Option<Bibliographic> {
    let (open_at, open) = quoted_title::opening(text)?;
    let before = text[..open_at].trim_end();
    let is_place_of_title = before.is_empty()
        || before.ends_with([',', '.', ':', ')', ';', '，', '：', '。', '–', '-'])
        || !before.is_ascii() && before.chars().all(|c| !c.is_ascii_lowercase());
    if !is_place_of_title {
        return None;
    }
    let from = open_at + open.len_utf8();
    let (title_end, close_end) = quoted_title::closing(text, open, from)?;
    let title = quoted_title::tidy(&text[from..title_end])?;
    let mut rest = &text[close_end..];
    let title_translated = quoted_title::translation(&mut rest);
    let mut read = Bibliographic {
        title: Some(title),
        title_translated,
        ..Bibliographic::default()
    };
    if let Some((authors, year)) = authors_and_year(before) {
        read.authors = names(authors);
        read.year = year;
    } else {
        read.authors = author_names::split(
            before
                .trim_end_matches(['.', ',', ':', ';', ' ', '，', '：'])
                .trim_end_matches(" in"),
        );
        restore_stop(&mut read.authors, before);
        read.year = last_year(rest);
    }
    read.container = container(rest);
    Some(read)
}

/// «Smith, J.» keeps the full stop of its initial.
fn restore_stop(authors: &mut [String], before: &str) {
    static INITIAL: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?:^|[\s.-])\p{Lu}$").expect("the expression is right"));
    let has_stop = before.trim_end_matches([',', ':', ';', ' ']).ends_with('.');
    if let Some(last) = authors.last_mut()
        && has_stop
        && INITIAL.is_match(last)
    {
        last.push('.');
    }
}

/// `Authors, (2020)`, `Authors. (2020, May 3).`, `Authors (n.d.)`, `Authors, 2020.`
fn authors_and_year(text: &str) -> Option<(&str, Option<i32>)> {
    static IN_BRACKETS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(?P<authors>[^()]{2,300}?(?:\((?:[Ee]ds?|Hrsg|Hg)\.?\))?),?\s*[(（](?:(?:\d{1,2}\.?\s)?(?:\p{L}+\.?\s)?(?:\d{1,2},\s)?(?P<year>\d{4})[a-z]?(?:[,/–-][^()]{0,40})?|n\.? ?d\.?|o\. ?J\.|s\. ?[adf]\.|б\. ?г\.)[)）][.,:;]?$")
            .expect("the expression is right")
    });
    static BEHIND_COMMA: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(?P<authors>[^()\d]{2,300}?),?\s+(?P<year>(?:1[4-9]|20)\d\d)[a-z]?[.,:;]?$")
            .expect("the expression is right")
    });
    let found = IN_BRACKETS
        .captures(text)
        .or_else(|| BEHIND_COMMA.captures(text))?;
    let year = found
        .name("year")
        .and_then(|year| year.as_str().parse().ok());
    Some((
        found.name("authors")?.as_str(),
        year.filter(|year| is_year(*year)),
    ))
}

fn is_year(year: i32) -> bool {
    (1400..=2100).contains(&year)
}

fn last_year(text: &str) -> Option<i32> {
    static YEAR: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\b(1[4-9]\d\d|20\d\d)\b").expect("the expression is right"));
    YEAR.find_iter(text)
        .last()
        .and_then(|year| year.as_str().parse().ok())
}

/// What stands behind the title: a journal, a site, or the book after «In:».
fn container(rest: &str) -> Option<String> {
    let rest = rest.trim_start_matches([' ', ',', '.', ';', '，', '。', ')', '<']);
    let inside = ["In: ", "in: ", "In ", "in "]
        .iter()
        .find_map(|word| rest.strip_prefix(word));
    if let Some(book) = inside
        && let Some(title) = quoted(book).and_then(|book| book.title)
    {
        return Some(title);
    }
    let rest = inside.unwrap_or(rest);
    let end = rest
        .char_indices()
        .find(|(at, c)| {
            matches!(c, ',' | ';' | '(' | '[' | '，' | '“' | '"' | '<' | '/')
                || c.is_ascii_digit()
                || (*c == '.' && ends_name(rest, *at))
        })
        .map_or(rest.len(), |(at, _)| at);
    let name = note_terms::without_available(rest[..end].trim()).trim();
    let is_followed_by_place = name.contains(':') || name.contains('=');
    let is_name = (3..=120).contains(&name.len())
        && name
            .chars()
            .next()
            .is_some_and(|c| c.is_alphabetic() && !c.is_lowercase())
        && name.split(' ').count() <= 10
        && !is_followed_by_place
        && !note_terms::is_medium(name)
        && ![
            "Vol",
            "Nr",
            "No",
            "pp",
            "Web",
            "Retrieved",
            "Accessed",
            "Last",
        ]
        .contains(&name);
    is_name.then(|| name.to_owned())
}

/// Whether a full stop ends a name: not that of «Proc.» or of an initial.
fn ends_name(text: &str, stop: usize) -> bool {
    const ABBREVIATIONS: [&str; 22] = [
        "Proc", "Conf", "Int", "Rev", "Univ", "Inst", "Trans", "Am", "Med", "Sci", "Ann", "Eng",
        "Res", "Symp", "Assoc", "Soc", "Dept", "St", "Dr", "Eur", "Nat", "Brit",
    ];
    let word = text[..stop].rsplit(' ').next().unwrap_or_default();
    let behind = &text[stop + 1..];
    let is_abbreviation = ABBREVIATIONS.contains(&word) || word.chars().count() == 1;
    behind.trim().is_empty() || (behind.starts_with(' ') && !is_abbreviation)
}

/// `Smith, J. (2020). Title of the work. Site.`, `Smith, J., 2020. Title. Site.`
fn by_year(text: &str) -> Option<Bibliographic> {
    static HEAD: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^[^()]{2,300}?(?:\((?:[Ee]ds?|Hrsg|Hg)\.?\))?,?\s*[(（](?:(?:\d{1,2}\.?\s)?(?:\p{L}+\.?\s)?(?:\d{1,2},\s)?\d{4}[a-z]?(?:[,/–-][^()]{0,40})?|n\.? ?d\.?|o\. ?J\.|s\. ?[adf]\.|б\. ?г\.)[)）][.,:;]?\s+|^[^()\d]{2,300}?[,.]\s+(?:1[4-9]|20)\d\d[a-z]?[.,:]\s+")
            .expect("the expression is right")
    });
    let head = HEAD.find(text)?;
    let (authors, year) = authors_and_year(head.as_str().trim_end())?;
    let authors = names(authors);
    if authors.is_empty() || authors.iter().any(|name| name.contains(['/', '['])) {
        return None;
    }
    let rest = &text[head.end()..];
    let end = sentence_end(rest);
    // «Why? Because. Site.»: what follows a question may be the rest of the title.
    let is_question = rest[..end].ends_with(['?', '!']);
    let title = rest[..end].trim_end_matches(['.', ',', ' ']);
    let mut behind = &rest[end..];
    let (title, mut title_translated) = split_bracket(title);
    if title_translated.is_none() {
        title_translated = quoted_title::translation(&mut behind);
    }
    let is_title = title.chars().count() >= 3
        && title.chars().next().is_some_and(|c| !c.is_lowercase())
        && title.len() <= 400;
    Some(Bibliographic {
        authors,
        year,
        container: container(behind).filter(|_| is_title && !is_question),
        title: is_title.then(|| title.to_owned()),
        title_translated: title_translated.filter(|_| is_title),
    })
}

/// «Title [Translated title]», «Title [Online]».
fn split_bracket(title: &str) -> (&str, Option<String>) {
    let Some((before, _)) = title.split_once('[') else {
        return (title, None);
    };
    let mut bracket = &title[before.len()..];
    (
        before.trim_end_matches([' ', '.', ',']),
        quoted_title::translation(&mut bracket),
    )
}

/// The end of the first sentence; an initial's or a short abbreviation's stop ends none.
fn sentence_end(text: &str) -> usize {
    static END: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?:[\p{Ll}\d)\]”»’'\p{Lo}]|\p{Lu}{2,})[.?!](?:\s|$)|[。．]|\.\s[\p{Lu}]")
            .expect("the expression is right")
    });
    let mut from = 0;
    while let Some(found) = END.find_at(text, from) {
        let stop = found
            .as_str()
            .find(['.', '?', '!', '。', '．'])
            .map_or(found.start(), |at| found.start() + at);
        let word = text[..stop].rsplit([' ', '(']).next().unwrap_or_default();
        let is_abbreviation = matches!(
            word,
            "vs" | "v"
                | "St"
                | "Dr"
                | "Mr"
                | "Mrs"
                | "No"
                | "Nr"
                | "vol"
                | "Vol"
                | "ed"
                | "p"
                | "pp"
                | "Jr"
                | "U.S"
                | "e.g"
                | "i.e"
                | "z.B"
        ) || word.chars().count() == 1;
        if !is_abbreviation {
            let mark = text[stop..].chars().next().map_or(1, char::len_utf8);
            return stop + mark;
        }
        from = found.end().max(stop + 1);
        if from > text.len() || !text.is_char_boundary(from) {
            break;
        }
    }
    text.len()
}

/// `Smith J, Doe A. Title [Internet]. Place: Publisher; 2020`, `张三. 题名[EB/OL]`, `NOVÁK, Jan. Název [online]`.
fn by_medium(text: &str) -> Option<Bibliographic> {
    static MEDIUM: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)\s*[\[［](?:internet|online|on-line|en ligne|en línea|em linha|in linea|interaktyvus|tiešsaiste|[a-z]{1,2}/ol|электронный ресурс|електронний ресурс|интернет|web)[\]］]")
            .expect("the expression is right")
    });
    let medium = MEDIUM.find(text)?;
    let before = text[..medium.start()].trim_end_matches(['.', ' ', ',']);
    let behind = &text[medium.end()..];
    let split_at = authors_end(before)?;
    let authors = author_names::split(
        before[..split_at]
            .trim_end_matches([' ', '．'])
            .trim_end_matches(". "),
    );
    let authors: Vec<String> = authors.iter().map(|name| without_stop(name)).collect();
    let title = before[split_at..].trim_start_matches(['.', '．', ' ', ':', '：']);
    let title = title
        .split(" In: ")
        .next()
        .unwrap_or(title)
        .trim_end_matches(['.', ' ']);
    if authors.is_empty() || title.chars().count() < 2 {
        return None;
    }
    let (title, container) = match title.split_once(". ") {
        Some((title, site)) => (title, Some(site.to_owned())),
        None => (
            title,
            behind.trim_start().strip_prefix("//").and_then(container),
        ),
    };
    Some(Bibliographic {
        authors,
        year: last_year(behind),
        title: Some(title.to_owned()),
        title_translated: None,
        container,
    })
}

/// Authors before a year, each without the stop that ends them all.
fn names(text: &str) -> Vec<String> {
    let names = author_names::split(text);
    names.iter().map(|name| without_stop(name)).collect()
}

/// A full stop ends the authors, but not one behind an initial.
fn without_stop(name: &str) -> String {
    let shorter = name.trim_end_matches('.');
    let last = shorter.rsplit([' ', '.', ',']).next().unwrap_or_default();
    let is_abbreviated = shorter.contains(['.', ',']);
    if last.chars().count() <= 1 && is_abbreviated {
        name.to_owned()
    } else {
        shorter.to_owned()
    }
}

/// Where the authors end and the title begins: at a stop that ends no initial.
fn authors_end(text: &str) -> Option<usize> {
    static STOP: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?:[\p{L}\d)]{2,}|[\p{Ll}])[.．:：]\s*|\p{Lu}\.\s+")
            .expect("the expression is right")
    });
    for found in STOP.find_iter(text) {
        let next = text[found.end()..]
            .split([' ', ','])
            .next()
            .unwrap_or_default();
        let is_initial_next =
            next.len() <= 4 && next.ends_with('.') && next.starts_with(char::is_uppercase);
        let is_latin = found.as_str().ends_with(' ');
        let is_cjk = found
            .as_str()
            .chars()
            .next()
            .is_some_and(|c| !c.is_lowercase() && !c.is_uppercase());
        if !is_initial_next && (is_latin || is_cjk) {
            let stop = found.as_str().find(['.', '．', ':', '：'])?;
            let ends_initial = found.as_str().chars().filter(|c| c.is_alphabetic()).count() == 1;
            return Some(found.start() + stop + usize::from(ends_initial));
        }
    }
    None
}

/// `Иванов И.И. Заглавие // Журнал. 2020. № 3.`
fn by_slashes(text: &str) -> Option<Bibliographic> {
    static GOST: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(?P<authors>\p{Lu}[\p{L}-]+,?\s\p{Lu}\.\s?(?:\p{Lu}\.)?(?:,\s\p{Lu}[\p{L}-]+,?\s\p{Lu}\.\s?(?:\p{Lu}\.)?)*)\s+(?P<title>[^/]{3,400}?)\s*(?:/[^/]{2,200})?//\s*(?P<container>[^/.]{2,150})(?P<rest>.*)$")
            .expect("the expression is right")
    });
    let found = GOST.captures(text)?;
    Some(Bibliographic {
        authors: author_names::split(&found["authors"]),
        year: last_year(&found["rest"]),
        title: Some(
            split_bracket(found["title"].trim_end_matches(['.', ' ']))
                .0
                .to_owned(),
        ),
        title_translated: None,
        container: Some(found["container"].trim().to_owned()),
    })
}

#[cfg(test)]
mod tests;
