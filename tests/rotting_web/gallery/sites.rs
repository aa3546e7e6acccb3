//! The sites: a habit of writing each, and what is around.

use crate::rotting_web::skeletons::{Scene, Skeleton, escaped};

use super::habit::{Habit, Type, USUAL, byline, set, written};

/// Every site.
pub(in crate::rotting_web) const SITES: &[Skeleton] = &[
    Skeleton {
        name: "grid-news",
        frame: news_frame,
        article: news,
    },
    Skeleton {
        name: "encyclopedia",
        frame: wiki_frame,
        article: wiki,
    },
    Skeleton {
        name: "borough",
        frame: borough_frame,
        article: borough,
    },
    Skeleton {
        name: "proceedings",
        frame: proceedings_frame,
        article: proceedings,
    },
    Skeleton {
        name: "board",
        frame: board_frame,
        article: board,
    },
    Skeleton {
        name: "diary",
        frame: diary_frame,
        article: diary,
    },
    Skeleton {
        name: "shop",
        frame: shop_frame,
        article: shop,
    },
    Skeleton {
        name: "docs",
        frame: docs_frame,
        article: docs,
    },
    Skeleton {
        name: "pages",
        frame: pages_frame,
        article: pages,
    },
    Skeleton {
        name: "gazette",
        frame: gazette_frame,
        article: gazette,
    },
    Skeleton {
        name: "layout",
        frame: layout_frame,
        article: layout,
    },
    Skeleton {
        name: "rendered",
        frame: rendered_frame,
        article: rendered,
    },
    Skeleton {
        name: "fast",
        frame: fast_frame,
        article: fast,
    },
    Skeleton {
        name: "typed",
        frame: typed_frame,
        article: typed,
    },
];

fn headings(s: &Scene) -> String {
    let pieces = super::story::pieces_of(s.body);
    pieces
        .iter()
        .enumerate()
        .filter_map(|(n, piece)| match piece {
            super::story::Piece::Heading(words) => {
                Some(format!("<li><a href=\"#s{n}\">{}</a></li>", escaped(words)))
            }
            _ => None,
        })
        .collect()
}

fn news_frame(s: &Scene, title: &str, main: &str) -> String {
    let cards: String = s
        .stories("cards", 4)
        .iter()
        .map(|story| format!("<div class=\"col-md-3\"><div class=\"card\"><div class=\"card-body\"><h5 class=\"card-title\"><a href=\"/n/{}\">{story}</a></h5><p class=\"card-text\">{}</p></div></div></div>", story.len(), s.advert(story)))
        .collect();
    format!(
        "<!doctype html><html lang=\"{}\"><head>{}</head><body>{}<nav class=\"navbar navbar-expand-lg\"><a class=\"navbar-brand\" href=\"/\">{}</a><ul class=\"navbar-nav\">{}</ul></nav>\
         <div class=\"container\"><div class=\"row\"><div class=\"col-md-8\">{main}</div><div class=\"col-md-4\"><div class=\"list-group\"><h4>{}</h4>{}</div><div class=\"jumbotron\"><p>{}</p></div></div></div><div class=\"row\">{cards}</div></div>\
         <footer class=\"py-5\"><div class=\"container\"><p>© {} {}</p></div></footer></body></html>",
        s.lang(),
        s.head(title),
        s.banner(),
        escaped(s.site),
        s.menu("<li class=\"nav-item\">", "</li>"),
        escaped(&s.language.most_read),
        s.related(4),
        escaped(&s.language.newsletter),
        escaped(s.site),
        s.day(),
    )
}

fn news(s: &Scene) -> String {
    const HABIT: Habit = Habit {
        lead: ("<strong>", "</strong>"),
        type_: Type::Bent,
        heading: ("<h3 class=\"mt-4\">", "</h3>"),
        table: (
            "<div class=\"table-responsive\"><table class=\"table\">",
            "</table></div>",
        ),
        ..USUAL
    };
    format!(
        "{}<h1 class=\"display-4\">{}</h1><p class=\"text-muted small\">{} <span class=\"badge\">{}</span></p><div class=\"btn-group\"><button>f</button> <span>{}</span> {}</div>{}<div class=\"article-content\">{}</div>{}",
        s.inner_banner(),
        set(&HABIT, &s.body.title),
        byline(s.body, &s.language.published, 0),
        escaped(&s.language.menu[1]),
        s.count("shares"),
        escaped(&s.language.share),
        s.picture(),
        written(s, &HABIT),
        s.comments(),
    )
}

