use ibid::model::verdict::Strength;

use super::{URL, dressed, house, menu, said, story};
use crate::support::house::Ibid;
use crate::support::site::{Answer, Site};

const HOME: &str = "<h1>The Press</h1><p>All the news of the town.</p><ul><li><a href=\"/1\">A bridge \
    opens</a></li><li><a href=\"/2\">A mill closes</a></li></ul>";

#[test]
fn the_same_content_behind_a_permanent_redirect_has_moved() {
    let (site, house) = house();
    site.page("/story").says(&story("water"));
    house.check();

    site.page("/story").redirects(301, "/archive/2019/story");
    site.page("/archive/2019/story").says(&story("water"));
    let moved = house.check_times(1, 1);
    let still = house.check_times(1, 1);

    assert_eq!(moved.says("1"), "moved");
    assert_eq!(
        moved.of("1").final_url.as_deref(),
        Some("http://press.example/archive/2019/story")
    );
    assert_eq!(still.turned(), [] as [String; 0]);
}

#[test]
fn a_redirect_to_the_home_page_is_a_soft_404_at_every_check() {
    let (site, house) = house();
    site.page("/story").says(&story("water"));
    site.page("/").says(&dressed(HOME, ""));
    house.check();

    site.page("/story").redirects(301, "/");
    let first = house.check_times(1, 3);
    let third = house.check_times(2, 3);

    assert_eq!(first.says("1"), "soft_404, 1 failing");
    assert_eq!(third.says("1"), "soft_404");
    assert_eq!(house.captures(URL)[0].is_snapshot, Some(false));
}

#[test]
fn a_home_page_met_first_in_a_pages_place_never_becomes_what_was_cited() {
    let (site, house) = house();
    site.page("/story").redirects(301, "/");
    site.page("/").says(&dressed(HOME, ""));
    let first = house.check();

    let second = house.check_times(1, 3);
    let third = house.check_times(1, 3);

    assert_eq!(first.says("1"), "soft_404, 1 failing");
    assert_eq!(second.says("1"), "soft_404, 2 failing");
    assert_eq!(third.says("1"), "soft_404");
}

#[test]
fn a_redirect_that_lands_elsewhere_is_a_soft_404_and_no_later_baseline() {
    let (site, house) = house();
    // The author looked between our first and our second visit, nearer to the second.
    house.cites(&[(URL, "2020/12/01")]);
    site.page("/story").says(&story("water"));
    house.check();

    site.page("/story").redirects(302, "/tables");
    site.page("/tables").says(&menu());
    let first = house.check_times(1, 9);
    let third = house.check_times(2, 3);

    assert_eq!(first.says("1"), "soft_404, 1 failing");
    assert_eq!(third.says("1"), "soft_404");
}

#[test]
fn a_chain_of_redirects_is_followed_and_every_hop_is_kept() {
    let site = Site::start();
    let house = Ibid::on(
        &site,
        &["press.example", "www.press.example", "new.example"],
    );
    house.cites(&[(URL, "2020/11/24")]);
    site.page("press.example/story").says(&story("water"));
    house.check();

    site.page("press.example/story")
        .redirects(301, "http://www.press.example/story");
    site.page("www.press.example/story")
        .redirects(308, "http://new.example/old?id=7");
    site.page("new.example/old?id=7")
        .redirects(301, "/story.html");
    site.page("new.example/story.html").says(&story("water"));
    let moved = house.check_times(1, 1);

    assert_eq!(moved.says("1"), "moved");
    assert!(
        said(moved.of("1"), "moved")
            .because
            .contains("http://new.example/story.html")
    );
    let capture = &house.captures(URL)[0].capture;
    assert_eq!(capture.url.as_str(), "http://new.example/story.html");
    assert_eq!(capture.source_url.as_str(), URL);
}

#[test]
fn a_page_that_sends_its_readers_on_is_a_hop_that_is_kept() {
    let (site, house) = house();
    site.page("/story").says(&story("water"));
    house.check();

    site.page("/story")
        .says("<meta http-equiv=refresh content='0; url=/new/story'><p>We have moved.");
    site.page("/new/story").says(&story("water"));
    let moved = house.check_times(1, 1);
    assert_eq!(moved.says("1"), "moved");
    assert_eq!(
        house.captures(URL)[0].capture.url.as_str(),
        "http://press.example/new/story"
    );

    // A page that leads to the home page, and two that lead to each other.
    site.page("/story")
        .says("<meta http-equiv=refresh content='0; url=/'>");
    site.page("/").says(&dressed(HOME, ""));
    assert_eq!(house.check_times(1, 3).says("1"), "soft_404, 1 failing");
    site.page("/story")
        .says("<meta http-equiv=refresh content='0; url=/there'>");
    site.page("/there")
        .says("<meta http-equiv=refresh content='0; url=/story'>");
    house.check_times(1, 3);
    assert_eq!(
        house.captures(URL)[0].capture.url.as_str(),
        "http://press.example/there"
    );
}

#[test]
fn redirects_without_end_are_unreachable() {
    let (site, house) = house();
    site.page("/story").redirects(301, "/other");
    site.page("/other").redirects(301, "/story");

    assert_eq!(house.check().says("1"), "unreachable");
}

#[test]
fn a_source_that_is_gone_is_offered_where_its_site_lists_it() {
    let (site, house) = house();
    let cited = "http://press.example/2019/high-water.html";
    house.cites(&[(cited, "2020/11/24")]);
    site.page("/2019/high-water.html").says(&story("water"));
    house.check();
    assert_eq!(site.page("/robots.txt").visits(), 0);

    site.page("/robots.txt")
        .says("User-agent: *\nSitemap: /map.xml\n");
    site.page("/map.xml").answers(Answer::gzipped(
        "<urlset><url><loc>http://press.example/archive/high-water</loc></url></urlset>",
    ));
    site.page("/2019/high-water.html")
        .answers(Answer::status(404).body(b"no"));
    let gone = house.check_times(1, 3);
    let later = house.check_times(1, 3);

    assert_eq!(gone.says("1"), "dead, 1 failing");
    for checked in [&gone, &later] {
        let offered = said(checked.of("1"), "listed_elsewhere");
        assert_eq!(offered.strength, Strength::Weak);
        assert!(
            offered
                .because
                .contains("http://press.example/archive/high-water"),
            "{offered:?}"
        );
    }
    assert_eq!(site.page("/map.xml").visits(), 1);
    assert_eq!(site.page("/archive/high-water").visits(), 0);
}
