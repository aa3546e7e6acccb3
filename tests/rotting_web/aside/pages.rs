//! The sites' templates: how kinds of sites put a text on a page. Fourteen, half of them in `styles`.

use super::styles;
use super::texts::Words;
use crate::rotting_web::chance::Chance;

/// An article before any template.
#[derive(Debug, Clone)]
pub(super) struct Body {
    pub(super) title: String,
    pub(super) author: String,
    /// A box at its head: a correction, a retraction.
    pub(super) notice: Option<String>,
    pub(super) sections: Vec<String>,
    pub(super) paragraphs: Vec<String>,
    pub(super) table: Vec<[String; 2]>,
}

/// What says nothing of the article.
#[derive(Debug, Clone, Copy, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a thing that a page has or has not"
)]
pub(super) struct Noise {
    /// Turns with the days: counters, dates, lists of stories, advertising.
    pub(super) turn: u64,
    /// An advert between two paragraphs.
    pub(super) is_inside: bool,
    pub(super) has_banner: bool,
    pub(super) comments: usize,
    /// How many entries the menu lacks.
    pub(super) is_menu_short: bool,
    /// Phrases of error pages in its scripts.
    pub(super) has_phrases: bool,
}

/// One page to be made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scene<'a> {
    pub(super) words: &'a Words,
    pub(super) site: &'a str,
    pub(super) body: &'a Body,
    pub(super) noise: Noise,
}

