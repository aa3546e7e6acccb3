//! What is asked of the list of events, in its address and in its form.

use axum::http::Uri;
use maud::{Markup, html};
use url::form_urlencoded::{Serializer, parse};

use crate::catalog::accounts::Sight;
use crate::catalog::error::CatalogError;
use crate::catalog::interface::Catalog;
use crate::catalog::reviews::{Cursor, EventQuery, ListedEvent, Order, Reviewed};
use crate::model::ids::{DocumentId, EventId};
use crate::model::time::{AccessDate, Timestamp};
use crate::model::verdict::{Severity, State};
use crate::report::wording::wording;
use crate::workflow::review;

/// Events on one page.
pub const TOGETHER: u32 = 50;

/// What is asked for. What cannot be read is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    state: Option<State>,
    severity: Option<Severity>,
    /// Words in the document's key.
    document: String,
    /// The document itself: for links.
    document_id: Option<i64>,
    /// Letters in the host's name.
    host: String,
    owner: String,
    reviewed: Reviewed,
    since: Option<String>,
    order: Order,
    after: Option<(i64, i64)>,
}

impl Asked {
    /// Of an address.
    pub fn of(uri: &Uri) -> Self {
        let mut asked = Self::default();
        for (name, value) in parse(uri.query().unwrap_or_default().as_bytes()) {
            let value = value.trim();
            match &*name {
                "state" => asked.state = value.parse().ok(),
                "severity" => asked.severity = value.parse().ok(),
                "document" => value.clone_into(&mut asked.document),
                "document_id" => asked.document_id = value.parse().ok(),
                "host" => value.clone_into(&mut asked.host),
                "owner" => value.clone_into(&mut asked.owner),
                "reviewed" => {
                    let named = Reviewed::ALL.into_iter().find(|it| it.as_str() == value);
                    asked.reviewed = named.unwrap_or_default();
                }
                "since" => asked.since = day(value).map(|_| value.to_owned()),
                "sort" => {
                    let named = Order::ALL.into_iter().find(|it| it.as_str() == value);
                    asked.order = named.unwrap_or_default();
                }
                "after" => {
                    let parts = value.split_once('.');
                    let read = |(rank, event): (&str, &str)| {
                        Some((rank.parse().ok()?, event.parse().ok()?))
                    };
                    asked.after = parts.and_then(read);
                }
                _ => {}
            }
        }
        asked
    }

    /// The address at which this is asked.
    pub fn address(&self) -> String {
        let mut query = Serializer::new(String::new());
        let mut put = |name: &str, value: &str| {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        };
        put("state", self.state.map_or("", State::as_str));
        put("severity", self.severity.map_or("", Severity::as_str));
        put("document", &self.document);
        let id = self.document_id.map(|id| id.to_string());
        put("document_id", &id.unwrap_or_default());
        put("host", &self.host);
        put("owner", &self.owner);
        if self.reviewed != Reviewed::default() {
            put("reviewed", self.reviewed.as_str());
        }
        put("since", self.since.as_deref().unwrap_or_default());
        if self.order != Order::default() {
            put("sort", self.order.as_str());
        }
        let after = self.after.map(|(rank, event)| format!("{rank}.{event}"));
        put("after", &after.unwrap_or_default());
        match query.finish() {
            query if query.is_empty() => "/events".to_owned(),
            query => format!("/events?{query}"),
        }
    }

    /// The same, going on after an event; from the beginning with `None`.
    #[must_use]
    pub fn after(&self, cursor: Option<Cursor>) -> Self {
        Self {
            after: cursor.map(|it| (it.rank, it.event.0)),
            ..self.clone()
        }
    }

    /// Whether this is not the first page.
    pub fn goes_on(&self) -> bool {
        self.after.is_some()
    }

    /// Whether only some events are asked for.
    pub fn is_narrowed(&self) -> bool {
        self.after(None) != Self::default()
    }

    /// What the catalog is asked.
    pub fn query(
        &self,
        catalog: &dyn Catalog,
        owners: &[(String, String)],
    ) -> Result<EventQuery, CatalogError> {
        let mut documents: Option<Vec<DocumentId>> =
            self.document_id.map(|id| vec![DocumentId(id)]);
        let mut narrow = |found: Vec<DocumentId>| {
            documents = Some(match documents.take() {
                Some(known) => known.into_iter().filter(|it| found.contains(it)).collect(),
                None => found,
            });
        };
        if !self.document.is_empty() {
            narrow(review::documents_named(catalog, &self.document)?);
        }
        if !self.owner.is_empty() {
            narrow(review::documents_of_owner(catalog, owners, &self.owner)?);
        }
        let hosts = match self.host.as_str() {
            "" => None,
            letters => Some(catalog.hosts_named(letters, TOGETHER * 100)?),
        };
        Ok(EventQuery {
            state: self.state,
            severity: self.severity,
            documents,
            hosts,
            since: self.since.as_deref().and_then(day),
            reviewed: self.reviewed,
            order: self.order,
            after: self.after.map(|(rank, event)| Cursor {
                rank,
                event: EventId(event),
            }),
            limit: TOGETHER + 1,
        })
    }

