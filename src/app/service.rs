//! The background service: opened, run until it is told to stop, and closed.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, Notify, watch};
use tokio::task::{JoinHandle, JoinSet};

use crate::app::config::Config;
use crate::app::telling as channels;
use crate::app::{supervisor, wiring};
use crate::scheduler::tick::{Setup, Tick, Until};
use crate::scheduler::{completing, keeping, places, tallying, telling};
use crate::web::desk::{self, Desk};
use crate::web::memento::replay;
use crate::web::status::{self, Told};
use crate::workflow::accounts;
use crate::workflow::audit;
use crate::workflow::check::{self, Step, Watch};
use crate::workflow::tools::{Clock, Tools};

/// What is served.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The file of settings, where one was named.
    pub config: Option<PathBuf>,
    /// The archive's folder, where one was named.
    pub archive: Option<PathBuf>,
    /// Documents, and folders of them.
    pub paths: Vec<PathBuf>,
}

/// What a service is told from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Read the configuration and the documents again.
    Reload,
    /// Stop; told twice, at once.
    Stop,
}

/// An open service.
pub struct Service {
    plan: Plan,
    config: Config,
    tools: Tools,
    setup: watch::Sender<Setup>,
    wake: Arc<Notify>,
    stop: watch::Sender<bool>,
    ticking: Option<JoinHandle<Tick>>,
    beside: Beside,
    listening: Option<Listening>,
    /// Readings of the documents that were ordered, one after the other.
    readings: JoinSet<()>,
    one_reading: Arc<Mutex<()>>,
}

impl Service {
    /// Opens everything, and begins to work.
    pub async fn open(plan: Plan, clock: Clock) -> anyhow::Result<Self> {
        let config = wiring::configure(plan.config.as_deref(), plan.archive.as_deref())?;
        let (tools, mended) = wiring::open(&config, clock)?;
        let noted = audit::take_in(tools.catalog.as_ref(), wiring::shelf(&config), &mended)?;
        for words in noted {
            tracing::warn!("{words}");
        }
        // Nobody else has the archive open: what is on lease was left by a run that was cut off.
        let cut_off = tools.catalog.end_leases((tools.clock)())?;
        if cut_off > 0 {
            tracing::warn!(
                "an earlier run was cut off at {cut_off} sources; they are visited again"
            );
        }
        read_documents(&tools, &plan.paths).await?;
        let (stop, stopped) = watch::channel(false);
        let listening = Listening::begin(&config, &tools).await?;
        let (setup, current) = watch::channel(Setup {
            tools: tools.clone(),
            settings: wiring::lease_settings(&config)?,
        });
        let wake = Arc::new(Notify::new());
        let beside = Beside::begin(&tools, &config, &wake)?;
        let watch: Watch = Arc::new(log);
        let mut tick = Tick::open(current, Arc::clone(&wake), stopped, watch).await?;
        let ticking = tokio::spawn(async move {
            tick.run(Until::Stopped).await;
            tick
        });
        tools.vitals.change(|condition| condition.is_running = true);
        Ok(Self {
            plan,
            config,
            tools,
            setup,
            wake,
            stop,
            ticking: Some(ticking),
            beside,
            listening,
            readings: JoinSet::new(),
            one_reading: Arc::default(),
        })
    }

    /// Works until it is told to stop. `orders` gives the next order each time.
    pub async fn run(&mut self, mut orders: impl AsyncFnMut() -> Order) -> anyhow::Result<()> {
        let watchdog = supervisor::watchdog();
        supervisor::ready();
        tracing::info!("at work");
        loop {
            tokio::select! {
                order = orders() => match order {
                    Order::Stop => return Ok(()),
                    Order::Reload => self.reload().await,
                },
                () = ended(&mut self.ticking) => {
                    anyhow::bail!("the schedule broke down; a fault in Ibid")
                }
                () = tokio::time::sleep(watchdog.unwrap_or_default()), if watchdog.is_some() => {
                    let idle = (self.tools.clock)().seconds_since(self.tools.vitals.ticked_at());
                    if idle < status::STALLED_AFTER_SECONDS {
                        supervisor::alive();
                    }
                }
            }
        }
    }

    /// Reads the configuration again. One that cannot be used is refused, and the one before stays.
    async fn reload(&mut self) {
        supervisor::reloading();
        match self.read_again().await {
            Ok(config) => {
                let old = std::mem::replace(&mut self.config, config);
                if old.archive != self.config.archive
                    || old.service.listen != self.config.service.listen
                    || old.desk.replay_listen != self.config.desk.replay_listen
                {
                    tracing::warn!(
                        "[archive], service.listen and desk.replay_listen hold from the next start"
                    );
                }
                tracing::info!("the configuration was read again");
            }
            Err(why) => {
                tracing::error!("the configuration is refused, and the one before stays: {why:#}");
            }
        }
        self.wake.notify_one();
        self.begin_to_read();
        supervisor::ready();
    }