fn wiki_frame(s: &Scene, title: &str, main: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"{}\"><head>{}</head><body class=\"mediawiki\">{}<div id=\"content\"><div id=\"bodyContent\">{main}</div></div>\
         <div id=\"mw-navigation\"><h2>{}</h2><div id=\"p-nav\"><ul>{}</ul></div><div id=\"p-tb\"><ul>{}</ul></div></div><div id=\"footer\"><ul><li>{} {}</li><li>{}</li></ul></div></body></html>",
        s.lang(),
        s.head(title),
        s.banner(),
        escaped(&s.language.menu[0]),
        s.menu("<li>", "</li>"),
        s.related(4),
        escaped(&s.language.published),
        s.day(),
        escaped(s.site),
    )
}

fn wiki(s: &Scene) -> String {
    const HABIT: Habit = Habit {
        heading: (
            "<h2><span class=\"mw-headline\">",
            "</span><span class=\"mw-editsection\"><a href=\"/e\">[edit]</a></span></h2>",
        ),
        table: ("<table class=\"wikitable\"><tbody>", "</tbody></table>"),
        caption: (
            "<div class=\"thumb tright\"><div class=\"thumbinner\"><img src=\"/t.jpg\"><div class=\"thumbcaption\">",
            "</div></div></div>",
        ),
        numbered: ["<dl><dd>", ". ", "</dd></dl>"],
        note: (
            "<ol class=\"references\"><li><span class=\"reference-text\">",
            "</span></li></ol>",
        ),
        ..USUAL
    };
    format!(
        "{}<h1 id=\"firstHeading\">{}</h1><div id=\"siteSub\">{}</div><div class=\"mw-parser-output\"><div id=\"toc\" class=\"toc\"><ul>{}</ul></div>{}</div><div id=\"catlinks\"><a href=\"/c\">{}</a>: <a href=\"/c/1\">{}</a></div>{}",
        s.inner_banner(),
        s.title(),
        escaped(s.site),
        headings(s),
        written(s, &HABIT),
        escaped(&s.language.menu[2]),
        escaped(&s.language.menu[3]),
        s.comments(),
    )
}

fn borough_frame(s: &Scene, title: &str, main: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"{}\"><head>{}</head><body>{}<a class=\"skip-link\" href=\"#main\">{}</a><header role=\"banner\"><div class=\"width\">{}</div></header><div class=\"width breadcrumbs\"><ol><li><a href=\"/\">{}</a></li><li>{title}</li></ol></div>\
         <main id=\"main\" role=\"main\"><div class=\"grid-row\"><div class=\"column-two-thirds\">{main}</div><div class=\"column-third\"><nav><ul>{}</ul></nav></div></div></main>\
         <div class=\"feedback\"><p>{}</p><a href=\"/y\">OK</a></div><footer role=\"contentinfo\"><ul>{}</ul><p>© {}</p></footer></body></html>",
        s.lang(),
        s.head(title),
        s.banner(),
        escaped(&s.language.more),
        escaped(s.site),
        escaped(&s.language.menu[0]),
        s.menu("<li>", "</li>"),
        escaped(&s.language.newsletter),
        s.related(3),
        escaped(s.site),
    )
}

fn borough(s: &Scene) -> String {
    const HABIT: Habit = Habit {
        words: ("<p class=\"govuk-body\">", "</p>"),
        terms: ("<table class=\"govuk-table\">", "</table>"),
        term: ("<tr><th scope=\"row\">", "</th>"),
        what: ("<td>", "</td></tr>"),
        numbered: ["<ol class=\"plain\"><li>", "", "</li></ol>"],
        ..USUAL
    };
    format!(
        "{}<span class=\"caption-xl\">{}</span><h1 class=\"heading-xl\">{}</h1><div class=\"contents\"><ul>{}</ul></div><div class=\"prose\">{}</div><p class=\"updated\">{}</p><a href=\"#\" class=\"print\">{}</a>{}",
        s.inner_banner(),
        escaped(&s.language.menu[1]),
        s.title(),
        headings(s),
        written(s, &HABIT),
        byline(s.body, &s.language.published, 2),
        escaped(&s.language.share),
        s.comments(),
    )
}

