//! From a document whose sources rot to the document with its copies.
#![expect(
    clippy::unwrap_used,
    reason = "clippy knows test functions, not what they call"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use ibid::app::config::{ArchiveKind, PublicArchiveEntry};
use ibid::app::wiring;
use ibid::catalog::records::Document;
use ibid::memento::timemap::to_http_date;
use ibid::model::time::Timestamp;
use ibid::workflow::copies::{Copies, Holds};
use ibid::workflow::restore::{self, Asked, Chosen, Outcome, Plan, RestoreError};

use crate::support::house::Ibid;
use crate::support::site::{Answer, Site};

const MOST: u64 = 1 << 20;
pub(crate) const DESK: &str = "https://ibid.house.example";

fn story(what: &str) -> String {
    format!(
        "<html><head><title>Of {what}</title></head><body><article><h1>Of {what}</h1><p>The harbour master keeps a long and careful record of {what} \
         in all of its forms, and every spring he reads it aloud to those who come down to the quay to hear him do so. \
         “Nobody has ever counted the boats that went out for {what} and came home with none”, he says.</p>\
         <p>There is a second book, in which he writes what he thinks of it; nobody has seen that one open.</p></article></body></html>"
    )
}

/// A house in which note 1 is cited, captured a day later, and gone for good; note 2 stands.
pub(crate) fn rotten(public_url: &str) -> (Site, Ibid) {
    let site = Site::start();
    let mut house = Ibid::on(&site, &["press.example"]);
    public_url.clone_into(&mut house.config.desk.public_url);
    house.cites(&[
        ("http://press.example/a", "2020/11/24"),
        ("http://press.example/b", "2020/11/24"),
    ]);
    let page = site.page("press.example/a").says(&story("herring"));
    site.page("press.example/b").says(&story("cod"));
    house.days_pass(1);
    house.check();
    page.answers(Answer::status(404));
    house.check_times(3, 4);
    (site, house)
}

pub(crate) fn document(house: &Ibid) -> Document {
    house.catalog().documents().unwrap().remove(0)
}

fn planned(house: &Ibid, asked: &Asked) -> Result<Plan, RestoreError> {
    let catalog = house.catalog();
    let copies = Copies {
        catalog: catalog.as_ref(),
        shelf: wiring::shelf(&house.config),
        window: wiring::policy(&house.config).baseline_window,
        public_url: Some(house.config.desk.public_url.as_str()).filter(|url| !url.is_empty()),
    };
    restore::plan(&copies, &document(house), asked, MOST, house.now())
}

fn write(house: &Ibid, plan: &Plan) -> Result<(), RestoreError> {
    let within = [fs::canonicalize(house.texts()).unwrap()];
    restore::write(
        house.catalog().as_ref(),
        plan,
        &within,
        "an editor",
        MOST,
        house.now(),
    )
}

pub(crate) fn text(house: &Ibid) -> String {
    fs::read_to_string(house.texts().join("article.txt")).unwrap()
}

#[test]
fn a_dead_citation_gets_the_copy_of_the_day_and_stays_watched() {
    let (_site, house) = rotten(DESK);
    let before = text(&house);

    let plan = planned(&house, &Asked::default()).unwrap();
    assert_eq!(text(&house), before, "planning writes nothing");
    write(&house, &plan).unwrap();

    let copy = format!("{DESK}/web/20201125120000/http://press.example/a");
    assert_eq!(
        text(&house),
        before.replacen(
            "(Accessed 2020/11/24)",
            &format!("(Accessed 2020/11/24), Archived at: {copy} (Archived 2020/11/25)"),
            1
        )
    );
    let checked = house.check_times(1, 4);
    let cited = checked.cited("1");
    assert_eq!(cited.citation.archived.as_ref().unwrap().url, copy);
    assert_eq!(checked.says("1"), "dead");
    assert_eq!(
        checked.turned(),
        [] as [String; 0],
        "it is the same citation as before"
    );
    assert!(checked.cited("2").citation.archived.is_none());

    let again = planned(&house, &Asked::default()).unwrap();
    assert_eq!(again.mended.edits, []);
    let writings = house.catalog().writings_of(document(&house).id, 9).unwrap();
    assert_eq!(writings.len(), 1);
    assert_eq!(writings[0].writing.restored[0].citation, cited.id);
    assert!(writings[0].writing.restored[0].capture.is_some());
}

