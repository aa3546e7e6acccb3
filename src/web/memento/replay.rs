//! Archived pages on an origin of their own, where nothing of the desk is: what slipped through all else
//! would find no cookie and nobody to talk to.
//!
//! An address there is `/PASS/MOMENT/URL`. It shows the capture nearest to the moment of what the bearer of
//! the pass may see, and nothing that is not held is asked for anywhere.

use axum::Router;
use axum::extract::{Request, State as Held};
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};

use crate::catalog::accounts::Sight;
use crate::web::desk::Desk;
use crate::web::error::Fault;
use crate::web::memento::address::{self, Asked, Form};
use crate::web::memento::answer::{self, View};
use crate::web::memento::gate;
use crate::web::memento::pass::Pass;
use crate::web::proxy::Client;
use crate::web::session::Reader;
use crate::workflow::replaying::Prefixes;

/// Where replays are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// As it is configured; empty for the host at which the desk was asked, with the port.
    pub configured: String,
    /// The port at which replays are served.
    pub port: u16,
}

/// Where somebody sees replays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayAddress {
    /// The origin.
    pub origin: String,
    /// What stands first in each path.
    pub pass: String,
}

/// Where this reader sees replays; `None` where none are shown.
pub async fn address_of(
    desk: &Desk,
    reader: &Reader,
    client: &Client,
) -> Result<Option<ReplayAddress>, Fault> {
    let Some(origin) = origin_for(desk, client)? else {
        return Ok(None);
    };
    let key = desk.ask(|catalog| catalog.replay_key()).await?;
    let account = reader.account.as_ref().map(|account| account.id);
    let pass = Pass::new(account, &client.origin(), desk.now()).sign(&key);
    Ok(Some(ReplayAddress { origin, pass }))
}

/// The origin of replays for whoever asks; `None` where none are shown, or nothing can be made of the host
/// that they named.
fn origin_for(desk: &Desk, client: &Client) -> Result<Option<String>, Fault> {
    let is_plain =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']' | '_');
    if client.host.is_empty() || !client.host.chars().all(is_plain) {
        return Ok(None);
    }
    let settings = desk.settings()?;
    let Some(replay) = &settings.replay else {
        return Ok(None);
    };
    if !replay.configured.is_empty() {
        return Ok(Some(replay.configured.clone()));
    }
    let scheme = if client.is_secure { "https" } else { "http" };
    let name = match client.host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|it| it.is_ascii_digit()) => name,
        _ => client.host.as_str(),
    };
    Ok(Some(format!("{scheme}://{name}:{}", replay.port)))
}

/// The origin as a service.
pub fn routes(desk: &Desk) -> Router {
    Router::new().fallback(replay).with_state(desk.clone())
}

async fn replay(Held(desk): Held<Desk>, request: Request) -> Response {
    let mut view = View {
        desk: String::new(),
        prefixes: Prefixes {
            pages: String::new(),
            parts: None,
        },
        parts_from: "'none'".to_owned(),
        framed_by: "'none'".to_owned(),
    };
    let (parts, _) = request.into_parts();
    let mut response = match shown(&desk, &parts.method, &parts.uri, &mut view).await {
        Ok(response) => response,
        Err(fault) => told(&fault),
    };
    answer::dress(response.headers_mut(), Form::Rewritten, &view);
    response
}

async fn shown(
    desk: &Desk,
    method: &Method,
    uri: &Uri,
    view: &mut View,
) -> Result<Response, Fault> {
    if !matches!(*method, Method::GET | Method::HEAD) {
        return Err(Fault::WrongMethod);
    }
    let target = uri.path_and_query().ok_or(Fault::NotFound)?;
    let target = target.as_str().strip_prefix('/').ok_or(Fault::NotFound)?;
    let (pass, target) = target.split_once('/').ok_or(Fault::NotFound)?;
    let (sight, desk_origin) = admitted(desk, pass).await?;
    let prefix = format!("/{pass}/");
    view.prefixes.pages.clone_from(&prefix);
    view.prefixes.parts = Some(prefix);
    "'self'".clone_into(&mut view.parts_from);
    view.framed_by = format!("{desk_origin} 'self'");
    view.desk = desk_origin;
    let Some(Asked::Memento(at, form, original)) = address::read(target) else {
        return Err(Fault::NotFound);
    };
    let held = gate::nearest(desk, sight, original, at).await?;
    answer::memento(desk, held.ok_or(Fault::NotFound)?, form, view).await
}

/// What the bearer of a pass may see now, and from which desk they look.
async fn admitted(desk: &Desk, pass: &str) -> Result<(Sight, String), Fault> {
    let settings = desk.settings()?;
    let (now, pass) = (desk.now(), pass.to_owned());
    let found = desk
        .ask(move |catalog| {
            let Some(pass) = Pass::check(&catalog.replay_key()?, &pass, now) else {
                return Ok::<_, crate::catalog::error::CatalogError>(None);
            };
            let account = match pass.account {
                Some(id) => catalog.account_by_id(id)?,
                None => None,
            };
            Ok(Some((pass, account)))
        })
        .await?;
    let (pass, account) = found.ok_or(Fault::Forbidden)?;
    let is_out = account.as_ref().is_none_or(|it| it.disabled_at.is_some());
    if pass.account.is_some() && is_out {
        return Err(Fault::Forbidden);
    }
    Ok((settings.admissions.sight(account.as_ref()), pass.desk))
}

fn told(fault: &Fault) -> Response {
    let (status, words) = match fault {
        Fault::NotFound => (StatusCode::NOT_FOUND, "This is not in the archive."),
        Fault::WrongMethod => (StatusCode::METHOD_NOT_ALLOWED, "Replays are only read."),
        Fault::Forbidden => (
            StatusCode::FORBIDDEN,
            "This address is old. Load the page again that led here.",
        ),
        Fault::Closing => (StatusCode::SERVICE_UNAVAILABLE, "The service is closing."),
        other => {
            if let Fault::Broken(why) = other {
                tracing::error!("a replay cannot be made: {why}");
            }
            (StatusCode::INTERNAL_SERVER_ERROR, "That went wrong.")
        }
    };
    (status, format!("{words}\n")).into_response()
}
