//! The sites' templates: sixteen habits of markup around the same text.

use super::case::Part;
use super::chance::Chance;
use super::gallery::story::Piece;
use super::texts::Language;

/// An article as a site holds it, before any template.
#[derive(Debug, Clone)]
pub(super) struct Body {
    pub(super) title: String,
    pub(super) author: String,
    pub(super) paragraphs: Vec<String>,
    pub(super) table: Vec<[String; 2]>,
    /// Parts of other kinds, where it is written in parts.
    pub(super) pieces: Vec<Piece>,
}

/// What is put around and between it, which says nothing of it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Noise {
    /// Turns with every visit or day: counters, tokens, related lists, advertising.
    pub(super) turn: u64,
    /// Boxes between the paragraphs.
    pub(super) is_inside: bool,
    /// A cookie notice before everything else.
    pub(super) has_banner: bool,
    /// The same at the top of the article itself.
    pub(super) has_inner_banner: bool,
    /// Readers' comments under the text.
    pub(super) comments: usize,
}

/// One page to be made.
#[derive(Debug, Clone)]
pub(super) struct Scene<'a> {
    pub(super) language: &'a Language,
    pub(super) site: &'a str,
    pub(super) body: &'a Body,
    pub(super) noise: Noise,
}

/// What stands where the article stands.
#[derive(Debug, Clone)]
pub(super) enum Main<'a> {
    Article,
    /// A heading and lines: an error, a wall, a notice.
    Notice(&'a str, Vec<&'a str>),
    /// A list of stories: a home page, a section, search results.
    Listing(&'a str),
    /// Nothing.
    Empty,
}

/// A template.
#[derive(Debug)]
pub(super) struct Skeleton {
    pub(super) name: &'static str,
    pub(super) frame: fn(&Scene, title: &str, main: &str) -> String,
    pub(super) article: fn(&Scene) -> String,
}

impl Skeleton {
    pub(super) fn page(&self, scene: &Scene, main: &Main) -> String {
        let (title, inner) = match main {
            Main::Article => (escaped(&scene.body.title), (self.article)(scene)),
            Main::Notice(title, lines) => {
                let lines: String = lines
                    .iter()
                    .map(|line| format!("<p>{}</p>", escaped(line)))
                    .collect();
                let title = escaped(title);
                let inner = format!("<div class=\"message\"><h1>{title}</h1>{lines}</div>");
                (title, inner)
            }
            Main::Listing(title) => (escaped(title), scene.listing(title)),
            Main::Empty => (escaped(scene.site), "<div></div>".to_owned()),
        };
        (self.frame)(scene, &title, &inner)
    }
}

/// The templates of one part: none is in both.
pub(super) fn of_part(part: Part) -> &'static [Skeleton] {
    match part {
        Part::Tuning => TUNING,
        Part::Seen | Part::Aside => SEEN,
    }
}

const TUNING: &[Skeleton] = &[
    Skeleton {
        name: "html5",
        frame: html5_frame,
        article: html5_article,
    },
    Skeleton {
        name: "divs",
        frame: divs_frame,
        article: divs_article,
    },
    Skeleton {
        name: "tables",
        frame: tables_frame,
        article: tables_article,
    },
    Skeleton {
        name: "blog",
        frame: blog_frame,
        article: blog_article,
    },
    Skeleton {
        name: "newspaper",
        frame: newspaper_frame,
        article: newspaper_article,
    },
    Skeleton {
        name: "manual",
        frame: manual_frame,
        article: manual_article,
    },
    Skeleton {
        name: "forum",
        frame: forum_frame,
        article: forum_article,
    },
    Skeleton {
        name: "ministry",
        frame: ministry_frame,
        article: ministry_article,
    },
    Skeleton {
        name: "wiki",
        frame: wiki_frame,
        article: wiki_article,
    },
    Skeleton {
        name: "hydrated",
        frame: hydrated_frame,
        article: hydrated_article,
    },
];

