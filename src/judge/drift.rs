//! What the page says against what the baseline said, cheapest comparison first.

use crate::content::kind::Kind;
use crate::content::page::{Image, Page};
use crate::content::pdf::PdfFault;
use crate::judge::comparison::Comparison;
use crate::judge::finding::Finding;
use crate::judge::hearing::Hearing;
use crate::judge::signals::notice_in;
use crate::judge::transport::cut;
use crate::model::verdict::State::{Changed, Ok as Fine, Unknown};
use crate::model::verdict::Strength::{Decisive, Strong, Weak};
use crate::model::verdict::{Grade, Severity};

/// Two main texts with less in common than this, of all their words, are two texts. Texts of one
/// language on unlike matters share their articles and prepositions; sentences are matched before
/// words are, which leaves little of that.
pub const REPLACED_BELOW: f64 = 0.2;
/// Below this, more than a fifth of all words differ: a reader of the one has not read the other.
pub const MAJOR_BELOW: f64 = 0.8;
/// A file that is no text and whose length is within this part of the baseline's may have been
/// stamped with a date or an identifier anew on its way, as many PDFs are.
const STAMPED_WITHIN: f64 = 0.02;
/// How much of a difference is kept as evidence, in bytes.
const DIFF_BYTES: usize = 6_000;

pub(crate) fn same_bytes(hearing: &Hearing) -> Option<Finding> {
    (hearing.comparison == Comparison::SameBytes).then(|| {
        let because = format!(
            "The page is the same, byte for byte, as {}{}.",
            hearing.baseline_name(),
            reservation(hearing)
        );
        // It is not what the author saw, so it cannot outweigh what the page says of itself.
        let strength = if is_provisional(hearing) {
            Strong
        } else {
            Decisive
        };
        Finding::new(Fine, strength, because).graded(hearing.grade_of_sameness())
    })
}

pub(crate) fn same_text(hearing: &Hearing) -> Option<Finding> {
    if !hearing.agrees_with_baseline() || hearing.comparison == Comparison::SameBytes {
        return None;
    }
    let what = match hearing.comparison {
        Comparison::SameText => "The text is the same as in",
        Comparison::Words(ref diff) if diff.around > 0 => {
            "Apart from what another answer of the same moment has otherwise, other pages of the site have too or each capture before had otherwise, the text is the same as in"
        }
        // Lines of a few words may be buttons and counters, and were not compared.
        _ => "Apart from lines of a few words at most, the text is the same as in",
    };
    let because = format!(
        "{what} {}{}.",
        hearing.baseline_name(),
        reservation(hearing)
    );
    Some(Finding::new(Fine, Strong, because).graded(hearing.grade_of_sameness()))
}

fn is_provisional(hearing: &Hearing) -> bool {
    hearing.baseline().is_some_and(|held| held.is_provisional)
}

/// What sameness does not say.
fn reservation(hearing: &Hearing) -> &'static str {
    if is_provisional(hearing) {
        "; what it said before that day is not known"
    } else {
        ""
    }
}

/// A cut page with fewer words than this says too little to be told from another by.
const FEWEST_WORDS: usize = 50;

pub(crate) fn words_differ(hearing: &Hearing) -> Option<Finding> {
    let Comparison::Words(diff) = &hearing.comparison else {
        return None;
    };
    if diff.is_empty() {
        return None;
    }
    let what = format!(
        "{} removed and {} added since {}",
        words(diff.removed_words),
        diff.added_words,
        hearing.baseline_name()
    );
    if let Some(why) = cut(hearing) {
        let because = format!("{what}; but only the beginning came, since {why}.");
        // What is missing may be behind the cut; what is new is not, but for the sentence that was
        // cut. When most of what came is new, the page is not known to be what it was.
        if diff.new_words >= FEWEST_WORDS && diff.added_words * 2 > diff.new_words {
            return Some(Finding::new(Unknown, Strong, because));
        }
        return Some(Finding::new(Changed, Weak, because));
    }
    let similarity = diff.similarity();
    let notice = notice_in(&added_words(&diff.sentences));
    let (severity, because) = if similarity < REPLACED_BELOW {
        (
            Severity::Replaced,
            format!("Another text stands there: {what}."),
        )
    } else if let Some(notice) = notice {
        (
            Severity::Major,
            format!(
                "The text was edited, and says “{}” now: {what}.",
                notice.text
            ),
        )
    } else if similarity < MAJOR_BELOW {
        (
            Severity::Major,
            format!("Much of the text is different: {what}."),
        )
    } else {
        (Severity::Minor, format!("The text was edited: {what}."))
    };
    Some(Finding {
        diff: Some(diff.render(DIFF_BYTES)),
        ..Finding::new(Changed, Strong, because)
            .severe(severity)
            .graded(hearing.grade_of_change())
    })
}

