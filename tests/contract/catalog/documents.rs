//! Documents, and which citation is which.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use ibid::catalog::interface::Catalog;
use ibid::catalog::records::DocumentRead;
use ibid::model::citation::Citation;
use ibid::model::digest::Sha256;
use ibid::model::ids::{CitationId, DocumentId};
use ibid::model::surt::Surt;
use ibid::model::verdict::State;
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop};
use proptest::{prop_assert, prop_assert_eq};

use super::{at, cites, ids, judged, one_citation, put_urls, reading, verdict};

pub(crate) fn a_document_is_read_back_as_it_was_put(catalog: &dyn Catalog) {
    let first = reading("/b.txt", "2026-01-01", &[]);
    let later = DocumentRead {
        sha256: Sha256::of(b"later"),
        read_at: at("2026-02-01"),
        ..first.clone()
    };
    catalog.put_document(&first).unwrap();
    catalog
        .put_document(&reading("/a.txt", "2026-01-02", &[]))
        .unwrap();
    let again = catalog.put_document(&later).unwrap();

    let held = catalog.document("/b.txt").unwrap().unwrap();
    assert_eq!(held.id, again.document);
    assert_eq!((held.sha256, held.read_at), (later.sha256, later.read_at));
    assert_eq!(held.first_read_at, first.read_at);
    assert_eq!(catalog.document("/c.txt").unwrap(), None);
    let paths: Vec<_> = catalog
        .documents()
        .unwrap()
        .into_iter()
        .map(|d| d.path)
        .collect();
    assert_eq!(paths, ["/a.txt", "/b.txt"]);
}

pub(crate) fn a_citation_keeps_all_that_was_read(catalog: &dyn Catalog) {
    let citations = [
        cites(
            "1",
            "https://a.example/ü?x=1&y=2#:~:text=a%20b",
            Some("2020-11"),
        ),
        Citation {
            url: None,
            note: None,
            accessed: None,
            ..cites("2", "", None)
        },
    ];
    let change = catalog
        .put_document(&reading("/a.txt", "2026-01-01", &citations))
        .unwrap();

    let held = catalog.citations_of(change.document).unwrap();
    assert_eq!(
        held.iter().map(|held| held.id).collect::<Vec<_>>(),
        ids(&change)
    );
    assert_eq!(
        held.iter().map(|held| &held.citation).collect::<Vec<_>>(),
        citations.iter().collect::<Vec<_>>()
    );
    assert!(held.iter().all(|held| held.document == change.document));
    assert_eq!(held[0].source, change.citations[0].source);
}

pub(crate) fn a_document_put_again_changes_nothing(catalog: &dyn Catalog) {
    let urls = ["https://a.example/1", "https://a.example/2", "nonsense"];
    let first = put_urls(catalog, "/a.txt", &urls);
    let again = put_urls(catalog, "/a.txt", &urls);

    assert_eq!(first.citations, again.citations);
    assert_eq!((first.added, first.kept, first.retired), (3, 0, 0));
    assert_eq!((again.added, again.kept, again.retired), (0, 3, 0));
}

pub(crate) fn notes_that_were_renumbered_keep_their_identity(catalog: &dyn Catalog) {
    let before = put_urls(
        catalog,
        "/a.txt",
        &["https://a.example/1", "https://a.example/2"],
    );
    let after = put_urls(
        catalog,
        "/a.txt",
        &[
            "https://new.example/",
            "https://a.example/1",
            "https://a.example/2",
        ],
    );

    assert_eq!(ids(&after)[1..], ids(&before)[..]);
    assert_eq!((after.added, after.kept, after.retired), (1, 2, 0));
    let held = catalog.citations_of(after.document).unwrap();
    assert_eq!(held[1].citation.note.as_deref(), Some("2"));
}

pub(crate) fn the_same_url_with_another_access_date_is_another_citation(catalog: &dyn Catalog) {
    let put = |date| {
        let citation = cites("1", "https://a.example/1", date);
        catalog
            .put_document(&reading("/a.txt", "2026-01-01", &[citation]))
            .unwrap()
    };
    let [day, month, none] = [Some("2020-11-01"), Some("2020-11"), None].map(put);

    assert_eq!((month.added, month.retired), (1, 1));
    assert_eq!((none.added, none.retired), (1, 1));
    assert_eq!(day.citations[0].source, none.citations[0].source);
}