fn proceedings_frame(s: &Scene, title: &str, main: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"{}\"><head>{}<meta name=\"citation_title\" content=\"{title}\"></head><body>{}<div class=\"header\"><a href=\"/\">{}</a><ul>{}</ul></div><div class=\"layout\"><div class=\"content-col\">{main}</div>\
         <div class=\"info-col\"><section><h3>{}</h3><p>{} {}</p></section><section><h3>{}</h3><ul>{}</ul></section></div></div><div class=\"foot\">{}</div></body></html>",
        s.lang(),
        s.head(title),
        s.banner(),
        escaped(s.site),
        s.menu("<li>", "</li>"),
        escaped(&s.language.more),
        s.count("downloads"),
        escaped(&s.language.comments),
        escaped(&s.language.most_read),
        s.related(5),
        s.day(),
    )
}

fn proceedings(s: &Scene) -> String {
    const HABIT: Habit = Habit {
        heading: (
            "</section><section class=\"sec\"><h2 class=\"sec-title\">",
            "</h2>",
        ),
        table: (
            "<div class=\"table-wrap\"><div class=\"tcap\"></div><table><tbody>",
            "</tbody></table></div>",
        ),
        caption: (
            "<div class=\"fig\"><img src=\"/1.gif\"><div class=\"fig-legend\"><p>",
            "</p></div></div>",
        ),
        note: ("<div class=\"fn\" id=\"fn1\"><p>", "</p></div>"),
        numbered: ["<p><span class=\"n\">", "</span> ", "</p>"],
        type_: Type::Entities,
        ..USUAL
    };
    format!(
        "{}<div class=\"article-head\"><h1>{}</h1><div class=\"authors\"><a href=\"/a\">{}</a></div><div class=\"doi\">doi:10.5555/{}</div></div><div class=\"article-text\"><section class=\"sec\">{}</section></div>{}",
        s.inner_banner(),
        set(&HABIT, &s.body.title),
        escaped(&s.body.author),
        s.site.len(),
        written(s, &HABIT),
        s.comments(),
    )
}

fn board_frame(s: &Scene, title: &str, main: &str) -> String {
    let voices: String = (0..2)
        .map(|n| format!("<div class=\"post bg2\"><div class=\"postprofile\"><a href=\"/u\">guest{n}</a><br>Posts: {}</div><div class=\"postbody\"><div class=\"content\">{}</div><div class=\"signature\">{}</div></div></div>",
            s.count("posts"), escaped(&s.language.reader[n % s.language.reader.len()]), escaped(&s.language.related[n])))
        .collect();
    format!(
        "<html lang=\"{}\"><head>{}</head><body class=\"section-viewtopic\">{}<div id=\"wrap\"><div class=\"headerbar\">{}</div><ul class=\"linklist navlinks\">{}</ul><div id=\"page-body\"><h2 class=\"topic-title\"><a href=\"/t\">{title}</a></h2>{main}{voices}</div>\
         <div class=\"stat-block\"><p>{} {}</p></div></div></body></html>",
        s.lang(),
        s.head(title),
        s.banner(),
        escaped(s.site),
        s.menu("<li>", "</li>"),
        s.count("online"),
        s.day(),
    )
}

fn board(s: &Scene) -> String {
    const HABIT: Habit = Habit {
        heading: ("<strong>", "</strong><br><br>"),
        words: ("", "<br><br>"),
        quoted: ("<blockquote><div>", "</div></blockquote>"),
        list: ("<ul>", "</ul>"),
        terms: ("", "<br>"),
        term: ("<b>", ":</b> "),
        what: ("", "<br>"),
        caption: ("<i>", "</i><br>"),
        note: ("<br>", ""),
        numbered: ["", ") ", "<br><br>"],
        ..USUAL
    };
    format!(
        "<div class=\"post bg1\"><div class=\"postprofile\"><a href=\"/u\">{}</a><br>Posts: {}</div><div class=\"postbody\"><h3 class=\"first\"><a href=\"#p1\">{}</a></h3><p class=\"author\">{}</p>{}<div class=\"content\">{}</div></div></div>{}",
        escaped(&s.body.author),
        s.count("posts"),
        s.title(),
        byline(s.body, &s.language.published, 2),
        s.inner_banner(),
        written(s, &HABIT),
        s.comments(),
    )
}

