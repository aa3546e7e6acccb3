use ibid::model::verdict::{Passage, Severity, State};

use super::{URL, dressed, house, said, story, told};

/// The sentence in which the test's word stands.
const QUOTE: &str = "In the morning the water stood on the market square";

/// The same article, rewritten where the quote stood.
fn rewritten() -> String {
    story("water").replace(QUOTE, "By dawn everything on the square lay under it")
}

#[test]
fn a_quote_that_went_is_a_major_change_however_small_the_edit() {
    let (site, house) = house();
    house.writes(
        "article.txt",
        &format!(
            "An essay\n\n“{QUOTE}”,[1] they wrote.\n\nFootnotes\n\n[1] A. Writer (2019), \
             Available at: {URL} (Accessed 2020/11/24)\n"
        ),
    );
    let page = site.page("/story").says(&story("water"));
    let first = house.check();

    page.says(&rewritten());
    let gone = house.check_times(1, 2);

    assert_eq!(first.cited("1").citation.quote.as_deref(), Some(QUOTE));
    assert_eq!(first.of("1").passage, Passage::Present);
    assert_eq!(gone.of("1").passage, Passage::Gone);
    assert_eq!(gone.of("1").state, State::Changed);
    assert_eq!(gone.of("1").severity, Some(Severity::Major));
    said(gone.of("1"), "passage_gone");
}

#[test]
fn a_quote_is_found_in_a_text_that_was_edited_elsewhere() {
    let (site, house) = house();
    house.writes(
        "article.txt",
        &format!(
            "An essay\n\n“{QUOTE}”,[1] they wrote.\n\nFootnotes\n\n[1] A. Writer (2019), \
             Available at: {URL} (Accessed 2020/11/24)\n"
        ),
    );
    let page = site.page("/story").says(&story("water"));
    house.check();

    // Another dash, other spaces, and an edit in another sentence.
    let edited = story("water")
        .replace("In the morning the", "In&nbsp;the   morning\nthe")
        .replace("old drawings", "new drawings");
    page.says(&edited);
    let elsewhere = house.check_times(1, 2);

    assert_eq!(elsewhere.of("1").passage, Passage::Present);
    assert_eq!(elsewhere.says("1"), "changed minor");
}

#[test]
fn a_text_fragment_is_sought_with_what_stands_before_and_after_it() {
    let (site, house) = house();
    let whole = format!("{URL}#:~:text=In%20the%20morning-,the%20water%20stood,-on%20the%20market");
    let range = format!("{URL}#:~:text=The%20river%20rose,their%20fires");
    let wrong = format!("{URL}#:~:text=In%20the%20evening-,the%20water%20stood");
    house.cites(&[
        (&whole, "2020/11/24"),
        (&range, "2020/11/24"),
        (&wrong, "2020/11/24"),
    ]);
    let page = site.page("/story").says(&story("water"));
    let first = house.check();

    page.says(&rewritten());
    let gone = house.check_times(1, 2);

    // The second time it is asked again, to see what varies by itself.
    assert_eq!(site.page("/story").visits(), 3, "fragments are not sent");
    assert_eq!(first.of("1").passage, Passage::Present);
    assert_eq!(first.of("2").passage, Passage::Present);
    // With another prefix it was never there, and what was never found did not go.
    assert_eq!(first.of("3").passage, Passage::NotCited);
    assert_eq!(gone.of("1").passage, Passage::Gone);
    assert_eq!(gone.says("1"), "changed major");
    assert_eq!(gone.of("2").passage, Passage::Present);
    assert_eq!(gone.of("2").severity, Some(Severity::Minor));
}

#[test]
fn an_anchor_that_went_is_gone_and_the_state_stays() {
    let (site, house) = house();
    let anchored = format!("{URL}#cost");
    house.cites(&[(&anchored, "2020/11/24")]);
    let page = site.page("/story").says(&story("water"));
    let first = house.check();

    let without = dressed(&told("water").replace(" id=\"cost\"", ""), "");
    page.says(&without);
    let gone = house.check_times(1, 2);

    assert_eq!(first.of("1").passage, Passage::Present);
    assert_eq!(gone.says("1"), "ok");
    assert_eq!(gone.of("1").passage, Passage::Gone);
    assert!(
        said(gone.of("1"), "anchor_not_found")
            .because
            .contains("#cost")
    );
}

#[test]
fn a_heading_that_got_another_mark_moved_within_the_page() {
    let (site, house) = house();
    let anchored = format!("{URL}#The_bill");
    house.cites(&[(&anchored, "2020/11/24")]);
    let headed = |mark: &str| {
        let heading = format!("<h2 id=\"{mark}\">The bill</h2><p id=\"cost\">");
        dressed(&told("water").replace("<p id=\"cost\">", &heading), "")
    };
    let page = site.page("/story").says(&headed("The_bill"));
    let first = house.check();

    page.says(&headed("section-4"));
    let moved = house.check_times(1, 2);

    assert_eq!(first.of("1").passage, Passage::Present);
    assert_eq!(moved.says("1"), "ok");
    assert_eq!(moved.of("1").passage, Passage::Present);
    let told = said(moved.of("1"), "anchor_not_found");
    assert!(told.because.contains("moved within the page"), "{told:?}");
}
