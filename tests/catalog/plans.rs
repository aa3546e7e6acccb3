//! How each statement finds its rows. A catalog is never analysed, so that plans do not depend on what
//! is in it: what is looked up through an index here is so among millions of rows.

use std::fs;
use std::path::Path;

use rusqlite::types::Null;
use rusqlite::{Connection, params_from_iter};

use crate::catalog::{file_in, open_new};

/// Statements that read all of a table or of an index, by the words that only they have, and why they
/// may.
const WHOLE: &[(&str, &str)] = &[
    (
        "SELECT name FROM warc_files",
        "one name a file of a gigabyte, at the start",
    ),
    (
        "SELECT id FROM captures",
        "a reindex: all captures, by its nature",
    ),
    (
        "SELECT count(*) FROM documents",
        "the summary of the whole catalog, said to be none for a loop",
    ),
    (
        "FROM documents WHERE gone_at IS NULL ORDER BY path",
        "the list of all documents",
    ),
    (
        "DELETE FROM leases RETURNING host_id",
        "what is on lease alone, at the start and the end",
    ),
    (
        "(SELECT count(*) FROM leases) AS leased",
        "what is on lease alone",
    ),
    (
        "FROM places ORDER BY name",
        "as many places as are configured",
    ),
    ("SELECT uuid FROM identity", "one row"),
    ("SELECT key FROM replay_key", "one row"),
    ("UPDATE requisites_mark", "one row"),
    ("SELECT last_capture_id FROM requisites_mark", "one row"),
    ("FROM clock LIMIT 1", "one row"),
    ("UPDATE clock SET newest_check_at", "one row"),
    (
        "SELECT 1 FROM leases WHERE leased_until",
        "what is on lease alone",
    ),
    ("UPDATE leases SET leased_until", "what is on lease alone"),
    (
        "FROM accounts ORDER BY name",
        "as many accounts as were made by hand",
    ),
    (
        "SELECT NOT EXISTS (SELECT 1 FROM accounts)",
        "whether there is one at all",
    ),
    (
        "SELECT account_id, collection FROM account_collections",
        "some closed collections for each of them",
    ),
    (
        "WHERE role = 'administrator' AND disabled_at IS NULL",
        "as many accounts as were made by hand",
    ),
    (
        "SELECT account_id, count(*) FROM sessions",
        "sessions that are not over, for the page of accounts",
    ),
    (
        "SELECT name FROM named",
        "the collections that have events, each found by a look into an index",
    ),
    (
        "FROM documents WHERE instr(",
        "the search for a document by a part of its name",
    ),
    (
        "FROM hosts WHERE instr(",
        "the search for a host by a part of its name",
    ),
    (
        "FROM file_fixity ORDER BY name",
        "one row a file of a gigabyte, for the next one to be read again",
    ),
];

/// All statements in the sources of the adapter, white space folded: the texts in quotes that begin as
/// SQL does.
fn statements() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/catalog/sqlite");
    let mut statements = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|it| it != "rs") || path.ends_with("migrate.rs") {
            continue;
        }
        let source = fs::read_to_string(&path).unwrap();
        // The other pieces are between texts. No statement has a quotation mark in it.
        let found: Vec<_> = source
            .split('"')
            .map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
            .filter(|text| {
                let word = text.split(' ').next().unwrap_or_default();
                ["SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "REPLACE"].contains(&word)
            })
            .collect();
        let prepared = source.matches(".prepare").count();
        assert!(
            found.len() >= prepared,
            "{}: {prepared} statements are prepared, and {} are found",
            path.display(),
            found.len()
        );
        statements.extend(found);
    }
    statements
}

/// The steps of a statement's plan.
fn plan(connection: &Connection, statement: &str) -> Vec<String> {
    let mut explained = connection
        .prepare(&format!("EXPLAIN QUERY PLAN {statement}"))
        .unwrap_or_else(|why| panic!("{statement}: {why}"));
    let nothing = params_from_iter(vec![Null; explained.parameter_count()]);
    explained
        .query_map(nothing, |row| row.get("detail"))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap()
}

#[test]
fn no_statement_reads_a_whole_table_but_those_that_say_why() {
    let (catalog, folder) = open_new();
    drop(catalog);
    let connection = Connection::open(file_in(&folder)).unwrap();
    let mut excused = vec![false; WHOLE.len()];
    let mut wrong = Vec::new();
    let statements = statements();
    assert!(
        statements.len() >= 90,
        "only {} were found",
        statements.len()
    );
    for statement in &statements {
        let plan = plan(&connection, statement);
        let reads_all = |step: &String| {
            step.starts_with("SCAN")
                && step != "SCAN CONSTANT ROW"
                && !step.contains("excluded")
                // A list that is given as a parameter.
                && !step.contains("json_each")
        };
        if !plan.iter().any(reads_all) {
            continue;
        }
        match WHOLE
            .iter()
            .position(|(words, _)| statement.contains(words))
        {
            Some(at) => excused[at] = true,
            None => wrong.push(format!("{statement}\n  {}", plan.join("\n  "))),
        }
    }
    assert!(
        wrong.is_empty(),
        "these read whole tables:\n{}",
        wrong.join("\n")
    );
    for ((words, why), is_met) in WHOLE.iter().zip(excused) {
        assert!(is_met, "«{words}» ({why}) is excused and needs no excuse");
    }
}

#[test]
fn a_statement_without_an_index_is_seen() {
    let (catalog, folder) = open_new();
    drop(catalog);
    let connection = Connection::open(file_in(&folder)).unwrap();
    let steps = plan(&connection, "SELECT id FROM sources WHERE url = ?1");
    assert_eq!(steps, ["SCAN sources"]);
}
