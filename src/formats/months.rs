//! The names of the months in many languages.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::formats::tokens;

/// A month that a name can mean, and in which language.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Meaning {
    /// The language (ISO 639-1).
    pub(crate) language: String,
    /// From 1 to 12.
    pub(crate) month: u32,
    /// Whether it is a month of the Solar Hijri calendar.
    pub(crate) is_solar_hijri: bool,
}

/// What a name (lower case, composed) can mean; empty where it is no month's.
pub(crate) fn meanings(name: &str) -> &'static [Meaning] {
    NAMES.get(name).map_or(&[], Vec::as_slice)
}

/// The spellings of the months of a language, January first, the full one of each first.
pub(crate) fn spellings(language: &str) -> Option<&'static [Vec<String>]> {
    SPELLINGS.get(language).map(Vec::as_slice)
}

static SPELLINGS: LazyLock<HashMap<String, Vec<Vec<String>>>> = LazyLock::new(|| {
    let table: Table = toml::from_str(TABLE).expect("the table is part of the program");
    let spelled = |month: &str| {
        month
            .split(' ')
            .map(|name| name.replace('_', " "))
            .collect()
    };
    let of = |months: &toml::Value| {
        let months = months.as_array().into_iter().flatten();
        months
            .filter_map(toml::Value::as_str)
            .map(spelled)
            .collect()
    };
    let languages = table.names.iter();
    languages
        .map(|(language, months)| (language.clone(), of(months)))
        .collect()
});

const TABLE: &str = include_str!("../../config/signals/months.toml");

#[derive(Deserialize)]
struct Table {
    names: toml::map::Map<String, toml::Value>,
    solar_hijri: toml::map::Map<String, toml::Value>,
}

static NAMES: LazyLock<HashMap<String, Vec<Meaning>>> = LazyLock::new(|| {
    let table: Table = toml::from_str(TABLE).expect("the table is part of the program");
    let mut names: HashMap<String, Vec<Meaning>> = HashMap::new();
    for (languages, is_solar_hijri) in [(&table.names, false), (&table.solar_hijri, true)] {
        for (language, months) in languages {
            let months = months.as_array().into_iter().flatten();
            for (month, spellings) in (1..).zip(months.filter_map(toml::Value::as_str)) {
                for name in spellings.split(' ') {
                    names.entry(tokens::fold(name)).or_default().push(Meaning {
                        language: language.clone(),
                        month,
                        is_solar_hijri,
                    });
                }
            }
        }
    }
    names
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_names_twelve_months() {
        let mut months: HashMap<&str, Vec<u32>> = HashMap::new();
        for meaning in NAMES.values().flatten() {
            months
                .entry(&meaning.language)
                .or_default()
                .push(meaning.month);
        }
        assert!(months.len() >= 35);
        for (language, months) in months {
            assert!((1..=12).all(|month| months.contains(&month)), "{language}");
        }
    }

    #[test]
    fn a_name_can_mean_two_months() {
        let means = |language: &str| {
            meanings("listopad")
                .iter()
                .find(|m| m.language == language)
                .map(|m| m.month)
        };
        assert_eq!(
            (means("hr"), means("pl"), means("cs")),
            (Some(10), Some(11), Some(11))
        );
    }
}
