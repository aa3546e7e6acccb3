//! `ibid tell` as an operator meets it: the program itself, with a configuration file.

use std::fs;
use std::process::Command;

use super::Reader;
use crate::support::smtp::Mood;

/// Runs `ibid tell`; its exit code, and what it said on both ways out.
fn ibid_tell(reader: &Reader, arguments: &[&str]) -> (i32, String) {
    let file = reader.house.texts().parent().unwrap().join("ibid.toml");
    fs::write(&file, toml::to_string(&reader.house.config).unwrap()).unwrap();
    let ran = Command::new(env!("CARGO_BIN_EXE_ibid"))
        .arg("tell")
        .args(arguments)
        .arg("--config")
        .arg(&file)
        .env_remove("RUST_LOG")
        .env_remove("IBID_TEST_SECRET")
        .output()
        .unwrap();
    let said = [ran.stdout, ran.stderr].concat();
    (ran.status.code().unwrap(), String::from_utf8(said).unwrap())
}

#[test]
fn a_channel_is_tried_before_anything_turned() {
    let reader = Reader::of(&["http://press.example/a"]);
    let (code, said) = ibid_tell(&reader, &["--test", "mail"]);
    assert_eq!((code, said.as_str()), (0, "delivered to mail\n"));
    assert_eq!(reader.subjects(), ["Ibid: a test of the channel mail"]);
    assert_eq!(ibid_tell(&reader, &["--test", "hook"]).0, 0);
    assert_eq!(reader.hook.posted()[0].json()["kind"], "test");

    reader.mail.as_ref().unwrap().is(Mood::Refuses);
    let (code, said) = ibid_tell(&reader, &["--test", "mail"]);
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("not delivered to mail") && said.contains("not now"),
        "{said}"
    );
    let (code, said) = ibid_tell(&reader, &["--test", "male"]);
    assert_eq!(code, 2);
    assert!(
        said.contains("no channel «male»; there are mail, hook"),
        "{said}"
    );
}

#[test]
fn what_turned_is_told_what_waits_is_listed_and_tried_again() {
    let mut reader = Reader::of(&["http://press.example/a"]);
    reader.gone("/a");
    reader.house.check_times(3, 3);
    reader.mail.as_ref().unwrap().is(Mood::Refuses);
    let (code, said) = ibid_tell(&reader, &[]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("2 made, 1 delivered, 1 waiting"), "{said}");
    assert!(said.contains("WARN") && said.contains("not now"), "{said}");
    let (code, said) = ibid_tell(&reader, &["--list"]);
    assert_eq!(code, 1);
    assert!(said.contains("editors on mail"), "{said}");
    assert!(
        said.contains("1 attempt until now") && said.contains("not now"),
        "{said}"
    );

    reader.mail.as_ref().unwrap().is(Mood::Takes);
    let (code, said) = ibid_tell(&reader, &["--again"]);
    assert_eq!(
        (code, said.as_str()),
        (0, "0 made, 1 delivered, 0 waiting\n")
    );
    assert_eq!(
        ibid_tell(&reader, &["--list"]),
        (0, "nothing waits\n".to_owned())
    );

    reader.house.config.telling.route.clear();
    let (code, said) = ibid_tell(&reader, &[]);
    assert_eq!(code, 2);
    assert!(said.contains("[[telling.route]]"), "{said}");
}

#[test]
fn a_secret_that_is_not_there_is_named_by_its_key() {
    let mut reader = Reader::of(&["http://press.example/a"]);
    let channel = &mut reader.house.config.telling.channel[1];
    channel.secret_file = "/nowhere/secret".into();
    let (code, said) = ibid_tell(&reader, &[]);
    assert_eq!(code, 2);
    for words in [
        "channel «hook»",
        "telling.channel.secret_file",
        "/nowhere/secret",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let channel = &mut reader.house.config.telling.channel[1];
    channel.secret_file = std::path::PathBuf::new();
    "IBID_TEST_SECRET".clone_into(&mut channel.secret_env);
    let (code, said) = ibid_tell(&reader, &[]);
    assert_eq!(code, 2);
    assert!(
        said.contains("the environment lacks telling.channel.secret_env"),
        "{said}"
    );
}
