//! The same judge over pages as sites served them: what a site changes by itself, and what changes
//! what it says, put into the source of each. Pages are never fetched: a folder holds them.

use std::collections::{BTreeMap, HashMap};
use std::io::Read as _;
use std::path::Path;
use std::rc::Rc;

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use ibid::content::decode::Limits;
use ibid::content::page::{self, Answer, Page};
use ibid::judge::case::{Case as Judged, CaseBaseline, Nowhere, Others, Policy};
use ibid::judge::judge;
use ibid::model::citation::{Accessed, Citation, Place};
use ibid::model::digest::Sha256;
use ibid::model::url::{CitedUrl, TargetUrl};
use ibid::model::verdict::{Baseline, Passage, Severity, State, Verdict};
use ibid::model::visit::{Body, Headers, Hop, HttpVersion, Visit};
use serde_json::json;

use super::case::{Case, Epoch, Part, Reply, Right, Way};
use super::chance::hash;
use super::real_page::{Edits, RealPage, folded};
use super::score::{self, Row, Score};
use super::texts::wording;
use super::{Floors, keeps_to};

/// Floors hold for so many pages.
const ENOUGH: usize = 50;

/// What both parts must keep to.
const FLOORS: Floors = Floors {
    macro_f1: 0.95,
    alarms_on_unchanged: 0.0,
    alarms_on_noise: 0.005,
    missed_rot: 0.03,
    small_edits_found: 0.97,
    slandered: 0.0,
    passage: 0.95,
};

#[test]
fn rotting_web_of_real_pages() {
    let Some(folder) = std::env::var_os("IBID_PAGES") else {
        println!("not run: no folder (IBID_PAGES names one with *.html.gz)");
        return;
    };
    let (pages, skipped) = read(Path::new(&folder));
    assert!(pages.len() > 1, "{} holds no articles", folder.display());
    let judged = in_parallel(&pages);
    let mut text = format!("{} real pages, skipped {skipped:?}\n", pages.len());
    let mut figures = serde_json::Map::new();
    let mut scores = Vec::new();
    for part in [Part::Tuning, Part::Aside] {
        let rows: Vec<Row> = judged
            .iter()
            .filter(|(case, _)| case.part == part)
            .map(|(case, verdict)| Row::of(case, 1, verdict))
            .collect();
        let score = Score::of(&rows);
        text.push_str(&score.text(&part.to_string()));
        for (fate, share) in &score.by_fate {
            text.push_str(&format!(
                "    {fate:<34} {:>3} of {:>3} right\n",
                share.count, share.of
            ));
        }
        if part == Part::Tuning || std::env::var_os("ROTTING_WEB_ASIDE").is_some() {
            text.push_str(&score::mistakes(&rows, &score, 25, 4));
        }
        figures.insert(part.to_string(), score.json());
        scores.push(score);
    }
    println!("{text}");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(folder.join("real_pages.txt"), &text).unwrap();
    std::fs::write(folder.join("real_pages.json"), json!(figures).to_string()).unwrap();
    if pages.len() < ENOUGH {
        println!("too few pages for floors: one mistake weighs too much");
        return;
    }
    for score in &scores {
        keeps_to(score, &FLOORS);
    }
}

/// The pages of a folder in order, and how many were passed over, by why.
fn read(folder: &Path) -> (Vec<RealPage>, BTreeMap<String, usize>) {
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let mut pages = Vec::new();
    let mut skipped: BTreeMap<String, usize> = BTreeMap::new();
    for path in paths {
        let file = path.file_name().unwrap().to_string_lossy();
        let Some(name) = file.strip_suffix(".html.gz") else {
            continue;
        };
        let mut bytes = Vec::new();
        MultiGzDecoder::new(std::fs::File::open(&path).unwrap())
            .read_to_end(&mut bytes)
            .unwrap();
        match RealPage::of(name, bytes) {
            Ok(page) => pages.push(page),
            Err(why) => *skipped.entry(format!("{why:?}")).or_default() += 1,
        }
    }
    (pages, skipped)
}

