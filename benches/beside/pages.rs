//! Pages as sites make them, and the same ones each time.

use std::fmt::Write as _;
use std::io::Write as _;

/// A page's length before compression: some 22 KB on the wire with gzip.
pub(super) const PAGE_BYTES: usize = 60_000;

/// As a server compresses.
pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

const WORDS: &[&str] = &[
    "river",
    "treaty",
    "council",
    "winter",
    "bridge",
    "harvest",
    "railway",
    "minister",
    "archive",
    "museum",
    "letter",
    "journey",
    "market",
    "garden",
    "colour",
    "teacher",
    "village",
    "island",
    "history",
    "engine",
    "painter",
    "mountain",
    "harbour",
    "library",
    "statute",
    "election",
    "the",
    "of",
    "and",
    "to",
    "in",
    "was",
    "that",
    "with",
    "from",
    "by",
    "had",
    "which",
    "were",
    "under",
    "after",
    "before",
    "between",
    "became",
    "returned",
    "reported",
    "published",
    "signed",
    "opened",
    "described",
    "measured",
    "crossed",
    "remembered",
    "answered",
];

/// Numbers that look thrown, and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn sentence(&mut self) -> String {
        let length = 8 + self.below(16);
        let mut sentence = String::from("The");
        for _ in 0..length {
            sentence.push(' ');
            sentence.push_str(WORDS[self.below(WORDS.len())]);
        }
        sentence + ". "
    }
}

/// The title of a page.
pub(super) fn title(page: usize) -> String {
    let mut dice = Dice(page as u64);
    let word = |dice: &mut Dice| WORDS[dice.below(26)];
    format!(
        "The {} and the {} of the {} number {page}",
        word(&mut dice),
        word(&mut dice),
        word(&mut dice)
    )
}

/// A page as sites make them: styles, a menu, an article with links and a table, a side column, a
/// script. Another edition has another sentence in every fourth paragraph.
pub(super) fn page(number: usize, edition: usize) -> String {
    let mut dice = Dice(1_000_003 * (number as u64 + 1));
    let title = title(number);
    let mut html = format!(
        "<!doctype html><html lang=en><head><meta charset=utf-8><title>{title} – The Gazette</title>\
         <meta name=description content=\"{}\"><link rel=stylesheet href=/style.css><style>",
        dice.sentence()
    );
    for rule in 0..40 {
        write!(
            html,
            ".c{rule}{{margin:{}px;color:#{:06x}}}",
            rule,
            dice.below(1 << 24)
        )
        .unwrap();
    }
    html += "</style></head><body><header><nav><ul>";
    for (item, word) in WORDS.iter().take(24).enumerate() {
        write!(html, "<li><a href=/section/{item}>{word}</a></li>").unwrap();
    }
    write!(html, "</ul></nav></header><main><article><h1>{title}</h1>").unwrap();
    let mut paragraph = 0;
    while html.len() < PAGE_BYTES - 12_000 {
        write!(html, "<p class=c{}>", dice.below(40)).unwrap();
        for _ in 0..4 {
            html += &dice.sentence();
        }
        let target = dice.below(1000);
        write!(
            html,
            "<a href=/{target}>{}</a>. ",
            dice.sentence().trim_end_matches(". ")
        )
        .unwrap();
        if edition > 1 && paragraph % 4 == 0 {
            write!(html, "In edition {edition} a correction was added. ").unwrap();
        }
        html += "</p>";
        if paragraph % 8 == 7 {
            write!(html, "<h2>{}</h2>", dice.sentence()).unwrap();
        }
        paragraph += 1;
    }
    html += "<table>";
    for year in 1900..1920 {
        write!(
            html,
            "<tr><td>{year}</td><td>{}</td></tr>",
            dice.below(100_000)
        )
        .unwrap();
    }
    html += "</table></article></main><aside><h3>Most read</h3><ul>";
    for _ in 0..12 {
        write!(
            html,
            "<li><a href=/{}>{}</a></li>",
            dice.below(1000),
            dice.sentence()
        )
        .unwrap();
    }
    html += "</ul></aside><footer>© The Gazette</footer><script>window.data=[";
    while html.len() < PAGE_BYTES - 32 {
        write!(html, "{},", dice.below(1 << 20)).unwrap();
    }
    html + "0];</script></body></html>"
}
