//! What became of the sources.

use super::World;
use super::sources::{
    CHALLENGE, CHINESE, CHUVASHIA, CQVIP, CSIS, CSSN, DELOITTE, DW, HUANQIU, LENTA, LEVADA, ORF,
    REUTERS, ROSNEFT, RUSSIAN, SHISU, SINA, STATISTA, TRADE_IN, TRADE_OUT, WEIBO, english,
    in_english, page, picture,
};
use crate::support::site::Answer;

/// Every source as it became.
pub(super) fn rot(world: &mut World) {
    gone_or_refused(world);
    elsewhere(world);
    changed(world);
    unchanged(world);
    // Nobody listens any more.
    let host = "siberiantimes.com";
    let address = world.sites[host].address();
    world.sites.remove(host);
    world.house.route(host, address);
}

fn gone_or_refused(world: &World) {
    // Gone, in three ways.
    world.at(CSIS).answers(Answer::status(404));
    world.at(SHISU).answers(Answer::status(410));
    world.at(SINA).answers(Answer::status(451));
    // Refused.
    world.at(STATISTA).answers(Answer::status(403));
    world.at(REUTERS).answers(
        Answer::html("<html><head><title>reuters.com</title></head><body><p>Please enable JS and disable any ad blocker</p></body></html>")
            .header("Server", "DataDome")
            .header("X-DataDome", "protected"),
    );
    // For sale; and without an answer.
    world.at(ROSNEFT).says(
        "<html><head><title>rosneft.com is for sale</title></head><body><h1>The domain rosneft.com is \
         for sale</h1><p>Make an offer. Buy this domain.</p></body></html>",
    );
    world
        .at(CSSN)
        .answers(Answer::status(503).header("Retry-After", "5"));
}

fn elsewhere(world: &World) {
    // Not there, with status 200.
    world.at(CHALLENGE).says(&page(
        "en",
        "Page not found | ISPI",
        &["Sorry, the page you are looking for does not exist. It may have been moved or deleted."],
        "",
    ));
    world.at(CQVIP).says(&page(
        "zh",
        "出错了",
        &["抱歉，您访问的页面不存在或已被删除。"],
        "",
    ));
    world
        .at(DELOITTE)
        .redirects(302, "https://www2.deloitte.com/");
    world.at("https://www2.deloitte.com/").says(
        "<html><head><title>Deloitte | Audit, Consulting, Advisory, and Tax Services</title></head><body><h1>Welcome</h1>\
         <ul><li><a href=\"/services\">Services</a></li><li><a href=\"/industries\">Industries</a></li>\
         <li><a href=\"/careers\">Careers</a></li></ul><p>We help clients in more than a hundred countries.</p></body></html>",
    );
    // Moved to another path; and the same address with a slash at its end.
    let moved = "https://www.dw.com/en/siberia-anti-chinese-protests/a-48110739";
    world.at(DW).redirects(301, moved);
    world.at(moved).says(&in_english(
        "Siberia: Anti-Chinese protests",
        "the water of the great lake",
        "3.6",
    ));
    world.at(LENTA).redirects(
        301,
        "https://lenta.ru/articles/2015/11/24/mythsaboutchinese/",
    );
    world
        .at("https://lenta.ru/articles/2015/11/24/mythsaboutchinese/")
        .says(&page(
            "ru",
            "Страшная сказка",
            RUSSIAN,
            "<p>Читайте также</p>",
        ));
}

fn changed(world: &World) {
    // An edit of one figure.
    world.at(TRADE_OUT).says(&in_english(
        "Russia exports to China",
        "exports across the river",
        "4.7",
    ));
    // Another text; a correction; a paragraph taken out; another picture.
    world.at(CHUVASHIA).says(&page(
        "en",
        "Ten ways to spend a weekend in Kazan",
        &[
            "Begin at the old market, where honey is sold by the spoon, and walk down to the quay before the crowds come.",
            "In the afternoon the museums are empty. Take the tram to its last stop and walk back through the gardens.",
            "Whoever stays for the night should ask for a room to the yard.",
        ],
        "",
    ));
    let levada = english("what people answer to pollsters", "42.4");
    let mut levada: Vec<&str> = levada.iter().map(String::as_str).collect();
    levada.insert(0, "Correction, 3 March 2021: an earlier version of this article named a wrong figure for the second wave.");
    world
        .at(LEVADA)
        .says(&page("en", "Attitudes Toward Countries", &levada, ""));
    world.at(HUANQIU).says(&page(
        "zh",
        "环球舆情“中国人看世界”年度调查",
        &CHINESE[..3],
        "",
    ));
    world.at(WEIBO).answers(picture(200, 200));
}

fn unchanged(world: &World) {
    // Nothing but noise.
    let same = english("imports across the river", "7.3");
    let same: Vec<&str> = same.iter().map(String::as_str).collect();
    world.at(TRADE_IN).says(&page(
        "en",
        "Russia imports from China",
        &same,
        "<p>Our spring offer: thirty percent off all charts.</p><ul><li><a href=\"/a\">Copper up</a></li>\
         <li><a href=\"/b\">Tea down</a></li></ul>",
    ));
    // A redesign around the same text.
    let same = english("investment in the ports of the east", "22.9");
    let same: String = format!(
        "<div class=\"rich\"><p>{}</p></div>",
        same.join("</p></div><div class=\"rich\"><p>")
    );
    world.at(ORF).says(&format!(
        "<!doctype html><html lang=\"en\"><head><title>Russia-China relations in the Russian Far East</title></head>\
         <body class=\"v3\"><div id=\"app\"><div class=\"cookie\">We use cookies. <button>Accept</button></div>\
         <h1>Russia-China relations in the Russian Far East</h1><div class=\"meta\">2.4k views · 6 min read</div>{same}\
         <section><h2>You may also like</h2><a href=\"/x\">A new corridor</a></section></div></body></html>"
    ));
}
