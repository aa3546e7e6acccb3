//! What the catalog's operations cost, as those who call them see it.

use std::path::Path;
use std::time::{Duration, Instant};

use ibid::catalog::accounts::Sight;
use ibid::catalog::interface::{
    Captures as _, Catalog as _, Documents as _, Schedule as _, Verdicts as _,
};
use ibid::catalog::overview::Overview as _;
use ibid::catalog::records::{CheckRecord, JudgedCheck, Mark, NextCheck, Outcome};
use ibid::catalog::sqlite::connection::SqliteCatalog;
use ibid::model::capture::{Capture, RecordPlace};
use ibid::model::digest::{Sha1, Sha256};
use ibid::model::ids::SourceId;
use ibid::model::time::Timestamp;
use ibid::model::verdict::{Evidence, Grade, Passage, Severity, State, Strength, Verdict};
use ibid::workflow::report::{self, Terms};
use rusqlite::{Connection, params};

use crate::fill;

/// Checks in a batch, as a busy service makes them.
const BATCH: usize = 256;
const BATCHES: usize = 8;
const TRIES: usize = 15;

/// Measures one catalog.
pub(crate) struct Scale<'a> {
    /// Its file.
    pub(crate) file: &'a Path,
    /// How many sources it has.
    pub(crate) sources: usize,
    /// The moment of all that is done.
    pub(crate) now: Timestamp,
}

