//! What a running service says about itself, to those who operate it: whether it lives (`/healthz`),
//! whether it can work (`/readyz`), and in numbers (`/metrics`, in Prometheus' text format 0.0.4).

use std::fmt::{self, Write as _};
use std::sync::Arc;

use axum::Router;
use axum::extract::State as AxumState;
use axum::http::{StatusCode, header};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::task::spawn_blocking;

use crate::catalog::error::CatalogError;
use crate::catalog::interface::Catalog;
use crate::catalog::records::DueSummary;
use crate::catalog::telling::NoticeCounts;
use crate::model::time::Timestamp;
use crate::model::verdict::State;
use crate::web::security;
use crate::workflow::tools::Clock;
use crate::workflow::vitals::{Condition, Span, VisitEnd, Vitals};

/// A schedule that was not looked at for so long has stopped: it is looked at once a minute when
/// nothing is due, and a canary that does not answer can hold it up for some minutes.
pub const STALLED_AFTER_SECONDS: i64 = 10 * 60;

/// What is told of.
#[derive(Clone)]
pub struct Told {
    /// What is due.
    pub catalog: Arc<dyn Catalog>,
    /// What was done, and what hinders.
    pub vitals: Arc<Vitals>,
    /// What time it is.
    pub clock: Clock,
}

/// The pages.
pub fn routes(told: Told) -> Router {
    Router::new()
        .route("/healthz", get(health))
        .route("/readyz", get(readiness))
        .route("/metrics", get(metrics))
        .with_state(told)
        .layer(from_fn(security::dress))
}

type Shown = AxumState<Told>;

/// Whether the service lives: 200, or 503 with the reason.
async fn health(AxumState(told): Shown) -> Response {
    let idle = (told.clock)().seconds_since(told.vitals.ticked_at());
    if idle > STALLED_AFTER_SECONDS {
        let why = format!("the schedule was last looked at {idle} seconds ago\n");
        return (StatusCode::SERVICE_UNAVAILABLE, why).into_response();
    }
    "ok\n".into_response()
}

/// Whether it can do its work: 200, or 503 with the reasons.
async fn readiness(AxumState(told): Shown) -> Response {
    let condition = told.vitals.condition();
    let mut why = String::new();
    if !condition.is_running {
        why += "it is starting or stopping\n";
    }
    if let Some((since, words)) = condition.outage {
        why += &format!("our own network is down since {since}: {words}\n");
    }
    for words in [condition.trouble, condition.files].into_iter().flatten() {
        why += &format!("sources are not visited: {words}\n");
    }
    if let Some(words) = condition.clock {
        why += &format!("{words}\n");
    }
    if let Some(words) = condition.disk {
        why += &format!("{words}\n");
    }
    if why.is_empty() {
        return "ok\n".into_response();
    }
    (StatusCode::SERVICE_UNAVAILABLE, why).into_response()
}

