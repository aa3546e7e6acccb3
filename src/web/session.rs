//! Which account asks, whether it may, and whether a form is one of ours.
//!
//! A browser holds one cookie: 32 random bytes, of which the catalog keeps the SHA-256. Before somebody
//! signs in it stands for nothing but the form that they sign in with; signing in gives another one, so
//! that nobody can be made to sign in to a session that somebody else knows. The token in each form is
//! made of the cookie too, and is told by no page of another site.

use std::collections::BTreeSet;
use std::time::Duration;

use axum::RequestExt as _;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, LOCATION, ORIGIN, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use data_encoding::BASE64URL_NOPAD;
use subtle::ConstantTimeEq as _;

use crate::catalog::accounts::{Account, Role, Sight};
use crate::catalog::tokens::Scope;
use crate::model::digest::Sha256;
use crate::web::desk::{Desk, Needs};
use crate::web::error::Fault;
use crate::web::proxy::Client;
use crate::workflow::{accounts, tokens};

/// The longest form.
const LONGEST_FORM: usize = 1 << 20;

/// The field of a form that holds the token.
pub const TOKEN_FIELD: &str = "token";

/// Where a form that is none of fields (an upload, a script) puts it.
pub const TOKEN_HEADER: &str = "x-ibid-token";

/// A session's use is noted so often, in seconds.
const NOTED_EVERY: i64 = 5 * 60;

/// Holds what is said once, on the next page.
const SAID: &str = "ibid_said";

/// Whoever asks, as far as pages need to know. An extractor.
#[derive(Debug, Clone)]
pub struct Reader {
    /// The account; `None` for somebody who has not signed in.
    pub account: Option<Account>,
    /// What they may see.
    pub sight: Sight,
    /// What is said once, of what was just done.
    pub said: Option<String>,
    /// A trusted proxy has signed them in, and they cannot sign out here.
    pub is_vouched_for: bool,
    /// What the token is good for with which a program came in; `None` for people.
    pub scopes: Option<BTreeSet<Scope>>,
    key: Option<Key>,
    is_secure: bool,
}

/// What a browser holds.
#[derive(Clone)]
pub struct Key(String);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Key {
    /// A new one.
    pub fn new() -> Self {
        let mut bytes = [0; 32];
        accounts::fill(&mut bytes);
        Self(BASE64URL_NOPAD.encode(&bytes))
    }

    /// By what the catalog knows it.
    pub fn digest(&self) -> Sha256 {
        Sha256::of(self.0.as_bytes())
    }

    fn token(&self) -> String {
        let digest = Sha256::of_parts(&[b"a form of ibid\0", self.0.as_bytes()]);
        digest.to_hex()
    }

    fn from_cookie(text: &str) -> Option<Self> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        (bytes.len() == 32).then(|| Self(text.to_owned()))
    }
}

impl Default for Key {
    fn default() -> Self {
        Self::new()
    }
}

impl Reader {
    /// Somebody of whom nothing is known, and who may see nothing.
    pub fn unknown() -> Self {
        Self {
            account: None,
            sight: Sight::nothing(),
            said: None,
            is_vouched_for: false,
            scopes: None,
            key: None,
            is_secure: false,
        }
    }

    /// What they may do; `None` for somebody who has not signed in.
    pub fn role(&self) -> Option<Role> {
        self.account.as_ref().map(|account| account.role)
    }

    /// Whether they may do what this role may.
    pub fn may(&self, role: Role) -> bool {
        self.role().is_some_and(|own| own >= role)
    }

    /// Refuses a program whose token is not good for this. What people may do is up to their role.
    pub fn must_be_good_for(&self, scope: Scope) -> Result<(), Fault> {
        match &self.scopes {
            Some(scopes) if !scopes.contains(&scope) => Err(Fault::Forbidden),
            _ => Ok(()),
        }
    }

    /// What a form of theirs must bring along; `None` for somebody without a cookie, who can send none.
    pub fn form_token(&self) -> Option<String> {
        self.key.as_ref().map(Key::token)
    }

