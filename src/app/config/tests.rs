//! The configuration and its manual say the same, and every error says where and what to do.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use proptest::prelude::*;

use crate::app::config::{Config, MANUAL, VisitSection};
use crate::app::wiring;
use crate::model::verdict::State;

fn parse(text: &str) -> Result<Config, String> {
    Config::parse(text, Path::new("my.toml")).map_err(|error| error.to_string())
}

fn keys(table: &toml::Table) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for (section, held) in table {
        for key in held.as_table().unwrap().keys() {
            keys.insert(format!("{section}.{key}"));
        }
    }
    keys
}

#[test]
fn the_manual_has_every_key_with_its_default_and_no_other() {
    let manual: toml::Table = MANUAL.parse().unwrap();
    let code = toml::Table::try_from(Config::default()).unwrap();
    assert_eq!(keys(&manual), keys(&code));
    assert_eq!(parse(MANUAL).unwrap(), Config::default());
}

#[test]
fn every_key_of_the_manual_is_explained() {
    let lines: Vec<_> = MANUAL.lines().collect();
    for pair in lines.windows(2) {
        let is_setting = pair[1].contains('=') || pair[1].starts_with('[');
        if is_setting && !pair[1].starts_with('#') {
            assert!(pair[0].starts_with("# "), "no comment before {}", pair[1]);
        }
    }
}

#[test]
fn a_key_left_out_keeps_its_default() {
    let config = parse(
        "[confirm]\nchecks = 5\ngap = \"12h\"\n[net.hosts]\n\"a.example:8080\" = \"10.1.2.3\"\n\
         [report]\nflag = [\"dead\", \"soft_404\"]",
    )
    .unwrap();
    assert_eq!(config.confirm.checks, 5);
    assert_eq!(config.confirm.gap, Duration::from_hours(12));
    assert_eq!(config.report.flag, [State::Dead, State::SoftNotFound]);
    assert_eq!(config.net.hosts["a.example:8080"].port, None);
    assert_eq!(config.visit, VisitSection::default());
    assert_eq!(parse("").unwrap(), Config::default());
}

#[test]
fn an_error_names_file_line_key_and_what_to_do() {
    let told: Vec<_> = [
        "[net]\n\npause = \"1 week\"",
        "[net]\npaws = \"1s\"",
        "[nett]\n",
        "[visit]\nmax_body_bytes = \"64 megs\"",
        "[visit]\nmax_body_bytes = -1",
        "[visit]\nretries = \"two\"",
        "[visit]\nmax_redirects = 51",
        "[visit]\ntotal_timeout = \"0s\"",
        "[visit]\nmax_body_bytes = \"1 GiB\"",
        "[confirm]\n# none\nchecks = 0",
        "[report]\nflag = [\"dead\", \"gone\"]",
        "[net]\nresolvers = [\"dns.example\"]",
        "net.hosts = { \"a.example\" = \"b.example\" }",
        "[canary]\nhosts = [\"https://a.example/\"]",
        "[archive]\nprefix = \"A-B\"",
        "[archive\n",
        "[[places.place]]\nname = \"a\"\nat = \"/t\"\n\n[[places.place]]\nname = \"b\"\nat = \"/t\"\ncron = \"61 * * * *\"",
        "[[places.place]]\nname = \"a\"\n",
        "[[places.place]]\nname = \"a\"\nat = \"/t\"\n[[places.place]]\nat = \"/t\"\nname = \"a\"",
        "[[places.place]]\nname = \"a\"\nat = \"https://a.example/\"",
        "[[places.place]]\nname = \"a\"\nkind = \"feed\"\nat = [\"https://a.example/\", \"a.example\"]",
        "[[places.place]]\nname = \"a\"\nkind = \"pages\"",
        "[[places.place]]\nname = \"a\"\nat = 7",
        "[[places.place]]\nname = \"a\"\nevery = \"1h\"",
        "[[places.place]]\nname = \"a\"\nat = \"/t\"\ncron = \"@daily\"\nzone = \"Vilnius\"",
        "[[places.place]]\nname = \"a\"\nat = \"/t\"\nmax_documents = 0",
        "places.place = 1",
        "[[public_archives.archive]]\nname = \"A\"\nkind = \"wayback\"\nlist = \"https://a.example/cdx\"\nraw = \"https://a.example/{timestamp}id_/\"",
        "[public_archives]\ntimeout = \"1m\"\n\n[[public_archives.archive]]\nname = \"A\"\nlist = \"https://a.example/{url}\"\n\n[[public_archives.archive]]\nname = \"B\"\nkind = \"timegate\"",
        "[[public_archives.archive]]\nname = \"A\"\nlist = \"https://a.example/{url}\"\nper_minute = 0",
        "[[public_archives.archive]]\nname = \"A\"\nlist = \"https://a.example/{url}\"\ntimeout = 5",
        "[schedule]\nquiet_hours = [\"22-6\"]",
        "[schedule]\nevery = \"60d\"",
        "[[schedule.rule]]\nhost = \"https://a.example/\"\nevery = \"1d\"",
        "[[schedule.rule]]\nhost = \"a.example\"\ncron = \"at noon\"",
        "[service]\nlisten = \"here\"",
    ]
    .map(|text| format!("{text}\n    => {}", parse(text).unwrap_err()))
    .to_vec();
    insta::assert_snapshot!(told.join("\n\n"));
}

#[test]
fn a_place_is_read_with_one_address_or_several() {
    let config = parse(
        "[[places.place]]\nname = \"a\"\nat = \"texts\"\nwatch = false\n[[places.place]]\nname = \"b\"\n\
         kind = \"page\"\nat = [\"https://a.example/1\", \"https://a.example/2\"]\ncron = \"0 6 * * 1\"\n\
         zone = \"Europe/Vilnius\"",
    )
    .unwrap();
    assert_eq!(config.places.place[0].at, ["texts"]);
    let places = wiring::places(&config).unwrap();
    assert!(!places[0].is_watched && places[0].cron.is_none());
    assert_eq!(places[1].place.at.len(), 2);
    assert_eq!(places[1].cron.as_ref().unwrap().as_str(), "0 6 * * 1");
    let written = toml::to_string(&config).unwrap();
    assert_eq!(parse(&written).unwrap(), config);
}

#[test]
fn a_file_is_read_and_a_missing_one_is_named() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, "[check]\nworkers = 3").unwrap();
    assert_eq!(Config::load(Some(file.path())).unwrap().check.workers, 3);
    assert_eq!(Config::load(None).unwrap(), Config::default());
    let missing = Config::load(Some(Path::new("no/such.toml"))).unwrap_err();
    assert!(missing.to_string().contains("no/such.toml"), "{missing}");
}

#[test]
fn the_user_agent_names_a_contact_where_there_is_one() {
    let version = env!("CARGO_PKG_VERSION");
    let mut visit = VisitSection::default();
    assert_eq!(visit.agent(), format!("Ibid/{version}"));
    visit.contact = "https://library.example/ibid".to_owned();
    let agent = format!("Ibid/{version} (+https://library.example/ibid)");
    assert_eq!(visit.agent(), agent);
    visit.user_agent = "Ours/1".to_owned();
    assert_eq!(visit.agent(), "Ours/1");
}

proptest! {
    #[test]
    fn no_text_breaks_the_reading(text in "(\\[[a-z]{1,9}\\]\n)?([a-z_.]{1,12} ?= ?[\"0-9a-z\\[\\]{}é]{0,9}\n)*") {
        let _ = parse(&text);
    }
}
