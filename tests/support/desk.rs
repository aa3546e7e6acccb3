//! The desk, served on loopback, and people who ask it: real sockets, a real client.
//!
//! ```ignore
//! let desk = OpenDesk::on(house);
//! let anna = desk.account("anna", Role::Reader, &[]);      // signed in
//! assert_eq!(anna.get("/").status, 200);
//! anna.post("/sign-out", &[]);                             // with the token of a page
//! ```

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use ibid::app::wiring;
use ibid::catalog::accounts::{NewAccount, Role};
use ibid::cli::check::runtime;
use ibid::web::desk::{self, Desk};
use ibid::web::memento::replay;
use ibid::workflow::accounts;
use ibid::workflow::overview;
use ibid::workflow::tools::Tools;
use reqwest::header::{COOKIE, HeaderMap, SET_COOKIE};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::support::house::Ibid;

/// What everybody's password is.
pub(crate) const SECRET: &str = "correct horse battery";

/// A house whose desk is open. It ends with it.
pub(crate) struct OpenDesk {
    /// The house.
    pub(crate) house: Ibid,
    /// What it works with.
    pub(crate) tools: Tools,
    /// Where the desk is.
    pub(crate) address: SocketAddr,
    /// Where replays are.
    pub(crate) replays: SocketAddr,
    client: reqwest::Client,
    runtime: Arc<Runtime>,
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answered {
    /// A field, or nothing.
    pub(crate) fn field(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().unwrap())
    }
}

/// A browser without eyes: it keeps cookies, and takes the token of forms from the page it is on.
pub(crate) struct Person<'a> {
    desk: &'a OpenDesk,
    cookies: Mutex<BTreeMap<String, String>>,
}

impl OpenDesk {
    /// Opens it.
    pub(crate) fn on(mut house: Ibid) -> Self {
        let runtime = Arc::new(runtime().unwrap());
        let (tools, address, replays) = runtime.block_on(async {
            let replaying = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let replays = replaying.local_addr().unwrap();
            house.config.desk.replay_listen = replays.to_string();
            let (tools, _) = wiring::open(&house.config, house.clock()).unwrap();
            let desk = Desk::new(tools.clone(), wiring::desk(&house.config).unwrap());
            let routes = desk::routes(&desk).into_make_service_with_connect_info::<SocketAddr>();
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            tokio::spawn(async move { axum::serve(listener, routes).await });
            let routes = replay::routes(&desk).into_make_service();
            tokio::spawn(async move { axum::serve(replaying, routes).await });
            (tools, address, replays)
        });
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tools.door.tls_config())
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        Self {
            house,
            tools,
            address,
            replays,
            client,
            runtime,
        }
    }

    /// Closes it, and lets go of the house's archive.
    pub(crate) fn ends(self) -> Ibid {
        let Self {
            house,
            tools,
            runtime,
            client,
            ..
        } = self;
        drop(client);
        let serving = Arc::into_inner(runtime).unwrap();
        serving.shutdown_timeout(std::time::Duration::from_secs(5));
        let archive = Arc::clone(&tools.archive);
        drop(tools);
        if let Some(archive) = Arc::into_inner(archive) {
            let closing = self::runtime().unwrap();
            closing.block_on(archive.close()).unwrap();
        }
        house
    }

    /// Everything is counted for the overview.
    pub(crate) fn counts(&self) {
        let counted = self.runtime.block_on(overview::count(&self.tools, None));
        counted.unwrap();
    }

    /// Somebody without an account.
    pub(crate) fn stranger(&self) -> Person<'_> {
        Person {
            desk: self,
            cookies: Mutex::default(),
        }
    }

    /// Makes an account whose password is [`SECRET`].
    pub(crate) fn make_account(&self, name: &str, role: Role, collections: &[&str]) {
        let new = NewAccount {
            name: name.to_owned(),
            role,
            collections: collections.iter().map(|it| (*it).to_owned()).collect(),
            secret: accounts::hash(SECRET),
            secret_ends_at: None,
        };
        let made = self.tools.catalog.add_account(&new, self.house.now());
        assert!(made.unwrap().is_some(), "{name} is there already");
    }

    /// Somebody with a new account, signed in.
    pub(crate) fn account(&self, name: &str, role: Role, collections: &[&str]) -> Person<'_> {
        self.make_account(name, role, collections);
        self.sign_in(name)
    }

    /// Somebody whose password is [`SECRET`], signed in by the form.
    pub(crate) fn sign_in(&self, name: &str) -> Person<'_> {
        let person = self.stranger();
        person.get("/sign-in");
        let answer = person.post("/sign-in", &[("name", name), ("secret", SECRET)]);
        assert_eq!(answer.status, 303, "{}", answer.body);
        person
    }

    /// One request, as it is.
    pub(crate) fn ask(
        &self,
        method: &str,
        path: &str,
        fields: &[(&str, &str)],
        body: String,
    ) -> Answered {
        self.ask_at(
            &format!("http://{}{path}", self.address),
            method,
            fields,
            body,
        )
    }

    /// The same, at any address.
    pub(crate) fn ask_at(
        &self,
        url: &str,
        method: &str,
        fields: &[(&str, &str)],
        body: String,
    ) -> Answered {
        let mut request = self.client.request(method.parse().unwrap(), url).body(body);
        for (name, value) in fields {
            request = request.header(*name, *value);
        }
        self.runtime.block_on(async {
            let response = request.send().await.unwrap();
            Answered {
                status: response.status().as_u16(),
                headers: response.headers().clone(),
                body: response.text().await.unwrap(),
            }
        })
    }
}

impl Person<'_> {
    /// A page.
    pub(crate) fn get(&self, path: &str) -> Answered {
        self.sends("GET", path, &[], String::new())
    }

    /// A form, with the token that a page of theirs has.
    pub(crate) fn post(&self, path: &str, form: &[(&str, &str)]) -> Answered {
        let token = self.token();
        let mut form = form.to_vec();
        form.push(("token", &token));
        self.post_without_token(path, &form)
    }

    /// A form as it is.
    pub(crate) fn post_without_token(&self, path: &str, form: &[(&str, &str)]) -> Answered {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let fields = [("content-type", "application/x-www-form-urlencoded")];
        self.sends("POST", path, &fields, body)
    }

    /// A request with their cookies, as a browser that wants a page.
    pub(crate) fn sends(
        &self,
        method: &str,
        path: &str,
        fields: &[(&str, &str)],
        body: String,
    ) -> Answered {
        let cookies = self.cookies();
        let mut all = vec![("accept", "text/html"), (COOKIE.as_str(), cookies.as_str())];
        all.extend(fields);
        let answer = self.desk.ask(method, path, &all, body);
        let mut kept = self.cookies.lock().unwrap();
        for cookie in answer.headers.get_all(SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let (pair, rest) = cookie.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if rest.contains("Max-Age=0") {
                kept.remove(name);
            } else {
                kept.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    /// What they hold, as the field that is sent.
    pub(crate) fn cookies(&self) -> String {
        let kept = self.cookies.lock().unwrap();
        let pairs = kept.iter().map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }

    /// Holds another cookie from now on.
    pub(crate) fn holds(&self, name: &str, value: &str) {
        let mut kept = self.cookies.lock().unwrap();
        kept.insert(name.to_owned(), value.to_owned());
    }

    /// The token of the forms on a page that everybody gets.
    pub(crate) fn token(&self) -> String {
        let page = self.get("/sign-in").body;
        let (_, rest) = page.split_once("name=\"token\" value=\"").unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    }
}