fn in_parallel(pages: &[RealPage]) -> Vec<(Case, Verdict)> {
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let share = pages.len().div_ceil(workers);
    std::thread::scope(|scope| {
        let handles: Vec<_> = (0..pages.len())
            .step_by(share)
            .map(|from| {
                let own = from..(from + share).min(pages.len());
                scope.spawn(move || {
                    own.flat_map(|at| judge_page(&pages[at], another(pages, at)))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        handles
            .into_iter()
            .flat_map(|handle| handle.join().unwrap())
            .collect()
    })
}

/// Another page in the same language, where there is one.
fn another(pages: &[RealPage], at: usize) -> &RealPage {
    let following = || (1..pages.len()).map(|n| &pages[(at + n) % pages.len()]);
    following()
        .find(|it| it.language.lang == pages[at].language.lang)
        .unwrap_or_else(|| following().next().unwrap())
}

/// Half of the pages are aside.
fn part_of(name: &str) -> Part {
    if hash(name).is_multiple_of(2) {
        Part::Aside
    } else {
        Part::Tuning
    }
}

/// A page's source in one state: 0 is the baseline, 1 what is judged, 2 the answer when asked again.
type Make = fn(&RealPage, &RealPage, usize) -> Option<String>;

const NOISE: &[(&str, Make)] = &[
    ("ok/same", |page, _, _| Some(page.html.clone())),
    ("ok/tokens", |page, _, turn| {
        Some(page.with(page.tokens(turn)))
    }),
    ("ok/attributes", |page, _, turn| match turn {
        0 => Some(page.html.clone()),
        _ => Some(page.with_attributes_turned()),
    }),
    ("ok/advert", |page, _, turn| {
        later(page, turn, || Some(page.advert(turn)))
    }),
    ("ok/advert_stays", |page, _, turn| {
        later(page, turn, || Some(page.advert(1)))
    }),
    ("ok/advert_turned", |page, _, turn| {
        Some(page.with(page.advert(turn)))
    }),
    ("ok/related", |page, _, turn| {
        later(page, turn, || Some(page.related(1)))
    }),
    ("ok/related_turned", |page, _, turn| {
        Some(page.with(page.related(turn)))
    }),
    ("ok/banner", |page, _, turn| {
        later(page, turn, || Some(page.banner()))
    }),
    ("ok/cookies", |page, _, turn| {
        later(page, turn, || Some(page.cookies()))
    }),
    ("ok/counters", |page, _, turn| {
        Some(page.with(page.counters(turn.min(1))))
    }),
    ("ok/ago", |page, _, turn| {
        Some(page.with(page.ago(turn.min(1))))
    }),
    ("ok/menu_entry", |page, _, turn| {
        later(page, turn, || page.menu_entry())
    }),
    ("ok/day", |page, _, turn| {
        Some(page.with(page.day(turn.min(1))))
    }),
    ("ok/many_at_once", |page, _, turn| {
        Some(page.with(noise(page, turn)))
    }),
];

const SUBSTANCE: &[(&str, Make)] = &[
    ("changed/figure", |page, _, turn| {
        later(page, turn, || page.other_figure())
    }),
    ("changed/not", |page, _, turn| {
        later(page, turn, || page.negation())
    }),
    ("changed/name", |page, _, turn| {
        later(page, turn, || page.other_name())
    }),
    ("changed/in_noise/figure", |page, _, turn| {
        Some(in_noise(page, turn, page.other_figure()?))
    }),
    ("changed/in_noise/not", |page, _, turn| {
        Some(in_noise(page, turn, page.negation()?))
    }),
    ("changed/paragraph_removed", |page, _, turn| {
        later(page, turn, || Some(page.paragraph_less()))
    }),
    ("changed/paragraph_added", |page, other, turn| {
        later(page, turn, || Some(page.paragraph_more(other)))
    }),
    ("changed/correction", |page, _, turn| {
        later(page, turn, || Some(page.correction()))
    }),
    ("changed/replaced", |page, other, turn| {
        later(page, turn, || Some(page.body_of(other)))
    }),
    ("soft_404/headline_without_body", |page, _, turn| {
        later(page, turn, || Some(page.no_body()))
    }),
    ("soft_404/own_template", |page, _, turn| {
        later(page, turn, || Some(error_on(page)))
    }),
];

/// As it was in the baseline, and then with edits.
fn later(page: &RealPage, turn: usize, edits: impl Fn() -> Option<Edits>) -> Option<String> {
    if turn == 0 {
        Some(page.html.clone())
    } else {
        edits().map(|edits| page.with(edits))
    }
}

/// Tokens, a list, counters and the day, as any other visit brings them.
fn noise(page: &RealPage, turn: usize) -> Edits {
    [
        page.tokens(turn),
        page.related(turn),
        page.counters(turn),
        page.day(turn.min(1)),
    ]
    .concat()
}

fn in_noise(page: &RealPage, turn: usize, edits: Edits) -> String {
    let mut all = noise(page, turn);
    if turn > 0 {
        all.extend(edits);
    }
    page.with(all)
}

fn error_on(page: &RealPage) -> Edits {
    page.error(wording(
        &page.language.not_found,
        part_of(&page.name),
        &page.name,
    ))
}

/// Reads each source of a page once.
struct Reader<'a> {
    url: &'a TargetUrl,
    headers: &'a Headers,
    read: HashMap<Sha256, Rc<Page>>,
}

impl Reader<'_> {
    fn says(&mut self, html: &str) -> Rc<Page> {
        let (url, headers) = (self.url, self.headers);
        let page = self.read.entry(Sha256::of(html.as_bytes()));
        Rc::clone(page.or_insert_with(|| Rc::new(says(url, headers, html))))
    }
}

fn judge_page(page: &RealPage, other: &RealPage) -> Vec<(Case, Verdict)> {
    let headers = Headers(vec![(
        "Content-Type".to_owned(),
        "text/html; charset=utf-8".to_owned(),
    )]);
    let host = page.name.replace("--", ".").to_lowercase();
    let home = TargetUrl::parse(&format!("https://{host}/2020/story")).unwrap();
    let original = says(&home, &headers, &page.html);
    let url = original.canonical.unwrap_or(home);
    let nowhere = url.join("/2020/storqy").unwrap();
    let missing = says(&nowhere, &headers, &page.with(error_on(page)));
    let is_titled = !hash(&format!("title of {}", page.name)).is_multiple_of(4);
    let title = original.title.as_deref().map(headline);
    let is_quoted = hash(&format!("quote of {}", page.name)).is_multiple_of(2);
    let quote = page.quote().filter(|_| is_quoted);
    let citation = citation(&url, title.filter(|_| is_titled), quote.clone());
    let mut reader = Reader {
        url: &url,
        headers: &headers,
        read: HashMap::new(),
    };
    let mut judged = Vec::new();
    for (fate, make) in NOISE.iter().chain(SUBSTANCE) {
        let (Some(then), Some(now)) = (make(page, other, 0), make(page, other, 1)) else {
            continue;
        };
        let (held, seen) = (reader.says(&then), reader.says(&now));
        let visit = visit(&url, &headers, &now);
        let baseline = CaseBaseline {
            accepted: None,
            baseline: Baseline {
                captured_at: "2020-11-25T00:00:00Z".parse().unwrap(),
                from: "own".to_owned(),
                url: url.to_string(),
            },
            payload_sha256: Sha256::of(then.as_bytes()),
            page: Some(&held),
            is_within_window: true,
            is_provisional: false,
            is_raw: true,
            made_of: None,
        };
        let mut case = Judged {
            lessons: &[],
            citation: &citation,
            visit: &visit,
            page: Some(&seen),
            baseline: Some(baseline),
            earlier: None,
            archives_not_known: None,
            others: Others::default(),
            now: visit.started_at,
        };
        let mut verdict = judge(&case, &Policy::default());
        // As a check does, it looks again before it says so.
        let again;
        if verdict.state == State::Changed {
            again = make(page, other, 2).map(|html| reader.says(&html));
            case.others.again = again.as_deref();
            if verdict.severity == Some(Severity::Replaced) {
                let is_soft = fate.starts_with("soft_404/own");
                case.others.nowhere = Some(Nowhere {
                    url: &nowhere,
                    status: if is_soft { 200 } else { 404 },
                    page: &missing,
                });
            }
            verdict = judge(&case, &Policy::default());
        }
        let right = right(fate, quote.is_some());
        judged.push((labelled(fate, page, &citation, right), verdict));
    }
    judged
}

fn right(fate: &str, is_quoted: bool) -> Right {
    use Severity::{Major, Minor, Replaced};
    let present = |right: Right| {
        if is_quoted {
            right.passage(Passage::Present)
        } else {
            right
        }
    };
    match fate {
        "changed/replaced" if is_quoted => Right::is(State::Changed)
            .severe(&[Major, Replaced])
            .passage(Passage::Gone),
        "changed/replaced" => Right::is(State::Changed).severe(&[Major, Replaced]),
        "changed/paragraph_removed" | "changed/paragraph_added" | "changed/correction" => {
            present(Right::is(State::Changed).severe(&[Minor, Major]))
        }
        "soft_404/headline_without_body" => Right::is(State::SoftNotFound)
            .or(State::Changed)
            .severe(&[Major, Replaced]),
        "soft_404/own_template" => Right::is(State::SoftNotFound),
        _ if fate.starts_with("changed/") => present(Right::is(State::Changed).severe(&[Minor])),
        _ => present(Right::is(State::Ok)),
    }
}

fn labelled(fate: &str, page: &RealPage, citation: &Citation, right: Right) -> Case {
    let epoch = Epoch {
        way: Way::Open,
        pages: vec![("*".to_owned(), Reply::page(200, ""))],
        right,
    };
    Case {
        name: format!("{fate}/{}", page.name),
        part: part_of(&page.name),
        host: page.name.clone(),
        other_hosts: Vec::new(),
        home: Reply::Cut,
        missing: Reply::Cut,
        url: citation.url.as_ref().unwrap().url.clone(),
        title: citation.title.clone(),
        quote: citation.quote.clone(),
        epochs: vec![epoch],
        scored: vec![1],
    }
}

/// A page's title without the site's name.
fn headline(title: &str) -> String {
    let end = [" | ", " - ", " – ", " — "]
        .iter()
        .filter_map(|it| title.find(it))
        .min();
    folded(&title[..end.unwrap_or(title.len())])
}

fn says(url: &TargetUrl, headers: &Headers, html: &str) -> Page {
    page::read(&Answer {
        url,
        headers,
        body: html.as_bytes(),
        limits: Limits::default(),
    })
}

fn visit(url: &TargetUrl, headers: &Headers, html: &str) -> Visit {
    let hop = Hop {
        url: url.clone(),
        request_head: Bytes::new(),
        response_head: Bytes::new(),
        status: 200,
        headers: headers.clone(),
        body: Body::of(Bytes::copy_from_slice(html.as_bytes()), None),
        remote: [127, 0, 0, 1].into(),
        protocol: HttpVersion::Http11,
        tls: None,
        took: std::time::Duration::ZERO,
    };
    Visit {
        source: url.clone(),
        started_at: "2020-12-04T12:00:00Z".parse().unwrap(),
        hops: vec![hop],
        failure: None,
        retried_after: vec![],
    }
}

fn citation(url: &TargetUrl, title: Option<String>, quote: Option<String>) -> Citation {
    Citation {
        note: None,
        place: Place {
            bytes: 0..1,
            line: 1,
            column: 1,
        },
        text: String::new(),
        text_bytes: 0..1,
        url: Some(CitedUrl {
            as_written: url.to_string(),
            url: url.to_string(),
            was_joined: false,
        }),
        accessed: Some(Accessed {
            date: "2020-11-24".parse().unwrap(),
            as_written: "2020/11/24".to_owned(),
            bytes: 0..1,
            is_ambiguous: false,
        }),
        title,
        title_translated: None,
        authors: vec![],
        year: None,
        container: None,
        quote,
        archived: None,
    }
}
