//! A mail: the notice as text and as HTML, handed to one mail server.
//!
//! The server is the operator's own word, and no document can name another, so it may be on any
//! network. A mail is taken over when the server has acknowledged its end. SMTP has no way to ask
//! whether it did when the connection is cut before that (RFC 5321 §4.2.5, §4.5.3.2.6): the mail is
//! sent again then, with the same `Message-ID`, by which mailboxes and lists know the second one.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::extension::ClientId;

use crate::model::time::Timestamp;
use crate::notify::interface::{Delivery, Message, NotDelivered, Notifier};

/// How the connection to a mail server is kept from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// Begun in clear, then TLS before anything is said (RFC 3207). A server that does not offer it
    /// gets no mail.
    Starttls,
    /// TLS from the start (RFC 8314 §3.3).
    Tls,
    /// None: for a server on this machine.
    Plain,
}

/// Who gets the mails, and from where.
#[derive(Clone)]
pub struct Settings {
    /// The mail server's name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is kept from others.
    pub security: Security,
    /// Who logs in; empty: nobody.
    pub user: String,
    /// With which password.
    pub password: String,
    /// The sender: `Ibid <ibid@site.example>`.
    pub from: String,
    /// The receivers, at least one.
    pub to: Vec<String>,
    /// PEM files of certificates to trust besides the system's.
    pub extra_roots: Vec<PathBuf>,
    /// For one attempt.
    pub limit: Duration,
}

