use std::fs;

use super::Desk;
use crate::support::site::Site;

#[test]
fn a_broken_config_is_refused_with_its_line_and_what_holds_can_be_fed_back() {
    let desk = Desk::new();
    assert!(
        desk.ibid(&["config", "check"])
            .out
            .contains("ibid.toml: can be used")
    );
    desk.put("broken.toml", "[net]\nallow = []\npause = \"soon\"\n");
    let broken = desk.ibid(&["config", "check", "--config", "broken.toml"]);
    assert_eq!(broken.code, 2);
    assert!(
        broken.err.contains("broken.toml, line 3, net.pause"),
        "{}",
        broken.err
    );
    desk.put("roots.toml", "[net]\nextra_roots = [\"nowhere.pem\"]\n");
    let roots = desk.ibid(&["config", "check", "--config", "roots.toml"]);
    assert_eq!(roots.code, 2);
    assert!(roots.err.contains("nowhere.pem"), "{}", roots.err);

    let dump = desk.ibid(&["config", "dump"]);
    assert!(dump.out.contains("pause = \"0s\""), "{}", dump.out);
    desk.put("dump.toml", &dump.out);
    let again = desk.ibid(&["config", "dump", "--config", "dump.toml"]);
    assert_eq!(again.out, dump.out);
    let manual = desk.ibid(&["config", "manual"]);
    assert_eq!(manual.out, include_str!("../../config/ibid.toml"));
}

#[test]
fn a_backup_is_an_archive_that_takes_over() {
    let desk = Desk::new();
    let site = Site::start();
    let page = |text: &str| format!("<title>T</title><h1>A river</h1><p>{text}</p>");
    site.page("/a")
        .says(&page("The water rose in the night and fell again by noon."));
    desk.put(
        "text.txt",
        &format!(
            "Notes\n\n[1] A. Writer, Available at: {} (Accessed 2020/11/24)\n",
            site.url("/a")
        ),
    );
    desk.ibid(&["check", "text.txt"]);
    let first = desk.ibid(&["backup", "copy"]);
    assert_eq!(first.code, 0, "{first:?}");
    assert!(
        first.out.contains("the catalog and 1 WARC file copied"),
        "{}",
        first.out
    );

    site.page("/a").says(&page("The water stood for a week."));
    desk.ibid(&["check", "text.txt"]);
    let second = desk.ibid(&["backup", "copy"]);
    assert!(second.out.contains("1 WARC file copied"), "{}", second.out);
    assert!(
        second.out.contains("; 1 were there already"),
        "{}",
        second.out
    );

    // The disk is lost; the copy takes its place.
    let report = desk.ibid(&["report", "--format", "jsonl"]);
    fs::remove_dir_all(desk.path().join("archive")).unwrap();
    fs::rename(desk.path().join("copy"), desk.path().join("archive")).unwrap();
    let verified = desk.ibid(&["archive", "verify"]);
    assert_eq!(verified.code, 0, "{verified:?}");
    assert_eq!(desk.ibid(&["report", "--format", "jsonl"]).out, report.out);
    let checked = desk.ibid(&["check", "text.txt"]);
    assert!(!checked.err.contains("cut off"), "{}", checked.err);
}

#[test]
fn a_backup_keeps_what_is_whole_in_it_and_takes_nothing_damaged() {
    let desk = Desk::new();
    let site = Site::start();
    site.page("/a")
        .says("<h1>A river</h1><p>The water rose in the night.</p>");
    desk.put(
        "text.txt",
        &format!("See {} (Accessed 2020/11/24)\n", site.url("/a")),
    );
    desk.ibid(&["check", "text.txt"]);
    desk.ibid(&["backup", "good"]);
    let folder = desk.path().join("archive/warc");
    let file = fs::read_dir(&folder)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&file, bytes).unwrap();

    let later = desk.ibid(&["backup", "good"]);
    assert_eq!(later.code, 0, "{later:?}");
    assert_eq!(
        desk.ibid(&["archive", "verify", "--archive", "good"]).code,
        0
    );
    let fresh = desk.ibid(&["backup", "fresh"]);
    assert_eq!(fresh.code, 1);
    assert!(
        fresh.out.contains("is damaged and was not copied"),
        "{}",
        fresh.out
    );
}

#[test]
fn a_backup_goes_nowhere_that_holds_something_else() {
    let desk = Desk::new();
    let site = Site::start();
    site.page("/a").says("<p>The water rose in the night.</p>");
    desk.put(
        "text.txt",
        &format!("See {} (Accessed 2020/11/24)\n", site.url("/a")),
    );
    let none = desk.ibid(&["backup", "copy"]);
    assert_eq!(none.code, 2);
    assert!(none.err.contains("there is no archive"), "{}", none.err);
    desk.ibid(&["check", "text.txt"]);
    let inside = desk.ibid(&["backup", "archive/copy"]);
    assert_eq!(inside.code, 2);
    assert!(
        inside.err.contains("lies in the archive itself"),
        "{}",
        inside.err
    );
    desk.put("papers/will.txt", "To my nephew.");
    let other = desk.ibid(&["backup", "papers"]);
    assert_eq!(other.code, 2);
    assert!(other.err.contains("holds something else"), "{}", other.err);
}

#[test]
fn completions_and_manual_pages_come_from_the_command_line_itself() {
    let desk = Desk::new();
    for shell in ["bash", "zsh", "fish"] {
        let script = desk.ibid(&["completions", shell]);
        assert_eq!(script.code, 0);
        assert!(script.out.contains("reindex"), "{shell}: {}", script.out);
    }
    assert_eq!(desk.ibid(&["man", "pages"]).code, 0);
    let page = fs::read_to_string(desk.path().join("pages/ibid-check.1")).unwrap();
    assert!(page.contains(".TH"), "{page}");
}
