use ibid::model::verdict::Severity;

use super::{URL, dressed, house, menu, said, story, told};
use crate::support::site::Answer;

#[test]
fn noise_around_the_text_is_no_change() {
    let (site, house) = house();
    let around = |day: u32, readers: u32, advert: &str| {
        format!(
            "<p>Today is Thursday, {day} November 2020</p><p>{readers} readers online</p>\
             <p>Advertisement: {advert}</p><ul><li><a href=\"/{readers}\">Most read: story \
             {readers}</a></li></ul><script>var token = \"{day}{readers}\";</script>"
        )
    };
    let page = site
        .page("/story")
        .says(&dressed(&told("water"), &around(24, 17, "garden chairs")));
    house.check();

    let redesigned = dressed(
        &told("water"),
        &around(26, 4321, "winter tyres, now in stock!"),
    )
    .replace("<nav>", "<nav class=\"new\"><a href=\"/sports\">Sports</a>")
    .replace(
        "<article>",
        "<article><div class=\"share\">Share this</div>",
    );
    page.says(&redesigned);
    let noise = house.check_times(1, 2);

    assert_eq!(noise.says("1"), "ok");
    assert_eq!(noise.turned(), [] as [String; 0]);
    said(noise.of("1"), "same_text");
}

#[test]
fn one_edited_word_is_a_minor_change_and_its_words_are_shown() {
    let (site, house) = house();
    let page = site.page("/story").says(&story("water"));
    house.check();

    page.says(&story("mud"));
    let edited = house.check_times(1, 2);

    let verdict = edited.of("1");
    assert_eq!(edited.says("1"), "changed minor");
    let diff = verdict.diff.as_ref().unwrap();
    assert!(diff.contains("[-water-] {+mud+}"), "{diff}");
    let baseline = verdict.baseline.as_ref().unwrap();
    assert_eq!(baseline.captured_at.to_day(), "2020-11-24");
    assert_eq!(edited.turned(), ["1: ok → changed minor"]);
}

#[test]
fn another_text_is_replaced() {
    let (site, house) = house();
    let page = site.page("/story").says(&story("water"));
    house.check();

    page.says(&menu());
    let other = house.check_times(1, 2);

    assert_eq!(other.of("1").severity, Some(Severity::Replaced));
    assert_eq!(other.says("1"), "changed replaced");
}

#[test]
fn a_page_that_was_edited_stays_compared_with_what_the_author_saw() {
    let (site, house) = house();
    let page = site.page("/story").says(&story("water"));
    house.check();
    let page = page.says(&story("mud"));
    house.check_times(5, 5);

    page.says(&story("water"));
    let back = house.check_times(1, 5);

    assert_eq!(back.says("1"), "ok");
    let baseline = back.of("1").baseline.as_ref().unwrap();
    assert_eq!(baseline.captured_at.to_day(), "2020-11-24");
}

#[test]
fn what_varies_by_itself_is_learned_from_a_second_visit() {
    let (site, house) = house();
    let quoted = |quote: &str| {
        story("water").replace(
            "<article>",
            &format!("<article><p>Quote of the hour: {quote}.</p>"),
        )
    };
    let page = site
        .page("/story")
        .says(&quoted("a rolling stone gathers no moss at all"));
    house.check();

    page.says(&quoted("still waters run deeper than the fisher knows"))
        .then(Answer::html(&quoted("all that glitters is not gold")));
    let varied = house.check_times(1, 2);

    assert_eq!(varied.says("1"), "ok");
    assert_eq!(varied.turned(), [] as [String; 0]);
    assert!(
        said(varied.of("1"), "same_text")
            .because
            .contains("the same moment")
    );
    // Both answers are kept, since the verdict rests on both.
    assert_eq!(house.captures(URL).len(), 3);
}

#[test]
fn one_page_for_every_address_and_the_home_page_is_parked() {
    let (site, house) = house();
    let page = site.page("/story").says(&story("water"));
    let home = site.page("/").says(&story("town"));
    house.check();

    let notice = "<title>x</title><h2>Ratio clausa</h2><p>Haec pagina a domino suo clausa est.</p>";
    page.says(notice);
    site.page("/storqy").says(notice);
    home.says(notice);
    let parked = house.check_times(1, 2);
    assert_eq!(parked.says("1"), "parked, 1 failing");
    said(parked.of("1"), "one_page_for_all");
    assert_eq!(site.page("/").visits(), 1);
}

#[test]
fn a_page_for_every_address_is_a_soft_404_and_is_asked_for_once_a_day() {
    let (site, house) = house();
    let page = site.page("/story").says(&story("water"));
    house.check();

    let offers = "<title>Offers</title><article><h1>Offers</h1><p>All that we sell is listed on \
        this page, from garden chairs to lamps, with the price of each and the day it is sent.</p>\
        <p>Whoever orders before noon has it on the next day.</p></article>";
    page.says(offers);
    let nowhere = site.page("/storqy").says(offers);
    let replaced = house.check_times(1, 2);
    assert_eq!(replaced.says("1"), "soft_404, 1 failing");
    said(replaced.of("1"), "answers_everything");
    house.check();

    assert_eq!(nowhere.visits(), 1);
}

#[test]
fn what_was_another_thing_at_each_good_check_is_no_change() {
    let (site, house) = house();
    let letters = |name: &str, times: usize| {
        let letter = format!("{name} writes that all of this is as it should be by now. ");
        story("water").replace(
            "</article>",
            &format!(
                "<div class=\"letters\"><p>{}</p></div></article>",
                letter.repeat(times)
            ),
        )
    };
    // Few words in a box of their own are around the text; many are taken for text, until it is known
    // that none of them ever stays.
    for (day, name) in ["Ann Miller", "Old Bert", "The baker"]
        .into_iter()
        .enumerate()
    {
        site.page("/story").says(&letters(name, 2));
        let checked = house.check_times(1, i64::from(day > 0));
        assert_eq!(checked.says("1"), "ok", "{name}");
    }
    site.page("/story").says(&letters("Nobody", 12));
    let many = house.check_times(1, 1);
    assert_eq!(many.says("1"), "ok", "{:#?}", many.of("1"));

    let edited = letters("Everyone", 12).replace("water", "mud");
    site.page("/story").says(&edited);
    let changed = house.check_times(1, 1);
    assert_eq!(changed.says("1"), "changed minor");
    let diff = changed.of("1").diff.as_ref().unwrap();
    assert!(
        diff.contains("[-water-] {+mud+}") && !diff.contains("Everyone"),
        "{diff}"
    );
}