/// What a diff's sentences show as added, `{+so+}`, one a line.
fn added_words(sentences: &[String]) -> String {
    let parts = sentences.iter().flat_map(|sentence| {
        let opened = sentence.split("{+").skip(1);
        opened.filter_map(|part| Some(part.split_once("+}")?.0))
    });
    parts.collect::<Vec<_>>().join("\n")
}

/// `1 word`, `2 words`.
fn words(count: usize) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} word{plural}")
}

#[expect(
    clippy::cast_precision_loss,
    reason = "bodies are far below 2^52 bytes"
)]
pub(crate) fn bytes_differ(hearing: &Hearing) -> Option<Finding> {
    if hearing.comparison != Comparison::OtherBytes {
        return None;
    }
    let (page, held) = (hearing.content?, hearing.baseline()?.page?);
    let (now, then) = (page.decoded_bytes, held.decoded_bytes);
    if page.kind != held.kind {
        let because = format!(
            "The source is a {} now, and was a {} in {}.",
            page.kind.noun(),
            held.kind.noun(),
            hearing.baseline_name()
        );
        return Some(
            Finding::new(Changed, Strong, because)
                .severe(Severity::Major)
                .graded(hearing.grade_of_change()),
        );
    }
    let what = format!(
        "The {} is not the same, byte for byte, as {} ({now} bytes now, {then} then)",
        page.kind.noun(),
        hearing.baseline_name()
    );
    if let Some(why) = other_image(page, held) {
        let because = format!("{what}: {why}.");
        return Some(
            Finding::new(Changed, Strong, because)
                .severe(Severity::Major)
                .graded(hearing.grade_of_change()),
        );
    }
    if let Some((severity, why)) = other_pages(page, held) {
        let because = format!("{what}: {why}.");
        return Some(
            Finding::new(Changed, Strong, because)
                .severe(severity)
                .graded(hearing.grade_of_change()),
        );
    }
    let what = match scaled(page, held) {
        Some(how) => format!("{what}; {how}"),
        None => what,
    };
    let what = match unread(page).or_else(|| unread(held)) {
        Some(why) => format!("{what}; its text cannot be read, since {why}"),
        None => what,
    };
    let is_stamped = now.abs_diff(then) as f64 <= then as f64 * STAMPED_WITHIN;
    if is_stamped || page.kind == Kind::Image || cut(hearing).is_some() {
        let because = format!("{what}; what it shows was not compared.");
        return Some(Finding::new(Fine, Weak, because));
    }
    let because = format!("{what}.");
    Some(
        Finding::new(Changed, Strong, because)
            .severe(Severity::Minor)
            .graded(hearing.grade_of_change()),
    )
}

pub(crate) fn archives_not_known(hearing: &Hearing) -> Option<Finding> {
    let why = hearing.case.archives_not_known?;
    let because = format!("Whether a public archive holds an earlier copy is not known: {why}.");
    Some(Finding::new(Unknown, Weak, because))
}

pub(crate) fn copy_of_others(hearing: &Hearing) -> Option<Finding> {
    let held = hearing.baseline()?;
    let name = hearing.baseline_name();
    let as_shown = (!held.is_raw)
        .then(|| format!("{name} comes as that archive shows it, with what it adds to a page"));
    let elsewhere = held.made_of.map(|address| {
        format!("{name} was made of {address}, to which the source's own address led at that time")
    });
    let told: Vec<String> = as_shown.into_iter().chain(elsewhere).collect();
    if told.is_empty() {
        return None;
    }
    let because = format!("{}.", told.join("; "));
    let because = because.replacen("the copy", "The copy", 1);
    Some(Finding::new(Unknown, Weak, because))
}

/// Why what a PDF says is not compared.
fn unread(page: &Page) -> Option<String> {
    if let Some(fault) = &page.pdf_fault {
        return Some(fault.to_string());
    }
    let first = page.unread_pages.first()?;
    Some(format!("its page {first} cannot be read"))
}

