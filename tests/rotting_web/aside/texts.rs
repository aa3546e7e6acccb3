//! The texts of these sites, and the words around them, in `texts/*.toml`: written for this.

use std::sync::LazyLock;

use serde::Deserialize;

static LANGUAGES: LazyLock<Vec<Words>> = LazyLock::new(|| {
    [
        include_str!("texts/ar.toml"),
        include_str!("texts/cs.toml"),
        include_str!("texts/de.toml"),
        include_str!("texts/el.toml"),
        include_str!("texts/en.toml"),
        include_str!("texts/es.toml"),
        include_str!("texts/fr.toml"),
        include_str!("texts/hu.toml"),
        include_str!("texts/id.toml"),
        include_str!("texts/it.toml"),
        include_str!("texts/ja.toml"),
        include_str!("texts/ko.toml"),
        include_str!("texts/pl.toml"),
        include_str!("texts/pt.toml"),
        include_str!("texts/ru.toml"),
        include_str!("texts/sv.toml"),
        include_str!("texts/tr.toml"),
        include_str!("texts/zh.toml"),
    ]
    .map(|text| toml::from_str(text).unwrap())
    .into()
});

/// A heading and a line.
pub(super) type Pair = [String; 2];

/// What a site says in one language, apart from its articles.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    pub(super) lang: String,
    pub(super) menu: Vec<String>,
    pub(super) related: Vec<String>,
    pub(super) ads: Vec<String>,
    pub(super) cookie: String,
    pub(super) share: String,
    pub(super) updated: String,
    pub(super) views: String,
    pub(super) comments: String,
    pub(super) readers: Vec<String>,
    pub(super) not_found: Vec<Pair>,
    pub(super) nothing_found: Pair,
    pub(super) maintenance: Vec<Pair>,
    pub(super) captcha: Pair,
    pub(super) login: Pair,
    pub(super) pay: Pair,
    pub(super) consent: Pair,
    pub(super) geo: Pair,
    pub(super) busy: Pair,
    pub(super) for_sale: Vec<Pair>,
    pub(super) suspended: Pair,
    pub(super) expired: Pair,
    pub(super) correction: String,
    pub(super) retraction: String,
    pub(super) other: Other,
    text: Vec<Text>,
}

/// Another text, for what takes the place of one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Other {
    pub(super) title: String,
    pub(super) paragraphs: Vec<String>,
}

/// One article.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Text {
    pub(super) id: String,
    /// It reads like what it is not.
    #[serde(default)]
    pub(super) trap: bool,
    /// A sentence or two in all.
    #[serde(default)]
    pub(super) short: bool,
    pub(super) title: String,
    pub(super) author: String,
    /// Headings, before the second and the fourth paragraph.
    pub(super) sections: Vec<String>,
    pub(super) paragraphs: Vec<String>,
    pub(super) table: Vec<[String; 2]>,
    pub(super) quote: String,
    /// Kind, old words, new words; the old ones stand there once.
    pub(super) edits: Vec<[String; 3]>,
    pub(super) added: String,
    pub(super) headline: String,
}

/// Every text with its language.
pub(super) fn all() -> impl Iterator<Item = (&'static Words, &'static Text)> {
    LANGUAGES
        .iter()
        .flat_map(|words| words.text.iter().map(move |text| (words, text)))
}
