//! A synthetic catalog: sources on few large hosts and many small ones, documents of thirty citations.
//!
//! The first sources come through the catalog's own operations, document by document. The many go in by
//! SQL, in one transaction a level and without syncs, since a sync a document would take longer than all
//! that is measured; a citation that is put in so has the form of one that the catalog put in, which is
//! held. Every source was checked once, and every citation has a verdict.

use std::ops::Range;
use std::path::Path;

use ibid::catalog::interface::Documents as _;
use ibid::catalog::records::DocumentRead;
use ibid::catalog::sqlite::connection::SqliteCatalog;
use ibid::model::citation::{Accessed, Citation, Place};
use ibid::model::digest::Sha256;
use ibid::model::time::Timestamp;
use ibid::model::url::{CitedUrl, TargetUrl};
use rusqlite::{Connection, Statement, params};
use serde_json::{Value, json};

/// Citations in each document.
const CITATIONS: usize = 30;
/// Of these, so many are of sources that no document before cites.
const NEW_SOURCES: usize = 10;
/// One source in so many has turned once.
const TURNED_IN: usize = 100;

const A_WEEK: i64 = 7 * 86_400;

/// Numbers that look thrown, and are the same each time.
struct Dice(u64);

impl Dice {
    /// From 0 to below 2^31.
    fn throw(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    fn below(&mut self, sides: usize) -> usize {
        usize::try_from(self.throw()).unwrap() % sides
    }
}

const WORDS: &[&str] = &[
    "river", "treaty", "council", "winter", "bridge", "harvest", "railway", "minister", "archive",
    "museum", "letter", "journey", "market", "garden", "colour", "teacher", "village", "island",
    "history", "engine", "painter", "mountain", "harbour", "library", "statute", "election",
];

/// One host has a fiftieth of all sources, most have a few: the cube of an even throw.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a rank among hosts, below 2^31"
)]
fn host(source: usize, sources: usize) -> String {
    let mut dice = Dice(source as u64 ^ 0x5eed);
    dice.throw();
    let evenly = dice.throw() as f64 / (1_u64 << 31) as f64;
    let rank = (evenly.powi(3) * (sources / 10) as f64) as usize;
    let word = |at: usize| WORDS[at % WORDS.len()];
    format!("www.{}-{}{rank}.example", word(rank), word(rank / 7))
}

/// The address of a source in a web of so many.
pub(crate) fn url(source: usize, sources: usize) -> String {
    let mut dice = Dice(source as u64);
    dice.throw();
    let mut word = || WORDS[dice.below(WORDS.len())];
    let (one, two, three) = (word(), word(), word());
    format!(
        "https://{}/{}/{one}-and-{two}-of-the-{three}-{source}.html",
        host(source, sources),
        2000 + source % 26
    )
}

fn citation(note: usize, url: &str) -> Citation {
    let mut dice = Dice(note as u64 ^ url.len() as u64);
    let mut word = || WORDS[dice.below(WORDS.len())];
    let title = format!("The {} and the {} of the {}", word(), word(), word());
    let day = format!("2024-{:02}-{:02}", 1 + note % 12, 1 + note % 28);
    let written = day.replace('-', "/");
    let author = format!("{}, A.", word());
    let text = format!("{note}. {author} «{title}». Available at: {url} (Accessed {written}).");
    let start = note * 200;
    Citation {
        note: Some(note.to_string()),
        place: Place {
            bytes: start..start + url.len(),
            line: 40,
            column: 1,
        },
        text_bytes: start..start + text.len(),
        text,
        url: Some(CitedUrl {
            as_written: url.to_owned(),
            url: url.to_owned(),
            was_joined: false,
        }),
        accessed: Some(Accessed {
            date: day.parse().unwrap(),
            as_written: written,
            bytes: start..start + 10,
            is_ambiguous: false,
        }),
        title: Some(title),
        title_translated: None,
        authors: vec![author],
        year: Some(2001),
        container: None,
        quote: None,
        archived: None,
    }
}

