//! The signatures in `config/signals`, read once: data, so that a new wall or a phrase in another
//! language is an entry and no code.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::content::passage::squeezed;
use crate::content::volatile;
use crate::judge::notice;

/// `walls.toml`.
pub static WALLS: LazyLock<Walls> = LazyLock::new(|| read(WALLS_FILE));

/// `soft_404.toml`.
pub static SOFT_404: LazyLock<SoftNotFound> = LazyLock::new(|| read(SOFT_404_FILE));

/// `parked.toml`.
pub static PARKED: LazyLock<Parked> = LazyLock::new(|| read(PARKED_FILE));

/// `retractions.toml`.
pub static RETRACTIONS: LazyLock<Retractions> = LazyLock::new(|| read(RETRACTIONS_FILE));

/// `parking_name_servers.toml`.
pub static NAME_SERVERS: LazyLock<NameServers> = LazyLock::new(|| read(NAME_SERVERS_FILE));

const WALLS_FILE: &str = include_str!("../../config/signals/walls.toml");
const SOFT_404_FILE: &str = include_str!("../../config/signals/soft_404.toml");
const PARKED_FILE: &str = include_str!("../../config/signals/parked.toml");
const NAME_SERVERS_FILE: &str = include_str!("../../config/signals/parking_name_servers.toml");
const RETRACTIONS_FILE: &str = include_str!("../../config/signals/retractions.toml");

/// Every file whose words a rule, or the comparison of two pages, goes by.
pub const FILES: &[&str] = &[
    WALLS_FILE,
    SOFT_404_FILE,
    PARKED_FILE,
    RETRACTIONS_FILE,
    NAME_SERVERS_FILE,
    volatile::FILE,
    notice::FILE,
];

pub(crate) fn read<T: serde::de::DeserializeOwned>(file: &str) -> T {
    toml::from_str(file).expect("a test reads the file")
}

/// How a text says that it was withdrawn or put right.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retractions {
    /// The phrases by language.
    pub phrase: Vec<Notice>,
    /// Words that go together, by language.
    pub words: Vec<NoticeWords>,
}

/// The words by which a page says of itself, in one language or a few akin, that it was withdrawn or put
/// right; in lower case.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeWords {
    /// The languages.
    pub language: String,
    /// Stems of «withdrawn».
    pub withdrawn: Vec<String>,
    /// Stems of «corrected».
    pub corrected: Vec<String>,
    /// What was: «article», «study».
    pub work: Vec<String>,
    /// «In an earlier version».
    pub earlier: Vec<String>,
    /// Labels of a notice of withdrawal.
    pub withdrawal: Vec<String>,
    /// Labels of a notice of correction.
    pub correction: Vec<String>,
    /// How a sentence begins that speaks of the text it stands at.
    pub opens: Vec<String>,
    /// Where the entry comes from.
    pub source: String,
}

/// Phrases of notices in one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// The language.
    pub language: String,
    /// The phrases.
    pub text: Vec<Phrase>,
    /// How the title, the first heading or a line opens that says it of this very work, in lower
    /// case and with its punctuation.
    #[serde(default)]
    pub opening: Vec<String>,
    /// Where the entry comes from.
    pub source: String,
}

/// What comes in the source's place.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Walls {
    /// Bot walls and challenges.
    pub wall: Vec<Wall>,
    /// Hosts that ask for consent.
    pub consent: Vec<Consent>,
    /// Labels of hosts and segments of addresses at which consent is asked for.
    pub consent_address: Segments,
    /// Addresses of login pages.
    pub login: Segments,
    /// Captchas and dialogs in a page's source.
    pub dialog: Vec<Dialog>,
    /// Maintenance pages.
    pub maintenance: Vec<Maintenance>,
}

/// One bot wall.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wall {
    /// As a sentence calls it.
    pub name: String,
    /// A header field that only the wall sends.
    pub header: Option<String>,
    /// What the field's value contains, in lower case; anything where there is none.
    pub value: Option<String>,
    /// Strings of its source.
    #[serde(default)]
    pub markup: Vec<String>,
    /// Phrases of its title or text.
    #[serde(default)]
    pub text: Vec<Phrase>,
    /// The language of the phrases.
    pub language: String,
    /// Where the entry comes from.
    pub source: String,
}

