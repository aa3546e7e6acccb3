use std::sync::{Arc, Mutex};
use std::time::Duration;

use ibid::app::wiring;
use ibid::cli::check::runtime;
use ibid::scheduler::tick::{Setup, Tick, Until};
use ibid::workflow::check::{Step, Watch, take_up};
use tokio::sync::{Notify, watch};

use super::story;
use crate::support::house::{Ibid, article};
use crate::support::raw::{RawServer, Step as Reply};
use crate::support::site::Site;

const SMALL: usize = 200;
const OF_HUGE: usize = 5_000;

#[test]
fn a_huge_host_and_one_that_hangs_hold_up_none_of_two_hundred_small_ones() {
    let site = Site::start();
    let silent = RawServer::start(vec![vec![Reply::Read, Reply::Hold]]);
    let names: Vec<String> = (0..SMALL).map(|at| format!("s{at}.example")).collect();
    let mut hosts: Vec<&str> = names.iter().map(String::as_str).collect();
    hosts.push("huge.example");
    let mut house = Ibid::on(&site, &hosts);
    house.route("silent.example", silent.address());
    house.config.check.workers = 8;
    // The huge and the silent one are cited first, and so are first in every queue.
    let mut urls: Vec<String> = (0..OF_HUGE)
        .map(|at| format!("http://huge.example/{at}"))
        .collect();
    urls.extend((0..50).map(|at| format!("http://silent.example/{at}")));
    urls.extend(names.iter().map(|name| format!("http://{name}/0")));
    for at in 0..64 {
        let _ = site.page(&format!("/{at}")).says(&story("water"));
    }
    let cited: Vec<_> = urls
        .iter()
        .map(|url| (url.as_str(), "2020/11/24"))
        .collect();
    house.writes("article.txt", &article(&cited));

    let visited: Arc<Mutex<Vec<String>>> = Arc::default();
    let (stop, stopped) = watch::channel(false);
    let seen = Arc::clone(&visited);
    let watch: Watch = Arc::new(move |step| {
        if let Step::Visited { url, .. } = step {
            let mut seen = seen.lock().unwrap();
            seen.push(url.host().to_owned());
            let small = seen.iter().filter(|host| host.starts_with('s')).count();
            if small == SMALL {
                stop.send_replace(true);
            }
        }
    });
    runtime().unwrap().block_on(async {
        let (tools, _) = wiring::open(&house.config, house.clock()).unwrap();
        take_up(&tools, &[house.texts()]).await.unwrap();
        let settings = wiring::lease_settings(&house.config).unwrap();
        let lane = settings.lane;
        let setup = Setup {
            tools: tools.clone(),
            settings,
        };
        let (setup, current) = watch::channel(setup);
        let mut tick = Tick::open(current, Arc::new(Notify::new()), stopped, watch)
            .await
            .unwrap();
        tick.run(Until::Stopped).await;

        let visited = std::mem::take(&mut *visited.lock().unwrap());
        let of = |host: &str| visited.iter().filter(|it| *it == host).count();
        let huge = of("huge.example");
        // Its first turn, and the next one, for which it queued up behind those that waited already.
        assert!(
            huge >= 1 && huge <= 2 * lane as usize,
            "{huge} visits to the huge host"
        );
        assert_eq!(of("silent.example"), 0);
        let leased = tools.catalog.due_summary(house.now()).unwrap().leased;
        assert!(leased >= u64::from(lane), "the silent host costs its lane");
        // The silent one is broken off.
        tick.end(Duration::from_secs(2)).await;
        drop(setup);
        let archive = Arc::into_inner(tools.archive).expect("somebody works still");
        archive.close().await.unwrap();
    });
}