pub(crate) fn equal_citations_are_told_apart_by_their_order(catalog: &dyn Catalog) {
    let twin = cites("1", "https://a.example/1", None);
    let put = |count| {
        let citations = vec![twin.clone(); count];
        catalog
            .put_document(&reading("/a.txt", "2026-01-01", &citations))
            .unwrap()
    };
    let three = put(3);
    let two = put(2);
    let four = put(4);

    assert_eq!(ids(&three).iter().collect::<HashSet<_>>().len(), 3);
    assert_eq!(ids(&two)[..], ids(&three)[..2]);
    assert_eq!(ids(&four)[..3], ids(&three)[..]);
    assert_eq!((four.kept, four.revived, four.added), (2, 1, 1));
}

pub(crate) fn a_label_decides_between_two_citations_of_one_url(catalog: &dyn Catalog) {
    let [one, two] = ["1", "2"].map(|note| cites(note, "https://a.example/1", None));
    let put = |citations: &[Citation]| {
        catalog
            .put_document(&reading("/a.txt", "2026-01-01", citations))
            .unwrap()
    };
    let before = put(&[one.clone(), two.clone()]);
    let swapped = put(&[two.clone(), one]);
    let alone = put(&[two]);

    assert_eq!(
        ids(&swapped),
        [before.citations[1].id, before.citations[0].id]
    );
    assert_eq!(ids(&alone), [before.citations[1].id]);
}

pub(crate) fn citations_without_a_url_are_matched_by_their_words(catalog: &dyn Catalog) {
    let book = |words: &str| Citation {
        url: None,
        text: words.to_owned(),
        ..cites("1", "", None)
    };
    let put = |citations: &[Citation]| {
        catalog
            .put_document(&reading("/a.txt", "2026-01-01", citations))
            .unwrap()
    };
    let before = put(&[book("Doe, A Book."), book("Roe, Another.")]);
    let after = put(&[book("Roe, Another."), book("Roe, Another, 2nd ed.")]);

    assert_eq!(after.citations[0].id, before.citations[1].id);
    assert_eq!((after.added, after.kept, after.retired), (1, 1, 1));
    assert_eq!(after.citations[0].source, None);
}

pub(crate) fn a_citation_that_went_is_retired_and_its_history_stays(catalog: &dyn Catalog) {
    let one = one_citation(catalog);
    let dead = judged(one.citation, one.first, verdict(State::Dead, "2026-01-01"));
    catalog.record_verdicts(&[dead]).unwrap();
    let change = catalog
        .put_document(&reading("/essay.txt", "2026-02-01", &[]))
        .unwrap();

    assert_eq!(change.retired, 1);
    assert_eq!(catalog.citations_of(one.document).unwrap(), []);
    assert_eq!(catalog.citations_of_source(one.source).unwrap(), []);
    assert_eq!(catalog.sources_of(&[one.document]).unwrap(), []);
    assert!(catalog.source_by_id(one.source).unwrap().is_some());
    assert_eq!(catalog.checks_of(one.source).unwrap().len(), 2);
    assert_eq!(
        catalog.last_verdict(one.citation).unwrap().unwrap().state,
        State::Dead
    );
    assert_eq!(
        catalog.events_since(at("2026-01-01"), None).unwrap().len(),
        1
    );
}

pub(crate) fn a_citation_that_came_back_is_the_one_it_was(catalog: &dyn Catalog) {
    let urls = ["https://a.example/1", "https://a.example/2"];
    let before = put_urls(catalog, "/a.txt", &urls);
    put_urls(catalog, "/a.txt", &urls[..1]);
    let after = put_urls(catalog, "/a.txt", &urls);

    assert_eq!(ids(&after), ids(&before));
    assert_eq!((after.kept, after.revived, after.added), (1, 1, 0));
    assert_eq!(catalog.citations_of(after.document).unwrap().len(), 2);
}

