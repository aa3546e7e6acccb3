//! What becomes of addresses: another scheme, another host, a way through others.

use ibid::model::verdict::{Severity, State};

use super::{Fate, Maker, advertising_page};
use crate::rotting_web::case::{Epoch, Reply, Right, Way};
use crate::rotting_web::skeletons::Main;

pub(super) const FATES: &[Fate] = &[
    ("ok/https", 12, https),
    ("ok/www", 12, www),
    ("ok/tracking", 12, tracking),
    ("ok/canonical", 12, canonical),
    ("ok/certificate", 9, certificate),
    ("moved/new_host", 16, new_host),
    ("moved/refresh", 9, refresh),
    ("changed/on_new_host/figure", 12, edited_on_new_host),
    ("soft_404/new_host_home", 12, home_of_new_host),
    ("parked/ww1", 12, ww1),
    ("dead/on_new_host", 8, gone_on_new_host),
];

fn page_of(m: &Maker) -> Reply {
    Reply::page(200, &m.html(&Main::Article))
}

/// The address sends elsewhere, and this is there.
fn sent(m: &Maker, status: u16, to: &str, key: &str, there: Reply, right: Right) -> Vec<Epoch> {
    let mut epoch = m.at_path(Reply::redirect(status, to), right);
    epoch.pages.push((key.to_owned(), there));
    vec![epoch]
}

fn https(m: &mut Maker) -> Vec<Epoch> {
    m.turn();
    let (to, key) = (
        format!("https://{}{}", m.host, m.path),
        format!("https:{}", m.path),
    );
    sent(m, 301, &to, &key, page_of(m), m.right(State::Ok))
}

fn www(m: &mut Maker) -> Vec<Epoch> {
    m.turn();
    let www = m.other_host(&format!("www.{}", m.host));
    let (to, key) = (
        format!("http://{www}{}", m.path),
        format!("//{www}{}", m.path),
    );
    sent(m, 301, &to, &key, page_of(m), m.right(State::Ok))
}

/// The same address with what counts visitors.
fn tracking(m: &mut Maker) -> Vec<Epoch> {
    m.turn();
    let status = *m.chance.one(&[301, 302]);
    let to = format!("{}?utm_source=links&utm_medium=web", m.path);
    sent(m, status, &to, &to, page_of(m), m.right(State::Ok))
}

/// Answered where it was, and its site would have another address cited.
fn canonical(m: &mut Maker) -> Vec<Epoch> {
    m.turn();
    let link = format!(
        "<link rel=\"canonical\" href=\"http://{}/c/{}\">",
        m.host,
        m.name.len()
    );
    let html = m.html(&Main::Article);
    let html = html.replacen("<title>", &format!("{link}<title>"), 1);
    vec![m.at_path(Reply::page(200, &html), m.right(State::Ok))]
}

/// The certificate has expired, and the page is there.
fn certificate(m: &mut Maker) -> Vec<Epoch> {
    m.turn();
    m.way = Way::Expired;
    vec![m.whole(State::Ok)]
}

fn to_new_host(m: &mut Maker) -> (String, String) {
    let new = m.other_host(&format!("new-{}", m.host));
    let path = format!("/stories{}", m.path);
    (format!("http://{new}{path}"), format!("//{new}{path}"))
}

fn new_host(m: &mut Maker) -> Vec<Epoch> {
    m.turn();
    let (to, key) = to_new_host(m);
    let status = *m.chance.one(&[301, 308]);
    sent(m, status, &to, &key, page_of(m), m.right(State::Moved))
}

/// A page that sends on by itself. Whoever does not follow it sees that the text is gone.
fn refresh(m: &mut Maker) -> Vec<Epoch> {
    let (to, key) = to_new_host(m);
    let whole = page_of(m);
    let inner = format!("<p><a href=\"{to}\">{to}</a></p>");
    let Reply::Answer { body, fields, .. } = m.bare(200, "", &inner) else {
        unreachable!("a page is an answer")
    };
    let html = String::from_utf8(body).unwrap().replace(
        "</head>",
        &format!("<meta http-equiv=\"refresh\" content=\"0; url={to}\"></head>"),
    );
    let reply = Reply::Answer {
        status: 200,
        fields,
        body: html.into_bytes(),
    };
    let mut epoch = m.at_path(reply, Right::is(State::Moved).or(State::Changed));
    epoch.pages.push((key, whole));
    vec![epoch]
}

fn edited_on_new_host(m: &mut Maker) -> Vec<Epoch> {
    m.edit("figure");
    m.turn();
    let (to, key) = to_new_host(m);
    let right = m.right(State::Changed).severe(&[Severity::Minor]);
    sent(m, 301, &to, &key, page_of(m), right)
}

/// Everything is sent to the front of another site.
fn home_of_new_host(m: &mut Maker) -> Vec<Epoch> {
    m.turn();
    let new = m.other_host(&format!("group-{}", m.host));
    let home = Reply::page(200, &m.html(&Main::Listing(&m.language.menu[0])));
    let status = *m.chance.one(&[301, 302]);
    let (to, key) = (format!("http://{new}/"), format!("//{new}/"));
    sent(m, status, &to, &key, home, Right::is(State::SoftNotFound))
}

/// By way of a host under the same name to what a parking service shows.
fn ww1(m: &mut Maker) -> Vec<Epoch> {
    let prefix = *m.chance.one(&["ww1", "ww25", "ww12"]);
    let lander = m.other_host(&format!("{prefix}.{}", m.host));
    let (to, key) = (
        format!("http://{lander}/?subid1=2021"),
        format!("//{lander}/?subid1=2021"),
    );
    let page = advertising_page(m);
    sent(m, 302, &to, &key, page, Right::is(State::Parked))
}

fn gone_on_new_host(m: &mut Maker) -> Vec<Epoch> {
    let (to, key) = to_new_host(m);
    let [title, line] = m.wording(&m.language.not_found);
    let page = Reply::page(404, &m.html(&Main::Notice(&title, vec![&line])));
    let mut epochs = sent(m, 301, &to, &key, page, Right::is(State::Dead));
    Maker::lasting(epochs.remove(0))
}
