//! A report with every state, for the tests of all dresses.

use crate::model::citation::{Accessed, ArchivedCopy, Citation, Place};
use crate::model::digest::Sha256;
use crate::model::ids::{CitationId, EventId};
use crate::model::time::Timestamp;
use crate::model::url::CitedUrl;
use crate::model::verdict::{
    Baseline, Evidence, Grade, Passage, Severity, State, Strength, Verdict,
};
use crate::report::change_report::{ChangeReport, CitedVerdict, DocumentReport, Turn};

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A citation on the line of its number.
pub(crate) fn citation(number: u32, url: &str, title: &str) -> Citation {
    let start = 100 * number as usize;
    Citation {
        note: Some(number.to_string()),
        place: Place {
            bytes: start..start + url.len(),
            line: number,
            column: 5,
        },
        text: format!("{title}. Available at: {url} (Accessed 2020/11/24)"),
        text_bytes: start..start + 90,
        url: Some(CitedUrl {
            as_written: url.to_owned(),
            url: url.to_owned(),
            was_joined: false,
        }),
        accessed: Some(Accessed {
            date: "2020-11-24".parse().unwrap(),
            as_written: "2020/11/24".to_owned(),
            bytes: start + 70..start + 80,
            is_ambiguous: false,
        }),
        title: Some(title.to_owned()),
        title_translated: None,
        authors: vec!["Ash, B.".to_owned()],
        year: Some(2019),
        container: None,
        quote: None,
        archived: None,
    }
}

/// A confirmed verdict for the state's own reason.
pub(crate) fn verdict(state: State, because: &str) -> Verdict {
    Verdict {
        state,
        is_confirmed: true,
        failed_checks: 0,
        gone_checks: 0,
        failing_since: None,
        last_counted_at: None,
        severity: None,
        passage: Passage::NotCited,
        grade: Grade::Unknown,
        baseline: None,
        since: at("2026-11-01"),
        judged_at: at("2026-11-24T06:00:00Z"),
        http_status: Some(200),
        final_url: None,
        captured_at: Some(at("2026-11-24T05:59:58Z")),
        payload_sha256: Some(Sha256::of(b"payload")),
        text_sha256: Some(Sha256::of(b"text")),
        facts_sha256: None,
        diff: None,
        lessons: Vec::new(),
        evidence: vec![Evidence {
            rule: format!("says_{state}"),
            speaks_for: state,
            strength: Strength::Decisive,
            because: because.to_owned(),
        }],
    }
}

fn own_baseline() -> Baseline {
    Baseline {
        captured_at: at("2020-11-25T08:00:00Z"),
        from: "own".to_owned(),
        url: "https://ledger.example/rates".to_owned(),
    }
}

fn doubt(state: State, because: &str) -> Evidence {
    Evidence {
        rule: "doubts".to_owned(),
        speaks_for: state,
        strength: Strength::Weak,
        because: because.to_owned(),
    }
}