fn diary_frame(s: &Scene, title: &str, main: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"{}\"><head>{}</head><body>{}<div class=\"header-outer\"><h1 class=\"title\"><a href=\"/\">{}</a></h1><p class=\"description\">{}</p></div><div class=\"main-outer\"><div class=\"column-center\">{main}</div><div class=\"column-right\"><div class=\"widget\"><h2>{}</h2><ul>{}</ul></div><div class=\"widget\"><h2>{}</h2><div>{}</div></div></div></div></body></html>",
        s.lang(),
        s.head(title),
        s.banner(),
        escaped(s.site),
        escaped(&s.language.newsletter),
        escaped(&s.language.most_read),
        s.related(6),
        escaped(&s.language.more),
        s.menu("<span>", "</span> "),
    )
}

fn diary(s: &Scene) -> String {
    const HABIT: Habit = Habit {
        heading: ("<h4>", "</h4>"),
        words: ("<div>", "</div><div><br></div>"),
        list: ("", ""),
        item: ("<div>• ", "</div>"),
        quoted: ("<blockquote class=\"tr_bq\">", "</blockquote>"),
        terms: ("<ul>", "</ul>"),
        term: ("<li><b>", "</b>: "),
        what: ("", "</li>"),
        note: ("<div><i>", "</i></div>"),
        numbered: ["<div>(", ") ", "</div>"],
        type_: Type::Bent,
        ..USUAL
    };
    format!(
        "<div class=\"date-outer\"><h2 class=\"date-header\">23.11.2020</h2><div class=\"post hentry\"><h3 class=\"post-title\">{}</h3>{}<div class=\"post-body entry-content\">{}</div><div class=\"post-footer\">{} <a href=\"/c\">{} {}</a></div></div></div>{}",
        set(&HABIT, &s.body.title),
        s.inner_banner(),
        written(s, &HABIT),
        byline(s.body, &s.language.published, 3),
        s.count("n"),
        escaped(&s.language.comments),
        s.comments(),
    )
}

fn shop_frame(s: &Scene, title: &str, main: &str) -> String {
    let goods: String = s
        .stories("goods", 4)
        .iter()
        .map(|story| format!("<li class=\"product\"><a href=\"/p/{}\">{story}</a><span class=\"price\">{},90</span></li>", story.len(), 3 + story.len()))
        .collect();
    format!(
        "<!doctype html><html lang=\"{}\"><head>{}</head><body class=\"woocommerce\">{}<div class=\"topbar\">{}</div><div class=\"site-header\"><a href=\"/\">{}</a><div class=\"cart\">0</div><ul>{}</ul></div><div class=\"product-page\">{main}<div class=\"upsells\"><h2>{}</h2><ul>{goods}</ul></div></div><div class=\"site-footer\"><p>{}</p></div></body></html>",
        s.lang(),
        s.head(title),
        s.banner(),
        s.advert("top"),
        escaped(s.site),
        s.menu("<li>", "</li>"),
        escaped(&s.language.related[1]),
        escaped(&s.language.newsletter),
    )
}

fn shop(s: &Scene) -> String {
    const HABIT: Habit = Habit {
        heading: ("<h5>", "</h5>"),
        table: ("<div class=\"specs\">", "</div>"),
        row: ("<div class=\"spec-row\">", "</div>"),
        cell: ("<div class=\"spec-cell\">", "</div>"),
        terms: ("<div class=\"attributes\">", "</div>"),
        term: ("<div class=\"attr\"><span>", "</span> "),
        what: ("<span>", "</span></div>"),
        numbered: ["<ol><li>", "", "</li></ol>"],
        ..USUAL
    };
    format!(
        "<div class=\"gallery\">{}</div><div class=\"summary\"><h1 class=\"product_title\">{}</h1><p class=\"price\">{}</p><button>{}</button></div><div class=\"tabs\"><ul><li>{}</li><li>{}</li></ul><div class=\"panel\" id=\"tab-description\">{}{}</div></div>{}",
        s.picture(),
        s.title(),
        byline(s.body, &s.language.published, 3),
        escaped(&s.language.more),
        escaped(&s.language.menu[1]),
        escaped(&s.language.comments),
        s.inner_banner(),
        written(s, &HABIT),
        s.comments(),
    )
}