const SEEN: &[Skeleton] = &[
    Skeleton {
        name: "magazine",
        frame: magazine_frame,
        article: magazine_article,
    },
    Skeleton {
        name: "journal",
        frame: journal_frame,
        article: journal_article,
    },
    Skeleton {
        name: "webforms",
        frame: webforms_frame,
        article: webforms_article,
    },
    Skeleton {
        name: "plain",
        frame: plain_frame,
        article: plain_article,
    },
    Skeleton {
        name: "agency",
        frame: agency_frame,
        article: agency_article,
    },
    Skeleton {
        name: "modules",
        frame: modules_frame,
        article: modules_article,
    },
];

pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// A box between two paragraphs.
enum Inset {
    Advert(String),
    Related(String),
    MostRead(Vec<String>),
    Share(usize),
    Newsletter(String),
}

impl Scene<'_> {
    pub(super) fn chance(&self, what: &str) -> Chance {
        Chance::of(&format!("{}/{}/{what}", self.site, self.noise.turn))
    }

    /// A word that no two answers have in common.
    pub(super) fn token(&self) -> String {
        let mut chance = self.chance("token");
        (0..24).map(|_| format!("{:x}", chance.below(16))).collect()
    }

    pub(super) fn day(&self) -> String {
        let mut chance = self.chance("day");
        format!("{}.{}.2021", 1 + chance.below(28), 1 + chance.below(12))
    }

    pub(super) fn menu(&self, before: &str, after: &str) -> String {
        let shown = 5 + self.chance("menu").below(4);
        let items = self.language.menu.iter().take(shown);
        items
            .map(|item| {
                format!(
                    "{before}<a href=\"/{}\">{}</a>{after}",
                    item.len(),
                    escaped(item)
                )
            })
            .collect()
    }

    pub(super) fn stories(&self, what: &str, count: usize) -> Vec<String> {
        let mut chance = self.chance(what);
        let all = &self.language.related;
        let from = chance.below(all.len());
        let step = 1 + chance.below(all.len() - 1);
        let mut stories: Vec<String> = (0..count)
            .map(|n| escaped(&all[(from + n * step) % all.len()]))
            .collect();
        stories.dedup();
        stories
    }

    pub(super) fn related(&self, count: usize) -> String {
        self.stories("related", count)
            .iter()
            .map(|story| {
                format!(
                    "<li><a href=\"/story/{}\">{story}</a></li>",
                    self.chance(story).below(9999)
                )
            })
            .collect()
    }

    pub(super) fn advert(&self, what: &str) -> String {
        escaped(self.chance(what).one::<String>(&self.language.ads))
    }

    pub(super) fn count(&self, what: &str) -> usize {
        3 + self.chance(what).below(4000)
    }

    pub(super) fn listing(&self, title: &str) -> String {
        let items: String = self
            .stories("listing", 7)
            .iter()
            .map(|story| {
                format!(
                    "<li><h3><a href=\"/s/{}\">{story}</a></h3><p>{}</p></li>",
                    story.len(),
                    self.advert(story)
                )
            })
            .collect();
        format!(
            "<h1>{}</h1><ul class=\"stories\">{items}</ul>",
            escaped(title)
        )
    }

    pub(super) fn head(&self, title: &str) -> String {
        format!(
            "<meta charset=\"utf-8\"><title>{title} | {site}</title>\
             <meta name=\"csrf-token\" content=\"{token}\"><meta name=\"viewport\" content=\"width=device-width\">\
             <script>window.session=\"{token}\";var loaded={count};</script>",
            site = escaped(self.site),
            token = self.token(),
            count = self.count("loaded"),
        )
    }

    /// A consent banner, where there is one.
    pub(super) fn banner(&self) -> String {
        if self.noise.has_banner {
            format!(
                "<div id=\"cookie-notice\" class=\"cookie-bar\"><p>{}</p><button>OK</button></div>",
                escaped(&self.language.cookie)
            )
        } else {
            String::new()
        }
    }

    pub(super) fn inner_banner(&self) -> String {
        if self.noise.has_inner_banner {
            format!(
                "<div class=\"cookie-consent notice\"><p>{}</p></div>",
                escaped(&self.language.cookie)
            )
        } else {
            String::new()
        }
    }

    fn inset(&self, place: usize) -> Option<Inset> {
        if !self.noise.is_inside {
            return None;
        }
        let mut chance = self.chance(&format!("inset {place}"));
        Some(match chance.below(7) {
            0 | 1 => Inset::Advert(self.advert(&format!("inset {place}"))),
            2 => Inset::Related(self.stories(&format!("inset {place}"), 1).remove(0)),
            3 => Inset::MostRead(self.stories(&format!("most read {place}"), 4)),
            4 => Inset::Share(chance.below(900)),
            5 => Inset::Newsletter(escaped(&self.language.newsletter)),
            _ => return None,
        })
    }

    /// The box in the words of a template: its elements and the beginning of its classes.
    pub(super) fn boxed(&self, place: usize, element: &str, prefix: &str) -> String {
        let language = self.language;
        let Some(inset) = self.inset(place) else {
            return String::new();
        };
        let (class, inner) = match inset {
            Inset::Advert(words) => ("ad", format!("<p>{words}</p>")),
            Inset::Related(story) => (
                "related",
                format!(
                    "<p><a href=\"/r/{}\">{}: {story}</a></p>",
                    story.len(),
                    escaped(&language.more)
                ),
            ),
            Inset::MostRead(stories) => {
                let items: String = stories
                    .iter()
                    .map(|story| format!("<li><a href=\"/m/{}\">{story}</a></li>", story.len()))
                    .collect();
                (
                    "most-read",
                    format!("<h4>{}</h4><ol>{items}</ol>", escaped(&language.most_read)),
                )
            }
            Inset::Share(count) => (
                "share",
                format!("<span>{}</span> <b>{count}</b>", escaped(&language.share)),
            ),
            Inset::Newsletter(words) => (
                "newsletter",
                format!("<p>{words}</p><input type=\"email\" name=\"m\"><button>OK</button>"),
            ),
        };
        format!("<{element} class=\"{prefix}{class}\">{inner}</{element}>")
    }

    /// The paragraphs, each in an element, with boxes after some.
    pub(super) fn paragraphs(
        &self,
        open: &str,
        close: &str,
        element: &str,
        prefix: &str,
    ) -> String {
        self.body
            .paragraphs
            .iter()
            .enumerate()
            .map(|(place, words)| {
                format!(
                    "{open}{}{close}\n{}",
                    escaped(words),
                    self.boxed(place, element, prefix)
                )
            })
            .collect()
    }

    pub(super) fn table(&self) -> String {
        if self.body.table.is_empty() {
            return String::new();
        }
        let rows: String = self
            .body
            .table
            .iter()
            .map(|[one, other]| {
                format!(
                    "<tr><td>{}</td><td>{}</td></tr>",
                    escaped(one),
                    escaped(other)
                )
            })
            .collect();
        format!("<table>{rows}</table>")
    }

    pub(super) fn title(&self) -> String {
        escaped(&self.body.title)
    }

    pub(super) fn byline(&self) -> String {
        format!(
            "{} · {} 23.11.2020",
            escaped(&self.body.author),
            escaped(&self.language.published)
        )
    }

    pub(super) fn picture(&self) -> String {
        let width = 640 + 10 * self.chance("picture").below(20);
        format!(
            "<img class=\"lazy\" src=\"data:image/gif;base64,R0lGODlhAQABAAAAACw=\" data-src=\"/i/{}.jpg?w={width}\" width=\"{width}\" alt=\"\">",
            self.token()
        )
    }

    pub(super) fn comments(&self) -> String {
        if self.noise.comments == 0 {
            return String::new();
        }
        let voices: String = (0..self.noise.comments)
            .map(|n| {
                let reader = &self.language.reader[n % self.language.reader.len()];
                format!(
                    "<li class=\"comment\"><b>guest{n}</b><p>{}</p></li>",
                    escaped(reader)
                )
            })
            .collect();
        format!(
            "<div id=\"comments\" class=\"comments\"><h3>{} {}</h3><ol>{voices}</ol></div>",
            self.noise.comments,
            escaped(&self.language.comments)
        )
    }

    pub(super) fn lang(&self) -> &str {
        &self.language.lang
    }
}