    /// The form that asks.
    pub fn form(&self, owners: &[String]) -> Markup {
        let reviewed = |it: Reviewed| match it {
            Reviewed::Open => "to be reviewed",
            Reviewed::Snoozed => "snoozed",
            Reviewed::Done => "reviewed",
            Reviewed::All => "all",
        };
        let order = |it: Order| match it {
            Order::Newest => "newest first",
            Order::Oldest => "oldest first",
            Order::Worst => "worst first",
        };
        html! {
            form.row.filters method="get" action="/events" role="search" {
                label { "Show"
                    select name="reviewed" {
                        @for it in Reviewed::ALL {
                            option value=(it.as_str()) selected[it == self.reviewed] { (reviewed(it)) }
                        }
                    }
                }
                label { "State"
                    select name="state" {
                        option value="" { "any" }
                        @for it in State::ALL {
                            option value=(it) selected[Some(*it) == self.state] { (wording(*it, None).name) }
                        }
                    }
                }
                label { "Change"
                    select name="severity" {
                        option value="" { "any" }
                        @for it in Severity::ALL {
                            option value=(it) selected[Some(*it) == self.severity] { (it) }
                        }
                    }
                }
                label { "Document" input type="search" name="document" value=(self.document) size="16"; }
                label { "Host" input type="search" name="host" value=(self.host) size="14"; }
                @if !owners.is_empty() {
                    label { "Owner"
                        select name="owner" {
                            option value="" { "any" }
                            @for it in owners {
                                option value=(it) selected[*it == self.owner] { (it) }
                            }
                        }
                    }
                }
                label { "Since" input type="date" name="since" value=[self.since.as_deref()]; }
                label { "Order"
                    select name="sort" {
                        @for it in Order::ALL {
                            option value=(it.as_str()) selected[it == self.order] { (order(it)) }
                        }
                    }
                }
                @if let Some(id) = self.document_id { input type="hidden" name="document_id" value=(id); }
                button { "Show" }
                @if self.is_narrowed() { a href="/events" { "All that is to be reviewed" } }
            }
        }
    }
}

/// The first moment of a day that is written `2026-11-24`.
pub fn day(text: &str) -> Option<Timestamp> {
    let date: AccessDate = text.parse().ok()?;
    (text.len() == 10).then(|| date.first_moment())
}

/// The owners that there are, each once.
pub fn owners(all: &[(String, String)]) -> Vec<String> {
    let mut names: Vec<String> = all.iter().map(|(_, owner)| owner.clone()).collect();
    names.sort();
    names.dedup();
    names
}

/// The events, and whether there are more.
pub fn listed(
    catalog: &dyn Catalog,
    sight: &Sight,
    asked: &Asked,
    owners: &[(String, String)],
    now: Timestamp,
) -> Result<(Vec<ListedEvent>, bool), CatalogError> {
    let query = asked.query(catalog, owners)?;
    let mut events = catalog.list_events(sight, &query, now)?;
    let most = usize::try_from(TOGETHER).unwrap_or(usize::MAX);
    let has_more = events.len() > most;
    events.truncate(most);
    Ok((events, has_more))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_all_that_was_asked_and_reads_back() {
        let address = "/events?state=dead&severity=major&document=a+b&document_id=7&host=x.example\
                       &owner=anna&reviewed=all&since=2026-11-24&sort=worst&after=30.12";
        let asked = Asked::of(&address.parse().unwrap());
        assert_eq!(asked.address(), address);
        assert_eq!(Asked::of(&asked.address().parse().unwrap()), asked);
        assert!(asked.goes_on() && asked.is_narrowed());
    }

    #[test]
    fn what_cannot_be_read_asks_for_nothing() {
        let odd = "/events?state=gone&severity=x&document_id=z&reviewed=q&since=soon&sort=up&after=1&%ff=%ff";
        let asked = Asked::of(&odd.parse().unwrap());
        assert_eq!(asked, Asked::default());
        assert_eq!(asked.address(), "/events");
    }
}