fn docs_frame(s: &Scene, title: &str, main: &str) -> String {
    format!(
        "<!doctype html><html lang=\"{}\"><head>{}</head><body>{}<div class=\"md-header\"><span>{}</span><input placeholder=\"?\"></div><div class=\"md-container\"><div class=\"md-sidebar\"><ul>{}</ul></div><div class=\"md-toc\"><ul>{}</ul></div><div class=\"md-content\"><article class=\"md-content__inner\">{main}</article></div></div><div class=\"md-footer\"><a href=\"/prev\">← {}</a> <a href=\"/next\">{} →</a></div></body></html>",
        s.lang(),
        s.head(title),
        s.banner(),
        escaped(s.site),
        s.menu("<li>", "</li>"),
        headings(s),
        escaped(&s.language.related[0]),
        escaped(&s.language.related[1]),
    )
}

fn docs(s: &Scene) -> String {
    const HABIT: Habit = Habit {
        heading: (
            "<h2 id=\"s\">",
            "<a class=\"headerlink\" href=\"#s\">¶</a></h2>",
        ),
        quoted: (
            "<div class=\"admonition warning\"><p class=\"admonition-title\">!</p><p>",
            "</p></div>",
        ),
        code: (
            "<div class=\"highlight\"><pre><span></span><code>",
            "</code></pre></div>",
        ),
        numbered: ["<p><b>§ ", "</b> ", "</p>"],
        ..USUAL
    };
    format!(
        "{}<h1>{}<a class=\"headerlink\" href=\"#t\">¶</a></h1>{}{}",
        s.inner_banner(),
        s.title(),
        written(s, &HABIT),
        s.comments()
    )
}

fn pages_frame(s: &Scene, title: &str, main: &str) -> String {
    format!(
        "<!DOCTYPE html><html><head>{}</head><body>{}<div id=\"sidebar\"><div id=\"outline\"></div></div><div id=\"page-container\">{main}</div></body></html>",
        s.head(title),
        s.banner()
    )
}

/// A line a division, and a page's number and running title now and then.
fn pages(s: &Scene) -> String {
    const HABIT: Habit = Habit {
        heading: ("\n", "\n"),
        words: ("\n", "\n"),
        list: ("\n", ""),
        item: ("• ", "\n"),
        terms: ("\n", ""),
        term: ("", " "),
        what: ("", "\n"),
        table: ("\n", ""),
        row: ("", "\n"),
        cell: ("<span>", "</span> "),
        quoted: ("\n", "\n"),
        caption: ("\n", "\n"),
        code: ("\n", "\n"),
        note: ("\n", "\n"),
        numbered: ["\n", ". ", "\n"],
        lines: Some(56),
        ..USUAL
    };
    let text = format!(
        "{}\n{}\n{}",
        set(&HABIT, &s.body.title),
        escaped(&s.body.author),
        written(s, &HABIT)
    );
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    lines
        .chunks(14)
        .enumerate()
        .map(|(n, lines)| {
            let lines: String = lines.iter().enumerate().map(|(y, line)| format!("<div class=\"t m0 x1 y{y:x} ff1 fs0\">{line}</div>")).collect();
            format!("<div id=\"pf{n}\" class=\"pf w0\"><div class=\"pc\"><div class=\"t m0 x2 h1\">{}</div>{lines}<div class=\"t m0 x9 h2\">{}</div></div></div>", escaped(s.site), n + 1)
        })
        .collect()
}

fn gazette_frame(s: &Scene, title: &str, main: &str) -> String {
    format!(
        "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\"><html><head>{}</head><body>{}<div id=\"layoutContainer\"><div id=\"header\"><h1>{}</h1><ul id=\"primaryNav\">{}</ul></div><div id=\"leg\"><div class=\"opts\"><a href=\"/print\">{}</a></div>{main}</div><div id=\"footerNav\"><ul>{}</ul></div></div></body></html>",
        s.head(title),
        s.banner(),
        escaped(s.site),
        s.menu("<li>", "</li>"),
        escaped(&s.language.more),
        s.related(2),
    )
}

