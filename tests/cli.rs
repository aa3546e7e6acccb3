//! The command line as a user meets it: the program itself, run as a process.
#![expect(
    clippy::unwrap_used,
    reason = "clippy knows test functions, not what they call"
)]

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::support::site::{Answer, Site};

/// Settings, backups, completions, manual pages.
mod operating;

/// A folder in which the program is run, with settings that let it visit loopback.
struct Desk {
    folder: TempDir,
}

/// What the program said, and its exit code.
#[derive(Debug)]
struct Said {
    code: i32,
    out: String,
    err: String,
}

impl Desk {
    fn new() -> Self {
        let desk = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        desk.put(
            "ibid.toml",
            "[net]\nallow = [\"127.0.0.0/8\"]\npause = \"0s\"\n[visit]\nretries = 0\n[robots]\npolicy = \"ignore\"\n[canary]\nhosts = []\n[public_archives]\nenabled = false\n",
        );
        desk
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn put(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ibid"));
        command
            .args(arguments)
            .current_dir(self.path())
            .env_remove("RUST_LOG")
            .env_remove("NO_COLOR")
            .stdin(Stdio::null());
        command
    }

    fn ibid(&self, arguments: &[&str]) -> Said {
        Said::from(self.command(arguments).output().unwrap())
    }

    /// Documents of the four formats, each of which cites one page of the site.
    fn write_documents(&self, site: &Site) {
        let url = |path| site.url(path);
        self.put(
            "essays/a.txt",
            &format!(
                "Text.[1]\n\n[1] Press (2020), “One”, Available at: {} (Accessed 2020/11/24)\n",
                url("/one")
            ),
        );
        self.put(
            "essays/b.md",
            &format!("See [two]({}) (accessed 24 November 2020).\n", url("/two")),
        );
        self.put(
            "essays/c.html",
            &format!(
                "<html><body><article><p>See <a href=\"{}\">three</a>.</p></article></body></html>",
                url("/three")
            ),
        );
        self.put(
            "essays/d.bib",
            &format!(
                "@online{{four, title = {{Four}}, url = {{{}}}, urldate = {{2020-11-24}}}}\n",
                url("/four")
            ),
        );
    }
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Said {
    /// It could not run, said so in these words, and gave no result.
    fn refused(&self, words: &[&str]) {
        assert_eq!(self.code, 2, "{self:?}");
        assert_eq!(self.out, "", "{self:?}");
        for word in words {
            assert!(self.err.contains(word), "{word} is not in {self:?}");
        }
        assert!(!self.err.contains("panicked"), "{self:?}");
    }
}

/// A site of four pages: three stand, the second is gone.
fn site() -> Site {
    let site = Site::start();
    let page = |title: &str| {
        format!(
            "<html><head><title>{title}</title></head><body><article><h1>{title}</h1><p>{}</p></article></body></html>",
            "The river rose in the night and the boats were carried down to the bridge. ".repeat(8)
        )
    };
    site.page("/one").says(&page("One"));
    site.page("/two").answers(Answer::status(404));
    site.page("/three").says(&page("Three"));
    site.page("/four").says(&page("Four"));
    site
}

#[test]
fn every_help_reads_like_a_manual_page() {
    let desk = Desk::new();
    for arguments in [
        "--help",
        "extract --help",
        "check --help",
        "serve --help",
        "health --help",
        "report --help",
        "history --help",
        "show --help",
        "why --help",
        "restore --help",
        "tell --help",
        "archive --help",
        "backup --help",
        "config --help",
        "config check --help",
        "config dump --help",
        "completions --help",
        "man --help",
        "archive verify --help",
        "archive prune --help",
        "archive reindex --help",
        "rules --help",
        "schema --help",
        "demo --help",
    ] {
        let said = desk.ibid(&arguments.split(' ').collect::<Vec<_>>());
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{arguments}");
        insta::assert_snapshot!(
            arguments
                .replace(" --", "_")
                .replace("--", "")
                .replace(' ', "_"),
            said.out
        );
    }
}

#[test]
fn a_folder_of_four_formats_is_checked_and_reported_in_every_dress() {
    let (desk, site) = (Desk::new(), site());
    desk.write_documents(&site);
    let said = desk.ibid(&["check", "essays"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(
        said.out.contains("4 citations in 4 documents, 1 flagged."),
        "{said:?}"
    );
    assert!(said.out.contains("dead, 1 of 3 checks"), "{said:?}");
    assert!(!said.out.contains('\u{1b}'), "colours, but no terminal");
    let mut lines: Vec<_> = said.err.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines.len(), 4, "a line a source: {lines:?}");
    assert!(lines[0].starts_with("[1/4] http://127.0.0.1:"), "{lines:?}");
    let gone = format!("{}: answered 404, 0 bytes", site.url("/two"));
    assert!(lines.iter().any(|line| line.ends_with(&gone)), "{lines:?}");

    let report = |format| {
        let said = desk.ibid(&["report", "--format", format]);
        assert_eq!((said.code, said.err.as_str()), (1, ""), "{format}");
        said.out
    };
    let json: serde_json::Value = serde_json::from_str(&report("json")).unwrap();
    assert_eq!(json["schema"], "ibid-report/1");
    let states: Vec<serde_json::Value> = report("jsonl")
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["state"].clone())
        .collect();
    assert_eq!(states, ["ok", "dead", "ok", "ok"]);
    let csv = report("csv");
    let mut rows = csv::Reader::from_reader(csv.as_bytes());
    let columns = rows.headers().unwrap().len();
    assert!(rows.records().all(|row| row.unwrap().len() == columns));
    let junit = report("junit");
    let mut reader = quick_xml::Reader::from_str(&junit);
    let mut failures = 0;
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Eof => break,
            quick_xml::events::Event::Start(tag) if tag.name().as_ref() == "failure" => {
                failures += 1;
            }
            _ => {}
        }
    }
    assert_eq!(failures, 1, "{junit}");
    let html = report("html");
    assert!(html.starts_with("<!DOCTYPE html>") && html.trim_end().ends_with("</html>"));
    assert!(report("markdown").starts_with("# Ibid report\n"));