/// A PDF without text that has another number of pages: much more or less, or an edit.
fn other_pages(page: &Page, held: &Page) -> Option<(Severity, String)> {
    let (now, then) = (page.page_count?, held.page_count?);
    let is_scanned = |page: &Page| matches!(page.pdf_fault, Some(PdfFault::Scanned { .. }));
    if now == then || !is_scanned(page) || !is_scanned(held) {
        return None;
    }
    // As of words: a fifth.
    let severity = if now.min(then) * 5 < now.max(then) * 4 {
        Severity::Major
    } else {
        Severity::Minor
    };
    let why = format!("it shows images and no text, on {now} pages now and on {then} then");
    Some((severity, why))
}

/// The same picture, as far as its sides tell, made larger or smaller.
fn scaled(page: &Page, held: &Page) -> Option<String> {
    let (now, then) = (page.image.as_ref()?, held.image.as_ref()?);
    if (now.width, now.height) == (then.width, then.height) {
        return None;
    }
    Some(format!(
        "it is {}×{} pixels now, and was {}×{}, in the same proportion: made {}",
        now.width,
        now.height,
        then.width,
        then.height,
        if now.width < then.width {
            "smaller"
        } else {
            "larger"
        }
    ))
}

/// Another picture, and not the same one made larger or smaller: its sides have another proportion.
#[expect(clippy::cast_precision_loss, reason = "pixels are far below 2^52")]
fn other_image(page: &Page, held: &Page) -> Option<String> {
    /// Scaling rounds to whole pixels.
    const SAME_WITHIN: f64 = 0.03;
    let (now, then) = (page.image.as_ref()?, held.image.as_ref()?);
    let proportion = |image: &Image| image.width as f64 / image.height.max(1) as f64;
    let differs = (proportion(now) / proportion(then).max(f64::MIN_POSITIVE) - 1.0).abs();
    (differs > SAME_WITHIN).then(|| {
        format!(
            "the image is now {}×{}, it was {}×{}",
            now.width, now.height, then.width, then.height
        )
    })
}