fn gazette(s: &Scene) -> String {
    const HABIT: Habit = Habit {
        heading: ("<p class=\"LegHead\">", "</p>"),
        words: ("<p class=\"LegText\">", "</p>"),
        list: ("<div class=\"LegList\">", "</div>"),
        item: (
            "<div class=\"LegItem\"><span>(a)</span> <span>",
            "</span></div>",
        ),
        terms: ("<div>", "</div>"),
        term: ("<p>", " — "),
        what: ("", "</p>"),
        quoted: ("<p class=\"LegQuote\">", "</p>"),
        note: ("<div class=\"LegFoot\"><p>", "</p></div>"),
        numbered: [
            "<div class=\"LegP1\"><h3>",
            ".</h3><div><p>",
            "</p></div></div>",
        ],
        ..USUAL
    };
    format!(
        "{}<h1 class=\"LegTitle\">{}</h1><p class=\"LegDate\">{}</p><div class=\"LegSnippet\">{}</div>{}",
        s.inner_banner(),
        s.title(),
        byline(s.body, &s.language.published, 2),
        written(s, &HABIT),
        s.comments(),
    )
}

fn layout_frame(s: &Scene, title: &str, main: &str) -> String {
    format!(
        "<HTML><HEAD>{}</HEAD><BODY BGCOLOR=\"#FFFFCC\">{}<CENTER><TABLE WIDTH=760 CELLPADDING=0><TR><TD COLSPAN=2 BGCOLOR=navy><FONT COLOR=white SIZE=6>{}</FONT></TD></TR><TR><TD VALIGN=top WIDTH=120><FONT SIZE=2>{}<BR>{}</FONT></TD>\
         <TD VALIGN=top><TABLE CELLPADDING=8><TR><TD>{main}</TD></TR></TABLE></TD></TR><TR><TD COLSPAN=2><FONT SIZE=1>{} {}</FONT></TD></TR></TABLE></CENTER></BODY></HTML>",
        s.head(title),
        s.banner(),
        escaped(s.site),
        s.menu("", "<BR>"),
        s.advert("side"),
        s.count("visitors"),
        s.day(),
    )
}

fn layout(s: &Scene) -> String {
    const HABIT: Habit = Habit {
        heading: ("<B><FONT COLOR=\"#990000\">", "</FONT></B><BR>"),
        words: ("", "<BR><BR>\n"),
        list: ("", "<BR>"),
        item: ("- ", "<BR>"),
        terms: ("<TABLE BORDER=1>", "</TABLE>"),
        term: ("<TR><TD><B>", "</B></TD>"),
        what: ("<TD>", "</TD></TR>"),
        table: ("<TABLE BORDER=1>", "</TABLE><BR>"),
        quoted: ("<I>", "</I><BR><BR>"),
        caption: ("<CENTER><FONT SIZE=1>", "</FONT></CENTER>"),
        code: ("<PRE>", "</PRE>"),
        note: ("<HR WIDTH=50><FONT SIZE=1>", "</FONT>"),
        numbered: ["", ". ", "<BR><BR>"],
        ..USUAL
    };
    format!(
        "{}<FONT SIZE=5><B>{}</B></FONT><BR><FONT SIZE=2><I>{}</I></FONT><BR><BR>{}{}",
        s.inner_banner(),
        s.title(),
        byline(s.body, &s.language.published, 1),
        written(s, &HABIT),
        s.comments(),
    )
}

fn rendered_frame(s: &Scene, title: &str, main: &str) -> String {
    format!(
        "<!doctype html><html lang=\"{}\"><head>{}</head><body>{}<div id=\"root\"><div class=\"css-1x{t}\"><div class=\"sc-a{t}\"><span>{}</span></div><div class=\"sc-b{t}\">{}</div></div><div class=\"css-9k{t}\">{main}</div><div class=\"css-7q{t}\"><div class=\"css-0a{t}\">{}</div>{}</div><div class=\"css-zz{t}\">{}</div></div><script>window.__STATE__={{\"n\":{}}}</script></body></html>",
        s.lang(),
        s.head(title),
        s.banner(),
        escaped(s.site),
        s.menu("<div class=\"sc-m\">", "</div>"),
        escaped(&s.language.most_read),
        s.related(4),
        escaped(&s.language.newsletter),
        s.count("n"),
        t = s.noise.turn,
    )
}