fn html5_frame(s: &Scene, title: &str, main: &str) -> String {
    format!(
        "<!doctype html><html lang=\"{}\"><head>{}</head><body>{}<header><a href=\"/\">{}</a><nav><ul>{}</ul></nav></header>\
         <main>{main}</main><aside><h2>{}</h2><ul>{}</ul><p>{}</p></aside><footer><p>© {} · {}</p></footer></body></html>",
        s.lang(),
        s.head(title),
        s.banner(),
        escaped(s.site),
        s.menu("<li>", "</li>"),
        escaped(&s.language.most_read),
        s.related(5),
        s.advert("side"),
        escaped(s.site),
        s.day(),
    )
}

fn html5_article(s: &Scene) -> String {
    format!(
        "<article>{}<header><h1>{}</h1><p class=\"byline\">{}</p></header><figure>{}</figure>{}{}</article>{}",
        s.inner_banner(),
        s.title(),
        s.byline(),
        s.picture(),
        s.paragraphs("<p>", "</p>", "aside", "box-"),
        s.table(),
        s.comments(),
    )
}

fn divs_frame(s: &Scene, title: &str, main: &str) -> String {
    format!(
        "<html><head>{}</head><body>{}<div id=\"wrapper\"><div id=\"top\"><div class=\"logo\">{}</div><div class=\"date\">{}</div><div class=\"nav\">{}</div></div>\
         <div id=\"content\">{main}</div><div id=\"right\"><div class=\"teaser\">{}</div><ul>{}</ul></div><div id=\"bottom\">{} {}</div></div></body></html>",
        s.head(title),
        s.banner(),
        escaped(s.site),
        s.day(),
        s.menu("<div>", "</div>"),
        s.advert("side"),
        s.related(6),
        escaped(s.site),
        s.count("visitors"),
    )
}

