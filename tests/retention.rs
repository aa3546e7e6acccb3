//! What is older than wanted and pinned by nothing goes; a prune that is cut off anywhere loses nothing.
#![expect(
    clippy::unwrap_used,
    reason = "clippy knows test functions, not what they call"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use ibid::app::config::Config;
use ibid::app::wiring;
use ibid::archive::archive::Archive;
use ibid::archive::error::ArchiveError;
use ibid::archive::layout::Layout;
use ibid::archive::reader;
use ibid::catalog::interface::Catalog;
use ibid::catalog::records::HeldCapture;
use ibid::catalog::retention::Claim;
use ibid::model::capture::{Capture, HeldBy, RecordPlace};
use ibid::model::digest::Sha256;
use ibid::model::ids::{CaptureId, SourceId};
use ibid::model::time::{AccessDate, Timestamp};
use ibid::model::url::TargetUrl;
use ibid::warc::compose::Crawler;
use ibid::workflow::audit::{self, AuditError};
use ibid::workflow::retention::{Order, Pruned, kept, plan, prune};
use proptest::prelude::*;
use tempfile::TempDir;

use crate::support::house::{Ibid, all_captures, assert_holds};
use crate::support::site::{Answer, Site};

/// The same, in an archive that a service has open.
mod open;

const DAY: i64 = 86_400;

fn text(word: &str) -> String {
    let words = "The estuary is as it was, and the bridge stands where it stood. ".repeat(9);
    format!("<main><p>{words}</p><p>It was {word} that day.</p></main>")
}

/// A house with a history of a year: `/a` is edited again and again where nobody cited it, `/b` is always
/// the same, `/f` has the same text in other bytes, `/c` redirects, `/d` is dead at the end, and nobody answers for `/e`.
fn a_year(site: &Site) -> Ibid {
    let house = Ibid::on(site, &["press.example"]);
    house.cites(&[
        ("http://press.example/a", "2020/11/24"),
        ("http://press.example/b", "2021/03/01"),
        ("http://press.example/c", "2020/11/24"),
        ("http://press.example/d", "2020/11/24"),
        ("http://press.example/f", "2020/11/24"),
    ]);
    let _ = site.page("/b").says(&text("calm"));
    let _ = site
        .page("/c")
        .answers(Answer::status(301).header("Location", "/new"));
    let _ = site.page("/d").says(&text("stormy"));
    for check in 0..12 {
        let _ = site.page("/a").says(&text("sunny"));
        // The same text, in other bytes each time.
        let page = format!("{}<!-- {check} -->", text("misty"));
        let _ = site.page("/f").says(&page);
        let _ = site
            .page("/new")
            .says(&text(&format!("windy, on the visitors' count {check},")));
        if check == 9 {
            let _ = site.page("/d").answers(Answer::status(404));
        }
        house.check();
        house.days_pass(30);
    }
    house
}

fn since(house: &Ibid) -> Timestamp {
    house.now().plus_seconds(-60 * DAY)
}

fn prune_at(config: &Config, since: Timestamp, watch: &mut dyn FnMut(&str)) -> Pruned {
    let catalog = wiring::catalog_of(config).unwrap();
    let crawler = wiring::crawler(config);
    let shelf = wiring::shelf(config);
    prune(catalog.as_ref(), shelf, &order(&crawler, since), watch).unwrap()
}

fn order(crawler: &Crawler, since: Timestamp) -> Order<'_> {
    Order {
        since,
        now: since.plus_seconds(60 * DAY),
        crawler,
        is_stopped: &|| false,
    }
}

/// What the operator sees of what stands: reports, and why.
fn seen(catalog: &dyn Catalog) -> String {
    let mut seen = String::new();
    for document in catalog.documents().unwrap() {
        for current in catalog.current_verdicts(document.id).unwrap() {
            let source = current.cited.source.unwrap();
            seen += &format!("{:?}\n{:?}\n", current.verdict, current.cited);
            seen += &format!(
                "{:?}\n",
                catalog.first_snapshot(source).unwrap().map(|it| it.id)
            );
            seen += &format!(
                "{:?}\n",
                catalog.latest_snapshot(source).unwrap().map(|it| it.id)
            );
            let accessed = current.cited.citation.accessed.unwrap().date;
            for moment in [accessed.first_moment(), accessed.last_moment()] {
                let near = catalog.snapshots_near(source, moment).unwrap();
                seen += &format!("{:?}\n", near.at_or_before.map(|it| it.id));
                seen += &format!("{:?}\n", near.after.map(|it| it.id));
            }
        }
    }
    let events = catalog.events_since(Timestamp::from_unix(0), None).unwrap();
    seen + &format!("{events:?}")
}

