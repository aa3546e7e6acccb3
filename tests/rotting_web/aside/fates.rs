//! What becomes of addresses: errors with status 200, refusals, failures, moves.

use ibid::model::verdict::{Severity, State};

use super::maker::{Fate, Maker};
use super::pages::Main;
use super::texts::Pair;
use crate::rotting_web::case::{Epoch, Reply, Right, Way};

pub(super) const FATES: &[Fate] = &[
    ("soft_404/own_template", 24, own_template),
    ("soft_404/home_in_place", 6, |m| listing(m, 0)),
    ("soft_404/section_in_place", 6, |m| listing(m, 2)),
    ("soft_404/search_in_place", 6, search),
    ("soft_404/shell", 5, shell),
    ("soft_404/answers_everything", 6, answers_everything),
    ("soft_404/sent_home", 6, |m| sent_to_listing(m, "/", 0)),
    ("soft_404/sent_to_section", 4, |m| {
        sent_to_listing(m, "/m1", 1)
    }),
    ("soft_404/sent_to_error", 5, sent_to_error),
    ("soft_404/headline_kept", 6, headline_kept),
    ("soft_404/from_the_first", 6, error_from_the_first),
    ("blocked/status", 8, refused),
    ("blocked/too_many", 4, too_many),
    ("blocked/captcha", 8, captcha),
    ("blocked/login", 6, login),
    ("blocked/login_redirect", 5, login_redirect),
    ("blocked/pay", 8, pay),
    ("blocked/consent", 6, |m| {
        wall(
            m,
            |w| &w.consent,
            "<button>OK</button> <a href=\"/options\">…</a>",
        )
    }),
    ("blocked/consent_redirect", 3, consent_redirect),
    ("blocked/geo", 6, |m| wall(m, |w| &w.geo, "")),
    ("blocked/from_the_first", 4, blocked_at_first),
    ("unreachable/status", 6, server_error),
    ("unreachable/maintenance_200", 8, |m| maintenance(m, 200)),
    ("unreachable/maintenance_503", 6, |m| maintenance(m, 503)),
    ("unreachable/silence", 1, |m| {
        vec![m.at(Reply::Silence, Right::is(State::Unreachable))]
    }),
    ("unreachable/cut", 3, |m| {
        vec![m.at(Reply::Cut, Right::is(State::Unreachable))]
    }),
    ("unreachable/refused", 3, |_| {
        without_server(Way::Refused, State::Unreachable)
    }),
    ("unreachable/name_fault", 2, |_| {
        without_server(Way::NameFault, State::Unreachable)
    }),
    ("unreachable/loop", 2, |_| {
        vec![Maker::everywhere(
            Reply::redirect(302, "/again"),
            Right::is(State::Unreachable).or(State::Unknown),
        )]
    }),
    ("dead/not_found", 8, |m| gone(m, 404)),
    ("dead/gone", 4, |m| gone(m, 410)),
    ("dead/legal", 3, |m| gone(m, 451)),
    ("dead/bare_not_found", 3, bare_not_found),
    ("dead/no_name", 5, |_| {
        without_server(Way::NoName, State::Dead)
    }),
    ("dead/moved_to_nothing", 4, moved_to_nothing),
    ("dead/gone_and_back", 3, gone_and_back),
    ("ok/redirected_for_now", 4, redirected_for_now),
    ("ok/https", 4, https),
    ("ok/www", 4, www),
    ("ok/tracking", 4, tracking),
    ("ok/certificate", 3, certificate),
    ("ok/canonical", 4, canonical),
    ("moved/permanent", 8, |m| permanent(m, false)),
    ("moved/chain", 6, |m| permanent(m, true)),
    ("moved/new_host", 8, new_host),
    ("moved/redesign", 4, |m| {
        m.redesigned();
        permanent(m, false)
    }),
    ("moved/refresh", 3, refresh),
    ("changed/moved/figure", 6, |m| moved_and_edited(m, "figure")),
    ("changed/moved/not", 4, |m| moved_and_edited(m, "not")),
];

fn soft() -> Right {
    Right::is(State::SoftNotFound)
}

fn not_found(m: &Maker, status: u16) -> Reply {
    let pair = m.pick(&m.words.not_found);
    let search = "<form action=\"/search\"><input name=\"q\"></form>";
    m.notice(status, &pair, search)
}

/// Only at this address, or at all that hold nothing.
fn own_template(m: &mut Maker) -> Vec<Epoch> {
    m.turn();
    let reply = not_found(m, 200);
    let epoch = if m.chance.once_in(2) {
        m.at(reply, soft())
    } else {
        m.at_unknown(reply, soft())
    };
    m.for_a_while(epoch)
}