/// Names and what was measured, in milliseconds or as the name says.
pub(crate) type Figures = Vec<(&'static str, f64)>;

impl Scale<'_> {
    pub(crate) fn measure(&self) -> Figures {
        let mut figures = Vec::new();
        let opened = Instant::now();
        let catalog = SqliteCatalog::open(self.file).unwrap();
        catalog.end_leases(self.now).unwrap();
        catalog.known_files().unwrap();
        catalog.unmarked_captures(100).unwrap();
        figures.push(("open, all that a start asks", ms(opened.elapsed())));
        let asked = || catalog.next_ready_at().unwrap();
        figures.push(("idle tick, µs", median(TRIES * 20, asked) * 1000.0));
        let leased = || {
            catalog
                .lease_due(self.now, self.later(600), 1000, 8)
                .unwrap()
        };
        figures.push(("lease with 0 due, µs", median(TRIES, leased) * 1000.0));
        let of_many = |due| self.make_due(due);
        figures.push(("lease with 10 due", self.lease(&catalog, || of_many(10))[0]));
        let [on_many, best] = self.lease(&catalog, || of_many(1000));
        figures.push(("lease with 1,000 due", on_many));
        figures.push(("  the fastest of 15", best));
        let [on_few, best] = self.lease(&catalog, || self.make_due_of_hosts(10));
        figures.push(("lease with 1,000 due of 10 hosts", on_few));
        figures.push(("  the fastest of 15", best));
        of_many(1000);
        let summary = || catalog.due_summary(self.now).unwrap();
        figures.push((
            "due summary, 1,000 due, µs",
            median(TRIES, summary) * 1000.0,
        ));
        self.put_off_all();
        self.record(&catalog, &mut figures);
        let mut document = 0;
        let terms = Terms {
            flagged_states: vec![State::Dead],
            confirm_checks: 3,
        };
        let reported = || {
            document = (document + 7) % (self.sources / 10);
            let known = catalog.document(&fill::path(document)).unwrap().unwrap();
            let since = Some(self.later(-86_400));
            report::of_documents(&catalog, &[known], since, &terms, self.now).unwrap()
        };
        figures.push(("report of a document", median(TRIES * 3, reported)));
        let in_parts = || {
            report::in_parts(&catalog, &terms, self.now, 100)
                .map(|part| part.unwrap().verdicts().count())
                .sum::<usize>()
        };
        let began = Instant::now();
        let verdicts = in_parts();
        let all = ms(began.elapsed());
        assert!(
            verdicts >= self.sources * 2,
            "{verdicts} verdicts are reported"
        );
        figures.push(("report of everything, in parts", all));
        let part = || report::in_parts(&catalog, &terms, self.now, 100).next();
        figures.push(("a part of it, 100 documents", median(TRIES, part)));
        let of_a_day = || catalog.events_since(self.later(-86_400), None).unwrap();
        figures.push(("events of the last day", of_a_day().len() as f64));
        figures.push(("events since a day ago", median(TRIES, of_a_day)));
        self.overview(&catalog, &mut figures);
        drop(catalog);
        figures.extend(self.bytes());
        figures
    }

    /// What the overview costs: the count that goes on beside, and what the page reads of it.
    fn overview(&self, catalog: &SqliteCatalog, figures: &mut Figures) {
        let window = chrono::TimeDelta::days(30);
        let mut tally = None;
        let count = || tally = Some(catalog.count_all(window).unwrap());
        figures.push(("count of everything", median(3, count)));
        let tally = tally.unwrap();
        for day in 0..365 {
            let day = self.later(-day * 86_400).to_day();
            catalog.put_tally(&day, &tally).unwrap();
        }
        let since = self.later(-366 * 86_400).to_day();
        for (name, sight) in [
            ("overview of an administrator", Sight::All),
            ("overview of a reader", Sight::Of([String::new()].into())),
        ] {
            let read = || {
                catalog.last_tally(&sight).unwrap();
                catalog.tallies_since(&sight, &since).unwrap();
                catalog.latest_events_seen(&sight, 10).unwrap();
            };
            figures.push((name, median(TRIES, read)));
        }
        let nothing = Sight::Of(["other".to_owned()].into());
        let read = || catalog.latest_events_seen(&nothing, 10).unwrap();
        figures.push(("events for who sees none", median(TRIES, read)));
    }

    fn later(&self, seconds: i64) -> Timestamp {
        self.now.plus_seconds(seconds)
    }

    /// The median of leasing all that was made due, and the least: on a machine that does other things
    /// too, the median has their time in it.
    fn lease(&self, catalog: &SqliteCatalog, make_due: impl Fn() -> usize) -> [f64; 2] {
        let mut took = Vec::new();
        self.put_off_all();
        for _ in 0..TRIES {
            let due = make_due();
            let began = Instant::now();
            let leased = catalog.lease_due(self.now, self.later(600), 1000, 1000);
            took.push(began.elapsed());
            let leased: Vec<_> = leased.unwrap().iter().map(|it| it.source.id).collect();
            assert_eq!(leased.len(), due);
            catalog.hand_back(&leased, self.now).unwrap();
        }
        let least = took.iter().min().map_or(f64::NAN, |it| ms(*it));
        [middle(took), least]
    }

    /// So many, one or a few of each host.
    fn make_due(&self, due: usize) -> usize {
        let due = due.min(self.sources);
        let step = (self.sources / due).max(1);
        let sources = (1..=self.sources).step_by(step).take(due);
        self.make_these_due(
            &sources
                .map(|it| i64::try_from(it).unwrap())
                .collect::<Vec<_>>(),
        )
    }

    /// A thousand of the largest hosts, or as many as these have.
    fn make_due_of_hosts(&self, hosts: u32) -> usize {
        let connection = Connection::open(self.file).unwrap();
        let largest: Vec<i64> = connection
            .prepare("SELECT host_id FROM sources WHERE id <= 10000 GROUP BY 1 ORDER BY count(*) DESC LIMIT ?1")
            .unwrap()
            .query_map([hosts], |row| row.get(0))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        let mut sources = Vec::new();
        let mut of_host = connection
            .prepare(
                "SELECT id FROM sources WHERE host_id = ?1 AND next_check_at IS NOT NULL LIMIT ?2",
            )
            .unwrap();
        for host in largest {
            let found = of_host.query_map(params![host, 1000 / hosts], |row| row.get(0));
            sources.extend(found.unwrap().map(Result::<i64, _>::unwrap));
        }
        self.make_these_due(&sources)
    }

    fn make_these_due(&self, sources: &[i64]) -> usize {
        let mut connection = Connection::open(self.file).unwrap();
        let transaction = connection.transaction().unwrap();
        for source in sources {
            transaction
                .prepare_cached("UPDATE sources SET next_check_at = ?2 WHERE id = ?1")
                .unwrap()
                .execute([*source, self.now.as_unix()])
                .unwrap();
            transaction
                .prepare_cached(
                    "UPDATE hosts SET ready_at = ?2
                     WHERE id = (SELECT host_id FROM sources WHERE id = ?1)",
                )
                .unwrap()
                .execute([*source, self.now.as_unix()])
                .unwrap();
        }
        transaction.commit().unwrap();
        sources.len()
    }

    /// Nothing is due any more.
    pub(crate) fn put_off_all(&self) {
        let connection = Connection::open(self.file).unwrap();
        connection
            .execute_batch(&format!(
                "BEGIN;
                 UPDATE sources SET next_check_at = {0} WHERE next_check_at <= {0};
                 UPDATE hosts SET ready_at = {0} WHERE ready_at <= {0};
                 COMMIT;",
                self.later(7200).as_unix()
            ))
            .unwrap();
    }

    /// First checks, and then second checks of the same sources.
    fn record(&self, catalog: &SqliteCatalog, figures: &mut Figures) {
        let count = (BATCH * BATCHES).min(self.sources);
        let step = self.sources / count;
        let names = [
            ["record 256 first checks", "bytes a first check"],
            ["record 256 later checks", "bytes a later check"],
        ];
        for (round, [time, bytes]) in names.into_iter().enumerate() {
            let before = self.used_bytes();
            let mut took = Vec::new();
            for batch in 0..count / BATCH {
                let sources = (batch * BATCH..).take(BATCH).map(|at| at * step);
                let checks: Vec<_> = sources
                    .map(|source| self.judged(catalog, source, round))
                    .collect();
                let began = Instant::now();
                catalog.record_judged(&checks).unwrap();
                took.push(began.elapsed());
            }
            figures.push((time, middle(took)));
            let grown = self.used_bytes() - before;
            figures.push((bytes, grown / (count / BATCH * BATCH) as f64));
        }
    }

    fn judged(&self, catalog: &SqliteCatalog, number: usize, round: usize) -> JudgedCheck {
        let id = SourceId(i64::try_from(number).unwrap() + 1);
        let source = catalog.source_by_id(id).unwrap().unwrap();
        let started_at = self.later(i64::try_from(round).unwrap());
        let digest = Sha256::of(source.url.as_str().as_bytes());
        let key = format!("{number} {round} {}", self.sources);
        let hex = Sha256::of(key.as_bytes()).to_hex();
        let capture = Capture {
            source: source.surt.clone(),
            source_url: source.url.clone(),
            captured_at: started_at,
            url: source.url.clone(),
            status: 200,
            media_type: Some("text/html".to_owned()),
            payload_sha256: digest,
            payload_sha1: Sha1::of(key.as_bytes()).to_string(),
            payload_bytes: 30_000,
            record: RecordPlace {
                file: "ibid-20261124120000-00001.warc.gz".to_owned(),
                offset: 123_456_789,
                length: 9_000,
            },
            record_id: format!(
                "urn:uuid:{}-{}-{}-{}-{}",
                &hex[..8],
                &hex[8..12],
                &hex[12..16],
                &hex[16..20],
                &hex[20..32]
            ),
            is_revisit: round > 0,
            held_by: None,
        };
        let cited = catalog.citations_of_source(id).unwrap();
        let verdict = verdict(started_at, number.is_multiple_of(100));
        JudgedCheck {
            validators: None,
            verdicts: cited.iter().map(|it| (it.id, verdict.clone())).collect(),
            check: CheckRecord {
                source: id,
                started_at,
                took: Duration::from_millis(321),
                outcome: Outcome::Answered {
                    http_status: 200,
                    final_url: source.url,
                },
                capture: Some(capture),
            },
            mark: Some(Mark {
                is_snapshot: true,
                text_sha256: Some(digest),
            }),
            next: Some(NextCheck {
                at: self.later(7 * 86_400),
                interval: Duration::from_hours(7 * 24),
            }),
        }
    }

    /// What the database uses of its file, in bytes.
    fn used_bytes(&self) -> f64 {
        let connection = Connection::open(self.file).unwrap();
        let number = |pragma| -> i64 {
            connection
                .pragma_query_value(None, pragma, |row| row.get(0))
                .unwrap()
        };
        let pages = number("page_count") - number("freelist_count");
        (pages * number("page_size")) as f64
    }

    /// Where the bytes are, for each source and each citation.
    fn bytes(&self) -> Figures {
        let connection = Connection::open(self.file).unwrap();
        let of = |tables: &str| -> f64 {
            let sql = format!(
                "SELECT coalesce(sum(pgsize), 0) FROM dbstat WHERE aggregate = TRUE AND name IN (
                    SELECT name FROM sqlite_schema WHERE tbl_name IN ({tables}))"
            );
            connection
                .query_row(&sql, (), |row| row.get::<_, i64>(0))
                .unwrap() as f64
        };
        let count = |sql| {
            connection
                .query_row(sql, (), |row| row.get::<_, i64>(0))
                .unwrap() as f64
        };
        let sources = count("SELECT count(*) FROM sources");
        let citations = count("SELECT count(*) FROM citations");
        vec![
            (
                "bytes a source, key, schedule, host",
                of("'sources', 'source_keys', 'hosts', 'leases'") / sources,
            ),
            ("bytes a citation", of("'citations'") / citations),
            ("bytes a standing verdict", of("'verdicts'") / citations),
            ("database, MiB", self.used_bytes() / f64::from(1 << 20)),
        ]
    }
}