fn divs_article(s: &Scene) -> String {
    format!(
        "<div class=\"story\">{}<div class=\"headline\"><h1>{}</h1></div><div class=\"meta\">{}</div><div class=\"text\">{}{}</div></div>{}",
        s.inner_banner(),
        s.title(),
        s.byline(),
        s.paragraphs("<div class=\"par\">", "</div>", "div", "inline-"),
        s.table(),
        s.comments(),
    )
}

fn tables_frame(s: &Scene, title: &str, main: &str) -> String {
    format!(
        "<html><head>{}</head><body bgcolor=\"#ffffff\">{}<table width=\"100%\" border=\"0\"><tr><td colspan=\"3\"><font size=\"5\">{}</font></td></tr>\
         <tr><td width=\"140\" valign=\"top\">{}</td><td valign=\"top\">{main}</td><td width=\"160\" valign=\"top\"><ul>{}</ul><font size=\"1\">{}</font></td></tr>\
         <tr><td colspan=\"3\" align=\"center\"><font size=\"1\">{} {}</font></td></tr></table></body></html>",
        s.head(title),
        s.banner(),
        escaped(s.site),
        s.menu("", "<br>"),
        s.related(4),
        s.advert("side"),
        s.day(),
        s.count("visitors"),
    )
}

fn tables_article(s: &Scene) -> String {
    format!(
        "{}<h1><font color=\"#003366\">{}</font></h1><i>{}</i><br><br>{}{}{}",
        s.inner_banner(),
        s.title(),
        s.byline(),
        s.paragraphs("<p align=\"justify\">", "</p>", "div", "tb-"),
        s.table(),
        s.comments(),
    )
}

fn blog_frame(s: &Scene, title: &str, main: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"{}\"><head>{}<meta name=\"generator\" content=\"WordPress\"></head><body class=\"single post-template-default\">{}\
         <div id=\"page\" class=\"hfeed site\"><header id=\"masthead\"><h2 class=\"site-title\"><a href=\"/\">{}</a></h2><nav id=\"site-navigation\"><ul class=\"menu\">{}</ul></nav></header>\
         <div id=\"primary\" class=\"content-area\"><main id=\"main\">{main}</main></div>\
         <div id=\"secondary\" class=\"widget-area\"><section class=\"widget\"><h2 class=\"widget-title\">{}</h2><ul>{}</ul></section><section class=\"widget widget_text\"><p>{}</p></section></div>\
         <footer id=\"colophon\"><div class=\"site-info\">{}</div></footer></div><script src=\"/wp-includes/js/wp-embed.js?ver={}\"></script></body></html>",
        s.lang(),
        s.head(title),
        s.banner(),
        escaped(s.site),
        s.menu("<li class=\"menu-item\">", "</li>"),
        escaped(&s.language.most_read),
        s.related(5),
        s.advert("side"),
        escaped(s.site),
        s.count("ver"),
    )
}