pub(crate) fn a_citation_that_moved_is_rather_itself_than_one_that_went(catalog: &dyn Catalog) {
    let [one, two] = ["1", "2"].map(|note| cites(note, "https://a.example/1", None));
    let put = |citations: &[Citation]| {
        catalog
            .put_document(&reading("/a.txt", "2026-01-01", citations))
            .unwrap()
    };
    let both = put(&[one.clone(), two.clone()]);
    put(&[one]);
    let moved = put(&[two]);

    assert_eq!(ids(&moved), [both.citations[0].id]);
}

pub(crate) fn a_source_cited_in_many_ways_is_one(catalog: &dyn Catalog) {
    let change = put_urls(
        catalog,
        "/a.txt",
        &[
            "http://A.example:80/x#one",
            "https://a.example/x#two",
            "https://a.example/X",
        ],
    );
    let sources: Vec<_> = change
        .citations
        .iter()
        .map(|placed| placed.source.unwrap())
        .collect();

    assert_eq!(sources[0], sources[1]);
    assert_ne!(sources[0], sources[2]);
    let held = catalog.source_by_id(sources[0]).unwrap().unwrap();
    assert_eq!(held.url.as_str(), "http://a.example/x");
    assert_eq!(held.first_seen_at, at("2026-01-01"));
    assert_eq!(catalog.source(&held.surt).unwrap(), Some(held));
    assert_eq!(
        catalog
            .source(&Surt::from_stored("none)/".to_owned()))
            .unwrap(),
        None
    );
    assert_eq!(catalog.citations_of_source(sources[0]).unwrap().len(), 2);
}

pub(crate) fn a_url_that_cannot_be_visited_has_no_source(catalog: &dyn Catalog) {
    let change = put_urls(
        catalog,
        "/a.txt",
        &["ftp://a.example/x", "https://user:pw@a.example/"],
    );

    assert!(
        change
            .citations
            .iter()
            .all(|placed| placed.source.is_none())
    );
    let held = catalog.citations_of(change.document).unwrap();
    assert_eq!(
        held[0].citation.url.as_ref().unwrap().url,
        "ftp://a.example/x"
    );
    assert_eq!(catalog.counts().unwrap().sources, 0);
}

pub(crate) fn documents_do_not_share_citations(catalog: &dyn Catalog) {
    let a = put_urls(catalog, "/a.txt", &["https://a.example/1"]);
    let b = put_urls(catalog, "/b.txt", &["https://a.example/1"]);
    assert_ne!(ids(&a), ids(&b));
    assert_eq!(a.citations[0].source, b.citations[0].source);
    let source = a.citations[0].source.unwrap();

    put_urls(catalog, "/a.txt", &[]);
    let left = catalog.citations_of_source(source).unwrap();
    assert_eq!(left.iter().map(|held| held.id).collect::<Vec<_>>(), ids(&b));
}

pub(crate) fn sources_come_once_and_in_the_order_cited(catalog: &dyn Catalog) {
    let a = put_urls(
        catalog,
        "/a.txt",
        &["https://z.example/", "https://a.example/", "x"],
    );
    let b = put_urls(
        catalog,
        "/b.txt",
        &["https://a.example/#2", "https://b.example/"],
    );
    let of = |documents: &[DocumentId]| -> Vec<_> {
        let sources = catalog.sources_of(documents).unwrap();
        sources
            .into_iter()
            .map(|it| {
                let source = catalog.source_by_id(it.source).unwrap().unwrap();
                source.url.host().to_owned()
            })
            .collect()
    };

    assert_eq!(
        of(&[a.document, b.document]),
        ["z.example", "a.example", "b.example"]
    );
    assert_eq!(of(&[b.document]), ["a.example", "b.example"]);
    assert_eq!(of(&[]), Vec::<String>::new());
}

pub(crate) fn documents_come_page_by_page(catalog: &dyn Catalog) {
    for path in ["/c.txt", "/a.txt", "/d.txt", "/b.txt"] {
        put_urls(catalog, path, &["https://a.example/"]);
    }
    let gone = catalog.document("/b.txt").unwrap().unwrap();
    catalog.leave_document(gone.id, at("2026-02-01")).unwrap();
    let after = |path| -> Vec<_> {
        let page = catalog.documents_after(path, 2).unwrap();
        page.into_iter().map(|document| document.path).collect()
    };

    assert_eq!(after(""), ["/a.txt", "/c.txt"]);
    assert_eq!(after("/c.txt"), ["/d.txt"]);
    assert_eq!(after("/d.txt"), Vec::<String>::new());
}