#[test]
fn what_was_written_is_taken_back_and_others_edits_stay() {
    let (_site, house) = rotten(DESK);
    let before = text(&house);
    write(&house, &planned(&house, &Asked::default()).unwrap()).unwrap();
    let path = house.texts().join("article.txt");
    fs::write(&path, text(&house).replace("An essay", "A better essay")).unwrap();

    let catalog = house.catalog();
    let document = document(&house);
    let undoing = restore::undoing(catalog.as_ref(), &document, MOST).unwrap();
    restore::undo(catalog.as_ref(), &document, &undoing, MOST, house.now()).unwrap();

    assert_eq!(text(&house), before.replace("An essay", "A better essay"));
    let nothing = restore::undoing(catalog.as_ref(), &document, MOST).unwrap_err();
    assert!(
        matches!(nothing, RestoreError::NothingToUndo(_)),
        "{nothing}"
    );

    write(&house, &planned(&house, &Asked::default()).unwrap()).unwrap();
    fs::write(&path, text(&house).replace("Archived at", "Kept at")).unwrap();
    let why = restore::undoing(catalog.as_ref(), &document, MOST).unwrap_err();
    assert!(matches!(why, RestoreError::Irrevocable { .. }), "{why}");
}

#[test]
fn a_document_that_changed_is_read_again_and_one_that_changes_meanwhile_is_left() {
    let (_site, house) = rotten(DESK);
    let path = house.texts().join("article.txt");
    fs::write(&path, format!("New words before.\n\n{}", text(&house))).unwrap();

    let plan = planned(&house, &Asked::default()).unwrap();
    assert_eq!(plan.mended.edits.len(), 1);
    fs::write(&path, format!("{} And more.", text(&house))).unwrap();
    let theirs = text(&house);
    let why = write(&house, &plan).unwrap_err();

    assert!(matches!(why, RestoreError::Write(_)), "{why}");
    assert!(why.to_string().contains("changed meanwhile"), "{why}");
    assert_eq!(text(&house), theirs);
    let writings = house.catalog().writings_of(document(&house).id, 9).unwrap();
    assert!(writings[0].undone_at.is_some());
    let names = fs::read_dir(house.texts()).unwrap().count();
    assert_eq!(names, 1, "a temporary file was left");

    let outside = [PathBuf::from("/somewhere/else")];
    let plan = planned(&house, &Asked::default()).unwrap();
    let why = restore::write(
        house.catalog().as_ref(),
        &plan,
        &outside,
        "x",
        MOST,
        house.now(),
    );
    assert!(matches!(why, Err(RestoreError::Outside(_))));
    assert_eq!(text(&house), theirs);
}

#[test]
fn a_copy_that_readers_cannot_open_is_not_written_and_what_is_left_is_said() {
    let (_site, house) = rotten("");
    let plan = planned(&house, &Asked::default()).unwrap();
    let Outcome::NoGoodCopy(left) = &plan.answers[0].outcome else {
        panic!("{plan:#?}");
    };
    assert!(
        left[0].contains("desk.public_url") && left[0].contains("2020-11-25"),
        "{left:?}"
    );
    assert_eq!(plan.mended.edits, []);

    let chosen = Asked {
        notes: vec!["1".to_owned()],
        chosen: Some(Chosen {
            url: "https://archive.ph/AbCdE".to_owned(),
            at: "2020-11-26".parse().unwrap(),
        }),
        ..Asked::default()
    };
    write(&house, &planned(&house, &chosen).unwrap()).unwrap();
    assert!(text(&house).contains("Archived at: https://archive.ph/AbCdE (Archived 2020/11/26)"));

    let why = planned(
        &house,
        &Asked {
            notes: vec!["9".to_owned()],
            ..Asked::default()
        },
    )
    .unwrap_err();
    assert!(why.to_string().ends_with("it has 1, 2"), "{why}");
}

#[test]
fn a_public_copy_of_the_words_cited_goes_before_our_own_of_another_text() {
    let site = Site::start();
    let mut house = Ibid::on(&site, &["press.example", "archive.example"]);
    DESK.clone_into(&mut house.config.desk.public_url);
    house.config.public_archives.archive = vec![PublicArchiveEntry {
        name: "Somebody's archive".to_owned(),
        kind: ArchiveKind::Memento,
        list: "http://archive.example/timemap/link/{url}".to_owned(),
        raw: "http://archive.example/web/{timestamp}id_/{url}".to_owned(),
        per_minute: 60_000,
        timeout: std::time::Duration::from_secs(10),
        dormancy: std::time::Duration::from_mins(5),
    }];
    let url = "http://press.example/a";
    let quote =
        "Nobody has ever counted the boats that went out for herring and came home with none";
    house.writes(
        "article.txt",
        &format!("He said: “{quote}”[1]\n\nFootnotes\n\n[1] Master, H. (2019), “Of herring”, Available at: {url} (Accessed 2020/11/24)\n"),
    );
    let at: Timestamp = "2020-11-20T12:00:00Z".parse().unwrap();
    let raw = format!("archive.example/web/20201120120000id_/{url}");
    let list = format!(
        "<{url}>; rel=\"original\",\n<http://{raw}>; rel=\"memento\"; datetime=\"{}\"",
        to_http_date(at)
    );
    site.page(&format!("archive.example/timemap/link/{url}"))
        .answers(Answer::status(200).body(list.as_bytes()));
    site.page(&raw)
        .answers(Answer::html(&story("herring")).header("Memento-Datetime", &to_http_date(at)));
    let page = site.page("press.example/a").says(&story("mackerel"));
    house.days_pass(60);
    house.check();
    page.answers(Answer::status(410));
    house.check_times(3, 4);

    let plan = planned(&house, &Asked::default()).unwrap();

    let copies = &plan.answers[0].copies;
    assert_eq!(copies[0].holds, Holds::Words, "{copies:#?}");
    assert_eq!(copies[0].archive.as_deref(), Some("Somebody's archive"));
    assert!(!copies[1].is_good, "{copies:#?}");
    let mended = String::from_utf8(plan.mended.bytes.clone()).unwrap();
    assert!(
        mended.contains("Archived at: http://archive.example/web/20201120120000/http://press.example/a (Archived 2020/11/20)"),
        "{mended}"
    );
}

