//! Consent and captchas that stand in an article's place with status 200, and pages that only have
//! such a box or speak of such things.

use ibid::model::verdict::{Severity, State};

use super::super::super::case::{Epoch, Reply, Right, Way};
use super::super::super::skeletons::Main;
use super::super::{Fate, Maker};
use super::{at_path, said, with};

pub(super) const FATES: &[Fate] = &[
    ("blocked/consent_bare", 70, |m| consent(m, false)),
    ("blocked/consent_framed", 70, |m| consent(m, true)),
    ("blocked/consent_host", 14, consent_host),
    ("blocked/captcha_bare", 66, |m| captcha(m, false)),
    ("blocked/captcha_framed", 50, |m| captcha(m, true)),
    ("ok/consent_box", 36, consent_box),
    ("ok/captcha_form", 20, captcha_form),
    ("ok/about_walls", 24, |m| about_walls(m, false)),
    ("changed/about_walls", 24, |m| about_walls(m, true)),
    ("soft_404/with_buttons", 24, error_with_buttons),
];

/// A dialog with two choices, in one of many dresses.
fn dialog(m: &mut Maker) -> (String, String) {
    let [title, line, yes, no] = &said(m).consent;
    let dressed = match m.chance.below(10) {
        0 => format!(
            "<div id=\"onetrust-consent-sdk\"><h2>{title}</h2><p>{line}</p><button id=\"onetrust-accept-btn-handler\">{yes}</button><button id=\"onetrust-reject-all-handler\">{no}</button></div>"
        ),
        1 => format!(
            "<div role=\"dialog\" aria-modal=\"true\"><h1>{title}</h1><p>{line}</p><button>{yes}</button><button>{no}</button></div>"
        ),
        2 => format!(
            "<form method=\"post\" action=\"/save\"><h1>{title}</h1><p>{line}</p><input type=\"hidden\" name=\"t\" value=\"1\"><input type=\"submit\" name=\"a\" value=\"{yes}\"><input type=\"submit\" name=\"b\" value=\"{no}\"></form>"
        ),
        3 => format!(
            "<div class=\"wrap\"><h1>{title}</h1><p>{line}</p><a class=\"btn btn-primary\" role=\"button\" href=\"#\">{yes}</a> <a class=\"btn\" role=\"button\" href=\"#\">{no}</a></div>"
        ),
        4 => format!(
            "<script src=\"https://cdn.privacy-mgmt.com/unified/wrapperMessagingWithoutDetection.js\"></script><h1>{title}</h1><p>{line}</p><button>{yes}</button>"
        ),
        5 => format!(
            "<script src=\"https://sdk.privacy-center.org/x/loader.js\"></script><div id=\"didomi-popup\"><h1>{title}</h1><p>{line}</p><button>{yes}</button><button>{no}</button></div>"
        ),
        6 => format!(
            "<div class=\"qc-cmp2-container\"><h2>{title}</h2><p>{line}</p><p>{line}</p><button mode=\"primary\">{yes}</button><button mode=\"secondary\">{no}</button></div>"
        ),
        7 => format!(
            "<script id=\"Cookiebot\" src=\"https://consent.cookiebot.com/uc.js\" data-blockingmode=\"auto\"></script><h1>{title}</h1><p>{line}</p><button>{yes}</button><button>{no}</button>"
        ),
        8 => format!(
            "<dialog open><h1>{title}</h1><p>{line}</p><form method=\"dialog\"><label><input type=\"checkbox\"> 1</label><label><input type=\"checkbox\"> 2</label><button>{yes}</button><button>{no}</button></form></dialog>"
        ),
        _ => format!(
            "<section><h1>{title}</h1><p>{line}</p><ul><li><a href=\"/privacy\">&sect;</a></li></ul><button type=\"button\">{yes}</button><button type=\"button\">{no}</button></section>"
        ),
    };
    (title.clone(), dressed)
}

fn consent(m: &mut Maker, is_framed: bool) -> Vec<Epoch> {
    m.turn();
    let (title, dressed) = dialog(m);
    let reply = if is_framed {
        let html = m.html(&Main::Notice("\u{1}", vec![]));
        Reply::page(
            200,
            &html
                .replace("<div class=\"message\"><h1>\u{1}</h1></div>", &dressed)
                .replace('\u{1}', &title),
        )
    } else {
        m.bare(200, &title, &dressed)
    };
    placed(m, reply)
}

/// At every address, or at the source's alone, where others are honest errors.
fn placed(m: &mut Maker, reply: Reply) -> Vec<Epoch> {
    if m.chance.once_in(3) {
        vec![m.at_path(reply, Right::is(State::Blocked))]
    } else {
        Maker::everywhere(reply, State::Blocked)
    }
}

/// Sent to another host, that says by its name what it is.
fn consent_host(m: &mut Maker) -> Vec<Epoch> {
    let (title, dressed) = dialog(m);
    let page = m.bare(200, &title, &dressed);
    let hosts = [
        "consent.x{n}.example",
        "cmp.x{n}.example",
        "privacy-mgmt.x{n}.example",
        "choices.consensu{n}.example",
        "cookies.x{n}.example",
        "myprivacy.x{n}.example",
    ];
    let n = m.chance.below(90_000).to_string();
    let host = m.chance.one(&hosts).replace("{n}", &n);
    let other = m.other_host(&host);
    let path = m.path.clone();
    let to = format!("http://{other}/v/1");
    let pages = vec![
        (path, Reply::redirect(302, &to)),
        (format!("//{other}/v/1"), page),
    ];
    vec![Epoch {
        way: Way::Open,
        pages,
        right: Right::is(State::Blocked),
    }]
}