    let said = desk.ibid(&["check", "essays", "--quiet", "--output", "out.txt"]);
    assert_eq!(
        (said.code, said.out.as_str(), said.err.as_str()),
        (1, "", "")
    );
    let written = fs::read_to_string(desk.path().join("out.txt")).unwrap();
    assert!(written.contains("1 flagged"), "{written}");
}

#[test]
fn what_is_kept_of_a_source_is_told_and_shown() {
    let (desk, site) = (Desk::new(), site());
    desk.write_documents(&site);
    desk.ibid(&["check", "essays"]);
    let (one, two) = (site.url("/one"), site.url("/two"));
    let history = desk.ibid(&["history", &one]);
    assert_eq!(history.code, 0);
    assert!(
        history
            .out
            .contains("a.txt [1], line 3, accessed 2020-11-24: ok"),
        "{history:?}"
    );
    assert!(history.out.contains("200  snapshot"), "{history:?}");
    let told: serde_json::Value =
        serde_json::from_str(&desk.ibid(&["history", &two, "--format", "json"]).out).unwrap();
    assert_eq!(told["visits"][0]["http_status"], 404);
    let shown = desk.ibid(&["show", &one]);
    assert!(shown.out.starts_with("One\n"), "{shown:?}");
    assert!(shown.err.contains("as captured at"), "{shown:?}");
    assert_eq!(desk.ibid(&["show", &one, "--quiet"]).err, "");
    assert!(
        desk.ibid(&["show", &one, "--raw"])
            .out
            .starts_with("<html>")
    );
    assert!(
        desk.ibid(&["show", &one, "--head"])
            .out
            .contains("content-type: text/html")
    );
    assert!(
        desk.ibid(&["show", &one, "--at", "2020-11"])
            .out
            .starts_with("One\n")
    );
    desk.ibid(&["show", &one, "--at", "yesterday"])
        .refused(&["yesterday", "YYYY-MM-DD"]);

    let verified = desk.ibid(&["archive", "verify"]);
    assert_eq!(verified.code, 0, "{verified:?}");
    assert!(verified.out.ends_with("all of it holds\n"), "{verified:?}");
    // The catalog is lost: captures come back, though no check is known.
    for file in ["catalog.sqlite", "catalog.sqlite-wal", "catalog.sqlite-shm"] {
        let _ = fs::remove_file(desk.path().join("archive").join(file));
    }
    let rebuilt = desk.ibid(&["archive", "reindex"]);
    assert_eq!(rebuilt.code, 0, "{rebuilt:?}");
    let history = desk.ibid(&["history", &one]);
    assert!(
        history.out.contains("no document cites it any more"),
        "{history:?}"
    );
    assert!(history.out.contains("200  snapshot"), "{history:?}");
    assert!(desk.ibid(&["show", &one]).out.starts_with("One\n"));
}