    /// By what the catalog knows their session.
    pub fn session_key(&self) -> Option<Sha256> {
        self.key.as_ref().map(Key::digest)
    }

    /// The same with a cookie, and the field that sets it where there was none.
    #[must_use]
    pub fn with_key(mut self) -> (Self, Option<HeaderValue>) {
        if self.key.is_some() {
            return (self, None);
        }
        let key = Key::new();
        let cookie = set_cookie(&key, self.is_secure, None);
        self.key = Some(key);
        (self, Some(cookie))
    }

    /// The fields that make a browser hold this key from now on, for so long.
    pub fn handing_over(&self, key: &Key, longest: Duration) -> HeaderValue {
        set_cookie(key, self.is_secure, Some(longest))
    }
}

impl<S: Sync> FromRequestParts<S> for Reader {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Fault> {
        let reader = parts.extensions.get::<Self>().cloned();
        reader.ok_or_else(|| Fault::Broken("a page is without its guard".to_owned()))
    }
}

/// After something was done: back to a page of ours, which says so once.
pub fn see_other(path: &str, said: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    let here = if is_path_of_ours(path) { path } else { "/" };
    if let Ok(location) = HeaderValue::from_str(here) {
        headers.insert(LOCATION, location);
    }
    if !said.is_empty() {
        let said = BASE64URL_NOPAD.encode(said.as_bytes());
        let cookie = format!("{SAID}={said}; Path=/; HttpOnly; SameSite=Lax; Max-Age=60");
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            headers.append(SET_COOKIE, cookie);
        }
    }
    response
}

/// Takes back what was said once.
pub fn unsay() -> HeaderValue {
    HeaderValue::from_static("ibid_said=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0")
}

/// Whether a path leads to a page of this desk, and not by some trick to another site.
pub fn is_path_of_ours(path: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_graphic() && c != '\\';
    path.starts_with('/') && !path.starts_with("//") && path.chars().all(is_plain)
}

/// Lets a request pass to its page, or not.
pub async fn guard(
    State((desk, needs)): State<(Desk, Needs)>,
    mut request: Request,
    next: Next,
) -> Response {
    let client = request.extensions().get::<Client>().cloned();
    let Some(client) = client else {
        return Fault::Broken("a page does not know who asks".to_owned()).into_response();
    };
    let reader = match reader(&desk, request.headers(), &client).await {
        Ok(reader) => reader,
        Err(fault) => return fault.into_response(),
    };
    // Who was signed in elsewhere needs a cookie for the forms.
    let (reader, cookie) = if reader.is_vouched_for {
        reader.with_key()
    } else {
        (reader, None)
    };
    let passed = async {
        admit(&reader, needs, &request)?;
        if reader.scopes.is_some() && !is_for_programs(&request) {
            return Err(Fault::Forbidden);
        }
        // Nobody is made to send a token by a page that they look at.
        if !request.method().is_safe() && reader.scopes.is_none() {
            request = with_token_checked(&reader, &client, request).await?;
        }
        request.extensions_mut().insert(reader.clone());
        Ok::<_, Fault>(next.run(request).await)
    };
    let mut response = passed.await.unwrap_or_else(Fault::into_response);
    if let Some(cookie) = cookie {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    // For the page of a fault, which is made outside.
    response.extensions_mut().insert(reader);
    response
}

/// What a token opens: the API, and the feed.
fn is_for_programs(request: &Request) -> bool {
    let path = request.uri().path();
    path.starts_with("/api/") || path == "/events.atom"
}

/// What a program says of itself.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let words = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = words.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(token.trim())
}

async fn of_program(desk: &Desk, token: &str, client: &Client) -> Result<Reader, Fault> {
    let (told, now) = (token.to_owned(), desk.now());
    let found = desk
        .ask(move |catalog| tokens::recognize(catalog, &told, now))
        .await?;
    let (token, account) = found.ok_or(Fault::UnknownToken)?;
    Ok(Reader {
        sight: desk.settings()?.admissions.sight(Some(&account)),
        account: Some(account),
        said: None,
        is_vouched_for: false,
        scopes: Some(token.scopes),
        key: None,
        is_secure: client.is_secure,
    })
}