    /// Reads the documents again beside all else: many take long, and the supervisor is to hear that we
    /// live meanwhile.
    fn begin_to_read(&mut self) {
        while self.readings.try_join_next().is_some() {}
        let (tools, paths) = (self.tools.clone(), self.plan.paths.clone());
        let (wake, one) = (Arc::clone(&self.wake), Arc::clone(&self.one_reading));
        self.readings.spawn(async move {
            let _turn = one.lock().await;
            match read_documents(&tools, &paths).await {
                Ok(()) => wake.notify_one(),
                Err(why) => tracing::error!("the documents cannot be read again: {why:#}"),
            }
        });
    }

    async fn read_again(&mut self) -> anyhow::Result<Config> {
        let Plan {
            config, archive, ..
        } = &self.plan;
        let config = wiring::configure(config.as_deref(), archive.as_deref())?;
        let tools = wiring::reopen(&config, &self.tools)?;
        let settings = wiring::lease_settings(&config)?;
        let beside = Beside::begin(&tools, &config, &self.wake)?;
        std::mem::replace(&mut self.beside, beside).end().await;
        self.tools = tools;
        if let Some(listening) = &self.listening {
            let settings = desk_settings(&config, listening.replay_port)?;
            listening.desk.renew(self.tools.clone(), settings);
        }
        self.setup.send_replace(Setup {
            tools: self.tools.clone(),
            settings,
        });
        Ok(config)
    }

    /// Lets running visits end, hands back what is left, and seals the archive.
    pub async fn close(mut self) -> anyhow::Result<()> {
        let within = self.config.service.stop_within;
        tracing::info!(
            "stopping; running visits have {} seconds to end",
            within.as_secs()
        );
        supervisor::stopping();
        self.tools
            .vitals
            .change(|condition| condition.is_running = false);
        self.readings.shutdown().await;
        self.beside.end().await;
        self.stop.send_replace(true);
        let is_clean = match self.ticking {
            Some(ticking) => {
                let tick = ticking.await.context("the schedule broke down")?;
                tick.end(within).await
            }
            None => false,
        };
        if let Some(listening) = self.listening {
            listening.end().await;
        }
        drop(self.setup);
        let (catalog, archive) = (self.tools.catalog, self.tools.archive);
        // A visit that was broken off while it was judged still has it open: it is sealed at the next
        // start.
        if let Some(archive) = Arc::into_inner(archive) {
            archive.close().await?;
            if is_clean {
                audit::all_is_known(catalog.as_ref(), &self.config.archive.dir)?;
            }
        } else {
            tracing::warn!("visits were broken off; their sources are visited again");
        }
        tracing::info!("stopped");
        Ok(())
    }
}

/// What goes on beside the visits, by the settings of now: places are read, people are told, what is
/// kept is read again.
struct Beside {
    stop: watch::Sender<bool>,
    reading: JoinHandle<()>,
    telling: JoinHandle<()>,
    keeping: JoinHandle<()>,
    tallying: JoinHandle<()>,
    completing: JoinHandle<()>,
}

impl Beside {
    /// Begins to read the places that are configured, each when it is due, and to tell what turned.
    fn begin(tools: &Tools, config: &Config, wake: &Arc<Notify>) -> anyhow::Result<Self> {
        let places = wiring::places(config)?;
        let teller = Arc::new(channels::teller(config, &tools.door)?);
        let (stop, stopped) = watch::channel(false);
        let reading = places::run(tools.clone(), places, Arc::clone(wake), stopped.clone());
        let telling = telling::run(tools.clone(), teller, stopped.clone());
        let pruning = wiring::pruning(config)?;
        let kept = wiring::keeping(config);
        let keeping = keeping::run(tools.clone(), kept, pruning, stopped.clone());
        let tallying = tallying::run(tools.clone(), stopped.clone());
        let needed = wiring::requisites(config);
        let quiet = wiring::lease_settings(config)?.quiet;
        let completing = completing::run(tools.clone(), needed, quiet, stopped);
        Ok(Self {
            stop,
            reading: tokio::spawn(reading),
            telling: tokio::spawn(telling),
            keeping: tokio::spawn(keeping),
            tallying: tokio::spawn(tallying),
            completing: tokio::spawn(completing),
        })
    }

    /// Breaks off what is being read or sent; that is done again by who comes after.
    async fn end(self) {
        self.stop.send_replace(true);
        let tasks = [
            ("reading places", self.reading),
            ("telling", self.telling),
            ("keeping", self.keeping),
            ("counting", self.tallying),
            ("taking what pages need", self.completing),
        ];
        for (what, task) in tasks {
            if let Err(why) = task.await {
                tracing::error!("{what} broke down, a fault in Ibid: {why}");
            }
        }
    }
}

