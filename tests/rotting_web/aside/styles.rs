//! More templates: by generators, of old, for machines, of hardly any markup.

use super::pages::{COUNT, Marks, PLAIN, Scene, TOKEN};

pub(super) fn guide_frame(s: &Scene, title: &str, main: &str) -> String {
    format!(
        "<!DOCTYPE html><html class=\"writer-html5\" lang=\"{lang}\"><head>{head}<title>{title} &mdash; Guide 2.1 documentation</title></head><body class=\"wy-body-for-nav\"><div class=\"wy-grid-for-nav\"><nav class=\"wy-nav-side\"><div class=\"wy-menu\"><ul>{menu}</ul></div></nav><section class=\"wy-nav-content-wrap\"><div class=\"rst-content\">{banner}<div role=\"main\" class=\"document\"><div class=\"body\">{main}</div></div><footer><div class=\"rst-footer-buttons\"><a>{next}</a></div><p>Built {build} · {day}</p></footer></div></section></div></body></html>",
        lang = s.words.lang,
        head = s.head(),
        menu = s.menu("<li class=\"toctree-l1\">", "</li>"),
        banner = s.banner(),
        next = s.stories(1, "", ""),
        build = s.number("build", 9999),
        day = s.day(),
    )
}

pub(super) fn guide_article(s: &Scene) -> String {
    const MARKS: Marks = Marks {
        heading: |n, words| {
            format!(
                "</section><section id=\"s{n}\"><h2>{words}<a class=\"headerlink\" href=\"#s{n}\">¶</a></h2>"
            )
        },
        table: [
            "<table class=\"docutils align-default\"><tbody>",
            "</tbody></table>",
        ],
        notice: ["<div class=\"admonition warning\"><p>", "</p></div>"],
        ..PLAIN
    };
    format!(
        "<section id=\"top\"><h1>{}<a class=\"headerlink\" href=\"#top\">¶</a></h1><p class=\"attribution\">{}</p>{}</section>",
        s.body.title,
        s.body.author,
        s.flow(&MARKS)
    )
}

pub(super) fn report_frame(s: &Scene, title: &str, main: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"{lang}\"><head>{head}<meta name=\"generator\" content=\"pdf2html\"><title>{title}</title></head><body><div id=\"sidebar\"><div id=\"outline\">{menu}</div></div>{banner}<div id=\"page-container\">{main}</div><div class=\"loading-indicator\" data-k=\"{TOKEN}\"></div></body></html>",
        lang = s.words.lang,
        head = s.head(),
        menu = s.menu("<div>", "</div>"),
        banner = s.banner(),
    )
}

/// Lines as they were set on paper.
pub(super) fn report_article(s: &Scene) -> String {
    fn lines(words: &str) -> String {
        let mut out = String::from("<div class=\"c x1\">");
        let mut line = String::new();
        let mut flush = |line: &mut String| {
            out += &format!("<div class=\"t m0 x1 h3 ff1 fs0\">{line}</div>\n");
            line.clear();
        };
        for word in words.split(' ') {
            line += word;
            line.push(' ');
            if line.chars().count() > 60 {
                flush(&mut line);
            }
        }
        if !line.is_empty() {
            flush(&mut line);
        }
        out + "</div>"
    }
    const MARKS: Marks = Marks {
        heading: |n, words| format!("<div class=\"t m0 x1 h5 ff2\" id=\"s{n}\">{words}</div>\n"),
        paragraph: |words| lines(words),
        row: |a, b| {
            format!("<div class=\"t m0 x2 h3\">{a}<span class=\"_ _4\"> </span>{b}</div>\n")
        },
        table: ["<div class=\"c x2\">", "</div>"],
        notice: ["<div class=\"t m0 x1 h4 ff3\">", "</div>\n"],
        ..PLAIN
    };
    format!(
        "<div id=\"pf1\" class=\"pf w0 h0\" data-page-no=\"1\"><div class=\"pc pc1\"><div class=\"t m0 x1 h2 ff2 fs4\">{}</div><div class=\"t m0 x1 h3\">{}</div>{}</div></div>",
        s.body.title,
        s.body.author,
        s.flow(&MARKS)
    )
}