#[test]
fn a_verdict_is_explained_by_the_source_or_by_the_place_that_cites_it() {
    let (desk, site) = (Desk::new(), site());
    desk.write_documents(&site);
    desk.ibid(&["check", "essays"]);
    let two = site.url("/two");
    let why = |named: &str| {
        let said = desk.ibid(&["why", named]);
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{named}");
        said.out
    };
    let told = why(&two);
    for words in [
        "dead, 1 of 3 checks, essays/b.md, line 1\n",
        "accessed 2020-11-24",
        "gone_status, strong: decided",
        "RFC 9110 §15.5.5",
        "2 more checks that find it gone, not before 20",
        "Baseline: none",
    ] {
        assert!(told.contains(words), "{words} is not in {told}");
    }
    assert!(!told.contains('\u{1b}'), "colours, but no terminal");
    // However it is named, it is the same.
    let bare = two.strip_prefix("http://").unwrap();
    let copy = format!("https://web.archive.org/web/20201124000000/{two}");
    let fragment = format!("{two}#part");
    for named in [
        bare,
        &copy,
        &fragment,
        "essays/b.md:1",
        "b.md:1",
        "./essays/b.md:1",
    ] {
        assert_eq!(why(named), told, "{named}");
    }
    assert!(why("a.txt#1").starts_with(&site.url("/one")));
    assert!(why("d.bib#four").starts_with(&site.url("/four")));

    // The commands that it names show what it says they show.
    let json: serde_json::Value =
        serde_json::from_str(&desk.ibid(&["why", "a.txt#1", "--format", "json"]).out).unwrap();
    let citation = &json["citations"][0];
    assert_eq!(citation["name"], "essays/a.txt#1");
    assert_eq!(citation["verdict"]["state"], "ok");
    assert_eq!(citation["evidence"][0]["weight"], "decided");
    let kept = &citation["visit"]["kept"];
    for (command, begins) in [("show", "One\n"), ("show_bytes", "<html>")] {
        let words: Vec<&str> = kept[command].as_str().unwrap().split(' ').skip(1).collect();
        let shown = desk.ibid(&words);
        assert!(shown.out.starts_with(begins), "{words:?}: {shown:?}");
    }
    let history = citation["history"].as_str().unwrap();
    let words: Vec<&str> = history.split(' ').skip(1).collect();
    assert_eq!(desk.ibid(&words).code, 0);

    // At the next check there is a baseline.
    desk.ibid(&["check", "essays", "--quiet"]);
    let told = why("a.txt#1");
    assert!(told.contains("Baseline: our snapshot, "), "{told}");
    assert!(told.contains("outside the window of 30 days"), "{told}");
    assert!(told.contains("same_bytes, strong: decided"), "{told}");
}

#[test]
fn what_cannot_be_explained_says_what_to_do() {
    let (desk, site) = (Desk::new(), site());
    desk.ibid(&["why", "a.txt#1"])
        .refused(&["no archive in archive", "ibid check"]);
    desk.write_documents(&site);
    desk.put("other/b.md", &format!("[Two]({}).\n", site.url("/two")));
    desk.put("bare.bib", "@book{one, title = {One}, year = {2020}}\n");
    desk.ibid(&["check", "essays", "other", "bare.bib"]);
    let refused = |named: &str, words: &[&str]| desk.ibid(&["why", named]).refused(words);
    refused(
        "http://nowhere.example/",
        &["http://nowhere.example/", "ibid report", "--help"],
    );
    refused(
        "nonsense",
        &["«nonsense» is no URL", "essays/on-trade.md#3"],
    );
    refused("a.txt", &["which of its citations", "a.txt#3", "notes [1]"]);
    refused("a.txt#9", &["a.txt has no note [9]", "notes [1]"]);
    refused("a.txt:1", &["no citation on line 1", "on lines 3"]);
    refused("b.md:1", &["essays/b.md", "other/b.md", "more of its path"]);
    refused("bare.bib#one", &["bare.bib has no URL", "is never judged"]);
    refused("missing.txt#1", &["missing.txt#1 is neither"]);
    // No document cites it any more.
    fs::write(desk.path().join("essays/a.txt"), "no citation\n").unwrap();
    desk.ibid(&["check", "essays", "--quiet"]);
    refused(&site.url("/one"), &["any more", "ibid history"]);
    refused("a.txt#1", &["no note [1]", "it cites nothing"]);
    desk.ibid(&["why", "a.txt", "--format", "csv"])
        .refused(&["csv", "text or json"]);
}

