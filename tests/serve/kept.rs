//! What is kept is read again, and what does not hold is told once.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ibid::app::wiring;
use ibid::catalog::fixity::FileFixity;
use ibid::cli::check::runtime;
use ibid::model::ids::AlertId;
use ibid::workflow::keeping::verify_next;
use ibid::workflow::vitals::Keeping;

use super::story;
use crate::support::house::Ibid;
use crate::support::site::Site;

/// A house whose archive has so many sealed files.
fn house_of(site: &Site, files: usize) -> Ibid {
    let mut house = Ibid::on(site, &["press.example"]);
    house.config.keeping.verify_bytes_per_second = u64::MAX;
    house.cites(&[("http://press.example/a", "2020/11/24")]);
    for edition in 0..files {
        let _ = site.page("/a").says(&story(&format!("boat {edition}")));
        house.check();
        house.days_pass(1);
    }
    house
}

/// Reads all again that is due now, as the service does. What it says of each, and of all.
fn read_again(house: &Ibid) -> (Vec<FileFixity>, Keeping) {
    runtime().unwrap().block_on(async {
        let (tools, _) = wiring::open(&house.config, house.clock()).unwrap();
        let settings = wiring::keeping(&house.config);
        let mut read = Vec::new();
        while let Some(file) = verify_next(&tools, settings).await.unwrap() {
            read.push(file);
        }
        let keeping = tools.vitals.keeping();
        // One that is only dropped lets go of its lock at a moment of its own.
        let archive = Arc::into_inner(tools.archive).unwrap();
        archive.close().await.unwrap();
        (read, keeping)
    })
}

fn sealed(house: &Ibid) -> Vec<PathBuf> {
    let files = fs::read_dir(house.root().join("warc")).unwrap();
    let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    files
}

/// What was told of our own trouble: what began, and that it is over.
fn told(house: &Ibid) -> Vec<(String, bool, String)> {
    let alerts = house.catalog().alerts_after(AlertId(0), 100).unwrap();
    let alerts = alerts.into_iter();
    let told = alerts.map(|alert| (alert.kind, alert.is_over, alert.why));
    told.collect()
}

fn flip(path: &PathBuf) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(path, bytes).unwrap();
}

#[test]
fn each_sealed_file_is_read_at_once_and_then_again_when_it_is_due() {
    let site = Site::start();
    let house = house_of(&site, 3);

    let (read, keeping) = read_again(&house);
    assert_eq!(read.len(), 3);
    assert!(read.iter().all(|file| file.fault.is_none()), "{read:?}");
    assert_eq!((keeping.files, keeping.unread, keeping.damaged), (3, 0, 0));
    assert_eq!(keeping.oldest_verified_at, Some(house.now()));
    assert_eq!(read_again(&house).0, []);

    house.days_pass(50);
    house.check();
    let (read, keeping) = read_again(&house);
    assert_eq!(read.len(), 1, "the new one alone: {read:?}");
    assert_eq!(keeping.files, 4);
    house.days_pass(40);
    let (read, _) = read_again(&house);
    assert_eq!(read.len(), 3, "what is ninety days old: {read:?}");
    assert_eq!(told(&house), []);
}

#[test]
fn a_file_that_does_not_hold_is_told_once_and_so_is_that_it_holds_again() {
    let site = Site::start();
    let mut house = house_of(&site, 3);
    house.is_damaged();
    read_again(&house);
    let files = sealed(&house);
    let whole: Vec<_> = files.iter().map(|file| fs::read(file).unwrap()).collect();

    house.days_pass(90);
    flip(&files[0]);
    fs::remove_file(&files[2]).unwrap();
    let (_, keeping) = read_again(&house);
    assert_eq!((keeping.files, keeping.damaged), (3, 2));
    for _ in 0..3 {
        house.days_pass(1);
        let (read, _) = read_again(&house);
        assert_eq!(
            read.len(),
            2,
            "what is damaged is looked at every day: {read:?}"
        );
    }

    let name = |at: usize| format!("file {}", files[at].file_name().unwrap().display());
    let [first, second] = &told(&house)[..] else {
        panic!("{:#?}", told(&house));
    };
    assert_eq!((&first.0, first.1), (&name(0), false));
    assert!(
        first.2.contains("not what it was when it was sealed"),
        "{first:?}"
    );
    assert_eq!((&second.0, second.1), (&name(2), false));
    assert!(
        second.2.contains("press.example/a"),
        "it says what is lost: {second:?}"
    );

    fs::write(&files[0], &whole[0]).unwrap();
    fs::write(&files[2], &whole[2]).unwrap();
    house.days_pass(1);
    let (_, keeping) = read_again(&house);
    assert_eq!(keeping.damaged, 0);
    let over: Vec<_> = told(&house)[2..]
        .iter()
        .map(|it| (it.0.clone(), it.1))
        .collect();
    assert_eq!(over, [(name(0), true), (name(2), true)]);
}

#[test]
fn an_index_that_does_not_hold_is_told_and_made_good_by_a_reindex() {
    let site = Site::start();
    let house = house_of(&site, 1);
    let index = fs::read_dir(house.root().join("index")).unwrap().next();
    flip(&index.unwrap().unwrap().path());
    let (read, _) = read_again(&house);
    let fault = read[0].fault.clone().unwrap();
    assert!(fault.contains("ibid archive reindex"), "{fault}");

    ibid::archive::index::reindex(house.root()).unwrap();
    house.days_pass(1);
    assert_eq!(read_again(&house).0[0].fault, None);
}

#[test]
fn nothing_is_read_again_where_that_is_turned_off() {
    let site = Site::start();
    let mut house = house_of(&site, 1);
    house.config.keeping.verify_every = Duration::ZERO;
    assert_eq!(read_again(&house), (Vec::new(), Keeping::default()));
}
