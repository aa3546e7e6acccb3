//! From a document to its verdicts, end to end: real documents, real visits on loopback, a real
//! archive and catalog, and a calendar that each test turns.

use ibid::model::verdict::{Evidence, Verdict};

use crate::support::house::Ibid;
use crate::support::site::Site;

/// The real article, its sources on loopback.
mod article;
/// What is captured, how often, and what is stored of it.
mod captures;
/// Pages that are only asked for if they are other ones now.
mod conditional;
/// How often and for how long a source must fail.
mod confirmation;
/// Catalogs lost, files damaged, starts cut off.
mod damage;
/// Documents that change, and those that cannot be read.
mod documents;
/// Who serves a source's domain, and since when it is registered.
mod domains;
/// What a change is, and what is only noise.
mod drift;
/// What operators say: false alarms, and baselines.
mod lessons;
/// What the public archives hold, and what they do not.
mod mementos;
/// Whose fault it is that nothing can be reached.
mod outage;
/// Quotes, text fragments and anchors.
mod passages;
/// PDFs: read, set anew, edited, broken.
mod pdfs;
/// A Memento server that is not ours: pywb over what we kept.
mod pywb;
/// Where redirects lead.
mod redirects;
/// What sites ask of robots.
mod robots;
/// From state to state and back: an event for each turn, none for a check.
mod turns;
/// What stands in a page's place: walls, landers, error pages, broken certificates.
mod walls;

/// The source that most tests cite.
const URL: &str = "http://press.example/story";

/// A site, and a house in which note 1 cites [`URL`], seen on the day on which the house opens.
fn house() -> (Site, Ibid) {
    let site = Site::start();
    let house = Ibid::on(&site, &["press.example"]);
    house.cites(&[(URL, "2020/11/24")]);
    (site, house)
}

/// An article of some hundred words in its site's dress, of which the test names one.
fn story(word: &str) -> String {
    dressed(&told(word), "<p>Advertisement: garden chairs.</p>")
}

/// The article without its dress.
fn told(word: &str) -> String {
    format!(
        "<h1>High water</h1><p>The river rose in the night, and the boats that lay along the quay \
         were carried down to the bridge, where the watchmen had lit their fires.</p><p>Nobody in \
         the town had seen such water since the year of the great frost, and the old people said \
         so to each other while they carried their beds upstairs.</p><p>In the morning the \
         {word} stood on the market square, and it was not before the evening that the council \
         met to speak of the dike and of what it would cost to build it again.</p><p id=\"cost\">The \
         engineer, who had warned them for years, asked for nothing more than his old drawings, \
         and was given them.</p>"
    )
}

/// A text in the dress of its site: menu, something at the side, footer.
fn dressed(text: &str, aside: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><title>High water | The Press</title></head><body>\
         <header><nav><a href=\"/\">Home</a> <a href=\"/news\">News</a></nav></header><main>\
         <article>{text}</article></main><aside>{aside}</aside><footer>© The Press</footer></body>\
         </html>"
    )
}

/// Another text altogether.
fn menu() -> String {
    dressed(
        "<h1>Our spring menu</h1><p>Asparagus three ways, lamb from salt meadows, rhubarb tart as \
         all guests ask for through winter. Tables can be booked from Thursday on; lunch needs no \
         booking. Children eat half portions for half price.</p><p>We bake twice daily, sell bread \
         until noon, cheese until six, wine until late. Dogs are welcome outside.</p>",
        "",
    )
}

/// What a rule said in a verdict.
fn said<'v>(verdict: &'v Verdict, rule: &str) -> &'v Evidence {
    let found = verdict.evidence.iter().find(|it| it.rule == rule);
    found.unwrap_or_else(|| panic!("{rule} said nothing: {verdict:#?}"))
}
