//! Since when a name is registered, by the registry's word (RDAP, RFC 9082 and 9083). The registry is
//! found by IANA's list (RFC 9224), which is read once.

use serde_json::Value;
use tokio::sync::OnceCell;

use crate::model::time::Timestamp;
use crate::model::url::TargetUrl;
use crate::public_archive::desk::Desk;

/// Redirects followed for one question.
const REDIRECTS: usize = 3;

/// Who is asked about registrations.
#[derive(Debug)]
pub struct Registries {
    desk: Desk,
    bootstrap: TargetUrl,
    list: OnceCell<Option<Value>>,
}

impl Registries {
    /// Asks at this desk, and finds the registries by the list at this address.
    pub fn new(desk: Desk, bootstrap: TargetUrl) -> Self {
        Self {
            desk,
            bootstrap,
            list: OnceCell::new(),
        }
    }

    /// When the domain was last registered. `None` where nobody says so, for whatever reason.
    pub async fn registered_at(&self, domain: &str) -> Option<Timestamp> {
        let list = self.list.get_or_init(|| self.read(&self.bootstrap)).await;
        let base = registry_of(list.as_ref()?, domain)?;
        let url = TargetUrl::parse(&format!("{base}/domain/{domain}")).ok()?;
        registration(&self.read(&url).await?)
    }

    async fn read(&self, url: &TargetUrl) -> Option<Value> {
        let fields = [(
            "accept",
            "application/rdap+json, application/json".to_owned(),
        )];
        let mut url = url.clone();
        for _ in 0..=REDIRECTS {
            let asked = self.desk.ask(&url, &fields).await;
            let response = asked
                .inspect_err(|why| tracing::info!(%url, "registration not known: {why}"))
                .ok()?;
            match response.status {
                200 => return serde_json::from_slice(&response.body).ok(),
                300..=399 => url = url.join(response.headers.get("location")?).ok()?,
                _ => return None,
            }
        }
        None
    }
}

/// The address of the registry for a domain, without a slash at its end: of the longest suffix in the
/// list, by https where it can be had (RFC 9224 §4).
fn registry_of(list: &Value, domain: &str) -> Option<String> {
    let services = list.get("services")?.as_array()?;
    let suffixes = std::iter::successors(Some(domain), |rest| Some(rest.split_once('.')?.1));
    suffixes.skip(1).find_map(|suffix| {
        let service = services.iter().find(|service| {
            let entries = service.get(0).and_then(Value::as_array);
            let mut entries = entries.into_iter().flatten().filter_map(Value::as_str);
            entries.any(|entry| entry.eq_ignore_ascii_case(suffix))
        })?;
        let urls: Vec<&str> = service
            .get(1)?
            .as_array()?
            .iter()
            .filter_map(Value::as_str)
            .collect();
        let secure = urls.iter().find(|url| url.starts_with("https:"));
        let url = secure.or(urls.first())?;
        Some(url.trim_end_matches('/').to_owned())
    })
}

/// The last registration among an answer's events (RFC 9083 §4.5).
fn registration(answer: &Value) -> Option<Timestamp> {
    let events = answer.get("events")?.as_array()?;
    let moments = events.iter().filter_map(|event| {
        let action = event.get("eventAction")?.as_str()?;
        let is_registration = matches!(action, "registration" | "reregistration");
        let date = event
            .get("eventDate")?
            .as_str()
            .filter(|_| is_registration)?;
        let moment = chrono::DateTime::parse_from_rfc3339(date).ok()?;
        Some(Timestamp::from_unix(moment.timestamp()))
    });
    moments.max()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn the_registry_is_that_of_the_longest_suffix() {
        let list = json!({"version": "1.0", "services": [
            [["net", "COM"], ["http://plain.example/", "https://com.example/v1/"]],
            [["uk"], ["https://uk.example/"]],
            [["co.uk"], ["https://co.example"]],
            [["broken"], []],
        ]});
        let of = |domain| registry_of(&list, domain);
        assert_eq!(of("a.com").as_deref(), Some("https://com.example/v1"));
        assert_eq!(of("a.co.uk").as_deref(), Some("https://co.example"));
        assert_eq!(of("a.org.uk").as_deref(), Some("https://uk.example"));
        assert_eq!(of("com"), None);
        assert_eq!(of("a.org"), None);
        assert_eq!(of("a.broken"), None);
    }

    #[test]
    fn the_last_registration_counts_and_no_other_event() {
        let answer = json!({"objectClassName": "domain", "events": [
            {"eventAction": "registration", "eventDate": "2001-02-03T04:05:06Z"},
            {"eventAction": "reregistration", "eventDate": "2021-02-03T06:05:06+02:00"},
            {"eventAction": "last changed", "eventDate": "2024-01-01T00:00:00Z"},
            {"eventAction": "expiration", "eventDate": "2030-01-01T00:00:00Z"},
        ]});
        let at = registration(&answer).unwrap();
        assert_eq!(at.to_string(), "2021-02-03T04:05:06Z");
        let other = json!({"events": [{"eventAction": "registration", "eventDate": "soon"}, 7]});
        assert_eq!(registration(&other), None);
    }

    proptest! {
        #[test]
        fn no_answer_breaks_the_reading(text in "[\\[\\]{}\":,a-z0-9]*", domain in "\\PC*") {
            if let Ok(value) = serde_json::from_str::<Value>(&text) {
                let _ = (registration(&value), registry_of(&value, &domain));
            }
        }
    }
}