/// The program in the folder of documents, on the house's archive.
fn ibid(house: &Ibid, arguments: &[&str]) -> Output {
    let settings = house.root().with_file_name("ibid.toml");
    let public_url = &house.config.desk.public_url;
    fs::write(
        &settings,
        format!("[desk]\npublic_url = \"{public_url}\"\n"),
    )
    .unwrap();
    Command::new(env!("CARGO_BIN_EXE_ibid"))
        .args(["--archive".as_ref(), house.root().as_os_str()])
        .args(["--config".as_ref(), settings.as_os_str()])
        .args(arguments)
        .current_dir(house.texts())
        .output()
        .unwrap()
}

fn applies(folder: &Path, program: &str, arguments: &[&str], patch: &[u8]) {
    fs::write(folder.join("p.diff"), patch).unwrap();
    let output = Command::new(program)
        .args(arguments)
        .arg("p.diff")
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{program}: {output:?}");
    fs::remove_file(folder.join("p.diff")).unwrap();
}

#[test]
fn the_command_prints_a_patch_that_applies_writes_when_told_to_and_takes_it_back() {
    let (_site, house) = rotten(DESK);
    let before = text(&house);

    let shown = ibid(&house, &["restore", "article.txt"]);
    let said = String::from_utf8_lossy(&shown.stderr).into_owned();
    assert_eq!(shown.status.code(), Some(0), "{said}");
    assert!(
        said.contains("article.txt#1: dead: our own copy of 2020-11-25, "),
        "{said}"
    );
    assert_eq!(text(&house), before);
    for (program, arguments) in [
        ("patch", ["-p0", "-i"].as_slice()),
        ("git", ["apply", "-p0"].as_slice()),
    ] {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("article.txt"), &before).unwrap();
        applies(folder.path(), program, arguments, &shown.stdout);
        let patched = fs::read_to_string(folder.path().join("article.txt")).unwrap();
        assert!(
            patched.contains(&format!("Archived at: {DESK}/web/")),
            "{program}: {patched}"
        );
    }

    let written = ibid(&house, &["restore", "article.txt", "--write"]);
    assert_eq!(written.status.code(), Some(0));
    assert!(text(&house).contains("Archived at: "));
    let undone = ibid(&house, &["restore", "article.txt", "--undo"]);
    assert_eq!(undone.status.code(), Some(0), "{undone:?}");
    assert_eq!(text(&house), before);
}

#[test]
fn the_command_says_what_it_cannot_do() {
    let (_site, house) = rotten("");
    for (arguments, code, words) in [
        (vec!["restore", "article.txt"], 1, "no copy is good enough"),
        (
            vec!["restore", "article.txt", "--note", "7"],
            2,
            "has no note [7]",
        ),
        (
            vec!["restore", "article.txt", "--note", ":99"],
            2,
            "has no note",
        ),
        (vec!["restore", "other.txt"], 2, "was never checked"),
        (
            vec!["restore", "article.txt", "--undo"],
            2,
            "nothing that was written",
        ),
        (
            vec![
                "restore",
                "article.txt",
                "--note",
                "1",
                "--choose",
                "https://perma.cc/AB12-CD34",
            ],
            2,
            "behind it: https://perma.cc/AB12-CD34@2020-11-25",
        ),
    ] {
        let output = ibid(&house, &arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(said.contains(words), "{arguments:?}: {said}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn a_copy_that_a_document_names_is_claimed_for_good() {
    let (_site, house) = rotten(DESK);
    let plan = planned(&house, &Asked::default()).unwrap();
    write(&house, &plan).unwrap();
    let Outcome::Restored(copy) = &plan.answers[0].outcome else {
        panic!("{plan:#?}");
    };
    let source = plan.answers[0].cited.cited.source.unwrap();
    let claims = house.catalog().claims_on(source).unwrap();
    let claimed = claims
        .iter()
        .any(|claim| claim.judged.contains(&copy.capture.unwrap()));
    assert!(claimed, "{claims:?}");
}
