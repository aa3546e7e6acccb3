use std::cell::Cell;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ibid::archive::archive::Archive;
use ibid::archive::layout::Layout;
use ibid::cli::check::runtime;
use ibid::model::time::Timestamp;
use ibid::scheduler::keeping;
use ibid::workflow::check::take_up;
use ibid::workflow::retention::{Order, Pruned, plan, prune_open};
use ibid::workflow::tools::Tools;
use ibid::workflow::{audit, visiting};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::sync::watch;

use super::{DAY, a_year, copy_tree, ids, prune_at, seen, since};
use crate::support::house::{Ibid, all_captures, article, assert_holds};
use crate::support::site::Site;

use ibid::app::wiring;

/// A house whose archive is open, as a service has it.
struct Opened<'a> {
    house: &'a Ibid,
    runtime: Runtime,
    tools: Tools,
}

impl<'a> Opened<'a> {
    fn of(house: &'a Ibid) -> Self {
        let runtime = runtime().unwrap();
        let (tools, _) = {
            let _inside = runtime.enter();
            wiring::open(&house.config, house.clock()).unwrap()
        };
        Self {
            house,
            runtime,
            tools,
        }
    }

    fn prune(&self, is_stopped: &dyn Fn() -> bool, watch: &mut dyn FnMut(&str)) -> Pruned {
        let crawler = wiring::crawler(&self.house.config);
        let order = Order {
            since: since(self.house),
            now: self.house.now(),
            crawler: &crawler,
            is_stopped,
        };
        let (catalog, archive) = (self.tools.catalog.as_ref(), self.tools.archive.as_ref());
        prune_open(catalog, archive, &order, watch).unwrap()
    }

    /// Visits an address, and stores what came, as a revisit where the catalog knows the same.
    fn keeps(&self, url: &str) -> ibid::model::capture::Capture {
        let url = ibid::model::url::TargetUrl::parse(url).unwrap();
        let kept = async {
            let visit = visiting::visit(&self.tools, &url).await;
            visiting::keep(&self.tools, &visit).await.unwrap().unwrap()
        };
        self.runtime.block_on(kept)
    }

    fn close(self) {
        let archive = Arc::into_inner(self.tools.archive).unwrap();
        self.runtime.block_on(archive.close()).unwrap();
    }
}

#[test]
fn a_service_lets_go_what_the_command_does_while_it_stores() {
    let site = Site::start();
    let house = a_year(&site);
    let stands = seen(house.catalog().as_ref());
    let beside = TempDir::new().unwrap();
    copy_tree(house.root(), beside.path());
    let mut config = house.config.clone();
    config.archive.dir = beside.path().to_owned();
    let by_command = prune_at(&config, since(&house), &mut |_| ());
    let stays = ids(&all_captures(wiring::catalog_of(&config).unwrap().as_ref()));

    let opened = Opened::of(&house);
    let mut stored = Vec::new();
    let pruned = opened.prune(&|| false, &mut |_| {
        stored.push(opened.keeps("http://press.example/b"));
    });

    assert!(pruned.captures >= 10, "{pruned:?}");
    assert_eq!(pruned.captures, by_command.captures);
    assert!(stored.len() > 20 && stored.iter().all(|it| it.is_revisit));
    for capture in &stored {
        opened.tools.archive.read(capture).unwrap();
    }
    assert_eq!(ids(&all_captures(opened.tools.catalog.as_ref())), stays);
    assert_eq!(seen(opened.tools.catalog.as_ref()), stands);
    opened.close();
    assert_holds(house.root(), house.catalog().as_ref());
    // Nothing that was stored meanwhile is lost to the list of sealed files, or to anything else.
    let layout = Layout::new(house.root());
    for capture in &stored {
        ibid::archive::reader::read(&layout, capture, 1 << 20).unwrap();
    }
}

#[test]
fn a_service_that_is_killed_while_it_prunes_loses_nothing() {
    let site = Site::start();
    let house = a_year(&site);
    let images = TempDir::new().unwrap();
    let root = house.root().to_owned();
    let opened = Opened::of(&house);
    let mut steps: Vec<(String, String)> = Vec::new();
    opened.prune(&|| false, &mut |step| {
        let kept = opened.keeps("http://press.example/b");
        // The list of files that need not be read again is written while it prunes.
        let sealed = audit::sealed_files(&opened.tools.archive).unwrap();
        opened.tools.catalog.note_files(&sealed).unwrap();
        copy_tree(&root, &images.path().join(steps.len().to_string()));
        steps.push((step.to_owned(), kept.record_id));
    });
    let stays = ids(&all_captures(opened.tools.catalog.as_ref()));
    opened.close();
    let kinds: std::collections::BTreeSet<_> = steps.iter().map(|it| &it.0).collect();
    assert!(kinds.len() >= 10, "{kinds:?}");

    let mut config = house.config.clone();
    for (number, (step, kept)) in steps.iter().enumerate().take(kinds.len() + 2) {
        let image = images.path().join(number.to_string());
        config.archive.dir.clone_from(&image);
        let settings = ibid::archive::Settings::default();
        let (archive, mended) = Archive::open(&image, settings).unwrap();
        let catalog = wiring::catalog_of(&config).unwrap();
        audit::take_in(catalog.as_ref(), wiring::shelf(&config), &mended).unwrap();
        runtime().unwrap().block_on(archive.close()).unwrap();

        assert_holds(&image, catalog.as_ref());
        let there = all_captures(catalog.as_ref());
        assert!(stays.is_subset(&ids(&there)), "after {step}");
        assert!(
            there.iter().any(|held| held.capture.record_id == *kept),
            "after {step}"
        );
        assert!(!image.join("replacing").exists(), "after {step}");
        prune_at(&config, since(&house), &mut |_| ());
        assert_holds(&image, catalog.as_ref());
        let there = ids(&all_captures(catalog.as_ref()));
        assert!(stays.is_subset(&there), "after {step}");
    }
}

