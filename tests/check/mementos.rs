use std::time::Duration;

use ibid::app::config::{ArchiveKind, PublicArchiveEntry};
use ibid::app::wiring;
use ibid::archive::fixity;
use ibid::memento::timemap::to_http_date;
use ibid::model::time::{AccessDate, Timestamp};
use ibid::model::verdict::Grade;
use ibid::workflow::audit;

use super::{URL, said, story};
use crate::support::house::Ibid;
use crate::support::raw::{RawServer, Step};
use crate::support::site::{Answer, Page, Site};

/// The address of a source that nobody of us visited before 2021-12-29, cited as seen on 2020-11-24, and
/// an archive at archive.example.
fn house(kind: ArchiveKind) -> (Site, Ibid) {
    let site = Site::start();
    let mut house = Ibid::on(&site, &["press.example", "archive.example"]);
    let list = match kind {
        ArchiveKind::Wayback => "http://archive.example/cdx",
        ArchiveKind::Memento => "http://archive.example/timemap/link/{url}",
        ArchiveKind::Timegate => "http://archive.example/gate/{url}",
    };
    house.config.public_archives.archive = vec![PublicArchiveEntry {
        name: "Somebody's archive".to_owned(),
        kind,
        list: list.to_owned(),
        raw: "http://archive.example/web/{timestamp}id_/{url}".to_owned(),
        per_minute: 60_000,
        timeout: Duration::from_secs(10),
        dormancy: Duration::from_mins(5),
    }];
    house.cites(&[(URL, "2020/11/24")]);
    house.days_pass(400);
    (site, house)
}

/// The archive's CDX server, for the source and its access date.
fn cdx(site: &Site) -> Page {
    let date = AccessDate::day(2020, 11, 24).unwrap();
    let first = date.first_moment();
    let middle = first.plus_seconds(date.last_moment().seconds_since(first) / 2);
    let question = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("url", URL)
        .append_pair("output", "json")
        .append_pair("filter", "statuscode:200")
        .append_pair("closest", &middle.to_digits14())
        .append_pair("sort", "closest")
        .append_pair("limit", "8")
        .finish();
    site.page(&format!("archive.example/cdx?{question}"))
}

fn rows(timestamps: &[&str]) -> Answer {
    let mut rows = vec![
        r#"["urlkey","timestamp","original","mimetype","statuscode","digest","length"]"#.to_owned(),
    ];
    for timestamp in timestamps {
        rows.push(format!(
            r#"["example,press)/story","{timestamp}","{URL}","text/html","200","X","9"]"#
        ));
    }
    Answer::status(200).body(format!("[{}]", rows.join(",")).as_bytes())
}

fn memento(site: &Site, timestamp: &str) -> Page {
    site.page(&format!("archive.example/web/{timestamp}id_/{URL}"))
}

/// The archive holds this page of that time.
fn holds(site: &Site, timestamp: &str, html: &str) -> Page {
    let moment = Timestamp::from_digits14(timestamp).unwrap();
    let told = Answer::html(html).header("Memento-Datetime", &to_http_date(moment));
    memento(site, timestamp).answers(told)
}

#[test]
fn what_changed_before_we_came_is_proven_by_a_memento() {
    let (site, house) = house(ArchiveKind::Wayback);
    cdx(&site).answers(rows(&["20201120120000"]));
    holds(&site, "20201120120000", &story("water"));
    let page = site.page("press.example/story").says(&story("mud"));

    let checked = house.check();

    let verdict = checked.of("1");
    assert_eq!(checked.says("1"), "changed minor", "{verdict:#?}");
    assert_eq!(verdict.grade, Grade::Proven);
    assert!(verdict.diff.as_ref().unwrap().contains("[-water-] {+mud+}"));
    let baseline = verdict.baseline.as_ref().unwrap();
    assert_eq!(baseline.from, "Somebody's archive");
    assert_eq!(
        baseline.url,
        format!("http://archive.example/web/20201120120000id_/{URL}")
    );
    assert_eq!(baseline.captured_at.to_digits14(), "20201120120000");

    page.says(&story("water"));
    let back = house.check_times(1, 2);
    assert_eq!(back.says("1"), "ok");
    assert_eq!(back.of("1").grade, Grade::Proven);
    assert_eq!(cdx(&site).visits(), 1, "looked up again");
}