fn blog_article(s: &Scene) -> String {
    format!(
        "<article id=\"post-812\" class=\"post type-post\"><header class=\"entry-header\"><h1 class=\"entry-title\">{}</h1><div class=\"entry-meta\">{}</div></header>\
         <div class=\"entry-content\">{}{}{}<div class=\"sharedaddy\"><h3>{}</h3><ul><li><a href=\"#\">Mail ({})</a></li></ul></div></div></article>{}",
        s.title(),
        s.byline(),
        s.inner_banner(),
        s.paragraphs("<p>", "</p>", "div", "wp-block-"),
        s.table(),
        escaped(&s.language.share),
        s.count("shares"),
        s.comments(),
    )
}

fn newspaper_frame(s: &Scene, title: &str, main: &str) -> String {
    format!(
        "<!doctype html><html lang=\"{}\"><head>{}<link rel=\"canonical\" href=\"\"></head><body>{}<div class=\"c-masthead\"><span class=\"c-date\">{}</span><a class=\"c-logo\" href=\"/\">{}</a></div>\
         <nav class=\"c-nav\">{}</nav><div class=\"ad-slot\" id=\"div-gpt-{}\"><p>{}</p></div><div class=\"l-grid\"><div class=\"l-main\">{main}</div>\
         <div class=\"l-rail\"><div class=\"c-most\"><h3>{}</h3><ol>{}</ol></div><div class=\"c-promo\">{}</div></div></div><div class=\"c-footer\">{}</div></body></html>",
        s.lang(),
        s.head(title),
        s.banner(),
        s.day(),
        escaped(s.site),
        s.menu("<span>", "</span>"),
        s.count("slot"),
        s.advert("top"),
        escaped(&s.language.most_read),
        s.related(8),
        escaped(&s.language.newsletter),
        escaped(s.site),
    )
}

fn newspaper_article(s: &Scene) -> String {
    let (first, rest) = s.body.paragraphs.split_first().unwrap();
    let rest: String = rest
        .iter()
        .enumerate()
        .map(|(place, words)| {
            format!(
                "{}<p class=\"c-par\">{}</p>",
                s.boxed(place, "section", "c-recirc c-"),
                escaped(words)
            )
        })
        .collect();
    format!(
        "<article class=\"c-article\"><h1 class=\"c-headline\">{}</h1>{}<p class=\"c-lede\"><strong>{}</strong></p><div class=\"c-byline\">{} <time datetime=\"2020-11-23\">{}</time> <span class=\"c-count\">{} {}</span></div>{}<div class=\"c-body\">{rest}{}</div></article>{}",
        s.title(),
        s.inner_banner(),
        escaped(first),
        s.byline(),
        s.day(),
        s.count("comments"),
        escaped(&s.language.comments),
        s.picture(),
        s.table(),
        s.comments(),
    )
}

fn manual_frame(s: &Scene, title: &str, main: &str) -> String {
    format!(
        "<!doctype html><html lang=\"{}\"><head>{}</head><body>{}<div class=\"wy-grid\"><nav class=\"wy-side\"><div role=\"search\"><form action=\"/search\"><input name=\"q\"></form></div><ul>{}</ul></nav>\
         <section class=\"wy-content\"><div role=\"navigation\"><a href=\"/\">Docs</a> » {title}</div><div role=\"main\" class=\"document\">{main}</div><footer>v{}.{} · {}</footer></section></div></body></html>",
        s.lang(),
        s.head(title),
        s.banner(),
        s.menu("<li>", "</li>"),
        1 + s.noise.turn,
        s.count("build"),
        s.day(),
    )
}