/// What stands where the article stands.
#[derive(Debug, Clone)]
pub(super) enum Main<'a> {
    Article,
    /// A heading and markup under it.
    Notice(&'a str, String),
    /// A list of stories under a heading.
    Listing(&'a str),
}

/// A template.
#[derive(Debug)]
pub(super) struct Template {
    pub(super) name: &'static str,
    /// How its addresses look; `{}` stands for what is theirs alone.
    pub(super) path: &'static str,
    pub(super) frame: fn(&Scene, title: &str, main: &str) -> String,
    pub(super) article: fn(&Scene) -> String,
}

impl Template {
    pub(super) fn page(&self, scene: &Scene, main: &Main) -> String {
        let (title, inner) = match main {
            Main::Article => (scene.body.title.as_str(), (self.article)(scene)),
            Main::Notice(title, inner) => (*title, format!("<h1>{title}</h1>{inner}")),
            Main::Listing(title) => (*title, scene.listing(title)),
        };
        (self.frame)(scene, title, &inner)
    }
}

/// How a template writes the parts of an article.
pub(super) struct Marks {
    pub(super) heading: fn(usize, &str) -> String,
    pub(super) paragraph: fn(&str) -> String,
    pub(super) row: fn(&str, &str) -> String,
    /// What opens and closes a table.
    pub(super) table: [&'static str; 2],
    /// What opens and closes a notice.
    pub(super) notice: [&'static str; 2],
    /// What opens and closes an advert.
    pub(super) advert: [&'static str; 2],
}

/// Replaced by the server with every visit.
pub(super) const TOKEN: &str = "@@VISIT-TOKEN@@";
/// The same, by digits.
pub(super) const COUNT: &str = "@@N@@";

impl Scene<'_> {
    pub(super) fn chance(&self, what: &str) -> Chance {
        Chance::of(&format!("aside/{}/{}/{what}", self.site, self.noise.turn))
    }

    pub(super) fn number(&self, what: &str, bound: usize) -> usize {
        self.chance(what).below(bound)
    }

    pub(super) fn day(&self) -> String {
        let day = 1 + self.number("day", 28);
        format!(
            "{} {day}.{}.2021",
            self.words.updated,
            1 + self.number("month", 12)
        )
    }

    /// The paragraphs with all that stands between them.
    pub(super) fn flow(&self, marks: &Marks) -> String {
        let mut out = String::new();
        if let Some(notice) = &self.body.notice {
            out += marks.notice[0];
            out += notice;
            out += marks.notice[1];
        }
        for (place, words) in self.body.paragraphs.iter().enumerate() {
            let section = [1, 3].iter().position(|it| *it == place);
            if let Some((at, heading)) =
                section.and_then(|at| Some((at, self.body.sections.get(at)?)))
            {
                out += &(marks.heading)(at + 1, heading);
            }
            out += &(marks.paragraph)(words);
            if self.noise.is_inside && place == 1 {
                out += marks.advert[0];
                out += self.chance("inside").one::<String>(&self.words.ads);
                out += marks.advert[1];
            }
        }
        if !self.body.table.is_empty() {
            out += marks.table[0];
            out.extend(self.body.table.iter().map(|[a, b]| (marks.row)(a, b)));
            out += marks.table[1];
        }
        out
    }

    pub(super) fn menu(&self, open: &str, close: &str) -> String {
        let shown = self.words.menu.len() - usize::from(self.noise.is_menu_short);
        let items = self.words.menu.iter().take(shown).enumerate();
        items
            .map(|(n, item)| format!("{open}<a href=\"/m{n}\">{item}</a>{close}"))
            .collect()
    }

    pub(super) fn stories(&self, count: usize, open: &str, close: &str) -> String {
        let all = &self.words.related;
        let from = self.number("stories", all.len());
        (0..count)
            .map(|n| {
                format!(
                    "{open}<a href=\"/story-{n}\">{}</a>{close}",
                    all[(from + n) % all.len()]
                )
            })
            .collect()
    }

    pub(super) fn advert(&self) -> String {
        self.chance("advert").one::<String>(&self.words.ads).clone()
    }

    pub(super) fn readers(&self, open: &str, close: &str) -> String {
        let all = self.words.readers.iter().cycle().take(self.noise.comments);
        all.map(|words| format!("{open}{words}{close}")).collect()
    }

    fn listing(&self, title: &str) -> String {
        let items: String = (0..8)
            .map(|n| {
                let all = &self.words.related;
                let story = &all[(n + self.number("listing", 5)) % all.len()];
                format!(
                    "<li><a href=\"/story-{n}\">{story}</a> <span>{}</span></li>",
                    1 + n
                )
            })
            .collect();
        format!("<h1>{title}</h1><ul>{items}</ul>")
    }

    /// What the head holds beside the title.
    pub(super) fn head(&self) -> String {
        let phrases = if self.noise.has_phrases {
            let [[a, b], ..] = &self.words.not_found[..] else {
                unreachable!("there are some")
            };
            let [c, d] = &self.words.captcha;
            format!(
                "<script>var i18n={{\"err404\":\"{a}\",\"err404_text\":\"{b}\",\"cap\":\"{c}\",\"cap_text\":\"{d}\",\"sale\":\"This domain is for sale\",\"js\":\"Please enable JavaScript and cookies to continue\"}};</script>"
            )
        } else {
            String::new()
        };
        format!("<meta charset=\"utf-8\"><meta name=\"csrf\" content=\"{TOKEN}\">{phrases}")
    }

    pub(super) fn banner(&self) -> String {
        if self.noise.has_banner {
            format!(
                "<div id=\"cc-window\" role=\"dialog\" aria-label=\"cookieconsent\"><span>{}</span> <a role=\"button\">OK</a></div>",
                self.words.cookie
            )
        } else {
            String::new()
        }
    }
}

/// Every template.
pub(super) const ALL: &[Template] = &[
    Template {
        name: "courier",
        path: "/news/2020/11/{}.html",
        frame: news_frame,
        article: news_article,
    },
    Template {
        name: "lexicon",
        path: "/wiki/{}",
        frame: wiki_frame,
        article: wiki_article,
    },
    Template {
        name: "council",
        path: "/guidance/{}",
        frame: council_frame,
        article: council_article,
    },
    Template {
        name: "annals",
        path: "/article/10.5555/{}",
        frame: annals_frame,
        article: annals_article,
    },
    Template {
        name: "board",
        path: "/viewtopic.php?t={}",
        frame: board_frame,
        article: board_article,
    },
    Template {
        name: "diary",
        path: "/2020/10/{}/",
        frame: diary_frame,
        article: diary_article,
    },
    Template {
        name: "store",
        path: "/products/{}",
        frame: store_frame,
        article: store_article,
    },
    Template {
        name: "guide",
        path: "/docs/v2/{}.html",
        frame: styles::guide_frame,
        article: styles::guide_article,
    },
    Template {
        name: "report",
        path: "/files/{}.htm",
        frame: styles::report_frame,
        article: styles::report_article,
    },
    Template {
        name: "statute",
        path: "/act/{}/whole",
        frame: styles::statute_frame,
        article: styles::statute_article,
    },
    Template {
        name: "oldhome",
        path: "/staff/{}.htm",
        frame: styles::oldhome_frame,
        article: styles::oldhome_article,
    },
    Template {
        name: "appsite",
        path: "/p/{}",
        frame: styles::appsite_frame,
        article: styles::appsite_article,
    },
    Template {
        name: "swift",
        path: "/amp/{}",
        frame: styles::swift_frame,
        article: styles::swift_article,
    },
    Template {
        name: "bare",
        path: "/{}.html",
        frame: styles::bare_frame,
        article: styles::bare_article,
    },
];

fn plain_heading(n: usize, words: &str) -> String {
    format!("<h2 id=\"s{n}\">{words}</h2>")
}

fn plain_paragraph(words: &str) -> String {
    format!("<p>{words}</p>\n")
}

fn plain_row(a: &str, b: &str) -> String {
    format!("<tr><td>{a}</td><td>{b}</td></tr>")
}

/// Marks that most templates share.
pub(super) const PLAIN: Marks = Marks {
    heading: plain_heading,
    paragraph: plain_paragraph,
    row: plain_row,
    table: ["<table>", "</table>"],
    notice: ["<div class=\"notice\"><p>", "</p></div>"],
    advert: [
        "<div class=\"ad ad--inline\" data-ad-slot=\"4411\"><p>",
        "</p></div>",
    ],
};

fn news_frame(s: &Scene, title: &str, main: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\"><head>{head}<title>{title} - The Courier</title><link rel=\"stylesheet\" href=\"/css/bootstrap.min.css?v={v}\"><script async src=\"https://cdn.ads.example/gpt.js\"></script></head>\n<body class=\"page\">{banner}<nav class=\"navbar navbar-expand-lg\"><ul class=\"navbar-nav\">{menu}</ul><span class=\"navbar-text\">{day} · {degrees} °C</span></nav><div class=\"container\"><div class=\"row\"><main class=\"col-md-8\">{main}</main><aside class=\"col-md-4\"><div class=\"card\"><div class=\"card-header\">{share}</div><ul class=\"list-group\">{stories}</ul></div><div class=\"ad-slot\" id=\"div-gpt-ad-{v}\">{advert}</div></aside></div></div><footer class=\"py-5\"><p>© Courier Media · {COUNT} online</p></footer></body></html>",
        lang = s.words.lang,
        head = s.head(),
        v = s.number("v", 99_999),
        banner = s.banner(),
        menu = s.menu("<li class=\"nav-item\">", "</li>"),
        day = s.day(),
        degrees = s.number("degrees", 25),
        share = s.words.share,
        stories = s.stories(4, "<li class=\"list-group-item\">", "</li>"),
        advert = s.advert(),
    )
}

fn news_article(s: &Scene) -> String {
    format!(
        "<article><h1 class=\"display-4\">{title}</h1><p class=\"byline text-muted\">{author}</p><div class=\"article-body\">{flow}</div><div class=\"share-buttons\">{share} <span>{shares}</span></div><section class=\"comments\"><h3>{n} {comments}</h3>{readers}</section></article>",
        title = s.body.title,
        author = s.body.author,
        flow = s.flow(&PLAIN),
        share = s.words.share,
        shares = s.number("shares", 900),
        n = s.noise.comments + s.number("n", 40),
        comments = s.words.comments,
        readers = s.readers("<div class=\"comment\"><p>", "</p></div>"),
    )
}

fn wiki_frame(s: &Scene, title: &str, main: &str) -> String {
    format!(
        "<!DOCTYPE html><html class=\"client-nojs\" lang=\"{lang}\" dir=\"ltr\"><head>{head}<title>{title} – Lexicon</title><script>RLCONF={{\"wgRequestId\":\"{TOKEN}\",\"wgBackendResponseTime\":{ms}}};</script></head><body class=\"mediawiki ns-0 skin-vector\"><div id=\"content\" class=\"mw-body\" role=\"main\"><div id=\"siteNotice\">{banner}</div>{main}</div><div id=\"mw-navigation\"><div id=\"p-navigation\" role=\"navigation\"><ul>{menu}</ul></div></div><div id=\"footer\"><ul><li id=\"footer-info-lastmod\">{day}</li><li>{views} {views_word}</li></ul></div></body></html>",
        lang = s.words.lang,
        head = s.head(),
        ms = s.number("ms", 400),
        banner = s.banner(),
        menu = s.menu("<li>", "</li>"),
        day = s.day(),
        views = s.number("views", 90_000),
        views_word = s.words.views,
    )
}

fn wiki_article(s: &Scene) -> String {
    const MARKS: Marks = Marks {
        heading: |n, words| {
            format!(
                "<h2><span class=\"mw-headline\" id=\"s{n}\">{words}</span><span class=\"mw-editsection\">[<a href=\"/w/edit\">edit</a>]</span></h2>"
            )
        },
        table: [
            "<table class=\"wikitable sortable\"><tbody>",
            "</tbody></table>",
        ],
        notice: [
            "<table class=\"plainlinks metadata ambox\"><tr><td class=\"mbox-text\">",
            "</td></tr></table>",
        ],
        ..PLAIN
    };
    format!(
        "<h1 id=\"firstHeading\" class=\"firstHeading\">{}</h1><div id=\"bodyContent\"><div id=\"mw-content-text\"><div class=\"mw-parser-output\">{}</div></div><div id=\"catlinks\" class=\"catlinks\">{}</div></div>",
        s.body.title,
        s.flow(&MARKS),
        s.stories(2, "<span>", "</span> ")
    )
}

fn council_frame(s: &Scene, title: &str, main: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"{lang}\" class=\"govtemplate\"><head>{head}<title>{title} - Council services</title></head><body class=\"js-enabled\">{banner}<a href=\"#content\" class=\"skip-link\">↓</a><header role=\"banner\"><div class=\"header-logo\">Council</div></header><div class=\"breadcrumbs\"><ol>{menu}</ol></div><div id=\"content\" class=\"width-container\"><main role=\"main\" class=\"main-wrapper\">{main}</main></div><div class=\"related-container\"><nav role=\"navigation\"><ul>{stories}</ul></nav></div><footer role=\"contentinfo\"><p>{day}</p></footer></body></html>",
        lang = s.words.lang,
        head = s.head(),
        banner = s.banner(),
        menu = s.menu("<li>", "</li>"),
        stories = s.stories(3, "<li>", "</li>"),
        day = s.day(),
    )
}

fn council_article(s: &Scene) -> String {
    const MARKS: Marks = Marks {
        paragraph: |words| format!("<p class=\"body-m\">{words}</p>"),
        row: |a, b| format!("<div class=\"summary-row\"><dt>{a}</dt><dd>{b}</dd></div>"),
        table: ["<dl class=\"summary-list\">", "</dl>"],
        notice: ["<div class=\"warning-text\"><strong>", "</strong></div>"],
        ..PLAIN
    };
    format!(
        "<h1 class=\"heading-xl\">{}</h1><dl class=\"metadata\"><dd>{}</dd></dl><div class=\"govspeak\">{}</div>",
        s.body.title,
        s.body.author,
        s.flow(&MARKS)
    )
}

fn annals_frame(s: &Scene, title: &str, main: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"{lang}\"><head>{head}<title>{title} | Annals</title><meta name=\"citation_title\" content=\"{title}\"><meta name=\"citation_journal_title\" content=\"Annals\"></head><body><div id=\"masthead\">Annals<ul>{menu}</ul></div>{banner}<div class=\"layout\"><div class=\"layout__main\">{main}</div><div class=\"layout__side\"><div class=\"metrics\"><span>{downloads}</span> {views}</div><ul class=\"similar\">{stories}</ul></div></div><div id=\"foot\">IP 192.0.2.{ip} · {TOKEN}</div></body></html>",
        lang = s.words.lang,
        head = s.head(),
        menu = s.menu("<li>", "</li>"),
        banner = s.banner(),
        downloads = s.number("downloads", 5000),
        views = s.words.views,
        stories = s.stories(3, "<li>", "</li>"),
        ip = s.number("ip", 250),
    )
}