fn copy_tree(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_tree(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn ids(captures: &[HeldCapture]) -> BTreeSet<CaptureId> {
    captures.iter().map(|held| held.id).collect()
}

#[test]
fn what_is_old_and_pinned_by_nothing_goes_and_what_stands_reads_as_before() {
    let site = Site::start();
    let house = a_year(&site);
    let catalog = house.catalog();
    let before = all_captures(catalog.as_ref());
    let stands = seen(catalog.as_ref());
    let planned = plan(catalog.as_ref(), house.root(), since(&house)).unwrap();
    assert_eq!(
        ids(&all_captures(catalog.as_ref())),
        ids(&before),
        "a plan changes nothing"
    );

    let pruned = prune_at(&house.config, since(&house), &mut |_| ());

    assert!(pruned.captures >= 10, "{pruned:?}");
    assert_eq!(pruned.captures, planned.captures());
    assert_eq!(pruned.damaged, [] as [String; 0]);
    assert!(pruned.freed > 0);
    assert_holds(house.root(), catalog.as_ref());
    let after = all_captures(catalog.as_ref());
    assert_eq!(before.len() - after.len(), pruned.captures);
    assert!(ids(&after).is_subset(&ids(&before)));
    assert_eq!(seen(catalog.as_ref()), stands);
    // All of the source that is dead.
    let of_d = |captures: &[HeldCapture]| {
        let of_d = captures
            .iter()
            .filter(|held| held.capture.source_url.as_str().ends_with("/d"));
        of_d.count()
    };
    assert_eq!(of_d(&after), of_d(&before));
    // And the archive's files alone say the same as the catalog.
    let rebuilt =
        audit::reindex(catalog.as_ref(), wiring::shelf(&house.config), house.now()).unwrap();
    assert_eq!(rebuilt.rows.added, 0);
    assert_eq!(ids(&all_captures(catalog.as_ref())), ids(&after));

    let again = prune_at(&house.config, since(&house), &mut |_| ());
    assert_eq!(again, Pruned::default());
    house.check();
}

#[test]
fn a_prune_that_is_cut_off_anywhere_loses_nothing_and_is_finished_by_the_next() {
    let site = Site::start();
    let house = a_year(&site);
    let since = since(&house);
    let images = TempDir::new().unwrap();
    let mut steps = Vec::new();
    let root = house.root().to_owned();
    let untouched = images.path().join("untouched");
    copy_tree(&root, &untouched);
    let mut config = house.config.clone();
    config.archive.dir.clone_from(&untouched);
    let before = all_captures(wiring::catalog_of(&config).unwrap().as_ref());
    let pruned = prune_at(&house.config, since, &mut |step| {
        copy_tree(&root, &images.path().join(steps.len().to_string()));
        steps.push(step.to_owned());
    });
    let stays = ids(&all_captures(house.catalog().as_ref()));
    let kinds: BTreeSet<&String> = steps.iter().collect();
    assert!(kinds.len() >= 10, "{kinds:?}");

    // Two whole files' worth of steps: each kind of step, and that a second file comes after a first.
    for (number, step) in steps.iter().enumerate().take(2 * kinds.len()) {
        let image = images.path().join(number.to_string());
        config.archive.dir.clone_from(&image);
        // A start, as any command makes one that writes.
        {
            let settings = ibid::archive::Settings::default();
            let (archive, mended) = Archive::open(&image, settings).unwrap();
            let catalog = wiring::catalog_of(&config).unwrap();
            audit::take_in(catalog.as_ref(), wiring::shelf(&config), &mended).unwrap();
            drop(archive);
            let layout = Layout::new(&image);
            while layout.is_busy() {
                std::thread::yield_now();
            }
            assert_eq!(mended.torn, [], "after {step}");
            assert_holds(&image, catalog.as_ref());
            let there = ids(&all_captures(catalog.as_ref()));
            assert!(stays.is_subset(&there), "after {step}");
            assert!(!image.join("replacing").exists(), "after {step}");
        }
        prune_at(&config, since, &mut |_| ());
        let catalog = wiring::catalog_of(&config).unwrap();
        assert_holds(&image, catalog.as_ref());
        assert_eq!(ids(&all_captures(catalog.as_ref())), stays, "after {step}");
    }
    assert!(stays.is_subset(&ids(&before)));
    assert_eq!(before.len() - stays.len(), pruned.captures);
}

#[test]
fn a_damaged_file_is_left_as_it_is_and_so_is_an_archive_in_use() {
    let site = Site::start();
    let mut house = a_year(&site);
    house.is_damaged();
    let planned = plan(house.catalog().as_ref(), house.root(), since(&house)).unwrap();
    let (name, _) = planned.files.first_key_value().unwrap();
    let path = house.root().join("warc").join(name);
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&path, &bytes).unwrap();

    {
        let _lock = Layout::new(house.root()).lock().unwrap();
        let catalog = house.catalog();
        let crawler = wiring::crawler(&house.config);
        let shelf = wiring::shelf(&house.config);
        let order = order(&crawler, since(&house));
        let refused = prune(catalog.as_ref(), shelf, &order, &mut |_| ());
        assert!(matches!(
            refused,
            Err(AuditError::Archive(ArchiveError::Busy(_)))
        ));
    }
    let pruned = prune_at(&house.config, since(&house), &mut |_| ());
    assert_eq!(pruned.damaged, std::slice::from_ref(name));
    assert_eq!(fs::read(&path).unwrap(), bytes);
    let layout = Layout::new(house.root());
    let unread = all_captures(house.catalog().as_ref())
        .into_iter()
        .filter(|held| {
            held.capture.record.file != *name
                && reader::read(&layout, &held.capture, 1 << 20).is_err()
        });
    assert_eq!(unread.count(), 0);
}

fn captured(number: i64, day: i64, mark: Option<bool>, is_memento: bool) -> HeldCapture {
    let url = TargetUrl::parse("https://press.example/a").unwrap();
    HeldCapture {
        id: CaptureId(number),
        source: SourceId(1),
        capture: Capture {
            source: url.surt(),
            source_url: url.clone(),
            captured_at: Timestamp::from_unix(day * DAY),
            url,
            status: 200,
            media_type: None,
            payload_sha256: Sha256::of(b""),
            payload_sha1: String::new(),
            payload_bytes: 0,
            record: RecordPlace {
                file: String::new(),
                offset: 0,
                length: 0,
            },
            record_id: number.to_string(),
            is_revisit: false,
            held_by: is_memento.then(|| HeldBy {
                archive: "Theirs".to_owned(),
                url: String::new(),
            }),
        },
        is_snapshot: mark,
        text_sha256: None,
        lost_at: None,
    }
}

proptest! {
    /// By another way than the code's: each capture that stays has a reason, and each reason is kept.
    #[test]
    fn what_is_pinned_is_kept(
        held in prop::collection::vec((0_i64..400, prop::option::of(any::<bool>()), prop::bool::weighted(0.1)), 1..40),
        dates in prop::collection::vec(0_i64..400, 0..4),
        judged in prop::collection::vec(0_i64..40, 0..3),
        since in 0_i64..400,
    ) {
        let captures: Vec<_> = (0..).zip(&held).map(|(number, (day, mark, theirs))| captured(number, *day, *mark, *theirs)).collect();
        let claims: Vec<_> = dates.iter().map(|day| Claim {
            accessed: Some(AccessDate::Day(chrono::NaiveDate::from_ymd_opt(1970, 1, 1).unwrap() + chrono::Days::new(day.unsigned_abs()))),
            standing: None,
            judged: judged.iter().map(|&number| CaptureId(number)).collect(),
            told: Vec::new(),
        }).collect();
        let since = Timestamp::from_unix(since * DAY);

        let kept = kept(&captures, &claims, since);

        let own: Vec<_> = captures.iter().filter(|it| it.is_snapshot == Some(true) && it.capture.held_by.is_none()).collect();
        let day = |it: &HeldCapture| it.capture.captured_at;
        for held in &captures {
            let is_extreme = own.iter().any(|it| it.id == held.id)
                && (own.iter().all(|it| day(it) > day(held) || it.id == held.id)
                    || own.iter().all(|it| day(it) < day(held) || it.id == held.id));
            let is_nearest = own.iter().any(|it| it.id == held.id) && claims.iter().any(|claim| {
                let date = claim.accessed.unwrap();
                own.iter().all(|it| it.id == held.id || date.distance(day(it)) > date.distance(day(held)))
            });
            let must = day(held) >= since || held.is_snapshot.is_none() || held.capture.held_by.is_some()
                || is_extreme || is_nearest || claims.iter().any(|claim| claim.judged.contains(&held.id));
            prop_assert!(!must || kept.contains(&held.id), "{held:?}");
        }
        let old = captures.iter().filter(|held| day(held) < since && held.is_snapshot.is_some() && held.capture.held_by.is_none());
        let pins = 3 + 4 * claims.len() + judged.len();
        prop_assert!(old.filter(|held| kept.contains(&held.id)).count() <= pins, "too much is kept");
    }
}