fn manual_article(s: &Scene) -> String {
    let sections: String = s
        .body
        .paragraphs
        .iter()
        .enumerate()
        .map(|(n, words)| {
            format!(
                "<div class=\"section\" id=\"section-{n}\"><p>{}</p></div>{}",
                escaped(words),
                s.boxed(n, "div", "admonition ")
            )
        })
        .collect();
    format!(
        "{}<h1>{}<a class=\"headerlink\" href=\"#top\">¶</a></h1>{sections}{}{}",
        s.inner_banner(),
        s.title(),
        s.table(),
        s.comments()
    )
}

fn forum_frame(s: &Scene, title: &str, main: &str) -> String {
    format!(
        "<html><head>{}</head><body>{}<div id=\"page-header\"><h2>{}</h2><ul class=\"linklist\">{}</ul><p class=\"online\">{} online</p></div>\
         <div id=\"page-body\">{main}<ul class=\"jump\">{}</ul></div><div id=\"page-footer\">SID {} · {}</div></body></html>",
        s.head(title),
        s.banner(),
        escaped(s.site),
        s.menu("<li>", "</li>"),
        s.count("online"),
        s.related(4),
        s.token(),
        s.day(),
    )
}

fn forum_article(s: &Scene) -> String {
    format!(
        "<h1 class=\"topic-title\">{}</h1>{}<div class=\"post\"><div class=\"postbody\"><p class=\"author\">{}</p><div class=\"content\">{}{}</div></div>\
         <dl class=\"postprofile\"><dt>{}</dt><dd>#{}</dd></dl></div>{}",
        s.title(),
        s.inner_banner(),
        s.byline(),
        s.paragraphs("", "<br><br>", "div", "post-"),
        s.table(),
        escaped(&s.body.author),
        s.count("posts"),
        s.comments(),
    )
}

fn ministry_frame(s: &Scene, title: &str, main: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"{}\"><head>{}</head><body>{}<a class=\"skip\" href=\"#main\">↓</a><div role=\"banner\"><p>{}</p></div><div role=\"navigation\"><ol>{}</ol></div>\
         <div id=\"main\" role=\"main\">{main}</div><div role=\"complementary\"><h2>{}</h2><ul>{}</ul></div><div role=\"contentinfo\">{} <span>{}</span></div></body></html>",
        s.lang(),
        s.head(title),
        s.banner(),
        escaped(s.site),
        s.menu("<li>", "</li>"),
        escaped(&s.language.more),
        s.related(3),
        escaped(s.site),
        s.day(),
    )
}

fn ministry_article(s: &Scene) -> String {
    format!(
        "{}<div class=\"publication\"><h1>{}</h1><dl><dt>{}</dt><dd>23.11.2020</dd></dl><div class=\"govspeak\">{}{}</div></div>{}",
        s.inner_banner(),
        s.title(),
        escaped(&s.language.published),
        s.paragraphs("<p>", "</p>", "div", "gov-"),
        s.table(),
        s.comments(),
    )
}

fn wiki_frame(s: &Scene, title: &str, main: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"{}\"><head>{}</head><body>{}<div id=\"content\" class=\"mw-body\"><div id=\"siteNotice\">{}</div>{main}</div>\
         <div id=\"mw-navigation\"><h2>{}</h2><ul>{}</ul></div><div id=\"footer\"><ul><li>{}</li><li>{}</li></ul></div></body></html>",
        s.lang(),
        s.head(title),
        s.banner(),
        s.advert("notice"),
        escaped(s.site),
        s.menu("<li>", "</li>"),
        s.day(),
        s.count("visits"),
    )
}

fn wiki_article(s: &Scene) -> String {
    format!(
        "<h1 id=\"firstHeading\">{}</h1><div id=\"bodyContent\"><div id=\"siteSub\">{}</div>{}<div class=\"mw-parser-output\">{}{}</div><div class=\"printfooter\">oldid={}</div></div>{}",
        s.title(),
        escaped(s.site),
        s.inner_banner(),
        s.paragraphs(
            "<p>",
            "<sup><a href=\"#n\">[1]</a></sup></p>",
            "div",
            "navbox "
        ),
        s.table(),
        s.count("oldid"),
        s.comments(),
    )
}

