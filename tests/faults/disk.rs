use std::fs;
use std::path::PathBuf;
use std::process::Command;

use ibid::archive::space::free_bytes;
use ibid::model::verdict::State;

use super::{Desk, SOURCES, fill, page, throw};

/// A file system of a few MiB under an archive.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// `None` where this user may not mount.
    fn under(desk: &Desk, mib: u64) -> Option<Self> {
        let at = desk.root();
        fs::create_dir_all(&at).unwrap();
        let size = format!("size={mib}m");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(&at)
            .output()
            .is_ok_and(|it| it.status.success());
        if !mounted {
            println!("not tried: this user may not mount a small file system");
        }
        mounted.then_some(Self(at))
    }

    /// Leaves so many bytes free.
    fn leave(&self, bytes: u64) {
        let free = free_bytes(&self.0).unwrap();
        fill(&self.ballast(), free.saturating_sub(bytes));
    }

    fn is_freed(&self) {
        fs::remove_file(self.ballast()).unwrap();
    }

    fn ballast(&self) -> PathBuf {
        self.0.join("ballast")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// Settings of `[archive]`, before all others.
fn with_least_free(desk: &Desk, least: &str) {
    desk.down(0);
    let file = desk.folder.path().join("ibid.toml");
    let settings = fs::read_to_string(&file).unwrap();
    fs::write(
        &file,
        format!("[archive]\nmin_free = \"{least}\"\n{settings}"),
    )
    .unwrap();
}

#[test]
fn a_disk_that_fills_up_is_one_alert_and_verdicts_go_on() {
    let desk = Desk::new();
    let Some(disk) = SmallDisk::under(&desk, 24) else {
        return;
    };
    with_least_free(&desk, "8 MiB");
    desk.edit(0);
    let service = desk.serve();
    desk.wait_for("ibid_running", 1);
    desk.wait_until_done();
    let before = desk.rows_read_back();
    assert_eq!(before.len(), SOURCES);
    let checks = || desk.catalog().counts().unwrap().checks;
    let checked = checks();

    disk.leave(6 << 20);
    for at in 0..SOURCES / 2 {
        let _ = desk.site.page(&format!("/{at}")).says(&page(1, at));
    }
    desk.make_all_due();
    service.signal("HUP");
    desk.wait_for("ibid_disk_nearly_full", 1);
    desk.wait_until_done();
    assert_eq!(
        desk.states(),
        [State::Ok; SOURCES],
        "what is new is not judged"
    );
    let judged = checks() - checked;
    assert_eq!(
        judged,
        (SOURCES - SOURCES / 2) as u64,
        "what is as it was is"
    );
    for _ in 0..3 {
        service.signal("HUP");
        desk.wait("one alert", || desk.alerts().len() == 1);
    }

    disk.is_freed();
    desk.make_all_due();
    service.signal("HUP");
    desk.wait_for("ibid_disk_nearly_full", 0);
    desk.wait_until_done();
    service.signal("HUP");
    desk.wait("the alert is over", || desk.alerts().len() == 2);
    assert_eq!(service.stop(), Some(0));

    let alerts = desk.alerts();
    let alerts: Vec<_> = alerts
        .iter()
        .map(|it| (it.kind.as_str(), it.is_over))
        .collect();
    assert_eq!(alerts, [("disk", false), ("disk", true)]);
    let changed = desk.states().into_iter().filter(|it| *it == State::Changed);
    assert_eq!(changed.count(), SOURCES / 2);
    assert!(before.is_subset(&desk.rows_read_back()));
    desk.all_holds();
}

#[test]
fn a_disk_that_is_full_to_the_last_byte_breaks_nothing() {
    let desk = Desk::new();
    let Some(disk) = SmallDisk::under(&desk, 16) else {
        return;
    };
    with_least_free(&desk, "0 B");
    desk.edit(0);
    let service = desk.serve();
    desk.wait_for("ibid_running", 1);
    desk.wait_until_done();
    let before = desk.rows_read_back();

    let asked = desk.site.requests();
    let mut dice = 3;
    for at in 0..SOURCES {
        let numbers: Vec<_> = (0..20_000)
            .map(|_| throw(&mut dice, 1 << 20).to_string())
            .collect();
        let long = format!("{}<!-- {} -->", page(1, at), numbers.join(" "));
        let _ = desk.site.page(&format!("/{at}")).says(&long);
    }
    desk.make_all_due();
    disk.leave(300 << 10);
    service.signal("HUP");
    desk.wait("it is asked for", || desk.site.requests() > asked);
    desk.wait_for("ibid_trouble", 1);
    // To the last byte: not even the catalog can write now.
    fill(&disk.0.join("more"), 16 << 20);
    service.signal("HUP");
    let now = desk.rows_read_back();
    assert!(before.is_subset(&now));
    assert_eq!(desk.metric("ibid_running"), Some(1));

    disk.is_freed();
    fs::remove_file(disk.0.join("more")).unwrap();
    desk.wait("it goes on", || {
        let changed = desk.states().into_iter().filter(|it| *it == State::Changed);
        changed.count() == SOURCES
    });
    desk.wait_until_done();
    assert_eq!(service.stop(), Some(0));
    // What was half written when the disk was full is moved aside by the next start.
    let service = desk.serve();
    desk.wait_for("ibid_running", 1);
    assert_eq!(service.stop(), Some(0));
    assert!(now.is_subset(&desk.rows_read_back()));
    desk.all_holds();
}

/// Takes every write to the WARC files, and while the file `sick` is there it refuses to make them durable
/// and forgets what it took since the last time that it did.
const FORGETFUL: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
static struct { ino_t file; off_t durable; } known[64];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int is_warc(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return strstr(path, ".warc.gz.open") != NULL;
}
static int make_durable(int fd, const char *name) {
    int (*real)(int) = dlsym(RTLD_NEXT, name);
    if (!is_warc(fd)) return real(fd);
    struct stat seen;
    fstat(fd, &seen);
    pthread_mutex_lock(&lock);
    int at = 0;
    while (at < 63 && known[at].file != 0 && known[at].file != seen.st_ino) at++;
    int result;
    if (access(getenv("IBID_TEST_SICK"), F_OK) == 0) {
        off_t durable = known[at].file == seen.st_ino ? known[at].durable : 0;
        ftruncate(fd, durable);
        errno = EIO;
        result = -1;
    } else {
        result = real(fd);
        known[at].file = seen.st_ino;
        known[at].durable = seen.st_size;
    }
    pthread_mutex_unlock(&lock);
    return result;
}
int fsync(int fd) { return make_durable(fd, "fsync"); }
int fdatasync(int fd) { return make_durable(fd, "fdatasync"); }
"#;

#[test]
fn what_a_disk_did_not_keep_was_never_acknowledged() {
    let mut desk = Desk::new();
    let at = |name: &str| desk.folder.path().join(name);
    let (source, library, sick) = (at("forgetful.c"), at("forgetful.so"), at("sick"));
    fs::write(&source, FORGETFUL).unwrap();
    let built = Command::new("cc")
        .args(["-shared", "-fPIC", "-o"])
        .args([&library, &source])
        .arg("-ldl")
        .output();
    if !built.is_ok_and(|it| it.status.success()) {
        println!("not tried: there is no C compiler");
        return;
    }
    let variable = |name: &str, path: &PathBuf| (name.to_owned(), path.display().to_string());
    desk.environment = vec![
        variable("LD_PRELOAD", &library),
        variable("IBID_TEST_SICK", &sick),
    ];
    desk.down(0);
    desk.edit(0);
    let mut service = desk.serve();
    for edition in 1..4 {
        desk.wait_for("ibid_running", 1);
        desk.wait_until_done();
        let before = desk.rows_read_back();
        fs::write(&sick, "").unwrap();
        desk.edit(edition);
        desk.make_all_due();
        service.signal("HUP");
        desk.wait_for("ibid_trouble", 1);
        let now = desk.rows_read_back();
        // Each of them was read back just now. A second look of before may have come to its row meanwhile.
        assert!(before.is_subset(&now));
        if edition == 2 {
            // And the machine goes down while its disk is sick.
            service.kill();
            fs::remove_file(&sick).unwrap();
            service = desk.serve();
        } else {
            fs::remove_file(&sick).unwrap();
        }
        desk.wait("it goes on", || {
            desk.rows_read_back().len() >= before.len() + SOURCES
        });
        desk.no_event_is_doubled();
    }
    desk.wait_until_done();
    assert_eq!(service.stop(), Some(0));
    let log = desk.log();
    assert!(
        log.contains("could not sync"),
        "the disk was never sick: {log}"
    );
    let states = desk.states();
    assert_eq!(states, [State::Changed; SOURCES]);
    desk.all_holds();
}
