//! A gallery of sites around the same texts: every redesign from one to another is no change, every
//! edit is one, wherever it stands. Pages are read and compared without a net, so that thousands of
//! pairs take seconds.

use ibid::content::around::Around;
use ibid::content::decode::Limits;
use ibid::content::diff;
use ibid::content::page::{self, Answer, Page};
use ibid::model::url::TargetUrl;
use ibid::model::visit::Headers;

use super::chance::Chance;
use super::skeletons::{Body, Main, Noise, Scene, Skeleton};
use super::texts::{LANGUAGES, Language};
use story::{STORIES, Written};

/// How sites write the parts of a text.
mod habit;
/// The sites.
pub(super) mod sites;
/// The texts.
pub(super) mod story;

fn language(lang: &str) -> &'static Language {
    LANGUAGES
        .iter()
        .find(|it| it.lang == lang)
        .unwrap_or_else(|| LANGUAGES.iter().find(|it| it.lang == "en").unwrap())
}

fn read(html: &str) -> Page {
    page::read(&Answer {
        url: &TargetUrl::parse("https://site.example/a/page").unwrap(),
        headers: &Headers(vec![(
            "Content-Type".to_owned(),
            "text/html; charset=utf-8".to_owned(),
        )]),
        body: html.as_bytes(),
        limits: Limits::default(),
    })
}

fn shown_at(site: &Skeleton, lang: &str, body: &Body, noise: Noise) -> Page {
    let scene = Scene {
        language: language(lang),
        // One site throughout, whatever its dress.
        site: "record",
        body,
        noise,
    };
    read(&site.page(&scene, &Main::Article))
}

/// What differs, for who tunes the judge.
fn difference(old: &Page, new: &Page) -> Vec<String> {
    let mut diff = diff::pages(old, new, &Around::default()).unwrap();
    diff.count_boxed(|_| false);
    if diff.is_empty() {
        Vec::new()
    } else {
        diff.sentences
    }
}

#[derive(Default)]
struct Count {
    wrong: usize,
    all: usize,
    told: Vec<String>,
}

impl Count {
    fn add(&mut self, is_wrong: bool, tell: impl FnOnce() -> String) {
        self.all += 1;
        if is_wrong {
            self.wrong += 1;
            self.told.push(tell());
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "there are some thousand pairs")]
    fn share(&self) -> f64 {
        self.wrong as f64 / self.all.max(1) as f64
    }

    fn print(&self, what: &str) {
        println!("{what}: {} of {} wrong", self.wrong, self.all);
        let shown = std::env::var("GALLERY_SHOWN")
            .ok()
            .and_then(|it| it.parse().ok());
        for told in self.told.iter().take(shown.unwrap_or(3)) {
            println!("  {told}");
        }
    }
}

fn noise(turn: u64) -> Noise {
    Noise {
        turn,
        ..Noise::default()
    }
}

#[test]
fn a_redesign_of_any_site_to_any_other_is_no_change() {
    let mut count = Count::default();
    for written in STORIES.iter() {
        let body = written.body(None);
        let pages = |turn: u64| -> Vec<Page> {
            sites::SITES
                .iter()
                .map(|site| shown_at(site, &written.lang, &body, noise(turn)))
                .collect()
        };
        let (before, after) = (pages(0), pages(1));
        for (from, old) in sites::SITES.iter().zip(&before) {
            for (to, new) in sites::SITES.iter().zip(&after) {
                let differs = difference(old, new);
                count.add(!differs.is_empty(), || {
                    format!(
                        "{} → {} «{}» {differs:?}",
                        from.name, to.name, written.title
                    )
                });
            }
        }
    }
    count.print("redesigns called changed");
    assert!(count.share() <= 0.02, "{}", count.share());
}

#[test]
fn a_redesign_with_readers_answers_and_boxes_amid_the_text_is_no_change() {
    let mut count = Count::default();
    for (number, written) in STORIES.iter().enumerate() {
        let body = written.body(None);
        let pages = |noise: Noise| -> Vec<Page> {
            let sites = sites::SITES.iter();
            sites
                .map(|site| shown_at(site, &written.lang, &body, noise))
                .collect()
        };
        let noisy = |turn| Noise {
            is_inside: true,
            has_banner: true,
            has_inner_banner: true,
            comments: 2,
            ..noise(turn)
        };
        // It comes with the redesign, or was there before and went.
        let kinds = [
            (noise(0), noisy(1)),
            (noisy(0), noise(1)),
            (noisy(0), noisy(1)),
        ];
        let (before, after) = kinds[number % kinds.len()];
        let (before, after) = (pages(before), pages(after));
        for (from, old) in sites::SITES.iter().zip(&before) {
            for (to, new) in sites::SITES.iter().zip(&after) {
                if from.name == to.name {
                    continue;
                }
                let differs = difference(old, new);
                count.add(!differs.is_empty(), || {
                    format!(
                        "{} → {} «{}» {differs:?}",
                        from.name, to.name, written.title
                    )
                });
            }
        }
    }
    count.print("noisy redesigns called changed");
    assert!(count.share() <= 0.015, "{}", count.share());
}

#[test]
fn an_edit_is_a_change_wherever_it_stands() {
    let mut same = Count::default();
    let mut redesigned = Count::default();
    for written in STORIES.iter() {
        let shown = |edited, turn| -> Vec<Page> {
            let body = written.body(edited);
            let sites = sites::SITES.iter();
            sites
                .map(|site| shown_at(site, &written.lang, &body, noise(turn)))
                .collect()
        };
        let before = shown(None, 0);
        for number in 0..written.edits() {
            let mut chance = Chance::of(&format!("{}{number}", written.title));
            let body = written.body(Some(number));
            // A third of the sites for each edit, in turn: reading is what takes the time.
            for (from, old) in before.iter().enumerate().skip(number % 3).step_by(3) {
                let look = |to: usize, count: &mut Count| {
                    let new = shown_at(&sites::SITES[to], &written.lang, &body, noise(1));
                    count.add(difference(old, &new).is_empty(), || {
                        tell(&sites::SITES[from], &sites::SITES[to], written, number)
                    });
                };
                look(from, &mut same);
                look(chance.below(before.len()), &mut redesigned);
            }
        }
    }
    same.print("edits missed");
    redesigned.print("edits missed in a redesign");
    assert!(same.share() <= 0.035, "{}", same.share());
    assert!(redesigned.share() <= 0.02, "{}", redesigned.share());
}

fn tell(from: &Skeleton, to: &Skeleton, written: &Written, number: usize) -> String {
    format!(
        "{} → {} «{}» {{{}}}",
        from.name,
        to.name,
        written.title,
        written.edit(number)
    )
}