pub(super) fn statute_frame(s: &Scene, title: &str, main: &str) -> String {
    format!(
        "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\" \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd\"><html xmlns=\"http://www.w3.org/1999/xhtml\" xml:lang=\"{lang}\"><head>{head}<title>{title}</title></head><body><div id=\"layout1\"><div id=\"nav\"><ul>{menu}</ul></div>{banner}<div id=\"content\">{main}</div><div id=\"footer\"><p>{day}</p></div></div></body></html>",
        lang = s.words.lang,
        head = s.head(),
        menu = s.menu("<li>", "</li>"),
        banner = s.banner(),
        day = s.day(),
    )
}

pub(super) fn statute_article(s: &Scene) -> String {
    const MARKS: Marks = Marks {
        heading: |n, words| format!("<h3 class=\"chapter\" id=\"s{n}\">{words}</h3>"),
        paragraph: |words| {
            format!(
                "<div class=\"provision\"><span class=\"no\">§</span><p class=\"text\">{words}</p></div>"
            )
        },
        table: ["<table class=\"schedule\" border=\"1\">", "</table>"],
        notice: ["<p class=\"annotation\">", "</p>"],
        ..PLAIN
    };
    format!(
        "<div class=\"LegSnippet\"><h1 class=\"LegTitle\">{}</h1><p class=\"LegAuthority\">{}</p>{}</div>",
        s.body.title,
        s.body.author,
        s.flow(&MARKS)
    )
}

pub(super) fn oldhome_frame(s: &Scene, title: &str, main: &str) -> String {
    format!(
        "<HTML><HEAD>{head}<TITLE>{title}</TITLE></HEAD><BODY BGCOLOR=\"#FFFFE0\" TEXT=\"#000000\"><CENTER>{banner}<TABLE WIDTH=760 BORDER=0 CELLPADDING=4><TR><TD COLSPAN=2><IMG SRC=\"banner.gif\" ALT=\"\"><FONT SIZE=1>{day}</FONT></TD></TR><TR><TD WIDTH=140 VALIGN=TOP BGCOLOR=\"#CCCC99\">{menu}<HR>{advert}</TD><TD VALIGN=TOP>{main}</TD></TR><TR><TD COLSPAN=2 ALIGN=CENTER><IMG SRC=\"/cgi-bin/Count.cgi?df=x\"><FONT SIZE=1>{views} {word}</FONT></TD></TR></TABLE></CENTER></BODY></HTML>",
        head = s.head(),
        banner = s.banner(),
        day = s.day(),
        menu = s.menu("<FONT FACE=Arial SIZE=2>", "</FONT><BR>"),
        advert = s.advert(),
        views = 10_000 + s.number("views", 9000),
        word = s.words.views,
    )
}

pub(super) fn oldhome_article(s: &Scene) -> String {
    const MARKS: Marks = Marks {
        heading: |n, words| {
            format!("<A NAME=\"s{n}\"></A><B><FONT COLOR=\"#800000\">{words}</FONT></B><BR><BR>")
        },
        paragraph: |words| format!("<FONT FACE=\"Times\" SIZE=3>{words}</FONT><BR><BR>\n"),
        row: |a, b| format!("<TR><TD>{a}<TD ALIGN=RIGHT>{b}"),
        table: ["<TABLE BORDER=1>", "</TABLE>"],
        notice: ["<TABLE BGCOLOR=YELLOW><TR><TD>", "</TD></TR></TABLE>"],
        advert: [
            "<TABLE class=ad><TR><TD><A HREF=\"/cgi-bin/adclick\">",
            "</A></TD></TR></TABLE>",
        ],
    };
    format!(
        "<FONT SIZE=5><B>{}</B></FONT><BR><I>{}</I><BR><BR>{}",
        s.body.title,
        s.body.author,
        s.flow(&MARKS)
    )
}

pub(super) fn appsite_frame(s: &Scene, title: &str, main: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"{lang}\"><head>{head}<title data-rh=\"true\">{title}</title><style data-styled=\"\">.css-{c}{{margin:0}}</style></head><body><div id=\"__next\"><div class=\"css-{c}\"><div class=\"css-h{c}\">{menu}</div><div class=\"css-m{c}\">{main}</div><div class=\"css-r{c}\">{stories}</div></div>{banner}</div><script id=\"__NEXT_DATA__\" type=\"application/json\">{{\"props\":{{\"pageProps\":{{\"session\":\"{TOKEN}\",\"now\":{now}}}}},\"buildId\":\"b{c}\"}}</script><script src=\"/_next/static/chunks/main-{c}.js\" async></script></body></html>",
        lang = s.words.lang,
        head = s.head(),
        c = s.number("class", 999_999),
        menu = s.menu("<span>", "</span>"),
        stories = s.stories(4, "<div>", "</div>"),
        banner = s.banner(),
        now = 1_600_000_000 + s.number("now", 90_000_000),
    )
}

