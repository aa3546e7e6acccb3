//! The configuration and its manual say the same, and every error says where and what to do.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use proptest::prelude::*;

use crate::app::config::telling::{ChannelEntry, RouteEntry};
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

/// The manual with its examples as settings.
fn with_examples() -> String {
    let lines = MANUAL.lines().map(|line| match line.strip_prefix('#') {
        Some(example) if !example.is_empty() && !example.starts_with(' ') => example,
        _ => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_examples_of_the_manual_are_explained_and_have_every_key() {
    let text = with_examples();
    let config = parse(&text).unwrap();
    assert_eq!(config.telling.channel.len(), 2);
    assert_eq!(
        config.telling.route[0],
        RouteEntry {
            name: "to editors".to_owned(),
            channel: "editors".to_owned(),
            ..RouteEntry::default()
        }
    );
    let written: toml::Table = text.parse().unwrap();
    let names = |table: &toml::Table| table.keys().cloned().collect::<BTreeSet<_>>();
    let sections = |list: &str| {
        let sections = written["telling"][list].as_array().unwrap();
        let sections = sections.iter().map(|section| section.as_table().unwrap());
        sections.flat_map(names).collect::<BTreeSet<_>>()
    };
    let channel = toml::Table::try_from(ChannelEntry::default()).unwrap();
    let route = toml::Table::try_from(RouteEntry::default()).unwrap();
    assert_eq!(sections("channel"), names(&channel));
    assert_eq!(sections("route"), names(&route));
    let lines: Vec<_> = MANUAL.lines().collect();
    for pair in lines.windows(2) {
        if pair[1].starts_with('#') && !pair[1].starts_with("# ") && pair[1] != "#" {
            assert!(pair[0].starts_with("# "), "no comment before {}", pair[1]);
        }
    }
}

#[test]
fn an_error_of_telling_names_the_line_of_its_section() {
    const MAIL: &str = "[[telling.channel]]\nname = \"mail\"\nserver = \"localhost\"\n\
        from = \"ibid@a.example\"\nto = [\"anna@a.example\"]\n";
    let told: Vec<_> = [
        "[[telling.channel]]\nname = \"mail\"",
        "SAME MAIL[[telling.channel]]\nname = \"mail\"",
        "[[telling.channel]]\nkind = \"pigeon\"",
        "[[telling.channel]]\npasword = \"x\"",
        "MAIL security = \"none\"\n[[telling.channel]]\nkind = \"webhook\"\nname = \"hook\"\nurl = \"hooks\"",
        "MAILserver = \"mail.a.example\"\nsecurity = \"none\"",
        "MAILuser = \"ibid\"",
        "MAIL[[telling.route]]\nname = \"all\"\nchannel = \"male\"",
        "MAIL[[telling.route]]\nname = \"all\"\nchannel = \"mail\"\ndigest = \"8 o'clock\"",
        "MAIL[[telling.route]]\nname = \"all\"\nchannel = \"mail\"\nowners = [\"anna\"]",
        "MAIL[[telling.route]]\nname = \"all\"\nchannel = \"mail\"\nstates = [\"gone\"]",
        "[telling]\ngive_up_after = \"0s\"",
    ]
    .map(|text| {
        let written = text.replace("SAME ", "").replace("MAIL", MAIL);
        let written = if text.contains("MAILserver") {
            written.replacen("server = \"localhost\"\n", "", 1)
        } else {
            written
        };
        format!("{text}\n    => {}", parse(&written).unwrap_err())
    })
    .to_vec();
    insta::assert_snapshot!(told.join("\n\n"));
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
        "[schedule]\nzone = \"Berlin\"",
        "[net]\nmax_bytes_per_second = \"1 kB\"",
        "[[places.place]]\nname = \"essays\"\nat = \"/t\"\n[[telling.channel]]\nname = \"a\"\nkind = \"webhook\"\nurl = \"https://a.example/\"\n[[telling.route]]\nname = \"r\"\nchannel = \"a\"\nplaces = [\"essay\"]",
        "[[places.place]]\nname = \"essays\"\nat = \"/t\"\n[[telling.channel]]\nname = \"a\"\nkind = \"webhook\"\nurl = \"https://a.example/\"\n[[telling.route]]\nname = \"r\"\nchannel = \"a\"\ndocuments = [\"essays\"]",
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