/// A citation out of few, so that sequences meet the same ones again under other labels.
fn any_citation() -> impl Strategy<Value = Citation> {
    let note = prop::sample::select(vec!["1", "2", "3", "a"]);
    let url = prop::sample::select(vec![
        "https://a.example/1",
        "https://a.example/2",
        "https://a.example/2#part",
        "mailto:a@a.example",
    ]);
    let date = prop::sample::select(vec![None, Some("2020"), Some("2020-11-24")]);
    let with_url = (note, url, date).prop_map(|(note, url, date)| cites(note, url, date));
    prop::strategy::Union::new_weighted(vec![
        (8, with_url.boxed()),
        (
            1,
            any::<bool>()
                .prop_map(|is_one| Citation {
                    url: None,
                    text: format!("Doe, Book {is_one}"),
                    ..cites("9", "", None)
                })
                .boxed(),
        ),
        (1, Just(cites("1", "https://a.example/1", None)).boxed()),
    ])
}

/// What makes two citations one, label apart.
fn saying(citation: &Citation) -> String {
    let url = citation.url.as_ref().map(|url| url.url.clone());
    let date = citation.accessed.as_ref().map(|accessed| accessed.date);
    format!(
        "{:?} {date:?}",
        url.unwrap_or_else(|| citation.text.clone())
    )
}

pub(crate) fn any_sequence_of_readings_leaves_what_was_read_last(catalog: &dyn Catalog) {
    let sequences = prop::collection::vec(prop::collection::vec(any_citation(), 0..12), 1..8);
    let runs = AtomicUsize::new(0);
    let config = ProptestConfig::with_cases(64);
    proptest::test_runner::TestRunner::new(config)
        .run(&sequences, |readings| {
            let path = format!("/{}.txt", runs.fetch_add(1, Ordering::Relaxed));
            let mut ever: HashSet<(CitationId, String)> = HashSet::new();
            let mut before: Vec<(CitationId, Citation)> = Vec::new();
            for citations in &readings {
                let change = catalog
                    .put_document(&reading(&path, "2026-01-01", citations))
                    .unwrap();
                let now: Vec<_> = ids(&change)
                    .into_iter()
                    .zip(citations.iter().cloned())
                    .collect();

                // What is held is what was read, each under an identity of its own.
                let held = catalog.citations_of(change.document).unwrap();
                let held: Vec<_> = held
                    .into_iter()
                    .map(|held| (held.id, held.citation))
                    .collect();
                prop_assert_eq!(&held, &now);
                prop_assert_eq!(ids(&change).iter().collect::<HashSet<_>>().len(), now.len());
                // An identity never says another thing than it said.
                for (id, citation) in &now {
                    prop_assert!(
                        !ever
                            .iter()
                            .any(|(other, said)| other == id && *said != saying(citation))
                    );
                    ever.insert((*id, saying(citation)));
                }
                // No more is added than is said more often than ever before, nor retired than is
                // said less often than at the reading before.
                let count = |list: &[(CitationId, Citation)], said: &str| {
                    list.iter()
                        .filter(|(_, citation)| saying(citation) == said)
                        .count()
                };
                let sayings: HashSet<_> = before
                    .iter()
                    .chain(&now)
                    .map(|(_, citation)| saying(citation))
                    .collect();
                let (mut kept, mut went) = (0, 0);
                for said in &sayings {
                    kept += count(&before, said).min(count(&now, said));
                    went += count(&before, said).saturating_sub(count(&now, said));
                }
                prop_assert_eq!((change.kept, change.retired), (kept, went));
                prop_assert_eq!(change.kept + change.revived + change.added, now.len());
                // What stands where it stood, word for word, is what it was.
                let is_unchanged = before.iter().map(|(_, c)| c).eq(now.iter().map(|(_, c)| c));
                prop_assert!(!is_unchanged || before == now);
                before = now;
            }
            Ok(())
        })
        .unwrap();
}
