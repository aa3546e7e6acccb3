//! What we keep, served by pywb, an archive of another make, and found there again. `tests/interop` makes
//! the server; without it the second test has nobody to ask, and says so.

use std::path::PathBuf;
use std::time::Duration;

use ibid::app::config::{ArchiveKind, PublicArchiveEntry};
use ibid::model::verdict::Grade;

use super::{URL, story};
use crate::support::house::Ibid;
use crate::support::site::Site;

/// Visits the source on its access date. With `IBID_PYWB_MAKES`, the WARC files are copied there.
#[test]
fn what_is_kept_of_a_visit_is_there_for_a_memento_server() {
    let site = Site::start();
    let house = Ibid::on(&site, &["press.example"]);
    site.page("press.example/story").says(&story("water"));
    house.cites(&[(URL, "2020/11/24")]);

    assert_eq!(house.check().says("1"), "ok");

    let files: Vec<_> = std::fs::read_dir(house.root().join("warc"))
        .unwrap()
        .collect();
    assert_eq!(files.len(), 1);
    let Some(folder) = std::env::var_os("IBID_PYWB_MAKES").map(PathBuf::from) else {
        return;
    };
    std::fs::create_dir_all(&folder).unwrap();
    for file in files {
        let file = file.unwrap();
        std::fs::copy(file.path(), folder.join(file.file_name())).unwrap();
    }
}

/// Another house, which never saw the source before it changed, asks the pywb collection at
/// `IBID_PYWB` in each way that there is.
#[test]
fn a_change_is_proven_by_what_pywb_serves() {
    let Ok(collection) = std::env::var("IBID_PYWB") else {
        println!("no pywb: IBID_PYWB is not set; tests/run sets it");
        return;
    };
    for (kind, list) in [
        (ArchiveKind::Wayback, "/cdx"),
        (ArchiveKind::Memento, "/timemap/link/{url}"),
        (ArchiveKind::Memento, "/timemap/json/{url}"),
        (ArchiveKind::Memento, "/timemap/cdxj/{url}"),
        (ArchiveKind::Timegate, "/{url}"),
    ] {
        let site = Site::start();
        let mut house = Ibid::on(&site, &["press.example"]);
        site.page("press.example/story").says(&story("mud"));
        house.config.public_archives.archive = vec![PublicArchiveEntry {
            name: "pywb".to_owned(),
            kind,
            list: format!("{collection}{list}"),
            raw: format!("{collection}/{{timestamp}}id_/{{url}}"),
            per_minute: 60_000,
            timeout: Duration::from_secs(30),
            ..PublicArchiveEntry::default()
        }];
        house.cites(&[
            (URL, "2020/11/24"),
            ("http://press.example/never", "2020/11/24"),
        ]);
        house.days_pass(400);

        let checked = house.check();

        let verdict = checked.of("1");
        assert_eq!(checked.says("1"), "changed minor", "{list}: {verdict:#?}");
        assert_eq!(verdict.grade, Grade::Proven, "{list}");
        assert!(verdict.diff.as_ref().unwrap().contains("[-water-] {+mud+}"));
        let baseline = verdict.baseline.as_ref().unwrap();
        assert_eq!(baseline.from, "pywb");
        assert_eq!(
            baseline.captured_at.to_digits14(),
            "20201124120000",
            "{list}"
        );
        let told = &checked.of("2").evidence;
        let is_known = told.iter().all(|it| it.rule != "archives_not_known");
        assert!(
            is_known,
            "what pywb never had is known to be nowhere, {list}: {told:#?}"
        );
    }
}
