//! A webhook: the notice as JSON, posted to one address, signed with a secret that both sides know.
//!
//! The receiver takes the fields `t` and `v1` of `Ibid-Signature`, computes HMAC-SHA256 with the
//! secret over `t`, a full stop and the body as received, and compares. An old `t` is somebody's
//! replay. `Idempotency-Key` is the notice's own: who has it already answers 2xx and does nothing.

use std::sync::Arc;
use std::time::Duration;

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::model::time::Timestamp;
use crate::model::url::TargetUrl;
use crate::net::client::{Client, Question};
use crate::net::politeness::asked_pause;
use crate::notify::interface::{Delivery, Message, NotDelivered, Notifier, Retry};

/// Where a webhook is, and how it is spoken to.
#[derive(Clone)]
pub struct Settings {
    /// The address posted to.
    pub url: TargetUrl,
    /// What bodies are signed with; empty: they are not signed.
    pub secret: String,
    /// For one attempt.
    pub limit: Duration,
}

/// A webhook, reached through the guard like everything else.
pub struct Webhook {
    client: Arc<Client>,
    settings: Settings,
}

impl Webhook {
    /// A webhook that nothing was sent to yet.
    pub fn new(client: Arc<Client>, settings: Settings) -> Self {
        Self { client, settings }
    }

    async fn post(&self, message: &Message, now: Timestamp) -> Result<(), NotDelivered> {
        let url = &self.settings.url;
        let mut fields = vec![
            ("content-type", "application/json".to_owned()),
            ("idempotency-key", message.id.clone()),
        ];
        if !self.settings.secret.is_empty() {
            let signature = sign(&self.settings.secret, now, &message.json);
            fields.push(("ibid-signature", signature));
        }
        let answer = self.client.ask(Question {
            url,
            fields: &fields,
            post: Some(message.json.clone()),
            wants_body_of: |_| false,
            max_bytes: 0,
        });
        let answer = answer
            .await
            .map_err(|why| NotDelivered::for_now(why.without_address()))?;
        let retry = match answer.status {
            200..=299 => return Ok(()),
            410 => Retry::Never,
            _ => asked_pause(&answer.headers, now).map_or(Retry::Later, Retry::After),
        };
        Err(NotDelivered {
            retry,
            why: format!("{} answered {}", url.authority(), answer.in_words()),
        })
    }
}

impl Notifier for Webhook {
    fn send<'a>(&'a self, message: &'a Message, now: Timestamp) -> Delivery<'a> {
        Box::pin(async move {
            let limit = self.settings.limit;
            match tokio::time::timeout(limit, self.post(message, now)).await {
                Ok(posted) => posted,
                Err(_) => Err(NotDelivered::for_now(format!(
                    "{} gave no answer within {limit:?}",
                    self.settings.url.authority()
                ))),
            }
        })
    }
}

/// The value of `Ibid-Signature` for a body sent at that moment: `t=UNIX,v1=HEX`.
pub fn sign(secret: &str, now: Timestamp, body: &str) -> String {
    let t = now.as_unix();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes())
        .expect("HMAC takes a key of any length (RFC 2104 §2)");
    mac.update(format!("{t}.").as_bytes());
    mac.update(body.as_bytes());
    format!("t={t},v1={}", HEXLOWER.encode(&mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_signed_with_its_moment() {
        // Computed with Python's hmac module.
        assert_eq!(
            sign("key", Timestamp::from_unix(1_700_000_000), "{\"id\":\"n\"}"),
            "t=1700000000,v1=9d3006638f9c199ef58bb057de669556bdd965912195894dff59bc684d472554"
        );
    }
}