async fn reader(desk: &Desk, headers: &HeaderMap, client: &Client) -> Result<Reader, Fault> {
    if let Some(token) = bearer(headers) {
        return of_program(desk, token, client).await;
    }
    let settings = desk.settings()?;
    let now = desk.now();
    // A program says itself who it is; what a browser holds does not count for it.
    let is_program = headers.contains_key(AUTHORIZATION);
    let key = cookie(headers, cookie_name(client.is_secure)).filter(|_| !is_program);
    let key = key.and_then(Key::from_cookie);
    let idle = i64::try_from(settings.session_idle.as_secs()).unwrap_or(i64::MAX);
    let digest = key.as_ref().map(Key::digest);
    let user = client.user.clone();
    let account = desk
        .ask(move |catalog| {
            if let Some(user) = user {
                return accounts::vouched_for(catalog, &user, now);
            }
            let Some(digest) = digest else {
                return Ok(None);
            };
            let idle_since = now.plus_seconds(-idle);
            let session = catalog.session(&digest, now, idle_since)?;
            if let Some(session) = &session
                && now.seconds_since(session.seen_at) >= NOTED_EVERY.min(idle / 4)
            {
                catalog.touch_session(&digest, now)?;
            }
            Ok(session.map(|session| session.account))
        })
        .await?;
    let said = cookie(headers, SAID)
        .and_then(|said| BASE64URL_NOPAD.decode(said.as_bytes()).ok())
        .and_then(|said| String::from_utf8(said).ok());
    Ok(Reader {
        sight: settings.admissions.sight(account.as_ref()),
        is_vouched_for: client.user.is_some() && account.is_some(),
        account,
        scopes: None,
        said,
        key,
        is_secure: client.is_secure,
    })
}

fn admit(reader: &Reader, needs: Needs, request: &Request) -> Result<(), Fault> {
    let sign_in = || {
        let back = if request.method() == Method::GET {
            let path = request.uri().path_and_query();
            path.map_or("/", |it| it.as_str())
        } else {
            "/"
        };
        Fault::SignIn(back.to_owned())
    };
    // Whoever holds a secret that others have seen does nothing before they choose their own.
    let is_given = |account: &Account| account.secret_ends_at.is_some();
    if reader.account.as_ref().is_some_and(is_given)
        && needs != Needs::Nothing
        && !matches!(request.uri().path(), "/account" | "/sign-out")
    {
        return Err(Fault::ChooseSecret);
    }
    match (needs, &reader.account) {
        (Needs::Sight, None) if reader.sight.is_nothing() => Err(sign_in()),
        (Needs::Role(_), None) => Err(sign_in()),
        (Needs::Role(role), Some(account)) if account.role < role => Err(Fault::Forbidden),
        (Needs::Nothing | Needs::Sight, _) | (Needs::Role(_), Some(_)) => Ok(()),
    }
}

/// The request, if it was sent from a page of ours: by where browsers say that it comes from, and by its
/// token.
async fn with_token_checked(
    reader: &Reader,
    client: &Client,
    mut request: Request,
) -> Result<Request, Fault> {
    let headers = request.headers();
    if !comes_from_us(headers, &client.host) {
        return Err(Fault::ForeignForm);
    }
    let own = reader.form_token().ok_or(Fault::ForeignForm)?;
    let of_header = headers.get(TOKEN_HEADER).and_then(|it| it.to_str().ok());
    if let Some(token) = of_header {
        return same(token, &own)
            .then_some(request)
            .ok_or(Fault::ForeignForm);
    }
    let is_form = headers
        .get(CONTENT_TYPE)
        .and_then(|it| it.to_str().ok())
        .is_some_and(|it| it.starts_with("application/x-www-form-urlencoded"));
    if !is_form {
        let query = request.uri().query().unwrap_or_default();
        return has_token(query.as_bytes(), &own)
            .then_some(request)
            .ok_or(Fault::ForeignForm);
    }
    let body = std::mem::replace(request.body_mut(), Body::empty());
    let body: Bytes = to_bytes(body, LONGEST_FORM)
        .await
        .map_err(|_| Fault::TooLarge)?;
    if !has_token(&body, &own) {
        return Err(Fault::ForeignForm);
    }
    *request.body_mut() = Body::from(body);
    Ok(request.with_limited_body())
}