fn captcha(m: &mut Maker, is_framed: bool) -> Vec<Epoch> {
    m.turn();
    let [title, line, go] = &said(m).captcha;
    let widget = match m.chance.below(11) {
        0 => {
            "<div class=\"g-recaptcha\" data-sitekey=\"x\"></div><script src=\"https://www.google.com/recaptcha/api.js\"></script>"
        }
        1 => {
            "<div class=\"h-captcha\" data-sitekey=\"x\"></div><script src=\"https://js.hcaptcha.com/1/api.js\"></script>"
        }
        2 => {
            "<script src=\"https://challenges.cloudflare.com/turnstile/v0/api.js\"></script><div id=\"w\"></div>"
        }
        3 => "<script src=\"https://static.geetest.com/v4/gt4.js\"></script><div id=\"w\"></div>",
        4 => {
            "<script src=\"https://client-api.arkoselabs.com/v2/x/api.js\"></script><div id=\"w\"></div>"
        }
        5 => {
            "<script src=\"https://smartcaptcha.yandexcloud.net/captcha.js\"></script><div class=\"smart-captcha\"></div>"
        }
        6 => {
            "<script src=\"https://cdn.friendlycaptcha.com/x.js\"></script><div class=\"frc-captcha\"></div>"
        }
        7 => "<img src=\"/pic.php?id=7\" alt=\"\"><input name=\"answer\" autocomplete=\"off\">",
        8 => "<script src=\"/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1\"></script>",
        9 => "<input type=\"checkbox\" name=\"c\">",
        _ => "<script src=\"https://ct.captcha-delivery.com/c.js\"></script>",
    };
    let dressed = format!(
        "<form method=\"post\"><h1>{title}</h1><p>{line}</p>{widget}<button>{go}</button></form>"
    );
    let reply = if is_framed {
        let html = m.html(&Main::Notice("\u{1}", vec![]));
        Reply::page(
            200,
            &html
                .replace("<div class=\"message\"><h1>\u{1}</h1></div>", &dressed)
                .replace('\u{1}', title),
        )
    } else {
        m.bare(200, title, &dressed)
    };
    placed(m, reply)
}

/// The article with a dialog before it, as sites have them that show their text behind.
fn consent_box(m: &mut Maker) -> Vec<Epoch> {
    m.turn();
    let (_, dressed) = dialog(m);
    let boxed = format!("<div class=\"overlay\">{dressed}</div>");
    let html = if m.chance.once_in(2) {
        with(m, &boxed, "")
    } else {
        m.html(&Main::Article)
            .replacen("<body>", &format!("<body>{boxed}"), 1)
    };
    let right = m.right(State::Ok);
    at_path(m, &html, right)
}

/// The article with a form for comments below, kept from robots.
fn captcha_form(m: &mut Maker) -> Vec<Epoch> {
    m.turn();
    let form = "<div class=\"respond\"><form><textarea name=\"c\"></textarea><div class=\"g-recaptcha\"></div><script src=\"https://www.google.com/recaptcha/api.js\"></script><button>OK</button></form></div>";
    let html = with(m, "", form);
    let right = m.right(State::Ok);
    at_path(m, &html, right)
}

/// A short text about walls from the first day, that repeats what they say; edited or not.
fn about_walls(m: &mut Maker, is_edited: bool) -> Vec<Epoch> {
    let said = said(m);
    let [title, line, _] = &said.captcha;
    let [_, ask, yes, _] = &said.consent;
    let extra = [
        "“Verify you are human”, it said on the screen, and then “Just a moment...”, and nothing came. ",
        "Die Seite zeigte nur den Satz «Bitte bestätigen Sie, dass Sie ein Mensch sind». ",
        "On lisait : « Article réservé aux abonnés », et rien d’autre. ",
        "На экране было написано: «Подтвердите, что вы не робот». ",
        "画面には「ロボットではないことを確認」とだけ出た。",
        "Before you continue to the site, a box said, accept cookies to continue; 38 readers of 100 closed it. ",
    ];
    let own = m.body.paragraphs[0].clone();
    let extra = m.chance.one(&extra);
    m.body.paragraphs = vec![
        format!("{extra}«{line}» {own}"),
        format!("«{ask}» — «{yes}». {}", m.body.paragraphs[1]),
    ];
    if m.chance.once_in(3) {
        m.body.title = format!("«{title}»: {}", m.body.title);
    }
    m.is_quoted = false;
    m.is_titled = false;
    m.first = Some(m.whole(State::Ok));
    if is_edited {
        let all = m.body.paragraphs[0].clone();
        let (at, _) = all.char_indices().nth(all.chars().count() * 3 / 4).unwrap();
        let at = all[..at]
            .rfind([' ', '、', '，', '。'])
            .map_or(at, |at| at + all[at..].chars().next().unwrap().len_utf8());
        m.body.paragraphs[0] = format!("{}1847 {}", &all[..at], &all[at..]);
        return m.changed(&[Severity::Minor]);
    }
    m.turn();
    vec![m.whole(State::Ok)]
}

/// The site's error page with buttons: to go home, to write, to search.
fn error_with_buttons(m: &mut Maker) -> Vec<Epoch> {
    m.turn();
    let [title, line] = m.wording(&m.language.not_found);
    let home = &m.language.menu[0];
    let other = &m.language.menu[1];
    let html = m
        .html(&Main::Notice(&title, vec![&line]))
        .replace("</h1>", &format!("</h1><button>{home}</button><button>{other}</button><a class=\"btn\" href=\"/\">{home}</a>"));
    Maker::everywhere(Reply::page(200, &html), State::SoftNotFound)
}
