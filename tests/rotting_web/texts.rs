//! The texts that the web's sites carry, and the words around them, in `texts/*.toml`: written for
//! this, each with small edits that change what it says.

use std::sync::LazyLock;

use serde::Deserialize;

use super::case::Part;
use super::chance::hash;

/// Every language with its texts.
pub(super) static LANGUAGES: LazyLock<Vec<Language>> = LazyLock::new(|| {
    [
        include_str!("texts/ar.toml"),
        include_str!("texts/de.toml"),
        include_str!("texts/en.toml"),
        include_str!("texts/es.toml"),
        include_str!("texts/fr.toml"),
        include_str!("texts/it.toml"),
        include_str!("texts/ja.toml"),
        include_str!("texts/ko.toml"),
        include_str!("texts/nl.toml"),
        include_str!("texts/pl.toml"),
        include_str!("texts/pt.toml"),
        include_str!("texts/ru.toml"),
        include_str!("texts/th.toml"),
        include_str!("texts/tr.toml"),
        include_str!("texts/uk.toml"),
        include_str!("texts/zh.toml"),
    ]
    .map(|text| toml::from_str(text).unwrap())
    .into()
});

/// What a site says in one language, apart from its articles. A pair is a heading and a line.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Language {
    pub(super) lang: String,
    pub(super) menu: Vec<String>,
    pub(super) related: Vec<String>,
    pub(super) ads: Vec<String>,
    pub(super) cookie: String,
    pub(super) most_read: String,
    pub(super) share: String,
    pub(super) comments: String,
    pub(super) published: String,
    pub(super) more: String,
    pub(super) newsletter: String,
    pub(super) reader: Vec<String>,
    pub(super) not_found: Vec<[String; 2]>,
    pub(super) search_empty: String,
    pub(super) maintenance: Vec<[String; 2]>,
    pub(super) challenge: Vec<[String; 2]>,
    pub(super) login: Vec<[String; 2]>,
    pub(super) pay: Vec<[String; 2]>,
    pub(super) consent: Vec<[String; 2]>,
    pub(super) geo: Vec<[String; 2]>,
    pub(super) parked: Vec<[String; 2]>,
    pub(super) suspended: Vec<[String; 2]>,
    pub(super) correction: String,
    pub(super) retraction: String,
    pub(super) text: Vec<Text>,
}

/// One article.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Text {
    pub(super) id: String,
    /// It reads like what it is not: an article about missing pages, or about domains for sale.
    #[serde(default)]
    pub(super) trap: bool,
    /// A few sentences in all.
    #[serde(default)]
    pub(super) short: bool,
    pub(super) title: String,
    pub(super) author: String,
    pub(super) paragraphs: Vec<String>,
    /// Words of it that a document can quote.
    pub(super) quote: Option<String>,
    /// The same where the language has no spaces: cited as a text fragment.
    pub(super) fragment: Option<String>,
    #[serde(default)]
    pub(super) table: Vec<[String; 2]>,
    /// Kind, old words, new words; the old ones stand there once.
    pub(super) edits: Vec<[String; 3]>,
    /// A paragraph that is added later.
    pub(super) added: String,
    /// A headline that says something else.
    pub(super) headline: String,
}

/// A text with its language.
pub(super) type Found = (&'static Language, &'static Text);

/// The texts of one part: no text is in both.
pub(super) fn of_part(part: Part) -> Vec<Found> {
    LANGUAGES
        .iter()
        .flat_map(|language| language.text.iter().map(move |text| (language, text)))
        .filter(|(_, text)| Part::of(&text.id) == part)
        .collect()
}

/// The wordings of one part: the last of three or more is kept aside.
pub(super) fn wording(all: &'static [[String; 2]], part: Part, name: &str) -> &'static [String; 2] {
    let aside = all.len() / 3;
    let pool = match part {
        Part::Seen | Part::Aside if aside > 0 => &all[all.len() - aside..],
        _ => &all[..all.len() - aside],
    };
    let at = hash(name) % u64::try_from(pool.len()).unwrap();
    &pool[usize::try_from(at).unwrap()]
}