/// Every state, each as a report would meet it.
#[expect(clippy::too_many_lines, reason = "a list, one item a state")]
fn judged() -> Vec<(Citation, Option<Verdict>)> {
    let gone = Verdict {
        failed_checks: 3,
        gone_checks: 3,
        failing_since: Some(at("2026-11-01")),
        last_counted_at: Some(at("2026-11-24")),
        http_status: Some(404),
        baseline: Some(Baseline {
            captured_at: at("2020-11-20"),
            from: "web.archive.org".to_owned(),
            url: "https://web.archive.org/web/20201120000000/https://press.example/1".to_owned(),
        }),
        ..verdict(State::Dead, "The server says 404 Not Found.")
    };
    let perhaps_gone = Verdict {
        is_confirmed: false,
        failed_checks: 1,
        gone_checks: 1,
        http_status: None,
        payload_sha256: None,
        text_sha256: None,
        captured_at: None,
        ..verdict(State::Dead, "The name fleet.example does not exist.")
    };
    let soft = Verdict {
        failed_checks: 3,
        gone_checks: 3,
        ..verdict(
            State::SoftNotFound,
            "The page says «Sorry, we could not find that page» under status 200.",
        )
    };
    let parked = Verdict {
        is_confirmed: false,
        failed_checks: 2,
        gone_checks: 2,
        evidence: vec![
            doubt(State::Ok, "The address answers with status 200."),
            doubt(State::Parked, "The page offers the domain for sale."),
        ],
        ..verdict(State::Parked, "")
    };
    let changed = |severity, because: &str| Verdict {
        severity: Some(severity),
        grade: Grade::Proven,
        baseline: Some(own_baseline()),
        diff: Some("The rate rose to [-4.1-]{+4.3+} per cent in November.".to_owned()),
        ..verdict(State::Changed, because)
    };
    let rewritten = Verdict {
        passage: Passage::Gone,
        grade: Grade::Bracketed,
        ..changed(
            Severity::Major,
            "62 % of the main text is different, and the words cited are not on the page.",
        )
    };
    let replaced = Verdict {
        grade: Grade::Inferred,
        baseline: None,
        diff: None,
        ..changed(
            Severity::Replaced,
            "Neither title nor words cited are here.",
        )
    };
    let moved = Verdict {
        final_url: Some("https://new.example/atlas?id=7&v=2".to_owned()),
        passage: Passage::Present,
        grade: Grade::Declared,
        ..verdict(
            State::Moved,
            "Permanent redirects lead to the same content.",
        )
    };
    let well = Verdict {
        passage: Passage::Present,
        grade: Grade::Proven,
        baseline: Some(own_baseline()),
        ..verdict(State::Ok, "The main text is the same.")
    };
    let expired = Verdict {
        evidence: vec![
            doubt(State::Ok, "The page looks whole."),
            doubt(State::Unreachable, "Its certificate expired on 2026-10-01."),
        ],
        ..verdict(State::Ok, "")
    };
    let site = |host: &str| format!("https://{host}.example/1");
    let of = |number, host: &str, title: &str| citation(number, &site(host), title);
    let mut fragment = of(6, "ledger", "Rates & terms: the <long> view");
    if let Some(url) = &mut fragment.url {
        url.url.push_str("#:~:text=The%20rate,November");
        url.as_written = url.url.replace("#:", "#\n:");
    }
    fragment.quote = Some("The rate rose to 4.1 per cent".to_owned());
    let mut translated = of(8, "atlas", "和则两利,斗则俱伤");
    translated.title_translated = Some("Peaceful coexistence benefits both".to_owned());
    translated.archived = Some(ArchivedCopy {
        url: "https://archive.example/20201125/https://atlas.example/1".to_owned(),
        date: "2020-11-25".parse().ok(),
    });
    let mut undecided = of(10, "harbour", "Harbour traffic | annual [draft]");
    if let Some(accessed) = &mut undecided.accessed {
        accessed.is_ambiguous = true;
    }
    let mut unlabelled = of(13, "unread", "");
    unlabelled.title = None;
    "Available at https://unread.example/1".clone_into(&mut unlabelled.text);
    unlabelled.note = None;
    let mut book = of(14, "none", "A Book on Paper");
    book.url = None;
    book.accessed = None;
    vec![
        (of(11, "expired", "Old certificate"), Some(expired)),
        (of(1, "press", "The \"press\" release"), Some(gone)),
        (of(2, "fleet", "Fleet list"), Some(perhaps_gone)),
        (of(3, "shop", "Catalogue of `parts`"), Some(soft)),
        (of(4, "sold", "The late domain"), Some(parked)),
        (
            of(5, "notes", "Notes"),
            Some(changed(
                Severity::Minor,
                "One number in one sentence is another.",
            )),
        ),
        (fragment, Some(rewritten)),
        (of(7, "weather", "Weather of the day"), Some(replaced)),
        (translated, Some(moved)),
        (
            of(9, "gate", "Behind the gate"),
            Some(verdict(
                State::Blocked,
                "The page is a challenge of a bot wall.",
            )),
        ),
        (
            undecided,
            Some(verdict(State::Unreachable, "No answer came within 30 s.")),
        ),
        (
            of(12, "film", "A film"),
            Some(verdict(State::Unknown, "A video has no text to compare.")),
        ),
        (unlabelled, None),
        (book, None),
        (of(15, "well", "All is well here"), Some(well)),
        (citation(16, "http://exa mple/a", "A slip of the pen"), None),
    ]
}

fn cited(number: i64, citation: Citation, verdict: Option<Verdict>) -> CitedVerdict {
    CitedVerdict {
        id: CitationId(number),
        citation,
        verdict,
    }
}

