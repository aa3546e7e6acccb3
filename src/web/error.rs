//! What went wrong, as a page for people and as problem details (RFC 9457) for programs.

use axum::http::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use maud::html;

use crate::web::page;
use crate::web::session::Reader;

/// Why a request was not answered as it was meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// There is no such thing; or it is not for this reader, who does not learn which.
    NotFound,
    /// The address knows no such method.
    WrongMethod,
    /// Whoever asks must sign in, and then come back to this path.
    SignIn(String),
    /// A program came with a token that is none, or not any more.
    UnknownToken,
    /// The account may not do that.
    Forbidden,
    /// The account must choose a secret of its own first.
    ChooseSecret,
    /// What was sent is no form of this page, or one that is too old.
    ForeignForm,
    /// What was sent cannot be meant: what is wrong, and what to do.
    Unusable(String),
    /// It was tried too often; so many seconds are to pass.
    TooOften(u64),
    /// It is too long.
    TooLarge,
    /// The service is closing.
    Closing,
    /// A fault of ours: the words are for the log, and not for whoever asked.
    Broken(String),
}

/// What is shown of a fault.
#[derive(Debug, Clone)]
pub struct Told {
    status: StatusCode,
    title: &'static str,
    detail: String,
}

impl Fault {
    fn told(&self) -> Told {
        let (status, title, detail) = match self {
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                "Not found",
                "There is nothing here, or nothing that you may see.",
            ),
            Self::WrongMethod => (
                StatusCode::METHOD_NOT_ALLOWED,
                "Not like that",
                "This address is not asked in this way.",
            ),
            Self::SignIn(_) => (
                StatusCode::UNAUTHORIZED,
                "Sign in",
                "This is for people who have signed in.",
            ),
            Self::UnknownToken => (
                StatusCode::UNAUTHORIZED,
                "Unknown token",
                "The token is none, was taken back, or has ended; make another at /account/tokens.",
            ),
            Self::Forbidden => (
                StatusCode::FORBIDDEN,
                "Not for this account",
                "Your account may not do this; ask an administrator.",
            ),
            Self::ChooseSecret => (
                StatusCode::FORBIDDEN,
                "Choose a password first",
                "Your account has a password that it was given; choose one of your own at /account.",
            ),
            Self::ForeignForm => (
                StatusCode::FORBIDDEN,
                "The form is too old",
                "Nothing was changed. Go back, load the page again, and send the form once more.",
            ),
            Self::Unusable(detail) => {
                return Told {
                    status: StatusCode::UNPROCESSABLE_ENTITY,
                    title: "That cannot be used",
                    detail: detail.clone(),
                };
            }
            Self::TooOften(seconds) => {
                return Told {
                    status: StatusCode::TOO_MANY_REQUESTS,
                    title: "Too many attempts",
                    detail: format!("Try again in {seconds} seconds."),
                };
            }
            Self::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "Too large",
                "More was sent than is taken here.",
            ),
            Self::Closing => (
                StatusCode::SERVICE_UNAVAILABLE,
                "Closing",
                "The service is closing; try again in a moment.",
            ),
            Self::Broken(_) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "That went wrong",
                "It is a fault of ours, and the service's log says which.",
            ),
        };
        Told {
            status,
            title,
            detail: detail.to_owned(),
        }
    }
}

impl IntoResponse for Fault {
    /// The status, and what is to be told; [`dressed`] makes the words.
    fn into_response(self) -> Response {
        if let Self::Broken(why) = &self {
            tracing::error!("a page cannot be made: {why}");
        }
        let told = self.told();
        let mut response = told.status.into_response();
        let headers = response.headers_mut();
        match &self {
            Self::SignIn(path) => {
                let path: String = url::form_urlencoded::byte_serialize(path.as_bytes()).collect();
                if let Ok(location) = HeaderValue::from_str(&format!("/sign-in?to={path}")) {
                    headers.insert(LOCATION, location);
                }
            }
            Self::UnknownToken => {
                headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Self::TooOften(seconds) => {
                headers.insert(RETRY_AFTER, HeaderValue::from(*seconds));
            }
            Self::ChooseSecret => {
                headers.insert(LOCATION, HeaderValue::from_static("/account"));
            }
            _ => {}
        }
        response.extensions_mut().insert(told);
        response
    }
}

/// A fault in the form that whoever asked can read. People who must sign in are led there.
pub fn dressed(response: Response, is_for_people: bool) -> Response {
    let Some(told) = response.extensions().get::<Told>().cloned() else {
        return response;
    };
    let (mut parts, _) = response.into_parts();
    if is_for_people && parts.headers.contains_key(LOCATION) {
        parts.status = StatusCode::SEE_OTHER;
        return (parts, ()).into_response();
    }
    parts.headers.remove(LOCATION);
    if is_for_people {
        let reader = parts.extensions.get::<Reader>().cloned();
        let body = html! {
            p { (told.detail) }
            p { a href="/" { "Back to the overview" } }
        };
        let reader = reader.unwrap_or_else(Reader::unknown);
        let page = page::page(&reader, told.title, None, body);
        let (page, body) = page.into_parts();
        parts.headers.extend(page.headers);
        return (parts, body).into_response();
    }
    let problem = serde_json::json!({
        "type": "about:blank",
        "title": told.title,
        "status": told.status.as_u16(),
        "detail": told.detail,
    });
    let json = HeaderValue::from_static("application/problem+json");
    parts.headers.insert(CONTENT_TYPE, json);
    (parts, format!("{problem}\n")).into_response()
}

/// An error and its causes in one line.
pub fn in_words(why: &dyn std::error::Error) -> String {
    let mut words = why.to_string();
    let mut cause = why.source();
    while let Some(why) = cause {
        words += &format!(": {why}");
        cause = why.source();
    }
    words
}