fn has_token(form: &[u8], own: &str) -> bool {
    url::form_urlencoded::parse(form).any(|(name, value)| name == TOKEN_FIELD && same(&value, own))
}

/// Whether two words are the same, in a time that does not say how far they agree.
fn same(one: &str, two: &str) -> bool {
    one.as_bytes().ct_eq(two.as_bytes()).into()
}

/// Whether a browser that says where a request comes from names us (Fetch Metadata; RFC 6454 §7).
fn comes_from_us(headers: &HeaderMap, host: &str) -> bool {
    let site = headers.get("sec-fetch-site");
    let is_same_site = site.is_none_or(|site| site == "same-origin");
    let is_origin = headers.get(ORIGIN).is_none_or(|origin| {
        let origin = origin.to_str().unwrap_or_default();
        origin
            .split_once("://")
            .is_some_and(|(_, named)| named.eq_ignore_ascii_case(host))
    });
    is_same_site && is_origin
}

/// Over TLS the name makes browsers refuse the cookie from any other host (RFC 6265bis §4.1.3.2).
fn cookie_name(is_secure: bool) -> &'static str {
    if is_secure { "__Host-ibid" } else { "ibid" }
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let fields = headers.get_all(COOKIE).iter();
    let mut pairs = fields
        .filter_map(|field| field.to_str().ok())
        .flat_map(|field| field.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(it, _)| *it == name).map(|(_, value)| value)
}

fn set_cookie(key: &Key, is_secure: bool, longest: Option<Duration>) -> HeaderValue {
    let name = cookie_name(is_secure);
    let mut cookie = format!("{name}={}; Path=/; HttpOnly; SameSite=Lax", key.0);
    if is_secure {
        cookie += "; Secure";
    }
    if let Some(longest) = longest {
        cookie += &format!("; Max-Age={}", longest.as_secs());
    }
    HeaderValue::from_str(&cookie).expect("all of it is ASCII")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_desk_are_led_back_to() {
        for path in ["/", "/documents/7?after=9#n3"] {
            assert!(is_path_of_ours(path), "{path}");
        }
        for path in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\r\nb",
            "/a b",
        ] {
            assert!(!is_path_of_ours(path), "{path}");
        }
    }

    #[test]
    fn a_form_comes_from_us_when_the_browser_says_so_or_says_nothing() {
        let says = |fields: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in fields {
                headers.insert(*name, HeaderValue::from_static(value));
            }
            comes_from_us(&headers, "desk.example:7117")
        };
        assert!(says(&[]));
        assert!(says(&[
            ("sec-fetch-site", "same-origin"),
            ("origin", "http://desk.example:7117")
        ]));
        assert!(!says(&[("sec-fetch-site", "same-site")]));
        assert!(!says(&[
            ("sec-fetch-site", "cross-site"),
            ("origin", "http://desk.example:7117")
        ]));
        assert!(!says(&[("origin", "http://desk.example")]));
        assert!(!says(&[("origin", "null")]));
    }

    #[test]
    fn the_token_tells_nothing_of_the_key() {
        let key = Key::new();
        assert!(!key.token().contains(&key.0));
        assert_ne!(key.token(), key.digest().to_hex());
        assert_ne!(key.token(), Key::new().token());
        assert!(Key::from_cookie(&key.0).is_some());
        assert!(Key::from_cookie("short").is_none());
        assert!(!format!("{key:?}").contains(&key.0));
    }
}