#[test]
fn a_timemap_serves_as_well() {
    let (site, house) = house(ArchiveKind::Memento);
    site.page(&format!("archive.example/timemap/link/{URL}"))
        .answers(
            Answer::status(200).body(
                format!(
                    "<{URL}>; rel=\"original\",\n<http://archive.example/20201120120000/{URL}>; \
                 rel=\"memento\"; datetime=\"Fri, 20 Nov 2020 12:00:00 GMT\""
                )
                .as_bytes(),
            ),
        );
    holds(&site, "20201120120000", &story("water"));
    site.page("press.example/story").says(&story("mud"));

    let checked = house.check();

    assert_eq!(checked.says("1"), "changed minor");
    assert_eq!(checked.of("1").grade, Grade::Proven);
}

#[test]
fn a_memento_far_from_the_access_date_brackets_the_change() {
    let (site, house) = house(ArchiveKind::Wayback);
    cdx(&site).answers(rows(&["20200301120000"]));
    holds(&site, "20200301120000", &story("water"));
    site.page("press.example/story").says(&story("mud"));

    let checked = house.check();

    assert_eq!(checked.says("1"), "changed minor");
    assert_eq!(checked.of("1").grade, Grade::Bracketed);
}

#[test]
fn mementos_that_show_errors_or_lead_away_are_passed_over() {
    let (site, house) = house(ArchiveKind::Wayback);
    cdx(&site).answers(rows(&[
        "20201124120000",
        "20201123120000",
        "20201122120000",
        "20201121120000",
    ]));
    holds(
        &site,
        "20201124120000",
        "<title>Page not found</title><h1>Page not found</h1><p>Sorry, the page you are looking for does not exist.</p>",
    );
    memento(&site, "20201123120000").redirects(302, "http://press.example/story");
    memento(&site, "20201122120000").redirects(
        302,
        &format!("http://archive.example/web/20201119120000id_/{URL}"),
    );
    holds(&site, "20201119120000", &story("water"));
    site.page("press.example/story").says(&story("mud"));

    let checked = house.check();

    let verdict = checked.of("1");
    assert_eq!(checked.says("1"), "changed minor", "{verdict:#?}");
    let baseline = verdict.baseline.as_ref().unwrap();
    assert_eq!(baseline.captured_at.to_digits14(), "20201119120000");
    assert_eq!(memento(&site, "20201121120000").visits(), 0);
}

#[test]
fn an_archive_that_fails_changes_no_verdict_and_is_told() {
    for trouble in [
        Answer::status(429).header("Retry-After", "60"),
        Answer::status(503),
        Answer::html("<p>We are being renewed.</p>"),
    ] {
        let (site, house) = house(ArchiveKind::Wayback);
        cdx(&site).answers(trouble);
        site.page("press.example/story").says(&story("water"));

        let checked = house.check();
        assert_eq!(checked.says("1"), "ok");
        assert_eq!(checked.of("1").grade, Grade::Unknown);
        said(checked.of("1"), "archives_not_known");

        house.check();
        assert_eq!(cdx(&site).visits(), 1, "asked again at once");
        house.check_times(1, 2);
        assert_eq!(cdx(&site).visits(), 2, "not asked again after two days");
    }
}

#[test]
fn a_source_is_looked_up_once_for_all_its_citations() {
    let (site, house) = house(ArchiveKind::Wayback);
    cdx(&site).answers(rows(&["20201120120000"]));
    let copy = holds(&site, "20201120120000", &story("water"));
    site.page("press.example/story").says(&story("mud"));
    house.cites(&[
        (URL, "2020/11/24"),
        (URL, "2020/11/24"),
        (URL, "2020/11/24"),
    ]);

    let checked = house.check();

    for note in ["1", "2", "3"] {
        assert_eq!(checked.says(note), "changed minor");
    }
    assert_eq!((cdx(&site).visits(), copy.visits()), (1, 1));
}

#[test]
fn a_memento_is_known_again_from_the_warc_files_alone() {
    let (site, house) = house(ArchiveKind::Wayback);
    cdx(&site).answers(rows(&["20201120120000"]));
    holds(&site, "20201120120000", &story("water"));
    site.page("press.example/story").says(&story("mud"));
    house.check();
    std::fs::remove_file(house.root().join("catalog.sqlite")).unwrap();
    let catalog = wiring::catalog(house.root()).unwrap();
    audit::reindex(catalog.as_ref(), wiring::shelf(&house.config), house.now()).unwrap();

    let captures = house.captures(URL);
    let held_by: Vec<_> = (captures.iter())
        .filter_map(|held| held.capture.held_by.clone())
        .collect();
    assert_eq!(held_by.len(), 1);
    assert_eq!(held_by[0].archive, "Somebody's archive");
    let checked = house.check_times(1, 2);
    assert_eq!(checked.says("1"), "changed minor");
    assert_eq!(checked.of("1").grade, Grade::Proven);
    assert_eq!(cdx(&site).visits(), 1, "looked up again");
}