pub(super) fn appsite_article(s: &Scene) -> String {
    const MARKS: Marks = Marks {
        heading: |n, words| {
            format!("<div id=\"s{n}\" class=\"css-1xl8f\" role=\"heading\">{words}</div>")
        },
        paragraph: |words| format!("<div class=\"css-9zq1a\"><span>{words}</span></div>"),
        row: |a, b| format!("<div class=\"css-row\"><div>{a}</div><div>{b}</div></div>"),
        table: ["<div class=\"css-tab\">", "</div>"],
        notice: ["<div class=\"css-warn\"><span>", "</span></div>"],
        advert: [
            "<div class=\"css-ad0\" data-testid=\"advertisement\"><span>",
            "</span></div>",
        ],
    };
    let class = s.number("class", 999_999);
    format!(
        "<div class=\"css-a{class}\"><h1 class=\"css-t{class}\">{}</h1><div class=\"css-by\">{}</div><div class=\"css-likes\">{COUNT}</div>{}</div>{}",
        s.body.title,
        s.body.author,
        s.flow(&MARKS),
        s.readers(
            "<div class=\"css-comment\" data-testid=\"comment\"><span>",
            "</span></div>"
        )
    )
}

pub(super) fn swift_frame(s: &Scene, title: &str, main: &str) -> String {
    format!(
        "<!doctype html><html ⚡ lang=\"{lang}\"><head>{head}<title>{title}</title><script async src=\"https://cdn.ampproject.example/v0.js\"></script><style amp-boilerplate>body{{visibility:hidden}}</style></head><body><amp-consent id=\"c\">{banner}</amp-consent><amp-sidebar id=\"side\" layout=\"nodisplay\"><ul>{menu}</ul></amp-sidebar><header class=\"top\"><div>{day}</div></header>{main}<amp-ad width=\"300\" height=\"250\" type=\"x\"><div placeholder>{advert}</div></amp-ad><amp-list src=\"/next.json?{TOKEN}\"></amp-list></body></html>",
        lang = s.words.lang,
        head = s.head(),
        banner = s.banner(),
        menu = s.menu("<li>", "</li>"),
        day = s.day(),
        advert = s.advert(),
    )
}

pub(super) fn swift_article(s: &Scene) -> String {
    const MARKS: Marks = Marks {
        advert: [
            "<amp-ad type=\"x\" width=\"300\" height=\"250\"><div fallback>",
            "</div></amp-ad>",
        ],
        notice: ["<div class=\"amp-note\"><p>", "</p></div>"],
        ..PLAIN
    };
    format!(
        "<article class=\"amp-art\"><h1>{}</h1><address>{}</address>{}<amp-social-share type=\"x\"></amp-social-share></article>",
        s.body.title,
        s.body.author,
        s.flow(&MARKS)
    )
}

pub(super) fn bare_frame(s: &Scene, title: &str, main: &str) -> String {
    format!(
        "<html><head>{}<title>{title}</title></head><body>{}{main}<hr>{}\n</body></html>",
        s.head(),
        s.banner(),
        s.menu("", " | ")
    )
}

pub(super) fn bare_article(s: &Scene) -> String {
    const MARKS: Marks = Marks {
        heading: |n, words| format!("<h3 id=s{n}>{words}</h3>\n"),
        paragraph: |words| format!("<p>{words}\n\n"),
        row: |a, b| format!("{a}\t{b}\n"),
        table: ["<pre>", "</pre>"],
        notice: ["<p><b>", "</b>\n"],
        advert: [
            "<iframe src=\"/ad\"></iframe><div class=advertisement>",
            "</div>",
        ],
    };
    format!(
        "<h1>{}</h1>\n<i>{}</i>\n{}",
        s.body.title,
        s.body.author,
        s.flow(&MARKS)
    )
}