fn annals_article(s: &Scene) -> String {
    const MARKS: Marks = Marks {
        heading: |n, words| {
            format!(
                "</section><section class=\"sec\"><h2 class=\"sec__title\" id=\"s{n}\"><span>{n}.</span> {words}</h2>"
            )
        },
        paragraph: |words| format!("<div class=\"para\" role=\"paragraph\">{words}</div>"),
        table: [
            "<figure class=\"tbl\"><table><tbody>",
            "</tbody></table></figure>",
        ],
        notice: ["<div class=\"editorial-notice\">", "</div>"],
        ..PLAIN
    };
    format!(
        "<h1 class=\"art-title\">{}</h1><div class=\"authors\">{}</div><section class=\"sec abstract\">{}</section>",
        s.body.title,
        s.body.author,
        s.flow(&MARKS)
    )
}

fn board_frame(s: &Scene, title: &str, main: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"{lang}\"><head>{head}<title>{title} - Board</title></head><body id=\"phpbb\" class=\"nojs section-viewtopic\">{banner}<div id=\"wrap\"><div class=\"navbar\"><ul class=\"linklist\">{menu}</ul></div><p class=\"right\">{day}</p><div id=\"page-body\" role=\"main\">{main}</div><div class=\"stat-block online-list\"><p>{COUNT} users, {bots} bots</p></div><form action=\"./ucp.php?sid={TOKEN}\"></form></div></body></html>",
        lang = s.words.lang,
        head = s.head(),
        banner = s.banner(),
        menu = s.menu("<li>", "</li>"),
        day = s.day(),
        bots = s.number("bots", 20),
    )
}