fn listing(m: &mut Maker, entry: usize) -> Vec<Epoch> {
    m.turn();
    let html = m.html(&Main::Listing(&m.words.menu[entry]));
    vec![m.at_unknown(Reply::page(200, &html), soft())]
}

fn search(m: &mut Maker) -> Vec<Epoch> {
    m.turn();
    let reply = m.notice(
        200,
        &m.words.nothing_found,
        "<form action=\"/search\"><input name=\"q\"></form>",
    );
    let to = format!("/search?q={}", m.text.id);
    if m.chance.once_in(2) {
        vec![m.sent(302, &to, &to, reply, soft())]
    } else {
        vec![m.at_unknown(reply, soft())]
    }
}

fn shell(m: &mut Maker) -> Vec<Epoch> {
    let html = format!(
        "<!DOCTYPE html><html lang=\"{}\"><head><meta charset=\"utf-8\"><base href=\"/\"><title>{}</title></head><body><app-root></app-root><script src=\"runtime.{n}.js\" type=\"module\"></script><script src=\"main.{n}.js\" type=\"module\"></script></body></html>",
        m.words.lang,
        m.template.name,
        n = m.chance.below(99_999)
    );
    vec![Maker::everywhere(
        Reply::page(200, &html),
        soft().or(State::Unknown),
    )]
}

/// Whatever is asked for, the same front.
fn answers_everything(m: &mut Maker) -> Vec<Epoch> {
    m.turn();
    let html = m.html(&Main::Listing(&m.words.menu[0]));
    let epoch = Maker::everywhere(Reply::page(200, &html), soft());
    m.for_a_while(epoch)
}

fn sent_to_listing(m: &mut Maker, to: &str, entry: usize) -> Vec<Epoch> {
    m.turn();
    let status = *m.chance.one(&[301, 302, 307]);
    let page = Reply::page(200, &m.html(&Main::Listing(&m.words.menu[entry])));
    vec![m.sent(status, to, to, page, soft())]
}

fn sent_to_error(m: &mut Maker) -> Vec<Epoch> {
    let to = *m
        .chance
        .one(&["/error?aspxerrorpath=/x", "/404.html", "/not-found"]);
    vec![m.sent(302, to, to, not_found(m, 200), soft())]
}

/// The headline, and where the text stood, that it is not there, or nothing.
fn headline_kept(m: &mut Maker) -> Vec<Epoch> {
    m.turn();
    let line = if m.chance.once_in(2) {
        m.words.not_found[2][1].clone()
    } else {
        String::new()
    };
    let reply = m.notice(200, &[m.text.title.clone(), line], "");
    let right = soft()
        .or(State::Changed)
        .severe(&[Severity::Major, Severity::Replaced]);
    vec![m.at(reply, right)]
}

fn error_from_the_first(m: &mut Maker) -> Vec<Epoch> {
    let epoch = m.at_unknown(not_found(m, 200), soft());
    m.already(&epoch)
}

fn refused(m: &mut Maker) -> Vec<Epoch> {
    let status = *m.chance.one(&[401, 402, 403, 403]);
    let pair = [
        "Forbidden",
        "You don't have permission to access this resource.",
    ]
    .map(str::to_owned);
    let reply = m.bare(status, &pair, "<hr><address>Apache/2.4 Server</address>");
    Maker::lasting(Maker::everywhere(reply, Right::is(State::Blocked)))
}

fn too_many(m: &mut Maker) -> Vec<Epoch> {
    let pair = &m.words.busy;
    let reply = m.either(429, pair, "").with("Retry-After", "120");
    vec![Maker::everywhere(reply, Right::is(State::Blocked))]
}

fn captcha(m: &mut Maker) -> Vec<Epoch> {
    let status = *m.chance.one(&[200, 200, 403, 503]);
    let widget = *m.chance.one(&[
        "<form><div class=\"g-recaptcha\" data-sitekey=\"6Lx\"></div><script src=\"https://www.google.com/recaptcha/api.js\"></script></form>",
        "<form><div class=\"h-captcha\" data-sitekey=\"a5f\"></div><script src=\"https://js.hcaptcha.com/1/api.js\"></script></form>",
        "<form><div class=\"cf-turnstile\" data-sitekey=\"0x4\"></div><script src=\"https://challenges.cloudflare.com/turnstile/v0/api.js\"></script></form>",
        "<form><img src=\"/captcha.png\" alt=\"\"><input name=\"captcha_code\"></form>",
    ]);
    let reply = m.bare(status, &m.words.captcha, widget);
    vec![Maker::everywhere(reply, Right::is(State::Blocked))]
}