async fn metrics(AxumState(told): Shown) -> Response {
    let now = (told.clock)();
    let catalog = Arc::clone(&told.catalog);
    let counted = spawn_blocking(move || {
        Ok::<_, CatalogError>((catalog.due_summary(now)?, catalog.notice_counts()?))
    })
    .await
    .expect("counting does not panic");
    match counted {
        Ok((summary, notices)) => {
            let text = text_of(&summary, &notices, &told.vitals, now).0;
            ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response()
        }
        Err(why) => {
            tracing::error!("the metrics cannot be told: {why}");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn text_of(summary: &DueSummary, notices: &NoticeCounts, vitals: &Vitals, now: Timestamp) -> Page {
    let mut page = Page::default();
    let condition = vitals.condition();
    page.head("info", "gauge", "What runs.");
    page.line("info", &[("version", env!("CARGO_PKG_VERSION"))], 1);
    hindrances(&mut page, &condition);
    page.head(
        "clock_jumps_total",
        "counter",
        "How often the clock was set.",
    );
    page.line("clock_jumps_total", &[], vitals.clock_jumps());
    page.gauge(
        "last_tick_timestamp_seconds",
        "When the schedule was last looked at.",
        vitals.ticked_at().as_unix(),
    );
    page.gauge("sources_due", "Sources that are due.", summary.due);
    page.gauge(
        "sources_late",
        "Sources that have been due for more than an hour.",
        summary.late,
    );
    page.gauge(
        "sources_leased",
        "Sources that are being visited.",
        summary.leased,
    );
    let oldest = summary.oldest_due_at.map_or(0, |at| now.seconds_since(at));
    page.gauge(
        "oldest_due_seconds",
        "For how long the source that has been due longest has been due.",
        oldest,
    );
    page.gauge(
        "notices_waiting",
        "Notices that wait to be delivered.",
        notices.waiting,
    );
    let oldest = (notices.oldest_made_at).map_or(0, |at| now.seconds_since(at));
    page.gauge(
        "oldest_notice_seconds",
        "For how long the notice that has waited longest has waited.",
        oldest,
    );
    page.gauge(
        "notices_given_up",
        "Notices that were given up, of the last ninety days.",
        notices.given_up,
    );
    kept(&mut page, vitals, now);
    page.head("visits_total", "counter", "Visits, by how they ended.");
    for end in VisitEnd::ALL {
        page.line("visits_total", &[("end", end.as_str())], vitals.visits(end));
    }
    page.head("verdicts_total", "counter", "Verdicts made, by state.");
    for state in State::ALL {
        page.line(
            "verdicts_total",
            &[("state", state.as_str())],
            vitals.verdicts(*state),
        );
    }
    page.head(
        "received_bytes_total",
        "counter",
        "Bytes of bodies, as sent.",
    );
    page.line("received_bytes_total", &[], vitals.received_bytes());
    page.span(
        "store_seconds",
        "Waits for the archive: write, sync, index.",
        &vitals.stored,
    );
    page.span(
        "record_seconds",
        "Waits for the catalog: transaction and sync.",
        &vitals.recorded,
    );
    page
}

fn hindrances(page: &mut Page, condition: &Condition) {
    page.gauge("running", "It works.", u8::from(condition.is_running));
    page.gauge(
        "outage",
        "Our own network is down.",
        u8::from(condition.outage.is_some()),
    );
    page.gauge(
        "trouble",
        "Sources are not visited, for a fault of ours.",
        u8::from(condition.trouble.is_some()),
    );
    page.gauge(
        "disk_nearly_full",
        "What is new is not captured, for want of room.",
        u8::from(condition.disk.is_some()),
    );
    page.gauge(
        "file_limit_reached",
        "Sources are not visited, since as many files are open as may be.",
        u8::from(condition.files.is_some()),
    );
    page.gauge(
        "clock_in_doubt",
        "No verdict is made, since the clock is behind the newest check.",
        u8::from(condition.clock.is_some()),
    );
}

fn kept(page: &mut Page, vitals: &Vitals, now: Timestamp) {
    let keeping = vitals.keeping();
    page.gauge(
        "sealed_files",
        "Sealed files of the archive.",
        keeping.files,
    );
    page.gauge(
        "sealed_files_unread",
        "Sealed files that were not read again since they were sealed.",
        keeping.unread,
    );
    page.gauge(
        "sealed_files_damaged",
        "Sealed files that are not what they were.",
        keeping.damaged,
    );
    let oldest = (keeping.oldest_verified_at).map_or(0, |at| now.seconds_since(at));
    page.gauge(
        "oldest_verification_seconds",
        "How long ago the sealed file was read again that has waited longest since.",
        oldest,
    );
}

/// Lines of metrics, each named `ibid_…`.
#[derive(Debug, Default)]
struct Page(String);

impl Page {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        self.write(format_args!(
            "# HELP ibid_{name} {help}\n# TYPE ibid_{name} {kind}\n"
        ));
    }

    fn line(&mut self, name: &str, labels: &[(&str, &str)], value: impl fmt::Display) {
        self.write(format_args!("ibid_{name}"));
        for (number, (label, named)) in labels.iter().enumerate() {
            let before = if number == 0 { '{' } else { ',' };
            self.write(format_args!("{before}{label}=\"{named}\""));
        }
        let end = if labels.is_empty() { "" } else { "}" };
        self.write(format_args!("{end} {value}\n"));
    }

    fn gauge(&mut self, name: &str, help: &str, value: impl fmt::Display) {
        self.head(name, "gauge", help);
        self.line(name, &[], value);
    }

    fn span(&mut self, name: &str, help: &str, span: &Span) {
        self.head(name, "summary", help);
        self.line(&format!("{name}_sum"), &[], span.total().as_secs_f64());
        self.line(&format!("{name}_count"), &[], span.count());
    }

    fn write(&mut self, words: fmt::Arguments<'_>) {
        self.0.write_fmt(words).expect("a String takes all");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workflow::vitals::Keeping;

    #[test]
    fn the_metrics_are_in_the_form_that_is_scraped() {
        let summary = DueSummary {
            due: 7,
            late: 2,
            leased: 1,
            oldest_due_at: Some(Timestamp::from_unix(1000)),
        };
        let vitals = Vitals::default();
        vitals.tick(Timestamp::from_unix(1234));
        vitals.change(|condition| condition.is_running = true);
        vitals.keep(Keeping {
            files: 9,
            unread: 2,
            damaged: 1,
            oldest_verified_at: Some(Timestamp::from_unix(240)),
        });
        let notices = NoticeCounts {
            waiting: 3,
            oldest_made_at: Some(Timestamp::from_unix(1180)),
            given_up: 1,
        };
        let page = text_of(&summary, &notices, &vitals, Timestamp::from_unix(1240)).0;
        let page = page.replace(env!("CARGO_PKG_VERSION"), "VERSION");
        insta::assert_snapshot!(page);
    }
}