fn board_article(s: &Scene) -> String {
    const MARKS: Marks = Marks {
        heading: |n, words| {
            format!("<br><strong id=\"s{n}\" class=\"text-strong\">{words}</strong><br><br>")
        },
        paragraph: |words| format!("{words}<br>\n<br>\n"),
        notice: ["<blockquote><div>", "</div></blockquote>"],
        advert: ["<div class=\"adsbygoogle\">", "</div>"],
        ..PLAIN
    };
    format!(
        "<h2 class=\"topic-title\"><a href=\"#\">{}</a></h2><div class=\"pagination\">{} {}</div><div id=\"p1\" class=\"post bg2\"><dl class=\"postprofile\"><dt>{}</dt><dd>{}</dd></dl><div class=\"postbody\"><div class=\"content\">{}</div></div></div>{}",
        s.body.title,
        s.number("views", 9000),
        s.words.views,
        s.body.author,
        100 + s.number("posts", 900),
        s.flow(&MARKS),
        s.readers(
            "<div class=\"post bg1 reply\"><div class=\"postbody\"><div class=\"content\">",
            "</div></div></div>"
        )
    )
}

fn diary_frame(s: &Scene, title: &str, main: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"{lang}\"><head>{head}<title>{title} &#8211; Diary</title><link rel=\"pingback\" href=\"/xmlrpc.php\"><script>var ajax={{\"nonce\":\"{TOKEN}\"}};</script></head><body class=\"post-template-default single single-post\"><div id=\"page\" class=\"hfeed site\"><header id=\"masthead\" class=\"site-header\"><nav id=\"site-navigation\"><ul id=\"menu-main\">{menu}</ul></nav></header><div id=\"primary\" class=\"content-area\"><main id=\"main\" class=\"site-main\">{main}</main></div><div id=\"secondary\" class=\"widget-area\"><aside class=\"widget widget_recent_entries\"><ul>{stories}</ul></aside><aside class=\"widget widget_text\">{advert}</aside></div></div>{banner}</body></html>",
        lang = s.words.lang,
        head = s.head(),
        menu = s.menu("<li class=\"menu-item\">", "</li>"),
        stories = s.stories(5, "<li>", "</li>"),
        advert = s.advert(),
        banner = s.banner(),
    )
}