/// As the catalog keeps it, to which [`Filler::put`] holds it.
fn kept(citation: &Citation) -> String {
    let text = citation.text.as_str();
    let within = |words: &str| json!([text.find(words).unwrap(), words.len()]);
    let (url, accessed) = (
        citation.url.as_ref().unwrap(),
        citation.accessed.as_ref().unwrap(),
    );
    let author = &citation.authors[0];
    let author = if author.len() > 7 {
        within(author)
    } else {
        json!(author)
    };
    let place = &citation.place;
    json!({
        "n": citation.note,
        "p": [place.bytes.start, place.bytes.end, place.line, place.column],
        "t": text,
        "b": [citation.text_bytes.start, citation.text_bytes.end],
        "w": within(&url.as_written),
        "d": [accessed.date, within(&accessed.as_written), accessed.bytes.start, accessed.bytes.end],
        "T": within(citation.title.as_ref().unwrap()),
        "a": [author],
        "y": citation.year,
    })
    .to_string()
}

/// What each document cites: sources of its own, and some that others cite too.
fn cited_by(document: usize, sources: usize) -> Vec<usize> {
    let own = document * NEW_SOURCES..(document + 1) * NEW_SOURCES;
    let mut dice = Dice(document as u64 ^ 0xd0c);
    dice.throw();
    let known = own.end;
    let others = (NEW_SOURCES..CITATIONS).map(|_| dice.below(known));
    own.chain(others.collect::<Vec<_>>())
        .filter(|source| *source < sources)
        .collect()
}

pub(crate) fn path(document: usize) -> String {
    format!(
        "/home/library/essays/{:03}/essay-{document}.md",
        document % 1000
    )
}

/// Fills one catalog, level by level.
pub(crate) struct Filler<'a> {
    /// The database's file.
    pub(crate) file: &'a Path,
    /// How many sources there will be in the end: hosts are spread by that.
    pub(crate) sources: usize,
    /// When everything was read.
    pub(crate) now: Timestamp,
}