/// One consent host.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// The host.
    pub host: String,
    /// Where the entry comes from.
    pub source: String,
}

/// A kind of dialog that stands before a page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dialog {
    /// As a sentence calls it.
    pub name: String,
    /// Strings of its source, in lower case.
    pub markup: Vec<String>,
    /// Sites have it on each of their pages: it counts with a button that was not there.
    #[serde(default)]
    pub needs_button: bool,
    /// Where the entry comes from.
    pub source: String,
}

/// Path segments.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Segments {
    /// In lower case.
    pub segments: Vec<String>,
    /// Where the entries come from.
    #[serde(default)]
    pub source: String,
}

/// Phrases of maintenance pages in one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Maintenance {
    /// The language.
    pub language: String,
    /// The phrases.
    pub text: Vec<Phrase>,
    /// Where the entry comes from.
    pub source: String,
}

/// Error pages.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SoftNotFound {
    /// Their phrases by language.
    pub phrase: Vec<ErrorPhrases>,
    /// Their addresses.
    pub address: Segments,
    /// How a search says that it found nothing, by language.
    pub search: Vec<EmptySearch>,
    /// How a search field looks in a page's source.
    pub search_field: Markup,
}

/// Phrases of searches that found nothing, in one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmptySearch {
    /// The language.
    pub language: String,
    /// The phrases.
    pub line: Vec<Phrase>,
    /// Where the entry comes from.
    pub source: String,
}

/// Strings of pages' sources.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Markup {
    /// In lower case.
    pub markup: Vec<String>,
    /// Where the entries come from.
    pub source: String,
}

/// Phrases of error pages in one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorPhrases {
    /// The language.
    pub language: String,
    /// (Parts of) titles and first headings.
    pub title: Vec<Phrase>,
    /// Phrases of the text.
    pub line: Vec<Phrase>,
    /// Where the entry comes from.
    pub source: String,
}

/// Parked, expired, suspended and default pages.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parked {
    /// Each kind of them.
    pub lander: Vec<Lander>,
    /// The words of those who take over names to advertise bets, by language.
    pub gambling: Vec<Terms>,
}

/// Name servers of those who park and sell domains.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NameServers {
    /// Each of them.
    pub service: Vec<ParkingService>,
}

/// One who parks or sells domains.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParkingService {
    /// As a sentence calls it.
    pub service: String,
    /// What the servers' names are, or end in after a dot; in lower case.
    pub domain: Vec<String>,
    /// Where the entry comes from.
    pub source: String,
}

/// Words of a trade, in one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// The language, or «any» for words that many have taken over.
    pub language: String,
    /// In lower case; where a language has no spaces, a part of a line.
    pub terms: Vec<String>,
    /// Where the entries come from.
    pub source: String,
}

/// One kind of page that stands where a site was.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lander {
    /// Completes «The page is …».
    pub what: String,
    /// Hosts at which the visit ends.
    #[serde(default)]
    pub host: Vec<String>,
    /// Strings of its source.
    #[serde(default)]
    pub markup: Vec<String>,
    /// (Parts of) its title; `{host}` stands for the page's host.
    #[serde(default)]
    pub title: Vec<String>,
    /// Phrases of its text.
    #[serde(default)]
    pub text: Vec<Phrase>,
    /// The whole title or first heading of a page with next to no other text.
    #[serde(default)]
    pub alone: Vec<Phrase>,
    /// The language of titles and phrases.
    pub language: String,
    /// Where the entry comes from.
    pub source: String,
}

/// A phrase with the form in which it is compared.
#[derive(Debug, Deserialize)]
#[serde(from = "String")]
pub struct Phrase {
    /// As in the file.
    pub text: String,
    /// Letters and digits alone, case folded.
    pub squeezed: String,
}

impl From<String> for Phrase {
    fn from(text: String) -> Self {
        Self {
            squeezed: squeezed(&text),
            text,
        }
    }
}