fn hydrated_frame(s: &Scene, title: &str, main: &str) -> String {
    format!(
        "<!doctype html><html lang=\"{}\"><head>{}</head><body>{}<div id=\"__next\"><div class=\"css-{}\"><div class=\"css-a1\">{}</div>{main}<div class=\"css-z\">{}</div></div></div>\
         <script id=\"__DATA__\" type=\"application/json\">{{\"buildId\":\"{}\",\"props\":{{\"seen\":{}}}}}</script></body></html>",
        s.lang(),
        s.head(title),
        s.banner(),
        &s.token()[..6],
        s.menu("<a class=\"css-m\">", "</a>"),
        s.related(5),
        s.token(),
        s.count("seen"),
    )
}

fn hydrated_article(s: &Scene) -> String {
    format!(
        "<div class=\"css-{}\">{}<h1 class=\"css-h\">{}</h1><span class=\"css-b\">{}</span><div class=\"css-t\">{}{}</div></div>{}",
        &s.token()[6..12],
        s.inner_banner(),
        s.title(),
        s.byline(),
        s.paragraphs("<p class=\"css-p\">", "</p>", "div", "css-x "),
        s.table(),
        s.comments(),
    )
}

fn magazine_frame(s: &Scene, title: &str, main: &str) -> String {
    format!(
        "<!doctype html><html lang=\"{}\"><head>{}</head><body>{}<div class=\"site-header\"><div class=\"brand\">{}</div><ul class=\"sections\">{}</ul></div><div class=\"leaderboard\">{}</div>\
         <div class=\"page\">{main}<div class=\"river\"><h2>{}</h2><ul>{}</ul></div></div><div class=\"site-footer\">{} · {}</div></body></html>",
        s.lang(),
        s.head(title),
        s.banner(),
        escaped(s.site),
        s.menu("<li>", "</li>"),
        s.advert("leader"),
        escaped(&s.language.more),
        s.related(6),
        escaped(s.site),
        s.day(),
    )
}

fn magazine_article(s: &Scene) -> String {
    format!(
        "<section class=\"feature\"><div class=\"feature-head\"><h1>{}</h1><p class=\"credit\">{}</p><p class=\"tally\">♥ {}</p></div>{}<div class=\"feature-body\" itemprop=\"articleBody\">{}{}{}</div></section>{}",
        s.title(),
        s.byline(),
        s.count("hearts"),
        s.picture(),
        s.inner_banner(),
        s.paragraphs("<p>", "</p>", "div", "widget-"),
        s.table(),
        s.comments(),
    )
}

fn journal_frame(s: &Scene, title: &str, main: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"{}\"><head>{}<meta name=\"citation_title\" content=\"{title}\"></head><body>{}<div class=\"jrnl\"><p>{}</p><ul>{}</ul></div><div class=\"jrnl-main\">{main}</div>\
         <div class=\"jrnl-side\"><h2>{}</h2><ul>{}</ul><p>{}: {}</p></div></body></html>",
        s.lang(),
        s.head(title),
        s.banner(),
        escaped(s.site),
        s.menu("<li>", "</li>"),
        escaped(&s.language.related[0]),
        s.related(4),
        escaped(&s.language.more),
        s.count("downloads"),
    )
}

fn journal_article(s: &Scene) -> String {
    let sections: String = s
        .body
        .paragraphs
        .iter()
        .enumerate()
        .map(|(n, words)| {
            format!(
                "<div class=\"sec\"><h2>{}.</h2><p>{}</p></div>{}",
                n + 1,
                escaped(words),
                s.boxed(n, "div", "tl-")
            )
        })
        .collect();
    format!(
        "<h1 class=\"art-title\">{}</h1>{}<div class=\"contrib\">{}</div><div class=\"fulltext\">{sections}{}</div>{}",
        s.title(),
        s.inner_banner(),
        s.byline(),
        s.table(),
        s.comments()
    )
}