#[test]
fn what_is_cited_anew_while_a_file_is_written_stays_with_all_of_its_file() {
    let site = Site::start();
    let house = a_year(&site);
    let opened = Opened::of(&house);
    let catalog = opened.tools.catalog.as_ref();
    let planned = plan(catalog, house.root(), since(&house)).unwrap();
    let going: Vec<_> = all_captures(catalog)
        .into_iter()
        .filter(|held| {
            let going = planned.files.get(&held.capture.record.file);
            going.is_some_and(|it| it.records.contains_key(&held.capture.record_id))
        })
        .collect();
    // One that was seen on a day of which nobody knew.
    let cited = going
        .iter()
        .filter(|held| held.capture.source_url.as_str().ends_with("/f"))
        .max_by_key(|held| held.capture.captured_at)
        .unwrap();
    let date = cited.capture.captured_at.as_datetime().format("%Y/%m/%d");
    let second = article(&[("http://press.example/f", &date.to_string())]);
    let is_cited = Cell::new(false);

    let pruned = opened.prune(&|| false, &mut |step| {
        if step == "sealed" && !is_cited.replace(true) {
            house.writes("second.txt", &second);
            let texts = [house.texts()];
            opened
                .runtime
                .block_on(take_up(&opened.tools, &texts))
                .unwrap();
        }
    });

    let there = ids(&all_captures(catalog));
    assert!(there.contains(&cited.id), "{pruned:?}");
    assert!((1..=3).contains(&pruned.claimed.len()), "{pruned:?}");
    opened.close();
    assert_holds(house.root(), house.catalog().as_ref());
}

#[test]
fn what_a_revisit_of_no_row_refers_to_stays() {
    let site = Site::start();
    let house = a_year(&site);
    let opened = Opened::of(&house);
    let catalog = opened.tools.catalog.as_ref();
    let planned = plan(catalog, house.root(), since(&house)).unwrap();
    let going = all_captures(catalog).into_iter().find(|held| {
        let file = planned.files.get(&held.capture.record.file);
        !held.capture.is_revisit
            && file.is_some_and(|it| it.records.contains_key(&held.capture.record_id))
    });
    let going = going.expect("a body goes").capture;
    let kept = opened.tools.archive.read(&going).unwrap();
    // The site says once more what it said then, and the row of that is lost.
    let body = std::str::from_utf8(&kept.body).unwrap();
    let _ = site.page("/again").says(body);
    let revisit = opened.keeps("http://press.example/again");
    assert!(revisit.is_revisit);

    opened.prune(&|| false, &mut |_| ());

    assert_eq!(opened.tools.archive.read(&revisit).unwrap().body, kept.body);
    opened.close();
    assert_eq!(
        ibid::archive::fixity::verify(house.root()).unwrap().faults,
        []
    );
}

#[test]
fn a_prune_that_is_broken_off_leaves_all_as_it_was() {
    let site = Site::start();
    let house = a_year(&site);
    let opened = Opened::of(&house);
    let before = ids(&all_captures(opened.tools.catalog.as_ref()));
    let is_stopped = AtomicBool::new(false);
    let stop = || is_stopped.load(Ordering::SeqCst);

    let pruned = opened.prune(&stop, &mut |step| {
        is_stopped.fetch_or(step == "begun" || step == "intended", Ordering::SeqCst);
    });

    assert!(
        pruned.is_broken_off && pruned.files.is_empty(),
        "{pruned:?}"
    );
    assert_eq!(ids(&all_captures(opened.tools.catalog.as_ref())), before);
    assert!(!house.root().join("replacing").exists());
    opened.close();
    let files = fs::read_dir(house.root().join("warc")).unwrap();
    assert!(
        files
            .map(|it| it.unwrap().path())
            .all(|it| it.extension().is_some_and(|it| it == "gz"))
    );
}

#[test]
fn the_service_prunes_when_its_time_comes_and_never_where_none_is_set() {
    let site = Site::start();
    let mut house = a_year(&site);
    assert!(wiring::pruning(&house.config).unwrap().is_none());
    house.config.keeping.retain = Some(std::time::Duration::from_hours(60 * 24));
    assert!(wiring::pruning(&house.config).unwrap().is_none());
    house.config.keeping.prune = "30 3 * * *".to_owned();
    let pruning = wiring::pruning(&house.config).unwrap();
    let before = all_captures(house.catalog().as_ref()).len();
    let clock: Timestamp = house.now();

    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let (tools, _) = wiring::open(&house.config, house.clock()).unwrap();
        let (stop, stopped) = watch::channel(false);
        let settings = wiring::keeping(&house.config);
        let running = tokio::spawn(keeping::run(tools.clone(), settings, pruning, stopped));
        let rest = || tokio::time::sleep(std::time::Duration::from_hours(1));
        rest().await;
        assert_eq!(all_captures(tools.catalog.as_ref()).len(), before);
        house.sleeps_until(clock.plus_seconds(DAY));
        while all_captures(tools.catalog.as_ref()).len() == before {
            rest().await;
        }
        stop.send(true).unwrap();
        running.await.unwrap();
        let archive = Arc::into_inner(tools.archive).unwrap();
        archive.close().await.unwrap();
    });
    assert_holds(house.root(), house.catalog().as_ref());
}