/// The phrase by which a text says that a work was retracted or corrected.
pub fn notice_in(text: &str) -> Option<&'static Phrase> {
    let said = squeezed(text);
    let mut all = RETRACTIONS.phrase.iter();
    all.find_map(|notice| find(&notice.text, &said))
}

/// The first phrase that was said.
pub(crate) fn find<'a>(phrases: &'a [Phrase], said: &str) -> Option<&'a Phrase> {
    phrases
        .iter()
        .find(|phrase| said.contains(&phrase.squeezed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_read_and_every_entry_says_where_it_is_from() {
        let walls = &*WALLS;
        assert!(walls.wall.iter().all(|wall| !wall.source.is_empty()
            && !wall.language.is_empty()
            && (wall.header.is_some() || !wall.markup.is_empty() || !wall.text.is_empty())));
        assert!(walls.consent.iter().all(|entry| !entry.source.is_empty()));
        assert!(
            walls
                .maintenance
                .iter()
                .all(|entry| !entry.source.is_empty())
        );
        assert!(!walls.login.source.is_empty());
        assert!(
            RETRACTIONS
                .phrase
                .iter()
                .all(|notice| !notice.source.is_empty() && !notice.language.is_empty())
        );
        for entry in &RETRACTIONS.words {
            assert!(!entry.source.is_empty() && !entry.language.is_empty());
            let lists = [
                &entry.withdrawn,
                &entry.corrected,
                &entry.work,
                &entry.earlier,
                &entry.withdrawal,
                &entry.correction,
                &entry.opens,
            ];
            for word in lists.into_iter().flatten() {
                assert_eq!(&word.to_lowercase(), word);
            }
        }
        let languages: Vec<&str> = SOFT_404
            .phrase
            .iter()
            .map(|entry| entry.language.as_str())
            .collect();
        assert!(languages.len() >= 25, "{languages:?}");
        assert!(SOFT_404.phrase.iter().all(|entry| !entry.source.is_empty()));
        assert!(
            (SOFT_404.search.iter())
                .all(|entry| !entry.source.is_empty() && !entry.language.is_empty())
        );
        assert!(!SOFT_404.search_field.source.is_empty());
        assert!(WALLS.dialog.iter().all(|entry| !entry.source.is_empty()
            && (entry.markup.iter()).all(|sign| sign.to_ascii_lowercase() == *sign)));
        assert!(
            (PARKED.gambling.iter())
                .all(|entry| !entry.source.is_empty() && !entry.language.is_empty())
        );
        assert!(
            (NAME_SERVERS.service.iter()).all(|entry| !entry.source.is_empty()
                && !entry.domain.is_empty()
                && (entry.domain.iter()).all(|name| name.to_ascii_lowercase() == *name))
        );
        assert!(PARKED.lander.iter().all(|entry| !entry.source.is_empty()
            && !entry.language.is_empty()
            && !entry.what.is_empty()));
    }

    #[test]
    fn no_file_is_left_out() {
        // What is known of how people cite and mend, and of archives' addresses.
        const OF_READING: &[&str] = &[
            "access_terms.toml",
            "archived_terms.toml",
            "archives.toml",
            "months.toml",
            "note_headings.toml",
            "redirectors.toml",
            "wikitext_templates.toml",
        ];
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/config/signals");
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            let text = std::fs::read_to_string(&path).unwrap();
            let is_here = FILES.contains(&text.as_str());
            assert_eq!(is_here, !OF_READING.contains(&name), "{name}");
        }
    }

    #[test]
    fn no_phrase_is_so_short_that_it_is_everywhere() {
        let phrases = WALLS
            .wall
            .iter()
            .flat_map(|wall| &wall.text)
            .chain(WALLS.maintenance.iter().flat_map(|entry| &entry.text))
            .chain(SOFT_404.phrase.iter().flat_map(|entry| &entry.line))
            .chain(SOFT_404.search.iter().flat_map(|entry| &entry.line))
            .chain(PARKED.lander.iter().flat_map(|lander| &lander.text));
        for phrase in phrases {
            assert!(phrase.squeezed.len() >= 8, "{}", phrase.text);
        }
    }
}