fn diary_article(s: &Scene) -> String {
    format!(
        "<article class=\"post type-post hentry\"><header class=\"entry-header\"><h1 class=\"entry-title\">{}</h1><div class=\"entry-meta\"><span class=\"author vcard\">{}</span></div></header><div class=\"entry-content\">{}<div class=\"sharedaddy\"><h3 class=\"sd-title\">{}</h3></div><div id=\"jp-relatedposts\">{}</div></div></article><div id=\"comments\"><h2>{} {}</h2><ol class=\"comment-list\">{}</ol></div>",
        s.body.title,
        s.body.author,
        s.flow(&PLAIN),
        s.words.share,
        s.stories(3, "<h4>", "</h4>"),
        s.noise.comments,
        s.words.comments,
        s.readers("<li class=\"comment\"><p>", "</p></li>")
    )
}

fn store_frame(s: &Scene, title: &str, main: &str) -> String {
    format!(
        "<!doctype html><html lang=\"{lang}\"><head>{head}<title>{title} – Store</title></head><body class=\"template-product\"><div id=\"shopify-section-announcement\" class=\"announcement-bar\">{advert}</div>{banner}<header class=\"site-header\"><nav>{menu}</nav><a href=\"/cart\" class=\"cart-link\">{cart}</a></header><main id=\"MainContent\">{main}</main><section class=\"recommended-products\"><ul>{stories}</ul></section><footer class=\"site-footer\"><form class=\"newsletter\"><input name=\"email\"></form></footer></body></html>",
        lang = s.words.lang,
        head = s.head(),
        advert = s.advert(),
        banner = s.banner(),
        menu = s.menu("", " "),
        cart = s.number("cart", 3),
        stories = s.stories(4, "<li class=\"product-card\">", "</li>"),
    )
}

fn store_article(s: &Scene) -> String {
    format!(
        "<div class=\"product\"><h1 class=\"product__title\">{}</h1><p class=\"product__vendor\">{}</p><div class=\"product__description rte\">{}</div><form action=\"/cart/add\"><button>+</button></form><div class=\"stock-counter\">{COUNT} {}</div></div>",
        s.body.title,
        s.body.author,
        s.flow(&PLAIN),
        s.words.views
    )
}