const FIELDS: &str = "<form method=\"post\"><input type=\"text\" name=\"login\"><input type=\"password\" name=\"password\"><button>→</button></form>";

fn login(m: &mut Maker) -> Vec<Epoch> {
    m.turn();
    let pair = &m.words.login;
    let reply = m.either(200, pair, FIELDS);
    vec![m.at(reply, Right::is(State::Blocked))]
}

fn login_redirect(m: &mut Maker) -> Vec<Epoch> {
    let to = *m.chance.one(&[
        "/login?returnUrl=%2F",
        "/auth/signin?next=1",
        "/wp-login.php?redirect_to=x",
        "/Account/LogOn",
    ]);
    let reply = m.bare(200, &m.words.login, FIELDS);
    vec![m.sent(302, to, to, reply, Right::is(State::Blocked))]
}

/// The headline, the first paragraph, and the offer.
fn pay(m: &mut Maker) -> Vec<Epoch> {
    m.turn();
    let [title, line] = &m.words.pay;
    let inner = format!(
        "<p>{}</p><div class=\"paywall\"><h3>{title}</h3><p>{line}</p><a href=\"/subscribe\">→</a></div>",
        m.body.paragraphs[0]
    );
    let html = m.html(&Main::Notice(&m.text.title, inner));
    vec![m.at(Reply::page(200, &html), Right::is(State::Blocked))]
}