pub(crate) fn nothing_to_compare(hearing: &Hearing) -> Option<Finding> {
    hearing.content?;
    if hearing.comparison != Comparison::NothingToCompare {
        return None;
    }
    let was_changed = (hearing.case.earlier).is_some_and(|earlier| earlier.state == Changed);
    if hearing.baseline().is_some() && was_changed {
        let because = format!(
            "The page was changed at the check before; {} could not be read again to see whether it still is.",
            hearing.baseline_name()
        );
        return Some(Finding::new(Unknown, Strong, because));
    }
    let because = match hearing.case.citation.accessed.as_ref() {
        _ if hearing.baseline().is_some() => format!(
            "The page is there; {} could not be read again to compare it with.",
            hearing.baseline_name()
        ),
        Some(accessed) => format!(
            "The page is there; no copy from around {} is known to compare it with, so whether it changed since is not known.",
            accessed.date
        ),
        None => "The page is there; there is no earlier copy to compare it with.".to_owned(),
    };
    Some(Finding::new(Fine, Strong, because).graded(Grade::Unknown))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::stage::{Stage, article, is, says};
    use crate::model::verdict::State;

    const URL: &str = "https://site.example/a/page";

    #[test]
    fn what_varies_from_one_answer_to_the_next_is_no_change() {
        let quoted = |words: &str| {
            article("A title", "comet").replace("<p>The", &format!("<p>{words}</p><p>The"))
        };
        let first = "Quote of the hour: a rolling stone gathers no moss at all.";
        let second = "Quote of the hour: still waters run deeper than the fisher knows.";
        let third = "Quote of the hour: all that glitters in the river is not gold.";
        let stage = Stage::of(URL)
            .held(&quoted(first))
            .answers(200, &quoted(second));
        assert_eq!(stage.judge().state, State::Changed);
        let again = stage.clone().says_again(&quoted(third)).judge();
        is(&again, "ok", "same_text");
        assert!(again.reason().unwrap().contains("the same moment"));
        // What stays from one answer to the next is the page's own.
        let same = stage.says_again(&quoted(second)).judge();
        assert_eq!(same.state, State::Changed);
        let edited = quoted(second).replace("comet", "meteor");
        let edited = Stage::of(URL)
            .held(&quoted(first))
            .answers(200, &edited)
            .says_again(&edited.replace(second, third))
            .judge();
        assert_eq!(edited.state, State::Changed);
        assert_eq!(
            edited.diff.as_deref(),
            Some("The [-comet-] {+meteor+} was seen by all.")
        );
    }

    #[test]
    fn what_was_another_thing_in_each_earlier_capture_is_no_change() {
        let boxed = |words: &str| {
            let readers = format!("{words} said on Monday that all of this is as it should be. ");
            article("A title", "comet").replace(
                "</article>",
                &format!(
                    "<div class=letters><p>{}</p></div></article>",
                    readers.repeat(7)
                ),
            )
        };
        let texts = ["Ann Miller", "Old Bert", "The baker", "Nobody"].map(boxed);
        let stage = Stage::of(URL).held(&texts[0]).answers(200, &texts[3]);
        assert_eq!(stage.judge().state, State::Changed);
        let taught = stage.said_before(&texts[1]).said_before(&texts[2]);
        is(&taught.judge(), "ok", "same_text");
        // An edit of the text itself is found all the same, and a notice in that box as well.
        let edited = texts[3].replace("comet", "meteor");
        let edited = taught.clone().answered_instead(&edited).judge();
        assert_eq!(
            edited.diff.as_deref(),
            Some("The [-comet-] {+meteor+} was seen by all.")
        );
        let noticed = texts[3].replace("Nobody said", "This article has been retracted, he said");
        let noticed = taught.answered_instead(&noticed).judge();
        assert_eq!(noticed.state, State::Changed);
        // A box with a sentence that stays may be text.
        let stays = |text: &String| {
            text.replace(
                "<div class=letters>",
                "<div class=letters><p>The letters that came in this week are these.</p>",
            )
        };
        let stage = Stage::of(URL)
            .held(&stays(&texts[0]))
            .said_before(&stays(&texts[1]))
            .said_before(&stays(&texts[2]))
            .answers(200, &stays(&texts[3]));
        assert_eq!(stage.judge().state, State::Changed);
    }

    #[test]
    fn what_other_pages_of_the_site_say_is_no_change() {
        let page = |words: &str| {
            article("A title", "comet").replace("<p>The", &format!("<p>{words}</p><p>The"))
        };
        let notice = "From Monday on our reading room closes at five in the afternoon.";
        let other = format!(
            "<title>Another</title><article><h1>Another</h1><p>{notice}</p><p>{}</p></article>",
            "The hills were bare and the sheep went down to the plain. ".repeat(20)
        );
        for (old, new) in [(page(""), page(notice)), (page(notice), page(""))] {
            let stage = Stage::of(URL).held(&old).answers(200, &new);
            assert_eq!(stage.judge().state, State::Changed);
            let verdict = stage.clone().site_says(&other).judge();
            is(&verdict, "ok", "same_text");
            // Another address of the same text is no other page.
            let copy = stage.site_says(&page(notice)).judge();
            assert_eq!(copy.state, State::Changed);
        }
    }

    #[test]
    fn the_same_bytes_are_the_same_page() {
        let page = article("A title", "comet");
        let verdict = Stage::of(URL).held(&page).answers(200, &page).judge();
        is(&verdict, "ok", "same_bytes");
        assert_eq!(verdict.grade, Grade::Proven);
        let provisional = Stage::of(URL)
            .held(&page)
            .provisional()
            .answers(200, &page)
            .judge();
        assert_eq!(provisional.grade, Grade::Unknown);
        assert!(
            provisional
                .reason()
                .unwrap()
                .contains("before that day is not known")
        );
    }

    #[test]
    fn another_template_around_the_same_text_is_no_change() {
        let page = article("A title", "comet");
        let body = &page[page.find("<article>").unwrap()..page.find("</article>").unwrap()];
        let redesigned = format!(
            "<!doctype html><html><title>A title – The new Gazette</title><div class=top>Menu</div>\
             <div class=share>Share</div><main>{}</main><aside><h2>Most read</h2><ul><li><a href=/1>\
             A story that many people have read today</a></ul></aside><p>3 comments</p>",
            body.replace("<p>", "<div class=para>")
                .replace("</p>", "</div>")
        );
        let verdict = Stage::of(URL).held(&page).answers(200, &redesigned).judge();
        is(&verdict, "ok", "same_text");
    }

    #[test]
    fn one_word_is_a_minor_change_and_is_shown() {
        let verdict = Stage::of(URL)
            .held(&article("A title", "comet"))
            .answers(200, &article("A title", "meteor"))
            .judge();
        is(&verdict, "changed", "words_differ");
        assert_eq!(verdict.severity, Some(Severity::Minor));
        assert_eq!(verdict.grade, Grade::Proven);
        assert_eq!(
            verdict.diff.as_deref(),
            Some("The [-comet-] {+meteor+} was seen by all.")
        );
        assert_eq!(
            verdict.reason(),
            Some("The text was edited: 1 word removed and 1 added since the copy of 2020-11-25.")
        );
    }

    #[test]
    fn much_is_major_and_all_is_replaced() {
        let page = article("A title", "comet");
        let half = page.replacen(
            "The river rose in the night and the boats that lay along the quay were carried",
            "It rained",
            2,
        );
        let verdict = Stage::of(URL).held(&page).answers(200, &half).judge();
        assert_eq!(verdict.severity, Some(Severity::Minor));
        let other = format!(
            "<title>x</title><article><p>{}",
            "Slots and prizes await every lucky winner now. ".repeat(40)
        );
        let verdict = Stage::of(URL).held(&page).answers(200, &other).judge();
        is(&verdict, "changed", "words_differ");
        assert_eq!(verdict.severity, Some(Severity::Replaced));
        let longer = page.replace(
            "</article>",
            &format!(
                "<p>{}</article>",
                "A new paragraph of quite other words was added here. ".repeat(15)
            ),
        );
        let verdict = Stage::of(URL).held(&page).answers(200, &longer).judge();
        assert_eq!(verdict.severity, Some(Severity::Major));
    }

    #[test]
    fn files_are_compared_by_their_bytes() {
        let pdf = |length: usize, id: u8| [b"%PDF-1.4 ".to_vec(), vec![id; length]].concat();
        let stage = Stage::of(URL).held_as("application/pdf", &pdf(1000, 1));
        let send = |body: &[u8]| {
            stage
                .clone()
                .sends(200, &[("Content-Type", "application/pdf")], body)
                .judge()
        };
        is(&send(&pdf(1000, 1)), "ok", "same_bytes");
        is(&send(&pdf(2000, 1)), "changed", "bytes_differ");
        let stamped = send(&pdf(1001, 2));
        assert_ne!(stamped.state, State::Changed, "{stamped:#?}");
        assert!(
            says(&stamped, "bytes_differ")
                .unwrap()
                .contains("was not compared")
        );
        let turned = send(article("A title", "comet").as_bytes());
        assert!(
            says(&turned, "bytes_differ")
                .unwrap()
                .contains("is a web page now, and was a PDF")
        );
    }

    #[test]
    fn without_a_baseline_ok_says_that_nothing_was_compared() {
        let verdict = Stage::of(URL)
            .answers(200, &article("A title", "comet"))
            .judge();
        is(&verdict, "ok", "nothing_to_compare");
        assert_eq!(verdict.grade, Grade::Unknown);
        assert!(verdict.reason().unwrap().contains("2020-11-24"));
    }

    #[test]
    fn a_cut_page_of_other_words_is_not_taken_for_the_one_held() {
        let other = "<p>The harvest was late in the valley, and the mill stood still for want of \
            water until the middle of November, when it rained for nine days.</p>"
            .repeat(4);
        let verdict = Stage::of(URL)
            .held(&article("A title", "comet"))
            .answers(200, &format!("<main>{other}</main>"))
            .cut()
            .judge();
        assert_eq!(verdict.state, State::Unknown, "{verdict:#?}");
    }

    #[test]
    fn a_retraction_notice_is_a_major_change_and_the_word_cited_is_none() {
        let page = article("A title", "comet");
        let notice = "<p>This article has been retracted at the request of its authors.</p>";
        let retracted = page.replacen("<p>", &format!("{notice}<p>"), 1);
        assert_ne!(page, retracted);
        let judged = |held: &str, now: &str| Stage::of(URL).held(held).answers(200, now).judge();
        let verdict = judged(&page, &retracted);
        assert_eq!(verdict.state, State::Changed, "{verdict:#?}");
        assert_eq!(verdict.severity, Some(Severity::Major), "{verdict:#?}");
        let edited = retracted.replace("at the request", "on the request");
        let verdict = judged(&retracted, &edited);
        assert_eq!(verdict.severity, Some(Severity::Minor), "{verdict:#?}");
    }
}