#[test]
fn mementos_lie_in_files_of_their_own() {
    let (site, mut house) = house(ArchiveKind::Wayback);
    cdx(&site).answers(rows(&["20201120120000"]));
    holds(&site, "20201120120000", &story("water"));
    site.page("press.example/story").says(&story("mud"));

    house.check();

    let files = |house: &Ibid| -> Vec<String> {
        let files = std::fs::read_dir(house.root().join("warc")).unwrap();
        let mut names: Vec<_> = files
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    let names = files(&house);
    assert_eq!(names.len(), 2, "{names:?}");
    assert!(names[0].starts_with("IBID-2021"), "{names:?}");
    assert!(names[1].starts_with("IBID_mementos-2021"), "{names:?}");
    let captures = house.captures(URL);
    for held in &captures {
        let is_memento = held.capture.held_by.is_some();
        assert_eq!(held.capture.record.file.contains("_mementos-"), is_memento);
    }

    // Lost, it is missed, named, and looked up again.
    let lost = house.root().join("warc").join(&names[1]);
    std::fs::remove_file(lost).unwrap();
    house.is_damaged();
    let report = fixity::verify(house.root()).unwrap();
    assert!(
        report.faults.iter().any(|fault| fault.file == names[1]),
        "{report:#?}"
    );
}

#[test]
fn what_a_crash_left_of_a_growing_file_of_mementos_is_mended() {
    let (site, house) = house(ArchiveKind::Wayback);
    cdx(&site).answers(rows(&["20201120120000"]));
    holds(&site, "20201120120000", &story("water"));
    site.page("press.example/story").says(&story("mud"));
    house.check();
    let folder = house.root().join("warc");
    let sealed = std::fs::read_dir(&folder)
        .unwrap()
        .map(|file| file.unwrap().path());
    let sealed: Vec<_> = sealed.collect();
    for path in sealed {
        let open = format!("{}.open", path.display());
        let mut bytes = std::fs::read(&path).unwrap();
        bytes.extend(&bytes[..40].to_vec());
        std::fs::write(open, bytes).unwrap();
        std::fs::remove_file(path).unwrap();
    }

    let again = house.check_times(1, 2);

    assert_eq!(again.says("1"), "changed minor");
    assert_eq!(again.of("1").grade, Grade::Proven);
    let torn: Vec<_> = std::fs::read_dir(house.root().join("torn"))
        .unwrap()
        .collect();
    assert_eq!(torn.len(), 2);
    assert_eq!(cdx(&site).visits(), 1, "looked up again");
}

#[test]
fn a_timegate_serves_as_well() {
    let (site, house) = house(ArchiveKind::Timegate);
    let found = format!("http://archive.example/web/20201120120000/{URL}");
    site.page(&format!("archive.example/gate/{URL}"))
        .redirects(302, &found);
    holds(&site, "20201120120000", &story("water"));
    site.page("press.example/story").says(&story("mud"));

    let checked = house.check();

    assert_eq!(checked.says("1"), "changed minor");
    assert_eq!(checked.of("1").grade, Grade::Proven);
}

#[test]
fn several_access_dates_are_one_question_and_each_has_its_own_baseline() {
    let (site, house) = house(ArchiveKind::Memento);
    house.cites(&[(URL, "2020/11/24"), (URL, "2015/06/01"), (URL, "2018")]);
    let link = |time: &str| {
        let moment = to_http_date(Timestamp::from_digits14(time).unwrap());
        format!("<http://archive.example/{time}/{URL}>; rel=\"memento\"; datetime=\"{moment}\"")
    };
    let times = ["20150603120000", "20180707120000", "20201120120000"];
    let map = times.map(link).join(",\n");
    let list = site.page(&format!("archive.example/timemap/link/{URL}"));
    let list = list.answers(Answer::status(200).body(map.as_bytes()));
    let copies = ["ice", "snow", "water"];
    for (time, word) in times.iter().zip(copies) {
        holds(&site, time, &story(word));
    }
    site.page("press.example/story").says(&story("mud"));

    let checked = house.check();

    for (note, word) in [("1", "water"), ("2", "ice"), ("3", "snow")] {
        let verdict = checked.of(note);
        assert_eq!(verdict.grade, Grade::Proven, "{verdict:#?}");
        let diff = verdict.diff.as_ref().unwrap();
        assert!(diff.contains(&format!("[-{word}-] {{+mud+}}")), "{diff}");
    }
    assert_eq!(list.visits(), 1);
}

#[test]
fn a_copy_as_shown_and_a_copy_of_another_address_are_told() {
    let (site, mut house) = house(ArchiveKind::Memento);
    house.config.public_archives.archive[0].raw = String::new();
    let time = "20201120120000";
    let moment = to_http_date(Timestamp::from_digits14(time).unwrap());
    let link =
        format!("<http://archive.example/{time}/{URL}>; rel=\"memento\"; datetime=\"{moment}\"");
    site.page(&format!("archive.example/timemap/link/{URL}"))
        .answers(Answer::status(200).body(link.as_bytes()));
    let other = format!("/{time}/http://paper.example/story");
    site.page(&format!("archive.example/{time}/{URL}"))
        .redirects(302, &other);
    site.page(&format!("archive.example{other}"))
        .answers(Answer::html(&story("water")).header("Memento-Datetime", &moment));
    site.page("press.example/story").says(&story("mud"));

    let checked = house.check();

    assert_eq!(checked.says("1"), "changed minor");
    let told = &said(checked.of("1"), "copy_of_others").because;
    assert!(told.contains("as that archive shows it"), "{told}");
    assert!(
        told.contains("made of http://paper.example/story"),
        "{told}"
    );
}

#[test]
fn a_copy_of_a_front_page_to_which_the_source_led_is_passed_over() {
    let (site, house) = house(ArchiveKind::Wayback);
    cdx(&site).answers(rows(&["20201124120000"]));
    let home = "/web/20201124120001id_/http://press.example/";
    memento(&site, "20201124120000").redirects(302, home);
    let moment = to_http_date(Timestamp::from_digits14("20201124120001").unwrap());
    let front = "<title>The Press</title><h1>The Press</h1><p>All the news of today.</p>";
    site.page(&format!("archive.example{home}"))
        .answers(Answer::html(front).header("Memento-Datetime", &moment));
    site.page("press.example/story").says(&story("water"));

    let checked = house.check();

    assert_eq!(checked.says("1"), "ok");
    assert_eq!(checked.of("1").grade, Grade::Unknown);
    let captures = house.captures(URL);
    assert!(captures.iter().all(|held| held.capture.held_by.is_none()));
}

#[test]
fn a_look_up_ends_with_its_time_and_is_told() {
    let (site, mut house) = house(ArchiveKind::Wayback);
    let silent = RawServer::start(vec![vec![Step::Read, Step::Hold]]);
    house.config.public_archives.archive[0].list = silent.url("/cdx");
    house.config.public_archives.timeout = Duration::from_millis(300);
    site.page("press.example/story").says(&story("water"));

    let checked = house.check();

    assert_eq!(checked.says("1"), "ok");
    let told = &said(checked.of("1"), "archives_not_known").because;
    assert!(told.contains("no answer within 300ms"), "{told}");
}

#[test]
fn while_our_own_network_is_down_no_archive_is_asked() {
    let (site, mut house) = house(ArchiveKind::Wayback);
    let listing = cdx(&site).answers(rows(&[]));
    site.page("press.example/story").says(&story("water"));
    let nobody = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    house.config.canary.hosts = vec![nobody.to_string()];
    // One worker: the three that cannot be reached come first.
    house.config.check.workers = 1;
    let gone = ["a", "b", "c"].map(|name| format!("{name}.example"));
    for host in &gone {
        house.route(host, nobody);
    }
    let urls = gone.each_ref().map(|host| format!("http://{host}/"));
    let mut cited: Vec<_> = urls
        .iter()
        .map(|url| (url.as_str(), "2020/11/24"))
        .collect();
    cited.push((URL, "2020/11/24"));
    house.cites(&cited);

    let down = house.check();
    assert!(down.report.outage.is_some());
    assert_eq!(listing.visits(), 0);

    house.config.canary.hosts.clear();
    house.cites(&[(URL, "2020/11/24")]);
    house.check();
    assert_eq!(listing.visits(), 1, "asked as soon as the network is back");
}