fn wall(
    m: &mut Maker,
    words: fn(&'static super::texts::Words) -> &'static Pair,
    after: &str,
) -> Vec<Epoch> {
    let reply = m.either(200, words(m.words), after);
    vec![Maker::everywhere(reply, Right::is(State::Blocked))]
}

fn consent_redirect(m: &mut Maker) -> Vec<Epoch> {
    let host = m.other_host(&format!("consent.{}", m.host));
    let (to, key) = (
        format!("http://{host}/m?continue=1"),
        format!("//{host}/m?continue=1"),
    );
    let reply = m.bare(200, &m.words.consent, "<form><button>OK</button></form>");
    vec![m.sent(302, &to, &key, reply, Right::is(State::Blocked))]
}

/// A wall on the day of the author's visit; then the page.
fn blocked_at_first(m: &mut Maker) -> Vec<Epoch> {
    let reply = m.bare(403, &m.words.captcha, "<div class=\"g-recaptcha\"></div>");
    m.first = Some(Maker::everywhere(reply, Right::is(State::Blocked)));
    m.is_first_scored = true;
    vec![m.at(m.page(), Right::is(State::Ok).or(State::Unknown))]
}

fn server_error(m: &mut Maker) -> Vec<Epoch> {
    let (status, title, line) = *m.chance.one(&[
        (500, "Error establishing a database connection", ""),
        (500, "Internal Server Error", "The server encountered an internal error or misconfiguration."),
        (502, "502 Bad Gateway", "nginx"),
        (504, "504 Gateway Time-out", "The server didn't respond in time."),
        (521, "Web server is down", "Error code 521"),
        (508, "Resource Limit Is Reached", "The website is temporarily unable to service your request as it exceeded resource limit."),
    ]);
    let reply = m.bare(status, &[title, line].map(str::to_owned), "");
    Maker::lasting(Maker::everywhere(reply, Right::is(State::Unreachable)))
}

fn maintenance(m: &mut Maker, status: u16) -> Vec<Epoch> {
    let pair = m.pick(&m.words.maintenance);
    let reply = m.bare(status, &pair, "<img src=\"/gears.svg\" alt=\"\">");
    vec![Maker::everywhere(reply, Right::is(State::Unreachable))]
}

fn without_server(way: Way, state: State) -> Vec<Epoch> {
    Maker::lasting(Epoch {
        way,
        pages: Vec::new(),
        right: Right::is(state),
    })
}

fn gone(m: &mut Maker, status: u16) -> Vec<Epoch> {
    m.turn();
    let reply = not_found(m, status);
    Maker::lasting(m.at(reply, Right::is(State::Dead)))
}

fn bare_not_found(m: &mut Maker) -> Vec<Epoch> {
    let body = *m.chance.one(&["", "404 page not found\n", "<html><head><title>404 Not Found</title></head><body><center><h1>404 Not Found</h1></center><hr><center>nginx</center></body></html>"]);
    Maker::lasting(m.at(Reply::page(404, body), Right::is(State::Dead)))
}

fn moved_to_nothing(m: &mut Maker) -> Vec<Epoch> {
    let to = format!("/content{}", m.path);
    let reply = not_found(m, 404);
    Maker::lasting(m.sent(301, &to, &to, reply, Right::is(State::Dead)))
}

fn gone_and_back(m: &mut Maker) -> Vec<Epoch> {
    let mut epochs = gone(m, 404);
    m.turn();
    epochs.push(m.whole(State::Ok));
    epochs
}

fn redirected_for_now(m: &mut Maker) -> Vec<Epoch> {
    let to = format!("/x{}", m.path);
    let status = *m.chance.one(&[302, 307]);
    let right = m.right(State::Ok).or(State::Moved);
    vec![m.sent(status, &to, &to, m.page(), right)]
}

fn https(m: &mut Maker) -> Vec<Epoch> {
    m.turn();
    let (to, key) = (
        format!("https://{}{}", m.host, m.path),
        format!("https:{}", m.path),
    );
    let right = m.right(State::Ok).or(State::Moved);
    vec![m.sent(301, &to, &key, m.page(), right)]
}

fn www(m: &mut Maker) -> Vec<Epoch> {
    m.turn();
    let www = m.other_host(&format!("www.{}", m.host));
    let (to, key) = (
        format!("http://{www}{}", m.path),
        format!("//{www}{}", m.path),
    );
    let right = m.right(State::Ok).or(State::Moved);
    vec![m.sent(301, &to, &key, m.page(), right)]
}

fn tracking(m: &mut Maker) -> Vec<Epoch> {
    m.turn();
    let sign = if m.path.contains('?') { '&' } else { '?' };
    let to = format!("{}{sign}utm_medium=referral&fbclid=IwAR0x", m.path);
    let right = m.right(State::Ok).or(State::Moved);
    vec![m.sent(302, &to, &to, m.page(), right)]
}

fn certificate(m: &mut Maker) -> Vec<Epoch> {
    m.way = Way::Expired;
    vec![m.whole(State::Ok)]
}

fn canonical(m: &mut Maker) -> Vec<Epoch> {
    m.turn();
    let link = format!(
        "<link rel=\"canonical\" href=\"http://{}/canonical/{}\"></head>",
        m.host, m.text.id
    );
    let html = m.html(&Main::Article).replacen("</head>", &link, 1);
    vec![m.at(Reply::page(200, &html), m.right(State::Ok).or(State::Moved))]
}

fn permanent(m: &mut Maker, is_chain: bool) -> Vec<Epoch> {
    m.turn();
    let to = format!("/archive/2021{}", m.path);
    let status = *m.chance.one(&[301, 308]);
    let right = m.right(State::Moved);
    if !is_chain {
        return vec![m.sent(status, &to, &to, m.page(), right)];
    }
    let mut epoch = m.sent(
        301,
        "/r/17",
        "/r/17",
        Reply::redirect(status, "/r/18"),
        right,
    );
    epoch.pages.extend([
        ("/r/18".to_owned(), Reply::redirect(301, &to)),
        (to, m.page()),
    ]);
    vec![epoch]
}

fn to_new_host(m: &mut Maker) -> (String, String) {
    let host = m.other_host(&format!(
        "{}.renamed-{}.example",
        m.template.name,
        m.host.split('.').next().unwrap()
    ));
    let path = format!("/stories/{}", m.text.id);
    (format!("http://{host}{path}"), format!("//{host}{path}"))
}

fn new_host(m: &mut Maker) -> Vec<Epoch> {
    m.turn();
    let (to, key) = to_new_host(m);
    let status = *m.chance.one(&[301, 308]);
    let right = m.right(State::Moved);
    vec![m.sent(status, &to, &key, m.page(), right)]
}

/// A page that says where it went, and goes there.
fn refresh(m: &mut Maker) -> Vec<Epoch> {
    let (to, key) = to_new_host(m);
    let html = format!(
        "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>Redirecting…</title><link rel=\"canonical\" href=\"{to}\"><meta http-equiv=\"refresh\" content=\"0; url={to}\"></head><body><a href=\"{to}\">{to}</a></body></html>"
    );
    let right = Right::is(State::Moved).or(State::Ok);
    let mut epoch = m.at(Reply::page(200, &html), right);
    epoch.pages.push((key, m.page()));
    vec![epoch]
}

fn moved_and_edited(m: &mut Maker, kind: &str) -> Vec<Epoch> {
    m.edit(kind);
    m.turn();
    let (to, key) = to_new_host(m);
    let right = m.right(State::Changed).severe(&[Severity::Minor]);
    vec![m.sent(301, &to, &key, m.page(), right)]
}