/// Why no mail can be sent that way.
#[derive(Debug, thiserror::Error)]
pub enum EmailError {
    /// An address is none.
    #[error("«{address}» is no mail address; write one such as \"Ibid <ibid@site.example>\"")]
    Address {
        /// What was written.
        address: String,
    },
    /// A file of certificates cannot be used.
    #[error("cannot use the certificates of {}; it must hold PEM", file.display())]
    Certificates {
        /// The file.
        file: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

/// Mails to some people by one server.
pub struct Email {
    settings: Settings,
    from: Mailbox,
    to: Vec<Mailbox>,
    roots: Vec<Certificate>,
}

impl Email {
    /// Reads the addresses and the certificates. Nobody is connected to.
    pub fn new(settings: Settings) -> Result<Self, EmailError> {
        let roots = settings.extra_roots.iter().map(|file| {
            fs::read(file)
                .and_then(|pem| Certificate::from_pem(&pem).map_err(io::Error::other))
                .map_err(|source| EmailError::Certificates {
                    file: file.clone(),
                    source,
                })
        });
        Ok(Self {
            from: mailbox(&settings.from)?,
            to: settings
                .to
                .iter()
                .map(|address| mailbox(address))
                .collect::<Result<_, _>>()?,
            roots: roots.collect::<Result<_, _>>()?,
            settings,
        })
    }

    async fn hand_over(&self, message: &Message) -> Result<(), NotDelivered> {
        let failed = |doing: &str, why: &dyn std::error::Error| {
            let server = &self.settings.host;
            NotDelivered::for_now(format!("{doing} {server}: {why}"))
        };
        let mail = self
            .written(message)
            .map_err(|why| failed("writing a mail for", &why))?;
        let settings = &self.settings;
        let us = ClientId::Domain(self.from.email.domain().to_owned());
        let (at_once, later) = match settings.security {
            Security::Plain => (None, None),
            Security::Tls => (Some(self.tls()), None),
            Security::Starttls => (None, Some(self.tls())),
        };
        let at_once = at_once
            .transpose()
            .map_err(|why| failed("TLS with", &why))?;
        let later = later.transpose().map_err(|why| failed("TLS with", &why))?;
        let server = (settings.host.as_str(), settings.port);
        let connected =
            AsyncSmtpConnection::connect_tokio1(server, Some(settings.limit), &us, at_once, None);
        let mut connection = connected
            .await
            .map_err(|why| failed("connecting to", &why))?;
        if let Some(tls) = later {
            let secured = connection.starttls(tls, &us).await;
            secured.map_err(|why| failed("STARTTLS with", &why))?;
        }
        if !settings.user.is_empty() {
            let credentials = Credentials::new(settings.user.clone(), settings.password.clone());
            let known = connection.auth(DEFAULT_MECHANISMS, &credentials).await;
            known.map_err(|why| failed("logging in at", &why))?;
        }
        let sent = connection.send(mail.envelope(), &mail.formatted()).await;
        sent.map_err(|why| failed("handing a mail to", &why))?;
        // It is taken over. That the goodbye fails is no reason to send it twice.
        connection.abort().await;
        Ok(())
    }

    fn tls(&self) -> Result<TlsParameters, lettre::transport::smtp::Error> {
        let mut tls = TlsParameters::builder(self.settings.host.clone());
        for root in &self.roots {
            tls = tls.add_root_certificate(root.clone());
        }
        tls.build()
    }

    fn written(&self, message: &Message) -> Result<lettre::Message, lettre::error::Error> {
        let domain = self.from.email.domain();
        let made_at = u64::try_from(message.made_at.as_unix()).unwrap_or_default();
        let field =
            |name, value: String| HeaderValue::new(HeaderName::new_from_ascii_str(name), value);
        let mut mail = lettre::Message::builder()
            .from(self.from.clone())
            .date(SystemTime::UNIX_EPOCH + Duration::from_secs(made_at))
            .message_id(Some(format!("<{}@{domain}>", message.id)))
            .subject(&message.subject)
            // No out-of-office answers to a machine (RFC 3834 §5), and a handle for filters (RFC 2919).
            .raw_header(field("Auto-Submitted", "auto-generated".to_owned()))
            .raw_header(field("List-Id", format!("Ibid <ibid.{domain}>")));
        for receiver in &self.to {
            mail = mail.to(receiver.clone());
        }
        mail.multipart(MultiPart::alternative_plain_html(
            message.text.clone(),
            message.html.clone(),
        ))
    }
}

impl Notifier for Email {
    fn send<'a>(&'a self, message: &'a Message, _now: Timestamp) -> Delivery<'a> {
        Box::pin(async move {
            let limit = self.settings.limit;
            match tokio::time::timeout(limit, self.hand_over(message)).await {
                Ok(handed) => handed,
                Err(_) => Err(NotDelivered::for_now(format!(
                    "{} took no mail within {limit:?}",
                    self.settings.host
                ))),
            }
        })
    }
}

/// Whether a text is a mail address, with a name before it or without.
pub fn is_address(text: &str) -> bool {
    mailbox(text).is_ok()
}

fn mailbox(address: &str) -> Result<Mailbox, EmailError> {
    address.parse().map_err(|_| EmailError::Address {
        address: address.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn email(to: &str) -> Result<Email, EmailError> {
        Email::new(Settings {
            host: "mail.site.example".to_owned(),
            port: 587,
            security: Security::Starttls,
            user: String::new(),
            password: String::new(),
            from: "Ibid <ibid@site.example>".to_owned(),
            to: vec![to.to_owned()],
            extra_roots: Vec::new(),
            limit: Duration::from_secs(30),
        })
    }

    #[test]
    fn a_mail_has_both_texts_and_is_known_again() {
        let message = Message {
            id: "3f2a".to_owned(),
            made_at: "2026-11-24T06:00:00Z".parse().unwrap(),
            subject: "1 source dead\r\nBcc: eve@evil.example".to_owned(),
            text: "press.example is gone".to_owned(),
            html: "<p>press.example is gone</p>".to_owned(),
            json: String::new(),
        };
        let email = email("Anna <anna@site.example>").unwrap();
        let mail = String::from_utf8(email.written(&message).unwrap().formatted()).unwrap();
        let (head, body) = mail.split_once("\r\n\r\n").unwrap();
        for field in [
            "From: Ibid <ibid@site.example>",
            "To: Anna <anna@site.example>",
            "Date: Tue, 24 Nov 2026 06:00:00 +0000",
            "Message-ID: <3f2a@site.example>",
            "Auto-Submitted: auto-generated",
            "List-Id: Ibid <ibid.site.example>",
            "Content-Type: multipart/alternative;",
        ] {
            assert!(head.contains(field), "{field}\n{head}");
        }
        assert!(!head.lines().any(|line| line.starts_with("Bcc")), "{head}");
        assert!(body.contains("text/plain") && body.contains("text/html"));
    }

    #[test]
    fn an_address_that_is_none_is_refused_by_its_words() {
        let refused = email("anna").err().unwrap().to_string();
        assert!(refused.contains("«anna»"), "{refused}");
    }
}