fn rendered(s: &Scene) -> String {
    const HABIT: Habit = Habit {
        heading: ("<div class=\"css-h2x\">", "</div>"),
        words: (
            "<div class=\"css-1p0\"><div class=\"css-2p0\">",
            "</div></div>",
        ),
        list: ("<div class=\"css-ls\">", "</div>"),
        item: ("<div class=\"css-li\"><div>", "</div></div>"),
        terms: ("<div class=\"css-kv\">", "</div>"),
        term: ("<div class=\"css-k\">", "</div>"),
        what: ("<div class=\"css-v\">", "</div>"),
        table: ("<div role=\"table\" class=\"css-tb\">", "</div>"),
        row: ("<div role=\"row\" class=\"css-tr\">", "</div>"),
        cell: ("<div role=\"cell\" class=\"css-td\">", "</div>"),
        quoted: ("<div class=\"css-q\">", "</div>"),
        caption: (
            "<div class=\"css-im\"><img src=\"/x.webp\"><span class=\"css-cp\">",
            "</span></div>",
        ),
        note: ("<div class=\"css-fn\">", "</div>"),
        numbered: [
            "<div class=\"css-nr\"><div class=\"css-nn\">",
            "</div><div class=\"css-nt\">",
            "</div></div>",
        ],
        type_: Type::Bent,
        ..USUAL
    };
    format!(
        "{}<div class=\"css-hd\"><h1 class=\"css-h1\">{}</h1><div class=\"css-by\">{}</div></div><div class=\"css-bd\">{}</div>{}",
        s.inner_banner(),
        set(&HABIT, &s.body.title),
        byline(s.body, &s.language.published, 0),
        written(s, &HABIT),
        s.comments(),
    )
}

fn fast_frame(s: &Scene, title: &str, main: &str) -> String {
    format!(
        "<!doctype html><html amp lang=\"{}\"><head>{}</head><body>{}<amp-sidebar id=\"sb\"><ul>{}</ul></amp-sidebar><header class=\"amp-header\">{}</header><article class=\"amp-article\">{main}</article><amp-ad type=\"x\"><div overflow>{}</div></amp-ad><div class=\"amp-more\"><h3>{}</h3><amp-list><ul>{}</ul></amp-list></div><footer class=\"amp-footer\">{}</footer></body></html>",
        s.lang(),
        s.head(title),
        s.banner(),
        s.menu("<li>", "</li>"),
        escaped(s.site),
        s.advert("ad"),
        escaped(&s.language.more),
        s.related(5),
        escaped(s.site),
    )
}

fn fast(s: &Scene) -> String {
    const HABIT: Habit = Habit {
        type_: Type::SoftHyphens,
        caption: (
            "<figure><amp-img src=\"/a.jpg\"></amp-img><figcaption>",
            "</figcaption></figure>",
        ),
        numbered: ["<p>", ". ", "</p>"],
        note: ("<small>", "</small>"),
        ..USUAL
    };
    format!(
        "{}<header><h1 class=\"amp-title\">{}</h1><div class=\"amp-meta\">{}</div></header><amp-social-share type=\"x\"></amp-social-share><div class=\"amp-content\">{}</div>{}",
        s.inner_banner(),
        set(&HABIT, &s.body.title),
        byline(s.body, &s.language.published, 1),
        written(s, &HABIT),
        s.comments(),
    )
}

fn typed_frame(s: &Scene, title: &str, main: &str) -> String {
    format!(
        "<html><head>{}</head><body>{}{main}<p><a href=\"/\">{}</a></body></html>",
        s.head(title),
        s.banner(),
        escaped(&s.language.menu[0])
    )
}

/// Text as typed, in lines.
fn typed(s: &Scene) -> String {
    const HABIT: Habit = Habit {
        heading: ("\n", "\n\n"),
        words: ("", "\n\n"),
        list: ("", "\n"),
        item: ("* ", "\n"),
        terms: ("", "\n"),
        term: ("", ": "),
        what: ("", "\n"),
        table: ("", "\n"),
        row: ("", "\n"),
        cell: ("", "    "),
        quoted: ("&gt; ", "\n\n"),
        caption: ("", "\n\n"),
        code: ("", "\n\n"),
        note: ("\n", "\n"),
        numbered: ["", ". ", "\n\n"],
        lines: Some(70),
        ..USUAL
    };
    format!(
        "<pre>{}\n{}\n\n{}</pre>",
        set(&HABIT, &s.body.title),
        escaped(&s.body.author),
        written(s, &HABIT)
    )
}