pub(crate) fn verdict(now: Timestamp, has_changed: bool) -> Verdict {
    let state = if has_changed {
        State::Changed
    } else {
        State::Ok
    };
    Verdict {
        state,
        is_confirmed: true,
        failed_checks: 0,
        gone_checks: 0,
        failing_since: None,
        last_counted_at: None,
        severity: has_changed.then_some(Severity::Minor),
        passage: Passage::NotCited,
        grade: Grade::Unknown,
        baseline: None,
        since: now,
        judged_at: now,
        http_status: Some(200),
        final_url: None,
        captured_at: Some(now),
        payload_sha256: Some(Sha256::of(b"payload")),
        text_sha256: Some(Sha256::of(b"text")),
        facts_sha256: Some(Sha256::of(b"facts")),
        diff: None,
        lessons: Vec::new(),
        evidence: vec![Evidence {
            rule: "text-same".to_owned(),
            speaks_for: state,
            strength: Strength::Decisive,
            because: "the main text is what it was at the check before".to_owned(),
        }],
    }
}

pub(crate) fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn median<T>(tries: usize, mut work: impl FnMut() -> T) -> f64 {
    let timed = |_| {
        let began = Instant::now();
        let done = work();
        let took = began.elapsed();
        drop(done);
        took
    };
    middle((0..tries).map(timed).collect())
}

/// In milliseconds.
fn middle(mut took: Vec<Duration>) -> f64 {
    took.sort_unstable();
    took.get(took.len() / 2).map_or(f64::NAN, |it| ms(*it))
}