impl Filler<'_> {
    /// The documents that cite these sources first, through the catalog's own operations.
    pub(crate) fn put(&self, catalog: &SqliteCatalog, sources: Range<usize>) {
        for document in documents_of(&sources) {
            let cited = cited_by(document, sources.end);
            let urls = cited.iter().map(|it| url(*it, self.sources));
            let citations = urls.enumerate().map(|(note, url)| citation(note, &url));
            catalog
                .put_document(&DocumentRead {
                    path: path(document),
                    sha256: Sha256::of(&document.to_le_bytes()),
                    read_at: self.now,
                    place: None,
                    stamp: None,
                    citations: citations.collect(),
                })
                .unwrap();
        }
        self.hold_form();
    }

    /// # Panics
    /// When the catalog keeps citations in another form than [`kept`].
    fn hold_form(&self) {
        let connection = Connection::open(self.file).unwrap();
        let sql = "SELECT position, url, citation FROM citations
            JOIN sources ON sources.id = source_id WHERE document_id = 1";
        let mut statement = connection.prepare(sql).unwrap();
        let mut rows = statement.query(()).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let url: String = row.get(1).unwrap();
            let position: i64 = row.get(0).unwrap();
            let ours = kept(&citation(usize::try_from(position).unwrap(), &url));
            let theirs: String = row.get(2).unwrap();
            let [ours, theirs] =
                [ours, theirs].map(|it| serde_json::from_str::<Value>(&it).unwrap());
            assert_eq!(ours, theirs);
        }
    }

    /// The same by SQL: all was visited a while ago, and is due again within the week.
    pub(crate) fn fill(&self, sources: Range<usize>) {
        let mut connection = Connection::open(self.file).unwrap();
        connection
            .execute_batch("PRAGMA synchronous = OFF; PRAGMA cache_size = -400000;")
            .unwrap();
        let transaction = connection.transaction().unwrap();
        {
            let prepare = |sql| transaction.prepare(sql).unwrap();
            let mut source = prepare(
                "INSERT INTO sources (id, url, first_seen_at, host_id, next_check_at, interval_s)
                 VALUES (?1 + 1, ?2, ?3, (SELECT id FROM hosts WHERE host = ?4), ?5, 604800)",
            );
            let mut key = prepare("INSERT INTO source_keys (surt, source_id) VALUES (?1, ?2 + 1)");
            let mut host = prepare("INSERT OR IGNORE INTO hosts (host) VALUES (?1)");
            for number in sources.clone() {
                let target = TargetUrl::parse(&url(number, self.sources)).unwrap();
                let row = i64::try_from(number).unwrap();
                host.execute([target.authority()]).unwrap();
                let after = i64::try_from(Dice(number as u64 ^ 0xdead).throw()).unwrap();
                let due = self.now.plus_seconds(7200 + after % A_WEEK);
                source
                    .execute(params![
                        row,
                        target.as_str(),
                        self.now.as_unix(),
                        target.authority(),
                        due.as_unix()
                    ])
                    .unwrap();
                key.execute(params![target.surt().as_str(), row]).unwrap();
            }
            let mut document = prepare(
                "INSERT INTO documents (id, path, sha256, first_read_at, read_at)
                 VALUES (?1 + 1, ?2, ?3, ?4, ?4)",
            );
            let mut citation = prepare(
                "INSERT INTO citations (document_id, source_id, position, citation, first_seen_at)
                 VALUES (?1 + 1, ?2 + 1, ?3, ?4, ?5)",
            );
            for number in documents_of(&sources) {
                self.put_document(&mut document, &mut citation, number);
            }
            self.put_verdicts(&transaction, &sources);
            self.put_events(&transaction, &sources);
            transaction
                .execute(
                    "INSERT OR REPLACE INTO standings
                     SELECT document_id, count(*), 0, 0, 0 FROM citations
                     WHERE document_id > ?1 GROUP BY document_id",
                    [i64::try_from(documents_of(&sources).start).unwrap()],
                )
                .unwrap();
            transaction
                .execute(
                    "UPDATE hosts SET ready_at = (SELECT min(next_check_at) FROM sources
                        WHERE host_id = hosts.id AND next_check_at IS NOT NULL)",
                    (),
                )
                .unwrap();
        }
        transaction.commit().unwrap();
        connection
            .execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")
            .unwrap();
    }

    fn put_document(&self, document: &mut Statement<'_>, cited: &mut Statement<'_>, number: usize) {
        let row = i64::try_from(number).unwrap();
        document
            .execute(params![
                row,
                path(number),
                Sha256::of(&number.to_le_bytes()).to_string(),
                self.now.as_unix()
            ])
            .unwrap();
        for (position, source) in cited_by(number, self.sources).into_iter().enumerate() {
            let json = citation(position, &url(source, self.sources));
            cited
                .execute(params![
                    row,
                    i64::try_from(source).unwrap(),
                    i64::try_from(position).unwrap(),
                    kept(&json),
                    self.now.as_unix()
                ])
                .unwrap();
        }
    }

    /// One source in a hundred has turned once, within the last ninety days.
    fn put_events(&self, connection: &Connection, sources: &Range<usize>) {
        let verdict = serde_json::to_string(&crate::measure::verdict(self.now, true)).unwrap();
        let mut event = connection
            .prepare(
                "INSERT INTO events (citation_id, check_id, at, after_verdict)
                 SELECT id, (SELECT id FROM checks WHERE source_id = ?1 + 1), ?2, ?3
                 FROM citations
                 WHERE source_id = ?1 + 1 AND retired_at IS NULL LIMIT 1",
            )
            .unwrap();
        for source in sources.clone().step_by(TURNED_IN) {
            let source = i64::try_from(source).unwrap();
            let at = self.now.as_unix() - source * 997 % (90 * 86_400);
            event.execute(params![source, at, verdict]).unwrap();
        }
        connection
            .execute(
                "INSERT INTO turns (collection, event_id, at, citation_id, document_id, source_id,
                    host_id, state, severity, rank)
                 SELECT * FROM turns_as_made
                 WHERE event_id > (SELECT coalesce(max(event_id), 0) FROM turns)",
                [],
            )
            .unwrap();
    }

    /// A check of each source that has none, and a verdict on each citation.
    fn put_verdicts(&self, connection: &Connection, sources: &Range<usize>) {
        let verdict = serde_json::to_string(&crate::measure::verdict(self.now, false)).unwrap();
        connection
            .execute(
                "INSERT INTO checks (source_id, started_at, took_ms, http_status, final_url)
                 SELECT id, ?1, 100, 200, url FROM sources WHERE NOT EXISTS (
                    SELECT 1 FROM checks WHERE source_id = sources.id) ORDER BY id",
                [self.now.as_unix() - A_WEEK],
            )
            .unwrap();
        connection
            .execute(
                "INSERT INTO verdicts (citation_id, check_id, verdict)
                 SELECT id, (SELECT id FROM checks WHERE source_id = citations.source_id), ?2
                 FROM citations
                 WHERE document_id > ?1 AND source_id IS NOT NULL ORDER BY id",
                params![i64::try_from(documents_of(sources).start).unwrap(), verdict],
            )
            .unwrap();
    }
}

fn documents_of(sources: &Range<usize>) -> Range<usize> {
    sources.start / NEW_SOURCES..sources.end.div_ceil(NEW_SOURCES)
}
