//! The citation templates of the languages' wikis, and what their parameters are called.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::formats::wikitext::structure::{Template, folded_name};

/// A language's citation templates.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Dialect {
    /// ISO 639-1.
    pub(crate) code: String,
    templates: Vec<String>,
    pub(crate) url: Vec<String>,
    pub(crate) accessed: Vec<String>,
    pub(crate) archive_url: Vec<String>,
    pub(crate) archive_date: Vec<String>,
    #[serde(default)]
    pub(crate) status: Vec<String>,
    pub(crate) dead: Option<String>,
    pub(crate) usurped: Option<String>,
    pub(crate) deviated: Option<String>,
    pub(crate) live: Option<String>,
    pub(crate) title: Vec<String>,
    pub(crate) authors: Vec<String>,
    #[serde(default)]
    pub(crate) last: Vec<String>,
    #[serde(default)]
    pub(crate) first: Vec<String>,
    pub(crate) date: Vec<String>,
    pub(crate) container: Vec<String>,
    #[serde(default)]
    pub(crate) quote: Vec<String>,
    pub(crate) webarchive: Vec<String>,
    pub(crate) dead_link: Vec<String>,
    /// The names under which a copy is written, spelled as they are.
    #[serde(skip)]
    pub(crate) written: Written,
}

/// Names of parameters as they are spelled.
#[derive(Debug, Default)]
pub(crate) struct Written {
    pub(crate) archive_url: String,
    pub(crate) archive_date: String,
    pub(crate) status: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    language: Vec<Dialect>,
}

static DIALECTS: LazyLock<Vec<Dialect>> = LazyLock::new(|| {
    let table: Table = toml::from_str(include_str!(
        "../../../config/signals/wikitext_templates.toml"
    ))
    .expect("the table is part of the program");
    table.language.into_iter().map(Dialect::folded).collect()
});

static BY_TEMPLATE: LazyLock<HashMap<&'static str, Vec<&'static Dialect>>> = LazyLock::new(|| {
    let mut by_template: HashMap<&str, Vec<&Dialect>> = HashMap::new();
    for dialect in DIALECTS.iter() {
        for name in &dialect.templates {
            by_template.entry(name).or_default().push(dialect);
        }
    }
    by_template
});

impl Dialect {
    fn folded(mut self) -> Self {
        let first = |names: &[String]| names.first().cloned();
        self.written = Written {
            archive_url: first(&self.archive_url).unwrap_or_default(),
            archive_date: first(&self.archive_date).unwrap_or_default(),
            status: first(&self.status),
        };
        for names in [
            &mut self.url,
            &mut self.accessed,
            &mut self.archive_url,
            &mut self.archive_date,
            &mut self.status,
            &mut self.title,
            &mut self.authors,
            &mut self.last,
            &mut self.first,
            &mut self.date,
            &mut self.container,
            &mut self.quote,
        ] {
            for name in names {
                *name = folded_name(name).replace('-', " ");
            }
        }
        self
    }

    fn known_in(&self, template: &Template) -> usize {
        let lists = [
            &self.url,
            &self.accessed,
            &self.archive_url,
            &self.archive_date,
            &self.status,
            &self.title,
            &self.date,
            &self.container,
        ];
        let is_known = |key: &String| lists.iter().any(|names| names.contains(key));
        let keys = template.parameters.iter().map(|parameter| &parameter.key);
        keys.filter(|key| is_known(key)).count()
    }
}

/// The dialect of a citation template; `None` for a template of another kind. `cite web/de` is one of
/// English names, whatever wiki it stands in.
pub(crate) fn of(template: &Template) -> Option<&'static Dialect> {
    let name = template.name.as_str();
    let bare = name.split('/').next().unwrap_or_default().trim_end();
    let known = BY_TEMPLATE.get(name).or_else(|| BY_TEMPLATE.get(bare));
    if let Some(dialects) = known {
        // Of those that know as many, the first.
        let best = dialects.iter().rev();
        return best
            .max_by_key(|dialect| dialect.known_in(template))
            .copied();
    }
    bare.starts_with("cite ").then(|| &DIALECTS[0])
}

/// Whether a template names a copy of the link before it.
pub(crate) fn is_webarchive(template: &Template) -> bool {
    DIALECTS
        .iter()
        .any(|dialect| dialect.webarchive.contains(&template.name))
}

/// Whether a template says that the link before it is dead.
pub(crate) fn is_dead_link(template: &Template) -> bool {
    DIALECTS
        .iter()
        .any(|dialect| dialect.dead_link.contains(&template.name))
}

/// The dialect of a language, English where it has none.
pub(crate) fn of_language(code: &str) -> &'static Dialect {
    let found = DIALECTS.iter().find(|dialect| dialect.code == code);
    found.unwrap_or(&DIALECTS[0])
}