/// Three documents: one where all is well, one with every state, one that could not be read.
pub(crate) fn report() -> ChangeReport {
    let uncompared = verdict(State::Ok, "The page is there.");
    let all_well = vec![
        cited(
            50,
            citation(1, "https://a.example/", "First"),
            Some(uncompared.clone()),
        ),
        cited(
            51,
            citation(2, "https://b.example/", "Second"),
            Some(Verdict {
                grade: Grade::Proven,
                baseline: Some(own_baseline()),
                ..uncompared
            }),
        ),
    ];
    let everything = judged()
        .into_iter()
        .zip(1..)
        .map(|((citation, verdict), number)| cited(number, citation, verdict))
        .collect();
    ChangeReport {
        identity: "0f".repeat(16),
        made_at: at("2026-11-24T06:10:00Z"),
        since: None,
        outage: None,
        documents: vec![
            document("notes.txt", &[], all_well),
            document(
                "essays/trade.md",
                &["line 40: an access date is ambiguous"],
                everything,
            ),
            document("scan.txt", &["It is no text: byte 0 is NUL"], Vec::new()),
        ],
        events: Vec::new(),
        flagged_states: vec![
            State::Dead,
            State::SoftNotFound,
            State::Parked,
            State::Changed,
        ],
        confirm_checks: 3,
    }
}

/// The same, with what turned since a day.
pub(crate) fn report_since() -> ChangeReport {
    let earlier = Verdict {
        is_confirmed: false,
        failed_checks: 2,
        gone_checks: 2,
        ..verdict(State::Dead, "The server says 404 Not Found.")
    };
    let confirmed = Verdict {
        is_confirmed: true,
        failed_checks: 3,
        gone_checks: 3,
        ..earlier.clone()
    };
    let turn = |day, number, before, after| Turn {
        id: EventId(i64::from(number)),
        document: "essays/trade.md".to_owned(),
        citation: citation(number, "https://press.example/1", "The \"press\" release"),
        before,
        after,
        at: at(day),
    };
    ChangeReport {
        since: Some(at("2026-11-20")),
        events: vec![
            turn("2026-11-21", 1, Some(earlier), confirmed),
            turn(
                "2026-11-22",
                9,
                None,
                verdict(State::Blocked, "The page is a challenge of a bot wall."),
            ),
        ],
        ..report()
    }
}

/// The same while our own network was down.
pub(crate) fn report_of_an_outage() -> ChangeReport {
    ChangeReport {
        outage: Some(
            "None of example.com, iana.org and wikipedia.org could be reached.".to_owned(),
        ),
        ..report()
    }
}

/// A report in which everything that a stranger writes is this text.
pub(crate) fn hostile(text: &str) -> ChangeReport {
    let mut report = report_since();
    let mut citation = citation(1, "https://a.example/", text);
    citation.note = Some(text.to_owned());
    citation.text = text.to_owned();
    citation.title_translated = Some(text.to_owned());
    citation.authors = vec![text.to_owned(), text.to_owned()];
    citation.container = Some(text.to_owned());
    citation.quote = Some(text.to_owned());
    citation.url = Some(CitedUrl {
        as_written: text.to_owned(),
        url: format!("https://a.example/{text}"),
        was_joined: true,
    });
    citation.archived = Some(ArchivedCopy {
        url: text.to_owned(),
        date: None,
    });
    let hostile = Verdict {
        final_url: Some(text.to_owned()),
        diff: Some(text.to_owned()),
        baseline: Some(Baseline {
            captured_at: at("2020-11-20"),
            from: text.to_owned(),
            url: text.to_owned(),
        }),
        evidence: vec![doubt(State::Moved, text), doubt(State::Dead, text)],
        ..verdict(State::Moved, text)
    };
    report.outage = Some(text.to_owned());
    report.events[0].document = text.to_owned();
    report.events[0].citation = citation.clone();
    report.documents = vec![document(
        text,
        &[text],
        vec![
            cited(1, citation.clone(), Some(hostile.clone())),
            cited(2, citation.clone(), None),
            cited(
                3,
                citation,
                Some(Verdict {
                    state: State::Dead,
                    ..hostile
                }),
            ),
        ],
    )];
    report
}

/// What two documents cite.
pub(crate) fn extraction() -> Vec<(String, Vec<Citation>)> {
    let citations = judged().into_iter().map(|(citation, _)| citation);
    vec![
        ("essays/trade.md".to_owned(), citations.collect()),
        ("empty.txt".to_owned(), Vec::new()),
    ]
}

fn document(name: &str, warnings: &[&str], citations: Vec<CitedVerdict>) -> DocumentReport {
    DocumentReport {
        document: name.to_owned(),
        warnings: warnings.iter().map(|&warning| warning.to_owned()).collect(),
        citations,
    }
}