fn webforms_frame(s: &Scene, title: &str, main: &str) -> String {
    format!(
        "<!DOCTYPE html><html><head>{}</head><body>{}<form method=\"post\" action=\"./Default.aspx\" id=\"form1\"><input type=\"hidden\" name=\"__VIEWSTATE\" value=\"{}\"><table class=\"hdr\"><tr><td>{}</td><td>{}</td></tr></table>\
         <div id=\"ctl00_menu\">{}</div><div id=\"ctl00_body\">{main}</div><div id=\"ctl00_right\"><ul>{}</ul>{}</div></form></body></html>",
        s.head(title),
        s.banner(),
        s.token(),
        escaped(s.site),
        s.day(),
        s.menu("<span>", "</span> | "),
        s.related(5),
        s.advert("side"),
    )
}

fn webforms_article(s: &Scene) -> String {
    format!(
        "{}<span id=\"ctl00_title\"><h1>{}</h1></span><span class=\"small\">{}</span><div id=\"ctl00_text\">{}{}</div>{}",
        s.inner_banner(),
        s.title(),
        s.byline(),
        s.paragraphs(
            "<p class=\"MsoNormal\"><span>",
            "</span></p>",
            "div",
            "ctl-"
        ),
        s.table(),
        s.comments(),
    )
}

fn plain_frame(s: &Scene, title: &str, main: &str) -> String {
    format!(
        "<html><head>{}</head><body>{}<p>{}</p><hr>{main}<hr><p>{} | {}</p></body></html>",
        s.head(title),
        s.banner(),
        s.menu("[", "] "),
        escaped(s.site),
        s.count("visitors"),
    )
}

fn plain_article(s: &Scene) -> String {
    format!(
        "{}<h1>{}</h1><p><em>{}</em>{}{}{}",
        s.inner_banner(),
        s.title(),
        s.byline(),
        s.paragraphs("<p>", "", "div", "x-"),
        s.table(),
        s.comments()
    )
}

fn agency_frame(s: &Scene, title: &str, main: &str) -> String {
    format!(
        "<!doctype html><html lang=\"{}\"><head>{}</head><body>{}<header class=\"bar\"><strong>{}</strong><time>{}</time></header><div class=\"ticker\"><ul>{}</ul></div><main class=\"wire\">{main}</main>\
         <div class=\"also\"><h3>{}</h3><ul>{}</ul></div><footer>{}<nav>{}</nav></footer></body></html>",
        s.lang(),
        s.head(title),
        s.banner(),
        escaped(s.site),
        s.day(),
        s.related(3),
        escaped(&s.language.most_read),
        s.related(6),
        s.advert("foot"),
        s.menu("", " "),
    )
}

fn agency_article(s: &Scene) -> String {
    format!(
        "<h1>{}</h1><ul class=\"info\"><li>{}</li><li>{} {}</li></ul>{}<div class=\"wire-text\">{}{}</div>{}",
        s.title(),
        s.byline(),
        s.count("reads"),
        escaped(&s.language.comments),
        s.inner_banner(),
        s.paragraphs("<p>", "</p>", "aside", "wire-"),
        s.table(),
        s.comments(),
    )
}

fn modules_frame(s: &Scene, title: &str, main: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"{}\"><head>{}</head><body class=\"node\">{}<div class=\"region region-header\"><div class=\"block\">{}</div><ul class=\"links\">{}</ul></div>\
         <div class=\"region region-content\">{main}</div><div class=\"region region-sidebar\"><div class=\"block block-views\"><h2>{}</h2><ul>{}</ul></div><div class=\"block block-ad\">{}</div></div><div class=\"region region-footer\">{}</div></body></html>",
        s.lang(),
        s.head(title),
        s.banner(),
        escaped(s.site),
        s.menu("<li>", "</li>"),
        escaped(&s.language.most_read),
        s.related(5),
        s.advert("side"),
        s.day(),
    )
}

fn modules_article(s: &Scene) -> String {
    format!(
        "<div class=\"node-article\"><h1 class=\"title\">{}</h1><div class=\"submitted\">{}</div><div class=\"field field-body\"><div class=\"field-items\"><div class=\"field-item\">{}{}{}</div></div></div>{}</div>",
        s.title(),
        s.byline(),
        s.inner_banner(),
        s.paragraphs("<p>", "</p>", "div", "field-"),
        s.table(),
        s.comments(),
    )
}