/// Waits for the end of a task, and takes it away.
async fn ended<T>(task: &mut Option<JoinHandle<T>>) {
    match task {
        Some(running) => {
            // Whatever it ended with, it should not have.
            let _ = running.await;
            *task = None;
        }
        None => std::future::pending().await,
    }
}

async fn read_documents(tools: &Tools, paths: &[PathBuf]) -> anyhow::Result<()> {
    if !paths.is_empty() {
        for why in check::take_up(tools, paths).await? {
            tracing::warn!("{why}");
        }
    }
    Ok(())
}

/// What answers over HTTP.
struct Listening {
    desk: Desk,
    stop: watch::Sender<bool>,
    serving: JoinHandle<()>,
    replaying: Option<JoinHandle<()>>,
    /// The port at which replays are.
    replay_port: Option<u16>,
}

impl Listening {
    async fn begin(config: &Config, tools: &Tools) -> anyhow::Result<Option<Self>> {
        let address = config.service.listen.as_str();
        if address.is_empty() {
            return Ok(None);
        }
        let listener = listen(address, "service.listen").await?;
        let replays = match config.desk.replay_listen.as_str() {
            "" => None,
            address => Some(listen(address, "desk.replay_listen").await?),
        };
        let address = listener.local_addr()?;
        tracing::info!("answering at http://{address}/");
        let now = (tools.clock)();
        let first = tools
            .on_catalog(move |catalog| accounts::add_first(catalog, now))
            .await?;
        if let Some((name, secret)) = first {
            say_once(name, &secret, address);
        }
        let replay_port = match &replays {
            Some(listener) => Some(listener.local_addr()?.port()),
            None => None,
        };
        let desk = Desk::new(tools.clone(), desk_settings(config, replay_port)?);
        let routes = status::routes(Told {
            catalog: Arc::clone(&tools.catalog),
            vitals: Arc::clone(&tools.vitals),
            clock: Arc::clone(&tools.clock),
        })
        .merge(desk::routes(&desk))
        .into_make_service_with_connect_info::<SocketAddr>();
        let (stop, stopped) = watch::channel(false);
        let replaying = replays.map(|listener| {
            let routes = replay::routes(&desk).into_make_service();
            let serve = axum::serve(listener, routes);
            let serve = serve.with_graceful_shutdown(until(stopped.clone()));
            tokio::spawn(served(serve.into_future()))
        });
        let serve = axum::serve(listener, routes).with_graceful_shutdown(until(stopped));
        let serving = tokio::spawn(served(serve.into_future()));
        Ok(Some(Self {
            desk,
            stop,
            serving,
            replaying,
            replay_port,
        }))
    }

    /// Lets answers under way end, but not for long; nobody holds the archive then.
    async fn end(self) {
        const PATIENCE: Duration = Duration::from_secs(2);
        self.desk.close();
        self.stop.send_replace(true);
        for serving in [Some(self.serving), self.replaying].into_iter().flatten() {
            if tokio::time::timeout(PATIENCE, serving).await.is_err() {
                tracing::debug!("somebody keeps a connection open; it is broken off");
            }
        }
    }
}

/// How the desk is set, with the port at which replays are, whatever is written by now.
fn desk_settings(config: &Config, replay_port: Option<u16>) -> anyhow::Result<desk::Settings> {
    let mut settings = wiring::desk(config)?;
    settings.replay = replay_port.map(|port| replay::Origin {
        configured: settings.replay.map(|it| it.configured).unwrap_or_default(),
        port,
    });
    Ok(settings)
}

async fn listen(address: &str, key: &str) -> anyhow::Result<TcpListener> {
    let listener = TcpListener::bind(address).await;
    listener.with_context(|| {
        format!("cannot listen at {address}; set {key} to an address that is free")
    })
}

/// Until it is stopped, or nobody is left to stop it.
async fn until(mut stopped: watch::Receiver<bool>) {
    let _ = stopped.wait_for(|is_stopped| *is_stopped).await;
}

async fn served(serve: impl Future<Output = std::io::Result<()>>) {
    if let Err(why) = serve.await {
        tracing::error!("nothing is answered over HTTP any more: {why}");
    }
}

/// The first secret is on standard output alone, and nowhere kept.
fn say_once(name: &str, secret: &str, address: SocketAddr) {
    let words = format!(
        "This archive has no account yet. Sign in at http://{address}/ within a week, as\n\n    \
         name      {name}\n    password  {secret}\n\nand choose a password of your own. It is not \
         shown again; `ibid account reset {name}` makes another.\n"
    );
    if let Err(why) = std::io::stdout().write_all(words.as_bytes()) {
        tracing::error!(
            "the first password cannot be said; `ibid account reset {name}` makes another: {why}"
        );
    }
}

fn log(step: &Step<'_>) {
    match step {
        Step::Sources(_) => {}
        Step::Visited { url, outcome } => tracing::debug!(source.url = %url, "{outcome}"),
        Step::Noted(words) => tracing::warn!("{words}"),
    }
}