#[test]
fn standard_input_is_a_document() {
    let desk = Desk::new();
    let mut child = desk
        .command(&["extract", "-", "--format", "jsonl"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let text = "Available at: https://site.example/a (Accessed 2020/11/24)\n";
    child
        .stdin
        .take()
        .unwrap()
        .write_all(text.as_bytes())
        .unwrap();
    let said = Said::from(child.wait_with_output().unwrap());
    let line: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(line["file"], "standard input");
    assert_eq!(line["access_date"], "2020-11-24");
}

#[test]
fn what_cannot_be_read_is_named_and_the_rest_goes_on() {
    let desk = Desk::new();
    desk.put(
        "good.txt",
        "Available at: https://site.example/a (Accessed 2020/11/24)\n",
    );
    desk.put("paper.pdf", "%PDF-1.7\n");
    fs::create_dir(desk.path().join("empty")).unwrap();
    let said = desk.ibid(&["extract", "missing.txt", "paper.pdf", "empty", "good.txt"]);
    assert_eq!(said.code, 2);
    assert!(said.out.contains("https://site.example/a"), "{said:?}");
    let lines: Vec<_> = said.err.lines().collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(
        lines[0].contains("missing.txt: there is no such file"),
        "{lines:?}"
    );
    assert!(
        lines[1].contains("paper.pdf looks like a PDF document"),
        "{lines:?}"
    );
    assert!(
        lines[2].contains("empty: no documents in this folder"),
        "{lines:?}"
    );
    desk.ibid(&["extract", "missing.txt"])
        .refused(&["missing.txt", "check the spelling"]);
    desk.ibid(&["check", "missing.txt", "empty"])
        .refused(&["missing.txt", "empty"]);
    assert!(
        !desk.path().join("archive").exists(),
        "no archive for a misspelt name"
    );
}

#[test]
fn an_address_that_is_none_is_told_and_never_all_well() {
    let (desk, site) = (Desk::new(), site());
    let good = site.url("/one");
    desk.put(
        "text.txt",
        &format!(
            "[1] Smith, J. (2020), “The work”, Available at: https//site.example/a (Accessed 2020/11/24)\n\n\
             [2] Doe, A. (2020), “Another”, Available at: {good} (Accessed 2020/11/24)\n"
        ),
    );
    let extracted = desk.ibid(&["extract", "text.txt"]);
    assert_eq!(extracted.code, 0, "every document was read: {extracted:?}");
    let told = "ibid: text.txt: line 1, note 1: «https//site.example/a» is no URL";
    assert!(extracted.err.starts_with(told), "{extracted:?}");
    assert!(extracted.err.contains("Correct it in the document"));

    for arguments in [&["check", "text.txt", "--quiet"][..], &["report"]] {
        let said = desk.ibid(arguments);
        assert_eq!(said.code, 1, "{said:?}");
        assert!(said.out.contains("2 citations, 1 flagged"), "{said:?}");
        assert!(
            said.out.contains("[1] cannot be watched, line 1"),
            "{said:?}"
        );
        assert!(said.out.contains("The work"), "{said:?}");
        assert!(said.out.contains("1 cannot be watched"), "{said:?}");
        assert!(!said.out.contains("all well"), "{said:?}");
    }
    let json = desk.ibid(&["report", "--format", "json"]).out;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let document = &json["documents"][0];
    let warning = document["warnings"][0].as_str().unwrap();
    assert!(warning.contains("«https//site.example/a»"), "{warning}");
    let citation = &document["citations"][0];
    assert_eq!(citation["flagged"], true);
    assert_eq!(citation["page_url"], serde_json::Value::Null);
}

#[test]
fn wrong_words_are_refused_with_the_right_ones() {
    let desk = Desk::new();
    desk.put("good.txt", "no citation\n");
    desk.ibid(&[]).refused(&["Usage: ibid"]);
    desk.ibid(&["chekc"]).refused(&["chekc", "check"]);
    desk.ibid(&["check"]).refused(&["<PATH>"]);
    desk.ibid(&["check", "good.txt", "--format", "pdf"])
        .refused(&["pdf", "junit"]);
    desk.ibid(&["extract", "good.txt", "--as", "docx"])
        .refused(&["docx", "bibtex"]);
    desk.ibid(&["report"])
        .refused(&["no archive in archive", "ibid check", "--archive"]);
    desk.ibid(&["history", "http://site.example/"])
        .refused(&["no archive"]);
    desk.ibid(&["archive", "verify"]).refused(&["no archive"]);
    desk.ibid(&["--config", "nowhere.toml", "report"])
        .refused(&["nowhere.toml", "--config"]);

    desk.ibid(&["check", "good.txt"]);
    desk.ibid(&["history", "site"])
        .refused(&["«site» is no URL", "beginning with http"]);
    desk.ibid(&["show", "ftp://site.example/"])
        .refused(&["only http and https"]);
    desk.ibid(&["show", "http://site.example/x"])
        .refused(&["http://site.example/x", "ibid report"]);
    desk.ibid(&["report", "--since", "nonsense"])
        .refused(&["nonsense", "7d"]);
    desk.ibid(&["report", "other.txt"])
        .refused(&["other.txt was never checked"]);
    let missing = desk.ibid(&["report", "--output", "no/where.txt"]);
    missing.refused(&["no/where.txt", "a folder that exists"]);
    desk.ibid(&["report", "--output", "."])
        .refused(&["is a folder; name a file"]);
    desk.ibid(&["--archive", "good.txt/a", "check", "good.txt"])
        .refused(&["good.txt/a", "--archive"]);
}

#[test]
fn a_broken_config_is_refused_with_its_line() {
    let desk = Desk::new();
    for (text, words) in [
        (
            "[net]\n\npause = 3\n",
            "line 3, net.pause: invalid type: integer `3`, expected a duration",
        ),
        ("[net]\npaus = \"1s\"\n", "line 2"),
        ("[net\n", "line 1"),
        ("[confirm]\nchecks = 0\n", "line 2, confirm.checks"),
        ("[net]\nallow = [\"10.0.0.0/99\"]\n", "10.0.0.0/99"),
    ] {
        desk.put("ibid.toml", text);
        desk.put("good.txt", "no citation\n");
        desk.ibid(&["check", "good.txt"]).refused(&[words]);
    }
}

#[test]
fn an_archive_is_used_by_one_process_at_a_time() {
    let desk = Desk::new();
    desk.put("good.txt", "no citation\n");
    let settings = ibid::archive::Settings::default();
    let root = desk.path().join("archive");
    fs::create_dir(&root).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let held = runtime.block_on(async { ibid::archive::archive::Archive::open(&root, settings) });
    desk.ibid(&["check", "good.txt"])
        .refused(&["another ibid is using the archive", "--archive"]);
    drop(held);
}

#[test]
fn a_reader_who_has_seen_enough_is_no_error() {
    let (desk, site) = (Desk::new(), site());
    desk.write_documents(&site);
    let binary = env!("CARGO_BIN_EXE_ibid");
    for pipeline in [
        "\"$0\" rules | head -n 1",
        "\"$0\" --help | head -n 1",
        "\"$0\" extract essays | head -n 1",
        "\"$0\" check essays 2>&1 >/dev/null | head -n 1",
        "\"$0\" check essays 2>&- | tail -n 1",
    ] {
        let said = Command::new("sh")
            .args(["-c", pipeline, binary])
            .current_dir(desk.path())
            .output();
        let said = Said::from(said.unwrap());
        assert!(!said.out.is_empty(), "{pipeline}: {said:?}");
        assert!(!said.err.contains("panicked"), "{pipeline}: {said:?}");
        assert!(!said.out.contains("panicked"), "{pipeline}: {said:?}");
    }
}

#[test]
fn without_network_verdicts_stay_and_it_could_not_run() {
    let (desk, site) = (Desk::new(), site());
    desk.write_documents(&site);
    desk.ibid(&["check", "essays"]);
    // From now on no connection stands: neither to the sources nor to the canary.
    let config = fs::read_to_string(desk.path().join("ibid.toml")).unwrap();
    let cut_off = config
        .replace("hosts = []", "hosts = [\"127.0.0.1:9\", \"127.0.0.2:9\"]")
        .replace("[robots]", "connect_timeout = \"2s\"\n[robots]");
    desk.put("ibid.toml", &cut_off);
    drop(site);
    let said = desk.ibid(&["check", "essays", "--quiet"]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.out.starts_with("Our own network is down."), "{said:?}");
    assert!(said.out.contains("3 ok"), "verdicts stay: {said:?}");
}

#[test]
fn the_schema_and_the_rules_are_printed() {
    let desk = Desk::new();
    let schema: serde_json::Value = serde_json::from_str(&desk.ibid(&["schema"]).out).unwrap();
    assert_eq!(schema["$id"], "ibid-report/1");
    let json: serde_json::Value =
        serde_json::from_str(&desk.ibid(&["rules", "--format", "json"]).out).unwrap();
    assert_eq!(json["chapters"][0]["rules"][0]["name"], "not_visited");
    let markdown = desk.ibid(&["rules", "--format", "markdown"]).out;
    assert!(markdown.contains("\n## Did it answer?\n"), "{markdown}");
    let rules = desk.ibid(&["rules"]).out;
    assert!(rules.lines().all(|line| line.chars().count() <= 80));
    assert!(rules.contains("\n  gone_status\n"), "{rules}");
}
